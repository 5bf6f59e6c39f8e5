//! Near copies: a sketch of a text that nearly the same text has too.
//!
//! Two texts are as alike as the share of their runs of three words that both have (the resemblance
//! of Broder 1997, <https://doi.org/10.1109/SEQUEN.1997.666900>). MinHash estimates it from the least
//! hash in each of 64 bins, one hash a run (one permutation hashing, Li, Owen and Zhang 2012,
//! <https://arxiv.org/abs/1208.1259>; empty bins borrow as in Shrivastava 2017,
//! <https://arxiv.org/abs/1703.04664>). Of each least hash one bit is kept (b-bit minwise hashing, Li
//! and König 2010, <https://doi.org/10.1145/1772690.1772759>).

use std::ops::Range;

use super::{
    fold,
    fold::LONGEST_TERM,
    hash::{hash, mix, short},
    words,
};

/// Words of a run.
const RUN: usize = 3;

/// Texts of fewer words are near copies only where all their words are the same: a few runs tell too
/// little of how alike texts are.
const LEAST_WORDS: usize = 24;

/// Bins, each with a bit in [`Sketch::bits`].
const BINS: usize = 64;

/// Bins that a band is made of.
const ROWS: usize = 4;

/// Bands of a sketch. Texts that share nine of ten runs have a band in common with a probability of
/// .998, at eight of ten .96, at five of ten .32.
pub const BANDS: usize = 6;

/// Bits in which the sketches of near copies differ at most. Bits differ with half the probability
/// that a run is not shared: 8 of 64 stand for three of four runs shared.
const FEW: u32 = 8;

/// What near copies have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    /// One bit of the least hash in each bin.
    pub bits: u64,
    /// Near copies have one of these in common, as a rule, in the same place.
    pub bands: [u16; BANDS],
}

/// A sketch of a text on its way: it is given the words in order.
pub struct Sketcher {
    least: [u64; BINS],
    /// The last words.
    run: [u64; RUN],
    /// What the first words are together.
    whole: u64,
    words: usize,
}

impl Default for Sketcher {
    fn default() -> Self {
        Self { least: [u64::MAX; BINS], run: [0; RUN], whole: 0, words: 0 }
    }
}

impl Sketcher {
    /// Adds the next word, folded.
    #[inline]
    pub fn add(&mut self, word: &str) {
        self.add_hash(hash(0, word.as_bytes()));
    }

    #[inline]
    fn add_hash(&mut self, word: u64) {
        self.run = [self.run[1], self.run[2], word];
        self.words += 1;
        if self.words < LEAST_WORDS {
            self.whole = mix(self.whole ^ word);
        }
        if self.words >= RUN {
            let hash = mix(self.run[0].rotate_left(42) ^ self.run[1].rotate_left(21) ^ word);
            let bin = &mut self.least[(hash >> 58) as usize];
            *bin = (*bin).min(hash & (u64::MAX >> 6));
        }
    }

    /// Returns the sketch; none where there were no words.
    pub fn finish(mut self) -> Option<Sketch> {
        if self.words < LEAST_WORDS {
            return (self.words > 0).then(|| Sketch::of_whole(self.whole));
        }
        let least = &mut self.least;
        fill(least);
        let bits = least.iter().enumerate().fold(0, |bits, (bin, value)| bits | (mix(*value) & 1) << bin);
        let bands = std::array::from_fn(|band| {
            let rows = &least[band * ROWS..(band + 1) * ROWS];
            band_of(band, rows.iter().fold(0, |sum, row| mix(sum ^ row)))
        });
        Some(Sketch { bits, bands })
    }
}

impl Sketch {
    /// Returns the sketch of a text that only the same text is like.
    fn of_whole(whole: u64) -> Self {
        Self { bits: whole, bands: std::array::from_fn(|band| band_of(band, whole)) }
    }
}

/// Returns the sketch of a text. Case, accents and what stands between words do not count; of ornaments, which
/// have no words, every character does.
pub fn sketch(text: &str) -> Sketch {
    let mut sketcher = Sketcher::default();
    let mut words = words(text);
    loop {
        let plain = words.plain();
        let is_plain = plain.is_some();
        let Some(range) = plain.or_else(|| words.other()) else { break };
        if is_plain && range.len() <= LONGEST_TERM {
            sketcher.add_hash(plain_hash(text.as_bytes(), range));
        } else {
            sketcher.add(&fold(&text[range]));
        }
    }
    sketcher.finish().unwrap_or_else(|| Sketch::of_whole(mix(hash(0, text.trim().as_bytes()))))
}

/// Returns the value of a band, made from a number that near copies share.
fn band_of(band: usize, number: u64) -> u16 {
    (mix(number ^ band as u64) >> 48) as u16
}

/// Says whether texts with these bits in their sketches are near copies: share, by the estimate,
/// three of four runs of three words.
pub fn alike(one: u64, other: u64) -> bool {
    (one ^ other).count_ones() <= FEW
}

/// Gives each empty bin the value of one that is not, chosen by the bin's number alone.
fn fill(least: &mut [u64; BINS]) {
    let full = *least;
    for (bin, value) in least.iter_mut().enumerate().filter(|(_, value)| **value == u64::MAX) {
        let tries = (1..).map(|attempt| (mix((bin as u64) << 32 | attempt) >> 58) as usize);
        let lender = tries.into_iter().find(|&lender| full[lender] != u64::MAX);
        *value = lender.map_or(0, |lender| full[lender]);
    }
}

/// Returns the hash of the folded form of a word that is of ASCII letters and figures alone.
fn plain_hash(text: &[u8], word: Range<usize>) -> u64 {
    // Small letters have a bit that capital ones lack, and that figures have too.
    const SMALL: u64 = u64::from_le_bytes([0x20; 8]);
    let eight = |at: usize| match text[at..].first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes) | SMALL,
        None => short(&text[at..]) | SMALL,
    };
    let (mut at, mut hash) = (word.start, 0);
    while word.end - at > 8 {
        hash = mix(hash ^ eight(at));
        at += 8;
    }
    mix(hash ^ eight(at) & u64::MAX >> (64 - 8 * (word.end - at)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A text of so many words, the same for the same seed.
    fn text(seed: u64, words: u64) -> Vec<String> {
        (0..words).map(|word| format!("w{}", mix(seed << 32 | word) % 5_000)).collect()
    }

    #[test]
    fn near_copies_are_told_from_other_texts() {
        // A word in so many changed: of its runs of three words each takes three away.
        let check = |every: usize, least: usize, most: usize| {
            let (mut found, mut banded) = (0, 0);
            for seed in 0..200 {
                let one = text(seed, 120);
                let mut other = one.clone();
                other.iter_mut().step_by(every).for_each(|word| *word = "changed".into());
                let (one, other) = (sketch(&one.join(" ")), sketch(&other.join(", ").to_uppercase()));
                let alike = alike(one.bits, other.bits);
                found += usize::from(alike);
                let shared = one.bands.iter().zip(other.bands).any(|(one, other)| *one == other);
                banded += usize::from(alike && shared);
            }
            assert!((least..=most).contains(&found), "one word in {every}: {found} of 200");
            assert!(
                found < 100 || banded * 100 >= found * 85,
                "one word in {every}: {banded} of {found} share a band"
            );
        };
        check(1_000, 200, 200);
        check(60, 195, 200);
        check(30, 150, 200);
        check(8, 0, 6);
        check(2, 0, 0);
    }

    #[test]
    fn short_and_empty_texts_are_alike_when_they_are_the_same() {
        let same = |one: &str, other: &str| alike(sketch(one).bits, sketch(other).bits);
        assert!(same("Read more", "read MORE"));
        assert!(same("* * *", " * * *\n"));
        assert!(same("", ""));
        assert!(!same("Read more", "Read less"));
        assert!(!same("* * *", "***"));
        assert!(!same("Chapter 1 The beginning", "Chapter 2 The beginning"));
    }

    #[test]
    fn texts_that_share_half_of_their_words_are_not_copies() {
        for words in [1, 2, 3, 5, 10, 24, 30, 60] {
            let sketches: Vec<u64> = (0..60)
                .map(|seed| {
                    let mut text = text(seed, words);
                    let half = text.len() / 2;
                    text[..half].fill("common".into());
                    sketch(&text.join(" ")).bits
                })
                .collect();
            let pairs = (0..60).flat_map(|one| (0..one).map(move |other| (one, other)));
            let folded = pairs.filter(|(one, other)| alike(sketches[*one], sketches[*other])).count();
            // Of one or two words some texts are the same.
            assert!(folded <= 2, "{words} words: {folded} of 1,770 pairs");
        }
    }

    #[test]
    fn a_word_has_the_hash_of_its_folded_form() {
        let text = "a Ab moon Lighthouse INTERNATIONALISATION R2D2 end";
        for range in words(text) {
            assert_eq!(plain_hash(text.as_bytes(), range.clone()), hash(0, fold(&text[range]).as_bytes()));
        }
    }

    proptest! {
        #[test]
        fn a_sketch_is_that_of_the_folded_words(text in "(\\PC{0,4}[ .]){0,40}") {
            let mut sketcher = Sketcher::default();
            words(&text).for_each(|word| sketcher.add(&fold(&text[word])));
            prop_assert_eq!(sketcher.finish().unwrap_or(sketch(&text)), sketch(&text));
        }
    }
}

//! Words that look like those of the query: what stemming does not join (`septicemia` and `septicemic`),
//! parts of compounds, and slips of the pen.
//!
//! Two words are as alike as the runs of four letters that both have (Dice 1945,
//! <https://doi.org/10.2307/1932409>; on runs of letters in retrieval McNamee and Mayfield 2004,
//! <https://doi.org/10.1023/B:INRT.0000009441.78971.be>). In a passage they count as BM25 counts, as if
//! a form of the query's word stood there as often as the sum of how alike they are, less what its
//! forms count by themselves.

use std::ops::Range;

use super::weight::{B, K1};
use crate::analysis::{self, Language, StopWords};

/// The letters of a run. Words that are no longer are one run.
const RUN: usize = 4;

/// Words less alike than this have an ending in common, or nothing.
const LEAST: f32 = 0.3;

/// The share of a text's words that are no stop words.
const TELLING: f32 = 0.6;

/// The words that passages are compared with.
pub(super) struct Likeness {
    words: Vec<Word>,
    /// The runs of all words, in order, each with the number of its word.
    runs: Vec<(u64, usize)>,
    /// Most runs of a text are in no word of the query.
    known: Bits,
    /// The same of what a text shows where a word stands that shares a run; see [`Likeness::each_near`].
    seen: Bits,
    /// Words of a passage, on the mean.
    mean: f32,
}

struct Word {
    stems: Vec<String>,
    /// What finding it is worth.
    worth: f32,
    /// How many runs it has.
    runs: usize,
}

impl Likeness {
    /// Takes words with their stems and what finding each is worth, and the mean length of passages in
    /// words.
    pub(super) fn new<'a>(words: impl Iterator<Item = (&'a str, Vec<String>, f32)>, mean: f32) -> Self {
        let (words, runs, bits) = (words.enumerate(), Vec::new(), Bits([0; 64]));
        let mut likeness = Self { words: Vec::new(), runs, known: bits.clone(), seen: bits, mean };
        for (number, (word, stems, worth)) in words {
            let before = likeness.runs.len();
            each_run(word, &mut |run| {
                likeness.runs.push((run, number));
                likeness.known.put(run);
            });
            likeness.seen.put_word(word);
            likeness.words.push(Word { stems, worth, runs: likeness.runs.len() - before });
        }
        likeness.runs.sort_unstable();
        likeness
    }

    /// Returns what words like those of the query add to the score of a passage: its title and text.
    pub(super) fn score(&self, parts: &[&str], language: Option<Language>, stop: &StopWords) -> f32 {
        let mut forms = vec![0.0_f32; self.words.len()];
        let mut others = vec![0.0_f32; self.words.len()];
        let mut shared = vec![0_usize; self.words.len()];
        let each_word = |text| analysis::words(text).map(move |range: Range<usize>| &text[range]);
        let mut near = Vec::new();
        parts.iter().for_each(|part| self.each_near(part, |text| near.push(text)));
        for written in near.into_iter().flat_map(each_word) {
            let word = analysis::fold(written);
            let Some(runs) = self.share(&word, &mut shared) else { continue };
            let is_stop = stop.contains(&word);
            let mut stem = None;
            for (number, shared) in shared.iter_mut().enumerate().filter(|(_, shared)| **shared > 0) {
                let known = &self.words[number];
                let alike = (2 * std::mem::take(shared)) as f32 / (runs + known.runs) as f32;
                if alike >= LEAST && !is_stop {
                    let stem = stem.get_or_insert_with(|| analysis::stem(written, language));
                    match known.stems.iter().any(|known| known == stem) {
                        true => forms[number] += 1.0,
                        false => others[number] += alike,
                    }
                }
            }
        }
        if others.iter().all(|alike| *alike == 0.0) {
            return 0.0;
        }
        let all = parts.iter().copied().flat_map(each_word);
        let length = all.filter(|word| !stop.contains(&analysis::fold(word))).count();
        let norm = K1 * (1.0 - B + B * length as f32 / (TELLING * self.mean));
        let counted = |count: f32| count * (K1 + 1.0) / (count + norm);
        let added =
            forms.iter().zip(&others).map(|(forms, others)| counted(forms + others) - counted(*forms));
        added.zip(&self.words).map(|(added, word)| added * word.worth).sum()
    }

    /// Counts the runs that a word shares with each of the query's, and returns how many it has; none where it
    /// shares none.
    fn share(&self, word: &str, shared: &mut [usize]) -> Option<usize> {
        let (mut runs, mut any) = (0, false);
        each_run(word, &mut |run| {
            runs += 1;
            if self.known.has(run) {
                let from = self.runs.partition_point(|(known, _)| *known < run);
                for (_, number) in self.runs[from..].iter().take_while(|(known, _)| *known == run) {
                    shared[*number] += 1;
                    any = true;
                }
            }
        });
        any.then_some(runs)
    }

    /// Calls back with the parts of a text, from blank to blank, in which a word may share a run. A text is gone
    /// through a byte at a time: what parts words is taken for their ends, and four bytes in a row for a run.
    /// Where that does not tell, a part may.
    fn each_near<'a>(&self, text: &'a str, mut each: impl FnMut(&'a str)) {
        let (mut begin, mut near) = (0, false);
        let mut four = u32::from_le_bytes([END; RUN]);
        for (at, byte) in text.bytes().enumerate() {
            let kind = KINDS[usize::from(byte)];
            four = four >> 8 | u32::from(kind as u8) << 24;
            near |= self.seen.has(spread(four));
            if kind < BLANK {
                continue;
            }
            if kind & BLANK != 0 {
                if near {
                    each(&text[begin..at]);
                }
                (begin, near) = (at + 1, false);
            }
            let inside = || text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
            near |= kind & UNSURE != 0 || kind & JOINT != 0 && inside();
        }
        if near || self.seen.has(spread(four >> 8 | u32::from(END) << 24)) {
            each(&text[begin..]);
        }
    }
}

/// What a byte is for runs: letters and figures of ASCII small, what parts words as their end; and some of these.
const KINDS: [u16; 256] = {
    let mut kinds = [END as u16; 256];
    let mut byte = 0;
    while byte < 256 {
        let letter = byte as u8;
        if letter.is_ascii_alphanumeric() {
            kinds[byte] = letter.to_ascii_lowercase() as u16;
        }
        if letter.is_ascii_whitespace() {
            kinds[byte] |= BLANK;
        }
        // `don't` and `U.S.` are words.
        if matches!(letter, b'.' | b'\'' | b'"') {
            kinds[byte] |= JOINT;
        }
        // So are `C++` and `C#`, and accents are taken off.
        if !letter.is_ascii() || matches!(letter, b'+' | b'#') {
            kinds[byte] |= UNSURE;
        }
        byte += 1;
    }
    kinds
};

/// No word goes on behind it.
const BLANK: u16 = 0x100;

/// A word may go on behind it.
const JOINT: u16 = 0x200;

/// What it means for a word is not known here.
const UNSURE: u16 = 0x400;

/// Returns a number of 12 bits for four bytes.
fn spread(four: u32) -> u64 {
    u64::from(four).wrapping_mul(SPREAD) >> 52
}

/// A set of numbers, by some of their bits: it may have others.
#[derive(Clone)]
struct Bits([u64; 64]);

impl Bits {
    fn put(&mut self, number: u64) {
        self.0[(number >> 6) as usize % 64] |= 1 << (number % 64);
    }

    fn has(&self, number: u64) -> bool {
        self.0[(number >> 6) as usize % 64] >> (number % 64) & 1 == 1
    }

    fn put_four(&mut self, four: [u8; RUN]) {
        self.put(spread(u32::from_le_bytes(four)));
    }

    /// Puts in what is seen of a word, its ends beside it.
    fn put_word(&mut self, word: &str) {
        match *word.as_bytes() {
            // Whatever stands before its end is seen with it.
            [_] => self.0.fill(u64::MAX),
            [one, two] => self.put_four([END, one, two, END]),
            [one, two, three] => self.put_four([END, one, two, three]),
            [one, two, three, four] => self.put_four([one, two, three, four]),
            _ => {
                let ended = [&[END], word.as_bytes(), &[END]].concat();
                ended.windows(RUN).for_each(|four| self.put_four([four[0], four[1], four[2], four[3]]));
            }
        }
    }
}

/// A word, to be compared with many others.
pub(super) struct Spelling<'a> {
    word: &'a str,
    letters: usize,
    runs: Vec<u64>,
}

impl<'a> Spelling<'a> {
    pub(super) fn new(word: &'a str) -> Self {
        let mut runs = Vec::new();
        each_run(word, &mut |run| runs.push(run));
        Self { word, letters: word.chars().count(), runs }
    }

    /// Returns how alike another word is, from 0 to 1: by the runs they share, or by the slips of the
    /// pen between them (the optimal string alignment distance, Damerau 1964,
    /// <https://doi.org/10.1145/363958.363994>), one in a word of up to five letters and two in a longer.
    pub(super) fn alike(&self, other: &str) -> f32 {
        let Some((short, long)) = self.lengths(other) else { return 0.0 };
        let most = if long < 6 { 1 } else { 2 };
        let slips = if long - short <= most { strsim::osa_distance(self.word, other) } else { usize::MAX };
        let by_slips = if slips <= most { 1.0 - slips as f32 / long as f32 } else { 0.0 };
        self.alike_by_runs(other).max(by_slips)
    }

    /// Returns how alike another word is by the runs they share alone, from 0 to 1.
    pub(super) fn alike_by_runs(&self, other: &str) -> f32 {
        if self.lengths(other).is_none() {
            return 0.0;
        }
        let (mut all, mut shared) = (self.runs.len(), 0);
        each_run(other, &mut |run| {
            all += 1;
            shared += usize::from(self.runs.contains(&run));
        });
        ((2 * shared) as f32 / all as f32).min(1.0)
    }

    /// Returns how many letters the shorter and the longer word have; none where they are too few, or the
    /// words too different in length, to be alike.
    fn lengths(&self, other: &str) -> Option<(usize, usize)> {
        let letters = if other.is_ascii() { other.len() } else { other.chars().count() };
        let (short, long) = (self.letters.min(letters), self.letters.max(letters));
        (short >= RUN && long <= 2 * short).then_some((short, long))
    }
}

/// Marks the ends of a word.
const END: u8 = b' ';

/// Returns the number of a run of letters of one byte each. Small and capital ones are the same.
fn run(letters: u32) -> u64 {
    // Small letters have a bit that capital ones lack, and that figures and ends have too.
    mix(u64::from(letters | u32::from_le_bytes([0x20; RUN])))
}

/// Calls back with a number for each run of letters of a word, its ends marked.
fn each_run(word: &str, each: &mut impl FnMut(u64)) {
    // Of a word with letters of one byte only, runs are read off as they stand.
    if word.is_ascii() && word.len() > RUN {
        let bytes = word.as_bytes();
        let run = |letters: [u8; RUN]| run(u32::from_le_bytes(letters));
        each(run([END, bytes[0], bytes[1], bytes[2]]));
        for window in bytes.windows(RUN) {
            each(run([window[0], window[1], window[2], window[3]]));
        }
        let [.., one, two, three] = bytes else { return };
        each(run([*one, *two, *three, END]));
        return;
    }
    let end = char::from(END);
    let letters = std::iter::once(end).chain(word.chars()).chain([end]).map(u32::from);
    if word.chars().nth(RUN).is_none() {
        return each(letters.fold(1, |sum, letter| mix(sum ^ u64::from(letter))));
    }
    let letters: Vec<u32> = letters.collect();
    for window in letters.windows(RUN) {
        // As above, where the letters of the run are of one byte each.
        let low = (0..).zip(window).fold(0, |sum, (at, letter)| sum | letter.wrapping_shl(8 * at));
        let wide = window.iter().any(|letter| *letter > 0x7F);
        each(if wide {
            window.iter().fold(2, |sum, letter| mix(sum ^ u64::from(*letter)))
        } else {
            run(low)
        });
    }
}

/// 2^64 over the golden ratio, odd (Knuth, The Art of Computer Programming 3, 6.4): what differs in any bits of
/// numbers that are multiplied by it differs in the first.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Spreads what differs in a number over all its bits.
fn mix(number: u64) -> u64 {
    let mixed = number.wrapping_mul(SPREAD);
    mixed ^ mixed >> 29
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_alike_by_their_letters() {
        let check = |one: &str, other: &str, least: f32, most: f32| {
            let found = Spelling::new(one).alike(other);
            assert!((least..=most).contains(&found), "{one} {other}: {found}");
            assert!((found - Spelling::new(other).alike(one)).abs() < 1e-6);
        };
        check("gandhi", "gandhi", 1.0, 1.0);
        check("ghandi", "gandhi", 0.6, 0.9);
        check("aeroelastic", "aeroelasticity", 0.7, 0.9);
        check("septicemia", "septicemic", 0.7, 0.95);
        check("nation", "station", 0.3, 0.75);
        check("luftbrücke", "brücke", 0.4, 0.8);
        check("cat", "cut", 0.0, 0.0);
        check("tibal", "tidal", 0.7, 0.9);
        check("tobal", "tidal", 0.0, 0.4);
        check("moon", "sunlight", 0.0, 0.1);
        check("réflexion", "reflexion", 0.5, 0.9);
        check("", "", 0.0, 0.0);
    }

    #[test]
    fn only_what_is_no_form_of_a_word_adds_to_it() {
        let words = [("septicemia", 5.0), ("case", 2.0)];
        let words = words.map(|(word, worth)| (word, vec![analysis::stem(word, None).into_owned()], worth));
        let likeness = Likeness::new(words.into_iter(), 10.0);
        let stop = StopWords::of(None);
        let score = |text: &str| likeness.score(&["", text], None, &stop);
        assert_eq!(score("Septicemia cases, a case."), 0.0);
        assert_eq!(score("Nothing of the kind."), 0.0);
        assert!(score("A septicemic patient.") > 1.0);
        assert!(score("A septicemic patient and septicemia.") < score("A septicemic patient."));
    }

    proptest! {
        #[test]
        fn what_shares_a_run_is_near(
            text in "([a-eA-E]{1,7}|[a-eé]{1,5}|\\PC|[ .,'\"+#_-]|[a-c]{2}'[a-c]{2,4}|[ab]\\.[ab]\\.){0,30}",
            words in prop::collection::vec("[a-eé]{1,7}", 1..4),
        ) {
            let known = words.iter().map(|word| (word.as_str(), vec![word.clone()], 1.0));
            let likeness = Likeness::new(known, 20.0);
            let mut shared = vec![0; words.len()];
            let mut sharing = |text: &str| {
                let folded = analysis::words(text).map(|range| analysis::fold(&text[range]).into_owned());
                folded.filter(|word| likeness.share(word, &mut shared).is_some()).collect::<Vec<_>>()
            };
            let mut near = Vec::new();
            likeness.each_near(&text, |part| near.push(part));
            let found: Vec<String> = near.into_iter().flat_map(&mut sharing).collect();
            prop_assert_eq!(found, sharing(&text));
        }

        #[test]
        fn no_text_takes_anything_off(text in "(\\PC|[a-e]| ){0,60}", words in prop::collection::vec("[a-e]{1,8}", 0..4)) {
            let known = words.iter().map(|word| (word.as_str(), vec![word.clone()], 1.0));
            let likeness = Likeness::new(known, 20.0);
            let score = likeness.score(&[&text], None, &StopWords::of(None));
            prop_assert!(score >= 0.0 && score <= 2.2 * words.len() as f32, "{}", score);
        }
    }
}

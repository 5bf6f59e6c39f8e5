//! What a long article takes of the writer's memory. It takes in an article as a whole, whatever limit it
//! was given, and has a place for each word that it has not met.

use crate::{analysis, passage::Passage};

/// Bytes that a new word takes: three terms of some 30 bytes each in tantivy's tables, with 16 in that
/// of their places, and 32 when they are put in order to be written. Reckoned for words of random letters.
const WORD: u64 = 240;

/// Bits of the table by which words are counted.
const BITS: u64 = 1 << 21;

/// Words of scripts without spaces, from here on, are found by pairs too.
const PAIRED: char = '\u{2e80}';

/// Returns about how many bytes the writer needs for these passages, beside their text.
pub(super) fn weight(passages: &[Passage]) -> u64 {
    let mut met = vec![0_u64; BITS as usize / 64];
    for passage in passages {
        let mut before = 0;
        for word in analysis::words(&passage.text) {
            let word = &passage.text[word];
            let pair = if word.starts_with(|letter| letter >= PAIRED) { before } else { 0 };
            before = analysis::hash(0, word.as_bytes());
            let bit = analysis::hash(pair, word.as_bytes()) % BITS;
            met[bit as usize / 64] |= 1 << (bit % 64);
        }
    }
    WORD * different(met.iter().map(|bits| u64::from(bits.count_zeros())).sum())
}

/// Says how many different things leave so many bits of the table unset: linear counting (Whang,
/// Vander-Zanden and Taylor 1990, <https://doi.org/10.1145/78922.78925>).
fn different(unset: u64) -> u64 {
    let (bits, unset) = (BITS as f64, unset.max(1) as f64);
    (bits * (bits / unset).ln()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        article::{Article, Kind, Section},
        passage::{Size, cut},
    };

    #[test]
    fn an_article_weighs_what_its_different_words_do() {
        let check = |words: &mut dyn Iterator<Item = String>, different: u64| {
            let mut section = Section::default();
            section.push(Kind::Prose, &words.collect::<Vec<_>>().join(" "), 1);
            let passages = cut(&Article { sections: vec![section], ..Article::default() }, Size::default());
            let weight = weight(&passages) / WORD;
            assert!(weight.abs_diff(different) <= different / 50, "{weight} is not {different}");
        };
        check(&mut std::iter::empty(), 0);
        check(&mut (0..100_000).map(|number| format!("w{}", number % 1_000)), 1_000);
        check(&mut (0..200_000).map(|number| format!("w{number}")), 200_000);
    }
}

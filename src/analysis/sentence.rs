//! Where sentences end.

use std::ops::Range;

use icu_segmenter::SentenceSegmenter;

/// Words whose full stop does not end a sentence when more text follows, folded.
const ABBREVIATIONS: &[&str] = &[
    "approx", "bros", "capt", "cf", "col", "dr", "e.g", "ed", "eds", "est", "fig", "gen", "gov", "hon",
    "i.e", "lt", "maj", "messrs", "mr", "mrs", "ms", "mt", "nos", "op", "pp", "prof", "rep", "rev", "sen",
    "sgt", "sr", "st", "vol", "vs",
];

/// Returns the byte ranges of a text's sentences. They lie side by side and cover all of it, each
/// with the blanks that follow it. A single line break is a blank; an empty line ends a sentence.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    // The Unicode rules (UAX 29) end a sentence at every line break, which hard-wrapped text has
    // in the middle of sentences.
    let flat = flatten(text);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for end in SentenceSegmenter::new(Default::default()).segment_str(&flat).skip(1) {
        if end < text.len() && goes_on(&flat[start..end]) {
            continue;
        }
        ranges.push(start..end);
        start = end;
    }
    if start < text.len() {
        ranges.push(start..text.len());
    }
    ranges
}

/// Returns the byte ranges of a sentence's clauses, side by side, covering all of it: parted after
/// commas, colons, semicolons, dashes and their like.
pub fn clauses(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut parted = false;
    for (at, letter) in text.char_indices() {
        if parted && !letter.is_whitespace() {
            ranges.push(start..at);
            start = at;
        }
        parted = matches!(letter, ',' | ';' | ':' | '—' | '–' | '、' | '，' | '；' | '：' | '،' | '؛' | '।')
            || (parted && letter.is_whitespace());
    }
    if start < text.len() {
        ranges.push(start..text.len());
    }
    ranges
}

/// Puts a blank for each line break that is not an empty line; no offset changes.
fn flatten(text: &str) -> String {
    let bytes = text.as_bytes();
    let broken = |at: usize| -> bool {
        let before = bytes[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        let after = bytes[at + 1..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        before == Some(&b'\n') || after == Some(&b'\n')
    };
    let mut flat = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in text.match_indices('\n') {
        if !broken(at) {
            flat.push_str(&text[done..at]);
            flat.push(' ');
            done = at + 1;
        }
    }
    flat.push_str(&text[done..]);
    flat
}

/// Whether what looks like a sentence ends in an abbreviation or an initial.
fn goes_on(sentence: &str) -> bool {
    let Some(body) = sentence.trim_end().strip_suffix('.') else { return false };
    let word = body.rsplit([' ', '\u{A0}', '(', '"', '“', '—']).next().unwrap_or(body);
    let initial = word.chars().next().is_some_and(char::is_uppercase) && word.chars().nth(1).is_none();
    // `U.S.` may well end a sentence; a lone initial as in `J. Smith` hardly ever does.
    (initial && word != "I") || ABBREVIATIONS.binary_search(&word.to_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sentences_end_where_readers_think_they_do() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected);
        };
        check("One. Two? Three!", &["One. ", "Two? ", "Three!"]);
        check("Dr. Smith met J. Doe. They spoke.", &["Dr. Smith met J. Doe. ", "They spoke."]);
        check("A line\nthat goes on. Next.", &["A line\nthat goes on. ", "Next."]);
        check("One paragraph\n\nAnother one", &["One paragraph\n", "\n", "Another one"]);
        check("It cost 3.5 million.", &["It cost 3.5 million."]);
        check("今日は。明日。", &["今日は。", "明日。"]);
        check("", &[]);
    }

    #[test]
    fn the_abbreviations_are_sorted() {
        assert!(ABBREVIATIONS.is_sorted());
    }

    proptest! {
        #[test]
        fn sentences_and_clauses_cover_the_text(text in "(\\PC|\n){0,80}") {
            for ranges in [sentences(&text), clauses(&text)] {
                let mut at = 0;
                for range in ranges {
                    prop_assert_eq!(range.start, at);
                    at = range.end;
                    prop_assert!(text.is_char_boundary(at));
                }
                prop_assert_eq!(at, text.len());
            }
        }
    }
}

//! Text → terms: the same chain for index, query and highlight.
//!
//! A text is cut into **words** (runs of letters and digits; in scripts without spaces every
//! character is one), each word is **folded** (case and accents), and folded words are **stemmed**.
//! Offsets are always byte offsets into the original text.

mod sentence;
mod sketch;
mod stop;

use std::{borrow::Cow, ops::Range};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

pub use sentence::{clauses, sentences};
pub use sketch::{BANDS, Sketch, alike, sketch};
pub use stop::{asks_for_kind, is_stop_word};

/// The longest term in bytes. What is longer is found by its first part.
const LONGEST_TERM: usize = 250;

/// Returns the byte ranges of the words of a text, in order.
pub fn words(text: &str) -> Words<'_> {
    Words { text, at: 0 }
}

/// Counts the words of a text: what the length of a passage is measured in.
pub fn count(text: &str) -> usize {
    words(text).count()
}

/// The words of a text; see [`words`].
#[derive(Clone, Debug)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        // Skip to the first character of a word.
        let start = loop {
            let byte = *bytes.get(at)?;
            if byte.is_ascii() {
                if byte.is_ascii_alphanumeric() {
                    break at;
                }
                at += 1;
                continue;
            }
            let letter = self.text[at..].chars().next()?;
            if letter.is_alphanumeric() {
                if stands_alone(letter) {
                    self.at = at + letter.len_utf8();
                    return Some(at..self.at);
                }
                break at;
            }
            at += letter.len_utf8();
        };
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii() {
                if !byte.is_ascii_alphanumeric() {
                    break;
                }
                at += 1;
                continue;
            }
            let Some(letter) = self.text[at..].chars().next() else { break };
            let inside = (letter.is_alphanumeric() && !stands_alone(letter)) || is_combining_mark(letter);
            if !inside {
                break;
            }
            at += letter.len_utf8();
        }
        self.at = at;
        Some(start..at)
    }
}

/// Whether a character is a word by itself: those of scripts that put no blanks between words.
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' // kana
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{20000}'..='\u{3134F}'
        | '\u{FF66}'..='\u{FF9D}') // half-width kana
}

/// Returns a word without case and without the accents of Latin and Greek letters, in Unicode
/// normal form KC. At most 250 bytes of it are kept.
pub fn fold(word: &str) -> Cow<'_, str> {
    if word.len() <= LONGEST_TERM
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    {
        return Cow::Borrowed(word);
    }
    let mut folded = String::with_capacity(word.len());
    if word.is_ascii() {
        folded.push_str(word);
        folded.make_ascii_lowercase();
    } else {
        let mut accented = false;
        folded.extend(
            word.nfkd()
                .filter(|&letter| {
                    let accent = accented && matches!(letter, '\u{300}'..='\u{36F}');
                    if !accent {
                        accented = matches!(letter, 'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{3FF}');
                    }
                    !accent
                })
                .flat_map(char::to_lowercase)
                .nfc(),
        );
    }
    if folded.len() > LONGEST_TERM {
        let end = (0..=LONGEST_TERM).rev().find(|&at| folded.is_char_boundary(at)).unwrap_or(0);
        folded.truncate(end);
    }
    Cow::Owned(folded)
}

/// Returns the stem of a folded word, by the English Snowball stemmer (Porter2,
/// <https://snowballstem.org/algorithms/english/stemmer.html>). Words with other than ASCII letters
/// are their own stems.
pub fn stem(folded: &str) -> Cow<'_, str> {
    if folded.len() < 3 || !folded.is_ascii() || folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(folded);
    }
    frostem::Stemmer::new(frostem::Algorithm::English).stem(folded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let check = |text: &str, expected: &str| {
            let found: Vec<&str> = words(text).map(|range| &text[range]).collect();
            assert_eq!(found.join("|"), expected, "{text}");
        };
        check("Llama 4 agentic", "Llama|4|agentic");
        check("GPT-4, don't!", "GPT|4|don|t");
        check("naïve café", "naïve|café");
        check("  ", "");
        check("", "");
        check("人工智能 AI很好", "人|工|智|能|AI|很|好");
        check("हिन्दी में", "हिन्दी|में");
        check("Привет, мир", "Привет|мир");
    }

    #[test]
    fn folding_takes_case_and_accents_away() {
        let check = |word: &str, expected: &str| assert_eq!(fold(word), expected, "{word}");
        check("Llama", "llama");
        check("Café", "cafe");
        check("Ångström", "angstrom");
        check("ﬁsh", "fish");
        check("Йод", "йод");
        check("Ελλάδα", "ελλαδα");
        check("हिन्दी", "हिन्दी");
        check("ＡＢＣ", "abc");
        check(&"x".repeat(1000), &"x".repeat(LONGEST_TERM));
    }

    #[test]
    fn stems_join_the_forms_of_a_word() {
        let check = |one: &str, other: &str| assert_eq!(stem(one), stem(other), "{one} {other}");
        check("closing", "closed");
        check("capabilities", "capability");
        assert_ne!(stem("agentic"), stem("agenda"));
        assert_eq!(stem("gpt4"), "gpt4");
    }

    proptest! {
        #[test]
        fn any_text_has_words_on_character_borders_in_order(text in "\\PC{0,60}") {
            let mut last = 0;
            for range in words(&text) {
                prop_assert!(range.start >= last && range.end > range.start);
                last = range.end;
                let folded = fold(&text[range]);
                prop_assert_eq!(stem(&folded).chars().next(), folded.chars().next());
            }
        }
    }
}

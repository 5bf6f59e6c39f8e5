//! Which text of a page was taken already: pages say many things more than once.

use std::collections::HashSet;

use foldhash::fast::RandomState;

/// Words in a row that tell that a text stands elsewhere already.
const WORDS_IN_A_ROW: usize = 8;

/// Text that was taken already, by its hashes.
#[derive(Debug, Default)]
pub(super) struct Known {
    texts: HashSet<u64, RandomState>,
    /// Every [`WORDS_IN_A_ROW`] words that follow each other.
    rows: HashSet<u64, RandomState>,
}

impl Known {
    /// Adds a text, and returns whether it says anything that was not known.
    pub(super) fn add(&mut self, text: &str) -> bool {
        let letters = |word: &str| hash(word.chars().filter_map(letter).map(u64::from));
        let blank = hash(std::iter::empty());
        let words: Vec<u64> = text.split_whitespace().map(letters).filter(|word| *word != blank).collect();
        let mut repeated = words.len() >= WORDS_IN_A_ROW;
        for row in words.windows(WORDS_IN_A_ROW) {
            repeated &= !self.rows.insert(hash(row.iter().copied()));
        }
        !words.is_empty() && self.texts.insert(hash(words.into_iter())) && !repeated
    }
}

/// Hashes numbers as FNV-1a does bytes.
fn hash(values: impl Iterator<Item = u64>) -> u64 {
    values.fold(0xcbf2_9ce4_8422_2325, |hash, value| (hash ^ value).wrapping_mul(0x0100_0000_01b3))
}

/// Returns what of a character tells one text from another.
fn letter(char: char) -> Option<char> {
    if char.is_ascii() {
        return char.is_ascii_alphanumeric().then(|| char.to_ascii_lowercase());
    }
    char.is_alphanumeric().then(|| char.to_lowercase().next().unwrap_or(char))
}

/// Whether two texts differ in nothing but case, spaces and punctuation.
pub(in crate::format) fn same(one: &str, other: &str) -> bool {
    let mut letters = one.chars().filter_map(letter).peekable();
    letters.peek().is_some() && letters.eq(other.chars().filter_map(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_says_nothing_new_is_known() {
        let check = |texts: &[&str], expected: &[bool]| {
            let mut known = Known::default();
            assert_eq!(texts.iter().map(|text| known.add(text)).collect::<Vec<_>>(), expected, "{texts:?}");
        };
        check(&["", "…", " * "], &[false, false, false]);
        check(&["One two", "one,  TWO!", "one", "onetwo"], &[true, false, true, true]);
        check(
            &["a b c d e f g h i j", "B c d e f g h i.", "b c d e f g h", "x a b c d e f g h i j"],
            &[true, false, true, true],
        );
        check(&["東京都", "東京"], &[true, true]);
    }

    #[test]
    fn texts_are_the_same_but_for_case_and_marks() {
        let check =
            |one: &str, other: &str, expected: bool| assert_eq!(same(one, other), expected, "{one} {other}");
        check("The Title", "the title!", true);
        check("The Title", "The", false);
        check("", "", false);
        check("…", "!", false);
    }
}

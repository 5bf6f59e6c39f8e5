//! Terms on their way into the index. A passage is analysed once; its terms are written down in rows, and are
//! taken apart again by who writes them.

use std::ops::Range;

use super::Property;
use crate::analysis::MARK;

/// The greatest number that is written as a letter: the last before those that are none.
const MOST: usize = 0xD7FF;

/// Terms written down in a row, each behind two letters that stand for numbers: how many positions it is behind the
/// term before, and how many bytes it has.
#[derive(Default)]
pub(super) struct Row {
    text: String,
    /// Positions passed since the last term.
    passed: usize,
}

impl Row {
    /// Goes on to the next position, which stays empty where nothing is added.
    pub(super) fn next(&mut self) {
        self.passed += 1;
    }

    /// Adds a term at the present position.
    pub(super) fn add(&mut self, term: &str) {
        self.add_parts([term, ""]);
    }

    /// Adds a stem that has no form.
    pub(super) fn add_stem(&mut self, stem: &str) {
        self.add_parts([stem, MARK.encode_utf8(&mut [0; 4])]);
    }

    /// Adds a value of a property.
    pub(super) fn add_property(&mut self, property: Property, value: &str) {
        self.add_parts([property.name(), value]);
    }

    fn add_parts(&mut self, parts: [&str; 2]) {
        let length = parts[0].len() + parts[1].len();
        // Nobody looks for a longer one, and its length is no letter.
        if length > MOST {
            return;
        }
        self.text.push(letter(std::mem::take(&mut self.passed)));
        self.text.push(letter(length));
        parts.into_iter().for_each(|part| self.text.push_str(part));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns the row as text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Begins anew, in the same memory.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.passed = 0;
    }
}

fn letter(number: usize) -> char {
    char::from_u32(number.min(MOST) as u32).unwrap_or_default()
}

/// Returns the terms of a row, in order: the position of each, and where in the row it stands.
pub(super) fn terms(row: &str) -> impl Iterator<Item = (u32, Range<usize>)> {
    let (mut position, mut at) = (0, 0);
    std::iter::from_fn(move || {
        let mut letters = row[at..].chars();
        let (passed, length) = (letters.next()?, letters.next()?);
        let start = row.len() - letters.as_str().len();
        position += passed as u32;
        at = start + length as usize;
        Some((position, start..at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_gives_its_terms_back_at_their_positions() {
        let mut row = Row::default();
        row.next();
        row.add("run\u{2}\u{4}ning");
        row.add_property(Property::Tag, "\u{0}\u{1}x");
        row.add(&"x".repeat(MOST + 1));
        row.next();
        row.next();
        row.add("人");
        row.add_stem(&"工".repeat(100));
        let found: Vec<_> = terms(row.text()).map(|(position, term)| (position, &row.text()[term])).collect();
        let long = format!("{}{MARK}", "工".repeat(100));
        let expected = [(1, "run\u{2}\u{4}ning"), (1, "tag:\u{0}\u{1}x"), (3, "人"), (3, &long)];
        assert_eq!(found, expected);
    }
}

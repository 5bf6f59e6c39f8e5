//! Terms on their way into tantivy. A passage is analysed once; its terms are written down in a row,
//! and what tantivy calls a tokenizer only takes that apart again.

use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use super::Property;
use crate::analysis::MARK;

/// Terms that were made before; see [`Row`].
pub(super) const TERMS: &str = "excerpt_terms";

/// Goes on to the next position. No term holds it.
const NEXT: char = '\u{0}';
/// Before a term.
const TERM: char = '\u{1}';

pub(super) fn register(manager: &TokenizerManager) {
    manager.register(TERMS, Rows);
}

/// Says whether a letter parts terms, and can be in none.
pub(super) fn parts(letter: char) -> bool {
    matches!(letter, NEXT | TERM)
}

/// Terms written down in a row.
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
        for _ in 0..std::mem::take(&mut self.passed) {
            self.text.push(NEXT);
        }
        self.text.push(TERM);
        self.text.push_str(term);
    }

    /// Adds a stem that has no form.
    pub(super) fn add_stem(&mut self, stem: &str) {
        self.add(stem);
        self.text.push(MARK);
    }

    /// Adds a value of a property.
    pub(super) fn add_property(&mut self, property: Property, value: &str) {
        self.add("");
        property.write(value, &mut self.text);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns the row; none where it has no terms.
    pub(super) fn text(&self) -> Option<&str> {
        (!self.text.is_empty()).then_some(&self.text)
    }

    /// Begins anew, in the same memory.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.passed = 0;
    }
}

#[derive(Clone, Copy)]
struct Rows;

struct RowStream<'a> {
    row: &'a str,
    at: usize,
    token: Token,
}

impl Tokenizer for Rows {
    type TokenStream<'a> = RowStream<'a>;

    fn token_stream<'a>(&'a mut self, row: &'a str) -> RowStream<'a> {
        // With room for any usual term: it would grow by steps.
        let token = Token { position: 0, text: String::with_capacity(64), ..Token::default() };
        RowStream { row, at: 0, token }
    }
}

impl TokenStream for RowStream<'_> {
    fn advance(&mut self) -> bool {
        let bytes = self.row.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            let start = self.at + 1;
            if *byte == 0 {
                self.token.position += 1;
                self.at = start;
                continue;
            }
            let end = bytes[start..].iter().position(|byte| *byte <= 1).map_or(bytes.len(), |at| start + at);
            self.at = end;
            set(&mut self.token, &self.row[start..end], start..end);
            return true;
        }
        false
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

fn set(token: &mut Token, term: &str, range: Range<usize>) {
    token.text.clear();
    token.text.push_str(term);
    (token.offset_from, token.offset_to) = (range.start, range.end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_gives_its_terms_back_at_their_positions() {
        let mut row = Row::default();
        row.next();
        row.add("run\u{2}\u{4}ning");
        row.next();
        row.next();
        row.add("人");
        row.add("工");
        let mut rows = Rows;
        let mut stream = rows.token_stream(row.text().expect("it has terms"));
        let mut found = Vec::new();
        while stream.advance() {
            found.push((stream.token().text.clone(), stream.token().position));
        }
        let expected = [("run\u{2}\u{4}ning", 1), ("人", 3), ("工", 3)];
        assert_eq!(found, expected.map(|(term, position)| (term.to_string(), position)));
    }
}

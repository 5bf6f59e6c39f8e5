//! Terms on their way into tantivy. A passage is analysed once; its terms are written down in a row,
//! and what tantivy calls a tokenizer only takes that apart again.

use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::analysis::{self, Words};

/// Terms that were analysed before; see [`Row`].
pub(super) const TERMS: &str = "excerpt_terms";
/// Plain text, by its folded words.
pub(super) const WORDS: &str = "excerpt_words";

/// What stands before a folded word in a field that holds stems too. No word begins with it.
pub(crate) const EXACT_MARK: char = '=';

/// Before a term at the next position. No term holds it.
const NEXT: char = '\u{0}';
/// Before a term at the same position as the last one.
const SAME: char = '\u{1}';

pub(super) fn register(manager: &TokenizerManager) {
    manager.register(TERMS, Rows);
    manager.register(WORDS, Plain);
}

/// Terms written down in a row.
#[derive(Default)]
pub(super) struct Row(String);

impl Row {
    /// Adds a term at the next position, which stays empty where there is none.
    pub(super) fn next(&mut self, term: Option<&str>) {
        self.0.push(NEXT);
        self.0.push_str(term.unwrap_or_default());
    }

    /// Adds a term at the position of the last one.
    pub(super) fn same(&mut self, term: &str) {
        self.0.push(SAME);
        self.0.push_str(term);
    }

    /// Adds a folded word, marked, at the position of the last term.
    pub(super) fn same_exact(&mut self, word: &str) {
        self.0.extend([SAME, EXACT_MARK]);
        self.0.push_str(word);
    }

    /// Returns the row, and begins another.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.0)
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
        RowStream { row, at: 0, token: Token::default() }
    }
}

impl TokenStream for RowStream<'_> {
    fn advance(&mut self) -> bool {
        let bytes = self.row.as_bytes();
        while self.at < bytes.len() {
            let start = self.at + 1;
            let end = bytes[start..].iter().position(|byte| *byte <= 1).map_or(bytes.len(), |at| start + at);
            if bytes[self.at] == 0 {
                self.token.position = self.token.position.wrapping_add(1);
            }
            self.at = end;
            if end > start {
                set(&mut self.token, &self.row[start..end], start..end);
                return true;
            }
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

#[derive(Clone, Copy)]
struct Plain;

struct PlainStream<'a> {
    text: &'a str,
    words: Words<'a>,
    token: Token,
}

impl Tokenizer for Plain {
    type TokenStream<'a> = PlainStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PlainStream<'a> {
        PlainStream { text, words: analysis::words(text), token: Token::default() }
    }
}

impl TokenStream for PlainStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(range) = self.words.next() else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        set(&mut self.token, &analysis::fold(&self.text[range.clone()]), range);
        true
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
        row.next(Some("run"));
        row.same_exact("running");
        row.next(None);
        row.next(Some("人"));
        row.same("工");
        let row = row.take();
        let mut rows = Rows;
        let mut stream = rows.token_stream(&row);
        let mut found = Vec::new();
        while stream.advance() {
            found.push((stream.token().text.clone(), stream.token().position));
        }
        let expected = [("run", 0), ("=running", 0), ("人", 2), ("工", 2)];
        assert_eq!(found, expected.map(|(term, position)| (term.to_string(), position)));
    }
}

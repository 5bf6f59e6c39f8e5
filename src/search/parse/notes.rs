//! What was read otherwise than it was typed, in words.

use std::ops::Range;

/// Notes past so many say nothing new.
const MOST: usize = 12;

/// A note quotes at most so many characters of the query.
const LONGEST_QUOTE: usize = 60;

/// The notes on a query.
pub(super) struct Notes<'a> {
    text: &'a str,
    notes: Vec<String>,
    /// The pieces that were noted, each with what was said of it.
    said: Vec<(&'a str, &'static str)>,
    more: bool,
}

impl<'a> Notes<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, notes: Vec::new(), said: Vec::new(), more: false }
    }

    /// Notes something of a piece of the query: `{}` in it stands for the piece, and for where it is.
    /// Of two pieces alike it is said once.
    pub(super) fn add(&mut self, piece: Range<usize>, what: &'static str) {
        self.add_with(piece, what, "");
    }

    /// As [`Notes::add`], with what is told apart from case to case behind it.
    pub(super) fn add_with(&mut self, piece: Range<usize>, what: &'static str, rest: &str) {
        let quoted = &self.text[piece.clone()];
        if self.said.contains(&(quoted, what)) {
            return;
        }
        if self.notes.len() == MOST {
            self.more = true;
            return;
        }
        self.said.push((quoted, what));
        let note = what.replacen("{}", &self.named(piece), 1) + rest;
        self.notes.push(note);
    }

    /// Notes something of the whole query.
    pub(super) fn of_all(&mut self, what: String) {
        self.notes.push(what);
    }

    pub(super) fn finish(mut self) -> Vec<String> {
        if self.more {
            self.notes.push("more of it was read otherwise than typed".into());
        }
        self.notes
    }

    /// Returns a piece in backquotes, and where it stands if there is more than it.
    fn named(&self, piece: Range<usize>) -> String {
        let quoted = quote(&self.text[piece.clone()]);
        if self.text.trim() == &self.text[piece.clone()] {
            return format!("`{quoted}`");
        }
        format!("`{quoted}` at character {}", self.text[..piece.start].chars().count() + 1)
    }
}

/// Returns as much of the query as a note quotes.
fn quote(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_where_in_a_query_a_piece_stands() {
        let check = |text: &str, piece: Range<usize>, expected: &str| {
            let mut notes = Notes::of(text);
            notes.add(piece, "{} is odd");
            assert_eq!(notes.finish(), [expected], "{text}");
        };
        check("AND", 0..3, "`AND` is odd");
        check(" AND ", 1..4, "`AND` is odd");
        check("été AND", 6..9, "`AND` at character 5 is odd");
        check(&"a".repeat(100), 0..100, &format!("`{}…` is odd", "a".repeat(LONGEST_QUOTE)));
    }

    #[test]
    fn notes_are_few() {
        let text = "0123456789abcdef";
        let mut notes = Notes::of(text);
        for _ in 0..2 {
            (0..16).for_each(|at| notes.add(at..at + 1, "{} is odd"));
        }
        assert_eq!(notes.finish().len(), MOST + 1);
    }
}

//! Reading a regular expression between two slashes.

use super::{Field, Node, Parser, glyph::is_punctuation};
use crate::search::shape;

impl Parser<'_> {
    /// Reads a regular expression that begins here, and says whether there is one. One that is no good
    /// is read as words.
    pub(super) fn shape(&mut self, field: Option<Field>) -> bool {
        let start = self.at;
        let rest = &self.text[start + 1..];
        let Some(length) = closing(rest) else { return false };
        let end = start + length + 2;
        let behind = &self.text[end..];
        let ends = behind.trim_start_matches(is_punctuation).chars().next();
        let padded =
            rest[..length].starts_with(char::is_whitespace) || rest[..length].ends_with(char::is_whitespace);
        // `/usr/bin` is a path, and in `a / b / c` slashes are no quotes.
        if length == 0
            || padded
            || ends.is_some_and(|next| !next.is_whitespace() && !matches!(next, '(' | ')'))
        {
            return false;
        }
        let pattern = unescaped(&rest[..length]);
        if !self.may_expand(start..end, shape::pieces(&pattern).len()) {
            return false;
        }
        if let Some(fault) = shape::fault(&pattern) {
            let what = "{} was read as words, not as a pattern: ";
            self.notes.add_with(start..end, what, &fault);
            if pattern.contains(char::is_whitespace) {
                return false;
            }
            self.at = end;
            self.piece(field, start..end);
            return true;
        }
        self.at = end;
        self.add(field, Node::Shape(pattern));
        true
    }
}

/// Returns how far away the next slash is that is not escaped, no farther than a pattern may be long.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    // A pattern with a blank in it is looked at too, to say that no word holds one.
    for (at, byte) in text.bytes().enumerate().take(2 * shape::LONGEST) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'/' => return Some(at),
            _ => {}
        }
    }
    None
}

/// Takes the backslashes before slashes away.
fn unescaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, letters.clone().next()) {
            ('\\', Some('/')) => {}
            ('\\', Some(escaped)) => {
                letters.next();
                pattern.extend([letter, escaped]);
            }
            _ => pattern.push(letter),
        }
    }
    pattern
}

//! Arguments, options, and what else follows the name of a command.

use std::ops::Range;

use super::Reader;

/// Bytes that an option has at most.
const LONGEST_OPTION: usize = 400;

/// Bytes that an argument that is no text has at most. A longer one was never closed.
const LONGEST_DROPPED: usize = 20_000;

impl<'a> Reader<'a> {
    /// Passes over `{}`, which only ends the name of a command.
    pub(super) fn empty_group(&mut self) {
        if self.rest().starts_with("{}") {
            self.at += 2;
        }
    }

    /// Passes over blanks, and no end of a line.
    pub(super) fn blanks(&mut self) {
        self.at += self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    }

    /// Passes over blanks and one end of a line.
    fn blank_line(&mut self) {
        let before = self.at;
        self.blanks();
        if self.rest().starts_with('\n') {
            self.at += 1;
            self.blanks();
        }
        if self.rest().starts_with('\n') {
            self.at = before;
        }
    }

    /// Returns the range of the argument that follows, and goes behind it.
    pub(super) fn argument(&mut self) -> Option<Range<usize>> {
        let before = self.at;
        self.blank_line();
        let close =
            self.braces.close(self.at).filter(|&close| close < self.end && self.rest().starts_with('{'));
        match close {
            Some(close) => {
                let range = self.at + 1..close;
                self.at = close + 1;
                Some(range)
            }
            None => {
                self.at = before;
                None
            }
        }
    }

    pub(super) fn drop_argument(&mut self) {
        let before = self.at;
        match self.argument() {
            Some(range) if range.len() > LONGEST_DROPPED => self.at = range.start,
            Some(_) => {}
            None if self.rest().trim_start_matches([' ', '\t']).starts_with('\\') => {
                let spaces = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
                self.at = before + spaces;
                // The name of a length.
                if self.rest()[1..].starts_with(|next: char| next.is_ascii_alphabetic()) {
                    self.control();
                }
            }
            None => {}
        }
    }

    /// Returns the range of the option that follows, and goes behind it.
    pub(super) fn option(&mut self) -> Option<Range<usize>> {
        let before = self.at;
        self.blanks();
        if !self.rest().starts_with('[') {
            self.at = before;
            return None;
        }
        let start = self.at + 1;
        let last = (start + LONGEST_OPTION).min(self.end);
        let bytes = self.text.as_bytes();
        let mut at = start;
        while at < last {
            match bytes[at] {
                b']' => {
                    self.at = at + 1;
                    return Some(start..at);
                }
                b'\n' if bytes.get(at + 1) == Some(&b'\n') => break,
                b'{' => at = self.braces.close(at).filter(|&close| close < last).unwrap_or(at),
                _ => {}
            }
            at += 1;
        }
        self.at = before;
        None
    }

    /// Passes over the slides, such as `<1->`, that a part is shown on.
    pub(super) fn overlay(&mut self) {
        let slides = |byte: &u8| byte.is_ascii_alphanumeric() || b"<-+,|@:. ()".contains(byte);
        if self.rest().starts_with('<') {
            let length = self.rest().bytes().take(30).take_while(slides).count();
            if self.rest()[length..].starts_with('>') {
                self.at += length + 1;
            }
        }
    }

    /// Passes over a command, and returns its name.
    pub(super) fn control(&mut self) -> &'a str {
        self.blanks();
        let Some(rest) = self.rest().strip_prefix('\\') else { return "" };
        let letters = rest.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'@').count();
        let length = if letters == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { letters };
        self.at += 1 + length;
        &rest[..length]
    }

    pub(super) fn length(&mut self) {
        let rest = self.rest();
        let number = rest.bytes().take_while(|byte| byte.is_ascii_digit() || b"=-+. ".contains(byte)).count();
        if rest[..number].contains(|char: char| char.is_ascii_digit()) {
            let unit = rest[number..].bytes().take(2).take_while(u8::is_ascii_alphabetic).count();
            self.at += number + unit;
        }
    }
}

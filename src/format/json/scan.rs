//! JSON cut into its values, without a look into them.
//!
//! Brackets and strings are followed, nothing else: what a value holds is for a parser to say. So one
//! that is broken, or longer than memory, costs only itself.

use std::io::{self, BufRead};

use crate::format::{line, record::LONGEST};

/// A stream of JSON.
pub(super) struct Scan<R> {
    reader: R,
    /// The line that was reached, counting from 1.
    line: u64,
}

/// How a value ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Where it should.
    Whole,
    /// It is longer than [`LONGEST`]: what was kept of it is of no use.
    Long,
    /// With the stream.
    Broken,
}

impl<R: BufRead> Scan<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: 1 }
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn reader(&self) -> &R {
        &self.reader
    }

    /// Returns the next byte that is no blank, and stays before it; none at the end.
    ///
    /// # Errors
    /// Where the source cannot be read.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let blanks = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let found = bytes.get(blanks).copied();
            self.line += line::breaks(&bytes[..blanks]);
            self.reader.consume(blanks);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Passes over one byte that was peeked at.
    pub(super) fn pass(&mut self) {
        self.reader.consume(1);
    }

    /// Appends the value that begins at the next byte to `out`.
    ///
    /// # Errors
    /// Where the source cannot be read.
    pub(super) fn value(&mut self, out: &mut Vec<u8>) -> io::Result<End> {
        match self.peek()? {
            Some(b'{' | b'[' | b'"') => self.rest(0, out),
            _ => self.scalar(out),
        }
    }

    /// Appends what follows up to the end of the outermost of so many open brackets. Without any it is
    /// up to the end of the string or bracket that begins here.
    ///
    /// # Errors
    /// Where the source cannot be read.
    pub(super) fn rest(&mut self, open: u64, out: &mut Vec<u8>) -> io::Result<End> {
        let (mut depth, mut inside, mut escaped) = (open, false, false);
        let most = out.len() + LONGEST as usize;
        let mut long = false;
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(End::Broken);
            }
            let mut end = None;
            for (at, byte) in bytes.iter().enumerate() {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = inside,
                    b'"' => inside = !inside,
                    _ if inside => continue,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth = depth.saturating_sub(1),
                    _ => continue,
                }
                if depth == 0 && !inside {
                    end = Some(at + 1);
                    break;
                }
            }
            let used = end.unwrap_or(bytes.len());
            long |= out.len() + used > most;
            if !long {
                out.extend_from_slice(&bytes[..used]);
            }
            self.line += line::breaks(&bytes[..used]);
            self.reader.consume(used);
            if end.is_some() {
                return Ok(if long { End::Long } else { End::Whole });
            }
        }
    }

    /// Appends a number or a word; at least one byte is passed over.
    fn scalar(&mut self, out: &mut Vec<u8>) -> io::Result<End> {
        let start = out.len();
        loop {
            let bytes = self.reader.fill_buf()?;
            let part = |byte: &u8| !byte.is_ascii_whitespace() && !b",:[]{}\"".contains(byte);
            let most = LONGEST as usize - (out.len() - start).min(LONGEST as usize);
            let used = bytes.iter().take(most).take_while(|byte| part(byte)).count();
            let ended = used < bytes.len() || bytes.is_empty();
            out.extend_from_slice(&bytes[..used]);
            let empty = out.len() == start && !bytes.is_empty();
            self.reader.consume(used);
            if ended {
                if empty {
                    self.pass();
                }
                return Ok(End::Whole);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(text: &str, buffer: usize) -> Vec<String> {
        let mut scan = Scan::new(io::BufReader::with_capacity(buffer, text.as_bytes()));
        let mut values = Vec::new();
        while scan.peek().expect("it is in memory").is_some() {
            let line = scan.line();
            let mut value = Vec::new();
            let end = scan.value(&mut value).expect("it is in memory");
            values.push(format!(
                "{line} {}{}",
                String::from_utf8_lossy(&value),
                if end == End::Whole { "" } else { "!" }
            ));
        }
        values
    }

    #[test]
    fn values_are_cut() {
        let check = |text: &str, expected: &[&str]| {
            for buffer in [1, 3, 1000] {
                assert_eq!(values(text, buffer), expected, "{text}");
            }
        };
        check(
            "[1, {\"a\": \"]\\\"}\"}]\n\n \"b\\\\\" true\n{}",
            &["1 [1, {\"a\": \"]\\\"}\"}]", "3 \"b\\\\\"", "3 true", "4 {}"],
        );
        check("{\"a\":\n[1\n}\n]2", &["1 {\"a\":\n[1\n}\n]", "4 2"]);
        check("]x", &["1 ", "1 x"]);
        check("[\"a]", &["1 [\"a]!"]);
        check("", &[]);
    }

    #[test]
    fn a_long_value_is_passed_over() {
        let text = format!("[\"{}\"] 1", "x".repeat(LONGEST as usize));
        let values = values(&text, 1 << 16);
        assert!(values[0].ends_with('!') && values[1] == "1 1", "{}", values.len());
    }

    proptest! {
        #[test]
        fn any_text_is_cut(text in "[\\[\\]{}\",:\\\\a1 \n]{0,40}") {
            prop_assert!(values(&text, 2).len() <= text.len());
        }
    }
}

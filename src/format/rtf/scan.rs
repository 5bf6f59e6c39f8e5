//! The bytes of an RTF file as groups, control words and text.

use std::io::{self, BufRead};

/// Letters of the longest control word.
const LONGEST_WORD: usize = 32;

/// One part of a file.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A group begins.
    Open,
    /// A group ends.
    Close,
    /// A control word and its number.
    Word(&'a str, Option<i32>),
    /// A control symbol that is no letter.
    Sign(u8),
    /// A byte of text.
    Byte(u8),
    /// A byte of text that was written as two digits.
    Hex(u8),
}

/// A file that is read part by part.
pub(super) struct Scan<R> {
    reader: R,
    word: String,
    failure: Option<io::Error>,
}

impl<R: BufRead> Scan<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, word: String::new(), failure: None }
    }

    /// Returns why the file could not be read to its end.
    pub(super) fn failure(&self) -> Option<&io::Error> {
        self.failure.as_ref()
    }

    /// Returns the next part. What a program put in as raw data is passed over.
    pub(super) fn next(&mut self) -> Option<Token<'_>> {
        loop {
            return Some(match self.take()? {
                b'{' => Token::Open,
                b'}' => Token::Close,
                b'\r' | b'\n' | 0 => continue,
                b'\\' => match self.peek()? {
                    b'a'..=b'z' | b'A'..=b'Z' => {
                        let number = self.word();
                        if self.word == "bin" {
                            self.pass(number.unwrap_or(0));
                            continue;
                        }
                        Token::Word(&self.word, number)
                    }
                    b'\'' => {
                        self.take();
                        match self.hex() {
                            Some(byte) => Token::Hex(byte),
                            None => continue,
                        }
                    }
                    b'\r' | b'\n' => {
                        self.take();
                        Token::Word("par", None)
                    }
                    sign => {
                        self.take();
                        Token::Sign(sign)
                    }
                },
                byte => Token::Byte(byte),
            });
        }
    }

    /// Reads a control word, with the blank that may end it, and returns its number.
    fn word(&mut self) -> Option<i32> {
        self.word.clear();
        while let Some(letter) = self.peek().filter(u8::is_ascii_alphabetic) {
            if self.word.len() == LONGEST_WORD {
                break;
            }
            self.word.push(char::from(letter));
            self.take();
        }
        let minus = self.peek() == Some(b'-');
        if minus {
            self.take();
        }
        let mut number: Option<i32> = None;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            let digit = i32::from(digit - b'0');
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
            self.take();
        }
        if self.peek() == Some(b' ') {
            self.take();
        }
        number.map(|number| if minus { -number } else { number })
    }

    fn hex(&mut self) -> Option<u8> {
        let mut byte = 0;
        for _ in 0..2 {
            let digit = char::from(self.peek()?).to_digit(16)?;
            byte = byte * 16 + digit as u8;
            self.take();
        }
        Some(byte)
    }

    fn pass(&mut self, count: i32) {
        let mut left = usize::try_from(count).unwrap_or(0);
        while left > 0 && self.peek().is_some() {
            let held = self.reader.fill_buf().map_or(0, <[u8]>::len).min(left);
            self.reader.consume(held);
            left -= held;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.reader.fill_buf() {
                Ok(bytes) => return bytes.first().copied(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error);
                    return None;
                }
            }
        }
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.reader.consume(1);
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_part_by_part() {
        let check = |text: &str, expected: &[Token<'_>]| {
            let mut scan = Scan::new(text.as_bytes());
            for part in expected {
                assert_eq!(scan.next().as_ref(), Some(part), "{text}");
            }
            assert_eq!(scan.next(), None, "{text}");
        };
        check("{\\rtf1 a}", &[Token::Open, Token::Word("rtf", Some(1)), Token::Byte(b'a'), Token::Close]);
        check("\\b0\\i-12 x", &[Token::Word("b", Some(0)), Token::Word("i", Some(-12)), Token::Byte(b'x')]);
        check("\\'e4\\~\\\\", &[Token::Hex(0xe4), Token::Sign(b'~'), Token::Sign(b'\\')]);
        check(
            "a\r\nb\\\nc",
            &[Token::Byte(b'a'), Token::Byte(b'b'), Token::Word("par", None), Token::Byte(b'c')],
        );
        check("\\bin3 {{{a", &[Token::Byte(b'a')]);
        check("\\bin-3 a\\bin9 b", &[Token::Byte(b'a')]);
        check("\\'zz", &[Token::Byte(b'z'), Token::Byte(b'z')]);
        check("\\u99999999999 ", &[Token::Word("u", Some(i32::MAX))]);
        check("\\", &[]);
    }
}

//! A stream of bytes in some encoding as a stream of UTF-8.

use std::io::{self, Cursor, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};

use super::{is_binary, is_utf_32, narrow_encoding, said, utf_32, wide};
use crate::format::{Cause, FIRST_PART, Input, Rest};

/// Bytes that are read and converted at a time.
const STEP: usize = 1 << 16;

/// Bytes in which what is no text is looked for.
const SAMPLE: usize = 1 << 16;

/// The text of a stream as UTF-8, without a byte order mark. Line breaks and control characters are
/// as they are, so that lines can be counted.
pub(in crate::format) struct Decoding<'a> {
    from: Box<dyn Read + 'a>,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What was read and is not converted.
    pending: usize,
    text: Vec<u8>,
    /// How much of the text was handed on.
    taken: usize,
    ended: bool,
    broken: bool,
    guessed: Option<String>,
}

impl<'a> Decoding<'a> {
    /// Begins a file, whose first part tells the encoding; `declared` is the label it gives of itself.
    ///
    /// # Errors
    /// Says that it is no text. Text in UTF-32 is read at once, and may not be long.
    pub(in crate::format) fn new(input: Input<'a>, declared: Option<&str>) -> Result<Self, Cause> {
        let mut head = input.bytes;
        // A character may be cut off where the first part ends.
        if !matches!(input.rest, Rest::Nothing)
            && let Some(tail) = head.utf8_chunks().last().map(|chunk| chunk.invalid())
            && str::from_utf8(tail).is_err_and(|error| error.error_len().is_none())
        {
            head = &head[..head.len() - tail.len()];
        }
        if is_utf_32(head) {
            let (text, warning) = utf_32(&input.whole(FIRST_PART)?);
            let from = Box::new(Cursor::new(text.into_bytes()));
            return Ok(Self { broken: warning.is_some(), ..Self::of(from, UTF_8) });
        }
        let told = Encoding::for_bom(head).map(|(encoding, _)| encoding).or_else(|| wide(head));
        let (encoding, guessed) = match told {
            Some(encoding) => (encoding, false),
            None if is_binary(&head[..head.len().min(SAMPLE)]) => {
                return Err(Cause("is binary, not text".into()));
            }
            None => narrow_encoding(head, declared),
        };
        let from = Box::new(input.reader());
        Ok(Self { guessed: guessed.then(|| said(encoding)), ..Self::of(from, encoding) })
    }

    fn of(from: Box<dyn Read + 'a>, encoding: &'static Encoding) -> Self {
        Self {
            from,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; STEP],
            pending: 0,
            text: Vec::new(),
            taken: 0,
            ended: false,
            broken: false,
            guessed: None,
        }
    }

    /// Says what was guessed or replaced so far.
    pub(in crate::format) fn warning(&self) -> Option<String> {
        let broken = self.broken.then(|| "broken characters replaced".to_owned());
        match (self.guessed.clone(), broken) {
            (Some(guessed), Some(broken)) => Some(format!("{guessed}; {broken}")),
            (guessed, broken) => guessed.or(broken),
        }
    }

    /// Converts the next bytes.
    fn fill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.taken = 0;
        while self.text.is_empty() && !self.ended {
            let read = self.from.read(&mut self.raw[self.pending..])?;
            let last = read == 0;
            let have = self.pending + read;
            self.text.resize(2 * STEP, 0);
            let (result, used, written, replaced) =
                self.decoder.decode_to_utf8(&self.raw[..have], &mut self.text, last);
            self.text.truncate(written);
            self.broken |= replaced;
            self.raw.copy_within(used..have, 0);
            self.pending = have - used;
            self.ended = last && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl Read for Decoding<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.text.len() {
            self.fill()?;
        }
        let text = &self.text[self.taken..];
        let count = text.len().min(buffer.len());
        buffer[..count].copy_from_slice(&text[..count]);
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{UTF_16LE, WINDOWS_1251, WINDOWS_1252};
    use proptest::prelude::*;

    use super::*;

    /// Reads bytes of which the first `first` are at hand.
    fn read(bytes: &[u8], first: usize, declared: Option<&str>) -> (String, Option<String>) {
        let (head, mut rest) = bytes.split_at(first);
        let rest = if rest.is_empty() { Rest::Nothing } else { Rest::Stream(&mut rest) };
        let input = Input { rest, ..Input::of("a", head) };
        let mut stream = Decoding::new(input, declared).expect("it is text");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("it can be read");
        (text, stream.warning())
    }

    #[test]
    fn the_first_part_tells_the_encoding() {
        let check = |bytes: &[u8], first: usize, declared: Option<&str>, text: &str, warned: Option<&str>| {
            assert_eq!(read(bytes, first, declared), (text.to_owned(), warned.map(String::from)), "{text}");
        };
        let utf16: Vec<u8> = "\u{feff}Ebb, über\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Encoding::for_bom(&utf16), Some((UTF_16LE, 2)));
        check(&utf16, 8, None, "Ebb, über\r\n", None);
        let utf32: Vec<u8> =
            "\u{feff}Ebb, über\r\n".chars().flat_map(|char| u32::from(char).to_le_bytes()).collect();
        check(&utf32, 8, None, "Ebb, über\r\n", None);
        check("\u{feff}Ebbe über Ebbe".as_bytes(), 10, None, "Ebbe über Ebbe", None);
        check("über alles".as_bytes(), 1, None, "über alles", None);
        let russian = "Прилив приходит позже луны.\n".repeat(3);
        let bytes = WINDOWS_1251.encode(&russian).0;
        check(&bytes, bytes.len(), None, &russian, Some("encoding guessed as windows-1251"));
        check(&bytes, bytes.len(), Some("cp1251"), &russian, None);
        let french = WINDOWS_1252.encode("plain, then a café").0;
        check(&french, 5, None, "plain, then a caf\u{fffd}", Some("broken characters replaced"));
        check(b"", 0, None, "", None);
        assert!(Decoding::new(Input::of("a", &[0; 64]), None).is_err());
    }

    proptest! {
        #[test]
        fn utf_8_is_kept_as_it_is(text in "[^\\p{Cc}\u{feff}]{1,60}", first in 0..60_usize) {
            let first = first.min(text.len());
            prop_assert_eq!(read(text.as_bytes(), first, None).0, text);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, label in "(utf-8|big5|utf-16|)") {
            if let Ok(mut stream) = Decoding::new(Input::of("a", &bytes), Some(&label)) {
                let mut text = String::new();
                prop_assert!(stream.read_to_string(&mut text).is_ok());
            }
        }
    }
}

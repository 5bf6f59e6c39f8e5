//! The head of a record or of an answer: a first line, and fields until an empty one.

use std::io::{self, BufRead, Read};

/// Bytes of the longest head that is read.
const LONGEST: u64 = 1 << 16;

/// A head.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Its first line.
    pub first: String,
    fields: Vec<(String, String)>,
}

impl Head {
    /// Reads a head and the empty line below it; none where it has no end.
    ///
    /// # Errors
    /// Where the source cannot be read.
    pub(super) fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut reader = reader.take(LONGEST);
        let mut head = Self::default();
        let mut line = Vec::new();
        for number in 0.. {
            line.clear();
            reader.read_until(b'\n', &mut line)?;
            if !line.ends_with(b"\n") {
                return Ok(None);
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end();
            if number == 0 {
                head.first = text.to_owned();
            } else if text.is_empty() {
                break;
            } else if let Some((name, value)) =
                text.split_once(':').filter(|_| !text.starts_with([' ', '\t']))
            {
                head.fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            } else if let Some((_, value)) = head.fields.last_mut() {
                // A line that is indented goes on with the one before.
                value.push(' ');
                value.push_str(text.trim_start());
            }
        }
        Ok(Some(head))
    }

    /// Returns the value of the field of this name, which is in lowercase.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read() {
        let text = b"WARC/1.0\r\nWARC-Type: response\r\nLong: a\r\n b\r\nodd\r\n\r\nrest";
        let mut reader = &text[..];
        let head = Head::read(&mut reader).expect("it is in memory").expect("it has an end");
        assert_eq!(head.first, "WARC/1.0");
        assert_eq!(
            (head.field("warc-type"), head.field("long"), head.field("x")),
            (Some("response"), Some("a b odd"), None)
        );
        assert_eq!(reader, b"rest");
        assert!(Head::read(&mut &b"a\r\nb: c\r\n"[..]).expect("it is in memory").is_none());
        assert!(Head::read(&mut &b"a".repeat(1 << 20)[..]).expect("it is in memory").is_none());
    }
}

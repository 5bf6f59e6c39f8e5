//! Mailboxes: messages one after the other, each below a line that begins with `From `.
//!
//! A message is read, handed on and forgotten: a mailbox may be of any length. The line is told from
//! one of text by the time in it, the empty line before and the header below.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, BufRead, Read},
};

use mail_parser::HeaderName;

use super::{
    Cause, Each, Extent, Format, Input, Warnings,
    faults::Faults,
    mail::{
        Headers, begins_message, below_from,
        message::Messages,
        part::{Part, field},
    },
};

/// The reader of mailboxes.
pub(super) struct Mbox;

/// The longest message that is read, in bytes: as much as of a file.
const LONGEST: usize = 16 << 20;

/// Bytes of a line that are read at once.
const PIECE: u64 = 1 << 16;

/// Bytes of the longest line that parts messages.
const LONGEST_FROM: usize = 300;

impl Format for Mbox {
    fn name(&self) -> &'static str {
        "mbox"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["mbox", "mbx"]
    }

    fn extent(&self) -> Extent {
        Extent::Stream
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let end = bytes.iter().take(LONGEST_FROM).position(|&byte| byte == b'\n')? + 1;
        // Below such a line the headers need not be those that only programs write.
        let head = Headers::of(below_from(&bytes[end..]));
        let usual = ["from", "date", "subject", "received", "return-path", "message-id", "x-mozilla-status"];
        (parts(&bytes[..end]) && usual.iter().any(|name| head.has(name))).then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let mut messages = Messages { nest: input.nest, each, missed: Faults::default() };
        let mut mailbox = Mailbox { reader: input.reader(), begun: false, line: Vec::new(), first: false };
        let mut known = HashSet::new();
        let mut number = 0;
        let mut bytes = Vec::new();
        loop {
            let length = match mailbox.next(&mut bytes) {
                Ok(Some(length)) => length,
                Ok(None) => break,
                Err(error) => {
                    messages.missed.add(format_args!("cannot be read: {error}; what follows was left out"));
                    break;
                }
            };
            number += 1;
            let message = Part::of(below_from(&bytes));
            if is_deleted(&message) {
                continue;
            }
            let id = message.text_of(HeaderName::MessageId).unwrap_or_else(|| number.to_string());
            // The copies of a message have all one id.
            let id = if known.insert(hash(&id)) { id } else { format!("{id} ({number})") };
            let note = (length == Length::Cut)
                .then(|| format!("is longer than {} MB: what follows was left out", LONGEST >> 20));
            if messages.read(message, Some(id), note).is_break() {
                break;
            }
        }
        if number == 0 && !bytes.trim_ascii().is_empty() {
            return Err(Cause("holds no message: no line `From …` parts it".to_owned()));
        }
        Ok(messages.missed.say("of the kind"))
    }
}

/// Whether a message was deleted, and is only still there.
fn is_deleted(message: &Part<'_>) -> bool {
    let status = message.raw(&HeaderName::Other("X-Mozilla-Status".into()));
    let status = status.and_then(|status| u16::from_str_radix(status, 16).ok()).unwrap_or(0);
    let of_program = |subject: String| subject.ends_with("FOLDER INTERNAL DATA");
    status & 8 != 0 || message.text_of(HeaderName::Subject).is_some_and(of_program)
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// Whether all of a message was read.
#[derive(Clone, Copy, PartialEq)]
enum Length {
    Whole,
    Cut,
}

/// The messages of a mailbox.
struct Mailbox<R> {
    reader: R,
    /// Whether a line was met that parts messages.
    begun: bool,
    /// The line that was read last, or a piece of it.
    line: Vec<u8>,
    /// Whether it is the first line of the next message.
    first: bool,
}

impl<R: BufRead> Mailbox<R> {
    /// Reads the next message into `message`; none at the end.
    fn next(&mut self, message: &mut Vec<u8>) -> io::Result<Option<Length>> {
        message.clear();
        let mut length = Length::Whole;
        let mut add = |message: &mut Vec<u8>, line: &[u8]| {
            if message.len() + line.len() <= LONGEST {
                message.extend_from_slice(line);
            } else {
                length = Length::Cut;
            }
        };
        if std::mem::take(&mut self.first) {
            add(message, &self.line);
        }
        // Whether a line begins here, and whether the one before was empty.
        let (mut fresh, mut blank) = (true, !self.begun);
        // A line that parts messages if a header follows it.
        let mut from: Vec<u8> = Vec::new();
        loop {
            self.line.clear();
            if self.reader.by_ref().take(PIECE).read_until(b'\n', &mut self.line)? == 0 {
                add(message, &from);
                let one = self.begun && !message.trim_ascii().is_empty() || begins_message(message);
                self.begun |= one;
                return Ok(one.then_some(length));
            }
            let mut line = self.line.as_slice();
            if fresh && !from.is_empty() {
                if field(line).is_some() || line.starts_with(b">From ") {
                    from.clear();
                    blank = false;
                    if std::mem::replace(&mut self.begun, true) {
                        self.first = true;
                        return Ok(Some(length));
                    }
                    // What stands before the first message is none.
                    message.clear();
                } else {
                    add(message, &from);
                    from.clear();
                }
            }
            if fresh {
                if blank && parts(line) {
                    from.extend_from_slice(line);
                    continue;
                }
                line = unquoted(line);
            }
            add(message, line);
            fresh = line.ends_with(b"\n");
            blank = fresh && line.len() <= 2 && line.trim_ascii().is_empty();
        }
    }
}

/// Says whether a line looks like those that part messages: it names a sender, and a time of a year.
fn parts(line: &[u8]) -> bool {
    if line.len() > LONGEST_FROM || !line.starts_with(b"From ") || !line.ends_with(b"\n") {
        return false;
    }
    let digit = |at: usize| line.get(at).is_some_and(u8::is_ascii_digit);
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).skip(1);
    let is_time = |at: usize| line[at] == b':' && digit(at - 1) && digit(at + 1) && digit(at + 2);
    let time = (1..line.len()).any(is_time);
    let year = |word: &[u8]| word.len() == 4 && word.iter().all(u8::is_ascii_digit);
    time && words.any(year)
}

/// Takes one mark of quotation off a line that was quoted so that it would part no messages.
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|&&byte| byte == b'>').count();
    if marks > 0 && line[marks..].starts_with(b"From ") { &line[1..] } else { line }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Flow, Nest, Rest, read_all},
        *,
    };

    /// Prints each message as `member title: text`.
    fn read(file: &str) -> Vec<String> {
        let (articles, warnings) = read_all(&Mbox, "a.mbox", file.as_bytes());
        assert!(warnings.is_empty(), "{warnings:?}");
        let print = |article: &crate::article::Article| {
            let text: Vec<&str> = article.sections.iter().map(|section| section.text.as_str()).collect();
            let facts = [article.member.as_deref(), article.title.as_deref()].map(Option::unwrap_or_default);
            format!("{}: {}", facts.join(" "), text.join("|"))
        };
        articles.iter().map(print).collect()
    }

    #[test]
    fn each_message_is_an_article() {
        let check = |file: &str, expected: &[&str]| {
            // `@` stands for a line that parts messages.
            let file = file.replace('@', "From x Thu Jan 30 10:00:03 2025");
            assert_eq!(read(&file), expected, "{file}");
            assert_eq!(read(&file.replace('\n', "\r\n")), expected, "{file}");
        };
        check("", &[]);
        check("@\nSubject: a\n\none\n\n@\nSubject: b\n\ntwo\n", &["1 a: one", "2 b: two"]);
        check("@\nMessage-ID: <m.n>\nSubject: a\n\none", &["m.n a: one"]);
        check("@\nMessage-ID: <m>\n\na\n\n@\nMessage-ID: <m>\n\nb", &["m : a", "m (2) : b"]);
        check("@\nSubject: a\n\n>From one\n>>From two\n>Fro", &["1 a: From one\n\n>From two|Fro"]);
        // No empty line before, no header below, no time.
        check(
            "@\nSubject: a\n\none\n@\nSubject: b\n",
            &["1 a: one\nFrom x Thu Jan 30 10:00:03 2025\nSubject: b"],
        );
        check("@\nSubject: a\n\none.\n\n@\ntwo\n", &["1 a: one.\n\nFrom x Thu Jan 30 10:00:03 2025\n\ntwo"]);
        check("@\nSubject: a\n\none\n\nFrom here: on\n", &["1 a: one\n\nFrom here: on"]);
        check("words\n\n@\nSubject: a\n\none", &["1 a: one"]);
        check("@\n>From y\nSubject: a\n\none", &["1 a: one"]);
        check(
            "@\nX-Mozilla-Status: 0009\nSubject: a\n\none\n\n@\nX-Mozilla-Status: 0001\nSubject: b\n\ntwo",
            &["2 b: two"],
        );
        check("From: a@b\nSubject: a\nMessage-ID: <m>\n\none", &["m a: one"]);
    }

    #[test]
    fn a_mailbox_is_told_by_its_first_lines() {
        let check = |file: &str, expected: &str| {
            let found = super::super::of("INBOX", file.as_bytes()).map(Format::name);
            assert_eq!(found, Some(expected), "{file}");
        };
        check("From x@y Thu Jan 30 10:00:03 2025\nReturn-Path: <x@y>\nSubject: a\n\none", "mbox");
        check("From - Thu Jan 30 10:00:03 2025\r\nX-Mozilla-Status: 0001\r\nSubject: a\r\n\r\none", "mbox");
        check(
            "From 0f1e2d Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nDate: Thu, 30 Jan 2025\nSubject: [PATCH] a\n\n",
            "mbox",
        );
        check("From x Thu Jan 30 10:00:03 2025 on\nwe waited.", "text");
        check("From here on it went well.\nSubject: a\n", "text");
    }

    #[test]
    fn a_file_that_is_no_mailbox_is_refused() {
        let read = Mbox.read(Input::of("a.mbox", b"words"), &mut |_| Flow::Continue(()));
        assert_eq!(read.expect_err("there is no message").0, "holds no message: no line `From …` parts it");
    }

    #[test]
    fn a_message_without_end_does_not_stand_in_memory() {
        let start = b"From x Thu Jan 30 10:00:03 2025\nSubject: a\n\n";
        let long = io::repeat(b'x').take(3 * LONGEST as u64);
        let mut rest = long.chain(&b"\n\nFrom x Thu Jan 30 10:00:03 2025\nSubject: b\n\ntwo"[..]);
        let input =
            Input { name: "a.mbox", bytes: start, rest: Rest::Stream(&mut rest), nest: Nest::default() };
        let mut found = Vec::new();
        let warnings = Mbox.read(input, &mut |article| {
            let length = article.sections.iter().map(|section| section.text.len()).max();
            found.push((article.title, length.unwrap_or_default() <= LONGEST, article.warnings));
            Flow::Continue(())
        });
        let warning = "is longer than 16 MB: what follows was left out".to_owned();
        assert_eq!(
            found,
            [(Some("a".to_owned()), true, vec![warning]), (Some("b".to_owned()), true, vec![])]
        );
        assert!(warnings.expect("there are messages").is_empty());
    }

    const PIECES: &[&str] = &[
        "From x Thu Jan 30 10:00:03 2025\n",
        "\n",
        "Subject: a\n",
        "Message-ID: <a>\n",
        "From: b\n",
        ">From c\n",
        "word\n",
        "\r\n",
        "word",
    ];

    proptest! {
        #[test]
        fn any_file_is_read_or_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..100),
            pieces in prop::collection::vec(0..PIECES.len(), 0..20),
        ) {
            let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                let _ = Mbox.begins(bytes);
                let _ = Mbox.read(Input::of("a.mbox", bytes), &mut |_| Flow::Continue(()));
            }
        }
    }
}

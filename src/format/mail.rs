//! Messages, each in a file of its own: `.eml`, and the files of a Maildir, which have no extension.
//!
//! The article is what the message itself says. What it quotes, its signature and whom it is to stand
//! around it, and the files attached to it are articles of their own.

use std::{borrow::Cow, io::Read};

use self::{
    message::Messages,
    part::{Part, field},
};
use super::{Cause, Each, Extent, Format, Input, Rest, Warnings, faults::Faults};

mod content;
mod letter;
mod quote;
mod words;
pub(super) mod message;
pub(super) mod part;

pub(super) use letter::{Paragraph, Voice};

/// The reader of messages.
pub(super) struct Mail;

/// Headers that programs write and people do not.
const OF_PROGRAMS: &[&str] = &[
    "received",
    "return-path",
    "message-id",
    "delivered-to",
    "dkim-signature",
    "x-mailer",
    "x-received",
    "x-original-to",
    "references",
    "in-reply-to",
    "mime-version",
    "content-type",
];

/// Headers of every message.
const OF_ALL: &[&str] = &["from", "to", "subject", "date", "cc", "sender", "reply-to", "newsgroups"];

/// Bytes that are read of a message: more than any server takes, as most of a long one is attached.
const LONGEST: u64 = 64 << 20;

/// Bytes in which the headers must show that it is a message.
const BEGUN_WITHIN: usize = 16_000;

impl Format for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["eml"]
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        begins_message(bytes).then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let nest = input.nest;
        let (bytes, cut) = first(input)?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii_start();
        let message = Part::of(below_from(bytes));
        let note = if message.has_headers() {
            cut.then(|| format!("is longer than {} MB: what follows was left out", LONGEST >> 20))
        } else {
            Some("has no headers: all of it was taken as text".to_owned())
        };
        let mut messages = Messages { nest, each, missed: Faults::default() };
        let _ = messages.read(message, None, note);
        Ok(messages.missed.say("of the kind"))
    }
}

/// Returns as much of a file as is read, and whether there is more.
fn first(input: Input<'_>) -> Result<(Cow<'_, [u8]>, bool), Cause> {
    if matches!(input.rest, Rest::Nothing) {
        return Ok((Cow::Borrowed(input.bytes), false));
    }
    let mut bytes = Vec::new();
    let read = input.reader().take(LONGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Cause(format!("cannot be read: {error}")))?;
    let cut = bytes.len() as u64 > LONGEST;
    bytes.truncate(usize::try_from(LONGEST).unwrap_or(usize::MAX));
    Ok((Cow::Owned(bytes), cut))
}

/// Returns a message without the lines above its headers that part messages in a mailbox, which some
/// programs leave there.
pub(super) fn below_from(mut bytes: &[u8]) -> &[u8] {
    while bytes.starts_with(b"From ") || bytes.starts_with(b">From ") {
        let end = bytes.iter().position(|&byte| byte == b'\n');
        bytes = &bytes[end.map_or(bytes.len(), |at| at + 1)..];
    }
    bytes
}

/// Says whether bytes begin with the headers of a message: nothing but headers, among them some that
/// only programs write.
pub(super) fn begins_message(bytes: &[u8]) -> bool {
    let head = Headers::of(bytes);
    let count = |names: &[&str]| names.iter().filter(|name| head.has(name)).count();
    let sender = head.has("from") || head.has("received") || head.has("return-path");
    sender
        && count(OF_PROGRAMS) >= 1
        && count(OF_ALL) >= 1
        && count(OF_PROGRAMS) + count(OF_ALL) >= 3
        && !head.is_saved_page()
}

/// The headers that a file begins with, as far as a glance shows.
pub(super) struct Headers<'a> {
    fields: Vec<(String, &'a [u8])>,
}

impl<'a> Headers<'a> {
    /// Returns the headers at the very start; none where something else stands among them.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let whole = bytes.len() <= BEGUN_WITHIN;
        let bytes = &bytes[..bytes.len().min(BEGUN_WITHIN)];
        let mut fields: Vec<(String, &[u8])> = Vec::new();
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            if line.trim_ascii().is_empty() && !fields.is_empty() {
                break;
            }
            if line.starts_with(b" ") || line.starts_with(b"\t") {
                if fields.is_empty() {
                    return Self { fields };
                }
                continue;
            }
            match field(line) {
                Some(name) => fields.push((name.to_ascii_lowercase(), line)),
                // The last line may be cut off.
                None if !whole && !line.ends_with(b"\n") => break,
                None => return Self { fields: Vec::new() },
            }
        }
        Self { fields }
    }

    /// Whether there is a header of this name, in lower case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    /// Returns the first line of a header, in lower case.
    fn line(&self, name: &str) -> String {
        let line = self.fields.iter().find(|(known, _)| known == name).map_or(&b""[..], |(_, line)| line);
        String::from_utf8_lossy(line).to_ascii_lowercase()
    }

    /// Whether these are the headers of a page that a browser saved, not of a message.
    pub(super) fn is_saved_page(&self) -> bool {
        let of_browser = self.has("snapshot-content-location") || self.line("from").contains("saved by ");
        let kind = self.line("content-type");
        let page = kind.contains("multipart/related") || kind.contains("text/html");
        let sent = ["to", "received", "message-id", "return-path", "delivered-to", "bcc"];
        page && (of_browser || self.has("mime-version") && !sent.iter().any(|name| self.has(name)))
    }
}

#[cfg(test)]
mod tests;

//! One part of a message: its headers, and its body as it was before it was packed for the post.
//!
//! Headers are read by the library, the tree of parts is not: its parser goes into messages inside
//! messages without end, and looks for the end of a part as often as there are parts. Here a body is
//! cut where its boundary stands, outside in, and whoever walks the parts says how deep.

use std::borrow::Cow;

use encoding_rs::Encoding;
use mail_parser::{
    Address, ContentType, GetHeader, Header, HeaderName, HeaderValue, MessageParser,
    decoders::{base64 as packed, charsets::map::charset_decoder, quoted_printable::quoted_printable_decode},
};

use super::super::{
    Cause,
    decode::{Decoded, decode},
    line,
};

/// Bytes of the headers that are read: real ones have a few thousand.
const LONGEST_HEAD: usize = 1 << 20;

/// A message, or a part of one.
pub(in crate::format) struct Part<'a> {
    /// The headers as text.
    head: String,
    headers: Vec<Header<'static>>,
    /// The body as it was sent.
    body: &'a [u8],
    /// Whether it stands among messages, and is one if it says nothing else.
    in_digest: bool,
}

impl<'a> Part<'a> {
    /// Reads the headers that the bytes begin with. What does not begin with a header is all body.
    pub(in crate::format) fn of(bytes: &'a [u8]) -> Self {
        let (head, body) = match bytes.split(|&byte| byte == b'\n').next() {
            Some(first) if field(first).is_some() => bytes.split_at(head_end(bytes)),
            _ => (&bytes[..0], bytes),
        };
        let head = &head[..head.len().min(LONGEST_HEAD)];
        // A message in which raw bytes stand among the headers is of one encoding throughout.
        let head = match str::from_utf8(head) {
            Ok(text) if !text.contains('\x1b') => text.to_owned(),
            _ => {
                let head = spelled_out(head);
                let lossy = String::from_utf8_lossy(&head) + "\n\n";
                let headers = parse(&lossy);
                let charset = attribute(&headers, HeaderName::ContentType, "charset");
                decode(&head, charset).map_or_else(|_| lossy.into_owned(), |decoded| decoded.text)
            }
        };
        let head = head + "\n\n";
        Self { headers: parse(&head), head, body: without_blank_line(body), in_digest: false }
    }

    /// Reads a part that stands among messages.
    pub(in crate::format) fn of_digest(bytes: &'a [u8]) -> Self {
        Self { in_digest: true, ..Self::of(bytes) }
    }

    /// Whether it begins with headers.
    pub(in crate::format) fn has_headers(&self) -> bool {
        !self.headers.is_empty()
    }

    /// Returns the type of its content, such as `text` and `plain`, in lower case; none where it says
    /// nothing.
    pub(in crate::format) fn content_type(&self) -> Option<(&str, &str)> {
        let content = self.content(HeaderName::ContentType)?;
        Some((content.ctype(), content.subtype().unwrap_or_default()))
    }

    /// Whether it is a message.
    pub(in crate::format) fn is_message(&self) -> bool {
        match self.content_type() {
            Some((kind, subtype)) => kind == "message" && matches!(subtype, "rfc822" | "global" | "news"),
            None => self.in_digest,
        }
    }

    /// Returns a parameter of its type, such as `charset`.
    pub(in crate::format) fn parameter(&self, name: &str) -> Option<&str> {
        attribute(&self.headers, HeaderName::ContentType, name)
    }

    /// Returns the name it is to be saved under.
    pub(in crate::format) fn file_name(&self) -> Option<&str> {
        let name = attribute(&self.headers, HeaderName::ContentDisposition, "filename");
        name.or_else(|| self.parameter("name")).filter(|name| !name.trim().is_empty())
    }

    /// Whether it is said to be an attachment.
    pub(in crate::format) fn is_attachment(&self) -> bool {
        self.content(HeaderName::ContentDisposition).is_some_and(ContentType::is_attachment)
    }

    fn content(&self, name: HeaderName<'static>) -> Option<&ContentType<'static>> {
        self.headers.header_value(&name)?.as_content_type()
    }

    /// Returns a header as text, its encoded words decoded.
    pub(in crate::format) fn text_of(&self, name: HeaderName<'static>) -> Option<String> {
        let text = match self.headers.header_value(&name)? {
            HeaderValue::Text(text) => text.to_string(),
            HeaderValue::TextList(texts) => texts.join(", "),
            _ => return None,
        };
        Some(plain(&text)).filter(|text| !text.is_empty())
    }

    /// Returns the id by which other parts name it.
    pub(in crate::format) fn id(&self) -> Option<&str> {
        self.headers.header_value(&HeaderName::ContentId)?.as_text()
    }

    /// Returns a header as it is written.
    pub(in crate::format) fn raw(&self, name: &HeaderName<'static>) -> Option<&str> {
        let header = self.headers.iter().rev().find(|header| header.name == *name)?;
        self.head.get(header.offset_start as usize..header.offset_end as usize).map(str::trim)
    }

    /// Returns the parsed value of a header.
    pub(in crate::format) fn value(&self, name: HeaderName<'static>) -> Option<&HeaderValue<'static>> {
        self.headers.header_value(&name)
    }

    /// Returns the people that a header names: each by name, or by address where there is no name.
    pub(in crate::format) fn people(&self, name: HeaderName<'static>) -> Vec<String> {
        let addresses = self.headers.header_value(&name).and_then(HeaderValue::as_address);
        let people = addresses.into_iter().flat_map(Address::iter).filter_map(|person| {
            let named = person.name().map(|name| plain(in_archive(name).trim_matches(['\'', '"', ' '])));
            named.filter(|name| !name.is_empty()).or_else(|| person.address().map(plain))
        });
        people.filter(|name| !name.is_empty()).collect()
    }

    /// Returns the parts of a body of many; none where its boundary does not stand in it.
    pub(in crate::format) fn parts(&self) -> Option<impl Iterator<Item = &'a [u8]> + use<'a>> {
        let boundary = format!("--{}", self.parameter("boundary").filter(|boundary| !boundary.is_empty())?);
        let mut parts = Parts { body: self.body, at: 0, boundary: boundary.into_bytes(), ended: false };
        parts.next_boundary()?;
        Some(parts)
    }

    /// Returns the body as it was before it was packed for the post. What is broken is passed over.
    pub(in crate::format) fn body(&self) -> Cow<'a, [u8]> {
        let encoding = self.headers.header_value(&HeaderName::ContentTransferEncoding);
        let encoding = encoding.and_then(HeaderValue::as_text).unwrap_or_default().trim();
        let decoded = match encoding.to_ascii_lowercase().as_str() {
            "base64" => {
                let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
                let letters = || self.body.iter().copied().filter(letter).collect::<Vec<u8>>();
                packed::base64_decode(self.body).or_else(|| packed::base64_decode(&letters()))
            }
            "quoted-printable" => {
                quoted_printable_decode(self.body).or_else(|| quoted_printable_decode(&mended(self.body)))
            }
            "x-uuencode" | "uuencode" | "x-uue" => Some(uudecoded(self.body)),
            _ => None,
        };
        decoded.map_or(Cow::Borrowed(self.body), Cow::Owned)
    }

    /// Returns the body as text.
    ///
    /// # Errors
    /// Where it is none.
    pub(in crate::format) fn text(&self) -> Result<Decoded, Cause> {
        let body = self.body();
        let charset = self.parameter("charset");
        // Of the encodings that browsers do not know, UTF-7 is still met with.
        let unknown = charset.filter(|label| Encoding::for_label(label.trim().as_bytes()).is_none());
        match unknown.and_then(|label| charset_decoder(label.trim().as_bytes())) {
            Some(decoder) => decode(decoder(&body).as_bytes(), None),
            None => decode(&body, charset),
        }
    }
}

/// Returns the name of the header that a line begins, if it does.
pub(in crate::format) fn field(line: &[u8]) -> Option<&str> {
    let name = &line[..line.iter().take(80).position(|&byte| byte == b':')?];
    let name = str::from_utf8(name).ok()?.trim_end();
    let plain = |byte: u8| byte.is_ascii_graphic();
    (!name.is_empty() && name.bytes().all(plain)).then_some(name)
}

/// Returns where the headers end: at the first empty line.
fn head_end(bytes: &[u8]) -> usize {
    let mut at = 0;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
        at += line.len();
    }
    at
}

fn without_blank_line(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\n").or_else(|| body.strip_prefix(b"\r\n")).unwrap_or(body)
}

fn parse(head: &str) -> Vec<Header<'static>> {
    let message = MessageParser::new().parse_headers(head);
    let headers = message.and_then(|mut message| message.parts.pop()).map(|part| part.headers);
    headers.unwrap_or_default().into_iter().map(Header::into_owned).collect()
}

fn attribute<'h>(headers: &'h Vec<Header<'static>>, of: HeaderName<'static>, name: &str) -> Option<&'h str> {
    headers.header_value(&of)?.as_content_type()?.attribute(name)
}

/// Returns the name in `jane at example.org (Jane Doe)`, as archives of lists write their senders.
fn in_archive(name: &str) -> &str {
    let parts = name.strip_suffix(')').and_then(|rest| rest.split_once(" ("));
    parts.filter(|(address, _)| address.contains(" at ")).map_or(name, |(_, name)| name)
}

/// Makes one line of the text of a header.
fn plain(text: &str) -> String {
    let text: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    line::of(&text)
}

/// Spells out the raw bytes in encoded words, which are of the word's encoding, not that of the rest.
fn spelled_out(head: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(head.len());
    // The question marks that were met of a word.
    let mut marks = 0;
    for (at, &byte) in head.iter().enumerate() {
        match (byte, marks) {
            (b'?', 0) => marks = u8::from(head[..at].ends_with(b"=")),
            (b'?', _) => marks = (marks + 1) % 4,
            (b'\n', _) => marks = 0,
            (0x80.., 3) => {
                out.extend_from_slice(format!("={byte:02X}").as_bytes());
                continue;
            }
            _ => {}
        }
        out.push(byte);
    }
    out
}

/// Spells out each `=` that encodes nothing.
fn mended(body: &[u8]) -> Vec<u8> {
    let mut mended = Vec::with_capacity(body.len() + body.len() / 8);
    for (at, &byte) in body.iter().enumerate() {
        mended.push(byte);
        if byte != b'=' {
            continue;
        }
        let after = &body[at + 1..];
        let hex = after.len() > 1 && after[..2].iter().all(u8::is_ascii_hexdigit);
        let next = after.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        // At the end of a line it says that the line goes on.
        if !hex && next.is_some_and(|&byte| byte != b'\n') {
            mended.extend_from_slice(b"3D");
        }
    }
    mended
}

/// Reads what uuencode wrote: in each line a letter for its length, then four letters for three bytes.
fn uudecoded(body: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(body.len() * 3 / 4);
    let lines = body.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end);
    let lines = lines.skip_while(|line| !line.starts_with(b"begin ")).skip(1);
    for line in lines.take_while(|line| *line != b"end") {
        let Some((length, letters)) = line.split_first() else { continue };
        let bits = |letter: Option<&u8>| u32::from(letter.copied().unwrap_or(b' ').wrapping_sub(b' ') & 63);
        let end = decoded.len() + bits(Some(length)) as usize;
        for four in letters.chunks(4) {
            let three = (0..4).fold(0, |three, at| three << 6 | bits(four.get(at)));
            decoded.extend_from_slice(&three.to_be_bytes()[1..]);
        }
        decoded.truncate(end);
    }
    decoded
}

/// The parts between the lines that hold a boundary.
struct Parts<'a> {
    body: &'a [u8],
    /// Where the next part begins.
    at: usize,
    boundary: Vec<u8>,
    ended: bool,
}

impl Parts<'_> {
    /// Goes past the next line that holds the boundary, and returns where it begins.
    fn next_boundary(&mut self) -> Option<usize> {
        let mut at = self.at;
        for line in self.body[at..].split_inclusive(|&byte| byte == b'\n') {
            let start = at;
            at += line.len();
            let Some(after) = line.strip_prefix(self.boundary.as_slice()) else { continue };
            let last = after.starts_with(b"--");
            if after.trim_ascii().is_empty() || after[2.min(after.len())..].trim_ascii().is_empty() && last {
                (self.at, self.ended) = (at, last);
                return Some(start);
            }
        }
        None
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.ended {
            return None;
        }
        let start = self.at;
        let Some(end) = self.next_boundary() else {
            // Broken off: what there is.
            self.ended = true;
            return Some(&self.body[start..]).filter(|part| !part.trim_ascii().is_empty());
        };
        // The line break before a boundary belongs to it.
        let part = &self.body[start..end];
        let part = part.strip_suffix(b"\n").unwrap_or(part);
        Some(part.strip_suffix(b"\r").unwrap_or(part))
    }
}

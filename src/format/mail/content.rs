//! What the parts of a message are: its text, and the files that come with it.

use super::{
    super::{decode::Decoded, html},
    letter::{Letter, Voice},
    part::Part,
    quote::{Glue, unflowed},
};

/// Parts inside parts: how deep they are followed.
const DEEPEST: u8 = 16;

/// Parts that are read of one message.
const MOST_PARTS: usize = 10_000;

/// Words of a plain text that is no mere stub, whatever stands in the page beside it.
const NO_STUB: usize = 100;

/// A page has so many times the words of the plain text beside it where that is a stub.
const STUB: usize = 3;

/// The content of a message.
#[derive(Default)]
pub(super) struct Content<'a> {
    bodies: Vec<Body>,
    /// What is attached.
    pub files: Vec<Part<'a>>,
    /// What of it could not be read.
    pub warnings: Vec<String>,
}

/// A part that is text of the message.
enum Body {
    Plain(String),
    Page(String),
}

/// What the text of a part is said to be written in.
#[derive(Clone, Copy, PartialEq)]
enum Markup {
    None,
    Page,
}

impl<'a> Content<'a> {
    /// Reads the parts of a message.
    pub(super) fn of(message: Part<'a>) -> Self {
        let mut content = Self::default();
        let mut left = MOST_PARTS;
        content.take(message, 0, &mut left);
        if left == 0 {
            content.warn(&format!("has more than {MOST_PARTS} parts: what follows was left out"));
        }
        content
    }

    /// Returns the text of all bodies.
    pub(super) fn letter(&mut self) -> Letter {
        let mut letter = Letter::default();
        for body in std::mem::take(&mut self.bodies) {
            letter.append(match body {
                Body::Plain(text) => Letter::of_text(&text),
                Body::Page(text) => {
                    let (paragraphs, warning) = html::letter(&text);
                    self.warnings.extend(warning);
                    Letter::of_page(&paragraphs)
                }
            });
        }
        letter
    }

    fn take(&mut self, part: Part<'a>, depth: u8, left: &mut usize) {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let kind = part.content_type().map(|(kind, subtype)| (kind.to_owned(), subtype.to_owned()));
        let kind = kind.as_ref().map(|(kind, subtype)| (kind.as_str(), subtype.as_str()));
        match kind {
            Some(("multipart", "encrypted")) => self.warn("is encrypted: its text was not read"),
            Some(("multipart", _)) if depth == DEEPEST => {
                self.warn("has parts nested too deeply: they were left out");
            }
            Some(("multipart", subtype)) => match part.parts() {
                Some(parts) => {
                    let of = if subtype == "digest" { Part::of_digest } else { Part::of };
                    self.take_parts(subtype, &part, parts.map(of), depth + 1, left);
                }
                None => self.take_text(&part, Markup::None),
            },
            Some(("application", "pkcs7-mime" | "x-pkcs7-mime")) => {
                match part.parameter("smime-type").unwrap_or_default() {
                    "signed-data" => self.warn("is signed in a way that hides its text, which was not read"),
                    _ => self.warn("is encrypted: its text was not read"),
                }
            }
            Some(("application", "ms-tnef")) => self.warn("holds a winmail.dat, which cannot be read"),
            Some(("image" | "audio" | "video" | "font", _)) => {}
            Some((
                "application",
                "pgp-signature" | "pgp-keys" | "pgp-encrypted" | "pkcs7-signature" | "x-pkcs7-signature"
                | "ics" | "mac-binhex40",
            ))
            | Some(("text", "calendar" | "vcard" | "x-vcard" | "rfc822-headers")) => {}
            _ if part.is_message() => self.files.push(part),
            // A report of delivery, a part of a message, the address of a file.
            Some(("message", _)) => {}
            None | Some(("text", _)) if !self.is_file(&part) => {
                let is_page = kind == Some(("text", "html"));
                self.take_text(&part, if is_page { Markup::Page } else { Markup::None });
            }
            _ => self.files.push(part),
        }
    }

    /// Whether a text is a file that comes with the message. Some programs give the text itself a name.
    fn is_file(&self, part: &Part<'_>) -> bool {
        let first = self.bodies.is_empty() && self.files.is_empty();
        part.is_attachment() || part.file_name().is_some() && !first
    }

    fn take_parts(
        &mut self,
        subtype: &str,
        whole: &Part<'a>,
        parts: impl Iterator<Item = Part<'a>>,
        depth: u8,
        left: &mut usize,
    ) {
        match subtype {
            "alternative" => {
                let mut versions = Vec::new();
                for part in parts {
                    if *left == 0 {
                        break;
                    }
                    let mut version = Content::default();
                    version.take(part, depth, left);
                    versions.push(version);
                }
                self.choose(versions);
            }
            "related" => {
                let root = whole.parameter("start").map(bare_id);
                let mut parts: Vec<Part<'a>> = parts.take(*left).collect();
                let is_root = |part: &Part<'_>| part.id().map(bare_id) == root;
                let at = root.and_then(|_| parts.iter().position(is_root)).unwrap_or(0);
                if at < parts.len() {
                    self.take(parts.remove(at), depth, left);
                }
                // The others are shown in the page, unless they have a name.
                parts.retain(|part| part.file_name().is_some());
                parts.into_iter().for_each(|part| self.take(part, depth, left));
            }
            _ => {
                for part in parts {
                    if *left == 0 {
                        break;
                    }
                    self.take(part, depth, left);
                }
            }
        }
    }

    /// Takes the best of the versions of one text: the plain one, unless it is a stub beside a page.
    fn choose(&mut self, versions: Vec<Content<'a>>) {
        let is_plain = |version: &&Content<'_>| {
            !version.bodies.is_empty() && version.bodies.iter().all(|body| matches!(body, Body::Plain(_)))
        };
        let is_page =
            |version: &&Content<'_>| version.bodies.iter().any(|body| matches!(body, Body::Page(_)));
        let plain = versions.iter().position(|version| is_plain(&version));
        let page = versions.iter().rposition(|version| is_page(&version));
        let best = match (plain, page) {
            (Some(plain), Some(page)) => {
                let words = versions[plain].plain_words();
                let stub = words < NO_STUB && words * STUB < versions[page].page_words();
                if stub { Some(page) } else { Some(plain) }
            }
            (plain, page) => plain.or(page),
        };
        for (at, version) in versions.into_iter().enumerate() {
            if best == Some(at) {
                self.bodies.extend(version.bodies);
            }
            self.files.extend(version.files);
            version.warnings.iter().for_each(|warning| self.warn(warning));
        }
    }

    fn plain_words(&self) -> usize {
        let words = self.bodies.iter().map(|body| match body {
            Body::Plain(text) => Letter::of_text(text).own_words(),
            Body::Page(_) => 0,
        });
        words.sum()
    }

    fn page_words(&self) -> usize {
        let words = self.bodies.iter().map(|body| match body {
            Body::Plain(_) => 0,
            Body::Page(text) => {
                let (page, _) = html::letter(text);
                let own = page.iter().filter(|paragraph| paragraph.voice == Voice::Own);
                own.map(|paragraph| paragraph.text.split_whitespace().count()).sum()
            }
        });
        words.sum()
    }

    fn take_text(&mut self, part: &Part<'_>, markup: Markup) {
        let Decoded { text, warning } = match part.text() {
            Ok(decoded) => decoded,
            Err(_) => return self.warn("holds a part that is no text, though it says so"),
        };
        if text.trim().is_empty() {
            return;
        }
        if let Some(warning) = warning {
            self.warn(&warning);
        }
        let start = text.trim_start().get(..14).unwrap_or_default().to_ascii_lowercase();
        // Pages that are said to be plain text are met with, too.
        if markup == Markup::Page || start.starts_with("<html") || start.starts_with("<!doctype html") {
            self.bodies.push(Body::Page(text));
            return;
        }
        let text = self.without_armor(text);
        let is = |name: &str, value: &str| {
            part.parameter(name).is_some_and(|found| found.trim().eq_ignore_ascii_case(value))
        };
        self.bodies.push(Body::Plain(match (is("format", "flowed"), is("delsp", "yes")) {
            (true, true) => unflowed(&text, Glue::Bare),
            (true, false) => unflowed(&text, Glue::Space),
            (false, _) => text,
        }));
    }

    /// Takes out of a text what is none: what OpenPGP puts around it, what is encrypted, and files that
    /// were written into it by uuencode.
    fn without_armor(&mut self, text: String) -> String {
        if !text.contains("-----BEGIN PGP ") && !text.contains("begin ") {
            return text;
        }
        let mut plain = String::with_capacity(text.len());
        // The start of the line that ends a block which is no text; whether the line is a header of a
        // signed one.
        let (mut block, mut head) = (None, false);
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let mark = line.trim_end();
            if let Some(end) = block {
                block = Some(end).filter(|end| !mark.starts_with(end));
            } else if mark == "-----BEGIN PGP SIGNED MESSAGE-----" {
                head = true;
            } else if mark.starts_with("-----BEGIN PGP ") {
                block = Some("-----END PGP ");
                if mark == "-----BEGIN PGP MESSAGE-----" {
                    self.warn("is encrypted: its text was not read");
                }
            } else if begins_file(mark) && lines.peek().is_some_and(|next| is_packed(next)) {
                block = Some("end");
            } else if head {
                head = !mark.is_empty();
            } else {
                // Lines that begin with a dash were guarded by another.
                plain.push_str(line.strip_prefix("- ").filter(|rest| rest.starts_with('-')).unwrap_or(line));
                plain.push('\n');
            }
        }
        plain
    }

    fn warn(&mut self, warning: &str) {
        if !self.warnings.iter().any(|known| known == warning) {
            self.warnings.push(warning.to_owned());
        }
    }
}

/// Whether a line is that above a file written by uuencode: `begin 644 name`.
fn begins_file(line: &str) -> bool {
    let mode = line.strip_prefix("begin ").and_then(|rest| rest.split_once(' ')).map(|(mode, _)| mode);
    mode.is_some_and(|mode| matches!(mode.len(), 3 | 4) && mode.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a line is of such a file: its first letter tells its length.
fn is_packed(line: &str) -> bool {
    let line = line.as_bytes();
    let bytes = line.first().map_or(0, |&first| usize::from(first.wrapping_sub(b' ') & 63));
    let letters = 1 + bytes.div_ceil(3) * 4;
    bytes > 0 && (letters..=letters + 2).contains(&line.len()) && !line.contains(&b'\t')
}

fn bare_id(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

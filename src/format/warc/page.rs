//! The pages in a web archive, each read by the reader of its own format.

use super::{LONGEST, answer, head::Head};
use crate::{
    article::{Article, Lines},
    date::Date,
    format::{self, Cause, Each, Input, Nest, by_extension, decode::decode, faults::Faults},
};

/// Types of content that have a format here, by the extension it answers to.
const TYPES: &[(&str, &str)] = &[
    ("text/html", "html"),
    ("application/xhtml+xml", "html"),
    ("text/plain", "txt"),
    ("text/markdown", "md"),
    ("text/x-markdown", "md"),
    ("application/pdf", "pdf"),
    ("application/rss+xml", "rss"),
    ("application/atom+xml", "atom"),
    ("application/epub+zip", "epub"),
    ("application/rtf", "rtf"),
    ("text/rtf", "rtf"),
    ("text/csv", "csv"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("application/vnd.oasis.opendocument.text", "odt"),
];

/// Types of content of which the name may tell more.
const VAGUE: &[&str] =
    &["", "application/octet-stream", "binary/octet-stream", "application/xml", "text/xml"];

/// The pages of a file.
pub(super) struct Pages<'a, 'e> {
    nest: Nest<'a>,
    each: &'a mut Each<'e>,
    /// How many articles were handed on.
    pub articles: u64,
    /// Whether no more are wanted.
    pub stopped: bool,
    faults: Faults,
    /// The day on which the page of the record was kept.
    kept: Option<Date>,
}

impl<'a, 'e> Pages<'a, 'e> {
    pub(super) fn new(nest: Nest<'a>, each: &'a mut Each<'e>) -> Self {
        Self { nest, each, articles: 0, stopped: false, faults: Faults::default(), kept: None }
    }

    /// Says what was wrong with pages.
    pub(super) fn faults(self) -> Option<String> {
        let faults = self.faults.say("had faults");
        (!faults.is_empty()).then(|| faults.join("; "))
    }

    /// Reads the page of a record.
    pub(super) fn record(&mut self, head: &Head, content: &[u8]) {
        let address = head.field("warc-target-uri").unwrap_or_default();
        let address = address.trim_matches(['<', '>']);
        self.kept = head.field("warc-date").and_then(Date::parse);
        if let Err(Cause(why)) = self.page(head, content, address) {
            self.faults.add(format_args!("{address:.200} {why}"));
        }
    }

    fn page(&mut self, head: &Head, content: &[u8], address: &str) -> Result<(), Cause> {
        let kind = head.field("warc-type").unwrap_or_default();
        let web = address.starts_with("http://") || address.starts_with("https://");
        let rules = address.ends_with("/robots.txt");
        if rules || kind == "response" && !web {
            return Ok(());
        }
        if kind != "response" {
            let kind = head.field("content-type").unwrap_or_default();
            return self.content(kind, content, address);
        }
        let Some((answer, packed)) = answer::head(content) else {
            return Err(Cause("is no answer of a server".into()));
        };
        let kind = answer.field("content-type").unwrap_or_default();
        if answer::status(&answer) != Some(200) || name(address, kind).is_none() {
            return Ok(());
        }
        if content.len() as u64 > LONGEST {
            return Err(answer::too_long());
        }
        self.content(kind, &answer::body(&answer, packed, self.nest)?, address)
    }

    /// Reads content of a type.
    fn content(&mut self, kind: &str, content: &[u8], address: &str) -> Result<(), Cause> {
        let Some(name) = name(address, kind) else { return Ok(()) };
        let Some(reader) = format::of(&name, content) else { return Ok(()) };
        if content.len() as u64 > LONGEST {
            return Err(answer::too_long());
        }
        // The server may say the encoding where the page does not.
        let label = kind.to_ascii_lowercase();
        let label = label.split_once("charset=").map(|(_, label)| label.trim_matches(['"', '\'', ' ']));
        let decoded = match (reader.name(), label) {
            ("html" | "text", Some(label)) => Some(decode(content, label.split([';', ' ']).next())?),
            _ => None,
        };
        let bytes = decoded.as_ref().map_or(content, |decoded| decoded.text.as_bytes());
        let input = Input { nest: self.nest, ..Input::of(&name, bytes) };
        let mut warned = decoded.as_ref().and_then(|decoded| decoded.warning.clone());
        let kept = self.kept;
        let (articles, stopped, each) = (&mut self.articles, &mut self.stopped, &mut *self.each);
        let warnings = format::read(reader, input, &mut |mut article| {
            article.warnings.extend(warned.take());
            article.take_date(kept, "the day it was archived");
            *articles += 1;
            let flow = each(of_page(article, address));
            *stopped |= flow.is_break();
            flow
        })?;
        match warnings.first() {
            Some(warning) => Err(Cause(warning.clone())),
            None => Ok(()),
        }
    }
}

/// Returns the article of a page as one of the file.
fn of_page(mut article: Article, address: &str) -> Article {
    let address = Some(address.to_owned()).filter(|address| !address.is_empty());
    match article.member.take() {
        // One of several, which may say where it is.
        Some(inner) => {
            article.member = Some(format!("{}#{inner}", address.as_deref().unwrap_or_default()));
            article.url = article.url.or(address);
        }
        None => {
            article.member.clone_from(&address);
            article.url = address.or(article.url);
        }
    }
    // Lines and records are those of the page, which nobody can open.
    if article.lines == Lines::File {
        article.lines = Lines::Text;
        article.record = None;
        article.number_lines();
    }
    article
}

/// Returns a file name for content of this type at this address; none where it is of a type that no
/// reader takes.
fn name(address: &str, kind: &str) -> Option<String> {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let last = path.trim_end_matches('/').rsplit_once('/').map_or("", |(_, last)| last);
    if let Some((_, extension)) = TYPES.iter().find(|(known, _)| *known == kind) {
        let stem = match last.rsplit_once('.') {
            Some((stem, end)) if end.len() <= 5 && end.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                stem
            }
            _ => last,
        };
        return Some(format!("{}.{extension}", if stem.is_empty() { "page" } else { stem }));
    }
    let told = VAGUE.contains(&kind.as_str()) && (by_extension(last).is_some() || kind.ends_with("xml"));
    told.then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_has_a_name() {
        let check = |address: &str, kind: &str, expected: Option<&str>| {
            assert_eq!(name(address, kind).as_deref(), expected, "{address} {kind}")
        };
        check("https://a.example/late-tide.php?x=1", "text/html", Some("late-tide.html"));
        check("https://a.example/", "text/html;charset=x", Some("page.html"));
        check("https://a.example", "application/pdf", Some("page.pdf"));
        check("https://a.example/notes.md", "", Some("notes.md"));
        check("https://a.example/a.js", "application/javascript", None);
        check("https://a.example/feed", "application/xml", Some("feed"));
        check("https://a.example/x.bin", "application/octet-stream", None);
    }
}

//! The file formats that can be read: one small file and one row of [`FORMATS`] each.
//!
//! A reader takes the bytes of a file and hands on articles. It never opens another file, never
//! prints, and may be handed anything: every byte is untrusted.

use std::{
    io::{BufRead, BufReader, Read},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::article::{Article, Lines};

#[cfg(feature = "html")]
mod html;
#[cfg(feature = "markdown")]
mod front;
#[cfg(feature = "markdown")]
mod markdown;
mod decode;
mod jsonl;
mod outline;
mod text;
mod title;

/// Says whether the caller wants more articles of a file.
pub type Flow = ControlFlow<()>;

/// Why a file could not be read, in words for its reader: lowercase, no final period.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(pub String);

/// One file format that can be read.
pub trait Format: Sync {
    /// Returns the name shown to the user, such as `markdown`.
    fn name(&self) -> &'static str;
    /// Returns the file extensions this format answers to, lowercase, without the dot.
    fn extensions(&self) -> &'static [&'static str];
    /// Says whether its files hold records, which are read one after another: such a file may be of
    /// any length, of others only the first part is read.
    fn holds_records(&self) -> bool {
        false
    }
    /// Reads a file and hands on its articles, one at a time, in order. Returns what is to be known
    /// of the file, beside what is to be known of each article.
    ///
    /// # Errors
    /// Says why nothing could be read. What could be read in part is handed on with a warning.
    fn read(&self, input: Input<'_>, each: &mut dyn FnMut(Article) -> Flow) -> Result<Warnings, Cause>;
}

/// What the reader of a file's text should know.
pub type Warnings = Vec<String>;

/// The content of one file.
pub struct Input<'a> {
    /// The file's name without its folder, lossily where it is not UTF-8.
    pub name: &'a str,
    /// Its content, or the first part of it.
    pub bytes: &'a [u8],
    /// What follows, for a format whose files hold records.
    pub rest: Option<&'a mut dyn Read>,
}

impl<'a> Input<'a> {
    /// Returns the input of a file whose whole content is at hand.
    pub fn of(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, bytes, rest: None }
    }

    /// Returns the content from its first byte to its last.
    fn reader(self) -> impl BufRead {
        let rest: Box<dyn Read> = match self.rest {
            Some(rest) => Box::new(rest),
            None => Box::new(std::io::empty()),
        };
        self.bytes.chain(BufReader::with_capacity(1 << 16, rest))
    }
}

/// Every format that can be read, in the order in which names are matched.
pub const FORMATS: &[&dyn Format] = &[
    &text::Text,
    #[cfg(feature = "markdown")]
    &markdown::Markdown,
    #[cfg(feature = "html")]
    &html::Html,
    &jsonl::Jsonl,
];

/// Returns the format of a file: by its extension, or by its first bytes where a name without one
/// does not tell. Returns none for what no reader takes.
pub fn of(name: &str, bytes: &[u8]) -> Option<&'static dyn Format> {
    let by_name = by_extension(name);
    // A saved page is a page under any name of a text.
    let named_text = by_name.is_some_and(|format| format.name() == "text");
    if (named_text || by_name.is_none()) && looks_like_page(bytes) {
        return by_name_of_format("html").or(by_name);
    }
    by_name.or_else(|| (extension(name).is_none() && looks_like_text(bytes)).then_some(FORMATS[0]))
}

/// Says whether a file of this name may be read, before it is opened.
pub fn may_read(name: &str) -> bool {
    extension(name).is_none() || by_extension(name).is_some()
}

/// Says whether a file of this name holds records, so that it is read to its end.
pub(crate) fn holds_records(name: &str) -> bool {
    by_extension(name).is_some_and(Format::holds_records)
}

/// Reads a file. A reader that panics is a file that could not be read; every article gets a title,
/// and line numbers where they are those of its text.
///
/// # Errors
/// Says why nothing could be read.
pub fn read(
    format: &dyn Format,
    input: Input<'_>,
    each: &mut dyn FnMut(Article) -> Flow,
) -> Result<Warnings, Cause> {
    let name = input.name;
    let run = AssertUnwindSafe(|| {
        format.read(input, &mut |mut article| {
            title::settle(&mut article, name);
            if article.lines == Lines::Text {
                article.number_lines();
            }
            each(article)
        })
    });
    catch_unwind(run).unwrap_or_else(|_| Err(Cause(format!("the {} reader failed on it", format.name()))))
}

fn by_extension(name: &str) -> Option<&'static dyn Format> {
    let extension = extension(name)?;
    FORMATS.iter().find(|format| format.extensions().contains(&extension.as_str())).copied()
}

fn by_name_of_format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().find(|format| format.name() == name).copied()
}

fn extension(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    // `.profile` and `St. Mary` have none.
    let plain = !extension.is_empty()
        && extension.len() <= 10
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (!stem.is_empty() && plain).then(|| extension.to_ascii_lowercase())
}

fn looks_like_page(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1_000)];
    let head = String::from_utf8_lossy(head).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    head.starts_with("<!doctype html") || head.starts_with("<html")
}

fn looks_like_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(8_000)];
    match std::str::from_utf8(head) {
        Ok(_) => !head.contains(&0),
        // The end of the sample may part a character.
        Err(error) => error.error_len().is_none() && !head.contains(&0),
    }
}

/// Reads a text that holds one article.
#[cfg(test)]
fn read_one(format: &dyn Format, name: &str, text: &str) -> Article {
    let mut articles = Vec::new();
    let read = format.read(Input::of(name, text.as_bytes()), &mut |article| {
        articles.push(article);
        Flow::Continue(())
    });
    read.expect("text can be read");
    assert_eq!(articles.len(), 1);
    articles.remove(0)
}

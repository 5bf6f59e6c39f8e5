//! The file formats that can be read: one small file and one row of [`FORMATS`] each.
//!
//! A reader takes the bytes of a file and hands on articles. It never opens another file, never
//! prints, and may be handed anything: every byte is untrusted.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::article::{Article, Lines};

#[cfg(feature = "html")]
mod html;
#[cfg(feature = "markdown")]
mod front;
#[cfg(feature = "markdown")]
mod markdown;
#[cfg(feature = "markdown")]
mod notebook;
mod asciidoc;
mod decode;
mod gather;
mod input;
mod jsonl;
mod latex;
mod man;
mod names;
mod org;
mod outline;
#[cfg(feature = "packages")]
mod package;
mod rst;
mod text;
mod title;
#[cfg(feature = "xml")]
mod xml;

pub use input::{FIRST_PART, Input, Nest, ReadSeek, Rest};

/// Says whether the caller wants more articles of a file.
pub type Flow = std::ops::ControlFlow<()>;

/// Takes the articles of a file, one at a time.
pub type Each<'a> = dyn FnMut(Article) -> Flow + 'a;

/// Why a file could not be read, in words for its reader: lowercase, no final period.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(pub String);

/// What the reader of a file's text should know.
pub type Warnings = Vec<String>;

/// How much of a file a format reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// No more than its [`FIRST_PART`]: no article is so long.
    First,
    /// Record after record, to the end of a file of any length.
    Stream,
    /// Any part of it, in any order.
    Whole,
}

/// One file format that can be read.
pub trait Format: Sync {
    /// Returns the name shown to the user, such as `markdown`.
    fn name(&self) -> &'static str;
    /// Returns the file extensions this format answers to, lowercase, without the dot.
    fn extensions(&self) -> &'static [&'static str];
    /// Returns the version of the reader. It rises with every change that would read the same file
    /// differently: files that an older one read are then read again.
    fn version(&self) -> u16 {
        1
    }
    /// Returns how much of a file is read.
    fn extent(&self) -> Extent {
        Extent::First
    }
    /// Says by its first bytes whether a file is of this format, whatever its name; none where they
    /// cannot tell.
    fn begins(&self, _bytes: &[u8]) -> Option<bool> {
        None
    }
    /// Reads a file and hands on its articles, one at a time, in order. Returns what is to be known
    /// of the file, beside what is to be known of each article.
    ///
    /// # Errors
    /// Says why nothing could be read. What could be read in part is handed on with a warning.
    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause>;
}

/// Every format that can be read. Of two whose files begin alike the first is asked first.
pub const FORMATS: &[&dyn Format] = &[
    &text::Text,
    #[cfg(feature = "markdown")]
    &markdown::Markdown,
    #[cfg(feature = "html")]
    &html::Html,
    &jsonl::Jsonl,
    &asciidoc::AsciiDoc,
    &latex::Latex,
    &man::Man,
    #[cfg(feature = "markdown")]
    &notebook::Notebook,
    &org::Org,
    &rst::Rst,
];

/// Bytes by which a text is told from what is none.
const SAMPLE: usize = 8_000;

/// Returns the format of a file: that of its name unless its first bytes show another one, and plain
/// text for what is text. Returns none for what no reader takes.
pub fn of(name: &str, bytes: &[u8]) -> Option<&'static dyn Format> {
    let named = by_extension(name);
    if let Some(format) = named.filter(|format| format.begins(bytes) == Some(true)) {
        return Some(format);
    }
    let told = FORMATS.iter().find(|format| format.begins(bytes) == Some(true)).copied();
    let unless_denied = || named.filter(|format| format.begins(bytes).is_none());
    told.or_else(unless_denied).or_else(|| looks_like_text(bytes).then_some(FORMATS[0]))
}

/// Returns the format that answers to a file's extension.
pub fn by_extension(name: &str) -> Option<&'static dyn Format> {
    let extension = extension(name)?;
    FORMATS.iter().find(|format| format.extensions().contains(&extension.as_str())).copied()
}

/// Returns the format of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().find(|format| format.name() == name).copied()
}

/// Reads a file. A reader that panics is a file that could not be read; every article gets a title,
/// each author a name of its own, and line numbers where they are those of its text.
///
/// # Errors
/// Says why nothing could be read.
pub fn read(format: &dyn Format, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
    let name = input.name;
    let run = AssertUnwindSafe(|| {
        format.read(input, &mut |mut article| {
            // An article of a file inside this one has been here before.
            if article.format.is_empty() {
                article.format = format.name();
                title::settle(&mut article, name);
                article.authors = names::split(&article.authors);
                if article.lines == Lines::Text {
                    article.number_lines();
                }
            }
            each(article)
        })
    });
    catch_unwind(run).unwrap_or_else(|_| Err(Cause(format!("the {} reader failed on it", format.name()))))
}

fn extension(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    // `.profile` and `St. Mary` have none.
    let plain = !extension.is_empty()
        && extension.len() <= 10
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (!stem.is_empty() && plain).then(|| extension.to_ascii_lowercase())
}

/// Says whether bytes are text of some encoding, and no binary data.
fn looks_like_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(SAMPLE)];
    let control = |byte: &u8| matches!(byte, 0..=8 | 14..=26 | 28..=31);
    let marked = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    (marked || !head.iter().any(control)) && decode::decode(head, None).is_ok()
}

/// Reads a text that holds one article.
#[cfg(test)]
fn read_one(format: &dyn Format, name: &str, text: &str) -> Article {
    let mut articles = read_all(format, name, text.as_bytes()).0;
    assert_eq!(articles.len(), 1);
    articles.remove(0)
}

/// Reads a file, and nothing else: titles are as the file gives them.
#[cfg(test)]
fn read_all(format: &dyn Format, name: &str, bytes: &[u8]) -> (Vec<Article>, Warnings) {
    let mut articles = Vec::new();
    let read = format.read(Input::of(name, bytes), &mut |article| {
        articles.push(article);
        Flow::Continue(())
    });
    (articles, read.expect("it can be read"))
}

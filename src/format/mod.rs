//! The file formats that can be read: one small file and one row of [`FORMATS`] each.
//!
//! A reader takes the bytes of a file and hands on articles. It never opens another file, never
//! prints, and may be handed anything: every byte is untrusted.

#![cfg_attr(not(feature = "formats"), allow(dead_code, reason = "no reader needs all that they share"))]

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::article::{Article, Lines};
#[cfg(test)]
use crate::article::{Block, Section};

mod input;
mod told;
pub mod worker;

mod text;
#[cfg(feature = "markdown")]
mod markdown;
#[cfg(feature = "markdown")]
mod front;
#[cfg(feature = "markdown")]
mod notebook;
mod asciidoc;
mod org;
mod rst;
mod latex;
mod man;
mod subtitles;

#[cfg(feature = "html")]
mod html;
#[cfg(feature = "feeds")]
mod feed;
#[cfg(feature = "feeds")]
mod opml;

#[cfg(feature = "books")]
mod epub;
#[cfg(feature = "books")]
mod fb2;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "office")]
mod office;
#[cfg(feature = "office")]
mod docx;
#[cfg(feature = "office")]
mod odt;
#[cfg(feature = "office")]
mod pptx;
#[cfg(feature = "office")]
mod rtf;
#[cfg(feature = "xml")]
mod markup;

#[cfg(feature = "mail")]
mod mail;
#[cfg(feature = "mail")]
mod mbox;
#[cfg(feature = "mail")]
mod mhtml;

mod fields;
mod record;
mod jsonl;
mod json;
mod csv;

#[cfg(feature = "archives")]
mod warc;
#[cfg(feature = "archives")]
mod tar;
#[cfg(feature = "archives")]
mod compressed;
#[cfg(feature = "archives")]
mod zip;

mod outline;
mod gather;
mod line;
mod faults;
mod title;
mod names;
mod fragment;
mod decode;
#[cfg(feature = "xml")]
mod xml;
#[cfg(feature = "packages")]
mod package;
#[cfg(feature = "archives")]
mod member;

pub use fields::{FACTS, FieldNames};
pub use input::{FIRST_PART, Input, Nest, ReadSeek, Rest};
#[cfg(feature = "xml")]
use told::may_begin;
pub use told::{by_extension, by_name, of, refusal};

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
    /// Says whether its files hold records whose fields may go by other names; see [`FieldNames`].
    fn takes_fields(&self) -> bool {
        false
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
    /// Says whether several signs together show that a text is of this format, although its name says
    /// that it is plain text, or nothing. `head` is how it begins.
    fn marks(&self, _head: &str) -> bool {
        false
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
    #[cfg(feature = "markdown")]
    &notebook::Notebook,
    &asciidoc::AsciiDoc,
    &org::Org,
    &rst::Rst,
    &latex::Latex,
    &man::Man,
    &subtitles::Subtitles,
    #[cfg(feature = "html")]
    &html::Html,
    #[cfg(feature = "feeds")]
    &feed::Feed,
    #[cfg(feature = "feeds")]
    &opml::Opml,
    #[cfg(feature = "books")]
    &epub::Epub,
    #[cfg(feature = "books")]
    &fb2::Fb2,
    #[cfg(feature = "pdf")]
    &pdf::Pdf,
    #[cfg(feature = "office")]
    &docx::Docx,
    #[cfg(feature = "office")]
    &odt::Odt,
    #[cfg(feature = "office")]
    &odt::Odp,
    #[cfg(feature = "office")]
    &pptx::Pptx,
    #[cfg(feature = "office")]
    &rtf::Rtf,
    #[cfg(feature = "xml")]
    &markup::Markup,
    #[cfg(feature = "mail")]
    &mbox::Mbox,
    #[cfg(feature = "mail")]
    &mhtml::Mhtml,
    #[cfg(feature = "mail")]
    &mail::Mail,
    &jsonl::Jsonl,
    &json::Json,
    &csv::Csv,
    #[cfg(feature = "archives")]
    &warc::Warc,
    #[cfg(feature = "archives")]
    &tar::Tar,
    #[cfg(feature = "archives")]
    &compressed::Compressed,
    // After all formats whose files are zip files.
    #[cfg(feature = "archives")]
    &zip::Zip,
];

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
    catch_unwind(run).unwrap_or_else(|_| Err(panicked(format)))
}

/// What there is to say of a file that made its reader panic.
fn panicked(format: &dyn Format) -> Cause {
    Cause(format!("the {} reader failed on it", format.name()))
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

/// Returns a text in which each `@` is a word of its own, such as `w7w`.
#[cfg(test)]
fn worded(text: &str) -> String {
    let mut parts = text.split('@').enumerate();
    let first = parts.next().map_or("", |(_, part)| part).to_owned();
    parts.fold(first, |text, (number, part)| format!("{text}w{}w{part}", number - 1))
}

/// Prints each block as `kind headings: text`.
#[cfg(test)]
fn print(sections: &[Section]) -> Vec<String> {
    let print = |section: &Section, block: &Block, text: &str| {
        format!("{:?} {}: {}", block.kind, section.headings.join(" > "), text.trim_end_matches('\n'))
    };
    let blocks = sections.iter().flat_map(|section| section.texts().map(move |block| (section, block)));
    blocks.map(|(section, (block, text))| print(section, block, text)).collect()
}

/// Prints each block as `line kind headings: text`.
#[cfg(test)]
fn print_lines(sections: &[Section]) -> Vec<String> {
    let blocks = sections.iter().flat_map(|section| &section.blocks);
    blocks.zip(print(sections)).map(|(block, printed)| format!("{} {printed}", block.line)).collect()
}

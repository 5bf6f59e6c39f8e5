//! PDF: text that was placed on pages, put together again.
//!
//! A page knows where each letter stands, but of words, lines, columns, paragraphs and headings it
//! knows nothing: `content` follows the page, `run` and `line` put letters in order, `running` takes
//! heads and feet away, `block` finds paragraphs and headings, and `join` makes them text.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf as File};
use memchr::memmem;

use self::{block::Shape, content::Content, join::Hyphens, line::Line, style::Style};
use super::{Cause, Each, Extent, Format, Input, Warnings, outline::Outline};
use crate::article::{Article, Kind, Lines, Role, Section, Spot};

mod stream;
mod collection;
mod font;
mod content;
mod note;
mod letter;
mod run;
mod line;
mod margin;
mod running;
mod style;
mod bookmarks;
mod block;
mod join;
mod info;
#[cfg(test)]
mod sample;

/// Bytes of the longest file that is read.
const LONGEST: u64 = 64 << 20;

/// Pages that are read.
const MOST_PAGES: usize = 20_000;

/// Lines that are read: an article is never so long.
const MOST_LINES: usize = 1_000_000;

/// Bytes at the start of a file among which its mark stands.
const MARK_WITHIN: usize = 1024;

/// The reader of PDF files.
pub(super) struct Pdf;

impl Format for Pdf {
    fn name(&self) -> &'static str {
        "pdf"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pdf"]
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let head = &bytes[..bytes.len().min(MARK_WITHIN)];
        Some(memmem::find(head, b"%PDF-").is_some())
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let bytes = input.whole(LONGEST)?.into_owned();
        stream::check(&bytes)?;
        let file = File::new(Arc::new(bytes)).map_err(cause)?;
        let mut article = Article { lines: Lines::Text, ..Article::default() };
        info::fill(&file, &mut article);
        let mut pages = pages(&file, &mut article.warnings);
        let heads = running::take(&mut pages);
        let outlined = bookmarks::mark(&file, &mut pages);
        sections(pages, heads, outlined, &mut article);
        let _ = each(article);
        Ok(Warnings::new())
    }
}

fn cause(error: LoadPdfError) -> Cause {
    Cause(match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            "is encrypted and needs a password".to_owned()
        }
        LoadPdfError::Decryption(_) => "is encrypted in a way that cannot be read".to_owned(),
        LoadPdfError::Invalid => "is no whole PDF file".to_owned(),
    })
}

/// Returns the lines of each page.
fn pages(file: &File, warnings: &mut Warnings) -> Vec<Vec<Line>> {
    let mut content = Content::new(file.xref());
    let mut pages: Vec<Vec<Line>> = Vec::new();
    let (mut lines, mut broken) = (0, Vec::new());
    let all = file.pages().len();
    for (page, number) in file.pages().iter().zip(1u32..) {
        if pages.len() >= MOST_PAGES || lines >= MOST_LINES || content.spent() {
            warnings.push(format!("is too much to be read: pages {number} to {all} were left out"));
            break;
        }
        // A page that cannot be read costs only itself.
        let read = catch_unwind(AssertUnwindSafe(|| line::lines(content.page(page), number)));
        let page = read.unwrap_or_else(|_| {
            broken.push(number);
            Vec::new()
        });
        lines += page.len();
        pages.push(page);
    }
    if let Some(first) = broken.first() {
        let more = broken.len() - 1;
        let more = if more > 0 { format!(", and {more} more pages could not") } else { String::new() };
        warnings.push(format!("page {first} could not be read{more}"));
    }
    if lines == 0 && all > 0 && broken.is_empty() {
        warnings.push(if content.unknown > 0 {
            "does not say which letters its signs are".to_owned()
        } else {
            "has no text layer: its pages are images, or empty".to_owned()
        });
    }
    pages
}

/// Puts the lines of the pages together.
fn sections(pages: Vec<Vec<Line>>, heads: Vec<Line>, outlined: bool, article: &mut Article) {
    let style = Style::of(&pages);
    let hyphens = Hyphens::of(&pages);
    let mut blocks = block::blocks(pages, &style);
    let shown = block::title(&mut blocks, &style, article.title.as_deref());
    article.title = article.title.take().or(shown);
    if !outlined {
        block::headings(&mut blocks, &style);
    }
    let mut outline = Outline::default();
    for block in &blocks {
        let (text, spots) = hyphens.text(block);
        outline.at(Spot::Page(block.lines[0].page));
        let kind = match block.shape {
            Shape::Heading(level) => {
                outline.heading(level, &text, 0);
                continue;
            }
            Shape::Text => Kind::Prose,
            Shape::Item => Kind::Item,
            Shape::Row => Kind::Row,
            Shape::Code => Kind::Code,
        };
        outline.push_over(kind, &text, 0, &spots);
    }
    article.sections = outline.finish();
    let mut aside = Section { role: Role::Aside, ..Section::default() };
    for head in &heads {
        aside.push_over(Kind::Prose, &head.text, 0, &[(0, Spot::Page(head.page))]);
    }
    if !aside.text.is_empty() {
        article.sections.push(aside);
    }
}

#[cfg(test)]
mod tests;

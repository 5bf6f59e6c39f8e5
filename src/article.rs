//! What is read from a file: an [`Article`] of [`Section`]s, and the [`Place`] where a part stands.
//!
//! A reader fills these and knows nothing of passages, terms or the index. Facts are fields: a
//! byline is one of [`Article::authors`], a line number is [`Block::line`], never a mark inside the text.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::date::Date;

/// One piece of writing: mostly a file, but a file may hold many.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Which article of its file, where a file holds several.
    pub member: Option<String>,
    /// The title, where the file gives one.
    pub title: Option<String>,
    /// Who wrote it, each name as printed.
    pub authors: Vec<String>,
    /// When it was published, as precisely as the file says.
    pub date: Option<Date>,
    /// Where in the file the date stands, in words for its reader, such as `front matter`.
    pub date_source: Cow<'static, str>,
    /// Where it was published.
    pub url: Option<String>,
    /// Language tag as the file states it, such as `en` or `pt-BR`.
    pub language: Option<String>,
    /// Subjects the file names.
    pub tags: Vec<String>,
    /// The text, in reading order.
    pub sections: Vec<Section>,
    /// Whose lines [`Block::line`] counts.
    pub lines: Lines,
    /// What a reader of the article should know: a part that was left out, a guess that was made.
    pub warnings: Vec<String>,
    /// Which record of its file it is, where it is one.
    pub record: Option<Record>,
    /// The format it was read as, where the file is of another one that holds it. [`crate::format::read`]
    /// fills it in.
    #[serde(skip)]
    pub format: &'static str,
}

/// A record of a file, which stands on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its number among the records of the file, counting from 1.
    pub number: u64,
    /// Its line, counting from 1: that of all its text, whatever the lines of its blocks.
    pub line: u32,
}

/// Text under one heading path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Headings above the text, outermost first; the article's title is not among them.
    pub headings: Vec<String>,
    /// The text, its blocks joined by line breaks. Starts and ends with a visible character.
    pub text: String,
    /// Where each block begins, in order; the first begins at 0. A block runs to the next one's
    /// start and so owns the line breaks between them.
    pub blocks: Vec<Block>,
    /// Where pages, chapters, slides or times begin, each at a byte offset in the text, in order.
    pub spots: Vec<(usize, Spot)>,
    /// Whether this is the article itself.
    pub role: Role,
}

/// A paragraph, list item, table row or code block of a [`Section`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Byte offset in [`Section::text`].
    pub start: usize,
    /// Line of its first character, counting from 1. Further lines of the block follow at its line
    /// breaks: a reader keeps one `\n` for each line break of the source.
    pub line: u32,
    /// What kind of block it is.
    pub kind: Kind,
}

/// What kind of text a [`Block`] holds: decides where a passage may end inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Sentences.
    Prose,
    /// One list item.
    Item,
    /// One table row.
    Row,
    /// Lines of code or other preformatted text.
    Code,
}

/// Whether a [`Section`] is the article or stands around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// The article.
    #[default]
    Main,
    /// Around the article: navigation, teasers, footers. Searched at low weight.
    Aside,
}

/// Whose lines a [`Place`] counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lines {
    /// The file's own.
    #[default]
    File,
    /// Those of the text that `show` prints.
    Text,
}

/// Where text stands in a file that has other places than lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spot {
    /// On this page, counting from 1.
    Page(u32),
    /// In this document of the spine of a book, counting from 1.
    Chapter(u32),
    /// On this slide, counting from 1.
    Slide(u32),
    /// So many seconds after the start.
    Time(u32),
}

impl Spot {
    /// Says whether this is the other one or stands before it, both being pages, or both chapters, and
    /// so on.
    pub fn reaches(self, other: Self) -> bool {
        match (self, other) {
            (Self::Page(this), Self::Page(other))
            | (Self::Chapter(this), Self::Chapter(other))
            | (Self::Slide(this), Self::Slide(other))
            | (Self::Time(this), Self::Time(other)) => this <= other,
            _ => false,
        }
    }
}

/// Where a passage stands in its article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Whose lines are counted.
    pub of: Lines,
    /// First line, counting from 1.
    pub line: u32,
    /// Last line, not before `line`.
    pub line_end: u32,
    /// The record of the file that the article is, counting from 1, where it is one.
    pub record: Option<u64>,
    /// The page, chapter, slide or time at which it begins, where the file has such.
    pub spot: Option<Spot>,
}

impl Section {
    /// Adds a block at the end, parted from the one before as its kind asks: list items and table
    /// rows follow each other on the next line, all else after an empty line. Blank text is passed over.
    pub fn push(&mut self, kind: Kind, text: &str, line: u32) {
        self.push_over(kind, text, line, &[]);
    }

    /// Adds a block that runs over pages, or the like: `spots` says where each begins in `text`, the
    /// first perhaps before it, in order. A spot that is the last one again is passed over.
    pub fn push_over(&mut self, kind: Kind, text: &str, line: u32, spots: &[(usize, Spot)]) {
        let text = text.trim_end();
        let lead = text.len() - text.trim_start().len();
        // Code and list items keep the indent of their first line; blank lines before it go.
        let (cut, skipped) = match kind {
            Kind::Code | Kind::Item => {
                let cut = text[..lead].rfind('\n').map_or(0, |at| at + 1);
                (cut, text[..cut].matches('\n').count())
            }
            _ => (lead, text[..lead].matches('\n').count()),
        };
        let text = &text[cut..];
        if text.is_empty() {
            return;
        }
        if let Some(last) = self.blocks.last() {
            let tight = last.kind == kind && matches!(kind, Kind::Item | Kind::Row);
            self.text.push_str(if tight { "\n" } else { "\n\n" });
        }
        let line = line + skipped as u32;
        let start = self.text.len();
        self.blocks.push(Block { start, line, kind });
        for &(at, spot) in spots {
            let at = start + at.saturating_sub(cut).min(text.len());
            // Of two that begin at one place the text is of the second.
            self.spots.pop_if(|last| last.0 == at);
            if self.spots.last().is_none_or(|last| last.1 != spot) {
                self.spots.push((at, spot));
            }
        }
        self.text.push_str(text);
    }

    /// Returns each block with its text, line breaks before the next one among it.
    pub fn texts(&self) -> impl Iterator<Item = (&Block, &str)> {
        let ends = self.blocks.iter().skip(1).map(|block| block.start).chain([self.text.len()]);
        self.blocks.iter().zip(ends).map(|(block, end)| (block, &self.text[block.start..end]))
    }

    /// Returns the page, chapter, slide or time of the text at a byte offset.
    pub fn spot(&self, at: usize) -> Option<Spot> {
        let after = self.spots.partition_point(|&(start, _)| start <= at);
        self.spots[..after].last().or(self.spots.first()).map(|&(_, spot)| spot)
    }
}

impl Article {
    /// Takes a date and where in the file it stands, unless one is known.
    pub fn take_date(&mut self, date: Option<Date>, source: impl Into<Cow<'static, str>>) {
        if self.date.is_none() && date.is_some() {
            (self.date, self.date_source) = (date, source.into());
        }
    }

    /// Numbers the lines of all blocks as [`Printer`] prints them, for text whose lines are not
    /// those of the file.
    pub fn number_lines(&mut self) {
        let mut printer = Printer::new(self.title.as_deref().unwrap_or_default());
        for section in &mut self.sections {
            printer.section(&section.headings, section.role);
            let first = printer.line();
            let mut breaks = 0;
            let mut done = 0;
            for block in &mut section.blocks {
                breaks += section.text[done..block.start].matches('\n').count() as u32;
                done = block.start;
                block.line = first + breaks;
            }
            printer.text(&section.text);
        }
    }
}

/// Puts an article together as `show` prints it: title, headings and text, an empty line between.
#[derive(Clone, Debug, Default)]
pub struct Printer {
    out: String,
    line: u32,
    headings: Vec<String>,
    role: Role,
}

impl Printer {
    /// Begins an article of this title.
    pub fn new(title: &str) -> Self {
        let mut printer = Self { line: 1, ..Self::default() };
        printer.text(title);
        printer
    }

    /// Begins another article.
    pub fn article(&mut self, title: &str) {
        self.part();
        self.text(title);
        (self.headings, self.role) = (Vec::new(), Role::Main);
    }

    /// Begins a section: prints those of its headings that the section before did not have.
    pub fn section(&mut self, headings: &[String], role: Role) {
        let same = self.headings.iter().zip(headings).take_while(|(one, other)| one == other).count();
        let around = role == Role::Aside && self.role == Role::Main;
        for heading in headings[same..].iter().map(String::as_str).chain(around.then_some("* * *")) {
            self.part();
            self.text(heading);
        }
        self.headings = headings.to_vec();
        self.role = role;
        self.part();
    }

    /// Prints text where the last ended.
    pub fn text(&mut self, text: &str) {
        self.out.push_str(text);
        self.line += text.bytes().filter(|&byte| byte == b'\n').count() as u32;
    }

    /// Returns the line that the next text begins on, counting from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Returns what was printed.
    pub fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end().len());
        self.out
    }

    /// Ends what was printed with one empty line.
    fn part(&mut self) {
        if self.out.is_empty() {
            return;
        }
        let ends = self.out.bytes().rev().take_while(|&byte| byte == b'\n').count();
        (ends..2).for_each(|_| self.text("\n"));
    }
}

//! The text of a message in three voices: what it says itself, what it quotes, and what stands below
//! every message of its writer or its list.
//!
//! Answers between quotes stay in their order. A message that is nothing but a forward has nothing of
//! its own to say: what it hands on is its text.

use super::{
    super::{outline::Outline, text},
    quote::{self, Line},
};
use crate::article::{Kind, Role, Section};

/// Words that may stand above a forward and still say nothing of their own.
const WORDS_ABOVE_FORWARD: usize = 12;

/// Who says a part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) enum Voice {
    /// The message itself.
    Own,
    /// An earlier message.
    Quoted,
    /// Signature and footer.
    Foot,
}

/// A heading or block of a page, and whose voice its markup says it is.
#[derive(Debug, PartialEq)]
pub(in crate::format) struct Paragraph {
    /// Whose it is.
    pub voice: Voice,
    /// The level of a heading; none for a block.
    pub level: Option<u8>,
    /// The kind of a block.
    pub kind: Kind,
    /// Its text.
    pub text: String,
}

/// The text of a message, each voice on its own.
#[derive(Debug, Default)]
pub(super) struct Letter {
    own: Vec<Section>,
    quoted: Vec<Section>,
    foot: Vec<Section>,
    /// Whether what is quoted is handed on.
    forward: bool,
}

impl Letter {
    /// Reads a body of plain text.
    pub(super) fn of_text(text: &str) -> Self {
        let lines: Vec<Line<'_>> = text.lines().map(|text| Line::new(text, Voice::Own)).collect();
        let (voices, forward) = quote::voices(&lines);
        let (mut own, mut quoted, mut foot) = (String::new(), String::new(), String::new());
        let mut last = None;
        for (line, &voice) in lines.iter().zip(&voices) {
            let text = match voice {
                Voice::Own => &mut own,
                Voice::Quoted => &mut quoted,
                Voice::Foot => &mut foot,
            };
            // What stands before and after a quote is no one paragraph.
            if last.replace(voice) != Some(voice) {
                text.push('\n');
            }
            text.push_str(if voice == Voice::Quoted { quote::bare(line.text) } else { line.text });
            text.push('\n');
        }
        let [own, quoted, foot] = [own, quoted, foot].map(|text| text::letter(&text));
        Self { own, quoted, foot, forward }
    }

    /// Reads a body that is a page.
    pub(super) fn of_page(page: &[Paragraph]) -> Self {
        let lines = page
            .iter()
            .flat_map(|paragraph| paragraph.text.lines().map(|text| Line::new(text, paragraph.voice)));
        let (voices, forward) = quote::voices(&lines.collect::<Vec<_>>());
        let mut voices = voices.as_slice();
        let mut outlines = [Outline::default(), Outline::default(), Outline::default()];
        for paragraph in page {
            let lines: Vec<&str> = paragraph.text.lines().collect();
            let (own, rest) = voices.split_at(lines.len());
            voices = rest;
            let mut start = 0;
            for run in own.chunk_by(|one, other| one == other) {
                let part = &lines[start..start + run.len()];
                start += run.len();
                let text = match run[0] {
                    Voice::Quoted => part.iter().map(|line| quote::bare(line)).collect::<Vec<_>>().join("\n"),
                    _ => part.join("\n"),
                };
                let outline = &mut outlines[run[0] as usize];
                match paragraph.level {
                    Some(level) => outline.heading(level, &text, 0),
                    None => outline.push(paragraph.kind, &text, 0),
                }
            }
        }
        let [own, quoted, foot] = outlines.map(Outline::finish);
        Self { own, quoted, foot, forward }
    }

    /// Adds the text of a further body.
    pub(super) fn append(&mut self, more: Self) {
        join(&mut self.own, more.own);
        join(&mut self.quoted, more.quoted);
        join(&mut self.foot, more.foot);
        self.forward |= more.forward;
    }

    /// Says that what is quoted is handed on.
    pub(super) fn forwards(&mut self) {
        self.forward = true;
    }

    /// Counts the words that it says itself.
    pub(super) fn own_words(&self) -> usize {
        words(&self.own)
    }

    /// Puts the text together: that of the message, and what is around it as one last section, which
    /// begins with the given lines.
    pub(super) fn sections(mut self, around: &[String]) -> Vec<Section> {
        let own = words(&self.own);
        if own == 0 || self.forward && own <= WORDS_ABOVE_FORWARD {
            join(&mut self.own, std::mem::take(&mut self.quoted));
        }
        if self.own.is_empty() {
            self.own.append(&mut self.foot);
        }
        let mut aside = Section { role: Role::Aside, ..Section::default() };
        around.iter().for_each(|line| aside.push(Kind::Prose, line, 0));
        self.quoted.iter().chain(&self.foot).for_each(|section| flatten(section, &mut aside));
        self.own.extend(Some(aside).filter(|aside| !aside.blocks.is_empty()));
        self.own
    }
}

fn words(sections: &[Section]) -> usize {
    sections.iter().map(|section| section.text.split_whitespace().count()).sum()
}

/// Adds sections to others. Those that meet become one where they stand under the same headings.
fn join(sections: &mut Vec<Section>, more: Vec<Section>) {
    for section in more {
        match sections.last_mut().filter(|last| last.headings == section.headings) {
            Some(last) => add_blocks(&section, last),
            None => sections.push(section),
        }
    }
}

/// Adds the headings and blocks of a section to another.
fn flatten(section: &Section, into: &mut Section) {
    if let Some(heading) = section.headings.last() {
        into.push(Kind::Prose, heading, 0);
    }
    add_blocks(section, into);
}

fn add_blocks(section: &Section, into: &mut Section) {
    for (block, text) in section.texts() {
        into.push(block.kind, text, 0);
    }
}

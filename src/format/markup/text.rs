//! The text of a document as headings and blocks, by what its elements do.

use super::{
    super::{line, outline::Outline},
    role::{Role, is_aside, is_wrapper},
};
use crate::article::{Kind, Section};

/// Elements that may be open at once.
const DEEPEST: usize = 2_000;

/// Open elements among which the one is looked for that an end tag ends.
const MOST_UNCLOSED: usize = 64;

/// Headings and lists are nested no deeper.
const DEEPEST_LEVEL: usize = 24;

/// An element that is open.
#[derive(Debug)]
struct Open {
    name: String,
    role: Role,
    /// How deep a title in it stands.
    level: usize,
}

/// The text that was read so far.
#[derive(Debug, Default)]
pub(super) struct Text {
    outline: Outline,
    open: Vec<Open>,
    /// How many elements are open beyond those.
    beyond: usize,
    /// The title of the whole.
    title: Option<String>,
    /// The block that is read.
    text: String,
    /// Open elements of a kind: paragraphs and titles, items, code.
    blocks: usize,
    items: usize,
    code: usize,
    /// Whether the mark of the open item is due.
    mark: bool,
    verse: Vec<String>,
    /// The cells of the open rows.
    rows: Vec<Vec<String>>,
    cells: usize,
}

impl Text {
    /// Returns how many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len() + self.beyond
    }

    /// Begins an element.
    pub(super) fn start(&mut self, name: &str) {
        if self.open.len() >= DEEPEST {
            self.beyond += 1;
            return;
        }
        let inside = self.blocks + self.cells + self.code > 0;
        let parent = self.open.last();
        let level = parent.map_or(1, |parent| parent.level);
        let mut role = Role::of(name);
        // Inside a paragraph all are words, and so is the title of a figure a paragraph.
        if inside && role != Role::Space && (self.cells == 0 || role != Role::Cell && role != Role::Row) {
            role = if matches!(role, Role::Other) { role } else { Role::Note };
        } else if matches!(role, Role::Title(_)) && parent.is_some_and(|parent| is_aside(&parent.name)) {
            role = Role::Block;
        }
        if role == Role::Other && !inside && !self.text.trim_start().is_empty() {
            role = Role::Words;
        }
        match role {
            Role::Words => {}
            Role::Other if inside => {}
            Role::Note if inside => self.text.push(' '),
            Role::Space => self.text.push(' '),
            _ => self.end_block(),
        }
        match role {
            Role::Title(_) | Role::Block => self.blocks += 1,
            Role::Item => {
                self.items += 1;
                self.mark = true;
            }
            Role::Code => self.code += 1,
            Role::Row => self.rows.push(Vec::new()),
            Role::Cell => self.cells += 1,
            Role::Line => self.blocks += 1,
            Role::Note | Role::Space | Role::Words | Role::Other => {}
        }
        let level = if is_wrapper(name) { level } else { level + 1 };
        self.open.push(Open { name: name.to_owned(), role, level });
    }

    /// Ends an element.
    pub(super) fn end(&mut self, name: &str) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let Some(above) = self.open.iter().rev().take(MOST_UNCLOSED).position(|open| open.name == name)
        else {
            return;
        };
        for _ in 0..=above {
            self.end_one();
        }
    }

    /// Adds text.
    pub(super) fn write(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Returns the sections, the title of the whole, and whether elements were still open.
    pub(super) fn finish(mut self) -> (Vec<Section>, Option<String>, bool) {
        let open = !self.open.is_empty();
        while !self.open.is_empty() {
            self.end_one();
        }
        self.end_block();
        self.end_verse();
        (self.outline.finish(), self.title, open)
    }

    fn end_one(&mut self) {
        let Some(Open { role, level, name }) = self.open.pop() else { return };
        let outer = self.open.last().map_or(1, |parent| parent.level);
        let inside = self.blocks + self.cells + self.code > 0;
        match role {
            Role::Title(in_page) => {
                self.blocks -= 1;
                let text = line::of(&std::mem::take(&mut self.text));
                self.end_verse();
                match in_page {
                    None if outer <= 2 && self.title.is_none() => {
                        self.title = Some(text).filter(|text| !text.is_empty())
                    }
                    None => self.outline.heading(level_of(outer), &text, 0),
                    Some(in_page) => self.outline.heading(level_of(outer + usize::from(in_page)), &text, 0),
                }
            }
            Role::Block => {
                self.end_block();
                self.blocks -= 1;
            }
            Role::Line => {
                self.blocks -= 1;
                let line = line::of(&std::mem::take(&mut self.text));
                self.verse.extend(Some(line).filter(|line| !line.is_empty()));
            }
            Role::Item => {
                self.end_block();
                self.items -= 1;
                self.mark = false;
            }
            Role::Code => {
                let text = std::mem::take(&mut self.text);
                self.code -= 1;
                self.end_verse();
                self.outline.push(Kind::Code, text.trim_matches('\n'), 0);
            }
            Role::Cell => {
                self.cells -= 1;
                if let Some(row) = self.rows.last_mut() {
                    row.push(line::of(&std::mem::take(&mut self.text)));
                } else {
                    self.end_block();
                }
            }
            Role::Row => {
                self.end_block();
                let cells = self.rows.pop().unwrap_or_default();
                if cells.iter().any(|cell| !cell.is_empty()) {
                    self.end_verse();
                    self.outline.push(Kind::Row, &cells.join(" | "), 0);
                }
            }
            Role::Note | Role::Space => self.text.push(' '),
            Role::Words => {}
            Role::Other if inside => {}
            Role::Other => {
                self.end_block();
                self.end_verse();
                if !is_wrapper(&name) {
                    self.outline.close(level_of(level));
                }
            }
        }
    }

    /// Ends the block that is read.
    fn end_block(&mut self) {
        if self.text.trim_start().is_empty() {
            self.text.clear();
            return;
        }
        self.end_verse();
        let text = line::of(&std::mem::take(&mut self.text));
        if self.items == 0 {
            self.outline.push(Kind::Prose, &text, 0);
            return;
        }
        let indent = "  ".repeat((self.items - 1).min(DEEPEST_LEVEL));
        let mark = if std::mem::take(&mut self.mark) { "- " } else { "  " };
        self.outline.push(Kind::Item, &format!("{indent}{mark}{text}"), 0);
    }

    fn end_verse(&mut self) {
        let verse = std::mem::take(&mut self.verse);
        self.outline.push(Kind::Prose, &verse.join("\n"), 0);
    }
}

fn level_of(depth: usize) -> u8 {
    u8::try_from(depth.clamp(1, DEEPEST_LEVEL)).unwrap_or(1)
}

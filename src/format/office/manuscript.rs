//! A document while it is read: paragraphs, tables and notes go in as they come, sections come out.
//!
//! Text goes into the innermost flow that is open. A note or a text box is a flow of its own, begun
//! in the midst of a paragraph that goes on after it; where it comes out is said when it is closed.

use std::{mem, ops::Range};

pub(in crate::format) use self::piece::{Piece, collapsed};
use self::piece::{plain, row, unmarked};
use crate::{
    article::{Kind, Role, Section, Spot},
    format::outline::Outline,
};

mod piece;
#[cfg(test)]
mod tests;

/// Tables inside tables, and text boxes inside text boxes, as deep as they are told apart.
const DEEPEST: usize = 32;

/// Bytes of the longest title. What is set as one may be the whole text.
const LONGEST_TITLE: usize = 240;

/// The heading over what reviewers wrote beside the text.
const COMMENTS: &str = "Comments";

/// The heading over what the document holds and does not show.
const HIDDEN: &str = "Hidden text";

/// How a paragraph is set.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::format) enum Shape {
    /// As any other.
    #[default]
    Prose,
    /// As the title of the whole document.
    Title,
    /// As a heading of this level, 1 being the outermost.
    Heading(u8),
    /// As a list item this deep in lists, 0 being the outermost, with its marker. One without goes on
    /// with the item before.
    Item(usize, Option<String>),
    /// As lines of code.
    Code,
}

/// A document while it is read.
#[derive(Debug)]
pub(in crate::format) struct Manuscript {
    outline: Outline,
    /// The body, and the flows open inside it.
    flows: Vec<Flow>,
    /// Flows that are open but lie too deep to be told apart.
    buried: usize,
    title: Option<String>,
    /// Whether the title is the last paragraph that came.
    titled: bool,
    /// The notes of the section at hand.
    notes: Vec<Piece>,
    noted: u32,
    comments: Vec<Piece>,
    /// The hidden text of the paragraph at hand, and of those that have ended.
    veiled: String,
    hidden: Vec<Piece>,
}

/// Text that is read from its beginning to its end: the body, a note, a text box.
#[derive(Debug, Default)]
struct Flow {
    /// The paragraph at hand, as written.
    text: String,
    /// Where marks of notes stand in it.
    marks: Vec<Range<usize>>,
    /// What comes out after the paragraph at hand.
    after: Vec<Piece>,
    /// The notes on the paragraph at hand.
    notes: Vec<Piece>,
    tables: Vec<Table>,
    /// Tables that are open but lie too deep to be told apart.
    buried: usize,
    done: Vec<Piece>,
}

#[derive(Debug, Default)]
struct Table {
    row: Vec<Vec<Piece>>,
    cell: Vec<Piece>,
}

impl Default for Manuscript {
    fn default() -> Self {
        Self {
            outline: Outline::default(),
            flows: vec![Flow::default()],
            buried: 0,
            title: None,
            titled: false,
            notes: Vec::new(),
            noted: 0,
            comments: Vec::new(),
            veiled: String::new(),
            hidden: Vec::new(),
        }
    }
}

impl Manuscript {
    /// Adds text to the paragraph at hand.
    pub(in crate::format) fn text(&mut self, text: &str) {
        self.flow().text.push_str(text);
        // Words are parted by what is shown between them.
        if !self.veiled.is_empty() && !self.veiled.ends_with(' ') {
            self.veiled.push(' ');
        }
    }

    /// Adds text that stands in the paragraph at hand and is not shown.
    pub(in crate::format) fn hidden(&mut self, text: &str) {
        self.veiled.push_str(text);
    }

    /// Says whether nothing visible stands in the paragraph at hand.
    pub(in crate::format) fn blank(&mut self) -> bool {
        self.flow().text.trim_start().is_empty()
    }

    /// Takes the paragraph at hand, its blanks collapsed, for something else than text.
    pub(in crate::format) fn take(&mut self) -> String {
        self.veiled.clear();
        let flow = self.flow();
        let text = unmarked(&mem::take(&mut flow.text), &mem::take(&mut flow.marks));
        let mut notes = mem::take(&mut flow.notes);
        self.notes.append(&mut notes);
        collapsed(&text)
    }

    /// Ends the paragraph at hand.
    pub(in crate::format) fn end(&mut self, shape: &Shape) {
        self.unveil();
        let flow = self.flow();
        let (mut text, marks) = (mem::take(&mut flow.text), mem::take(&mut flow.marks));
        let (after, mut notes) = (mem::take(&mut flow.after), mem::take(&mut flow.notes));
        if matches!(shape, Shape::Title | Shape::Heading(_)) {
            text = unmarked(&text, &marks);
        }
        let outside = self.flows.len() == 1 && self.flow().tables.is_empty();
        let piece = match shape {
            Shape::Prose => Piece::block(Kind::Prose, collapsed(&text)),
            Shape::Code => Piece::block(Kind::Code, plain(&text)),
            Shape::Heading(level) => Piece::heading(*level, collapsed(&text)),
            Shape::Item(depth, marker) => Piece::item(*depth, marker.as_deref(), &collapsed(&text)),
            Shape::Title => Piece::heading(1, collapsed(&text)),
        };
        let blank = piece.text.is_empty();
        let length = self.title.as_ref().map_or(0, String::len) + piece.text.len();
        let first = (self.title.is_none() || self.titled) && length <= LONGEST_TITLE;
        if *shape == Shape::Title && outside && !blank && first {
            let title = self.title.get_or_insert_default();
            title.push_str(if title.is_empty() { "" } else { " " });
            title.push_str(&piece.text);
            self.titled = true;
        } else {
            self.titled &= blank;
            self.put(piece);
        }
        // After the heading that they may be notes on.
        self.notes.append(&mut notes);
        after.into_iter().for_each(|piece| self.put(piece));
    }

    /// Ends the hidden text of the paragraph at hand.
    fn unveil(&mut self) {
        let text = collapsed(&mem::take(&mut self.veiled));
        self.hidden.extend(Some(Piece::block(Kind::Prose, text)).filter(|piece| !piece.text.is_empty()));
    }

    /// Ends the paragraph at hand as prose, if there is any.
    fn settle(&mut self) {
        if !self.flow().text.is_empty() || !self.flow().after.is_empty() {
            self.end(&Shape::Prose);
        }
    }

    /// Begins a table.
    pub(in crate::format) fn begin_table(&mut self) {
        self.settle();
        let flow = self.flow();
        match flow.tables.len() < DEEPEST {
            true => flow.tables.push(Table::default()),
            false => flow.buried += 1,
        }
    }

    /// Ends a cell of the innermost table.
    pub(in crate::format) fn end_cell(&mut self) {
        self.settle();
        let flow = self.flow();
        if let Some(table) = flow.tables.last_mut().filter(|_| flow.buried == 0) {
            table.row.push(mem::take(&mut table.cell));
        }
    }

    /// Ends a row of the innermost table.
    pub(in crate::format) fn end_row(&mut self) {
        self.settle();
        let flow = self.flow();
        let Some(mut table) = flow.tables.pop_if(|_| flow.buried == 0) else { return };
        if !table.cell.is_empty() {
            table.row.push(mem::take(&mut table.cell));
        }
        let pieces = row(mem::take(&mut table.row));
        pieces.into_iter().for_each(|piece| self.put(piece));
        self.flow().tables.push(table);
    }

    /// Ends the innermost table.
    pub(in crate::format) fn end_table(&mut self) {
        self.end_row();
        let flow = self.flow();
        match flow.buried {
            0 => drop(flow.tables.pop()),
            _ => flow.buried -= 1,
        }
    }

    /// Returns how many tables are open, one inside the other.
    pub(in crate::format) fn tables(&self) -> usize {
        self.flows.last().map_or(0, |flow| flow.tables.len() + flow.buried)
    }

    /// Begins a flow of its own.
    pub(in crate::format) fn open(&mut self) {
        match self.flows.len() < DEEPEST {
            true => self.flows.push(Flow::default()),
            false => {
                self.settle();
                self.buried += 1;
            }
        }
    }

    /// Ends the innermost flow, and returns what stands in it.
    pub(in crate::format) fn close(&mut self) -> Vec<Piece> {
        while self.tables() > 0 {
            self.end_table();
        }
        self.settle();
        if self.buried > 0 {
            self.buried -= 1;
            return Vec::new();
        }
        match self.flows.len() {
            1 => Vec::new(),
            _ => self.flows.pop().map(|flow| flow.done).unwrap_or_default(),
        }
    }

    /// Puts the text of a box after the paragraph at hand.
    pub(in crate::format) fn boxed(&mut self, pieces: Vec<Piece>) {
        self.flow().after.extend(pieces);
    }

    /// Adds what was read elsewhere, as if it were read here.
    pub(in crate::format) fn add(&mut self, pieces: Vec<Piece>) {
        self.settle();
        pieces.into_iter().for_each(|piece| self.put(piece));
    }

    /// Notes something on the text so far: a mark stands there, and the note at the end of the section.
    pub(in crate::format) fn note(&mut self, mut pieces: Vec<Piece>) {
        let Some(first) = pieces.first_mut() else { return };
        self.noted += 1;
        let mark = format!("[{}]", self.noted);
        let text = first.text.trim_start();
        *first = Piece::block(Kind::Prose, format!("{mark} {text}"));
        let flow = self.flow();
        flow.notes.append(&mut pieces);
        let start = flow.text.len();
        flow.text.push_str(&mark);
        flow.marks.push(start..flow.text.len());
    }

    /// Adds what somebody wrote beside the text.
    pub(in crate::format) fn comment(&mut self, author: &str, pieces: Vec<Piece>) {
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.trim_start()).collect();
        let texts = texts.join(" ");
        let author = collapsed(author);
        if !texts.is_empty() {
            let text = if author.is_empty() { texts } else { format!("{author}: {texts}") };
            self.comments.push(Piece::block(Kind::Prose, text));
        }
    }

    /// Begins a slide: no heading of the one before stands over it.
    pub(in crate::format) fn slide(&mut self, number: u32) {
        self.settle_flows();
        self.outline.close(0);
        self.outline.at(Spot::Slide(number));
    }

    /// Returns the title that the document shows, if it shows one.
    pub(in crate::format) fn title(&mut self) -> Option<String> {
        self.title.take()
    }

    /// Returns the sections, in order; what was written beside the text is the last, and what is hidden.
    pub(in crate::format) fn finish(mut self) -> Vec<Section> {
        self.settle_flows();
        self.unveil();
        let mut sections = self.outline.finish();
        for (heading, pieces) in [(COMMENTS, &self.comments), (HIDDEN, &self.hidden)] {
            let mut aside =
                Section { headings: vec![heading.into()], role: Role::Aside, ..Section::default() };
            pieces.iter().for_each(|piece| aside.push(Kind::Prose, &piece.text, 0));
            sections.extend(Some(aside).filter(|aside| !aside.blocks.is_empty()));
        }
        sections
    }

    fn flow(&mut self) -> &mut Flow {
        self.flows.last_mut().expect("the body is never closed")
    }

    /// Ends all that is open.
    fn settle_flows(&mut self) {
        while self.flows.len() > 1 || self.buried > 0 {
            let pieces = self.close();
            self.boxed(pieces);
        }
        self.close();
        for piece in mem::take(&mut self.flow().done) {
            piece.add_to(&mut self.outline);
        }
        self.settle_notes();
    }

    /// Adds the notes of the section that ends.
    fn settle_notes(&mut self) {
        for note in mem::take(&mut self.notes) {
            note.add_to(&mut self.outline);
        }
    }

    /// Puts what has ended where it belongs: into the cell, the flow, or the outline.
    fn put(&mut self, piece: Piece) {
        let body = self.flows.len() == 1;
        let flow = self.flow();
        let pieces = match flow.tables.last_mut() {
            Some(table) => &mut table.cell,
            None => &mut flow.done,
        };
        if let Some(last) = pieces.last_mut().filter(|last| last.is_code() && piece.is_code()) {
            // A line of code is a paragraph, in most documents.
            last.text.push('\n');
            last.text.push_str(&piece.text);
        } else if !piece.text.trim_start().is_empty() {
            pieces.push(piece);
        }
        // Of the body only the last piece may still grow.
        if body && self.flow().tables.is_empty() {
            let done = &mut self.flow().done;
            let kept = usize::from(done.last().is_some_and(Piece::is_code));
            let out: Vec<Piece> = done.drain(..done.len() - kept).collect();
            for piece in out {
                if piece.is_heading() {
                    self.settle_notes();
                }
                piece.add_to(&mut self.outline);
            }
        }
    }
}

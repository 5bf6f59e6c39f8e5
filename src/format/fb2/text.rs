//! The text of a book: what stands in its bodies, in order.

use super::super::{
    line,
    outline::Outline,
    xml::{Node, Xml},
};
use crate::article::{Article, Kind, Section};

/// Bytes of text that are read of a book: some times more than the longest ones have.
pub(super) const LONGEST: usize = 16 << 20;

/// Headings are nested no deeper.
const DEEPEST: usize = 12;

/// Letters of the longest mark of a note. What is longer is a heading.
const LONGEST_MARK: usize = 8;

/// The text that was read so far.
#[derive(Debug, Default)]
pub(super) struct Text {
    main: Outline,
    notes: Outline,
    /// Whether the body that is read holds notes.
    in_notes: bool,
    /// Whether it has no title so far, but needs one.
    untitled: bool,
    /// Names that a title page repeats: those of the book and its authors.
    known: Vec<String>,
    /// Headings above all sections of the body, and sections that are open.
    above: usize,
    depth: usize,
    /// The block that is read: its text, how much of it is a title, and what it is.
    text: String,
    in_code: usize,
    has_code: bool,
    has_plain: bool,
    /// Lines of code, and of a verse, that make one block.
    code: String,
    verse: Vec<String>,
    /// The paragraphs of the open title.
    title: Option<Vec<String>>,
    /// The cells of the open row, and whether one of them is open.
    row: Option<Vec<String>>,
    in_cell: bool,
    /// Poems, quotations and the like that are open: a title in them is no heading.
    quoted: usize,
    /// Where in the text the mark of a note begins.
    note: Option<usize>,
    /// The mark of a note whose text comes next.
    mark: Option<String>,
    length: usize,
    /// Whether text was left out.
    cut: bool,
}

impl Text {
    /// Begins a body.
    pub(super) fn begin_body(&mut self, name: Option<&str>, article: &Article) {
        self.end_mark();
        self.in_notes = name.is_some_and(|name| matches!(name, "notes" | "comments" | "footnotes"));
        (self.depth, self.quoted, self.above) = (0, 0, 0);
        self.known = article.title.iter().chain(&article.authors).map(|name| name.to_lowercase()).collect();
        self.outline().close(1);
        self.untitled = self.in_notes;
    }

    /// Reads up to the end of the element of this name, which has just begun.
    pub(super) fn read(&mut self, xml: &mut Xml<'_>, name: &str) {
        for node in xml.by_ref() {
            match node {
                Node::Start(element) => {
                    let name = element.name();
                    self.start(name);
                    match name {
                        "a" if element.attribute("type").as_deref() == Some("note") => {
                            self.note = Some(self.text.len());
                        }
                        "image" => self.image(&element.attribute("alt").unwrap_or_default()),
                        _ => {}
                    }
                }
                Node::End(ended) => {
                    self.end(&ended);
                    if ended == name {
                        break;
                    }
                }
                Node::Text(text) => self.write(&text),
            }
        }
        self.end_row();
        self.end_block(Kind::Prose);
        self.end_title();
        self.end_verse();
        self.end_code();
    }

    /// Returns all sections, those of notes last, and whether text was left out.
    pub(super) fn finish(mut self) -> (Vec<Section>, bool) {
        self.end_mark();
        let mut sections = self.main.finish();
        sections.extend(self.notes.finish());
        (sections, self.cut)
    }

    fn outline(&mut self) -> &mut Outline {
        if self.in_notes { &mut self.notes } else { &mut self.main }
    }

    fn write(&mut self, text: &str) {
        if !text.trim_start().is_empty() {
            self.has_plain |= self.in_code == 0;
            self.has_code |= self.in_code > 0;
        }
        if self.length + self.text.len() <= LONGEST {
            self.text.push_str(text);
        } else {
            self.cut = true;
        }
    }

    fn image(&mut self, description: &str) {
        // One word is the name of a file.
        if description.trim().contains(char::is_whitespace) && self.in_code == 0 {
            self.write(" ");
            self.write(description);
            self.write(" ");
        }
    }

    fn start(&mut self, name: &str) {
        match name {
            "p" | "subtitle" | "text-author" | "v" | "date" if self.in_cell => self.text.push(' '),
            "p" | "v" | "text-author" | "date" | "table" => self.end_block(Kind::Prose),
            "subtitle" | "stanza" => {
                self.end_block(Kind::Prose);
                self.end_verse();
            }
            "poem" | "cite" | "epigraph" => {
                self.end_block(Kind::Prose);
                self.end_verse();
                self.quoted += 1;
            }
            "section" => {
                self.end_title();
                self.end_block(Kind::Prose);
                self.depth += 1;
                self.quoted = 0;
                let level = self.level();
                self.outline().close(level);
            }
            "title" => {
                self.end_title();
                self.end_block(Kind::Prose);
                self.end_verse();
                self.title = Some(Vec::new());
            }
            "tr" => {
                self.end_row();
                self.end_block(Kind::Prose);
                self.row = Some(Vec::new());
            }
            "td" | "th" => {
                self.end_cell();
                self.end_block(Kind::Prose);
                self.in_cell = true;
            }
            "code" => self.in_code += 1,
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" | "subtitle" | "text-author" | "v" | "date" if self.in_cell => self.text.push(' '),
            "p" | "text-author" | "date" => self.end_block(Kind::Prose),
            "v" => {
                let line = line::of(&std::mem::take(&mut self.text));
                self.verse.extend(Some(line).filter(|line| !line.is_empty()));
                (self.has_code, self.has_plain) = (false, false);
            }
            "subtitle" => self.subtitle(),
            "stanza" => {
                self.end_block(Kind::Prose);
                self.end_verse();
            }
            "poem" | "cite" | "epigraph" => {
                self.end_block(Kind::Prose);
                self.end_verse();
                self.quoted = self.quoted.saturating_sub(1);
            }
            "section" => {
                self.end_title();
                self.end_block(Kind::Prose);
                self.end_verse();
                self.end_code();
                self.end_mark();
                let level = self.level();
                self.outline().close(level);
                self.depth = self.depth.saturating_sub(1);
            }
            "title" => {
                self.end_block(Kind::Prose);
                self.end_title();
            }
            "td" | "th" => self.end_cell(),
            "tr" | "table" => self.end_row(),
            "code" => self.in_code = self.in_code.saturating_sub(1),
            "a" => self.end_note(),
            _ => {}
        }
    }

    /// Returns the level of a heading of the open section.
    fn level(&self) -> u8 {
        u8::try_from((self.above + self.depth).clamp(1, DEEPEST)).unwrap_or(1)
    }

    /// Ends the block that is read.
    fn end_block(&mut self, kind: Kind) {
        let text = std::mem::take(&mut self.text);
        let (has_code, has_plain) = (self.has_code, self.has_plain);
        (self.has_code, self.has_plain, self.note) = (false, false, None);
        if let Some(title) = &mut self.title {
            title.push(line::of(&text));
        } else if has_code && !has_plain {
            if !self.code.is_empty() {
                self.code.push('\n');
            }
            self.code.push_str(text.trim_matches('\n').trim_end());
        } else if has_plain {
            self.push(kind, &line::of(&text));
        }
    }

    /// Adds a block to the outline.
    fn push(&mut self, kind: Kind, text: &str) {
        self.end_verse();
        self.end_code();
        self.add(kind, text);
    }

    fn add(&mut self, kind: Kind, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.length += text.len();
        self.name_notes();
        match self.mark.take() {
            Some(mark) => {
                let text = format!("[{mark}] {text}");
                self.outline().push(kind, &text, 0);
            }
            None => self.outline().push(kind, text, 0),
        }
    }

    fn end_code(&mut self) {
        let code = std::mem::take(&mut self.code);
        self.add(Kind::Code, &code);
    }

    fn end_verse(&mut self) {
        let verse = std::mem::take(&mut self.verse).join("\n");
        if !verse.is_empty() {
            self.end_code();
            self.add(Kind::Prose, &verse);
        }
    }

    fn end_mark(&mut self) {
        if let Some(mark) = self.mark.take() {
            self.name_notes();
            self.outline().push(Kind::Prose, &mark, 0);
        }
    }

    /// Gives a body of notes the heading that it lacks.
    fn name_notes(&mut self) {
        if std::mem::take(&mut self.untitled) {
            self.above = 1;
            self.outline().heading(1, "Notes", 0);
        }
    }

    fn end_title(&mut self) {
        let Some(mut lines) = self.title.take() else { return };
        if self.depth == 0 && self.quoted == 0 {
            lines.retain(|line| !self.known.contains(&line.to_lowercase()));
        }
        let text = line::of(&lines.join(" "));
        if text.is_empty() {
            return;
        }
        if self.quoted > 0 {
            self.push(Kind::Prose, &text);
            return;
        }
        self.end_verse();
        self.end_code();
        self.end_mark();
        if self.in_notes && self.depth > 0 && text.chars().count() <= LONGEST_MARK {
            self.mark = Some(text.trim_matches(['[', ']']).to_owned());
            return;
        }
        if self.depth == 0 {
            (self.above, self.untitled) = (1, false);
        }
        self.name_notes();
        let level = self.level();
        self.outline().heading(level, &text, 0);
    }

    /// Ends a heading inside a section; a row of stars only ends the one before.
    fn subtitle(&mut self) {
        if self.quoted > 0 || self.title.is_some() {
            self.end_block(Kind::Prose);
            return;
        }
        let text = line::of(&std::mem::take(&mut self.text));
        (self.has_code, self.has_plain, self.note) = (false, false, None);
        self.end_code();
        self.end_mark();
        self.name_notes();
        let level = self.level().saturating_add(u8::from(self.depth > 0));
        self.outline().close(level);
        if text.contains(char::is_alphanumeric) {
            self.outline().heading(level, &text, 0);
        }
    }

    fn end_cell(&mut self) {
        if !std::mem::take(&mut self.in_cell) {
            return;
        }
        if self.row.is_none() {
            self.end_block(Kind::Prose);
            return;
        }
        let cell = line::of(&std::mem::take(&mut self.text));
        (self.has_code, self.has_plain, self.note) = (false, false, None);
        self.row.get_or_insert_default().push(cell);
    }

    fn end_row(&mut self) {
        self.end_cell();
        let Some(cells) = self.row.take() else { return };
        if cells.iter().any(|cell| !cell.is_empty()) {
            self.push(Kind::Row, &cells.join(" | "));
        }
    }

    /// Parts the mark of a note from the word it stands at.
    fn end_note(&mut self) {
        let Some(mark) =
            self.note.take().and_then(|at| self.text.get(at..).map(|mark| (at, mark.trim().to_owned())))
        else {
            return;
        };
        if !mark.1.is_empty()
            && mark.1.chars().count() <= LONGEST_MARK
            && mark.1.chars().all(char::is_alphanumeric)
        {
            self.text.truncate(mark.0);
            self.text.push_str(&format!("[{}]", mark.1));
        }
    }
}

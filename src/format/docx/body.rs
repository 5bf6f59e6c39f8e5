//! The text of a Word document, its notes and comments.

use std::{collections::HashMap, mem};

use super::{
    numbering::Numbering,
    style::{Styles, is_on},
};
use crate::{
    article::Article,
    format::{
        Flow,
        office::{
            alternative::Alternatives,
            manuscript::{Manuscript, Piece, Shape},
            style::Class,
            symbol::symbol,
        },
        xml::{Element, Node, Xml},
    },
};

/// Text boxes inside text boxes, as deep as they are read.
const DEEPEST_BOX: usize = 16;

/// Bytes of the longest paragraph that names an author.
const LONGEST_AUTHOR: usize = 200;

/// A document while its parts are read: notes and comments first, then the text.
pub(super) struct Body<'a> {
    styles: &'a Styles,
    numbering: Numbering,
    manuscript: Manuscript,
    /// By kind and id, until the text names them.
    notes: HashMap<String, Vec<Piece>>,
    /// The kind and id of the note, or the author of the comment, that is read.
    note: Option<(String, String)>,
    authors: Vec<String>,
    paragraph: Paragraph,
    /// Paragraphs that hold the text box that is read.
    outer: Vec<Paragraph>,
    /// Whether the run is hidden.
    hidden: bool,
    /// The fields that are open: whether each has come to its result.
    fields: Vec<bool>,
    /// How many of them have not.
    instructions: usize,
    alternatives: Alternatives,
    /// Whether the content that follows is made up by the program.
    made_up: bool,
}

/// What is said of a paragraph.
#[derive(Debug, Default)]
struct Paragraph {
    style: Option<String>,
    /// The outline level, 0 being the outermost.
    outline: Option<u8>,
    list: Option<String>,
    level: Option<usize>,
    /// Whether it is said of the paragraph, not of a run.
    properties: bool,
    /// What stands between it and the next one, with which it makes one paragraph.
    joined: Option<&'static str>,
}

impl<'a> Body<'a> {
    pub(super) fn new(styles: &'a Styles, numbering: Numbering) -> Self {
        Self {
            styles,
            numbering,
            manuscript: Manuscript::default(),
            notes: HashMap::new(),
            note: None,
            authors: Vec::new(),
            paragraph: Paragraph::default(),
            outer: Vec::new(),
            hidden: false,
            fields: Vec::new(),
            instructions: 0,
            alternatives: Alternatives::default(),
            made_up: false,
        }
    }

    /// Reads a part. Breaks where the part does.
    pub(super) fn read(&mut self, text: &str) -> Flow {
        let mut xml = Xml::new(text);
        while let Some(node) = xml.next() {
            match node {
                Node::Start(element) => self.start(&element, &mut xml),
                Node::End(name) => self.end(&name),
                Node::Text(_) => {}
            }
        }
        if xml.broken() { Flow::Break(()) } else { Flow::Continue(()) }
    }

    /// Fills an article with what was read.
    pub(super) fn finish(mut self, article: &mut Article) {
        article.title = self.manuscript.title().or(article.title.take());
        if !self.authors.is_empty() {
            article.authors = self.authors;
        }
        article.sections = self.manuscript.finish();
    }

    fn start(&mut self, element: &Element<'_>, xml: &mut Xml<'_>) {
        let value = || element.attribute("val");
        match element.name() {
            "p" => self.paragraph = Paragraph::default(),
            "pPr" => self.paragraph.properties = true,
            "pStyle" => self.paragraph.style = value(),
            "outlineLvl" => self.paragraph.outline = value().and_then(|level| level.parse().ok()),
            "numId" => self.paragraph.list = value(),
            "ilvl" => self.paragraph.level = value().and_then(|level| level.parse().ok()),
            // A letter set large at the start of the paragraph that follows.
            "framePr" => {
                let large = element.attribute("dropCap").is_some_and(|kind| kind != "none");
                self.paragraph.joined = large.then_some("");
            }
            // A break between paragraphs that was deleted: mostly one between two words.
            "del" | "moveFrom" if self.paragraph.properties => self.paragraph.joined = Some(" "),
            "del" | "moveFrom" | "delText" | "instrText" | "delInstrText" | "sectPr" | "tabs" | "rt" => {
                xml.skip()
            }
            // How it looked before a change.
            "rPrChange" | "pPrChange" | "tblPrChange" | "trPrChange" | "tcPrChange" | "tblGridChange"
            | "numberingChange" => xml.skip(),
            "r" => {
                let style = self.paragraph.style.as_deref();
                self.hidden =
                    style.and_then(|id| self.styles.find(id, |style| style.hidden)).unwrap_or(false);
            }
            "rStyle" if !self.paragraph.properties => {
                let hidden = value().and_then(|id| self.styles.find(&id, |style| style.hidden));
                self.hidden = hidden.unwrap_or(self.hidden);
            }
            "vanish" if !self.paragraph.properties => self.hidden = is_on(value().as_deref()),
            "t" => self.text(&xml.text_inside()),
            "tab" | "ptab" => self.text("\t"),
            "br" | "cr" => self.text("\n"),
            "noBreakHyphen" => self.text("-"),
            "sym" => self.symbol(element),
            "fldChar" => self.field(element.attribute("fldCharType").as_deref()),
            "footnoteReference" => self.noted("footnote", element),
            "endnoteReference" => self.noted("endnote", element),
            name @ ("footnote" | "endnote") => {
                self.begin_note(name, element.attribute("id").unwrap_or_default());
            }
            "comment" => self.begin_note("comment", element.attribute("author").unwrap_or_default()),
            "tbl" => self.manuscript.begin_table(),
            "txbxContent" if self.outer.len() == DEEPEST_BOX => xml.skip(),
            "txbxContent" => {
                self.outer.push(mem::take(&mut self.paragraph));
                self.manuscript.open();
            }
            name @ ("AlternateContent" | "Choice" | "Fallback") => self.alternatives.start(name, xml),
            "sdt" => self.made_up = false,
            "showingPlcHdr" => self.made_up = is_on(value().as_deref()),
            "docPartGallery" => self.made_up |= value().as_deref() == Some("Table of Contents"),
            "sdtContent" if mem::take(&mut self.made_up) => xml.skip(),
            name => self.formula(name),
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" => self.end_paragraph(),
            "pPr" => self.paragraph.properties = false,
            "tc" => self.manuscript.end_cell(),
            "tr" => self.manuscript.end_row(),
            "tbl" => self.manuscript.end_table(),
            "footnote" | "endnote" | "comment" => self.end_note(),
            "txbxContent" => {
                if let Some(outer) = self.outer.pop() {
                    let pieces = self.manuscript.close();
                    self.manuscript.boxed(pieces);
                    self.paragraph = outer;
                }
            }
            "AlternateContent" => self.alternatives.end(name),
            "d" => self.text(")"),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.hidden {
            _ if self.paragraph.properties || self.instructions > 0 => {}
            true => self.manuscript.hidden(text),
            false => self.manuscript.text(text),
        }
    }

    /// Goes on with the innermost field: to its instructions, its result or its end.
    fn field(&mut self, to: Option<&str>) {
        let open = if to == Some("begin") { None } else { self.fields.pop() };
        self.instructions -= usize::from(open == Some(false));
        match to {
            Some("begin") => {
                self.fields.push(false);
                self.instructions += 1;
            }
            Some("separate") => self.fields.extend(open.map(|_| true)),
            _ => {}
        }
    }

    fn symbol(&mut self, element: &Element<'_>) {
        let code = element.attribute("char").and_then(|code| u32::from_str_radix(&code, 16).ok());
        let font = element.attribute("font").unwrap_or_default();
        let char = match (font.as_str(), code) {
            (_, None) => None,
            ("Symbol", Some(code)) => symbol(code),
            // Codes for private use are pictures of a font.
            (_, Some(code)) => char::from_u32(code).filter(|char| !matches!(char, '\u{e000}'..='\u{f8ff}')),
        };
        char.into_iter().for_each(|char| self.text(char.encode_utf8(&mut [0; 4])));
    }

    /// Writes what a formula shows by the place of its parts.
    fn formula(&mut self, name: &str) {
        match name {
            "den" => self.text("/"),
            "sup" => self.text("^"),
            "sub" => self.text("_"),
            "d" => self.text("("),
            "rad" => self.text("√"),
            "oMathPara" => self.text(" "),
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let paragraph = mem::take(&mut self.paragraph);
        self.hidden = false;
        // The instructions of a field are no longer than a paragraph; a field may be without an end.
        self.fields.clear();
        self.instructions = 0;
        let style = paragraph.style.as_deref().unwrap_or_default();
        let outline = paragraph.outline.map(|level| (level < 9).then_some(Class::Heading(level + 1)));
        let class = match self.styles.class(style) {
            Some(Class::Heading(_)) | None => outline.unwrap_or_else(|| self.styles.class(style)),
            class => class,
        };
        let list = paragraph.list.or_else(|| self.styles.find(style, |style| style.list.clone()));
        let level = paragraph.level.or_else(|| self.styles.find(style, |style| style.list_level));
        let level = level.unwrap_or(0);
        let item = list.filter(|id| id != "0").and_then(|id| self.numbering.count(&id, level));
        if let Some(between) = paragraph.joined {
            return self.manuscript.text(between);
        }
        let shape = match class {
            Some(Class::Contents) => {
                self.manuscript.take();
                return;
            }
            Some(Class::Author) => {
                let author = self.manuscript.take();
                if author.len() <= LONGEST_AUTHOR {
                    self.authors.push(author);
                    return;
                }
                self.manuscript.text(&author);
                Shape::Prose
            }
            Some(Class::Title) => Shape::Title,
            Some(Class::Heading(level)) => Shape::Heading(level),
            Some(Class::Code) => Shape::Code,
            None => item.map_or(Shape::Prose, |marker| Shape::Item(level, marker)),
        };
        self.manuscript.end(&shape);
    }

    fn begin_note(&mut self, kind: &str, id: String) {
        self.end_note();
        self.note = Some((kind.into(), id));
        self.manuscript.open();
    }

    fn end_note(&mut self) {
        let Some((kind, id)) = self.note.take() else { return };
        let pieces = self.manuscript.close();
        match kind.as_str() {
            "comment" => self.manuscript.comment(&id, pieces),
            _ => drop(self.notes.insert(format!("{kind} {id}"), pieces)),
        }
    }

    /// Puts a note where the text names it first.
    fn noted(&mut self, kind: &str, element: &Element<'_>) {
        let id = element.attribute("id").unwrap_or_default();
        if let Some(pieces) = self.notes.remove(&format!("{kind} {id}")).filter(|_| !self.hidden) {
            self.manuscript.note(pieces);
        }
    }
}

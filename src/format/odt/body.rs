//! The text of an OpenDocument file, its notes and comments.

use std::{collections::HashMap, mem};

use super::{
    meta::Meta,
    style::{Class, Styles},
};
use crate::{
    article::Article,
    format::{
        Flow,
        office::manuscript::{Manuscript, Piece, Shape, collapsed},
        xml::{Element, Node, Xml},
    },
};

/// Paragraphs inside paragraphs, as deep as they are read.
const DEEPEST: usize = 16;

/// Lists inside lists, as deep as they are read.
const DEEPEST_LIST: usize = 32;

/// Blanks that are written as one element, at most.
const MOST_BLANKS: usize = 100;

/// A document while its parts are read.
#[derive(Default)]
pub(super) struct Body {
    meta: Meta,
    /// Whether what is read is said of the whole document.
    facts: bool,
    styles: Styles,
    manuscript: Manuscript,
    /// The text of formulas, by the name of their folder.
    objects: HashMap<String, String>,
    paragraph: Option<Paragraph>,
    lists: Vec<List>,
    /// The last number of lists that have ended, by style and depth.
    ended: HashMap<(String, usize), u32>,
    /// What holds the flow that is read: paragraphs with notes and boxes in them.
    outer: Vec<Outer>,
    /// Who wrote the comment that is read.
    author: String,
    /// The sections that are open: whether each is hidden.
    sections: Vec<bool>,
    /// The frames that are open: whether each holds the title of a slide.
    frames: Vec<bool>,
    slides: u32,
    slide_title: String,
}

#[derive(Debug, Default)]
struct Paragraph {
    style: String,
    /// The level of a heading, 0 for none.
    level: u8,
    hidden: bool,
    /// The spans that are open: whether each is hidden.
    spans: Vec<bool>,
    /// How many of them are.
    veils: usize,
}

impl Paragraph {
    /// Says whether what comes next in it is hidden.
    fn hides(&self) -> bool {
        self.hidden || self.veils > 0
    }
}

#[derive(Debug, Default)]
struct List {
    style: String,
    number: Option<u32>,
    /// The marker of the item, until its first paragraph.
    marker: Option<String>,
}

struct Outer {
    /// The element that began the flow.
    element: String,
    paragraph: Option<Paragraph>,
    lists: Vec<List>,
}

impl Body {
    /// Reads a part. Breaks where the part does.
    pub(super) fn read(&mut self, text: &str) -> Flow {
        let mut xml = Xml::new(text);
        while let Some(node) = xml.next() {
            match node {
                Node::Start(element) if self.facts => self.meta.start(&element, &mut xml),
                Node::Start(element) => self.start(&element, &mut xml),
                Node::End(name) => self.end(&name),
                Node::Text(text) => self.text(&text),
            }
        }
        self.facts = false;
        if xml.broken() { Flow::Break(()) } else { Flow::Continue(()) }
    }

    /// Reads a document inside this one: its text is kept if it is a formula.
    pub(super) fn object(&mut self, name: &str, text: &str) {
        let mut xml = Xml::new(text);
        while let Some(node) = xml.next() {
            if matches!(&node, Node::Start(element) if element.name() == "math") {
                self.objects.insert(name.into(), formula(&mut xml));
                break;
            }
        }
    }

    /// Fills an article with what was read.
    pub(super) fn finish(mut self, article: &mut Article) {
        self.end_slide();
        self.meta.finish(article);
        article.title = self.manuscript.title().or(article.title.take());
        article.sections = self.manuscript.finish();
    }

    fn start(&mut self, element: &Element<'_>, xml: &mut Xml<'_>) {
        let attribute = |name| element.attribute(name);
        match element.name() {
            "meta" if element.prefix() == "office" => self.facts = true,
            "p" | "h" => self.begin_paragraph(element, xml),
            "span" => {
                let style = attribute("style-name").unwrap_or_default();
                let hidden = self.styles.hides("text", &style);
                if let Some(paragraph) = &mut self.paragraph {
                    paragraph.spans.push(hidden);
                    paragraph.veils += usize::from(hidden);
                }
            }
            "s" => {
                let blanks = attribute("c").and_then(|count| count.parse::<usize>().ok()).unwrap_or(1);
                self.text(&" ".repeat(blanks.min(MOST_BLANKS)));
            }
            "tab" => self.text("\t"),
            "line-break" => self.text("\n"),
            "list" => self.begin_list(element, xml),
            "list-item" => self.begin_item(attribute("start-value").and_then(|start| start.parse().ok())),
            "list-header" => self.lists.last_mut().into_iter().for_each(|list| list.marker = None),
            name @ ("note-body" | "annotation" | "text-box") => self.open(name, xml),
            "creator" if self.is_in("annotation") => self.author = xml.text_inside(),
            "table" if element.prefix() == "table" => {
                self.open("table", xml);
                self.manuscript.begin_table();
            }
            "frame" => self.begin_frame(attribute("class").as_deref(), xml),
            "page" if element.prefix() == "draw" => self.begin_slide(),
            "math" => {
                let formula = formula(xml);
                self.text(&format!(" {formula} "));
            }
            "object" => {
                let name = attribute("href").unwrap_or_default();
                if let Some(formula) = self.objects.remove(name.trim_start_matches("./")) {
                    self.text(&format!(" {formula} "));
                }
            }
            "hidden-paragraph" if attribute("is-hidden").as_deref() == Some("true") => {
                self.paragraph.iter_mut().for_each(|paragraph| paragraph.hidden = true);
            }
            "hidden-text" if attribute("is-hidden").as_deref() != Some("false") => {
                let text = attribute("string-value").unwrap_or_default();
                let shown = xml.text_inside();
                self.manuscript.hidden(if text.is_empty() { &shown } else { &text });
            }
            "section" => self.sections.push(attribute("display").as_deref() == Some("none")),
            // What was deleted; what stands on every page; what lists other parts of the text.
            "tracked-changes" | "master-styles" | "forms" | "scripts" | "settings" | "note-citation"
            | "ruby-text" | "table-of-content" | "illustration-index" | "table-index" | "object-index"
            | "alphabetical-index" | "sequence-decls" | "variable-decls" | "user-field-decls"
            | "event-listeners" | "binary-data" | "footer-decl" | "header-decl" | "date-time-decl" => {
                xml.skip()
            }
            "title" | "desc" if element.prefix() == "svg" => xml.skip(),
            "date" | "date-string" | "creator-initials" | "sender-initials" if self.paragraph.is_none() => {
                xml.skip()
            }
            _ => self.styles.start(element),
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "meta" => self.facts = false,
            "p" | "h" => self.end_paragraph(name),
            "span" => {
                if let Some(paragraph) = &mut self.paragraph {
                    paragraph.veils -= usize::from(paragraph.spans.pop() == Some(true));
                }
            }
            "list" => {
                if let Some(List { style, number: Some(number), .. }) = self.lists.pop() {
                    self.ended.insert((style, self.lists.len()), number);
                }
            }
            "note-body" | "text-box" | "annotation" | "table" if self.is_in(name) => {
                let pieces = self.close();
                match name {
                    "note-body" => self.manuscript.note(pieces),
                    "annotation" => {
                        let author = mem::take(&mut self.author);
                        self.manuscript.comment(&author, pieces);
                    }
                    // What a box on a slide or page holds is in no paragraph.
                    _ if self.paragraph.is_none() => self.manuscript.add(pieces),
                    _ => self.manuscript.boxed(pieces),
                }
            }
            "section" => drop(self.sections.pop()),
            "table-cell" | "covered-table-cell" if self.is_in("table") => self.manuscript.end_cell(),
            "table-row" if self.is_in("table") => self.manuscript.end_row(),
            "frame" => self.end_frame(),
            "page" => self.end_slide(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let Some(paragraph) = &self.paragraph else { return };
        match paragraph.hides() {
            true => self.manuscript.hidden(text),
            false => self.manuscript.text(text),
        }
    }

    fn begin_paragraph(&mut self, element: &Element<'_>, xml: &mut Xml<'_>) {
        // The text of a shape that stands in a paragraph.
        if self.paragraph.is_some() {
            if self.outer.len() >= DEEPEST {
                return xml.skip();
            }
            self.open(element.name(), xml);
        }
        let style = element.attribute("style-name").unwrap_or_default();
        let level = element.attribute("outline-level").and_then(|level| level.parse().ok()).unwrap_or(1);
        // What is in something hidden is hidden too.
        let within = self.sections.contains(&true)
            || self.outer.iter().any(|outer| outer.paragraph.as_ref().is_some_and(Paragraph::hides));
        let hidden = within || self.styles.hides("paragraph", &style);
        let level = if element.name() == "h" { level } else { 0 };
        self.paragraph = Some(Paragraph { style, level, hidden, ..Paragraph::default() });
    }

    fn end_paragraph(&mut self, name: &str) {
        let Some(paragraph) = self.paragraph.take() else { return };
        let last = self.lists.len().checked_sub(1);
        let shape = match self.styles.class(&paragraph.style) {
            _ if paragraph.level > 0 => Shape::Heading(paragraph.level),
            Some(Class::Title) => Shape::Title,
            Some(Class::Code) => Shape::Code,
            None if self.manuscript.blank() => Shape::Prose,
            None => last.map_or(Shape::Prose, |at| Shape::Item(at, self.lists[at].marker.take())),
        };
        self.manuscript.end(&shape);
        if self.is_in(name) {
            let pieces = self.close();
            self.manuscript.boxed(pieces);
        }
    }

    fn begin_list(&mut self, element: &Element<'_>, xml: &mut Xml<'_>) {
        if self.lists.len() >= DEEPEST_LIST {
            return xml.skip();
        }
        let outer = self.lists.last().map(|list| list.style.clone());
        let style = element.attribute("style-name").or(outer).unwrap_or_default();
        let goes_on = element.attribute("continue-numbering").as_deref() == Some("true")
            || element.attribute("continue-list").is_some();
        let number = self.ended.get(&(style.clone(), self.lists.len())).copied().filter(|_| goes_on);
        self.lists.push(List { style, number, marker: None });
    }

    fn begin_item(&mut self, start: Option<u32>) {
        let depth = self.lists.len().saturating_sub(1);
        let Some(list) = self.lists.last_mut() else { return };
        let next = list.number.map(|last| last.saturating_add(1));
        list.number = Some(start.or(next).unwrap_or_else(|| self.styles.first(&list.style, depth)));
        let numbers: Vec<u32> = self.lists.iter().map(|list| list.number.unwrap_or(1)).collect();
        let list = self.lists.last_mut().expect("there was one");
        list.marker = self.styles.marker(&list.style, &numbers);
    }

    /// Begins what stands in a paragraph and is no part of it.
    fn open(&mut self, element: &str, xml: &mut Xml<'_>) {
        if self.outer.len() >= DEEPEST {
            return xml.skip();
        }
        let (paragraph, lists) = (self.paragraph.take(), mem::take(&mut self.lists));
        self.outer.push(Outer { element: element.into(), paragraph, lists });
        self.manuscript.open();
    }

    fn close(&mut self) -> Vec<Piece> {
        if let Some(outer) = self.outer.pop() {
            (self.paragraph, self.lists) = (outer.paragraph, outer.lists);
        }
        self.manuscript.close()
    }

    /// Says whether the flow that is read was begun by this element.
    fn is_in(&self, element: &str) -> bool {
        self.outer.last().is_some_and(|outer| outer.element == element)
    }

    fn begin_frame(&mut self, class: Option<&str>, xml: &mut Xml<'_>) {
        match class {
            Some("page-number" | "footer" | "header" | "date-time") => xml.skip(),
            _ => {
                let title = class == Some("title") && self.slides > 0 && self.outer.is_empty();
                self.frames.push(title);
                if title {
                    self.manuscript.open();
                }
            }
        }
    }

    fn end_frame(&mut self) {
        if self.frames.pop() == Some(true) {
            let pieces = self.manuscript.close();
            let texts = pieces.iter().map(Piece::text);
            self.slide_title = texts.collect::<Vec<_>>().join(" ");
        }
    }

    /// Begins a slide: its title stands over all of it, wherever it comes.
    fn begin_slide(&mut self) {
        self.end_slide();
        self.slides = self.slides.saturating_add(1);
        self.manuscript.slide(self.slides);
        self.outer.clear();
        self.frames.clear();
        self.manuscript.open();
    }

    fn end_slide(&mut self) {
        if self.slides > 0 {
            let pieces = self.manuscript.close();
            let title = Piece::heading(1, mem::take(&mut self.slide_title));
            self.manuscript.add([title].into_iter().chain(pieces).collect());
        }
    }
}

/// Reads a formula: as it was typed where that is kept, else its signs.
fn formula(xml: &mut Xml<'_>) -> String {
    let (mut signs, mut typed, mut depth) = (String::new(), None, 1);
    while depth > 0 {
        match xml.next() {
            Some(Node::Start(element)) if element.name() == "annotation" => typed = Some(xml.text_inside()),
            Some(Node::Start(_)) => {
                depth += 1;
                signs.push(' ');
            }
            Some(Node::End(_)) => depth -= 1,
            Some(Node::Text(text)) => signs.push_str(&text),
            None => break,
        }
    }
    collapsed(&typed.unwrap_or(signs))
}

//! A slide, its notes, comments or a diagram on it.

use crate::format::{
    Flow,
    office::{
        alternative::Alternatives,
        manuscript::{Manuscript, Piece, Shape},
        number::Digits,
    },
    xml::{Element, Node, Xml},
};

/// Levels of a list.
const LEVELS: usize = 9;

/// What a part is to a slide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    Slide,
    Diagram,
    Notes,
    Comments,
}

/// A part while it is read.
pub(super) struct Page<'a> {
    manuscript: &'a mut Manuscript,
    role: Role,
    alternatives: Alternatives,
    /// What the shape is there for, such as `title`; none for one that is there for nothing of its own.
    placeholder: Option<String>,
    /// Whether the title is read.
    in_title: bool,
    title: String,
    level: usize,
    marker: Marker,
    /// The last number of each level.
    numbers: [Option<u32>; LEVELS],
}

/// What stands before a paragraph.
#[derive(Debug, Default)]
enum Marker {
    /// What is usual in its shape.
    #[default]
    Usual,
    Nothing,
    Bullet,
    /// A number of this kind, and where to start.
    Number(String, u32),
}

impl<'a> Page<'a> {
    /// Reads a part. Breaks where the part does.
    pub(super) fn read(text: &str, role: Role, manuscript: &'a mut Manuscript) -> Flow {
        let mut page = Self {
            manuscript,
            role,
            alternatives: Alternatives::default(),
            placeholder: None,
            in_title: false,
            title: String::new(),
            level: 0,
            marker: Marker::default(),
            numbers: [None; LEVELS],
        };
        let mut xml = Xml::new(text);
        page.manuscript.open();
        while let Some(node) = xml.next() {
            match node {
                Node::Start(element) => page.start(&element, &mut xml),
                Node::End(name) => page.end(&name),
                Node::Text(_) => {}
            }
        }
        page.end_title();
        let pieces = page.manuscript.close();
        let title = Piece::heading(1, page.title);
        page.manuscript.add([title].into_iter().chain(pieces).collect());
        if xml.broken() { Flow::Break(()) } else { Flow::Continue(()) }
    }

    fn start(&mut self, element: &Element<'_>, xml: &mut Xml<'_>) {
        match element.name() {
            "sp" => {
                self.placeholder = None;
                self.numbers = [None; LEVELS];
            }
            "ph" => self.placeholder = Some(element.attribute("type").unwrap_or_else(|| "obj".into())),
            "txBody" if self.is_left_out() => xml.skip(),
            "txBody" => self.begin_title(),
            "p" => (self.level, self.marker) = (0, Marker::Usual),
            "pPr" => {
                let level = element.attribute("lvl").and_then(|level| level.parse().ok()).unwrap_or(0);
                self.level = level.min(LEVELS - 1);
            }
            "buNone" => self.marker = Marker::Nothing,
            "buChar" | "buBlip" => self.marker = Marker::Bullet,
            "buAutoNum" => {
                let start = element.attribute("startAt").and_then(|start| start.parse().ok()).unwrap_or(1);
                self.marker = Marker::Number(element.attribute("type").unwrap_or_default(), start);
            }
            "t" if self.role != Role::Diagram || element.prefix() != "dgm" => {
                let text = xml.text_inside();
                self.manuscript.text(&text);
            }
            "br" => self.manuscript.text("\n"),
            "den" => self.manuscript.text("/"),
            "sup" => self.manuscript.text("^"),
            "sub" => self.manuscript.text("_"),
            // The number of the slide; what a list would look like.
            "fld" if element.attribute("type").as_deref() == Some("slidenum") => xml.skip(),
            "lstStyle" => xml.skip(),
            "tbl" => self.manuscript.begin_table(),
            "cm" => self.manuscript.open(),
            "text" if self.role == Role::Comments => {
                let text = xml.text_inside();
                self.manuscript.text(&text);
            }
            name => self.alternatives.start(name, xml),
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" => self.end_paragraph(),
            "txBody" => self.end_title(),
            "tc" => self.manuscript.end_cell(),
            "tr" => self.manuscript.end_row(),
            "tbl" => self.manuscript.end_table(),
            "cm" => {
                let pieces = self.manuscript.close();
                self.manuscript.comment("", pieces);
            }
            name => self.alternatives.end(name),
        }
    }

    /// Says whether the shape holds what is no text of this slide.
    fn is_left_out(&self) -> bool {
        match (self.role, self.placeholder.as_deref()) {
            (_, Some("sldNum" | "ftr" | "dt" | "hdr" | "sldImg")) => true,
            // The title and pictures of the slide, again.
            (Role::Notes, placeholder) => placeholder != Some("body"),
            _ => false,
        }
    }

    fn begin_title(&mut self) {
        let title = matches!(self.placeholder.as_deref(), Some("title" | "ctrTitle"));
        if title && self.role == Role::Slide && !self.in_title {
            self.in_title = true;
            self.manuscript.open();
        }
    }

    /// Keeps the title for the heading, wherever it comes.
    fn end_title(&mut self) {
        if std::mem::take(&mut self.in_title) {
            for piece in self.manuscript.close() {
                self.title.push(' ');
                self.title.push_str(piece.text());
            }
        }
    }

    fn end_paragraph(&mut self) {
        let blank = self.manuscript.blank();
        let list = match (self.role, self.placeholder.as_deref()) {
            (Role::Slide, placeholder) => matches!(placeholder, Some("obj" | "body")),
            (role, _) => role == Role::Diagram,
        };
        let table = self.manuscript.tables() > 0;
        let marker = match std::mem::take(&mut self.marker) {
            _ if self.in_title || blank => None,
            Marker::Number(kind, start) => Some(self.count(&kind, start)),
            Marker::Bullet => Some("-".into()),
            Marker::Usual if list && !table => Some("-".into()),
            Marker::Usual | Marker::Nothing => None,
        };
        if !blank && marker.as_deref().is_none_or(|marker| marker == "-") {
            self.numbers[self.level..].fill(None);
        }
        let shape = marker.map_or(Shape::Prose, |marker| Shape::Item(self.level, Some(marker)));
        self.manuscript.end(&shape);
    }

    /// Counts an item, and returns its marker. The kind says both digits and what stands around them,
    /// such as `arabicPeriod`.
    fn count(&mut self, kind: &str, start: u32) -> String {
        self.numbers[self.level + 1..].fill(None);
        let last = &mut self.numbers[self.level];
        let number = last.map_or(start, |last| last.saturating_add(1));
        *last = Some(number);
        let digits = [
            ("alphaLc", Digits::Letters),
            ("alphaUc", Digits::Capitals),
            ("romanLc", Digits::Roman),
            ("romanUc", Digits::RomanCapitals),
        ];
        let digits = digits.iter().find(|(name, _)| kind.starts_with(name)).map(|&(_, digits)| digits);
        let number = digits.unwrap_or_default().print(number);
        match () {
            () if kind.ends_with("ParenBoth") => format!("({number})"),
            () if kind.ends_with("ParenR") => format!("{number})"),
            () if kind.ends_with("Plain") => number,
            () => format!("{number}."),
        }
    }
}

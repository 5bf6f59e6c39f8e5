//! The visible text of a page as pieces: headings, paragraphs, list items, table rows, code.
//!
//! A piece knows which nodes its text is from. So it can be told later which of it is the article,
//! though by then another algorithm has taken the page apart.

use std::collections::HashSet;

use dom_query::{NodeData, NodeId, NodeRef};

use crate::article::Kind;

/// Bytes of the longest table row. A longer one is no row of data, but a page laid out as a table.
const LONGEST_ROW: usize = 600;

/// Lists deeper than this are indented no further.
const DEEPEST_INDENT: usize = 8;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    /// A heading of a level from 1 to 6.
    Heading(u8),
    /// A block of text.
    Block(Kind),
}

/// A heading or a block of text.
#[derive(Debug)]
pub(super) struct Piece {
    pub shape: Shape,
    pub text: String,
    runs: Vec<Run>,
    /// Whether there is more in it than the descriptions of images.
    pub has_words: bool,
    /// Whether all of it is one link or more.
    pub is_link: bool,
}

/// Part of a piece's text, up to the offset `end`: from one node, or a mark that stands between.
#[derive(Clone, Copy, Debug)]
struct Run {
    end: usize,
    node: Option<NodeId>,
}

impl Piece {
    /// Parts the text into that of the given nodes and the rest. Marks go with the former.
    pub(super) fn part(&self, nodes: &HashSet<NodeId>) -> (String, String) {
        let inside = |run: &Run| run.node.is_none_or(|node| nodes.contains(&node));
        if !self.runs.iter().any(|run| run.node.is_some() && inside(run)) {
            return (String::new(), self.text.clone());
        }
        if self.runs.iter().all(inside) {
            return (self.text.clone(), String::new());
        }
        let (mut own, mut rest) = (String::new(), String::new());
        let mut start = 0;
        for run in &self.runs {
            let text = &self.text[start..run.end];
            start = run.end;
            if !inside(run) {
                rest.push(' ');
                rest.push_str(text);
            } else if run.node.is_some() || !own.ends_with(char::is_whitespace) {
                own.push_str(text);
            }
        }
        (own, rest)
    }

    fn push(&mut self, text: &str, node: Option<NodeId>) {
        self.text.push_str(text);
        self.runs.push(Run { end: self.text.len(), node });
    }
}

/// Collects the pieces of all visible text in `root`, in order.
pub(super) fn pieces(root: NodeRef<'_>) -> Vec<Piece> {
    let mut walk = Walk::default();
    let mut open: Vec<Element> = Vec::new();
    let mut next = root.first_child();
    while let Some(node) = next {
        let element = walk.enter(node);
        let empty = matches!(element, Element::Hidden | Element::Break | Element::Rule | Element::Image);
        let child = if empty { None } else { node.first_child() };
        open.push(element);
        next = child;
        let mut last = node;
        while next.is_none() {
            match open.pop() {
                Some(element) => walk.leave(element),
                None => break,
            }
            next = last.next_sibling();
            if next.is_none() {
                match last.parent() {
                    Some(parent) => last = parent,
                    None => break,
                }
            }
        }
    }
    walk.end_piece();
    walk.pieces
}

/// What an element does to the text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Element {
    Hidden,
    Break,
    Rule,
    Image,
    /// It stands inside words.
    Inline,
    /// It stands inside words, but does not make one with another of its kind.
    Link,
    /// It parts words.
    Word,
    Block,
    Heading(u8),
    /// A list; a numbered one with its first number.
    List(Option<u32>),
    Item,
    Code,
    Row,
    Cell,
}

#[derive(Debug, Default)]
struct Walk {
    pieces: Vec<Piece>,
    text: String,
    runs: Vec<Run>,
    has_words: bool,
    /// Whether a space is due before the next word, and how many line breaks.
    space: bool,
    breaks: usize,
    /// Whether a link has just ended.
    linked: bool,
    links: usize,
    /// Whether any text of the piece is outside links.
    has_plain: bool,
    heading: Option<u8>,
    code: usize,
    /// Open lists: the number of the next item.
    lists: Vec<Option<u32>>,
    /// Open list items: whether they are text to be marked as items.
    items: Vec<bool>,
    /// Whether the mark of a list item is due.
    mark: Option<String>,
    rows: Vec<Row>,
}

/// An open table row.
#[derive(Debug)]
struct Row {
    /// The first piece of each cell.
    cells: Vec<usize>,
}

impl Walk {
    fn enter(&mut self, node: NodeRef<'_>) -> Element {
        let text = node.query_or(false, |inner| match &inner.data {
            NodeData::Text { contents } => {
                self.write(contents, node.id);
                true
            }
            _ => false,
        });
        if text {
            return Element::Inline;
        }
        let Some(element) = node.element_ref() else { return Element::Hidden };
        let attribute = |name: &str| {
            element
                .attrs
                .iter()
                .find(|attribute| &*attribute.name.local == name)
                .map(|attribute| &*attribute.value)
        };
        let kind = kind(&element.name.local, &attribute);
        match kind {
            Element::Hidden | Element::Inline => {}
            Element::Break if self.code > 0 => self.push("\n", None),
            Element::Break => self.breaks += 1,
            Element::Image => self.write_image(attribute("alt").unwrap_or_default(), node.id),
            Element::Link => {
                self.space |= self.linked;
                self.links += 1;
            }
            Element::Word => self.space = true,
            _ if self.heading.is_some() => self.space = true,
            Element::Rule | Element::Block => self.end_block(),
            Element::Heading(level) => {
                self.end_piece();
                self.heading = Some(level);
                self.mark = None;
                if let Some(item) = self.items.last_mut() {
                    // An item with a heading is a part of the article, not a line of a list.
                    *item = false;
                }
            }
            Element::List(first) => {
                self.end_piece();
                self.lists.push(first);
            }
            Element::Item => {
                self.end_piece();
                let indent = "  ".repeat(self.lists.len().saturating_sub(1).min(DEEPEST_INDENT));
                self.mark = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let mark = format!("{indent}{number}. ");
                        *number = number.saturating_add(1);
                        mark
                    }
                    _ => format!("{indent}- "),
                });
                self.items.push(true);
            }
            Element::Code => {
                self.end_piece();
                self.code += 1;
            }
            Element::Row => {
                self.end_piece();
                self.rows.push(Row { cells: Vec::new() });
            }
            Element::Cell => {
                self.end_piece();
                let at = self.pieces.len();
                if let Some(row) = self.rows.last_mut() {
                    row.cells.push(at);
                }
            }
        }
        // Inside a heading all else but text only parts words.
        match kind {
            Element::Hidden | Element::Break | Element::Rule | Element::Image => kind,
            Element::Inline | Element::Link | Element::Heading(_) => kind,
            _ if self.heading.is_some() => Element::Word,
            _ => kind,
        }
    }

    fn leave(&mut self, element: Element) {
        match element {
            Element::Hidden | Element::Break | Element::Rule | Element::Image | Element::Inline => {}
            Element::Link => {
                self.linked = true;
                self.links -= 1;
            }
            Element::Word => self.space = true,
            Element::Block => self.end_block(),
            Element::Heading(_) => {
                self.end_piece();
                self.heading = None;
            }
            Element::List(_) => {
                self.end_piece();
                self.lists.pop();
            }
            Element::Item => {
                self.end_piece();
                self.items.pop();
                self.mark = None;
            }
            Element::Code => {
                self.end_piece();
                self.code -= 1;
            }
            Element::Row => {
                self.end_piece();
                if let Some(row) = self.rows.pop() {
                    self.end_row(&row);
                }
            }
            Element::Cell => self.end_piece(),
        }
    }

    fn write(&mut self, text: &str, node: NodeId) {
        if self.code > 0 {
            self.has_words = true;
            self.has_plain = true;
            self.push(text, Some(node));
            return;
        }
        self.space |= text.starts_with(char::is_whitespace);
        let mut words = text.split_whitespace();
        let Some(first) = words.next() else { return };
        self.begin_word();
        self.has_words = true;
        self.has_plain |= self.links == 0;
        self.text.push_str(first);
        for word in words {
            self.text.push(' ');
            self.text.push_str(word);
        }
        self.runs.push(Run { end: self.text.len(), node: Some(node) });
        self.space = text.ends_with(char::is_whitespace);
    }

    fn write_image(&mut self, description: &str, node: NodeId) {
        let words: Vec<&str> = description.split_whitespace().collect();
        // One word with digits in it is the name of a file.
        let name = |word: &&str| word.contains('_') || word.contains(|char: char| char.is_ascii_digit());
        if words.is_empty() || words.len() == 1 && words.iter().any(name) || self.code > 0 {
            return;
        }
        self.space = true;
        self.begin_word();
        self.has_plain |= self.links == 0;
        self.push(&words.join(" "), Some(node));
        self.space = true;
    }

    /// Writes what is due before a word.
    fn begin_word(&mut self) {
        if self.breaks > 1 && self.heading.is_none() {
            self.end_piece();
        }
        if self.text.is_empty() {
            if let Some(mark) = self.mark.take() {
                self.push(&mark, None);
            } else if self.is_item() {
                self.push(&"  ".repeat(self.lists.len().clamp(1, DEEPEST_INDENT + 1)), None);
            }
        } else if self.breaks > 0 && self.heading.is_none() {
            self.push("\n", None);
        } else if self.space || self.breaks > 0 {
            self.push(" ", None);
        }
        self.space = false;
        self.breaks = 0;
        self.linked = false;
    }

    fn push(&mut self, text: &str, node: Option<NodeId>) {
        self.text.push_str(text);
        self.runs.push(Run { end: self.text.len(), node });
    }

    fn is_item(&self) -> bool {
        self.items.last().is_some_and(|item| *item) && self.code == 0 && self.heading.is_none()
    }

    fn end_block(&mut self) {
        if self.code == 0 {
            self.end_piece();
        } else if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.push("\n", None);
        }
    }

    fn end_piece(&mut self) {
        self.space = false;
        self.breaks = 0;
        let text = std::mem::take(&mut self.text);
        let runs = std::mem::take(&mut self.runs);
        let has_words = std::mem::take(&mut self.has_words);
        let is_link = !std::mem::take(&mut self.has_plain);
        if !runs.iter().any(|run| run.node.is_some()) || text.trim().is_empty() {
            return;
        }
        // The description of an image often says what its caption says.
        if let Some(last) = self.pieces.last()
            && !last.has_words
            && has_words
            && text.contains(last.text.trim())
        {
            self.pieces.pop();
        }
        let shape = match self.heading {
            Some(level) => Shape::Heading(level),
            None if self.code > 0 => Shape::Block(Kind::Code),
            None if self.is_item() => Shape::Block(Kind::Item),
            None => Shape::Block(Kind::Prose),
        };
        self.pieces.push(Piece { shape, text, runs, has_words, is_link });
    }

    /// Makes one piece of the cells of a row, where they hold no more than a table of data does.
    fn end_row(&mut self, row: &Row) {
        let Some(&start) = row.cells.first() else { return };
        let start = start.min(self.pieces.len());
        let inner = &self.pieces[start..];
        let simple = |piece: &Piece| matches!(piece.shape, Shape::Block(Kind::Prose | Kind::Item));
        let length: usize = inner.iter().map(|piece| piece.text.len()).sum();
        if row.cells.len() < 2 || inner.is_empty() || length > LONGEST_ROW || !inner.iter().all(simple) {
            return;
        }
        let inner: Vec<Piece> = self.pieces.drain(start..).collect();
        let mut joined = Piece {
            shape: Shape::Block(Kind::Row),
            text: String::new(),
            runs: Vec::new(),
            has_words: true,
            is_link: false,
        };
        let mut cell = 0;
        for (number, piece) in inner.iter().enumerate() {
            let at = start + number;
            let own = row.cells.iter().rposition(|&first| first <= at).unwrap_or(0);
            if own > cell {
                joined.push(&" | ".repeat(own - cell), None);
            } else if number > 0 {
                joined.push(" ", None);
            }
            cell = own;
            let mut begin = 0;
            for run in &piece.runs {
                let part = piece.text[begin..run.end].replace('\n', " ");
                begin = run.end;
                if !(run.node.is_none() && part.trim_start().is_empty() && part.len() > 1) {
                    joined.push(&part, run.node);
                }
            }
        }
        self.pieces.push(joined);
    }
}

fn kind<'a>(name: &str, attribute: &impl Fn(&str) -> Option<&'a str>) -> Element {
    if attribute("hidden").is_some() || attribute("style").is_some_and(is_hidden) {
        return Element::Hidden;
    }
    match name {
        "a" => Element::Link,
        "span" => Element::Inline,
        "address" | "article" | "aside" | "blockquote" | "body" | "caption" | "center" | "dd" | "details"
        | "dialog" | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form"
        | "header" | "hgroup" | "legend" | "main" | "nav" | "p" | "search" | "section" | "summary"
        | "table" | "tbody" | "tfoot" | "thead" => Element::Block,
        "br" => Element::Break,
        "hr" => Element::Rule,
        "img" => Element::Image,
        "button" | "label" => Element::Word,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Element::Heading(name.as_bytes()[1] - b'0'),
        "dir" | "menu" | "ul" => Element::List(None),
        "ol" => {
            Element::List(Some(attribute("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1)))
        }
        "li" => Element::Item,
        "listing" | "pre" => Element::Code,
        "tr" => Element::Row,
        "td" | "th" => Element::Cell,
        "audio" | "canvas" | "datalist" | "embed" | "head" | "iframe" | "input" | "noscript" | "object"
        | "script" | "select" | "style" | "svg" | "template" | "textarea" | "title" | "video" => {
            Element::Hidden
        }
        _ => Element::Inline,
    }
}

fn is_hidden(style: &str) -> bool {
    style.split(';').filter_map(|rule| rule.split_once(':')).any(|(name, value)| {
        let (name, value) = (name.trim(), value.trim());
        name.eq_ignore_ascii_case("display")
            && value.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("none"))
            || name.eq_ignore_ascii_case("visibility") && value.eq_ignore_ascii_case("hidden")
    })
}

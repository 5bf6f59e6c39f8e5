//! The parser's events as blocks under their headings, each with its line.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::raw::{inline_code, strip_tags};
use crate::{
    article::Kind,
    format::{
        line,
        outline::{self, Outline},
    },
};

/// The blocks of a text, as the events of the parser make them.
#[derive(Debug)]
pub(super) struct Blocks {
    /// Offset of the first character of each line.
    lines: Vec<usize>,
    outline: Outline,
    containers: Vec<Container>,
    /// The number of the next item of each open list, where it is numbered.
    lists: Vec<Option<u64>>,
    /// What the next block begins with: the mark of a list item or of a footnote.
    mark: Option<String>,
    /// The block being read, once it has text.
    block: Option<Block>,
    /// The level of the heading being read.
    heading: Option<u8>,
    /// The lines of code or HTML being read, and the line of the first.
    raw: Option<(String, u32)>,
    /// The cells of the table row being read, and its line.
    row: Option<(Vec<String>, u32)>,
}

/// What a block stands in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Container {
    Quote,
    Item,
    Note,
}

#[derive(Debug)]
struct Block {
    kind: Kind,
    text: String,
    /// The line of its first character.
    line: u32,
    /// The line of its last one.
    last: u32,
    /// What each further line begins with.
    margin: String,
}

impl Blocks {
    /// Begins with the whole text of the file, after what was read before.
    pub(super) fn new(text: &str, outline: Outline) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self {
            lines: std::iter::once(0).chain(starts).collect(),
            outline,
            containers: Vec::new(),
            lists: Vec::new(),
            mark: None,
            block: None,
            heading: None,
            raw: None,
            row: None,
        }
    }

    /// Takes the next event; `source` is what stands for it in the file, `at` its offset.
    pub(super) fn event(&mut self, event: Event<'_>, source: &str, at: usize) {
        match event {
            Event::Start(tag) => self.start(tag, at),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) if self.raw.is_some() => self.write_raw(&text, at),
            // A line break here was written as an entity.
            Event::Text(text) => self.write(&text.replace('\n', " "), at),
            Event::Code(text) => self.write(inline_code(&text, source), at),
            Event::InlineHtml(tag) => {
                // Most tags part words, as `<br>` does; a line break is seen at the next text.
                if strip_tags(&tag).contains(' ')
                    && let Some(block) = &mut self.block
                {
                    block.text.push(' ');
                }
            }
            Event::FootnoteReference(label) => self.write(&format!("[{label}]"), at),
            Event::TaskListMarker(done) => self.write(if done { "[x] " } else { "[ ] " }, at),
            Event::Rule => self.end_block(),
            // A line break is seen at the next text. Mathematics is not asked for: it is text.
            Event::SoftBreak
            | Event::HardBreak
            | Event::Html(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }

    /// Returns all that was read.
    pub(super) fn finish(mut self) -> Outline {
        self.end_block();
        self.outline
    }

    fn start(&mut self, tag: Tag<'_>, at: usize) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_block();
                // A heading inside a quotation or a list is not one of the article.
                self.heading = self.containers.is_empty().then_some(level as u8);
            }
            Tag::BlockQuote(_) => self.open(Container::Quote),
            Tag::FootnoteDefinition(label) => {
                self.open(Container::Note);
                self.mark = Some(format!("[{label}] "));
            }
            Tag::List(first) => {
                self.end_block();
                self.lists.push(first);
            }
            Tag::Item => {
                self.open(Container::Item);
                self.mark = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                });
            }
            Tag::CodeBlock(_) | Tag::HtmlBlock => {
                self.end_block();
                self.mark = None;
                self.raw = Some((String::new(), 0));
            }
            Tag::TableHead | Tag::TableRow => self.row = Some((Vec::new(), self.line(at))),
            Tag::Table(_) => {
                self.end_block();
                self.mark = None;
            }
            Tag::Paragraph | Tag::TableCell => self.end_block(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_block(),
            TagEnd::Heading(_) => {
                self.end_block();
                self.heading = None;
            }
            TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition | TagEnd::Item => {
                self.end_block();
                self.containers.pop();
                self.mark = None;
            }
            TagEnd::List(_) => {
                self.end_block();
                self.lists.pop();
            }
            TagEnd::CodeBlock => {
                if let Some((code, line)) = self.raw.take() {
                    self.outline.push(Kind::Code, &code, line);
                }
            }
            TagEnd::HtmlBlock => {
                if let Some((html, line)) = self.raw.take() {
                    let text = strip_tags(&html);
                    let text: Vec<&str> = text.lines().map(str::trim).collect();
                    self.outline.push(Kind::Prose, &text.join("\n"), line);
                }
            }
            TagEnd::TableCell => {
                let text = self.block.take().map(|block| block.text).unwrap_or_default();
                if let Some((cells, _)) = &mut self.row {
                    cells.push(text.trim().to_owned());
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                if let Some((cells, line)) = self.row.take() {
                    self.outline.push(Kind::Row, &line::of_cells(&cells), line);
                }
            }
            _ => {}
        }
    }

    fn open(&mut self, container: Container) {
        self.end_block();
        self.containers.push(container);
    }

    fn end_block(&mut self) {
        let Some(block) = self.block.take() else { return };
        match self.heading {
            Some(level) => self.outline.heading(level, without_id(&block.text), block.line),
            None => self.outline.push(block.kind, &block.text, block.line),
        }
    }

    /// Adds text that stands at an offset of the file to the block, and before it the line breaks
    /// that the source has there.
    fn write(&mut self, text: &str, at: usize) {
        if self.block.is_none() && text.trim().is_empty() {
            return;
        }
        let line = self.line(at);
        let block = match &mut self.block {
            Some(block) => block,
            None => {
                let block = self.begin(line);
                self.block.insert(block)
            }
        };
        let broken = block.last < line;
        while block.last < line {
            block.text.truncate(block.text.trim_end_matches(' ').len());
            block.text.push('\n');
            block.text.push_str(&block.margin);
            block.last += 1;
        }
        block.text.push_str(if broken { text.trim_start() } else { text });
        block.last += text.matches('\n').count() as u32;
    }

    fn begin(&mut self, line: u32) -> Block {
        let mark = self.mark.take();
        let (kind, text, margin) = match self.containers.last() {
            Some(Container::Item) => {
                let indent = outline::indent(self.lists.len().saturating_sub(1));
                let margin = format!("{indent}  ");
                (Kind::Item, mark.map_or_else(|| margin.clone(), |mark| format!("{indent}{mark}")), margin)
            }
            _ => (Kind::Prose, mark.unwrap_or_default(), String::new()),
        };
        Block { kind, text, line, last: line, margin }
    }

    fn write_raw(&mut self, text: &str, at: usize) {
        let first = self.line(at);
        if let Some((raw, line)) = &mut self.raw {
            if raw.is_empty() {
                *line = first;
            }
            raw.push_str(text);
        }
    }

    /// Returns the line of an offset, counting from 1.
    fn line(&self, at: usize) -> u32 {
        self.lines.partition_point(|&start| start <= at) as u32
    }
}

/// Returns a heading without the `{#id}` that some programs read after it.
fn without_id(heading: &str) -> &str {
    match heading.trim_end().strip_suffix('}').and_then(|text| text.rfind("{#")) {
        Some(at) if at > 0 => &heading[..at],
        _ => heading,
    }
}

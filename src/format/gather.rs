//! Blocks gathered line by line, as the readers of plain-text markup meet them.
//!
//! Each line of a block stands in its text at a line break of its own, and one that was passed over
//! leaves an empty one: that is how a line number is found.

use super::{
    line,
    outline::{self, Outline},
};
use crate::article::{Kind, Section};

/// Passed-over lines after which a block goes on as a new one.
const LONGEST_GAP: u32 = 20;

/// The blocks of a file while it is read.
pub(super) struct Gather<'a> {
    /// The sections so far.
    pub(super) outline: Outline,
    open: Option<Open>,
    /// Takes the marks out of a block's text and keeps its line breaks.
    clean: Box<dyn Fn(&str) -> String + 'a>,
}

/// The block that is being gathered.
struct Open {
    kind: Kind,
    /// What it begins with, such as `- `, with its indent.
    mark: String,
    text: String,
    line: u32,
    last: u32,
}

impl<'a> Gather<'a> {
    /// Begins; `clean` takes the marks out of a block's text and keeps its line breaks.
    pub(super) fn new(clean: impl Fn(&str) -> String + 'a) -> Self {
        Self { outline: Outline::default(), open: None, clean: Box::new(clean) }
    }

    /// Adds a line, or a part of one, to the open block, or begins a paragraph with it.
    pub(super) fn write(&mut self, text: &str, line: u32) {
        if self.open.as_ref().is_some_and(|open| line > open.last + LONGEST_GAP) {
            self.end();
        }
        if self.open.is_none() {
            if text.trim().is_empty() {
                return;
            }
            self.begin(Kind::Prose, "", line);
        }
        let Some(open) = &mut self.open else { return };
        if open.text.is_empty() {
            (open.line, open.last) = (line, line);
        }
        let broken = open.last < line;
        while open.last < line {
            open.text.truncate(open.text.trim_end_matches([' ', '\t']).len());
            open.text.push('\n');
            open.last += 1;
        }
        let start = broken || open.text.is_empty();
        open.text.push_str(if start { text.trim_start_matches([' ', '\t']) } else { text });
        open.last += text.bytes().filter(|&byte| byte == b'\n').count() as u32;
    }

    /// Begins a block; `mark` stands before its text.
    pub(super) fn begin(&mut self, kind: Kind, mark: &str, line: u32) {
        self.end();
        self.open = Some(Open { kind, mark: mark.to_owned(), text: String::new(), line, last: line });
    }

    /// Begins a list item, `depth` lists inside the outermost one, with its mark, such as `-`.
    pub(super) fn item(&mut self, depth: usize, mark: &str, line: u32) {
        let indent = outline::indent(depth);
        let mark = if mark.is_empty() { "  " } else { &format!("{mark} ") };
        self.begin(Kind::Item, &format!("{indent}{mark}"), line);
    }

    /// Says whether a block is open and has text.
    pub(super) fn is_open(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !open.text.is_empty())
    }

    /// Says whether no block is open, not even one without text.
    pub(super) fn is_ended(&self) -> bool {
        self.open.is_none()
    }

    /// Ends the open block.
    pub(super) fn end(&mut self) {
        let Some(open) = self.open.take() else { return };
        let text = self.cleaned(&open.text);
        if text.trim().is_empty() {
            return;
        }
        let margin = open.mark.len() - open.mark.trim_start().len();
        let text = match open.kind {
            Kind::Item => text.replace('\n', &format!("\n{}", " ".repeat(margin + 2))),
            _ => text,
        };
        // Lines that lost all their text stand before the first one that kept some.
        let lead = text.len() - text.trim_start().len();
        let skipped = text[..lead].matches('\n').count() as u32;
        self.outline.push(open.kind, &(open.mark + &text[lead..]), open.line + skipped);
    }

    /// Adds a heading; level 1 is the outermost.
    pub(super) fn heading(&mut self, level: usize, text: &str, line: u32) {
        self.end();
        let text = self.cleaned(text);
        self.outline.heading(u8::try_from(level).unwrap_or(u8::MAX), &text, line);
    }

    /// Adds lines of code, as they are.
    pub(super) fn code(&mut self, lines: &[&str], line: u32) {
        self.end();
        self.outline.push(Kind::Code, &unindented(lines), line);
    }

    /// Adds lines of code that have marks in them.
    pub(super) fn marked_code(&mut self, lines: &[&str], line: u32) {
        self.end();
        let text = shown((self.clean)(&unindented(lines)));
        self.outline.push(Kind::Code, &text, line);
    }

    /// Adds a row of a table. Empty cells at its end are left out.
    pub(super) fn row(&mut self, cells: &[impl AsRef<str>], line: u32) {
        self.end();
        let cells: Vec<String> = cells.iter().map(|cell| line::of(&self.cleaned(cell.as_ref()))).collect();
        self.outline.push(Kind::Row, &line::of_cells(&cells), line);
    }

    /// Returns text without its marks.
    pub(super) fn clean(&self, text: &str) -> String {
        self.cleaned(text).trim().to_owned()
    }

    fn cleaned(&self, text: &str) -> String {
        shown(one_blank(&(self.clean)(text)))
    }

    /// Returns the sections, in order.
    pub(super) fn finish(mut self) -> Vec<Section> {
        self.end();
        self.outline.finish()
    }
}

/// Returns the lines without the indent that all of them have.
pub(super) fn unindented(lines: &[&str]) -> String {
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    let margin =
        filled.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len()).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(margin..).unwrap_or("").trim_end()).collect();
    lines.join("\n")
}

/// Returns the columns that the text of a line is indented by.
pub(super) fn indent(line: &str) -> usize {
    let blanks = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t'));
    blanks.fold(0, |column, byte| if byte == b'\t' { (column / 8 + 1) * 8 } else { column + 1 })
}

/// Code point that the hidden signs begin at: private ones, which no text has.
const HIDDEN: u32 = 0x10_ff00;

/// Returns text with its signs hidden, so that they are not taken for marks.
pub(super) fn hidden(text: &str) -> String {
    let hide = |char: char| match char.is_ascii_punctuation() {
        true => char::from_u32(HIDDEN + u32::from(char)).unwrap_or(char),
        false => char,
    };
    text.chars().map(hide).collect()
}

/// Returns text with its hidden signs shown again.
pub(super) fn shown(text: String) -> String {
    // What all hidden signs begin with in UTF-8.
    if !text.as_bytes().contains(&0xf4) {
        return text;
    }
    let show = |char: char| {
        let sign = u32::from(char).checked_sub(HIDDEN).and_then(|sign| u8::try_from(sign).ok());
        sign.filter(u8::is_ascii_punctuation).map_or(char, char::from)
    };
    text.chars().map(show).collect()
}

/// Returns a text without its marks. `mark` says what is kept of the one at an offset and where that ends,
/// none where there is none; it may take back what was written before.
pub(super) fn unmarked(
    text: &str,
    mut mark: impl FnMut(usize, &mut String) -> Option<(String, usize)>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        match mark(at, &mut out) {
            Some((kept, next)) => {
                out.push_str(&kept);
                at = next;
            }
            None => {
                out.push(first);
                at += first.len_utf8();
            }
        }
    }
    out
}

/// Finds a mark again and again, and searches no part of the text twice.
pub(super) struct Next<'a> {
    text: &'a str,
    mark: &'a str,
    found: Option<usize>,
    /// Where the last search began.
    from: Option<usize>,
}

impl<'a> Next<'a> {
    /// Begins before the first `mark` of a text.
    pub(super) fn new(text: &'a str, mark: &'a str) -> Self {
        Self { text, mark, found: None, from: None }
    }

    /// Returns where the next mark stands at or after an offset. Going back costs only the way back.
    pub(super) fn at(&mut self, at: usize) -> Option<usize> {
        let from = self.from.unwrap_or(usize::MAX);
        if from <= at && self.found.is_none_or(|found| found >= at) {
            return self.found;
        }
        let end = from.saturating_add(self.mark.len() - 1);
        match self.text.get(at..end) {
            Some(before) if at < from => {
                self.found = before.find(self.mark).map(|found| at + found).or(self.found);
            }
            _ => {
                self.found = self.text.get(at..).and_then(|text| text.find(self.mark)).map(|found| at + found)
            }
        }
        self.from = Some(at);
        self.found
    }
}

/// Returns the line breaks of a text that is left out.
pub(super) fn breaks(text: &str) -> String {
    "\n".repeat(text.bytes().filter(|&byte| byte == b'\n').count())
}

/// Returns text with one space where there were more, and none at the ends of its lines.
fn one_blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        // What is neither a blank nor a control character, at once.
        let plain = rest.bytes().take_while(u8::is_ascii_graphic).count();
        out.push_str(&rest[..plain]);
        let mut chars = rest[plain..].chars();
        let Some(char) = chars.next() else { break };
        rest = chars.as_str();
        let blank = matches!(char, ' ' | '\t' | '\x0c' | '\u{a0}');
        if char == '\n' {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
        } else if !blank && !char.is_control() {
            out.push(char);
        } else if !out.ends_with([' ', '\n']) && !out.is_empty() {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Asserts that each word of `text` that looks like `w7w` comes out once, on its own line.
#[cfg(test)]
pub(super) fn assert_words_on_their_lines(text: &str, sections: &[Section]) {
    let mut found = std::collections::BTreeMap::new();
    let mut note = |word: &str, line: Option<u32>| {
        for word in word.split(|char: char| !char.is_alphanumeric()) {
            if word.len() > 2 && word.starts_with('w') && word.ends_with('w') {
                found.entry(word.to_owned()).or_insert_with(Vec::new).push(line);
            }
        }
    };
    let mut seen: Vec<&String> = Vec::new();
    for section in sections {
        for heading in section.headings.iter().filter(|heading| !seen.contains(heading)) {
            note(heading, None);
        }
        seen = section.headings.iter().collect();
        for (block, lines) in section.texts() {
            for (more, line) in lines.lines().enumerate() {
                note(line, (block.kind != Kind::Row).then_some(block.line + more as u32));
            }
        }
    }
    for (number, line) in text.lines().enumerate() {
        for word in line.split(|char: char| !char.is_alphanumeric()) {
            if word.len() > 2 && word.starts_with('w') && word.ends_with('w') {
                let lines = found.get(word).unwrap_or_else(|| panic!("{word} of\n{text}\n{sections:?}"));
                let right = lines.iter().all(|line| line.is_none_or(|line| line == number as u32 + 1));
                assert!(lines.len() == 1 && right, "{word} of\n{text}\n{sections:?}");
            }
        }
    }
}

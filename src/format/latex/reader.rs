//! Walks over the text once: commands, environments, groups, and the text between them.

use std::{collections::HashMap, mem, ops::Range};

use super::braces::Braces;
use crate::{
    article::{Article, Kind},
    format::{
        gather::{Gather, Next},
        line,
    },
};

mod argument;
mod command;
mod environment;
mod formula;
mod facts;

/// Arguments inside arguments inside arguments: how deep they are read.
const DEEPEST: u8 = 4;

pub(super) struct Reader<'a> {
    text: &'a str,
    /// Offset of the first character of each line.
    starts: Vec<usize>,
    braces: Braces<'a>,
    dollar: Next<'a>,
    dollars: Next<'a>,
    inline: Next<'a>,
    display: Next<'a>,
    article: &'a mut Article,
    gather: Gather<'a>,
    /// The next character, and where reading ends.
    at: usize,
    end: usize,
    depth: u8,
    /// The number of the next item of each open list, where it is numbered.
    lists: Vec<Option<u32>>,
    /// How many tables are open, one inside the other.
    tables: usize,
    /// The cells of the open row, and the line of its first text; 0 until there is some.
    row: Option<(Vec<String>, u32)>,
    /// The text of an argument, while that is read.
    sink: Option<String>,
    /// Whether that is a fact of the article, and no part of its text.
    fact: bool,
    /// Footnotes of the open paragraph, each with its number.
    notes: Vec<(Range<usize>, u32)>,
    numbered: u32,
    in_note: bool,
    /// Commands of the file's own that stand for a text.
    macros: HashMap<&'a str, String>,
    /// Bytes that those may still stand for, in all.
    left: usize,
    german: bool,
    /// The options of the document's class.
    class: &'a str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, article: &'a mut Article) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(starts).collect(),
            braces: Braces::new(text),
            dollar: Next::new(text, "$"),
            dollars: Next::new(text, "$$"),
            inline: Next::new(text, "\\)"),
            display: Next::new(text, "\\]"),
            article,
            gather: Gather::new(str::to_owned),
            at: 0,
            end: text.len(),
            depth: 0,
            lists: Vec::new(),
            tables: 0,
            row: None,
            sink: None,
            fact: false,
            notes: Vec::new(),
            numbered: 0,
            in_note: false,
            macros: HashMap::new(),
            left: text.len(),
            german: false,
            class: "",
        }
    }

    pub(super) fn read(mut self) {
        const BEGIN: &str = "\\begin{document}";
        if let Some(start) = self.text.find(BEGIN) {
            // Only commands count before it.
            self.run(0..start);
            self.gather = Gather::new(str::to_owned);
            (self.lists, self.tables, self.row) = (Vec::new(), 0, None);
            (self.notes, self.numbered) = (Vec::new(), 0);
            self.at = start + BEGIN.len();
        }
        self.run(self.at..self.text.len());
        (self.tables, self.row) = (0, None);
        self.end_block();
        self.article.sections = self.gather.finish();
    }

    /// Reads a part of the text.
    fn run(&mut self, range: Range<usize>) {
        if self.depth > DEEPEST {
            return;
        }
        self.depth += 1;
        let before = (self.at, self.end);
        (self.at, self.end) = (range.start, range.end);
        while self.at < self.end {
            self.step();
        }
        (self.at, self.end) = before;
        self.depth -= 1;
    }

    /// Returns the text of a part, on one line.
    fn text_of(&mut self, range: Range<usize>) -> String {
        let before = self.sink.replace(String::new());
        self.run(range);
        let text = mem::replace(&mut self.sink, before).unwrap_or_default();
        line::of(&text)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    fn line(&self, at: usize) -> u32 {
        self.starts.partition_point(|&start| start <= at) as u32
    }

    /// Writes text that stands at an offset.
    fn write(&mut self, text: &str, at: usize) {
        if let Some(sink) = &mut self.sink {
            return sink.push_str(text);
        }
        let line = self.line(at);
        if let Some((cells, first)) = &mut self.row {
            if *first == 0 && !text.trim().is_empty() {
                *first = line;
            }
            if let Some(cell) = cells.last_mut() {
                cell.push_str(text);
            }
            return;
        }
        if !self.lists.is_empty() && self.gather.is_ended() && !text.trim().is_empty() {
            self.gather.item(self.lists.len() - 1, "", line);
        }
        self.gather.write(text, line);
    }

    fn end_block(&mut self) {
        if self.sink.is_some() || self.row.is_some() {
            return self.write(" ", self.at);
        }
        self.gather.end();
        if self.in_note || self.notes.is_empty() {
            return;
        }
        self.in_note = true;
        let lists = mem::take(&mut self.lists);
        for (range, number) in mem::take(&mut self.notes) {
            self.gather.begin(Kind::Prose, &format!("[{number}] "), self.line(range.start));
            self.run(range);
            (self.tables, self.row) = (0, None);
            self.lists.clear();
            self.gather.end();
        }
        self.lists = lists;
        self.in_note = false;
    }

    fn end_row(&mut self) {
        if let Some((cells, line)) = &mut self.row {
            let cells = mem::replace(cells, vec![String::new()]);
            let line = mem::take(line);
            if self.sink.is_none() {
                self.gather.row(&cells, line);
            }
        }
    }

    fn step(&mut self) {
        let rest = self.rest();
        let plain = |byte: &u8| {
            !matches!(
                byte,
                b'\\' | b'{' | b'}' | b'$' | b'&' | b'%' | b'~' | b'`' | b'\'' | b'-' | b'\n' | b'"'
            )
        };
        let length = rest.bytes().take_while(|byte| plain(byte)).count();
        if length > 0 {
            let at = self.at;
            self.at += length;
            return self.write(&rest[..length], at);
        }
        let runs = |sign: u8| rest.bytes().take(3).take_while(|&byte| byte == sign).count();
        let at = self.at;
        let Some(first) = rest.chars().next() else {
            // Not at a border of characters, which cannot be.
            self.at = self.end;
            return;
        };
        self.at += 1;
        match first {
            '\\' => self.command(),
            '%' => self.at = at + rest.find('\n').unwrap_or(rest.len()),
            '\n' => {
                let blank = rest[1..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                self.at += blank;
                if rest[1 + blank..].starts_with('\n') {
                    self.end_block();
                } else if self.sink.is_some() || self.row.is_some() {
                    self.write(" ", at);
                } else {
                    // The line after it may only end a paragraph that goes on.
                    self.gather.write(" ", self.line(at));
                }
            }
            '}' if rest[1..].starts_with('{') => self.write(" ", at),
            '{' | '}' => {}
            '$' => self.formula(at),
            '&' if self.row.is_some() => {
                if let Some((cells, _)) = self.row.as_mut().filter(|(cells, _)| cells.len() < 1_000) {
                    cells.push(String::new());
                }
            }
            '~' | '&' => self.write(" ", at),
            '-' => {
                let count = runs(b'-');
                self.at = at + count;
                self.write(["-", "-", "–", "—"][count], at);
            }
            '`' | '\'' => {
                let count = runs(rest.as_bytes()[0]).min(2);
                self.at = at + count;
                let sign = match (first, count) {
                    ('`', 2) => "“",
                    ('`', _) => "‘",
                    (_, 2) => "”",
                    _ => "'",
                };
                self.write(sign, at);
            }
            '"' if self.german => self.shorthand(),
            _ => self.write("\"", at),
        }
    }

    /// Reads what a quotation mark and the sign after it stand for in German.
    fn shorthand(&mut self) {
        let at = self.at;
        let sign = match self.rest().bytes().next() {
            Some(b'a') => "ä",
            Some(b'o') => "ö",
            Some(b'u') => "ü",
            Some(b'A') => "Ä",
            Some(b'O') => "Ö",
            Some(b'U') => "Ü",
            Some(b's') => "ß",
            Some(b'`') => "„",
            Some(b'\'') => "“",
            Some(b'=' | b'~') => "-",
            Some(b'-' | b'"' | b'|') => "",
            Some(b'<') => "«",
            Some(b'>') => "»",
            _ => return self.write("\"", at),
        };
        self.at += 1;
        self.write(sign, at);
    }
}

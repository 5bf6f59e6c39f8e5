//! Walks over the lines of a page: conditions, requests, and text between them.

use std::collections::HashMap;

use super::{escape, semantic, table};
use crate::{article::Article, date::Date, format::gather::Gather};

mod list;
mod request;

pub(super) struct Reader<'a> {
    lines: Vec<&'a str>,
    /// The line being read, counting from 0.
    at: usize,
    gather: Gather<'a>,
    article: &'a mut Article,
    strings: HashMap<String, String>,
    /// The lines of code so far, and the number of the first.
    code: Option<(Vec<String>, u32)>,
    /// How far paragraphs are indented.
    depth: usize,
    /// Whether the paragraph belongs to a list.
    in_list: bool,
    /// The kinds of the open lists of mdoc, and the number of the next item.
    lists: Vec<(List, u32)>,
    /// Whether the branch for when a condition does not hold is read.
    otherwise: bool,
    /// Whether the next text is a heading, of this level.
    heading: Option<usize>,
    /// The name of the page, as mdoc puts it in.
    name: String,
    section: String,
}

#[derive(Clone, Copy, PartialEq)]
enum List {
    Bullet,
    Numbered,
    Tagged,
    Columns,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, article: &'a mut Article) -> Self {
        Self {
            lines: text.lines().collect(),
            at: 0,
            gather: Gather::new(str::to_owned),
            article,
            strings: HashMap::new(),
            code: None,
            depth: 0,
            in_list: false,
            lists: Vec::new(),
            otherwise: false,
            heading: None,
            name: String::new(),
            section: String::new(),
        }
    }

    pub(super) fn read(mut self) {
        while let Some(line) = self.lines.get(self.at) {
            self.line(line);
            self.at += 1;
        }
        self.end_code();
        self.article.sections = self.gather.finish();
    }

    /// The number of the line being read, counting from 1.
    fn number(&self) -> u32 {
        self.at as u32 + 1
    }

    fn line(&mut self, line: &'a str) {
        let mut line = line;
        // Conditions may stand before conditions.
        loop {
            let request = line.strip_prefix(['.', '\'']).map(|rest| rest.trim_start_matches([' ', '\t']));
            let Some(request) = request else {
                return self.text(line);
            };
            let length = request.find([' ', '\t', '\\']).unwrap_or(request.len());
            let (name, rest) = request.split_at(length);
            let rest = rest.trim_start_matches([' ', '\t']);
            match name {
                "if" | "ie" => {
                    let (holds, body) = condition(rest);
                    if name == "ie" {
                        self.otherwise = !holds;
                    }
                    let Some(body) = self.branch(holds, body) else { return };
                    line = body;
                }
                "el" => {
                    let Some(body) = self.branch(self.otherwise, rest) else { return };
                    line = body;
                }
                _ => return self.request(name, rest),
            }
        }
    }

    /// Returns what is to be read of a branch, and passes over what is not.
    fn branch(&mut self, holds: bool, body: &'a str) -> Option<&'a str> {
        let body = body.trim_start_matches([' ', '\t']);
        if holds {
            return Some(
                body.strip_prefix("\\{").map_or(body, |body| body.trim_start_matches(['\\', ' ', '\t'])),
            );
        }
        let depth = |line: &str| line.matches("\\{").count() as i64 - line.matches("\\}").count() as i64;
        let mut open = depth(body);
        while open > 0 && self.at + 1 < self.lines.len() {
            self.at += 1;
            open += depth(self.lines[self.at]);
        }
        None
    }

    fn plain(&self, text: &str) -> String {
        escape::plain(text, &self.strings)
    }

    /// Reads a line of text.
    fn text(&mut self, line: &str) {
        if line.trim().is_empty() && self.heading.is_none() {
            match &self.code {
                Some(_) => {}
                None => self.gather.end(),
            }
            return;
        }
        let text = self.plain(line);
        self.write(&text);
    }

    /// Writes text where it belongs: into a heading, into code, or into the open block.
    fn write(&mut self, text: &str) {
        let number = self.number();
        if let Some(level) = self.heading.take() {
            return self.begin_section(level, text);
        }
        if let Some((lines, first)) = &mut self.code {
            while (lines.len() as u32) < number.saturating_sub(*first) {
                lines.push(String::new());
            }
            match lines.get_mut((number - *first) as usize) {
                // Two of one line, as a condition and its branch.
                Some(line) => line.push_str(text),
                None => lines.push(text.to_owned()),
            }
            return;
        }
        if self.gather.is_ended() && (self.in_list || !self.lists.is_empty()) && !text.trim().is_empty() {
            let depth = self.item_depth();
            self.gather.item(depth, "", number);
        }
        self.gather.write(text, number);
    }

    fn item_depth(&self) -> usize {
        self.depth + self.lists.len().saturating_sub(1)
    }

    fn end_code(&mut self) {
        let Some((lines, first)) = self.code.take() else { return };
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        self.gather.code(&lines, first);
    }

    fn begin_code(&mut self) {
        if self.code.is_none() {
            self.gather.end();
            self.code = Some((Vec::new(), self.number() + 1));
        }
    }

    fn begin_section(&mut self, level: usize, text: &str) {
        self.end_code();
        self.depth = 0;
        self.in_list = false;
        self.lists.clear();
        if level == 1 {
            self.section = text.trim().to_uppercase();
        }
        self.gather.heading(level, text, self.number());
    }

    fn semantic(&self, words: &[String]) -> String {
        semantic::line(words, &self.name)
    }

    fn title(&mut self, words: &[String]) {
        let Some(name) = words.first().filter(|name| !name.is_empty()) else { return };
        let loud = name.len() > 1 && !name.contains(' ') && !name.chars().any(char::is_lowercase);
        let name = if loud { name.to_lowercase() } else { name.clone() };
        let section = words.get(1).filter(|section| !section.is_empty());
        if self.article.title.is_none() {
            self.article.title = Some(
                section.map_or_else(|| name.clone(), |section| format!("{name}({})", section.to_lowercase())),
            );
        }
        if let Some(date) = words.get(2) {
            self.date(date, ".TH");
        }
    }

    fn date(&mut self, text: &str, source: &'static str) {
        let text = text.trim_start_matches("$Mdocdate:").trim_matches(['$', ' ']);
        self.article.take_date(Date::parse(text), source);
    }

    /// Reads a table.
    fn table(&mut self) {
        self.end_code();
        self.gather.end();
        let first = self.at + 1;
        let lines = &self.lines[first.min(self.lines.len())..];
        let (rows, length) = table::rows(lines);
        for (line, cells) in rows {
            let cells: Vec<String> = cells.iter().map(|cell| self.plain(cell)).collect();
            self.gather.row(&cells, (first + line) as u32 + 1);
        }
        self.at = first + length - 1;
    }

    /// Returns the words of a line; those in quotation marks are one.
    fn words(&self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() && !rest.starts_with("\\\"") {
            let word = if let Some(quoted) = rest.strip_prefix('"') {
                // Two marks stand for one.
                let mut end = quoted.find('"').unwrap_or(quoted.len());
                while quoted[end..].starts_with("\"\"") {
                    end = quoted[end + 2..].find('"').map_or(quoted.len(), |next| end + 2 + next);
                }
                rest = quoted.get(end + 1..).unwrap_or("");
                quoted[..end].replace("\"\"", "\"")
            } else {
                let mut end = 0;
                let bytes = rest.as_bytes();
                while end < bytes.len() && !matches!(bytes[end], b' ' | b'\t') {
                    // A space after a backslash belongs to the word.
                    end += if bytes[end] == b'\\' && bytes.get(end + 1) == Some(&b' ') { 2 } else { 1 };
                }
                let word = &rest[..end];
                rest = &rest[end..];
                word.to_owned()
            };
            words.push(self.plain(&word));
            rest = rest.trim_start();
        }
        words
    }
}

/// Says whether a condition holds for a page shown on a terminal, and returns what follows it.
fn condition(text: &str) -> (bool, &str) {
    let (negated, rest) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
    let letter = rest.chars().next().unwrap_or(' ');
    let after = rest[letter.len_utf8().min(rest.len())..].starts_with([' ', '\t', '\\', '.']);
    if matches!(letter, 'n' | 't' | 'o' | 'e' | 'v') && after {
        return ((letter == 'n') != negated, &rest[1..]);
    }
    if letter == '\'' || letter == '"' {
        // Two strings between three like signs.
        let mut parts = rest[1..].splitn(3, letter);
        let (one, other) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        return ((one == other) != negated, parts.next().unwrap_or(""));
    }
    let end = rest.find([' ', '\t']).unwrap_or(rest.len());
    let modern = rest[..end] == *"\\n(.g" || rest[..end] == *"\\n[.g]";
    (modern != negated, &rest[end..])
}

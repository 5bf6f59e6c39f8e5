//! Reads the lines of a file, block by block.

use super::{
    attribute::Attributes,
    inline::clean,
    mark::{attribute, image, is_directive, term},
    table::Table,
};
use crate::{
    article::{Article, Kind},
    format::{
        gather::{Gather, indent},
        latex::math::math,
    },
};

mod header;

pub(super) struct Reader<'a> {
    lines: Vec<&'a str>,
    /// The line being read, counting from 0.
    at: usize,
    gather: Gather<'a>,
    article: &'a mut Article,
    attributes: Attributes,
    /// The list of attributes before the next block.
    before: String,
    /// The marks of the open lists, outermost first.
    lists: Vec<String>,
    /// The numbers of the next items of those.
    numbers: Vec<u32>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, article: &'a mut Article) -> Self {
        let attributes = Attributes::default();
        let known = attributes.clone();
        Self {
            lines: text.lines().collect(),
            at: 0,
            gather: Gather::new(move |text| clean(text, &known)),
            article,
            attributes,
            before: String::new(),
            lists: Vec::new(),
            numbers: Vec::new(),
        }
    }

    pub(super) fn read(mut self) {
        self.header();
        while let Some(line) = self.lines.get(self.at) {
            self.line(line);
            self.at += 1;
        }
        self.article.sections = self.gather.finish();
    }

    /// The number of the line being read, counting from 1.
    fn number(&self) -> u32 {
        self.at as u32 + 1
    }

    /// Returns the level of a heading that the next line underlines, and its sign.
    fn underlined(&self) -> Option<(usize, char)> {
        let title = self.lines.get(self.at)?.trim_end();
        let under = self.lines.get(self.at + 1)?.trim_end();
        let sign = under.chars().next()?;
        let level = "=-~^+".find(sign)? + 1;
        let close = title.chars().count().abs_diff(under.len()) <= 2 && under.len() >= 3;
        let words = title.contains(char::is_alphanumeric) && !title.starts_with([' ', '[', '.', '|', '*']);
        (close && words && under.chars().all(|char| char == sign)).then_some((level, sign))
    }

    fn line(&mut self, line: &'a str) {
        let number = self.number();
        let text = line.trim();
        let open = self.gather.is_open();
        if text.is_empty() {
            return self.gather.end();
        }
        if text.starts_with("//") && !text.starts_with("///") {
            return;
        }
        if let Some((name, value)) = attribute(text) {
            return self.set(name, value);
        }
        if is_directive(text) {
            return;
        }
        if self.fence(line.trim_end()) {
            return;
        }
        let list = text.starts_with('[') && text.ends_with(']') && !open;
        if list {
            self.gather.end();
            // Only the lists of attributes that stand before one block.
            if text.starts_with("[[") {
                return;
            }
            if self.before.len() < 1_000 {
                self.before.push_str(text);
            }
            return;
        }
        if text == "+" {
            return self.gather.end();
        }
        if matches!(text, "'''" | "<<<" | "---" | "***" | "- - -") {
            return self.gather.end();
        }
        if indent(line) == 0 && !open && self.heading(text) {
            return;
        }
        if !open
            && text.len() > 1
            && text.starts_with('.')
            && !text.starts_with("..")
            && !text.starts_with(". ")
        {
            self.gather.write(&text[1..], number);
            return self.gather.end();
        }
        if self.item(text) {
            return;
        }
        let before = std::mem::take(&mut self.before);
        if !open && let Some(block) = image(text) {
            let alt = block.split(',').next().unwrap_or("").trim_matches('"');
            if !alt.contains('=') {
                self.gather.write(alt, number);
                self.gather.end();
            }
            return;
        }
        if !open {
            let code = before.starts_with("[source")
                || before.starts_with("[listing")
                || before.starts_with("[literal")
                || before.starts_with("[,");
            let formula = before.starts_with("[stem") || before.starts_with("[latexmath");
            let literal = indent(line) > 0 && self.lists.is_empty();
            if code || literal || formula && !text.starts_with('+') {
                return self.paragraph_of_code();
            }
            if indent(line) == 0 && !self.continued() {
                self.lists.clear();
                self.numbers.clear();
            }
            if self.lists.is_empty() {
                self.gather.begin(Kind::Prose, "", number);
            } else {
                self.gather.item(self.lists.len() - 1, "", number);
            }
        }
        self.gather.write(line, number);
    }

    /// Says whether the line before joins this one to a list item.
    fn continued(&self) -> bool {
        let mut before = self.lines[..self.at]
            .iter()
            .rev()
            .take(4)
            .map(|line| line.trim())
            .skip_while(|line| line.starts_with('['));
        before.next() == Some("+")
    }

    fn paragraph_of_code(&mut self) {
        let count = self.lines[self.at..]
            .iter()
            .take_while(|line| !line.trim().is_empty() && line.trim() != "+")
            .count()
            .max(1);
        let number = self.number();
        self.gather.code(&self.lines[self.at..self.at + count], number);
        self.at += count - 1;
    }

    fn heading(&mut self, text: &str) -> bool {
        let number = self.number();
        let sign = if text.starts_with('#') { '#' } else { '=' };
        let level = text.chars().take_while(|&char| char == sign).count();
        let marked = (1..=6).contains(&level) && text[level..].starts_with([' ', '\t']);
        let (level, title) = if marked {
            let title = text[level..].trim();
            // The signs may stand behind the heading too.
            (level, title.strip_suffix(&text[..level]).map_or(title, |title| title.trim_end()))
        } else {
            let Some((level, _)) = self.underlined() else { return false };
            self.at += 1;
            (level, text)
        };
        let before = std::mem::take(&mut self.before);
        self.lists.clear();
        self.numbers.clear();
        if before.contains("[discrete") || before.contains("[float") {
            self.gather.begin(Kind::Prose, "", number);
            self.gather.write(title, number);
            self.gather.end();
        } else {
            // The title of the document is the first level.
            self.gather.heading(level.saturating_sub(1).max(1), title, number);
        }
        true
    }

    /// Reads a line that begins or ends a block.
    fn fence(&mut self, text: &'a str) -> bool {
        let Some(sign) = text.chars().next() else { return false };
        let table = matches!(text, "|===" | "!===" | ",===" | ":===")
            || text.len() > 4 && text.starts_with("|==") && text[1..].bytes().all(|byte| byte == b'=');
        if table {
            self.table(text);
            return true;
        }
        let run = text.chars().all(|char| char == sign) && text.len() >= 4;
        let ticks = text.starts_with("```");
        let before =
            if run || ticks || text == "--" { std::mem::take(&mut self.before) } else { String::new() };
        match sign {
            '-' if text == "--" => self.gather.end(),
            '=' | '*' | '_' if run => {
                self.gather.end();
                // Inside a block lists begin anew.
                if self.lists.len() > 1 {
                    self.lists.truncate(1);
                    self.numbers.truncate(1);
                }
            }
            '-' | '.' | '+' | '/' if run => {
                self.gather.end();
                let first = self.at + 1;
                let length = self.lines[first..]
                    .iter()
                    .position(|line| line.trim_end() == text)
                    .unwrap_or(self.lines.len() - first);
                let lines = &self.lines[first..first + length];
                let shown = matches!(sign, '-' | '.') && !before.starts_with("[comment");
                let formula = before.starts_with("[stem")
                    || before.starts_with("[latexmath")
                    || before.starts_with("[asciimath");
                if shown {
                    let lines: Vec<&str> =
                        lines.iter().map(|line| if is_directive(line.trim()) { "" } else { line }).collect();
                    self.gather.code(&lines, first as u32 + 1);
                } else if formula {
                    let lines: Vec<String> = lines.iter().map(|line| math(line)).collect();
                    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
                    self.gather.code(&lines, first as u32 + 1);
                }
                self.at = (first + length).min(self.lines.len());
            }
            '`' if ticks && !text[3..].contains('`') => {
                self.gather.end();
                let first = self.at + 1;
                let Some(length) =
                    self.lines[first..].iter().take(5_000).position(|line| line.trim_end() == "```")
                else {
                    return true;
                };
                self.gather.code(&self.lines[first..first + length], first as u32 + 1);
                self.at = first + length;
            }
            _ => return false,
        }
        true
    }

    fn table(&mut self, fence: &str) {
        self.gather.end();
        let attributes = std::mem::take(&mut self.before);
        let mut table = Table::new(fence, &attributes);
        self.at += 1;
        while let Some(line) = self.lines.get(self.at).filter(|line| line.trim_end() != table.fence) {
            let text = line.trim();
            if !text.starts_with("//") && !is_directive(text) {
                for (cells, line) in table.line(line, self.number()) {
                    self.gather.row(&cells, line);
                }
            }
            self.at += 1;
        }
        if let Some((cells, line)) = table.finish() {
            self.gather.row(&cells, line);
        }
    }

    /// Reads a list item.
    fn item(&mut self, text: &'a str) -> bool {
        let number = self.number();
        if let Some((term, told)) = term(text) {
            let mark = "::".to_owned();
            self.nest(mark);
            self.gather.item(self.lists.len() - 1, "-", number);
            self.gather.write(&format!("{term}: {told}"), number);
            return true;
        }
        let Some((mark, rest)) = text.split_once([' ', '\t']) else { return false };
        let same = |sign: char| mark.chars().all(|char| char == sign) && mark.len() <= 6;
        let digits = mark.strip_suffix('.').is_some_and(|digits| {
            !digits.is_empty() && digits.len() < 5 && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        let letter = mark.len() == 2
            && mark.ends_with('.')
            && mark.starts_with(|first: char| first.is_ascii_lowercase());
        let callout = mark.starts_with('<')
            && mark.ends_with('>')
            && mark[1..mark.len() - 1].bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let numbered = same('.') || digits || letter || callout && mark.len() > 2;
        if !(same('*') || mark == "-" || numbered) {
            return false;
        }
        self.before.clear();
        let key = if digits || letter || callout { "1".to_owned() } else { mark.to_owned() };
        let last = self.nest(key);
        let shown = match (numbered, digits || letter) {
            (true, true) => mark.to_owned(),
            (true, false) => format!("{last}."),
            (false, _) => "-".to_owned(),
        };
        self.gather.item(self.lists.len() - 1, &shown, number);
        self.gather.write(rest.trim_start(), number);
        true
    }

    /// Goes to the list whose items have this mark, and returns the number of the item.
    fn nest(&mut self, mark: String) -> u32 {
        match self.lists.iter().position(|known| *known == mark) {
            Some(at) => {
                self.lists.truncate(at + 1);
                self.numbers.truncate(at + 1);
            }
            None => {
                if self.lists.len() >= 20 {
                    self.lists.pop();
                    self.numbers.pop();
                }
                self.lists.push(mark);
                self.numbers.push(0);
            }
        }
        self.numbers.last_mut().map_or(1, |number| {
            *number += 1;
            *number
        })
    }
}

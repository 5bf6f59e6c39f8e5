//! Reads the lines of a file, each by what it begins with.

use std::collections::HashSet;

use super::inline::clean;
use crate::{
    article::{Article, Kind},
    date::Date,
    format::gather::{Gather, indent},
};

/// Words that say how far a task is. A file may name more.
const STATES: &[&str] =
    &["TODO", "DONE", "NEXT", "WAITING", "WAIT", "HOLD", "STARTED", "CANCELLED", "CANCELED", "COMMENT"];

/// Blocks whose lines are taken as they are, and those whose lines are left out.
const CODE: &[&str] = &["src", "example"];
const LEFT_OUT: &[&str] = &["comment", "export"];

/// Words that begin a line of a headline's times.
const TIMES: &[&str] = &["CLOSED:", "DEADLINE:", "SCHEDULED:", "CLOCK:"];

/// Tags that tell programs what to do.
const COMMANDS: &[&str] = &["noexport", "export", "ignore", "ARCHIVE", "ATTACH", "crypt"];

pub(super) struct Reader<'a> {
    lines: Vec<&'a str>,
    /// The line being read, counting from 0.
    at: usize,
    gather: Gather<'a>,
    article: &'a mut Article,
    states: HashSet<&'a str>,
    /// For each line the next one that ends a drawer; the number of lines where there is none.
    drawer_ends: Vec<usize>,
    /// Ends of blocks that were looked for and are not in the rest of the file.
    missing: Vec<&'static str>,
    /// Columns at which the open lists begin.
    lists: Vec<usize>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, article: &'a mut Article) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let mut drawer_ends = vec![lines.len(); lines.len()];
        let mut next = lines.len();
        for (number, line) in lines.iter().enumerate().rev() {
            if line.trim().eq_ignore_ascii_case(":end:") {
                next = number;
            } else if stars(line) > 0 {
                next = lines.len();
            }
            drawer_ends[number] = next;
        }
        Self {
            lines,
            at: 0,
            gather: Gather::new(clean),
            article,
            states: STATES.iter().copied().collect(),
            drawer_ends,
            missing: Vec::new(),
            lists: Vec::new(),
        }
    }

    pub(super) fn read(mut self) {
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

    fn line(&mut self, line: &'a str) {
        let text = line.trim();
        let level = stars(line);
        if level > 0 {
            self.headline(level, line[level..].trim());
        } else if text.is_empty() {
            self.gather.end();
        } else if let Some(rest) = text.strip_prefix("#+") {
            self.keyword(rest);
        } else if text == "#" || text.starts_with("# ") {
            // A comment.
        } else if text == ":" || text.starts_with(": ") {
            self.fixed();
        } else if is_drawer(text) {
            let end = self.drawer_ends[self.at];
            self.at = if end < self.lines.len() { end } else { self.at };
        } else if TIMES.iter().any(|word| text.starts_with(word)) {
            self.gather.end();
        } else if text.starts_with('|') {
            self.row(text);
        } else if text.len() >= 5 && text.bytes().all(|byte| byte == b'-') {
            self.gather.end();
        } else if let Some((mark, rest)) = item(line) {
            self.item(line, mark, rest);
        } else if let Some((label, rest)) = footnote(line) {
            self.lists.clear();
            self.gather.begin(Kind::Prose, &format!("[{label}] "), self.number());
            self.gather.write(rest, self.number());
        } else {
            self.text(line);
        }
    }

    fn text(&mut self, line: &str) {
        let number = self.number();
        let column = indent(line);
        let left = self.lists.len();
        self.lists.retain(|&list| list < column);
        if self.lists.len() < left || !self.gather.is_open() {
            self.gather.end();
            if !self.lists.is_empty() {
                self.gather.item(self.lists.len() - 1, "", number);
            }
        }
        self.gather.write(line, number);
    }

    fn item(&mut self, line: &str, mark: &str, rest: &str) {
        let column = indent(line);
        self.lists.retain(|&list| list < column);
        self.lists.push(column);
        let mark = if mark.starts_with(|first: char| first.is_ascii_digit()) {
            mark.replace(')', ".")
        } else {
            "-".to_owned()
        };
        let number = self.number();
        self.gather.item(self.lists.len() - 1, &mark, number);
        let counted = rest.strip_prefix("[@").and_then(|rest| rest.split_once(']'));
        let rest = counted.map_or(rest, |(_, rest)| rest.trim_start());
        match rest.split_once(" :: ").or_else(|| Some((rest.strip_suffix(" ::")?, ""))) {
            Some((term, told)) => self.gather.write(&format!("{term}: {told}"), number),
            None => self.gather.write(rest, number),
        }
    }

    fn headline(&mut self, level: usize, text: &'a str) {
        self.lists.clear();
        let mut text = text;
        // The state, then the priority.
        loop {
            let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
            let priority = word.len() == 4 && word.starts_with("[#") && word.ends_with(']');
            if !priority && !self.states.contains(word) {
                break;
            }
            text = rest.trim_start();
        }
        if let Some((rest, tags)) = text.rsplit_once([' ', '\t'])
            && let Some(tags) = tag_list(tags)
        {
            self.tags(tags.split(':'));
            text = rest.trim_end();
        }
        let counts = |word: &&str| {
            let inner = word.strip_prefix('[').and_then(|word| word.strip_suffix(']'));
            inner.is_none_or(|inner| {
                !inner.contains(['/', '%'])
                    || !inner.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'/' | b'%'))
            })
        };
        let text: Vec<&str> = text.split_whitespace().filter(counts).collect();
        let number = self.number();
        self.gather.heading(level, &text.join(" "), number);
    }

    fn tags(&mut self, tags: impl Iterator<Item = &'a str>) {
        for tag in tags.map(str::trim).filter(|tag| !tag.is_empty() && !COMMANDS.contains(tag)) {
            // A file of notes may have a tag on every headline; few of them differ.
            let tags = &mut self.article.tags;
            if tags.len() < 100 && !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
    }

    fn keyword(&mut self, rest: &'a str) {
        let lower = rest.get(..6).unwrap_or("").to_ascii_lowercase();
        if lower == "begin_" {
            return self.block(&rest[6..]);
        }
        let Some((key, value)) = rest.split_once(':') else {
            if !lower.starts_with("end_") {
                self.text(self.lines[self.at]);
            } else {
                self.gather.end();
            }
            return;
        };
        if key.contains(' ') && !key.contains('[') {
            return self.text(self.lines[self.at]);
        }
        let value = value.trim();
        match key.split('[').next().unwrap_or(key).to_ascii_uppercase().as_str() {
            "TITLE" if !value.is_empty() => {
                let text = self.gather.clean(value);
                self.article.title = Some(match self.article.title.take() {
                    Some(title) if title.len() < 1_000 => format!("{title} {text}"),
                    _ => text,
                });
            }
            "AUTHOR" if self.article.authors.len() < 100 => {
                self.article.authors.push(self.gather.clean(value));
            }
            "DATE" => {
                let bare = value.trim_matches(['<', '>', '[', ']']);
                self.article.take_date(Date::parse(bare), "#+DATE");
            }
            "LANGUAGE" => self.article.language = Some(value.to_owned()).filter(|value| !value.is_empty()),
            "FILETAGS" => self.tags(value.split([':', ' '])),
            "KEYWORDS" | "TAGS" if !value.contains(['{', '(']) => self.tags(value.split([',', ':'])),
            "TODO" | "SEQ_TODO" | "TYP_TODO" => {
                let words = value.split_whitespace().map(|word| word.split('(').next().unwrap_or(word));
                self.states.extend(words.filter(|word| !word.is_empty() && *word != "|"));
            }
            "CAPTION" | "SUBTITLE" | "DESCRIPTION" => {
                self.gather.end();
                let number = self.number();
                self.gather.write(value, number);
                self.gather.end();
            }
            // A name of something between two lines of a paragraph parts them.
            _ => self.gather.end(),
        }
    }

    fn block(&mut self, name: &str) {
        self.gather.end();
        let name = name.split_whitespace().next().unwrap_or("").to_ascii_lowercase();
        let known = CODE.iter().chain(LEFT_OUT).find(|known| **known == name);
        let Some(&known) = known.filter(|known| !self.missing.contains(known)) else { return };
        let end = format!("#+end_{known}");
        let first = self.at + 1;
        let ends = |line: &&str| line.trim().eq_ignore_ascii_case(&end);
        let Some(length) = self.lines[first..].iter().position(ends) else {
            self.missing.push(known);
            return;
        };
        if CODE.contains(&known) {
            let lines: Vec<&str> =
                self.lines[first..first + length].iter().map(|line| unescaped(line)).collect();
            self.gather.code(&lines, first as u32 + 1);
        }
        self.at = first + length;
    }

    /// Reads lines that begin with a colon.
    fn fixed(&mut self) {
        let is_fixed = |line: &&&str| {
            let text = line.trim();
            text == ":" || text.starts_with(": ")
        };
        let count = self.lines[self.at..].iter().take_while(is_fixed).count();
        let lines: Vec<&str> = self.lines[self.at..self.at + count]
            .iter()
            .map(|line| {
                line.trim().strip_prefix(':').map_or("", |line| line.strip_prefix(' ').unwrap_or(line))
            })
            .collect();
        let number = self.number();
        self.gather.code(&lines, number);
        self.at += count - 1;
    }

    fn row(&mut self, text: &str) {
        self.gather.end();
        if text.starts_with("|-") {
            return;
        }
        let cells: Vec<&str> = text.trim_matches('|').split('|').map(str::trim).collect();
        let width = |cell: &str| {
            let inner = cell.strip_prefix('<').and_then(|cell| cell.strip_suffix('>'));
            cell.is_empty()
                || inner.is_some_and(|cell| {
                    cell.trim_start_matches(['l', 'r', 'c']).bytes().all(|byte| byte.is_ascii_digit())
                })
        };
        if !cells.iter().all(|cell| width(cell)) {
            let number = self.number();
            self.gather.row(&cells, number);
        }
    }
}

/// Returns the stars that a headline begins with; 0 for any other line.
fn stars(line: &str) -> usize {
    let stars = line.bytes().take_while(|&byte| byte == b'*').count();
    let after = line.as_bytes().get(stars);
    if after.is_some_and(|byte| matches!(byte, b' ' | b'\t')) { stars } else { 0 }
}

/// Says whether a line is the first of a drawer, such as `:PROPERTIES:`.
fn is_drawer(text: &str) -> bool {
    let name = text.strip_prefix(':').and_then(|text| text.strip_suffix(':'));
    name.is_some_and(|name| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    })
}

/// Returns the mark of a list item and its text.
fn item(line: &str) -> Option<(&str, &str)> {
    let text = line.trim_start_matches([' ', '\t']);
    let (mark, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    let number = mark.strip_suffix(['.', ')']).is_some_and(|digits| {
        !digits.is_empty() && digits.len() < 10 && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    let bullet = mark == "-" || mark == "+" || mark == "*" && text.len() < line.len();
    (number || bullet).then(|| (mark, rest.trim_start()))
}

/// Returns the label of a footnote and its text.
fn footnote(line: &str) -> Option<(&str, &str)> {
    let (label, text) = line.strip_prefix("[fn:")?.split_once(']')?;
    (!label.contains(':')).then_some((label, text))
}

/// Returns what stands between the colons of `:a:b:`.
fn tag_list(word: &str) -> Option<&str> {
    let tags = word.strip_prefix(':')?.strip_suffix(':')?;
    let plain = |char: char| char.is_alphanumeric() || "_@#%:-".contains(char);
    (!tags.is_empty() && tags.chars().all(plain)).then_some(tags)
}

/// Returns a line of code without the comma that keeps it from being a headline.
fn unescaped(line: &str) -> &str {
    match line.trim_start().strip_prefix(',') {
        Some(rest) if rest.trim_start_matches(',').starts_with(['*', '#']) => rest,
        _ => line,
    }
}

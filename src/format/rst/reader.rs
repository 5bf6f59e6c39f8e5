//! Reads the lines of a file, block by block.

use super::{
    inline::Inline,
    mark::{adornment, enumerator, field},
    table,
};
use crate::{
    article::{Article, Kind},
    format::gather::{Gather, indent},
};

mod directive;
mod field;

pub(super) struct Reader<'a> {
    lines: Vec<&'a str>,
    /// The line being read, counting from 0.
    at: usize,
    gather: Gather<'a>,
    article: &'a mut Article,
    /// How headings are adorned, outermost first.
    styles: Vec<(char, bool)>,
    /// The columns of the open list items: of the mark, and how far text must be indented to belong to it.
    lists: Vec<(usize, usize)>,
    /// The numbers of items that number themselves, each with its column.
    numbers: Vec<(usize, u32)>,
    /// How far a line that goes on with the open block is indented.
    goes_on: GoesOn,
    /// Whether nothing but headings and facts have been met.
    top: bool,
}

/// How far a line that goes on with a block is indented.
#[derive(Clone, Copy, PartialEq)]
enum GoesOn {
    At(usize),
    Deeper(usize),
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, article: &'a mut Article) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let inline = Inline::new(&lines);
        Self {
            lines,
            at: 0,
            gather: Gather::new(move |text| inline.clean(text)),
            article,
            styles: Vec::new(),
            lists: Vec::new(),
            numbers: Vec::new(),
            goes_on: GoesOn::At(0),
            top: true,
        }
    }

    pub(super) fn read(mut self) {
        if self.lines.first().is_some_and(|line| line.starts_with("PEP:")) {
            self.header();
        }
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
        let column = indent(line);
        if text.is_empty() {
            return self.gather.end();
        }
        if self.gather.is_open() {
            match self.goes_on {
                GoesOn::At(at) if at == column => return self.text(text, column),
                GoesOn::Deeper(than) if column > than => {
                    self.goes_on = GoesOn::At(column);
                    return self.text(text, column);
                }
                _ => self.gather.end(),
            }
        }
        self.block(text, column);
    }

    /// Reads the first line of a block.
    fn block(&mut self, text: &'a str, column: usize) {
        let number = self.number();
        if column == 0 && self.title(text) {
            return;
        }
        if let Some(rest) =
            text.strip_prefix("..").filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        {
            return self.marked(rest.trim_start(), column);
        }
        if text.starts_with("__ ") || text == "__" {
            return;
        }
        if let Some(rows) =
            table::grid(&self.lines[self.at..]).or_else(|| table::simple(&self.lines[self.at..]))
        {
            for (line, cells) in &rows.rows {
                self.gather.row(cells, number + *line as u32);
            }
            self.at += rows.lines - 1;
            return;
        }
        if let Some((name, value)) = field(text) {
            return self.field(name, value, column);
        }
        self.top = false;
        self.lists.retain(|&(_, inside)| inside <= column);
        if let Some((mark, rest)) = self.item(text, column) {
            self.gather.item(self.lists.len() - 1, &mark, number);
            self.goes_on = GoesOn::Deeper(column);
            if rest.is_empty() {
                return;
            }
            // A list or a directive may begin right after the mark.
            return self.nested(rest, column + text.len() - rest.len());
        }
        self.numbers.retain(|&(at, _)| at < column);
        if text.starts_with(">>> ") {
            let count = self.lines[self.at..].iter().take_while(|line| !line.trim().is_empty()).count();
            self.gather.code(&self.lines[self.at..self.at + count], number);
            self.at += count - 1;
            return;
        }
        let verse = text == "|" || text.starts_with("| ");
        if self.lists.is_empty() {
            self.gather.begin(Kind::Prose, "", number);
        } else {
            self.gather.item(self.lists.len() - 1, "", number);
        }
        self.goes_on = GoesOn::At(column);
        if verse { self.text(text[1..].trim_start(), column) } else { self.text(text, column) }
    }

    /// Reads what stands after the mark of an item.
    fn nested(&mut self, rest: &'a str, column: usize) {
        let number = self.number();
        if let Some(marked) = rest.strip_prefix(".. ") {
            self.gather.write(" ", number);
            return self.marked(marked.trim_start(), column + 2);
        }
        let mut rest = rest;
        let mut column = column;
        // As in the rows of a table made of lists.
        while let Some(inner) = rest.strip_prefix("- ").or_else(|| rest.strip_prefix("* ")) {
            column += 2;
            self.lists.push((column, column + 1));
            self.goes_on = GoesOn::Deeper(column);
            rest = inner.trim_start();
            if self.lists.len() > 20 {
                break;
            }
        }
        self.text(rest, column);
    }

    /// Adds a line to the open block, and the code after it where the line announces some.
    fn text(&mut self, text: &'a str, column: usize) {
        let number = self.number();
        let next = self.lines.get(self.at + 1);
        let base = match self.goes_on {
            GoesOn::At(at) => at,
            GoesOn::Deeper(_) => column,
        };
        let last = next.is_none_or(|next| {
            next.trim().is_empty() || indent(next) > base && self.goes_on == GoesOn::At(base)
        });
        let text = match text.strip_prefix("| ") {
            Some(verse) if column == base => verse,
            None if text == "|" => "",
            _ => text,
        };
        let Some(before) = text.strip_suffix("::").filter(|_| last) else {
            return self.gather.write(text, number);
        };
        match before.chars().next_back() {
            Some(char) if !char.is_whitespace() => self.gather.write(&text[..text.len() - 1], number),
            _ => self.gather.write(before, number),
        }
        self.gather.end();
        self.literal(base);
    }

    /// Reads the code below a line that is indented so far.
    fn literal(&mut self, column: usize) {
        let first = self.at + 1;
        let blank = self.lines[first..].iter().take_while(|line| line.trim().is_empty()).count();
        let first = first + blank;
        let Some(line) = self.lines.get(first) else { return };
        let count = if indent(line) > column {
            self.body_length(first, column)
        } else {
            // Lines that all begin with the same sign are code too.
            let sign = line.trim_start().chars().next().filter(char::is_ascii_punctuation);
            let same = |line: &&&str| {
                sign.is_some() && line.trim_start().chars().next() == sign && indent(line) == column
            };
            let count = self.lines[first..].iter().take_while(same).count();
            if sign == Some('.') { 0 } else { count }
        };
        if count > 0 {
            self.gather.code(&self.lines[first..first + count], first as u32 + 1);
            self.at = first + count - 1;
        }
    }

    /// Returns the number of lines from `first` on that are blank or indented further than `column`.
    fn body_length(&self, first: usize, column: usize) -> usize {
        let inside = |line: &&&str| line.trim().is_empty() || indent(line) > column;
        self.lines.get(first..).map_or(0, |lines| lines.iter().take_while(inside).count())
    }

    /// Reads a heading, or a line that only parts text.
    fn title(&mut self, text: &str) -> bool {
        let number = self.number();
        let line = |more: usize| self.lines.get(self.at + more).copied();
        let (level, heading, lines) = match (adornment(text), line(1)) {
            (Some(over), Some(title))
                if line(2).and_then(adornment) == Some(over)
                    && !title.trim().is_empty()
                    && (text.len() >= 4 || text.len() >= title.trim().chars().count()) =>
            {
                (self.level((over, true)), title.trim(), 3)
            }
            (Some(_), _) if text.len() >= 4 => {
                self.gather.end();
                return true;
            }
            (_, Some(under)) if indent(under) == 0 => {
                let length = under.trim().len();
                let Some(char) =
                    adornment(under.trim()).filter(|_| length >= 4 || length >= text.chars().count())
                else {
                    return false;
                };
                if table::is_border(text) {
                    return false;
                }
                (self.level((char, false)), text, 2)
            }
            _ => return false,
        };
        self.lists.clear();
        self.numbers.clear();
        self.gather.heading(level, heading, number + u32::from(lines == 3));
        self.at += lines - 1;
        true
    }

    fn level(&mut self, style: (char, bool)) -> usize {
        let known = self.styles.iter().position(|known| *known == style);
        known.unwrap_or_else(|| {
            self.styles.push(style);
            self.styles.len() - 1
        }) + 1
    }

    /// Reads the mark of an item: how it is printed, and its text.
    fn item(&mut self, text: &'a str, column: usize) -> Option<(String, &'a str)> {
        let (mark, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
        let inside = column + 1;
        if matches!(mark, "-" | "*" | "+" | "•" | "‣" | "⁃") {
            self.lists.push((column, inside));
            return Some(("-".to_owned(), rest.trim_start()));
        }
        let counted = enumerator(mark)?;
        let next = self.lines.get(self.at + 1).copied().unwrap_or("");
        let mark_of_next = next.trim_start().split([' ', '\t']).next().unwrap_or("");
        // `A. Smith` may begin a sentence.
        let goes_on = next.trim().is_empty() || indent(next) > column || enumerator(mark_of_next).is_some();
        if !goes_on || rest.is_empty() {
            return None;
        }
        self.lists.push((column, inside));
        let counted = if counted == "#" {
            self.numbers.retain(|&(at, _)| at <= column);
            match self.numbers.last_mut() {
                Some((at, number)) if *at == column => *number += 1,
                _ => self.numbers.push((column, 1)),
            }
            self.numbers.last().map_or(1, |&(_, number)| number).to_string()
        } else {
            counted.to_owned()
        };
        Some((format!("{counted}."), rest.trim_start()))
    }
}

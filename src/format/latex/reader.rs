//! Walks over the text once: commands, environments, groups, and the text between them.

use std::{collections::HashMap, mem, ops::Range};

use unicode_normalization::UnicodeNormalization;

use super::{
    braces::{Braces, verb},
    commands::{
        DEFINITIONS, DROPPED, FORMULAS, LEFT_OUT, LENGTHS, LISTS, NOT_SHOWN, SECTIONS, TABLES, THEOREMS,
        VERBATIM,
    },
    math::math,
    symbols::{accent, symbol},
};
use crate::{
    article::{Article, Kind},
    format::{
        gather::{Gather, Next},
        line,
    },
};

/// Arguments inside arguments inside arguments: how deep they are read.
const DEEPEST: u8 = 4;

/// Bytes that an option has at most.
const LONGEST_OPTION: usize = 400;

/// Bytes that an argument that is no text has at most. A longer one was never closed.
const LONGEST_DROPPED: usize = 20_000;

/// Bytes of the longest text that a command of the file's own stands for.
const LONGEST_MACRO: usize = 300;

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// Offset of the first character of each line.
    starts: Vec<usize>,
    pub(super) braces: Braces<'a>,
    dollar: Next<'a>,
    dollars: Next<'a>,
    inline: Next<'a>,
    display: Next<'a>,
    pub(super) article: &'a mut Article,
    gather: Gather<'a>,
    /// The next character, and where reading ends.
    pub(super) at: usize,
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
    pub(super) fact: bool,
    /// Footnotes of the open paragraph, each with its number.
    notes: Vec<(Range<usize>, u32)>,
    numbered: u32,
    in_note: bool,
    /// Commands of the file's own that stand for a text.
    macros: HashMap<&'a str, String>,
    /// Bytes that those may still stand for, in all.
    left: usize,
    pub(super) german: bool,
    /// The options of the document's class.
    pub(super) class: &'a str,
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
    pub(super) fn text_of(&mut self, range: Range<usize>) -> String {
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

    /// Reads a formula that begins with a dollar sign at an offset.
    fn formula(&mut self, at: usize) {
        let (start, end) = if self.rest().starts_with('$') {
            (at + 2, self.dollars.at(at + 2))
        } else {
            (at + 1, self.dollar.at(at + 1))
        };
        self.formula_to(start, end, start - at);
    }

    /// Reads a formula that ends at an offset, with as many bytes as it begins with.
    fn formula_to(&mut self, start: usize, end: Option<usize>, mark: usize) {
        self.at = start;
        let Some(end) = end.filter(|&end| end + mark <= self.end) else { return };
        let formula = &self.text[start..end];
        let blank = |line: &str| line.trim().is_empty();
        // A formula holds no empty line: the sign stood for itself.
        if formula.split('\n').skip(1).any(blank) && formula.trim_end().contains("\n\n") {
            return;
        }
        self.at = end + mark;
        self.write_formula(start, end);
    }

    fn write_formula(&mut self, start: usize, end: usize) {
        if self.fact {
            return;
        }
        let text = math(&self.text[start..end]);
        for (line, text) in text.split('\n').enumerate() {
            if line > 0 {
                self.write(" ", start);
            }
            if self.sink.is_some() || self.row.is_some() {
                self.write(text, start);
            } else if !text.trim().is_empty() {
                let number = self.line(start) + line as u32;
                let at = self.starts.get(number as usize - 1).map_or(start, |&at| at.max(start));
                self.write(text, at);
            }
        }
    }

    /// Reads what follows a backslash.
    fn command(&mut self) {
        let rest = self.rest();
        let at = self.at - 1;
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'@').count();
        if length > 0 {
            let name = &rest[..length];
            if let Some((code, after)) =
                matches!(name, "verb" | "lstinline").then(|| verb(self.text, at)).flatten()
            {
                self.at = after.min(self.end);
                return self.write(&self.text[code], at);
            }
            self.at += length;
            if self.rest().starts_with('*') {
                self.at += 1;
            }
            return self.named(name, at);
        }
        let Some(sign) = rest.chars().next() else { return };
        self.at += sign.len_utf8();
        match sign {
            '\\' => {
                self.at += usize::from(self.rest().starts_with('*'));
                self.option();
                if self.row.is_some() { self.end_row() } else { self.write(" ", at) }
            }
            '\n' => self.at -= 1,
            '%' | '&' | '#' | '$' | '_' | '{' | '}' => self.write(&rest[..1], at),
            '-' | '/' | '!' | '@' | '+' => {}
            '(' => {
                let end = self.inline.at(at + 2);
                self.formula_to(at + 2, end, 2);
            }
            '[' => {
                let end = self.display.at(at + 2);
                self.formula_to(at + 2, end, 2);
            }
            _ => match accent(&rest[..sign.len_utf8()]) {
                Some(mark) => self.accented(mark, at),
                None => self.write(" ", at),
            },
        }
    }

    /// Reads the letter that an accent belongs to.
    fn accented(&mut self, mark: char, at: usize) {
        self.blanks();
        let letter = match self.rest().chars().next() {
            Some('{') => match self.braces.close(self.at).filter(|&close| close < self.at + 40) {
                Some(close) => {
                    let inner = self.text_of(self.at + 1..close);
                    self.at = close + 1;
                    inner
                }
                None => return,
            },
            Some('\\') => {
                let name: String =
                    self.rest()[1..].chars().take_while(char::is_ascii_alphabetic).take(8).collect();
                if !matches!(name.as_str(), "i" | "j" | "ae" | "o" | "aa") {
                    return;
                }
                self.at += 1 + name.len();
                self.blanks();
                symbol(&name).unwrap_or("").to_owned()
            }
            Some(letter) if letter.is_alphabetic() => {
                self.at += letter.len_utf8();
                letter.to_string()
            }
            _ => return,
        };
        // A dotless letter gets its dot back from the accent.
        let letter = letter.replace('ı', "i").replace('ȷ', "j");
        let mut chars = letter.chars();
        if let Some(first) = chars.next() {
            let whole: String = [first, mark].into_iter().chain(chars).nfc().collect();
            self.write(&whole, at);
        }
    }

    fn named(&mut self, name: &'a str, at: usize) {
        let glued = self.rest().starts_with(['{', '[', '<']);
        if let Some(level) = SECTIONS.iter().position(|known| *known == name) {
            return self.heading(level + 1, at);
        }
        if name.len() == 1
            && let Some(mark) = accent(name)
        {
            return self.accented(mark, at);
        }
        match name {
            "begin" => return self.begin(at),
            "end" => return self.end(),
            "item" | "bibitem" => return self.item(name, at),
            "footnote" | "footnotetext" | "endnote" | "sidenote" | "marginpar" | "thanks" => {
                return self.note(name, at);
            }
            "caption" | "captionof" | "subcaption" | "framesubtitle" => return self.caption(name),
            "frametitle" => return self.heading(SECTIONS.len() + 1, at),
            "par" | "newpage" | "clearpage" | "maketitle" | "bigskip" | "medskip" | "smallskip" => {
                self.end_block();
                return self.blanks();
            }
            "url" | "path" | "nolinkurl" | "lstinline" | "mintinline" | "detokenize" => {
                return self.raw(name, at);
            }
            "tabularnewline" | "cr" if self.row.is_some() => {
                self.blanks();
                return self.end_row();
            }
            "def" | "gdef" | "edef" | "xdef" => return self.definition(),
            "let" | "futurelet" => {
                self.control();
                self.at += usize::from(self.rest().starts_with('='));
                self.control();
                return;
            }
            "textsuperscript" | "footnotemark" if self.fact => {
                self.option();
                self.drop_argument();
                return;
            }
            "and" if self.fact => return self.write(", ", at),
            "today" | "relax" | "protect" | "noindent" => return self.blanks(),
            _ if DEFINITIONS.contains(&name) => return self.definition(),
            _ if LENGTHS.contains(&name) => return self.length(),
            _ if self.take_fact(name) => return,
            _ => {}
        }
        if name.contains("cite") || name.ends_with("ref") {
            self.overlay();
            while self.option().is_some() {}
            self.drop_argument();
        } else if let Some((_, count)) = DROPPED.iter().find(|(known, _)| *known == name) {
            self.dropped(name, *count);
        } else if let Some(text) = self.macros.get(name) {
            if let Some(left) = self.left.checked_sub(text.len()) {
                self.left = left;
                let text = text.clone();
                self.write(&text, at);
            }
            self.blanks();
            self.empty_group();
        } else if let Some(sign) = symbol(name) {
            self.write(sign, at);
            self.blanks();
            self.empty_group();
        } else {
            self.overlay();
            if self.rest().starts_with('[') {
                self.option();
            }
            if !glued {
                self.blanks();
                // A register that is given a value.
                if self.rest().starts_with('=') {
                    self.length();
                }
            }
        }
    }

    /// Passes over `{}`, which only ends the name of a command.
    fn empty_group(&mut self) {
        if self.rest().starts_with("{}") {
            self.at += 2;
        }
    }

    fn dropped(&mut self, name: &str, count: usize) {
        self.overlay();
        self.option();
        if name == "cmidrule" && self.rest().starts_with('(') {
            self.at += self.rest().bytes().take(20).position(|byte| byte == b')').map_or(0, |at| at + 1);
        }
        for _ in 0..count {
            self.option();
            self.drop_argument();
        }
        if name.starts_with("new") {
            self.option();
        }
    }

    /// Passes over blanks, and no end of a line.
    fn blanks(&mut self) {
        self.at += self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    }

    /// Passes over blanks and one end of a line.
    fn blank_line(&mut self) {
        let before = self.at;
        self.blanks();
        if self.rest().starts_with('\n') {
            self.at += 1;
            self.blanks();
        }
        if self.rest().starts_with('\n') {
            self.at = before;
        }
    }

    /// Returns the range of the argument that follows, and goes behind it.
    pub(super) fn argument(&mut self) -> Option<Range<usize>> {
        let before = self.at;
        self.blank_line();
        let close =
            self.braces.close(self.at).filter(|&close| close < self.end && self.rest().starts_with('{'));
        match close {
            Some(close) => {
                let range = self.at + 1..close;
                self.at = close + 1;
                Some(range)
            }
            None => {
                self.at = before;
                None
            }
        }
    }

    fn drop_argument(&mut self) {
        let before = self.at;
        match self.argument() {
            Some(range) if range.len() > LONGEST_DROPPED => self.at = range.start,
            Some(_) => {}
            None if self.rest().trim_start_matches([' ', '\t']).starts_with('\\') => {
                let spaces = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
                self.at = before + spaces;
                // The name of a length.
                if self.rest()[1..].starts_with(|next: char| next.is_ascii_alphabetic()) {
                    self.control();
                }
            }
            None => {}
        }
    }

    /// Returns the range of the option that follows, and goes behind it.
    pub(super) fn option(&mut self) -> Option<Range<usize>> {
        let before = self.at;
        self.blanks();
        if !self.rest().starts_with('[') {
            self.at = before;
            return None;
        }
        let start = self.at + 1;
        let last = (start + LONGEST_OPTION).min(self.end);
        let bytes = self.text.as_bytes();
        let mut at = start;
        while at < last {
            match bytes[at] {
                b']' => {
                    self.at = at + 1;
                    return Some(start..at);
                }
                b'\n' if bytes.get(at + 1) == Some(&b'\n') => break,
                b'{' => at = self.braces.close(at).filter(|&close| close < last).unwrap_or(at),
                _ => {}
            }
            at += 1;
        }
        self.at = before;
        None
    }

    /// Passes over the slides, such as `<1->`, that a part is shown on.
    fn overlay(&mut self) {
        let slides = |byte: &u8| byte.is_ascii_alphanumeric() || b"<-+,|@:. ()".contains(byte);
        if self.rest().starts_with('<') {
            let length = self.rest().bytes().take(30).take_while(slides).count();
            if self.rest()[length..].starts_with('>') {
                self.at += length + 1;
            }
        }
    }

    /// Passes over a command, and returns its name.
    fn control(&mut self) -> &'a str {
        self.blanks();
        let Some(rest) = self.rest().strip_prefix('\\') else { return "" };
        let letters = rest.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'@').count();
        let length = if letters == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { letters };
        self.at += 1 + length;
        &rest[..length]
    }

    fn length(&mut self) {
        let rest = self.rest();
        let number = rest.bytes().take_while(|byte| byte.is_ascii_digit() || b"=-+. ".contains(byte)).count();
        if rest[..number].contains(|char: char| char.is_ascii_digit()) {
            let unit = rest[number..].bytes().take(2).take_while(u8::is_ascii_alphabetic).count();
            self.at += number + unit;
        }
    }

    fn definition(&mut self) {
        let bare = self.rest().trim_start_matches([' ', '\t']).starts_with('\\');
        let name = if bare {
            self.control()
        } else {
            let Some(range) = self.argument() else { return };
            self.text[range].trim().trim_start_matches('\\')
        };
        let before = self.at;
        let mut plain = true;
        while self.option().is_some() {
            plain = false;
        }
        // The parameters of `\def`.
        let marks =
            self.rest().bytes().take(60).take_while(|byte| !matches!(byte, b'{' | b'\n' | b'\\')).count();
        if self.rest()[..marks].contains('#') {
            plain = false;
            self.at += marks;
        }
        let Some(body) = self.argument() else {
            self.at = before;
            return;
        };
        // The arguments of the newer commands come before the body.
        let body = match self.rest().starts_with('{').then(|| self.argument()).flatten() {
            Some(later) => {
                plain &= body.is_empty();
                later
            }
            None => body,
        };
        if plain && body.len() < LONGEST_MACRO {
            let text = self.text_of(body);
            if text.len() < LONGEST_MACRO {
                self.macros.insert(name, text);
            }
        } else {
            self.macros.insert(name, String::new());
            self.macros.remove(name);
        }
    }

    fn heading(&mut self, level: usize, at: usize) {
        self.overlay();
        self.option();
        let Some(range) = self.argument() else { return };
        if self.sink.is_some() || self.row.is_some() {
            return self.run(range);
        }
        self.end_block();
        let text = self.text_of(range);
        self.lists.clear();
        self.gather.heading(level, &text, self.line(at));
    }

    fn note(&mut self, name: &str, at: usize) {
        self.option();
        let Some(range) = self.argument() else { return };
        if self.fact {
            return;
        }
        self.numbered += 1;
        if self.sink.is_none() && !matches!(name, "footnotetext" | "marginpar" | "thanks") {
            let number = self.numbered;
            self.write(&format!("[{number}]"), at);
        }
        self.notes.push((range, self.numbered));
    }

    fn caption(&mut self, name: &str) {
        self.option();
        if name == "captionof" {
            self.drop_argument();
        }
        let Some(range) = self.argument() else { return };
        let row = self.row.take();
        self.end_block();
        self.run(range);
        self.end_block();
        self.row = row;
    }

    /// Writes an argument in which signs stand for themselves.
    fn raw(&mut self, name: &str, at: usize) {
        self.option();
        if name == "mintinline" {
            self.drop_argument();
        }
        if let Some(range) = self.argument() {
            let text = self.text[range]
                .replace("\\%", "%")
                .replace("\\_", "_")
                .replace("\\#", "#")
                .replace("\\&", "&")
                .replace('\n', " ");
            self.write(&text, at);
        }
    }

    fn item(&mut self, name: &str, at: usize) {
        self.overlay();
        let option = self.option();
        if name == "bibitem" {
            self.drop_argument();
        }
        if self.sink.is_some() || self.row.is_some() {
            return self.write(" ", at);
        }
        let mark = match self.lists.last_mut() {
            Some(Some(number)) if option.is_none() => {
                *number += 1;
                format!("{}.", *number - 1)
            }
            _ => "-".to_owned(),
        };
        self.end_block();
        let line = self.line(at);
        self.gather.item(self.lists.len().saturating_sub(1), &mark, line);
        if let Some(option) = option.filter(|_| name == "item") {
            let term = self.text_of(option);
            if !term.is_empty() {
                let colon = if term.ends_with([':', '.']) { " " } else { ": " };
                self.write(&(term + colon), at);
            }
        }
        self.blanks();
    }

    fn begin(&mut self, at: usize) {
        let Some(range) = self.argument() else { return };
        let name = self.text[range].trim();
        let known = |list: &'static [(&'static str, &'static str)]| {
            list.iter().find(|(known, _)| *known == name).map(|(known, _)| *known)
        };
        if let Some(known) = known(VERBATIM) {
            return self.verbatim(known);
        }
        if let Some(known) = known(LEFT_OUT) {
            self.end_block();
            if let Some((_, after)) = self.braces.end(known, self.at) {
                self.at = after.min(self.end);
            }
            return;
        }
        if let Some(known) = known(FORMULAS) {
            if known.starts_with("alignat") {
                self.drop_argument();
            }
            let start = self.at;
            if let Some((end, after)) = self.braces.end(known, start).filter(|(_, after)| *after <= self.end)
            {
                self.at = after;
                self.write_formula(start, end);
            }
            return;
        }
        if let Some((_, count)) = TABLES.iter().find(|(known, _)| *known == name) {
            self.end_block();
            for _ in 0..*count {
                self.option();
                self.drop_argument();
            }
            self.option();
            self.tables += 1;
            if self.row.is_none() {
                self.row = Some((vec![String::new()], 0));
            }
            return;
        }
        self.end_block();
        if let Some((_, numbered)) = LISTS.iter().find(|(known, _)| *known == name) {
            self.overlay();
            self.option();
            if matches!(name, "thebibliography" | "list") {
                self.drop_argument();
            }
            if self.sink.is_none() && self.row.is_none() && self.lists.len() < 1_000 {
                self.lists.push(numbered.then_some(1));
            }
            return;
        }
        self.overlay();
        let option = self.option();
        if name == "frame" {
            if self.rest().starts_with('{') {
                self.heading(SECTIONS.len() + 1, at);
            }
            return;
        }
        if let Some(option) = option.filter(|_| THEOREMS.contains(&name)) {
            self.run(option);
            self.end_block();
        }
        // Lengths and names of columns.
        while self.rest().starts_with('{') {
            let before = self.at;
            let Some(range) = self.argument() else { return };
            let text = &self.text[range];
            let shown = text.contains(' ') || text.starts_with(|first: char| first.is_uppercase());
            if shown && !text.contains("width") {
                self.at = before;
                return;
            }
        }
    }

    fn end(&mut self) {
        let Some(range) = self.argument() else { return };
        let name = self.text[range].trim();
        if name == "document" && self.depth == 1 {
            self.at = self.end;
        } else if TABLES.iter().any(|(known, _)| *known == name) {
            self.tables = self.tables.saturating_sub(1);
            self.end_row();
            if self.tables == 0 {
                self.row = None;
                self.end_block();
            }
        } else {
            self.end_block();
            if LISTS.iter().any(|(known, _)| *known == name) && self.sink.is_none() && self.row.is_none() {
                self.lists.pop();
            }
        }
    }

    fn verbatim(&mut self, name: &'static str) {
        let option = self.at;
        let _ = self.option();
        if matches!(name, "minted" | "tcblisting" | "filecontents" | "filecontents*" | "SaveVerbatim") {
            self.drop_argument();
        }
        let Some((end, after)) = self.braces.end(name, self.at) else {
            self.at = option;
            return;
        };
        let start = self.at;
        self.at = after.min(self.end);
        if NOT_SHOWN.contains(&name) || end > self.end {
            return;
        }
        let code = &self.text[start..end];
        if self.sink.is_some() || self.row.is_some() {
            return self.write(code, start);
        }
        self.end_block();
        let lines: Vec<&str> = code.split('\n').collect();
        let first = lines.first().map_or("", |line| line.trim());
        // What stands after the mark is an option that was not told from code.
        let skipped = usize::from(first.is_empty());
        self.gather.code(&lines[skipped..], self.line(start) + skipped as u32);
    }
}

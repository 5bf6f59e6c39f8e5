//! Manual pages: the macros of man and of mdoc, on top of roff.
//!
//! Lines are the file's own. A file whose name ends in a digit may be anything: a page is told by how
//! it begins.

use std::collections::HashMap;

use super::{Cause, Each, Format, Input, Warnings, decode::decode, gather::Gather};
use crate::{article::Article, date::Date};

mod escape;
mod semantic;
mod table;

/// The reader of manual pages.
pub(super) struct Man;

/// Bytes in which a page shows what it is: some begin with a long preamble.
const SAMPLE: usize = 16_000;

/// Bytes of the longest string that a page defines.
const LONGEST_STRING: usize = 200;

/// Requests of roff whose arguments are no text.
const REQUESTS: &[&str] = &[
    "ad", "na", "hy", "nh", "in", "ti", "ne", "ft", "ps", "vs", "ll", "lt", "ta", "tr", "nr", "rr", "rn",
    "rm", "ss", "cs", "bp", "pl", "po", "ns", "rs", "ev", "ec", "eo", "cc", "c2", "mk", "rt", "ls", "pc",
    "fp", "hw", "hc", "PD", "DT", "UC", "HP", "UE", "ME", "so", "mso", "als", "af", "as", "cu", "ul", "tm",
    "ex", "ab", "wh", "ch", "di", "da", "it", "lf", "pm", "IX", "AT", "Os", "YS", "BS", "BE", "VS", "VE",
    "AS", "blm", "warn", "cflags", "hla", "hpf", "nx", "pn", "do", "ie", "sv", "nop ", "fam", "defcolor",
    "color", "shc", "fchar", "cp", "tl", "sy", "pso", "close", "open", "opena", "write", "Bk", "Ek", "Sm",
    "Db", "Rs", "Re", "Ex", "Rv", "Xo", "Xc", "THEOREM ",
];

impl Format for Man {
    fn name(&self) -> &'static str {
        "man"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[
            "man", "mdoc", "1", "2", "3", "4", "5", "6", "7", "8", "9", "1p", "3p", "3pm", "3perl", "1ssl",
            "3ssl", "5ssl", "7ssl",
        ]
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let head = &bytes[..bytes.len().min(SAMPLE)];
        let mut first = true;
        for line in head.split(|&byte| byte == b'\n') {
            let line = line.trim_ascii_end();
            if [&b".TH "[..], b".Dd", b".SH "].iter().any(|name| line.starts_with(name)) {
                return Some(true);
            }
            if first && line.starts_with(b".so man") {
                return Some(true);
            }
            // What comes before is comments, requests and definitions.
            let requests = line.is_empty() || line.starts_with(b".") || line.starts_with(b"'");
            if !requests && first {
                return Some(false);
            }
            first &= line.is_empty();
        }
        Some(false)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let decoded = decode(input.bytes, None)?;
        let mut article = Article::default();
        article.warnings.extend(decoded.warning);
        Reader::new(&decoded.text, &mut article).read();
        let _ = each(article);
        Ok(Warnings::new())
    }
}

struct Reader<'a> {
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
    fn new(text: &'a str, article: &'a mut Article) -> Self {
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

    fn read(mut self) {
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

    /// Reads a request or a macro.
    fn request(&mut self, name: &str, rest: &'a str) {
        match name {
            "" => {}
            "de" | "de1" | "am" | "ig" | "am1" => self.skip_definition(rest),
            "ds" => {
                let (name, value) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
                let value = value.trim_start().strip_prefix('"').unwrap_or(value.trim_start());
                if value.len() < LONGEST_STRING {
                    let value = self.plain(value);
                    self.strings.insert(name.to_owned(), value);
                }
            }
            "EQ" => {
                while self.at + 1 < self.lines.len() && !self.lines[self.at].starts_with(".EN") {
                    self.at += 1;
                }
            }
            "TS" => self.table(),
            "nf" | "EX" | "Vb" | "CS" | "DS" => self.begin_code(),
            "fi" | "EE" | "Ve" | "CE" | "DE" => self.end_code(),
            "Bd" if rest.contains("-literal") || rest.contains("-unfilled") => self.begin_code(),
            "Bd" => self.gather.end(),
            "Ed" => {
                self.end_code();
                self.gather.end();
            }
            "PP" | "P" | "LP" => {
                if self.code.is_none() {
                    self.gather.end();
                    self.in_list = false;
                }
            }
            "Pp" | "Lp" | "sp" | "SY" if self.code.is_none() => {
                self.gather.end();
                if name == "SY" {
                    let text = self.words(rest).join(" ");
                    self.write(&text);
                }
            }
            "Pp" | "Lp" | "sp" | "br" => {}
            "RS" => {
                self.depth += 1;
                self.gather.end();
            }
            "RE" => {
                self.depth = self.depth.saturating_sub(1);
                self.gather.end();
            }
            "Bl" | "It" | "El" => self.list(name, rest),
            "Dl" | "D1" => {
                let text = self.semantic(&self.words(rest));
                let number = self.number();
                self.gather.code(&[&text], number);
            }
            _ if REQUESTS.contains(&name) => {}
            _ => {
                let words = self.words(rest);
                self.words_of(name, &words);
            }
        }
    }

    /// Reads a macro by its words.
    fn words_of(&mut self, name: &str, words: &[String]) {
        match name {
            "TH" | "Dt" => self.title(words),
            "Dd" => self.date(&words.join(" "), ".Dd"),
            "SH" | "Sh" | "SS" | "Ss" => {
                let level = if name.ends_with(['H', 'h']) { 1 } else { 2 };
                if words.is_empty() {
                    self.heading = Some(level);
                } else {
                    let text = self.semantic(words);
                    self.begin_section(level, &text);
                }
            }
            "TP" | "TQ" => {
                self.end_code();
                let (depth, number) = (self.depth, self.number());
                self.gather.item(depth, "-", number);
                self.in_list = true;
            }
            "IP" => self.paragraph(words.first().map(String::as_str)),
            "B" | "I" | "SM" | "SB" | "R" | "BI" | "BR" | "IB" | "IR" | "RB" | "RI" => {
                let glue = if name.len() == 2 && !name.starts_with('S') { "" } else { " " };
                self.write(&words.join(glue));
            }
            "OP" => self.write(&format!("[{}]", words.join(" "))),
            "UR" | "MT" => {
                let next = self.lines.get(self.at + 1).copied().unwrap_or("");
                if next.starts_with(".UE") || next.starts_with(".ME") {
                    self.write(&words.join(" "));
                }
            }
            "An" if self.section == "AUTHORS" || self.section == "AUTHOR" => {
                let name: Vec<&str> =
                    words.iter().map(String::as_str).take_while(|word| !semantic::is_macro(word)).collect();
                let name = name.join(" ");
                let name = name.trim_end_matches([',', '.', ' ']);
                if !name.is_empty() && !name.starts_with('-') && self.article.authors.len() < 50 {
                    self.article.authors.push(name.to_owned());
                }
                let text = self.semantic(words);
                self.write(&text);
            }
            "Nm" => {
                if self.name.is_empty() {
                    self.name = words.first().cloned().unwrap_or_default();
                }
                self.semantic_line(name, words);
            }
            _ if semantic::is_macro(name) => self.semantic_line(name, words),
            // One of the page's own: what it is given is mostly text.
            _ if name.starts_with(|first: char| first.is_ascii_uppercase()) => self.write(&words.join(" ")),
            _ => {}
        }
    }

    fn semantic_line(&mut self, name: &str, words: &[String]) {
        let all: Vec<String> = std::iter::once(name.to_owned()).chain(words.iter().cloned()).collect();
        let text = self.semantic(&all);
        if !text.is_empty() {
            self.write(&text);
        }
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

    /// Begins a paragraph with a tag before it.
    fn paragraph(&mut self, tag: Option<&str>) {
        self.end_code();
        let (depth, number) = (self.depth, self.number());
        let tag = tag.map(str::trim).filter(|tag| !tag.is_empty());
        match tag {
            None => {
                self.gather.end();
                // An indented paragraph outside a list is one like any other.
                return;
            }
            Some("•" | "-" | "*" | "o" | "·" | "+" | "—" | "–" | "○" | "□") => {
                self.gather.item(depth, "-", number)
            }
            Some(tag) => {
                let digits = tag.trim_matches(['(', '[', ')', ']', '.']);
                if !digits.is_empty() && digits.len() < 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
                {
                    self.gather.item(depth, &format!("{digits}."), number);
                } else {
                    self.gather.item(depth, "-", number);
                    self.gather.write(tag, number);
                }
            }
        }
        self.in_list = true;
    }

    /// Reads the macros of mdoc's lists.
    fn list(&mut self, name: &str, rest: &str) {
        self.end_code();
        self.gather.end();
        let number = self.number();
        match name {
            "Bl" => {
                let kind = match rest {
                    _ if rest.contains("-enum") => List::Numbered,
                    _ if rest.contains("-column") => List::Columns,
                    _ if rest.contains("-bullet")
                        || rest.contains("-dash")
                        || rest.contains("-item")
                        || rest.contains("-hyphen") =>
                    {
                        List::Bullet
                    }
                    _ => List::Tagged,
                };
                if self.lists.len() < 100 {
                    self.lists.push((kind, 1));
                }
            }
            "El" => {
                self.lists.pop();
            }
            _ => {
                let depth = self.item_depth();
                let Some((kind, count)) = self.lists.last_mut() else {
                    self.gather.item(0, "-", number);
                    return;
                };
                let kind = *kind;
                if kind == List::Columns {
                    let cells: Vec<String> = rest
                        .split('\t')
                        .flat_map(|part| part.split(" Ta "))
                        .map(|cell| self.semantic(&self.words(cell)))
                        .collect();
                    return self.gather.row(&cells, number);
                }
                let mark = if kind == List::Numbered { format!("{count}.") } else { "-".to_owned() };
                *count += 1;
                self.gather.item(depth, &mark, number);
                if kind == List::Tagged {
                    let text = self.semantic(&self.words(rest));
                    self.gather.write(&text, number);
                }
            }
        }
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

    /// Passes over the lines of a definition.
    fn skip_definition(&mut self, rest: &str) {
        let ending = rest.split_whitespace().nth(1).unwrap_or(".");
        let ends = |line: &&str| line.strip_prefix('.').is_some_and(|line| line.trim() == ending);
        // One without an end holds only itself.
        let length = self.lines[self.at + 1..].iter().take(1_000).position(ends);
        self.at += length.map_or(0, |length| length + 1);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{gather::assert_words_on_their_lines, print_lines, read_one},
        *,
    };

    fn read(text: &str) -> Article {
        read_one(&Man, "a.1", text)
    }

    #[test]
    fn blocks_have_their_kind_line_and_headings() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print_lines(&read(text).sections), expected, "{text}");
        check("", &[]);
        check(
            ".SH NAME\nls \\- list\n.B all\nfiles\n.PP\nb\n\nc",
            &["2 Prose NAME: ls - list\nall\nfiles", "6 Prose NAME: b", "8 Prose NAME: c"],
        );
        check(".SH A\n.SS \"B c\"\nd", &["3 Prose A > B c: d"]);
        check(".SH\nA\nb", &["3 Prose A: b"]);
        check(
            ".TP\n.BR \\-a \", \" \\-\\-all\nshow\nall\n.TP\nb\nc\n.PP\nd",
            &["2 Item : - -a, --all\n  show\n  all", "6 Item : - b\n  c", "9 Prose : d"],
        );
        check(
            ".IP \\(bu 2\na\n.IP 1.\nb\n.IP tag\nc\n.IP\nd",
            &["2 Item : - a", "4 Item : 1. b", "5 Item : - tag\n  c", "8 Item :   d"],
        );
        check(
            ".IP a\nb\n.RS\n.IP c\nd\n.RE\n.PP\ne",
            &["1 Item : - a\n  b", "4 Item :   - c\n    d", "8 Prose : e"],
        );
        check("a\n.nf\n  b \\-x\n\n.B c\n.fi\nd", &["1 Prose : a", "3 Code :   b -x\n\nc", "7 Prose : d"]);
        check(".EX\n\\fBa\\fR\n.EE\nb", &["2 Code : a", "4 Prose : b"]);
        check(".de XX\ngone\n..\n.ig\ngone\n..\n.so man1/gone.1\na", &["8 Prose : a"]);
        check(
            ".ds x y\n.ie t gone\n.el a \\*x\n.if n b\n.if t \\{\\\ngone\n.\\}\nc",
            &["3 Prose : a y\nb\n\n\n\nc"],
        );
        check(
            ".TS\ntab(|) allbox;\nl l\nl r.\nA|B\n_\n1|T{\nb\nc\nT}\n.TE\nd",
            &["5 Row : A | B", "7 Row : 1 | b c", "12 Prose : d"],
        );
        check(
            ".Sh NAME\n.Nm cat\n.Nd show\n.Sh B\n.Nm\n.Op Fl a Ar b\n.Bl -tag\n.It Fl a\nc\n.Bl -enum\n.It\nd\n.El\n.El\ne",
            &[
                "2 Prose NAME: cat\n– show",
                "5 Prose B: cat\n[-a b]",
                "8 Item B: - -a\n  c",
                "12 Item B:   1. d",
                "15 Prose B: e",
            ],
        );
        check(".Bd -literal\na\n  b\n.Ed\n.Dl c", &["2 Code : a\n  b", "5 Code : c"]);
        check(".UR http://a.b\ntext\n.UE\n.MT a@b.c\n.ME", &["2 Prose : text\n\na@b.c"]);
    }

    #[test]
    fn a_page_is_told_by_how_it_begins() {
        let check =
            |text: &str, expected: bool| assert_eq!(Man.begins(text.as_bytes()), Some(expected), "{text}");
        check(".TH ls 1\n", true);
        check(".\\\" by hand\n.Dd May 1, 2024\n", true);
        check("'\\\" t\n.\\\" a\n\n.if n .nh\n.TH a 3\n", true);
        check(".so man1/bash.1\n", true);
        check(".\\\" a\n.de x\ntext\n..\n.SH NAME\n", true);
        check("", false);
        check("notes\n.TH a 1\n", false);
        check(".\n", false);
        check(".profile\n", false);
    }

    #[test]
    fn facts_are_read() {
        let check = |text: &str, expected: &str| {
            let Article { title, authors, date, date_source, .. } = read(text);
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            assert_eq!(format!("{title:?} {authors:?} {date} {date_source}"), expected, "{text}");
        };
        check(".TH LS \"1\" \"May 2024\" \"x 1.0\"", r#"Some("ls(1)") [] 2024-05 .TH"#);
        check(
            ".Dd $Mdocdate: May 1 2024 $\n.Dt CAT 1\n.Sh AUTHORS\n.An Jane Doe Aq Mt j@d.e",
            r#"Some("cat(1)") ["Jane Doe"] 2024-05-01 .Dd"#,
        );
        check(".TH \"The late tide\" \"\"", r#"Some("The late tide") []  "#);
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        for unit in [
            ".if n ",
            ".ie t \\{\n",
            ".de x\n",
            "\\fB",
            "\\[",
            "\\*[",
            "\\h'",
            ".RS\n",
            ".Bl\n",
            ".TS\n",
            ".nf\na\n",
            ".Op ",
            "\"",
            ".Oo Fl ",
            "\\",
            ".B \"",
            ".EQ\n",
            ".ig\n",
            ".TP\n",
            "T{\n",
        ] {
            let text = ".SH a\n".to_owned() + &unit.repeat(200_000 / unit.len()) + "\n\nend";
            let started = std::time::Instant::now();
            read(&text);
            read(&format!(".Op {}", unit.trim().repeat(200_000 / unit.len())));
            assert!(started.elapsed().as_secs() < 20, "{unit}");
        }
    }

    /// Pieces of manual pages; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "@ @\n@ \\fB@\\fR @\n.B @ @\n@\n",
        ".SH @ @\n@\n",
        ".SS @\n@\n",
        ".TP\n.BR @ ( @ )\n@\n@\n",
        ".IP @ 4\n@\n.IP\n@\n",
        ".PP\n@ \\(em @\n.br\n@\n",
        ".nf\n@\n\n @\n.fi\n",
        ".RS\n@\n.RE\n@\n",
        ".\\\" gone\n.ne 3\n@ \\\" gone\n",
        ".TS\nl l.\n@\t@\n@\n.TE\n",
        ".Op Fl @ Ar @ ,\n.Xr @ 1\n",
        ".Bl -tag\n.It Fl @\n@\n.El\n",
        ".if t gone\n.if n @\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once_and_on_its_line(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let mut text = String::new();
            for (number, part) in pieces.iter().flat_map(|&piece| PIECES[piece].split_inclusive('@')).enumerate() {
                text.push_str(&part.replace('@', &format!("w{number}w")));
            }
            let sections = read(&text).sections;
            assert_words_on_their_lines(&text, &sections);
            let printed = print_lines(&sections).concat();
            prop_assert!(!printed.contains("gone"), "{}", printed);
        }

        #[test]
        fn any_text_is_read(text in "([-.'\"(\\[\\]*{} \n\té\\\\a1]|\\.(SH|TP|IP|TS|TE|nf|fi|de|if|ie|el|Bl|It|Nm|Xr|Fn|RS|EQ|ds|Op|Fl|Ns|Pf|Lk) ?){0,60}") {
            let _ = (read(&text), Man.begins(text.as_bytes()));
        }
    }
}

//! AsciiDoc: the markup of many manuals and books.
//!
//! Lines are the file's own. Lines that only begin or end a block are taken out and the text between
//! them read as any other, except where the block is code; no other file is included.

use self::{
    inline::{Attributes, LONGEST_VALUE, clean},
    table::Table,
};
use super::{
    Cause, Each, Format, Input, Warnings,
    decode::decode,
    gather::{Gather, indent},
};
use crate::{
    article::{Article, Kind},
    date::Date,
};

mod inline;
mod table;

/// The reader of AsciiDoc files.
pub(super) struct AsciiDoc;

impl Format for AsciiDoc {
    fn name(&self) -> &'static str {
        "asciidoc"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["adoc", "asciidoc", "asc"]
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        // Keys and signatures have the same extension.
        bytes.starts_with(b"-----BEGIN PGP").then_some(false)
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
    attributes: Attributes,
    /// The list of attributes before the next block.
    before: String,
    /// The marks of the open lists, outermost first.
    lists: Vec<String>,
    /// The numbers of the next items of those.
    numbers: Vec<u32>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, article: &'a mut Article) -> Self {
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

    fn read(mut self) {
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

    /// Reads the title and the lines below it up to the first empty one.
    fn header(&mut self) {
        let mut told = false;
        // What is read below the title: its authors, then the revision.
        let mut below = 0;
        while let Some(&line) = self.lines.get(self.at) {
            let text = line.trim_end();
            if text.starts_with("////") {
                let length = self.lines[self.at + 1..].iter().position(|line| line.trim_end() == text);
                self.at += length.map_or(0, |length| length + 1);
            } else if text.starts_with("//") {
                // A comment.
            } else if let Some((name, value)) = attribute(text) {
                self.set(name, value);
            } else if text.is_empty() {
                if told {
                    break;
                }
            } else if let Some(title) =
                text.strip_prefix("= ").or_else(|| text.strip_prefix("# ")).filter(|_| !told)
            {
                self.article.title = Some(self.gather.clean(title));
                told = true;
            } else if !told && self.underlined().is_some_and(|(level, _)| level == 1) {
                self.article.title = Some(self.gather.clean(text));
                told = true;
                self.at += 1;
            } else if told && below == 0 && !text.starts_with(['[', '=', ':', '*', '.', '-', '|']) {
                for name in text.split(';').take(50) {
                    let end = name.find('<').unwrap_or(name.len());
                    let name = self.gather.clean(&name[..end].replace('_', " "));
                    self.article.authors.extend(Some(name).filter(|name| !name.is_empty()));
                }
                below = 1;
            } else if told
                && below == 1
                && (text.starts_with('v') || text.starts_with(|first: char| first.is_ascii_digit()))
            {
                let text = text.split(": ").next().unwrap_or(text);
                let parts = text.rsplit_once(", ").map(|(_, date)| date);
                let dates = [parts, text.split_once(", ").map(|(_, date)| date), Some(text)];
                self.article
                    .take_date(dates.into_iter().flatten().find_map(Date::parse), "the revision line");
                below = 2;
            } else {
                break;
            }
            self.at += 1;
        }
    }

    /// Sets an attribute of the document.
    fn set(&mut self, name: &str, value: &str) {
        let mut value = value.to_owned();
        while let Some(before) =
            value.strip_suffix(" \\").map(|before| before.trim_end_matches(" +").to_owned())
        {
            self.at += 1;
            let Some(more) = self.lines.get(self.at).filter(|_| value.len() < 10_000) else { break };
            value = before + " " + more.trim();
        }
        let text = self.gather.clean(&value);
        match name.to_lowercase().as_str() {
            "author" | "authors" if self.article.authors.len() < 50 => {
                self.article.authors.extend(text.split(';').map(|name| name.trim().to_owned()));
            }
            "doctitle" | "title" if self.article.title.is_none() && !text.is_empty() => {
                self.article.title = Some(text.clone())
            }
            "revdate" => self.article.take_date(Date::parse(&text), "the revdate attribute"),
            "date" | "docdate" | "page-date" | "page-revdate" => {
                self.article.take_date(Date::parse(&text), "the date attribute")
            }
            "keywords" | "tags" | "page-tags" | "jbake-tags" => {
                let tags =
                    text.split([',', ';']).map(str::trim).filter(|tag| !tag.is_empty() && tag.len() < 100);
                self.article.tags.extend(tags.take(100).map(String::from));
            }
            "lang" if !text.is_empty() && text.len() < 20 => self.article.language = Some(text.clone()),
            _ => {}
        }
        if text.len() <= LONGEST_VALUE {
            self.attributes.borrow_mut().insert(name.to_lowercase(), text);
        }
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
                    let lines: Vec<String> =
                        lines.iter().map(|line| super::latex::math::math(line)).collect();
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

/// Returns the name and the value of an attribute that a line sets.
fn attribute(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix(':')?;
    let (name, value) = rest.split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'!');
    let named = !name.is_empty() && name.len() <= 80 && name.bytes().all(plain);
    (named && (value.is_empty() || value.starts_with([' ', '\t']))).then(|| (name, value.trim()))
}

/// Says whether a line only tells what to do with others.
fn is_directive(text: &str) -> bool {
    const NAMES: &[&str] = &[
        "include::",
        "ifdef::",
        "ifndef::",
        "ifeval::",
        "endif::",
        "toc::",
        "video::",
        "audio::",
        "image::",
        "plantuml::",
    ];
    let named = NAMES.iter().any(|name| text.starts_with(name)) && text.ends_with(']');
    named && !text.starts_with("image::")
}

/// Returns the attributes of a picture that is a block of its own.
fn image(text: &str) -> Option<&str> {
    let (_, attributes) = text.strip_prefix("image::")?.split_once('[')?;
    attributes.strip_suffix(']')
}

/// Returns the term of a list of those, and what is told of it.
fn term(text: &str) -> Option<(&str, &str)> {
    let at = text.find("::").or_else(|| text.find(";;"))?;
    let (term, rest) = text.split_at(at);
    let told = rest.trim_start_matches([':', ';']);
    let apart = told.is_empty() || told.starts_with([' ', '\t']);
    let marks = rest.len() - told.len();
    (apart && !term.trim().is_empty() && (2..=4).contains(&marks) && term.len() < 300)
        .then(|| (term.trim(), told.trim()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{gather::assert_words_on_their_lines, print_lines, read_one},
        *,
    };

    fn read(text: &str) -> Article {
        read_one(&AsciiDoc, "a.adoc", text)
    }

    #[test]
    fn blocks_have_their_kind_line_and_headings() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print_lines(&read(text).sections), expected, "{text}");
        check("", &[]);
        check("one\ntwo\n\nthree", &["1 Prose : one\ntwo", "4 Prose : three"]);
        check(
            "= T\n\na\n\n== A\nb\n\n=== B ===\nc\n\nD\n---\nd",
            &["3 Prose : a", "6 Prose A: b", "9 Prose A > B: c", "13 Prose D: d"],
        );
        check(
            "* a\n  b\n** c\n* d\n+\ne\n\nf",
            &["1 Item : - a\n  b", "3 Item :   - c", "4 Item : - d", "6 Item :   e", "8 Prose : f"],
        );
        check(
            ". a\n.. b\n. c\n\n1. d\n<1> e",
            &["1 Item : 1. a", "2 Item :   1. b", "3 Item : 2. c", "5 Item :   1. d", "6 Item :   2. e"],
        );
        check(
            "term:: told\nmore\nother::\n  b",
            &["1 Item : - term: told\n  more", "3 Item : - other:\n  b"],
        );
        check("[source,c]\n----\n  a *b*\n\n c\n----\nd", &["3 Code :  a *b*\n\nc", "7 Prose : d"]);
        check(
            "....\na\n....\n\n indented\n\n```c\nb\n```",
            &["2 Code : a", "5 Code : indented", "8 Code : b"],
        );
        check(
            "====\na\n====\n\n____\nb\n____\n////\ngone\n////\n++++\ngone\n++++\n// gone\nc",
            &["2 Prose : a", "6 Prose : b", "15 Prose : c"],
        );
        check(
            "NOTE: a\n\n[quote, b]\nc\n\n.Title\n[[id]]\nd",
            &["1 Prose : NOTE: a", "4 Prose : c", "6 Prose : Title", "8 Prose : d"],
        );
        check(
            "|===\n|A |*b*\n\n|1\n|2\n|c\nd |e\n|===\nf",
            &["2 Row : A | b", "4 Row : 1 | 2", "6 Row : c d | e", "9 Prose : f"],
        );
        check(
            "[cols=\"1,2\"]\n|===\n|A\n|B\n2+|C\na|D |E\n|===",
            &["3 Row : A | B", "5 Row : C | D", "6 Row : E"],
        );
        check(",===\na,b\n,===", &["2 Row : a | b"]);
        check(
            "include::x[]\nifdef::y[]\na\nendif::[]\nimage::b.png[C d,1]\n\n:k: v\n{k}",
            &["3 Prose : a\n\nC d", "8 Prose : v"],
        );
    }

    #[test]
    fn the_header_fills_the_fields() {
        let check = |text: &str, expected: &str| {
            let Article { title, authors, date, date_source, language, tags, sections, .. } = read(text);
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            let printed = print_lines(&sections);
            assert_eq!(
                format!("{title:?} {authors:?} {date} {date_source} {language:?} {tags:?} {printed:?}"),
                expected,
                "{text}"
            );
        };
        check("", "None []   None [] []");
        check(
            "// c\n= A *b*\nJane Doe <j@d.e>; John_X Roe\nv1.0, 2024-05-01: more\n:keywords: sea, moon\n:lang: de\n:toc:\n\na",
            r#"Some("A b") ["Jane Doe", "John X Roe"] 2024-05-01 the revision line Some("de") ["sea", "moon"] ["9 Prose : a"]"#,
        );
        check(
            "= A\n:author: Jane Doe\n:revdate: May 1, 2024\n:description: long \\\n  more\n\na {author}",
            r#"Some("A") ["Jane Doe"] 2024-05-01 the revdate attribute None [] ["7 Prose : a Jane Doe"]"#,
        );
        check(
            "Title A\n=======\nJane Doe\n2024-05-01\n\na",
            r#"Some("Title A") ["Jane Doe"] 2024-05-01 the revision line None [] ["6 Prose : a"]"#,
        );
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        for unit in [
            "[[",
            "{",
            "*",
            " *a",
            "**a ",
            "a:b[",
            "<<",
            "((",
            "(((",
            "+++",
            "`+",
            "`a",
            "* ",
            "* a\n",
            "|===\n",
            "|",
            "----\n",
            "```\n",
            "====\n",
            "a::\n",
            ":a: b \\\n",
            "[a]\n",
            "=",
            "a\n--\n",
            "footnote:[",
            "\\",
            "/////\n",
            "link:",
            "....\n+\n",
        ] {
            let text = unit.repeat(200_000 / unit.len()) + "\n\nend";
            let started = std::time::Instant::now();
            read(&text);
            read(&format!("a\n\n{text}"));
            assert!(started.elapsed().as_secs() < 20, "{unit}");
        }
    }

    /// Pieces of AsciiDoc; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "@ @\n@ *@* _@\n@_ `@ @`\n\n",
        "@ https://gone.x[@\n@] <<gone,@>> @ footnote:[@ @] @\n\n",
        "== @ @\n\n@\n\n",
        "=== @\n@ {gone} @\n\n",
        "* @\n@\n** @\n+\n@\n\n",
        ". @\n. @\n\n",
        "@:: @\n@\n\n",
        "----\n@\n\n  @\n----\n",
        "====\n@\n====\n",
        "|===\n|@ |*@*\n\n|@\n|@\n|===\n\n",
        "// gone\n",
        "////\ngone\n////\n\n",
        ".@ @\n[gone]\n@\n\n",
        "NOTE: @ -- @ +\n@\n\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once_and_on_its_line(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let mut text = "x\n\n".to_owned();
            for (number, part) in pieces.iter().flat_map(|&piece| PIECES[piece].split_inclusive('@')).enumerate() {
                text.push_str(&part.replace('@', &format!("w{number}w")));
            }
            let sections = read(&text).sections;
            assert_words_on_their_lines(&text, &sections);
            let printed = print_lines(&sections).concat();
            prop_assert!(!printed.contains("gone"), "{}", printed);
        }

        #[test]
        fn any_text_is_read(text in "([-#>*_=~|+0-9.:\\[\\]()!<>/&;a@{}$^`'\" \n\t\\\\é,]|\\|===\n|image::|link:|footnote:|:a: ){0,80}") {
            let _ = read(&text);
        }
    }
}

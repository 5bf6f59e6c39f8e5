//! reStructuredText: the markup of Python's documentation.
//!
//! Lines are the file's own. Most directives only stand before text that is indented below them:
//! their own line is taken out and the text is read as any other. Nothing is nested, so nothing can
//! be nested too deep.

use self::{
    directive::{Body, body},
    inline::{Inline, reference},
    mark::{adornment, enumerator, field},
};
use super::{
    Cause, Each, Format, Input, Warnings,
    decode::decode,
    gather::{Gather, hidden, indent},
    latex::math::math,
};
use crate::{
    article::{Article, Kind},
    date::Date,
};

mod directive;
mod inline;
mod mark;
mod table;

/// The reader of reStructuredText files.
pub(super) struct Rst;

/// Fields whose first word says only what the second one is.
const KINDS_OF_FIELDS: &[&str] = &[
    "param",
    "parameter",
    "arg",
    "argument",
    "key",
    "keyword",
    "type",
    "raises",
    "raise",
    "except",
    "exception",
    "var",
    "ivar",
    "cvar",
];

impl Format for Rst {
    fn name(&self) -> &'static str {
        "rst"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rst", "rest"]
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
    fn new(text: &'a str, article: &'a mut Article) -> Self {
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

    fn read(mut self) {
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

    fn field(&mut self, name: &str, value: &'a str, column: usize) {
        let number = self.number();
        if !self.top {
            let words: Vec<&str> = name.split_whitespace().collect();
            let named = match words.as_slice() {
                [kind, .., last] if KINDS_OF_FIELDS.contains(kind) => last,
                _ => name,
            };
            self.gather.begin(Kind::Prose, "", number);
            self.goes_on = GoesOn::Deeper(column);
            self.gather.write(&format!("{}: ", hidden(named)), number);
            return self.text(value, column);
        }
        let more = self.body_length(self.at + 1, column);
        let lines: Vec<&str> =
            [value].into_iter().chain(self.lines[self.at + 1..].iter().take(more).copied()).collect();
        let lower = name.to_ascii_lowercase();
        if matches!(lower.as_str(), "abstract" | "dedication" | "summary" | "description" | "subtitle") {
            for (line, text) in lines.iter().enumerate() {
                if text.trim().is_empty() {
                    self.gather.end();
                } else {
                    self.gather.write(text, number + line as u32);
                }
            }
            self.gather.end();
        } else {
            self.fact(&lower, &lines);
        }
        self.at += more;
    }

    /// Takes a fact of the article from a field, its name in lowercase.
    fn fact(&mut self, name: &str, lines: &[&str]) {
        let filled = lines.iter().map(|line| line.trim().trim_start_matches(['-', '*']).trim());
        let filled: Vec<&str> = filled.filter(|line| !line.is_empty()).collect();
        let clean = |gather: &Gather<'_>| gather.clean(&filled.join(" "));
        match name {
            "title" if self.article.title.is_none() => self.article.title = Some(clean(&self.gather)),
            "author" | "authors" if self.article.authors.len() < 100 => {
                let names = filled.iter().flat_map(|line| line.split(';'));
                let names =
                    names.map(|name| without_mail(&self.gather.clean(name)).trim_matches(',').to_owned());
                self.article.authors.extend(names);
            }
            "date" | "created" | "published" => {
                let text = clean(&self.gather);
                let bare = text.trim_matches('$').trim().trim_start_matches("Date:").trim();
                let source = if name == "date" { "the date field" } else { "the field of its making" };
                self.article.take_date(Date::parse(bare), source);
            }
            "tags" | "keywords" | "category" | "categories" => {
                let text = clean(&self.gather);
                let tags =
                    text.split([',', ';']).map(str::trim).filter(|tag| !tag.is_empty() && tag.len() < 100);
                self.article.tags.extend(tags.take(100).map(String::from));
            }
            "lang" | "language" => {
                self.article.language = Some(clean(&self.gather)).filter(|text| text.len() < 20)
            }
            _ => {}
        }
    }

    /// Reads the lines of names and values that a proposal begins with.
    fn header(&mut self) {
        while let Some(line) = self.lines.get(self.at).filter(|line| !line.trim().is_empty()) {
            let more = self.lines[self.at + 1..]
                .iter()
                .take_while(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty())
                .count();
            if let Some((name, value)) = line.split_once(':') {
                let lines: Vec<&str> =
                    [value].into_iter().chain(self.lines[self.at + 1..].iter().take(more).copied()).collect();
                self.fact(&name.trim().to_ascii_lowercase(), &lines);
            }
            self.at += more + 1;
        }
    }

    /// Reads what two dots mark: a directive, a note, a target, a comment.
    fn marked(&mut self, rest: &'a str, column: usize) {
        let number = self.number();
        if let Some((label, text)) =
            rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).filter(|(label, _)| label.len() < 80)
        {
            self.top = false;
            self.lists.clear();
            self.gather.begin(Kind::Prose, &format!("{} ", reference(label)), number);
            self.goes_on = GoesOn::Deeper(column);
            return self.gather.write(text.trim_start(), number);
        }
        if let Some((name, argument)) = directive::parse(rest) {
            return self.directive(&name.to_ascii_lowercase(), argument, column);
        }
        if rest.starts_with('_') {
            // A target may be written over more lines.
            let inside = |line: &&&str| !line.trim().is_empty() && indent(line) > column;
            self.at += self.lines[self.at + 1..].iter().take_while(inside).count();
            return;
        }
        if let Some((name, value)) = rest.split_once(": ").filter(|(name, _)| self.top && !name.contains(' '))
        {
            self.fact(&name.to_ascii_lowercase(), &[value]);
        }
        let empty = rest.is_empty() && self.lines.get(self.at + 1).is_none_or(|line| line.trim().is_empty());
        if !empty {
            self.at += self.body_length(self.at + 1, column);
        }
    }

    fn directive(&mut self, name: &str, argument: &'a str, column: usize) {
        let number = self.number();
        let kind = body(name);
        let options = self.options(column);
        if matches!(name, "meta" | "post" | "sectionauthor" | "moduleauthor" | "codeauthor") {
            match name {
                "post" => self.fact("date", &[argument]),
                "meta" => {}
                _ => self.fact("author", &[argument]),
            }
            for line in self.at + 1..=self.at + options {
                if let Some((name, value)) = field(self.lines[line].trim()) {
                    self.fact(&name.to_ascii_lowercase(), &[value]);
                }
            }
        }
        if name != "meta" && name != "title" && kind != Body::Dropped {
            self.top = false;
        }
        let first = self.at + 1 + options;
        match kind {
            Body::Dropped => {
                if name == "title" {
                    self.fact("title", &[argument]);
                }
                self.at += self.body_length(self.at + 1, column);
            }
            Body::Code | Body::Marked => {
                let length = self.body_length(first, column);
                let lines = &self.lines[first..first + length];
                if kind == Body::Code {
                    self.gather.code(lines, first as u32 + 1);
                } else {
                    self.gather.marked_code(lines, first as u32 + 1);
                }
                self.at = first + length - 1;
            }
            Body::Formula => {
                let length = self.body_length(first, column);
                self.gather.write(&hidden(&math(argument)), number);
                for line in first..first + length {
                    self.gather.write(&hidden(&math(self.lines[line])), line as u32 + 1);
                }
                self.gather.end();
                self.at = first + length - 1;
            }
            Body::Rows => {
                self.argument(argument, number);
                self.gather.end();
                let length = self.body_length(first, column);
                let lines = &self.lines[first..first + length];
                let rows = if name == "csv-table" { table::csv(lines) } else { table::lists(lines) };
                for line in self.at + 1..first {
                    if let Some(("header", cells)) = field(self.lines[line].trim()) {
                        self.gather.row(&table::fields(cells), line as u32 + 1);
                    }
                }
                for (line, cells) in &rows {
                    self.gather.row(cells, (first + line) as u32 + 1);
                }
                self.at = first + length - 1;
            }
            Body::Text => self.at += options,
            Body::Titled | Body::Signed => {
                if kind == Body::Signed {
                    self.argument(&hidden(argument), number);
                } else {
                    self.argument(argument, number);
                }
                self.goes_on = GoesOn::Deeper(column);
                if options > 0 {
                    self.gather.end();
                }
                self.at += options;
            }
        }
    }

    /// Begins a paragraph with what stands after the name of a directive.
    fn argument(&mut self, argument: &str, number: u32) {
        self.gather.begin(Kind::Prose, "", number);
        self.gather.write(argument, number);
    }

    /// Returns the number of lines below a directive that are its options.
    fn options(&self, column: usize) -> usize {
        let mut count = 0;
        let mut inside = usize::MAX;
        while let Some(line) = self.lines.get(self.at + 1 + count) {
            let more = indent(line);
            let option = field(line.trim()).is_some();
            if line.trim().is_empty() || more <= column || !(option || more > inside) {
                break;
            }
            inside = inside.min(more);
            count += 1;
        }
        count
    }
}

/// Returns a name without the address after it.
fn without_mail(name: &str) -> &str {
    let end = name.find(['<', '(']).filter(|&at| name[at..].contains('@')).unwrap_or(name.len());
    name[..end].trim()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{gather::assert_words_on_their_lines, print_lines, read_one},
        *,
    };

    fn read(text: &str) -> Article {
        read_one(&Rst, "a.rst", text)
    }

    #[test]
    fn blocks_have_their_kind_line_and_headings() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print_lines(&read(text).sections), expected, "{text}");
        check("", &[]);
        check("one\ntwo\n\nthree", &["1 Prose : one\ntwo", "4 Prose : three"]);
        check(
            "===\n A\n===\n\na\n\nB\n=\n\nb\n\nC\n-\nc\n\nD\n=\n\nd",
            &["5 Prose A: a", "10 Prose A > B: b", "14 Prose A > B > C: c", "19 Prose A > D: d"],
        );
        check("a\n\n----\n\nb", &["1 Prose : a", "5 Prose : b"]);
        check(
            "- a\n  b\n\n  c\n\n  - d\n- e\n\nf",
            &["1 Item : - a\n  b", "4 Item :   c", "6 Item :   - d", "7 Item : - e", "9 Prose : f"],
        );
        check(
            "1. a\n2) b\n#. c\n#. d\n(a) e",
            &["1 Item : 1. a", "2 Item : 2. b", "3 Item : 1. c", "4 Item : 2. d", "5 Item : a. e"],
        );
        check("A. Smith wrote\nthis.", &["1 Prose : A. Smith wrote\nthis."]);
        check(
            "a::\n\n  b\n\n    c\n\nd ::\n\n e\n\n::\n\n > f",
            &["1 Prose : a:", "3 Code : b\n\n  c", "7 Prose : d", "9 Code : e", "13 Code : > f"],
        );
        check("- a::\n\n    b\n\n  c", &["1 Item : - a:", "3 Code : b", "5 Item :   c"]);
        check("term\n   told\n   more", &["1 Prose : term", "2 Prose : told\nmore"]);
        check(">>> 1 + *a*\n2\n\nb", &["1 Code : >>> 1 + *a*\n2", "4 Prose : b"]);
        check("| a\n| b\n|\n| c", &["1 Prose : a\nb\n\nc"]);
        check(".. note:: a\n   b\n\n   c\n\nd", &["1 Prose : a\nb", "4 Prose : c", "6 Prose : d"]);
        check(
            ".. code-block:: c\n   :linenos:\n\n   a *b*\n\n     c\nd",
            &["4 Code : a *b*\n\n  c", "7 Prose : d"],
        );
        check(".. figure:: a.png\n   :alt: gone\n\n   b\n\n.. image:: c.png\n   :alt: d\n", &["4 Prose : b"]);
        check(
            ".. comment\n   more\n\na\n\n..\n\nb\n\n.. _t: http://u\n.. |s| image:: v\n__ w\n\nc",
            &["4 Prose : a", "8 Prose : b", "14 Prose : c"],
        );
        check(
            "a [1]_ [#n]_\n\n.. [1] b\n   c\n.. [#n] d",
            &["1 Prose : a [1] [n]", "3 Prose : [1] b\nc", "5 Prose : [n] d"],
        );
        check(
            "a\n\n:param int b: c\n   d\n:returns: e",
            &["1 Prose : a", "3 Prose : b: c\nd", "5 Prose : returns: e"],
        );
        check(
            "+---+---+\n| A | B |\n+===+===+\n| 1 | 2 |\n| x |   |\n+---+---+\n\nc",
            &["2 Row : A | B", "4 Row : 1 x | 2", "8 Prose : c"],
        );
        check(
            "=== ===\nA   B\n=== ===\n1   *2*\n    3\n4\n=== ===\n",
            &["2 Row : A | B", "4 Row : 1 | 2 3", "6 Row : 4"],
        );
        check(
            ".. list-table:: T\n   :widths: 1 2\n\n   * - A\n     - B\n   * - c\n       d\n     -\n\ne",
            &["1 Prose : T", "4 Row : A | B", "6 Row : c d", "10 Prose : e"],
        );
        check(
            ".. csv-table:: T\n   :header: \"A\", B\n\n   \"a, b\", c",
            &["1 Prose : T", "2 Row : A | B", "4 Row : a, b | c"],
        );
        check(".. function:: f(*a, **b)\n\n   c", &["1 Prose : f(*a, **b)", "3 Prose : c"]);
        check("|v| b\n\n.. |v| replace:: a", &["1 Prose : a b"]);
        check(".. parsed-literal::\n\n  *a*  b\n    c", &["3 Code : a  b\n  c"]);
        check(".. math:: \\alpha = 1", &["1 Prose : α = 1"]);
    }

    #[test]
    fn fields_at_the_top_are_facts() {
        let check = |text: &str, expected: &str| {
            let Article { title, authors, date, date_source, language, tags, sections, .. } = read(text);
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            let printed = print_lines(&sections);
            assert_eq!(
                format!("{title:?} {authors:?} {date} {date_source} {language:?} {tags:?} {printed:?}"),
                expected
            );
        };
        check("", "None []   None [] []");
        check(
            "=\nT\n=\n\n:Author: Jane Doe <j@d.e>\n:Date: 2024-05-01\n:Version: 3\n:Abstract: short\n  words\n:lang: de\n\na",
            r#"None ["Jane Doe"] 2024-05-01 the date field Some("de") [] ["8 Prose T: short\nwords", "12 Prose T: a"]"#,
        );
        check(
            ".. title: T\n.. date: 2024-05-01 10:00\n.. tags: a, b\n.. author: Jane Doe\n\na",
            r#"Some("T") ["Jane Doe"] 2024-05-01 the date field None ["a", "b"] ["6 Prose : a"]"#,
        );
        check(
            "PEP: 8\nTitle: T\nAuthor: Jane Doe <j@d.e>,\n        John Roe\nCreated: 05-Jul-2001\n\na",
            r#"Some("T") ["Jane Doe", "John Roe"]   None [] ["7 Prose : a"]"#,
        );
        check(
            ".. post:: 2024-05-01\n   :tags: a, b\n   :author: Jane Doe\n\na",
            r#"None ["Jane Doe"] 2024-05-01 the date field None ["a", "b"] ["5 Prose : a"]"#,
        );
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        for unit in [
            ":a:`", "`", "*", " *a", "**a ", "|a", "- ", " - \n", ".. a::\n", "a::\n\n ", "=\n", "= ",
            "= =\n", "+-+\n|", "a_ ", "[a", "\\", ".. [", ":a: b\n ", "..\n a\n", "* - a\n", "#. a\n", "(",
            "a\n-\n", "_`", "``",
        ] {
            let text = unit.repeat(200_000 / unit.len()) + "\n\nend";
            let started = std::time::Instant::now();
            read(&text);
            assert!(started.elapsed().as_secs() < 20, "{unit}");
        }
    }

    /// Pieces of reStructuredText; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "@ @\n@ *@* **@\n@** ``@ @``\n\n",
        "@ `@\n@ <gone>`_ :ref:`@ <gone>` :term:`@` @_ \\@\n\n",
        "@ @\n======\n\n",
        "@\n---------\n\n@\n\n",
        "- @\n- @\n  @\n\n  - @\n\n    @\n\n",
        "3. @\n   @\n4. @\n\n",
        ".. note:: @\n   @\n\n   @\n\n   - @\n\n",
        ".. code-block:: c\n\n   @\n\n     @\n\n",
        "@::\n\n  @\n @\n\n",
        ".. gone\n   gone\n\n",
        ".. image:: gone\n   :alt: gone\n\n",
        "======  ====\n@       @\n======  ====\n@       @\n======  ====\n\n",
        "+--------+--------+\n| @  | @  |\n+--------+--------+\n\n",
        "@ [1]_\n\n.. [1] @ @\n   @\n\n",
        "@\n  @\n  @\n@\n  @\n\n",
        "| @\n| @\n\n",
        ":@: @\n  @\n\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once_and_on_its_line(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let mut text = "@\n\n".to_owned();
            for &piece in &pieces {
                text.push_str(PIECES[piece]);
            }
            let mut worded = String::new();
            for (number, part) in text.split_inclusive('@').enumerate() {
                worded.push_str(&part.replace('@', &format!("w{number}w")));
            }
            assert_words_on_their_lines(&worded, &read(&worded).sections);
        }

        #[test]
        fn any_text_is_read(text in "[-#>*_=~|+0-9.:\\[\\]()!<>/&;a@{}$^` \n\t\\\\é]{0,80}") {
            let _ = read(&text);
        }
    }
}

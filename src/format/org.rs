//! Org: the outlines and notes of Emacs.
//!
//! Lines are the file's own. Every line tells by itself what it is, except inside the few blocks
//! that are taken as they are.

use std::collections::HashSet;

use self::inline::clean;
use super::{
    Cause, Each, Format, Input, Warnings,
    decode::decode,
    gather::{Gather, indent},
};
use crate::{article::Article, date::Date};

mod inline;

/// The reader of Org files.
pub(super) struct Org;

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

impl Format for Org {
    fn name(&self) -> &'static str {
        "org"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["org"]
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
    states: HashSet<&'a str>,
    /// For each line the next one that ends a drawer; the number of lines where there is none.
    drawer_ends: Vec<usize>,
    /// Ends of blocks that were looked for and are not in the rest of the file.
    missing: Vec<&'static str>,
    /// Columns at which the open lists begin.
    lists: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, article: &'a mut Article) -> Self {
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

    fn read(mut self) {
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
            self.gather.begin(crate::article::Kind::Prose, &format!("[{label}] "), self.number());
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{gather::assert_words_on_their_lines, print_lines, read_one},
        *,
    };

    fn read(text: &str) -> Article {
        read_one(&Org, "a.org", text)
    }

    #[test]
    fn blocks_have_their_kind_line_and_headings() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print_lines(&read(text).sections), expected, "{text}");
        check("", &[]);
        check("one\ntwo\n\nthree", &["1 Prose : one\ntwo", "4 Prose : three"]);
        check("* A\na\n** B\nb\n* C\nc", &["2 Prose A: a", "4 Prose A > B: b", "6 Prose C: c"]);
        check("* TODO [#A] A b [1/3] [33%] :x:y_z:\nc", &["2 Prose A b: c"]);
        check("#+TODO: ASK(a) | ANSWERED\n* ASK A\na\n* TODOS B\nb", &["3 Prose A: a", "5 Prose TODOS B: b"]);
        check(
            "- one\n- [X] two\n  more\n  - deep\n\n  part\nend",
            &[
                "1 Item : - one",
                "2 Item : - [X] two\n  more",
                "4 Item :   - deep",
                "6 Item :   part",
                "7 Prose : end",
            ],
        );
        check(
            "1) a\n2. [@7] b\n- term :: told",
            &["1 Item : 1. a", "2 Item : 2. b", "3 Item : - term: told"],
        );
        check(
            "#+begin_src c :x y\n  a\n\n    b\n,* c\n#+end_src\nd",
            &["2 Code :   a\n\n    b\n* c", "7 Prose : d"],
        );
        check("#+BEGIN_QUOTE\na\n#+END_QUOTE\nb", &["2 Prose : a", "4 Prose : b"]);
        check("#+BEGIN_COMMENT\na\n#+END_COMMENT\n# c\nb", &["5 Prose : b"]);
        check("#+BEGIN_SRC\na", &["2 Prose : a"]);
        check(": a\n:  b\nc", &["1 Code : a\n b", "3 Prose : c"]);
        check("* A\nSCHEDULED: <2024-01-01>\n:PROPERTIES:\n:ID: x\n:END:\na", &["6 Prose A: a"]);
        check(":LOGBOOK:\na\n* B\nb", &["2 Prose : a", "4 Prose B: b"]);
        check("| A | /b/ |\n|---+---|\n| <l9> | |\n| 1 | |", &["1 Row : A | b", "4 Row : 1"]);
        check("a[fn:1] b\n\n[fn:1] c\nd", &["1 Prose : a[1] b", "3 Prose : [1] c\nd"]);
        check("a\n# gone\nb\n-----\nc", &["1 Prose : a\n\nb", "5 Prose : c"]);
        check("#+CAPTION: a\n#+NAME: b\n#+ATTR_HTML: :width 1\n[[./c.png]]", &["1 Prose : a"]);
    }

    #[test]
    fn keywords_fill_the_fields() {
        let check = |text: &str, expected: &str| {
            let Article { title, authors, date, date_source, language, tags, .. } = read(text);
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            assert_eq!(format!("{title:?} {authors:?} {date} {date_source} {language:?} {tags:?}"), expected);
        };
        check("", "None []   None []");
        check(
            "#+title: A /b/\n#+AUTHOR: Jane Doe\n#+DATE: <2024-05-01 Wed>\n#+LANGUAGE: de\n#+FILETAGS: :sea:moon:\n* A :sun:noexport:",
            r#"Some("A b") ["Jane Doe"] 2024-05-01 #+DATE Some("de") ["sea", "moon", "sun"]"#,
        );
        check("#+DATE: \\today\n#+KEYWORDS: sea, low tide", r#"None []   None ["sea", "low tide"]"#);
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        for unit in [
            "[[",
            "*",
            " *a",
            "#+BEGIN_SRC\n",
            ":a:\n",
            "[fn:",
            "- ",
            " - \n",
            "=a ",
            "{{{",
            "\\",
            "<<",
            "|",
            "* ",
            "$",
            "\\(",
            "@@",
        ] {
            let text = unit.repeat(200_000 / unit.len()) + "\n\nend";
            let started = std::time::Instant::now();
            let article = read(&text);
            assert!(article.sections.last().is_some_and(|last| last.text.ends_with("end")), "{unit}");
            assert!(started.elapsed().as_secs() < 20, "{unit}");
        }
    }

    /// Pieces of Org; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "@ @\n@ *@* /@\n@/ =@= ~@~\n\n",
        "@ [[x:y][@\n@]] [fn:1] @\n\n",
        "* @ @\n",
        "** TODO @ :x:\n@\n",
        "- @\n- @\n  @\n  - @\n\n    @\n\n",
        "3. @\n   @ :: @\n\n",
        "#+begin_src c\n@\n\n  @\n#+end_src\n",
        "#+begin_quote\n@\n@\n#+end_quote\n@\n",
        "# gone\n",
        ":DRAWER:\ngone\n:END:\n",
        "| @ | *@* |\n|--+--|\n| @ |\n",
        ": @\n: @\n",
        "[fn:2] @ @\n@\n\n",
        "@ \\alpha @ $@$ @\\\\\n@\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once_and_on_its_line(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let mut text = String::new();
            for (number, part) in pieces.iter().flat_map(|&piece| PIECES[piece].split_inclusive('@')).enumerate() {
                text.push_str(&part.replace('@', &format!("w{number}w")));
            }
            assert_words_on_their_lines(&text, &read(&text).sections);
        }

        #[test]
        fn any_text_is_read(text in "[-#>*_=~|+0-9.:\\[\\]()!<>/&;a@{}$^ \n\t\\\\é]{0,80}") {
            let _ = read(&text);
        }
    }
}

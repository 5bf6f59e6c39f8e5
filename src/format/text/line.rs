//! The lines of a plain text, and what each of them shows on its own or beside the next: its mark,
//! its end, whether it reads as a heading.

use std::ops::RangeInclusive;

use super::measure::{MEASURED, columns, is_dense, measure, words};

/// Words that a heading without a mark of its own has at most.
pub(super) const MOST_WORDS: usize = 12;

/// Bytes that a heading has at most: twelve words are shorter.
const LONGEST_HEADING: usize = 300;

/// Columns at which text is wrapped, if it is. Below, lines of about one length are verse.
const WRAPPED: RangeInclusive<u16> = 56..=120;

/// Columns from which a line can be the full line of a paragraph.
const FULL: u16 = 40;

/// A line that is not blank.
pub(super) struct Line<'a> {
    /// The line without the blanks at its end.
    pub(super) raw: &'a str,
    /// The line without the blanks around it.
    text: &'a str,
    /// Its number in the file, counting from 1.
    pub(super) number: u32,
    /// Columns before the first visible character, to [`MEASURED`].
    pub(super) indent: u16,
    /// Columns from there on, to twice as many.
    pub(super) width: u16,
    /// Words, to one more than a heading has.
    pub(super) words: u8,
    /// Whether a blank line, a page break or nothing at all stands before it.
    pub(super) gap: bool,
    /// Whether a sentence ends with it.
    pub(super) ends_sentence: bool,
}

/// What a list item begins with.
#[derive(Debug, PartialEq)]
pub(super) enum Mark {
    /// A dash, a star or a dot.
    Bullet,
    /// A number or letter.
    Number {
        /// Whether a list begins with it.
        first: bool,
    },
}

/// Returns the lines of a text that are not blank. A form feed ends a page, not a line.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let (mut lines, mut number, mut gap) = (Vec::new(), 1, true);
    for part in text.split_inclusive('\n').flat_map(|line| line.split_inclusive('\x0c')) {
        let raw = part.trim_end();
        if !raw.is_empty() {
            lines.push(Line::new(raw, number, gap));
        }
        gap = raw.is_empty() || part.ends_with('\x0c');
        number += u32::from(part.ends_with('\n'));
    }
    lines
}

impl<'a> Line<'a> {
    fn new(raw: &'a str, number: u32, gap: bool) -> Self {
        let text = raw.trim_start();
        let indent = raw[..raw.len() - text.len()].chars().fold(0, |indent: u16, char| match char {
            ' ' => indent.saturating_add(1),
            '\t' => (indent / 4).saturating_add(1).saturating_mul(4),
            _ => indent,
        });
        let indent = indent.min(MEASURED as u16);
        let (width, words) = measure(text);
        // Japanese speech ends with its bracket.
        let ends_sentence =
            raw.ends_with(['」', '』']) || raw.trim_end_matches(closes).ends_with(ends_sentence);
        Self { raw, text, number, indent, width, words, gap, ends_sentence }
    }

    /// Returns the line without the blanks around it.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the line without its first columns, as far as they are blank.
    pub(super) fn dedented(&self, columns: u16) -> &'a str {
        let mut column = 0;
        let blank = |char: char| {
            let goes = column < columns && char.is_whitespace();
            column += if char == '\t' { 4 } else { 1 };
            goes
        };
        self.raw.trim_start_matches(blank)
    }

    /// Returns the column that the line reaches.
    fn reach(&self) -> u16 {
        self.indent.saturating_add(self.width)
    }

    /// Says whether it reads as a heading, see [`reads_as_heading`].
    pub(super) fn reads_as_heading(&self) -> bool {
        (1..=MOST_WORDS).contains(&usize::from(self.words)) && ends_and_begins_as_heading(self.text)
    }

    /// Tests the first character that is not an opening quotation mark or bracket.
    pub(super) fn starts_with(&self, test: fn(char) -> bool) -> bool {
        let opens = |char| matches!(char, '"' | '\'' | '“' | '‘' | '„' | '«' | '(' | '[');
        self.text().trim_start_matches(opens).starts_with(test)
    }

    /// Says whether all words that are long enough begin with a capital, as some headings do.
    pub(super) fn in_title_case(&self) -> bool {
        let words = self.text().split_whitespace();
        let mut long = words.filter(|word| word.chars().count() > 3).peekable();
        long.peek().is_some() && long.all(|word| word.starts_with(char::is_uppercase))
    }

    /// Returns the character that a rule is made of, `=` or `-`, if the line is one.
    pub(super) fn rule(&self) -> Option<char> {
        let text = self.text();
        ['=', '-'].into_iter().find(|rule| text.len() >= 3 && text.trim_start_matches(*rule).is_empty())
    }

    /// Returns the mark of a list item that the line begins with.
    pub(super) fn mark(&self) -> Option<Mark> {
        let text = self.text();
        if self.words == 0 {
            return None;
        }
        let bullet = match text.as_bytes() {
            [b'-' | b'*' | b'+', b' ' | b'\t', ..] => true,
            [0..=0x7f, ..] => false,
            _ => text.starts_with(['•', '‣', '◦', '▪', '●', '○', '■', '◆', '・']),
        };
        if bullet {
            return Some(Mark::Bullet);
        }
        let bare = text.strip_prefix('(').unwrap_or(text);
        let rest = bare.trim_start_matches(|char: char| char.is_ascii_digit());
        let (number, rest) = match bare.len() - rest.len() {
            0 if bare.starts_with(|char: char| char.is_ascii_lowercase()) => bare.split_at(1),
            1..=3 => bare.split_at(bare.len() - rest.len()),
            _ => return None,
        };
        let mut rest = rest.chars();
        let marked = match rest.next() {
            Some('.' | ')') => rest.next().is_some_and(char::is_whitespace),
            Some('、' | '．') => number != "a",
            _ => false,
        };
        marked.then_some(Mark::Number { first: ["1", "a"].contains(&number) })
    }
}

/// Says whether a line reads as a heading: some words, at most twelve, that neither end as a
/// sentence does nor begin as speech does.
pub(in crate::format) fn reads_as_heading(line: &str) -> bool {
    let line = line.trim();
    ends_and_begins_as_heading(line) && (1..=MOST_WORDS).contains(&words(line))
}

fn ends_and_begins_as_heading(line: &str) -> bool {
    let last = line.trim_end_matches(closes).chars().next_back();
    line.len() <= LONGEST_HEADING
        && last.is_some_and(|last| !ends_line(last))
        && !line.starts_with(opens_speech)
        && line.contains(char::is_alphabetic)
        // Columns of a table, and addresses.
        && !["\t", "   ", "://"].iter().any(|odd| line.contains(odd))
}

/// Says whether a line that ends so is no heading: it is a sentence, or goes on below.
pub(in crate::format) fn ends_line(char: char) -> bool {
    match char {
        '.' | ',' | ':' | ';' | '-' => true,
        '\0'..='\x7f' => false,
        _ => "…–—。、，：；．｡､।॥۔،؛։።".contains(char),
    }
}

/// Says whether speech or a quotation begins so.
pub(in crate::format) fn opens_speech(char: char) -> bool {
    match char {
        '"' | '\'' | '-' | '>' | '|' => true,
        '\0'..='\x7f' => false,
        _ => "“”„‘‚«»‹›「『–—―".contains(char),
    }
}

/// Says whether a character may stand after the mark that ends a sentence.
fn closes(char: char) -> bool {
    match char {
        '"' | '\'' | ')' | ']' | '*' | '_' => true,
        '\0'..='\x7f' => false,
        _ => "”’“»«›」』）】".contains(char),
    }
}

fn ends_sentence(char: char) -> bool {
    match char {
        '.' | '!' | '?' => true,
        '\0'..='\x7f' => false,
        _ => "…。！？．｡।۔؟".contains(char),
    }
}

/// Returns the column at which paragraphs were wrapped, if they were: then lines often end inside a
/// sentence that goes on below in lower case, which neither paragraphs of one line do nor verse.
pub(super) fn wrap(lines: &[Line<'_>]) -> Option<u16> {
    let mut widths = [0; *WRAPPED.end() as usize + 1];
    let (mut pairs, mut running, mut narrow) = (0, 0, 0);
    for pair in lines.windows(2) {
        let (one, two) = (&pair[0], &pair[1]);
        if two.gap || one.width < FULL || two.mark().is_some() {
            continue;
        }
        pairs += 1;
        if let Some(count) = widths.get_mut(usize::from(one.reach())) {
            *count += 1;
            narrow += 1;
            running += usize::from(!one.ends_sentence && !two.starts_with(char::is_uppercase));
        }
    }
    if running * 3 <= pairs {
        return None;
    }
    // A tenth may be wider: long words, tables.
    let mut wider = 0;
    let at = widths.iter().rposition(|count| {
        wider += count;
        wider > narrow / 10
    })?;
    Some(at as u16).filter(|at| WRAPPED.contains(at))
}

/// Says whether a line goes on in the next one, and was not ended on purpose.
pub(super) fn joins(one: &Line<'_>, two: &Line<'_>, wrap: Option<u16>) -> bool {
    let Some(wrap) = wrap.filter(|_| !two.gap && one.words > 0 && two.words > 0) else {
        return false;
    };
    let word = match two.text().chars().next() {
        // Such scripts break anywhere; some count their characters instead of columns.
        Some(first) if is_dense(first) => wrap / 8,
        _ => columns(two.text().split(char::is_whitespace).next().unwrap_or("")),
    };
    let reach = one.reach();
    let unended = !one.ends_sentence && (two.starts_with(char::is_lowercase) || reach > wrap / 5 * 4);
    reach <= wrap / 2 * 3 && (reach + 1 + word > wrap || one.width >= FULL && unended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_items_are_told_by_their_marks() {
        let check = |line: &str, bullet: bool, number: bool| {
            let mark = Line::new(line, 1, true).mark();
            assert_eq!(mark == Some(Mark::Bullet), bullet, "{line}");
            assert_eq!(matches!(mark, Some(Mark::Number { .. })), number, "{line}");
        };
        for line in ["- a", "  * a", "+ a", "•a", "・りんご", "-\ta"] {
            check(line, true, false);
        }
        for line in ["1. a", "(2) a", "a) b", "999) a", "3、りんご"] {
            check(line, false, true);
        }
        for line in
            ["-a", "-", "* * *", "1.5 a", "1954. The", "1.", "A. Lincoln", "and so", "(a b)", "– a", "—"]
        {
            check(line, false, false);
        }
    }

    #[test]
    fn wrapped_text_is_told_from_paragraphs_and_verse() {
        let check = |text: &str, expected: Option<u16>| assert_eq!(wrap(&lines(text)), expected, "{text}");
        check("", None);
        let prose = "Half of the question was easy. Latitude can be read from the height of\nthe noon sun, and so on.";
        check(prose, Some(70));
        check(&format!("  {}", prose.replace('\n', "\n  ")), Some(72));
        check(
            "He was late for the meeting with all the others again.\nShe was not there to see it happen at all.",
            None,
        );
        check(
            "Shall I compare thee to a summer’s day, my dear young friend\nThou art more lovely and more temperate",
            None,
        );
        check(&"今日は天気がいいので散歩に出かけて、川のほとりで昼ごはんを食べてから\n".repeat(3), Some(68));
    }

    #[test]
    fn lines_are_numbered_as_in_the_file() {
        let lines = lines("a\n\n\tb \n\u{c}c\u{c}d\n  東e");
        let found: Vec<_> =
            lines.iter().map(|line| (line.text(), line.number, line.indent, line.width, line.gap)).collect();
        let expected = [
            ("a", 1, 0, 1, true),
            ("b", 3, 4, 1, true),
            ("c", 4, 0, 1, true),
            ("d", 4, 0, 1, true),
            ("東e", 5, 2, 3, false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_heading_is_short_and_no_sentence() {
        let check = |expected: bool, lines: &[&str]| {
            for line in lines {
                assert_eq!(reads_as_heading(line), expected, "{line}");
            }
        };
        let twelve = "one two three four five six seven eight nine ten eleven twelve";
        check(
            true,
            &["A", "Why?", "Llama 4: Meta’s Bid", "re-use & more – now", "(An Aside)", "Say “yes”", twelve],
        );
        check(true, &["江戸の発展", "一二三四五六七八九十一二三四五六七八九十一二三四", "การเมือง"]);
        check(
            false,
            &[
                "",
                "A.",
                "A,",
                "A;",
                "A:",
                "A (b.)",
                "A “b.”",
                "-",
                "12",
                "A –",
                "江戸。",
                "江戸、",
                "江戸：",
                "江戸；",
            ],
        );
        check(
            false,
            &[
                "“Yes,” she said",
                "- a",
                "— a",
                "「江戸」",
                "a   b",
                "a\tb",
                "http://a.b",
                &format!("{twelve} x"),
            ],
        );
        check(false, &["一二三四五六七八九十一二三四五六七八九十一二三四五", &"a".repeat(400)]);
    }
}

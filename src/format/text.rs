//! Plain text, in which nothing marks a heading but its shape.
//!
//! Lines are joined into units – paragraphs, list items, code – and then a short unit that stands
//! between longer ones is a heading. Where the evidence is thin a line stays text: a heading that
//! was missed is still found, a line of verse that became a heading misleads.

use super::{Cause, Each, Format, Input, Warnings, outline::Outline};
use crate::article::{Kind, Section};
use line::{Line, MOST_WORDS, Mark};

mod heading;
pub(super) mod line;
mod measure;

/// The reader of plain text.
pub(super) struct Text;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt", "text"]
    }

    fn version(&self) -> u16 {
        2
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        input.article(None, each, |text, article| article.sections = sections(text))
    }
}

/// Lines that belong together, by their numbers in a slice of lines.
#[derive(Clone, Copy)]
struct Unit {
    first: usize,
    last: usize,
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Prose,
    Item,
    Code,
    Heading(Level),
}

#[derive(Clone, Copy, PartialEq)]
enum Level {
    /// Told by its place.
    Plain,
    /// Underlined with `=`.
    Upper,
    /// Underlined with `-`.
    Lower,
}

/// Returns the sections that a text of plain lines has.
pub(super) fn sections(text: &str) -> Vec<Section> {
    below(text, 0)
}

/// Returns the sections of a letter: what it begins with greets, and is no heading.
pub(super) fn letter(text: &str) -> Vec<Section> {
    below(text, 1)
}

/// Returns the sections of a text in which only so many units after its start a heading may stand.
fn below(text: &str, first: usize) -> Vec<Section> {
    let lines = line::lines(text);
    let wrap = line::wrap(&lines);
    let mut units = units(&lines, wrap);
    let headings: Vec<usize> =
        (first..units.len()).filter(|at| heading::stands_between(&lines, &units, *at, wrap)).collect();
    for at in headings {
        units[at].shape = Shape::Heading(Level::Plain);
    }
    let mut outline = Outline::default();
    let mut under_upper = false;
    let mut text = String::new();
    for unit in runs(&lines, &units) {
        let first = &lines[unit.first];
        let kind = match unit.shape {
            Shape::Heading(level) => {
                under_upper = level == Level::Upper || level == Level::Lower && under_upper;
                let depth = if level == Level::Lower && under_upper { 2 } else { 1 };
                outline.heading(depth, first.text(), first.number);
                continue;
            }
            Shape::Prose => Kind::Prose,
            Shape::Item => Kind::Item,
            Shape::Code => Kind::Code,
        };
        text.clear();
        text.push_str(first.text());
        for pair in lines[unit.first..=unit.last].windows(2) {
            let line = &pair[1];
            text.extend((pair[0].number..line.number).map(|_| '\n'));
            text.push_str(if kind == Kind::Code { line.dedented(first.indent) } else { line.text() });
        }
        outline.push(kind, &text, first.number);
    }
    outline.finish()
}

fn units(lines: &[Line<'_>], wrap: Option<u16>) -> Vec<Unit> {
    let margin = lines.iter().map(|line| line.indent).min().unwrap_or(0);
    let mut units: Vec<Unit> = Vec::new();
    let (mut at, mut plain) = (0, 0);
    while let Some(line) = lines.get(at) {
        let before = units.last().map(|unit| unit.shape);
        let first = at;
        at += 1;
        // What a file begins with is a title rather than code.
        if line.gap && first > plain {
            let end = indented_end(lines, first, margin);
            if is_code(&lines[first..end], wrap) {
                units.push(Unit { first, last: end - 1, shape: Shape::Code });
                at = end;
                continue;
            }
            plain = end.max(at) - 1;
        }
        if let Some(rule) = line.rule().filter(|_| !line.gap)
            && heading::underline(lines, &mut units, first, rule)
        {
            continue;
        }
        let goes_on = first > 0
            && line::joins(&lines[first - 1], line, wrap)
            && !heading::stands_apart(lines, first, wrap)
            && !heading::stands_apart(lines, first - 1, wrap);
        let marked = line.mark().is_some_and(|mark| {
            let expected = mark == Mark::Bullet || mark == Mark::Number { first: true };
            expected || before == Some(Shape::Item) || !goes_on
        });
        match units.last_mut().filter(|_| !line.gap && !marked) {
            Some(unit) if unit.shape == Shape::Prose && goes_on => unit.last = first,
            Some(unit)
                if unit.shape == Shape::Item && (goes_on || line.indent > lines[unit.first].indent) =>
            {
                unit.last = first;
            }
            _ => units.push(Unit {
                first,
                last: first,
                shape: if marked { Shape::Item } else { Shape::Prose },
            }),
        }
    }
    units
}

/// Returns where the indented lines end that begin with this one: before a gap, and over gaps of no
/// more than two lines.
fn indented_end(lines: &[Line<'_>], first: usize, margin: u16) -> usize {
    let near = |pair: &[Line<'_>]| !pair[1].gap || (2..=3).contains(&(pair[1].number - pair[0].number));
    let indented = |line: &Line<'_>| line.indent >= margin + 4;
    let more = lines[first..].windows(2).take_while(|pair| near(pair) && pair.iter().all(indented)).count();
    let mut end = first + 1 + more;
    while end > first && lines.get(end).is_some_and(|next| !next.gap) {
        end -= 1;
    }
    if indented(&lines[first]) { end } else { first }
}

/// Says whether indented lines are code: several together, and not the sentences of a quotation.
fn is_code(lines: &[Line<'_>], wrap: Option<u16>) -> bool {
    if lines.iter().skip(1).all(|line| line.gap) || lines[0].mark().is_some() {
        return false;
    }
    let words: usize = lines.iter().map(|line| usize::from(line.words)).sum();
    let running = lines.windows(2).filter(|pair| line::joins(&pair[0], &pair[1], wrap)).count();
    words < 5 * lines.len() || words < 8 * lines.len() && running * 2 < lines.len() - 1
}

/// Joins the lines of a verse, and makes items of the lines of a list without marks: both are runs
/// of short lines that are not all sentences.
fn runs(lines: &[Line<'_>], units: &[Unit]) -> Vec<Unit> {
    let short = |unit: &Unit| {
        let words = usize::from(lines[unit.first].words);
        unit.shape == Shape::Prose && unit.first == unit.last && (1..=MOST_WORDS).contains(&words)
    };
    let mut joined = Vec::with_capacity(units.len());
    for run in units.chunk_by(|one, two| short(one) && short(two) && !lines[two.first].gap) {
        let count =
            |test: &dyn Fn(&Line<'_>) -> bool| run.iter().filter(|unit| test(&lines[unit.first])).count();
        // The names and dates under a title.
        let credit = |unit: &Unit| heading::is_credit(lines[unit.first].text());
        let credits = joined.is_empty() && run.iter().take(4).any(credit);
        if run.len() < 3 || credits || count(&|line| line.ends_sentence) == run.len() {
            joined.extend_from_slice(run);
        } else if 2 * count(&|line| line.reads_as_heading()) > run.len() {
            joined.extend(run.iter().map(|unit| Unit { shape: Shape::Item, ..*unit }));
        } else {
            joined.push(Unit { last: run[run.len() - 1].last, ..run[0] });
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// Stands as `~` in the rows below: a paragraph of one line.
    const LONG: &str = "The first longitude prize was offered by a king who had never once been at sea.";

    /// Stands as `≈` in the rows below: a paragraph of three lines.
    const WRAPPED: &str = "Half of the question was easy. Latitude can be read from the height of\nthe noon sun or \
        of the Pole Star. Longitude has no such natural marker\nof its own, as sailors knew.";

    /// Writes sections as `# heading / path` and a line for each block: line number, kind, text.
    fn outline(text: &str) -> String {
        let mut outline = Vec::new();
        for section in sections(text) {
            if !section.headings.is_empty() {
                outline.push(format!("# {}", section.headings.join(" / ")));
            }
            for (block, text) in section.texts() {
                let text = text.trim_end().replace(LONG, "~").replace(WRAPPED, "≈").replace('\n', "|");
                outline.push(format!("{}{:?} {text}", block.line, block.kind).replacen("Prose ", " ", 1));
            }
        }
        outline.join("\n")
    }

    fn check(text: &str, expected: &str) {
        let text = text.replace('~', LONG).replace('≈', WRAPPED);
        assert_eq!(outline(&text), expected, "{text}");
    }

    #[test]
    fn a_short_line_between_longer_ones_is_a_heading() {
        // One line a paragraph, without and with blank lines.
        check("~\n~\nMeta’s Relentless AI Push\n~", "1 ~\n2 ~\n# Meta’s Relentless AI Push\n4 ~");
        check("~\nA New Rival?\n~\n~", "1 ~\n# A New Rival?\n3 ~\n4 ~");
        check("~\n\nFinal Thoughts\n\n~\n", "1 ~\n# Final Thoughts\n5 ~");
        check("Title\n\n~\n\nPart: one\n\n~", "# Title\n3 ~\n# Part: one\n7 ~");
        check("~\n2. Methods\n~", "1 ~\n# 2. Methods\n3 ~");
        check("~\x0cA New Page\n~", "1 ~\n# A New Page\n2 ~");
        check(
            "Bread\nIt is made of flour and water.\nBeer\n~",
            "# Bread\n2 It is made of flour and water.\n# Beer\n4 ~",
        );
        check(
            "~\n江戸の発展\n~\n一二三四五六七八九十一二三四五六七八九十一二三四五\n~",
            "1 ~\n# 江戸の発展\n3 ~\n4 一二三四五六七八九十一二三四五六七八九十一二三四五\n5 ~",
        );
        check(
            "Why we bake bread\n\nIt is good for us.\n\nWhat else\n\n~",
            "# Why we bake bread\n3 It is good for us.\n# What else\n7 ~",
        );
        // Hard-wrapped, with and without blank lines.
        check("Title\n\n≈\n\n≈\n\nTHE DEEP\n\n≈", "# Title\n3 ≈\n7 ≈\n# THE DEEP\n13 ≈");
        check("≈\nFrom pole to pole\n≈\n≈", "1 ≈\n# From pole to pole\n5 ≈\n8 ≈");
        check("≈\n\nFrom Pole to Pole\n≈", "1 ≈\n# From Pole to Pole\n6 ≈");
        check(
            "≈\nThe Long Winter in the Antarctic Ice Beyond Every Map\n≈",
            "1 ≈\n# The Long Winter in the Antarctic Ice Beyond Every Map\n5 ≈",
        );
    }

    #[test]
    fn what_only_looks_like_a_heading_is_text() {
        for line in [
            "It was cold.",
            "Of all these,",
            "Namely:",
            "First;",
            "冬です。",
            "“Yes,” she said",
            "– No",
            "- No",
            "\"Why\"",
            "* * *",
            "12",
            "https://example.org/a",
            "one two three four five six seven \
            eight nine ten eleven twelve thirteen",
        ] {
            let kind = if line == "- No" { "2Item" } else { "2" };
            check(&format!("~\n{line}\n~"), &format!("1 ~\n{kind} {line}\n3 ~"));
        }
        // Nothing follows a signature; a wrapped paragraph may end with a short line.
        check("~\n\nJane Doe\n\n12 May 2024\n", "1 ~\n3 Jane Doe\n5 12 May 2024");
        check(
            "≈\n\nHalf of the question was easy, as the latitude can be read from the\nheight of the sun\n\n≈",
            "1 ≈\n5 Half of the question was easy, as the latitude can be read from the|height of the sun\n8 ≈",
        );
        check(
            "≈\n\nHALF OF THE QUESTION WAS EASY AND WE KNEW THE LATITUDE TOO\nBEFORE LONG\n\n≈",
            "1 ≈\n5 HALF OF THE QUESTION WAS EASY AND WE KNEW THE LATITUDE TOO|BEFORE LONG\n8 ≈",
        );
        check(
            "Fog\n\nThe fog comes\non little cat feet.\n\nIt sits looking\nover harbor and city,\non \
            silent haunches,\nand moves on.\n\nAlone\n",
            "# Fog\n3 The fog comes\n4 on little cat feet.\n6 It sits looking|over harbor and city,|on silent \
            haunches,|and moves on.\n11 Alone",
        );
    }

    #[test]
    fn titles_credits_and_first_headings_are_kept_apart() {
        check("Title\nFirst part\n~", "1 Title\n# First part\n3 ~");
        check("Title\n\nFirst part\n\n~", "1 Title\n# First part\n5 ~");
        check("Title\nBy Jane Doe\n\n~", "1 Title\n2 By Jane Doe\n4 ~");
        check("Title\n\n30 January 2025\n\n~", "1 Title\n3 30 January 2025\n5 ~");
        check("Title\nBy Jane Doe\n30 January 2025\n\n~", "1 Title\n2 By Jane Doe\n3 30 January 2025\n5 ~");
    }

    #[test]
    fn lists_and_code_are_kept_in_their_lines() {
        check(
            "~\n- one\n  and more\n* two\n1. three\n~",
            "1 ~\n2Item - one|and more\n4Item * two\n5Item 1. three\n6 ~",
        );
        check("~\n\nSalt\nOlive oil\nBread\n\n~", "1 ~\n3Item Salt\n4Item Olive oil\n5Item Bread\n7 ~");
        check(
            "What to take\n\n- A warm blanket\n\nThen go\n\n~",
            "# What to take\n3Item - A warm blanket\n# Then go\n7 ~",
        );
        check("~\n\n    if x {\n\n        y();\n    }\n\n~", "1 ~\n3Code if x {||    y();|}\n8 ~");
        check("    ~\n    ~", "1 ~\n2 ~");
        check("\t~\n\n    Centred\n\n~", "1 ~\n# Centred\n5 ~");
    }

    #[test]
    fn underlined_lines_are_headings() {
        check("A\n===\n~\n\nB b\n---\nb\nC\n---\nc", "# A\n3 ~\n# A / B b\n7 b\n# A / C\n10 c");
        check("=====\nA one\n=====\na\nB\n===\nb", "# A one\n4 a\n# B\n7 b");
        check("≈\nOne\n---\n≈", "1 ≈\n# One\n6 ≈");
        check("A\n===\n\nB\n===\n\nb", "1 A\n# B\n7 b");
        check("~\n---\n\n-----\n~", "1 ~\n2 ---\n4 -----\n5 ~");
        check("A  b  c\n-------\n1  2  3", "1 A  b  c\n2 -------\n3 1  2  3");
        check("", "");
        check(" \n\t\n\u{c}\n", "");
    }

    /// Returns what a reader sees, without the rules that underline.
    fn visible(text: &str) -> String {
        let rule =
            |line: &&str| line.len() < 3 || !["-", "="].iter().any(|rule| line.replace(rule, "").is_empty());
        text.lines().map(str::trim).filter(rule).flat_map(str::split_whitespace).collect()
    }

    proptest! {
        #[test]
        fn nothing_is_lost_repeated_or_moved(
            lines in vec("(|=====|----|[ \t]{0,5}(- |1\\. |“|\u{c})?@([A-Zb-d東]{1,6}[ ,.]?){1,18}\u{c}?)", 0..30),
        ) {
            // With a number of its own each line is told from all others.
            let numbered = lines.iter().enumerate().map(|(at, line)| line.replace('@', &format!("{at}x")) + "\n");
            let text: String = numbered.collect();
            let sources: Vec<&str> = text.lines().collect();
            let (mut seen, mut path) = (String::new(), Vec::new());
            for section in sections(&text) {
                let known = path.iter().zip(&section.headings).take_while(|(one, other)| one == other).count();
                seen.extend(section.headings[known..].iter().map(|heading| visible(heading)));
                seen.push_str(&visible(&section.text));
                prop_assert_eq!(section.text.trim(), &section.text);
                for (block, lines) in section.texts() {
                    for (line, at) in lines.lines().zip(block.line as usize - 1..) {
                        prop_assert!(line.is_empty() || sources[at].contains(line.trim()), "{}: {}", at, line);
                    }
                }
                path = section.headings;
            }
            prop_assert_eq!(seen, visible(&text));
        }

        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>, text in "([ -~\n\t\u{c}]|.){0,200}") {
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                let _ = Text.read(Input::of("a.txt", bytes), &mut |_| super::super::Flow::Break(()));
            }
        }
    }
}

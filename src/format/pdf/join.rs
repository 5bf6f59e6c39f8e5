//! The lines of a block as one text: words that were broken at a line end are whole again.

use std::collections::HashSet;

use super::{
    block::{self, Block, Shape},
    line::{self, Line},
};
use crate::article::Spot;

/// Words with a hyphen that are kept to know others by.
const MOST: usize = 200_000;

/// The words with a hyphen in them that stand inside a line somewhere.
pub(super) struct Hyphens(HashSet<String>);

impl Hyphens {
    pub(super) fn of(pages: &[Vec<Line>]) -> Self {
        let mut words = HashSet::new();
        for line in pages.iter().flatten().filter(|line| line.text.contains('-')) {
            let inside = line.text.split_whitespace().map(bare).filter(|word| word.contains('-'));
            words.extend(inside.map(str::to_lowercase));
            if words.len() > MOST {
                break;
            }
        }
        Self(words)
    }

    /// Returns the text of a block, and where in it pages begin.
    pub(super) fn text(&self, block: &Block) -> (String, Vec<(usize, Spot)>) {
        match block.shape {
            Shape::Code => code(&block.lines),
            Shape::Row => (row(&block.lines[0]), Vec::new()),
            _ => self.prose(&block.lines),
        }
    }

    fn prose(&self, lines: &[Line]) -> (String, Vec<(usize, Spot)>) {
        let (mut text, mut spots, mut page) = (String::new(), Vec::new(), lines[0].page);
        for line in lines {
            let part = match block::bullet(&line.text) {
                Some(rest) if text.is_empty() => format!("- {rest}"),
                _ => line.text.clone(),
            };
            if !text.is_empty() {
                self.join(&mut text, &part);
            }
            if line.page != page {
                page = line.page;
                spots.push((text.len(), Spot::Page(page)));
            }
            push(&mut text, &part);
        }
        text.truncate(text.trim_end().len());
        (text, spots)
    }

    /// Prepares the end of a text for the line that follows.
    fn join(&self, text: &mut String, next: &str) {
        let lower = next.chars().next().is_some_and(char::is_lowercase);
        let Some(before) = text.strip_suffix(['-', '\u{ad}', '\u{2010}']) else {
            // Scripts without spaces have none at line ends either.
            let wide = |char: char| matches!(char, '\u{2e80}'..='\u{312f}' | '\u{3190}'..='\u{9fff}' | '\u{ff00}'..='\u{ff60}');
            if !(text.ends_with(wide) && next.starts_with(wide)) {
                text.push(' ');
            }
            return;
        };
        if !before.ends_with(char::is_alphanumeric) {
            text.push(' ');
            return;
        }
        let soft = text.ends_with('\u{ad}');
        let whole = || {
            let one = before.rsplit(char::is_whitespace).next().unwrap_or_default();
            let other = next.split(char::is_whitespace).next().unwrap_or_default();
            format!("{one}-{other}")
        };
        let letter = before.ends_with(char::is_alphabetic);
        if soft || lower && letter && !self.0.contains(&bare(&whole()).to_lowercase()) {
            text.truncate(before.len());
        }
    }
}

/// Adds a text with its blanks made one and leading dots made few.
fn push(text: &mut String, part: &str) {
    if !part.contains("  ") && !part.contains('\u{ad}') && !line::leads(part) {
        text.push_str(part);
        return;
    }
    let part = if line::leads(part) { undotted(part, " … ") } else { part.to_owned() };
    let soft = part.ends_with('\u{ad}');
    for (number, word) in part.split_whitespace().enumerate() {
        if number > 0 {
            text.push(' ');
        }
        text.extend(word.chars().filter(|&char| char != '\u{ad}'));
    }
    // The one at the end is yet to be joined.
    text.extend(soft.then_some('\u{ad}'));
}

/// Puts something in the place of dots that only lead the eye.
fn undotted(text: &str, instead: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((from, to)) = line::leader(rest) {
        out.push_str(rest[..from].trim_end());
        out.push_str(instead);
        rest = &rest[to..];
    }
    out + rest
}

fn row(line: &Line) -> String {
    let mut cells: Vec<&str> = Vec::new();
    let mut from = 0;
    for gap in line.gaps.iter().filter(|gap| gap.wide) {
        cells.push(&line.text[from..gap.at]);
        from = gap.at;
    }
    cells.push(&line.text[from..]);
    let cells = cells.into_iter().map(|cell| undotted(cell, " | "));
    let cells: Vec<String> = cells
        .map(|cell| {
            let mut text = String::new();
            push(&mut text, &cell);
            text.trim_matches([' ', '|']).to_owned()
        })
        .filter(|cell| !cell.is_empty())
        .collect();
    cells.join(" | ")
}

fn code(lines: &[Line]) -> (String, Vec<(usize, Spot)>) {
    let left = lines.iter().map(|line| line.x.0).fold(f64::MAX, f64::min);
    let (mut text, mut spots, mut page) = (String::new(), Vec::new(), lines[0].page);
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        if line.page != page {
            page = line.page;
            spots.push((text.len(), Spot::Page(page)));
        }
        let width = (line.x.1 - line.x.0) / line.text.chars().count().max(1) as f64;
        let indent = ((line.x.0 - left) / width.max(0.1)).round().clamp(0.0, 60.0);
        text.extend(std::iter::repeat_n(' ', indent as usize));
        text.push_str(line.text.trim_end());
    }
    (text, spots)
}

/// Returns a word without what stands around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|char: char| !char.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_again() {
        let hyphens = Hyphens(["well-known".to_owned()].into());
        let check = |before: &str, next: &str, expected: &str| {
            let mut text = before.to_owned();
            hyphens.join(&mut text, next);
            assert_eq!(text + next, expected);
        };
        check("the tide", "stands", "the tide stands");
        check("at its high-", "est", "at its highest");
        check("a well-", "known tide", "a well-known tide");
        check("the Anglo-", "Saxon word", "the Anglo-Saxon word");
        check("in 1990-", "2000", "in 1990-2000");
        check("a dash -", "here", "a dash - here");
        check("moon\u{ad}", "light", "moonlight");
        check("潮は", "満ちる", "潮は満ちる");
    }

    #[test]
    fn dots_that_lead_the_eye_go() {
        assert_eq!(undotted("Tides . . . . . . 12", " | "), "Tides | 12");
        assert_eq!(undotted("Tides.......12", " | "), "Tides | 12");
        assert_eq!(undotted("Tides. And moons.", " | "), "Tides. And moons.");
    }
}

//! Headings and blocks, in reading order, gathered into sections.
//!
//! A heading is found through the text below it, so one with no text below would be lost: it
//! becomes a block of prose under the headings above it.

use super::line;
use crate::article::{Kind, Section, Spot};

/// Bytes of the longest heading. A longer one is a paragraph in disguise, and would be repeated in
/// every section below it.
const LONGEST_HEADING: usize = 240;

/// Lists deeper than this are indented no further.
const DEEPEST_INDENT: usize = 8;

/// The sections of an article while it is read.
#[derive(Debug, Default)]
pub(super) struct Outline {
    sections: Vec<Section>,
    path: Vec<Heading>,
    /// Whether the last section stands under `path`.
    current: bool,
    /// The page, chapter, slide or time that was reached.
    spot: Option<Spot>,
}

#[derive(Debug)]
struct Heading {
    level: u8,
    text: String,
    line: u32,
    spot: Option<Spot>,
    /// Whether nothing has come below it.
    bare: bool,
}

impl Outline {
    /// Adds a heading; level 1 is the outermost. It ends all headings of its level and deeper ones.
    pub(super) fn heading(&mut self, level: u8, text: &str, line: u32) {
        self.close(level);
        let text = line::of(text);
        if text.len() > LONGEST_HEADING {
            self.push(Kind::Prose, &text, line);
        } else if !text.is_empty() {
            self.path.push(Heading { level, text, line, spot: self.spot, bare: true });
            self.current = false;
        }
    }

    /// Ends all headings of this level and deeper ones.
    pub(super) fn close(&mut self, level: u8) {
        while let Some(heading) = self.path.pop_if(|heading| heading.level >= level) {
            self.current = false;
            if heading.bare {
                let spot = std::mem::replace(&mut self.spot, heading.spot);
                self.push(Kind::Prose, &heading.text, heading.line);
                self.spot = spot;
            }
        }
    }

    /// Says where the text that follows stands.
    pub(super) fn at(&mut self, spot: Spot) {
        self.spot = Some(spot);
    }

    /// Adds a block below the headings so far. Blank text is passed over.
    pub(super) fn push(&mut self, kind: Kind, text: &str, line: u32) {
        self.push_over(kind, text, line, &[]);
    }

    /// Adds a block over which pages, or the like, change: each at a byte offset in its text, in
    /// order. What follows stands at the last of them.
    pub(super) fn push_over(&mut self, kind: Kind, text: &str, line: u32, spots: &[(usize, Spot)]) {
        if text.trim_start().is_empty() {
            return;
        }
        for heading in self.path.iter_mut().rev().take_while(|heading| heading.bare) {
            heading.bare = false;
        }
        if !self.current {
            self.current = true;
            let headings: Vec<String> = self.path.iter().map(|heading| heading.text.clone()).collect();
            if self.sections.last().is_none_or(|last| last.headings != headings) {
                self.sections.push(Section { headings, ..Section::default() });
            }
        }
        let section = self.sections.last_mut().expect("a section was just made current");
        // Only an item inside a list is indented: the first text of a section starts it.
        let lead = if section.blocks.is_empty() && kind == Kind::Item {
            text.len() - text.trim_start().len()
        } else {
            0
        };
        let over = spots.iter().map(|&(at, spot)| (at.saturating_sub(lead), spot));
        let spots: Vec<(usize, Spot)> = self.spot.map(|spot| (0, spot)).into_iter().chain(over).collect();
        section.push_over(kind, &text[lead..], line, &spots);
        self.spot = spots.last().map(|&(_, spot)| spot);
    }

    /// Returns the sections, in order.
    pub(super) fn finish(mut self) -> Vec<Section> {
        self.close(0);
        self.sections
    }
}

/// Returns the indent of the items of a list, so many lists inside the outermost one.
pub(super) fn indent(depth: usize) -> String {
    "  ".repeat(depth.min(DEEPEST_INDENT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_without_text_stands_where_it_stood() {
        let mut outline = Outline::default();
        outline.at(Spot::Page(1));
        outline.heading(1, "A", 0);
        outline.at(Spot::Page(2));
        outline.heading(1, "B", 0);
        outline.push(Kind::Prose, "b", 0);
        let spots: Vec<_> =
            outline.finish().iter().map(|one| (one.text.clone(), one.spots.clone())).collect();
        let page = |text: &str, page: u32| (text.to_owned(), vec![(0, Spot::Page(page))]);
        assert_eq!(spots, [page("A", 1), page("b", 2)]);
    }

    #[test]
    fn text_stands_under_its_headings() {
        // `#` lines are headings, all others prose.
        let check = |lines: &[&str], expected: &[(&[&str], &str)]| {
            let mut outline = Outline::default();
            for (number, text) in lines.iter().enumerate() {
                let level = text.bytes().take_while(|&byte| byte == b'#').count();
                match u8::try_from(level).expect("levels are few") {
                    0 => outline.push(Kind::Prose, text, number as u32),
                    level => outline.heading(level, &text[usize::from(level)..], number as u32),
                }
            }
            let sections = outline.finish();
            let found: Vec<_> =
                sections.iter().map(|one| (one.headings.as_slice(), one.text.as_str())).collect();
            let expected: Vec<(Vec<String>, &str)> = expected
                .iter()
                .map(|(headings, text)| {
                    (headings.iter().map(|heading| (*heading).to_owned()).collect(), *text)
                })
                .collect();
            assert_eq!(
                found,
                expected.iter().map(|(path, text)| (path.as_slice(), *text)).collect::<Vec<_>>()
            );
        };
        check(&[], &[]);
        check(&["a", "b"], &[(&[], "a\n\nb")]);
        check(&["# A", "a", "## B", "b", "# C", "c"], &[(&["A"], "a"), (&["A", "B"], "b"), (&["C"], "c")]);
        check(&["### B", "b", "## A", "a"], &[(&["B"], "b"), (&["A"], "a")]);
        check(&["# A", "### B", "b", "## C", "c"], &[(&["A", "B"], "b"), (&["A", "C"], "c")]);
        check(&["# A"], &[(&[], "A")]);
        check(&["# A", "## B", "## C", "c"], &[(&["A"], "B"), (&["A", "C"], "c")]);
        check(&["# A", "a", "## B", "## C"], &[(&["A"], "a\n\nB\n\nC")]);
        check(&["# A", "## B", "### C"], &[(&["A", "B"], "C")]);
        check(&["#  A  b ", "##", "a"], &[(&["A b"], "a")]);
        let long = format!("# {}", "long ".repeat(60));
        check(&["# A", &long, "a"], &[(&[], &format!("A\n\n{}\n\na", "long ".repeat(60).trim()))]);
    }
}

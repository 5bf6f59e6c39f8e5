//! What is ranked: a [`Passage`], and the rule that cuts an article into passages.
//!
//! A section is cut into units that belong together – sentences, list items, table rows, lines of
//! code – and units are packed into passages of about [`Size::aim`] words, so that over the whole
//! section the lengths are as even, and the borders as natural, as they can be. The passages of a
//! section lie side by side: every byte of it is in exactly one of them.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::{
    analysis,
    article::{Article, Kind, Lines, Place, Record, Role, Section},
};

/// The part of an article that is ranked and shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Headings above it, outermost first.
    pub headings: Vec<String>,
    /// Its text: a slice of its section's text, with the blanks that follow it there.
    pub text: String,
    /// The words of its text, as [`analysis::words`] counts them in each of its units.
    pub words: usize,
    /// Which section of the article it is part of, counting from 0.
    pub section: u32,
    /// Whether it is part of the article itself.
    pub role: Role,
    /// Where it stands.
    pub place: Place,
}

/// How long passages are, in words as [`analysis::words`] counts them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// The length aimed at.
    pub aim: usize,
    /// The length a passage has at most, unless a single unit is longer.
    pub most: usize,
}

/// On SQuAD's paragraphs put together to articles, the first passage held the answering sentence of
/// .778, .791, .800, .808 and .813 of the questions with 80, 100, 120, 150 and 180 words aimed at:
/// past 120 a word more brings half of what it brought before. See `benches/README.md`.
impl Default for Size {
    fn default() -> Self {
        Self { aim: 120, most: 200 }
    }
}

/// A unit longer than this is cut: in words, and in bytes for text without words.
const LONGEST_UNIT: (usize, usize) = (400, 4_000);

/// Cuts an article into passages, in order. An article without any text gives one empty passage, so
/// that its title can be found.
pub fn cut(article: &Article, size: Size) -> Vec<Passage> {
    let mut passages = Vec::new();
    for (number, section) in article.sections.iter().enumerate() {
        let mut lines = LineCursor::new(section, article);
        for (range, words) in cut_section(section, size) {
            passages.push(Passage {
                headings: section.headings.clone(),
                text: section.text[range.clone()].into(),
                words,
                section: u32::try_from(number).unwrap_or(u32::MAX),
                role: section.role,
                place: lines.place(&range),
            });
        }
    }
    if passages.is_empty() {
        passages.push(Passage {
            headings: Vec::new(),
            text: String::new(),
            words: 0,
            section: 0,
            role: Role::Main,
            place: article.record.map_or(
                Place { of: article.lines, line: 1, line_end: 1, record: None, spot: None },
                whole_line,
            ),
        });
    }
    passages
}

/// Units that are packed at once: of a section of more, passages are chosen before all of it is seen.
const AT_ONCE: usize = 1 << 16;

/// Passages that are left open where units were packed before all were seen: what follows may move them.
const OPEN: usize = 8;

/// Returns where the passages of a section are, each with its words.
fn cut_section(section: &Section, size: Size) -> Vec<(Range<usize>, usize)> {
    let (mut ranges, mut units) = (Vec::new(), Vec::new());
    each_unit(section, &mut units, |units| close(units, size, OPEN, &mut ranges));
    close(&mut units, size, 0, &mut ranges);
    ranges
}

/// Takes passages out of units, all but so many of the last.
fn close(units: &mut Vec<Unit>, size: Size, open: usize, ranges: &mut Vec<(Range<usize>, usize)>) {
    let ends = pack(units, size);
    let closed = ends.len().saturating_sub(open);
    let mut first = 0;
    for &end in &ends[..closed] {
        let words = units[first..end].iter().map(|unit| unit.words).sum();
        ranges.push((units[first].start..units[end - 1].end, words));
        first = end;
    }
    units.drain(..first);
}

/// Text that is not parted; units lie side by side.
struct Unit {
    start: usize,
    end: usize,
    words: usize,
    /// What it costs to end a passage after it; see [`pack`].
    border: f32,
}

/// How unwelcome a border is: none after a paragraph, little between the items of a list, and so on.
/// In units of [`pack`]'s cost, where a passage of twice the length aimed at costs 1.
fn border(kind: Kind) -> f32 {
    match kind {
        Kind::Prose => 0.15,
        Kind::Item => 0.08,
        Kind::Row | Kind::Code => 0.2,
    }
}

/// Adds the units of a section; `full` takes some away when there are [`AT_ONCE`].
fn each_unit(section: &Section, units: &mut Vec<Unit>, mut full: impl FnMut(&mut Vec<Unit>)) {
    for (number, block) in section.blocks.iter().enumerate() {
        let next = section.blocks.get(number + 1);
        let end = next.map_or(section.text.len(), |next| next.start);
        let text = &section.text[block.start..end];
        let mut add = |range: Range<usize>| {
            shorten(&text[range.clone()], |part, words| {
                if units.len() >= AT_ONCE {
                    full(units);
                }
                let start = block.start + range.start;
                let (start, end) = (start + part.start, start + part.end);
                units.push(Unit { start, end, words, border: border(block.kind) });
            });
        };
        match block.kind {
            Kind::Prose => analysis::sentences(text).into_iter().for_each(add),
            Kind::Item | Kind::Row => add(0..text.len()),
            Kind::Code => lines(text).for_each(add),
        }
        // Inside a list or table a border costs what it costs between items; after any other block
        // it is free.
        let goes_on = next.is_some_and(|next| next.kind == block.kind && block.kind != Kind::Prose);
        if let Some(last) = units.last_mut().filter(|_| !goes_on) {
            last.border = 0.0;
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end;
        range
    })
}

/// Parts a unit that is too long after a clause, else after a word, else between characters as
/// readers see them. Hands on each part with its words.
fn shorten(text: &str, mut each: impl FnMut(Range<usize>, usize)) {
    let words = (text.len() <= LONGEST_UNIT.1).then(|| analysis::count(text));
    if let Some(words) = words.filter(|words| *words <= LONGEST_UNIT.0) {
        return each(0..text.len(), words);
    }
    // The parts are joined again as far as the limit allows.
    let mut joined: Option<(Range<usize>, usize)> = None;
    let mut add = |part: Range<usize>| {
        let words = analysis::count(&text[part.clone()]);
        match &mut joined {
            Some((last, sum))
                if *sum + words <= LONGEST_UNIT.0 && part.end - last.start <= LONGEST_UNIT.1 =>
            {
                last.end = part.end;
                *sum += words;
            }
            _ => {
                if let Some((range, _)) = joined.replace((part, words)) {
                    each(range.clone(), analysis::count(&text[range]));
                }
            }
        }
    };
    for clause in analysis::clauses(text) {
        if !too_long(&text[clause.clone()]) {
            add(clause);
            continue;
        }
        for (at, word) in text[clause.clone()].split_word_bound_indices() {
            let start = clause.start + at;
            if word.len() > LONGEST_UNIT.1 {
                word.grapheme_indices(true).for_each(|(at, one)| add(start + at..start + at + one.len()));
            } else {
                add(start..start + word.len());
            }
        }
    }
    if let Some((range, _)) = joined {
        each(range.clone(), analysis::count(&text[range]));
    }
}

fn too_long(text: &str) -> bool {
    text.len() > LONGEST_UNIT.1 || (text.len() > LONGEST_UNIT.0 && analysis::count(text) > LONGEST_UNIT.0)
}

/// Returns where passages end, as numbers of units, so that the sum of costs is least: a passage of
/// `w` words costs `((w - aim) / aim)²`, and a border what [`Unit::border`] says. The least is found
/// by dynamic programming, as lines are broken into paragraphs (Knuth and Plass 1981,
/// <https://doi.org/10.1002/spe.4380111102>).
fn pack(units: &[Unit], size: Size) -> Vec<usize> {
    let mut best: Vec<(f32, usize)> = vec![(0.0, 0)];
    for end in 1..=units.len() {
        let mut least = (f32::INFINITY, end - 1);
        let mut words = 0;
        for start in (0..end).rev() {
            words += units[start].words;
            let bytes = units[end - 1].end - units[start].start;
            if start + 1 < end && (words > size.most || bytes > LONGEST_UNIT.1) {
                break;
            }
            let off = (words as f32 - size.aim as f32) / size.aim as f32;
            let border = if end == units.len() { 0.0 } else { units[end - 1].border };
            let cost = best[start].0 + off * off + border;
            // Of two ways that cost the same the one with fewer passages is taken.
            if cost <= least.0 {
                least = (cost, start);
            }
            // Wordless units (rules, ornaments) would make this loop long.
            if end - start >= 4 * size.most {
                break;
            }
        }
        best.push(least);
    }
    let mut ends = Vec::new();
    let mut end = units.len();
    while end > 0 {
        ends.push(end);
        end = best[end].1;
    }
    ends.reverse();
    ends
}

/// Returns the place of everything in a record.
fn whole_line(record: Record) -> Place {
    let Record { number, line } = record;
    Place { of: Lines::File, line, line_end: line, record: Some(number), spot: None }
}

/// Tells the lines of places in a section, which must be asked for in order: text is counted once.
struct LineCursor<'a> {
    section: &'a Section,
    of: Lines,
    record: Option<Record>,
    /// The block that was reached, and a place in it with its line.
    block: usize,
    at: usize,
    line: u32,
}

impl<'a> LineCursor<'a> {
    fn new(section: &'a Section, article: &Article) -> Self {
        let line = section.blocks.first().map_or(1, |block| block.line);
        Self { section, of: article.lines, record: article.record, block: 0, at: 0, line }
    }

    fn line(&mut self, at: usize) -> u32 {
        let blocks = &self.section.blocks;
        while let Some(next) = blocks.get(self.block + 1).filter(|next| next.start <= at) {
            (self.block, self.at, self.line) = (self.block + 1, next.start, next.line);
        }
        let breaks = self.section.text[self.at..at].bytes().filter(|&byte| byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.at = at;
        self.line
    }

    fn place(&mut self, range: &Range<usize>) -> Place {
        let spot = self.section.spot(range.start);
        if let Some(record) = self.record {
            return Place { spot, ..whole_line(record) };
        }
        let visible = self.section.text[range.clone()].trim_end();
        let last = range.start + visible.char_indices().next_back().map_or(0, |(at, _)| at);
        let line = self.line(range.start);
        Place { of: self.of, line, line_end: self.line(last).max(line), record: None, spot }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn article(paragraphs: &[(Kind, &str)]) -> Article {
        let mut section = Section::default();
        let mut line = 1;
        for (kind, text) in paragraphs {
            section.push(*kind, text, line);
            line += text.matches('\n').count() as u32 + 2;
        }
        Article { sections: vec![section], ..Article::default() }
    }

    fn sentence(words: usize) -> String {
        let mut text = vec!["word"; words].join(" ");
        text.replace_range(..1, "W");
        text.push_str(". ");
        text
    }

    #[test]
    fn passages_are_whole_sentences_of_about_the_length_aimed_at() {
        let check = |lengths: &[usize], expected: &[usize]| {
            let text: String = lengths.iter().map(|&words| sentence(words)).collect();
            let size = Size { aim: 100, most: 160 };
            let found: Vec<usize> = cut(&article(&[(Kind::Prose, &text)]), size)
                .iter()
                .map(|passage| analysis::count(&passage.text))
                .collect();
            assert_eq!(found, expected, "{lengths:?}");
        };
        check(&[10], &[10]);
        check(&[50, 50], &[100]);
        check(&[50, 50, 50, 50], &[100, 100]);
        check(&[90, 20, 90], &[90, 110]);
        check(&[350], &[350]);
        check(&[50, 350, 50], &[50, 350, 50]);
    }

    #[test]
    fn a_border_between_paragraphs_is_better_than_one_inside() {
        let one = sentence(30).repeat(3);
        let found = cut(&article(&[(Kind::Prose, &one), (Kind::Prose, &one)]), Size { aim: 100, most: 160 });
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].text.trim_end(), one.trim_end());
        assert_eq!((found[1].place.line, found[1].place.line_end), (3, 3));
    }

    #[test]
    fn a_unit_that_is_too_long_is_cut_at_a_clause_a_word_or_a_character() {
        let clause = format!("{}, ", vec!["word"; 150].join(" "));
        let found = cut(&article(&[(Kind::Prose, &clause.repeat(4))]), Size::default());
        assert!(found.len() > 1 && found[0].text.ends_with(", "));
        let found = cut(&article(&[(Kind::Item, &vec!["word"; 900].join(" "))]), Size::default());
        assert_eq!(found.len(), 3);
        let found = cut(&article(&[(Kind::Prose, &"é".repeat(5_000))]), Size::default());
        assert!(found.len() == 3 && found.iter().all(|passage| passage.text.len() <= LONGEST_UNIT.1));
    }

    #[test]
    fn a_very_long_paragraph_takes_no_more_than_its_share() {
        // Counting lines from the paragraph's start for each passage took minutes for as much.
        let found = cut(&article(&[(Kind::Prose, &"A short line.\n".repeat(400_000))]), Size::default());
        assert!(found.len() > 5_000);
        assert_eq!(found.last().map(|passage| passage.place.line_end), Some(400_000));
    }

    #[test]
    fn an_article_without_text_can_still_be_found() {
        assert_eq!(cut(&Article::default(), Size::default()).len(), 1);
    }

    proptest! {
        #[test]
        fn every_byte_is_in_exactly_one_passage(blocks in prop::collection::vec((0..4_u8, "[\\PC\n]{0,300}"), 0..8), aim in 1..60_usize) {
            let kinds = [Kind::Prose, Kind::Item, Kind::Row, Kind::Code];
            let blocks: Vec<(Kind, &str)> = blocks.iter().map(|(kind, text)| (kinds[usize::from(*kind)], text.as_str())).collect();
            let article = article(&blocks);
            let passages = cut(&article, Size { aim, most: aim + aim / 2 });
            let joined: String = passages.iter().map(|passage| passage.text.as_str()).collect();
            prop_assert_eq!(&joined, &article.sections[0].text);
            let mut line = 0;
            for passage in &passages {
                prop_assert!(passage.place.line >= line && passage.place.line_end >= passage.place.line);
                line = passage.place.line;
            }
        }
    }
}

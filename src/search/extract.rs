//! The sentences of a passage that are worth showing: those with the most of the query.
//!
//! Nothing that is marked is cut in two, and no letter is parted from its marks.

use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

use super::matches::Match;
use crate::analysis;

/// What is shown is about this long at most, in characters.
const LENGTH: usize = 320;

/// Of a long sentence so many characters before its matches are shown at least; a word is looked for no
/// further back.
const LEAD: usize = 40;

/// What it is worth to say a thing again, as a share of what it is worth.
const AGAIN: f32 = 0.1;

/// Returns the ranges to show: the sentence with the most of the query, or the best part of it where it
/// is long, and the one that adds most.
pub(super) fn best(text: &str, matches: &[Match], marks: &[Range<usize>]) -> Vec<Range<usize>> {
    let cutter = Cutter { text, matches, marks };
    let sentences = cutter.sentences();
    let pick = |known: &[usize], taken: Option<usize>| {
        let mut top: Option<(usize, f32)> = None;
        for (at, range) in sentences.iter().enumerate().filter(|(at, _)| Some(*at) != taken) {
            let worth = worth(within(matches, range), known);
            if top.is_none_or(|(_, most)| worth > most) {
                top = Some((at, worth));
            }
        }
        top
    };
    let Some((first, _)) = pick(&[], None) else { return Vec::new() };
    let mut chosen = vec![cutter.shorten(&sentences[first])];
    let known: Vec<usize> = within(matches, &chosen[0]).map(|one| one.what).collect();
    let second = match pick(&known, Some(first)) {
        Some((at, worth)) if worth > 0.0 => Some(at),
        // Nothing to add: what follows tells more than silence.
        _ => Some(first + 1),
    };
    let room = LENGTH.saturating_sub(text[chosen[0].clone()].chars().count());
    let second = second.and_then(|at| sentences.get(at)).cloned();
    chosen.extend(second.filter(|range| text[range.clone()].chars().count() <= room));
    chosen
}

/// Returns what is marked, in order and apart from each other: all that matched, words that touch as
/// one, and no letter without its accents.
pub(super) fn marks(text: &str, matches: &[Match]) -> Vec<Range<usize>> {
    let mut marks: Vec<Range<usize>> = Vec::with_capacity(matches.len());
    for Match { range, .. } in matches {
        let range = cluster_start(text, range.start)..cluster_end(text, range.end);
        match marks.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => marks.push(range),
        }
    }
    marks
}

/// Returns the matches that stand in a range.
fn within<'a>(matches: &'a [Match], range: &Range<usize>) -> impl Iterator<Item = &'a Match> {
    let range = range.clone();
    matches.iter().filter(move |one| one.range.start >= range.start && one.range.end <= range.end)
}

/// Returns what matches are worth to one who knows some things: each other thing once, and a little more
/// where it is said again.
fn worth<'a>(matches: impl Iterator<Item = &'a Match>, known: &[usize]) -> f32 {
    let mut seen = Vec::new();
    let mut sum = 0.0;
    for one in matches.filter(|one| !known.contains(&one.what)) {
        if seen.contains(&one.what) {
            sum += AGAIN * one.worth;
        } else {
            seen.push(one.what);
            sum += one.worth;
        }
    }
    sum
}

/// Cuts a text where nothing is cut in two.
struct Cutter<'a> {
    text: &'a str,
    matches: &'a [Match],
    /// What is marked; see [`marks`].
    marks: &'a [Range<usize>],
}

impl Cutter<'_> {
    /// Returns the sentences that are not blank.
    fn sentences(&self) -> Vec<Range<usize>> {
        let mut sentences: Vec<Range<usize>> = Vec::new();
        for range in analysis::sentences(self.text) {
            match sentences.last_mut() {
                Some(last) if self.before(range.start) < range.start => last.end = range.end,
                _ => sentences.push(range),
            }
        }
        sentences.retain(|range| !self.text[range.clone()].trim().is_empty());
        sentences
    }

    /// Cuts a long sentence to the words around the best of its matches.
    fn shorten(&self, range: &Range<usize>) -> Range<usize> {
        if self.text[range.clone()].chars().count() <= LENGTH {
            return range.clone();
        }
        let mut top = (range.start..self.end(range.start, range), 0.0);
        for one in within(self.matches, range) {
            let window = one.range.start..self.end(one.range.start, range);
            let worth = worth(within(self.matches, &window), &[]);
            if worth > top.1 {
                top = (window, worth);
            }
        }
        let Range { start, end } = top.0;
        let lead = (LENGTH - LEAD).saturating_sub(self.text[start..end].chars().count()).max(LEAD);
        let mut back = self.text[range.start..start].char_indices().rev();
        let lead = back.nth(lead - 1).map_or(range.start, |(at, _)| range.start + at);
        self.before(self.word_start(lead, range.start))..end
    }

    /// Returns where what is shown of a sentence from a place on ends.
    fn end(&self, start: usize, sentence: &Range<usize>) -> usize {
        let mut letters = self.text[start..sentence.end].char_indices();
        let Some((far, _)) = letters.nth(LENGTH - 2 * LEAD) else { return sentence.end };
        let end = self.before(self.word_start(start + far, start));
        if end > start {
            return end;
        }
        // What is marked there is longer than all that is shown else.
        let borders = self.text[start + far..sentence.end].char_indices().map(|(at, _)| start + far + at);
        borders.into_iter().find(|&at| self.before(at) == at).unwrap_or(sentence.end)
    }

    /// Returns where the word begins that a place is in, not before `least`; the place itself in a text
    /// without blanks nearby.
    fn word_start(&self, at: usize, least: usize) -> usize {
        if at == self.text.len() || at <= least {
            return at;
        }
        let mut back = self.text[least..at].char_indices().rev();
        let from = back.nth(LEAD).map_or(least, |(back, _)| least + back);
        self.text[from..at].rfind(char::is_whitespace).map_or(at, |back| {
            let blank = from + back;
            blank + self.text[blank..].chars().next().map_or(1, char::len_utf8)
        })
    }

    /// Returns the last place up to one where the text may be cut.
    fn before(&self, at: usize) -> usize {
        let inside = self.marks.iter().find(|mark| mark.start < at && at < mark.end);
        inside.map_or_else(|| cluster_start(self.text, at), |mark| mark.start)
    }
}

/// Returns where the grapheme cluster begins that a place is in: the place itself where it is between two.
fn cluster_start(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0),
        _ => at,
    }
}

/// Returns where the grapheme cluster ends that a place is in: the place itself where it is between two.
fn cluster_end(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len()),
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns matches at these places, each of another thing.
    fn matches(ranges: &[(usize, usize)]) -> Vec<Match> {
        let match_of =
            |(what, (start, end)): (usize, &(usize, usize))| Match { range: *start..*end, what, worth: 1.0 };
        ranges.iter().enumerate().map(match_of).collect()
    }

    fn best(text: &str, ranges: &[(usize, usize)]) -> Vec<Range<usize>> {
        let matches = matches(ranges);
        super::best(text, &matches, &marks(text, &matches))
    }

    #[test]
    fn a_sentence_ends_in_no_match_and_in_no_letter() {
        let text = "One. Two.";
        assert_eq!(best(text, &[(2, 7)]).first(), Some(&(0..9)));
        let long = "猫".repeat(1000);
        let pair = (720, 726);
        let shown = best(&long, &[(0, 3), pair]).remove(0);
        assert!(shown.start == 0 && (shown.end <= pair.0 || shown.end >= pair.1), "{shown:?}");
        let shown = best(&long, &[(0, 3), (717, 720), (720, 723)]).remove(0);
        assert!([shown.start, shown.end].iter().all(|at| *at <= 717 || *at >= 723), "{shown:?}");
        let marked = "e\u{301}".repeat(1000);
        let shown = best(&marked, &[(1500, 1503)]).remove(0);
        assert!(shown.start.is_multiple_of(3) && shown.end.is_multiple_of(3), "{shown:?}");
    }

    #[test]
    fn the_part_of_a_long_sentence_with_most_is_shown_and_all_that_it_was_chosen_for() {
        let words = "word ".repeat(300);
        let few = best(&words, &[(0, 4), (1000, 1004), (1200, 1204)]).remove(0);
        assert!(few.start <= 1000 && few.end >= 1204 && few.len() <= LENGTH + LEAD, "{few:?}");
        let last = best(&words, &[(1490, 1494)]).remove(0);
        assert!(last.len() > LENGTH / 2, "{last:?}");
        let one = best(&words, &[(500, 1000)]).remove(0);
        assert!(one.start <= 500 && one.end >= 1000, "{one:?}");
    }

    proptest! {
        #[test]
        fn what_is_shown_cuts_no_match_and_no_letter(
            text in "(\\PC|[a-z]{1,9} |猫|e\u{301}|[.] |\n){0,400}",
            places in prop::collection::vec((0.0..1.0, 0_usize..30), 0..9)
        ) {
            let borders: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let mut ranges: Vec<(usize, usize)> = Vec::new();
            for (at, length) in places {
                let from = (at * borders.len() as f64) as usize;
                ranges.push((borders[from], borders[(from + length).min(borders.len() - 1)]));
            }
            ranges.retain(|(start, end)| start < end);
            ranges.sort_unstable();
            let clusters: Vec<usize> = (0..=text.len()).filter(|&at| {
                text.is_char_boundary(at) && cluster_start(&text, at) == at && cluster_end(&text, at) == at
            }).collect();
            for shown in best(&text, &ranges) {
                for at in [shown.start, shown.end] {
                    prop_assert!(clusters.contains(&at), "{at} is in a letter");
                    prop_assert!(!ranges.iter().any(|(start, end)| *start < at && at < *end), "{at}");
                }
            }
        }
    }
}

//! What a snippet may look like.

use std::ops::Range;

use excerpt::{
    analysis,
    search::{Hit, Part},
};
use unicode_segmentation::UnicodeSegmentation;

use crate::{Found, oracle::Token};

/// As long may a sentence be that is shown as a whole, in characters.
const LENGTH: usize = 320;

/// Returns parts as text, with brackets around what is marked.
pub(crate) fn bracketed(parts: &[Part]) -> String {
    parts
        .iter()
        .map(|part| if part.matched { format!("[{}]", part.text) } else { part.text.clone() })
        .collect()
}

/// Says of each byte of a passage's own text whether it is to be marked: words that were found, and a blank
/// or hyphen between two of them.
fn marked(text: &str, tokens: &[Token], found: &Found) -> Vec<bool> {
    let mut marked = vec![false; text.len()];
    for at in found.iter().flat_map(|(_, places)| places).flatten() {
        marked[tokens[*at].range.clone()].fill(true);
    }
    let own = tokens.iter().filter(|token| tokens.last().is_some_and(|last| last.text == token.text));
    let own: Vec<&Token> = own.collect();
    for pair in own.windows(2) {
        let gap = pair[0].range.end..pair[1].range.start;
        if matches!(&text[gap.clone()], " " | "-" | "\u{a0}") {
            let both = marked[pair[0].range.start] && marked[pair[1].range.start];
            marked[gap].fill(both);
        }
    }
    marked
}

/// Says what is wrong with a whole passage as it is marked.
pub(crate) fn fault_of_whole(hit: &Hit, tokens: &[Token], found: &Found) -> Result<(), String> {
    let joined: String = hit.snippet.iter().map(|part| part.text.as_str()).collect();
    if joined != hit.text {
        return Err("shows another text".into());
    }
    if hit.snippet.windows(2).any(|pair| pair[0].matched == pair[1].matched) {
        return Err("has parts that are one".into());
    }
    let is: Vec<bool> = hit.snippet.iter().flat_map(|part| vec![part.matched; part.text.len()]).collect();
    if is == marked(&hit.text, tokens, found) { Ok(()) } else { Err("marks something else".into()) }
}

/// A character that is no blank, and whether it is marked.
type Letter = (char, bool);

/// A passage and what is expected of the sentences shown.
struct Sentences<'a> {
    text: &'a str,
    /// Its characters less blanks, each with where it stands.
    letters: Vec<(Letter, Range<usize>)>,
    /// Where it may be cut.
    borders: Vec<usize>,
    /// The sentences with most of the query.
    best: Vec<Range<usize>>,
}

/// Says what is wrong with the sentences that are shown of a passage.
pub(crate) fn fault_of_sentences(hit: &Hit, tokens: &[Token], found: &Found) -> Result<(), String> {
    let letters = hit.snippet.iter().flat_map(|part| part.text.chars().map(|letter| (letter, part.matched)));
    let letters: Vec<Letter> = letters.filter(|(letter, _)| !letter.is_whitespace()).collect();
    let pieces: Vec<&[Letter]> = letters.split(|(letter, _)| *letter == '…').collect();
    let sentences = Sentences::of(&hit.text, tokens, found);
    if sentences.fit(&pieces, &mut Vec::new()) { Ok(()) } else { Err("shows other sentences".into()) }
}

impl<'a> Sentences<'a> {
    fn of(text: &'a str, tokens: &[Token], found: &Found) -> Self {
        let marked = marked(text, tokens, found);
        let letters =
            text.char_indices().map(|(at, letter)| ((letter, marked[at]), at..at + letter.len_utf8()));
        let span =
            |place: &Vec<usize>| tokens[place[0]].range.start..tokens[place[place.len() - 1]].range.end;
        let spans: Vec<Range<usize>> = found.iter().flat_map(|(_, places)| places).map(span).collect();
        let clusters = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]);
        // Words that touch are marked as one.
        let touch = |at: &usize| {
            spans.iter().any(|span| span.end == *at) && spans.iter().any(|span| span.start == *at)
        };
        let inside = |at: &usize| spans.iter().any(|span| span.start < *at && *at < span.end);
        let whole = |at: &usize| !inside(at) && !touch(at);
        let worth = |sentence: &Range<usize>| -> f64 {
            let each = found.iter().map(|(worth, places)| {
                let inside = |place: &&Vec<usize>| {
                    let span = span(place);
                    span.start >= sentence.start && span.end <= sentence.end
                };
                match places.iter().filter(inside).count() {
                    0 => 0.0,
                    // Each further time is worth a tenth.
                    times => worth * (1.0 + 0.1 * (times - 1) as f64),
                }
            });
            each.sum()
        };
        let sentences = analysis::sentences(text).into_iter();
        let sentences: Vec<(Range<usize>, f64)> = sentences
            .filter(|range| !text[range.clone()].trim().is_empty())
            .map(|range| (range.clone(), worth(&range)))
            .collect();
        let most = sentences.iter().map(|(_, worth)| *worth).fold(0.0, f64::max);
        let best = sentences.into_iter().filter(|(_, worth)| *worth >= most - 1e-3).map(|(range, _)| range);
        let best = best.take(if most == 0.0 { 1 } else { usize::MAX }).collect();
        Self {
            text,
            letters: letters.filter(|((letter, _), _)| !letter.is_whitespace()).collect(),
            borders: clusters.filter(whole).collect(),
            best,
        }
    }

    /// Whether pieces are parts of the passage in their order, marked as they are to be, with ellipses where
    /// something is left out, and one of the best sentences among them. `taken` is where the pieces before
    /// them stand.
    fn fit(&self, pieces: &[&[Letter]], taken: &mut Vec<Range<usize>>) -> bool {
        let from = taken.last().map_or(0, |last| last.end);
        let goes_on = from < self.letters.len();
        match pieces {
            [] => self.holds_best(taken),
            // Nothing is shown of nothing.
            [[]] if taken.is_empty() => !goes_on,
            // An ellipsis at the end.
            [[]] => goes_on && self.holds_best(taken),
            // An ellipsis at the beginning.
            [[], rest @ ..] => taken.is_empty() && self.fit_after(rest, taken, 1),
            [piece, rest @ ..] if taken.is_empty() => self.fit_at(piece, rest, taken, 0),
            // Between two pieces something is left out.
            _ => self.fit_after(pieces, taken, from + 1),
        }
    }

    /// Whether pieces fit of which the first stands at a place or after it.
    fn fit_after(&self, pieces: &[&[Letter]], taken: &mut Vec<Range<usize>>, least: usize) -> bool {
        let Some((piece, rest)) = pieces.split_first() else { return false };
        (least..self.letters.len()).any(|at| self.fit_at(piece, rest, taken, at))
    }

    fn fit_at(&self, piece: &[Letter], rest: &[&[Letter]], taken: &mut Vec<Range<usize>>, at: usize) -> bool {
        let end = at + piece.len();
        if piece.is_empty() || end > self.letters.len() || rest.is_empty() && end < self.letters.len() {
            return false;
        }
        let there = self.letters[at..end].iter().map(|(letter, _)| letter);
        let cut = [self.letters[at].1.start, self.letters[end - 1].1.end];
        if !there.eq(piece) || !cut.iter().all(|at| self.borders.contains(at)) {
            return false;
        }
        taken.push(at..end);
        let fits = self.fit(rest, taken);
        taken.pop();
        fits
    }

    fn holds_best(&self, taken: &[Range<usize>]) -> bool {
        let shown = |best: &Range<usize>| {
            let long = self.text[best.clone()].chars().count() > LENGTH;
            let letters = self.letters.iter().enumerate().filter(|(_, (_, at))| best.contains(&at.start));
            let mut shown = letters.map(|(number, _)| taken.iter().any(|range| range.contains(&number)));
            if long { shown.any(|shown| shown) } else { shown.all(|shown| shown) }
        };
        self.best.is_empty() || self.best.iter().any(shown)
    }
}

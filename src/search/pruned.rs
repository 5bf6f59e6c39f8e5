//! The best passages by any of some words, found without looking at all: what the frequent words of a query can
//! add at most is known, and where that is not enough for a place among the best, their passages are passed over
//! (MaxScore, Turtle and Flood 1995, <https://doi.org/10.1016/0306-4573(95)00020-H>), and so are whole blocks; see
//! [`super::blocks`].

use tantivy::{DocId, Score, TERMINATED};

use super::{clause::Clause, stretch::Stretch};

/// Sums of scores differ by less than this part of them, in whatever order they are added.
pub(super) const ROUNDING: Score = 1e-5;

/// For a word to go on to another stretch takes as long as to score so many passages.
const WORTH: DocId = 4;

/// Calls back with each passage that scores more than a threshold, which is then what was returned.
pub(super) fn best(
    mut clauses: Vec<Clause>,
    mut threshold: Score,
    callback: &mut dyn FnMut(DocId, Score) -> Score,
) {
    clauses.sort_by(|one, other| one.most().total_cmp(&other.most()));
    // What each clause and those before it add at most.
    let mut most: Vec<Score> = Vec::with_capacity(clauses.len());
    for clause in &clauses {
        most.push((most.last().unwrap_or(&0.0) + clause.most()) * (1.0 + ROUNDING));
    }
    // The clauses before this one are not enough by themselves.
    let mut first = 0;
    // What each of the others adds at most where they are looked at.
    let mut here: Vec<Score> = Vec::with_capacity(clauses.len());
    let mut stretch = Stretch::new();
    while first < clauses.len() {
        let (before, from) = clauses.split_at_mut(first);
        let start = from.iter().map(Clause::doc).min().unwrap_or(TERMINATED);
        if start == TERMINATED {
            return;
        }
        let end = from.iter().map(Clause::end).min().unwrap_or(start);
        let worth = from.iter().map(Clause::words).sum::<usize>() as DocId * WORTH;
        let end = end.max((start + worth).min(TERMINATED - 1));
        here.clear();
        here.extend(from.iter_mut().map(|clause| clause.most_to(end)));
        let beside = first.checked_sub(1).map_or(0.0, |last| most[last]);
        let all = here.iter().sum::<Score>() + beside;
        let enough = threshold / (1.0 + ROUNDING);
        if all <= enough {
            from.iter_mut().for_each(|clause| clause.seek(end + 1));
            continue;
        }
        stretch.begin(start);
        let last = end.min(stretch.last());
        for (clause, most) in from.iter_mut().zip(&here) {
            // What scores no more than this by the clause is not enough with all that the others can add.
            clause.score_to(last, enough - (all - most), &mut stretch);
        }
        for (clause, most) in before.iter_mut().zip(&most).rev() {
            match stretch.keep_over(threshold - most) {
                0 => break,
                left => clause.score_held(last, left, &mut stretch),
            }
        }
        stretch.empty(|passage, score| {
            if score > threshold {
                threshold = callback(passage, score);
            }
        });
        while most.get(first).is_some_and(|most| *most <= threshold) {
            first += 1;
        }
    }
}

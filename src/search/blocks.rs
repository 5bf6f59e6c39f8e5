//! Where a word stands in a segment, block by block: of each block of 128 passages the index says what the best
//! scores, so that those can be passed over whole that are not enough (block-max indexes, Ding and Suel 2011,
//! <https://doi.org/10.1145/2009916.2010048>).

use tantivy::{
    DocId, Score, TERMINATED, fieldnorm::FieldNormReader, postings::BlockSegmentPostings, query::Bm25Weight,
};

use super::stretch::Stretch;

/// Passages of a block.
const BLOCK: usize = 128;

/// Looking for a passage takes as long as going through so many.
const SEEK: u64 = 8;

/// So many passages of a block are looked at one by one before it is searched.
const NEAR: usize = 8;

/// A word in a segment: all its terms as one.
pub(super) struct Blocks {
    terms: Vec<Cursor>,
    doc: DocId,
    bm25: Bm25Weight,
    lengths: FieldNormReader,
    /// What the best of a block scores at most, in parts of what the index has it score; see [`inexact`].
    inexact: Score,
}

/// A place in the passages of a term.
struct Cursor {
    blocks: BlockSegmentPostings,
    /// The passage's number in its block.
    at: usize,
}

/// Returns by what the best of a block may score more than the one that was the best when the segment was
/// written.
///
/// Then it was chosen by the mean length m of the segment's own passages, and now the mean is n. A score is
/// f / (f + K), where f is the word's number and K grows with the passage's length over the mean. So what is
/// multiplied by m / n in K, or n / m, changes a score by no more than that, of whichever passage: the best by
/// n scores no more than max(m / n, n / m) of the best by m.
pub(super) fn inexact(mean_then: f32, mean_now: f32) -> Score {
    let part = (mean_then / mean_now).max(mean_now / mean_then);
    if part.is_finite() { part } else { Score::INFINITY }
}

impl Blocks {
    pub(super) fn new(
        terms: Vec<BlockSegmentPostings>,
        bm25: Bm25Weight,
        lengths: FieldNormReader,
        inexact: Score,
    ) -> Self {
        let terms = terms.into_iter().map(|blocks| Cursor { blocks, at: 0 }).collect();
        let mut all = Self { terms, doc: 0, bm25, lengths, inexact };
        all.settle();
        all
    }

    fn settle(&mut self) {
        self.doc = self.terms.iter().map(Cursor::doc).min().unwrap_or(TERMINATED);
    }

    /// Returns the present passage.
    pub(super) fn doc(&self) -> DocId {
        self.doc
    }

    /// Adds what passages score up to this one where that is more than `least`, and goes on behind it.
    pub(super) fn score_to(&mut self, last: DocId, least: Score, stretch: &mut Stretch) {
        self.each_to::<false>(last, least, stretch);
    }

    /// Adds what those passages score that the stretch holds, up to this one; they are `held` many. Where that is
    /// few, they are looked for, and else met on the way through all.
    pub(super) fn score_held(&mut self, last: DocId, held: usize, stretch: &mut Stretch) {
        let all = self.terms.iter().map(|term| u64::from(term.blocks.doc_freq())).sum::<u64>();
        let likely = all * stretch.reach(last) / u64::from(self.lengths.num_docs().max(1));
        if held as u64 * SEEK < likely {
            stretch.each_held(|passage| self.seek(passage).then(|| self.score()));
        } else {
            self.seek(stretch.first());
            self.each_to::<true>(last, Score::MIN, stretch);
        }
    }

    /// Adds what passages score up to this one, with `HELD` of those alone that the stretch holds.
    fn each_to<const HELD: bool>(&mut self, last: DocId, least: Score, stretch: &mut Stretch) {
        let Self { terms, bm25, lengths, .. } = self;
        let add = |stretch: &mut Stretch, passage, count| {
            let score = bm25.score(lengths.fieldnorm_id(passage), count);
            if score > least {
                stretch.add(passage, score);
            }
        };
        let mut here = terms.iter_mut().filter(|term| term.doc() <= last);
        let (one, other) = (here.next(), here.next());
        match (one, other) {
            (Some(one), None) => one.each_to(last, |passage, count| {
                if !HELD || stretch.holds(passage) {
                    add(stretch, passage, count);
                }
            }),
            (one, other) => {
                for term in one.into_iter().chain(other).chain(here) {
                    term.each_to(last, |passage, count| {
                        if !HELD || stretch.holds(passage) {
                            stretch.count(passage, count);
                        }
                    });
                }
                stretch.each_counted(add);
            }
        }
        self.settle();
    }

    /// Goes on to a passage, or to the first behind it; says whether it is that one.
    pub(super) fn seek(&mut self, passage: DocId) -> bool {
        if self.doc < passage {
            self.terms.iter_mut().for_each(|term| term.seek(passage));
            self.settle();
        }
        self.doc == passage
    }

    /// Returns what the present passage scores.
    pub(super) fn score(&self) -> Score {
        let terms = self.terms.iter().filter(|term| term.doc() == self.doc);
        let count = terms.map(|term| term.blocks.freq(term.at)).sum();
        self.bm25.score(self.lengths.fieldnorm_id(self.doc), count)
    }

    /// Returns what any passage scores at most.
    pub(super) fn most(&self) -> Score {
        self.bm25.max_score()
    }

    /// Returns the passage with which the first of the terms leaves its block.
    pub(super) fn end(&self) -> DocId {
        self.terms.iter().map(Cursor::end).min().unwrap_or(TERMINATED)
    }

    /// Returns what the passages score at most from the present one to this.
    pub(super) fn most_to(&mut self, last: DocId) -> Score {
        if self.end() < last {
            return self.most();
        }
        // A count that is spread over several terms scores less than all the parts by themselves.
        let terms = self.terms.iter_mut().filter(|term| term.doc() <= last);
        let best = terms.map(|term| term.blocks.block_max_score(&self.lengths, &self.bm25)).sum::<Score>();
        (best * self.inexact).min(self.bm25.max_score())
    }
}

impl Cursor {
    fn doc(&self) -> DocId {
        self.blocks.doc(self.at)
    }

    /// Calls back with each passage up to this one, and how often the term stands there, and goes on behind it.
    fn each_to(&mut self, last: DocId, mut each: impl FnMut(DocId, u32)) {
        loop {
            let (docs, counts) = (self.blocks.docs(), self.blocks.freqs());
            let end = if docs.last().is_some_and(|doc| *doc <= last) {
                docs.len()
            } else {
                self.at + docs[self.at.min(docs.len())..].iter().take_while(|doc| **doc <= last).count()
            };
            let here = self.at.min(end)..end;
            for (passage, count) in docs[here.clone()].iter().zip(&counts[here]) {
                each(*passage, *count);
            }
            self.at = end;
            // A block that is not full is the last, and filled up with what is behind all passages.
            if end < BLOCK {
                return;
            }
            self.blocks.advance();
            self.at = 0;
        }
    }

    fn seek(&mut self, passage: DocId) {
        // What is looked for is mostly near.
        for _ in 0..NEAR {
            if self.doc() >= passage {
                return;
            }
            self.at += 1;
            if self.at == BLOCK {
                break;
            }
        }
        self.at = self.blocks.seek(passage);
    }

    /// Returns the last passage of the block.
    fn end(&self) -> DocId {
        let last = self.blocks.docs().last().copied();
        last.filter(|_| self.doc() != TERMINATED).unwrap_or(TERMINATED)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn none_of_a_block_scores_more_than_the_best_of_another_mean_allows(
            passages in prop::collection::vec((0_u8..255, 1_u32..200), 1..20),
            (then, now) in (0.5_f32..500.0, 0.5_f32..500.0),
        ) {
            let [by_then, by_now] = [then, now].map(|mean| Bm25Weight::for_one_term(5, 100, mean));
            let score = |bm25: &Bm25Weight, (length, count): &(u8, u32)| bm25.score(*length, *count);
            let best = passages.iter().max_by(|one, other| score(&by_then, one).total_cmp(&score(&by_then, other)));
            let most = score(&by_now, best.expect("there is one")) * inexact(then, now);
            for passage in &passages {
                prop_assert!(score(&by_now, passage) <= most * 1.00001, "{:?}", passage);
            }
        }
    }

    #[test]
    fn a_mean_that_is_not_known_bounds_nothing() {
        assert_eq!(inexact(0.0, 12.0), Score::INFINITY);
        assert_eq!(inexact(3.0, 0.0), Score::INFINITY);
        assert_eq!(inexact(0.0, 0.0), Score::INFINITY);
    }
}

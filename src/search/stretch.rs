//! A stretch of passages that is scored one word after another, as Lucene's `BooleanScorer` does: each word is
//! gone through as it lies in the index, and the passages that hold any are met in their order in the end.

use tantivy::{DocId, Score, TERMINATED};

/// Passages of a stretch.
const LENGTH: usize = 1024;

/// A bit for each passage.
type Bits = [u64; LENGTH / 64];

pub(super) struct Stretch {
    from: DocId,
    /// What each passage scores by the words that were added, and those that hold one.
    scores: [Score; LENGTH],
    held: Bits,
    /// How often a word stands in each that is not added yet, and those where it does.
    counts: [u32; LENGTH],
    counted: Bits,
    /// What each passage scores by the best of some words, and those that hold one; see [`Self::add_best`].
    best: [Score; LENGTH],
    raised: Bits,
    /// Whether words are added there.
    raises: bool,
}

impl Stretch {
    pub(super) fn new() -> Self {
        let (scores, best) = ([0.0; LENGTH], [0.0; LENGTH]);
        let (held, counted, raised) = Default::default();
        Self { from: 0, scores, held, counts: [0; LENGTH], counted, best, raised, raises: false }
    }

    /// Begins at a passage. All that was added must have been met.
    pub(super) fn begin(&mut self, from: DocId) {
        self.from = from;
    }

    /// Returns the last passage.
    pub(super) fn last(&self) -> DocId {
        self.from.saturating_add(LENGTH as DocId - 1).min(TERMINATED - 1)
    }

    /// Returns the first passage.
    pub(super) fn first(&self) -> DocId {
        self.from
    }

    /// Returns how many passages there are up to this one.
    pub(super) fn reach(&self, last: DocId) -> u64 {
        u64::from(last - self.from) + 1
    }

    fn place(&self, passage: DocId) -> usize {
        (passage - self.from) as usize
    }

    /// Adds what a passage scores by a word.
    pub(super) fn add(&mut self, passage: DocId, score: Score) {
        let at = self.place(passage);
        if self.raises {
            self.best[at] = self.best[at].max(score);
            self.raised[at / 64] |= 1 << (at % 64);
        } else {
            self.scores[at] += score;
            self.held[at / 64] |= 1 << (at % 64);
        }
    }

    /// Adds what each passage scores by the best of the words that are added meanwhile.
    pub(super) fn add_best(&mut self, words: impl FnOnce(&mut Self)) {
        self.raises = true;
        words(self);
        self.raises = false;
        for at in places(std::mem::take(&mut self.raised)) {
            let score = std::mem::take(&mut self.best[at]);
            self.add(self.from + at as DocId, score);
        }
    }

    /// Counts how often one of the terms of a word stands in a passage.
    pub(super) fn count(&mut self, passage: DocId, count: u32) {
        let at = self.place(passage);
        self.counts[at] += count;
        self.counted[at / 64] |= 1 << (at % 64);
    }

    /// Calls back with the passages where the word stands that was counted, in order, and how often.
    pub(super) fn each_counted(&mut self, mut each: impl FnMut(&mut Self, DocId, u32)) {
        for at in places(std::mem::take(&mut self.counted)) {
            let (passage, count) = (self.from + at as DocId, std::mem::take(&mut self.counts[at]));
            each(self, passage, count);
        }
    }

    /// Says whether a passage holds a word that was added.
    pub(super) fn holds(&self, passage: DocId) -> bool {
        let at = self.place(passage);
        self.held[at / 64] >> (at % 64) & 1 == 1
    }

    /// Adds what each passage scores by another word, in order.
    pub(super) fn each_held(&mut self, mut score: impl FnMut(DocId) -> Option<Score>) {
        for at in places(self.held) {
            let passage = self.from + at as DocId;
            if let Some(score) = score(passage) {
                self.add(passage, score);
            }
        }
    }

    /// Drops the passages that score no more than this. Returns how many are left.
    pub(super) fn keep_over(&mut self, least: Score) -> usize {
        // Nothing scores less than nothing.
        if least < 0.0 {
            return self.held.iter().map(|bits| bits.count_ones() as usize).sum();
        }
        let mut left = 0;
        for at in places(self.held) {
            if self.scores[at] > least {
                left += 1;
            } else {
                self.scores[at] = 0.0;
                self.held[at / 64] &= !(1 << (at % 64));
            }
        }
        left
    }

    /// Calls back with the passages and what they score, in order, and is empty again.
    pub(super) fn empty(&mut self, mut each: impl FnMut(DocId, Score)) {
        for at in places(std::mem::take(&mut self.held)) {
            each(self.from + at as DocId, std::mem::take(&mut self.scores[at]));
        }
    }
}

/// Returns the places of the bits that are set, in order.
fn places(bits: Bits) -> impl Iterator<Item = usize> {
    bits.into_iter().enumerate().flat_map(|(word, mut bits)| {
        std::iter::from_fn(move || {
            let bit = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
            bits &= bits - 1;
            Some(64 * word + bit)
        })
    })
}

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
}

impl Stretch {
    pub(super) fn new() -> Self {
        let (held, counted) = Default::default();
        Self { from: 0, scores: [0.0; LENGTH], held, counts: [0; LENGTH], counted }
    }

    /// Begins at a passage. All that was added must have been met.
    pub(super) fn begin(&mut self, from: DocId) {
        self.from = from;
    }

    /// Returns the last passage.
    pub(super) fn last(&self) -> DocId {
        self.from.saturating_add(LENGTH as DocId - 1).min(TERMINATED - 1)
    }

    fn place(&self, passage: DocId) -> usize {
        (passage - self.from) as usize
    }

    /// Adds what a passage scores by a word.
    pub(super) fn add(&mut self, passage: DocId, score: Score) {
        let at = self.place(passage);
        self.scores[at] += score;
        self.held[at / 64] |= 1 << (at % 64);
    }

    /// Counts how often one of the terms of a word stands in a passage.
    pub(super) fn count(&mut self, passage: DocId, count: u32) {
        let at = self.place(passage);
        self.counts[at] += count;
        self.counted[at / 64] |= 1 << (at % 64);
    }

    /// Adds what passages score by the word that was counted.
    pub(super) fn add_counted(&mut self, score: impl Fn(DocId, u32) -> Score) {
        for at in places(std::mem::take(&mut self.counted)) {
            let (passage, count) = (self.from + at as DocId, std::mem::take(&mut self.counts[at]));
            self.add(passage, score(passage, count));
        }
    }

    /// Calls back with the passages that score more than this, in order, and is empty again.
    pub(super) fn each_over(&mut self, least: Score, each: &mut dyn FnMut(DocId, Score)) {
        for at in places(std::mem::take(&mut self.held)) {
            let score = std::mem::take(&mut self.scores[at]);
            if score > least {
                each(self.from + at as DocId, score);
            }
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

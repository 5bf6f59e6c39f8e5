//! A clause of a query in a segment: a word, or several of which the best counts in a passage. Of those that cannot
//! be the best of anything that is found, whole blocks are passed over.

use tantivy::{DocId, Score, TERMINATED};

use super::{blocks::Blocks, stretch::Stretch};

/// Words, at least one.
pub(super) struct Clause(Vec<Blocks>);

impl Clause {
    /// Returns a clause of words; none where none of them stands in the segment.
    pub(super) fn new(mut words: Vec<Blocks>) -> Option<Self> {
        words.retain(|word| word.doc() != TERMINATED);
        (!words.is_empty()).then_some(Self(words))
    }

    /// Returns how many words there are.
    pub(super) fn words(&self) -> usize {
        self.0.len()
    }

    /// Returns the present passage.
    pub(super) fn doc(&self) -> DocId {
        self.0.iter().map(Blocks::doc).min().unwrap_or(TERMINATED)
    }

    /// Returns the passage with which the first of the words leaves its block.
    pub(super) fn end(&self) -> DocId {
        self.0.iter().map(Blocks::end).min().unwrap_or(TERMINATED)
    }

    /// Returns what any passage scores at most.
    pub(super) fn most(&self) -> Score {
        self.0.iter().map(Blocks::most).fold(0.0, Score::max)
    }

    /// Returns what the passages score at most from the present one to this.
    pub(super) fn most_to(&mut self, last: DocId) -> Score {
        let words = self.0.iter_mut().filter(|word| word.doc() <= last);
        words.map(|word| word.most_to(last)).fold(0.0, Score::max)
    }

    /// Goes on to a passage, or to the first behind it.
    pub(super) fn seek(&mut self, passage: DocId) {
        self.0.iter_mut().for_each(|word| _ = word.seek(passage));
    }

    /// Adds what passages score up to this one where that is more than `least`, and goes on behind it.
    pub(super) fn score_to(&mut self, last: DocId, least: Score, stretch: &mut Stretch) {
        match self.0.as_mut_slice() {
            [word] => word.score_to(last, least, stretch),
            words => stretch.add_best(|stretch| {
                for word in words.iter_mut().filter(|word| word.doc() <= last) {
                    if word.most_to(last) <= least {
                        word.seek(last + 1);
                    } else {
                        word.score_to(last, least, stretch);
                    }
                }
            }),
        }
    }

    /// Adds what those passages score that the stretch holds, up to this one; they are `held` many.
    pub(super) fn score_held(&mut self, last: DocId, held: usize, stretch: &mut Stretch) {
        match self.0.as_mut_slice() {
            [word] => word.score_held(last, held, stretch),
            words => stretch.add_best(|stretch| {
                words.iter_mut().for_each(|word| word.score_held(last, held, stretch));
            }),
        }
    }
}

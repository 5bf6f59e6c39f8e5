//! The removal of what an index held of a file before a run.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};

use tantivy::{
    DocId, Score, SegmentReader, Term,
    index::SegmentId,
    query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight},
    schema::IndexRecordOption,
};

/// Segments that the present run wrote.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Arc<RwLock<HashSet<SegmentId>>>);

impl Written {
    pub(super) fn add(&self, segment: SegmentId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(segment);
    }

    fn has(&self, segment: SegmentId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&segment)
    }
}

/// The passages of a term, but for those in segments that the present run wrote. Of these tantivy does not know
/// what was removed before their passages were added.
#[derive(Clone, Debug)]
pub(super) struct Removal {
    pub(super) term: Term,
    pub(super) written: Written,
}

impl Query for Removal {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let passages = TermQuery::new(self.term.clone(), IndexRecordOption::Basic).weight(scoring)?;
        Ok(Box::new(Former { passages, written: self.written.clone() }))
    }
}

struct Former {
    passages: Box<dyn Weight>,
    written: Written,
}

impl Weight for Former {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        if self.written.has(segment.segment_id()) {
            return Ok(Box::new(EmptyScorer));
        }
        self.passages.scorer(segment, boost)
    }

    fn explain(&self, segment: &SegmentReader, passage: DocId) -> tantivy::Result<Explanation> {
        self.passages.explain(segment, passage)
    }
}

//! The passages of a segment in the order in which they lie there. Those of one article lie side by
//! side, in their order: they are added together, and neither merges nor deletions part them.

use std::ops::Range;

use tantivy::{DocId, SegmentReader, columnar::Column};

/// The passages of a segment.
pub(crate) struct Rows {
    orders: Column<u64>,
    end: DocId,
}

impl Rows {
    pub(crate) fn new(segment: &SegmentReader) -> tantivy::Result<Self> {
        Ok(Self { orders: segment.fast_fields().u64("order")?, end: segment.max_doc() })
    }

    /// Returns the number of a passage's article in its file, and its own in the article, as one number.
    pub(crate) fn order(&self, passage: DocId) -> u64 {
        self.orders.first(passage).unwrap_or(0)
    }

    /// Returns the first passage of the article that a passage is of.
    pub(crate) fn first(&self, passage: DocId) -> DocId {
        passage - (self.order(passage) as u32).min(passage)
    }

    /// Returns the first passage of the article that a passage is of; none behind the last passage.
    pub(crate) fn first_of(&self, passage: DocId) -> Option<DocId> {
        (passage < self.end).then(|| self.first(passage))
    }

    /// Returns the passages of the article that begins with this one.
    pub(crate) fn article(&self, first: DocId) -> Range<DocId> {
        let order = self.order(first);
        let goes_on = |doc: &DocId| self.order(*doc) == order + u64::from(doc - first);
        first..(first + 1..self.end).find(|doc| !goes_on(doc)).unwrap_or(self.end)
    }

    /// Returns the passages of the article that a passage is of.
    pub(crate) fn article_of(&self, passage: DocId) -> Range<DocId> {
        self.article(self.first(passage))
    }
}

//! A passage that is ready to be written, but for what is stored of its text: texts are packed together.

use std::{
    ops::Range,
    sync::Arc,
    thread::{self, ThreadId},
};

use tantivy::schema::{Field, document::Document};

use super::{
    draft::{Desk, Draft},
    symbols::Packed,
    values::{Each, Value, Values},
};
use crate::analysis::Sketch;

/// A passage with its values. It is small: tantivy makes room for 40,000 of them with each commit.
#[derive(Clone)]
pub(super) struct Ready(Arc<Made>);

struct Made {
    draft: Draft,
    values: Values,
    sketch: Sketch,
    by: ThreadId,
}

impl Ready {
    pub(super) fn new(draft: Draft, desk: &mut Desk) -> Self {
        let (values, sketch) = draft.values(desk);
        Self(Arc::new(Made { draft, values, sketch, by: thread::current().id() }))
    }

    /// Returns the text of the passage.
    pub(super) fn text(&self) -> &str {
        self.0.draft.text()
    }

    /// Returns the thread that made it, and has its memory.
    pub(super) fn made_by(&self) -> ThreadId {
        self.0.by
    }

    /// Adds the text to what is stored, as it stands at a place among those that were packed, as long as nobody else
    /// has the passage.
    pub(super) fn store(&mut self, packed: &Packed, at: usize) {
        if let Some(Made { draft, values, .. }) = Arc::get_mut(&mut self.0) {
            packed.store(at, draft.text(), values.data());
        }
    }

    /// Returns its [rows](Values::rows) of terms.
    pub(super) fn rows(&self) -> (&str, &[(Field, Range<usize>)]) {
        self.0.values.rows()
    }

    /// Returns the passage's [order](super::Rows::order).
    pub(super) fn order(&self) -> u64 {
        self.0.draft.order()
    }

    /// Returns the passage's sketch.
    pub(super) fn sketch(&self) -> Sketch {
        self.0.sketch
    }
}

impl Document for Ready {
    type Value<'a> = Value<'a>;
    type FieldsValuesIter<'a> = Each<'a>;

    fn iter_fields_and_values(&self) -> Each<'_> {
        self.0.values.each()
    }
}

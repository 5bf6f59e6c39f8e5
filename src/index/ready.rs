//! A passage that is ready to be written, but for what is stored of its text: texts are packed together.

use tantivy::schema::document::Document;

use super::{
    draft::{Desk, Draft},
    symbols::Packed,
    values::{Each, Value, Values},
};
use crate::analysis::Sketch;

/// A passage with its values. It is small: tantivy makes room for 40,000 of them with each commit.
pub(super) struct Ready(Box<(Draft, Values)>);

impl Ready {
    pub(super) fn new(draft: Draft, desk: &mut Desk) -> Self {
        let values = draft.values(desk);
        Self(Box::new((draft, values)))
    }

    /// Returns the text of the passage.
    pub(super) fn text(&self) -> &str {
        self.0.0.text()
    }

    /// Adds the text to what is stored, as it stands at a place among those that were packed.
    pub(super) fn store(&mut self, packed: &Packed, at: usize) {
        let (draft, values) = &mut *self.0;
        packed.store(at, draft.text(), values.data());
    }

    /// Returns the passage's [order](super::Rows::order).
    pub(super) fn order(&self) -> u64 {
        self.0.0.order()
    }

    /// Returns the passage's sketch.
    pub(super) fn sketch(&self) -> Sketch {
        self.0.0.sketch()
    }
}

impl Document for Ready {
    type Value<'a> = Value<'a>;
    type FieldsValuesIter<'a> = Each<'a>;

    fn iter_fields_and_values(&self) -> Each<'_> {
        self.0.1.each()
    }
}

//! A passage that is ready to be written.

use tantivy::schema::document::Document;

use super::{
    draft::{Desk, Draft},
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
        let (draft, values) = &*self.0;
        values.each(draft.text())
    }
}

//! What is opened of each segment once it was asked for: opening takes time, and many a search needs no more
//! than some of it.

use std::sync::OnceLock;

use tantivy::{SegmentReader, columnar::Column};

use super::{Bands, Forms, Index, Rows};

/// What was opened so far, of all segments.
#[derive(Default)]
pub(super) struct Parts {
    rows: OnceLock<Vec<Rows>>,
    sketches: OnceLock<Vec<Column<u64>>>,
    bands: OnceLock<Vec<Bands>>,
    forms: OnceLock<Vec<Forms>>,
}

impl Index {
    /// Returns how the passages lie in each segment.
    pub(crate) fn rows(&self) -> tantivy::Result<&[Rows]> {
        self.once(&self.parts.rows, Rows::new)
    }

    /// Returns the bits of the sketches of all passages, of each segment.
    pub(crate) fn sketches(&self) -> tantivy::Result<&[Column<u64>]> {
        self.once(&self.parts.sketches, |segment| segment.fast_fields().u64("sketch"))
    }

    /// Returns the bands of the sketches, of each segment.
    pub(crate) fn bands(&self) -> tantivy::Result<&[Bands]> {
        self.once(&self.parts.bands, Bands::open)
    }

    /// Returns the forms of all words, of each segment.
    pub(crate) fn forms(&self) -> tantivy::Result<&[Forms]> {
        self.once(&self.parts.forms, Forms::open)
    }

    /// Returns what is opened of each segment, once.
    fn once<'a, T>(
        &self,
        known: &'a OnceLock<Vec<T>>,
        open: impl Fn(&SegmentReader) -> tantivy::Result<T>,
    ) -> tantivy::Result<&'a [T]> {
        if let Some(known) = known.get() {
            return Ok(known);
        }
        let opened = self.searcher.segment_readers().iter().map(open).collect::<tantivy::Result<Vec<_>>>()?;
        Ok(known.get_or_init(|| opened))
    }
}

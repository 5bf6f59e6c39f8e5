//! What is opened of each segment beside what the engine opens. Files are opened with the index: a writer may take
//! them away later. What is in files that are open already waits until it is asked for: many a search needs no more
//! than some of it.

use std::sync::{Arc, OnceLock};

use tantivy::{Searcher, SegmentReader, columnar::Column};

use super::{Bands, Forms, Index, Rows};

/// What is opened, of all segments.
#[derive(Default)]
pub(super) struct Parts {
    bands: Vec<Bands>,
    forms: Vec<Forms>,
    rows: Arc<[Rows]>,
    sketches: OnceLock<Vec<Column<u64>>>,
}

impl Parts {
    pub(super) fn open(searcher: &Searcher) -> tantivy::Result<Self> {
        Ok(Self {
            bands: of_each(searcher, Bands::open)?,
            forms: of_each(searcher, Forms::open)?,
            rows: of_each(searcher, Rows::open)?.into(),
            ..Self::default()
        })
    }
}

impl Index {
    /// Returns how the passages lie in each segment.
    pub(crate) fn rows(&self) -> &Arc<[Rows]> {
        &self.parts.rows
    }

    /// Returns the bits of the sketches of all passages, of each segment.
    pub(crate) fn sketches(&self) -> tantivy::Result<&[Column<u64>]> {
        self.once(&self.parts.sketches, |segment| segment.fast_fields().u64("sketch"))
    }

    /// Returns the bands of the sketches, of each segment.
    pub(crate) fn bands(&self) -> &[Bands] {
        &self.parts.bands
    }

    /// Returns the forms of all words, of each segment.
    pub(crate) fn forms(&self) -> &[Forms] {
        &self.parts.forms
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
        let opened = of_each(&self.searcher, open)?;
        Ok(known.get_or_init(|| opened))
    }
}

fn of_each<T>(
    searcher: &Searcher,
    open: impl Fn(&SegmentReader) -> tantivy::Result<T>,
) -> tantivy::Result<Vec<T>> {
    searcher.segment_readers().iter().map(open).collect()
}

//! When passages are from: by the dates of articles, or by the times of files where that is asked for.

use std::collections::HashMap;

use tantivy::{DocId, columnar::Column};

use crate::{
    error::Result,
    index::{Index, Rows, schema::file_key},
};

/// When files were last changed, by their keys.
pub(super) type Times = HashMap<String, f64>;

/// Returns when each file was last changed, in seconds since 1970.
///
/// # Errors
/// When the ledger cannot be read.
pub(super) fn times(index: &Index) -> Result<Times> {
    let mut times = Times::new();
    index.each_stamp(&mut |folder, path, stamp| {
        times.insert(file_key(folder, path), stamp.modified as f64 / 1e9);
    })?;
    Ok(times)
}

/// What orders the passages of a segment by their age.
pub(super) enum Newest<'a> {
    /// The day of the article, as `YYYYMMDD`; 0 where it has none.
    Day(Column<u64>),
    /// The time of the file, by the number of its key in the segment.
    Time(&'a Rows, Vec<f64>),
}

impl<'a> Newest<'a> {
    /// Orders by the times of files where these are given, else by dates.
    pub(super) fn of(index: &'a Index, segment: u32, times: Option<&Times>) -> tantivy::Result<Self> {
        let reader = index.searcher().segment_reader(segment);
        let Some(times) = times else { return Ok(Self::Day(reader.fast_fields().u64("day")?)) };
        let files = reader.inverted_index(index.fields().file)?;
        let mut of_files = Vec::with_capacity(files.terms().num_terms());
        let mut terms = files.terms().stream()?;
        while terms.advance() {
            let time = std::str::from_utf8(terms.key()).ok().and_then(|key| times.get(key));
            of_files.push(time.copied().unwrap_or(0.0));
        }
        Ok(Self::Time(&index.rows()[segment as usize], of_files))
    }

    /// Returns a number that is higher for what is newer.
    pub(super) fn key(&self, doc: DocId) -> f64 {
        match self {
            Self::Day(days) => days.first(doc).unwrap_or(0) as f64,
            Self::Time(rows, times) => times.get(rows.place(doc).0 as usize).copied().unwrap_or(0.0),
        }
    }
}

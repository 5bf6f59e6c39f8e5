//! When passages are from: by the dates of articles, or by the times of files where that is asked for.

use std::collections::HashMap;

use tantivy::{
    DocId, SegmentReader,
    columnar::{Column, StrColumn},
};

use crate::{
    error::Result,
    index::{Index, schema::file_key},
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
pub(super) enum Newest {
    /// The day of the article, as `YYYYMMDD`; 0 where it has none.
    Day(Column<u64>),
    /// The time of the file, by the number of its key in the segment.
    Time(StrColumn, Vec<f64>),
}

impl Newest {
    /// Orders by the times of files where these are given, else by dates.
    pub(super) fn of(reader: &SegmentReader, times: Option<&Times>) -> tantivy::Result<Self> {
        let Some((times, files)) = times.zip(reader.fast_fields().str("file")?) else {
            return Ok(Self::Day(reader.fast_fields().u64("day")?));
        };
        let mut of_files = Vec::with_capacity(files.num_terms());
        let mut file = String::new();
        for number in 0..files.num_terms() as u64 {
            file.clear();
            files.ord_to_str(number, &mut file)?;
            of_files.push(times.get(&file).copied().unwrap_or(0.0));
        }
        Ok(Self::Time(files, of_files))
    }

    /// Returns a number that is higher for what is newer.
    pub(super) fn key(&self, doc: DocId) -> f64 {
        match self {
            Self::Day(days) => days.first(doc).unwrap_or(0) as f64,
            Self::Time(files, times) => {
                let file = files.ords().first(doc).and_then(|number| times.get(number as usize));
                file.copied().unwrap_or(0.0)
            }
        }
    }
}

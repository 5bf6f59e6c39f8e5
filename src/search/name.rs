//! The files of candidates, which order those that score the same. A name is read only where it decides.

use std::{
    cmp::Ordering,
    fmt,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use tantivy::{SegmentReader, schema::Field};

use crate::index::Index;

/// The names of all files of an index.
#[derive(Default)]
pub(super) struct Names {
    /// Of each segment where they are found.
    segments: Vec<(SegmentReader, Field)>,
    /// The numbers of the folders, ordered by their paths: numbers tell in which order folders were added,
    /// which must not show.
    folders: Vec<u32>,
}

/// The file of a candidate.
#[derive(Clone)]
pub(super) struct Name {
    names: Arc<Names>,
    pub(super) segment: u32,
    /// Its number among the files of the segment, which are in the order of their keys; see
    /// [`crate::index::schema::file_key`].
    pub(super) ord: u64,
    text: OnceLock<String>,
}

impl Names {
    pub(super) fn of(index: &Index) -> Arc<Self> {
        let segments = index.searcher().segment_readers().iter();
        let segments = segments.map(|segment| (segment.clone(), index.fields().file)).collect();
        let mut folders: Vec<(PathBuf, u32)> =
            index.manifest().folders.iter().map(|folder| (folder.path(index.path()), folder.id)).collect();
        folders.sort();
        Arc::new(Self { segments, folders: folders.into_iter().map(|(_, id)| id).collect() })
    }

    /// Returns the key of a file of a segment; none where it cannot be read.
    fn key(&self, segment: u32, ord: u64) -> Option<String> {
        let (segment, field) = self.segments.get(segment as usize)?;
        let mut key = Vec::new();
        segment.inverted_index(*field).ok()?.terms().ord_to_term(ord, &mut key).ok()?;
        String::from_utf8(key).ok()
    }

    pub(super) fn name(self: &Arc<Self>, segment: u32, ord: u64) -> Name {
        Name { names: Arc::clone(self), segment, ord, text: OnceLock::new() }
    }
}

impl Name {
    /// Returns the file's key, with the rank of the folder's path in the place of its number. What cannot
    /// be read comes first; that it cannot is told where its passages are read.
    fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let key = self.names.key(self.segment, self.ord).unwrap_or_default();
            let Some((path, number)) = key.rsplit_once('\0') else { return key };
            let folders = &self.names.folders;
            let rank = folders.iter().position(|id| u32::from_str_radix(number, 16) == Ok(*id));
            format!("{path}\0{:08x}", rank.unwrap_or(folders.len()))
        })
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file {} of segment {}", self.ord, self.segment)
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.segment == other.segment && (self.ord == other.ord || self.names.folders.len() < 2) {
            return self.ord.cmp(&other.ord);
        }
        self.text().cmp(other.text())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Name {}

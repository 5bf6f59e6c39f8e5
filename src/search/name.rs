//! The files of candidates, which order those that score the same. A name is read only where it decides.

use std::{
    cmp::Ordering,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use tantivy::columnar::StrColumn;

use crate::index::Index;

/// The names of all files of an index.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Of each segment.
    columns: Vec<Option<StrColumn>>,
    /// The numbers of the folders, ordered by their paths: numbers tell in which order folders were added,
    /// which must not show.
    folders: Vec<u32>,
}

/// The file of a candidate.
#[derive(Clone, Debug)]
pub(super) struct Name {
    names: Arc<Names>,
    pub(super) segment: u32,
    /// Its number among the files of the segment, which are in the order of their keys; see
    /// [`crate::index::schema::file_key`].
    pub(super) ord: u64,
    text: OnceLock<String>,
}

impl Names {
    pub(super) fn of(index: &Index) -> tantivy::Result<Arc<Self>> {
        let files = index.searcher().segment_readers().iter();
        let columns =
            files.map(|segment| segment.fast_fields().str("file")).collect::<tantivy::Result<_>>()?;
        let mut folders: Vec<(PathBuf, u32)> =
            index.manifest().folders.iter().map(|folder| (folder.path(index.path()), folder.id)).collect();
        folders.sort();
        Ok(Arc::new(Self { columns, folders: folders.into_iter().map(|(_, id)| id).collect() }))
    }

    /// Returns the column that holds the numbers of a segment's files.
    pub(super) fn column(&self, segment: u32) -> Option<&StrColumn> {
        self.columns.get(segment as usize)?.as_ref()
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
            let mut key = String::new();
            if let Some(files) = self.names.column(self.segment) {
                _ = files.ord_to_str(self.ord, &mut key);
            }
            let Some((path, number)) = key.rsplit_once('\0') else { return key };
            let folders = &self.names.folders;
            let rank = folders.iter().position(|id| u32::from_str_radix(number, 16) == Ok(*id));
            format!("{path}\0{:08x}", rank.unwrap_or(folders.len()))
        })
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

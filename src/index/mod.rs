//! The index: a folder that holds the passages of one or more folders of articles, and the ledger
//! of what became of every file.
//!
//! An [`Index`] is opened on one committed state and goes on answering from it, whatever a writer
//! does meanwhile. [`Index::update`] makes the index agree with its folders.

mod aside;
mod bands;
mod check;
mod commit;
mod committed;
mod compare;
mod draft;
mod durable;
mod forms;
mod fresh;
mod home;
mod content;
mod ingest;
mod ledger;
mod lookup;
mod manifest;
mod mapped;
mod merge;
mod old;
mod parts;
mod pieces;
mod plan;
mod foresee;
mod property;
mod ready;
mod removal;
mod repair;
mod report;
mod rows;
pub(crate) mod schema;
mod seal;
mod settings;
mod share;
mod show;
mod stage;
mod stats;
mod status;
mod symbols;
mod tell;
mod term_row;
mod why;
mod update;
mod values;
mod weight;
mod writer;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod trial;

use std::{
    any::Any,
    collections::BTreeMap,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::value::RawValue;
use tantivy::{Directory, ReloadPolicy, Searcher, TantivyError};

pub use check::{Check, Fault};
pub use fresh::{AUTO, Budget, Freshness};
pub use home::is_index;
pub use manifest::Stated;
pub use repair::Repair;
pub use report::{Event, Outcome, Report};
pub use show::{ArticleText, Neighbours, Shown};
pub use status::{FileLine, FolderStatus, Status, Verdict};
pub use update::{LEAST_MEMORY, Update};
pub use why::{Facts, Why};
pub(crate) use {
    bands::Bands,
    forms::Forms,
    lookup::{Lookup, Together, count_any, of_form, of_stem},
    manifest::Manifest,
    property::Property,
    rows::Rows,
    stats::Statistics,
    symbols::Tables,
};

use self::{
    ledger::{Ledger, LedgerFile},
    manifest::Folder,
    parts::Parts,
    schema::Fields,
};
use crate::error::{Error, Result};

/// Blocks of stored passages that a process keeps which reads few: those that lie together are read one after
/// another.
const FEW_BLOCKS: usize = 1;

/// An index, opened on one committed state.
pub struct Index {
    dir: PathBuf,
    access: Access,
    /// The generation and what its commit says; none while nothing was ever committed.
    commit: Option<(PathBuf, Vec<u8>)>,
    manifest: Manifest,
    searcher: Searcher,
    fields: Fields,
    /// None while nothing was ever committed.
    ledger: Option<LedgerFile>,
    parts: Parts,
}

/// How the files of an index are read from disk, where the system does not hold them already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// With much of what lies around what is asked for: early searches warm the system's cache for
    /// those to come.
    #[default]
    Broad,
    /// What is asked for and nothing else: right for a process that searches once.
    Sparse,
}

impl Index {
    /// Opens the index in a folder. Nothing is written there.
    ///
    /// # Errors
    /// [`Error::NoIndex`] where there is none, [`Error::Older`] and [`Error::Newer`] where it is of
    /// another version, [`Error::Damaged`] where it is not as it was written.
    pub fn open(dir: &Path) -> Result<Self> {
        Self::open_for(dir, Access::default())
    }

    /// Opens the index in a folder, to be read in this way.
    ///
    /// # Errors
    /// Those of [`Index::open`].
    pub fn open_for(dir: &Path, access: Access) -> Result<Self> {
        let dir = absolute(dir);
        home::find(&dir)?;
        settings::read(&dir)?;
        // A writer may take away files between their names being read and their being opened.
        let mut tries = 10;
        loop {
            match guarded(&dir, || Self::open_now(&dir, access)) {
                Err(Error::Damaged { .. }) if tries > 1 => tries -= 1,
                result => return result,
            }
        }
    }

    /// Makes a folder an index if it is none yet, and opens it.
    ///
    /// # Errors
    /// [`Error::NotAnIndex`] where the folder holds other things, [`Error::Write`] where it cannot
    /// be made, and those of [`Index::open`].
    pub fn create(dir: &Path) -> Result<Self> {
        home::create(&absolute(dir))?;
        Self::open(dir)
    }

    fn open_now(dir: &Path, access: Access) -> Result<Self> {
        let (_, fields) = Fields::build();
        let Some(generation) = home::generation(dir)? else {
            return Ok(Self {
                dir: dir.into(),
                access,
                commit: None,
                manifest: home::begun(dir)?,
                searcher: nothing(dir)?,
                fields,
                ledger: None,
                parts: Parts::default(),
            });
        };
        let index = ReadableIndex::open(dir, &generation, access)?;
        let (manifest, commit) = (index.manifest, index.commit);
        if manifest.version != schema::VERSION {
            return Err(other_version(dir, manifest.version));
        }
        let mut reader = index.index.reader_builder().reload_policy(ReloadPolicy::Manual);
        if access == Access::Sparse {
            // What is let go at once makes room for the next without new memory being asked for.
            reader = reader.doc_store_cache_num_blocks(FEW_BLOCKS);
        }
        let reader: tantivy::IndexReader = reader.try_into().map_err(|source| damaged(dir, source))?;
        let searcher = reader.searcher();
        let parts = Parts::open(&searcher).map_err(|source| damaged(dir, source))?;
        let ledger = manifest
            .ledger
            .as_ref()
            .map(|name| LedgerFile::open(&generation.join(name), manifest.ledger_bytes));
        let ledger = ledger.transpose().map_err(|source| damaged(dir, source))?;
        Ok(Self {
            dir: dir.into(),
            access,
            commit: Some((generation, commit)),
            manifest,
            searcher,
            fields,
            ledger,
            parts,
        })
    }

    /// Says whether nothing was committed since the index was opened; a few small reads.
    ///
    /// # Errors
    /// [`Error::NoIndex`] where the index was taken away, [`Error::Damaged`] where it is not as it was
    /// written.
    pub fn is_newest(&self) -> Result<bool> {
        home::find(&self.dir)?;
        let generation = home::generation(&self.dir)?;
        let (Some(generation), Some((known, commit))) = (&generation, &self.commit) else {
            return Ok(generation.is_none() && self.commit.is_none());
        };
        let newest = std::fs::read(generation.join(home::META)).and_then(seal::unsealed);
        let newest = newest.map_err(|source| damaged(&self.dir, source))?;
        Ok(generation == known && newest == *commit)
    }

    /// Returns the folder of the index.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Returns when the state was committed, in seconds since 1970; none while nothing was.
    pub fn updated(&self) -> Option<i64> {
        (self.manifest.updated > 0).then_some(self.manifest.updated)
    }

    /// Returns how many articles the index holds.
    pub fn articles(&self) -> u64 {
        self.manifest.tally.articles
    }

    /// Returns how many files and folders could not be read.
    pub fn unread(&self) -> u64 {
        self.manifest.failed
    }

    /// Returns how many passages the index holds.
    pub fn passages(&self) -> u64 {
        self.manifest.tally.passages + self.manifest.tally.asides
    }

    /// Returns the folders and single files that the index holds, in the order in which they were added.
    pub fn folders(&self) -> Vec<PathBuf> {
        self.manifest.folders.iter().map(|folder| folder.path(&self.dir)).collect()
    }

    /// Says whether a path is one of the index's folders or inside one.
    pub fn holds(&self, path: &Path) -> bool {
        self.owner(&absolute(path)).is_some()
    }

    /// Returns the folder that owns an absolute path, and the path inside it. Of folders inside one
    /// another the innermost owns what is in it.
    pub(crate) fn owner(&self, path: &Path) -> Option<(&Folder, Vec<u8>)> {
        let inside = |folder: &&Folder| {
            let root = folder.path(&self.dir);
            if folder.single { path == root } else { path.starts_with(root) }
        };
        let folder = self
            .manifest
            .folders
            .iter()
            .filter(inside)
            .max_by_key(|folder| (folder.path(&self.dir).components().count(), folder.single))?;
        Some((folder, crate::walk::inside(&folder.base(&self.dir), path)))
    }

    pub(crate) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// Returns a field's terms, of each segment.
    pub(crate) fn inverted(
        &self,
        field: tantivy::schema::Field,
    ) -> tantivy::Result<Vec<Arc<tantivy::InvertedIndexReader>>> {
        self.searcher.segment_readers().iter().map(|segment| segment.inverted_index(field)).collect()
    }

    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(crate) fn statistics(&self) -> Statistics<'_> {
        Statistics::new(self)
    }

    /// Returns the ledger, to find single entries in it.
    fn ledger(&self) -> Result<Option<Ledger<'_>>> {
        let ledger = self.ledger.as_ref().map(LedgerFile::entries).transpose();
        ledger.map_err(|source| damaged(&self.dir, source))
    }

    /// Returns the ledger, to go through it.
    fn whole_ledger(&self) -> Result<Option<Ledger<'_>>> {
        let ledger = self.ledger.as_ref().map(LedgerFile::all).transpose();
        ledger.map_err(|source| damaged(&self.dir, source))
    }

    /// Reads from the index. The search engine panics over some bytes that are not as it wrote them.
    pub(crate) fn guarded<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        guarded(&self.dir, read)
    }

    pub(crate) fn damaged(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        damaged(&self.dir, source)
    }
}

/// A generation opened for reading.
struct ReadableIndex {
    index: tantivy::Index,
    commit: Vec<u8>,
    manifest: Manifest,
}

impl ReadableIndex {
    fn open(dir: &Path, generation: &Path, access: Access) -> Result<Self> {
        let directory = mapped::ReadOnly::open(generation, access).map_err(|source| damaged(dir, source))?;
        // The manifest first: the fields of another version need not be understood.
        let index = tantivy::Index::open(directory.clone()).map_err(|source| damaged(dir, source))?;
        let commit = directory.atomic_read(Path::new(home::META)).map_err(|source| damaged(dir, source))?;
        let (manifest, brief) = said(&commit).map_err(|source| damaged(dir, source))?;
        directory.stand_in(brief);
        Ok(Self { index, commit, manifest })
    }
}

/// Returns what a commit says of itself, and what the engine has not read yet where it opens the segments: it
/// reads all again for that, and the reading of the fields is a hundredth of a short search.
fn said(commit: &[u8]) -> serde_json::Result<(Manifest, Vec<u8>)> {
    let mut said: BTreeMap<&str, &RawValue> = serde_json::from_slice(commit)?;
    let payload = said.remove("payload").map(|payload| serde_json::from_str::<Option<String>>(payload.get()));
    let manifest = payload.transpose()?.flatten().map(|payload| serde_json::from_str(&payload));
    said.insert("schema", serde_json::from_str("[]")?);
    Ok((manifest.transpose()?.unwrap_or_default(), serde_json::to_vec(&said)?))
}

fn other_version(dir: &Path, found: u32) -> Error {
    let (path, known) = (dir.into(), schema::VERSION);
    if found > known { Error::Newer { path, found, known } } else { Error::Older { path, found, known } }
}

/// Returns a searcher over no passages.
fn nothing(dir: &Path) -> Result<Searcher> {
    let index = tantivy::Index::create_in_ram(Fields::build().0);
    let reader: tantivy::IndexReader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()
        .map_err(|source: TantivyError| engine(dir, source))?;
    Ok(reader.searcher())
}

/// Makes a panic of the search engine an error.
fn guarded<T>(dir: &Path, read: impl FnOnce() -> Result<T>) -> Result<T> {
    panic::catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        Err(damaged(dir, format!("the search engine gave up: {}", last_words(&*panic))))
    })
}

/// Returns what a panic said.
fn last_words(panic: &(dyn Any + Send)) -> &str {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no cause was given")
}

fn damaged(dir: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Damaged { path: dir.into(), source: source.into() }
}

fn engine(dir: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Engine { path: dir.into(), source: source.into() }
}

/// Returns a path from the root on, without links where it exists.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    dunce::canonicalize(path).unwrap_or_else(|_| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
        // What is missing is named through what is there, so that links above it count the same.
        match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => absolute(parent).join(name),
            _ => path,
        }
    })
}

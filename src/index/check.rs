//! Is the index whole? All of it is read: the bytes of every file against their sums, every passage, and
//! the ledger beside the passages.
//!
//! A search notices less: what is cut short or gone, and flipped bits in the small files. Of the large
//! ones it reads only what it needs, and takes that for what was written.

mod entries;
mod files;
mod passages;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use tantivy::{SegmentMeta, index::SegmentComponent};

use super::{
    Access, Index, ReadableIndex, absolute, aside,
    committed::{Segment, listed},
    home,
    manifest::Manifest,
    other_version,
    report::Event,
    schema, seal,
};
use crate::{
    error::{Error, Result},
    walk::INDEX_MARK,
};

/// What a check looked at and found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Check {
    /// Files of the index that were read.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// Passages that were read.
    pub passages: u64,
    /// Entries of the ledger that were compared with the passages.
    pub entries: u64,
    /// What is not as it should be.
    pub faults: Vec<Fault>,
    /// Faults past the first hundred, which are not named.
    pub more_faults: u64,
    /// Files that no commit needs, left by a run that was cut off; the next one removes them.
    pub left_over: u64,
    /// Whether an update was cut off: files that it had not read yet are not searched.
    pub unfinished: bool,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// What has to be made again.
    pub(super) wounds: Wounds,
}

/// Something in the index that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The file, from the folder of the index.
    pub path: PathBuf,
    /// What is wrong with it.
    pub cause: String,
}

/// What of an index has to be made again.
#[derive(Clone, Debug, Default)]
pub(super) struct Wounds {
    /// The settings file.
    pub(super) settings: bool,
    /// The pointer to the generation in force.
    pub(super) pointer: bool,
    /// The commit: nothing of the generation can be used.
    pub(super) commit: bool,
    /// The ledger: what became of any file is not known.
    pub(super) ledger: bool,
    /// The folders that are kept beside the generation.
    pub(super) folders: bool,
    /// The sums of the manifest.
    pub(super) sums: bool,
    /// Segments, by their ids.
    pub(super) segments: BTreeSet<String>,
    /// Files of which there are other passages than the ledger says, by folder and path.
    pub(super) files: BTreeSet<(u32, Vec<u8>)>,
}

/// So many faults are named.
const NAMED: usize = 100;

impl Index {
    /// Reads the whole index and says what is not as it was written, or does not fit together. Calls
    /// `event` as it goes; stops early when `cancel` becomes true. Nothing is changed.
    ///
    /// # Errors
    /// [`Error::NoIndex`] where there is none, [`Error::Older`] and [`Error::Newer`] for one of another
    /// version, [`Error::Locked`] while another process writes.
    pub fn check(
        dir: &Path,
        patience: Duration,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<Check> {
        let dir = absolute(dir);
        if let Err(error @ (Error::NoIndex { .. } | Error::Read { .. })) = home::find(&dir) {
            return Err(error);
        }
        // What cannot be written is not being written either.
        let _lock = match home::lock(&dir, patience) {
            Err(Error::Write { .. }) => None,
            lock => Some(lock?),
        };
        check(&dir, event, cancel)
    }
}

/// Checks an index that is not being written to.
pub(super) fn check(dir: &Path, event: &mut dyn FnMut(Event), cancel: &AtomicBool) -> Result<Check> {
    let mut checking = Checking { dir, check: Check::default(), event, cancel };
    checking.whole()?;
    let mut check = checking.check;
    check.interrupted = cancel.load(Relaxed);
    Ok(check)
}

struct Checking<'a> {
    dir: &'a Path,
    check: Check,
    event: &'a mut dyn FnMut(Event),
    cancel: &'a AtomicBool,
}

impl Checking<'_> {
    fn whole(&mut self) -> Result<()> {
        if home::find(self.dir).is_ok() {
            super::settings::read(self.dir)?;
        } else {
            self.check.wounds.settings = true;
            self.fault(Path::new(INDEX_MARK), "is missing");
        }
        let generation = home::generation(self.dir).unwrap_or_else(|error| {
            self.check.wounds.pointer = true;
            self.fault(Path::new(home::POINTER), &chain(&error));
            home::last_committed(self.dir)
        });
        let Some(generation) = generation else {
            // An index that holds nothing yet, or one of which nothing is left.
            self.check.wounds.commit = self.check.wounds.pointer || home::begun(self.dir).is_err();
            if self.check.wounds.commit {
                self.fault(Path::new(home::META), "there is no generation with a commit");
            }
            return Ok(());
        };
        let Some(index) = self.commit(&generation)? else { return Ok(()) };
        self.check.unfinished = index.manifest.unfinished;
        if !self.check.wounds.pointer && !self.dir.join(home::POINTER).exists() {
            if index.manifest.unfinished {
                // A first index was cut off before it: the next update writes it.
                self.check.left_over += 1;
            } else {
                self.check.wounds.pointer = true;
                self.fault(Path::new(home::POINTER), "is missing");
            }
        }
        self.folders(&index.manifest);
        let segments =
            index.index.searchable_segment_metas().map_err(|source| super::damaged(self.dir, source))?;
        let mut healthy = Vec::new();
        self.plan(&generation, &segments);
        for segment in segments {
            if self.files_of(&generation, &segment) {
                healthy.push(segment);
            } else {
                self.check.wounds.segments.insert(segment.id().uuid_string());
            }
        }
        let mut held = BTreeMap::new();
        for segment in healthy {
            let id = segment.id().uuid_string();
            let texts = generation.join(segment.relative_path(SegmentComponent::Store));
            if let Err(cause) = self.passages_of(&index, segment, &mut held) {
                let path = self.inside(&generation, &format!("{id}.store"));
                self.fault(&path, &cause);
                self.check.wounds.segments.insert(id);
            }
            (self.event)(Event::Part { bytes: fs::metadata(texts).map_or(0, |meta| meta.len()) });
        }
        if self.cancel.load(Relaxed) {
            return Ok(());
        }
        self.ledger(&generation, &index.manifest, held);
        self.left_over(&generation, &index);
        Ok(())
    }

    /// Opens the commit of a generation; nothing where it cannot be used.
    fn commit(&mut self, generation: &Path) -> Result<Option<ReadableIndex>> {
        let path = self.inside(generation, home::META);
        let bytes = fs::read(generation.join(home::META));
        let opened = ReadableIndex::open(self.dir, generation, Access::Broad);
        let cause = match (bytes, opened) {
            (Err(error), _) => error.to_string(),
            (Ok(_), Ok(index)) if index.manifest.version != schema::VERSION => {
                return Err(other_version(self.dir, index.manifest.version));
            }
            (Ok(bytes), Ok(index)) if seal::is_whole(&bytes) => {
                self.read(bytes.len() as u64);
                return Ok(Some(index));
            }
            (Ok(bytes), Err(error)) if seal::is_whole(&bytes) => chain(&error),
            (Ok(_), _) => seal::WRONG.into(),
        };
        self.check.wounds.commit = true;
        self.fault(&path, &cause);
        Ok(None)
    }

    fn folders(&mut self, manifest: &Manifest) {
        match home::kept_folders(self.dir) {
            // They are kept before they are committed: a run was cut off in between.
            Ok(kept) => self.check.left_over += u64::from(kept != manifest.of_folders()),
            Err(error) => {
                self.check.wounds.folders = true;
                self.fault(Path::new(home::FOLDERS), &error.to_string());
            }
        }
    }

    /// Says how much is to be read. Texts are read twice: as bytes, and as passages.
    fn plan(&mut self, generation: &Path, segments: &[SegmentMeta]) {
        let paths = segments.iter().flat_map(|segment| Segment::from(segment).files()).map(PathBuf::from);
        let size = |path: PathBuf| fs::metadata(generation.join(path)).map_or(0, |meta| meta.len());
        let (files, bytes) = paths.map(size).fold((0, 0), |(files, bytes), size| (files + 1, bytes + size));
        let texts: u64 =
            segments.iter().map(|segment| size(segment.relative_path(SegmentComponent::Store))).sum();
        (self.event)(Event::Planned { files, bytes: bytes + texts });
    }

    /// Reads the files of a segment, and says whether all are as they were written.
    fn files_of(&mut self, generation: &Path, segment: &SegmentMeta) -> bool {
        let mut whole = true;
        for name in Segment::from(segment).files() {
            let (event, cancel) = (&mut *self.event, self.cancel);
            let read = files::verify(&generation.join(&name), &mut |bytes| {
                event(Event::Part { bytes });
                !cancel.load(Relaxed)
            });
            match read {
                Ok(bytes) => self.read(bytes),
                Err(cause) => {
                    whole = false;
                    self.fault(&self.inside(generation, &name), &cause.to_string());
                }
            }
        }
        whole
    }

    /// Counts the passages of each file in a segment, whose bytes are as they were written.
    fn passages_of(
        &mut self,
        index: &ReadableIndex,
        segment: SegmentMeta,
        held: &mut BTreeMap<(u32, Vec<u8>), u64>,
    ) -> std::result::Result<(), String> {
        let tables = &index.manifest.tables;
        let read = || passages::count(&index.index.segment(segment), tables, held, self.cancel);
        let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
        self.check.passages += read.unwrap_or_else(|_| Err("its parts do not fit together".into()))?;
        Ok(())
    }

    /// Counts what no commit needs.
    fn left_over(&mut self, generation: &Path, index: &ReadableIndex) {
        let entries = fs::read_dir(self.dir).into_iter().flatten().flatten().map(|entry| entry.path());
        let segments = index.index.searchable_segment_metas().unwrap_or_default();
        let segments: Vec<Segment> = segments.iter().map(Segment::from).collect();
        let left_over = listed(generation, &index.manifest, &segments).left_over;
        // One that the next update goes on with is not in the way.
        let begun = aside::begun(self.dir, generation, &index.manifest).map(|(path, _)| path);
        let others = entries.filter(|path| {
            path != generation
                && Some(path) != begun.as_ref()
                && path.file_name().and_then(|name| home::number(name.to_str()?)).is_some()
        });
        self.check.left_over += left_over + others.count() as u64;
    }

    fn read(&mut self, bytes: u64) {
        self.check.files += 1;
        self.check.bytes += bytes;
    }

    fn inside(&self, generation: &Path, name: &str) -> PathBuf {
        generation.strip_prefix(self.dir).unwrap_or(generation).join(name)
    }

    fn fault(&mut self, path: &Path, cause: &str) {
        if self.check.faults.len() < NAMED {
            self.check.faults.push(Fault { path: path.into(), cause: cause.into() });
        } else {
            self.check.more_faults += 1;
        }
    }
}

fn chain(error: &Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), ToString::to_string)
}

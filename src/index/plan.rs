//! What an update has to do: the ledger beside the folders, file by file.

use std::{
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    absolute,
    aside::{self, Aside},
    committed::{Committed, Listed, listed},
    damaged, home,
    ingest::Task,
    ledger::{Entry, Fate, Head, LedgerFile, Lot},
    manifest::{At, Folder, Manifest},
    old::{Old, Record},
    report::Report,
    schema,
    settings::{self, Settings},
    update::Update,
};
use crate::{
    error::{Error, Result},
    format::{self, Extent, FieldNames},
    walk,
};

/// One place in the new ledger.
pub(super) struct Slot {
    pub(super) folder: u32,
    /// What the next commit's ledger says; none for a file that is new and not yet read.
    pub(super) entry: Option<Record>,
}

/// A file that is to be read.
pub(super) struct Due {
    pub(super) slot: usize,
    pub(super) path: Box<[u8]>,
    /// Its size when it was found, in bytes.
    pub(super) bytes: u64,
}

/// What is to be done, and how far it is.
pub(super) struct Plan<'a> {
    pub(super) dir: &'a Path,
    pub(super) settings: Settings,
    /// How much memory may be used, in bytes.
    pub(super) memory: u64,
    pub(super) generation: Option<PathBuf>,
    /// Whether the generation is a new one.
    pub(super) fresh: bool,
    pub(super) manifest: Manifest,
    pub(super) old: Arc<Old>,
    /// The parts of the old ledger that are not compared, by the numbers of their folders.
    pub(super) parts: Vec<(u32, Range<u64>)>,
    pub(super) slots: Vec<Slot>,
    /// Folders that lie around one that was forgotten.
    reopened: Vec<u32>,
    /// Folders whose part of the ledger is in `slots`.
    pub(super) compared: Vec<u32>,
    pub(super) tasks: Vec<Due>,
    /// Where the paths of the compared folders begin, and the names that fields go by in them.
    pub(super) bases: Vec<(u32, PathBuf, FieldNames)>,
    /// Files whose passages are to go.
    pub(super) gone: Vec<(u32, Vec<u8>)>,
    pub(super) report: Report,
    /// Whether the ledger or the folders are others than before.
    pub(super) dirty: bool,
    /// Whether the generation is made beside the one in force.
    pub(super) beside: bool,
    /// Whether a run that was cut off left files behind, or in them what was to be forgotten.
    pub(super) untidy: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn new(dir: &'a Path, update: &Update) -> Result<Self> {
        let settings = settings::read(dir)?;
        let generation = home::generation(dir)?;
        let opened = generation.as_deref().map(|generation| Committed::read(dir, generation)).transpose();
        let (mut generation, mut opened, mut beside, mut untidy) = (generation, opened, None, false);
        // Nothing of a segment need be read to bring an index up to date; it must be there to go on with.
        if let (Some(path), Ok(Some(commit))) = (&generation, &opened) {
            let Listed { missing, left_over } = listed(path, &commit.manifest, &commit.segments);
            untidy = commit.is_untidy(dir, left_over);
            if let Some(missing) = missing.filter(|_| commit.manifest.version == schema::VERSION) {
                let gone = format!("{missing} is not there");
                opened = Err(damaged(dir, io::Error::new(io::ErrorKind::NotFound, gone)));
            }
        }
        if let (Some(path), Ok(Some(commit))) = (&generation, &opened) {
            // A run that was cut off is gone on with, unless more is asked for than it was to do.
            let begun = aside::begun(dir, path, &commit.manifest);
            match begun.filter(|(_, begun)| !update.rebuild || begun.is_anew()) {
                Some((path, begun)) => {
                    beside.clone_from(&begun.manifest.aside);
                    (generation, opened) = (Some(path), Ok(Some(begun)));
                }
                None if update.rebuild || commit.manifest.version != schema::VERSION => {
                    beside = Some(Aside::of(path, &commit.manifest, true));
                }
                None => {}
            }
        }
        let goes_on =
            beside.is_some() && matches!(&opened, Ok(Some(commit)) if commit.manifest.aside == beside);
        let (mut manifest, current) = match opened {
            Ok(Some(Committed { manifest, .. })) => {
                let current = manifest.version == schema::VERSION;
                (manifest, current)
            }
            Ok(None) => (home::kept_folders(dir).map_or_else(|_| Manifest::default(), Manifest::of), true),
            // Its folders are all that is needed to make it anew.
            Err(Error::Damaged { path, .. }) if update.rebuild => match home::kept_folders(dir) {
                Ok(folders) => (Manifest::of(folders), true),
                Err(_) if update.folders.is_empty() => return Err(Error::FoldersLost { path }),
                Err(_) => (Manifest::default(), true),
            },
            Err(error) => return Err(error),
        };
        if manifest.version > schema::VERSION {
            return Err(super::other_version(dir, manifest.version));
        }
        let fresh = generation.is_none() || !goes_on && (update.rebuild || !current);
        let rebuilt = update.rebuild || !current || beside.as_ref().is_some_and(|aside| aside.anew);
        manifest.aside.clone_from(&beside);
        let mut plan = Self {
            dir,
            settings,
            memory: update.memory,
            generation,
            fresh,
            manifest,
            old: Arc::default(),
            parts: Vec::new(),
            slots: Vec::new(),
            reopened: Vec::new(),
            compared: Vec::new(),
            tasks: Vec::new(),
            bases: Vec::new(),
            gone: Vec::new(),
            report: Report { rebuilt, ..Report::default() },
            dirty: false,
            beside: beside.is_some(),
            untidy,
        };
        if !plan.fresh {
            plan.read_ledger()?;
        }
        Ok(plan)
    }

    fn read_ledger(&mut self) -> Result<()> {
        let (Some(generation), Some(name)) = (&self.generation, &self.manifest.ledger) else {
            return Ok(());
        };
        let folders = &self.manifest.folders;
        let read = || -> io::Result<_> {
            let ledger = LedgerFile::open(&generation.join(name), self.manifest.ledger_bytes)?.load()?;
            let mut parts = Vec::new();
            for folder in folders {
                let (start, end) = (ledger.place(folder.id, b"")?, ledger.place(folder.id + 1, b"")?);
                parts.push((folder.id, start..end));
            }
            Ok((ledger, parts))
        };
        let (ledger, parts) = read().map_err(|source| damaged(self.dir, source))?;
        self.old = Arc::new(Old(Some(ledger)));
        self.parts = parts;
        Ok(())
    }

    /// Takes a folder's part of the old ledger.
    pub(super) fn take_part(&mut self, id: u32) -> Range<u64> {
        let at = self.parts.iter().position(|(folder, _)| *folder == id);
        at.map_or(0..0, |at| self.parts.remove(at).1)
    }

    pub(super) fn forget(&mut self, folders: &[PathBuf]) -> Result<()> {
        for path in folders {
            let path = absolute(path);
            let known = self.manifest.folders.iter().position(|folder| folder.path(self.dir) == path);
            let Some(at) = known else { return Err(Error::UnknownFolder { path }) };
            let id = self.manifest.folders.remove(at).id;
            for at in self.take_part(id) {
                let head = self.old.record(at).and_then(Head::of);
                let head = head.map_err(|source| damaged(self.dir, source))?;
                if head.lot == Lot::Indexed {
                    self.report.removed += 1;
                    self.gone.push((id, head.path.into()));
                }
            }
            self.dirty = true;
            // Folders around it own its files from now on.
            let around = self.manifest.folders.iter().filter(|other| path.starts_with(other.path(self.dir)));
            self.reopened.extend(around.map(|other| other.id));
        }
        Ok(())
    }

    /// Adds the folders that are new, and returns the numbers of those to compare with the disk.
    pub(super) fn choose(&mut self, update: &Update) -> Result<Vec<u32>> {
        let mut chosen = std::mem::take(&mut self.reopened);
        let forgot_only = !update.forget.is_empty() && update.folders.is_empty();
        let mut added = Vec::new();
        if update.folders.is_empty() && !forgot_only {
            let holds = |path: &Path| {
                self.manifest
                    .folders
                    .iter()
                    .any(|folder| !folder.single && path.starts_with(folder.path(self.dir)))
            };
            added = settings::missing(&self.settings, self.dir, &holds);
            self.report.named.clone_from(&added);
        }
        for path in update.folders.iter().chain(&added) {
            let path = absolute(path);
            let meta = fs::metadata(&path).map_err(|_| Error::MissingFolder { path: path.clone() })?;
            if home::is_index(&path) {
                return Err(Error::IsIndex { path });
            }
            let known = self.manifest.folders.iter_mut().find(|folder| folder.path(self.dir) == path);
            match known {
                Some(folder) => {
                    if let Some(rules) = update.rules.as_ref().filter(|rules| **rules != folder.rules) {
                        folder.rules = rules.clone();
                        self.dirty = true;
                    }
                    if let Some(fields) = update.fields.as_ref().filter(|fields| **fields != folder.fields) {
                        folder.fields = fields.clone();
                        self.dirty = true;
                    }
                    chosen.push(folder.id);
                }
                None => {
                    let id = self.manifest.next_folder;
                    self.manifest.next_folder += 1;
                    let rules = update.rules.clone().unwrap_or_default();
                    self.manifest.folders.push(Folder {
                        id,
                        at: At::of(&path, self.dir),
                        single: !meta.is_dir(),
                        rules,
                        fields: update.fields.clone().unwrap_or_default(),
                    });
                    self.dirty = true;
                    chosen.push(id);
                    // The folders around a new one leave its files to it.
                    let around = self
                        .manifest
                        .folders
                        .iter()
                        .filter(|folder| !folder.single && path.starts_with(folder.path(self.dir)));
                    chosen.extend(around.map(|folder| folder.id));
                }
            }
        }
        if (update.folders.is_empty() && !forgot_only) || self.fresh {
            chosen.extend(self.manifest.folders.iter().map(|folder| folder.id));
        }
        chosen.sort_unstable();
        chosen.dedup();
        Ok(chosen)
    }

    /// Puts off the files that take more than a stage and replace what was read of them whole; says whether
    /// there are any.
    pub(super) fn put_off(&mut self, stage: u64) -> io::Result<bool> {
        let mut put_off = false;
        for due in std::mem::take(&mut self.tasks) {
            let name = due.path.rsplit(|&byte| byte == b'/').next().unwrap_or(&due.path);
            let format = format::by_extension(&String::from_utf8_lossy(name));
            let long = due.bytes > stage && format.is_some_and(|format| format.extent() == Extent::Stream);
            let whole = |record: &Record| {
                let entry = Entry::of(self.old.bytes(record)?)?;
                io::Result::Ok(matches!(entry.fate, Fate::Indexed(_)) && entry.begun == 0)
            };
            let old = self.slots[due.slot].entry.as_ref().filter(|_| long).map(whole).transpose()?;
            if old == Some(true) {
                put_off = true;
            } else {
                self.tasks.push(due);
            }
        }
        Ok(put_off)
    }

    /// Returns all that a reader of a file needs.
    pub(super) fn task(&self, due: Due, slots: &[Slot]) -> io::Result<Task> {
        let Slot { folder, entry } = &slots[due.slot];
        let base = self.bases.iter().find(|(id, ..)| id == folder);
        let (base, fields) = base.map(|(_, base, fields)| (base.clone(), fields.clone())).unwrap_or_default();
        let old = entry.as_ref().map(|record| Entry::of(self.old.bytes(record)?)).transpose()?;
        Ok(Task {
            slot: due.slot,
            folder: *folder,
            fields,
            file: walk::join(&base, &due.path),
            path: due.path.into(),
            bytes: due.bytes,
            old: old.map(Box::new),
        })
    }

    /// Says what the index held before.
    pub(super) fn sum_up(&mut self) {
        self.report.articles = self.manifest.tally.articles;
        self.report.passages = self.manifest.tally.passages + self.manifest.tally.asides;
    }
}

//! What an update has to do: the ledger beside the folders, file by file.

use std::{
    cmp::Ordering,
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Access, ReadableIndex, absolute, check, damaged, home,
    ingest::Task,
    ledger::{Entry, Fate, Head, LedgerFile, Lot},
    manifest::{At, Folder, Manifest},
    old::{Old, Readers, Reading, Record, unchanged},
    report::{Event, Outcome, Report},
    schema,
    update::Update,
};
use crate::{
    error::{Error, Result},
    format::{self, Extent, FIRST_PART, FieldNames, Format},
    walk::{self, Found, Kind, Part},
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
    path: Box<[u8]>,
    /// Its size when it was found, in bytes.
    pub(super) bytes: u64,
}

/// What is to be done, and how far it is.
pub(super) struct Plan<'a> {
    pub(super) dir: &'a Path,
    settings: home::Settings,
    pub(super) generation: Option<PathBuf>,
    /// Whether the generation is a new one, to be put in force at the end.
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
    bases: Vec<(u32, PathBuf, FieldNames)>,
    /// Files whose passages are to go.
    pub(super) gone: Vec<(u32, Vec<u8>)>,
    pub(super) report: Report,
    /// Whether the ledger or the folders are others than before.
    pub(super) dirty: bool,
    /// Whether a run that was cut off left files behind, or in them what was to be forgotten.
    pub(super) untidy: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn new(dir: &'a Path, update: &Update) -> Result<Self> {
        let settings = home::settings(dir)?;
        let generation = home::generation(dir)?;
        let opened = generation
            .as_deref()
            .map(|generation| ReadableIndex::open(dir, generation, Access::Broad))
            .transpose();
        let untidy = match (&generation, &opened) {
            (Some(generation), Ok(Some(index))) => check::is_untidy(dir, generation, index),
            _ => false,
        };
        let (manifest, current) = match opened {
            Ok(Some(index)) => (index.manifest.clone(), index.manifest.version == schema::VERSION),
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
        let fresh = generation.is_none() || update.rebuild || !current;
        let mut plan = Self {
            dir,
            settings,
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
            report: Report { rebuilt: update.rebuild || !current, ..Report::default() },
            dirty: false,
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
    fn take_part(&mut self, id: u32) -> Range<u64> {
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
        for path in &update.folders {
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

    /// Compares one folder with its part of the ledger.
    pub(super) fn compare(&mut self, id: u32, event: &mut dyn FnMut(Event)) -> Result<()> {
        let Some(mut folder) = self.manifest.folder(id).cloned() else { return Ok(()) };
        let root = folder.path(self.dir);
        // What stands there now decides: a file may have become a folder.
        if root.exists() && folder.single == root.is_dir() {
            folder.single = !folder.single;
            if let Some(kept) = self.manifest.folders.iter_mut().find(|kept| kept.id == id) {
                *kept = folder.clone();
            }
            self.dirty = true;
        }
        let apart: Vec<PathBuf> = self
            .manifest
            .folders
            .iter()
            .filter(|other| other.id != id)
            .map(|other| other.path(self.dir))
            .collect();
        let mut rules = folder.rules.clone();
        rules.exclude.extend(self.settings.exclude.iter().cloned());
        let part = self.take_part(id);
        self.compared.push(id);
        let (dir, old) = (self.dir, Arc::clone(&self.old));
        let broken = |source| damaged(dir, source);
        let mut reading = Reading::new(&old, part).map_err(broken)?;
        if !root.exists() {
            if self.fresh && self.report.rebuilt {
                return Err(Error::MissingFolder { path: root });
            }
            self.report.missing.push(root);
            while let Some((at, head)) = reading.next_if(|_| true).map_err(broken)? {
                self.keep(at, &head);
            }
            return Ok(());
        }
        let base = folder.base(dir);
        self.bases.push((id, base.clone(), folder.fields.clone()));
        let mut readers = Readers { fields: &folder.fields, known: Vec::new() };
        // Below a folder that cannot be looked at everything stays as it was.
        let mut closed: Option<Vec<u8>> = None;
        let mut failure = None;
        walk::walk(&root, &rules, &apart, Part::Whole, &mut |found| {
            let step = || -> io::Result<()> {
                let before = |head: &Head<'_>| {
                    head.path != found.path && walk::order(head.path, &found.path) == Ordering::Less
                };
                while let Some((at, head)) = reading.next_if(before)? {
                    self.not_found(at, &head, closed.as_deref(), &base, event);
                }
                closed = matches!(found.kind, Kind::Unreadable(_)).then(|| found.path.clone());
                let known = reading.next_if(|head| head.path == found.path)?;
                self.met(&base, id, found, known, &mut readers, event)
            };
            failure = step().err();
            failure.is_none()
        })?;
        if let Some(source) = failure {
            return Err(broken(source));
        }
        while let Some((at, head)) = reading.next_if(|_| true).map_err(broken)? {
            self.not_found(at, &head, closed.as_deref(), &base, event);
        }
        Ok(())
    }

    /// Keeps what the old ledger says at a place.
    fn keep(&mut self, at: u64, head: &Head<'_>) {
        self.count(head.lot);
        self.slots.push(Slot { folder: head.folder, entry: Some(Record::Old(at)) });
    }

    fn not_found(
        &mut self,
        at: u64,
        head: &Head<'_>,
        closed: Option<&[u8]>,
        base: &Path,
        event: &mut dyn FnMut(Event),
    ) {
        let below = |folder: &[u8]| {
            folder.is_empty() || (head.path.starts_with(folder) && head.path.get(folder.len()) == Some(&b'/'))
        };
        if closed.is_some_and(below) {
            self.keep(at, head);
            return;
        }
        self.dirty = true;
        if head.lot == Lot::Indexed {
            self.remove(head, base, event);
        }
    }

    fn remove(&mut self, head: &Head<'_>, base: &Path, event: &mut dyn FnMut(Event)) {
        self.report.removed += 1;
        let path = walk::join(base, head.path);
        event(Event::File { path, bytes: head.stamp().size, outcome: Outcome::Removed });
        self.gone.push((head.folder, head.path.into()));
    }

    /// Takes what was met on disk, with what the ledger knows of it.
    fn met(
        &mut self,
        base: &Path,
        id: u32,
        found: Found,
        known: Option<(u64, Head<'_>)>,
        readers: &mut Readers<'_>,
        event: &mut dyn FnMut(Event),
    ) -> io::Result<()> {
        let Found { path, stamp, kind } = found;
        let fate = match kind {
            Kind::Folder => Fate::Folder,
            Kind::LeftOut(rule) => Fate::LeftOut(rule),
            Kind::Unreadable(cause) => Fate::Failed(cause),
            Kind::File => {
                if let Some((at, head)) = known.filter(|(_, head)| unchanged(head, stamp, readers)) {
                    self.keep(at, &head);
                    return Ok(());
                }
                let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(&path);
                let bytes = match format::by_extension(&String::from_utf8_lossy(name)).map(Format::extent) {
                    Some(Extent::First) => stamp.size.min(FIRST_PART),
                    _ => stamp.size,
                };
                self.tasks.push(Due { slot: self.slots.len(), path: path.into(), bytes });
                self.slots.push(Slot { folder: id, entry: known.map(|(at, _)| Record::Old(at)) });
                return Ok(());
            }
        };
        let record = Entry::new(id, path, stamp, fate).record();
        let lot = Head::of(&record)?.lot;
        self.count(lot);
        let entry = match known {
            Some((at, _)) if self.old.record(at)? == &*record => Record::Old(at),
            _ => {
                self.dirty = true;
                Record::New(record)
            }
        };
        if let Some((_, head)) = known.filter(|(_, head)| head.lot == Lot::Indexed) {
            self.remove(&head, base, event);
        }
        self.slots.push(Slot { folder: id, entry: Some(entry) });
        Ok(())
    }

    /// Counts what stays or is settled without reading.
    fn count(&mut self, lot: Lot) {
        match lot {
            Lot::Folder => {}
            Lot::Indexed => self.report.unchanged += 1,
            Lot::LeftOut | Lot::Unsupported => self.report.skipped += 1,
            Lot::Failed => self.report.failed += 1,
        }
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

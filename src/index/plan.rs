//! What an update has to do: the ledger beside the folders, file by file.

use std::{
    cmp::Ordering,
    fs,
    path::{Path, PathBuf},
};

use super::{
    Access, ReadableIndex, absolute, content, damaged, home,
    ingest::Task,
    ledger::{Entry, Fate, LedgerFile},
    manifest::{At, Folder, Manifest},
    report::{Event, Outcome, Report},
    schema,
    update::Update,
};
use crate::{
    error::{Error, Result},
    format::{self, Extent, FIRST_PART, FieldNames},
    walk::{self, Found, Kind, Part},
};

/// One place in the new ledger.
pub(super) struct Slot {
    pub(super) folder: u32,
    /// What the next commit's ledger says; none for a file that is new and not yet read.
    pub(super) entry: Option<Entry>,
}

/// What is to be done, and how far it is.
pub(super) struct Plan<'a> {
    pub(super) dir: &'a Path,
    settings: home::Settings,
    pub(super) generation: Option<PathBuf>,
    /// Whether the generation is a new one, to be put in force at the end.
    pub(super) fresh: bool,
    pub(super) manifest: Manifest,
    /// The ledger as it was, in order.
    pub(super) old: Vec<Entry>,
    pub(super) slots: Vec<Slot>,
    /// Folders that lie around one that was forgotten.
    reopened: Vec<u32>,
    /// Folders whose part of the ledger is in `slots`.
    pub(super) compared: Vec<u32>,
    pub(super) tasks: Vec<Task>,
    /// Files whose passages are to go.
    pub(super) gone: Vec<(u32, Vec<u8>)>,
    pub(super) report: Report,
    /// Whether the ledger or the folders are others than before.
    pub(super) dirty: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn new(dir: &'a Path, update: &Update) -> Result<Self> {
        let settings = home::settings(dir)?;
        let generation = home::generation(dir)?;
        let opened = generation
            .as_deref()
            .map(|generation| ReadableIndex::open(dir, generation, Access::Broad))
            .transpose();
        let (manifest, current) = match opened {
            Ok(Some(index)) => (index.manifest.clone(), index.manifest.version == schema::VERSION),
            Ok(None) => (Manifest::default(), true),
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
            old: Vec::new(),
            slots: Vec::new(),
            reopened: Vec::new(),
            compared: Vec::new(),
            tasks: Vec::new(),
            gone: Vec::new(),
            report: Report { rebuilt: update.rebuild || !current, ..Report::default() },
            dirty: false,
        };
        if !plan.fresh {
            plan.old = plan.read_ledger()?;
        }
        Ok(plan)
    }

    fn read_ledger(&self) -> Result<Vec<Entry>> {
        let (Some(generation), Some(name)) = (&self.generation, &self.manifest.ledger) else {
            return Ok(Vec::new());
        };
        let read = || {
            let file = LedgerFile::open(&generation.join(name), self.manifest.ledger_bytes)?;
            let mut ledger = file.all()?;
            (0..ledger.len()).map(|at| ledger.entry(at)).collect::<std::io::Result<Vec<Entry>>>()
        };
        read().map_err(|source| damaged(self.dir, source))
    }

    pub(super) fn forget(&mut self, folders: &[PathBuf]) -> Result<()> {
        for path in folders {
            let path = absolute(path);
            let known = self.manifest.folders.iter().position(|folder| folder.path(self.dir) == path);
            let Some(at) = known else { return Err(Error::UnknownFolder { path }) };
            let id = self.manifest.folders.remove(at).id;
            let entries = self.old.extract_if(.., |entry| entry.folder == id);
            let files: Vec<Entry> = entries.filter(|entry| holds_passages(&entry.fate)).collect();
            self.report.removed += files.len() as u64;
            self.gone.extend(files.into_iter().map(|entry| (id, entry.path)));
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
        let old: Vec<Entry> = self.old.extract_if(.., |entry| entry.folder == id).collect();
        self.compared.push(id);
        if !root.exists() {
            if self.fresh && self.report.rebuilt {
                return Err(Error::MissingFolder { path: root });
            }
            self.report.missing.push(root);
            for entry in old {
                self.count(&entry);
                self.slots.push(Slot { folder: id, entry: Some(entry) });
            }
            return Ok(());
        }
        let base = folder.base(self.dir);
        let mut old = old.into_iter().peekable();
        // Below a folder that cannot be looked at everything stays as it was.
        let mut closed: Option<Vec<u8>> = None;
        walk::walk(&root, &rules, &apart, Part::Whole, &mut |found| {
            while let Some(entry) =
                old.next_if(|entry| walk::order(&entry.path, &found.path) == Ordering::Less)
            {
                self.not_found(entry, closed.as_deref(), &base, event);
            }
            closed = matches!(found.kind, Kind::Unreadable(_)).then(|| found.path.clone());
            let known = old.next_if(|entry| entry.path == found.path);
            self.met(&folder, &base, found, known, event);
            true
        })?;
        for entry in old {
            self.not_found(entry, closed.as_deref(), &base, event);
        }
        Ok(())
    }

    fn not_found(&mut self, entry: Entry, closed: Option<&[u8]>, base: &Path, event: &mut dyn FnMut(Event)) {
        let below = |folder: &[u8]| {
            folder.is_empty()
                || (entry.path.starts_with(folder) && entry.path.get(folder.len()) == Some(&b'/'))
        };
        if closed.is_some_and(below) {
            self.count(&entry);
            self.slots.push(Slot { folder: entry.folder, entry: Some(entry) });
            return;
        }
        self.dirty = true;
        if holds_passages(&entry.fate) {
            self.remove(entry, base, event);
        }
    }

    fn remove(&mut self, entry: Entry, base: &Path, event: &mut dyn FnMut(Event)) {
        self.report.removed += 1;
        let path = walk::join(base, &entry.path);
        event(Event::File { path, bytes: entry.stamp.size, outcome: Outcome::Removed });
        self.gone.push((entry.folder, entry.path));
    }

    /// Takes what was met on disk, with what the ledger knows of it.
    fn met(
        &mut self,
        folder: &Folder,
        base: &Path,
        found: Found,
        known: Option<Entry>,
        event: &mut dyn FnMut(Event),
    ) {
        let (id, Found { path, stamp, kind }) = (folder.id, found);
        let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(&path);
        let name = String::from_utf8_lossy(name).into_owned();
        let fate = match kind {
            Kind::Folder => Fate::Folder,
            Kind::LeftOut(rule) => Fate::LeftOut(rule),
            Kind::Unreadable(cause) => Fate::Failed(cause),
            Kind::File => {
                if let Some(entry) = known.as_ref().filter(|entry| unchanged(entry, stamp, &folder.fields)) {
                    self.count(entry);
                    self.slots.push(Slot { folder: id, entry: known });
                    return;
                }
                let file = walk::join(base, &path);
                let old = known.clone().map(Box::new);
                let slot = self.slots.len();
                self.tasks.push(Task {
                    slot,
                    folder: id,
                    fields: folder.fields.clone(),
                    path,
                    file,
                    bytes: match format::by_extension(&name).map(|format| format.extent()) {
                        Some(Extent::First) => stamp.size.min(FIRST_PART),
                        _ => stamp.size,
                    },
                    old,
                });
                self.slots.push(Slot { folder: id, entry: known });
                return;
            }
        };
        let entry = Entry::new(id, path, stamp, fate);
        self.dirty |= known.as_ref() != Some(&entry);
        if let Some(known) = known.filter(|known| holds_passages(&known.fate)) {
            self.remove(known, base, event);
        }
        self.count(&entry);
        self.slots.push(Slot { folder: id, entry: Some(entry) });
    }

    /// Counts an entry that stays or is settled without reading.
    fn count(&mut self, entry: &Entry) {
        match entry.fate {
            Fate::Folder => {}
            Fate::Indexed(_) => self.report.unchanged += 1,
            Fate::LeftOut(_) | Fate::Unsupported(_) => self.report.skipped += 1,
            Fate::Failed(_) => self.report.failed += 1,
        }
    }

    /// Says what would be done, as far as names and, where they say nothing, first bytes tell.
    pub(super) fn foresee(mut self, event: &mut dyn FnMut(Event)) -> Report {
        for task in &self.tasks {
            let outcome = match &task.old {
                Some(old) if holds_passages(&old.fate) => {
                    self.report.changed += 1;
                    Outcome::Changed
                }
                _ if !content::is_readable(&task.file) => {
                    self.report.skipped += 1;
                    continue;
                }
                _ => {
                    self.report.added += 1;
                    Outcome::Added
                }
            };
            self.report.bytes += task.bytes;
            event(Event::File { path: task.file.clone(), bytes: task.bytes, outcome });
        }
        self.sum_up();
        self.report
    }

    /// Says what the index held before.
    pub(super) fn sum_up(&mut self) {
        self.report.articles = self.manifest.tally.articles;
        self.report.passages = self.manifest.tally.passages + self.manifest.tally.asides;
    }
}

/// Whether the ledger's state of a file is its state on disk, and can be trusted to be.
fn unchanged(entry: &Entry, stamp: walk::Stamp, fields: &FieldNames) -> bool {
    let read = matches!(entry.fate, Fate::Indexed(_) | Fate::Failed(_) | Fate::Unsupported(_));
    read && entry.settled && entry.stamp == stamp && entry.read_by_these(fields)
}

pub(super) fn holds_passages(fate: &Fate) -> bool {
    matches!(fate, Fate::Indexed(_))
}

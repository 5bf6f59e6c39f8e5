//! How far the index still agrees with its folders, as much as a small budget lets one see; and
//! bringing it up to date when that is cheap.

use std::{
    path::PathBuf,
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use super::{
    Index, Update, damaged,
    ledger::{Head, Ledger, Lot},
    manifest::Folder,
    report::Event,
};
use crate::{
    error::{Error, Result},
    walk::{self, Found, Kind, Part, Rules},
};

/// How much may be spent on comparing the index with its folders before an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Nothing: answer from what was committed.
    Nothing,
    /// As much as fits this time; and small changes are indexed.
    Within(Duration),
    /// Whatever it takes: the index is brought up to date first.
    Everything,
}

/// The budget that `--refresh auto` means.
pub const AUTO: Duration = Duration::from_millis(20);

/// Changes are small, and indexed before an answer, up to so many files and bytes.
const SMALL: (u64, u64) = (50, 4 << 20);

/// With more files than this the times of the folders are asked first: all files will hardly fit.
const MANY: u64 = 5_000;

/// The clock is looked at with every so many entries of the ledger.
const LOOK: u64 = 64;

/// How far the index agrees with its folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Freshness {
    /// Files that the index knows as articles, or as failed to be.
    pub files: u64,
    /// Files whose state on disk was compared with the ledger's.
    pub compared: u64,
    /// Files found changed; none while nothing was compared, at least so many while not all were.
    pub changed: Option<u64>,
    /// Files found that the index does not know, likewise.
    pub new: Option<u64>,
    /// Files of the index that are no longer there, likewise.
    pub gone: Option<u64>,
    /// Whether it was to be brought up to date and could not be; one of the notes says why.
    pub not_updated: bool,
    /// Folders that are not there at all.
    pub missing: Vec<PathBuf>,
    /// What else the reader of an answer should know.
    pub notes: Vec<String>,
}

impl Freshness {
    /// Says whether the index was compared with all of its files, and agrees with them.
    pub fn agrees(&self) -> bool {
        let nothing = [self.changed, self.new, self.gone].iter().all(|count| *count == Some(0));
        nothing && self.compared >= self.files && self.missing.is_empty() && !self.not_updated
    }
}

impl Index {
    /// Compares the index with its folders as far as the budget goes, brings it up to date where
    /// the budget says so, and says what was found. Never waits for a writer, and never fails because
    /// the index cannot be written: that becomes a note.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the ledger cannot be read, and what opening the index can meet.
    pub fn refresh(
        &mut self,
        budget: Budget,
        update: &Update,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<Freshness> {
        let (fresh, newer) = self.refreshed(budget, update, event, cancel)?;
        if let Some(newer) = newer {
            *self = newer;
        }
        Ok(fresh)
    }

    /// Does the same for an index that others answer from meanwhile: where something was committed, the index
    /// that answers from now on is returned too.
    ///
    /// # Errors
    /// Those of [`Index::refresh`].
    pub fn refreshed(
        &self,
        budget: Budget,
        update: &Update,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<(Freshness, Option<Self>)> {
        let deadline = match budget {
            Budget::Nothing => return Ok((self.compared(budget)?, None)),
            Budget::Within(time) => Some(Instant::now() + time),
            Budget::Everything => None,
        };
        let (mut fresh, pending) = match deadline {
            Some(_) => self.compare(deadline)?,
            None => (Freshness::default(), Pending { all: true, ..Pending::default() }),
        };
        let changed = pending.files > 0 && pending.files <= SMALL.0 && pending.bytes <= SMALL.1;
        let unsure = pending.files == 0 && (1..=SMALL.1).contains(&pending.unsure);
        // What the settings of the index name is added by an update that was asked for.
        let small = pending.all && (changed || unsure) && self.named_folders()?.is_empty();
        if deadline.is_some() && !small {
            return Ok((fresh, None));
        }
        match self.updated_by(update, event, cancel) {
            Ok((report, newer)) if !report.interrupted => {
                let files = newer.known_files();
                fresh = Freshness {
                    files,
                    compared: files,
                    changed: Some(0),
                    new: Some(0),
                    gone: Some(0),
                    not_updated: false,
                    missing: report.missing,
                    notes: newer.standing(),
                };
                Ok((fresh, Some(newer)))
            }
            Ok((_, newer)) => Ok((newer.compare(deadline)?.0, Some(newer))),
            Err(error @ (Error::Locked { .. } | Error::Write { .. })) => {
                if deadline.is_none() {
                    fresh = self.compare(None)?.0;
                }
                let cause =
                    std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
                fresh.not_updated = true;
                fresh.notes.push(format!("not brought up to date: {error}{cause}"));
                Ok((fresh, None))
            }
            Err(error) => Err(error),
        }
    }

    /// Compares the index with its folders as far as the budget goes, and changes nothing.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the ledger cannot be read.
    pub fn compared(&self, budget: Budget) -> Result<Freshness> {
        match budget {
            Budget::Nothing => Ok(self.uncompared()),
            Budget::Within(time) => Ok(self.compare(Some(Instant::now() + time))?.0),
            Budget::Everything => Ok(self.compare(None)?.0),
        }
    }

    /// Returns what can be said without looking at any file.
    fn uncompared(&self) -> Freshness {
        Freshness {
            files: self.known_files(),
            missing: self.missing(),
            notes: self.standing(),
            ..Freshness::default()
        }
    }

    /// Says what makes answers less than they should be: an update was cut off, so that what it had not read
    /// yet may be missing; or somebody else can write to the index.
    fn standing(&self) -> Vec<String> {
        let note = "indexing was stopped before its end: files it had not read yet are not searched; \
                    `excerpt index` goes on";
        let unfinished = self.manifest.unfinished.then(|| note.to_string());
        let foreign = super::home::is_foreign(&self.dir)
            .then(|| "the index belongs to another user, who decides what it answers".to_string());
        let named = self.named_folders().is_ok_and(|named| !named.is_empty()).then(|| {
            "the settings of the index name folders that it does not hold yet: run `excerpt index`"
                .to_string()
        });
        unfinished.into_iter().chain(foreign).chain(named).collect()
    }

    /// Returns what is passed over in a folder: its own rules and those of the whole index.
    fn rules(&self, folder: &Folder) -> Result<Rules> {
        let mut rules = folder.rules.clone();
        rules.exclude.extend(super::settings::read(&self.dir)?.exclude);
        Ok(rules)
    }

    fn known_files(&self) -> u64 {
        self.manifest.files + self.manifest.failed
    }

    fn missing(&self) -> Vec<PathBuf> {
        self.manifest
            .folders
            .iter()
            .map(|folder| folder.path(&self.dir))
            .filter(|path| !path.exists())
            .collect()
    }

    fn compare(&self, deadline: Option<Instant>) -> Result<(Freshness, Pending)> {
        let files = self.known_files();
        let mut fresh = self.uncompared();
        let mut pending = Pending { all: true, ..Pending::default() };
        let Some(mut ledger) = self.whole_ledger()? else { return Ok((fresh, pending)) };
        let mut deadline = deadline;
        if let Some(end) = deadline.filter(|_| files > MANY) {
            // The times of the folders tell most. All files would not fit: half of the time is enough to
            // compare a part of them, and of that half at most for the folders.
            let now = Instant::now();
            let left = end.saturating_duration_since(now);
            deadline = Some(now + left / 2);
            let enough = now + left / 4;
            self.compare_folders(&mut ledger, &mut fresh, &|| Instant::now() >= enough)?;
        }
        let out_of_time = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
        let folders = std::mem::take(&mut fresh);
        fresh.files = files;
        fresh.missing = folders.missing;
        fresh.notes = folders.notes;
        for folder in &self.manifest.folders {
            if fresh.missing.contains(&folder.path(&self.dir)) {
                continue;
            }
            if out_of_time() {
                pending.all = false;
                break;
            }
            self.compare_files(folder, &mut ledger, &mut fresh, &mut pending, &out_of_time)?;
        }
        if fresh.compared == 0 && !pending.all {
            // Nothing is known but what the folders' own times told.
            (fresh.changed, fresh.gone) = (None, None);
        }
        fresh.new = fresh.new.filter(|_| fresh.compared > 0 || pending.all).max(folders.new);
        Ok((fresh, pending))
    }

    /// Looks into the folders whose own time is another: files were added to them or taken away.
    fn compare_folders(
        &self,
        ledger: &mut Ledger<'_>,
        fresh: &mut Freshness,
        out_of_time: &dyn Fn() -> bool,
    ) -> Result<()> {
        let broken = |source| damaged(&self.dir, source);
        let mut bases: Option<(u32, PathBuf)> = None;
        for at in 0..ledger.len() {
            if at % LOOK == 0 && out_of_time() {
                return Ok(());
            }
            let entry = ledger.head(at).map_err(broken)?;
            if entry.lot != Lot::Folder {
                continue;
            }
            let Some(folder) = self.manifest.folder(entry.folder) else { continue };
            if bases.as_ref().is_none_or(|(id, _)| *id != folder.id) {
                bases = Some((folder.id, folder.base(&self.dir)));
            }
            let Some((_, base)) = &bases else { continue };
            let Ok(meta) = std::fs::metadata(walk::join(base, entry.path)) else { continue };
            if walk::stamp(&meta).modified == entry.stamp().modified {
                continue;
            }
            let path = entry.path.to_vec();
            let mut met = Vec::new();
            walk::walk(base, &self.rules(folder)?, &[], Part::Within(&path), &mut |found| {
                met.push(found);
                !out_of_time()
            })?;
            for found in met.into_iter().filter(|found| found.path != path) {
                let known = ledger.find(folder.id, &found.path).map_err(broken)?.1;
                if known.is_none() && worth_reading(&found) {
                    *fresh.new.get_or_insert(0) += 1;
                }
            }
        }
        Ok(())
    }

    /// Compares the files of a folder one by one.
    fn compare_files(
        &self,
        folder: &Folder,
        ledger: &mut Ledger<'_>,
        fresh: &mut Freshness,
        pending: &mut Pending,
        out_of_time: &dyn Fn() -> bool,
    ) -> Result<()> {
        let broken = |source| damaged(&self.dir, source);
        let mut at = ledger.find(folder.id, b"").map_err(broken)?.0;
        let (mut changed, mut new, mut gone) = (0, 0, 0);
        let mut failure = None;
        let rules = self.rules(folder)?;
        let fields = super::settings::read(&self.dir)?.fields(&folder.fields);
        let apart: Vec<PathBuf> = self
            .manifest
            .folders
            .iter()
            .filter(|other| other.id != folder.id)
            .map(|other| other.path(&self.dir))
            .collect();
        walk::walk(&folder.path(&self.dir), &rules, &apart, Part::Whole, &mut |found| {
            let mut step = || -> Result<()> {
                while let Some(entry) = head(ledger, at, folder).map_err(broken)? {
                    let order = walk::order(entry.path, &found.path);
                    if order.is_gt() {
                        break;
                    }
                    at += 1;
                    if order.is_lt() {
                        if entry.is_file() {
                            fresh.compared += 1;
                            gone += 1;
                            pending.files += 1;
                        }
                        continue;
                    }
                    if entry.is_file() {
                        fresh.compared += 1;
                        if !worth_reading(&found) {
                            gone += 1;
                            pending.files += 1;
                        } else if entry.stamp() != found.stamp {
                            changed += 1;
                            pending.files += 1;
                            pending.bytes += found.stamp.size;
                        } else if !entry.read_by_these(&fields, 0) {
                            pending.files += 1;
                            pending.bytes += found.stamp.size;
                        } else if !entry.settled && entry.lot == Lot::Indexed {
                            // Nothing is known to have changed, but reading it again will tell. One that
                            // was stopped for its time is left to an update that was asked for.
                            pending.unsure += found.stamp.size.max(1);
                        }
                        return Ok(());
                    }
                    // What no reader took was looked into.
                    if entry.lot == Lot::Unsupported && entry.stamp() == found.stamp {
                        return Ok(());
                    }
                    break;
                }
                if worth_reading(&found) {
                    new += 1;
                    pending.files += 1;
                    pending.bytes += found.stamp.size;
                }
                Ok(())
            };
            if let Err(error) = step() {
                failure = Some(error);
                return false;
            }
            if out_of_time() {
                pending.all = false;
                return false;
            }
            true
        })?;
        if let Some(error) = failure {
            return Err(error);
        }
        while let Some(entry) = head(ledger, at, folder).map_err(broken)?.filter(|_| pending.all) {
            at += 1;
            if entry.is_file() {
                fresh.compared += 1;
                gone += 1;
                pending.files += 1;
            }
        }
        *fresh.changed.get_or_insert(0) += changed;
        *fresh.new.get_or_insert(0) += new;
        *fresh.gone.get_or_insert(0) += gone;
        Ok(())
    }
}

/// Returns the entry of this number where it is one of a folder.
fn head<'a>(ledger: &'a mut Ledger<'_>, at: u64, folder: &Folder) -> std::io::Result<Option<Head<'a>>> {
    if at >= ledger.len() {
        return Ok(None);
    }
    let entry = ledger.head(at)?;
    Ok((entry.folder == folder.id).then_some(entry))
}

/// What bringing the index up to date would have to read.
#[derive(Default)]
struct Pending {
    files: u64,
    bytes: u64,
    /// Bytes of files that look as they did, but may have changed in the same instant.
    unsure: u64,
    /// Whether everything was compared.
    all: bool,
}

fn worth_reading(found: &Found) -> bool {
    found.kind == Kind::File
}

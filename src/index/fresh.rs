//! How far the index still agrees with its folders, as much as a small budget lets one see; and
//! bringing it up to date when that is cheap.

mod compare;

use std::{
    path::PathBuf,
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use self::compare::Pending;
use super::{Index, Update, manifest::Folder, report::Event};
use crate::{
    error::{Error, Result},
    walk::Rules,
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
}

//! The index that the tools answer from, and how far they reach into it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, PoisonError, atomic::AtomicBool},
    time::Duration,
};

use excerpt::{
    Index,
    index::{AUTO, Budget, Freshness, Update, Verdict},
};

use super::answer::Fault;
use crate::cmd::live::Live;

/// How long a call waits for the folders to be indexed that were named at the start, before it says so.
const PATIENCE: Duration = Duration::from_secs(20);

/// What all calls share.
pub(crate) struct Reach {
    live: Live,
    /// Folders that the tools reach into; all of the index where empty.
    within: Vec<PathBuf>,
    first: Mutex<First>,
    done: Condvar,
}

/// What became of the folders that were to be indexed at the start.
#[derive(Debug)]
pub(crate) enum First {
    /// They are being indexed.
    Going,
    /// They are in the index; with what the reader of an answer should know.
    Done(Vec<String>),
    /// They could not be indexed: why.
    Failed(String),
}

/// An index as a call found it.
pub(super) struct Found {
    pub(super) index: Arc<Index>,
    pub(super) freshness: Freshness,
}

impl Reach {
    pub(crate) fn new(dir: PathBuf, within: &[PathBuf], means: Update) -> Self {
        let whole = |path: &PathBuf| dunce::canonicalize(path).unwrap_or_else(|_| path.clone());
        let first = if within.is_empty() { First::Done(Vec::new()) } else { First::Going };
        let within = within.iter().map(whole).collect();
        Self { live: Live::new(dir, means), within, first: Mutex::new(first), done: Condvar::new() }
    }

    /// Says what became of the folders that were to be indexed first.
    pub(crate) fn indexed(&self, first: First) {
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = first;
        self.done.notify_all();
    }

    /// Returns the index brought up to date as a search does that comes by itself, and how far it agrees with
    /// its folders.
    pub(super) fn found(&self, cancel: &AtomicBool) -> Result<Found, Fault> {
        let notes = self.ready()?;
        let budget = Budget::Within(AUTO);
        let refreshed = self.live.refreshed(budget, &mut |_| {}, cancel);
        let (index, mut freshness) = refreshed.map_err(|error| Fault::of(error, &notes))?;
        freshness.notes.extend(notes);
        if index.folders().is_empty() {
            freshness.notes.push("the index is empty: no folder was indexed yet".into());
        } else if index.articles() == 0 {
            freshness
                .notes
                .push("the index holds no articles: its folders have none that could be read".into());
        }
        Ok(Found { index, freshness })
    }

    /// Returns the index as it is, where there is one.
    pub(super) fn as_it_is(&self) -> Option<Arc<Index>> {
        self.live.current().ok()
    }

    /// Returns the folders that the tools reach into.
    pub(super) fn folders(&self, index: &Index) -> Vec<PathBuf> {
        if self.within.is_empty() { index.folders() } else { self.within.clone() }
    }

    /// Returns the folders that a search looks into where none are named: none where that is everything.
    pub(super) fn within(&self) -> &[PathBuf] {
        &self.within
    }

    /// Says whether the tools reach a file.
    pub(super) fn reaches(&self, file: &Path) -> bool {
        self.within.is_empty() || self.within.iter().any(|folder| file.starts_with(folder))
    }

    /// Returns the file or folder that a path means: a whole one, or one inside a folder of the index.
    ///
    /// # Errors
    /// Where the tools do not reach it.
    pub(super) fn resolve(&self, index: &Index, name: &str) -> Result<PathBuf, Fault> {
        let path = Path::new(name);
        let folders = self.folders(index);
        let known = |path: &PathBuf| {
            let verdict = index.why(path).map(|why| why.file.verdict);
            matches!(verdict, Ok(Verdict::Folder | Verdict::Indexed(_) | Verdict::Failed(_)))
        };
        let inside = folders.iter().map(|folder| folder.join(path)).find(known);
        let path = inside.unwrap_or_else(|| path.into());
        let whole = dunce::canonicalize(&path).unwrap_or(path);
        let held = whole.is_absolute() && index.holds(&whole) && self.reaches(&whole);
        // A folder above those of the index stands for what the index holds of it.
        let above = folders.iter().any(|folder| folder.starts_with(&whole));
        if held || above {
            return Ok(whole);
        }
        let folders: Vec<String> =
            folders.iter().take(8).map(|folder| folder.display().to_string()).collect();
        let hint = format!("only what is indexed can be read; indexed folders: {}", folders.join(", "));
        Err(Fault::new("outside", format!("{name} is in no folder of the index"), hint))
    }

    /// Waits until the folders named at the start are indexed.
    fn ready(&self) -> Result<Vec<String>, Fault> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let going = |first: &mut First| matches!(first, First::Going);
        let waited = self.done.wait_timeout_while(first, PATIENCE, going);
        match &*waited.unwrap_or_else(PoisonError::into_inner).0 {
            First::Done(notes) => Ok(notes.clone()),
            First::Failed(cause) => Ok(vec![format!("not indexed: {cause}")]),
            First::Going => Err(Fault::new(
                "indexing",
                "the folders are still being indexed",
                "ask again in a minute; what was read by then stays read",
            )),
        }
    }
}

//! Keeps an index at one with its folders for as long as the program runs: woken by the system's events
//! about files, and by the clock where these cannot be had.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender},
    },
    time::{Duration, Instant},
};

use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};

/// What wakes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// Something below a folder was touched.
    Touched,
    /// Somebody asks for an update now.
    Asked,
    /// The program ends.
    Stop,
}

/// As many wakes wait at most: one is enough, more say nothing new.
pub(crate) const WAITING: usize = 16;

/// Changes are read once nothing was touched for so long,
const QUIET: Duration = Duration::from_millis(200);

/// and at the latest after so long, however busy the folder is.
const BUSY: Duration = Duration::from_secs(2);

/// Folders are looked through so often though events are heard: one may get lost.
const SELDOM: Duration = Duration::from_secs(60);

/// And so often where none are heard, or where an update could not be made.
const OFTEN: Duration = Duration::from_secs(5);

/// What came of an update.
pub(crate) struct Updated {
    /// The folders and files to watch from now on.
    pub(crate) folders: Vec<PathBuf>,
    /// Whether the index agrees with them.
    pub(crate) agrees: bool,
}

/// Watches the folders of an index.
pub(crate) struct Watch {
    /// None where the system gives no events.
    watcher: Option<RecommendedWatcher>,
    watched: BTreeSet<Watched>,
}

/// A folder or file with its number on the disk: one that was made anew is another.
type Watched = (PathBuf, u64);

impl Watch {
    /// Watches nothing yet. What is touched is counted in `heard`, and wakes; what happens in the index
    /// itself does not count.
    pub(crate) fn new(index: &Path, heard: Arc<AtomicU64>, wake: SyncSender<Wake>) -> Self {
        let index = std::fs::canonicalize(index).unwrap_or_else(|_| index.into());
        let take = move |event: notify::Result<Event>| {
            let is_own = |event: &Event| {
                !event.paths.is_empty() && event.paths.iter().all(|path| path.starts_with(&index))
            };
            if event.as_ref().is_ok_and(|event| event.kind.is_access() || is_own(event)) {
                return;
            }
            heard.fetch_add(1, Ordering::SeqCst);
            // Where many wait already, this one is among them.
            let _ = wake.try_send(Wake::Touched);
        };
        let config = Config::default().with_follow_symlinks(false);
        let watcher = RecommendedWatcher::new(take, config).ok();
        Self { watcher, watched: BTreeSet::new() }
    }

    /// Says whether all that happens in these folders is heard.
    pub(crate) fn hears(&self, folders: &[PathBuf]) -> bool {
        let is_watched = |folder: &PathBuf| known(folder).is_some_and(|known| self.watched.contains(&known));
        self.watcher.is_some() && folders.iter().all(is_watched)
    }

    /// Updates once, and then whenever something was touched or somebody asks, until it is told to stop.
    pub(crate) fn run(mut self, wakes: &Receiver<Wake>, update: &mut dyn FnMut(&Self) -> Updated) {
        loop {
            if begin(wakes) == Wake::Stop {
                return;
            }
            let Updated { folders, agrees } = update(&self);
            // What happened before it was listened for was not heard.
            if self.follow(&folders) {
                continue;
            }
            let rest = if agrees && self.hears(&folders) { SELDOM } else { OFTEN };
            match wakes.recv_timeout(rest) {
                Ok(Wake::Touched) if settle(wakes) == Wake::Stop => return,
                Ok(Wake::Touched | Wake::Asked) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Watches these, and no others any more; says whether there were new ones.
    fn follow(&mut self, folders: &[PathBuf]) -> bool {
        let folders: BTreeSet<Watched> = folders.iter().filter_map(known).collect();
        let Some(watcher) = &mut self.watcher else { return false };
        for (old, _) in self.watched.difference(&folders) {
            // What is gone is not watched any more.
            let _ = watcher.unwatch(old);
        }
        let before = self.watched.clone();
        self.watched.retain(|watched| folders.contains(watched));
        for new in folders.difference(&before) {
            // Of what cannot be watched nothing is heard: the clock stands in.
            if watcher.watch(&new.0, RecursiveMode::Recursive).is_ok() {
                self.watched.insert(new.clone());
            }
        }
        !self.watched.is_subset(&before)
    }
}

/// Returns what tells a folder from another that is made in its place; none where it is not there.
fn known(path: &PathBuf) -> Option<Watched> {
    let meta = std::fs::metadata(path).ok()?;
    Some((path.clone(), excerpt::walk::stamp(&meta).inode))
}

/// Takes what waits already: an update that begins now sees to all that was touched or asked for. Returns
/// whether it is to begin.
pub(crate) fn begin(wakes: &Receiver<Wake>) -> Wake {
    wakes.try_iter().find(|wake| *wake == Wake::Stop).unwrap_or(Wake::Asked)
}

/// Waits until nothing more is touched; returns what ended that.
fn settle(wakes: &Receiver<Wake>) -> Wake {
    let began = Instant::now();
    while began.elapsed() < BUSY {
        match wakes.recv_timeout(QUIET) {
            Ok(Wake::Touched) => {}
            Ok(other) => return other,
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return Wake::Stop,
        }
    }
    Wake::Touched
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn one_update_sees_to_all_that_waits() {
        let (wake, wakes) = mpsc::sync_channel(WAITING);
        let send = |what| wake.try_send(what).expect("there is room");
        send(Wake::Touched);
        send(Wake::Asked);
        assert_eq!((begin(&wakes), wakes.try_recv().is_err()), (Wake::Asked, true));
        send(Wake::Stop);
        send(Wake::Asked);
        assert_eq!(begin(&wakes), Wake::Stop);
    }
}

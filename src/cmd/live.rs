//! The index that a process answers from for as long as it runs: shared between threads, and always as it
//! was last committed, by whomever.
//!
//! Asking whether something was committed costs a few small reads, and only then the index is opened again.
//! What was answered from stays open until its last reader lets it go.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::SystemTime,
};

use excerpt::{
    Index, Result,
    index::{Budget, Event, Freshness, Update},
};

/// An index that stays open. It need not be there yet.
pub(crate) struct Live {
    dir: PathBuf,
    /// What an update may use.
    means: Update,
    opened: Mutex<Option<Arc<Index>>>,
    /// Held while the index is compared with its folders; what came of it the last time.
    compared: Mutex<Option<Compared>>,
    /// How many comparisons were begun.
    begun: AtomicU64,
}

/// What a comparison found.
struct Compared {
    /// Its number.
    number: u64,
    budget: Budget,
    freshness: Freshness,
}

impl Live {
    /// Names the folder of the index; nothing is opened yet.
    pub(crate) fn new(dir: PathBuf, means: Update) -> Self {
        Self { dir, means, opened: Mutex::default(), compared: Mutex::default(), begun: AtomicU64::new(0) }
    }

    /// Returns the index as it was last committed.
    ///
    /// # Errors
    /// Those of [`Index::open`], each time anew: an index that is there again is answered from again.
    pub(crate) fn current(&self) -> Result<Arc<Index>> {
        let mut opened = held(&self.opened);
        // What is wrong with an index, opening it says best.
        if let Some(index) = opened.as_ref().filter(|index| index.is_newest().unwrap_or(false)) {
            return Ok(Arc::clone(index));
        }
        *opened = None;
        let index = Arc::new(Index::open(&self.dir)?);
        *opened = Some(Arc::clone(&index));
        Ok(index)
    }

    /// Compares the index with its folders as far as the budget goes, brings it up to date where the budget
    /// says so, and returns it with what was found. One thread does so at a time; those that wait for it share
    /// what the first of them finds.
    ///
    /// # Errors
    /// Those of [`Index::refresh`].
    pub(crate) fn refreshed(
        &self,
        budget: Budget,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<(Arc<Index>, Freshness)> {
        let before = self.begun.load(Ordering::SeqCst);
        let mut compared = held(&self.compared);
        if let Some(last) = compared.as_ref().filter(|last| last.number > before && last.budget == budget) {
            return Ok((self.current()?, last.freshness.clone()));
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let index = self.current()?;
        let update = Update { now: SystemTime::now(), ..self.means.clone() };
        let (freshness, newer) = index.refreshed(budget, &update, event, cancel)?;
        let index = match newer {
            Some(newer) => {
                let newer = Arc::new(newer);
                *held(&self.opened) = Some(Arc::clone(&newer));
                newer
            }
            None => index,
        };
        if !cancel.load(Ordering::Relaxed) {
            *compared = Some(Compared { number, budget, freshness: freshness.clone() });
        }
        Ok((index, freshness))
    }
}

/// Returns what a lock guards: a reader that panicked left it whole.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use excerpt::{Error, search::Query};

    use super::*;

    fn update(dir: &std::path::Path, folder: &std::path::Path) {
        let update = Update { folders: vec![folder.into()], ..Update::default() };
        let mut index = Index::create(dir).expect("it can be made");
        index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be updated");
    }

    fn found(index: &Index, word: &str) -> u64 {
        index.search(&Query { text: word.into(), ..Query::default() }).expect("it answers").total
    }

    #[test]
    fn the_newest_commit_answers_and_is_opened_once() {
        let place = tempfile::tempdir().expect("a folder");
        let (dir, folder) = (place.path().join("index"), place.path().join("articles"));
        let live = Live::new(dir.clone(), Update::default());
        assert!(matches!(live.current(), Err(Error::NoIndex { .. })));

        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("a.txt"), "The moon pulls at the sea.").expect("a file");
        update(&dir, &folder);
        let first = live.current().expect("it is there");
        assert!(Arc::ptr_eq(&first, &live.current().expect("it is there")));

        fs::write(folder.join("b.txt"), "A lighthouse stands on the rock.").expect("a file");
        update(&dir, &folder);
        let second = live.current().expect("it is there");
        assert_eq!((found(&first, "lighthouse"), found(&second, "lighthouse")), (0, 1));

        fs::remove_dir_all(&dir).expect("it can be removed");
        assert!(matches!(live.current(), Err(Error::NoIndex { .. })));
        assert_eq!(found(&second, "moon"), 1, "what is open still answers");

        update(&dir, &folder);
        assert_eq!(found(&live.current().expect("it is there again"), "lighthouse"), 1);
    }

    #[test]
    fn small_changes_are_indexed_before_an_answer() {
        let place = tempfile::tempdir().expect("a folder");
        let (dir, folder) = (place.path().join("index"), place.path().join("articles"));
        fs::create_dir(&folder).expect("a folder");
        update(&dir, &folder);
        let live = Live::new(dir, Update::default());
        fs::write(folder.join("a.txt"), "The moon pulls at the sea.").expect("a file");
        let refresh = || live.refreshed(Budget::Everything, &mut |_| {}, &AtomicBool::new(false));
        let (index, freshness) = refresh().expect("it is there");
        assert_eq!((found(&index, "moon"), freshness.compared), (1, 1));
        assert!(Arc::ptr_eq(&index, &live.current().expect("it is there")));
    }

    #[test]
    fn threads_that_refresh_at_once_do_not_lock_each_other_out() {
        let place = tempfile::tempdir().expect("a folder");
        let (dir, folder) = (place.path().join("index"), place.path().join("articles"));
        fs::create_dir(&folder).expect("a folder");
        update(&dir, &folder);
        fs::write(folder.join("a.txt"), "The moon pulls at the sea.").expect("a file");
        let live = Live::new(dir, Update::default());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let refreshed = live.refreshed(Budget::Everything, &mut |_| {}, &AtomicBool::new(false));
                    let (index, freshness) = refreshed.expect("it is there");
                    assert_eq!((found(&index, "moon"), freshness.notes.len()), (1, 0));
                });
            }
        });
    }
}

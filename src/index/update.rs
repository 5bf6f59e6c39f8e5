//! Makes an index agree with its folders: what is new is read, what changed is read again, what is
//! gone is removed.
//!
//! A file is not opened when its size, its modification time and, where the system tells them, its
//! inode and the time of its last change of any kind are those in the ledger. Where they differ, or
//! had not stood long enough to be told from a later change (50 ms; 2 s where times are whole
//! seconds), its bytes are hashed (BLAKE3), and only another hash means another content. The ledger
//! is written in the same commit as the passages; long runs commit in between, see [`super::stage`].

use std::{
    mem,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
    thread,
    time::{Duration, SystemTime},
};

use super::{
    Index, absolute, aside,
    commit::Commit,
    damaged, engine, home,
    merge::Effort,
    old::Record,
    pieces::Piecewise,
    plan::{Plan, Slot},
    report::{Event, Report},
    schema,
    stage::End,
    symbols::Tables,
};
use crate::{
    error::{Error, Result},
    format::{FieldNames, worker::Worker},
    walk::Rules,
};

/// The least memory an update can work with, in bytes.
pub const LEAST_MEMORY: u64 = 64 << 20;

/// What an update is to do.
#[derive(Clone, Debug)]
pub struct Update {
    /// Folders or files to bring up to date, added where the index does not hold them; all of the
    /// index's where empty.
    pub folders: Vec<PathBuf>,
    /// What is passed over in those folders from now on; what it was where none.
    pub rules: Option<Rules>,
    /// The names that fields of records go by in those folders from now on, beside the usual ones; what
    /// they were where none.
    pub fields: Option<FieldNames>,
    /// Folders to take out.
    pub forget: Vec<PathBuf>,
    /// Whether all files are read again.
    pub rebuild: bool,
    /// Whether what was removed is to leave the files of the index too, and segments are to be few.
    pub compact: bool,
    /// Whether only to say what would be done.
    pub dry_run: bool,
    /// How many processors the work is for; 0 for all. So many files are read at once.
    pub jobs: usize,
    /// How much memory may be used, in bytes; at least [`LEAST_MEMORY`].
    pub memory: u64,
    /// How files are read in processes apart, under limits; they are read in this one where none.
    pub worker: Option<Worker>,
    /// How long to wait for another process that writes to the index.
    pub patience: Duration,
    /// How many bytes may be read before a commit, so that a run that is cut off loses no more.
    pub stage: u64,
    /// The present time, which the commit is dated by.
    pub now: SystemTime,
}

impl Default for Update {
    fn default() -> Self {
        Self {
            folders: Vec::new(),
            rules: None,
            fields: None,
            forget: Vec::new(),
            rebuild: false,
            compact: false,
            dry_run: false,
            jobs: 1,
            memory: 256 << 20,
            worker: None,
            stage: 1 << 30,
            patience: Duration::ZERO,
            now: SystemTime::UNIX_EPOCH,
        }
    }
}

impl Update {
    /// Returns how many processors the work is for.
    pub(super) fn jobs(&self) -> usize {
        match self.jobs {
            0 => thread::available_parallelism().map_or(1, usize::from),
            jobs => jobs,
        }
    }
}

impl Index {
    /// Makes the index agree with its folders, and goes on with the state that was committed.
    /// Calls `event` as it goes; stops early when `cancel` becomes true.
    ///
    /// # Errors
    /// [`Error::Locked`] while another process writes, [`Error::MissingFolder`] for a folder to add
    /// that is not there, [`Error::UnknownFolder`] for one to forget that the index does not hold,
    /// [`Error::Memory`] for too little of it, and what reading and writing the index can meet.
    pub fn update(
        &mut self,
        update: &Update,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<Report> {
        let (report, newer) = self.updated_by(update, event, cancel)?;
        *self = newer;
        Ok(report)
    }

    /// Does the same, and returns the index that answers from the state that was committed.
    pub(super) fn updated_by(
        &self,
        update: &Update,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<(Report, Self)> {
        let report = run(&self.dir, update, event, cancel)?;
        Ok((report, Self::open_for(&self.dir, self.access)?))
    }

    /// Makes a folder an index if it is none yet, and brings that up to date without opening it.
    ///
    /// # Errors
    /// Those of [`Index::create`] and of [`Index::update`].
    pub fn bring_up_to_date(
        dir: &Path,
        update: &Update,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<Report> {
        let dir = absolute(dir);
        home::create(&dir)?;
        run(&dir, update, event, cancel)
    }

    /// Makes an index that is older than the program, or damaged, anew from its folders.
    ///
    /// # Errors
    /// Those of [`Index::update`].
    pub fn rebuild(
        dir: &Path,
        update: &Update,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<Report> {
        run(&absolute(dir), &Update { rebuild: true, ..update.clone() }, event, cancel)
    }
}

fn run(dir: &Path, update: &Update, event: &mut dyn FnMut(Event), cancel: &AtomicBool) -> Result<Report> {
    if update.memory < LEAST_MEMORY {
        return Err(Error::Memory { given: update.memory >> 20, least: LEAST_MEMORY >> 20 });
    }
    let _lock = if update.dry_run { None } else { Some(home::lock(dir, update.patience)?) };
    carry_out(dir, update, event, cancel)
}

/// Does what an update says, for one who may write to the index.
pub(super) fn carry_out(
    dir: &Path,
    update: &Update,
    event: &mut dyn FnMut(Event),
    cancel: &AtomicBool,
) -> Result<Report> {
    let mut plan = Plan::new(dir, update)?;
    if !update.dry_run {
        home::sweep(dir, plan.generation.as_deref())?;
    }
    plan.forget(&update.forget)?;
    let chosen = plan.choose(update)?;
    for id in chosen {
        plan.compare(id, event)?;
    }
    let (files, bytes) =
        plan.tasks.iter().fold((0, 0), |(files, bytes), task| (files + 1, bytes + task.bytes));
    event(Event::Planned { files, bytes });
    if update.dry_run {
        return plan.foresee(event);
    }
    let in_force = !plan.fresh && !plan.beside;
    let put_off = in_force && plan.put_off(update.stage).map_err(|source| damaged(dir, source))?;
    plan.manifest.unfinished |= put_off;
    let report = plan.carry_out(update, event, cancel)?;
    if !put_off || report.interrupted {
        return Ok(report);
    }
    // Long files are replaced in a copy of the index: see [`super::aside`].
    aside::copy(dir)?;
    let rest = Update { forget: Vec::new(), rebuild: false, ..update.clone() };
    Ok(report.and_then(carry_out(dir, &rest, event, cancel)?))
}

impl Plan<'_> {
    /// Reads what is to be read and commits.
    fn carry_out(
        mut self,
        update: &Update,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<Report> {
        let mut slots = mem::take(&mut self.slots);
        // Folders that were not compared keep their part of the ledger.
        for (folder, part) in mem::take(&mut self.parts) {
            slots.extend(part.map(|at| Slot { folder, entry: Some(Record::Old(at)) }));
        }
        if self.tasks.is_empty()
            && self.gone.is_empty()
            && !self.dirty
            && !self.fresh
            && !self.beside
            && !self.manifest.unfinished
            && !self.untidy
            && !update.compact
        {
            self.sum_up();
            return Ok(self.report);
        }
        let first = self.fresh && self.generation.is_none();
        let generation = match &self.generation {
            Some(generation) if !self.fresh => generation.clone(),
            _ => home::new_generation(self.dir)?,
        };
        let directory = Piecewise::open(&generation).map_err(|source| engine(self.dir, source))?;
        let (index, fields) = schema::writable(directory).map_err(|source| engine(self.dir, source))?;
        let bytes = self.tasks.iter().map(|task| task.bytes).sum();
        let mut manifest = self.manifest.clone();
        if self.fresh {
            // Another generation has other texts.
            manifest.tables = Tables::default();
        }
        let mut commit = Commit::begin(self.dir, &generation, &index, manifest, update, bytes)?;
        let gone = mem::take(&mut self.gone);
        gone.iter().try_for_each(|(folder, path)| commit.remove(fields.file_term(*folder, path)))?;
        if first {
            // A first index answers from its first stage on.
            commit.manifest.unfinished = true;
            commit.now(&slots, &self.old)?;
            home::point_to(self.dir, &generation)?;
        }
        let end = self.read_all(update, (&index, fields), &mut slots, &mut commit, event, cancel)?;
        self.report.interrupted = end != End::Whole;
        if end == End::Torn {
            // Half a file would answer as if it were the whole.
            commit.roll_back()?;
            gone.iter().try_for_each(|(folder, path)| commit.remove(fields.file_term(*folder, path)))?;
        }
        // What another update left unread is still unread, unless all folders were compared.
        let all = self.manifest.folders.iter().all(|folder| self.compared.contains(&folder.id));
        commit.manifest.unfinished = self.report.interrupted || (self.manifest.unfinished && !all);
        // Should this be cut off before the merges, the next update takes care of them.
        commit.manifest.forgetting = !update.forget.is_empty() || (self.manifest.forgetting && self.untidy);
        commit.now(&slots, &self.old)?;
        self.report.articles = commit.manifest.tally.articles;
        self.report.passages = commit.manifest.tally.passages + commit.manifest.tally.asides;
        let effort = match (update.compact, self.fresh) {
            (true, _) => Effort::Whole,
            // What was forgotten is to be gone, not only to be found no more.
            _ if commit.manifest.forgetting => Effort::Clean,
            (_, true) => Effort::Least,
            (_, false) => Effort::Lasting,
        };
        self.report.unmerged = commit.finish(&index, effort)?;
        if self.beside && !self.report.interrupted || self.fresh && !first && !self.beside {
            home::point_to(self.dir, &generation)?;
        }
        Ok(self.report)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::atomic::Ordering::Relaxed};

    use super::*;

    #[test]
    fn a_stop_in_the_middle_of_a_file_keeps_what_was_committed() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        fs::create_dir(&folder).expect("the folder can be made");
        let filler = "The harbour wall was mended again, stone by stone, before the winter. ".repeat(30);
        let write = |bird: &str, count: usize| {
            let record = |id| format!("{{\"id\": {id}, \"text\": \"A {bird} came. {filler}\"}}\n");
            let records: String = (0..count).map(record).collect();
            fs::write(folder.join("birds.jsonl"), records).expect("it can be written");
        };
        let mut index = Index::create(&dir.path().join("index")).expect("the index can be made");
        let update = Update { folders: vec![folder.clone()], ..Update::default() };
        let go_on = AtomicBool::new(false);
        write("cassowary", 20);
        index.update(&update, &mut |_| {}, &go_on).expect("it can be indexed");
        let before = (index.articles(), index.searcher.num_docs());
        // Longer than what is read at once, so that the update tells of a part of it.
        write("albatross", 9_000);
        let cancel = AtomicBool::new(false);
        let mut event = |event| {
            if let Event::Part { .. } = event {
                cancel.store(true, Relaxed);
            }
        };
        let report = index.update(&update, &mut event, &cancel).expect("it can be stopped");
        assert!(report.interrupted && report.failed == 0, "{report:?}");
        assert_eq!((index.articles(), index.searcher.num_docs()), before);
        // In stages it is read beside the index, which says so; with the third part some of it is committed.
        let (cancel, mut parts) = (AtomicBool::new(false), 0);
        let mut event = |event| {
            parts += u32::from(matches!(event, Event::Part { .. }));
            cancel.store(parts >= 3, Relaxed);
        };
        let in_stages = Update { stage: 1 << 20, ..update.clone() };
        index.update(&in_stages, &mut event, &cancel).expect("it can be stopped");
        assert_eq!((index.articles(), index.searcher.num_docs()), before);
        let why = index.why(&folder.join("birds.jsonl")).expect("the ledger reads");
        assert!(format!("{:?}", why.file.verdict).contains("in progress: "), "{why:?}");
        index.update(&update, &mut |_| {}, &go_on).expect("it goes on");
        assert_eq!(index.articles(), 9_000);
    }

    #[test]
    fn a_file_that_went_after_it_was_found_is_gone_and_not_failed() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        fs::create_dir(&folder).expect("the folder can be made");
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("it can be written");
        let mut index = Index::create(&dir.path().join("index")).expect("the index can be made");
        let update = Update { folders: vec![folder.clone()], ..Update::default() };
        write("kept.txt", "A heron stayed.");
        write("old.txt", "A heron came.");
        index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");
        write("old.txt", "Another heron came.");
        write("new.txt", "A third heron came.");
        let mut event = |event| {
            if let Event::Planned { .. } = event {
                for name in ["old.txt", "new.txt"] {
                    fs::remove_file(folder.join(name)).expect("it is there");
                }
            }
        };
        let report = index.update(&update, &mut event, &AtomicBool::new(false)).expect("it can be indexed");
        assert_eq!((report.removed, report.failed, report.added, report.changed), (1, 0, 0, 0), "{report:?}");
        assert_eq!((index.articles(), index.searcher.num_docs()), (1, 1));
        let why = index.why(&folder.join("old.txt")).expect("the ledger reads");
        assert_eq!(why.file.verdict, crate::index::Verdict::NotSeen("there is no such file".into()));
    }
}

//! The reading of files in stages, each of which ends with a commit, so that a run that is cut off loses no more
//! than one of them.
//!
//! A stage ends between two files. Within a file of records that is longer than a stage it ends between two
//! articles: its reader pauses, the ledger says how many articles were read, and a later run goes on behind them if
//! the file is the same. A long file that replaces what was read of it before is read beside the index in force, see
//! [`super::aside`]: at no commit that anyone reads are both states of an article found, or neither.

use std::{
    mem,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::RecvTimeoutError;

use super::{
    commit::Commit,
    damaged, engine,
    ingest::Ingest,
    ledger::{Fate, Lot},
    old::Record,
    plan::{Plan, Slot},
    report::{Event, Outcome, Report},
    schema::Fields,
    share::Share,
    tell::{Done, Step},
    update::Update,
};
use crate::{error::Result, format::worker::Workers, walk};

/// How often to look whether a run was told to stop.
const LOOK: Duration = Duration::from_millis(100);

/// Files that are handed to each reader ahead: more than it reads in a [`PAUSE`].
const AHEAD: usize = 64;

/// How long to let readers tell of their files before they are listened to. By waking for each file, who hands
/// them out took a processor from a reader 3,000 times a second.
const PAUSE: Duration = Duration::from_millis(5);

/// How long a stage takes at most: so much work is lost where a run is cut off, and each commit makes segments,
/// which every search goes through, or which have to be merged.
const TIME: Duration = Duration::from_secs(60);

/// How the reading of files ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// All were read.
    Whole,
    /// It was stopped between two files.
    Early,
    /// It was stopped in the middle of one.
    Torn,
}

/// What is read between two commits.
struct Stage {
    /// Bytes that were read of it, and how many there should be.
    bytes: (u64, u64),
    began: Instant,
}

impl Stage {
    fn new(most: u64) -> Self {
        Self { bytes: (0, most), began: Instant::now() }
    }

    fn is_over(&self) -> bool {
        self.bytes.0 >= self.bytes.1 || self.began.elapsed() >= TIME
    }
}

/// Where the readers of long files wait while a commit is made.
#[derive(Default)]
pub(super) struct Gate {
    /// How often it was closed and opened: it is closed where that is odd.
    turns: Mutex<u64>,
    opened: Condvar,
    /// The same, to be asked often.
    seen: AtomicU64,
}

/// One closing of a gate.
#[derive(Clone, Copy)]
pub(super) struct Closing(u64);

impl Gate {
    /// Returns the closing that lasts, if any.
    pub(super) fn closing(&self) -> Option<Closing> {
        let turns = self.seen.load(Relaxed);
        (turns % 2 == 1).then_some(Closing(turns))
    }

    /// Waits until this closing is over. The gate may have been closed again by the time that a reader
    /// wakes: that one it has yet to tell of, and whoever closed it waits for that.
    pub(super) fn pass(&self, closing: Closing) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        while *turns == closing.0 {
            turns = self.opened.wait(turns).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn set(&self, closed: bool) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        *turns += u64::from((*turns % 2 == 1) != closed);
        self.seen.store(*turns, Relaxed);
        self.opened.notify_all();
    }
}

/// Opens a gate when all is done, or failed.
struct Opened<'a>(&'a Gate);

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Plan<'_> {
    /// Reads all files of the plan.
    pub(super) fn read_all(
        &mut self,
        update: &Update,
        (index, fields): (&tantivy::Index, Fields),
        slots: &mut [Slot],
        commit: &mut Commit<'_>,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<End> {
        let mut due = mem::take(&mut self.tasks).into_iter();
        let writer = Arc::clone(&commit.writer);
        let workers = update.worker.as_ref().map(|worker| Workers::new(worker, update.memory, cancel));
        let look = || workers.iter().for_each(Workers::look);
        let ingest = Ingest {
            writer: &writer,
            fields,
            now: walk::nanoseconds(update.now),
            cancel,
            memory: update.memory,
            torn: AtomicBool::new(false),
            beside: self.beside,
            gate: Gate::default(),
            workers: workers.as_ref(),
            large: Mutex::default(),
            long: Mutex::default(),
            share: Share::default(),
            desks: Mutex::default(),
        };
        let (jobs, dir) = (update.jobs().clamp(1, 64), self.dir);
        let ahead = AHEAD * jobs;
        let new_stage = || Stage::new(update.stage);
        let (send_task, take_task) = crossbeam_channel::unbounded();
        let (send_step, take_step) = crossbeam_channel::bounded(ahead);
        let (going, over) = crossbeam_channel::bounded(0);
        // What was so at the last commit.
        let (mut before, mut replaced) = (self.report.clone(), Vec::new());
        let left = thread::scope(|scope| -> Result<usize> {
            let started = ingest.start(scope, jobs, &take_task, &send_step, &over);
            started.map_err(|source| engine(dir, source))?;
            drop(send_step);
            let _opened = Opened(&ingest.gate);
            let mut stage = new_stage();
            // Tasks that were handed out and not finished, those of them whose readers wait, and those that
            // were taken back.
            let (mut out, mut paused, mut back) = (0, 0, Vec::new());
            while !cancel.load(Relaxed) {
                look();
                while out < ahead && !stage.is_over() {
                    let next = back.pop().map(Ok).or_else(|| Some(self.task(due.next()?, slots)));
                    let Some(task) = next.transpose().map_err(|source| damaged(dir, source))? else { break };
                    out += usize::from(send_task.send(task).is_ok());
                }
                if out == 0 && back.is_empty() && due.len() == 0 {
                    break;
                }
                if stage.is_over() {
                    ingest.gate.set(true);
                    let taken: Vec<_> = take_task.try_iter().collect();
                    out -= taken.len();
                    back.extend(taken.into_iter().rev());
                }
                if out == paused {
                    commit.manifest.unfinished = true;
                    commit.now(slots, &self.old)?;
                    commit.meanwhile(index);
                    (before, paused, stage) = (self.report.clone(), 0, new_stage());
                    replaced.clear();
                    ingest.gate.set(false);
                    continue;
                }
                if out == ahead && take_step.is_empty() {
                    thread::sleep(PAUSE);
                }
                // A reader that was told to stop says no more, and the others may wait for work.
                let step = match take_step.recv_timeout(LOOK) {
                    Ok(step) => step,
                    Err(RecvTimeoutError::Timeout) => continue,
                    Err(RecvTimeoutError::Disconnected) => break,
                };
                match step.map_err(|source| engine(dir, source))? {
                    Step::Part(bytes) => {
                        stage.bytes.0 += bytes;
                        event(Event::Part { bytes });
                    }
                    Step::Paused(slot, entry) => {
                        paused += 1;
                        replaced.push((slot, slots[slot].entry.replace(Record::New(entry.record()))));
                    }
                    Step::Done(done) => {
                        out -= 1;
                        stage.bytes.0 += done.bytes;
                        replaced.push((done.slot, slots[done.slot].entry.clone()));
                        self.take(*done, slots, event)?;
                    }
                }
            }
            let mut left = out + back.len() + due.len();
            drop((send_task, take_task, going));
            ingest.gate.set(false);
            look();
            // Files that were being read when the run was stopped.
            for step in take_step {
                if let Step::Done(done) = step.map_err(|source| engine(dir, source))? {
                    left -= 1;
                    replaced.push((done.slot, slots[done.slot].entry.clone()));
                    self.take(*done, slots, event)?;
                }
            }
            Ok(left)
        })?;
        let apart = workers.as_ref().map_or(0, Workers::peak);
        if ingest.torn.into_inner() {
            // All since the last commit is as if it had not been.
            self.report = Report { apart, ..before };
            replaced.into_iter().rev().for_each(|(slot, entry)| slots[slot].entry = entry);
            return Ok(End::Torn);
        }
        self.report.apart = apart;
        Ok(if left > 0 { End::Early } else { End::Whole })
    }

    fn take(&mut self, done: Done, slots: &mut [Slot], event: &mut dyn FnMut(Event)) -> Result<()> {
        let Done { slot, file, bytes, entry, same, resumed } = done;
        let lot = slots[slot].entry.as_ref().map(|record| self.old.lot(record)).transpose();
        let held = lot.map_err(|source| damaged(self.dir, source))? == Some(Lot::Indexed);
        let report = &mut self.report;
        if !same {
            report.bytes += bytes;
        }
        let outcome = match entry.as_ref().map(|entry| &entry.fate) {
            None => {
                report.removed += u64::from(held);
                Outcome::Removed
            }
            Some(Fate::Failed(cause)) => {
                report.failed += 1;
                Outcome::Failed(cause.clone())
            }
            Some(Fate::Indexed(_)) if same => {
                report.unchanged += 1;
                Outcome::Touched
            }
            Some(Fate::Indexed(_)) if held && !resumed => {
                report.changed += 1;
                Outcome::Changed
            }
            Some(Fate::Indexed(_)) => {
                report.added += 1;
                Outcome::Added
            }
            Some(_) => {
                report.skipped += 1;
                Outcome::Touched
            }
        };
        slots[slot].entry = entry.map(|entry| Record::New(entry.record()));
        event(Event::File { path: file, bytes, outcome });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_reader_that_wakes_late_does_not_wait_for_the_next_commit() {
        let gate = Arc::new(Gate::default());
        assert!(gate.closing().is_none());
        gate.set(true);
        let first = gate.closing().expect("it was closed");
        gate.set(false);
        gate.set(true);
        let (send, passed) = mpsc::channel();
        let reader = thread::spawn({
            let gate = Arc::clone(&gate);
            move || {
                gate.pass(first);
                send.send(gate.closing().is_some())
            }
        });
        assert_eq!(passed.recv_timeout(Duration::from_secs(60)), Ok(true));
        gate.set(false);
        assert!(reader.join().is_ok_and(|sent| sent.is_ok()));
    }
}

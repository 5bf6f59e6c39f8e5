//! The worker processes of a run: no more of them at once than may take memory together.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    Unread, Worker,
    process::{Death, End, Handed, Life, Limits, Process},
};
use crate::{
    article::Article,
    format::{Cause, Each, Extent, FIRST_PART, Flow, Format, Warnings, panicked},
};

/// The memory that a file is first read with, in bytes, and how many times its size, as far as that is
/// in memory. One that needs more is read again while no other is.
const FIRST: (u64, u64) = (16 << 20, 14);

/// A process that held more than so many bytes is not used again.
const LIGHT: u64 = 48 << 20;

/// What takes less time than this cannot have taken much memory.
const QUICK: Duration = Duration::from_millis(5);

/// All worker processes of a run.
pub(crate) struct Workers<'a> {
    worker: &'a Worker,
    cancel: &'a AtomicBool,
    /// What all may take together, in bytes, and one alone.
    memory: u64,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    /// Bytes that files being read may take.
    taken: u64,
    idle: Vec<Process>,
    /// All that were started, each with the most bytes it was seen to hold.
    lives: Vec<(Arc<Life>, u64)>,
    /// The most that all held together.
    peak: u64,
}

/// Says how much of the memory of a run its workers may take, in bytes.
fn share(memory: u64) -> u64 {
    memory / 2 + (32 << 20)
}

impl<'a> Workers<'a> {
    /// Takes the way to start them, and how much memory the whole run may take. None is started yet.
    pub(crate) fn new(worker: &'a Worker, memory: u64, cancel: &'a AtomicBool) -> Self {
        Self { worker, cancel, memory: share(memory), state: Mutex::default(), freed: Condvar::new() }
    }

    /// Reads a file as [`super::super::read`] does, in one of the processes.
    ///
    /// # Errors
    /// Says why nothing could be read, also where that took too long or too much memory.
    pub(crate) fn read(
        &self,
        format: &dyn Format,
        mut handed: Handed<'_>,
        each: &mut Each<'_>,
    ) -> Result<Warnings, Unread> {
        let time = Duration::from_secs(self.worker.time.as_secs() + (handed.size >> 20));
        let large = format.extent() == Extent::Whole && handed.size > FIRST_PART;
        let length = match format.extent() {
            _ if large => handed.size,
            // No more than a record stands in memory.
            Extent::Stream => 0,
            _ => handed.bytes.len() as u64,
        };
        let memory = length.saturating_mul(FIRST.1).max(FIRST.0).min(self.memory);
        let mut limits = Limits { time, memory };
        let mut known = 0;
        loop {
            // Of one that is read again the first articles are known.
            let (mut met, mut tight) = (0, false);
            let may_more = limits.memory < self.memory;
            let mut each = |article: Article| {
                tight = may_more && article.warnings.iter().any(|warning| wants_memory(warning));
                met += 1;
                match () {
                    () if tight => Flow::Break(()),
                    () if met <= known => Flow::Continue(()),
                    () => each(article),
                }
            };
            let end = self.take(format, &mut handed, limits, &mut each)?;
            tight |= match &end {
                End::Read(warnings) => warnings.iter().any(|warning| wants_memory(warning)),
                End::Failed(cause) => wants_memory(cause),
                End::Died(death) => matches!(death, Death::Memory),
                End::Left => false,
            };
            if !(tight && may_more) {
                return self.outcome(format, end, limits);
            }
            known = known.max(met - u64::from(matches!(end, End::Left)));
            limits.memory = self.memory;
        }
    }

    fn outcome(&self, format: &dyn Format, end: End, limits: Limits) -> Result<Warnings, Unread> {
        let failed = |cause| Err(Unread::Failed(Cause(cause)));
        let stopped = |cause| Err(Unread::Stopped(Cause(cause)));
        let starved = |cause| Err(Unread::Starved(Cause(cause)));
        let name = format.name();
        match end {
            End::Read(warnings) => Ok(warnings),
            End::Left => Ok(Warnings::new()),
            End::Failed(cause) if wants_memory(&cause) => starved(cause),
            End::Failed(cause) => failed(cause),
            End::Died(_) if self.cancel.load(Ordering::Relaxed) => Err(Unread::Cancelled),
            End::Died(Death::Time) => {
                stopped(format!("took longer than {} s to be read", limits.time.as_secs()))
            }
            End::Died(Death::Killed) => stopped("the process that read it was killed".into()),
            End::Died(Death::Memory) => {
                starved(format!("needs more than {} MB of memory to be read", limits.memory >> 20))
            }
            End::Died(Death::Depth) => failed(format!("is nested too deeply for the {name} reader")),
            End::Died(Death::Other(how)) => {
                failed(format!("the {name} reader failed on it: its process {how}"))
            }
        }
    }

    /// Reads a file in a process, once there is room for it.
    fn take(
        &self,
        format: &dyn Format,
        handed: &mut Handed<'_>,
        limits: Limits,
        each: &mut Each<'_>,
    ) -> Result<End, Unread> {
        // A reader of records may pause until all others come to an end: nobody may wait for its room.
        let room = self.enter(if format.extent() == Extent::Stream { 0 } else { limits.memory });
        let mut process = room.process().map_err(|error| {
            Unread::Stopped(Cause(format!("cannot be read: no process can be started for it: {error}")))
        })?;
        // What ends all of them when the run is cancelled ends those that are known by then.
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Unread::Cancelled);
        }
        let began = Instant::now();
        let run = AssertUnwindSafe(|| {
            let end = process.read(format, handed, limits, each);
            (process, end)
        });
        // A process that was left in the middle of a talk is of no use any more.
        let Ok((process, end)) = catch_unwind(run) else {
            return Ok(End::Failed(panicked(format).0));
        };
        room.leave(process, &end, began.elapsed());
        Ok(end)
    }

    fn enter(&self, memory: u64) -> Room<'_> {
        let mut state = self.state();
        while state.taken > 0 && state.taken + memory > self.memory {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.taken += memory;
        // Those that wait take memory too.
        let idle = if memory > self.memory / 2 { std::mem::take(&mut state.idle) } else { Vec::new() };
        let ends = |life: &Arc<Life>| idle.iter().any(|process| Arc::ptr_eq(life, &process.life));
        state.lives.retain(|(life, _)| !ends(life));
        drop(state);
        drop(idle);
        Room { workers: self, memory }
    }

    /// Ends every process that has been at a file for too long by the clock, and all of them when the
    /// run was cancelled.
    pub(crate) fn look(&self) {
        let (now, all) = (Instant::now(), self.cancel.load(Ordering::Relaxed));
        for (life, _) in &self.state().lives {
            if all { _ = life.end() } else { life.look(now) }
        }
    }

    /// Returns the most memory that the processes held together, in bytes; nothing where none was started
    /// or the system does not tell.
    pub(crate) fn peak(&self) -> u64 {
        self.state().peak
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room in memory for the reading of a file; given back when dropped.
struct Room<'a> {
    workers: &'a Workers<'a>,
    memory: u64,
}

impl Room<'_> {
    fn process(&self) -> std::io::Result<Process> {
        if let Some(process) = self.workers.state().idle.pop() {
            return Ok(process);
        }
        let process = Process::start(self.workers.worker)?;
        self.workers.state().lives.push((Arc::clone(&process.life), 0));
        Ok(process)
    }

    /// Keeps a process for the next file, if it is fit for one.
    fn leave(&self, process: Process, end: &End, took: Duration) {
        let held = match end {
            End::Died(_) => Some(self.memory),
            _ if took > QUICK => process.peak(),
            _ => None,
        };
        let mut state = self.workers.state();
        let at = state.lives.iter().position(|(life, _)| Arc::ptr_eq(life, &process.life));
        let known = at.and_then(|at| state.lives.get_mut(at));
        let known = known.map_or(0, |(_, known)| {
            *known = held.unwrap_or(0).max(*known);
            *known
        });
        state.peak = state.peak.max(state.lives.iter().map(|(_, held)| held).sum());
        let fit = matches!(end, End::Read(_) | End::Failed(_)) && known <= LIGHT;
        if fit {
            state.idle.push(process);
            return;
        }
        at.map(|at| state.lives.swap_remove(at));
        drop(state);
        drop(process);
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.workers.state().taken -= self.memory;
        self.workers.freed.notify_all();
    }
}

/// Whether a reader speaks of memory that it asked for and did not get; so say the standard library's
/// errors.
fn wants_memory(words: &str) -> bool {
    words.contains("memory allocation failed") || words.contains("out of memory")
}

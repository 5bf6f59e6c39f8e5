//! The worker processes of a run: no more of them at once than may take memory together.

use std::{
    iter,
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
    format::{Cause, Each, Extent, FIRST_PART, Flow, Format, ReadSeek, Warnings, panicked},
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

    /// Hands small files to one of the processes, which is to read one after the other while what it read before
    /// is made passages of: who waits for it wakes less often. They are then to be read in this order. One that has
    /// files takes more behind them, where it need not listen to be handed them.
    pub(crate) fn hand<'b, 'c>(
        &'c self,
        files: impl Iterator<Item = Handed<'b>> + Clone,
        ahead: &mut Ahead<'c>,
    ) {
        let count = files.clone().count();
        let mut busy = match ahead.0.take() {
            Some(busy) if count > 0 && busy.process.takes(files.clone().map(|file| file.weight()).sum()) => {
                busy
            }
            Some(busy) => return *ahead = Ahead(Some(busy)),
            None if count < 2 => return,
            None => {
                let room = self.enter(FIRST.0);
                // Where that cannot be, each will have its own try.
                let Ok(process) = room.process() else { return };
                Busy { room, process, began: Instant::now() }
            }
        };
        let files = files.map(|handed| (handed, self.limits(&handed)));
        // As in [`Self::take`], who ends all when the run is cancelled may not know of this one yet.
        let taken = !self.cancel.load(Ordering::Relaxed) && busy.process.hand(files).is_ok();
        let busy = Ahead(Some(busy));
        *ahead = if taken { busy } else { Ahead(None) };
    }

    /// Reads a file as [`super::super::read`] does, in one of the processes; in the one that it was handed to with
    /// others, if that is still there.
    ///
    /// # Errors
    /// Says why nothing could be read, also where that took too long or too much memory.
    pub(crate) fn read(
        &self,
        ahead: &mut Ahead<'_>,
        handed: Handed<'_>,
        file: &mut dyn ReadSeek,
        each: &mut Each<'_>,
    ) -> Result<Warnings, Unread> {
        let mut limits = self.limits(&handed);
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
            let end = match ahead.0.take() {
                Some(busy) => busy.hear(ahead, handed.format, file, limits, &mut each),
                None => self.take(handed, file, limits, &mut each)?,
            };
            tight |= match &end {
                End::Read(warnings) => warnings.iter().any(|warning| wants_memory(warning)),
                End::Failed(cause) => wants_memory(cause),
                End::Died(death) => matches!(death, Death::Memory),
                End::Left => false,
            };
            if !(tight && may_more) {
                return self.outcome(handed.format, end, limits);
            }
            // Room for more may be waited for, and nobody may do so who has some. The others are read alone.
            *ahead = Ahead(None);
            known = known.max(met - u64::from(matches!(end, End::Left)));
            limits.memory = self.memory;
        }
    }

    /// Returns what the reading of a file may take at first.
    fn limits(&self, handed: &Handed<'_>) -> Limits {
        let extent = handed.format.extent();
        let large = extent == Extent::Whole && handed.size > FIRST_PART;
        let length = match extent {
            _ if large => handed.size,
            // No more than a record stands in memory.
            Extent::Stream => 0,
            _ => handed.bytes.len() as u64,
        };
        Limits {
            time: Duration::from_secs(self.worker.time.as_secs() + (handed.size >> 20)),
            memory: length.saturating_mul(FIRST.1).max(FIRST.0).min(self.memory),
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
        handed: Handed<'_>,
        file: &mut dyn ReadSeek,
        limits: Limits,
        each: &mut Each<'_>,
    ) -> Result<End, Unread> {
        // A reader of records may pause until all others come to an end: nobody may wait for its room.
        let room = self.enter(if handed.format.extent() == Extent::Stream { 0 } else { limits.memory });
        let mut process = room.process().map_err(|error| {
            Unread::Stopped(Cause(format!("cannot be read: no process can be started for it: {error}")))
        })?;
        // What ends all of them when the run is cancelled ends those that are known by then.
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Unread::Cancelled);
        }
        let began = Instant::now();
        // Where it does not listen, it is heard what it died of.
        let _ = process.hand(iter::once((handed, limits)));
        let busy = Busy { room, process, began };
        Ok(busy.hear(&mut Ahead(None), handed.format, file, limits, each))
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

/// Files that were handed to a process together, as far as they were not read yet.
#[derive(Default)]
pub(crate) struct Ahead<'a>(Option<Busy<'a>>);

impl Ahead<'_> {
    /// Returns how many there are.
    pub(crate) fn left(&self) -> usize {
        self.0.as_ref().map_or(0, |busy| busy.process.due.len())
    }

    /// Says whether the process may be handed so many bytes more while it reads.
    pub(crate) fn takes(&self, bytes: usize) -> bool {
        self.0.as_ref().is_some_and(|busy| busy.process.takes(bytes))
    }
}

impl Drop for Ahead<'_> {
    fn drop(&mut self) {
        if let Some(busy) = self.0.take() {
            busy.room.leave(busy.process, &End::Left, busy.began.elapsed());
        }
    }
}

/// A process that has files to read.
struct Busy<'a> {
    room: Room<'a>,
    process: Process,
    began: Instant,
}

impl<'a> Busy<'a> {
    /// Hears of the next file. A process that has more files is then put ahead again.
    fn hear(
        mut self,
        ahead: &mut Ahead<'a>,
        format: &dyn Format,
        file: &mut dyn ReadSeek,
        limits: Limits,
        each: &mut Each<'_>,
    ) -> End {
        let run = AssertUnwindSafe(|| {
            let end = self.process.hear(format, file, limits, each);
            (self, end)
        });
        // A process that was left in the middle of a talk is of no use any more.
        let Ok((busy, end)) = catch_unwind(run) else {
            return End::Failed(panicked(format).0);
        };
        if !busy.process.due.is_empty() && matches!(end, End::Read(_) | End::Failed(_)) {
            *ahead = Ahead(Some(busy));
        } else {
            busy.room.leave(busy.process, &end, busy.began.elapsed());
        }
        end
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

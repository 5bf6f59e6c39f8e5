//! What passages are written with: a few segments that are open, each written to by one thread at a time. Who
//! has passages and finds no segment free leaves them to one who has, while there is room; who fills a segment
//! takes it to disk, and others go on with the next. So no thread waits for another that has work to spare.
//! Passages that were written go back to who made them: what a thread took of memory is its own to free, and
//! another that did would hold it up.
//!
//! tantivy's own writer has threads of its own, which read while nobody writes and write while nobody reads; it is
//! used for what is left: it knows the segments, removes, commits and merges.

mod arena;
mod postings;
mod segment;

use std::{
    collections::VecDeque,
    mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard},
    thread::{self, ThreadId},
};

use tantivy::{
    IndexWriter, Term,
    indexer::{IndexWriterOptions, NoMergePolicy},
};

use self::segment::Open;
use super::{
    ready::Ready,
    removal::{Removal, Written},
    symbols::{LOT, Packers, Tables},
};

/// tantivy's least buffer for a segment, in bytes.
const LEAST_BUFFER: u64 = 15_000_000;

/// More bytes a segment does not take in memory, however many there are: what is in it is found by numbers of 32 bits.
const MOST_BUFFER: u64 = 2 << 30;

/// Bytes to read that are worth another segment at once.
const WORTH_A_SEGMENT: u64 = 8 << 20;

/// Bytes of passages that are written together. Reading and writing each have tables of their own, of which a
/// processor has those at hand that it used last: by turns of one article each, indexing took a tenth more.
const TOGETHER: u64 = 512 << 10;

/// Writes passages into the segments of an index.
pub(super) struct Writer {
    engine: RwLock<IndexWriter<Ready>>,
    index: tantivy::Index,
    jobs: usize,
    /// How many segments are open at most.
    most: usize,
    /// How many bytes each may take in memory.
    buffer: u64,
    /// How many bytes of passages may wait for a segment.
    room: u64,
    packers: Packers,
    state: Mutex<State>,
    changed: Condvar,
    written: Written,
}

#[derive(Default)]
struct State {
    /// Segments that are open, and no thread writes to.
    idle: Vec<Open>,
    /// How many are being written to.
    taken: usize,
    /// How many are on their way to disk.
    closing: usize,
    /// Articles that wait, with their bytes.
    waiting: VecDeque<(Vec<Ready>, u64)>,
    /// All of their bytes.
    bytes: u64,
    /// Passages that were written, by who made them: it is for them to let go of them.
    written: Vec<(ThreadId, Vec<Ready>)>,
    /// What is removed with the next commit.
    withdrawn: Vec<Term>,
}

impl State {
    /// Takes passages that wait: of whole articles, a [`LOT`] of texts, if there are so many.
    fn next(&mut self) -> Vec<Ready> {
        let (mut passages, mut texts) = (Vec::new(), 0);
        while texts < LOT
            && let Some((next, bytes)) = self.waiting.pop_front()
        {
            self.bytes -= bytes;
            texts += next.iter().map(|passage| passage.text().len()).sum::<usize>();
            passages.extend(next);
        }
        passages
    }

    /// Has passages wait for who made them.
    fn give_back(&mut self, passages: Vec<Ready>) {
        for passage in passages {
            let by = passage.made_by();
            match self.written.iter_mut().find(|(maker, _)| *maker == by) {
                Some((_, others)) => others.push(passage),
                None => self.written.push((by, vec![passage])),
            }
        }
    }

    /// Takes what was written of the passages that a thread made.
    fn own(&mut self, maker: ThreadId) -> Vec<Ready> {
        let own = self.written.iter_mut().find(|(by, _)| *by == maker);
        own.map(|(_, passages)| mem::take(passages)).unwrap_or_default()
    }
}

impl Writer {
    /// Makes a writer for so many readers, which have so many bytes of files to read and so much memory.
    pub(super) fn new(
        index: &tantivy::Index,
        packers: Packers,
        jobs: usize,
        bytes: u64,
        memory: u64,
    ) -> tantivy::Result<Self> {
        // Half of the memory, but for what grows while a segment is on its way to disk: readers need the rest.
        let heap = (memory / 32 * 15).max(LEAST_BUFFER);
        let most = (heap / (2 * LEAST_BUFFER)).min(1 + bytes / WORTH_A_SEGMENT).max(1);
        // A third of the work or so is writing.
        let most = most.min(jobs.clamp(1, 16).div_ceil(2) as u64);
        // Nothing is added to it: its thread sleeps. What is more than memory holds is of many segments.
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(if jobs > 1 && bytes > memory { 2 } else { 1 })
            .memory_budget_per_thread(LEAST_BUFFER as usize)
            .build();
        let engine = index.writer_with_options(options)?;
        start(&engine)?;
        Ok(Self {
            engine: RwLock::new(engine),
            index: index.clone(),
            jobs,
            most: most as usize,
            buffer: (heap / most).min(MOST_BUFFER),
            room: memory / 32,
            packers,
            state: Mutex::default(),
            changed: Condvar::new(),
            written: Written::default(),
        })
    }

    /// Removes the passages of a term that were there before this run.
    pub(super) fn remove(&self, term: Term) -> tantivy::Result<()> {
        let removal = Removal { term, written: self.written.clone() };
        let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner);
        engine.delete_query(Box::new(removal)).map(drop)
    }

    /// Removes with the next commit all that there is of a term then.
    pub(super) fn withdraw(&self, term: Term) {
        self.state().withdrawn.push(term);
    }

    /// Says whether an article of so many bytes is too long to wait for a segment.
    pub(super) fn is_long(&self, bytes: u64) -> bool {
        bytes > self.room / 4
    }

    /// Adds the passages of an article, which take about so many bytes. As with all others, they stay together
    /// and in order, wherever segments end.
    pub(super) fn add(&self, passages: Vec<Ready>, bytes: u64) -> tantivy::Result<()> {
        if passages.is_empty() {
            return Ok(());
        }
        // Nobody is to wait while they are freed.
        let own = self.state().own(thread::current().id());
        drop(own);
        let mut state = self.state();
        while state.taken == self.most && state.bytes + bytes > self.room {
            state = self.wait(state);
        }
        state.waiting.push_back((passages, bytes));
        state.bytes += bytes;
        if state.taken == self.most || state.bytes < TOGETHER {
            return Ok(());
        }
        self.take(state).go_on()
    }

    /// Adds the passages of a long article, each gone before the next is made.
    pub(super) fn add_long(&self, passages: impl Iterator<Item = Ready>) -> tantivy::Result<()> {
        let mut state = self.state();
        while state.taken == self.most {
            state = self.wait(state);
        }
        let mut turn = self.take(state);
        turn.segment()?.add(&self.packers, passages, &mut drop)?;
        turn.go_on()
    }

    /// Adds the passages of an article whose words fill a segment's memory: all before it is written down
    /// first, and then it is, before anything else.
    pub(super) fn add_alone(&self, passages: impl Iterator<Item = Ready>) -> tantivy::Result<()> {
        let mut state = self.state();
        while state.taken > 0 || state.closing > 0 {
            state = self.wait(state);
        }
        state.taken = self.most;
        drop(state);
        let _turns = Turn { writer: self, turns: self.most, segment: None };
        self.write_down()?;
        let mut segment = Open::new(self)?;
        segment.add(&self.packers, passages, &mut drop)?;
        self.hand_in(segment)
    }

    /// Commits what was added and removed, while nobody adds anything.
    pub(super) fn commit(&self, payload: &str) -> tantivy::Result<()> {
        self.write_down()?;
        let withdrawn = mem::take(&mut self.state().withdrawn);
        let mut engine = self.engine();
        for term in withdrawn {
            engine.delete_term(term);
        }
        let mut commit = engine.prepare_commit()?;
        commit.set_payload(payload);
        commit.commit().map(drop)
    }

    /// Forgets what was added and removed since the last commit.
    pub(super) fn roll_back(&self) -> tantivy::Result<()> {
        *self.state() = State::default();
        let mut engine = self.engine();
        engine.rollback()?;
        start(&engine)
    }

    /// Returns the tables of symbols that texts were packed by.
    pub(super) fn tables(&self) -> Tables {
        self.packers.tables()
    }

    /// Returns what merges segments and removes files, for one alone.
    pub(super) fn engine(&self) -> RwLockWriteGuard<'_, IndexWriter<Ready>> {
        self.engine.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the same for good.
    pub(super) fn into_engine(self) -> IndexWriter<Ready> {
        self.engine.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, mut state: MutexGuard<'_, State>) -> Turn<'_> {
        state.taken += 1;
        Turn { writer: self, turns: 1, segment: state.idle.pop() }
    }

    /// Takes to disk all that is open, and what waits.
    pub(super) fn write_down(&self) -> tantivy::Result<()> {
        let mut state = self.state();
        let (mut open, waiting) = (mem::take(&mut state.idle), mem::take(&mut state.waiting));
        state.bytes = 0;
        drop(state);
        if !waiting.is_empty() {
            if open.is_empty() {
                open.push(Open::new(self)?);
            }
            let passages = waiting.into_iter().flat_map(|(passages, _)| passages);
            open[0].add(&self.packers, passages, &mut drop)?;
        }
        thread::scope(|scope| {
            let last = open.pop();
            let others: Vec<_> =
                open.into_iter().map(|segment| scope.spawn(|| self.hand_in(segment))).collect();
            let written = last.map_or(Ok(()), |segment| self.hand_in(segment));
            others.into_iter().fold(written, |written, other| {
                written.and(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            })
        })
    }

    /// Writes a segment down, and has tantivy know it.
    fn hand_in(&self, segment: Open) -> tantivy::Result<()> {
        let meta = segment.write_down(self.jobs > 1)?;
        self.written.add(meta.id());
        self.engine.read().unwrap_or_else(PoisonError::into_inner).add_segment(meta)
    }
}

/// Makes a writer ready that is new, also by what it had being forgotten: segments are merged where it is
/// told so, and nowhere else. Uses up the first number that it gives to what it is told: that is the number of
/// the commit before, and of a removal that has it, segments of that commit may think that they know it
/// already.
fn start(engine: &IndexWriter<Ready>) -> tantivy::Result<()> {
    engine.set_merge_policy(Box::new(NoMergePolicy));
    engine.run(Vec::new()).map(|_| ())
}

/// A thread's turn to write to a segment, or to so many.
struct Turn<'a> {
    writer: &'a Writer,
    turns: usize,
    /// It is made with the first passage.
    segment: Option<Open>,
}

impl Turn<'_> {
    /// Adds the articles that wait.
    fn go_on(mut self) -> tantivy::Result<()> {
        let mut written = Vec::new();
        while !self.segment.as_ref().is_some_and(Open::is_full) {
            let mut state = self.writer.state();
            state.give_back(mem::take(&mut written));
            let passages = state.next();
            if passages.is_empty() {
                state.idle.extend(self.segment.take());
                return Ok(());
            }
            drop(state);
            self.writer.changed.notify_all();
            let packers = &self.writer.packers;
            self.segment()?.add(packers, passages, &mut |passage| written.push(passage))?;
        }
        self.writer.state().give_back(written);
        self.close()
    }

    fn segment(&mut self) -> tantivy::Result<&mut Open> {
        match &mut self.segment {
            Some(segment) => Ok(segment),
            none => Ok(none.insert(Open::new(self.writer)?)),
        }
    }

    /// Takes the segment to disk, while others may write to the next. No more are on their way there than may
    /// be open: that bounds what is in memory.
    fn close(mut self) -> tantivy::Result<()> {
        let (writer, segment) = (self.writer, self.segment.take());
        let mut state = writer.state();
        while state.closing == writer.most {
            state = writer.wait(state);
        }
        state.closing += 1;
        drop(state);
        let _closing = Closing(writer);
        drop(self);
        segment.map_or(Ok(()), |segment| writer.hand_in(segment))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.writer.state().taken -= self.turns;
        self.writer.changed.notify_all();
    }
}

/// A segment's way to disk.
struct Closing<'a>(&'a Writer);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.state().closing -= 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;

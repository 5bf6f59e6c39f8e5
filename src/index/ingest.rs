//! Files → passages in the index: several readers, who write by turns what they have read.

mod file;

use std::{
    cell::Cell,
    collections::VecDeque,
    io, iter,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crossbeam_channel::{Receiver, SendError, Sender};
use tantivy::TantivyError;

use self::file::Opened;
use super::{
    content,
    draft::{Desk, Drafts},
    last_words,
    ledger::Entry,
    manifest::Tally,
    ready::Ready,
    schema::Fields,
    share::Share,
    stage::Gate,
    tell::{Step, Tell},
    writer::Writer,
};
use crate::format::{
    FieldNames,
    worker::{STACK, Workers},
};

/// Files that are handed to a process with another, at most.
const TOGETHER: usize = 15;

/// Bytes of the longest file that is handed to a process with others. Where they have so many, no more go along.
const SMALL: u64 = 64 << 10;

/// A file to be read.
pub(super) struct Task {
    /// Where its entry goes.
    pub(super) slot: usize,
    pub(super) folder: u32,
    /// The names that fields of its records go by.
    pub(super) fields: FieldNames,
    pub(super) path: Vec<u8>,
    /// Its path on disk.
    pub(super) file: PathBuf,
    /// Its size when it was found, in bytes.
    pub(super) bytes: u64,
    /// What the ledger says of its earlier state.
    pub(super) old: Option<Box<Entry>>,
}

/// What all readers share.
pub(super) struct Ingest<'a> {
    pub(super) writer: &'a Writer,
    pub(super) fields: Fields,
    /// When the run began, in nanoseconds since 1970.
    pub(super) now: i64,
    pub(super) cancel: &'a AtomicBool,
    /// How much memory the run may use, in bytes.
    pub(super) memory: u64,
    /// Whether a reader was stopped in the middle of a file: what was added since the last commit holds
    /// half of it, and must not be committed.
    pub(super) torn: AtomicBool,
    /// Whether no reader of the index sees what is committed before the end.
    pub(super) beside: bool,
    /// Closed when a commit is to be made.
    pub(super) gate: Gate,
    /// The processes that read files; they are read here where there are none.
    pub(super) workers: Option<&'a Workers<'a>>,
    /// Held while a large file stands in memory as a whole: one at a time.
    pub(super) large: Mutex<()>,
    /// Held while the passages of a long article are made: one article at a time.
    pub(super) long: Mutex<()>,
    pub(super) share: Share,
    /// Desks that nobody sits at. Who needs one takes the one that was left last, so that few remember words.
    pub(super) desks: Mutex<Vec<Desk>>,
}

impl<'a> Ingest<'a> {
    /// Starts a reader for each processor, and where they are several one who only helps them, until `over` is
    /// closed. Readers end when there are no more tasks, or when told to stop.
    pub(super) fn start<'scope>(
        &'scope self,
        scope: &'scope thread::Scope<'scope, 'a>,
        jobs: usize,
        tasks: &Receiver<Task>,
        steps: &Sender<tantivy::Result<Step>>,
        over: &Receiver<()>,
    ) -> io::Result<()> {
        for _ in 0..jobs {
            let (tasks, steps) = (tasks.clone(), steps.clone());
            thread::Builder::new().name("reader".into()).stack_size(STACK).spawn_scoped(
                scope,
                move || {
                    while let Some(task) = self.help_until(&tasks) {
                        // There is to be work for all.
                        let most = TOGETHER.min(tasks.len() / jobs);
                        let others = iter::from_fn(|| tasks.try_recv().ok()).take(most);
                        if self.take(iter::once(task).chain(others), &steps).is_break() {
                            break;
                        }
                    }
                },
            )?;
        }
        if jobs > 1 {
            // Who reads a long file waits for its process, and the others may all have files of their own.
            let over = over.clone();
            let help = move || while self.help_until(&over).is_some() {};
            thread::Builder::new().name("helper".into()).spawn_scoped(scope, help)?;
        }
        Ok(())
    }

    /// Takes tasks until there are no more of them, or their files have [`SMALL`] bytes: opens all, and then reads
    /// one after the other.
    fn take(
        &self,
        tasks: impl Iterator<Item = Task>,
        steps: &Sender<tantivy::Result<Step>>,
    ) -> ControlFlow<()> {
        let (mut bytes, mut due, mut unread) = (0, Vec::new(), VecDeque::new());
        for task in tasks {
            bytes += task.bytes;
            due.push(task);
            if bytes >= SMALL {
                break;
            }
        }
        // What they have to wait for the disk, they wait at once.
        due.iter().skip(1).for_each(|task| content::fetch(&task.file));
        for task in due {
            let file = task.file.clone();
            match safely(&file, || Ok(self.open(task))) {
                Ok(Opened::Unread(file)) => unread.push_back(file),
                // What was removed of it is told of at once, whatever comes of the others.
                Ok(Opened::Done(done)) => told(steps.send(Ok(Step::Done(done))))?,
                Err(error) => told(steps.send(Err(error)))?,
            }
        }
        let small = unread.iter().take_while(|file| file.is_small()).map(|file| file.handed());
        let mut ahead = self.workers.map(|workers| workers.hand(small)).unwrap_or_default();
        while let Some(next) = unread.pop_front() {
            if self.cancel.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            let tell = Tell { slot: next.slot, told: Cell::new(0), steps };
            let (file, last) = (next.file.clone(), unread.is_empty());
            let done = safely(&file, || self.read(*next, &mut ahead, last, &tell));
            let done = done.transpose().filter(|_| !self.torn.load(Ordering::Relaxed));
            let Some(done) = done else { return ControlFlow::Break(()) };
            told(steps.send(done.map(Step::Done)))?;
        }
        ControlFlow::Continue(())
    }

    /// Adds an article. The words of one may be so many that it goes to disk by itself.
    pub(super) fn add(&self, drafts: Drafts, heavy: bool) -> tantivy::Result<Tally> {
        let (mut sum, bytes) = (Tally::default(), drafts.bytes_with_values());
        let made: tantivy::Result<Vec<_>> = self.at_a_desk(|desk| {
            let passages = drafts.map(|(draft, tally)| {
                sum += tally;
                Ready::new(draft, desk)
            });
            if heavy {
                self.writer.add_alone(passages)?;
            } else if self.writer.is_long(bytes) {
                self.writer.add_long(passages)?;
            } else {
                return Ok(passages.collect());
            }
            Ok(Vec::new())
        });
        self.writer.add(made?, bytes)?;
        Ok(sum)
    }

    /// Lends a desk.
    fn at_a_desk<T>(&self, work: impl FnOnce(&mut Desk) -> T) -> T {
        let idle = || self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut desk = idle().pop().unwrap_or_default();
        let made = work(&mut desk);
        idle().push(desk);
        made
    }

    /// Removes the passages of a file where it has any, be it of those that were added.
    fn withdraw(&self, entry: &Entry, any: bool) {
        if any {
            self.writer.withdraw(self.fields.file_term(entry.folder, &entry.path));
        }
    }
}

/// Goes on where somebody listens.
fn told<T>(sent: Result<(), SendError<T>>) -> ControlFlow<()> {
    if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// Makes a panic in the work on a file an error that names it, also that of one who was left a part of it: the
/// others would wait for what was to be done.
fn safely<T>(file: &Path, work: impl FnOnce() -> tantivy::Result<T>) -> tantivy::Result<T> {
    let of_file = |words: &str| Err(TantivyError::ErrorInThread(format!("{}: {words}", file.display())));
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Err(TantivyError::ErrorInThread(words))) => of_file(&words),
        Ok(done) => done,
        Err(panic) => of_file(last_words(&*panic)),
    }
}

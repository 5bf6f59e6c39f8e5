//! Files → passages in the index: several readers, who write by turns what they have read.

mod file;

use std::{
    cell::Cell,
    collections::VecDeque,
    io,
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

use self::file::{OpenFile, Opened};
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
    worker::{Ahead, STACK, Workers},
};

/// Files that are handed to a process with another, at most.
const TOGETHER: usize = 15;

/// Bytes of the longest file that is handed to a process with others. Where they have so many, no more go along.
const SMALL: u64 = 64 << 10;

/// When a process has fewer files left to read, it is handed more.
const FEW: usize = 8;

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
            let (tasks, waiting, steps) = (tasks.clone(), tasks.clone(), steps.clone());
            thread::Builder::new().name("reader".into()).stack_size(STACK).spawn_scoped(
                scope,
                move || {
                    while let Some(task) = self.help_until(&tasks) {
                        let mut tasks = Some(task).into_iter().chain(tasks.try_iter());
                        // There is to be work for all.
                        let mut next = || some(&mut tasks, waiting.len() / jobs);
                        if self.take(&mut next, &steps).is_break() {
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

    /// Opens files and reads one after the other. As long as a process reads all of those that are left, more are
    /// opened and handed to it, so that it has always some to read.
    fn take(
        &self,
        next: &mut dyn FnMut() -> Vec<Task>,
        steps: &Sender<tantivy::Result<Step>>,
    ) -> ControlFlow<()> {
        let (mut unread, mut ahead) = (VecDeque::new(), Ahead::default());
        self.open_all(next(), &mut unread, &mut ahead, steps)?;
        while let Some(file) = unread.pop_front() {
            if unread.len() < FEW && ahead.left() == unread.len() + 1 && ahead.takes(2 * SMALL as usize) {
                self.open_all(next(), &mut unread, &mut ahead, steps)?;
            }
            if self.cancel.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            let tell = Tell { slot: file.slot, told: Cell::new(0), steps };
            let (path, last) = (file.file.clone(), unread.is_empty());
            let done = safely(&path, || self.read(*file, &mut ahead, last, &tell));
            let done = done.transpose().filter(|_| !self.torn.load(Ordering::Relaxed));
            let Some(done) = done else { return ControlFlow::Break(()) };
            told(steps.send(done.map(Step::Done)))?;
        }
        ControlFlow::Continue(())
    }

    /// Opens the files of some tasks, and hands what is small of them to a process, behind what that has.
    fn open_all(
        &self,
        tasks: Vec<Task>,
        unread: &mut VecDeque<Box<OpenFile>>,
        ahead: &mut Ahead<'a>,
        steps: &Sender<tantivy::Result<Step>>,
    ) -> ControlFlow<()> {
        // What they have to wait for the disk, they wait at once.
        tasks.iter().skip(1).for_each(|task| content::fetch(&task.file));
        let known = unread.len();
        for task in tasks {
            let file = task.file.clone();
            match safely(&file, || Ok(self.open(task))) {
                Ok(Opened::Unread(file)) => unread.push_back(file),
                // What was removed of it is told of at once, whatever comes of the others.
                Ok(Opened::Done(done)) => told(steps.send(Ok(Step::Done(done))))?,
                Err(error) => told(steps.send(Err(error)))?,
            }
        }
        let small = unread.range(known..).take_while(|file| file.is_small()).map(|file| file.handed());
        self.workers.into_iter().for_each(|workers| workers.hand(small.clone(), ahead));
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

/// Takes some tasks, until their files have [`SMALL`] bytes.
fn some(tasks: &mut dyn Iterator<Item = Task>, most: usize) -> Vec<Task> {
    let (mut bytes, mut some) = (0, Vec::new());
    for task in tasks {
        bytes += task.bytes;
        some.push(task);
        if bytes >= SMALL || some.len() > most.min(TOGETHER) {
            break;
        }
    }
    some
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

//! Files → passages in the index: several readers, who write by turns what they have read.

use std::{
    cell::Cell,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crossbeam_channel::Sender;
use tantivy::TantivyError;

use super::{
    content::{Content, settled},
    draft::{Desk, Drafts},
    last_words,
    ledger::{Entry, Fate, nobody, starved},
    manifest::Tally,
    ready::Ready,
    schema::Fields,
    share::{Share, Shared},
    stage::Gate,
    tell::{Done, Filed, Parts, Step, Tell},
    weight::weight,
    writer::Writer,
};
use crate::{
    article::Article,
    format::{
        self, Extent, FIRST_PART, FieldNames, Flow, Format, Input, Nest, Rest,
        worker::{Handed, STACK, Unread, Workers},
    },
    passage::{self, Size},
    walk::Stamp,
};

/// Bytes of the text of an article that is long: several times as much in memory is its passages'.
const LONG: usize = 1 << 20;

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
    /// Starts so many readers. They end when there are no more tasks, or when told to stop.
    pub(super) fn start<'scope>(
        &'scope self,
        scope: &'scope thread::Scope<'scope, 'a>,
        readers: usize,
        tasks: &crossbeam_channel::Receiver<Task>,
        steps: &Sender<tantivy::Result<Step>>,
    ) -> io::Result<()> {
        for _ in 0..readers {
            let (tasks, steps) = (tasks.clone(), steps.clone());
            thread::Builder::new().name("reader".into()).stack_size(STACK).spawn_scoped(
                scope,
                move || {
                    while let Some(task) = self.help_until(&tasks) {
                        if self.cancel.load(Ordering::Relaxed) {
                            break;
                        }
                        let tell = Tell { slot: task.slot, told: Cell::new(0), steps: &steps };
                        let done = self.take_safely(task, &tell);
                        let Some(done) = done.transpose().filter(|_| !self.torn.load(Ordering::Relaxed))
                        else {
                            break;
                        };
                        if steps.send(done.map(|done| Step::Done(Box::new(done)))).is_err() {
                            break;
                        }
                    }
                },
            )?;
        }
        Ok(())
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

    /// Does the same as [`Self::take`], and makes a panic an error that names the file, also that of one who was
    /// left a part of it: the others would wait for what was to be done.
    fn take_safely(&self, task: Task, tell: &Tell<'_>) -> tantivy::Result<Option<Done>> {
        let file = task.file.clone();
        let of_file = |words: &str| Err(TantivyError::ErrorInThread(format!("{}: {words}", file.display())));
        match catch_unwind(AssertUnwindSafe(|| self.take(task, tell))) {
            Ok(Err(TantivyError::ErrorInThread(words))) => of_file(&words),
            Ok(done) => done,
            Err(panic) => of_file(last_words(&*panic)),
        }
    }

    /// Reads one file into the index; returns none where it was stopped before anything was changed.
    fn take(&self, task: Task, tell: &Tell<'_>) -> tantivy::Result<Option<Done>> {
        let Task { slot, folder, fields, path, file, bytes, old } = task;
        let done = |entry, same, resumed| {
            let bytes = bytes.saturating_sub(tell.told.get());
            Done { slot, file: file.clone(), bytes, entry, same, resumed }
        };
        let replaces = old.is_some();
        let mut content = match Content::open(&file) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let entry = Entry::new(folder, path, Stamp::default(), Fate::Failed(String::new()));
                self.withdraw(&entry, replaces);
                return Ok(Some(done(None, false, false)));
            }
            Err(error) => {
                let cause = format!("cannot be read: {error}");
                let mut entry = Entry::new(folder, path, Stamp::default(), Fate::Failed(cause));
                // Permissions and disks change without the file changing: try again each time.
                entry.settled = false;
                self.withdraw(&entry, replaces);
                return Ok(Some(done(Some(entry), false, false)));
            }
        };
        let settled = content.steady && settled(content.stamp, self.now);
        let same = |old: &&Entry| {
            old.hash == content.hash && is_read(&old.fate) && old.read_by_these(&fields, self.memory)
        };
        let same = old.as_deref().filter(same);
        if let Some(old) = same.filter(|old| old.begun == 0) {
            let entry = Entry { stamp: content.stamp, settled, ..old.clone() };
            return Ok(Some(done(Some(entry), true, false)));
        }
        let mut entry = Entry::new(folder, path, content.stamp, Fate::Indexed(Vec::new()));
        entry.settled = settled;
        entry.hash = content.hash;
        let mut resumed = false;
        match content.format {
            Some(format) => {
                entry.format = format.name().into();
                entry.read_by(format, &fields);
                let old = match same {
                    Some(begun) => Before::Begun(begun),
                    None if replaces => Before::Other,
                    None => Before::Nothing,
                };
                let filled = self.fill(&mut entry, old, format, &mut content, &fields, tell)?;
                let Some(paused) = filled else { return Ok(None) };
                resumed = paused;
            }
            None => {
                entry.fate = Fate::Unsupported(format::refusal(&content.name));
                entry.readers.push(nobody());
                self.withdraw(&entry, replaces);
            }
        }
        Ok(Some(done(Some(entry), false, resumed)))
    }

    /// Reads the articles of a file into the index and notes in its entry what came of it. Says whether a
    /// commit came before its end; nothing where it was stopped.
    fn fill(
        &self,
        entry: &mut Entry,
        before: Before<'_>,
        format: &dyn Format,
        content: &mut Content,
        names: &FieldNames,
        tell: &Tell<'_>,
    ) -> tantivy::Result<Option<bool>> {
        let mut filed = Filed::default();
        let replaces = matches!(before, Before::Other);
        let begun = match before {
            Before::Begun(begun) => {
                filed.tally = begun.tally.clone();
                begun.begun
            }
            _ => 0,
        };
        let mut resumed = begun > 0;
        let pauses = (self.beside || !replaces) && format.extent() == Extent::Stream;
        let (mut number, mut broken) = (0, None);
        let (bytes, name) = (std::mem::take(&mut content.bytes), content.name.clone());
        let size = content.stamp.size;
        let mut parts = Parts { file: &content.file, read: 0, tell };
        let large = format.extent() == Extent::Whole && size > FIRST_PART;
        let _turn = large.then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
        let (fields, file) = (self.fields, &*entry);
        let mut shared = Shared::new(self);
        let mut each = |mut article: Article| {
            if !filed.readers.contains(&article.format) {
                filed.readers.push(article.format);
            }
            filed.warnings.append(&mut article.warnings);
            if number == 0 {
                filed.title = article.title.clone().unwrap_or_default();
            }
            if u64::from(number) < begun {
                // It was committed.
                number += 1;
                return Flow::Continue(());
            }
            let length: usize = article.sections.iter().map(|section| section.text.len()).sum();
            let long = length > LONG;
            let turn = long.then(|| self.long.lock().unwrap_or_else(PoisonError::into_inner));
            let passages = passage::cut(&article, Size::default());
            let heavy = long && weight(&passages) > self.memory / 8;
            let drafts = Drafts::new(fields, file, number, article, passages);
            number += 1;
            let old = (replaces && number == 1).then(|| fields.file_term(file.folder, &file.path));
            let removed = old.map_or(Ok(()), |old| self.writer.remove(old));
            let closing = self.gate.closing().filter(|_| pauses);
            let added = removed.and_then(|()| {
                filed.tally += if long { self.add(drafts, heavy)? } else { shared.add(drafts)? };
                if closing.is_some() {
                    // What the ledger speaks of is to be added.
                    filed.tally += shared.finish()?;
                }
                Ok(())
            });
            drop(turn);
            match added {
                Ok(()) => {
                    if let Some(closing) = closing {
                        resumed = true;
                        tell.pause(filed.begun(file, number.into(), names));
                        self.gate.pass(closing);
                    }
                    // Of a file of records the rest may take long.
                    let stopped = format.extent() != Extent::First && self.cancel.load(Ordering::Relaxed);
                    self.torn.fetch_or(stopped, Ordering::Relaxed);
                    if stopped { Flow::Break(()) } else { Flow::Continue(()) }
                }
                Err(error) => {
                    broken = Some(error);
                    Flow::Break(())
                }
            }
        };
        let outcome = match self.workers {
            Some(workers) => {
                let (name, bytes, fields) = (&*name, &*bytes, names);
                workers.read(format, Handed { name, bytes, size, file: &mut parts, fields }, &mut each)
            }
            None => {
                let rest = Rest::of(format.extent(), size, &mut parts);
                let allowance = Nest::allowance(size);
                let input = Input { name: &name, bytes: &bytes, rest, nest: Nest::of(&allowance, names) };
                format::read(format, input, &mut each).map_err(Unread::Failed)
            }
        };
        let added = shared.finish();
        filed
            .readers
            .iter()
            .filter_map(|name| format::by_name(name))
            .for_each(|format| entry.read_by(format, names));
        if let Some(error) = broken {
            return Err(error);
        }
        filed.tally += added?;
        if let Err(Unread::Cancelled) = outcome {
            self.torn.fetch_or(number > 0, Ordering::Relaxed);
            return Ok(None);
        }
        if number == 0 {
            self.withdraw(entry, replaces);
        }
        match outcome {
            Ok(warnings) => {
                let warnings = content.cut_off.take().into_iter().chain(filed.warnings).chain(warnings);
                entry.fate = Fate::Indexed(warnings.collect());
                entry.title = filed.title;
                entry.tally = filed.tally;
            }
            Err(Unread::Failed(cause)) => entry.fate = Fate::Failed(cause.to_string()),
            Err(Unread::Starved(cause)) => {
                entry.fate = Fate::Failed(cause.to_string());
                entry.readers.push(starved(self.memory));
            }
            Err(Unread::Stopped(cause)) => {
                entry.fate = Fate::Failed(cause.to_string());
                // It is tried again each time: no state of it is known, and no content.
                (entry.settled, entry.hash) = (false, [0; 16]);
            }
            Err(Unread::Cancelled) => {}
        }
        if matches!(entry.fate, Fate::Failed(_)) {
            // What a reader had handed on before it failed.
            self.withdraw(entry, number > 0);
        }
        Ok(Some(resumed))
    }
}

/// What the index holds of a file before it is read.
enum Before<'a> {
    Nothing,
    /// Its first articles, as this entry says.
    Begun(&'a Entry),
    /// Another state of it.
    Other,
}

/// Whether reading the same bytes again would come to the same.
fn is_read(fate: &Fate) -> bool {
    matches!(fate, Fate::Indexed(_) | Fate::Failed(_) | Fate::Unsupported(_))
}

//! Files → passages in the index: several readers, each handing its passages to the one writer.

use std::{
    cell::Cell,
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crossbeam_channel::Sender;
use tantivy::{IndexWriter, indexer::UserOperation};

use super::{
    content::{Content, settled},
    draft::Drafts,
    ledger::{Entry, Fate, nobody, starved},
    manifest::Tally,
    queue::{Queue, Waiting},
    schema::Fields,
    stage::Gate,
    tell::{Done, Parts, Step, Tell},
    weight::weight,
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
    pub(super) writer: &'a RwLock<IndexWriter<Waiting>>,
    pub(super) queue: Arc<Queue>,
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
}

impl<'a> Ingest<'a> {
    /// Starts the readers. They end when there are no more tasks, or when told to stop.
    pub(super) fn start<'scope>(
        &'scope self,
        scope: &'scope thread::Scope<'scope, 'a>,
        jobs: usize,
        tasks: &crossbeam_channel::Receiver<Task>,
        steps: &Sender<tantivy::Result<Step>>,
    ) -> io::Result<()> {
        for _ in 0..jobs {
            let (tasks, steps) = (tasks.clone(), steps.clone());
            thread::Builder::new().name("reader".into()).stack_size(STACK).spawn_scoped(
                scope,
                move || {
                    for task in tasks {
                        if self.cancel.load(Ordering::Relaxed) {
                            break;
                        }
                        let tell = Tell { slot: task.slot, told: Cell::new(0), steps: &steps };
                        let done = self.take(task, &tell);
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
                self.replace(&entry, replaces, Vec::new())?;
                return Ok(Some(done(None, false, false)));
            }
            Err(error) => {
                let cause = format!("cannot be read: {error}");
                let mut entry = Entry::new(folder, path, Stamp::default(), Fate::Failed(cause));
                // Permissions and disks change without the file changing: try again each time.
                entry.settled = false;
                self.replace(&entry, replaces, Vec::new())?;
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
                self.replace(&entry, replaces, Vec::new())?;
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
            let heavy = long && weight(&passages) > self.queue.limit();
            let drafts = Drafts::new(fields, file, number, article, passages);
            number += 1;
            let replaced = self.add(file, replaces && number == 1, drafts, heavy);
            drop(turn);
            match replaced {
                Ok(tally) => {
                    filed.tally += tally;
                    if let Some(closing) = self.gate.closing().filter(|_| pauses) {
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
        filed
            .readers
            .iter()
            .filter_map(|name| format::by_name(name))
            .for_each(|format| entry.read_by(format, names));
        if let Some(error) = broken {
            return Err(error);
        }
        if let Err(Unread::Cancelled) = outcome {
            self.torn.fetch_or(number > 0, Ordering::Relaxed);
            return Ok(None);
        }
        if number == 0 {
            self.replace(entry, replaces, Vec::new())?;
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
            self.replace(entry, number > 0, Vec::new())?;
        }
        Ok(Some(resumed))
    }

    /// Replaces what the index holds of a file by an article once there is room for it. One whose words fill
    /// the writer's memory is written when all before it is on disk, and goes there at once.
    fn add(&self, entry: &Entry, old: bool, drafts: Drafts, heavy: bool) -> tantivy::Result<Tally> {
        let made = !heavy && self.queue.is_busy(drafts.bytes_with_values());
        let bytes = match (heavy, made) {
            (true, _) => self.queue.limit(),
            (_, true) => drafts.bytes_with_values(),
            _ => drafts.bytes(),
        };
        // Nobody may wait for room who keeps the writer.
        let ticket = Arc::new(self.queue.enter(bytes));
        if heavy {
            self.write_down()?;
        }
        let mut sum = Tally::default();
        let wait = |(draft, tally)| {
            sum += tally;
            Waiting::new(draft, &ticket)
        };
        let passages: Vec<_> = drafts.map(wait).collect();
        drop(ticket);
        if made {
            self.queue.at_a_desk(|desk| passages.iter().for_each(|passage| passage.make(desk)));
        }
        self.replace(entry, old, passages)?;
        if heavy {
            self.write_down()?;
        }
        Ok(sum)
    }

    /// Removes the passages of a file where it has any, and adds those of an article. No commit comes
    /// between. The passages of an article stay together and in order, wherever segments end.
    fn replace(&self, entry: &Entry, old: bool, passages: Vec<Waiting>) -> tantivy::Result<()> {
        let writer = self.writer.read().unwrap_or_else(PoisonError::into_inner);
        if old {
            writer.delete_term(self.fields.file_term(entry.folder, &entry.path));
        }
        if !passages.is_empty() {
            writer.run(passages.into_iter().map(UserOperation::Add))?;
        }
        Ok(())
    }

    /// Has the writer put on disk all that it was given, as for a commit; none is made.
    fn write_down(&self) -> tantivy::Result<()> {
        let mut writer = self.writer.write().unwrap_or_else(PoisonError::into_inner);
        writer.prepare_commit().map(|_| ())
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

/// What was read of a file so far.
#[derive(Default)]
struct Filed {
    /// The title of its first article.
    title: String,
    tally: Tally,
    warnings: Vec<String>,
    /// The formats of its articles.
    readers: Vec<&'static str>,
}

impl Filed {
    /// Returns the entry of a file of which so many articles were read.
    fn begun(&self, entry: &Entry, articles: u64, names: &FieldNames) -> Entry {
        let said = format!("in progress: {articles} articles were read so far");
        let warnings = self.warnings.iter().cloned().chain([said]).collect();
        let mut begun = Entry {
            fate: Fate::Indexed(warnings),
            title: self.title.clone(),
            tally: self.tally.clone(),
            settled: false,
            begun: articles,
            ..entry.clone()
        };
        let readers = self.readers.iter().filter_map(|name| format::by_name(name));
        readers.for_each(|format| begun.read_by(format, names));
        begun
    }
}

/// Whether reading the same bytes again would come to the same.
fn is_read(fate: &Fate) -> bool {
    matches!(fate, Fate::Indexed(_) | Fate::Failed(_) | Fate::Unsupported(_))
}

//! Files → passages in the index: several readers, each handing its passages to the one writer.

use std::{
    cell::Cell,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crossbeam_channel::Sender;
use tantivy::{IndexWriter, indexer::UserOperation};

use super::{
    draft::Drafts,
    ledger::{Entry, Fate, nobody},
    manifest::Tally,
    queue::{Queue, Waiting},
    schema::Fields,
};
use crate::{
    article::Article,
    format::{self, Extent, FIRST_PART, FieldNames, Flow, Format, Input, Nest, Rest},
    passage::{self, Size},
    walk::{self, Stamp},
};

/// Bytes by which the format of a file is told before more of it is read.
const HEAD: u64 = 64 << 10;

/// A reader's stack: deep nesting in a file must not overflow it.
const STACK: usize = 16 << 20;

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

impl Task {
    /// Says whether a reader takes the file, as far as its name and its first bytes tell.
    pub(super) fn is_readable(&self) -> bool {
        let name = self.file.file_name().unwrap_or_default().to_string_lossy();
        let mut head = Vec::new();
        format::by_extension(&name).is_some() || {
            let read = File::open(&self.file).and_then(|file| file.take(HEAD).read_to_end(&mut head));
            read.is_ok() && format::of(&name, &head).is_some()
        }
    }
}

/// What a reader tells of its work.
pub(super) enum Step {
    /// So many bytes more of a long file were read.
    Part(u64),
    Done(Box<Done>),
}

/// What came of a [`Task`].
pub(super) struct Done {
    pub(super) slot: usize,
    pub(super) file: PathBuf,
    pub(super) bytes: u64,
    pub(super) entry: Entry,
    /// Whether the content is what it was, whatever the file's times say.
    pub(super) same: bool,
}

/// What all readers share.
pub(super) struct Ingest<'a> {
    pub(super) writer: &'a RwLock<IndexWriter<Waiting>>,
    pub(super) queue: Arc<Queue>,
    pub(super) fields: Fields,
    /// When the run began, in nanoseconds since 1970.
    pub(super) now: i64,
    pub(super) cancel: &'a AtomicBool,
    /// Whether a reader was stopped in the middle of a file: what was added since the last commit holds
    /// half of it, and must not be committed.
    pub(super) torn: AtomicBool,
    /// Held while a large file stands in memory as a whole: one at a time.
    pub(super) large: Mutex<()>,
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
                        let done = self.take(task, &|bytes| _ = steps.send(Ok(Step::Part(bytes))));
                        if self.torn.load(Ordering::Relaxed)
                            || steps.send(done.map(|done| Step::Done(Box::new(done)))).is_err()
                        {
                            break;
                        }
                    }
                },
            )?;
        }
        Ok(())
    }

    /// Reads one file into the index.
    fn take(&self, task: Task, part: &dyn Fn(u64)) -> tantivy::Result<Done> {
        let Task { slot, folder, fields, path, file, bytes, old } = task;
        let told = Cell::new(0);
        let part = |bytes| {
            told.set(told.get() + bytes);
            part(bytes);
        };
        let done = |entry, same| {
            let bytes = bytes.saturating_sub(told.get());
            Done { slot, file: file.clone(), bytes, entry, same }
        };
        let replaces = old.is_some();
        let mut content = match Content::open(&file) {
            Ok(content) => content,
            Err(error) => {
                let cause = format!("cannot be read: {error}");
                let mut entry = Entry::new(folder, path, Stamp::default(), Fate::Failed(cause));
                // Permissions and disks change without the file changing: try again each time.
                entry.settled = false;
                self.replace(&entry, replaces, None)?;
                return Ok(done(entry, false));
            }
        };
        let settled = content.steady && settled(content.stamp, self.now);
        let same =
            |old: &&Entry| old.hash == content.hash && is_read(&old.fate) && old.read_by_these(&fields);
        if let Some(old) = old.as_deref().filter(same) {
            return Ok(done(Entry { stamp: content.stamp, settled, ..old.clone() }, true));
        }
        let mut entry = Entry::new(folder, path, content.stamp, Fate::Indexed(Vec::new()));
        entry.settled = settled;
        entry.hash = content.hash;
        match content.format {
            Some(format) => {
                entry.format = format.name().into();
                entry.read_by(format, &fields);
                self.fill(&mut entry, replaces, format, &mut content, &fields, &part)?;
            }
            None => {
                entry.fate = Fate::Unsupported(format::refusal(&content.name));
                entry.readers.push(nobody());
                self.replace(&entry, replaces, None)?;
            }
        }
        Ok(done(entry, false))
    }

    /// Reads the articles of a file into the index and notes in its entry what came of it.
    fn fill(
        &self,
        entry: &mut Entry,
        replaces: bool,
        format: &dyn Format,
        content: &mut Content,
        names: &FieldNames,
        part: &dyn Fn(u64),
    ) -> tantivy::Result<()> {
        let mut filed = Filed::default();
        let (mut number, mut broken) = (0, None);
        let (bytes, name) = (std::mem::take(&mut content.bytes), content.name.clone());
        let allowance = Nest::allowance(content.stamp.size);
        let mut parts = Parts { file: &content.file, read: 0, part };
        let rest = match format.extent() {
            _ if content.stamp.size <= FIRST_PART => Rest::Nothing,
            Extent::First => Rest::Nothing,
            Extent::Stream => Rest::Stream(&mut parts),
            Extent::Whole => Rest::File(&mut parts),
        };
        let large = matches!(rest, Rest::File(_));
        let _turn = large.then(|| self.large.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let input = Input { name: &name, bytes: &bytes, rest, nest: Nest::of(&allowance, names) };
        let (fields, file) = (self.fields, &*entry);
        let mut each = |mut article: Article| {
            if !filed.readers.contains(&article.format) {
                filed.readers.push(article.format);
            }
            filed.warnings.append(&mut article.warnings);
            if number == 0 {
                filed.title = article.title.clone().unwrap_or_default();
            }
            let passages = passage::cut(&article, Size::default());
            let drafts = Drafts::new(fields, file, number, article, passages);
            number += 1;
            match self.replace(file, replaces && number == 1, Some(drafts)) {
                Ok(tally) => {
                    filed.tally += tally;
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
        let outcome = format::read(format, input, &mut each);
        filed
            .readers
            .iter()
            .filter_map(|name| format::by_name(name))
            .for_each(|format| entry.read_by(format, names));
        if let Some(error) = broken {
            return Err(error);
        }
        if number == 0 {
            self.replace(entry, replaces, None)?;
        }
        match outcome {
            Ok(warnings) => {
                let warnings = content.cut_off.take().into_iter().chain(filed.warnings).chain(warnings);
                entry.fate = Fate::Indexed(warnings.collect());
                entry.title = filed.title;
                entry.tally = filed.tally;
            }
            Err(cause) => {
                entry.fate = Fate::Failed(cause.to_string());
                // What a reader had handed on before it failed.
                self.replace(entry, number > 0, None)?;
            }
        }
        Ok(())
    }

    /// Removes the passages of a file where it has any, and adds those of an article. No commit comes
    /// between. The passages of an article stay together and in order, wherever segments end.
    fn replace(&self, entry: &Entry, old: bool, article: Option<Drafts>) -> tantivy::Result<Tally> {
        let writer = self.writer.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if old {
            writer.delete_term(self.fields.file_term(entry.folder, &entry.path));
        }
        let mut sum = Tally::default();
        if let Some(drafts) = article {
            let ticket = Arc::new(self.queue.enter(drafts.bytes()));
            let wait = |(draft, tally)| {
                sum += tally;
                UserOperation::Add(Waiting::new(draft, &ticket))
            };
            let batch: Vec<_> = drafts.map(wait).collect();
            writer.run(batch)?;
        }
        Ok(sum)
    }
}

/// The rest of a long file, telling of each [`PART`] that was read of it.
struct Parts<'a> {
    file: &'a File,
    read: u64,
    part: &'a dyn Fn(u64),
}

/// Bytes of a part that is told of.
const PART: u64 = 1 << 20;

impl Read for Parts<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read += read as u64;
        if self.read >= PART {
            (self.part)(std::mem::take(&mut self.read));
        }
        Ok(read)
    }
}

impl Seek for Parts<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
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

/// Whether reading the same bytes again would come to the same.
fn is_read(fate: &Fate) -> bool {
    matches!(fate, Fate::Indexed(_) | Fate::Failed(_) | Fate::Unsupported(_))
}

/// The content of a file and its state when it was opened.
struct Content {
    name: String,
    /// None for what no reader takes.
    format: Option<&'static dyn Format>,
    /// Its first bytes, up to [`FIRST_PART`].
    bytes: Vec<u8>,
    /// Stands where they end.
    file: File,
    hash: [u8; 16],
    stamp: Stamp,
    /// Whether the state was the same after reading as before.
    steady: bool,
    /// What will not be read.
    cut_off: Option<String>,
}

impl Content {
    fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let stamp = walk::stamp(&file.metadata()?);
        let mut bytes = Vec::new();
        file.by_ref().take(HEAD).read_to_end(&mut bytes)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut format = format::of(&name, &bytes);
        // Of what no reader takes no more is read, and a large file is left to its reader.
        let large = |format: &dyn Format| format.extent() == Extent::Whole && stamp.size > FIRST_PART;
        if format.is_some_and(|format| !large(format)) {
            bytes.reserve_exact(
                usize::try_from(stamp.size.min(FIRST_PART)).unwrap_or(0).saturating_sub(bytes.len()),
            );
            file.by_ref().take(FIRST_PART - bytes.len() as u64).read_to_end(&mut bytes)?;
            format = format::of(&name, &bytes);
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&bytes).update(&stamp.size.to_le_bytes());
        let mut cut_off = None;
        if let Some(format) = format.filter(|_| stamp.size > FIRST_PART) {
            if format.extent() != Extent::First {
                hasher.update_reader(&mut file)?;
                file.seek(SeekFrom::Start(bytes.len() as u64))?;
            } else {
                let (read, all) = (FIRST_PART >> 20, stamp.size.div_ceil(1 << 20));
                cut_off = Some(format!("only the first {read} MB of {all} were read"));
            }
        }
        let steady = walk::stamp(&file.metadata()?) == stamp;
        let hash = *hasher.finalize().as_bytes().first_chunk().expect("a hash has 32 bytes");
        Ok(Self { name, format, bytes, file, hash, stamp, steady, cut_off })
    }
}

/// Whether a state had stood so long at `now` that a later change cannot have the same times. File
/// systems count in steps: whole seconds, or even two, where the times have no fraction, some
/// milliseconds where they have one.
fn settled(stamp: Stamp, now: i64) -> bool {
    let last = stamp.modified.max(stamp.changed);
    let coarse = stamp.modified % 1_000_000_000 == 0 && stamp.changed % 1_000_000_000 == 0;
    let step = if coarse { 2_000_000_000 } else { 50_000_000 };
    last.saturating_add(step) < now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_settled_once_a_later_change_must_show() {
        let check = |modified: i64, changed: i64, now: i64, expected: bool| {
            assert_eq!(
                settled(Stamp { size: 1, modified, changed, inode: 1 }, now),
                expected,
                "{modified} {changed} {now}"
            );
        };
        let second = 1_000_000_000;
        check(10 * second + 5, 10 * second + 5, 11 * second, true);
        check(10 * second + 5, 10 * second + 5, 10 * second + 1_000_000, false);
        check(10 * second, 0, 11 * second, false);
        check(10 * second, 0, 13 * second, true);
        // A file from the future, or one whose old times were put back just now.
        check(99 * second + 5, 10 * second + 5, 20 * second, false);
        check(second, 10 * second + 5, 10 * second + 6, false);
    }
}

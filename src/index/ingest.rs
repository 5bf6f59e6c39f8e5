//! Files → passages in the index: several readers, each handing its passages to the one writer.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crossbeam_channel::Sender;
use tantivy::IndexWriter;

use super::{
    ledger::{Entry, Fate},
    manifest::Tally,
    schema::{self, Fields},
};
use crate::{
    format::{self, Flow, Input},
    passage::{self, Size},
    walk::{self, Stamp},
};

/// As much of a file as is read; the ledger names the files that are longer. An article is never so
/// long, and a reader needs some times a file's size in memory.
pub(crate) const LONGEST_FILE: u64 = 16 << 20;

/// A reader's stack: deep nesting in a file must not overflow it.
const STACK: usize = 16 << 20;

/// A file to be read.
pub(super) struct Task {
    /// Where its entry goes.
    pub(super) slot: usize,
    pub(super) folder: u32,
    pub(super) path: Vec<u8>,
    /// Its path on disk.
    pub(super) file: PathBuf,
    /// Its size when it was found, in bytes.
    pub(super) bytes: u64,
    /// What the ledger says of its earlier state.
    pub(super) old: Option<Box<Entry>>,
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
    pub(super) writer: &'a RwLock<IndexWriter>,
    pub(super) fields: Fields,
    /// When the run began, in nanoseconds since 1970.
    pub(super) now: i64,
    pub(super) cancel: &'a AtomicBool,
}

impl<'a> Ingest<'a> {
    /// Starts the readers. They end when there are no more tasks, or when told to stop.
    pub(super) fn start<'scope>(
        &'scope self,
        scope: &'scope thread::Scope<'scope, 'a>,
        jobs: usize,
        tasks: &crossbeam_channel::Receiver<Task>,
        done: &Sender<tantivy::Result<Done>>,
    ) -> io::Result<()> {
        for _ in 0..jobs {
            let (tasks, done) = (tasks.clone(), done.clone());
            thread::Builder::new().name("reader".into()).stack_size(STACK).spawn_scoped(
                scope,
                move || {
                    for task in tasks {
                        if self.cancel.load(Ordering::Relaxed) || done.send(self.take(task)).is_err() {
                            break;
                        }
                    }
                },
            )?;
        }
        Ok(())
    }

    /// Reads one file into the index.
    fn take(&self, task: Task) -> tantivy::Result<Done> {
        let Task { slot, folder, path, file, bytes, old } = task;
        let done = |entry, same| Done { slot, file: file.clone(), bytes, entry, same };
        let read = match read(&file) {
            Ok(read) => read,
            Err(error) => {
                let cause = format!("cannot be read: {error}");
                let mut entry = Entry::new(folder, path, Stamp::default(), Fate::Failed(cause));
                // Permissions and disks change without the file changing: try again each time.
                entry.settled = false;
                self.replace(&entry, old.is_some(), std::iter::empty())?;
                return Ok(done(entry, false));
            }
        };
        let settled = read.steady && settled(read.stamp, self.now);
        if let Some(old) = old.as_deref().filter(|old| old.hash == read.hash && is_read(&old.fate)) {
            return Ok(done(Entry { stamp: read.stamp, settled, ..old.clone() }, true));
        }
        let mut entry = Entry::new(folder, path, read.stamp, Fate::Indexed(Vec::new()));
        entry.settled = settled;
        entry.hash = read.hash;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let Some(format) = format::of(&name, &read.bytes) else {
            entry.fate = Fate::Unsupported("not text in any format that can be read".into());
            self.replace(&entry, old.is_some(), std::iter::empty())?;
            return Ok(done(entry, false));
        };
        entry.format = format.name().into();
        let mut articles = Vec::new();
        let outcome = format::read(format, Input { name: &name, bytes: &read.bytes }, &mut |article| {
            articles.push(article);
            Flow::Continue(())
        });
        match outcome {
            Ok(()) => {
                let mut warnings: Vec<String> = read.cut_off.into_iter().collect();
                warnings
                    .extend(articles.iter_mut().flat_map(|article| std::mem::take(&mut article.warnings)));
                entry.fate = Fate::Indexed(warnings);
            }
            Err(cause) => {
                entry.fate = Fate::Failed(cause.to_string());
                articles.clear();
            }
        }
        drop(read.bytes);
        entry.title = articles.first().and_then(|article| article.title.clone()).unwrap_or_default();
        let mut tally = Tally::default();
        let (source, path) = (entry.format.clone(), entry.path.clone());
        let documents = (0..).zip(articles).flat_map(|(number, article)| {
            let passages = passage::cut(&article, Size::default());
            schema::Documents::new(&self.fields, folder, &path, number, &source, article, passages)
        });
        let documents = documents.map(|(document, part)| {
            tally += part;
            document
        });
        self.replace(&entry, old.is_some(), documents)?;
        entry.tally = tally;
        Ok(done(entry, false))
    }

    /// Puts the passages of a file in place of those it had. No commit comes between.
    fn replace(
        &self,
        entry: &Entry,
        old: bool,
        documents: impl Iterator<Item = tantivy::TantivyDocument>,
    ) -> tantivy::Result<()> {
        let writer = self.writer.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if old {
            writer.delete_term(self.fields.file_term(entry.folder, &entry.path));
        }
        for document in documents {
            writer.add_document(document)?;
        }
        Ok(())
    }
}

/// Whether reading the same bytes again would come to the same.
fn is_read(fate: &Fate) -> bool {
    matches!(fate, Fate::Indexed(_) | Fate::Failed(_) | Fate::Unsupported(_))
}

/// The bytes of a file and its state when they were read.
struct Content {
    bytes: Vec<u8>,
    hash: [u8; 16],
    stamp: Stamp,
    /// Whether the state was the same after reading as before.
    steady: bool,
    /// What was not read.
    cut_off: Option<String>,
}

fn read(path: &Path) -> io::Result<Content> {
    let mut file = File::open(path)?;
    let stamp = walk::stamp(&file.metadata()?);
    let mut bytes = Vec::with_capacity(usize::try_from(stamp.size.min(LONGEST_FILE)).unwrap_or(0) + 1);
    file.by_ref().take(LONGEST_FILE).read_to_end(&mut bytes)?;
    let after = walk::stamp(&file.metadata()?);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&bytes).update(&stamp.size.to_le_bytes());
    let hash = *hasher.finalize().as_bytes().first_chunk().expect("a hash has 32 bytes");
    let cut_off = (stamp.size > LONGEST_FILE).then(|| {
        format!("only the first {} MB of {} were read", LONGEST_FILE >> 20, stamp.size.div_ceil(1 << 20))
    });
    Ok(Content { bytes, hash, stamp, steady: stamp == after, cut_off })
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

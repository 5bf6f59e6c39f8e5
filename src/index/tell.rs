//! What a reader tells of its work, to who waits for it.

use std::{
    cell::Cell,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::PathBuf,
};

use crossbeam_channel::Sender;

use super::{
    ledger::{Entry, Fate},
    manifest::Tally,
};
use crate::format::{self, FieldNames};

/// What a reader tells of its work.
pub(super) enum Step {
    /// So many bytes more of a long file were read.
    Part(u64),
    /// The reader of the file in this slot waits for a commit; so much of it was read.
    Paused(usize, Box<Entry>),
    Done(Box<Done>),
}

/// What came of a [`Task`].
pub(super) struct Done {
    pub(super) slot: usize,
    pub(super) file: PathBuf,
    pub(super) bytes: u64,
    /// None where it went after it was found.
    pub(super) entry: Option<Entry>,
    /// Whether the content is what it was, whatever the file's times say.
    pub(super) same: bool,
    /// Whether a commit came before its end.
    pub(super) resumed: bool,
}

/// What was read of a file so far.
#[derive(Default)]
pub(super) struct Filed {
    /// The title of its first article.
    pub(super) title: String,
    pub(super) tally: Tally,
    pub(super) warnings: Vec<String>,
    /// The formats of its articles.
    pub(super) readers: Vec<&'static str>,
}

impl Filed {
    /// Returns the entry of a file of which so many articles were read.
    pub(super) fn begun(&self, entry: &Entry, articles: u64, names: &FieldNames) -> Entry {
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

/// How a reader tells of its work before it is done.
pub(super) struct Tell<'a> {
    pub(super) slot: usize,
    /// Bytes that were told of.
    pub(super) told: Cell<u64>,
    pub(super) steps: &'a Sender<tantivy::Result<Step>>,
}

impl Tell<'_> {
    pub(super) fn part(&self, bytes: u64) {
        self.told.set(self.told.get() + bytes);
        // Where nobody listens any more, the run ends soon.
        let _ = self.steps.send(Ok(Step::Part(bytes)));
    }

    pub(super) fn pause(&self, entry: Entry) {
        let _ = self.steps.send(Ok(Step::Paused(self.slot, Box::new(entry))));
    }
}

/// The rest of a long file, telling of each [`PART`] that was read of it.
pub(super) struct Parts<'a> {
    /// None where its first part is all.
    pub(super) file: Option<&'a File>,
    /// Bytes that were read since it was told of some.
    pub(super) read: u64,
    pub(super) tell: &'a Tell<'a>,
}

/// Bytes of a part that is told of.
const PART: u64 = 1 << 20;

impl Parts<'_> {
    fn file(&self) -> io::Result<&File> {
        self.file.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Read for Parts<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file()?.read(buffer)?;
        self.read += read as u64;
        if self.read >= PART {
            self.tell.part(std::mem::take(&mut self.read));
        }
        Ok(read)
    }
}

impl Seek for Parts<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file()?.seek(to)
    }
}

//! One file → its passages in the index, and its entry in the ledger.

use std::{
    io,
    path::PathBuf,
    sync::{PoisonError, atomic::Ordering},
};

use super::{Ingest, SMALL, Task};
use crate::{
    article::Article,
    format::{
        self, Extent, FIRST_PART, FieldNames, Flow, Format, Input, Nest, Rest,
        worker::{Ahead, Handed, Unread},
    },
    index::{
        content::{Content, settled},
        draft::Drafts,
        ledger::{Entry, Fate, nobody, starved},
        share::Shared,
        tell::{Done, Filed, Parts, Tell},
        weight::weight,
    },
    passage::{self, Size},
    walk::Stamp,
};

/// Bytes of the text of an article that is long: several times as much in memory is its passages'.
const LONG: usize = 1 << 20;

/// What came of opening a file.
pub(super) enum Opened {
    /// There is nothing to read.
    Done(Box<Done>),
    Unread(Box<OpenFile>),
}

/// A file that a reader is to take.
pub(super) struct OpenFile {
    pub(super) slot: usize,
    pub(super) file: PathBuf,
    /// Its size when it was found, in bytes.
    bytes: u64,
    entry: Entry,
    before: Before,
    format: &'static dyn Format,
    content: Content,
    fields: FieldNames,
}

impl OpenFile {
    /// Whether it may be handed to a process with others.
    pub(super) fn is_small(&self) -> bool {
        self.content.stamp.size <= SMALL
    }

    pub(super) fn handed(&self) -> Handed<'_> {
        let Content { name, bytes, stamp, .. } = &self.content;
        Handed { format: self.format, name, bytes, size: stamp.size, fields: &self.fields }
    }
}

impl Ingest<'_> {
    /// Opens a file.
    pub(super) fn open(&self, task: Task) -> Opened {
        let Task { slot, folder, fields, path, file, bytes, old } = task;
        let done = |file, entry, same| {
            Opened::Done(Box::new(Done { slot, file, bytes, entry, same, resumed: false }))
        };
        let replaces = old.is_some();
        let content = match Content::open(&file) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let entry = Entry::new(folder, path, Stamp::default(), Fate::Failed(String::new()));
                self.withdraw(&entry, replaces);
                return done(file, None, false);
            }
            Err(error) => {
                let cause = format!("cannot be read: {error}");
                let mut entry = Entry::new(folder, path, Stamp::default(), Fate::Failed(cause));
                // Permissions and disks change without the file changing: try again each time.
                entry.settled = false;
                self.withdraw(&entry, replaces);
                return done(file, Some(entry), false);
            }
        };
        let settled = content.steady && settled(content.stamp, self.now);
        let same = |old: &Entry| {
            old.hash == content.hash && is_read(&old.fate) && old.read_by_these(&fields, self.memory)
        };
        let before = match old {
            Some(old) if same(&old) && old.begun == 0 => {
                let entry = Entry { stamp: content.stamp, settled, ..*old };
                return done(file, Some(entry), true);
            }
            Some(old) if same(&old) => Before::Begun(old),
            Some(_) => Before::Other,
            None => Before::Nothing,
        };
        let mut entry = Entry::new(folder, path, content.stamp, Fate::Indexed(Vec::new()));
        entry.settled = settled;
        entry.hash = content.hash;
        let Some(format) = content.format else {
            entry.fate = Fate::Unsupported(format::refusal(&content.name));
            entry.readers.push(nobody());
            self.withdraw(&entry, replaces);
            return done(file, Some(entry), false);
        };
        entry.format = format.name().into();
        entry.read_by(format, &fields);
        Opened::Unread(Box::new(OpenFile { slot, file, bytes, entry, before, format, content, fields }))
    }

    /// Reads a file into the index, in the process that it was handed to with others, or alone. The last of
    /// several may pause for a commit. Returns none where it was stopped before anything was changed.
    pub(super) fn read(
        &self,
        mut file: OpenFile,
        ahead: &mut Ahead<'_>,
        last: bool,
        tell: &Tell<'_>,
    ) -> tantivy::Result<Option<Box<Done>>> {
        let Some(resumed) = self.fill(&mut file, ahead, last, tell)? else { return Ok(None) };
        let OpenFile { slot, file, bytes, entry, .. } = file;
        let bytes = bytes.saturating_sub(tell.told.get());
        Ok(Some(Box::new(Done { slot, file, bytes, entry: Some(entry), same: false, resumed })))
    }

    /// Reads the articles of a file into the index and notes in its entry what came of it. Says whether a
    /// commit came before its end; nothing where it was stopped.
    fn fill(
        &self,
        open: &mut OpenFile,
        ahead: &mut Ahead<'_>,
        last: bool,
        tell: &Tell<'_>,
    ) -> tantivy::Result<Option<bool>> {
        let OpenFile { entry, before, content, fields: names, .. } = open;
        let format = open.format;
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
        let pauses = last && (self.beside || !replaces) && format.extent() == Extent::Stream;
        let (mut number, mut broken) = (0, None);
        let size = content.stamp.size;
        let mut parts = Parts { file: content.file.as_ref(), read: 0, tell };
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
        let handed = Handed { format, name: &content.name, bytes: &content.bytes, size, fields: names };
        let outcome = match self.workers {
            Some(workers) => workers.read(ahead, handed, &mut parts, &mut each),
            None => {
                let rest = Rest::of(format.extent(), size, &mut parts);
                let allowance = Nest::allowance(size);
                let nest = Nest::of(&allowance, names);
                let input = Input { name: handed.name, bytes: handed.bytes, rest, nest };
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
enum Before {
    Nothing,
    /// Its first articles, as this entry says.
    Begun(Box<Entry>),
    /// Another state of it.
    Other,
}

/// Whether reading the same bytes again would come to the same.
fn is_read(fate: &Fate) -> bool {
    matches!(fate, Fate::Indexed(_) | Fate::Failed(_) | Fate::Unsupported(_))
}

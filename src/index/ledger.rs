//! What became of every file: one record each, in the order of the walk, in a file that the
//! commit's manifest names.
//!
//! The file is the magic, the records one after another, a table of where they begin, and signposts: the names
//! of every so many records, between which one is found without the rest being read. A record begins with its
//! [`Head`]: all that is needed to tell whether the file is as it was.

mod file;
mod write;

use std::{cmp::Ordering, io};

use serde::{Deserialize, Serialize};

pub(crate) use self::{
    file::{Ledger, LedgerFile, Loaded},
    write::write,
};

use super::manifest::Tally;
use crate::{
    format::{self, FieldNames, Format},
    walk::{self, Stamp},
};

pub(crate) const MAGIC: &[u8; 8] = b"excerpt4";

/// What became of one file or folder.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// The number of the indexed folder.
    pub(crate) folder: u32,
    /// Path inside it, `/` between its parts; empty for itself.
    pub(crate) path: Vec<u8>,
    /// Its state when it was last looked at.
    pub(crate) stamp: Stamp,
    /// Whether the state had stood long enough to be told from a later one; see
    /// [`super::update`].
    pub(crate) settled: bool,
    /// A hash of the bytes that were read.
    pub(crate) hash: [u8; 16],
    /// The format it was read as.
    pub(crate) format: String,
    /// The readers that took part, with their versions; that of its format first.
    pub(crate) readers: Vec<(String, u32)>,
    /// What became of it.
    pub(crate) fate: Fate,
    /// How many of its articles were read, where a commit came before its end; 0 where it was read whole.
    pub(crate) begun: u64,
    /// What its passages add up to.
    pub(crate) tally: Tally,
    /// The title of its first article.
    pub(crate) title: String,
}

/// What became of a file or folder.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fate {
    /// A folder that was walked.
    Folder,
    /// Read and indexed; with what its reader should know.
    Indexed(Vec<String>),
    /// Left out by this rule.
    LeftOut(String),
    /// Of a kind that cannot be read.
    Unsupported(String),
    /// Could not be read, for this reason.
    Failed(String),
}

/// What became of a file or folder, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Lot {
    Folder,
    Indexed,
    LeftOut,
    Unsupported,
    Failed,
}

/// Bytes of the numbers of a state.
const STAMP: usize = 32;

/// How a record begins.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head<'a> {
    pub(crate) folder: u32,
    pub(crate) path: &'a [u8],
    /// Four numbers of eight bytes: they are compared whenever nothing changed, and are there sooner than short ones.
    stamp: &'a [u8],
    pub(crate) settled: bool,
    pub(crate) lot: Lot,
    /// The readers, encoded.
    pub(crate) readers: &'a [u8],
}

/// How it goes on: first what sums are made of.
#[derive(Serialize, Deserialize)]
struct Rest<'a> {
    tally: Tally,
    hash: [u8; 16],
    begun: u64,
    /// None where it is the name of the first reader.
    #[serde(borrow)]
    format: Option<&'a str>,
    title: &'a str,
    /// What the fate says.
    #[serde(borrow)]
    words: Vec<&'a str>,
}

impl<'a> Head<'a> {
    /// Returns the head of a record.
    ///
    /// # Errors
    /// When it is not as it was written.
    pub(crate) fn of(record: &'a [u8]) -> io::Result<Self> {
        Self::taken(record).map(|(head, _)| head)
    }

    /// Returns the head of a record, and the rest.
    fn taken(record: &'a [u8]) -> io::Result<(Self, &'a [u8])> {
        let (head, rest) = postcard::take_from_bytes::<Self>(record).map_err(io::Error::other)?;
        if head.stamp.len() != STAMP {
            return Err(io::Error::other(postcard::Error::DeserializeBadEncoding));
        }
        Ok((head, rest))
    }

    pub(crate) fn stamp(&self) -> Stamp {
        let mut numbers = self.stamp.chunks_exact(8).map(file::number);
        let mut next = || numbers.next().unwrap_or_default();
        Stamp { size: next(), modified: next().cast_signed(), changed: next().cast_signed(), inode: next() }
    }

    /// Says whether a walk meets it before it meets this path.
    pub(crate) fn is_before(&self, path: &[u8]) -> bool {
        *self.path != *path && walk::order(self.path, path).is_lt()
    }

    /// Says whether it is of a file that a reader took.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.lot, Lot::Indexed | Lot::Failed) && !self.path.is_empty()
    }

    /// Says whether the readers are those of this program, with these fields and bytes of memory, or more.
    pub(crate) fn read_by_these(&self, fields: &FieldNames, memory: u64) -> bool {
        postcard::from_bytes::<Vec<(String, u32)>>(self.readers)
            .is_ok_and(|readers| read_by_these(self.lot == Lot::Unsupported, &readers, fields, memory))
    }
}

/// Returns what the passages of a record add up to.
///
/// # Errors
/// When it is not as it was written.
pub(crate) fn tally(record: &[u8]) -> io::Result<(Lot, Tally)> {
    let (head, rest) = Head::taken(record)?;
    let (tally, _) = postcard::take_from_bytes(rest).map_err(io::Error::other)?;
    Ok((head.lot, tally))
}

impl Entry {
    /// Returns the entry that a record holds.
    ///
    /// # Errors
    /// When it is not as it was written.
    pub(crate) fn of(record: &[u8]) -> io::Result<Self> {
        let (head, rest) = Head::taken(record)?;
        let rest = postcard::from_bytes(rest).map_err(io::Error::other)?;
        let Rest { tally, hash, begun, format, title, words } = rest;
        let readers: Vec<(String, u32)> = postcard::from_bytes(head.readers).map_err(io::Error::other)?;
        let first = || readers.first().map(|(name, _)| name.clone()).unwrap_or_default();
        let word = || words.first().copied().unwrap_or_default().to_string();
        Ok(Self {
            folder: head.folder,
            path: head.path.into(),
            stamp: head.stamp(),
            settled: head.settled,
            hash,
            begun,
            format: format.map_or_else(first, String::from),
            fate: match head.lot {
                Lot::Folder => Fate::Folder,
                Lot::Indexed => Fate::Indexed(words.iter().map(ToString::to_string).collect()),
                Lot::LeftOut => Fate::LeftOut(word()),
                Lot::Unsupported => Fate::Unsupported(word()),
                Lot::Failed => Fate::Failed(word()),
            },
            readers,
            tally,
            title: title.into(),
        })
    }

    /// Returns the record of the entry.
    pub(crate) fn record(&self) -> Box<[u8]> {
        let readers = encode(&self.readers, Vec::new());
        let (lot, words) = match &self.fate {
            Fate::Folder => (Lot::Folder, Vec::new()),
            Fate::Indexed(notes) => (Lot::Indexed, notes.iter().map(String::as_str).collect()),
            Fate::LeftOut(words) => (Lot::LeftOut, vec![words.as_str()]),
            Fate::Unsupported(words) => (Lot::Unsupported, vec![words.as_str()]),
            Fate::Failed(words) => (Lot::Failed, vec![words.as_str()]),
        };
        let Stamp { size, modified, changed, inode } = self.stamp;
        let stamp = [size, modified.cast_unsigned(), changed.cast_unsigned(), inode].map(u64::to_le_bytes);
        let head = Head {
            folder: self.folder,
            path: &self.path,
            stamp: stamp.as_flattened(),
            settled: self.settled,
            lot,
            readers: &readers,
        };
        let first = self.readers.first().map(|(name, _)| name.as_str()).unwrap_or_default();
        let rest = Rest {
            tally: self.tally.clone(),
            hash: self.hash,
            begun: self.begun,
            format: Some(self.format.as_str()).filter(|format| *format != first),
            title: &self.title,
            words,
        };
        encode(&rest, encode(&head, Vec::new())).into()
    }
}

fn encode(value: &impl Serialize, behind: Vec<u8>) -> Vec<u8> {
    postcard::to_extend(value, behind).expect("plain data can be encoded")
}

impl Entry {
    pub(crate) fn new(folder: u32, path: Vec<u8>, stamp: Stamp, fate: Fate) -> Self {
        Self {
            folder,
            path,
            stamp,
            settled: true,
            hash: [0; 16],
            format: String::new(),
            readers: Vec::new(),
            fate,
            begun: 0,
            tally: Tally::default(),
            title: String::new(),
        }
    }

    /// Notes that a reader took part, which knew these names of fields.
    pub(crate) fn read_by(&mut self, format: &dyn Format, fields: &FieldNames) {
        if !self.readers.iter().any(|(name, _)| name == format.name()) {
            self.readers.push((format.name().into(), version(format, fields)));
        }
    }

    /// Says whether the readers are those of this program, with these fields and bytes of memory, or more.
    pub(crate) fn read_by_these(&self, fields: &FieldNames, memory: u64) -> bool {
        read_by_these(matches!(self.fate, Fate::Unsupported(_)), &self.readers, fields, memory)
    }
}

fn read_by_these(unsupported: bool, readers: &[(String, u32)], fields: &FieldNames, memory: u64) -> bool {
    let same = |(name, known): &(String, u32)| match format::by_name(name) {
        Some(format) => version(format, fields) == *known,
        None => name == "memory" && *known >= starved(memory).1,
    };
    if unsupported { readers == [nobody()] } else { readers.iter().all(same) }
}

/// Returns the version of a reader, which is another one for other names of fields.
fn version(format: &dyn Format, fields: &FieldNames) -> u32 {
    let mark = if format.takes_fields() { fields.mark() } else { 0 };
    mark.wrapping_add(format.version().into())
}

/// Returns what stands for the readers of a file that none of them takes.
pub(crate) fn nobody() -> (String, u32) {
    (String::new(), format::FORMATS.iter().map(|format| 1 + u32::from(format.version())).sum())
}

/// Returns what stands among the readers of a file that so many bytes of memory were too few for.
pub(crate) fn starved(memory: u64) -> (String, u32) {
    ("memory".into(), u32::try_from(memory >> 20).unwrap_or(u32::MAX))
}

/// Orders entries: by folder, then as a walk meets them.
pub(crate) fn order(one: (u32, &[u8]), other: (u32, &[u8])) -> Ordering {
    one.0.cmp(&other.0).then_with(|| walk::order(one.1, other.1))
}

#[cfg(test)]
mod tests {
    use super::{super::seal, *};

    #[test]
    fn an_entry_is_found_without_reading_the_rest() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("ledger");
        let entries: Vec<Entry> = ["", "a", "a/b", "a.b", "c"]
            .iter()
            .map(|name| Entry::new(1, name.as_bytes().into(), Stamp::default(), Fate::Folder))
            .collect();
        let records: Vec<Box<[u8]>> = entries.iter().map(Entry::record).collect();
        let written = write(&path, records.iter().map(|record| &**record)).expect("the ledger is written");
        let bytes = written.bytes;
        assert_eq!(written.sum, seal::sum(&std::fs::read(&path).expect("it reads")));
        let file = LedgerFile::open(&path, bytes).expect("the ledger opens");
        let mut ledger = file.entries().expect("the ledger reads");
        assert_eq!(ledger.len(), 5);
        for (at, entry) in (0..).zip(&entries) {
            assert_eq!(ledger.find(1, &entry.path).expect("it reads"), (at, Some(entry.clone())));
        }
        assert_eq!(ledger.find(1, b"b").expect("it reads"), (4, None));
        assert_eq!(ledger.find(2, b"").expect("it reads"), (5, None));
        assert!(LedgerFile::open(&path, bytes - 1).is_err());
        drop(ledger);
        let whole = file.load().expect("the ledger reads");
        for (at, record) in (0..).zip(&records) {
            assert_eq!(whole.record(at).expect("it reads"), &**record);
        }
    }

    #[test]
    fn a_record_keeps_all_of_its_entry() {
        let stamp =
            Stamp { size: 7, modified: 1_700_000_000_000_000_001, changed: i64::MIN, inode: u64::MAX };
        let check = |fate: Fate| {
            let entry = Entry {
                readers: vec![("archive".into(), 3), ("text".into(), u32::MAX)],
                format: "archive".into(),
                title: "Herons".into(),
                tally: Tally {
                    passages: 3,
                    languages: crate::analysis::Language::of_tag("en")
                        .map(|english| (english, 3))
                        .into_iter()
                        .collect(),
                    ..Tally::default()
                },
                hash: [9; 16],
                begun: 300,
                settled: false,
                ..Entry::new(4, b"a\xff/b".into(), stamp, fate)
            };
            let record = entry.record();
            assert_eq!(Entry::of(&record).expect("it reads"), entry);
            assert_eq!(tally(&record).expect("it reads").1, entry.tally);
            assert_eq!(Head::of(&record).expect("it reads").stamp(), stamp);
            assert!(Entry::of(&record[..record.len() - 1]).is_err());
            let mut other = record.to_vec();
            other[1 + 1 + entry.path.len()] -= 8;
            assert!(Head::of(&other).is_err(), "a number is missing");
        };
        check(Fate::Folder);
        check(Fate::Indexed(Vec::new()));
        check(Fate::Indexed(vec!["one".into(), "two".into()]));
        check(Fate::LeftOut("hidden".into()));
        check(Fate::Failed("cannot be read".into()));
    }
}

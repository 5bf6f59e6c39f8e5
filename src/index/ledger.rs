//! What became of every file: one record each, in the order of the walk, in a file that the
//! commit's manifest names.
//!
//! The file is the magic, the records one after another, and a table of where they begin, so that
//! one record is found by halving without the rest being read.

use std::{
    cmp::Ordering,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::manifest::Tally;
use crate::{
    format::{self, FieldNames, Format},
    walk::{self, Stamp},
};

const MAGIC: &[u8; 8] = b"excerpt1";

/// What became of one file or folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// What its passages add up to.
    pub(crate) tally: Tally,
    /// The title of its first article.
    pub(crate) title: String,
}

/// What became of a file or folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
            tally: Tally::default(),
            title: String::new(),
        }
    }
}

impl Entry {
    /// Notes that a reader took part, which knew these names of fields.
    pub(crate) fn read_by(&mut self, format: &dyn Format, fields: &FieldNames) {
        if !self.readers.iter().any(|(name, _)| name == format.name()) {
            self.readers.push((format.name().into(), version(format, fields)));
        }
    }

    /// Says whether the readers that took part are those of this program, with these names of fields.
    pub(crate) fn read_by_these(&self, fields: &FieldNames) -> bool {
        match self.fate {
            Fate::Unsupported(_) => self.readers == [nobody()],
            _ => self.readers.iter().all(|(name, known)| is_present(name, *known, fields)),
        }
    }
}

impl Glance<'_> {
    /// Whether it is an article, or was to be one.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.fate, Kind::INDEXED | Kind::FAILED) && !self.path.is_empty()
    }

    /// Says of a file whether the readers that took part are those of this program, with these names of
    /// fields.
    pub(crate) fn read_by_these(&self, fields: &FieldNames) -> bool {
        self.readers.iter().all(|(name, known)| is_present(name, *known, fields))
    }
}

/// Says whether a reader of this name and version is one of this program.
fn is_present(name: &str, known: u32, fields: &FieldNames) -> bool {
    format::by_name(name).is_some_and(|format| version(format, fields) == known)
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

/// Orders entries: by folder, then as a walk meets them.
pub(crate) fn order(one: (u32, &[u8]), other: (u32, &[u8])) -> Ordering {
    one.0.cmp(&other.0).then_with(|| walk::order(one.1, other.1))
}

/// Writes a ledger of these entries, which must be in [`order`], and returns its length in bytes.
///
/// # Errors
/// Whatever the file system says.
pub(crate) fn write<'a>(path: &Path, entries: impl Iterator<Item = &'a Entry>) -> io::Result<u64> {
    let file = File::create_new(path)?;
    let mut out = io::BufWriter::new(file);
    out.write_all(MAGIC)?;
    let mut starts = Vec::new();
    let mut at = MAGIC.len() as u64;
    let mut record = Vec::new();
    for entry in entries {
        starts.push(at);
        record = postcard::to_extend(entry, std::mem::take(&mut record)).map_err(io::Error::other)?;
        out.write_all(&record)?;
        at += record.len() as u64;
        record.clear();
    }
    starts.push(at);
    for start in &starts {
        out.write_all(&start.to_le_bytes())?;
    }
    out.write_all(&(starts.len() as u64 - 1).to_le_bytes())?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(at + 8 * (starts.len() as u64 + 1))
}

/// A ledger that is read record by record.
pub(crate) struct Ledger<'a> {
    blocks: Blocks<'a>,
    count: u64,
    table: u64,
    /// The record that was read last.
    record: Vec<u8>,
}

/// What is compared with a folder, of an entry: read without anything being copied.
#[derive(Deserialize)]
pub(crate) struct Glance<'a> {
    pub(crate) folder: u32,
    pub(crate) path: &'a [u8],
    pub(crate) stamp: Stamp,
    pub(crate) settled: bool,
    _hash: [u8; 16],
    _format: &'a str,
    readers: Vec<(&'a str, u32)>,
    pub(crate) fate: Kind,
}

/// Which of the cases of [`Fate`] it is: they are numbered in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Kind(u32);

impl Kind {
    pub(crate) const FOLDER: Self = Self(0);
    pub(crate) const INDEXED: Self = Self(1);
    pub(crate) const UNSUPPORTED: Self = Self(3);
    pub(crate) const FAILED: Self = Self(4);
}

/// The ledger of a commit, held open: it can be read after a later commit removed its name.
pub(crate) struct LedgerFile {
    file: Mutex<File>,
    bytes: u64,
}

/// Of a ledger that is searched so many bytes are read at once, and of one that is gone through.
const SEARCHED: u64 = 4 << 10;
const GONE_THROUGH: u64 = 32 << 10;

impl LedgerFile {
    /// Opens the ledger of `bytes` length.
    ///
    /// # Errors
    /// When it cannot be read, or is of another length.
    pub(crate) fn open(path: &Path, bytes: u64) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        if length != bytes {
            return Err(broken(&format!("is {length} bytes long, not {bytes}")));
        }
        Ok(Self { file: Mutex::new(file), bytes })
    }

    /// Returns the ledger, to find single entries in.
    ///
    /// # Errors
    /// When it cannot be read, or is not as it was written.
    pub(crate) fn entries(&self) -> io::Result<Ledger<'_>> {
        self.in_blocks(SEARCHED)
    }

    /// Returns the ledger, to go through it.
    ///
    /// # Errors
    /// When it cannot be read, or is not as it was written.
    pub(crate) fn all(&self) -> io::Result<Ledger<'_>> {
        self.in_blocks(GONE_THROUGH)
    }

    fn in_blocks(&self, size: u64) -> io::Result<Ledger<'_>> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        Ledger::new(Blocks { file, size, kept: Vec::new() }, self.bytes)
    }
}

/// A file that is read in blocks, some of which are kept.
struct Blocks<'a> {
    file: MutexGuard<'a, File>,
    size: u64,
    /// Each with its number, in the order in which they were read.
    kept: Vec<(u64, Vec<u8>)>,
}

/// So many bytes of blocks are kept.
const KEPT: u64 = 1 << 20;

impl Blocks<'_> {
    /// Puts a part of the file in the place of what is in a buffer.
    fn read(&mut self, part: Range<u64>, into: &mut Vec<u8>) -> io::Result<()> {
        into.clear();
        let mut at = part.start;
        while at < part.end {
            let number = at / self.size;
            let begin = number * self.size;
            let block = self.block(number)?;
            let end = (part.end - begin).min(block.len() as u64) as usize;
            let read = block.get((at - begin) as usize..end).filter(|read| !read.is_empty());
            into.extend_from_slice(read.ok_or_else(|| broken(WRONG))?);
            at = begin + end as u64;
        }
        Ok(())
    }

    fn block(&mut self, number: u64) -> io::Result<&[u8]> {
        let known = self.kept.iter().rposition(|(known, _)| *known == number);
        let at = match known {
            Some(at) => at,
            None => {
                let mut block = match self.kept.len() as u64 * self.size < KEPT {
                    true => Vec::with_capacity(self.size as usize),
                    false => self.kept.remove(0).1,
                };
                block.clear();
                self.file.seek(SeekFrom::Start(number * self.size))?;
                (&*self.file).take(self.size).read_to_end(&mut block)?;
                self.kept.push((number, block));
                self.kept.len() - 1
            }
        };
        Ok(&self.kept[at].1)
    }
}

impl<'a> Ledger<'a> {
    fn new(mut blocks: Blocks<'a>, bytes: u64) -> io::Result<Self> {
        let mut read = Vec::new();
        blocks.read(0..MAGIC.len() as u64, &mut read)?;
        if read != MAGIC || bytes < 24 {
            return Err(broken(WRONG));
        }
        blocks.read(bytes - 8..bytes, &mut read)?;
        let count = number(&read);
        let table = count.checked_add(2).and_then(|rows| rows.checked_mul(8)).ok_or_else(|| broken(WRONG))?;
        let table = bytes.checked_sub(table).ok_or_else(|| broken(WRONG))?;
        Ok(Self { blocks, count, table, record: read })
    }

    /// Returns how many entries there are.
    pub(crate) fn len(&self) -> u64 {
        self.count
    }

    /// Reads the entry of this number, from 0, as bytes.
    fn read(&mut self, at: u64) -> io::Result<&[u8]> {
        let row = self.table + 8 * at;
        self.blocks.read(row..row + 16, &mut self.record)?;
        let (start, end) = (number(&self.record[..8]), number(&self.record[8..]));
        if start > end || end > self.table {
            return Err(broken(WRONG));
        }
        self.blocks.read(start..end, &mut self.record)?;
        Ok(&self.record)
    }

    /// Returns the entry of this number, from 0.
    ///
    /// # Errors
    /// When it cannot be read, or is not as it was written.
    pub(crate) fn entry(&mut self, at: u64) -> io::Result<Entry> {
        postcard::from_bytes(self.read(at)?).map_err(io::Error::other)
    }

    /// Returns what of the entry of this number is compared with a folder.
    ///
    /// # Errors
    /// When it cannot be read, or is not as it was written.
    pub(crate) fn glance(&mut self, at: u64) -> io::Result<Glance<'_>> {
        let (glance, _) = postcard::take_from_bytes(self.read(at)?).map_err(io::Error::other)?;
        Ok(glance)
    }

    /// Says whether the entry of this number is that of a folder, at a fraction of what it takes to take
    /// the entry apart.
    ///
    /// # Errors
    /// When it cannot be read, or is not as it was written.
    pub(crate) fn is_folder(&mut self, at: u64) -> io::Result<bool> {
        fate(self.read(at)?).map(|fate| fate == Kind::FOLDER).ok_or_else(|| broken(WRONG))
    }

    /// Returns the entry of a file, and its number or the one it would have.
    ///
    /// # Errors
    /// When an entry cannot be read.
    pub(crate) fn find(&mut self, folder: u32, path: &[u8]) -> io::Result<(u64, Option<Entry>)> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let ((other, other_path), _): ((u32, &[u8]), _) =
                postcard::take_from_bytes(self.read(middle)?).map_err(io::Error::other)?;
            match order((other, other_path), (folder, path)) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Ok((middle, Some(self.entry(middle)?))),
            }
        }
        Ok((low, None))
    }
}

/// Returns which case of [`Fate`] the record of an [`Entry`] has. What stands before it is passed over as
/// it is written down (<https://postcard.jamesmunns.com/wire-format>): numbers of several bytes, texts
/// behind their length.
fn fate(record: &[u8]) -> Option<Kind> {
    fn number(rest: &mut &[u8]) -> Option<u64> {
        let end = rest.iter().position(|byte| *byte < 0x80)?;
        let bytes = rest.split_off(..=end)?;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 7 | u64::from(byte & 0x7F)))
    }
    fn pass(rest: &mut &[u8], bytes: u64) -> Option<()> {
        rest.split_off(..usize::try_from(bytes).ok()?).map(drop)
    }
    let mut rest = record;
    number(&mut rest)?;
    let path = number(&mut rest)?;
    pass(&mut rest, path)?;
    // The parts of its stamp; whether it is settled, and the hash; the format, and the readers.
    for _ in 0..4 {
        number(&mut rest)?;
    }
    pass(&mut rest, 1 + 16)?;
    let format = number(&mut rest)?;
    pass(&mut rest, format)?;
    for _ in 0..number(&mut rest)? {
        let name = number(&mut rest)?;
        pass(&mut rest, name)?;
        number(&mut rest)?;
    }
    number(&mut rest).and_then(|fate| u32::try_from(fate).ok()).map(Kind)
}

/// Returns the number that eight bytes are.
fn number(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

/// What is wrong with a ledger whose parts do not fit together.
const WRONG: &str = "is not as it was written";

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the ledger {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_without_reading_the_rest() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("ledger");
        let entries: Vec<Entry> = ["", "a", "a/b", "a.b", "c"]
            .iter()
            .map(|name| Entry::new(1, name.as_bytes().into(), Stamp::default(), Fate::Folder))
            .collect();
        let bytes = write(&path, entries.iter()).expect("the ledger is written");
        let file = LedgerFile::open(&path, bytes).expect("the ledger opens");
        let mut ledger = file.entries().expect("the ledger reads");
        assert_eq!(ledger.len(), 5);
        for (at, entry) in (0..).zip(&entries) {
            assert_eq!(ledger.find(1, &entry.path).expect("it reads"), (at, Some(entry.clone())));
        }
        assert_eq!(ledger.find(1, b"b").expect("it reads"), (4, None));
        assert_eq!(ledger.find(2, b"").expect("it reads"), (5, None));
        assert!(LedgerFile::open(&path, bytes - 1).is_err());
    }
    #[test]
    fn a_glance_sees_what_an_entry_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("ledger");
        let fates = [
            (Fate::Folder, Kind::FOLDER),
            (Fate::Indexed(vec!["a warning".into()]), Kind::INDEXED),
            (Fate::LeftOut("a rule".into()), Kind(2)),
            (Fate::Unsupported("a cause".into()), Kind::UNSUPPORTED),
            (Fate::Failed("a cause".into()), Kind::FAILED),
        ];
        let entry = |(at, (fate, _)): (u64, &(Fate, Kind))| {
            // Records of many lengths, so that some stand in two blocks.
            let path = format!("{}{at:05}", "x".repeat(at as usize % 97)).into_bytes();
            let stamp = Stamp { size: at << (at % 50), modified: -(at as i64), ..Stamp::default() };
            let readers = vec![("a reader".into(), 1 << (at % 32)); at as usize % 3];
            let title = "title ".repeat(at as usize % 31);
            Entry { readers, title, settled: at % 2 == 0, ..Entry::new(1, path, stamp, fate.clone()) }
        };
        let entries: Vec<Entry> = (0..9_000).zip(fates.iter().cycle()).map(entry).collect();
        let bytes = write(&path, entries.iter()).expect("the ledger is written");
        let file = LedgerFile::open(&path, bytes).expect("the ledger opens");
        for way in [LedgerFile::entries, LedgerFile::all] {
            let mut ledger = way(&file).expect("the ledger reads");
            for (at, (entry, (_, kind))) in (0..).zip(entries.iter().zip(fates.iter().cycle())) {
                let seen = ledger.glance(at).expect("it reads");
                assert_eq!(
                    (seen.folder, seen.path, seen.stamp, seen.settled, seen.fate),
                    (1, entry.path.as_slice(), entry.stamp, entry.settled, *kind)
                );
                assert_eq!(ledger.entry(at).expect("it reads"), *entry);
                assert_eq!(ledger.is_folder(at).expect("it reads"), *kind == Kind::FOLDER);
            }
        }
    }
}

//! What became of every file: one record each, in the order of the walk, in a file that the
//! commit's manifest names.
//!
//! The file is the magic, the records one after another, and a table of where they begin, so that
//! one record is found by halving without the rest being read.

use std::{
    cmp::Ordering,
    collections::HashMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
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
        let same = |(name, known): &(String, u32)| {
            format::by_name(name).is_some_and(|format| version(format, fields) == *known)
        };
        match self.fate {
            Fate::Unsupported(_) => self.readers == [nobody()],
            _ => self.readers.iter().all(same),
        }
    }
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
pub(crate) struct Ledger<R> {
    source: R,
    count: u64,
    table: u64,
    /// Entries that were met while one was looked for: the first ones are the same for every search.
    met: HashMap<u64, Entry>,
}

/// The ledger of a commit, held open: it can be read after a later commit removed its name.
pub(crate) struct LedgerFile {
    file: Mutex<File>,
    bytes: u64,
}

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
    pub(crate) fn entries(&self) -> io::Result<Ledger<Held<'_>>> {
        Ledger::new(Held(self.file.lock().unwrap_or_else(PoisonError::into_inner)), self.bytes)
    }

    /// Reads the whole ledger into memory.
    ///
    /// # Errors
    /// When it cannot be read, or is not as it was written.
    pub(crate) fn load(&self) -> io::Result<Ledger<io::Cursor<Vec<u8>>>> {
        let mut held = Held(self.file.lock().unwrap_or_else(PoisonError::into_inner));
        held.seek(SeekFrom::Start(0))?;
        let mut content = Vec::new();
        held.read_to_end(&mut content)?;
        Ledger::new(io::Cursor::new(content), self.bytes)
    }
}

/// The file of a ledger while one reader has it.
pub(crate) struct Held<'a>(MutexGuard<'a, File>);

impl Read for Held<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Held<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

impl<R: Read + Seek> Ledger<R> {
    fn new(mut source: R, bytes: u64) -> io::Result<Self> {
        let mut magic = [0; 8];
        source.seek(SeekFrom::Start(0))?;
        source.read_exact(&mut magic)?;
        if magic != *MAGIC || bytes < 24 {
            return Err(broken(WRONG));
        }
        source.seek(SeekFrom::Start(bytes - 8))?;
        let count = number(&mut source)?;
        let table = count.checked_add(2).and_then(|rows| rows.checked_mul(8)).ok_or_else(|| broken(WRONG))?;
        let table = bytes.checked_sub(table).ok_or_else(|| broken(WRONG))?;
        Ok(Self { source, count, table, met: HashMap::new() })
    }

    /// Returns how many entries there are.
    pub(crate) fn len(&self) -> u64 {
        self.count
    }

    /// Returns the entry of this number, from 0.
    ///
    /// # Errors
    /// When it cannot be read, or is not as it was written.
    pub(crate) fn entry(&mut self, at: u64) -> io::Result<Entry> {
        self.source.seek(SeekFrom::Start(self.table + 8 * at))?;
        let mut ends = [0; 16];
        self.source.read_exact(&mut ends)?;
        let (start, end) = (number(&mut &ends[..8])?, number(&mut &ends[8..])?);
        if start > end || end > self.table {
            return Err(broken(WRONG));
        }
        let mut record = vec![0; usize::try_from(end - start).map_err(io::Error::other)?];
        self.source.seek(SeekFrom::Start(start))?;
        self.source.read_exact(&mut record)?;
        postcard::from_bytes(&record).map_err(io::Error::other)
    }

    /// Returns the entry of a file, and its number or the one it would have.
    ///
    /// # Errors
    /// When an entry cannot be read.
    pub(crate) fn find(&mut self, folder: u32, path: &[u8]) -> io::Result<(u64, Option<Entry>)> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if !self.met.contains_key(&middle) {
                let entry = self.entry(middle)?;
                self.met.insert(middle, entry);
            }
            let entry = &self.met[&middle];
            match order((entry.folder, &entry.path), (folder, path)) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Ok((middle, Some(entry.clone()))),
            }
        }
        Ok((low, None))
    }
}

fn number(source: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    source.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
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
}

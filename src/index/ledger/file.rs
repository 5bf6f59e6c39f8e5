//! The ledger of a commit as a file: single entries found in it, all gone through, or all in memory.

use std::{cmp::Ordering, fs::File, io, ops::Range, path::Path};

use super::{Entry, Head, MAGIC, order};

/// A ledger that is read record by record.
pub(crate) struct Ledger<'a> {
    blocks: Blocks<'a>,
    count: u64,
    table: u64,
    /// The record that was read last.
    record: Vec<u8>,
}

/// The ledger of a commit, held open: it can be read after a later commit removed its name.
pub(crate) struct LedgerFile {
    file: File,
    bytes: u64,
}

/// Of a ledger that is searched so many bytes are read at once, and of one that is gone through.
const SEARCHED: u64 = 1 << 10;
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
        Ok(Self { file, bytes })
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

    /// Reads the whole ledger into memory.
    ///
    /// # Errors
    /// When it cannot be read, or is not as it was written.
    pub(crate) fn load(&self) -> io::Result<Loaded> {
        let (count, table) = self.in_blocks(SEARCHED).map(|ledger| (ledger.count, ledger.table))?;
        let content = read(&self.file, 0, self.bytes, Vec::new())?;
        Ok(Loaded { content, count, table })
    }

    fn in_blocks(&self, size: u64) -> io::Result<Ledger<'_>> {
        Ledger::new(Blocks { file: &self.file, size, kept: Vec::new() }, self.bytes)
    }
}

/// A file that is read in blocks, some of which are kept.
struct Blocks<'a> {
    file: &'a File,
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
                let block = match self.kept.len() as u64 * self.size < KEPT {
                    true => Vec::new(),
                    false => self.kept.remove(0).1,
                };
                let block = read(self.file, number * self.size, self.size, block)?;
                self.kept.push((number, block));
                self.kept.len() - 1
            }
        };
        Ok(&self.kept[at].1)
    }
}

/// Reads so many bytes of a file from a place on, or what there is of them, into the memory of others.
fn read(file: &File, at: u64, count: u64, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    let count = usize::try_from(count).map_err(io::Error::other)?;
    match bytes.is_empty() {
        // Without its pages being touched.
        true => bytes = vec![0; count],
        false => bytes.resize(count, 0),
    }
    let mut filled = 0;
    while filled < bytes.len() {
        let (rest, at) = (&mut bytes[filled..], at + filled as u64);
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, rest, at);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, rest, at);
        match read {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
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
        Entry::of(self.read(at)?)
    }

    /// Returns what of the entry of this number is compared with a folder.
    ///
    /// # Errors
    /// When it cannot be read, or is not as it was written.
    pub(crate) fn head(&mut self, at: u64) -> io::Result<Head<'_>> {
        Head::of(self.read(at)?)
    }

    /// Returns the entry of a file, and its number or the one it would have.
    ///
    /// # Errors
    /// When an entry cannot be read.
    pub(crate) fn find(&mut self, folder: u32, path: &[u8]) -> io::Result<(u64, Option<Entry>)> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let head = self.head(middle)?;
            match order((head.folder, head.path), (folder, path)) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Ok((middle, Some(self.entry(middle)?))),
            }
        }
        Ok((low, None))
    }
}

/// A ledger in memory.
pub(crate) struct Loaded {
    content: Vec<u8>,
    count: u64,
    table: u64,
}

impl Loaded {
    /// Returns the record of this number, from 0.
    ///
    /// # Errors
    /// When the ledger is not as it was written.
    pub(crate) fn record(&self, at: u64) -> io::Result<&[u8]> {
        let place = |at: u64| {
            let row = usize::try_from(self.table + 8 * at).ok()?;
            let place = number(self.content.get(row..row + 8)?);
            usize::try_from(place).ok().filter(|_| place <= self.table)
        };
        let (start, end) = (place(at), place(at + 1));
        let record = start.zip(end).and_then(|(start, end)| self.content.get(start..end));
        record.ok_or_else(|| broken(WRONG))
    }

    /// Returns the number of the first record that is of this file or stands behind it.
    ///
    /// # Errors
    /// When the ledger is not as it was written.
    pub(crate) fn place(&self, folder: u32, path: &[u8]) -> io::Result<u64> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let head = Head::of(self.record(middle)?)?;
            match order((head.folder, head.path), (folder, path)) {
                Ordering::Less => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }
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

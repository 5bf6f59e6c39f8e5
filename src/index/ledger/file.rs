//! The ledger of a commit as a file: single entries found in it, all gone through, or all in memory.

use std::{
    cmp::Ordering,
    fs::File,
    io,
    ops::Range,
    path::{Path, PathBuf},
};

use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};

use super::{Entry, Head, MAGIC, order};

/// A ledger that is read record by record.
pub(crate) struct Ledger<'a> {
    blocks: Blocks<'a>,
    count: u64,
    table: u64,
    /// The record that was read last.
    record: Vec<u8>,
    /// Where the signposts stand, and what they say once one was looked for.
    signs: Range<u64>,
    signposts: Option<Signposts>,
}

/// Signposts, and where each of them begins.
struct Signposts {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl Signposts {
    fn of(bytes: Vec<u8>) -> io::Result<Self> {
        let (mut rest, mut starts) = (bytes.as_slice(), Vec::new());
        while !rest.is_empty() {
            starts.push(bytes.len() - rest.len());
            rest = postcard::take_from_bytes::<(u32, &[u8])>(rest).map_err(io::Error::other)?.1;
        }
        Ok(Self { bytes, starts })
    }

    /// Returns how many do not stand behind a file.
    fn passed(&self, folder: u32, path: &[u8]) -> usize {
        self.starts.partition_point(|start| {
            let sign = postcard::from_bytes::<(u32, &[u8])>(&self.bytes[*start..]);
            sign.is_ok_and(|sign| order(sign, (folder, path)).is_le())
        })
    }
}

/// The ledger of a commit, held open: it can be read after a later commit removed its name.
pub(crate) struct LedgerFile {
    path: PathBuf,
    file: File,
    bytes: u64,
}

/// There is a signpost for every so many records.
pub(super) const SIGNED: u64 = 64;

/// Of a ledger that is searched so many bytes are read at once, and of one that is gone through.
const SEARCHED: u64 = 1 << 10;
const GONE_THROUGH: u64 = 32 << 10;

/// Bytes behind the signposts: how long they are, and how many records there are.
const FOOT: u64 = 16;

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
        Ok(Self { path: path.into(), file, bytes })
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
        let read = || read(&self.file, 0, self.bytes, Vec::new()).map(OwnedBytes::new);
        Ok(Loaded { content: self.mapped().map_or_else(read, Ok)?, count, table })
    }

    /// Maps the ledger, where it still has its name, and where that keeps nobody from removing it.
    fn mapped(&self) -> Option<OwnedBytes> {
        let (folder, name) = (self.path.parent()?, self.path.file_name()?);
        let file =
            cfg!(unix).then(|| MmapDirectory::open(folder).ok()?.get_file_handle(name.as_ref()).ok())??;
        file.read_bytes(0..file.len()).ok().filter(|bytes| bytes.len() as u64 == self.bytes)
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
        let foot = bytes.checked_sub(FOOT).filter(|_| read == MAGIC).ok_or_else(|| broken(WRONG))?;
        blocks.read(foot..bytes, &mut read)?;
        let (signs, count) = (number(&read[..8]), number(&read[8..]));
        let signs = foot.checked_sub(signs).ok_or_else(|| broken(WRONG))?..foot;
        let rows = count.checked_add(1).and_then(|rows| rows.checked_mul(8));
        let table = rows.and_then(|rows| signs.start.checked_sub(rows)).ok_or_else(|| broken(WRONG))?;
        Ok(Self { blocks, count, table, record: read, signs, signposts: None })
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
        let first = self.signed(folder, path)?.min(self.count);
        let last = (first + SIGNED).min(self.count);
        let file = self.blocks.file;
        // The records between two signposts are read at once.
        let table = read(file, self.table + 8 * first, 8 * (last - first + 1), Vec::new())?;
        let starts: Vec<u64> = table.chunks_exact(8).map(number).collect();
        let (Some(start), Some(end)) = (starts.first(), starts.last()) else { return Err(broken(WRONG)) };
        let length = end.checked_sub(*start).filter(|_| *end <= self.table).ok_or_else(|| broken(WRONG))?;
        let records = read(file, *start, length, std::mem::take(&mut self.record))?;
        let record = |at: usize| {
            let place = |at: usize| usize::try_from(starts.get(at)?.checked_sub(*start)?).ok();
            place(at)
                .zip(place(at + 1))
                .and_then(|(from, to)| records.get(from..to))
                .ok_or_else(|| broken(WRONG))
        };
        let (mut low, mut high) = (0, starts.len() - 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let head = Head::of(record(middle)?)?;
            match order((head.folder, head.path), (folder, path)) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Ok((first + middle as u64, Some(Entry::of(record(middle)?)?))),
            }
        }
        self.record = records;
        Ok((first + low as u64, None))
    }

    /// Returns the number of the record with the last signpost that does not stand behind a file.
    fn signed(&mut self, folder: u32, path: &[u8]) -> io::Result<u64> {
        let signposts = match &mut self.signposts {
            Some(known) => known,
            none => {
                let length = self.signs.end - self.signs.start;
                none.insert(Signposts::of(read(self.blocks.file, self.signs.start, length, Vec::new())?)?)
            }
        };
        Ok((signposts.passed(folder, path) as u64).saturating_sub(1) * SIGNED)
    }
}

/// A ledger in memory.
pub(crate) struct Loaded {
    content: OwnedBytes,
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
pub(super) fn number(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

/// What is wrong with a ledger whose parts do not fit together.
const WRONG: &str = "is not as it was written";

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the ledger {what}"))
}

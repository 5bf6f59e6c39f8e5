//! One file of a segment against the sum at its end.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// Bytes read at once.
const PIECE: usize = 256 << 10;

/// What tantivy writes at the end of a file: its version and the sum of the bytes before, as JSON; the
/// length of that; and this number. (tantivy, `directory/footer.rs`.)
const MARK: u32 = 1337;

/// Reads a file of a segment, and returns its length in bytes. Tells of each piece how long it was, and
/// stops where the answer is no.
///
/// # Errors
/// When it cannot be read, or is not as it was written.
pub(super) fn verify(path: &Path, told: &mut dyn FnMut(u64) -> bool) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let footer = footer(&mut file, length)?;
    let mut left = length - 8 - footer.len() as u64;
    let (mut hasher, mut piece) = (crc32fast::Hasher::new(), vec![0; PIECE]);
    file.seek(SeekFrom::Start(0))?;
    while left > 0 {
        let size = left.min(PIECE as u64) as usize;
        file.read_exact(&mut piece[..size])?;
        hasher.update(&piece[..size]);
        left -= size as u64;
        if !told(size as u64) {
            return Ok(length);
        }
    }
    let version = serde_json::to_string(tantivy::version()).map_err(io::Error::other)?;
    if footer != format!("{{\"version\":{version},\"crc\":{}}}", hasher.finalize()).as_bytes() {
        return Err(wrong("its sum is not that of its bytes"));
    }
    Ok(length)
}

fn footer(file: &mut File, length: u64) -> io::Result<Vec<u8>> {
    let cut = || wrong("does not end as it was written");
    let mut end = [0; 8];
    file.seek(SeekFrom::Start(length.checked_sub(8).ok_or_else(cut)?))?;
    file.read_exact(&mut end)?;
    let number = |at: usize| u32::from_le_bytes([end[at], end[at + 1], end[at + 2], end[at + 3]]);
    let size = u64::from(number(0));
    if number(4) != MARK || size > 1 << 16 {
        return Err(cut());
    }
    file.seek(SeekFrom::Start((length - 8).checked_sub(size).ok_or_else(cut)?))?;
    let mut footer = vec![0; size as usize];
    file.read_exact(&mut footer)?;
    Ok(footer)
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

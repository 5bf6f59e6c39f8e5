//! The ledger of a commit on its way into a file.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use super::{super::seal, Head, MAGIC, encode, file::SIGNED};

/// Bytes that are written at once: the sum of many is made in a fraction of the time of as many one by one.
const AT_ONCE: usize = 256 << 10;

/// A ledger as it was written.
pub(crate) struct Written {
    /// Its length in bytes.
    pub(crate) bytes: u64,
    /// The sum of its bytes.
    pub(crate) sum: String,
}

/// Writes a ledger of these records, which must be in [`order`].
///
/// # Errors
/// Whatever the file system says.
pub(crate) fn write<'a>(path: &Path, records: impl Iterator<Item = &'a [u8]>) -> io::Result<Written> {
    let summed = Summed { file: File::create_new(path)?, hasher: blake3::Hasher::new() };
    let mut out = io::BufWriter::with_capacity(AT_ONCE, summed);
    out.write_all(MAGIC)?;
    let (mut starts, mut signs) = (Vec::new(), Vec::new());
    let mut at = MAGIC.len() as u64;
    for record in records {
        if (starts.len() as u64).is_multiple_of(SIGNED) {
            let Head { folder, path, .. } = Head::of(record)?;
            signs = encode(&(folder, path), signs);
        }
        starts.push(at);
        out.write_all(record)?;
        at += record.len() as u64;
    }
    starts.push(at);
    for start in &starts {
        out.write_all(&start.to_le_bytes())?;
    }
    out.write_all(&signs)?;
    out.write_all(&(signs.len() as u64).to_le_bytes())?;
    out.write_all(&(starts.len() as u64 - 1).to_le_bytes())?;
    let Summed { file, hasher } = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    let bytes = at + 8 * (starts.len() as u64 + 2) + signs.len() as u64;
    Ok(Written { bytes, sum: seal::figures(&hasher.finalize()) })
}

/// A file that is written, and the sum of what was.
struct Summed {
    file: File,
    hasher: blake3::Hasher,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

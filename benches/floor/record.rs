//! A file of passages as excerpt cuts them, which tantivy is fed.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use serde::{Deserialize, Serialize};

/// A passage as tantivy is fed it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Passage<'a> {
    pub(crate) path: &'a str,
    /// Title and headings.
    pub(crate) above: &'a str,
    pub(crate) text: &'a str,
    pub(crate) author: &'a str,
    pub(crate) tag: &'a str,
    pub(crate) site: &'a str,
    pub(crate) language: &'a str,
    pub(crate) format: &'a str,
    pub(crate) day: u64,
    /// The number of the passage in the file.
    pub(crate) order: u64,
    pub(crate) aside: bool,
    /// Looks drawn by chance, and stands in for hashes of the text.
    pub(crate) number: u64,
}

/// Hands on the passages of such a file: for each its length in four bytes, least first, and then itself.
pub(crate) fn read(passages: &Path, each: &mut dyn FnMut(Passage<'_>)) -> io::Result<()> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(passages)?);
    let (mut length, mut bytes) = ([0; 4], Vec::new());
    while let Ok(()) = file.read_exact(&mut length) {
        bytes.resize(u32::from_le_bytes(length) as usize, 0);
        file.read_exact(&mut bytes)?;
        each(postcard::from_bytes(&bytes).map_err(io::Error::other)?);
    }
    Ok(())
}

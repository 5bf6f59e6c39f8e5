//! Zip files that make up one document, as books and office files are.

use std::io::{Read, Seek, SeekFrom};

use zip::{ZipArchive, result::ZipError};

use super::{Cause, FIRST_PART, Input, Nest, ReadSeek, xml};

/// Bytes of the longest package that is read from a stream.
const LONGEST: u64 = 64 << 20;

/// Bytes of the longest part that is read.
const LONGEST_PART: u64 = 2 * FIRST_PART;

/// A package and its parts, by name.
pub(super) struct Package<'a> {
    zip: ZipArchive<Box<dyn ReadSeek + 'a>>,
    nest: Nest<'a>,
}

impl<'a> Package<'a> {
    /// Opens a package.
    ///
    /// # Errors
    /// Where it is no zip file, or one that is cut off.
    pub(super) fn open(input: Input<'a>) -> Result<Self, Cause> {
        let nest = input.nest;
        let mut source = input.seek(LONGEST)?;
        source.seek(SeekFrom::Start(0)).map_err(|error| Cause(format!("cannot be read: {error}")))?;
        Ok(Self { zip: ZipArchive::new(source).map_err(cause)?, nest })
    }

    /// Returns the names of its parts, in order.
    pub(super) fn names(&self) -> Vec<String> {
        self.zip.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect()
    }

    /// Returns the bytes of the part of this name, none where there is no such.
    ///
    /// # Errors
    /// Where it cannot be read, or is too long.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Cause> {
        let name = name.trim_start_matches('/');
        let part = match self.zip.by_name(name) {
            Err(ZipError::FileNotFound) => return Ok(None),
            part => part.map_err(cause)?,
        };
        let mut bytes = Vec::new();
        let read = self.nest.unpack(part).take(LONGEST_PART + 1).read_to_end(&mut bytes);
        read.map_err(|error| Cause(format!("its part {name} cannot be read: {error}")))?;
        if bytes.len() as u64 > LONGEST_PART {
            return Err(Cause(format!("its part {name} is larger than {} MB", LONGEST_PART >> 20)));
        }
        Ok(Some(bytes))
    }

    /// Returns the text of the XML part of this name, none where there is no such.
    ///
    /// # Errors
    /// Where it cannot be read, is too long, or no text.
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<String>, Cause> {
        self.bytes(name)?.map(|bytes| xml::text(&bytes)).transpose()
    }
}

/// Says in words what is wrong with a zip file.
pub(super) fn cause(error: ZipError) -> Cause {
    Cause(match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => "needs a password".into(),
        ZipError::Io(error) => format!("cannot be read: {error}"),
        error => format!("is no whole zip file: {error}"),
    })
}

/// Says whether bytes begin a zip file.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Says whether bytes begin a zip file that holds a part whose name begins so.
pub(super) fn holds(bytes: &[u8], name: &str) -> bool {
    is_zip(bytes) && bytes.windows(name.len()).any(|window| window == name.as_bytes())
}

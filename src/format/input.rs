//! The content of a file, however much of it a reader wants.

use std::{
    borrow::Cow,
    cell::Cell,
    io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom},
};

use super::{Cause, Each, Extent, FieldNames, Warnings, decode::decode};
use crate::article::Article;

/// As much of a file as is read at once, in bytes, and all that is read of a format that does not ask
/// for more. An article is never so long, and a reader needs some times a file's size in memory.
pub const FIRST_PART: u64 = 8 << 20;

/// Files inside files inside files: how deep they are followed.
const DEEPEST: u8 = 4;

/// Bytes that a file of any size may unpack to, in all; and more for each byte of it.
const UNPACKED: (u64, u64) = (256 << 20, 100);

/// The content of one file.
pub struct Input<'a> {
    /// The file's name without its folder, lossily where it is not UTF-8.
    pub name: &'a str,
    /// Its content, or the first part of it.
    pub bytes: &'a [u8],
    /// What follows.
    pub rest: Rest<'a>,
    /// What holds for it and what is inside.
    pub nest: Nest<'a>,
}

/// What follows the first part of a file.
pub enum Rest<'a> {
    /// Nothing, or nothing that is to be read.
    Nothing,
    /// The rest, from where the first part ends.
    Stream(&'a mut dyn Read),
    /// The whole file, its first part too.
    File(&'a mut dyn ReadSeek),
}

impl<'a> Rest<'a> {
    /// Returns what a format may read of a file of so many bytes behind its first part.
    pub fn of(extent: Extent, size: u64, file: &'a mut (impl ReadSeek + 'a)) -> Self {
        match extent {
            _ if size <= FIRST_PART => Self::Nothing,
            Extent::First => Self::Nothing,
            Extent::Stream => Self::Stream(file),
            Extent::Whole => Self::File(file),
        }
    }
}

/// A source that can be read at any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// What holds for a file and for all files inside it: how deep it lies in others, how much may still
/// be unpacked of the outermost one, and which names the fields of records go by.
#[derive(Clone, Copy, Default)]
pub struct Nest<'a> {
    depth: u8,
    left: Option<&'a Cell<u64>>,
    fields: Option<&'a FieldNames>,
}

impl<'a> Nest<'a> {
    /// Returns how many bytes a file of this size may unpack to: a bomb unpacks to a thousand times
    /// its size and more, text to ten times.
    pub fn allowance(bytes: u64) -> Cell<u64> {
        Cell::new(UNPACKED.0.saturating_add(bytes.saturating_mul(UNPACKED.1)))
    }

    /// Begins a file that may unpack to so many bytes, and whose records have these fields.
    pub fn of(left: &'a Cell<u64>, fields: &'a FieldNames) -> Self {
        Self { depth: 0, left: Some(left), fields: Some(fields) }
    }

    /// Returns the names of fields that go before the usual ones.
    pub(super) fn fields(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.fields.into_iter().flat_map(FieldNames::iter)
    }

    /// Goes into a file inside this one.
    ///
    /// # Errors
    /// Where that lies too deep.
    pub(super) fn inner(self) -> Result<Self, Cause> {
        if self.depth == DEEPEST {
            return Err(Cause(format!("lies in more than {DEEPEST} files, one inside the other")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    /// Reads what was unpacked, as long as more may be.
    pub(super) fn unpack<R: Read>(self, from: R) -> Unpacking<'a, R> {
        Unpacking { from, left: self.left }
    }
}

/// A stream of unpacked bytes, which fails where it grows past what is allowed.
pub(super) struct Unpacking<'a, R> {
    from: R,
    left: Option<&'a Cell<u64>>,
}

impl<R: Read> Read for Unpacking<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        if let Some(left) = self.left {
            let more = left.get().checked_sub(read as u64);
            left.set(more.ok_or_else(|| io::Error::other("unpacks to far more than its size"))?);
        }
        Ok(read)
    }
}

impl<'a> Input<'a> {
    /// Returns the input of a file whose whole content is at hand.
    pub fn of(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, bytes, rest: Rest::Nothing, nest: Nest::default() }
    }

    /// Reads a text that is one article: decodes it, in the encoding of this label if that can be, and
    /// hands on what `fill` makes of it.
    ///
    /// # Errors
    /// Where it is no text.
    pub(super) fn article(
        self,
        label: Option<&str>,
        each: &mut Each<'_>,
        fill: impl FnOnce(&str, &mut Article),
    ) -> Result<Warnings, Cause> {
        let decoded = decode(self.bytes, label)?;
        let mut article = Article { warnings: Vec::from_iter(decoded.warning), ..Article::default() };
        fill(&decoded.text, &mut article);
        let _ = each(article);
        Ok(Warnings::new())
    }

    /// Returns the content from its first byte to its last.
    pub(super) fn reader(self) -> impl BufRead + 'a {
        let rest: Box<dyn Read + 'a> = match self.rest {
            Rest::Nothing => Box::new(io::empty()),
            Rest::Stream(rest) => Box::new(rest),
            // A reader that fails says so where it is read.
            Rest::File(file) => Box::new(After { file, at: Some(self.bytes.len() as u64) }),
        };
        self.bytes.chain(BufReader::with_capacity(1 << 16, rest))
    }

    /// Returns the whole content.
    ///
    /// # Errors
    /// Where it is longer than `most` bytes, or cannot be read.
    pub(super) fn whole(self, most: u64) -> Result<Cow<'a, [u8]>, Cause> {
        if matches!(self.rest, Rest::Nothing) {
            return Ok(Cow::Borrowed(self.bytes));
        }
        let mut bytes = Vec::new();
        let read = self.reader().take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| Cause(format!("cannot be read: {error}")))?;
        if bytes.len() as u64 > most {
            return Err(Cause(format!("is larger than {} MB", most >> 20)));
        }
        Ok(Cow::Owned(bytes))
    }

    /// Returns the content to be read at any place; a stream up to `most` bytes of it.
    ///
    /// # Errors
    /// Where a stream is longer, or cannot be read.
    pub(super) fn seek(self, most: u64) -> Result<Box<dyn ReadSeek + 'a>, Cause> {
        match self.rest {
            Rest::File(file) => Ok(Box::new(file)),
            _ => Ok(Box::new(Cursor::new(self.whole(most)?))),
        }
    }
}

/// What follows the first part of a file that can be read at any place.
struct After<'a> {
    file: &'a mut dyn ReadSeek,
    /// Where to begin, until it was begun.
    at: Option<u64>,
}

impl Read for After<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(at) = self.at.take() {
            self.file.seek(SeekFrom::Start(at))?;
        }
        self.file.read(buffer)
    }
}

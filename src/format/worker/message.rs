//! What the two processes say to each other: frames of four bytes of length and so many bytes of
//! postcard.

use std::{
    borrow::Cow,
    io::{self, Read, Write},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{article::Article, format::FieldNames};

/// Bytes of the longest frame: no article takes more. What is longer is not said, and not listened to.
const LONGEST: usize = 128 << 20;

/// Bytes of a buffer that is kept from frame to frame.
const KEPT: usize = 1 << 20;

/// A file to be read. They are asked for together, in a list that the first part of each follows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ask<'a> {
    pub(super) format: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
    /// Bytes of its first part.
    pub(super) first: u64,
    /// Bytes of the file.
    pub(super) size: u64,
    pub(super) fields: FieldNames,
    /// Seconds of the processor.
    pub(super) seconds: u64,
    /// Bytes of memory.
    pub(super) memory: u64,
}

/// What the worker says; of an article, what it was read as too.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Tell<'a> {
    Article(Cow<'a, str>, Box<Article>),
    /// It wants some bytes of the file, from there. A [`Part`] and so many bytes are the answer.
    Want {
        at: u64,
        most: u32,
    },
    /// It is done, and has this to say of the file.
    Read(Vec<String>),
    Failed(String),
}

/// How many bytes were read, or why none could be.
pub(super) type Part = Result<u32, String>;

/// Says something.
///
/// # Errors
/// Where nobody listens, or where it is too long.
pub(super) fn say(to: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    let mut frame = postcard::to_extend(what, vec![0; 4]).map_err(io::Error::other)?;
    let length = frame.len() - 4;
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "is too long to be said"));
    }
    frame[..4].copy_from_slice(&(length as u32).to_le_bytes());
    to.write_all(&frame)
}

/// Listens.
///
/// # Errors
/// Where nobody speaks any more, or not as here.
pub(super) fn hear<T: DeserializeOwned>(from: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is too long"));
    }
    buffer.clear();
    from.take(length as u64).read_to_end(buffer)?;
    if buffer.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let heard =
        postcard::from_bytes(buffer).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error));
    if buffer.capacity() > KEPT {
        *buffer = Vec::new();
    }
    heard
}

/// Whatever is heard is understood, or refused; see [`crate::trial`].
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn trial(bytes: &[u8]) {
    let mut buffer = Vec::new();
    let _ = hear::<Vec<Ask<'_>>>(&mut &*bytes, &mut buffer);
    let _ = hear::<Part>(&mut &*bytes, &mut buffer);
    let mut from = bytes;
    while hear::<Tell<'_>>(&mut from, &mut buffer).is_ok() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard() {
        let mut said = Vec::new();
        say(&mut said, &Tell::Want { at: 7, most: 8 }).expect("there is room");
        say(&mut said, &Tell::Failed("is broken".into())).expect("there is room");
        let (mut from, mut buffer) = (said.as_slice(), Vec::new());
        let heard = hear::<Tell<'_>>(&mut from, &mut buffer).expect("it is as it was said");
        assert!(matches!(heard, Tell::Want { at: 7, most: 8 }));
        let heard = hear::<Tell<'_>>(&mut from, &mut buffer).expect("it is as it was said");
        assert!(matches!(heard, Tell::Failed(cause) if cause == "is broken"));
        assert!(hear::<Tell<'_>>(&mut from, &mut buffer).is_err());
    }

    #[test]
    fn nonsense_is_not_believed() {
        let check =
            |bytes: &[u8]| assert!(hear::<Tell<'_>>(&mut &*bytes, &mut Vec::new()).is_err(), "{bytes:?}");
        check(b"running 1 test\n");
        check(&[1, 0, 0, 0, 9]);
        check(&[3, 0, 0, 0, 2]);
    }
}

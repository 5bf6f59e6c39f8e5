//! The files of a generation as a writer reads them. A merge goes through whole segments: were they
//! mapped, all their pages would count as memory of the process. So they are read in pieces, and only what
//! is asked for at once in one large piece is mapped, for as long as it is held.
//!
//! tantivy keeps a list of the files that it made, so that it can remove what no commit needs, and has it on the disk
//! before it makes the next: ten times a segment. Here the folder itself tells them, also after a crash.

use std::{
    fmt,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tantivy::{
    HasLen,
    directory::{
        Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback, WatchHandle,
        WritePtr,
        error::{DeleteError, LockError, OpenReadError, OpenWriteError},
    },
};

use super::{
    durable::Durable,
    home::MANAGED,
    seal::{sealed, unsealed},
};

/// Bytes that are read at once: what is asked for next mostly stands behind what was asked for.
const PIECE: usize = 64 << 10;

/// Bytes that are written at once. What a system keeps of a file lies in pieces of the length in which it was
/// written, and is mapped sooner where these are long: a search of what was just indexed takes a sixteenth less
/// than with the eight kilobytes of a [`std::io::BufWriter`].
const WRITTEN: usize = 256 << 10;

/// The folder of a generation, opened for writing.
#[derive(Clone)]
pub(super) struct Piecewise {
    folder: PathBuf,
    mapped: MmapDirectory,
    durable: Durable,
}

impl Piecewise {
    pub(super) fn open(generation: &Path) -> tantivy::Result<Self> {
        let mapped = MmapDirectory::open(generation)?;
        Ok(Self { folder: generation.into(), mapped, durable: Durable::default() })
    }

    /// Returns the files of segments that are there, as tantivy lists its own.
    fn of_segments(&self) -> io::Result<Vec<u8>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            names.extend(entry?.file_name().into_string().ok().filter(|name| is_of_a_segment(name)));
        }
        Ok(serde_json::to_vec(&names)?)
    }
}

/// Says whether a file is one of a segment, whose names begin with its identifier.
pub(super) fn is_of_a_segment(name: &str) -> bool {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    name.split_once('.').is_some_and(|(id, _)| id.len() == 32 && id.bytes().all(digit))
}

impl fmt::Debug for Piecewise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mapped.fmt(f)
    }
}

impl Directory for Piecewise {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let place = self.folder.join(path);
        let length = place.metadata().map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(place.clone()),
            _ => OpenReadError::wrap_io_error(source, place.clone()),
        })?;
        let length = usize::try_from(length.len())
            .map_err(|_| OpenReadError::wrap_io_error(io::ErrorKind::FileTooLarge.into(), place.clone()))?;
        Ok(Arc::new(Pieces {
            name: path.into(),
            place,
            length,
            mapped: self.mapped.clone(),
            last: Mutex::new((0, OwnedBytes::empty())),
        }))
    }
    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.mapped.delete(path)
    }
    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }
    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = self.durable.create(self.folder.join(path)).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(path.into()),
            _ => OpenWriteError::wrap_io_error(error, path.into()),
        })?;
        // What the engine is given it takes out of its buffer.
        let file = WritePtr::with_capacity(WRITTEN, Box::new(file));
        Ok(WritePtr::new(Box::new(file)))
    }
    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let read = if path == Path::new(MANAGED) {
            self.of_segments()
        } else {
            unsealed(self.mapped.atomic_read(path)?)
        };
        read.map_err(|source| OpenReadError::wrap_io_error(source, path.into()))
    }
    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if path == Path::new(MANAGED) {
            return Ok(());
        }
        self.durable.sync()?;
        self.mapped.atomic_write(path, &sealed(data))
    }
    fn sync_directory(&self) -> io::Result<()> {
        self.durable.sync()?;
        self.mapped.sync_directory()
    }
    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.mapped.acquire_lock(lock)
    }
    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// A file that is read in pieces. It is not held open: a merge of many segments would run out of files.
struct Pieces {
    name: PathBuf,
    place: PathBuf,
    length: usize,
    mapped: MmapDirectory,
    /// The piece that was read last, and where it begins.
    last: Mutex<(usize, OwnedBytes)>,
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.fmt(f)
    }
}

impl HasLen for Pieces {
    fn len(&self) -> usize {
        self.length
    }
}

impl FileHandle for Pieces {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.is_empty() {
            return Ok(OwnedBytes::empty());
        }
        if range.end > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if range.len() > PIECE {
            let file = self.mapped.get_file_handle(&self.name).map_err(io::Error::other)?;
            return file.read_bytes(range);
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, piece) = &*last;
        if range.start < *start || range.end > start + piece.len() {
            let length = PIECE.min(self.length - range.start);
            let mut bytes = vec![0; length];
            let mut file = File::open(&self.place)?;
            file.seek(SeekFrom::Start(range.start as u64))?;
            file.read_exact(&mut bytes)?;
            *last = (range.start, OwnedBytes::new(bytes));
        }
        let (start, piece) = &*last;
        Ok(piece.slice(range.start - start..range.end - start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_reads_as_it_is_written() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let content: Vec<u8> =
            (0..3 * PIECE as u32).map(|at| (at.wrapping_mul(0x9E37_79B9) >> 24) as u8).collect();
        std::fs::write(folder.path().join("segment"), &content).expect("it can be written");
        let directory = Piecewise::open(folder.path()).expect("it is there");
        let file = directory.get_file_handle(Path::new("segment")).expect("it is there");
        let end = content.len();
        for range in [0..10, 5..8, 100..100 + PIECE, 7..9, 1..end, end - 1..end, end..end] {
            assert_eq!(*file.read_bytes(range.clone()).expect("it reads"), content[range]);
        }
        assert!(file.read_bytes(end - 1..end + 1).is_err());
        assert!(directory.get_file_handle(Path::new("none")).is_err());
    }

    #[test]
    fn files_of_segments_are_told_from_others() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let id = "ce737667bb6a4c4186ceed8bcb9d5fd4";
        let of_segments = [format!("{id}.364.del"), format!("{id}.store"), format!("{id}.store.temp")];
        let others =
            ["meta.json", "ledger-1", ".tantivy-writer.lock", id, &format!("{id}0.store"), "c.store"];
        for name in of_segments.iter().map(String::as_str).chain(others) {
            fs::write(folder.path().join(name), name).expect("it can be written");
        }
        let directory = Piecewise::open(folder.path()).expect("it is there");
        directory.atomic_write(Path::new(MANAGED), b"[]").expect("nothing is written");
        assert!(!folder.path().join(MANAGED).exists());
        let read = directory.atomic_read(Path::new(MANAGED)).expect("the folder can be read");
        let mut listed: Vec<String> = serde_json::from_slice(&read).expect("it is a list");
        listed.sort();
        assert_eq!(listed, of_segments);
    }
}

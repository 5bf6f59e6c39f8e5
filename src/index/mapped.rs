//! The files of a generation as a search reads them: no lock file is made, so that an index on a read-only
//! disk or of another user can be searched.
//!
//! A process that searches once asks for few postings, bands and passages of many. Each page that it touches of a
//! mapped file costs it more than reading some thousand bytes: short pieces of those files are read.

#[cfg(unix)]
use std::{
    ffi::OsStr,
    fs::{self, File},
    ops::Range,
};
use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

#[cfg(unix)]
use rustix::{
    buffer::spare_capacity,
    io::{pread, retry_on_intr},
};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
    error::{DeleteError, LockError, OpenReadError, OpenWriteError},
};
#[cfg(unix)]
use tantivy::{
    HasLen,
    directory::{Advice, OwnedBytes},
};

#[cfg(unix)]
use super::bands;
use super::{
    Access,
    home::{MANAGED, META},
    seal::unsealed,
};

/// What is longer is mapped.
#[cfg(unix)]
const SHORT: usize = 16 << 10;

/// So many bytes are read from a disk in less time than the tens of pages of them that a search asks for, one by
/// one: what is no longer is mapped so that what lies around is read too.
#[cfg(unix)]
const SMALL: u64 = 1 << 20;

/// The end of each file, which says how to read it, is read at once.
#[cfg(unix)]
const END: usize = 1 << 10;

/// A generation opened for reading alone.
#[derive(Clone)]
pub(super) struct ReadOnly {
    folder: PathBuf,
    broad: MmapDirectory,
    /// Where little of most files will be read.
    sparse: Option<MmapDirectory>,
    /// What is read of one commit is of one, whatever a writer does meanwhile.
    commit: Arc<OnceLock<Vec<u8>>>,
    /// What stands for it from some time on.
    briefly: Arc<OnceLock<Vec<u8>>>,
}

impl ReadOnly {
    pub(super) fn open(generation: &Path, access: Access) -> tantivy::Result<Self> {
        let sparse = match access {
            Access::Broad => None,
            // Elsewhere the system cannot be told.
            #[cfg(not(unix))]
            Access::Sparse => None,
            #[cfg(unix)]
            Access::Sparse => Some(MmapDirectory::open_with_madvice(generation, Advice::Random)?),
        };
        let (folder, commit, briefly) = (generation.into(), Arc::default(), Arc::default());
        Ok(Self { folder, broad: MmapDirectory::open(generation)?, sparse, commit, briefly })
    }

    /// Has another content stand for that of the commit's file.
    pub(super) fn stand_in(&self, content: Vec<u8>) {
        let _ = self.briefly.set(content);
    }
}

impl fmt::Debug for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.folder.fmt(f)
    }
}

impl Directory for ReadOnly {
    #[cfg(not(unix))]
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.broad.get_file_handle(path)
    }
    #[cfg(unix)]
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let Some(sparse) = &self.sparse else { return self.broad.get_file_handle(path) };
        let place = self.folder.join(path);
        match path.extension().and_then(OsStr::to_str) {
            Some("idx" | "pos" | "store" | bands::END) => {}
            // Columns are small, and are read here and there all over.
            Some("fast") => return self.broad.get_file_handle(path),
            _ => {
                let small = fs::metadata(&place).is_ok_and(|meta| meta.len() <= SMALL);
                return if small { &self.broad } else { sparse }.get_file_handle(path);
            }
        }
        match Pieces::open(&place, path, sparse) {
            Ok(pieces) => Ok(Arc::new(pieces)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(OpenReadError::FileDoesNotExist(place))
            }
            Err(error) => Err(OpenReadError::wrap_io_error(error, place)),
        }
    }
    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(read_only()), filepath: path.into() })
    }
    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.broad.exists(path)
    }
    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.into()))
    }
    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path == Path::new(MANAGED) {
            // A list of what may be removed: a reader removes nothing.
            return Err(OpenReadError::FileDoesNotExist(path.into()));
        }
        let is_commit = path == Path::new(META);
        if let Some(known) = self.briefly.get().or_else(|| self.commit.get()).filter(|_| is_commit) {
            return Ok(known.clone());
        }
        let read = unsealed(self.broad.atomic_read(path)?)
            .map_err(|source| OpenReadError::wrap_io_error(source, path.into()))?;
        Ok(if is_commit { self.commit.get_or_init(|| read).clone() } else { read })
    }
    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }
    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }
    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }
    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "opened for reading")
}

/// A file that short pieces are read of. It is held open: a writer may take its name away.
#[cfg(unix)]
struct Pieces {
    name: PathBuf,
    file: File,
    length: usize,
    end: OnceLock<OwnedBytes>,
    mapped: MmapDirectory,
    /// The whole file, once a long piece was asked for; none where it has no name any more.
    whole: OnceLock<Option<Arc<dyn FileHandle>>>,
}

#[cfg(unix)]
impl Pieces {
    fn open(place: &Path, name: &Path, mapped: &MmapDirectory) -> io::Result<Self> {
        let file = File::open(place)?;
        let length = usize::try_from(file.metadata()?.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let (end, whole) = (OnceLock::new(), OnceLock::new());
        Ok(Self { name: name.into(), file, length, end, mapped: mapped.clone(), whole })
    }

    fn read(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        // Memory that is read into need not be filled with zeros before.
        let mut bytes = Vec::with_capacity(range.len());
        while bytes.len() < range.len() {
            let at = (range.start + bytes.len()) as u64;
            if retry_on_intr(|| pread(&self.file, spare_capacity(&mut bytes), at))? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        bytes.truncate(range.len());
        Ok(OwnedBytes::new(bytes))
    }
}

#[cfg(unix)]
impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

#[cfg(unix)]
impl HasLen for Pieces {
    fn len(&self) -> usize {
        self.length
    }
}

#[cfg(unix)]
impl FileHandle for Pieces {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.is_empty() {
            return Ok(OwnedBytes::empty());
        }
        if range.end > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let start = self.length.saturating_sub(END);
        if range.start >= start {
            let end = match self.end.get() {
                Some(end) => end,
                None => {
                    let end = self.read(start..self.length)?;
                    self.end.get_or_init(|| end)
                }
            };
            return Ok(end.slice(range.start - start..range.end - start));
        }
        if range.len() > SHORT {
            let whole = self.whole.get_or_init(|| self.mapped.get_file_handle(&self.name).ok());
            if let Some(whole) = whole {
                return whole.read_bytes(range);
            }
        }
        self.read(range)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn every_range_reads_as_it_is_written_though_the_file_has_lost_its_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let content: Vec<u8> =
            (0..3 * SHORT as u32).map(|at| (at.wrapping_mul(0x9E37_79B9) >> 24) as u8).collect();
        let place = folder.path().join("segment.store");
        let end = content.len();
        for keeps_name in [true, false] {
            std::fs::write(&place, &content).expect("it can be written");
            let directory = ReadOnly::open(folder.path(), Access::Sparse).expect("it is there");
            let file = directory.get_file_handle(Path::new("segment.store")).expect("it is there");
            if !keeps_name {
                std::fs::remove_file(&place).expect("it is there");
            }
            for range in
                [0..10, 5..8, 100..101 + SHORT, 7..9, 1..end, end - 1..end, end - END - 1..end, end..end]
            {
                assert_eq!(*file.read_bytes(range.clone()).expect("it reads"), content[range]);
            }
            assert!(file.read_bytes(end - 1..end + 1).is_err());
            assert!(directory.get_file_handle(Path::new("none.store")).is_err());
        }
    }
}

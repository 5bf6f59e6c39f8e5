//! The files of a generation as readers have them: mapped, and never written to.

use std::{fmt, io, path::Path, sync::Arc};

#[cfg(unix)]
use tantivy::directory::Advice;
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
    error::{DeleteError, LockError, OpenReadError, OpenWriteError},
};

use super::{Access, home::MANAGED, seal::unsealed};

/// A generation opened for reading alone: no lock file is made, so that an index on a read-only
/// disk or of another user can be searched.
#[derive(Clone)]
pub(super) struct ReadOnly {
    broad: MmapDirectory,
    /// Where little of most files will be read.
    sparse: Option<MmapDirectory>,
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
        Ok(Self { broad: MmapDirectory::open(generation)?, sparse })
    }

    /// Returns what a file is read through. Columns are small, and are read here and there all over.
    fn of(&self, path: &Path) -> &MmapDirectory {
        let is_column = path.extension().is_some_and(|end| end == "fast");
        self.sparse.as_ref().filter(|_| !is_column).unwrap_or(&self.broad)
    }
}

impl fmt::Debug for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.broad.fmt(f)
    }
}

impl Directory for ReadOnly {
    fn get_file_handle(&self, path: &Path) -> std::result::Result<Arc<dyn FileHandle>, OpenReadError> {
        self.of(path).get_file_handle(path)
    }
    fn delete(&self, path: &Path) -> std::result::Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(read_only()), filepath: path.into() })
    }
    fn exists(&self, path: &Path) -> std::result::Result<bool, OpenReadError> {
        self.broad.exists(path)
    }
    fn open_write(&self, path: &Path) -> std::result::Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.into()))
    }
    fn atomic_read(&self, path: &Path) -> std::result::Result<Vec<u8>, OpenReadError> {
        if path == Path::new(MANAGED) {
            // A list of what may be removed: a reader removes nothing.
            return Err(OpenReadError::FileDoesNotExist(path.into()));
        }
        unsealed(self.broad.atomic_read(path)?)
            .map_err(|source| OpenReadError::wrap_io_error(source, path.into()))
    }
    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }
    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }
    fn acquire_lock(&self, _: &Lock) -> std::result::Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }
    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "opened for reading")
}

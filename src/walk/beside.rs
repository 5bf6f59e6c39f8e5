//! Questions about what a walk meets, asked from the folder that it stands in: held open, it is found sooner than
//! by a path that is looked up from its beginning.

use std::{fs, path::Path};

use walkdir::DirEntry;

use super::{Stamp, stamp};

/// What a name stands for, behind links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum There {
    /// A regular file.
    File,
    /// Something else.
    Other,
    /// Nothing, or what cannot be looked at.
    Nothing,
}

/// Returns what a name stands for in a folder.
pub(super) fn there(folder: &Path, name: &str) -> There {
    match fs::metadata(folder.join(name)) {
        Ok(meta) if meta.is_file() => There::File,
        Ok(_) => There::Other,
        Err(_) => There::Nothing,
    }
}

/// The folders a walk stands in.
#[derive(Default)]
pub(super) struct Beside {
    #[cfg(target_os = "linux")]
    open: linux::Open,
}

impl Beside {
    /// Returns the stamp of what a walk met, whose path is taken apart into a folder and a name.
    ///
    /// # Errors
    /// Where the system does not tell.
    pub(super) fn stamp(
        &mut self,
        entry: &DirEntry,
        parts: Option<(&[u8], &[u8])>,
    ) -> walkdir::Result<Stamp> {
        #[cfg(target_os = "linux")]
        if let Some(stamp) = self.open.stamp(entry, parts) {
            return Ok(stamp);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = parts;
        entry.metadata().map(|meta| stamp(&meta))
    }

    /// Returns what a name stands for in a folder that a walk met.
    pub(super) fn there(&mut self, folder: &DirEntry, name: &str) -> There {
        #[cfg(target_os = "linux")]
        if let Some(there) = self.open.there(folder, name) {
            return there;
        }
        there(folder.path(), name)
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        ffi::OsStr,
        os::{
            fd::{AsFd, OwnedFd},
            unix::ffi::OsStrExt,
        },
    };

    use rustix::{
        fs::{AtFlags, CWD, FileType, Mode, OFlags, StatxFlags, openat, statx},
        io::Errno,
    };
    use walkdir::DirEntry;

    use super::{
        super::{bytes, stamp::joined},
        Stamp, There,
    };

    /// So many folders inside one another are held open.
    const MOST_OPEN: usize = 16;

    /// Folders inside one another, each with its path, outermost first.
    #[derive(Default)]
    pub(super) struct Open(Vec<(Vec<u8>, OwnedFd)>);

    impl Open {
        pub(super) fn stamp(&mut self, entry: &DirEntry, parts: Option<(&[u8], &[u8])>) -> Option<Stamp> {
            // The folder that was named, and what stands behind links, are asked for by their paths.
            if entry.depth() == 0 || entry.path_is_symlink() {
                return None;
            }
            let path = bytes(entry.path());
            let flags = StatxFlags::SIZE | StatxFlags::MTIME | StatxFlags::CTIME | StatxFlags::INO;
            let meta = match self.0.last() {
                Some((open, folder)) if open == path => statx(folder, "", AtFlags::EMPTY_PATH, flags),
                _ => {
                    let (folder, name) = parts?;
                    let name = OsStr::from_bytes(name);
                    statx(self.folder(folder)?, name, AtFlags::SYMLINK_NOFOLLOW, flags)
                }
            };
            let meta = meta.ok()?;
            Some(Stamp {
                size: meta.stx_size,
                modified: joined(meta.stx_mtime.tv_sec, meta.stx_mtime.tv_nsec.into()),
                changed: joined(meta.stx_ctime.tv_sec, meta.stx_ctime.tv_nsec.into()),
                inode: meta.stx_ino,
            })
        }

        pub(super) fn there(&mut self, folder: &DirEntry, name: &str) -> Option<There> {
            if folder.path_is_symlink() {
                return None;
            }
            let folder = self.folder(bytes(folder.path()))?;
            match statx(folder, name, AtFlags::empty(), StatxFlags::TYPE) {
                Ok(meta) if FileType::from_raw_mode(meta.stx_mode.into()) == FileType::RegularFile => {
                    Some(There::File)
                }
                Ok(_) => Some(There::Other),
                Err(Errno::NOENT) => Some(There::Nothing),
                Err(_) => None,
            }
        }

        /// Returns a folder, held open.
        fn folder(&mut self, path: &[u8]) -> Option<&OwnedFd> {
            let rest = |outer: &[u8]| path.strip_prefix(outer).filter(|rest| matches!(rest, [] | [b'/', ..]));
            while self.0.pop_if(|(outer, _)| rest(outer).is_none()).is_some() {}
            let (from, name) = match self.0.last() {
                Some((outer, _)) if outer.len() == path.len() => return self.0.last().map(|(_, open)| open),
                Some((outer, open)) => (open.as_fd(), &path[outer.len() + 1..]),
                None => (CWD, path),
            };
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let opened = openat(from, OsStr::from_bytes(name), flags, Mode::empty()).ok()?;
            if self.0.len() == MOST_OPEN {
                self.0.remove(0);
            }
            self.0.push((path.into(), opened));
            self.0.last().map(|(_, open)| open)
        }
    }
}

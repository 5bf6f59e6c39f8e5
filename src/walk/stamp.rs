//! What tells one state of a file from another.

use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use walkdir::DirEntry;

/// What tells one state of a file from another without opening it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// When the content was last changed, in nanoseconds since 1970.
    pub modified: i64,
    /// When the file was last changed in any way, in nanoseconds since 1970; unlike `modified` no
    /// program can set it back. 0 where the system does not tell.
    pub changed: i64,
    /// Which file of its file system it is: a folder that is renamed changes no time of what is in
    /// it, but brings other files to the old names. 0 where the system does not tell.
    pub inode: u64,
}

/// Returns a file's stamp.
#[cfg(unix)]
pub fn stamp(meta: &fs::Metadata) -> Stamp {
    use std::os::unix::fs::MetadataExt;
    Stamp {
        size: meta.len(),
        modified: joined(meta.mtime(), meta.mtime_nsec()),
        changed: joined(meta.ctime(), meta.ctime_nsec()),
        inode: meta.ino(),
    }
}

/// Returns a file's stamp.
#[cfg(not(unix))]
pub fn stamp(meta: &fs::Metadata) -> Stamp {
    Stamp { size: meta.len(), modified: meta.modified().map_or(0, nanoseconds), changed: 0, inode: 0 }
}

#[cfg(unix)]
fn joined(seconds: i64, nanoseconds: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
}

/// Returns a time in nanoseconds since 1970, negative before.
pub fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    }
}

/// The folder a walk stands in, held open: what is asked for by its name there is found sooner than by a path
/// that is looked up from its beginning.
#[derive(Default)]
pub(super) struct Beside {
    #[cfg(target_os = "linux")]
    open: Option<(Vec<u8>, std::os::fd::OwnedFd)>,
}

impl Beside {
    /// Returns the stamp of what a walk met.
    ///
    /// # Errors
    /// Where the system does not tell.
    pub(super) fn stamp(&mut self, entry: &DirEntry) -> walkdir::Result<Stamp> {
        match self.by_name(entry) {
            Some(stamp) => Ok(stamp),
            None => entry.metadata().map(|meta| stamp(&meta)),
        }
    }

    #[cfg(target_os = "linux")]
    fn by_name(&mut self, entry: &DirEntry) -> Option<Stamp> {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

        use rustix::fs::{AtFlags, Mode, OFlags, StatxFlags, open, statx};

        use super::{bytes, folder_and_name};
        // The folder that was named, and what stands behind links, are asked for by their paths.
        if entry.depth() == 0 || entry.path_is_symlink() {
            return None;
        }
        let (folder, name) = folder_and_name(bytes(entry.path()))?;
        let (_, opened) = match self.open.take().filter(|(path, _)| path == folder) {
            Some(open) => self.open.insert(open),
            None => {
                let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
                let opened = open(OsStr::from_bytes(folder), flags, Mode::empty()).ok()?;
                self.open.insert((folder.into(), opened))
            }
        };
        let flags = StatxFlags::SIZE | StatxFlags::MTIME | StatxFlags::CTIME | StatxFlags::INO;
        let meta = statx(opened, OsStr::from_bytes(name), AtFlags::SYMLINK_NOFOLLOW, flags).ok()?;
        Some(Stamp {
            size: meta.stx_size,
            modified: joined(meta.stx_mtime.tv_sec, meta.stx_mtime.tv_nsec.into()),
            changed: joined(meta.stx_ctime.tv_sec, meta.stx_ctime.tv_nsec.into()),
            inode: meta.stx_ino,
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn by_name(&mut self, _: &DirEntry) -> Option<Stamp> {
        None
    }
}

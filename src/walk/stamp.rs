//! What tells one state of a file from another.

use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

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
pub(super) fn joined(seconds: i64, nanoseconds: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
}

/// Returns a time in nanoseconds since 1970, negative before.
pub fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    }
}

//! What is read of a file before its format takes over: so much that the format can be told, a hash, and
//! whether the file held still.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use crate::{
    format::{self, Extent, FIRST_PART, Format},
    walk::{self, Stamp},
};

/// Bytes by which the format of a file is told before more of it is read.
const HEAD: u64 = 64 << 10;

/// The content of a file and its state when it was opened.
pub(super) struct Content {
    pub(super) name: String,
    /// None for what no reader takes.
    pub(super) format: Option<&'static dyn Format>,
    /// Its first bytes, up to [`FIRST_PART`].
    pub(super) bytes: Vec<u8>,
    /// Stands where they end; none where they are all.
    pub(super) file: Option<File>,
    pub(super) hash: [u8; 16],
    pub(super) stamp: Stamp,
    /// Whether the state was the same after reading as before.
    pub(super) steady: bool,
    /// What will not be read.
    pub(super) cut_off: Option<String>,
}

impl Content {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let stamp = walk::stamp(&file.metadata()?);
        // A byte more than there is, to see that no more is there.
        let size = usize::try_from(stamp.size.min(HEAD)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(size + 1);
        file.by_ref().take(HEAD).read_to_end(&mut bytes)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut format = format::of(&name, &bytes);
        // Of what no reader takes no more is read, and a large file is left to its reader.
        let large = |format: &dyn Format| format.extent() == Extent::Whole && stamp.size > FIRST_PART;
        if bytes.len() as u64 == HEAD && format.is_some_and(|format| !large(format)) {
            bytes.reserve_exact(
                usize::try_from(stamp.size.min(FIRST_PART)).unwrap_or(0).saturating_sub(bytes.len()) + 1,
            );
            file.by_ref().take(FIRST_PART - bytes.len() as u64).read_to_end(&mut bytes)?;
            format = format::of(&name, &bytes);
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&bytes).update(&stamp.size.to_le_bytes());
        let mut cut_off = None;
        if let Some(format) = format.filter(|_| stamp.size > FIRST_PART) {
            if format.extent() != Extent::First {
                hasher.update_reader(&mut file)?;
                file.seek(SeekFrom::Start(bytes.len() as u64))?;
            } else {
                let (read, all) = (FIRST_PART >> 20, stamp.size.div_ceil(1 << 20));
                cut_off = Some(format!("only the first {read} MB of {all} were read"));
            }
        }
        let steady = walk::stamp(&file.metadata()?) == stamp;
        let hash = *hasher.finalize().as_bytes().first_chunk().expect("a hash has 32 bytes");
        let file = (stamp.size > FIRST_PART).then_some(file);
        Ok(Self { name, format, bytes, file, hash, stamp, steady, cut_off })
    }
}

/// Has the system bring the beginning of a file that is to be opened soon from the disk, where it can be asked to.
#[cfg(target_os = "linux")]
pub(super) fn fetch(path: &Path) {
    use std::num::NonZeroU64;

    use rustix::fs::{Advice, fadvise};

    // What comes of it shows when the file is opened.
    let _ = File::open(path).map(|file| fadvise(&file, 0, NonZeroU64::new(HEAD), Advice::WillNeed));
}

#[cfg(not(target_os = "linux"))]
pub(super) fn fetch(_path: &Path) {}

/// Whether a state had stood so long at `now` that a later change cannot have the same times. File
/// systems count in steps: whole seconds, or even two, where the times have no fraction, some
/// milliseconds where they have one.
pub(super) fn settled(stamp: Stamp, now: i64) -> bool {
    let last = stamp.modified.max(stamp.changed);
    let coarse = stamp.modified % 1_000_000_000 == 0 && stamp.changed % 1_000_000_000 == 0;
    let step = if coarse { 2_000_000_000 } else { 50_000_000 };
    last.saturating_add(step) < now
}

/// Says whether a reader takes a file, as far as its name and its first bytes tell.
pub(super) fn is_readable(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut head = Vec::new();
    format::by_extension(&name).is_some() || {
        let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
        read.is_ok() && format::of(&name, &head).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_settled_once_a_later_change_must_show() {
        let check = |modified: i64, changed: i64, now: i64, expected: bool| {
            assert_eq!(
                settled(Stamp { size: 1, modified, changed, inode: 1 }, now),
                expected,
                "{modified} {changed} {now}"
            );
        };
        let second = 1_000_000_000;
        check(10 * second + 5, 10 * second + 5, 11 * second, true);
        check(10 * second + 5, 10 * second + 5, 10 * second + 1_000_000, false);
        check(10 * second, 0, 11 * second, false);
        check(10 * second, 0, 13 * second, true);
        // A file from the future, or one whose old times were put back just now.
        check(99 * second + 5, 10 * second + 5, 20 * second, false);
        check(second, 10 * second + 5, 10 * second + 6, false);
    }
}

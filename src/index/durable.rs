//! The files of segments on their way to the disk. A commit speaks of a file only when that is on the disk; a file
//! that waits for it by itself, as tantivy's do, makes an update of a few files wait a dozen times, and a disk can
//! do that at once.

use std::{
    fs::File,
    io::{self, Write},
    mem,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use tantivy::directory::{AntiCallToken, TerminatingWrite};

/// Bytes of a file that goes to the disk by itself: while that takes its time, others are written.
const LONG: u64 = 1 << 20;

/// So many files are waited for at once.
const AT_ONCE: usize = 16;

/// Short files that may not be on the disk yet.
#[derive(Clone, Default)]
pub(super) struct Durable(Arc<Mutex<Vec<PathBuf>>>);

impl Durable {
    /// Makes a new file.
    ///
    /// # Errors
    /// Where there is one of that name, or none can be made.
    pub(super) fn create(&self, path: PathBuf) -> io::Result<Written> {
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok(Written { file, path, bytes: 0, short: self.clone() })
    }

    /// Waits until all that was written is on the disk; who asks for that meanwhile waits too.
    ///
    /// # Errors
    /// Where that cannot be. It is tried again the next time.
    pub(super) fn sync(&self) -> io::Result<()> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = |files: &[PathBuf]| files.iter().try_for_each(|file| sync(file));
        let together = files.len().div_ceil(AT_ONCE).max(1);
        thread::scope(|scope| {
            let all: Vec<_> = files.chunks(together).map(|files| scope.spawn(move || all(files))).collect();
            all.into_iter()
                .try_for_each(|synced| synced.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })?;
        files.clear();
        Ok(())
    }
}

/// Waits until a file is on the disk, if it is still there.
fn sync(path: &Path) -> io::Result<()> {
    match File::options().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        file => file?.sync_data(),
    }
}

/// A file that is being written.
pub(super) struct Written {
    file: File,
    path: PathBuf,
    bytes: u64,
    short: Durable,
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TerminatingWrite for Written {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        if self.bytes > LONG {
            return self.file.sync_data();
        }
        self.short.0.lock().unwrap_or_else(PoisonError::into_inner).push(mem::take(&mut self.path));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_files_are_waited_for_together_and_long_ones_at_once() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = |name: &str| folder.path().join(name);
        let durable = Durable::default();
        let waiting = || durable.0.lock().expect("no thread failed").len();
        let write = |name: String, bytes: usize| {
            let mut file = durable.create(path(&name)).expect("there is none");
            file.write_all(&vec![b'a'; bytes]).expect("it can be written");
            file.terminate().expect("it can be closed");
        };
        (0..3 * AT_ONCE).for_each(|number| write(number.to_string(), number));
        write("long".into(), LONG as usize + 1);
        assert_eq!(waiting(), 3 * AT_ONCE);
        assert_eq!(
            durable.create(path("7")).err().map(|error| error.kind()),
            Some(io::ErrorKind::AlreadyExists)
        );
        // A merge removes what it wrote for itself.
        std::fs::remove_file(path("3")).expect("it is there");
        durable.sync().expect("all others are there");
        assert_eq!(waiting(), 0);
        durable.sync().expect("nothing is left");
    }

    #[test]
    fn what_cannot_reach_the_disk_is_told() {
        let durable = Durable::default();
        let folder = tempfile::tempdir().expect("a temporary folder");
        // It can be opened for writing by nobody.
        durable.0.lock().expect("no thread failed").push(folder.path().into());
        assert!(durable.sync().is_err() && durable.sync().is_err());
    }
}

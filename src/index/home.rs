//! The folder of an index: its settings file, the pointer to the generation in force, and the lock
//! that lets one process write at a time.
//!
//! ```text
//! excerpt.toml   settings; marks the folder as an index
//! current        the name of the generation in force, such as `g1`
//! g1/            tantivy's files and the ledgers
//! folders.json   the folders of the index once more, should the generation be lost
//! synonyms.txt   groups of words that mean the same, where the user gave some
//! writer.lock    held while writing; writer.pid says by whom
//! ```

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use super::{
    committed::Committed,
    manifest::{Folders, Manifest},
    seal::{WRONG, is_whole, sealed, unsealed},
    settings,
};
use crate::{
    error::{Error, Result},
    walk::INDEX_MARK,
};

pub(super) const POINTER: &str = "current";
pub(super) const FOLDERS: &str = "folders.json";
const LOCK: &str = "writer.lock";
const PID: &str = "writer.pid";

/// What tantivy says of a commit; ours is its payload.
pub(super) const META: &str = "meta.json";

/// Where tantivy would list the files that it made: see [`super::pieces`].
pub(super) const MANAGED: &str = ".managed.json";

/// Says whether a file of a generation is one that a later commit removes where it does not speak of it. Those of
/// segments are removed by tantivy; what else stands there is not ours.
pub(super) fn is_replaced(name: &str) -> bool {
    [".tmp", MANAGED, "ledger-"].iter().any(|beginning| name.starts_with(beginning))
}

/// Says whether a folder is an excerpt index.
pub fn is_index(folder: &Path) -> bool {
    folder.join(INDEX_MARK).is_file()
}

/// Says what stands in the way where a folder cannot be opened as an index.
///
/// # Errors
/// [`Error::NoIndex`] where it is none, [`Error::Damaged`] where it was one, [`Error::Read`] where that
/// cannot be told.
pub(super) fn find(folder: &Path) -> Result<()> {
    let path = folder.join(INDEX_MARK);
    match fs::metadata(&path) {
        Ok(meta) if meta.is_file() => Ok(()),
        Err(source) if source.kind() == io::ErrorKind::PermissionDenied => Err(Error::Read { path, source }),
        _ if [POINTER, FOLDERS].iter().any(|name| folder.join(name).is_file()) => Err(Error::Damaged {
            path: folder.into(),
            source: format!("its settings file {INDEX_MARK} is missing").into(),
        }),
        _ => Err(Error::NoIndex { path: folder.into() }),
    }
}

/// Makes a folder an index, if it is none yet.
pub(super) fn create(folder: &Path) -> Result<()> {
    match find(folder) {
        Err(Error::NoIndex { .. }) => {}
        found => return found,
    }
    create_private(folder).map_err(|source| Error::Write { path: folder.into(), source })?;
    let mut entries = fs::read_dir(folder).map_err(|source| Error::Read { path: folder.into(), source })?;
    // A process that is making it too, or was cut off doing so, leaves the settings' new name.
    let ours = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| {
            entry.file_name() == INDEX_MARK
                || Path::new(&entry.file_name()).extension().is_some_and(|end| end == "new")
        })
    };
    if !entries.all(ours) {
        return Err(Error::NotAnIndex { path: folder.into() });
    }
    match new_settings(folder) {
        // Another process made it at the same time, and swept this one's half away.
        Err(_) if is_index(folder) => Ok(()),
        made => made,
    }
}

/// Writes the settings file again that a new index has.
pub(super) fn new_settings(folder: &Path) -> Result<()> {
    write_whole(&folder.join(INDEX_MARK), settings::NEW.as_bytes())
}

/// Says whether a folder belongs to another user, where the system tells.
pub(super) fn is_foreign(folder: &Path) -> bool {
    #[cfg(unix)]
    if let Ok(meta) = fs::metadata(folder) {
        return std::os::unix::fs::MetadataExt::uid(&meta) != rustix::process::geteuid().as_raw();
    }
    #[cfg(not(unix))]
    let _ = folder;
    false
}

/// Keeps the folders of an index where they last when its generation does not.
pub(super) fn keep_folders(folder: &Path, folders: &Folders) -> Result<()> {
    let path = folder.join(FOLDERS);
    let content = sealed(&serde_json::to_vec(folders).expect("plain data can be encoded"));
    if fs::read(&path).is_ok_and(|kept| kept == content) {
        return Ok(());
    }
    write_whole(&path, &content)
}

/// Returns the folders that were kept.
///
/// # Errors
/// When they cannot be read, or are not as they were written.
pub(super) fn kept_folders(folder: &Path) -> io::Result<Folders> {
    let bytes = fs::read(folder.join(FOLDERS))?;
    if !is_whole(&bytes) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, WRONG));
    }
    serde_json::from_slice(&unsealed(bytes)?).map_err(io::Error::from)
}

/// Returns what is known of an index in which nothing was committed: its folders, where their indexing was
/// begun.
///
/// # Errors
/// [`Error::Damaged`] where what was committed is gone.
pub(super) fn begun(folder: &Path) -> Result<Manifest> {
    let Ok(folders) = kept_folders(folder) else { return Ok(Manifest::default()) };
    // The folders are kept when a generation is there, and before its first commit.
    if generations(folder).next().is_none() {
        return Err(super::damaged(folder, "its generation is missing"));
    }
    Ok(Manifest { unfinished: true, ..Manifest::of(folders) })
}

/// Returns all generations with their numbers.
pub(super) fn generations(folder: &Path) -> impl Iterator<Item = (u64, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((number(entry.file_name().to_str()?)?, entry.path())))
}

/// Returns the number of a generation by its name.
pub(super) fn number(name: &str) -> Option<u64> {
    let figures = name.strip_prefix('g')?;
    figures.bytes().all(|byte| byte.is_ascii_digit()).then(|| figures.parse().ok())?
}

/// Returns the folder of the generation in force, if there is one.
pub(super) fn generation(folder: &Path) -> Result<Option<PathBuf>> {
    let path = folder.join(POINTER);
    match fs::read(&path) {
        Ok(name) => {
            let name = std::str::from_utf8(&name).ok().and_then(|name| name.strip_suffix('\n'));
            let found = name.filter(|name| number(name).is_some()).map(|name| folder.join(name));
            match found {
                Some(found) if found.is_dir() => Ok(Some(found)),
                Some(_) => {
                    Err(super::damaged(folder, format!("`{POINTER}` names a generation that is not there")))
                }
                None => Err(super::damaged(folder, format!("`{POINTER}` does not name a generation"))),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(last_committed(folder)),
        Err(source) => Err(Error::Read { path, source }),
    }
}

/// Returns the last generation in which something was committed: it is in force where none is said to be.
pub(super) fn last_committed(folder: &Path) -> Option<PathBuf> {
    let committed = generations(folder).filter_map(|(number, path)| {
        let manifest = Committed::read(folder, &path).ok()?.manifest;
        // One that was made beside another only if it was finished: then it was in force, most likely.
        (manifest.ledger.is_some() && (manifest.aside.is_none() || !manifest.unfinished)).then_some((
            manifest.aside.is_none(),
            number,
            path,
        ))
    });
    committed.max().map(|(.., path)| path)
}

/// Returns the folder for a new generation, empty.
pub(super) fn new_generation(folder: &Path) -> Result<PathBuf> {
    let old = generation(folder)?;
    let last = old.and_then(|old| number(old.file_name()?.to_str()?)).unwrap_or(0);
    let new = folder.join(format!("g{}", last + 1));
    if new.exists() {
        fs::remove_dir_all(&new).map_err(|source| Error::Write { path: new.clone(), source })?;
    }
    create_private(&new).map_err(|source| Error::Write { path: new.clone(), source })?;
    Ok(new)
}

/// Puts a generation in force and removes the others, as far as the system lets it.
pub(super) fn point_to(folder: &Path, generation: &Path) -> Result<()> {
    point(folder, generation)?;
    sweep(folder, None)
}

/// Puts the last generation in force in which something was committed, whatever the pointer says.
pub(super) fn point_again(folder: &Path) -> Result<()> {
    let path = folder.join(POINTER);
    match last_committed(folder) {
        Some(generation) => point_to(folder, &generation),
        None if path.exists() => fs::remove_file(&path).map_err(|source| Error::Write { path, source }),
        None => Ok(()),
    }
}

fn point(folder: &Path, generation: &Path) -> Result<()> {
    let name = generation.file_name().unwrap_or_default().to_string_lossy();
    write_whole(&folder.join(POINTER), format!("{name}\n").as_bytes())
}

/// Removes generations that are neither in force nor to be kept: left by a run that was cut off.
pub(super) fn sweep(folder: &Path, keep: Option<&Path>) -> Result<()> {
    let current = generation(folder)?;
    if let Some(current) = current.as_deref().filter(|_| !folder.join(POINTER).exists()) {
        point(folder, current)?;
    }
    let entries = fs::read_dir(folder).map_err(|source| Error::Read { path: folder.into(), source })?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if number(&name).is_some() && Some(&path) != current.as_ref() && Some(&*path) != keep {
            // A reader may still have it open; the next writer tries again.
            let _ = fs::remove_dir_all(&path);
        }
        let begun = ["current.", "folders.", "excerpt."].iter().any(|start| name.starts_with(start));
        if begun && name.ends_with(".new") {
            // Left by one that was cut off; see [`write_whole`].
            let _ = fs::remove_file(&path);
        }
    }
    Ok(())
}

/// The right to write to an index; given back when dropped or when the process ends.
#[derive(Debug)]
pub(super) struct WriteLock {
    _file: fs::File,
}

/// Takes the right to write, after waiting for it as long as `patience`.
///
/// # Errors
/// [`Error::Locked`] when another process has it, [`Error::Write`] where the index cannot be
/// written at all.
pub(super) fn lock(folder: &Path, patience: Duration) -> Result<WriteLock> {
    let began = Instant::now();
    let path = folder.join(LOCK);
    let file = fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|source| Error::Write { path: path.clone(), source })?;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(fs::TryLockError::WouldBlock) if began.elapsed() < patience => thread::sleep(patience / 40),
            Err(fs::TryLockError::WouldBlock) => {
                let pid = fs::read_to_string(folder.join(PID)).ok().and_then(|pid| pid.trim().parse().ok());
                return Err(Error::Locked { path: folder.into(), pid });
            }
            Err(fs::TryLockError::Error(source)) => return Err(Error::Write { path, source }),
        }
    }
    let _ = sign(folder);
    Ok(WriteLock { _file: file })
}

/// Writes down who writes, only for the message that a second writer gets. It takes as many bytes whoever it is: to
/// cut the file off first takes a system longer than all else of a lock.
fn sign(folder: &Path) -> io::Result<()> {
    let mut file = fs::File::options().create(true).truncate(false).write(true).open(folder.join(PID))?;
    file.write_all(format!("{:<10}\n", std::process::id()).as_bytes())
}

/// Writes a small file so that it is there whole or not at all, for its owner alone.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let write = || -> io::Result<()> {
        let new = path.with_extension(format!("{}.new", std::process::id()));
        let mut options = fs::File::options();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.write(true).create(true).truncate(true).open(&new)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        // The new name must last too; some systems cannot open a folder for that.
        if let Some(folder) = path.parent().and_then(|folder| fs::File::open(folder).ok()) {
            let _ = folder.sync_all();
        }
        Ok(())
    };
    write().map_err(|source| Error::Write { path: path.into(), source })
}

/// Makes a folder that only its owner can read: it holds the text of private files.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

//! The index made ready for a search: what is to be searched and not known yet is indexed first.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use excerpt::{
    Error, Index,
    index::{Access, Update, Verdict},
};

use super::ui::Progress;

/// What is done with folders that the index does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// They are indexed first.
    Indexed,
    /// They are not searched.
    LeftOut,
}

/// Opens the index, after indexing what is to be searched and not known yet. What `interruption` returns is
/// asked for only where there is something to interrupt.
pub(crate) fn open(
    dir: &Path,
    within: &[PathBuf],
    unknown: Unknown,
    means: &Update,
    interruption: &dyn Fn() -> Arc<AtomicBool>,
    notes: &mut Vec<String>,
) -> anyhow::Result<Index> {
    let known = excerpt::index::is_index(dir);
    if !known && (within.is_empty() || unknown == Unknown::LeftOut) {
        return Ok(Index::open(dir)?);
    }
    for path in within.iter().filter(|path| !path.exists()) {
        // A folder that is gone may still be searched: its articles are in the index.
        if !known || !Index::open(dir).is_ok_and(|index| index.holds(path)) {
            let missing = io::Error::new(io::ErrorKind::NotFound, "no such file or folder");
            return Err(Error::Read { path: path.clone(), source: missing }.into());
        }
        notes.push(format!("{} is not there: what the index holds of it was searched", path.display()));
    }
    let mut index = match if known { Index::open_for(dir, Access::Sparse) } else { Index::create(dir) } {
        Err(Error::Older { .. }) => {
            let mut progress = Progress::new(true);
            let done = Index::rebuild(dir, means, &mut |event| progress.take(event), &interruption());
            progress.finish();
            done?;
            notes.push("the index was of an older version and was built anew".into());
            Index::open_for(dir, Access::Sparse)?
        }
        opened => opened?,
    };
    let new = new(&index, within)?;
    if new.is_empty() || unknown == Unknown::LeftOut {
        return Ok(index);
    }
    let update = Update { folders: new, ..means.clone() };
    let mut progress = Progress::new(true);
    let done = index.update(&update, &mut |event| progress.take(event), &interruption());
    progress.finish();
    match done {
        Ok(report) if report.interrupted => {
            notes.push("indexing was stopped: only what was read by then was searched".into());
        }
        Ok(_) => {}
        Err(error @ (Error::Locked { .. } | Error::Write { .. })) => {
            notes.push(format!("not indexed: {:#}", anyhow::Error::from(error)));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(index)
}

/// Says of single files why they cannot be searched.
pub(crate) fn unread(index: &Index, within: &[PathBuf], notes: &mut Vec<String>) -> anyhow::Result<()> {
    for path in within.iter().filter(|path| path.is_file()) {
        if let Verdict::Unsupported(cause) | Verdict::Failed(cause) = index.why(path)?.file.verdict {
            notes.push(format!("{} was not read: {cause}", path.display()));
        }
    }
    Ok(())
}

/// Returns the paths to index first: folders the index does not hold, and single files that a rule left out
/// of one.
fn new(index: &Index, within: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut new = Vec::new();
    for path in within {
        let left_out = || excerpt::Result::Ok(matches!(index.why(path)?.file.verdict, Verdict::LeftOut(_)));
        if !index.holds(path) || path.is_file() && left_out()? {
            new.push(path.clone());
        }
    }
    Ok(new)
}

//! What was committed beside what stands on disk: first the folders whose own time is another, then file by
//! file, for as long as there is time.

use std::{
    cell::Cell,
    path::PathBuf,
    time::{Duration, Instant},
};

use super::{
    super::{
        Index, damaged,
        ledger::{Head, Ledger, Lot},
        manifest::Folder,
        settings,
    },
    Freshness,
};
use crate::{
    error::Result,
    walk::{self, Found, Kind, Part},
};

/// With more files than this the times of the folders are asked first: all files will hardly fit.
const MANY: u64 = 5_000;

/// The clock is looked at with every so many entries of the ledger.
const LOOK: u64 = 64;

/// So many files and folders are looked at though the time is over: a small folder is compared whole on a
/// machine that is busy with other things, too,
const LEAST: u64 = 256;

/// unless they take so much longer, as on a disk that is far away.
const GRACE: Duration = Duration::from_millis(500);

impl Index {
    /// Compares as much as there is time for. Says what an update would have to read, too.
    pub(super) fn compare(&self, deadline: Option<Instant>) -> Result<(Freshness, Pending)> {
        let files = self.known_files();
        let mut fresh = self.uncompared();
        let mut pending = Pending { all: true, ..Pending::default() };
        let Some(mut ledger) = self.whole_ledger()? else { return Ok((fresh, pending)) };
        let mut deadline = deadline;
        if let Some(end) = deadline.filter(|_| files > MANY) {
            // The times of the folders tell most. All files would not fit: half of the time is enough to
            // compare a part of them, and of that half at most for the folders.
            let now = Instant::now();
            let left = end.saturating_duration_since(now);
            deadline = Some(now + left / 2);
            let enough = now + left / 4;
            self.compare_folders(&mut ledger, &mut fresh, &|| Instant::now() >= enough)?;
        }
        let looked = Cell::new(0);
        let out_of_time = || {
            looked.set(looked.get() + 1);
            let grace = if looked.get() <= LEAST { GRACE } else { Duration::ZERO };
            deadline.is_some_and(|deadline| Instant::now() >= deadline + grace)
        };
        let folders = std::mem::take(&mut fresh);
        fresh.files = files;
        fresh.missing = folders.missing;
        fresh.notes = folders.notes;
        for folder in &self.manifest.folders {
            if fresh.missing.contains(&folder.path(&self.dir)) {
                continue;
            }
            if out_of_time() {
                pending.all = false;
                break;
            }
            self.compare_files(folder, &mut ledger, &mut fresh, &mut pending, &out_of_time)?;
        }
        if fresh.compared == 0 && !pending.all {
            // Nothing is known but what the folders' own times told.
            (fresh.changed, fresh.gone) = (None, None);
        }
        fresh.new = fresh.new.filter(|_| fresh.compared > 0 || pending.all).max(folders.new);
        Ok((fresh, pending))
    }

    /// Looks into the folders whose own time is another: files were added to them or taken away.
    fn compare_folders(
        &self,
        ledger: &mut Ledger<'_>,
        fresh: &mut Freshness,
        out_of_time: &dyn Fn() -> bool,
    ) -> Result<()> {
        let broken = |source| damaged(&self.dir, source);
        let mut bases: Option<(u32, PathBuf)> = None;
        for at in 0..ledger.len() {
            if at % LOOK == 0 && out_of_time() {
                return Ok(());
            }
            let entry = ledger.head(at).map_err(broken)?;
            if entry.lot != Lot::Folder {
                continue;
            }
            let Some(folder) = self.manifest.folder(entry.folder) else { continue };
            if bases.as_ref().is_none_or(|(id, _)| *id != folder.id) {
                bases = Some((folder.id, folder.base(&self.dir)));
            }
            let Some((_, base)) = &bases else { continue };
            let Ok(meta) = std::fs::metadata(walk::join(base, entry.path)) else { continue };
            if walk::stamp(&meta).modified == entry.stamp().modified {
                continue;
            }
            let path = entry.path.to_vec();
            let mut met = Vec::new();
            walk::walk(base, &self.rules(folder)?, &[], Part::Within(&path), &mut |found| {
                if worth_reading(&found) {
                    met.push(found.path.into_owned());
                }
                !out_of_time()
            })?;
            for path in met {
                if ledger.find(folder.id, &path).map_err(broken)?.1.is_none() {
                    *fresh.new.get_or_insert(0) += 1;
                }
            }
        }
        Ok(())
    }

    /// Compares the files of a folder one by one.
    fn compare_files(
        &self,
        folder: &Folder,
        ledger: &mut Ledger<'_>,
        fresh: &mut Freshness,
        pending: &mut Pending,
        out_of_time: &dyn Fn() -> bool,
    ) -> Result<()> {
        let broken = |source| damaged(&self.dir, source);
        let mut at = ledger.find(folder.id, b"").map_err(broken)?.0;
        let (mut changed, mut new, mut gone) = (0, 0, 0);
        let mut failure = None;
        let rules = self.rules(folder)?;
        let fields = settings::read(&self.dir)?.fields(&folder.fields);
        let apart: Vec<PathBuf> = self
            .manifest
            .folders
            .iter()
            .filter(|other| other.id != folder.id)
            .map(|other| other.path(&self.dir))
            .collect();
        walk::walk(&folder.path(&self.dir), &rules, &apart, Part::Whole, &mut |found| {
            let mut step = || -> Result<()> {
                while let Some(entry) = head(ledger, at, folder).map_err(broken)? {
                    let order = walk::order(entry.path, &found.path);
                    if order.is_gt() {
                        break;
                    }
                    at += 1;
                    if order.is_lt() {
                        if entry.is_file() {
                            fresh.compared += 1;
                            gone += 1;
                            pending.files += 1;
                        }
                        continue;
                    }
                    if entry.is_file() {
                        fresh.compared += 1;
                        if !worth_reading(&found) {
                            gone += 1;
                            pending.files += 1;
                        } else if entry.stamp() != found.stamp {
                            changed += 1;
                            pending.files += 1;
                            pending.bytes += found.stamp.size;
                        } else if !entry.read_by_these(&fields, 0) {
                            pending.files += 1;
                            pending.bytes += found.stamp.size;
                        } else if !entry.settled && entry.lot == Lot::Indexed {
                            // Nothing is known to have changed, but reading it again will tell. One that
                            // was stopped for its time is left to an update that was asked for.
                            pending.unsure += found.stamp.size.max(1);
                        }
                        return Ok(());
                    }
                    // What no reader took was looked into.
                    if entry.lot == Lot::Unsupported && entry.stamp() == found.stamp {
                        return Ok(());
                    }
                    break;
                }
                if worth_reading(&found) {
                    new += 1;
                    pending.files += 1;
                    pending.bytes += found.stamp.size;
                }
                Ok(())
            };
            if let Err(error) = step() {
                failure = Some(error);
                return false;
            }
            if out_of_time() {
                pending.all = false;
                return false;
            }
            true
        })?;
        if let Some(error) = failure {
            return Err(error);
        }
        while let Some(entry) = head(ledger, at, folder).map_err(broken)?.filter(|_| pending.all) {
            at += 1;
            if entry.is_file() {
                fresh.compared += 1;
                gone += 1;
                pending.files += 1;
            }
        }
        *fresh.changed.get_or_insert(0) += changed;
        *fresh.new.get_or_insert(0) += new;
        *fresh.gone.get_or_insert(0) += gone;
        Ok(())
    }
}

/// Returns the entry of this number where it is one of a folder.
fn head<'a>(ledger: &'a mut Ledger<'_>, at: u64, folder: &Folder) -> std::io::Result<Option<Head<'a>>> {
    if at >= ledger.len() {
        return Ok(None);
    }
    let entry = ledger.head(at)?;
    Ok((entry.folder == folder.id).then_some(entry))
}

/// What bringing the index up to date would have to read.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// Bytes of files that look as they did, but may have changed in the same instant.
    pub(super) unsure: u64,
    /// Whether everything was compared.
    pub(super) all: bool,
}

fn worth_reading(found: &Found<'_>) -> bool {
    found.kind == Kind::File
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::index::{Budget, Update};

    /// Returns what a search over so many new files says of them when it has no time at all.
    fn in_no_time(files: u64) -> Freshness {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        fs::create_dir(&folder).expect("the folder can be made");
        let write = |name: u64| fs::write(folder.join(format!("{name}.txt")), format!("Heron {name} came."));
        (1..=files).for_each(|name| write(name).expect("it can be written"));
        let mut index = Index::create(&dir.path().join("index")).expect("the index can be made");
        let update = Update { folders: vec![folder.clone()], ..Update::default() };
        index.update(&update, &mut |_| {}, &Default::default()).expect("it can be indexed");
        index.compared(Budget::Within(Duration::ZERO)).expect("the ledger reads")
    }

    #[test]
    fn a_small_folder_is_compared_whole_however_little_time_there_is() {
        let fresh = in_no_time(100);
        assert_eq!((fresh.compared, fresh.agrees()), (100, true));
    }

    #[test]
    fn a_large_folder_is_compared_in_part_where_there_is_no_time() {
        let fresh = in_no_time(LEAST + 10);
        assert!((1..=LEAST).contains(&fresh.compared) && !fresh.agrees(), "{fresh:?}");
    }
}

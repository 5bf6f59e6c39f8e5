//! Makes whole what a check found broken, from what is whole and the articles on disk.
//!
//! Segments that are not as they were written are taken out, and with them what else the index holds of
//! their files; those files are then read again by an ordinary update. Where the commit or the ledger
//! itself is lost, all files are read into a new generation beside the old one.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use tantivy::directory::Directory;

use super::{
    Index, absolute,
    check::{self, Check, Wounds},
    commit::Commit,
    damaged, engine, home,
    ledger::{Entry, Fate},
    manifest::Manifest,
    merge::Effort,
    old::Record,
    pieces::Piecewise,
    plan::{Plan, Slot},
    report::{Event, Report},
    schema,
    update::{self, Update},
};
use crate::{
    error::{Error, Result},
    walk,
};

/// What the ledger says of a file until it was read again.
const LOST: &str = "its passages were damaged: it is read again by the next `excerpt index`";

/// What a repair found and did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Repair {
    /// What was broken.
    pub check: Check,
    /// What was read to mend it; none where there was nothing to do.
    pub report: Option<Report>,
    /// Files whose passages were broken and could not be had again, each with the cause.
    pub lost: Vec<(PathBuf, String)>,
}

impl Repair {
    /// Returns what there is to say where nothing was to be repaired.
    pub fn of(check: Check) -> Self {
        Self { check, report: None, lost: Vec::new() }
    }

    /// Says whether the index is whole now.
    pub fn is_whole(&self) -> bool {
        self.check.faults.is_empty() || self.report.as_ref().is_some_and(|report| !report.interrupted)
    }
}

impl Index {
    /// Checks the index, makes again what is broken and removes what a run that was cut off left. Where there
    /// was any of it, the index answers as one made anew would afterwards. Calls `event` as it goes; stops early
    /// when `cancel` becomes true.
    ///
    /// # Errors
    /// Those of [`Index::check`] and [`Index::update`]; [`Error::Damaged`] where even the folders of the
    /// index are not known any more.
    pub fn repair(
        dir: &Path,
        update: &Update,
        event: &mut dyn FnMut(Event),
        cancel: &AtomicBool,
    ) -> Result<Repair> {
        let dir = absolute(dir);
        if let Err(error @ (Error::NoIndex { .. } | Error::Read { .. })) = home::find(&dir) {
            return Err(error);
        }
        let _lock = home::lock(&dir, update.patience)?;
        let check = check::check(&dir, event, cancel)?;
        let mut repair = Repair::of(check);
        let Check { faults, unfinished, left_over, interrupted, .. } = &repair.check;
        let sound = faults.is_empty() && !unfinished && *left_over == 0;
        if sound || *interrupted {
            return Ok(repair);
        }
        let wounds = &repair.check.wounds;
        if wounds.settings {
            home::new_settings(&dir)?;
        }
        if wounds.pointer {
            home::point_again(&dir)?;
        }
        // What was begun beside it has the same files.
        home::sweep(&dir, None)?;
        let anew = wounds.commit || wounds.ledger;
        let astray =
            if anew || repair.check.faults.is_empty() { Vec::new() } else { mend(&dir, wounds, update)? };
        let all = Update { folders: Vec::new(), rebuild: anew, ..update.clone() };
        repair.report = Some(update::carry_out(&dir, &all, event, cancel)?);
        repair.lost = lost(&dir, &astray)?;
        Ok(repair)
    }
}

/// Takes out of the index what is broken, so that it agrees with itself and knows what to read again.
/// Returns the files concerned, by folder and path.
fn mend(dir: &Path, wounds: &Wounds, update: &Update) -> Result<Vec<(u32, Vec<u8>)>> {
    let Some(generation) = home::generation(dir)? else { return Ok(Vec::new()) };
    let directory = Piecewise::open(&generation).map_err(|source| engine(dir, source))?;
    if !wounds.segments.is_empty() {
        take_out(dir, &directory, &wounds.segments)?;
    }
    let plan = Plan::new(dir, &Update::default())?;
    let (index, fields) = schema::writable(directory).map_err(|source| engine(dir, source))?;
    let mut commit = Commit::begin(dir, &generation, &index, plan.manifest.clone(), update, 0)?;
    let mut slots = Vec::new();
    for at in plan.parts.iter().flat_map(|(_, part)| part.clone()) {
        let record = plan.old.record(at).map_err(|source| damaged(dir, source))?;
        let entry = Entry::of(record).map_err(|source| damaged(dir, source))?;
        let folder = entry.folder;
        let record = if wounds.files.contains(&(folder, entry.path.clone())) {
            let lost = Entry::new(folder, entry.path, entry.stamp, Fate::Failed(LOST.into()));
            Record::New(Entry { settled: false, ..lost }.record())
        } else {
            Record::Old(at)
        };
        slots.push(Slot { folder, entry: Some(record) });
    }
    for (folder, path) in &wounds.files {
        commit.remove(fields.file_term(*folder, path))?;
    }
    commit.manifest.unfinished = true;
    commit.now(&slots, &plan.old)?;
    // The update that follows merges what can be merged.
    let _ = commit.finish(&index, Effort::Least)?;
    Ok(wounds.files.iter().cloned().collect())
}

/// Takes segments out of the commit.
fn take_out(dir: &Path, directory: &Piecewise, segments: &BTreeSet<String>) -> Result<()> {
    let path = Path::new(home::META);
    let read = directory.atomic_read(path).map_err(|source| damaged(dir, source))?;
    let mut meta: serde_json::Value = serde_json::from_slice(&read).map_err(|source| damaged(dir, source))?;
    if let Some(all) = meta.get_mut("segments").and_then(|all| all.as_array_mut()) {
        let broken = |segment: &serde_json::Value| {
            let id = segment.get("segment_id").and_then(|id| id.as_str()).unwrap_or_default();
            segments.contains(&id.replace('-', ""))
        };
        all.retain(|segment| !broken(segment));
    }
    // Should this be cut off here, the index says that something is missing.
    let payload = meta.get("payload").and_then(|payload| payload.as_str()).unwrap_or_default();
    let mut manifest: Manifest = serde_json::from_str(payload).map_err(|source| damaged(dir, source))?;
    manifest.unfinished = true;
    let payload = serde_json::to_string(&manifest).map_err(|source| engine(dir, source))?;
    meta["payload"] = payload.into();
    let bytes = serde_json::to_vec_pretty(&meta).map_err(|source| engine(dir, source))?;
    directory.atomic_write(path, &bytes).map_err(|source| Error::Write { path: dir.join(home::META), source })
}

/// Returns those of the files that the index does not hold now, and why.
fn lost(dir: &Path, files: &[(u32, Vec<u8>)]) -> Result<Vec<(PathBuf, String)>> {
    let index = Index::open(dir)?;
    let Some(mut ledger) = index.ledger()? else { return Ok(Vec::new()) };
    let mut lost = Vec::new();
    for (folder, path) in files {
        let base = index.manifest.folder(*folder).map(|folder| folder.base(dir)).unwrap_or_default();
        let entry = ledger.find(*folder, path).map_err(|source| damaged(dir, source))?.1;
        let cause = match entry.map(|entry| entry.fate) {
            Some(Fate::Failed(_)) if !base.exists() => "its folder is missing".into(),
            Some(Fate::Failed(cause)) => cause,
            Some(_) => continue,
            None => "it is gone from the disk".into(),
        };
        lost.push((walk::join(&base, path), cause));
    }
    Ok(lost)
}

//! Commits: ledger and passages together, and the care of segments.

use std::{fs, io, path::Path, sync::Arc, thread, time::SystemTime};

use tantivy::Term;

use super::{
    damaged, engine, home,
    ledger::{self, Head, Lot},
    manifest::{Manifest, Tally},
    merge::{Effort, merge},
    old::Old,
    plan::Slot,
    schema,
    symbols::Packers,
    update::Update,
    writer::Writer,
};
use crate::{
    error::{Error, Result},
    walk,
};

/// An index has at most this many segments after an update: every one costs each search time.
const MOST_SEGMENTS: usize = 8;

/// In the course of a long one it may have so many.
const MOST_SEGMENTS_MEANWHILE: usize = 32;

/// Commits ledger and passages together.
pub(super) struct Commit<'a> {
    dir: &'a Path,
    generation: &'a Path,
    pub(super) manifest: Manifest,
    now: SystemTime,
    memory: u64,
    jobs: usize,
    pub(super) writer: Arc<Writer>,
}

impl<'a> Commit<'a> {
    /// Opens the writer of a generation, to which so many bytes of files are to be added.
    pub(super) fn begin(
        dir: &'a Path,
        generation: &'a Path,
        index: &tantivy::Index,
        manifest: Manifest,
        update: &Update,
        bytes: u64,
    ) -> Result<Self> {
        let packers = Packers::of(&manifest.tables);
        let packers = packers.ok_or_else(|| damaged(dir, "a table of symbols is broken"))?;
        let jobs = update.jobs();
        let writer = Writer::new(index, packers, jobs, bytes, update.memory);
        let writer = writer.map_err(|source| engine(dir, source))?;
        // What a run left that was cut off may have the very names that this one will choose.
        writer.engine().garbage_collect_files().wait().map_err(|source| engine(dir, source))?;
        let (now, memory) = (update.now, update.memory);
        Ok(Self { dir, generation, manifest, now, memory, jobs, writer: Arc::new(writer) })
    }

    /// Removes the passages of a term that were there before this run.
    pub(super) fn remove(&mut self, term: Term) -> Result<()> {
        self.writer.remove(term).map_err(|source| engine(self.dir, source))
    }

    /// Forgets what was added and removed since the last commit.
    pub(super) fn roll_back(&mut self) -> Result<()> {
        self.writer.roll_back().map_err(|source| engine(self.dir, source))
    }

    /// Commits what was read so far. The ledger is written while the last passages go to disk.
    pub(super) fn now(&mut self, slots: &[Slot], old: &Old) -> Result<()> {
        let (writer, dir) = (Arc::clone(&self.writer), self.dir);
        thread::scope(|scope| {
            let written = scope.spawn(|| writer.write_down());
            let noted = self.note(slots, old);
            let written = written.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            noted.and(written.map_err(|source| engine(dir, source)))
        })?;
        self.manifest.tables = self.writer.tables();
        let payload = serde_json::to_string(&self.manifest).map_err(|source| engine(dir, source))?;
        writer.commit(&payload).map_err(|source| engine(dir, source))?;
        self.remove_other_ledgers();
        Ok(())
    }

    /// Writes the ledger, and has the manifest speak of it.
    fn note(&mut self, slots: &[Slot], old: &Old) -> Result<()> {
        let manifest = &mut self.manifest;
        let damaged = |source| damaged(self.dir, source);
        let records = slots.iter().filter_map(|slot| slot.entry.as_ref()).map(|record| old.bytes(record));
        let records: io::Result<Vec<&[u8]>> = records.collect();
        let mut records = records.map_err(damaged)?;
        sort(&mut records).map_err(damaged)?;
        manifest.version = schema::VERSION;
        manifest.updated = walk::nanoseconds(self.now) / 1_000_000_000;
        (manifest.tally, manifest.files, manifest.failed) = (Tally::default(), 0, 0);
        for record in &records {
            let (lot, tally) = ledger::tally(record).map_err(damaged)?;
            manifest.tally += tally;
            manifest.files += u64::from(lot == Lot::Indexed);
            manifest.failed += u64::from(lot == Lot::Failed);
        }
        let last = manifest.ledger.take();
        let number =
            last.as_deref().and_then(|name| name.strip_prefix("ledger-")?.parse::<u64>().ok()).unwrap_or(0);
        let name = format!("ledger-{}", number + 1);
        let path = self.generation.join(&name);
        // A run that was cut off may have left one of this name that no commit speaks of.
        let _ = fs::remove_file(&path);
        let written = ledger::write(&path, records.into_iter())
            .map_err(|source| Error::Write { path: path.clone(), source })?;
        (manifest.ledger_bytes, manifest.ledger_sum) = (written.bytes, written.sum);
        manifest.ledger = Some(name);
        home::keep_folders(self.dir, &manifest.of_folders())
    }

    fn remove_other_ledgers(&self) {
        for entry in fs::read_dir(self.generation).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if home::is_replaced(&name) && self.manifest.ledger.as_deref() != Some(&*name) {
                // A reader may have it open where that forbids removing; the next commit tries again.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Merges segments in the course of a long update where they have become very many.
    pub(super) fn meanwhile(&mut self, index: &tantivy::Index) {
        let mut writer = self.writer.engine();
        // Should that fail, the end of the update tries again.
        let (memory, jobs, most) = (self.memory, self.jobs, MOST_SEGMENTS_MEANWHILE);
        let _ = merge(&mut writer, index, self.generation, memory, most, jobs, Effort::Least);
    }

    /// Merges segments until there are few, and removes what no commit needs. Returns why that failed, where
    /// it need not be done now: what was committed stands.
    pub(super) fn finish(self, index: &tantivy::Index, effort: Effort) -> Result<Option<String>> {
        let writer = Arc::into_inner(self.writer).expect("no reader is left");
        let mut writer = writer.into_engine();
        let (memory, jobs) = (self.memory, self.jobs);
        let merged = merge(&mut writer, index, self.generation, memory, MOST_SEGMENTS, jobs, effort)
            .and_then(|()| writer.garbage_collect_files().wait().map(drop));
        match merged.and_then(|()| writer.wait_merging_threads()) {
            Ok(()) => Ok(None),
            Err(source) if matches!(effort, Effort::Clean | Effort::Whole) => Err(engine(self.dir, source)),
            Err(source) => Ok(Some(source.to_string())),
        }
    }
}

/// Brings records into the order of the ledger, which they mostly are in.
fn sort(records: &mut [&[u8]]) -> io::Result<()> {
    let heads = records.iter().map(|record| Head::of(record)).collect::<io::Result<Vec<_>>>()?;
    let order =
        |one: &Head<'_>, other: &Head<'_>| ledger::order((one.folder, one.path), (other.folder, other.path));
    if !heads.is_sorted_by(|one, other| order(one, other).is_le()) {
        let mut both: Vec<_> = heads.into_iter().zip(records.iter().copied()).collect();
        both.sort_by(|(one, _), (other, _)| order(one, other));
        records.iter_mut().zip(both).for_each(|(record, (_, sorted))| *record = sorted);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::atomic::AtomicBool};

    use crate::index::{Index, Update};

    /// What is removed first in an update was forgotten when the same commit merged the segments of the
    /// commit before: it takes some luck to meet that, and these histories do.
    #[test]
    fn what_is_removed_stays_removed() {
        for seed in 0..12_u32 {
            // A linear congruential generator (Numerical Recipes): the same histories every time.
            let mut state = seed;
            let mut random = |below: u32| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) % below
            };
            let dir = tempfile::tempdir().expect("a temporary folder");
            let folder = dir.path().join("articles");
            fs::create_dir(&folder).expect("the folder can be made");
            let mut index = Index::create(&dir.path().join("index")).expect("the index can be made");
            let update = Update { folders: vec![folder.clone()], ..Update::default() };
            let mut written = 0_u32;
            for step in 0..9 {
                for _ in 0..1 + random(3) {
                    written += 1;
                    let file = folder.join(format!("{}.txt", written % 37));
                    fs::write(file, format!("A heron in field {written}.\n")).expect("it can be written");
                }
                let there = |number: &u32| folder.join(format!("{number}.txt")).exists();
                let there: Vec<u32> = (0..37).filter(there).collect();
                for _ in 0..random(3).min(there.len() as u32 / 3) {
                    let number = there[random(there.len() as u32) as usize];
                    let _ = fs::remove_file(folder.join(format!("{number}.txt")));
                }
                index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");
                let files = fs::read_dir(&folder).expect("it is there").count() as u64;
                assert_eq!(index.searcher.num_docs(), files, "history {seed}, step {step}");
            }
        }
    }
}

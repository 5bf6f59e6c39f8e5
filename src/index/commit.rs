//! Commits: ledger and passages together, and the care of segments.

use std::{
    fs, io,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use tantivy::{IndexWriter, Term, indexer::NoMergePolicy};

use super::{
    damaged, engine, home,
    ledger::{self, Head, Lot},
    manifest::{Manifest, Tally},
    merge::{Effort, merge},
    old::Old,
    plan::Slot,
    queue::Waiting,
    schema,
    update::Update,
};
use crate::{
    error::{Error, Result},
    walk,
};

/// tantivy's least buffer for one of its threads, in bytes.
const LEAST_BUFFER: u64 = 15_000_000;

/// An index has at most this many segments after an update: every one costs each search time.
const MOST_SEGMENTS: usize = 8;

/// In the course of a long one it may have so many.
const MOST_SEGMENTS_MEANWHILE: usize = 32;

/// Bytes to read that are worth another thread of the writer: each makes segments of its own.
const WORTH_A_THREAD: u64 = 8 << 20;

/// Commits ledger and passages together.
pub(super) struct Commit<'a> {
    dir: &'a Path,
    generation: &'a Path,
    pub(super) manifest: Manifest,
    now: SystemTime,
    memory: u64,
    pub(super) writer: Arc<RwLock<IndexWriter<Waiting>>>,
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
        let writer = writer(index, update, bytes).map_err(|source| engine(dir, source))?;
        // What a run left that was cut off may have the very names that this one will choose.
        writer.garbage_collect_files().wait().map_err(|source| engine(dir, source))?;
        let (now, memory) = (update.now, update.memory);
        Ok(Self { dir, generation, manifest, now, memory, writer: Arc::new(RwLock::new(writer)) })
    }

    /// Removes the passages that carry a term.
    pub(super) fn remove(&mut self, term: Term) {
        self.writer.read().unwrap_or_else(PoisonError::into_inner).delete_term(term);
    }

    /// Forgets what was added and removed since the last commit.
    pub(super) fn roll_back(&mut self) -> Result<()> {
        let mut writer = self.writer.write().unwrap_or_else(PoisonError::into_inner);
        let done = writer.rollback().and_then(|_| start(&writer));
        done.map_err(|source| engine(self.dir, source))
    }

    /// Returns why writing failed: where a thread of tantivy's ended, readers hear only that it did.
    pub(super) fn cause(&self, error: Error) -> Error {
        let Error::Engine { path, source } = error else { return error };
        let mut writer = self.writer.write().unwrap_or_else(PoisonError::into_inner);
        let cause = writer.prepare_commit().err();
        Error::Engine { path, source: cause.map_or(source, Into::into) }
    }

    /// Commits what was read so far.
    pub(super) fn now(&mut self, slots: &[Slot], old: &Old) -> Result<()> {
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
        manifest.ledger = Some(name.clone());
        home::keep_folders(self.dir, &manifest.of_folders())?;
        let payload = serde_json::to_string(manifest).map_err(|source| engine(self.dir, source))?;
        let mut writer = self.writer.write().unwrap_or_else(PoisonError::into_inner);
        let committed = writer.prepare_commit().and_then(|mut commit| {
            commit.set_payload(&payload);
            commit.commit()
        });
        committed.map_err(|source| engine(self.dir, source))?;
        self.remove_ledgers_but(&name);
        Ok(())
    }

    fn remove_ledgers_but(&self, name: &str) {
        for entry in fs::read_dir(self.generation).into_iter().flatten().flatten() {
            let other = entry.file_name();
            let other_name = other.to_string_lossy();
            let left_over = other_name.starts_with(".tmp") || other_name.starts_with("ledger-");
            if left_over && other != *name {
                // A reader may have it open where that forbids removing; the next commit tries again.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Merges segments in the course of a long update where they have become very many.
    pub(super) fn meanwhile(&mut self, index: &tantivy::Index) {
        let mut writer = self.writer.write().unwrap_or_else(PoisonError::into_inner);
        // Should that fail, the end of the update tries again.
        let _ =
            merge(&mut writer, index, self.generation, self.memory, MOST_SEGMENTS_MEANWHILE, Effort::Least);
    }

    /// Merges segments until there are few, and removes what no commit needs. Returns why that failed, where
    /// it need not be done now: what was committed stands.
    pub(super) fn finish(self, index: &tantivy::Index, effort: Effort) -> Result<Option<String>> {
        let writer = Arc::into_inner(self.writer).expect("no reader is left");
        let mut writer = writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        let merged = merge(&mut writer, index, self.generation, self.memory, MOST_SEGMENTS, effort)
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

fn writer(index: &tantivy::Index, update: &Update, bytes: u64) -> tantivy::Result<IndexWriter<Waiting>> {
    // Half of the memory for tantivy's buffers: readers and tables need the rest.
    let heap = (update.memory / 2).max(LEAST_BUFFER);
    let most = (heap / (2 * LEAST_BUFFER)).min(1 + bytes / WORTH_A_THREAD).max(1);
    // Who reads takes a half of the work: see [`Queue::is_busy`].
    let threads = most.min(update.jobs().clamp(1, 16).div_ceil(2) as u64);
    let options = tantivy::indexer::IndexWriterOptions::builder()
        .num_worker_threads(threads as usize)
        .num_merge_threads(1)
        .memory_budget_per_thread(usize::try_from(heap / threads).unwrap_or(usize::MAX).min(2 << 30))
        .build();
    let writer = index.writer_with_options(options)?;
    start(&writer)?;
    Ok(writer)
}

/// Makes a writer ready that is new, also by what it had being forgotten: segments are merged where it is
/// told so, and nowhere else. Uses up the first number that it gives to what it is told: that is the number of
/// the commit before, and of a removal that has it, segments of that commit may think that they know it
/// already.
fn start(writer: &IndexWriter<Waiting>) -> tantivy::Result<()> {
    writer.set_merge_policy(Box::new(NoMergePolicy));
    writer.run(Vec::new()).map(|_| ())
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

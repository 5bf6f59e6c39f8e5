//! Commits: ledger and passages together, and the care of segments.

use std::{
    fs,
    path::Path,
    sync::{PoisonError, RwLock},
    time::SystemTime,
};

use tantivy::{IndexWriter, Term, indexer::LogMergePolicy};

use super::{
    engine,
    ledger::{self, Entry, Fate},
    manifest::{Manifest, Tally},
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

/// Commits ledger and passages together.
pub(super) struct Commit<'a> {
    dir: &'a Path,
    generation: &'a Path,
    pub(super) manifest: Manifest,
    now: SystemTime,
    pub(super) writer: RwLock<IndexWriter<Waiting>>,
}

impl<'a> Commit<'a> {
    /// Opens the writer of a generation.
    pub(super) fn begin(
        dir: &'a Path,
        generation: &'a Path,
        index: &tantivy::Index,
        manifest: Manifest,
        update: &Update,
    ) -> Result<Self> {
        let writer = writer(index, update).map_err(|source| engine(dir, source))?;
        Ok(Self { dir, generation, manifest, now: update.now, writer: RwLock::new(writer) })
    }

    /// Removes the passages that carry a term.
    pub(super) fn remove(&mut self, term: Term) {
        self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).delete_term(term);
    }

    /// Forgets what was added and removed since the last commit.
    pub(super) fn roll_back(&mut self) -> Result<()> {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        let done = writer.rollback().and_then(|_| start(writer));
        done.map_err(|source| engine(self.dir, source))
    }

    /// Commits what was read so far.
    pub(super) fn now(&mut self, slots: &[Slot]) -> Result<()> {
        let manifest = &mut self.manifest;
        let mut entries: Vec<&Entry> = slots.iter().filter_map(|slot| slot.entry.as_ref()).collect();
        entries.sort_by(|one, other| ledger::order((one.folder, &one.path), (other.folder, &other.path)));
        debug_assert!(
            slots.iter().all(|slot| slot.entry.as_ref().is_none_or(|entry| entry.folder == slot.folder))
        );
        manifest.version = schema::VERSION;
        manifest.updated = walk::nanoseconds(self.now) / 1_000_000_000;
        manifest.tally = entries.iter().fold(Tally::default(), |mut sum, entry| {
            sum += entry.tally.clone();
            sum
        });
        manifest.files = entries.iter().filter(|entry| matches!(entry.fate, Fate::Indexed(_))).count() as u64;
        manifest.failed = entries.iter().filter(|entry| matches!(entry.fate, Fate::Failed(_))).count() as u64;
        let last = manifest.ledger.take();
        let number =
            last.as_deref().and_then(|name| name.strip_prefix("ledger-")?.parse::<u64>().ok()).unwrap_or(0);
        let name = format!("ledger-{}", number + 1);
        let path = self.generation.join(&name);
        // A run that was cut off may have left one of this name that no commit speaks of.
        let _ = fs::remove_file(&path);
        manifest.ledger_bytes = ledger::write(&path, entries.into_iter())
            .map_err(|source| Error::Write { path: path.clone(), source })?;
        manifest.ledger = Some(name.clone());
        let payload = serde_json::to_string(manifest).map_err(|source| engine(self.dir, source))?;
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
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

    /// Merges small segments until there are few, and removes what no commit needs.
    pub(super) fn finish(self, index: &tantivy::Index) -> Result<()> {
        let mut writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut finish = || -> tantivy::Result<()> {
            let mut segments = index.searchable_segment_metas()?;
            if segments.len() > MOST_SEGMENTS {
                segments.sort_by_key(tantivy::SegmentMeta::num_docs);
                let small = segments.len() - MOST_SEGMENTS / 2 + 1;
                let ids: Vec<_> = segments[..small].iter().map(tantivy::SegmentMeta::id).collect();
                // A merge of the policy may have taken one of them first: then they are fewer anyhow.
                let _ = writer.merge(&ids).wait();
            }
            writer.garbage_collect_files().wait()?;
            Ok(())
        };
        finish().and_then(|()| writer.wait_merging_threads()).map_err(|source| engine(self.dir, source))
    }
}

fn writer(index: &tantivy::Index, update: &Update) -> tantivy::Result<IndexWriter<Waiting>> {
    // Half of the memory for tantivy's buffers; readers, merges and tables need the rest.
    let heap = (update.memory / 2).max(LEAST_BUFFER);
    let threads = (heap / (2 * LEAST_BUFFER)).clamp(1, update.jobs.clamp(1, 8) as u64);
    let options = tantivy::indexer::IndexWriterOptions::builder()
        .num_worker_threads(threads as usize)
        .num_merge_threads(1)
        .memory_budget_per_thread(usize::try_from(heap / threads).unwrap_or(usize::MAX).min(2 << 30))
        .build();
    let writer = index.writer_with_options(options)?;
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(4);
    policy.set_del_docs_ratio_before_merge(0.3);
    writer.set_merge_policy(Box::new(policy));
    start(&writer)?;
    Ok(writer)
}

/// Uses up the first number that a writer gives to what it is told: that is the number of the commit
/// before, and of a removal that has it, segments of that commit may think that they know it already.
fn start(writer: &IndexWriter<Waiting>) -> tantivy::Result<()> {
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

//! Commits: ledger and passages together, and the care of segments.

use std::{
    fs, io,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use tantivy::{IndexWriter, SegmentMeta, Term, indexer::NoMergePolicy};

use super::{
    damaged, engine, home,
    ledger::{self, Head, Lot},
    manifest::{Manifest, Tally},
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

/// How much is to be merged where there are too many segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// No more than it must: what is new is large.
    Least,
    /// So much that each passage is seldom merged again: small updates follow one another.
    Lasting,
    /// The same, and nothing that was removed stays in any file.
    Clean,
    /// All into as few segments as memory allows, and nothing that was removed stays in any file.
    Whole,
}

/// What a segment weighs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Weight {
    alive: u64,
    dead: u64,
    /// Bytes of its texts.
    store: u64,
}

/// Merges segments until there are few. One merge at a time, and none beside other work: that keeps memory
/// bounded.
fn merge(
    writer: &mut IndexWriter<Waiting>,
    index: &tantivy::Index,
    generation: &Path,
    memory: u64,
    most: usize,
    effort: Effort,
) -> tantivy::Result<()> {
    loop {
        let mut segments = index.searchable_segment_metas()?;
        segments.sort_by_key(|segment| (segment.num_docs(), segment.id()));
        let weights: Vec<Weight> = segments.iter().map(|segment| weight(segment, generation)).collect();
        let chosen = choose(&weights, memory, most, effort);
        if chosen.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = chosen.into_iter().map(|at| segments[at].id()).collect();
        writer.merge(&ids).wait()?;
    }
}

fn weight(segment: &SegmentMeta, generation: &Path) -> Weight {
    let store = generation.join(segment.relative_path(tantivy::index::SegmentComponent::Store));
    Weight {
        alive: segment.num_docs().into(),
        dead: segment.num_deleted_docs().into(),
        store: fs::metadata(store).map_or(0, |meta| meta.len()),
    }
}

/// Chooses segments to merge; none where there are few. They are in the order of what is alive in them.
fn choose(segments: &[Weight], memory: u64, most: usize, effort: Effort) -> Vec<usize> {
    // A merge holds some 24 bytes of every passage, and the texts of a segment at once where none of them
    // is dropped.
    let fits = |segment: &Weight| segment.dead > 0 || segment.store <= memory / 2;
    let room = memory / 2 / 24;
    if effort == Effort::Whole {
        let mut sum = 0;
        let fitting = (0..segments.len()).filter(|&at| fits(&segments[at])).take_while(|&at| {
            sum += segments[at].alive;
            sum <= room
        });
        let fitting: Vec<usize> = fitting.collect();
        let stale = segments.iter().position(|segment| segment.dead > 0);
        return if fitting.len() > 1 { fitting } else { stale.into_iter().collect() };
    }
    let allowed = |segment: &Weight| if effort == Effort::Clean { 0 } else { segment.alive };
    if let Some(stale) = segments.iter().position(|segment| segment.dead > allowed(segment)) {
        return vec![stale];
    }
    if segments.len() <= most {
        return Vec::new();
    }
    let fitting = (0..segments.len()).filter(|&at| fits(&segments[at]));
    let mut sum = 0;
    // For each number of smallest segments what it costs to be rid of one.
    let costs: Vec<(usize, f64)> = fitting
        .map(|at| {
            sum += segments[at].alive;
            (at, sum)
        })
        .take_while(|(_, sum)| *sum <= room)
        .enumerate()
        .skip(1)
        .map(|(others, (at, sum))| (at, sum as f64 / others as f64))
        .collect();
    let taken = match effort {
        Effort::Least => costs.get(segments.len() - most / 2 - 1).or(costs.last()),
        _ => {
            let least = costs.iter().map(|(_, cost)| *cost).fold(f64::INFINITY, f64::min);
            costs.iter().rev().find(|(_, cost)| *cost <= 1.5 * least)
        }
    };
    let Some(&(last, _)) = taken else { return Vec::new() };
    (0..=last).filter(|&at| fits(&segments[at])).collect()
}

fn writer(index: &tantivy::Index, update: &Update, bytes: u64) -> tantivy::Result<IndexWriter<Waiting>> {
    // Three eighths of the memory for tantivy's buffers: writing them down takes as much again where all
    // words differ, and readers and tables need the rest.
    let heap = (update.memory / 8 * 3).max(LEAST_BUFFER);
    let most = (heap / (2 * LEAST_BUFFER)).min(1 + bytes / WORTH_A_THREAD).max(1);
    let threads = most.min(update.jobs.clamp(1, 8) as u64);
    let options = tantivy::indexer::IndexWriterOptions::builder()
        .num_worker_threads(threads as usize)
        .num_merge_threads(1)
        .memory_budget_per_thread(usize::try_from(heap / threads).unwrap_or(usize::MAX).min(2 << 30))
        .build();
    let writer = index.writer_with_options(options)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
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

    use super::{Effort, Weight, choose};
    use crate::index::{Index, Update};

    #[test]
    fn segments_stay_few_and_passages_are_seldom_merged_again() {
        let memory = 256 << 20;
        let weight = |alive| Weight { alive, dead: 0, store: alive };
        let mut segments = vec![weight(100)];
        let mut merged = 0;
        for _ in 0..100 {
            segments.push(weight(1));
            segments.sort_by_key(|segment| segment.alive);
            let chosen = choose(&segments, memory, 8, Effort::Lasting);
            let sum: u64 = chosen.iter().map(|&at| segments[at].alive).sum();
            if !chosen.is_empty() {
                merged += sum;
                let mut at = 0..;
                segments.retain(|_| !chosen.contains(&at.next().unwrap_or_default()));
                segments.push(weight(sum));
            }
            assert!(segments.len() <= 8);
        }
        assert!(merged <= 500, "{merged} passages were merged of 200");
    }

    #[test]
    fn what_was_removed_is_merged_away_when_that_is_asked_for() {
        let weight = |alive, dead| Weight { alive, dead, store: alive };
        let segments = [weight(1, 0), weight(5, 1), weight(9, 0)];
        assert!(choose(&segments, 256 << 20, 8, Effort::Lasting).is_empty());
        assert_eq!(choose(&segments, 256 << 20, 8, Effort::Clean), [1]);
        assert_eq!(choose(&segments, 256 << 20, 8, Effort::Whole), [0, 1, 2]);
        assert_eq!(choose(&segments[1..2], 256 << 20, 8, Effort::Whole), [0]);
        assert!(choose(&segments[2..], 256 << 20, 8, Effort::Whole).is_empty());
    }

    #[test]
    fn what_does_not_fit_into_memory_is_not_merged() {
        let weight = |store| Weight { alive: 10, dead: 0, store };
        let segments: Vec<Weight> =
            (0..12).map(|at| weight(if at % 2 == 0 { 1 << 20 } else { 1 << 30 })).collect();
        assert_eq!(choose(&segments, 256 << 20, 8, Effort::Least), [0, 2, 4, 6, 8, 10]);
        assert!(choose(&segments[..8], 256 << 20, 8, Effort::Least).is_empty());
        let stale = [weight(1), Weight { dead: 11, ..weight(1 << 30) }];
        assert_eq!(choose(&stale, 256 << 20, 8, Effort::Least), [1]);
    }

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

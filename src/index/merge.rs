//! The merging of segments: so many at a time as fit into memory.

use std::{fs, path::Path};

use tantivy::{IndexWriter, SegmentMeta, index::SegmentComponent};

use super::ready::Ready;

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

/// Merges segments until there are few, by one merge at a time or by two where as many processors are free. None is
/// beside other work: that keeps memory bounded.
pub(super) fn merge(
    writer: &mut IndexWriter<Ready>,
    index: &tantivy::Index,
    generation: &Path,
    memory: u64,
    most: usize,
    jobs: usize,
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
        let parts = match effort {
            Effort::Least if jobs > 1 => apart(&weights, chosen, memory),
            _ => vec![chosen],
        };
        let ids = |part: Vec<usize>| part.into_iter().map(|at| segments[at].id()).collect::<Vec<_>>();
        let merges: Vec<_> = parts.into_iter().map(|part| writer.merge(&ids(part))).collect();
        merges.into_iter().try_for_each(|merge| merge.wait().map(drop))?;
    }
}

/// What a segment weighs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Weight {
    alive: u64,
    dead: u64,
    /// Bytes of its texts.
    store: u64,
    /// Bytes of its words and where their passages stand.
    terms: u64,
}

/// What a merge holds in memory at once, in bytes.
#[derive(Clone, Copy, Default)]
struct Held {
    /// Of passages, and what their columns take.
    rows: u64,
    /// The words of all segments, from the first field to the last.
    terms: u64,
    /// The texts of a segment, one after another, where none of them is dropped.
    store: u64,
}

impl Held {
    fn with(self, segment: &Weight) -> Self {
        let store = if segment.dead > 0 { 0 } else { segment.store };
        Self {
            rows: self.rows + segment.alive,
            terms: self.terms + segment.terms,
            store: self.store.max(store),
        }
    }

    /// Returns what is held while columns are made, and while texts are copied. The numbers of passages stay; what
    /// else there is of them is gone by then. Of the merged words, where each stands is in memory until all are
    /// written: about half of what they take on disk.
    fn bytes(self) -> [u64; 2] {
        let terms = self.terms / 2 * 3;
        [terms + 32 * self.rows, terms + 8 * self.rows + self.store]
    }

    fn fits(self, memory: u64) -> bool {
        fit(self.bytes(), memory)
    }
}

/// Says whether this fits into memory. Texts lie in the system's cache, and are let go of as they are copied; all else
/// is there until the end, beside what reading left.
fn fit([columns, texts]: [u64; 2], memory: u64) -> bool {
    columns <= memory / 8 * 5 && texts <= memory / 4 * 3
}

fn weight(segment: &SegmentMeta, generation: &Path) -> Weight {
    let bytes =
        |part| fs::metadata(generation.join(segment.relative_path(part))).map_or(0, |meta| meta.len());
    Weight {
        alive: segment.num_docs().into(),
        dead: segment.num_deleted_docs().into(),
        store: bytes(SegmentComponent::Store),
        terms: bytes(SegmentComponent::Terms),
    }
}

/// Chooses segments to merge; none where there are few. They are in the order of what is alive in them.
fn choose(segments: &[Weight], memory: u64, most: usize, effort: Effort) -> Vec<usize> {
    // Each with what a merge of it and of all smaller ones takes; those that fit by themselves.
    let mut held = Held::default();
    let fitting: Vec<usize> = (0..segments.len())
        .filter(|&at| Held::default().with(&segments[at]).fits(memory))
        .take_while(|&at| {
            held = held.with(&segments[at]);
            held.fits(memory)
        })
        .collect();
    if effort == Effort::Whole {
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
    let mut sum = 0;
    // For each number of smallest segments what it costs to be rid of one.
    let costs: Vec<f64> = fitting
        .iter()
        .enumerate()
        .map(|(others, &at)| {
            sum += segments[at].alive;
            sum as f64 / others as f64
        })
        .skip(1)
        .collect();
    let cheap = |most: f64| costs.iter().rposition(|cost| *cost <= most);
    let taken = match effort {
        // Should so many not fit, as many as do.
        Effort::Least => costs.len().checked_sub(1).map(|last| last.min(segments.len() - most / 2 - 1)),
        _ => cheap(1.5 * costs.iter().copied().fold(f64::INFINITY, f64::min)),
    };
    // The first number is that of two segments.
    taken.map_or_else(Vec::new, |number| fitting[..number + 2].to_vec())
}

/// Takes what is to be merged apart into halves that are merged at once, where both fit into memory together.
fn apart(segments: &[Weight], chosen: Vec<usize>, memory: u64) -> Vec<Vec<usize>> {
    let half = |first: usize| chosen.iter().skip(first).step_by(2).copied().collect::<Vec<_>>();
    let held =
        |part: &Vec<usize>| part.iter().fold(Held::default(), |held, &at| held.with(&segments[at])).bytes();
    let halves = vec![half(0), half(1)];
    let both = halves.iter().map(held).fold([0; 2], |sum, one| [sum[0] + one[0], sum[1] + one[1]]);
    if chosen.len() >= 4 && fit(both, memory) { halves } else { vec![chosen] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_stay_few_and_passages_are_seldom_merged_again() {
        let memory = 256 << 20;
        let weight = |alive| Weight { alive, dead: 0, store: alive, terms: alive };
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
        let weight = |alive, dead| Weight { alive, dead, store: alive, terms: alive };
        let segments = [weight(1, 0), weight(5, 1), weight(9, 0)];
        assert!(choose(&segments, 256 << 20, 8, Effort::Lasting).is_empty());
        assert_eq!(choose(&segments, 256 << 20, 8, Effort::Clean), [1]);
        assert_eq!(choose(&segments, 256 << 20, 8, Effort::Whole), [0, 1, 2]);
        assert_eq!(choose(&segments[1..2], 256 << 20, 8, Effort::Whole), [0]);
        assert!(choose(&segments[2..], 256 << 20, 8, Effort::Whole).is_empty());
    }

    #[test]
    fn two_merges_are_made_at_once_where_both_fit_into_memory() {
        let weight = |store: u64| Weight { alive: 10, dead: 0, store: store << 20, terms: 0 };
        let halves = |segments: &[Weight]| apart(segments, (0..segments.len()).collect(), 256 << 20);
        assert_eq!(halves(&[weight(90); 5]), [vec![0, 2, 4], vec![1, 3]]);
        assert_eq!(halves(&[weight(100); 5]), [[0, 1, 2, 3, 4]]);
        assert_eq!(halves(&[weight(1); 3]), [[0, 1, 2]]);
    }

    #[test]
    fn what_does_not_fit_into_memory_is_not_merged() {
        let weight = |store| Weight { alive: 10, dead: 0, store, terms: 0 };
        let segments: Vec<Weight> =
            (0..12).map(|at| weight(if at % 2 == 0 { 1 << 20 } else { 1 << 30 })).collect();
        assert_eq!(choose(&segments, 256 << 20, 8, Effort::Least), [0, 2, 4, 6, 8, 10]);
        assert!(choose(&segments[..8], 256 << 20, 8, Effort::Least).is_empty());
        let stale = [weight(1), Weight { dead: 11, ..weight(1 << 30) }];
        assert_eq!(choose(&stale, 256 << 20, 8, Effort::Least), [1]);
        // The words of all segments are held at once, the texts of one alone.
        let weight = |terms| Weight { alive: 10, dead: 0, store: 1 << 20, terms };
        assert_eq!(choose(&[weight(53 << 20); 12], 256 << 20, 8, Effort::Least), [0, 1]);
        assert!(choose(&[weight(54 << 20); 12], 256 << 20, 8, Effort::Least).is_empty());
        let weight = Weight { alive: 1 << 20, dead: 0, store: 100 << 20, terms: 0 };
        assert_eq!(choose(&[weight; 12], 256 << 20, 8, Effort::Whole), [0, 1, 2, 3, 4]);
    }
}

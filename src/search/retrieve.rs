//! The candidates: the best passages that a query matches, and how many there are.

use std::{cmp::Ordering, ops::Range, sync::Arc};

use tantivy::{
    DocAddress, DocId, DocSet, Score, TERMINATED,
    query::{EnableScoring, Query, Weight},
};

use super::{
    any::Any,
    compile::Compiler,
    name::{Name, Names},
    newest::{Newest, Times},
    order::Except,
};
use crate::index::{Index, Rows};

/// What the candidates are taken by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Their score.
    Score,
    /// Their date, or the time of their file, newest first.
    Age,
}

/// One of the best passages.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) address: DocAddress,
    /// What it was taken by: a score, or its age; see [`Newest`].
    pub(super) key: f64,
    pub(super) file: Name,
    /// Its place among the passages of the file.
    pub(super) order: u64,
}

/// An article: its segment, its file there, and its number in the file.
pub(super) type InFile = (u32, u64, u64);

impl Candidate {
    /// Returns what tells its article.
    pub(super) fn article(&self) -> InFile {
        (self.file.segment, self.file.ord, self.order >> 32)
    }
}

/// Orders candidates: highest key first, then by path, then by place.
pub(super) fn best_first(one: &Candidate, other: &Candidate) -> Ordering {
    other
        .key
        .total_cmp(&one.key)
        .then_with(|| one.file.cmp(&other.file))
        .then_with(|| one.order.cmp(&other.order))
}

/// Keeps so many of the best, in no order. Names, which take time to read, are read of those alone that
/// are as good as the last.
pub(super) fn keep_best<T>(all: &mut Vec<T>, limit: usize, of: fn(&T) -> &Candidate) {
    if limit == 0 || all.len() <= limit {
        return all.truncate(limit);
    }
    let by_key = |one: &T, other: &T| of(other).key.total_cmp(&of(one).key);
    let (_, last, _) = all.select_nth_unstable_by(limit - 1, by_key);
    let least = of(last).key;
    all.retain(|one| of(one).key.total_cmp(&least).is_ge());
    let mut last: Vec<T> = all.extract_if(.., |one| of(one).key.total_cmp(&least).is_eq()).collect();
    let room = limit - all.len();
    put_first(&mut last, room, of);
    all.extend(last.into_iter().take(room));
}

/// Moves the first so many of candidates of one key to the front, in no order. Those of a segment are put
/// in order without their names; of these, one in the middle of them after another is compared with those
/// of other segments, so that few are read.
pub(super) fn put_first<T>(same: &mut [T], count: usize, of: fn(&T) -> &Candidate) {
    if count == 0 || count >= same.len() {
        return;
    }
    let segment = |one: &T| of(one).file.segment;
    same.sort_unstable_by(|one, other| {
        segment(one).cmp(&segment(other)).then_with(|| best_first(of(one), of(other)))
    });
    // Of each segment, those that are not known to be among the first, nor not to be.
    let mut open: Vec<Range<usize>> = Vec::new();
    let mut end = 0;
    for of_segment in same.chunk_by(|one, other| segment(one) == segment(other)) {
        open.push(end..end + of_segment.len());
        end += of_segment.len();
    }
    let mut first = vec![false; same.len()];
    let mut room = count;
    while let Some(longest) = open.iter().max_by_key(|range| range.len()).filter(|range| !range.is_empty()) {
        let middle = (longest.start + longest.end) / 2;
        let before = |range: &Range<usize>| {
            let candidates = &same[range.clone()];
            candidates.partition_point(|one| best_first(of(one), of(&same[middle])).is_le())
        };
        let befores: Vec<usize> = open.iter().map(before).collect();
        let all: usize = befores.iter().sum();
        for (range, before) in open.iter_mut().zip(befores) {
            let end = range.start + before;
            if all <= room {
                first[range.start..end].fill(true);
                range.start = end;
            } else {
                range.end = if range.contains(&middle) { middle } else { end };
            }
        }
        room -= if all <= room { all } else { 0 };
    }
    for (end, at) in (0..same.len()).filter(|at| first[*at]).enumerate() {
        same.swap(end, at);
    }
}

/// Finds the best candidates, of equal keys the first by path and place.
pub(super) struct Best<'a> {
    pub(super) limit: usize,
    pub(super) by: By,
    /// The times of files, where age is told by them.
    pub(super) times: Option<&'a Times>,
    pub(super) names: &'a Arc<Names>,
}

/// Scores that differ by no more than this part of them may have been summed in another order, or
/// bounded by the statistics of another time: they are not pruned.
const SLACK: f32 = 1e-3;

impl Best<'_> {
    /// Returns the best that a query matches, in no order, and all that are as good as the last.
    pub(super) fn of(&self, query: &dyn Query, compiler: &Compiler<'_>) -> tantivy::Result<Vec<Candidate>> {
        let (index, statistics) = (compiler.index, &compiler.lexicon.statistics);
        let searcher = index.searcher();
        let weight = query.weight(match self.by {
            By::Score => EnableScoring::enabled_from_statistics_provider(statistics, searcher),
            By::Age => EnableScoring::disabled_from_searcher(searcher),
        })?;
        let (mut entries, mut least) = (Vec::new(), None);
        for (segment, rows) in (0..).zip(index.rows().iter()) {
            compiler.go_on()?;
            let mut top = Top::new(self.limit, least, rows);
            self.collect(index, segment, &*weight, &mut top)?;
            entries.extend(top.finish(segment));
            least = keep_entries(&mut entries, self.limit);
        }
        let candidate = |entry: Entry| Candidate {
            address: DocAddress::new(entry.segment, entry.doc),
            key: entry.key,
            file: self.names.name(entry.segment, entry.file),
            order: entry.order,
        };
        Ok(entries.into_iter().map(candidate).collect())
    }

    /// Finds the best of a segment.
    fn collect(
        &self,
        index: &Index,
        segment: u32,
        weight: &dyn Weight,
        top: &mut Top<'_>,
    ) -> tantivy::Result<()> {
        let reader = index.searcher().segment_reader(segment);
        let alive = reader.alive_bitset();
        match self.by {
            By::Score => weight.for_each_pruning(top.threshold(), reader, &mut |doc, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc)) {
                    top.offer(f64::from(score), doc);
                }
                top.threshold()
            }),
            By::Age => {
                let newest = Newest::of(index, segment, self.times)?;
                weight.for_each_no_score(reader, &mut |docs| {
                    for &doc in docs {
                        if alive.is_none_or(|alive| alive.is_alive(doc)) {
                            top.offer(newest.key(doc), doc);
                        }
                    }
                })
            }
        }
    }
}

/// Keeps so many of the best, and all that are as good as the last. Returns the key of that; none where they are
/// fewer.
fn keep_entries(entries: &mut Vec<Entry>, limit: usize) -> Option<f64> {
    let last = limit.checked_sub(1).filter(|last| *last < entries.len())?;
    let (_, last, _) = entries.select_nth_unstable_by(last, |one, other| other.key.total_cmp(&one.key));
    let least = last.key;
    entries.retain(|entry| entry.key.total_cmp(&least).is_ge());
    Some(least)
}

/// The best of a segment.
struct Top<'a> {
    limit: usize,
    /// The key that others must not be under: of the last of so many here or elsewhere.
    least: Option<f64>,
    /// The best so far, by key, and some that came after.
    best: Vec<(f64, DocId)>,
    rows: &'a Rows,
}

impl<'a> Top<'a> {
    fn new(limit: usize, least: Option<f64>, rows: &'a Rows) -> Self {
        Self { limit, least, best: Vec::new(), rows }
    }

    /// Returns what passages must score more than that are offered.
    fn threshold(&self) -> Score {
        self.least.map_or(Score::MIN, |least| (least as f32) * (1.0 - SLACK) - f32::MIN_POSITIVE)
    }

    fn offer(&mut self, key: f64, doc: DocId) {
        if self.least.is_some_and(|least| key < least) {
            return;
        }
        self.best.push((key, doc));
        if self.best.len() > self.limit + self.limit / 2 {
            self.cut();
        }
    }

    /// Keeps no more than are wanted: of equal keys the first by file and place.
    fn cut(&mut self) {
        let Some(last) = self.limit.checked_sub(1).filter(|last| *last < self.best.len()) else { return };
        let (_, (least, _), _) =
            self.best.select_nth_unstable_by(last, |(one, _), (other, _)| other.total_cmp(one));
        let least = *least;
        let same = self.best.extract_if(.., |(key, _)| key.total_cmp(&least).is_le());
        let same = same.filter(|(key, _)| key.total_cmp(&least).is_eq());
        let mut same: Vec<_> = same.map(|(_, doc)| (self.rows.place(doc), doc)).collect();
        let room = self.limit - self.best.len();
        if room < same.len() {
            same.select_nth_unstable(room);
        }
        self.best.extend(same.into_iter().take(room).map(|(_, doc)| (least, doc)));
        self.least = self.least.into_iter().chain([least]).reduce(f64::max);
    }

    fn finish(mut self, segment: u32) -> impl Iterator<Item = Entry> {
        self.cut();
        let Self { best, rows, .. } = self;
        best.into_iter().map(move |(key, doc)| {
            let (file, order) = rows.place(doc);
            Entry { key, file, order, segment, doc }
        })
    }
}

/// A passage of a segment, as a [`Candidate`] is made of it.
struct Entry {
    key: f64,
    file: u64,
    order: u64,
    segment: u32,
    doc: DocId,
}

/// Counts the passages a query matches outside of some articles, up to a limit.
pub(super) fn count(
    compiler: &Compiler<'_>,
    query: &dyn Query,
    limit: u64,
    except: &Except,
) -> tantivy::Result<u64> {
    let searcher = compiler.index.searcher();
    let mut sum = 0;
    if let (Some(any), true) = (query.downcast_ref::<Any>(), except.0.is_empty()) {
        for segment in searcher.segment_readers() {
            compiler.go_on()?;
            sum += any.count(segment)?;
        }
        return Ok(sum.min(limit));
    }
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    for (segment, reader) in (0..).zip(searcher.segment_readers()) {
        compiler.go_on()?;
        let mut docs = weight.scorer(reader, 1.0)?;
        let alive = reader.alive_bitset();
        let mut doc = docs.doc();
        while doc != TERMINATED && sum < limit {
            let counts = alive.is_none_or(|alive| alive.is_alive(doc));
            sum += u64::from(counts && !except.has(DocAddress::new(segment, doc)));
            doc = docs.advance();
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_found_however_they_lie_in_segments() {
        let names = Arc::new(Names::default());
        for (all, segments) in [(1, 1), (7, 2), (40, 1), (90, 3), (91, 4)] {
            for count in 0..=all {
                // Each order once, here and there.
                let candidate = |at| Candidate {
                    address: DocAddress::new(0, 0),
                    key: 1.0,
                    file: names.name((at * at % segments) as u32, 0),
                    order: (at * 37 + 5) % all,
                };
                let mut same: Vec<Candidate> = (0..all).map(candidate).collect();
                put_first(&mut same, count as usize, |one| one);
                let mut first: Vec<u64> = same[..count as usize].iter().map(|one| one.order).collect();
                first.sort_unstable();
                assert_eq!(first, (0..count).collect::<Vec<u64>>(), "{count} of {all}");
            }
        }
    }
}

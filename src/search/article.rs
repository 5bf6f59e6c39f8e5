//! Articles, ranked by all they say: the evidence of an article is gathered from the postings of its
//! passages, which lie side by side in one segment. Nothing is indexed a second time for it.
//!
//! An article's words are those of its title and headings once and of its text. Each passage of it
//! is indexed with title and headings, so what the `title` field counts in one passage after the
//! other is taken off again but for once.

mod counts;
mod marks;

use std::{cmp::Ordering, collections::BinaryHeap, ops::Range, sync::Arc};

use tantivy::{
    DocAddress, DocId, DocSet, SegmentReader, TERMINATED,
    columnar::Column,
    fastfield::AliveBitSet,
    query::{Bm25StatisticsProvider, EnableScoring, Query},
    schema::IndexRecordOption,
};

use self::counts::{Counts, each_count};
pub(super) use self::marks::Marks;
use super::{
    compile::Compiler,
    name::Names,
    newest::{Newest, Times},
    order::Except,
    rerank::Part,
    retrieve::Candidate,
    weight::{B, K1},
};
use crate::index::{Lookup, Rows, Together};

/// The passages of a segment, seen as articles.
struct Shelf<'a> {
    segment: u32,
    reader: &'a SegmentReader,
    rows: &'a Rows,
    lengths: Column<u64>,
    names: &'a Arc<Names>,
    alive: Option<&'a AliveBitSet>,
}

impl<'a> Shelf<'a> {
    fn new(
        segment: u32,
        reader: &'a SegmentReader,
        rows: &'a Rows,
        names: &'a Arc<Names>,
    ) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(Self { segment, reader, rows, lengths: fast.u64("length")?, names, alive: reader.alive_bitset() })
    }

    /// Returns what a count of a word is divided by, beside the count itself.
    fn norm(&self, first: DocId, mean: f32) -> f32 {
        let length = self.lengths.first(first).unwrap_or(0) as f32;
        K1 * (1.0 - B + B * length / mean)
    }

    fn is_alive(&self, doc: DocId) -> bool {
        self.alive.is_none_or(|alive| alive.is_alive(doc))
    }

    fn postings(&self, word: &Lookup) -> tantivy::Result<Together> {
        word.postings(self.reader, IndexRecordOption::WithFreqs)
    }

    /// Returns an article as a candidate.
    fn candidate(&self, first: DocId, key: f64) -> Candidate {
        let (file, order) = self.rows.place(first);
        let file = self.names.name(self.segment, file);
        Candidate { address: DocAddress::new(self.segment, first), key, file, order }
    }
}

/// What finding the word of each part is worth.
pub(super) type Worths = Vec<f32>;

/// How a word counts in whole articles.
pub(super) struct Bag {
    /// Its terms: any of them is the word.
    pub(super) terms: Vec<Lookup>,
    /// The same in the titles and headings that stand above each passage.
    pub(super) titles: Vec<Lookup>,
}

/// What is known of all articles.
pub(super) struct Evidence<'a> {
    compiler: &'a Compiler<'a>,
    shelves: Vec<Shelf<'a>>,
    /// Words of an article, on the mean.
    mean: f32,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(compiler: &'a Compiler<'a>, names: &'a Arc<Names>) -> tantivy::Result<Self> {
        let index = compiler.index;
        let readers = (0..).zip(index.searcher().segment_readers()).zip(index.rows().iter());
        let shelves = readers.map(|((segment, reader), rows)| Shelf::new(segment, reader, rows, names));
        let tally = &index.manifest().tally;
        let mean = (tally.article_words.max(1) as f32) / (tally.articles.max(1) as f32);
        Ok(Self { compiler, shelves: shelves.collect::<tantivy::Result<_>>()?, mean })
    }

    /// Returns the articles that hold most of the words, among those that match, and what finding each
    /// word is worth.
    pub(super) fn best(
        &self,
        parts: &[Part],
        matching: Option<&[Marks]>,
        limit: usize,
    ) -> tantivy::Result<(Vec<Candidate>, Worths)> {
        let mut worths = vec![0.0; parts.len()];
        let mut scores: Vec<Vec<f32>> =
            self.shelves.iter().map(|shelf| vec![0.0; shelf.reader.max_doc() as usize]).collect();
        let passages = |bag: &Bag| -> tantivy::Result<f32> {
            let holders = bag.terms.iter().map(|term| self.compiler.lexicon.statistics.doc_freq(&term.term));
            Ok(holders.sum::<tantivy::Result<u64>>()? as f32)
        };
        let bags = |retrieves| {
            let of_kind = parts.iter().enumerate().filter(move |(_, part)| part.retrieves == retrieves);
            of_kind.filter_map(|(number, part)| Some((number, part, part.bag.as_ref()?)))
        };
        for (number, _, bag) in bags(false) {
            worths[number] = self.idf(self.spread(passages(bag)?));
        }
        for (number, part, bag) in bags(true) {
            let mut counts: Vec<Vec<(DocId, f32)>> = vec![Vec::new(); self.shelves.len()];
            for (shelf, counts) in self.shelves.iter().zip(&mut counts) {
                self.compiler.go_on()?;
                each_count(shelf, bag, &mut |first, count| counts.push((first, count)))?;
            }
            let holders = counts.iter().map(Vec::len).sum::<usize>() as f32;
            let worth = self.idf(holders);
            worths[number] = worth;
            // The word as it was typed stands in about the share of these articles that it has of
            // the passages: to tell in how many its postings would have to be read too.
            let same = |(_, exact, _): &(usize, &Part, &Bag)| part.word.is_some() && exact.word == part.word;
            for (number, _, exact) in bags(false).filter(same) {
                let share = passages(exact)? / passages(bag)?.max(1.0);
                worths[number] = self.idf(holders * share);
            }
            let factor = part.weight * worth * (1.0 + K1);
            for ((shelf, counts), scores) in self.shelves.iter().zip(counts).zip(&mut scores) {
                for (first, count) in counts {
                    scores[first as usize] += factor * count / (count + shelf.norm(first, self.mean));
                }
            }
        }
        let mut best = Vec::new();
        for (at, (shelf, scores)) in self.shelves.iter().zip(scores).enumerate() {
            let mut heap = Least::heap(limit);
            for (first, &score) in (0..).zip(&scores).filter(|(_, score)| **score > 0.0) {
                if matching.is_none_or(|marks| marks[at].has(first)) {
                    Least::offer(&mut heap, limit, f64::from(score), first, shelf);
                }
            }
            for Least { key, first, .. } in heap {
                best.push(shelf.candidate(first, key));
            }
        }
        Ok((best, worths))
    }

    /// Returns the newest of the articles that match, so many at most.
    pub(super) fn newest(
        &self,
        matching: &[Marks],
        limit: usize,
        times: Option<&Times>,
    ) -> tantivy::Result<Vec<Candidate>> {
        let mut newest = Vec::new();
        for (shelf, marks) in self.shelves.iter().zip(matching) {
            let ages = Newest::of(self.compiler.index, shelf.segment, times)?;
            let mut heap = Least::heap(limit);
            for first in marks.iter() {
                let key = ages.key(first);
                Least::offer(&mut heap, limit, key, first, shelf);
            }
            for Least { key, first, .. } in heap {
                newest.push(shelf.candidate(first, key));
            }
        }
        Ok(newest)
    }

    /// Returns how many articles hold a word that so many passages hold, if it is spread at random.
    fn spread(&self, passages: f32) -> f32 {
        let tally = &self.compiler.index.manifest().tally;
        let (all, articles) = (tally.passages.max(1) as f32, tally.articles.max(1) as f32);
        let missed = (1.0 - (passages / all).min(1.0)).powf((all / articles).max(1.0));
        articles * (1.0 - missed)
    }

    /// Returns what finding a word is worth that so many articles hold: the idf of BM25 (Robertson and
    /// Zaragoza 2009, <https://doi.org/10.1561/1500000019>), with Lucene's addition of 1 that keeps it
    /// positive. Counted over passages instead it lost .015 nDCG@10 on time, whose articles are long.
    fn idf(&self, holders: f32) -> f32 {
        let all = self.compiler.index.articles() as f32;
        (1.0 + (all - holders + 0.5).max(0.0) / (holders + 0.5)).ln()
    }

    /// Returns the article that a candidate passage is of.
    pub(super) fn article_of(&self, passage: &Candidate) -> Candidate {
        let shelf = &self.shelves[passage.address.segment_ord as usize];
        shelf.candidate(shelf.rows.first(passage.address.doc_id), passage.key)
    }

    /// Counts the articles with a passage that a query matches, less some, up to a limit.
    pub(super) fn count(&self, query: &dyn Query, limit: u64, except: &Except) -> tantivy::Result<u64> {
        let mut sum = 0;
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.compiler.index.searcher()))?;
        for shelf in &self.shelves {
            self.compiler.go_on()?;
            let mut docs = weight.scorer(shelf.reader, 1.0)?;
            let mut last = None;
            while docs.doc() != TERMINATED && sum < limit {
                if shelf.is_alive(docs.doc()) {
                    let first = shelf.rows.first(docs.doc());
                    let excepted = || except.has(DocAddress::new(shelf.segment, first));
                    sum += u64::from(last != Some(first) && !excepted());
                    last = Some(first);
                }
                docs.advance();
            }
        }
        Ok(sum)
    }

    /// Returns, for each of these articles, what each part adds to its score, and its passages, best
    /// first. A word counts over the whole article; a phrase, a pair or a heading as in the passage
    /// where it counts most.
    pub(super) fn score(
        &self,
        parts: &[Part],
        worths: &Worths,
        articles: &[Candidate],
    ) -> tantivy::Result<Vec<Scored>> {
        let searcher = self.compiler.index.searcher();
        let statistics = &self.compiler.lexicon.statistics;
        let mut scored: Vec<Scored> = articles
            .iter()
            .map(|article| {
                let shelf = &self.shelves[article.address.segment_ord as usize];
                let passages = shelf.rows.article(article.address.doc_id);
                Scored { parts: vec![0.0; parts.len()], sums: vec![0.0; passages.len()], passages }
            })
            .collect();
        let mut sorted: Vec<usize> = (0..articles.len()).collect();
        sorted.sort_by_key(|&at| articles[at].address);
        for (number, part) in parts.iter().enumerate() {
            let weight =
                part.query.weight(EnableScoring::enabled_from_statistics_provider(statistics, searcher))?;
            let worth = worths.get(number).copied().unwrap_or(0.0);
            let factor = part.weight * worth * (1.0 + K1);
            for of_segment in sorted.chunk_by(|&one, &other| {
                articles[one].address.segment_ord == articles[other].address.segment_ord
            }) {
                self.compiler.go_on()?;
                let shelf = &self.shelves[articles[of_segment[0]].address.segment_ord as usize];
                let mut scorer = weight.scorer(shelf.reader, 1.0)?;
                let mut counts = part.bag.as_ref().map(|bag| Counts::new(shelf, bag)).transpose()?;
                for &at in of_segment {
                    let Scored { parts, sums, passages } = &mut scored[at];
                    if scorer.doc() < passages.start {
                        scorer.seek(passages.start);
                    }
                    while scorer.doc() < passages.end {
                        let score = scorer.score();
                        sums[(scorer.doc() - passages.start) as usize] += score;
                        parts[number] = parts[number].max(score);
                        scorer.advance();
                    }
                    if let Some(counts) = &mut counts {
                        let count = counts.within(passages);
                        let norm = shelf.norm(passages.start, self.mean);
                        parts[number] = factor * count / (count + norm);
                    }
                }
            }
        }
        Ok(scored)
    }
}

/// An article's parts of the score, and what its passages score by themselves.
pub(super) struct Scored {
    pub(super) parts: Vec<f32>,
    pub(super) passages: Range<DocId>,
    sums: Vec<f32>,
}

impl Scored {
    /// Returns its best passage and further ones that hold anything of the query, so many at most, best
    /// first; of passages that score the same the first.
    pub(super) fn best_passages(&self, limit: usize) -> Vec<DocId> {
        let mut order: Vec<usize> = (0..self.sums.len()).collect();
        order.sort_by(|&one, &other| self.sums[other].total_cmp(&self.sums[one]));
        order.truncate(limit.min(self.matched()).max(1));
        order.into_iter().map(|at| self.passages.start + at as DocId).collect()
    }

    /// Returns how many of its passages hold anything of the query.
    pub(super) fn matched(&self) -> usize {
        self.sums.iter().filter(|sum| **sum > 0.0).count()
    }
}

/// An article that was found; the least comes first out of a heap.
struct Least {
    key: f64,
    /// File and order: of two with the same key the first in this is better.
    place: (u64, u64),
    first: DocId,
}

impl Least {
    fn heap(limit: usize) -> BinaryHeap<Self> {
        BinaryHeap::with_capacity(limit.min(1 << 16) + 1)
    }

    /// Takes an article where it is among the best.
    fn offer(heap: &mut BinaryHeap<Self>, limit: usize, key: f64, first: DocId, shelf: &Shelf<'_>) {
        if heap.len() >= limit && heap.peek().is_none_or(|least| key < least.key) {
            return;
        }
        heap.push(Self { key, place: shelf.rows.place(first), first });
        if heap.len() > limit {
            heap.pop();
        }
    }
}

impl Ord for Least {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.total_cmp(&self.key).then(self.place.cmp(&other.place))
    }
}

impl PartialOrd for Least {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Least {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Least {}

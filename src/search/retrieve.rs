//! The candidates: a query tree as a tantivy query, and the best passages it matches.
//!
//! What ranks is the words, in one field that holds title, headings and text together; a pure "any
//! of these words" is a union that tantivy can prune. What only refines the order (exact forms,
//! titles, neighbours) waits for [`super::rerank`].

use std::{cmp::Ordering, collections::BinaryHeap, ops::Bound};

use tantivy::{
    DocAddress, DocId, DocSet, Score, SegmentReader, TERMINATED, Term,
    collector::{Collector, SegmentCollector},
    columnar::{Column, StrColumn},
    query::{
        BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, EnableScoring, Occur,
        PhraseQuery, Query, RangeQuery, TermQuery, Weight,
    },
    schema::{Field, IndexRecordOption},
};

use super::{
    parse::{Filter, Group, Node, Word},
    rerank::weight,
};
use crate::{
    analysis,
    index::{EXACT_MARK, Index, schema},
};

/// The most words that a prefix stands for: the most frequent of those that begin so.
const MOST_EXPANSIONS: usize = 64;

/// A part of the index to search in: a folder's number and a path inside it.
pub(super) type Within = (u32, Vec<u8>);

/// Makes tantivy queries of query trees.
pub(super) struct Compiler<'a> {
    pub(super) index: &'a Index,
}

impl Compiler<'_> {
    /// Returns a query for what a tree matches, within some part of the index.
    pub(super) fn query(&self, tree: &Group, within: &[Within]) -> tantivy::Result<Box<dyn Query>> {
        let mut words = self.group(tree)?;
        if tree.only_filters() {
            words =
                Box::new(BooleanQuery::new(vec![(Occur::Must, words), (Occur::Must, self.every_passage())]));
        }
        if within.is_empty() {
            return Ok(words);
        }
        let parts = within.iter().map(|part| (Occur::Should, self.within(part))).collect();
        let filter = ConstScoreQuery::new(Box::new(BooleanQuery::new(parts)), 0.0);
        Ok(Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(filter)), (Occur::Must, words)])))
    }

    fn group(&self, group: &Group) -> tantivy::Result<Box<dyn Query>> {
        let mut clauses = Vec::new();
        let drop = drops_stop_words(group);
        for node in &group.should {
            match node {
                // Clauses of single words side by side are what tantivy prunes.
                Node::Words(words) => {
                    let worth = words.iter().filter(|word| !(drop && analysis::is_stop_word(&word.folded)));
                    clauses
                        .extend(worth.flat_map(|word| self.forms(word)).map(|query| (Occur::Should, query)));
                }
                _ => clauses.push((Occur::Should, self.node(node)?)),
            }
        }
        // Beside words that a passage must have, other words only rank; beside fields, one of them
        // must be there.
        if !group.must.is_empty() && !clauses.is_empty() && group.must.iter().all(Node::restricts) {
            let any: Box<dyn Query> = Box::new(BooleanQuery::new(std::mem::take(&mut clauses)));
            clauses.push((Occur::Must, any));
        }
        for node in &group.must {
            clauses.push((Occur::Must, self.node(node)?));
        }
        if clauses.is_empty() {
            let any: Box<dyn Query> =
                if group.not.is_empty() { Box::new(EmptyQuery) } else { self.every_passage() };
            clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(any, 0.0))));
        }
        for node in &group.not {
            clauses.push((Occur::MustNot, self.node(node)?));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// Returns a query for all passages of articles themselves: what stands around them is found by
    /// its words only.
    fn every_passage(&self) -> Box<dyn Query> {
        let term = Term::from_field_u64(self.index.fields().main, 1);
        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
    }

    pub(super) fn node(&self, node: &Node) -> tantivy::Result<Box<dyn Query>> {
        let fields = self.index.fields();
        Ok(match node {
            Node::Words(words) => {
                let each = words.iter().map(|word| {
                    let forms = self.forms(word).into_iter().map(|form| (Occur::Should, form)).collect();
                    (Occur::Must, Box::new(BooleanQuery::new(forms)) as Box<dyn Query>)
                });
                Box::new(BooleanQuery::new(each.collect()))
            }
            Node::Prefix(prefix) => self.prefix(prefix)?,
            Node::Phrase(words, slop) => {
                let marked: Vec<String> = words.iter().map(|word| format!("{EXACT_MARK}{word}")).collect();
                let main = phrase(fields.exact, words, *slop);
                let aside = Box::new(BoostQuery::new(phrase(fields.aside, &marked, *slop), weight::ASIDE));
                Box::new(BooleanQuery::new(vec![(Occur::Should, main), (Occur::Should, aside)]))
            }
            Node::Title(words) => {
                let stems: Vec<String> = words.iter().map(|word| word.stem.clone()).collect();
                phrase(fields.title, &stems, 0)
            }
            Node::Filter(filter) => Box::new(ConstScoreQuery::new(self.filter(filter), 0.0)),
            Node::Group(group) => self.group(group)?,
        })
    }

    /// Returns clauses for the forms of a word: in articles, and around them.
    fn forms(&self, word: &Word) -> [Box<dyn Query>; 2] {
        let fields = self.index.fields();
        let weighed =
            |field, weight| -> Box<dyn Query> { Box::new(BoostQuery::new(term(field, &word.stem), weight)) };
        [weighed(fields.stem, weight::STEM), weighed(fields.aside, weight::ASIDE)]
    }

    fn filter(&self, filter: &Filter) -> Box<dyn Query> {
        let fields = self.index.fields();
        match filter {
            Filter::Author(words) => phrase(fields.author, words, 0),
            Filter::Path(words) => phrase(fields.path, words, 0),
            Filter::Tag(name) => term(fields.tag, name),
            Filter::Site(name) => term(fields.site, name),
            Filter::Language(name) => term(fields.language, name),
            Filter::Format(name) => term(fields.format, name),
            Filter::Days(from, to) => {
                // A month meets a range that holds one of its days.
                let ends = RangeQuery::new(
                    Bound::Included(Term::from_field_u64(fields.day_end, *from)),
                    Bound::Unbounded,
                );
                let begins =
                    RangeQuery::new(Bound::Unbounded, Bound::Included(Term::from_field_u64(fields.day, *to)));
                Box::new(BooleanQuery::new(vec![
                    (Occur::Must, Box::new(ends)),
                    (Occur::Must, Box::new(begins)),
                ]))
            }
        }
    }

    fn within(&self, (folder, path): &Within) -> Box<dyn Query> {
        let fields = self.index.fields();
        let in_folder = Box::new(TermQuery::new(
            Term::from_field_u64(fields.folder, u64::from(*folder)),
            IndexRecordOption::Basic,
        ));
        if path.is_empty() {
            return in_folder;
        }
        // Everything below a folder lies between its name with a separator and that with the next byte.
        let key = schema::path_key(path);
        let below = RangeQuery::new(
            Bound::Included(Term::from_field_text(fields.file, &format!("{key}\u{1}"))),
            Bound::Excluded(Term::from_field_text(fields.file, &format!("{key}\u{2}"))),
        );
        let itself = TermQuery::new(fields.file_term(*folder, path), IndexRecordOption::Basic);
        let path =
            BooleanQuery::new(vec![(Occur::Should, Box::new(below)), (Occur::Should, Box::new(itself))]);
        Box::new(BooleanQuery::new(vec![(Occur::Must, in_folder), (Occur::Must, Box::new(path))]))
    }

    fn prefix(&self, prefix: &str) -> tantivy::Result<Box<dyn Query>> {
        let words = self.expand(prefix)?;
        let fields = self.index.fields();
        let mut clauses = Vec::with_capacity(2 * words.len());
        for word in &words {
            clauses.push(term(fields.exact, word));
            let around = term(fields.aside, &format!("{EXACT_MARK}{word}"));
            clauses.push(Box::new(BoostQuery::new(around, weight::ASIDE)));
        }
        if clauses.is_empty() {
            return Ok(Box::new(EmptyQuery));
        }
        // The best of them counts: the sum would favour passages for the many forms they use.
        Ok(Box::new(DisjunctionMaxQuery::new(clauses)))
    }

    /// Returns the most frequent words of the index that begin so.
    pub(super) fn expand(&self, prefix: &str) -> tantivy::Result<Vec<String>> {
        let fields = self.index.fields();
        let mut counts = std::collections::BTreeMap::<String, u64>::new();
        let marked = format!("{EXACT_MARK}{prefix}");
        for segment in self.index.searcher().segment_readers() {
            for (field, start) in [(fields.exact, prefix), (fields.aside, marked.as_str())] {
                let inverted = segment.inverted_index(field)?;
                let mut terms = inverted.terms().range().ge(start).into_stream()?;
                while terms.advance() && terms.key().starts_with(start.as_bytes()) {
                    if let Ok(word) = std::str::from_utf8(terms.key()) {
                        let word = word.trim_start_matches(EXACT_MARK);
                        *counts.entry(word.into()).or_default() += u64::from(terms.value().doc_freq);
                    }
                }
            }
        }
        let mut words: Vec<(String, u64)> = counts.into_iter().collect();
        words.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        words.truncate(MOST_EXPANSIONS);
        Ok(words.into_iter().map(|(word, _)| word).collect())
    }
}

/// Whether the stop words among the words of a group that it need not have are passed over: not
/// where there is nothing else to look for.
pub(super) fn drops_stop_words(group: &Group) -> bool {
    let stop = |node: &Node| match node {
        Node::Words(words) => words.iter().all(|word| analysis::is_stop_word(&word.folded)),
        _ => false,
    };
    !group.should.iter().all(stop) || !group.must.iter().all(Node::restricts)
}

pub(super) fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

pub(super) fn phrase(field: Field, words: &[String], slop: u32) -> Box<dyn Query> {
    match words {
        [] => Box::new(EmptyQuery),
        [word] => term(field, word),
        words => {
            let terms = words.iter().map(|word| Term::from_field_text(field, word)).collect();
            let mut query = PhraseQuery::new(terms);
            query.set_slop(slop);
            Box::new(query)
        }
    }
}

/// What the candidates are taken by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Their score.
    Score,
    /// Their date, newest first.
    Date,
}

/// One of the best passages.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) address: DocAddress,
    /// What it was taken by: a score, or a day as `YYYYMMDD`.
    pub(super) key: f64,
    /// The key of its file; see [`schema::file_key`].
    pub(super) file: String,
    /// Its place among the passages of the file.
    pub(super) order: u64,
}

/// Orders candidates: highest key first, then by path, then by place.
pub(super) fn best_first(one: &Candidate, other: &Candidate) -> Ordering {
    other
        .key
        .total_cmp(&one.key)
        .then_with(|| one.file.cmp(&other.file))
        .then_with(|| one.order.cmp(&other.order))
}

/// Collects the best candidates, equal keys in the order of path and place.
pub(super) struct Best {
    pub(super) limit: usize,
    pub(super) by: By,
}

/// Scores that differ by no more than this part of them may have been summed in another order, or
/// bounded by the statistics of another time: they are not pruned.
const SLACK: f32 = 1e-3;

impl Collector for Best {
    type Fruit = Vec<Candidate>;
    type Child = Unused;

    fn for_segment(&self, _: u32, _: &SegmentReader) -> tantivy::Result<Unused> {
        Ok(Unused)
    }

    fn requires_scoring(&self) -> bool {
        self.by == By::Score
    }

    fn merge_fruits(&self, fruits: Vec<Vec<Candidate>>) -> tantivy::Result<Vec<Candidate>> {
        let mut all: Vec<Candidate> = fruits.into_iter().flatten().collect();
        all.sort_by(best_first);
        all.truncate(self.limit);
        Ok(all)
    }

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        segment: u32,
        reader: &SegmentReader,
    ) -> tantivy::Result<Vec<Candidate>> {
        let files = reader.fast_fields().str("file")?;
        let orders = reader.fast_fields().u64("order")?;
        let Some(files) = files else { return Ok(Vec::new()) };
        let mut heap = Heap { limit: self.limit, entries: BinaryHeap::new(), files: &files, orders: &orders };
        let alive = reader.alive_bitset();
        match self.by {
            By::Score => weight.for_each_pruning(Score::MIN, reader, &mut |doc, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc)) {
                    heap.offer(f64::from(score), doc);
                }
                match heap.least() {
                    Some(least) => (least as f32) * (1.0 - SLACK) - f32::MIN_POSITIVE,
                    None => Score::MIN,
                }
            })?,
            By::Date => {
                let days = reader.fast_fields().u64("day")?;
                weight.for_each_no_score(reader, &mut |docs| {
                    for &doc in docs {
                        if alive.is_none_or(|alive| alive.is_alive(doc)) {
                            heap.offer(days.first(doc).unwrap_or(0) as f64, doc);
                        }
                    }
                })?;
            }
        }
        let mut candidates = Vec::with_capacity(heap.entries.len());
        let mut file = String::new();
        for entry in heap.entries {
            file.clear();
            files.ord_to_str(entry.file, &mut file)?;
            candidates.push(Candidate {
                address: DocAddress::new(segment, entry.doc),
                key: entry.key,
                file: file.clone(),
                order: entry.order,
            });
        }
        Ok(candidates)
    }
}

/// The best of a segment; the worst of them on top.
struct Heap<'a> {
    limit: usize,
    entries: BinaryHeap<Entry>,
    files: &'a StrColumn,
    orders: &'a Column<u64>,
}

impl Heap<'_> {
    fn least(&self) -> Option<f64> {
        self.entries.peek().filter(|_| self.entries.len() >= self.limit).map(|entry| entry.key)
    }

    fn offer(&mut self, key: f64, doc: DocId) {
        if self.limit == 0 || self.least().is_some_and(|least| key < least) {
            return;
        }
        let file = self.files.ords().first(doc).unwrap_or(0);
        let order = self.orders.first(doc).unwrap_or(0);
        self.entries.push(Entry { key, file, order, doc });
        if self.entries.len() > self.limit {
            self.entries.pop();
        }
    }
}

struct Entry {
    key: f64,
    file: u64,
    order: u64,
    doc: DocId,
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        // Greater is worse.
        other.key.total_cmp(&self.key).then(self.file.cmp(&other.file)).then(self.order.cmp(&other.order))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

/// [`Best`] goes through segments by itself.
pub(super) struct Unused;

impl SegmentCollector for Unused {
    type Fruit = Vec<Candidate>;
    fn collect(&mut self, _: DocId, _: Score) {}
    fn harvest(self) -> Vec<Candidate> {
        Vec::new()
    }
}

/// Counts the passages a query matches, up to a limit.
pub(super) fn count(index: &Index, query: &dyn Query, limit: u64) -> tantivy::Result<u64> {
    let searcher = index.searcher();
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut sum = 0;
    for reader in searcher.segment_readers() {
        let mut docs = weight.scorer(reader, 1.0)?;
        let alive = reader.alive_bitset();
        let mut doc = docs.doc();
        while doc != TERMINATED && sum < limit {
            sum += u64::from(alive.is_none_or(|alive| alive.is_alive(doc)));
            doc = docs.advance();
        }
    }
    Ok(sum)
}

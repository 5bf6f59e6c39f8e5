//! Any of some words.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, Term,
    query::{BooleanQuery, DisjunctionMaxQuery, EnableScoring, Explanation, Occur, Query, Scorer, Weight},
    schema::IndexRecordOption,
};

use super::{
    clause::Clause,
    leaf::{Leaf, LeafScorer, LeafWeight},
    pruned,
};
use crate::index::count_any;

/// A query for any of some words. Each stands with others beside it of which the best counts in a passage, or alone.
#[derive(Clone, Debug)]
pub(super) struct Any(pub(super) Vec<Vec<Leaf>>);

impl Any {
    pub(super) fn words(&self) -> impl Iterator<Item = &Leaf> {
        self.0.iter().flatten()
    }

    /// Returns how many passages of a segment hold any of the words.
    pub(super) fn count(&self, segment: &SegmentReader) -> tantivy::Result<u64> {
        let lists = self.words().map(|leaf| leaf.word.blocks(segment, IndexRecordOption::Basic));
        let lists = lists.collect::<tantivy::Result<Vec<_>>>()?;
        Ok(count_any(segment, lists.into_iter().flatten().collect()))
    }

    /// Returns what the engine has for the same, which gathers all passages around each; none where every word stands
    /// alone.
    fn gathered(&self) -> Option<BooleanQuery> {
        let each = |words: &Vec<Leaf>| -> (Occur, Box<dyn Query>) {
            let each = words.iter().map(|word| -> Box<dyn Query> { Box::new(word.clone()) });
            (Occur::Should, Box::new(DisjunctionMaxQuery::new(each.collect())))
        };
        let several = self.0.iter().any(|words| words.len() > 1);
        several.then(|| BooleanQuery::new(self.0.iter().map(each).collect()))
    }
}

struct AnyWeight {
    words: Vec<Vec<LeafWeight>>,
    gathered: Option<Box<dyn Weight>>,
}

/// Where any of some words stands.
struct AnyScorer {
    words: Vec<LeafScorer>,
    doc: DocId,
}

impl Query for Any {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weighed = |words: &Vec<Leaf>| words.iter().map(|word| word.weighed(scoring)).collect();
        let words = self.0.iter().map(weighed).collect::<tantivy::Result<_>>()?;
        let gathered = self.gathered().map(|query| query.weight(scoring)).transpose()?;
        Ok(Box::new(AnyWeight { words, gathered }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.words().for_each(|leaf| leaf.query_terms(visitor));
    }
}

impl Weight for AnyWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        if let Some(gathered) = &self.gathered {
            return gathered.scorer(segment, boost);
        }
        let words = self.words.iter().flatten().map(|word| word.leaf_scorer(segment, boost));
        let mut words = words.collect::<tantivy::Result<Vec<_>>>()?;
        words.retain(|word| word.doc() != TERMINATED);
        let mut scorer = AnyScorer { words, doc: 0 };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        let found = scorer.doc() == doc || (scorer.doc() < doc && scorer.seek(doc) == doc);
        Ok(Explanation::new("any of some words", if found { scorer.score() } else { 0.0 }))
    }

    fn for_each_pruning(
        &self,
        threshold: Score,
        segment: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        let clause = |words: &Vec<LeafWeight>| {
            let words = words.iter().map(|word| word.blocks(segment));
            Ok(Clause::new(words.collect::<tantivy::Result<_>>()?))
        };
        let clauses = self.words.iter().map(clause).collect::<tantivy::Result<Vec<_>>>()?;
        pruned::best(clauses.into_iter().flatten().collect(), threshold, callback);
        Ok(())
    }
}

impl AnyScorer {
    fn settle(&mut self) -> DocId {
        self.doc = self.words.iter().map(DocSet::doc).min().unwrap_or(TERMINATED);
        self.doc
    }
}

impl DocSet for AnyScorer {
    fn advance(&mut self) -> DocId {
        let doc = self.doc;
        for word in self.words.iter_mut().filter(|word| word.doc() == doc && doc != TERMINATED) {
            word.advance();
        }
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for word in self.words.iter_mut().filter(|word| word.doc() < target) {
            word.seek(target);
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.words.iter().map(DocSet::size_hint).max().unwrap_or(0)
    }
}

impl Scorer for AnyScorer {
    fn score(&mut self) -> Score {
        let doc = self.doc;
        self.words.iter_mut().filter(|word| word.doc() == doc).map(Scorer::score).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::atomic::AtomicBool};

    use tantivy::query::Bm25StatisticsProvider;

    use super::*;
    use crate::{
        index::{Index, Update, of_stem},
        search::pruned::ROUNDING,
    };

    /// The clauses of a query, each of words with their weights, and how many of the best are asked for.
    type Case<'a> = (&'a [&'a [(&'a str, Score)]], usize);

    #[test]
    fn the_best_are_those_of_all() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        fs::create_dir(&folder).expect("it can be made");
        // A linear congruential generator (Numerical Recipes): the same texts every time.
        let mut state = 7_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        let forms = ["run", "runs", "running", "tide", "tides", "moon", "moons", "harbour"];
        // Two files, and so two segments: what is the best of a block in one is not by the mean length of both.
        for (name, records, most) in [("short", 0..3_000, 9), ("long", 3_000..5_000, 90)] {
            let record = |id| {
                let words = (0..1 + random(most)).map(|_| forms[(random(8) * random(8) / 8) as usize]);
                let words = words.collect::<Vec<_>>().join(" ");
                format!("{{\"id\": {id}, \"lang\": \"en\", \"text\": \"{words}\"}}\n")
            };
            let records: String = records.map(record).collect();
            fs::write(folder.join(format!("{name}.jsonl")), records).expect("it can be written");
        }
        let mut index = Index::create(&dir.path().join("index")).expect("it can be made");
        let update = Update { folders: vec![folder], stage: 1, ..Update::default() };
        index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");
        assert!(index.searcher().segment_readers().len() > 1);

        let (searcher, statistics) = (index.searcher(), index.statistics());
        let cases: [Case<'_>; 5] = [
            (&[&[("run", 1.0)], &[("tide", 1.0)], &[("moon", 1.0)]], 10),
            (&[&[("run", 0.2)], &[("tide", 3.0)], &[("moon", 1.0)]], 3),
            (&[&[("run", 1.0)], &[("tide", 0.01)], &[("moon", 0.0)]], 200),
            (&[&[("run", 1.0), ("tide", 1.0), ("harbour", 1.0)]], 10),
            (&[&[("run", 0.5), ("tide", 2.0)], &[("moon", 0.3)], &[("moon", 1.0), ("harbour", 0.7)]], 20),
        ];
        for (of, limit) in cases {
            let leaf = |&(stem, weight): &(&str, f32)| {
                let term = of_stem(index.fields().words, stem);
                Leaf { word: statistics.lookup(&term).expect("the index is whole"), weight }
            };
            let query = Any(of.iter().map(|words| words.iter().map(leaf).collect()).collect());
            let scoring = EnableScoring::enabled_from_statistics_provider(
                &statistics as &dyn Bm25StatisticsProvider,
                searcher,
            );
            let weight = query.weight(scoring).expect("the index is whole");
            for segment in searcher.segment_readers() {
                let mut all = Vec::new();
                let mut scorer = weight.scorer(segment, 1.0).expect("the segment is whole");
                while scorer.doc() != TERMINATED {
                    all.push(scorer.score());
                    scorer.advance();
                }
                all.sort_by(|one, other| other.total_cmp(one));
                let mut found: Vec<Score> = Vec::new();
                let mut least = |_, score| {
                    let at = found.partition_point(|other| *other >= score);
                    found.insert(at, score);
                    found.truncate(limit);
                    if found.len() < limit { Score::MIN } else { found[limit - 1] }
                };
                weight.for_each_pruning(Score::MIN, segment, &mut least).expect("the segment is whole");
                assert!(all.len() > limit, "{} of {}", all.len(), segment.num_docs());
                for (one, other) in found.iter().zip(&all) {
                    assert!((one - other).abs() <= other * ROUNDING, "{one} {other}");
                }
                assert_eq!(found.len(), limit);
            }
        }
    }
}

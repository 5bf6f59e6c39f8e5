//! The best of several ways to have something: what scores highest in a passage counts. The engine's own
//! gathers all passages around the one it is asked for, which takes long where but some are looked at.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, Term,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
};

use super::any::Any;

/// A query for the best of several.
#[derive(Debug)]
pub(super) struct BestOf(pub(super) Vec<Box<dyn Query>>);

struct BestOfWeight(Vec<Box<dyn Weight>>);

struct BestOfScorer {
    ways: Vec<Box<dyn Scorer>>,
    doc: DocId,
}

impl BestOf {
    /// Returns the same query, to be asked about some passages alone.
    pub(super) fn of_some(query: Box<dyn Query>) -> Box<dyn Query> {
        match query.downcast_ref::<Any>().map(|any| any.0.as_slice()) {
            Some([words]) if words.len() > 1 => {
                let ways = words.iter().map(|word| -> Box<dyn Query> { Box::new(word.clone()) });
                Box::new(Self(ways.collect()))
            }
            _ => query,
        }
    }
}

impl Clone for BestOf {
    fn clone(&self) -> Self {
        Self(self.0.iter().map(|way| way.box_clone()).collect())
    }
}

impl Query for BestOf {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let ways = self.0.iter().map(|way| way.weight(scoring));
        Ok(Box::new(BestOfWeight(ways.collect::<tantivy::Result<_>>()?)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.0.iter().for_each(|way| way.query_terms(visitor));
    }
}

impl Weight for BestOfWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let ways = self.0.iter().map(|way| way.scorer(segment, boost));
        let mut scorer = BestOfScorer { ways: ways.collect::<tantivy::Result<_>>()?, doc: 0 };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        let found = scorer.doc() == doc || (scorer.doc() < doc && scorer.seek(doc) == doc);
        Ok(Explanation::new("the best of several", if found { scorer.score() } else { 0.0 }))
    }
}

impl BestOfScorer {
    fn settle(&mut self) -> DocId {
        self.doc = self.ways.iter().map(DocSet::doc).min().unwrap_or(TERMINATED);
        self.doc
    }
}

impl DocSet for BestOfScorer {
    fn advance(&mut self) -> DocId {
        let doc = self.doc;
        for way in self.ways.iter_mut().filter(|way| way.doc() == doc && doc != TERMINATED) {
            way.advance();
        }
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for way in self.ways.iter_mut().filter(|way| way.doc() < target) {
            way.seek(target);
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.ways.iter().map(DocSet::size_hint).max().unwrap_or(0)
    }
}

impl Scorer for BestOfScorer {
    fn score(&mut self) -> Score {
        let doc = self.doc;
        self.ways.iter_mut().filter(|way| way.doc() == doc).map(Scorer::score).fold(0.0, Score::max)
    }
}

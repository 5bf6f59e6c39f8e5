//! A word, as the engine can look for it: all its terms as one.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, Term,
    fieldnorm::FieldNormReader,
    query::{Bm25Weight, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::IndexRecordOption,
};

use crate::index::{Lookup, Together};

/// A query for what is looked up as one term.
#[derive(Clone, Debug)]
pub(super) struct Leaf(pub(super) Lookup);

struct LeafWeight {
    lookup: Lookup,
    bm25: Option<Bm25Weight>,
}

struct LeafScorer {
    postings: Together,
    bm25: Option<Bm25Weight>,
    lengths: FieldNormReader,
}

impl Query for Leaf {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let term = std::slice::from_ref(&self.0.term);
        let bm25 = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } => {
                Some(Bm25Weight::for_terms(statistics_provider, term)?)
            }
            EnableScoring::Disabled { .. } => None,
        };
        Ok(Box::new(LeafWeight { lookup: self.0.clone(), bm25 }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        visitor(&self.0.term, false);
    }
}

impl Weight for LeafWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let option =
            if self.bm25.is_some() { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
        Ok(Box::new(LeafScorer {
            postings: self.lookup.postings(segment, option)?,
            bm25: self.bm25.as_ref().map(|bm25| bm25.boost_by(boost)),
            lengths: lengths(segment, &self.lookup.term)?,
        }))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        let found = scorer.doc() == doc || (scorer.doc() < doc && scorer.seek(doc) == doc);
        Ok(Explanation::new("a word", if found { scorer.score() } else { 0.0 }))
    }
}

impl DocSet for LeafScorer {
    fn advance(&mut self) -> DocId {
        self.postings.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.postings.seek(target)
    }

    fn doc(&self) -> DocId {
        self.postings.doc()
    }

    fn size_hint(&self) -> u32 {
        self.postings.size_hint()
    }
}

impl Scorer for LeafScorer {
    fn score(&mut self) -> Score {
        let Some(bm25) = &self.bm25 else { return 1.0 };
        bm25.score(self.lengths.fieldnorm_id(self.postings.doc()), self.postings.term_freq())
    }
}

/// Returns the lengths of a segment's passages in the field of a term.
pub(super) fn lengths(segment: &SegmentReader, term: &Term) -> tantivy::Result<FieldNormReader> {
    let lengths = segment.fieldnorms_readers().get_field(term.field())?;
    Ok(lengths.unwrap_or_else(|| FieldNormReader::constant(segment.max_doc(), 1)))
}

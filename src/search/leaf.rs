//! A word, as the engine can look for it: all its terms as one.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TantivyError, Term,
    fieldnorm::FieldNormReader,
    query::{Bm25Weight, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::IndexRecordOption,
};

use super::blocks::{self, Blocks};
use crate::index::{Lookup, Together};

/// A query for what is looked up as one term.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) word: Lookup,
    /// What its score is multiplied by.
    pub(super) weight: Score,
}

pub(super) struct LeafWeight {
    word: Lookup,
    /// How it scores, and the mean length of passages that it scores by.
    bm25: Option<(Bm25Weight, f32)>,
}

pub(super) struct LeafScorer {
    postings: Together,
    bm25: Option<Bm25Weight>,
    lengths: FieldNormReader,
}

impl Leaf {
    pub(super) fn weighed(&self, scoring: EnableScoring<'_>) -> tantivy::Result<LeafWeight> {
        let term = &self.word.term;
        let bm25 = match scoring {
            EnableScoring::Enabled { statistics_provider: statistics, .. } => {
                let all = statistics.total_num_docs()?;
                let mean = statistics.total_num_tokens(term.field())? as f32 / all as f32;
                let bm25 = Bm25Weight::for_one_term_without_explain(statistics.doc_freq(term)?, all, mean);
                Some((bm25.boost_by(self.weight), mean))
            }
            EnableScoring::Disabled { .. } => None,
        };
        Ok(LeafWeight { word: self.word.clone(), bm25 })
    }
}

impl Query for Leaf {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.weighed(scoring)?))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        visitor(&self.word.term, false);
    }
}

impl LeafWeight {
    pub(super) fn leaf_scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<LeafScorer> {
        let option =
            if self.bm25.is_some() { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
        Ok(LeafScorer {
            postings: self.word.postings(segment, option)?,
            bm25: self.bm25.as_ref().map(|(bm25, _)| bm25.boost_by(boost)),
            lengths: lengths(segment, &self.word.term)?,
        })
    }

    /// Returns where the word stands in a segment, block by block.
    ///
    /// # Errors
    /// Where nothing is scored, and those of reading.
    pub(super) fn blocks(&self, segment: &SegmentReader) -> tantivy::Result<Blocks> {
        let unscored =
            || TantivyError::InvalidArgument("the best are asked for where nothing is scored".into());
        let (bm25, mean) = self.bm25.as_ref().ok_or_else(unscored)?;
        let terms = self.word.blocks(segment, IndexRecordOption::WithFreqs)?;
        let field = self.word.term.field();
        let inexact = match segment.fieldnorms_readers().get_field(field)? {
            Some(lengths) => {
                let words = segment.inverted_index(field)?.total_num_tokens();
                blocks::inexact(words as f32 / lengths.num_docs() as f32, *mean)
            }
            None => Score::INFINITY,
        };
        Ok(Blocks::new(terms, bm25.clone(), lengths(segment, &self.word.term)?, inexact))
    }
}

impl Weight for LeafWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(self.leaf_scorer(segment, boost)?))
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

//! What an article is found by, and not one of its passages: names that the first passage alone has in the
//! index. Passages of an article lie side by side, so that what finds the first lets all through.

use std::{fmt, sync::Arc};

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term,
    query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight},
};

use crate::index::Rows;

/// A query that finds first passages of articles, for all passages of those. Its scores are 1.
pub(super) struct Spread {
    firsts: Box<dyn Query>,
    rows: Arc<[Rows]>,
}

impl Spread {
    pub(super) fn of(firsts: Box<dyn Query>, rows: &Arc<[Rows]>) -> Box<dyn Query> {
        Box::new(Self { firsts, rows: Arc::clone(rows) })
    }
}

impl fmt::Debug for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Spread").field(&self.firsts).finish()
    }
}

impl Clone for Spread {
    fn clone(&self) -> Self {
        Self { firsts: self.firsts.box_clone(), rows: Arc::clone(&self.rows) }
    }
}

impl Query for Spread {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(SpreadWeight { firsts: self.firsts.weight(scoring)?, rows: Arc::clone(&self.rows) }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.firsts.query_terms(visitor);
    }
}

struct SpreadWeight {
    firsts: Box<dyn Weight>,
    rows: Arc<[Rows]>,
}

impl Weight for SpreadWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let rows = self.rows.iter().find(|rows| rows.segment() == reader.segment_id());
        let Some(rows) = rows.cloned() else { return Ok(Box::new(EmptyScorer)) };
        let firsts = self.firsts.scorer(reader, boost)?;
        let doc = firsts.doc();
        Ok(Box::new(SpreadScorer { firsts, rows, doc }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("of an article that matches", scorer.score()))
    }
}

struct SpreadScorer {
    firsts: Box<dyn Scorer>,
    rows: Rows,
    doc: DocId,
}

impl DocSet for SpreadScorer {
    fn advance(&mut self) -> DocId {
        self.seek(self.doc.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc {
            self.doc = match self.rows.first_of(target) {
                Some(first) if self.firsts.doc() == first => target,
                Some(first) if self.firsts.doc() < first && self.firsts.seek(first) == first => target,
                Some(_) => self.firsts.doc(),
                None => TERMINATED,
            };
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.firsts.size_hint()
    }
}

impl Scorer for SpreadScorer {
    fn score(&mut self) -> Score {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use tantivy::{
        Index, IndexWriter, TantivyDocument,
        query::TermQuery,
        schema::{INDEXED, IndexRecordOption, Schema},
    };

    use super::*;

    #[test]
    fn what_finds_the_first_passage_finds_all_of_the_article() {
        let mut schema = Schema::builder();
        let name = schema.add_u64_field("name", INDEXED);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).expect("there is room");
        let mut orders = Vec::new();
        // Of each article its name and how many passages it has.
        for (article, (of_name, passages)) in (0..).zip([(1, 3), (2, 1), (1, 2), (2, 4), (1, 1)]) {
            for at in 0..passages {
                let mut document = TantivyDocument::new();
                orders.push(article << 32 | at);
                if at == 0 {
                    document.add_u64(name, of_name);
                }
                writer.add_document(document).expect("it is added");
            }
        }
        writer.commit().expect("it is committed");
        let searcher = index.reader().expect("it is there").searcher();
        let rows: Arc<[Rows]> = [Rows::of_orders(searcher.segment_reader(0).segment_id(), &orders)].into();
        let scorer = |of_name| {
            let term = Term::from_field_u64(name, of_name);
            let query = Spread::of(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), &rows);
            let weight = query.weight(EnableScoring::disabled_from_searcher(&searcher));
            weight.and_then(|weight| weight.scorer(searcher.segment_reader(0), 1.0)).expect("it is whole")
        };
        for (of_name, expected) in
            [(1, vec![0, 1, 2, 4, 5, 10]), (2, vec![3, 6, 7, 8, 9]), (3, Vec::<DocId>::new())]
        {
            let mut all = scorer(of_name);
            let mut found = Vec::new();
            while all.doc() != TERMINATED {
                found.push(all.doc());
                all.advance();
            }
            assert_eq!(found, expected);
            assert_eq!(all.advance(), TERMINATED);
            for target in 0..12 {
                let next = expected.iter().copied().find(|doc| *doc >= target).unwrap_or(TERMINATED);
                let mut scorer = scorer(of_name);
                assert_eq!(scorer.seek(target), next, "{of_name} from {target}");
                assert_eq!(scorer.seek(0), next, "nothing goes back");
            }
        }
    }
}

//! Quoted words, letter for letter. The index knows words without case and accents; what it finds by them
//! is compared with the text that is kept.

use std::{fmt, sync::Arc};

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyDocument, TantivyError, Term,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
    store::StoreReader,
};
use unicode_normalization::UnicodeNormalization;

use super::tree::Word;
use crate::{
    analysis,
    index::schema::{self, Fields},
};

/// Blocks of text that are kept at hand while passages are compared.
const BLOCKS: usize = 4;

/// What a query finds, where the words stand there as they were typed.
pub(super) struct Lettered {
    query: Box<dyn Query>,
    asked: Arc<Asked>,
}

struct Asked {
    fields: Fields,
    /// The words, in Unicode normal form C.
    words: Vec<String>,
    /// So many other words may stand between them.
    slop: usize,
}

impl Lettered {
    /// Takes a query that finds the words without case and accents.
    pub(super) fn new(query: Box<dyn Query>, fields: Fields, words: &[Word], slop: u32) -> Self {
        let words = words.iter().map(|word| word.typed.nfc().collect()).collect();
        Self { query, asked: Arc::new(Asked { fields, words, slop: slop as usize }) }
    }
}

impl Asked {
    fn stands_in(&self, document: &TantivyDocument) -> bool {
        let Ok(stored) = schema::stored(&self.fields, document) else { return false };
        let parts = std::iter::once(&stored.title).chain(&stored.headings).chain([&stored.text]);
        parts.into_iter().any(|part| stands(part, &self.words, self.slop))
    }
}

/// Whether words stand in a text as they are written, in their order and with no more than so many others
/// between them.
fn stands(text: &str, wanted: &[String], slop: usize) -> bool {
    let Some((first, rest)) = wanted.split_first() else { return false };
    let words: Vec<String> = analysis::words(text).map(|range| text[range].nfc().collect()).collect();
    let starts = (0..words.len()).filter(|at| words[*at] == *first);
    starts.into_iter().any(|start| {
        let end = (start + wanted.len() + slop).min(words.len());
        let mut at = start + 1;
        rest.iter().all(|word| match (at..end).find(|at| words[*at] == *word) {
            Some(found) if slop > 0 || found == at => {
                at = found + 1;
                true
            }
            _ => false,
        })
    })
}

impl Clone for Lettered {
    fn clone(&self) -> Self {
        Self { query: self.query.box_clone(), asked: Arc::clone(&self.asked) }
    }
}

impl fmt::Debug for Lettered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Lettered({:?}, {:?})", self.asked.words, self.query)
    }
}

impl Query for Lettered {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(LetteredWeight { weight: self.query.weight(scoring)?, asked: Arc::clone(&self.asked) }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

struct LetteredWeight {
    weight: Box<dyn Weight>,
    asked: Arc<Asked>,
}

impl Weight for LetteredWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let scorer = self.weight.scorer(reader, boost)?;
        let store = reader.get_store_reader(BLOCKS)?;
        let mut scorer = LetteredScorer { scorer, store, asked: Arc::clone(&self.asked) };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("letter for letter", scorer.score()))
    }
}

struct LetteredScorer {
    scorer: Box<dyn Scorer>,
    store: StoreReader,
    asked: Arc<Asked>,
}

impl LetteredScorer {
    /// Goes on to the next document, from the present one on, that holds the words as they were typed.
    /// What cannot be read does not.
    fn settle(&mut self) -> DocId {
        loop {
            let doc = self.scorer.doc();
            let holds = |doc| self.store.get(doc).is_ok_and(|document| self.asked.stands_in(&document));
            if doc == TERMINATED || holds(doc) {
                return doc;
            }
            self.scorer.advance();
        }
    }
}

impl DocSet for LetteredScorer {
    fn advance(&mut self) -> DocId {
        self.scorer.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.scorer.seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.scorer.doc()
    }

    fn size_hint(&self) -> u32 {
        self.scorer.size_hint()
    }
}

impl Scorer for LetteredScorer {
    fn score(&mut self) -> Score {
        self.scorer.score()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_letter_for_letter() {
        let check = |text: &str, words: &str, slop: usize, expected: bool| {
            let words: Vec<String> = words.split(' ').map(String::from).collect();
            assert_eq!(stands(text, &words, slop), expected, "{text}: {words:?}");
        };
        check("The US economy", "US", 0, true);
        check("it told us", "US", 0, false);
        check("Café de Flore", "Café", 0, true);
        check("Cafe\u{301} de Flore", "Café", 0, true);
        check("cafe de Flore", "Café", 0, false);
        check("a Big red Cat", "Big Cat", 0, false);
        check("a Big red Cat", "Big Cat", 1, true);
        check("a Big red Cat", "Big cat", 1, false);
        check("Big Big Cat", "Big Cat", 0, true);
    }
}

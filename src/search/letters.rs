//! Quoted words, letter for letter. The index knows words without case and accents; what it finds by them
//! is compared with the text that is kept.

use std::{fmt, sync::Arc};

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyDocument, TantivyError, Term,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
    store::StoreReader,
};
use unicode_normalization::UnicodeNormalization;

use super::{loose::Loose, tree::Word};
use crate::{
    analysis,
    index::{
        Tables,
        schema::{self, Fields},
    },
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
    tables: Tables,
    /// The words, in Unicode normal form C, with their places.
    words: Vec<(usize, String)>,
    loose: Loose,
    place: Where,
}

/// Where quoted words are to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    /// In title, headings or text.
    Anywhere,
    /// In title or headings.
    Above,
}

impl Lettered {
    /// Takes a query that finds the words without case and accents.
    pub(super) fn new(
        query: Box<dyn Query>,
        (fields, tables): (Fields, Tables),
        words: &[Word],
        slop: u32,
        place: Where,
    ) -> Self {
        let words =
            words.iter().map(|word| word.typed.nfc().collect::<String>()).enumerate().collect::<Vec<_>>();
        let loose = Loose::of(&words, slop);
        Self { query, asked: Arc::new(Asked { fields, tables, words, loose, place }) }
    }
}

impl Asked {
    fn stands_in(&self, document: &TantivyDocument) -> bool {
        let Ok(stored) = schema::stored(&self.fields, &self.tables, document) else { return false };
        let above = std::iter::once(&stored.title).chain(&stored.headings);
        let text = (self.place == Where::Anywhere).then_some(&stored.text);
        above.chain(text).any(|part| self.stands(part))
    }

    /// Whether the words stand in a text as they were typed.
    fn stands(&self, text: &str) -> bool {
        let words: Vec<String> = analysis::words(text).map(|range| text[range].nfc().collect()).collect();
        let positions = |(_, wanted): &(usize, String)| {
            (0_u32..).zip(&words).filter(|(_, word)| *word == wanted).map(|(at, _)| at).collect::<Vec<_>>()
        };
        let positions: Vec<Vec<u32>> = self.words.iter().map(positions).collect();
        !self.loose.stands(&positions).is_empty()
    }
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
    use tantivy::query::EmptyQuery;

    use super::*;

    #[test]
    fn words_are_compared_letter_for_letter() {
        let check = |text: &str, words: &str, slop: u32, expected: bool| {
            let words: Vec<Word> = words.split(' ').map(Word::of).collect();
            let (_, fields) = Fields::build();
            let query = Lettered::new(
                Box::new(EmptyQuery),
                (fields, Tables::default()),
                &words,
                slop,
                Where::Anywhere,
            );
            assert_eq!(query.asked.stands(text), expected, "{text}: {words:?}");
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
        check("the Cat Big", "Big Cat", 2, true);
    }
}

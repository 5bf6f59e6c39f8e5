//! The statistics that BM25 is computed from, of the passages that are there.
//!
//! tantivy's own count deleted passages until their segments merge, so that an index that was
//! changed would score otherwise than one built afresh. Here words are summed in the manifest, and the
//! passages of a term are counted one by one in segments where any was deleted, and those of a word that
//! has several terms everywhere.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use tantivy::{Term, query::Bm25StatisticsProvider, schema::Field};

use super::{Index, lookup::Lookup, manifest::Tally};
use crate::analysis;

/// Exact statistics of a searcher.
pub(crate) struct Statistics<'a> {
    index: &'a Index,
    known: Mutex<HashMap<Term, u64>>,
    looked_up: Mutex<HashMap<Term, Lookup>>,
    heads: Vec<String>,
}

impl<'a> Statistics<'a> {
    pub(crate) fn new(index: &'a Index) -> Self {
        let languages =
            index.manifest().tally.languages.keys().map(|language| analysis::head(Some(*language)));
        let mut heads: Vec<String> = languages.chain([analysis::head(None)]).collect();
        heads.sort_unstable();
        heads.dedup();
        Self { index, known: Mutex::default(), looked_up: Mutex::default(), heads }
    }

    /// Returns what the stems of words of the index may begin with; see [`analysis::root`].
    pub(crate) fn heads(&self) -> &[String] {
        &self.heads
    }

    /// Returns what a term stands for; see [`super::lookup`].
    pub(crate) fn lookup(&self, term: &Term) -> tantivy::Result<Lookup> {
        let mut known = self.looked_up.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lookup) = known.get(term) {
            return Ok(lookup.clone());
        }
        let lookup = Lookup::new(self.index, &self.heads, term)?;
        known.insert(term.clone(), lookup.clone());
        Ok(lookup)
    }

    fn tally(&self) -> &Tally {
        &self.index.manifest().tally
    }

    fn count(&self, term: &Term) -> tantivy::Result<u64> {
        if term.field() == self.index.fields().aside && self.tally().asides == 0 {
            return Ok(0);
        }
        let lookup = self.lookup(term)?;
        let segments = self.index.searcher().segment_readers().iter();
        segments.map(|segment| lookup.count(segment)).sum()
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let Tally { passages, asides, words, title_words, aside_words, .. } = *self.tally();
        let fields = self.index.fields();
        let (words, holders) = if field == fields.aside {
            (aside_words, asides)
        } else if field == fields.title {
            (title_words, passages)
        } else {
            (words, passages)
        };
        // tantivy divides by the number of all passages; the mean length is wanted over those that
        // have the field.
        let all = u128::from(passages + asides);
        let words = u128::from(words.max(1)) * all / u128::from(holders.max(1));
        Ok(u64::try_from(words).unwrap_or(u64::MAX).max(1))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.index.passages().max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&count) = known.get(term) {
            return Ok(count);
        }
        // tantivy panics where a term is in more passages than there are, as in a damaged index.
        let count = self.count(term)?.min(self.total_num_docs()?);
        known.insert(term.clone(), count);
        Ok(count)
    }
}

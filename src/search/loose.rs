//! Words of a phrase near each other: where they stand, the same for retrieval and for marks.
//!
//! Each word of a text is moved by its place in the phrase, so that words which stand as the phrase has
//! them meet in one spot. They are an occurrence of it where the first and the last spot are no further
//! apart than the slop, and no word of the text is taken for two: what Lucene's `SloppyPhraseMatcher`
//! counts. tantivy counts the same for two words; for more it begins at the rarest of the segment, so
//! that its answer would hang on how passages lie in segments.

use std::ops::Range;

use tantivy::{
    DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, TantivyError, Term,
    fieldnorm::FieldNormReader,
    query::{
        Bm25StatisticsProvider, Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer,
        Weight as Weighing,
    },
    schema::IndexRecordOption,
};

use super::{leaf::lengths, lexicon::idf};
use crate::index::{Lookup, Together};

/// Returns a query for terms in their places, or so many positions off them in all.
pub(super) fn near(words: Vec<(usize, Lookup)>, slop: u32) -> Box<dyn Query> {
    let loose = Loose::of(&words, slop);
    let words: Vec<Lookup> = words.into_iter().map(|(_, word)| word).collect();
    let terms = words.iter().map(|word| word.term.clone()).collect();
    Box::new(LooseQuery { words, terms, loose })
}

/// How the words of a phrase may stand.
#[derive(Clone, Debug)]
pub(super) struct Loose {
    slop: u32,
    /// The place of each word, and which word before it is the same.
    words: Vec<(usize, Option<usize>)>,
}

impl Loose {
    /// Takes the words of a phrase with their places in it.
    pub(super) fn of<T: PartialEq>(words: &[(usize, T)], slop: u32) -> Self {
        let before = |at: usize| (0..at).rev().find(|&before| words[before].1 == words[at].1);
        let words = words.iter().enumerate().map(|(at, (place, _))| (*place, before(at))).collect();
        Self { slop, words }
    }

    /// Returns the positions that are part of an occurrence, in order. Those of each word are given in
    /// order.
    pub(super) fn stands(&self, positions: &[Vec<u32>]) -> Vec<u32> {
        let mut found = Vec::new();
        for spot in self.spots(positions) {
            let taken = self.taken(positions, spot).unwrap_or_default();
            for (of, range) in positions.iter().zip(taken) {
                found.extend_from_slice(&of[range]);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Counts occurrences that do not overlap.
    fn count(&self, positions: &[Vec<u32>]) -> u32 {
        if self.slop == 0 {
            return self.count_in_place(positions);
        }
        let mut count = 0;
        let mut least = 0;
        for spot in self.spots(positions) {
            if spot >= least && self.taken(positions, spot).is_some() {
                count += 1;
                least = spot + u64::from(self.slop) + 1;
            }
        }
        count
    }

    /// Counts where each word stands in its place.
    fn count_in_place(&self, positions: &[Vec<u32>]) -> u32 {
        let (Some((first, others)), Some(((begin, _), places))) =
            (positions.split_first(), self.words.split_first())
        else {
            return 0;
        };
        let stands = |position: u32| {
            others.iter().zip(places).all(|(of, (place, _))| {
                let wanted = u64::from(position) + *place as u64;
                wanted >= *begin as u64
                    && u32::try_from(wanted - *begin as u64)
                        .is_ok_and(|wanted| of.binary_search(&wanted).is_ok())
            })
        };
        first.iter().map(|position| u32::from(stands(*position))).sum()
    }

    /// Returns the place of the last word.
    fn last(&self) -> u64 {
        self.words.iter().map(|(place, _)| *place).max().unwrap_or(0) as u64
    }

    /// Returns where words are once they are moved, in order.
    fn spots(&self, positions: &[Vec<u32>]) -> Vec<u64> {
        if positions.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        let moved = |(of, (place, _)): (&Vec<u32>, &(usize, Option<usize>))| {
            let by = self.last() - *place as u64;
            of.iter().map(|position| u64::from(*position) + by).collect::<Vec<_>>()
        };
        let mut spots: Vec<u64> = positions.iter().zip(&self.words).flat_map(moved).collect();
        spots.sort_unstable();
        spots.dedup();
        spots
    }

    /// Returns which positions of each word are part of an occurrence between a spot and the slop behind
    /// it, if there is one.
    fn taken(&self, positions: &[Vec<u32>], spot: u64) -> Option<Vec<Range<usize>>> {
        let mut taken: Vec<Range<usize>> = Vec::with_capacity(positions.len());
        for (of, (place, before)) in positions.iter().zip(&self.words) {
            let by = self.last() - *place as u64;
            let start = of.partition_point(|position| u64::from(*position) + by < spot);
            let end = of.partition_point(|position| u64::from(*position) + by <= spot + u64::from(self.slop));
            // The same word stands further on a second time.
            let start = before.map_or(start, |before| start.max(taken[before].start + 1));
            if start >= end {
                return None;
            }
            taken.push(start..end);
        }
        for at in (0..taken.len()).rev() {
            if let Some(before) = self.words[at].1 {
                taken[before].end = taken[before].end.min(taken[at].end - 1);
            }
        }
        Some(taken)
    }
}

/// A query for words near each other.
#[derive(Clone, Debug)]
struct LooseQuery {
    words: Vec<Lookup>,
    /// What statistics know the words by.
    terms: Vec<Term>,
    loose: Loose,
}

struct LooseWeight {
    query: LooseQuery,
    bm25: Option<Bm25Weight>,
}

struct LooseScorer {
    loose: Loose,
    postings: Vec<Together>,
    positions: Vec<Vec<u32>>,
    /// How often the phrase stands in the passage.
    count: u32,
    bm25: Option<Bm25Weight>,
    lengths: FieldNormReader,
}

impl LooseQuery {
    /// Returns how the phrase is scored: as all its words in one, by the lengths of the first one's field.
    fn bm25(&self, statistics: &dyn Bm25StatisticsProvider) -> tantivy::Result<Bm25Weight> {
        let field = self.terms[0].field();
        if self.terms.iter().all(|term| term.field() == field) {
            return Bm25Weight::for_terms(statistics, &self.terms);
        }
        let all = statistics.total_num_docs()?;
        let mean = statistics.total_num_tokens(field)? as Score / all as Score;
        let counts = self.terms.iter().map(|term| statistics.doc_freq(term));
        let counts = counts.collect::<tantivy::Result<Vec<u64>>>()?;
        let worth = |count: u64| idf(count as f32, all as f32);
        let together = counts.iter().map(|count| worth(*count)).sum::<f32>() / worth(counts[0]);
        Ok(Bm25Weight::for_one_term(counts[0], all, mean).boost_by(together))
    }
}

impl Query for LooseQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weighing>> {
        let bm25 = match scoring {
            EnableScoring::Enabled { statistics_provider, .. } => Some(self.bm25(statistics_provider)?),
            EnableScoring::Disabled { .. } => None,
        };
        Ok(Box::new(LooseWeight { query: self.clone(), bm25 }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.terms.iter().for_each(|term| visitor(term, true));
    }
}

impl Weighing for LooseWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let LooseQuery { words, loose, .. } = &self.query;
        let mut postings = Vec::with_capacity(words.len());
        for word in words {
            let of = word.postings(reader, IndexRecordOption::WithFreqsAndPositions)?;
            if of.doc() == TERMINATED {
                return Ok(Box::new(EmptyScorer));
            }
            postings.push(of);
        }
        let mut scorer = LooseScorer {
            loose: loose.clone(),
            positions: vec![Vec::new(); postings.len()],
            postings,
            count: 0,
            bm25: self.bm25.as_ref().map(|bm25| bm25.boost_by(boost)),
            lengths: lengths(reader, &words[0].term)?,
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("words near each other", scorer.score()))
    }
}

impl LooseScorer {
    /// Whether the phrase stands in a passage that holds all its words.
    fn stands(&mut self) -> bool {
        for (postings, positions) in self.postings.iter_mut().zip(&mut self.positions) {
            postings.positions(positions);
        }
        self.count = self.loose.count(&self.positions);
        self.count > 0
    }

    /// Goes on from where the first word stands to a passage that has the phrase.
    fn settle(&mut self) -> DocId {
        while self.postings[0].doc() != TERMINATED {
            let doc = self.postings[0].doc();
            let next = self.postings[1..].iter_mut().find_map(|postings| {
                let at = postings.seek(doc);
                (at != doc).then_some(at)
            });
            if let Some(next) = next {
                self.postings[0].seek(next);
                continue;
            }
            if self.stands() {
                return doc;
            }
            self.postings[0].advance();
        }
        TERMINATED
    }
}

impl DocSet for LooseScorer {
    fn advance(&mut self) -> DocId {
        self.postings[0].advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.postings[0].doc() < target {
            self.postings[0].seek(target);
            self.settle();
        }
        self.doc()
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        for postings in &mut self.postings {
            let at = if postings.doc() < target { postings.seek(target) } else { postings.doc() };
            if at > target || at == TERMINATED {
                return SeekDangerResult::SeekLowerBound(at);
            }
        }
        if self.stands() { SeekDangerResult::Found } else { SeekDangerResult::SeekLowerBound(target + 1) }
    }

    fn doc(&self) -> DocId {
        self.postings[0].doc()
    }

    fn size_hint(&self) -> u32 {
        self.postings.iter().map(DocSet::size_hint).min().unwrap_or(0)
    }
}

impl Scorer for LooseScorer {
    fn score(&mut self) -> Score {
        let length = self.lengths.fieldnorm_id(self.doc());
        self.bm25.as_ref().map_or(1.0, |bm25| bm25.score(length, self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_near_each_other() {
        let check = |phrase: &str, slop: u32, text: &str, expected: &str| {
            let words: Vec<(usize, &str)> = phrase.split(' ').enumerate().collect();
            let all: Vec<&str> = text.split(' ').collect();
            let of = |word: &str| {
                (0..).zip(&all).filter_map(|(at, other)| (*other == word).then_some(at)).collect()
            };
            let positions: Vec<Vec<u32>> = words.iter().map(|(_, word)| of(word)).collect();
            let loose = Loose::of(&words, slop);
            let found = loose.stands(&positions);
            let shown: Vec<String> = found.iter().map(u32::to_string).collect();
            assert_eq!(shown.join(" "), expected, "{phrase} in {text}");
            assert_eq!(loose.count(&positions) > 0, !found.is_empty(), "{phrase} in {text}");
        };
        check("a b", 0, "a b x a x b", "0 1");
        check("a b", 1, "a x b x x a", "0 2");
        check("a b", 1, "b a", "");
        check("a b", 2, "b a", "0 1");
        check("a b", 2, "a b a", "0 1 2");
        check("a b c", 1, "a x b c", "0 2 3");
        check("a b c", 1, "a x b x c", "");
        check("a b c", 2, "a x b x c", "0 2 4");
        check("a b c", 2, "a c b", "0 1 2");
        check("a b c", 4, "c b a", "0 1 2");
        check("a b c", 3, "c b a", "");
        check("a a", 1, "a x", "");
        check("a a", 1, "a x a a", "0 2 3");
        check("a b a", 1, "a b x x a b x a", "4 5 7");
        check("a b a", 2, "a b x x a b x a", "0 1 4 5 7");
        check("a b a", 2, "b a a", "0 1 2");
        check("a b", 1000, "b", "");
    }
}

//! What a prefix, a fuzzy word or a shape stands for: words of the index, the same for retrieval,
//! ranking and highlighting.

mod machine;

use std::{cmp::Reverse, collections::BTreeMap, rc::Rc};

use tantivy::{
    Term,
    query::{
        Bm25StatisticsProvider, BooleanQuery, BoostQuery, DisjunctionMaxQuery, EmptyQuery, Occur, Query,
    },
};
use tantivy_fst::Automaton;

use self::machine::{Beginning, Marked, Spelling};
use super::{
    compile::{Compiler, phrase},
    lexicon::idf,
    print::single,
    shape::{self, Shape},
    tree::{LONGEST_FUZZY, Node, Word, usual_slips},
};
use crate::index::EXACT_MARK;

/// The most words that a part of a query stands for.
const MOST: usize = 64;

/// What a part of a query stands for: a word of the index, or several side by side.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expansion {
    pub(super) words: Vec<String>,
    /// How often it stands in the index, of several words the rarest.
    count: u64,
    /// How many slips lead to it.
    slips: u8,
}

/// A word with how many slips lead to it and, at most, how many passages hold it.
type Found = (u8, Reverse<u64>, String);

impl Compiler<'_> {
    /// Returns what a prefix, a fuzzy word or a shape stands for: fewer slips first, then what is more
    /// frequent. What is cut off is noted in [`Compiler::cut_short`].
    pub(super) fn expansions(&self, node: &Node) -> tantivy::Result<Rc<[Expansion]>> {
        let typed = single(node);
        if let Some(known) = self.expanded.borrow().get(&typed) {
            return Ok(Rc::clone(known));
        }
        let (expansions, cut) = match node {
            Node::Prefix(prefix) => self.words(&Beginning(prefix), &|_| Some(0))?,
            Node::Fuzzy(word, slips) => {
                let spelling = Spelling::of(word, *slips);
                self.words(&spelling, &|other| spelling.slips(other))?
            }
            Node::Shape(pattern) => self.of_pieces(pattern)?,
            _ => (Vec::new(), false),
        };
        if cut {
            self.cut_short.borrow_mut().insert(typed.clone());
        }
        let expansions: Rc<[Expansion]> = expansions.into();
        self.expanded.borrow_mut().insert(typed, Rc::clone(&expansions));
        Ok(expansions)
    }

    /// Returns words of the index that are spelled like one but for a slip or two, each with how many.
    pub(super) fn spelled_nearly(&self, word: &str) -> tantivy::Result<Vec<(String, u8)>> {
        let letters = word.chars().count();
        let slips = usual_slips(letters);
        if slips == 0 || letters > LONGEST_FUZZY {
            return Ok(Vec::new());
        }
        let spelling = Spelling::of(word, slips);
        let (found, _) = self.words(&spelling, &|other| spelling.slips(other))?;
        Ok(found.into_iter().map(|mut one| (one.words.swap_remove(0), one.slips)).collect())
    }

    /// Returns a query for what a prefix, a fuzzy word or a shape stands for.
    pub(super) fn expanded(&self, node: &Node) -> tantivy::Result<Box<dyn Query>> {
        let expansions = self.expansions(node)?;
        let fields = self.index.fields();
        let mut clauses: Vec<Box<dyn Query>> = Vec::with_capacity(2 * expansions.len());
        for expansion in expansions.iter() {
            let weight = self.weight(expansion, node, &expansions);
            let marked: Vec<String> =
                expansion.words.iter().map(|word| format!("{EXACT_MARK}{word}")).collect();
            let around = phrase(fields.aside, &marked, 0);
            clauses.push(Box::new(BoostQuery::new(phrase(fields.exact, &expansion.words, 0), weight)));
            clauses.push(Box::new(BoostQuery::new(around, weight * self.weights.aside)));
        }
        Ok(best_of(clauses))
    }

    /// Returns a query for the same in titles and headings. These are indexed by forms only: a passage
    /// matches where it holds the word and its title a form of it.
    pub(super) fn expanded_title(&self, node: &Node) -> tantivy::Result<Box<dyn Query>> {
        let expansions = self.expansions(node)?;
        let clauses = expansions.iter().map(|expansion| {
            let words: Vec<Word> = expansion.words.iter().map(|word| Word::of(word)).collect();
            let both = vec![
                (Occur::Must, phrase(self.index.fields().exact, &expansion.words, 0)),
                (Occur::Must, self.title(&words, 0)),
            ];
            let weight = self.weight(expansion, node, &expansions);
            Box::new(BoostQuery::new(Box::new(BooleanQuery::new(both)), weight)) as Box<dyn Query>
        });
        Ok(best_of(clauses.collect()))
    }

    /// Returns what an expansion counts. One with slips counts less the more of the word they are, as in
    /// Lucene's `FuzzyTermsEnum`; and no spelling counts more for being rare: what is misspelled is rare.
    fn weight(&self, expansion: &Expansion, node: &Node, all: &[Expansion]) -> f32 {
        let Node::Fuzzy(word, _) = node else { return 1.0 };
        let letters = |word: &str| word.chars().count().max(1);
        let shorter = expansion.words.iter().map(|other| letters(other)).chain([letters(word)]).min();
        let alike = 1.0 - f32::from(expansion.slips) / shorter.unwrap_or(1) as f32;
        let passages = self.lexicon.statistics.total_num_docs().unwrap_or(1) as f32;
        let idf = |count: u64| idf((count as f32).min(passages), passages);
        let most = all.iter().map(|other| other.count).max().unwrap_or(1);
        alike.max(0.1) * idf(most) / idf(expansion.count)
    }

    /// Returns the words of the index that a machine accepts, and whether there are more than [`MOST`].
    fn words<A>(
        &self,
        machine: &A,
        slips: &dyn Fn(&str) -> Option<u8>,
    ) -> tantivy::Result<(Vec<Expansion>, bool)>
    where
        A: Automaton,
        A::State: Clone,
    {
        let mut counts = BTreeMap::<String, u64>::new();
        let fields = self.index.fields();
        for segment in self.index.searcher().segment_readers() {
            let mut add = |term: &[u8], count: u32| {
                // A mark inside a word parts it from how it is written: it is in the index by itself too.
                if let Ok(word) = std::str::from_utf8(term)
                    && !word.contains(EXACT_MARK)
                {
                    *counts.entry(word.into()).or_default() += u64::from(count);
                }
            };
            let inverted = segment.inverted_index(fields.exact)?;
            let mut terms = inverted.terms().search(machine).into_stream()?;
            while terms.advance() {
                add(terms.key(), terms.value().doc_freq);
            }
            let inverted = segment.inverted_index(fields.aside)?;
            let mut terms = inverted.terms().search(Marked(machine)).into_stream()?;
            while terms.advance() {
                add(&terms.key()[EXACT_MARK.len_utf8()..], terms.value().doc_freq);
            }
        }
        let found =
            counts.into_iter().filter_map(|(word, count)| Some((slips(&word)?, Reverse(count), word)));
        self.best(found.collect())
    }

    /// Returns the best of the words that were found. Where passages were deleted, the dictionaries tell
    /// of them still: their counts are bounds only.
    fn best(&self, mut found: Vec<Found>) -> tantivy::Result<(Vec<Expansion>, bool)> {
        found.sort();
        let deleted = self.index.searcher().segment_readers().iter().any(tantivy::SegmentReader::has_deletes);
        let holders = |word: &str| -> tantivy::Result<u64> {
            let fields = self.index.fields();
            let around = Term::from_field_text(fields.aside, &format!("{EXACT_MARK}{word}"));
            let main = self.lexicon.statistics.doc_freq(&Term::from_field_text(fields.exact, word))?;
            Ok(main + self.lexicon.statistics.doc_freq(&around)?)
        };
        let mut best: Vec<Found> = Vec::new();
        let mut cut = false;
        for (slips, Reverse(bound), word) in found {
            let full = best.len() == MOST;
            if cut && full && best.last().is_some_and(|last| (last.0, last.1) < (slips, Reverse(bound))) {
                break;
            }
            let count = if deleted { holders(&word)? } else { bound };
            if count == 0 {
                continue;
            }
            cut |= full;
            let one = (slips, Reverse(count), word);
            let at = best.partition_point(|other| *other < one);
            best.insert(at, one);
            best.truncate(MOST);
        }
        let expansions = best.into_iter().map(|(slips, Reverse(count), word)| Expansion {
            words: vec![word],
            count,
            slips,
        });
        Ok((expansions.collect(), cut))
    }

    /// Returns what a pattern stands for: each of its pieces words of the index, side by side.
    fn of_pieces(&self, pattern: &str) -> tantivy::Result<(Vec<Expansion>, bool)> {
        let mut rows: Vec<Expansion> = Vec::new();
        let mut cut = false;
        for (at, piece) in shape::pieces(pattern).into_iter().enumerate() {
            // What is no pattern was read as words.
            let Ok(shape) = Shape::new(piece) else { return Ok((Vec::new(), false)) };
            let (words, more) = self.words(&shape, &|_| Some(0))?;
            cut |= more;
            if at == 0 {
                rows = words;
                continue;
            }
            let longer = rows.iter().flat_map(|row| {
                words.iter().map(|word| Expansion {
                    words: [row.words.as_slice(), &word.words].concat(),
                    count: row.count.min(word.count),
                    slips: 0,
                })
            });
            let mut longer: Vec<Expansion> = longer.collect();
            longer
                .sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.words.cmp(&other.words)));
            cut |= longer.len() > MOST;
            longer.truncate(MOST);
            rows = longer;
        }
        Ok((rows, cut))
    }
}

/// Returns a query for the best of these: the sum would favour passages for the many forms they use.
fn best_of(clauses: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if clauses.is_empty() { Box::new(EmptyQuery) } else { Box::new(DisjunctionMaxQuery::new(clauses)) }
}

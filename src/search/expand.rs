//! What a prefix, a fuzzy word or a shape stands for: words of the index, the same for retrieval,
//! ranking and highlighting.

mod machine;
mod met;
mod sweep;

use std::{cmp::Reverse, rc::Rc, sync::Arc};

use tantivy::{
    InvertedIndexReader, SegmentReader,
    query::{Bm25StatisticsProvider, DisjunctionMaxQuery, Query},
};
use tantivy_fst::Automaton;

pub(super) use self::machine::{Beginning, Both, Spelling};
use super::{
    any::Any,
    compile::{Compiler, weighed},
    leaf::Leaf,
    lexicon::idf,
    print::single,
    shape,
    tree::{LONGEST_FUZZY, Node},
};
use crate::{analysis::word_term, index::of_form};

/// The most words that a part of a query stands for.
const MOST: usize = 64;

/// Series of words side by side are looked for in so many passages in all, each in those of its rarest word.
const MOST_LOOKED_AT: u64 = 1 << 20;

/// What a part of a query stands for, and whether for more than that.
pub(super) type Fitting = (Vec<Expansion>, bool);

/// What a part of a query stands for: a word of the index, or several side by side.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expansion {
    pub(super) words: Vec<String>,
    /// How often it stands in the index, of several words the rarest.
    count: u64,
    /// How many slips lead to it.
    slips: u8,
}

/// A word with how many slips lead to it and how many passages hold it: less is better.
type Found = (u8, Reverse<u64>, String);

/// The best of the words that are offered, in order.
struct Best<'a> {
    compiler: &'a Compiler<'a>,
    /// Whether counts are only bounds: where passages were deleted, the dictionaries tell of them still, and of
    /// rare words not each may have been counted.
    bounds: bool,
    found: Vec<Found>,
    /// Whether there are more than [`MOST`].
    cut: bool,
}

impl<'a> Best<'a> {
    fn of(compiler: &'a Compiler<'a>) -> Self {
        let bounds = compiler.index.searcher().segment_readers().iter().any(SegmentReader::has_deletes);
        Self { compiler, bounds, found: Vec::with_capacity(MOST + 1), cut: false }
    }

    /// Takes a word that so many passages hold at most.
    fn offer(&mut self, slips: u8, bound: u64, word: &str) -> tantivy::Result<()> {
        let full = self.found.len() == MOST;
        let worse = |last: &Found| (last.0, last.1, last.2.as_str()) < (slips, Reverse(bound), word);
        if self.cut && full && self.found.last().is_some_and(worse) {
            return Ok(());
        }
        let count = if self.bounds { self.holders(word)? } else { bound };
        if count == 0 {
            return Ok(());
        }
        self.cut |= full;
        let one = (slips, Reverse(count), String::from(word));
        let at = self.found.partition_point(|other| *other < one);
        self.found.insert(at, one);
        self.found.truncate(MOST);
        Ok(())
    }

    fn finish(self) -> Fitting {
        (self.found.into_iter().map(Expansion::from).collect(), self.cut)
    }

    fn holders(&self, word: &str) -> tantivy::Result<u64> {
        let (fields, statistics) = (self.compiler.index.fields(), &self.compiler.lexicon.statistics);
        let count = |field| statistics.doc_freq(&of_form(fields, field, word));
        Ok(count(fields.words)? + count(fields.aside)?)
    }
}

impl From<Found> for Expansion {
    fn from((slips, Reverse(count), word): Found) -> Self {
        Self { words: vec![word], count, slips }
    }
}

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

    /// Returns words of the index that are spelled like one but for so many slips at most, each with how
    /// many.
    pub(super) fn spelled_nearly(&self, word: &str, slips: u8) -> tantivy::Result<Vec<(String, u8)>> {
        if slips == 0 || word.chars().count() > LONGEST_FUZZY {
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
            let around = self.phrase(fields.aside, &expansion.words, 0)?;
            let main = self.phrase(fields.words, &expansion.words, 0)?;
            clauses.push(weighed(main, weight));
            clauses.push(weighed(around, weight * self.weights.aside));
        }
        Ok(best_of(clauses))
    }

    /// Returns a query for the same in titles and headings.
    pub(super) fn expanded_title(&self, node: &Node) -> tantivy::Result<Box<dyn Query>> {
        let expansions = self.expansions(node)?;
        let clauses = expansions.iter().map(|expansion| -> tantivy::Result<Box<dyn Query>> {
            let query = self.phrase(self.index.fields().title, &expansion.words, 0)?;
            Ok(weighed(query, self.weight(expansion, node, &expansions)))
        });
        Ok(best_of(clauses.collect::<tantivy::Result<_>>()?))
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
    fn words<A>(&self, machine: &A, slips: &dyn Fn(&str) -> Option<u8>) -> tantivy::Result<Fitting>
    where
        A: Automaton,
        A::State: Clone,
    {
        let fields = self.index.fields();
        let words = self.index.inverted(fields.words)?;
        let (beside, aside) = (self.index.inverted(fields.beside)?, self.aside()?);
        let holders = |inverted: Option<&Arc<InvertedIndexReader>>, term: &str| -> tantivy::Result<u64> {
            let term = inverted.map(|inverted| inverted.terms().get(term)).transpose()?.flatten();
            Ok(term.map_or(0, |term| term.doc_freq.into()))
        };
        let mut best = Best::of(self);
        self.each_word(machine, &mut |met| {
            let form = met.form();
            let Some(slips) = slips(form) else { return Ok(()) };
            let mut count = met.holders();
            for (stem, segment) in met.stems() {
                let term = word_term(&stem, form);
                count += match stem.as_str() {
                    "" => holders(beside.get(segment), form)?,
                    _ => holders(words.get(segment), &term)?,
                };
                count += holders(aside.get(segment), &term)?;
            }
            best.offer(slips, count, form)
        })?;
        Ok(best.finish())
    }

    /// Returns what a pattern stands for: each of its pieces words of the index, side by side.
    fn of_pieces(&self, pattern: &str) -> tantivy::Result<Fitting> {
        let mut rows: Vec<Expansion> = Vec::new();
        let mut cut = false;
        for (at, piece) in shape::pieces(pattern).into_iter().enumerate() {
            let (words, more) = self.fitting(piece)?;
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
        if rows.first().is_some_and(|row| row.words.len() > 1) {
            cut |= leave_off(&mut rows);
        }
        Ok((rows, cut))
    }
}

/// Leaves off the series of words that would be looked for in too many passages, and says whether any was.
fn leave_off(rows: &mut Vec<Expansion>) -> bool {
    let all = rows.len();
    let mut looked_at = 0;
    let worth = rows.iter().take_while(|row| {
        looked_at += row.count;
        looked_at <= MOST_LOOKED_AT
    });
    rows.truncate(worth.count().max(1));
    rows.len() < all
}

/// Returns a query for the best of these: the sum would favour passages for the many forms they use.
fn best_of(clauses: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    let words = clauses.iter().map(|clause| clause.downcast_ref::<Leaf>().cloned());
    match words.collect() {
        // Of single words not all passages need be looked at.
        Some(words) => Box::new(Any(vec![words])),
        None => Box::new(DisjunctionMaxQuery::new(clauses)),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::atomic::AtomicBool};

    use super::*;
    use crate::{
        index::{Index, Update},
        search::{parse::parse, query::Query},
    };

    fn update(index: &mut Index, folder: &std::path::Path) {
        let update = Update { folders: vec![folder.into()], ..Update::default() };
        index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");
    }

    /// Returns what a query of one part stands for, and whether more than that.
    fn stands_for(index: &Index, text: &str) -> (Vec<String>, bool) {
        let tree = parse(&Query { text: text.into(), ..Query::default() }).tree;
        let compiler = Compiler::new(index, &Query::default());
        let expansions = compiler.expansions(&tree.should[0]).expect("the index is whole");
        let words = expansions.iter().map(|expansion| expansion.words.join(" ")).collect();
        (words, !compiler.cut_short.take().is_empty())
    }

    #[test]
    fn a_part_stands_for_words_of_the_index_and_of_nothing_that_was_deleted() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        fs::create_dir(&folder).expect("it can be made");
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("it can be written");
        write("a.txt", "Coat, coats, cats. GPT-4 and GPT-5.\n");
        write("b.txt", "A cat in a coat.\n");
        write("c.txt", "Cart, cat, act and café.\n");
        let mut index = Index::create(&dir.path().join("index")).expect("it can be made");
        update(&mut index, &folder);
        let check = |index: &Index, text: &str, expected: &[&str]| {
            assert_eq!(
                stands_for(index, text),
                (expected.iter().map(|word| word.to_string()).collect(), false)
            );
        };
        check(&index, "coa*", &["coat", "coats"]);
        check(&index, "Caf*", &["cafe"]);
        check(&index, "cat~", &["cat", "coat", "act", "cart", "cats"]);
        check(&index, "/ca.*t/", &["cat", "cart"]);
        check(&index, "/gpt-[45]/", &["gpt 4", "gpt 5"]);
        check(&index, "*ts", &["cats", "coats"]);
        check(&index, "dog*", &[]);
        fs::remove_file(folder.join("c.txt")).expect("it can be removed");
        update(&mut index, &folder);
        check(&index, "cat~", &["cat", "coat", "cats"]);
        check(&index, "/c.*/", &["coat", "cat", "cats", "coats"]);
    }

    #[test]
    fn what_words_of_another_language_begin_with_is_no_part_of_them() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        fs::create_dir(&folder).expect("it can be made");
        let german = "Das Wasser im Hafen steigt zweimal am Tag, und dann geht es zurück aufs Meer.";
        fs::write(folder.join("de.txt"), german).expect("it can be written");
        fs::write(folder.join("en.txt"), "They had to decide what to do about the harbour.")
            .expect("it can be written");
        let mut index = Index::create(&dir.path().join("index")).expect("it can be made");
        update(&mut index, &folder);
        assert!(index.languages().len() > 1);
        for text in ["de*", "/de.*/"] {
            assert_eq!(stands_for(&index, text), (vec!["decide".into()], false), "{text}");
        }
    }

    #[test]
    fn of_words_side_by_side_no_more_are_left_than_can_be_looked_for() {
        let check = |counts: &[u64], expected: usize| {
            let row =
                |count: &u64| Expansion { words: vec!["a".into(), "b".into()], count: *count, slips: 0 };
            let mut rows: Vec<Expansion> = counts.iter().map(row).collect();
            assert_eq!(leave_off(&mut rows), expected < counts.len(), "{counts:?}");
            assert_eq!(rows.len(), expected, "{counts:?}");
        };
        check(&[], 0);
        check(&[9, 5, 5], 3);
        check(&[MOST_LOOKED_AT / 2, MOST_LOOKED_AT / 2, 1], 2);
        check(&[2 * MOST_LOOKED_AT, 1], 1);
    }

    #[test]
    fn the_most_frequent_are_taken_of_too_many() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        fs::create_dir(&folder).expect("it can be made");
        let words: Vec<String> = (0..100).map(|number| format!("word{number:02}")).collect();
        fs::write(folder.join("a.txt"), words.join(" ")).expect("it can be written");
        fs::write(folder.join("b.txt"), "Word99 and word98, and word99.").expect("it can be written");
        fs::write(folder.join("c.txt"), "Word99 again.").expect("it can be written");
        let mut index = Index::create(&dir.path().join("index")).expect("it can be made");
        update(&mut index, &folder);
        for text in ["word*", "/word.*/"] {
            let (words, cut) = stands_for(&index, text);
            assert_eq!((words.len(), cut), (MOST, true), "{text}");
            assert_eq!(words[..4], ["word99", "word98", "word00", "word01"], "{text}");
        }
        let (series, cut) = stands_for(&index, "/word.*-word.*/");
        assert_eq!((series.len(), cut), (MOST, true));
        assert_eq!(series[..2], ["word99 word99", "word98 word98"]);
    }
}

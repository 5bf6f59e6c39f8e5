//! The most frequent of the words of the index that a pattern fits, where words fit that begin in many ways: all
//! terms are gone through as they lie in the index. To look for each of the words would take longer.

use std::hash::BuildHasher;

use foldhash::{HashMap, fast::FixedState};
use tantivy::InvertedIndexReader;
use tantivy_fst::Automaton;

use super::{Best, Fitting, MOST, machine::fits};
use crate::{
    analysis::{ACCENT_MARK, MARK, split_word},
    search::{
        compile::Compiler,
        shape::{self, Shape},
        tree::Group,
    },
};

/// How many of the letters from a to z words begin with, where they begin in many ways.
const LETTERS: usize = 8;

/// Where so many words are known, a term that few passages hold makes no other known.
const MANY: usize = 1 << 14;

/// The most passages that are few.
const FEW: u32 = 8;

/// How many sums there are for what is left out; a power of two.
const SUMS: usize = 1 << 18;

/// Words, each with how many passages hold it: once for each of its stems, in the text itself and around it, of
/// those passages that were not merged away.
#[derive(Default)]
struct Swept {
    known: HashMap<String, u64>,
    /// What was left out, by the hashes of words; nothing where that is nothing.
    left_out: Vec<u64>,
}

/// Says whether words that fit begin in many ways.
fn begins_anyhow(shape: &Shape) -> bool {
    let letters = || b'a'..=b'z';
    let goes_on = |state: &_| letters().any(|letter| shape.can_match(&shape.accept(state, letter)));
    // A machine may know only one letter later that nothing fits any more.
    let begins = letters().map(|letter| shape.accept(&shape.start(), letter));
    begins.filter(|state| shape.is_match(state) || goes_on(state)).count() > LETTERS
}

impl Swept {
    fn add(&mut self, word: &str, passages: u32) {
        if let Some(known) = self.known.get_mut(word) {
            *known += u64::from(passages);
        } else if self.known.len() < MANY || passages > FEW {
            self.known.insert(word.into(), passages.into());
        } else {
            self.left_out.resize(SUMS, 0);
            self.left_out[sum_of(word)] += u64::from(passages);
        }
    }

    /// Returns how many passages hold a word at most that is not known; none where all are.
    fn most_unknown(&self) -> Option<u64> {
        self.left_out.iter().copied().max()
    }

    /// Returns the known words with how many passages hold each at most, from the most down.
    fn words(&self) -> Vec<(u64, &str)> {
        let left_out = |word: &str| self.left_out.get(sum_of(word)).copied().unwrap_or(0);
        let words = self.known.iter().map(|(word, known)| (known + left_out(word), word.as_str()));
        let mut words: Vec<_> = words.collect();
        words.sort_unstable_by(|one, other| other.cmp(one));
        words
    }
}

/// Returns the number of the sum that a word is counted by where it is left out.
fn sum_of(word: &str) -> usize {
    FixedState::default().hash_one(word) as usize % SUMS
}

impl Compiler<'_> {
    /// Looks at once for the words that all patterns of a tree fit.
    pub(in crate::search) fn sweep_up(&self, tree: &Group) -> tantivy::Result<()> {
        let mut shapes: Vec<(String, Shape)> = Vec::new();
        tree.each_shape(&mut |pattern| {
            for piece in shape::pieces(pattern) {
                let known = shapes.iter().any(|(known, _)| known == piece);
                if let Some(shape) = Shape::new(piece).ok().filter(|shape| !known && begins_anyhow(shape)) {
                    shapes.push((piece.into(), shape));
                }
            }
        });
        if shapes.is_empty() {
            return Ok(());
        }
        let swept = self.swept(shapes.iter().map(|(_, shape)| shape))?;
        for ((piece, shape), swept) in shapes.into_iter().zip(swept) {
            let fitting = self.most_frequent(&shape, &swept)?;
            self.fitting.borrow_mut().insert(piece, fitting);
        }
        Ok(())
    }

    /// Returns what the words are that a pattern of one word fits; none of what is no pattern.
    pub(super) fn fitting(&self, piece: &str) -> tantivy::Result<Fitting> {
        if let Some(known) = self.fitting.borrow().get(piece) {
            return Ok(known.clone());
        }
        Shape::new(piece).map_or_else(|_| Ok(Fitting::default()), |shape| self.words(&shape, &|_| Some(0)))
    }

    fn most_frequent(&self, shape: &Shape, swept: &Swept) -> tantivy::Result<Fitting> {
        let (most_unknown, mut best) = (swept.most_unknown(), Best::of(self));
        best.bounds |= most_unknown.is_some();
        for (bound, word) in swept.words() {
            best.offer(0, bound, word)?;
        }
        match most_unknown.is_none_or(|most| best.found.get(MOST - 1).is_some_and(|last| last.1.0 > most)) {
            true => Ok(best.finish()),
            false => self.words(shape, &|_| Some(0)),
        }
    }

    /// Returns the words of the index that fit each of some patterns, at least those that most passages hold.
    fn swept<'a>(&self, shapes: impl Iterator<Item = &'a Shape>) -> tantivy::Result<Vec<Swept>> {
        let fields = self.index.fields();
        let mut swept: Vec<(&Shape, Swept)> = shapes.map(|shape| (shape, Swept::default())).collect();
        let mut add = |word: &str, passages| {
            for (_, swept) in swept.iter_mut().filter(|(shape, _)| fits(*shape, word)) {
                swept.add(word, passages);
            }
        };
        for inverted in self.index.inverted(fields.words)?.iter().chain(&self.aside()?) {
            self.each_term(inverted, &mut |term, passages| {
                if let Some((_, form)) = split_word(term) {
                    add(&form, passages);
                }
            })?;
        }
        for inverted in self.index.inverted(fields.beside)? {
            self.each_term(&inverted, &mut |term, passages| {
                if !term.contains([ACCENT_MARK, MARK]) {
                    add(term, passages);
                }
            })?;
        }
        Ok(swept.into_iter().map(|(_, swept)| swept).collect())
    }

    /// Calls back with each term, and how many passages hold it.
    fn each_term(
        &self,
        inverted: &InvertedIndexReader,
        each: &mut dyn FnMut(&str, u32),
    ) -> tantivy::Result<()> {
        self.go_on()?;
        let mut terms = inverted.terms().stream()?;
        while terms.advance() {
            if let Ok(term) = std::str::from_utf8(terms.key()) {
                each(term, terms.value().doc_freq);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, ops::Range, sync::atomic::AtomicBool};

    use super::*;
    use crate::{
        index::{Index, Update},
        search::{parse::parse, query::Query},
    };

    /// Indexes articles, and checks that what fits patterns is found as it is by looking for each word.
    fn check(articles: &[(&str, &str)], patterns: &[&str]) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        fs::create_dir(&folder).expect("it can be made");
        for (name, text) in articles {
            fs::write(folder.join(name), text).expect("it can be written");
        }
        let mut index = Index::create(&dir.path().join("index")).expect("it can be made");
        let update = Update { folders: vec![folder], ..Update::default() };
        index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");
        let compiler = Compiler::new(&index, &Query::default());
        for pattern in patterns {
            let shape = Shape::new(pattern).expect("it is a pattern");
            assert!(begins_anyhow(&shape), "{pattern}");
            let looked_for = compiler.words(&shape, &|_| Some(0)).expect("the index is whole");
            assert!(!looked_for.0.is_empty(), "{pattern}");
            let tree = parse(&Query { text: format!("/{pattern}/"), ..Query::default() }).tree;
            compiler.sweep_up(&tree).expect("the index is whole");
            assert!(compiler.fitting.borrow().contains_key(*pattern), "{pattern}");
            assert_eq!(compiler.fitting(pattern).expect("the index is whole"), looked_for, "{pattern}");
        }
    }

    #[test]
    fn words_are_swept_up_as_they_are_looked_for() {
        let articles = [
            (
                "en.txt",
                "They run, she runs, and all of them were running to the harbour at noon, tired of it.",
            ),
            ("de.txt", "Das Wasser im Hafen steigt zweimal am Tag, und dann geht es zurück in den Häfen."),
            ("zh.txt", "海水每天涨两次，然后又退回去。想离开港口的人必须知道时间。"),
            (
                "page.html",
                "<nav>Harbour maps, running</nav><main><p>The café by the sea is run by two.</p></main>",
            ),
        ];
        check(&articles, &[".*", ".*n", "[^r].*", ".", "..", ".*[äé].*", "[a-s].*"]);
    }

    #[test]
    fn the_most_frequent_are_known_where_rare_words_are_left_out() {
        let rare = |numbers: Range<usize>| -> String { numbers.map(|at| format!("w{at:05} ")).collect() };
        // Those that come last, and are left out, are in one article more than those that come first.
        let (rare, rarer) = (rare(MANY..2 * MANY), rare(0..2 * MANY));
        let rare = [("rare.txt", rare.as_str()), ("rarer.txt", rarer.as_str())];
        // Each of 99 words is in one article more than the next, and the rarest of them in no more than few.
        let names: Vec<String> = (0..100).map(|number| format!("{number:02}.txt")).collect();
        let texts: Vec<String> =
            (0..100).map(|at| (0..at).map(|number| format!("word{number:02} ")).collect()).collect();
        let frequent = names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str()));
        let few: Vec<(&str, &str)> = frequent.clone().take(9).chain(rare).collect();
        let all: Vec<(&str, &str)> = frequent.chain(rare).collect();
        check(&all, &[".*", ".*[0-8]"]);
        // So few fit that are frequent that those left out matter.
        check(&few, &[".*"]);
    }

    #[test]
    fn what_fits_begins_in_some_ways_or_anyhow() {
        let begins = |pattern: &str| begins_anyhow(&Shape::new(pattern).expect("it is a pattern"));
        assert!([".*", "[^x]y", "[a-i].*", "."].into_iter().all(begins));
        assert!(!["gpt.*", "[a-h].*", "海.*", "x?", "(cat|dog)s"].into_iter().any(begins));
    }
}

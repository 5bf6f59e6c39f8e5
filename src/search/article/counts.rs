//! How often a word stands in whole articles.

use std::{collections::BTreeMap, ops::Range};

use tantivy::{DocId, DocSet, TERMINATED};

use super::{Bag, Shelf};
use crate::index::{Lookup, Together};

/// Calls back with each article that holds a word and how often it does, in order.
pub(super) fn each_count(
    shelf: &Shelf<'_>,
    bag: &Bag,
    each: &mut dyn FnMut(DocId, f32),
) -> tantivy::Result<()> {
    if let [term] = bag.terms.as_slice() {
        return Count::new(shelf, term, &bag.titles).map(|mut count| count.each(each));
    }
    let mut sums = BTreeMap::<DocId, f32>::new();
    for (term, titles) in bag.terms.iter().zip(bag.titles.chunks(1)) {
        Count::new(shelf, term, titles)?.each(&mut |first, count| *sums.entry(first).or_default() += count);
    }
    sums.into_iter().for_each(|(first, count)| each(first, count));
    Ok(())
}

/// Counts a word in one article after another.
pub(super) struct Counts<'a>(Vec<Count<'a>>);

impl<'a> Counts<'a> {
    pub(super) fn new(shelf: &'a Shelf<'a>, bag: &Bag) -> tantivy::Result<Self> {
        if let [term] = bag.terms.as_slice() {
            return Count::new(shelf, term, &bag.titles).map(|count| Self(vec![count]));
        }
        let counts = bag.terms.iter().zip(bag.titles.chunks(1));
        counts.map(|(term, titles)| Count::new(shelf, term, titles)).collect::<tantivy::Result<_>>().map(Self)
    }

    /// Counts the word in an article's passages, which must lie behind those asked for before.
    pub(super) fn within(&mut self, passages: &Range<DocId>) -> f32 {
        self.0.iter_mut().map(|count| count.within(passages)).sum()
    }
}

/// Counts a term.
struct Count<'a> {
    shelf: &'a Shelf<'a>,
    all: Together,
    /// The same in titles: a word that stands there as it is may have several stems.
    above: Vec<Together>,
}

impl<'a> Count<'a> {
    fn new(shelf: &'a Shelf<'a>, term: &Lookup, titles: &[Lookup]) -> tantivy::Result<Self> {
        let above = titles.iter().map(|title| shelf.postings(title));
        Ok(Self { shelf, all: shelf.postings(term)?, above: above.collect::<tantivy::Result<_>>()? })
    }

    fn each(&mut self, each: &mut dyn FnMut(DocId, f32)) {
        while self.doc() != TERMINATED {
            let first = self.shelf.rows.first(self.doc());
            // The article ends where the first passage of another is met.
            let alive = self.shelf.is_alive(first);
            let count = self.of_article(first);
            if alive {
                each(first, count);
            }
        }
    }

    /// Returns the passage that was reached.
    fn doc(&self) -> DocId {
        self.all.doc()
    }

    /// Counts the term in the article that begins with this passage and goes on behind it.
    fn of_article(&mut self, first: DocId) -> f32 {
        let all = &mut self.all;
        let (mut sum, mut end) = (0, first);
        while all.doc() != TERMINATED && (all.doc() == first || self.shelf.rows.first(all.doc()) == first) {
            sum += all.term_freq();
            end = all.doc() + 1;
            all.advance();
        }
        self.once(sum, first..end)
    }

    fn within(&mut self, passages: &Range<DocId>) -> f32 {
        let all = &mut self.all;
        if all.doc() < passages.start {
            all.seek(passages.start);
        }
        let mut sum = 0;
        while all.doc() < passages.end {
            sum += all.term_freq();
            all.advance();
        }
        self.once(sum, passages.clone())
    }

    /// Takes off what titles and headings counted more than once.
    fn once(&mut self, sum: u32, passages: Range<DocId>) -> f32 {
        let (mut above, mut most) = (0, 0);
        for title in &mut self.above {
            if title.doc() < passages.start {
                title.seek(passages.start);
            }
            while title.doc() < passages.end {
                above += title.term_freq();
                most = most.max(title.term_freq());
                title.advance();
            }
        }
        sum.saturating_sub(above - most).max(u32::from(sum > 0)) as f32
    }
}

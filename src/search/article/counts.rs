//! How often a word stands in whole articles.

use std::ops::Range;

use tantivy::{
    DocId, DocSet, TERMINATED,
    postings::{Postings, SegmentPostings},
};

use super::{Bag, Shelf};

/// Calls back with each article that holds a word and how often it does.
pub(super) fn each_count(
    shelf: &Shelf<'_>,
    bag: &Bag,
    each: &mut dyn FnMut(DocId, f32),
) -> tantivy::Result<()> {
    let mut counts = Counts::new(shelf, bag)?;
    while counts.doc() != TERMINATED {
        let first = shelf.rows.first(counts.doc());
        // The article ends where the first passage of another is met.
        let alive = shelf.is_alive(first);
        let count = counts.of_article(first);
        if alive {
            each(first, count);
        }
    }
    Ok(())
}

/// Counts a word in one article after another.
pub(super) struct Counts<'a> {
    shelf: &'a Shelf<'a>,
    all: Option<SegmentPostings>,
    above: Option<SegmentPostings>,
}

impl<'a> Counts<'a> {
    pub(super) fn new(shelf: &'a Shelf<'a>, bag: &Bag) -> tantivy::Result<Self> {
        Ok(Self { shelf, all: shelf.postings(&bag.term)?, above: shelf.postings(&bag.title)? })
    }

    /// Returns the passage that was reached.
    fn doc(&self) -> DocId {
        self.all.as_ref().map_or(TERMINATED, SegmentPostings::doc)
    }

    /// Counts the word in the article that begins with this passage and goes on behind it.
    fn of_article(&mut self, first: DocId) -> f32 {
        let Some(all) = &mut self.all else { return 0.0 };
        let (mut sum, mut end) = (0, first);
        while all.doc() != TERMINATED && (all.doc() == first || self.shelf.rows.first(all.doc()) == first) {
            sum += all.term_freq();
            end = all.doc() + 1;
            all.advance();
        }
        self.once(sum, first..end)
    }

    /// Counts the word in an article's passages, which must lie behind those asked for before.
    pub(super) fn within(&mut self, passages: &Range<DocId>) -> f32 {
        let Some(all) = &mut self.all else { return 0.0 };
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
        if let Some(title) = &mut self.above {
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

//! The articles that a tree matches: what must be there may stand in one passage and another.

use tantivy::{
    DocAddress, DocId,
    query::{AllQuery, BooleanQuery, EnableScoring, Occur, Query},
};

use super::{Evidence, Shelf};
use crate::search::{
    filters::Within,
    order::Except,
    retrieve::Candidate,
    tree::{Group, Node},
};

impl Evidence<'_> {
    /// Returns the articles that a tree matches, in each segment: what must be there may stand in one
    /// passage and another.
    pub(in crate::search) fn matching(
        &self,
        tree: &Group,
        within: &[Within],
        except: &Except,
    ) -> tantivy::Result<Vec<Marks>> {
        let within = self.compiler.any_within(within);
        let in_shelf = |shelf| {
            let mut marks = self.group(shelf, tree)?;
            if let Some(within) = &within {
                marks.keep(&self.marks(shelf, &**within)?);
            }
            let excepted = except.0.iter().filter(|(segment, _)| *segment == shelf.segment);
            excepted.for_each(|(_, passages)| marks.take(passages.start));
            Ok(marks)
        };
        self.shelves.iter().map(in_shelf).collect()
    }

    fn group(&self, shelf: &Shelf<'_>, group: &Group) -> tantivy::Result<Marks> {
        // As in a passage: beside words that must be there, others only rank.
        let rank_only = !group.must.is_empty() && !group.must.iter().all(Node::restricts);
        let mut marks = match group.should.is_empty() || rank_only {
            true => self.marks(shelf, &AllQuery)?,
            false => {
                let words = self.compiler.alternatives(group)?;
                let words = words.into_iter().map(|query| (Occur::Should, query)).collect();
                let mut marks = self.marks(shelf, &BooleanQuery::new(words))?;
                for node in group.should.iter().filter(|node| matches!(node, Node::Group(_))) {
                    marks.add(&self.node(shelf, node)?);
                }
                marks
            }
        };
        for node in &group.must {
            marks.keep(&self.node(shelf, node)?);
        }
        for node in &group.not {
            marks.drop(&match node {
                Node::Group(inner) => self.group(shelf, inner)?,
                node => self.marks(shelf, &*self.compiler.excluded(node)?)?,
            });
        }
        Ok(marks)
    }

    fn node(&self, shelf: &Shelf<'_>, node: &Node) -> tantivy::Result<Marks> {
        match node {
            Node::Group(group) => self.group(shelf, group),
            _ => self.marks(shelf, &*self.compiler.node(node)?),
        }
    }

    /// Returns the articles with a passage that a query matches.
    fn marks(&self, shelf: &Shelf<'_>, query: &dyn Query) -> tantivy::Result<Marks> {
        self.compiler.go_on()?;
        let mut marks = Marks::none(shelf.reader.max_doc());
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.compiler.index.searcher()))?;
        weight.for_each_no_score(shelf.reader, &mut |docs| {
            docs.iter().filter(|doc| shelf.is_alive(**doc)).for_each(|doc| marks.put(shelf.rows.first(*doc)));
        })?;
        Ok(marks)
    }

    /// Says whether an article is among those that match, where only some do.
    pub(in crate::search) fn is_marked(&self, matching: Option<&[Marks]>, article: &Candidate) -> bool {
        let DocAddress { segment_ord, doc_id } = article.address;
        matching.is_none_or(|marks| marks[segment_ord as usize].has(doc_id))
    }
}

/// A set of passages of a segment; articles stand in one by their first passages.
pub(in crate::search) struct Marks(Vec<u64>);

impl Marks {
    pub(in crate::search) fn none(most: DocId) -> Self {
        Self(vec![0; most as usize / 64 + 1])
    }

    pub(in crate::search) fn put(&mut self, doc: DocId) {
        self.0[doc as usize / 64] |= 1 << (doc % 64);
    }

    pub(in crate::search) fn take(&mut self, doc: DocId) {
        self.0[doc as usize / 64] &= !(1 << (doc % 64));
    }

    /// Returns what is in it, in order.
    pub(in crate::search) fn iter(&self) -> impl Iterator<Item = DocId> {
        let bits = |(at, word): (DocId, &u64)| {
            let word = *word;
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| 64 * at + bit)
        };
        (0..).zip(&self.0).filter(|(_, word)| **word != 0).flat_map(bits)
    }

    pub(in crate::search) fn has(&self, doc: DocId) -> bool {
        self.0[doc as usize / 64] >> (doc % 64) & 1 == 1
    }

    fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one |= other);
    }

    fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one &= other);
    }

    fn drop(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one &= !other);
    }

    /// Returns how many there are.
    pub(in crate::search) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

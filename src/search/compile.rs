//! A query tree as a tantivy query.
//!
//! What ranks is the words, in one field that holds title, headings and text together; a pure "any
//! of these words" is a union that tantivy can prune. What only refines the order (exact forms,
//! titles, neighbours) waits for [`super::rerank`].

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    ops::Bound,
    rc::Rc,
};

use tantivy::{
    Term,
    query::{
        Bm25StatisticsProvider, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery,
        Query, RangeQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use super::{
    expand::Expansion,
    tree::{Filter, Group, Node, Word},
    weight::Weights,
};
use crate::{
    analysis,
    date::Span,
    index::{EXACT_MARK, Index, Statistics, schema},
};

/// A part of the index to search in: a folder's number and a path inside it.
pub(super) type Within = (u32, Vec<u8>);

/// Makes tantivy queries of query trees.
pub(super) struct Compiler<'a> {
    pub(super) index: &'a Index,
    pub(super) statistics: Statistics<'a>,
    pub(super) weights: Weights,
    /// Parts of the query that stand for more words than were taken.
    pub(super) cut_short: RefCell<BTreeSet<String>>,
    /// What parts of the query stand for, once that was looked up.
    pub(super) expanded: RefCell<HashMap<String, Rc<[Expansion]>>>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(index: &'a Index, weights: Weights) -> Self {
        Self {
            index,
            statistics: index.statistics(),
            weights,
            cut_short: RefCell::default(),
            expanded: RefCell::default(),
        }
    }

    /// Returns how telling a stem is: the idf of BM25 over passages.
    pub(super) fn worth(&self, stem: &str) -> f32 {
        let term = Term::from_field_text(self.index.fields().stem, stem);
        let count = self.statistics.doc_freq(&term).unwrap_or(0) as f32;
        let all = (self.index.passages() as f32).max(1.0);
        (1.0 + (all - count + 0.5).max(0.5) / (count + 0.5)).ln()
    }

    /// Returns a query for what a tree matches, within some part of the index.
    pub(super) fn query(&self, tree: &Group, within: &[Within]) -> tantivy::Result<Box<dyn Query>> {
        let mut words = self.group(tree)?;
        if tree.only_filters() {
            words =
                Box::new(BooleanQuery::new(vec![(Occur::Must, words), (Occur::Must, self.every_passage())]));
        }
        Ok(match self.any_within(within) {
            Some(filter) => {
                let filter = Box::new(ConstScoreQuery::new(filter, 0.0));
                Box::new(BooleanQuery::new(vec![(Occur::Must, filter), (Occur::Must, words)]))
            }
            None => words,
        })
    }

    /// Returns a query for some parts of the index; none for all of it.
    pub(super) fn any_within(&self, within: &[Within]) -> Option<Box<dyn Query>> {
        let parts = within.iter().map(|part| (Occur::Should, self.within(part))).collect();
        (!within.is_empty()).then(|| Box::new(BooleanQuery::new(parts)) as Box<dyn Query>)
    }

    fn group(&self, group: &Group) -> tantivy::Result<Box<dyn Query>> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> =
            self.alternatives(group)?.into_iter().map(|query| (Occur::Should, query)).collect();
        for node in group.should.iter().filter(|node| matches!(node, Node::Group(_))) {
            clauses.push((Occur::Should, self.node(node)?));
        }
        // Beside words that a passage must have, other words only rank; beside fields, one of them
        // must be there.
        if !group.must.is_empty() && !clauses.is_empty() && group.must.iter().all(Node::restricts) {
            let any: Box<dyn Query> = Box::new(BooleanQuery::new(std::mem::take(&mut clauses)));
            clauses.push((Occur::Must, any));
        }
        for node in &group.must {
            clauses.push((Occur::Must, self.node(node)?));
        }
        if clauses.is_empty() {
            let any: Box<dyn Query> =
                if group.not.is_empty() { Box::new(EmptyQuery) } else { self.every_passage() };
            clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(any, 0.0))));
        }
        for node in &group.not {
            clauses.push((Occur::MustNot, self.node(node)?));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// Returns queries for what of a group need not be there, less the groups inside it.
    pub(super) fn alternatives(&self, group: &Group) -> tantivy::Result<Vec<Box<dyn Query>>> {
        let mut queries = Vec::new();
        let drop = drops_stop_words(group);
        for node in &group.should {
            match node {
                // Clauses of single words side by side are what tantivy prunes.
                Node::Words(words) => {
                    let worth = words.iter().filter(|word| !(drop && analysis::is_stop_word(&word.folded)));
                    queries.extend(worth.flat_map(|word| self.forms(word)));
                }
                Node::Group(_) => {}
                _ => queries.push(self.node(node)?),
            }
        }
        Ok(queries)
    }

    /// Returns a query for all passages of articles themselves: what stands around them is found by
    /// its words only.
    fn every_passage(&self) -> Box<dyn Query> {
        let term = Term::from_field_u64(self.index.fields().main, 1);
        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
    }

    pub(super) fn node(&self, node: &Node) -> tantivy::Result<Box<dyn Query>> {
        let fields = self.index.fields();
        Ok(match node {
            Node::Words(words) => {
                let each = words.iter().map(|word| {
                    let forms = self.forms(word).into_iter().map(|form| (Occur::Should, form)).collect();
                    (Occur::Must, Box::new(BooleanQuery::new(forms)) as Box<dyn Query>)
                });
                Box::new(BooleanQuery::new(each.collect()))
            }
            Node::Prefix(_) | Node::Fuzzy(..) | Node::Shape(_) => self.expanded(node)?,
            Node::Phrase(words, slop) => {
                let words = folded(words);
                let marked: Vec<String> = words.iter().map(|word| format!("{EXACT_MARK}{word}")).collect();
                let main = phrase(fields.exact, &words, *slop);
                let aside =
                    Box::new(BoostQuery::new(phrase(fields.aside, &marked, *slop), self.weights.aside));
                Box::new(BooleanQuery::new(vec![(Occur::Should, main), (Occur::Should, aside)]))
            }
            Node::Title(inner) => match &**inner {
                Node::Words(words) => self.title(words, 0),
                // Titles are indexed by forms only: exactly these words stand in them or beside them.
                Node::Phrase(words, slop) => Box::new(BooleanQuery::new(vec![
                    (Occur::Must, phrase(fields.exact, &folded(words), *slop)),
                    (Occur::Must, self.title(words, *slop)),
                ])),
                inner => self.expanded_title(inner)?,
            },
            Node::Filter(filter) => Box::new(ConstScoreQuery::new(self.filter(filter), 0.0)),
            Node::Group(group) => self.group(group)?,
        })
    }

    /// Returns a query for words side by side in the title or the headings.
    pub(super) fn title(&self, words: &[Word], slop: u32) -> Box<dyn Query> {
        let stems: Vec<String> = words.iter().map(|word| word.stem.clone()).collect();
        phrase(self.index.fields().title, &stems, slop)
    }

    /// Returns clauses for the forms of a word: in articles, and around them.
    fn forms(&self, word: &Word) -> [Box<dyn Query>; 2] {
        let fields = self.index.fields();
        let weighed =
            |field, weight| -> Box<dyn Query> { Box::new(BoostQuery::new(term(field, &word.stem), weight)) };
        [weighed(fields.stem, self.weights.stem), weighed(fields.aside, self.weights.aside)]
    }

    fn filter(&self, filter: &Filter) -> Box<dyn Query> {
        let fields = self.index.fields();
        match filter {
            Filter::Author(names) => any(names, |words| phrase(fields.author, &folded(words), 0)),
            Filter::Path(names) => any(names, |words| phrase(fields.path, &folded(words), 0)),
            Filter::Tag(names) => any(names, |name| term(fields.tag, name)),
            Filter::Site(names) => any(names, |name| term(fields.site, name)),
            Filter::Language(names) => any(names, |name| term(fields.language, name)),
            Filter::Format(names) => any(names, |name| term(fields.format, name)),
            Filter::Days(Span { first, last }) => {
                // A month meets a range that holds one of its days.
                let ends = RangeQuery::new(
                    Bound::Included(Term::from_field_u64(fields.day_end, *first)),
                    Bound::Unbounded,
                );
                let begins = RangeQuery::new(
                    Bound::Unbounded,
                    Bound::Included(Term::from_field_u64(fields.day, *last)),
                );
                Box::new(BooleanQuery::new(vec![
                    (Occur::Must, Box::new(ends)),
                    (Occur::Must, Box::new(begins)),
                ]))
            }
        }
    }

    fn within(&self, (folder, path): &Within) -> Box<dyn Query> {
        let fields = self.index.fields();
        let in_folder = Box::new(TermQuery::new(
            Term::from_field_u64(fields.folder, u64::from(*folder)),
            IndexRecordOption::Basic,
        ));
        if path.is_empty() {
            return in_folder;
        }
        // Everything below a folder lies between its name with a separator and that with the next byte.
        let key = schema::path_key(path);
        let below = RangeQuery::new(
            Bound::Included(Term::from_field_text(fields.file, &format!("{key}\u{1}"))),
            Bound::Excluded(Term::from_field_text(fields.file, &format!("{key}\u{2}"))),
        );
        let itself = TermQuery::new(fields.file_term(*folder, path), IndexRecordOption::Basic);
        let path =
            BooleanQuery::new(vec![(Occur::Should, Box::new(below)), (Occur::Should, Box::new(itself))]);
        Box::new(BooleanQuery::new(vec![(Occur::Must, in_folder), (Occur::Must, Box::new(path))]))
    }
}

/// Whether the stop words among the words of a group that it need not have are passed over: not
/// where there is nothing else to look for.
pub(super) fn drops_stop_words(group: &Group) -> bool {
    let stop = |node: &Node| match node {
        Node::Words(words) => words.iter().all(|word| analysis::is_stop_word(&word.folded)),
        _ => false,
    };
    !group.should.iter().all(stop) || !group.must.iter().all(Node::restricts)
}

/// Returns a query for any of these.
fn any<T>(all: &[T], each: impl Fn(&T) -> Box<dyn Query>) -> Box<dyn Query> {
    match all {
        [one] => each(one),
        all => Box::new(BooleanQuery::new(all.iter().map(|one| (Occur::Should, each(one))).collect())),
    }
}

fn folded(words: &[Word]) -> Vec<String> {
    words.iter().map(|word| word.folded.clone()).collect()
}

pub(super) fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

pub(super) fn phrase(field: Field, words: &[String], slop: u32) -> Box<dyn Query> {
    match words {
        [] => Box::new(EmptyQuery),
        [word] => term(field, word),
        words => {
            let terms = words.iter().map(|word| Term::from_field_text(field, word)).collect();
            let mut query = PhraseQuery::new(terms);
            query.set_slop(slop);
            Box::new(query)
        }
    }
}

//! A query tree as a tantivy query.
//!
//! What ranks is the words, in one field that holds title, headings and text together; a pure "any
//! of these words" is a union that tantivy can prune. What only refines the order (exact forms,
//! titles, neighbours) waits for [`super::rerank`].

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

use tantivy::{
    Term,
    query::{
        Bm25StatisticsProvider, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery,
        Occur, Query as EngineQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use super::{
    excluded::Excluded,
    expand::Expansion,
    filters::Within,
    letters::{Lettered, Where},
    lexicon::{Lexicon, Sought, drops_stop_words, idf},
    loose::near,
    otherwise::Other,
    query::Query,
    tree::{Group, Node, Word},
    weight::Weights,
};
use crate::index::{EXACT_MARK, Index};

/// Makes tantivy queries of query trees.
pub(super) struct Compiler<'a> {
    pub(super) index: &'a Index,
    pub(super) lexicon: Lexicon<'a>,
    pub(super) weights: Weights,
    /// Whether quoted words are meant letter for letter.
    case: bool,
    /// Parts of the query that stand for more words than were taken.
    pub(super) cut_short: RefCell<BTreeSet<String>>,
    /// What parts of the query stand for, once that was looked up.
    pub(super) expanded: RefCell<HashMap<String, Rc<[Expansion]>>>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(index: &'a Index, query: &Query) -> Self {
        Self {
            index,
            lexicon: Lexicon::new(index, &query.text),
            weights: query.weights.clone(),
            case: query.case,
            cut_short: RefCell::default(),
            expanded: RefCell::default(),
        }
    }

    /// Returns a query for what a tree matches, within some part of the index.
    pub(super) fn query(&self, tree: &Group, within: &[Within]) -> tantivy::Result<Box<dyn EngineQuery>> {
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

    fn group(&self, group: &Group) -> tantivy::Result<Box<dyn EngineQuery>> {
        let mut clauses: Vec<(Occur, Box<dyn EngineQuery>)> =
            self.alternatives(group)?.into_iter().map(|query| (Occur::Should, query)).collect();
        for node in group.should.iter().filter(|node| matches!(node, Node::Group(_))) {
            clauses.push((Occur::Should, self.node(node)?));
        }
        // Beside words that a passage must have, other words only rank; beside fields, one of them
        // must be there.
        if !group.must.is_empty() && !clauses.is_empty() && group.must.iter().all(Node::restricts) {
            let any: Box<dyn EngineQuery> = Box::new(BooleanQuery::new(std::mem::take(&mut clauses)));
            clauses.push((Occur::Must, any));
        }
        for node in &group.must {
            clauses.push((Occur::Must, self.node(node)?));
        }
        if clauses.is_empty() {
            let any: Box<dyn EngineQuery> =
                if group.not.is_empty() { Box::new(EmptyQuery) } else { self.every_passage() };
            clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(any, 0.0))));
        }
        for node in &group.not {
            clauses.push((Occur::MustNot, Box::new(Excluded(self.excluded(node)?))));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// Returns queries for what of a group need not be there, less the groups inside it.
    pub(super) fn alternatives(&self, group: &Group) -> tantivy::Result<Vec<Box<dyn EngineQuery>>> {
        let mut queries = Vec::new();
        let drop = drops_stop_words(group, &self.lexicon.stop);
        for node in &group.should {
            match node {
                // Clauses of single words side by side are what tantivy prunes.
                Node::Words(words) => {
                    let stop = |sought: &Sought| drop && self.lexicon.stop.contains(&sought.word);
                    for sought in self.lexicon.sought(words).iter().filter(|sought| !stop(sought)) {
                        queries.extend(self.forms(sought)?);
                    }
                }
                Node::Group(_) => {}
                _ => queries.push(self.node(node)?),
            }
        }
        for other in self.lexicon.others(&group.should) {
            queries.extend(self.other(&other)?);
        }
        Ok(queries)
    }

    /// Returns clauses for what may stand for words of the query.
    fn other(&self, other: &Other) -> tantivy::Result<Vec<Box<dyn EngineQuery>>> {
        let share = self.share(other);
        if let [_] = other.words.as_slice() {
            let mut clauses = Vec::new();
            for sought in self.lexicon.sought(&other.words) {
                clauses.extend(self.forms(&sought)?);
            }
            let weighed = |clause| Box::new(BoostQuery::new(clause, share)) as Box<dyn EngineQuery>;
            return Ok(clauses.into_iter().map(weighed).collect());
        }
        Ok(vec![self.in_place(other)])
    }

    /// Returns a query for words side by side that stand for a word: it counts as that would.
    pub(super) fn in_place(&self, other: &Other) -> Box<dyn EngineQuery> {
        let words: Vec<&Word> = other.words.iter().collect();
        let query = self.side_by_side(self.index.fields().stem, &words, 0);
        Box::new(BoostQuery::new(query, self.weights.stem * self.share(other)))
    }

    /// Returns what something is worth that may stand for words, as a share of what it is worth by itself.
    /// Words in one stand side by side.
    pub(super) fn share(&self, other: &Other) -> f32 {
        let beside = if other.of.len() > 1 { self.weights.pair + self.weights.unit } else { 0.0 };
        self.lexicon.share(other) * (1.0 + beside)
    }

    /// Returns a query for all passages of articles themselves: what stands around them is found by
    /// its words only.
    fn every_passage(&self) -> Box<dyn EngineQuery> {
        let term = Term::from_field_u64(self.index.fields().main, 1);
        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
    }

    /// Returns a query for what must not be there. A name is left out as a name, however it is spaced, and
    /// not where its parts stand apart; what means the same is not left out.
    pub(super) fn excluded(&self, node: &Node) -> tantivy::Result<Box<dyn EngineQuery>> {
        match node {
            Node::Words(words) => {
                let fields = self.index.fields();
                let whole: Vec<&Word> = words.iter().collect();
                let mut ways = match words.len() > 1 && !words.iter().any(Word::is_character) {
                    true => [fields.stem, fields.aside]
                        .map(|field| self.side_by_side(field, &whole, 0))
                        .into_iter()
                        .collect(),
                    false => vec![self.all_of(words)?],
                };
                let others = self.lexicon.others(std::slice::from_ref(node));
                for other in others.iter().filter(|other| !other.synonym) {
                    ways.extend(self.other(other)?);
                }
                Ok(any(ways))
            }
            node => self.node(node),
        }
    }

    pub(super) fn node(&self, node: &Node) -> tantivy::Result<Box<dyn EngineQuery>> {
        let fields = self.index.fields();
        Ok(match node {
            Node::Words(words) => {
                let mut ways = vec![self.all_of(words)?];
                let others = self.lexicon.others(std::slice::from_ref(node));
                for other in others.iter().filter(|other| other.of.len() == words.len()) {
                    ways.extend(self.other(other)?);
                }
                any(ways)
            }
            Node::Prefix(_) | Node::Fuzzy(..) | Node::Shape(_) => self.expanded(node)?,
            Node::Phrase(words, slop) => {
                let folded = folded(words);
                let marked: Vec<String> = folded.iter().map(|word| format!("{EXACT_MARK}{word}")).collect();
                let aside = phrase(fields.aside, &marked, *slop);
                let aside = Box::new(BoostQuery::new(aside, self.weights.aside));
                self.lettered(
                    any(vec![phrase(fields.exact, &folded, *slop), aside]),
                    words,
                    *slop,
                    Where::Anywhere,
                )
            }
            Node::Title(inner) => match &**inner {
                Node::Words(words) => self.title(words, 0),
                // Titles are indexed by forms only: exactly these words stand in them or beside them.
                Node::Phrase(words, slop) => {
                    let exact = phrase(fields.exact, &folded(words), *slop);
                    let both = vec![(Occur::Must, exact), (Occur::Must, self.title(words, *slop))];
                    self.lettered(Box::new(BooleanQuery::new(both)), words, *slop, Where::Above)
                }
                inner => self.expanded_title(inner)?,
            },
            Node::Filter(filter) => Box::new(ConstScoreQuery::new(self.filter(filter), 0.0)),
            Node::Group(group) => self.group(group)?,
        })
    }

    /// Returns a query for quoted words: letter for letter, where that is asked for.
    fn lettered(
        &self,
        query: Box<dyn EngineQuery>,
        words: &[Word],
        slop: u32,
        place: Where,
    ) -> Box<dyn EngineQuery> {
        match self.case {
            true => Box::new(Lettered::new(query, *self.index.fields(), words, slop, place)),
            false => query,
        }
    }

    /// Returns a query for words side by side in the title or the headings.
    pub(super) fn title(&self, words: &[Word], slop: u32) -> Box<dyn EngineQuery> {
        if let [word] = words
            && !word.is_character()
        {
            let stems = &self.lexicon.forms(word).stems;
            return any(stems.iter().map(|stem| term(self.index.fields().title, stem)).collect());
        }
        self.side_by_side(self.index.fields().title, &words.iter().collect::<Vec<_>>(), slop)
    }

    /// Returns a query for all of some words.
    fn all_of(&self, words: &[Word]) -> tantivy::Result<Box<dyn EngineQuery>> {
        let mut each: Vec<(Occur, Box<dyn EngineQuery>)> = Vec::new();
        for sought in self.lexicon.sought(words).iter().filter(|sought| sought.retrieves) {
            each.push((Occur::Must, any(self.forms(sought)?)));
        }
        Ok(Box::new(BooleanQuery::new(each)))
    }

    /// Returns clauses by which passages with a word are found: in articles, and around them.
    fn forms(&self, sought: &Sought) -> tantivy::Result<Vec<Box<dyn EngineQuery>>> {
        let (fields, weights) = (self.index.fields(), &self.weights);
        let (stem, exact) = weights.of(sought);
        let mut clauses = self.terms(fields.stem, &sought.stems, stem)?;
        clauses.extend(self.terms(fields.aside, &sought.stems, weights.aside)?);
        if let Some(text) = sought.exact.as_ref().filter(|_| sought.stems.is_empty() && sought.retrieves) {
            clauses.push(Box::new(BoostQuery::new(term(fields.exact, text), exact)));
            let marked = term(fields.aside, &format!("{EXACT_MARK}{text}"));
            clauses.push(Box::new(BoostQuery::new(marked, weights.aside)));
        }
        Ok(clauses)
    }

    /// Returns clauses for terms that are one thing: each counts by how rare all of them are together.
    pub(super) fn terms(
        &self,
        field: Field,
        terms: &[String],
        weight: f32,
    ) -> tantivy::Result<Vec<Box<dyn EngineQuery>>> {
        let statistics = &self.lexicon.statistics;
        let holders = terms.iter().map(|text| statistics.doc_freq(&Term::from_field_text(field, text)));
        let holders = holders.collect::<tantivy::Result<Vec<u64>>>()?;
        let all = statistics.total_num_docs()? as f32;
        let together = idf((holders.iter().sum::<u64>() as f32).min(all), all);
        let weighed = |(text, holders): (&String, u64)| -> Box<dyn EngineQuery> {
            let share = if terms.len() == 1 { 1.0 } else { together / idf(holders as f32, all) };
            Box::new(BoostQuery::new(term(field, text), weight * share))
        };
        Ok(terms.iter().zip(holders).map(weighed).collect())
    }

    /// Returns a query for the forms of words side by side, or so many words apart, in a field of stems.
    pub(super) fn side_by_side(&self, field: Field, words: &[&Word], slop: u32) -> Box<dyn EngineQuery> {
        let series = self.lexicon.series(words).into_iter().map(|series| match series.as_slice() {
            [] => Box::new(EmptyQuery) as Box<dyn EngineQuery>,
            [(_, only)] => term(field, only),
            _ => {
                let terms = series.iter().map(|(at, text)| (*at, Term::from_field_text(field, text)));
                near(terms.collect(), slop)
            }
        });
        let mut series: Vec<Box<dyn EngineQuery>> = series.collect();
        match series.len() {
            0 => Box::new(EmptyQuery),
            1 => series.remove(0),
            _ => Box::new(DisjunctionMaxQuery::new(series)),
        }
    }
}

/// Returns a query for any of several.
pub(super) fn any(mut queries: Vec<Box<dyn EngineQuery>>) -> Box<dyn EngineQuery> {
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::new(queries.into_iter().map(|query| (Occur::Should, query)).collect())),
    }
}

pub(super) fn folded(words: &[Word]) -> Vec<String> {
    words.iter().map(|word| word.folded.clone()).collect()
}

pub(super) fn term(field: Field, text: &str) -> Box<dyn EngineQuery> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

pub(super) fn phrase(field: Field, words: &[String], slop: u32) -> Box<dyn EngineQuery> {
    match words {
        [] => Box::new(EmptyQuery),
        [word] => term(field, word),
        words => {
            let terms = words.iter().map(|word| Term::from_field_text(field, word));
            near(terms.enumerate().collect(), slop)
        }
    }
}

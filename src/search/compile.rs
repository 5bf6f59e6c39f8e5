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
        Bm25StatisticsProvider, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur,
        Query as EngineQuery,
    },
    schema::Field,
};

use super::{
    any::Any,
    best_of::BestOf,
    excluded::Excluded,
    expand::{Expansion, Fitting},
    filters::{Within, has},
    leaf::Leaf,
    letters::{Lettered, Where},
    lexicon::{Lexicon, Sought, drops_stop_words, idf},
    loose::near,
    nearest::Near,
    otherwise::Other,
    query::{Cancel, Query, go_on},
    tree::{Group, Node, Word},
    weight::Weights,
};
use crate::index::{Index, Property, of_form, of_stem};

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
    /// What patterns of one word stand for that were looked for with others.
    pub(super) fitting: RefCell<HashMap<String, Fitting>>,
    pub(super) cancel: Cancel,
    /// Words spelled most like some, once they were looked for.
    pub(super) nearest: RefCell<HashMap<String, Rc<[Near]>>>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(index: &'a Index, query: &Query) -> Self {
        Self {
            index,
            lexicon: Lexicon::new(index, &query.text),
            weights: query.weights.clone(),
            case: query.case,
            cancel: query.cancel.clone(),
            cut_short: RefCell::default(),
            expanded: RefCell::default(),
            fitting: RefCell::default(),
            nearest: RefCell::default(),
        }
    }

    /// Goes on, where somebody still waits for the answer.
    ///
    /// # Errors
    /// Where nobody does.
    pub(super) fn go_on(&self) -> tantivy::Result<()> {
        go_on(&self.cancel)
    }

    /// Returns a query for what a tree matches, within some part of the index.
    pub(super) fn query(&self, tree: &Group, within: &[Within]) -> tantivy::Result<Box<dyn EngineQuery>> {
        self.sweep_up(tree)?;
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
        // Alone, what must be there is as good as what may.
        match clauses.len() == 1 || clauses.iter().all(|(occur, _)| *occur == Occur::Should) {
            true => Ok(any(clauses.into_iter().map(|(_, query)| query).collect())),
            false => Ok(Box::new(BooleanQuery::new(clauses))),
        }
    }

    /// Returns queries for what of a group need not be there, less the groups inside it.
    pub(super) fn alternatives(&self, group: &Group) -> tantivy::Result<Vec<Box<dyn EngineQuery>>> {
        let mut queries = Vec::new();
        let drop = drops_stop_words(group, &self.lexicon.stop);
        for node in &group.should {
            match node {
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
            return Ok(clauses.into_iter().map(|clause| weighed(clause, share)).collect());
        }
        Ok(vec![self.in_place(other)?])
    }

    /// Returns a query for words side by side that stand for a word: it counts as that would.
    pub(super) fn in_place(&self, other: &Other) -> tantivy::Result<Box<dyn EngineQuery>> {
        let words: Vec<&Word> = other.words.iter().collect();
        let query = self.side_by_side(self.index.fields().words, &words, 0)?;
        Ok(Box::new(BoostQuery::new(query, self.weights.stem * self.share(other))))
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
        has(self.index.fields(), Property::Main, "")
    }

    /// Returns a query for what must not be there. A name is left out as a name, however it is spaced, and
    /// not where its parts stand apart; what means the same is not left out.
    pub(super) fn excluded(&self, node: &Node) -> tantivy::Result<Box<dyn EngineQuery>> {
        match node {
            Node::Words(words) => {
                let fields = self.index.fields();
                let whole: Vec<&Word> = words.iter().collect();
                let mut ways = match words.len() > 1 && !words.iter().any(Word::is_character) {
                    true => [fields.words, fields.aside]
                        .map(|field| self.side_by_side(field, &whole, 0))
                        .into_iter()
                        .collect::<tantivy::Result<_>>()?,
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
                let aside = self.phrase(fields.aside, &folded, *slop)?;
                let aside = Box::new(BoostQuery::new(aside, self.weights.aside));
                let main = self.phrase(fields.words, &folded, *slop)?;
                self.lettered(any(vec![main, aside]), words, *slop, Where::Anywhere)
            }
            Node::Title(inner) => match &**inner {
                Node::Words(words) => self.title(words, 0)?,
                Node::Phrase(words, slop) => {
                    let exact = self.phrase(fields.title, &folded(words), *slop)?;
                    self.lettered(exact, words, *slop, Where::Above)
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
        let kept = (*self.index.fields(), self.index.manifest().tables.clone());
        match self.case {
            true => Box::new(Lettered::new(query, kept, words, slop, place)),
            false => query,
        }
    }

    /// Returns a query for words side by side in the title or the headings.
    pub(super) fn title(&self, words: &[Word], slop: u32) -> tantivy::Result<Box<dyn EngineQuery>> {
        let title = self.index.fields().title;
        if let [word] = words
            && !word.is_character()
        {
            let stems = &self.lexicon.forms(word).stems;
            let each = stems.iter().map(|stem| self.leaf(&of_stem(title, stem), 1.0));
            return Ok(any(each.collect::<tantivy::Result<_>>()?));
        }
        self.side_by_side(title, &words.iter().collect::<Vec<_>>(), slop)
    }

    /// Returns a query for all of some words.
    fn all_of(&self, words: &[Word]) -> tantivy::Result<Box<dyn EngineQuery>> {
        let sought = self.lexicon.sought(words);
        let each = sought.iter().filter(|sought| sought.retrieves).map(|sought| Ok(any(self.forms(sought)?)));
        let mut each = each.collect::<tantivy::Result<Vec<_>>>()?;
        Ok(match each.len() {
            1 => each.remove(0),
            _ => Box::new(BooleanQuery::new(each.into_iter().map(|query| (Occur::Must, query)).collect())),
        })
    }

    /// Returns clauses by which passages with a word are found: in articles, and around them.
    fn forms(&self, sought: &Sought) -> tantivy::Result<Vec<Box<dyn EngineQuery>>> {
        let (fields, weights) = (self.index.fields(), &self.weights);
        let (stem, exact) = weights.of(sought);
        let stems = |field| sought.stems.iter().map(|stem| of_stem(field, stem)).collect::<Vec<_>>();
        let mut clauses = self.terms(&stems(fields.words), stem)?;
        clauses.extend(self.terms(&stems(fields.aside), weights.aside)?);
        if let Some(text) = sought.exact.as_ref().filter(|_| sought.stems.is_empty() && sought.retrieves) {
            for (field, weight) in [(fields.words, exact), (fields.aside, weights.aside)] {
                clauses.push(self.form(field, text, weight)?);
            }
        }
        Ok(clauses)
    }

    /// Returns clauses for terms that are one thing: each counts by how rare all of them are together.
    pub(super) fn terms(&self, terms: &[Term], weight: f32) -> tantivy::Result<Vec<Box<dyn EngineQuery>>> {
        let statistics = &self.lexicon.statistics;
        let holders = terms.iter().map(|term| statistics.doc_freq(term));
        let holders = holders.collect::<tantivy::Result<Vec<u64>>>()?;
        let all = statistics.total_num_docs()? as f32;
        let together = idf((holders.iter().sum::<u64>() as f32).min(all), all);
        let weighed = |(term, holders): (&Term, u64)| -> tantivy::Result<Box<dyn EngineQuery>> {
            let share = if terms.len() == 1 { 1.0 } else { together / idf(holders as f32, all) };
            self.leaf(term, weight * share)
        };
        terms.iter().zip(holders).map(weighed).collect()
    }

    /// Returns a query for the forms of words side by side, or so many words apart, in a field.
    pub(super) fn side_by_side(
        &self,
        field: Field,
        words: &[&Word],
        slop: u32,
    ) -> tantivy::Result<Box<dyn EngineQuery>> {
        let series = self.lexicon.series(words).into_iter();
        let series = series.map(|series| series.into_iter().map(|(at, stem)| (at, of_stem(field, &stem))));
        let series = series.map(|series| self.in_places(series.collect(), slop));
        let mut series = series.collect::<tantivy::Result<Vec<_>>>()?;
        Ok(match series.len() {
            0 => Box::new(EmptyQuery),
            1 => series.remove(0),
            _ => Box::new(BestOf(series)),
        })
    }

    /// Returns a query for exactly these words, folded, in this order.
    pub(super) fn phrase(
        &self,
        field: Field,
        words: &[String],
        slop: u32,
    ) -> tantivy::Result<Box<dyn EngineQuery>> {
        let fields = self.index.fields();
        self.in_places(words.iter().map(|word| of_form(fields, field, word)).enumerate().collect(), slop)
    }

    /// Returns a query for a folded word in a field.
    pub(super) fn form(
        &self,
        field: Field,
        word: &str,
        weight: f32,
    ) -> tantivy::Result<Box<dyn EngineQuery>> {
        self.leaf(&of_form(self.index.fields(), field, word), weight)
    }

    fn in_places(&self, terms: Vec<(usize, Term)>, slop: u32) -> tantivy::Result<Box<dyn EngineQuery>> {
        let lookup = |(at, term)| Ok((at, self.lexicon.statistics.lookup(&term)?));
        let mut words = terms.into_iter().map(lookup).collect::<tantivy::Result<Vec<_>>>()?;
        Ok(match words.len() {
            0 => Box::new(EmptyQuery),
            1 => Box::new(Leaf { word: words.remove(0).1, weight: 1.0 }),
            _ => near(words, slop),
        })
    }

    /// Returns a query for what a term stands for.
    fn leaf(&self, term: &Term, weight: f32) -> tantivy::Result<Box<dyn EngineQuery>> {
        Ok(Box::new(Leaf { word: self.lexicon.statistics.lookup(term)?, weight }))
    }
}

/// Returns a query that counts so many times as much.
pub(super) fn weighed(query: Box<dyn EngineQuery>, times: f32) -> Box<dyn EngineQuery> {
    match query.downcast_ref::<Leaf>() {
        Some(Leaf { word, weight }) => Box::new(Leaf { word: word.clone(), weight: weight * times }),
        None => Box::new(BoostQuery::new(query, times)),
    }
}

/// Returns a query for any of several.
pub(super) fn any(mut queries: Vec<Box<dyn EngineQuery>>) -> Box<dyn EngineQuery> {
    // Of single words not all passages need be looked at to find the best.
    let words = queries.iter().map(|query| match query.downcast_ref::<Leaf>() {
        Some(word) => Some(vec![vec![word.clone()]]),
        None => query.downcast_ref::<Any>().map(|any| any.0.clone()),
    });
    if let Some(words) = words.collect::<Option<Vec<_>>>() {
        return Box::new(Any(words.concat()));
    }
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::new(queries.into_iter().map(|query| (Occur::Should, query)).collect())),
    }
}

pub(super) fn folded(words: &[Word]) -> Vec<String> {
    words.iter().map(|word| word.folded.clone()).collect()
}

//! The candidates in their order: passages by themselves, or articles by all they say.

use std::{cmp::Reverse, ops::Range, sync::Arc};

use foldhash::HashSet;
use tantivy::{
    DocAddress, DocId,
    query::{Bm25StatisticsProvider, Query as EngineQuery},
};

use super::{
    any::Any,
    article::{Evidence, Marks, Worths},
    compile::Compiler,
    copies,
    filters::Within,
    head,
    likeness::Likeness,
    name::Names,
    newest::Times,
    query::{Query, Recency, Sort, Unit},
    rerank::{self, Part},
    retrieve::{self, By, Candidate, best_first},
    tree::{Group, Node},
};
use crate::{
    analysis::Language,
    error::Result,
    index::{Index, schema::Stored},
};

/// How many candidates are put in order by all parts of the score: the head of the order. Those behind
/// stay as they were retrieved, so that what stands on a page does not depend on how deep one looks. A
/// head of 200 changes no figure of the collections by more than .001.
pub(super) const HEAD: usize = 100;

/// How many of the best are compared with the words of the query letter by letter. With 24 time gains .002
/// nDCG@10 and cisi loses as much, with 50 .001 and .004, and nothing else changes by .001.
const LIKENED: usize = 16;

/// Matching passages or articles are counted up to this many.
pub(super) const MOST_COUNTED: u64 = 10_000;

/// A query made ready for an index.
pub(super) struct Asked<'a> {
    pub(super) query: &'a Query,
    pub(super) tree: Group,
    pub(super) within: Vec<Within>,
    pub(super) compiler: Compiler<'a>,
    pub(super) compiled: Box<dyn EngineQuery>,
    pub(super) parts: Vec<Part>,
    pub(super) by: By,
    /// The times of files, where age is told by them.
    pub(super) times: Option<Times>,
    pub(super) names: Arc<Names>,
    /// Articles that are no answer.
    pub(super) except: Except,
}

/// Articles that are no answer, by the number of their segment and their passages.
#[derive(Default)]
pub(super) struct Except(pub(super) Vec<(u32, Range<DocId>)>);

impl Except {
    pub(super) fn has(&self, passage: DocAddress) -> bool {
        let DocAddress { segment_ord, doc_id } = passage;
        self.0.iter().any(|(segment, passages)| *segment == segment_ord && passages.contains(&doc_id))
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|(_, passages)| passages.len()).sum()
    }
}

/// Candidates in their order.
pub(super) struct Order {
    pub(super) ranked: Vec<Ranked>,
    /// How many of them are in an order that deeper ones cannot change.
    pub(super) head: usize,
    /// How many of them are in their order yet: few pages show others. Of the others in the head those of one
    /// score are in none.
    pub(super) settled: usize,
    /// Whether these are all that match.
    pub(super) all: bool,
    /// Whether those behind the head have but the scores that they were retrieved by.
    pub(super) loose: bool,
}

impl Order {
    /// Puts all in order.
    pub(super) fn settle(&mut self) {
        let (head, tail) = self.ranked.split_at_mut(self.head);
        if self.settled < head.len() {
            put_in_order(&mut head[self.settled..]);
        }
        if self.settled < head.len() + tail.len() {
            put_in_order(tail);
        }
        self.settled = self.ranked.len();
    }
}

/// A candidate in its place.
pub(super) struct Ranked {
    /// A passage, or the first one of an article; its key is the score or the day.
    pub(super) candidate: Candidate,
    /// What each part adds to its score.
    pub(super) scores: Vec<f32>,
    /// The passage to show.
    pub(super) lead: DocAddress,
    /// Further ones to show, best first.
    pub(super) others: Vec<DocAddress>,
    /// Further passages of the article that hold anything of the query.
    pub(super) more: u64,
    /// The passage to show, where it was read already.
    pub(super) stored: Option<Box<Stored>>,
}

impl Ranked {
    pub(super) fn candidate(&self) -> &Candidate {
        &self.candidate
    }
}

impl<'a> Asked<'a> {
    pub(super) fn new(
        index: &'a Index,
        query: &'a Query,
        tree: Group,
        within: Vec<Within>,
    ) -> tantivy::Result<Self> {
        let asked = Self::to_count(index, query, tree, within)?;
        Ok(Self { parts: rerank::parts(&asked.compiler, &asked.tree)?, ..asked })
    }

    /// Makes a query ready to count what it matches, and no more.
    pub(super) fn to_count(
        index: &'a Index,
        query: &'a Query,
        tree: Group,
        within: Vec<Within>,
    ) -> tantivy::Result<Self> {
        let compiler = Compiler::new(index, query);
        let compiled = compiler.query(&tree, &within)?;
        let by = if query.sort == Sort::Relevance && !tree.only_filters() { By::Score } else { By::Age };
        let (parts, except) = (Vec::new(), Except::default());
        let names = Names::of(index);
        Ok(Self { query, tree, within, compiler, compiled, parts, by, times: None, names, except })
    }

    /// Counts what matches, up to [`MOST_COUNTED`].
    pub(super) fn count(&self) -> tantivy::Result<u64> {
        if self.query.by == Unit::Passage {
            let enough = self.except.0.is_empty() && self.holders_of_one()? >= MOST_COUNTED;
            return match enough {
                true => Ok(MOST_COUNTED),
                false => retrieve::count(&self.compiler, &*self.compiled, MOST_COUNTED, &self.except),
            };
        }
        let evidence = Evidence::new(&self.compiler, &self.names)?;
        match self.matching(&evidence)? {
            None => evidence.count(&*self.compiled, MOST_COUNTED, &self.except),
            Some(marks) => Ok(marks.iter().map(Marks::count).sum::<u64>().min(MOST_COUNTED)),
        }
    }

    /// Returns how many passages hold the most frequent of the words any of which is enough to match; 0 where
    /// they are not.
    fn holders_of_one(&self) -> tantivy::Result<u64> {
        let words = self.compiled.downcast_ref::<Any>().into_iter().flat_map(Any::words);
        let statistics = &self.compiler.lexicon.statistics;
        let holders = words.map(|leaf| statistics.doc_freq(&leaf.word.term));
        holders.reduce(|most, other| Ok(most?.max(other?))).unwrap_or(Ok(0))
    }

    /// Returns the articles that match; none where any word of the query is enough to match.
    pub(super) fn matching(&self, evidence: &Evidence<'_>) -> tantivy::Result<Option<Vec<Marks>>> {
        let nested = self.tree.should.iter().any(|node| matches!(node, Node::Group(_)));
        let any_will_do =
            self.tree.must.is_empty() && self.tree.not.is_empty() && self.within.is_empty() && !nested;
        if any_will_do && self.by == By::Score {
            return Ok(None);
        }
        evidence.matching(&self.tree, &self.within, &self.except).map(Some)
    }

    /// Returns the best candidates in their order, at least so many where there are.
    pub(super) fn ranked(&self, depth: usize) -> Result<Order> {
        let depth = depth.max(HEAD);
        let found = match self.query.by {
            Unit::Passage => self.passages(depth),
            Unit::Article => self.articles(depth),
        };
        let mut order = found.map_err(|source| self.compiler.index.damaged(source))?;
        if self.by == By::Score {
            let head = &mut order.ranked[..order.head];
            let likened = self.liken(head)?;
            order.settled = order.settled.max(likened);
            if let Some(recency) = &self.query.recency {
                self.prefer(recency, head)?;
                order.settled = order.settled.max(order.head);
            }
        }
        Ok(order)
    }

    /// Weighs scores by the dates of their articles, and puts candidates in order again.
    fn prefer(&self, recency: &Recency, ranked: &mut [Ranked]) -> Result<()> {
        let index = self.compiler.index;
        let faces = copies::faces(index, ranked, ranked.len(), Unit::Passage);
        let faces = faces.map_err(|source| index.damaged(source))?;
        for (one, face) in ranked.iter_mut().zip(faces) {
            let factor = recency.factor(face.day);
            one.scores.iter_mut().for_each(|score| *score *= factor);
            one.candidate.key = sum(&one.scores);
        }
        put_in_order(ranked);
        Ok(())
    }

    /// Adds to the best candidates what words like those of the query are worth in the passages to
    /// show, and puts them in order again. Returns how many they are.
    fn liken(&self, ranked: &mut [Ranked]) -> Result<usize> {
        let (index, weight) = (self.compiler.index, self.compiler.weights.likeness);
        let words = self.parts.iter().filter(|part| part.retrieves).filter_map(|part| {
            part.bag.as_ref()?;
            let worth = part.weight * self.compiler.lexicon.worth(&part.stems);
            Some((part.word.as_deref()?, part.stems.clone(), worth))
        });
        let tally = &index.manifest().tally;
        let likeness = Likeness::new(words, tally.words.max(1) as f32 / tally.passages.max(1) as f32);
        let depth = LIKENED.min(ranked.len());
        head::split(ranked, depth, Ranked::candidate);
        let best = &mut ranked[..depth];
        // Passages that lie together are read together.
        let mut lying: Vec<&mut Ranked> = best.iter_mut().collect();
        lying.sort_by_key(|one| one.lead);
        for one in lying {
            let stored = index.stored_at(one.lead)?;
            let language = stored.language.as_deref().and_then(Language::of_tag);
            let stop = self.compiler.lexicon.stop_words(language);
            one.scores.push(weight * likeness.score(&[&stored.title, &stored.text], language, &stop));
            one.candidate.key = sum(&one.scores);
            one.stored = Some(Box::new(stored));
        }
        put_in_order(best);
        Ok(depth)
    }

    fn articles(&self, depth: usize) -> tantivy::Result<Order> {
        let evidence = Evidence::new(&self.compiler, &self.names)?;
        let matching = self.matching(&evidence)?;
        if let (By::Age, Some(marks)) = (self.by, &matching) {
            return self.newest(&evidence, marks, depth);
        }
        let (mut best, worths) =
            evidence.best(&self.parts, matching.as_deref(), depth + self.except.len())?;
        best.retain(|article| !self.except.has(article.address));
        best.sort_by(best_first);
        let mut all = best.len() < depth;
        best.truncate(depth);
        // What words in an article's own text don't find: phrases, prefixes, and what stands around it.
        let others = |part: &Part| part.retrieves && part.bag.is_none() && part.word.is_none();
        let found_otherwise = best.len() < HEAD || self.parts.iter().any(others);
        let tail = best.split_off(HEAD.min(best.len()));
        let mut found = Vec::new();
        if all || found_otherwise {
            let mut passages = self.passages(depth)?;
            all &= passages.all;
            passages.settle();
            let mut known: HashSet<DocAddress> = best.iter().map(|article| article.address).collect();
            for (at, passage) in passages.ranked.iter().enumerate() {
                let article = evidence.article_of(&passage.candidate);
                let is_new = known.insert(article.address);
                if is_new && evidence.is_marked(matching.as_deref(), &article) {
                    found.push((found_otherwise && at < passages.head, article));
                }
            }
        }
        let (more, behind): (Vec<_>, Vec<_>) = found.into_iter().partition(|(head, _)| *head);
        best.extend(more.into_iter().map(|(_, article)| article));
        let mut known: HashSet<DocAddress> = best.iter().map(|article| article.address).collect();
        let head = best.len();
        let deeper = tail.into_iter().chain(behind.into_iter().map(|(_, article)| article));
        best.extend(deeper.filter(|article| known.insert(article.address)));
        let mut ranked = self.with_passages(&evidence, &worths, best)?;
        add_up(&mut ranked[..head]);
        put_in_order(&mut ranked[..head]);
        Ok(Order { settled: ranked.len(), ranked, head, all, loose: false })
    }

    fn newest(&self, evidence: &Evidence<'_>, matching: &[Marks], depth: usize) -> tantivy::Result<Order> {
        let mut articles = evidence.newest(matching, depth, self.times.as_ref())?;
        articles.sort_by(best_first);
        let all = articles.len() < depth;
        articles.truncate(depth);
        let ranked = self.with_passages(evidence, &Vec::new(), articles)?;
        let count = ranked.len();
        Ok(Order { ranked, head: count, settled: count, all, loose: false })
    }

    /// Scores articles and chooses the passages of each to show.
    fn with_passages(
        &self,
        evidence: &Evidence<'_>,
        worths: &Worths,
        articles: Vec<Candidate>,
    ) -> tantivy::Result<Vec<Ranked>> {
        let scored = evidence.score(&self.parts, worths, &articles)?;
        let ranked = articles.into_iter().zip(scored).map(|(candidate, scored)| {
            let passages = scored.best_passages(self.query.per_article.max(1));
            let more = scored.matched().saturating_sub(passages.len()) as u64;
            let in_segment = |doc| DocAddress::new(candidate.address.segment_ord, doc);
            let mut passages = passages.into_iter().map(in_segment);
            Ranked {
                lead: passages.next().unwrap_or(candidate.address),
                others: passages.collect(),
                more,
                candidate,
                scores: scored.parts,
                stored: None,
            }
        });
        Ok(ranked.collect())
    }
}

/// Puts the sums of all parts in the place of the scores that candidates have.
pub(super) fn add_up(ranked: &mut [Ranked]) {
    for one in ranked {
        one.candidate.key = sum(&one.scores);
    }
}

/// Puts candidates in order: by their keys, and of those that share one by their names.
pub(super) fn put_in_order(ranked: &mut [Ranked]) {
    order_keys(ranked, Ranked::candidate);
    for same in ranked.chunk_by_mut(|one, other| one.candidate.key.total_cmp(&other.candidate.key).is_eq()) {
        same.sort_by(|one, other| best_first(&one.candidate, &other.candidate));
    }
}

/// Puts candidates in the order of their keys. What is sorted are these, which are small.
pub(super) fn order_keys<T>(all: &mut [T], of: fn(&T) -> &Candidate) {
    all.sort_by_cached_key(|one| Reverse(ascending(of(one).key)));
}

/// Returns a number that orders as a key does by [`f64::total_cmp`].
fn ascending(key: f64) -> i64 {
    let bits = key.to_bits() as i64;
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

/// Adds the parts of a score, always in the same order.
pub(super) fn sum(scores: &[f32]) -> f64 {
    scores.iter().fold(0.0, |sum, score| sum + f64::from(*score))
}

//! The candidates in their order: passages by themselves, or articles by all they say.

use std::{collections::HashSet, ops::Range, path::PathBuf};

use tantivy::{DocAddress, DocId, query::Query as EngineQuery};

use super::{
    article::Evidence,
    compile::{Compiler, Within},
    copies,
    likeness::Likeness,
    query::{Query, Recency, Sort, Unit},
    rerank::{self, Part},
    retrieve::{self, Best, By, Candidate, best_first},
    tree::{Group, Node},
};
use crate::{analysis, error::Result, index::Index};

/// How many candidates are put in order by all parts of the score, unless the page needs more. A
/// deeper pool changed no figure of the experiments that the weights come from.
const POOL: usize = 200;

/// Candidates taken beyond the pool, so that its last ones are decided by exact sums.
const MARGIN: usize = 56;

/// How many of the best are compared with the words of the query letter by letter: twice as many
/// changed no figure by more than .0003.
const LIKENED: usize = 50;

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
    /// The article that is no answer, where there is one.
    pub(super) except: Option<Except>,
}

/// The passages of an article, by the number of its segment.
pub(super) type Except = (u32, Range<DocId>);

/// A candidate in its place.
pub(super) struct Ranked {
    /// A passage, or the first one of an article; its key is the score or the day.
    pub(super) candidate: Candidate,
    /// What each part adds to its score.
    pub(super) scores: Vec<f32>,
    /// The passages to show, best first.
    pub(super) passages: Vec<DocAddress>,
    /// Further passages of the article that hold anything of the query.
    pub(super) more: u64,
}

impl<'a> Asked<'a> {
    pub(super) fn new(
        index: &'a Index,
        query: &'a Query,
        tree: Group,
        within: Vec<Within>,
    ) -> tantivy::Result<Self> {
        let compiler = Compiler::new(index, query.weights.clone());
        let compiled = compiler.query(&tree, &within)?;
        let parts = rerank::parts(&compiler, &tree)?;
        let by = if query.sort == Sort::Date || tree.only_filters() { By::Date } else { By::Score };
        Ok(Self { query, tree, within, compiler, compiled, parts, by, except: None })
    }

    /// Whether whole articles are ranked: by date each of their passages is as good as another.
    pub(super) fn by_article(&self) -> bool {
        self.query.by == Unit::Article && self.by == By::Score
    }

    /// Returns how many candidates fill a page, at the least.
    pub(super) fn pool(&self) -> usize {
        POOL.max(self.query.offset.saturating_add(self.query.limit).saturating_mul(4))
    }

    /// Counts what matches, up to [`MOST_COUNTED`].
    pub(super) fn count(&self) -> tantivy::Result<u64> {
        if self.query.by == Unit::Passage {
            return retrieve::count(self.compiler.index, &*self.compiled, MOST_COUNTED, self.except.as_ref());
        }
        let evidence = Evidence::new(&self.compiler)?;
        match self.any_will_do() {
            true => evidence.count(&*self.compiled, MOST_COUNTED, self.except.as_ref()),
            false => {
                let marks = evidence.matching(&self.tree, &self.within)?;
                Ok(marks.iter().map(super::article::Marks::count).sum::<u64>().min(MOST_COUNTED))
            }
        }
    }

    /// Returns the best candidates in their order, about so many, and whether these are all.
    pub(super) fn ranked(&self, pool: usize) -> Result<(Vec<Ranked>, bool)> {
        let limit = pool + MARGIN;
        let found = if self.by_article() { self.articles(limit) } else { self.passages(limit) };
        let (mut ranked, all) = found.map_err(|source| self.compiler.index.damaged(source))?;
        if let Some((segment, passages)) = &self.except {
            let apart = |at: DocAddress| at.segment_ord != *segment || !passages.contains(&at.doc_id);
            ranked.retain(|one| apart(one.candidate.address));
        }
        if self.by == By::Score {
            self.liken(&mut ranked)?;
            if let Some(recency) = &self.query.recency {
                self.prefer(recency, &mut ranked)?;
            }
        }
        Ok((ranked, all))
    }

    /// Weighs scores by the dates of their articles, and puts candidates in order again.
    fn prefer(&self, recency: &Recency, ranked: &mut [Ranked]) -> Result<()> {
        let index = self.compiler.index;
        let faces = copies::faces(index, ranked, false).map_err(|source| index.damaged(source))?;
        for (one, face) in ranked.iter_mut().zip(faces) {
            let factor = recency.factor(face.day);
            one.scores.iter_mut().for_each(|score| *score *= factor);
            one.candidate.key = sum(&one.scores);
        }
        ranked.sort_by(|one, other| best_first(&one.candidate, &other.candidate));
        Ok(())
    }

    /// Adds to the best candidates what words like those of the query are worth in the passages to
    /// show, and puts them in order again.
    fn liken(&self, ranked: &mut [Ranked]) -> Result<()> {
        let (index, weight) = (self.compiler.index, self.compiler.weights.likeness);
        let words = self.parts.iter().filter(|part| part.retrieves && part.bag.is_some());
        let words = words.filter_map(|part| Some((part.word.as_deref()?, part.weight)));
        let words = words.map(|(word, times)| (word, times * self.compiler.worth(&analysis::stem(word))));
        let tally = index.manifest().tally;
        let likeness = Likeness::new(words, tally.words.max(1) as f32 / tally.passages.max(1) as f32);
        let depth = LIKENED.min(ranked.len());
        let best = &mut ranked[..depth];
        for one in &mut *best {
            let stored = index.stored_at(one.passages[0])?;
            one.scores.push(weight * likeness.score(&[&stored.title, &stored.text]));
            one.candidate.key = sum(&one.scores);
        }
        best.sort_by(|one, other| best_first(&one.candidate, &other.candidate));
        Ok(())
    }

    /// Whether any word of the query is enough to match.
    fn any_will_do(&self) -> bool {
        let nested = self.tree.should.iter().any(|node| matches!(node, Node::Group(_)));
        self.tree.must.is_empty() && self.tree.not.is_empty() && self.within.is_empty() && !nested
    }

    fn passages(&self, limit: usize) -> tantivy::Result<(Vec<Ranked>, bool)> {
        let (mut candidates, all) = self.retrieved(limit)?;
        candidates.sort_by(best_first);
        let scores = self.scores(&candidates)?;
        let mut ranked: Vec<Ranked> = candidates
            .into_iter()
            .zip(scores)
            .map(|(candidate, scores)| Ranked {
                passages: vec![candidate.address],
                candidate,
                scores,
                more: 0,
            })
            .collect();
        if self.by == By::Score {
            self.settle(&mut ranked, (!all).then_some(limit - MARGIN));
        }
        Ok((ranked, all))
    }

    fn articles(&self, limit: usize) -> tantivy::Result<(Vec<Ranked>, bool)> {
        let evidence = Evidence::new(&self.compiler)?;
        let matching = match self.any_will_do() {
            true => None,
            false => Some(evidence.matching(&self.tree, &self.within)?),
        };
        let (mut candidates, worths) = evidence.best(&self.parts, matching.as_deref(), limit)?;
        self.name_by_folder(&mut candidates);
        candidates.sort_by(best_first);
        let mut all = candidates.len() < limit;
        candidates.truncate(limit);
        // What words in an article's own text don't find: phrases, prefixes, and what stands around it.
        if all || self.parts.iter().any(|part| part.retrieves && part.bag.is_none() && part.word.is_none()) {
            let mut known: HashSet<DocAddress> =
                candidates.iter().map(|candidate| candidate.address).collect();
            let (passages, all_passages) = self.passages(limit)?;
            all &= all_passages;
            for ranked in passages {
                let article = evidence.article_of(&ranked.candidate)?;
                if evidence.is_marked(matching.as_deref(), &article) && known.insert(article.address) {
                    candidates.push(article);
                }
            }
            self.name_by_folder(&mut candidates);
        }
        let scored = evidence.score(&self.parts, &worths, &candidates)?;
        let wanted = self.query.per_article.max(1);
        let mut ranked: Vec<Ranked> = candidates
            .into_iter()
            .zip(scored)
            .map(|(candidate, scored)| {
                let segment = candidate.address.segment_ord;
                let passages = scored.best_passages(wanted);
                Ranked {
                    more: scored.matched().saturating_sub(passages.len()) as u64,
                    passages: passages.into_iter().map(|doc| DocAddress::new(segment, doc)).collect(),
                    candidate,
                    scores: scored.parts,
                }
            })
            .collect();
        self.settle(&mut ranked, None);
        if !all {
            ranked.truncate(limit - MARGIN);
        }
        Ok((ranked, all))
    }

    /// Puts candidates in the order of the sums of their parts. Where some are left out, these are the
    /// least by what candidates are retrieved by, in exact sums.
    fn settle(&self, ranked: &mut Vec<Ranked>, keep: Option<usize>) {
        let order = |one: &Ranked, other: &Ranked| best_first(&one.candidate, &other.candidate);
        if let Some(keep) = keep {
            for one in &mut *ranked {
                one.candidate.key = rerank::words_alone(&self.parts, &one.scores);
            }
            ranked.sort_by(order);
            ranked.truncate(keep);
        }
        for one in &mut *ranked {
            one.candidate.key = sum(&one.scores);
        }
        ranked.sort_by(order);
    }

    /// Returns the best passages by what the engine can tell, and whether these are all.
    fn retrieved(&self, limit: usize) -> tantivy::Result<(Vec<Candidate>, bool)> {
        let index = self.compiler.index;
        let best = Best { limit, by: self.by };
        let statistics = &self.compiler.statistics;
        let mut candidates =
            index.searcher().search_with_statistics_provider(&*self.compiled, &best, statistics)?;
        self.name_by_folder(&mut candidates);
        let all = candidates.len() < limit;
        Ok((candidates, all))
    }

    /// Puts the rank of a folder's path for its number in the candidates' keys: numbers tell in which
    /// order folders were added, which must not show.
    fn name_by_folder(&self, candidates: &mut [Candidate]) {
        let index = self.compiler.index;
        let mut folders: Vec<(PathBuf, u32)> =
            index.manifest().folders.iter().map(|folder| (folder.path(index.path()), folder.id)).collect();
        folders.sort();
        for candidate in candidates.iter_mut().filter(|candidate| !candidate.named) {
            candidate.named = true;
            let Some((path, number)) = candidate.file.rsplit_once('\0') else { continue };
            let rank = folders.iter().position(|(_, id)| u32::from_str_radix(number, 16) == Ok(*id));
            candidate.file = format!("{path}\0{:08x}", rank.unwrap_or(folders.len()));
        }
    }

    fn scores(&self, candidates: &[Candidate]) -> tantivy::Result<Vec<Vec<f32>>> {
        let addresses: Vec<DocAddress> = candidates.iter().map(|candidate| candidate.address).collect();
        rerank::score(&self.compiler, &self.parts, &addresses)
    }
}

/// Adds the parts of a score, always in the same order.
pub(super) fn sum(scores: &[f32]) -> f64 {
    scores.iter().fold(0.0, |sum, score| sum + f64::from(*score))
}

//! Questions → passages: parse, retrieve, rerank, group, highlight.
//!
//! [`Index::search`] is the whole way; each stage is a file. What comes out is plain data.

mod query;
mod results;
mod weight;
mod tree;
mod field;
mod operators;
mod parse;
mod otherwise;
mod lexicon;
mod shape;
mod print;
mod understood;
mod leaf;
mod any;
mod best_of;
mod blocks;
mod pruned;
mod stretch;
mod clause;
mod loose;
mod compile;
mod filters;
mod spread;
mod expand;
mod letters;
mod excluded;
mod newest;
mod name;
mod retrieve;
mod article;
mod facet;
mod rerank;
mod likeness;
mod nearest;
mod order;
mod head;
mod group;
mod copies;
mod budget;
mod matches;
mod extract;
mod highlight;
mod mark;
mod hit;
mod link;
mod similar;
mod relax;
mod suggest;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod trial;

use std::path::PathBuf;

use foldhash::HashMap;
use tantivy::DocAddress;

pub use budget::{LeftOut, fit, tokens, tokens_of};
pub use facet::{Facet, Facets, FolderFacet};
pub use field::FIELD_NAMES;
pub use highlight::Part;
pub(crate) use link::encoded_path;
pub use link::link;
pub use query::{Cancel, Extent, Query, Recency, Sort, Unit};
pub use relax::RELAXED;
pub use results::{Copy, FoundIn, Hit, Inside, Near, Ranking, Results, Spent, Suggestion, Without};
pub use understood::{Forms, InIndex, Instead, Meaning, Understood, understood};
pub use weight::Weights;

use self::{
    budget::Filling,
    filters::Within,
    group::Chosen,
    order::{Asked, MOST_COUNTED, Order, Ranked},
    parse::Parsed,
    retrieve::{By, InFile, best_first},
    tree::{Filter, Group, Node, Word},
};
use crate::{
    error::{Error, Result},
    index::{Freshness, Index, absolute, schema::Stored},
};

/// What the last part of a score is called: it is about all words at once.
const LIKENESS: &str = "words like those of the query, letter by letter";

/// Candidates are looked through for other articles no deeper than this.
const DEEPEST: usize = 100_000;

impl Index {
    /// Answers a query. Whatever its text is, it is answered.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the index is not as it was written, [`Error::Cancelled`] when nobody waits
    /// for the answer.
    pub fn search(&self, query: &Query) -> Result<Results> {
        self.unless_cancelled(query, || {
            let Parsed { tree, mut notes } = parse::parse(query);
            let asked = self.asked(query, tree.clone(), &mut notes)?;
            let results = self.answer(&asked, notes)?;
            self.helped(&asked, &tree, results)
        })
    }

    /// Reads from the index for a query. Work that nobody waits for ends with whatever error is at hand.
    fn unless_cancelled<T>(&self, query: &Query, read: impl FnOnce() -> Result<T>) -> Result<T> {
        match self.guarded(read) {
            Err(_) if query::is_raised(&query.cancel) => Err(Error::Cancelled),
            done => done,
        }
    }

    /// Returns passages or articles in the order in which [`Index::search`] would have them, near
    /// copies and all.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`] when the index is not as it was written.
    pub fn ranking(&self, query: &Query) -> Result<Vec<Ranking>> {
        self.guarded(|| self.ranked(query))
    }

    fn ranked(&self, query: &Query) -> Result<Vec<Ranking>> {
        let asked = self.asked(query, parse::parse(query).tree, &mut Vec::new())?;
        let mut order = asked.ranked(4 * query.offset.saturating_add(query.limit))?;
        order.settle();
        let ranked = order.ranked;
        let mut of_article: HashMap<InFile, usize> = HashMap::default();
        let allowed = ranked.iter().filter(|ranked| {
            let taken = of_article.entry(ranked.candidate.article()).or_default();
            *taken += 1;
            *taken <= query.per_article.max(1)
        });
        let page = allowed.skip(query.offset).take(query.limit).map(|ranked| {
            let stored = self.stored_at(ranked.lead)?;
            let (_, file) = self.home(&stored);
            let Stored { path, member, id, text, .. } = stored;
            Ok(Ranking { file, path, member, id, text, score: ranked.candidate.key })
        });
        page.collect()
    }

    fn asked<'a>(&'a self, query: &'a Query, mut tree: Group, notes: &mut Vec<String>) -> Result<Asked<'a>> {
        tree.must.extend(Filter::between(query.after, query.before).map(Node::Filter));
        let within = self.within(&query.within, notes);
        let times = (query.sort == Sort::Modified).then(|| newest::times(self)).transpose()?;
        let asked = Asked::new(self, query, tree, within).map_err(|source| self.damaged(source))?;
        Ok(Asked { times, ..asked })
    }

    /// Answers what was made ready.
    fn answer(&self, asked: &Asked<'_>, mut notes: Vec<String>) -> Result<Results> {
        let broken = |source| self.damaged(source);
        let query = asked.query;
        let total = asked.count().map_err(broken)?;
        let cut_short = asked.compiler.cut_short.take();
        for part in &cut_short {
            notes.push(format!("`{part}` stands for too many words: the most frequent were looked for"));
        }
        let (Order { mut ranked, head, loose, .. }, chosen) = self.chosen(asked)?;
        let targets = asked.targets().map_err(broken)?;
        let mut hits = Vec::with_capacity(query.limit.min(chosen.len()));
        let mut filling = query.budget.map(Filling::new);
        for (rank, Chosen { at, more, copies }) in (1..).zip(chosen).skip(query.offset) {
            if hits.len() >= query.limit || filling.as_ref().is_some_and(Filling::is_full) {
                break;
            }
            let grouped: Vec<DocAddress> = copies.into_iter().map(|copy| ranked[copy].lead).collect();
            let known = ranked[at].stored.take();
            let stored = known.map_or_else(|| self.stored_at(ranked[at].lead), |known| Ok(*known))?;
            let mut hit = self.hit(&ranked[at], stored, &grouped, &targets, query)?;
            hit.rank = rank;
            hit.more = if query.by == Unit::Article { ranked[at].more } else { more };
            if query.explain {
                let labels = asked.parts.iter().map(|part| part.label.as_str()).chain([LIKENESS]);
                let named = labels.zip(&ranked[at].scores).filter(|(_, score)| **score != 0.0);
                hit.explanation = named.map(|(label, score)| (label.into(), f64::from(*score))).collect();
            }
            hits.extend(match &mut filling {
                Some(filling) => filling.take(hit),
                None => Some(hit),
            });
        }
        let spent = filling.map(|filling| filling.finish(total, hits.len()));
        // Of the telling words of an article no one misses any.
        if asked.except.0.is_empty() {
            let mut unheld = self.unheld(asked, &ranked);
            if unheld.is_some() && loose {
                asked.complete(&mut ranked[head..]).map_err(broken)?;
                unheld = self.unheld(asked, &ranked);
            }
            notes.extend(unheld);
            notes.extend(asked.parts.iter().filter_map(|part| part.note.clone()));
        }
        self.mark_stale(&mut hits)?;
        let facets = query.facets.then(|| asked.facets()).transpose().map_err(broken)?;
        Ok(Results {
            query: query.text.clone(),
            by: query.by,
            total,
            total_exact: total < MOST_COUNTED && cut_short.is_empty(),
            relaxed: false,
            hits,
            facets,
            notes,
            unknown: Vec::new(),
            suggestions: Vec::new(),
            corrected: None,
            without: Vec::new(),
            spent,
            index: self.path().into(),
            updated: self.updated(),
            articles: self.articles(),
            passages: self.passages(),
            unread: self.unread(),
            freshness: Freshness::default(),
        })
    }

    /// Returns the candidates, and those to show up to the end of the page.
    fn chosen(&self, asked: &Asked<'_>) -> Result<(Order, Vec<Chosen>)> {
        let broken = |source| self.damaged(source);
        let query = asked.query;
        let room = query.budget.map_or(query.limit, |budget| query.limit.min(budget::most(budget)));
        let most = query.offset.saturating_add(room);
        let per_article = if query.by == Unit::Article { 1 } else { query.per_article.max(1) };
        let mut depth = most.saturating_mul(4);
        // Where a few articles or copies hold the best places, more candidates fill the page.
        loop {
            let mut order = asked.ranked(depth)?;
            let mut faces = copies::faces(self, &order.ranked, order.head, query.by).map_err(broken)?;
            let mut chosen = None;
            if order.settled < order.ranked.len() {
                let by_rank = |one: &usize, other: &usize| {
                    let behind = |at: &usize| *at >= order.head;
                    let candidate = |at: &usize| &order.ranked[*at].candidate;
                    behind(one).cmp(&behind(other)).then_with(|| best_first(candidate(one), candidate(other)))
                };
                let sort = |behind: &mut [usize]| behind.sort_by(by_rank);
                chosen = (per_article == 1)
                    .then(|| group::choose_from_settled(&faces, order.settled, order.head, most, &sort))
                    .flatten();
                if chosen.is_none() {
                    order.settle();
                    faces = copies::faces(self, &order.ranked, order.head, query.by).map_err(broken)?;
                }
            }
            // By date the first of copies is the newest, and stays.
            let head = if asked.by == By::Age { 0 } else { order.head };
            let chosen = chosen.unwrap_or_else(|| group::choose(&faces, head, per_article, most));
            if chosen.len() >= most || order.all || depth > DEEPEST {
                let behind =
                    chosen.iter().skip(query.offset).filter(|one| order.loose && one.at >= order.head);
                for one in behind {
                    asked.complete(&mut order.ranked[one.at..=one.at]).map_err(broken)?;
                }
                return Ok((order, chosen));
            }
            depth = order.ranked.len().max(depth) * 4;
        }
    }

    /// Returns the parts of the index that these paths mean. A path that it does not hold is noted.
    fn within(&self, paths: &[PathBuf], notes: &mut Vec<String>) -> Vec<Within> {
        let mut within = Vec::new();
        for path in paths {
            let path = absolute(path);
            let before = within.len();
            if let Some((folder, inside)) = self.owner(&path) {
                within.push((folder.id, if folder.single { Vec::new() } else { inside }));
            }
            // Folders of the index that lie inside the path.
            let inside =
                self.manifest().folders.iter().filter(|folder| folder.path(self.path()).starts_with(&path));
            within.extend(inside.map(|folder| (folder.id, Vec::new())));
            if within.len() == before {
                notes.push(format!("{} is not in the index", path.display()));
                // Nothing is in it, rather than everything.
                within.push((0, Vec::new()));
            }
        }
        // A folder of the index is what owns it, and lies inside it.
        within.sort();
        within.dedup();
        within
    }

    /// Names the words of the query that the index holds, and no candidate does.
    fn unheld(&self, asked: &Asked<'_>, ranked: &[Ranked]) -> Option<String> {
        let is_held = |word: &str| {
            let parts = asked.parts.iter().map(|part| part.word.as_deref() == Some(word));
            let parts: Vec<bool> = parts.collect();
            let about =
                |one: &Ranked| parts.iter().zip(&one.scores).any(|(about, score)| *about && *score > 0.0);
            ranked.iter().any(about)
        };
        let mut missed: Vec<&str> = Vec::new();
        for word in asked.parts.iter().filter_map(|part| part.word.as_deref()) {
            if !missed.contains(&word)
                && !is_held(word)
                && !asked.compiler.lexicon.is_missing(&Word::of(word))
            {
                missed.push(word);
            }
        }
        // Where there are no hits, it is no fault of a word that the index has.
        let said = !missed.is_empty() && !ranked.is_empty();
        said.then(|| format!("no hit holds `{}`", missed.join("`, `")))
    }
}

//! Questions → passages: parse, retrieve, rerank, group, highlight.
//!
//! [`Index::search`] is the whole way; each stage is a file. What comes out is plain data.

mod query;
mod results;
mod tree;
mod field;
mod operators;
mod parse;
mod compile;
mod retrieve;
mod rerank;
mod group;
mod matches;
mod highlight;
mod link;

use std::{collections::HashMap, path::PathBuf};

use tantivy::{
    DocAddress, TantivyDocument, Term,
    query::{Bm25StatisticsProvider, TermQuery},
    schema::IndexRecordOption,
};

pub use highlight::Part;
pub use query::{Extent, Query, Sort};
pub use results::{Hit, Results};

use self::{
    compile::{Compiler, Within},
    group::Chosen,
    matches::Targets,
    parse::Parsed,
    rerank::Part as ScorePart,
    retrieve::{Best, By, Candidate, best_first},
    tree::{Filter, Node},
};
use crate::{
    analysis,
    error::Result,
    index::{
        Freshness, Index, absolute,
        schema::{self, Stored},
    },
    walk,
};

/// How many candidates are put in order by all parts of the score, unless the page needs more. A
/// deeper pool changed no figure of the experiments that the weights come from.
const POOL: usize = 200;

/// Candidates taken beyond the pool, so that its last ones are decided by exact sums.
const MARGIN: usize = 56;

/// Matching passages are counted up to this many.
const MOST_COUNTED: u64 = 10_000;

impl Index {
    /// Answers a query. Whatever its text is, it is answered.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`] when the index is not as it was written.
    pub fn search(&self, query: &Query) -> Result<Results> {
        let broken = |source| self.damaged(source);
        let mut parsed = parse::parse(&query.text);
        let filter = Filter::between(query.after, query.before);
        parsed.tree.must.extend(filter.map(Node::Filter));
        let Parsed { tree, mut notes } = parsed;
        let within = self.within(&query.within, &mut notes);
        let compiler = Compiler::new(self);
        let compiled = compiler.query(&tree, &within).map_err(broken)?;
        let total = retrieve::count(self, &*compiled, MOST_COUNTED).map_err(broken)?;
        let cut_short = compiler.cut_short.take();
        for prefix in &cut_short {
            notes.push(format!("`{prefix}*` begins too many words: the most frequent were looked for"));
        }
        let by = if query.sort == Sort::Date || tree.only_filters() { By::Date } else { By::Score };
        let parts = rerank::parts(&compiler, &tree).map_err(broken)?;
        let (ranked, scores) = self.rank(&*compiled, &compiler, &parts, by, query).map_err(broken)?;
        let twins = self.twins(&ranked).map_err(broken)?;
        let chosen = group::choose(&ranked, &twins, query.per_article.max(1), query.offset, query.limit);
        let statistics = self.statistics();
        let worth = |stem: &str| {
            let count =
                statistics.doc_freq(&Term::from_field_text(self.fields().stem, stem)).unwrap_or(0) as f32;
            let all = (self.passages() as f32).max(1.0);
            // The idf of BM25.
            (1.0 + (all - count + 0.5).max(0.5) / (count + 0.5)).ln()
        };
        let targets = Targets::of(&tree, &worth);
        let mut hits = Vec::with_capacity(chosen.len());
        for (rank, Chosen { at, more }) in (query.offset + 1..).zip(chosen) {
            let mut hit = self.hit(&ranked[at], &targets, query)?;
            hit.rank = rank;
            hit.more = more;
            hit.copies = self.copies(twins[at]).map_err(broken)?;
            if let Some(scores) = scores.get(at) {
                hit.score = sum(scores);
                if query.explain {
                    let named = parts.iter().zip(scores).filter(|(_, score)| **score != 0.0);
                    hit.explanation =
                        named.map(|(part, score)| (part.label.clone(), f64::from(*score))).collect();
                }
            }
            hits.push((at, hit));
        }
        notes.extend(self.unheld(&parts, &scores).map_err(broken)?);
        let mut hits: Vec<Hit> = hits.into_iter().map(|(_, hit)| hit).collect();
        self.mark_stale(&mut hits)?;
        Ok(Results {
            query: query.text.clone(),
            total,
            total_exact: total < MOST_COUNTED && cut_short.is_empty(),
            hits,
            notes,
            index: self.path().into(),
            updated: self.updated(),
            articles: self.articles(),
            passages: self.passages(),
            unread: self.manifest().failed,
            freshness: Freshness::default(),
        })
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
        within
    }

    /// Returns the candidates in their order, and the parts of their scores where words rank them.
    fn rank(
        &self,
        compiled: &dyn tantivy::query::Query,
        compiler: &Compiler<'_>,
        parts: &[ScorePart],
        by: By,
        query: &Query,
    ) -> tantivy::Result<(Vec<Candidate>, Vec<Vec<f32>>)> {
        let statistics = self.statistics();
        let wanted = query.offset.saturating_add(query.limit);
        let mut limit = POOL.max(wanted.saturating_mul(4)) + MARGIN;
        let mut candidates;
        // Where a few articles hold the best passages, more candidates are needed to fill the page.
        loop {
            let best = Best { limit, by };
            candidates = self.searcher().search_with_statistics_provider(compiled, &best, &statistics)?;
            let articles: std::collections::HashSet<_> =
                candidates.iter().map(|candidate| (&candidate.file, candidate.order >> 32)).collect();
            let enough = articles.len().saturating_mul(query.per_article.max(1)) >= wanted;
            if enough || candidates.len() < limit || limit > 100_000 {
                break;
            }
            limit *= 4;
        }
        self.name_by_folder(&mut candidates);
        candidates.sort_by(best_first);
        if by == By::Date {
            candidates.truncate(limit - MARGIN);
            let scores = self.scores(compiler, parts, &candidates)?;
            return Ok((candidates, scores));
        }
        let mut ranked: Vec<(Candidate, Vec<f32>)> =
            candidates.iter().cloned().zip(self.scores(compiler, parts, &candidates)?).collect();
        let order = |one: &(Candidate, Vec<f32>), other: &(Candidate, Vec<f32>)| best_first(&one.0, &other.0);
        if ranked.len() == limit {
            // Which of the last ones are taken is decided by exact sums of what they are taken by.
            for (candidate, scores) in &mut ranked {
                candidate.key = rerank::words_alone(parts, scores);
            }
            ranked.sort_by(order);
            ranked.truncate(limit - MARGIN);
        }
        for (candidate, scores) in &mut ranked {
            candidate.key = sum(scores);
        }
        ranked.sort_by(order);
        Ok(ranked.into_iter().unzip())
    }

    /// Puts the rank of a folder's path for its number in the candidates' keys: numbers tell in which
    /// order folders were added, which must not show.
    fn name_by_folder(&self, candidates: &mut [Candidate]) {
        let mut folders: Vec<(PathBuf, u32)> =
            self.manifest().folders.iter().map(|folder| (folder.path(self.path()), folder.id)).collect();
        folders.sort();
        for candidate in candidates {
            let Some((path, number)) = candidate.file.rsplit_once('\0') else { continue };
            let rank = folders.iter().position(|(_, id)| u32::from_str_radix(number, 16) == Ok(*id));
            candidate.file = format!("{path}\0{:08x}", rank.unwrap_or(folders.len()));
        }
    }

    fn scores(
        &self,
        compiler: &Compiler<'_>,
        parts: &[ScorePart],
        candidates: &[Candidate],
    ) -> tantivy::Result<Vec<Vec<f32>>> {
        let addresses: Vec<DocAddress> = candidates.iter().map(|candidate| candidate.address).collect();
        rerank::score(compiler, parts, &addresses)
    }

    /// Returns the hashes of the candidates' texts.
    fn twins(&self, candidates: &[Candidate]) -> tantivy::Result<Vec<u64>> {
        let mut columns = HashMap::new();
        candidates
            .iter()
            .map(|candidate| {
                let segment = candidate.address.segment_ord;
                if let std::collections::hash_map::Entry::Vacant(place) = columns.entry(segment) {
                    place.insert(self.searcher().segment_reader(segment).fast_fields().u64("twin")?);
                }
                Ok(columns[&segment].first(candidate.address.doc_id).unwrap_or(0))
            })
            .collect()
    }

    fn copies(&self, twin: u64) -> tantivy::Result<u64> {
        let query = TermQuery::new(Term::from_field_u64(self.fields().twin, twin), IndexRecordOption::Basic);
        Ok(retrieve::count(self, &query, MOST_COUNTED)?.saturating_sub(1))
    }

    fn hit(&self, candidate: &Candidate, targets: &Targets, query: &Query) -> Result<Hit> {
        let document: TantivyDocument =
            self.searcher().doc(candidate.address).map_err(|source| self.damaged(source))?;
        let stored = schema::stored(self.fields(), &document).map_err(|source| self.damaged(source))?;
        let folder =
            self.manifest().folder(stored.folder).map(|folder| folder.base(self.path())).unwrap_or_default();
        let file = walk::join(&folder, &stored.path);
        let (before, after) = match query.context {
            0 => (Vec::new(), Vec::new()),
            around => self.around(&stored, candidate.order, around)?,
        };
        let text = stored.text.trim_end();
        Ok(Hit {
            rank: 0,
            score: 0.0,
            link: link::of(&file, &stored.format, &stored.place, text),
            snippet: highlight::snippet(text, targets, query.snippet),
            text: text.into(),
            id: stored.id,
            folder,
            path: stored.path,
            member: stored.member,
            file,
            title: stored.title,
            author: stored.author,
            date: stored.date,
            language: stored.language,
            format: stored.format,
            headings: stored.headings,
            place: stored.place,
            role: stored.role,
            more: 0,
            copies: 0,
            stale: None,
            before,
            after,
            explanation: Vec::new(),
        })
    }

    /// Returns the texts of the passages before and after one.
    fn around(&self, stored: &Stored, order: u64, around: usize) -> Result<(Vec<String>, Vec<String>)> {
        let article = self.article(stored.folder, &stored.path, stored.member.as_deref())?;
        let at = article.iter().position(|(other, _)| *other == order).unwrap_or(0);
        let text = |range: std::ops::Range<usize>| {
            article[range].iter().map(|(_, passage)| passage.text.trim_end().to_string()).collect()
        };
        Ok((
            text(at.saturating_sub(around)..at),
            text((at + 1).min(article.len())..(at + 1 + around).min(article.len())),
        ))
    }

    /// Names the words of the query that no candidate holds.
    fn unheld(&self, parts: &[ScorePart], scores: &[Vec<f32>]) -> tantivy::Result<Option<String>> {
        let statistics = self.statistics();
        let mut words: Vec<String> = Vec::new();
        let mut unknown = true;
        for word in parts.iter().filter_map(|part| part.word.as_ref()) {
            let held = scores.iter().any(|scores| {
                let mut about = parts.iter().zip(scores).filter(|(part, _)| part.word.as_ref() == Some(word));
                about.any(|(_, score)| *score > 0.0)
            });
            let name = format!("`{word}`");
            if held || words.contains(&name) {
                continue;
            }
            let stem = analysis::stem(word);
            for field in [self.fields().stem, self.fields().aside] {
                unknown &= statistics.doc_freq(&Term::from_field_text(field, &stem))? == 0;
            }
            words.push(name);
        }
        let holder = if unknown { "passage of the index" } else { "hit" };
        Ok((!words.is_empty()).then(|| format!("no {holder} holds {}", words.join(", "))))
    }

    fn mark_stale(&self, hits: &mut [Hit]) -> Result<()> {
        let files: Vec<(u32, &[u8])> = hits
            .iter()
            .map(|hit| {
                let folder = self.owner(&hit.file).map_or(0, |(folder, _)| folder.id);
                (folder, hit.path.as_slice())
            })
            .collect();
        let stale = self.stale_files(&files)?;
        for (hit, stale) in hits.iter_mut().zip(stale) {
            hit.stale = stale;
        }
        Ok(())
    }
}

/// Adds the parts of a score, always in the same order.
fn sum(scores: &[f32]) -> f64 {
    scores.iter().fold(0.0, |sum, score| sum + f64::from(*score))
}

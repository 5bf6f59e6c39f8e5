//! The head of the order: those candidates that all parts of the score put in order.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use tantivy::DocAddress;

use super::{
    order::{Asked, HEAD, Order, Ranked, add_up, order_keys, put_in_order},
    rerank,
    retrieve::{Best, By, Candidate, InFile, best_first, keep_best, put_first},
};

/// The head is gathered from more candidates, up to [`WIDEST`], while they are of fewer articles.
const FEW_ARTICLES: usize = 40;

/// See [`FEW_ARTICLES`].
const WIDEST: usize = 64 * HEAD;

/// Candidates taken beyond those wanted, so that the last ones are decided by exact sums.
const MARGIN: usize = 56;

/// The head holds no more passages of one article while there are others: a book on the subject must
/// not keep a short article on it out.
const MOST_IN_HEAD: usize = 16;

/// What was retrieved.
struct Found {
    /// The best first; of one score in no order.
    scored: Vec<Scored>,
    /// What each part adds to their scores, a row of all parts after another.
    scores: Vec<f32>,
    /// How many were looked for, and how many of those there are.
    limit: usize,
    count: usize,
}

/// A candidate, and the number of the row of its scores.
struct Scored {
    candidate: Candidate,
    row: usize,
}

impl Scored {
    fn candidate(&self) -> &Candidate {
        &self.candidate
    }

    fn scores<'a>(&self, all: &'a [f32], width: usize) -> &'a [f32] {
        &all[self.row * width..][..width]
    }
}

impl Asked<'_> {
    /// Returns the best passages, at least so many where there are; by date, the newest in their order. Those of
    /// the head are in the order of all parts of their scores, of one score in none, and so are those behind it.
    /// Where too few articles are among them, the head is gathered from more.
    pub(super) fn passages(&self, depth: usize) -> tantivy::Result<Order> {
        if self.by == By::Age {
            return self.newest_passages(depth.max(HEAD));
        }
        let mut found = self.found(depth.max(HEAD))?;
        // A window is looked at after another, each four times as wide; those within reach are retrieved.
        let (mut window, mut reach) = (HEAD, HEAD);
        loop {
            let wanted = depth.max(window);
            if self.limit(wanted) > found.limit && found.count >= found.limit {
                found = self.found(depth.max(reach))?;
            }
            let articles = articles(&mut found.scored, window);
            if articles >= FEW_ARTICLES || window >= WIDEST || found.scored.len() < window {
                let all = found.count < self.limit(wanted);
                if !all {
                    // The last ones may have been taken by inexact sums.
                    cut(&mut found.scored, wanted);
                }
                let (gathered, head) = gather(&mut found.scored, window);
                let mut ranked: Vec<Ranked> =
                    gathered.into_iter().map(|one| self.as_ranked(one, &found.scores)).collect();
                self.complete(&mut ranked[..head])?;
                add_up(&mut ranked[..head]);
                order_keys(&mut ranked[..head], Ranked::candidate);
                return Ok(Order { ranked, head, settled: 0, all, loose: true });
            }
            // Retrieved too narrowly, all would be again; the further down, the fewer articles are new.
            let likely = 2 * window * FEW_ARTICLES / articles.max(1);
            window *= 4;
            reach = window;
            while reach < likely.min(WIDEST) {
                reach *= 4;
            }
        }
    }

    fn newest_passages(&self, depth: usize) -> tantivy::Result<Order> {
        let Found { mut scored, scores, limit, count } = self.found(depth)?;
        let all = count < limit;
        if !all {
            keep_best(&mut scored, depth, Scored::candidate);
        }
        let mut ranked: Vec<Ranked> = scored.iter().map(|one| self.as_ranked(one, &scores)).collect();
        put_in_order(&mut ranked);
        self.complete(&mut ranked)?;
        let count = ranked.len();
        Ok(Order { ranked, head: count, settled: count, all, loose: false })
    }

    /// Scores passages by what they were not retrieved by.
    pub(super) fn complete(&self, ranked: &mut [Ranked]) -> tantivy::Result<()> {
        let addresses: Vec<DocAddress> = ranked.iter().map(|one| one.candidate.address).collect();
        let each = |at: usize, part: usize, score| ranked[at].scores[part] = score;
        rerank::score(&self.compiler, &self.parts, |part| !part.retrieves, addresses.into_iter(), each)
    }

    /// Returns how many are looked for where so many are wanted.
    fn limit(&self, wanted: usize) -> usize {
        wanted + MARGIN + self.except.len()
    }

    /// Returns the best passages by what the engine can tell, in exact sums.
    fn found(&self, wanted: usize) -> tantivy::Result<Found> {
        let limit = self.limit(wanted);
        let best = Best { limit, by: self.by, times: self.times.as_ref(), names: &self.names };
        let mut candidates = best.of(&*self.compiled, &self.compiler)?;
        let count = candidates.len();
        candidates.retain(|candidate| !self.except.has(candidate.address));
        let width = self.parts.len();
        let mut scores = vec![0.0; candidates.len() * width];
        let addresses = candidates.iter().map(|candidate| candidate.address);
        let each = |at: usize, part: usize, score| scores[at * width + part] = score;
        rerank::score(&self.compiler, &self.parts, |part| part.retrieves, addresses, each)?;
        let scored = candidates.into_iter().zip(0..).map(|(candidate, row)| Scored { candidate, row });
        let mut scored: Vec<Scored> = scored.collect();
        if self.by == By::Score {
            for one in &mut scored {
                one.candidate.key = rerank::words_alone(&self.parts, one.scores(&scores, width));
            }
            order_keys(&mut scored, Scored::candidate);
        }
        Ok(Found { scored, scores, limit, count })
    }

    /// Returns a candidate with its scores, as a passage by itself.
    fn as_ranked(&self, one: &Scored, scores: &[f32]) -> Ranked {
        Ranked {
            candidate: one.candidate.clone(),
            scores: one.scores(scores, self.parts.len()).into(),
            lead: one.candidate.address,
            others: Vec::new(),
            more: 0,
            stored: None,
        }
    }
}

/// Returns how many articles the first so many are of; past [`FEW_ARTICLES`], some more or less.
fn articles(scored: &mut [Scored], window: usize) -> usize {
    let border = border(scored, window, Scored::candidate);
    let mut articles: HashSet<InFile> = HashSet::new();
    articles.extend(scored[..border].iter().map(|one| one.candidate.article()));
    if articles.len() < FEW_ARTICLES {
        split(scored, window, Scored::candidate);
        articles.extend(scored[border..].iter().take(window - border).map(|one| one.candidate.article()));
    }
    articles.len()
}

/// Keeps the first so many.
fn cut(scored: &mut Vec<Scored>, count: usize) {
    split(scored, count, Scored::candidate);
    scored.truncate(count);
}

/// Parts the first so many from the others: names decide between those of one score.
pub(super) fn split<T>(all: &mut [T], count: usize, of: fn(&T) -> &Candidate) {
    let border = border(all, count, of);
    let is_last = |one: &&T| is_same(of(one), of(&all[border]));
    let same = all[border..].iter().take_while(is_last).count();
    put_first(&mut all[border..border + same], count - border, of);
}

/// Returns how many of the first so many score more than those that may have to be chosen from.
fn border<T>(all: &[T], count: usize, of: fn(&T) -> &Candidate) -> usize {
    match all.get(count) {
        Some(next) => all.partition_point(|one| of(one).key.total_cmp(&of(next).key).is_gt()),
        None => all.len(),
    }
    .min(count)
}

fn is_same(one: &Candidate, other: &Candidate) -> bool {
    one.key.total_cmp(&other.key).is_eq()
}

/// Returns the candidates with those in front, in no order, that all parts of the score put in order, and how
/// many those are: of the first `window` no more than [`MOST_IN_HEAD`] of an article while there are others.
fn gather(scored: &mut [Scored], window: usize) -> (Vec<&Scored>, usize) {
    split(scored, window, Scored::candidate);
    let window = window.min(scored.len());
    // Passages of one article are in order, and those of one score are chosen from together.
    scored[..window].sort_unstable_by(|one, other| {
        let (one, other) = (&one.candidate, &other.candidate);
        other
            .key
            .total_cmp(&one.key)
            .then_with(|| one.article().cmp(&other.article()))
            .then(one.order.cmp(&other.order))
    });
    let (first, rest) = scored.split_at(window);
    let mut of_article: HashMap<InFile, usize> = HashMap::new();
    let mut head: Vec<&Scored> = Vec::with_capacity(scored.len());
    let (mut passed, mut behind) = (Vec::new(), Vec::new());
    for same in first.chunk_by(|one, other| is_same(&one.candidate, &other.candidate)) {
        if head.len() == HEAD {
            behind.extend(same);
            continue;
        }
        let before = head.len();
        for one in same {
            let taken = of_article.entry(one.candidate.article()).or_default();
            *taken += 1;
            if *taken <= MOST_IN_HEAD { head.push(one) } else { passed.push(one) }
        }
        put_first(&mut head[before..], HEAD - before, |one| &one.candidate);
        behind.extend(head.drain(HEAD.min(head.len())..));
    }
    let room = (HEAD - head.len()).min(passed.len());
    if room > 0 {
        passed.sort_by(|one, other| best_first(&one.candidate, &other.candidate));
        head.extend(passed.drain(..room));
    }
    let count = head.len();
    head.extend(passed.into_iter().chain(behind).chain(rest));
    (head, count)
}

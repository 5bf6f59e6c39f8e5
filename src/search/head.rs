//! The head of the order: those candidates that all parts of the score put in order.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::{
    order::{Asked, HEAD, Order, Ranked, order_keys, put_in_order, settle},
    rerank::{self, Part},
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
    /// With the scores that they were retrieved by, the best first; of one score in no order.
    ranked: Vec<Ranked>,
    /// How many were looked for, and how many of those there are.
    limit: usize,
    count: usize,
}

impl Asked<'_> {
    /// Returns the best passages, at least so many where there are; by date, the newest. No more than the
    /// head, which all parts of the score put in order, come in none. Where too few articles are among them,
    /// the head is gathered from more.
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
            let articles = articles(&mut found.ranked, window);
            if articles >= FEW_ARTICLES || window >= WIDEST || found.ranked.len() < window {
                let (mut ranked, all) = (found.ranked, found.count < self.limit(wanted));
                if !all {
                    // The last ones may have been taken by inexact sums.
                    cut(&mut ranked, wanted);
                }
                let head = gather(&mut ranked, window);
                self.complete(&mut ranked[..head])?;
                settle(&mut ranked[..head]);
                return Ok(Order { ranked, head, all, loose: true });
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
        let Found { mut ranked, limit, count } = self.found(depth)?;
        let all = count < limit;
        if !all {
            keep_best(&mut ranked, depth, |one| &one.candidate);
        }
        put_in_order(&mut ranked);
        self.complete(&mut ranked)?;
        Ok(Order { head: ranked.len(), ranked, all, loose: false })
    }

    /// Scores passages by what they were not retrieved by.
    pub(super) fn complete(&self, ranked: &mut [Ranked]) -> tantivy::Result<()> {
        rerank::score(&self.compiler, &self.parts, |part| !part.retrieves, ranked)
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
        let ranked = |candidate: Candidate| Ranked {
            passages: vec![candidate.address],
            candidate,
            scores: vec![0.0; self.parts.len()],
            more: 0,
            stored: None,
        };
        let mut ranked: Vec<Ranked> = candidates.into_iter().map(ranked).collect();
        rerank::score(&self.compiler, &self.parts, |part: &Part| part.retrieves, &mut ranked)?;
        if self.by == By::Score {
            for one in &mut ranked {
                one.candidate.key = rerank::words_alone(&self.parts, &one.scores);
            }
            order_keys(&mut ranked);
        }
        Ok(Found { ranked, limit, count })
    }
}

/// Returns how many articles the first so many are of; past [`FEW_ARTICLES`], some more or less.
fn articles(ranked: &mut [Ranked], window: usize) -> usize {
    let border = border(ranked, window);
    let mut articles: HashSet<InFile> = HashSet::new();
    articles.extend(ranked[..border].iter().map(|one| one.candidate.article()));
    if articles.len() < FEW_ARTICLES {
        split(ranked, window);
        articles.extend(ranked[border..].iter().take(window - border).map(|one| one.candidate.article()));
    }
    articles.len()
}

/// Keeps the first so many.
fn cut(ranked: &mut Vec<Ranked>, count: usize) {
    split(ranked, count);
    ranked.truncate(count);
}

/// Parts the first so many from the others: names decide between those of one score.
fn split(ranked: &mut [Ranked], count: usize) {
    let border = border(ranked, count);
    let same = ranked[border..].iter().take_while(|one| is_same(one, &ranked[border])).count();
    put_first(&mut ranked[border..border + same], count - border, |one| &one.candidate);
}

/// Returns how many of the first so many score more than those that may have to be chosen from.
fn border(ranked: &[Ranked], count: usize) -> usize {
    match ranked.get(count) {
        Some(next) => ranked.partition_point(|one| one.candidate.key.total_cmp(&next.candidate.key).is_gt()),
        None => ranked.len(),
    }
    .min(count)
}

fn is_same(one: &Ranked, other: &Ranked) -> bool {
    one.candidate.key.total_cmp(&other.candidate.key).is_eq()
}

/// Moves those candidates to the front, in no order, that all parts of the score put in order: of the first
/// `window` no more than [`MOST_IN_HEAD`] of an article while there are others. Returns how many they are.
fn gather(ranked: &mut Vec<Ranked>, window: usize) -> usize {
    let mut of_article: HashMap<InFile, usize> = HashMap::new();
    let (mut head, mut passed, mut behind) = (Vec::with_capacity(HEAD), Vec::new(), Vec::new());
    split(ranked, window);
    let mut rest = std::mem::take(ranked).into_iter();
    let mut first: Vec<Ranked> = rest.by_ref().take(window).collect();
    behind.extend(rest);
    // Passages of one article are in order, and those of one score are chosen from together.
    first.sort_by(|one, other| {
        let (one, other) = (&one.candidate, &other.candidate);
        other
            .key
            .total_cmp(&one.key)
            .then_with(|| one.article().cmp(&other.article()))
            .then(one.order.cmp(&other.order))
    });
    let mut first = first.into_iter().peekable();
    while let Some(one) = first.next() {
        let mut same = vec![one];
        while let Some(next) = first.next_if(|next| is_same(next, &same[0])) {
            same.push(next);
        }
        if head.len() == HEAD {
            behind.extend(same);
            continue;
        }
        let mut fit = Vec::with_capacity(same.len());
        for one in same {
            let taken = of_article.entry(one.candidate.article()).or_default();
            *taken += 1;
            if *taken <= MOST_IN_HEAD { fit.push(one) } else { passed.push(one) }
        }
        let room = HEAD - head.len();
        put_first(&mut fit, room, |one| &one.candidate);
        behind.extend(fit.drain(room.min(fit.len())..));
        head.extend(fit);
    }
    let room = (HEAD - head.len()).min(passed.len());
    if room > 0 {
        passed.sort_by(|one, other| best_first(&one.candidate, &other.candidate));
        head.extend(passed.drain(..room));
    }
    let count = head.len();
    ranked.extend(head.into_iter().chain(passed).chain(behind));
    count
}

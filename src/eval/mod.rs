//! How well queries are answered: judged queries in, figures out. Pure arithmetic over what a search
//! or a run found; nothing here asks an index.
//!
//! ```text
//! file ─ queries::read ───▶ [Topic] ─┐
//! file ─ judgments::read ─▶ Judgments ─ select ─▶ [Topic] ─ a search, or a Run ─▶ [Ranked]
//!                                    └─ judge ─▶ Judged ─ Evaluation::of ─▶ Evaluation ─ Comparison::of
//! ```
//!
//! # What is counted, and how it stands to trec_eval
//!
//! - **Levels.** A judgment says how relevant something is, as a whole number. 1 and more is relevant,
//!   0 and less is not (`-l 1`), and what is not judged is as level 0. nDCG gains the level itself.
//! - **Queries.** A figure is the mean over all queries with something relevant. One for which
//!   nothing was found counts 0, as with `trec_eval -c`. One without anything relevant is left out,
//!   where trec_eval would count 0 for it; so is a judged one that is not among the queries given. Both
//!   are counted.
//! - **Order.** In a run, scores make the order; of equal ones the name that is greater stands first,
//!   as in trec_eval up to 9.0.7, which holds scores in single precision. Ranks are nothing.
//! - **Depth.** [`DEPTH`] articles or passages are looked at. All figures are cut there or before.
//! - **Articles.** Several hits of one article are one: the first counts, the others take no rank.
//! - **Answers.** A passage is relevant (level 1) where it holds an answer that none before it held.
//!   recall is answers found of all answers; for nDCG, answers found in one passage are one.
//!
//! What [`run::write`] writes has the same figures in trec_eval, with
//! `-c -l 1 -m ndcg_cut.10 -m recall.100 -m success.1,5` and `-c -l 1 -M 10 -m recip_rank`, as long as
//! no query was left out.

pub mod queries;
pub mod judgments;
pub mod run;
mod judge;
pub mod metric;
pub mod interval;
pub mod compare;
mod lines;

pub use compare::Comparison;
pub use judge::{Entry, Expected, Found, Judged, Ranked};
pub use judgments::Judgments;
pub use run::Run;

use self::{
    interval::Interval,
    metric::{Figures, METRICS},
};

/// How many articles or passages are looked at.
pub const DEPTH: usize = 100;

/// A query with a name, as files of queries and TREC have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topic {
    /// What judgments and runs call it.
    pub id: String,
    /// What is asked.
    pub text: String,
}

/// The figures of a set of queries.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Evaluation {
    /// The queries, in the order in which they were given.
    pub queries: Vec<Judged>,
    /// The means over them, each from 0 to 1, in the order of [`METRICS`].
    pub means: Figures,
    /// The 95 % intervals of the means.
    pub intervals: [Interval; METRICS.len()],
}

impl Evaluation {
    /// Takes means and intervals over queries.
    pub fn of(queries: Vec<Judged>) -> Self {
        let values = |metric: usize| -> Vec<f64> { queries.iter().map(|one| one.figures[metric]).collect() };
        let means = std::array::from_fn(|metric| interval::mean(&values(metric)));
        let intervals = std::array::from_fn(|metric| interval::bootstrap(&values(metric)));
        Self { queries, means, intervals }
    }

    /// Returns the queries with the lowest nDCG@10, that first, equal ones in their order; none that
    /// could not be better.
    pub fn misses(&self, most: usize) -> Vec<&Judged> {
        let mut misses: Vec<&Judged> =
            self.queries.iter().filter(|one| one.figures[0] < 1.0 - 1e-9).collect();
        misses.sort_by(|one, other| one.figures[0].total_cmp(&other.figures[0]));
        misses.truncate(most);
        misses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation(figures: &[(&str, f64)]) -> Evaluation {
        let query = |(id, figure): &(&str, f64)| {
            let topic = Topic { id: (*id).into(), text: (*id).into() };
            Judged { topic, figures: [*figure; METRICS.len()], ..Judged::default() }
        };
        Evaluation::of(figures.iter().map(query).collect())
    }

    #[test]
    fn a_query_that_found_nothing_counts_0() {
        let evaluation = evaluation(&[("a", 1.0), ("b", 0.5), ("c", 0.0)]);
        assert!((evaluation.means[0] - 0.5).abs() < 1e-12);
        assert!(evaluation.intervals.iter().all(|ends| ends.low < 0.5 && ends.high > 0.5));
        assert_eq!(Evaluation::of(Vec::new()).means, Figures::default());
    }

    #[test]
    fn the_lowest_queries_are_the_misses() {
        let evaluation = evaluation(&[("a", 1.0), ("b", 0.5), ("c", 0.0), ("d", 0.5), ("e", 0.0)]);
        let check = |most: usize, expected: &str| {
            let ids: Vec<&str> = evaluation.misses(most).iter().map(|miss| miss.topic.id.as_str()).collect();
            assert_eq!(ids.join(" "), expected);
        };
        check(0, "");
        check(3, "c e b");
        check(9, "c e b d");
    }
}

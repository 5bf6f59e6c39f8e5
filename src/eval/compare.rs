//! Two evaluations of the same queries, query by query: which is better, and can that be chance.

use super::{
    Evaluation,
    metric::{Figures, METRICS},
};

/// How many times the queries' signs are drawn.
const PERMUTATIONS: usize = 10_000;

/// Where drawing begins, so that the same figures have the same p.
const SEED: u64 = 2007;

/// Differences below this are rounding.
const NOTHING: f64 = 1e-9;

/// How B stands to A.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Comparison {
    /// The means of A.
    pub a: Figures,
    /// The means of B.
    pub b: Figures,
    /// For every figure, how likely a difference of means at least as great is by chance.
    pub p: Figures,
    /// For every query, the first figure of A and of B, in the order of the queries.
    pub queries: Vec<Pair>,
}

/// A query's first figure, nDCG@10, in both evaluations.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pair {
    /// The query's id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Its figure in A.
    pub a: f64,
    /// Its figure in B.
    pub b: f64,
}

impl Pair {
    /// Returns how much better B is; negative where it is worse, exactly 0 where that is rounding.
    pub fn difference(&self) -> f64 {
        let difference = self.b - self.a;
        if difference.abs() < NOTHING { 0.0 } else { difference }
    }
}

impl Comparison {
    /// Compares two evaluations of the same queries in the same order.
    pub fn of(a: &Evaluation, b: &Evaluation) -> Self {
        let both = || a.queries.iter().zip(&b.queries);
        let p = std::array::from_fn(|metric| {
            let differences: Vec<f64> = both().map(|(a, b)| b.figures[metric] - a.figures[metric]).collect();
            randomisation(&differences)
        });
        let pair = |(a, b): (&super::Judged, &super::Judged)| Pair {
            id: a.topic.id.clone(),
            text: a.topic.text.clone(),
            a: a.figures[0],
            b: b.figures[0],
        };
        Self { a: a.means, b: b.means, p, queries: both().map(pair).collect() }
    }

    /// Returns how much the means of B are above those of A.
    pub fn differences(&self) -> Figures {
        std::array::from_fn(|metric: usize| self.b[metric] - self.a[metric])
    }

    /// Returns how many queries B won, lost, and left as they were.
    pub fn tally(&self) -> (usize, usize, usize) {
        let won = self.queries.iter().filter(|pair| pair.difference() > 0.0).count();
        let lost = self.queries.iter().filter(|pair| pair.difference() < 0.0).count();
        (won, lost, self.queries.len() - won - lost)
    }

    /// Returns the queries that B won by most, that first; equal ones in the order of the queries.
    pub fn won_most(&self, most: usize) -> Vec<&Pair> {
        self.most(most, 1.0)
    }

    /// Returns the queries that B lost by most, that first; equal ones in the order of the queries.
    pub fn lost_most(&self, most: usize) -> Vec<&Pair> {
        self.most(most, -1.0)
    }

    fn most(&self, most: usize, sign: f64) -> Vec<&Pair> {
        let mut pairs: Vec<&Pair> =
            self.queries.iter().filter(|pair| pair.difference() * sign > 0.0).collect();
        pairs.sort_by(|one, other| (other.difference() * sign).total_cmp(&(one.difference() * sign)));
        pairs.truncate(most);
        pairs
    }
}

const _: () = assert!(!METRICS.is_empty(), "queries are compared by the first figure");

/// Returns the two-sided p of a paired randomisation test: were A and B the same, the sign of every
/// query's difference would be chance. Signs are drawn 10,000 times; p is (h + 1) / (10,000 + 1), where
/// h is how often the sum of differences was at least as far from 0 as it is. It is never 0, and 1
/// where no query differs.
///
/// Smucker, Allan and Carterette, A comparison of statistical significance tests for information
/// retrieval evaluation, CIKM 2007.
pub fn randomisation(differences: &[f64]) -> f64 {
    let differences: Vec<f64> = differences.iter().copied().filter(|one| one.abs() >= NOTHING).collect();
    let observed = differences.iter().sum::<f64>().abs() - NOTHING;
    let mut random = fastrand::Rng::with_seed(SEED);
    let hits = (0..PERMUTATIONS).filter(|_| flipped(&differences, &mut random).abs() >= observed).count();
    (hits + 1) as f64 / (PERMUTATIONS + 1) as f64
}

/// Returns the sum of the differences, each with a sign that is drawn.
fn flipped(differences: &[f64], random: &mut fastrand::Rng) -> f64 {
    let mut sum = 0.0;
    for some in differences.chunks(64) {
        let mut signs = random.u64(..);
        for difference in some {
            sum += if signs & 1 == 0 { *difference } else { -difference };
            signs >>= 1;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the p of all signs, each once.
    fn enumerated(differences: &[f64]) -> f64 {
        let observed = differences.iter().sum::<f64>().abs() - NOTHING;
        let all = 1_u32 << differences.len();
        let sum = |signs: u32| -> f64 {
            let signed = |(at, one): (usize, &f64)| if signs >> at & 1 == 0 { *one } else { -one };
            differences.iter().enumerate().map(signed).sum()
        };
        f64::from((0..all).filter(|signs| sum(*signs).abs() >= observed).count() as u32) / f64::from(all)
    }

    #[test]
    fn p_is_that_of_all_signs() {
        let check = |differences: &[f64], expected: Option<f64>| {
            let (p, exact) = (randomisation(differences), enumerated(differences));
            assert!((p - exact).abs() < 0.015, "{differences:?}: {p} is not {exact}");
            assert!(expected.is_none_or(|expected| (exact - expected).abs() < 1e-12), "{exact}");
        };
        // All of one sign: only this and its mirror are as far out, 2 of 2⁵.
        check(&[0.1, 0.2, 0.3, 0.4, 0.5], Some(2.0 / 32.0));
        check(&[0.5, -0.5], Some(1.0));
        check(&[0.3, 0.3, 0.3, -0.3], Some(10.0 / 16.0));
        check(&[0.11, -0.05, 0.4, 0.02, 0.3, -0.01, 0.07, 0.2], None);
        check(&[0.0, 0.0, 0.2, 0.1, -0.05, 0.3, 0.12], None);
        check(&[], Some(1.0));
        assert_eq!(randomisation(&[0.0; 9]), 1.0);
    }

    #[test]
    fn p_is_never_nothing() {
        let p = randomisation(&[0.5; 200]);
        assert!((p - 1.0 / 10_001.0).abs() < 1e-12, "{p}");
    }

    #[test]
    fn queries_are_won_lost_and_tied() {
        let pair = |id: &str, a: f64, b: f64| Pair { id: id.into(), text: String::new(), a, b };
        let comparison = Comparison {
            a: [0.0; METRICS.len()],
            b: [0.0; METRICS.len()],
            p: [1.0; METRICS.len()],
            queries: vec![
                pair("same", 0.3, 0.1 + 0.2),
                pair("won", 0.25, 0.5),
                pair("won most", 0.1, 0.9),
                pair("won too", 0.5, 0.75),
                pair("lost", 0.5, 0.25),
            ],
        };
        let ids = |pairs: Vec<&Pair>| pairs.iter().map(|pair| pair.id.clone()).collect::<Vec<_>>().join(", ");
        assert_eq!(comparison.tally(), (3, 1, 1));
        assert_eq!(ids(comparison.won_most(5)), "won most, won, won too");
        assert_eq!(ids(comparison.won_most(1)), "won most");
        assert_eq!(ids(comparison.lost_most(5)), "lost");
    }
}

//! The arithmetic of one query: what stands at which rank, and what could have stood there.
//!
//! Everything is told by levels of relevance, whole numbers: 1 and more is relevant, 0 and less is
//! not, as in `trec_eval -l 1`. A figure is between 0 and 1, and 0 where nothing is relevant.

/// The levels of relevance that a query's figures are made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gains {
    /// The level of what was found, by rank; 0 where it is not judged.
    pub found: Vec<i32>,
    /// The levels of all that is judged, found or not, in any order.
    pub judged: Vec<i32>,
    /// Answers that were found in a passage together with another one: `found` and `judged` have one
    /// entry for all answers of a passage, recall counts each.
    pub together: usize,
}

/// One figure: its name, and how it is made.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The name it is printed under, such as `ndcg@10`.
    pub name: &'static str,
    /// Returns the figure of one query, from 0 to 1.
    pub of: fn(&Gains) -> f64,
}

/// Every figure, in the order in which they are printed. Queries are compared by the first.
pub const METRICS: [Metric; 5] = [
    Metric { name: "ndcg@10", of: |gains| ndcg(gains, 10) },
    Metric { name: "mrr@10", of: |gains| reciprocal_rank(gains, 10) },
    Metric { name: "recall@100", of: |gains| recall(gains, 100) },
    Metric { name: "success@1", of: |gains| success(gains, 1) },
    Metric { name: "success@5", of: |gains| success(gains, 5) },
];

/// One value for each of [`METRICS`], in its order.
pub type Figures = [f64; METRICS.len()];

/// Returns the figures of one query.
pub fn figures(gains: &Gains) -> Figures {
    METRICS.map(|metric| (metric.of)(gains))
}

/// Returns the normalised discounted cumulative gain of the first ranks: the sum of level / log₂(rank
/// + 1), divided by the greatest sum that all that is judged allows.
///
/// Gains are the levels themselves, not powers of two, as in trec_eval's `ndcg_cut`; after Järvelin
/// and Kekäläinen, Cumulated gain-based evaluation of IR techniques, TOIS 20 (2002), with the discount
/// that has since become usual.
pub fn ndcg(gains: &Gains, ranks: usize) -> f64 {
    let mut ideal = gains.judged.clone();
    ideal.sort_unstable_by(|one, other| other.cmp(one));
    let best = dcg(&ideal, ranks);
    if best > 0.0 { dcg(&gains.found, ranks) / best } else { 0.0 }
}

/// Returns the discounted cumulative gain of the first ranks. Negative levels gain nothing.
fn dcg(levels: &[i32], ranks: usize) -> f64 {
    let gains = (2..).zip(levels.iter().take(ranks));
    // Not `sum`, which is -0 where there is nothing.
    gains.fold(0.0, |sum, (above, level)| sum + f64::from((*level).max(0)) / f64::from(above).log2())
}

/// Returns 1 / rank of the first that is relevant, 0 where that is not among the first ranks.
///
/// Voorhees, The TREC-8 question answering track report (1999); `trec_eval -M 10 -m recip_rank`.
pub fn reciprocal_rank(gains: &Gains, ranks: usize) -> f64 {
    let first = gains.found.iter().take(ranks).position(|level| *level >= 1);
    first.map_or(0.0, |before| 1.0 / (before + 1) as f64)
}

/// Returns how much of what is relevant is among the first ranks; trec_eval's `recall`.
pub fn recall(gains: &Gains, ranks: usize) -> f64 {
    let relevant = |levels: &mut dyn Iterator<Item = &i32>| levels.filter(|level| **level >= 1).count();
    match relevant(&mut gains.judged.iter()) {
        0 => 0.0,
        all => {
            let found = relevant(&mut gains.found.iter().take(ranks));
            (found + gains.together) as f64 / (all + gains.together) as f64
        }
    }
}

/// Returns 1 where anything relevant is among the first ranks, else 0; trec_eval's `success`.
pub fn success(gains: &Gains, ranks: usize) -> f64 {
    f64::from(u8::from(gains.found.iter().take(ranks).any(|level| *level >= 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gains(found: &[i32], judged: &[i32]) -> Gains {
        Gains { found: found.into(), judged: judged.into(), together: 0 }
    }

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 5e-4, "{value} is not {expected}");
    }

    #[test]
    fn ndcg_is_that_of_published_examples() {
        let check = |found: &[i32], judged: &[i32], ranks: usize, expected: f64| {
            near(ndcg(&gains(found, judged), ranks), expected);
        };
        // The example of Wikipedia's article on discounted cumulative gain: 6.861 / 8.740, and 6.861 /
        // 7.141 where what was found is all that is judged.
        check(&[3, 2, 3, 0, 1, 2], &[3, 2, 3, 0, 1, 2, 3, 2], 6, 0.785);
        check(&[3, 2, 3, 0, 1, 2], &[3, 2, 3, 0, 1, 2], 6, 0.961);
        // The vectors of Järvelin and Kekäläinen 2002, sections 2.1 and 2.2: what was found, and the
        // ideal. The figure is trec_eval's, whose discount is not theirs.
        check(&[3, 2, 3, 0, 0, 1, 2, 2, 3, 0], &[3, 3, 3, 2, 2, 2, 1, 1, 1, 1, 0, 0], 10, 0.8336);
        near(dcg(&[3, 2, 3, 0, 1, 2], 6), 6.861);
        near(dcg(&[3, 3, 3, 2, 2, 2], 6), 8.740);
    }

    #[test]
    fn gains_are_levels_and_negative_ones_are_none() {
        let check = |found: &[i32], judged: &[i32], expected: f64| {
            near(ndcg(&gains(found, judged), 10), expected);
        };
        check(&[1, 0], &[1], 1.0);
        check(&[0, 1], &[1], 0.6309);
        check(&[-2, 1], &[1, -2], 0.6309);
        check(&[1, 2], &[1, 2], 0.8597);
        check(&[], &[1], 0.0);
        check(&[0, 0], &[0, -1], 0.0);
        // The eleventh rank does not count, neither here nor in the ideal.
        check(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], &[1], 0.0);
        check(&[1; 10], &[1; 30], 1.0);
    }

    #[test]
    fn the_other_figures_look_at_their_ranks() {
        let check = |found: &[i32], judged: &[i32], expected: [f64; 4]| {
            let figures = figures(&gains(found, judged));
            for (value, expected) in figures[1..].iter().zip(expected) {
                near(*value, expected);
            }
        };
        check(&[1], &[1], [1.0, 1.0, 1.0, 1.0]);
        check(&[0, 0, 2], &[2, 1], [1.0 / 3.0, 0.5, 0.0, 1.0]);
        check(&[0, 0, 0, 0, 0, 1], &[1], [1.0 / 6.0, 1.0, 0.0, 0.0]);
        check(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], &[1], [0.0, 1.0, 0.0, 0.0]);
        check(&[], &[1], [0.0; 4]);
        check(&[0, -1], &[0, -1], [0.0; 4]);
        let late: Vec<i32> = (0..101).map(|rank| i32::from(rank == 100)).collect();
        check(&late, &[1], [0.0; 4]);
    }

    #[test]
    fn answers_that_share_a_passage_are_each_recalled() {
        let gains = Gains { found: vec![0, 1], judged: vec![1, 1], together: 1 };
        near(recall(&gains, 100), 2.0 / 3.0);
        near(recall(&Gains { judged: vec![1], ..gains }, 100), 1.0);
    }
}

//! How far a mean over queries can be trusted: percentile bootstrap intervals.

/// How often the queries are drawn again: enough for intervals, see the source below, p. 188.
const RESAMPLES: usize = 2_000;

/// Where drawing begins, so that the same figures have the same intervals.
const SEED: u64 = 1993;

/// The range that holds the mean of other queries of the same kind with a probability of 95 %.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// Returns the 95 % interval of a mean: queries are drawn with replacement 2,000 times, and of the
/// sorted means the 50th and the 1,950th are the ends.
///
/// Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3.
pub fn bootstrap(values: &[f64]) -> Interval {
    if values.is_empty() {
        return Interval::default();
    }
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut means: Vec<f64> = (0..RESAMPLES).map(|_| drawn(values, &mut random)).collect();
    means.sort_unstable_by(f64::total_cmp);
    let cut = RESAMPLES / 40;
    Interval { low: means[cut - 1], high: means[RESAMPLES - cut - 1] }
}

/// Returns the mean of as many values, drawn with replacement.
fn drawn(values: &[f64], random: &mut fastrand::Rng) -> f64 {
    let sum: f64 = (0..values.len()).map(|_| values[random.usize(..values.len())]).sum();
    sum / values.len() as f64
}

/// Returns the mean; 0 of nothing.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_varies_has_no_width() {
        let check = |value: f64, count: usize| {
            let interval = bootstrap(&vec![value; count]);
            assert!((interval.low - value).abs() < 1e-12 && (interval.high - value).abs() < 1e-12);
        };
        check(0.25, 1);
        check(0.25, 7);
        check(1.0, 300);
        check(0.0, 300);
        assert_eq!(bootstrap(&[]), Interval::default());
    }

    #[test]
    fn an_interval_is_that_of_the_normal_where_queries_are_many() {
        // 400 queries, half of them 1: the standard error is 0.025.
        let values: Vec<f64> = (0..400).map(|at| f64::from(at % 2)).collect();
        let Interval { low, high } = bootstrap(&values);
        assert!((low - (0.5 - 1.96 * 0.025)).abs() < 0.006, "{low}");
        assert!((high - (0.5 + 1.96 * 0.025)).abs() < 0.006, "{high}");
        assert_eq!(bootstrap(&values), Interval { low, high });
    }
}

//! How far chance goes: intervals by resampling the queries (Efron 1979).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

const RESAMPLES: usize = 2000;

/// A mean with the interval that holds it in 95 of 100 draws of as many queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Interval {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// Of one value for each query; the same for the same seed.
    pub fn of(values: &[f64], seed: u64) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut draw = || {
            let sum: f64 = (0..values.len()).map(|_| values[rng.random_range(0..values.len())]).sum();
            sum / values.len() as f64
        };
        let mut means: Vec<f64> = (0..RESAMPLES).map(|_| draw()).collect();
        means.sort_by(f64::total_cmp);
        let at = |share: f64| means[((RESAMPLES - 1) as f64 * share).round() as usize];
        Self { mean: values.iter().sum::<f64>() / values.len() as f64, low: at(0.025), high: at(0.975) }
    }

    /// Whether chance alone is no explanation for being above or below 0.
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_holds_the_mean_and_narrows_with_more_queries() {
        let values = |count: usize| (0..count).map(|n| f64::from(u8::from(n % 2 == 0))).collect::<Vec<_>>();
        let (few, many) = (Interval::of(&values(20), 1), Interval::of(&values(2000), 1));
        assert!(few.low < 0.5 && few.high > 0.5 && few.mean == 0.5);
        assert!(many.high - many.low < 0.3 * (few.high - few.low));
        // The normal approximation: 1.96 · 0.5 / √2000.
        assert!((many.high - 0.5 - 0.0219).abs() < 0.005, "{many:?}");
        assert_eq!(Interval::of(&values(20), 1), few);
    }

    #[test]
    fn a_difference_that_chance_explains_does_not_exclude_zero() {
        assert!(Interval::of(&[0.1, 0.2, 0.15, 0.12], 1).excludes_zero());
        assert!(!Interval::of(&[0.1, -0.2, 0.15, -0.12], 1).excludes_zero());
        assert!(!Interval::of(&[], 1).excludes_zero());
    }
}

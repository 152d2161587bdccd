//! Quantiles of many values in few counts, after DDSketch (Masson, Rim and Lee, 2019).
//!
//! A value belongs to the bucket `ceil(log γ of it)`, so that all values of a bucket differ by at most the factor γ, and
//! the bucket's middle is at most [`ERROR`] away from each of them. A sketch is the count of each bucket: two are merged
//! by adding up, which the database does.

/// How far a quantile is from the true one at most, relative to it.
pub const ERROR: f64 = 0.01;

const GAMMA: f64 = (1.0 + ERROR) / (1.0 - ERROR);

/// Values are in milliseconds; below, they are taken for this.
const LEAST: f64 = 0.001;

/// Beyond a day, they are taken for this.
const MOST: f64 = 86_400_000.0;

/// The bucket of a value.
pub fn bucket(value: f64) -> i64 {
    let value = if value.is_nan() { LEAST } else { value.clamp(LEAST, MOST) };
    (value.ln() / GAMMA.ln()).ceil() as i64
}

/// The value that stands for all of a bucket.
pub fn middle(bucket: i64) -> f64 {
    2.0 * (bucket as f64 * GAMMA.ln()).exp() / (GAMMA + 1.0)
}

/// The value below which a share `q` (0 to 1) of the values lies, of buckets with their counts in ascending order; `None`
/// of no values.
pub fn quantile(buckets: &[(i64, i64)], q: f64) -> Option<f64> {
    let total: i64 = buckets.iter().map(|(_, count)| count).sum();
    let rank = (q * (total - 1).max(0) as f64).floor() as i64;
    let mut below = 0;
    let found = buckets.iter().find(|(_, count)| {
        below += count;
        below > rank
    });
    found.map(|(bucket, _)| middle(*bucket))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

    use super::*;

    type Sketch = BTreeMap<i64, i64>;

    fn sketch(values: &[f64]) -> Sketch {
        let mut buckets = Sketch::new();
        for value in values {
            *buckets.entry(bucket(*value)).or_default() += 1;
        }
        buckets
    }

    fn of(sketch: &Sketch, q: f64) -> f64 {
        let buckets: Vec<_> = sketch.iter().map(|(bucket, count)| (*bucket, *count)).collect();
        quantile(&buckets, q).unwrap()
    }

    /// Numbers from 0 to 1.
    fn numbers(seed: u64, count: usize) -> Vec<f64> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        (0..count).map(|_| f64::from(random.next_u32()) / f64::from(u32::MAX)).collect()
    }

    fn samples() -> Vec<Vec<f64>> {
        let uniform = numbers(1, 10_000).iter().map(|n| 0.5 + n * 100.0).collect();
        let heavy = numbers(2, 10_000).iter().map(|n| 0.01 / (1.000_001 - n)).collect();
        let two: Vec<f64> =
            numbers(3, 999).iter().map(|n| if *n < 0.7 { 0.2 + n } else { 900.0 * n }).collect();
        vec![uniform, heavy, two, vec![7.0], vec![0.002, 60_000.0]]
    }

    #[test]
    fn quantiles_are_within_a_hundredth_of_the_true_ones() {
        for values in samples() {
            let sketch = sketch(&values);
            let mut sorted = values;
            sorted.sort_unstable_by(f64::total_cmp);
            for q in [0.0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0] {
                let exact = sorted[(q * (sorted.len() - 1) as f64).floor() as usize];
                let found = of(&sketch, q);
                let error = (found - exact).abs() / exact;
                assert!(error <= ERROR + 1e-9, "{q} of {}: {found} for {exact}", sorted.len());
            }
        }
    }

    #[test]
    fn merged_sketches_are_the_sketch_of_all_values() {
        for values in samples() {
            let (first, rest) = values.split_at(values.len() / 3);
            let mut merged = sketch(first);
            for (bucket, count) in sketch(rest) {
                *merged.entry(bucket).or_default() += count;
            }
            assert_eq!(merged, sketch(&values));
        }
    }

    #[test]
    fn of_nothing_there_is_no_quantile_and_odd_values_have_a_bucket() {
        assert_eq!(quantile(&[], 0.5), None);
        for odd in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::MIN_POSITIVE] {
            assert!((bucket(LEAST)..=bucket(MOST)).contains(&bucket(odd)), "{odd}");
        }
    }
}

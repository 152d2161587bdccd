//! Whether the best hits of searches are as near as they were: the population stability index of two histograms.
//!
//! The index is Σ (now − before) · ln (now / before) over the tenths of what was before. Of two samples of the same
//! distribution it is not 0: times the harmonic size of the samples it follows χ² with one degree of freedom less than
//! there are parts. So a difference counts only if it is large and beyond what that leaves to chance.

use std::collections::BTreeMap;

/// Steps of a similarity from 0 to 1.
const STEPS: f64 = 40.0;

/// Parts that the histogram before is cut into.
const PARTS: usize = 10;

/// χ² with nine degrees of freedom is greater than this once in a million times.
const CHANCE: f64 = 47.2;

/// Counts of similarities by step.
pub type Histogram = BTreeMap<i64, i64>;

/// The step of a similarity (a cosine, −1 to 1).
pub fn step(similarity: f32) -> i64 {
    (f64::from(similarity.clamp(-1.0, 1.0)) * STEPS).floor() as i64
}

/// The least similarity of a step.
pub fn begin(step: i64) -> f64 {
    step as f64 / STEPS
}

/// How two histograms differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stability {
    /// The population stability index: below 0.1 there is no notable change, above 0.25 it is another distribution.
    pub index: f64,
    /// The mean similarity before, and now.
    pub before: f64,
    pub now: f64,
    /// The index that two samples of this size of the same distribution exceed once in a million times.
    pub by_chance: f64,
}

impl Stability {
    /// Compares two histograms; `None` where one is empty.
    pub fn of(before: &Histogram, now: &Histogram) -> Option<Self> {
        let (many_before, many_now) = (before.values().sum::<i64>(), now.values().sum::<i64>());
        if many_before <= 0 || many_now <= 0 {
            return None;
        }
        let parts = parts(before, now, many_before);
        // Half a case more in each part, so that an empty one has a logarithm.
        let share = |count: i64, of: i64| (count as f64 + 0.5) / (of as f64 + 0.5 * parts.len() as f64);
        let index = parts.iter().map(|(before, now)| {
            let (before, now) = (share(*before, many_before), share(*now, many_now));
            (now - before) * (now / before).ln()
        });
        Some(Self {
            index: index.sum(),
            before: mean(before, many_before),
            now: mean(now, many_now),
            by_chance: CHANCE * (1.0 / many_before as f64 + 1.0 / many_now as f64),
        })
    }

    /// Whether the difference is greater than `threshold` and beyond chance.
    pub fn has_drifted(&self, threshold: f64) -> bool {
        self.index > threshold.max(self.by_chance)
    }
}

/// Neighbouring steps together, so that each part has a tenth of what was before or more.
fn parts(before: &Histogram, now: &Histogram, many: i64) -> Vec<(i64, i64)> {
    let least = (many as f64 / PARTS as f64).max(1.0);
    let mut steps: Vec<i64> = before.keys().chain(now.keys()).copied().collect();
    steps.sort_unstable();
    steps.dedup();
    let (mut parts, mut part) = (Vec::new(), (0, 0));
    for step in steps {
        part.0 += before.get(&step).copied().unwrap_or_default();
        part.1 += now.get(&step).copied().unwrap_or_default();
        if part.0 as f64 >= least {
            parts.push(std::mem::take(&mut part));
        }
    }
    match parts.last_mut() {
        Some(last) => *last = (last.0 + part.0, last.1 + part.1),
        None => parts.push(part),
    }
    parts
}

fn mean(of: &Histogram, many: i64) -> f64 {
    of.iter().map(|(step, count)| (*step as f64 + 0.5) / STEPS * *count as f64).sum::<f64>() / many as f64
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

    use super::*;

    /// Similarities about a mean.
    fn drawn(random: &mut ChaCha8Rng, mean: f64, many: usize) -> Histogram {
        let mut histogram = Histogram::new();
        for _ in 0..many {
            let sum: f64 = (0..12).map(|_| f64::from(random.next_u32()) / 4_294_967_296.0).sum();
            *histogram.entry(step((mean + (sum - 6.0) * 0.06) as f32)).or_default() += 1;
        }
        histogram
    }

    #[test]
    fn samples_of_one_distribution_have_not_drifted_and_those_of_another_have() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        for many in [200, 2_000] {
            for _ in 0..500 {
                let stability =
                    Stability::of(&drawn(&mut random, 0.4, 5_000), &drawn(&mut random, 0.4, many)).unwrap();
                assert!(!stability.has_drifted(0.1), "{many}: {stability:?}");
            }
            let moved =
                Stability::of(&drawn(&mut random, 0.4, 5_000), &drawn(&mut random, 0.33, many)).unwrap();
            assert!(moved.has_drifted(0.25), "{moved:?}");
            assert!((moved.before - 0.4).abs() < 0.02 && (moved.now - 0.33).abs() < 0.02, "{moved:?}");
        }
    }

    #[test]
    fn of_nothing_there_is_no_index_and_few_cases_are_chance() {
        assert_eq!(Stability::of(&Histogram::new(), &Histogram::from([(1, 1)])), None);
        let few = Stability::of(&Histogram::from([(10, 5)]), &Histogram::from([(20, 5)])).unwrap();
        assert!(!few.has_drifted(0.25), "{few:?}");
        assert_eq!((step(1.0), step(-1.0), step(0.0), step(f32::NAN)), (40, -40, 0, 0));
        assert_eq!((begin(step(0.4)), begin(step(-1.0))), (0.4, -1.0));
    }
}

//! How far apart the embeddings of two periods are, and how far two samples of the same would be by chance.
//!
//! Of two samples of n and m, ‖mean − mean‖² is (1/n + 1/m) Σ λ χ²₁ by chance, λ the eigenvalues of the features'
//! covariance. Their sum and the sum of their squares are known, so it is taken for a χ² with as many degrees of freedom
//! as have the same two sums (Satterthwaite, 1946; Gretton et al., 2009). Days differ by more than single searches do,
//! and so do the searches of one visitor: what the days of the period before differ by more than searches explain widens
//! it.

use super::features::FEATURES;
use super::sums::Sums;

/// A normal value is above this once in a thousand times.
const CHANCE: f64 = 3.09;

/// How two periods differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Discrepancy {
    /// The squared maximum mean discrepancy, unbiased: about 0 of the same distribution, and then less than 0 as often as
    /// more; 2 at most.
    pub squared: f64,
    /// What two samples of this size of the same distribution exceed once in a thousand times.
    pub by_chance: f64,
}

impl Discrepancy {
    /// Compares the days of a period with those of the one before; `None` where one has fewer than two embeddings.
    pub fn of(before: &[Sums], now: &[Sums]) -> Option<Self> {
        let (all_before, all_now) = (Sums::of_all(before), Sums::of_all(now));
        if all_before.count < 2 || all_now.count < 2 {
            return None;
        }
        let sizes = 1.0 / all_before.count as f64 + 1.0 / all_now.count as f64;
        let pooled = Variance::within([&all_before, &all_now]).value();
        let by_search = Variance::within(before.iter().chain(now)).value();
        let (mean_before, mean_now) = (all_before.mean(), all_now.mean());
        let apart: f64 = mean_before.iter().zip(mean_now).map(|(a, b)| (a - b).powi(2)).sum();
        // Each sample's own variance is in the distance of the means: without it, nothing is expected of the same.
        let own = |sums: &Sums| Variance::within([sums]).value() / sums.count as f64;
        let squared = apart - own(&all_before) - own(&all_now);
        let by_chance =
            sizes * (dispersion(before, by_search) * beyond(&[&all_before, &all_now], pooled) - pooled);
        Some(Self { squared, by_chance: by_chance.max(f64::MIN_POSITIVE) })
    }

    /// Whether the difference is greater than `threshold` and beyond chance.
    pub fn has_drifted(&self, threshold: f64) -> bool {
        self.squared > threshold.max(self.by_chance)
    }
}

/// The trace of a covariance: squares about the means of groups, and their degrees of freedom.
#[derive(Clone, Copy, Debug, Default)]
struct Variance {
    squares: f64,
    freedom: f64,
}

impl Variance {
    /// About the mean of each group. Features have unit norm, so the sum of their squares is their number.
    fn within<'a>(groups: impl IntoIterator<Item = &'a Sums>) -> Self {
        let filled = groups.into_iter().filter(|group| group.count > 0);
        filled.fold(Self::default(), |all, group| {
            let count = group.count as f64;
            let of_mean: f64 = group.features.iter().map(|sum| sum * sum).sum::<f64>() / count;
            Self { squares: all.squares + (count - of_mean).max(0.0), freedom: all.freedom + count - 1.0 }
        })
    }

    fn value(self) -> f64 {
        if self.freedom > 0.0 { self.squares / self.freedom } else { 0.0 }
    }
}

/// By how much days differ more than single searches explain; never less than 1.
fn dispersion(days: &[Sums], by_search: f64) -> f64 {
    let days: Vec<&Sums> = days.iter().filter(|day| day.count > 0).collect();
    if days.len() < 2 || by_search <= 0.0 {
        return 1.0;
    }
    let mean = Sums::of_all(days.iter().copied()).mean();
    let squares = |day: &Sums| {
        day.count as f64 * day.mean().iter().zip(mean).map(|(a, b)| (a - b).powi(2)).sum::<f64>()
    };
    let between = days.iter().map(|day| squares(day)).sum::<f64>() / (days.len() - 1) as f64;
    (between / by_search).max(1.0)
}

/// What the sum of the eigenvalues, each times a χ²₁, exceeds once in a thousand times.
fn beyond(all: &[&Sums], sum: f64) -> f64 {
    let (spread, spreads) = all.iter().fold((0.0, 0), |(a, b), one| (a + one.spread, b + one.spreads));
    // The sum of squares is at most the square of the sum: one eigenvalue alone, which leaves most to chance.
    let least = sum * sum / FEATURES as f64;
    let squares = if spreads > 0 { (spread / spreads as f64).clamp(least, sum * sum) } else { sum * sum };
    let freedom = if squares > 0.0 { sum * sum / squares } else { 1.0 };
    sum * quantile(freedom) / freedom
}

/// The value of a χ² with so many degrees of freedom that is exceeded once in a thousand times (Wilson and Hilferty, 1931).
fn quantile(freedom: f64) -> f64 {
    let part = 2.0 / (9.0 * freedom);
    freedom * (1.0 - part + CHANCE * part.sqrt()).powi(3)
}

//! Whether shares differ by more than chance explains.
//!
//! Two shares are compared on the scale of the arcsine of their roots, where the spread of a share depends on the number
//! of cases alone (Anscombe, 1948). Days differ by more than single searches do: the spread of the weeks that are
//! compared with is estimated and widens the bound (quasi-binomial). Four weeks are too few for that alone, since they
//! may happen to be alike; so a shop's days are taken to differ by [`OF_DAYS`] at least. An alarm may be false each time that somebody looks;
//! so the chance of a single look is the false alarms of a year that are borne, by the looks of a year. By the union
//! bound, no more than these are expected, however the looks depend on each other.

use std::f64::consts::SQRT_2;

/// Cases, and those of them that count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    pub part: f64,
    pub whole: f64,
}

impl Share {
    pub fn of(part: i64, whole: i64) -> Self {
        Self { part: part as f64, whole: whole as f64 }
    }

    /// From 0 to 1; 0 of nothing.
    pub fn value(self) -> f64 {
        if self.whole > 0.0 { (self.part / self.whole).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Where the true share is at least, with the certainty of `z` standard deviations (Wilson, 1927).
    pub fn at_least(self, z: f64) -> f64 {
        if self.whole <= 0.0 {
            return 0.0;
        }
        let (n, p, z2) = (self.whole, self.value(), z * z);
        let middle = p + z2 / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        ((middle - spread) / (1.0 + z2 / n)).max(0.0)
    }
}

/// The sum of shares.
pub fn sum(shares: &[Share]) -> Share {
    shares
        .iter()
        .fold(Share::default(), |all, one| Share { part: all.part + one.part, whole: all.whole + one.whole })
}

/// By what part of itself a share differs from day to day while nothing is wrong, at least: one standard deviation.
const OF_DAYS: f64 = 0.03;

/// How many standard deviations `now` is above what it was `before`; below, it is negative. `None` where nothing can be
/// compared.
pub fn deviations(now: Share, before: &[Share]) -> Option<f64> {
    let usual = sum(before);
    if now.whole < 1.0 || usual.whole < 1.0 {
        return None;
    }
    let difference = 2.0 * (now.value().sqrt().asin() - usual.value().sqrt().asin());
    let of_searches = (1.0 / now.whole + 1.0 / usual.whole) * dispersion(before, usual.value());
    let weeks = before.iter().filter(|week| week.whole > 0.0).count() as f64;
    let spread = of_searches + of_day(usual.value()) * (1.0 + 1.0 / weeks);
    Some(difference / spread.sqrt())
}

/// The variance of a day's share on the scale of the arcsine.
fn of_day(usual: f64) -> f64 {
    OF_DAYS * OF_DAYS * usual / (1.0 - usual).max(f64::EPSILON)
}

/// By how much the weeks spread more than single searches explain; never less than 1.
fn dispersion(before: &[Share], usual: f64) -> f64 {
    let weeks: Vec<_> = before.iter().filter(|week| week.whole > 0.0).collect();
    let variance = usual * (1.0 - usual);
    if weeks.len() < 2 || variance <= 0.0 {
        return 1.0;
    }
    let squares: f64 =
        weeks.iter().map(|week| (week.part - week.whole * usual).powi(2) / (week.whole * variance)).sum();
    (squares / (weeks.len() - 1) as f64).max(1.0)
}

/// How many standard deviations a value is away only with the chance `p` (0 to 0.5), on one side.
pub fn bound(p: f64) -> f64 {
    // The chance falls with the bound, so that halving finds it.
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if beyond(middle) > p { low = middle } else { high = middle }
    }
    high
}

/// The chance that a normal value is more than `z` standard deviations above its mean: erfc by continued fraction
/// (Abramowitz and Stegun 7.1.14), or by its series near the middle.
fn beyond(z: f64) -> f64 {
    let x = z / SQRT_2;
    if x < 2.0 {
        let (mut term, mut sum) = (x, x);
        for n in 1..60 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        return 0.5 * (1.0 - 2.0 / std::f64::consts::PI.sqrt() * sum);
    }
    let fraction = (1..60).rev().fold(0.0, |below, n| f64::from(n) / 2.0 / (x + below));
    0.5 * (-x * x).exp() / std::f64::consts::PI.sqrt() / (x + fraction)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

    use super::*;

    fn number(random: &mut ChaCha8Rng) -> f64 {
        f64::from(random.next_u32()) / 4_294_967_296.0
    }

    fn drawn(random: &mut ChaCha8Rng, share: f64, whole: u32) -> Share {
        let part = (0..whole).filter(|_| number(random) < share).count();
        Share { part: part as f64, whole: f64::from(whole) }
    }

    #[test]
    fn bounds_are_those_of_tables() {
        for (p, z) in [(0.5, 0.0), (0.158_655, 1.0), (0.05, 1.644_854), (0.001, 3.090_232), (1e-6, 4.753_424)]
        {
            assert!((bound(p) - z).abs() < 1e-4, "{p}: {}", bound(p));
        }
    }

    #[test]
    fn of_shares_that_are_the_same_no_more_are_far_apart_than_the_bound_says() {
        let mut random = ChaCha8Rng::seed_from_u64(11);
        for share in [0.3, 0.05] {
            let (trials, p) = (4_000, 0.01);
            let z = bound(p);
            let far = |random: &mut ChaCha8Rng| {
                let before: Vec<Share> = (0..4).map(|_| drawn(random, share, 200)).collect();
                let now = drawn(random, share, 200);
                deviations(now, &before).unwrap() < -z
            };
            let false_alarms = (0..trials).filter(|_| far(&mut random)).count();
            // 40 are expected; a sample of trials has more than 60 once in a thousand times.
            assert!(false_alarms <= 60, "{share}: {false_alarms} of {trials}");
        }
    }

    #[test]
    fn a_share_that_fell_is_far_below_and_weeks_that_differ_bear_more() {
        let steady = vec![Share::of(300, 1_000); 4];
        let fallen = deviations(Share::of(200, 1_000), &steady).unwrap();
        assert!(fallen < -5.0, "{fallen}");
        let unsteady: Vec<Share> = [200, 400, 250, 350].map(|part| Share::of(part, 1_000)).into();
        assert!(deviations(Share::of(200, 1_000), &unsteady).unwrap() > -2.0);
        assert_eq!(deviations(Share::of(0, 0), &steady), None);
        assert_eq!(deviations(Share::of(1, 10), &[]), None);
    }

    #[test]
    fn days_of_many_searches_differ_by_a_tenth_now_and_then() {
        let alike: Vec<Share> = [3_080, 3_110, 3_095, 3_105].map(|part| Share::of(part, 64_000)).into();
        let away = deviations(Share::of(3_430, 64_557), &alike).unwrap();
        assert!((2.0..4.0).contains(&away), "{away}");
        assert!(deviations(Share::of(4_500, 64_557), &alike).unwrap() > 6.0);
    }

    #[test]
    fn the_least_share_comes_near_to_the_share_of_many() {
        assert!(Share::of(2, 100).at_least(4.0) < 0.01);
        assert!(Share::of(30, 100).at_least(4.0) > 0.1);
        assert!((Share::of(20_000, 1_000_000).at_least(4.0) - 0.02).abs() < 0.001);
        assert_eq!(Share::of(0, 0).at_least(4.0), 0.0);
    }
}

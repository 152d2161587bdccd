//! Always-valid intervals: asymptotic confidence sequences (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform
//! central limit theory and asymptotic confidence sequences", 2021, theorem 2.2).
//!
//! After `t` observations of variance `σ²` the mean is within
//! `σ √(2 (tρ² + 1) / (t²ρ²) · ln(√(tρ² + 1) / α))` of the truth, for all `t` at once with a probability of `1 − α`.
//! `ρ` says at which `t` the interval is to be the tightest.

/// Searches that each side must have before anything is said: the theory is one of many observations.
const LEAST: u64 = 100;

/// Searches of an arm, and how many of them led where they should.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    pub searches: u64,
    pub successes: u64,
}

impl Sample {
    /// The share of successes; 0 of no searches.
    pub fn share(self) -> f64 {
        if self.searches == 0 { 0.0 } else { self.successes as f64 / self.searches as f64 }
    }

    /// The variance of one search. Half a success and half a failure are added, so that a share of 0 is not certain.
    fn variance(self) -> f64 {
        let share = (self.successes as f64 + 0.5) / (self.searches as f64 + 1.0);
        share * (1.0 - share)
    }
}

/// Within what a difference is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub difference: f64,
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// Whether the difference is above 0, whenever that is asked.
    pub fn is_above(self) -> bool {
        self.low > 0.0
    }

    /// Whether the difference is below 0.
    pub fn is_below(self) -> bool {
        self.high < 0.0
    }
}

/// Intervals that hold together with a probability of 1 − `alpha`.
#[derive(Clone, Copy, Debug)]
pub struct Sequence {
    alpha: f64,
    /// ρ².
    mixture: f64,
}

/// What `tρ²` is where the interval is tightest.
fn tightest(alpha: f64) -> f64 {
    let bound = -2.0 * alpha.ln();
    bound + bound.ln() + 1.0
}

/// The half of an interval after `t` observations of variance 1, where `tρ²` is `scaled`.
fn half(alpha: f64, t: f64, scaled: f64) -> f64 {
    (2.0 * (scaled + 1.0) / (t * scaled) * ((scaled + 1.0).sqrt() / alpha).ln()).sqrt()
}

/// How many standard errors the half of the interval has where it is tightest.
pub fn errors_at_best(alpha: f64) -> f64 {
    half(alpha, 1.0, tightest(alpha))
}

impl Sequence {
    /// Intervals that are the tightest after `observations`.
    pub fn new(alpha: f64, observations: u64) -> Self {
        Self { alpha, mixture: tightest(alpha) / observations.max(1) as f64 }
    }

    /// By how much the variant's share is above the control's; `None` while there are too few searches.
    pub fn difference(&self, control: Sample, variant: Sample) -> Option<Interval> {
        if control.searches < LEAST || variant.searches < LEAST {
            return None;
        }
        let t = (control.searches + variant.searches) as f64;
        let of = |sample: Sample| sample.variance() / sample.searches as f64;
        // As the mean of `t` observations, each of which is of one arm and weighs as many as are in it.
        let variance = t * (of(control) + of(variant));
        Some(self.around(variant.share() - control.share(), t, variance))
    }

    /// In merged lists: by which share of all searches the variant's team was chosen from oftener than the control's.
    /// `chosen`: searches in which a product of the control's, and of the variant's team was chosen.
    pub fn preference(&self, searches: u64, chosen: [u64; 2]) -> Option<Interval> {
        if searches < LEAST {
            return None;
        }
        let t = searches as f64;
        let [control, variant] = chosen.map(|count| count as f64);
        let mean = (variant - control) / t;
        // Searches with choices from both teams are counted twice: the interval is rather too wide.
        let variance = ((variant + control + 1.0) / t - mean * mean).max(0.0);
        Some(self.around(mean, t, variance))
    }

    fn around(&self, mean: f64, t: f64, variance: f64) -> Interval {
        let half = variance.sqrt() * half(self.alpha, t, t * self.mixture);
        Interval { difference: mean, low: mean - half, high: mean + half }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(searches: u64, successes: u64) -> Sample {
        Sample { searches, successes }
    }

    #[test]
    fn an_interval_narrows_and_is_wider_than_that_of_one_look() {
        let sequence = Sequence::new(0.05, 20_000);
        let half = |n: u64| {
            let interval = sequence.difference(sample(n, n * 3 / 10), sample(n, n * 3 / 10)).unwrap();
            assert_eq!(interval.difference, 0.0);
            interval.high
        };
        assert!(half(1_000) > half(10_000) && half(10_000) > half(100_000));
        let one_look = 1.96 * (2.0 * 0.21 / 10_000_f64).sqrt();
        assert!((1.4..1.7).contains(&(half(10_000) / one_look)), "{}", half(10_000) / one_look);
    }

    #[test]
    fn it_is_tightest_where_it_was_told_to_be() {
        let half = |planned: u64| {
            let sequence = Sequence::new(0.05, planned);
            sequence.difference(sample(10_000, 3_000), sample(10_000, 3_000)).unwrap().high
        };
        assert!(half(20_000) < half(2_000) && half(20_000) < half(200_000));
    }

    #[test]
    fn of_few_searches_nothing_is_said_and_certainty_is_never() {
        let sequence = Sequence::new(0.05, 20_000);
        assert_eq!(sequence.difference(sample(99, 0), sample(5_000, 5_000)), None);
        assert_eq!(sequence.preference(99, [0, 99]), None);
        let none = sequence.difference(sample(100, 0), sample(100, 0)).unwrap();
        assert!(none.low < 0.0 && none.high > 0.0);
    }

    #[test]
    fn teams_that_are_chosen_alike_are_not_told_apart() {
        let sequence = Sequence::new(0.05, 10_000);
        let alike = sequence.preference(10_000, [1_500, 1_500]).unwrap();
        assert!(!alike.is_above() && !alike.is_below());
        assert!(sequence.preference(10_000, [1_300, 1_700]).unwrap().is_above());
        assert!(sequence.preference(10_000, [1_700, 1_300]).unwrap().is_below());
    }
}

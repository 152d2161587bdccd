//! Whether the promises of intervals and of power hold, by many experiments that never happened.

use super::power::{Plan, searches_a_side, searches_interleaved};
use super::sequence::{Interval, Sample, Sequence};

const PLAN: Plan = Plan { baseline: 0.3, lift: 0.05, power: 0.8, alpha: 0.05 };

/// Days on which each experiment is looked at.
const DAYS: u64 = 28;

/// SplitMix64 (Steele, Lea and Flood, 2014): fast, the same everywhere, and good enough for coins.
struct Coins(u64);

impl Coins {
    fn is_below(&mut self, share: f64) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) as f64) < share * u64::MAX as f64
    }

    fn count(&mut self, of: u64, share: f64) -> u64 {
        (0..of).filter(|_| self.is_below(share)).count() as u64
    }
}

/// Whether any day's interval of an experiment with so many searches a day and side leaves out 0.
fn is_found(
    coins: &mut Coins,
    sequence: &Sequence,
    shares: [f64; 2],
    a_day: u64,
    is: fn(Interval) -> bool,
) -> bool {
    let mut sides = [Sample::default(); 2];
    (0..DAYS).any(|_| {
        for (side, share) in sides.iter_mut().zip(shares) {
            side.searches += a_day;
            side.successes += coins.count(a_day, share);
        }
        sequence.difference(sides[0], sides[1]).is_some_and(is)
    })
}

fn found(runs: u64, shares: [f64; 2], a_day: u64, planned: u64, is: fn(Interval) -> bool) -> u64 {
    let sequence = Sequence::new(PLAN.alpha, 2 * planned);
    (0..runs).filter(|seed| is_found(&mut Coins(*seed << 20), &sequence, shares, a_day, is)).count() as u64
}

fn is_any(interval: Interval) -> bool {
    interval.is_above() || interval.is_below()
}

#[test]
fn of_a_thousand_experiments_without_a_difference_at_most_fifty_find_one() {
    // Shares that are usual for choices and for purchases, with few and with many searches a day.
    for (share, a_day) in [(0.3, 400), (0.03, 400), (0.3, 40)] {
        let found = found(1_000, [share; 2], a_day, a_day * DAYS, is_any);
        assert!(found <= 50, "{found} of 1,000 at {share}, {a_day} a day");
    }
}

#[test]
fn a_difference_that_is_there_is_found_as_often_as_promised() {
    let needed = searches_a_side(&PLAN).unwrap();
    let changed = PLAN.baseline * (1.0 + PLAN.lift);
    let found = found(500, [PLAN.baseline, changed], needed.div_ceil(DAYS), needed, Interval::is_above);
    assert!(found >= 400, "{found} of 500");
    // More than promised is searches wasted.
    assert!(found <= 475, "{found} of 500");
}

#[test]
fn teams_are_told_apart_as_often_as_promised_and_equal_ones_are_not() {
    let needed = searches_interleaved(&PLAN).unwrap();
    let sequence = Sequence::new(PLAN.alpha, needed);
    let a_day = needed.div_ceil(DAYS);
    let run = |seed: u64, shares: [f64; 2], is: fn(Interval) -> bool| {
        let (mut coins, mut searches, mut chosen) = (Coins(seed << 20), 0, [0; 2]);
        (0..DAYS).any(|_| {
            searches += a_day;
            // At most one product is chosen in a search.
            for _ in 0..a_day {
                if coins.is_below(shares[0] + shares[1]) {
                    chosen[usize::from(!coins.is_below(shares[0] / (shares[0] + shares[1])))] += 1;
                }
            }
            sequence.preference(searches, chosen).is_some_and(is)
        })
    };
    let half = PLAN.baseline / 2.0;
    let equal = (0..500).filter(|seed| run(*seed, [half; 2], is_any)).count();
    assert!(equal <= 25, "{equal} of 500");
    let edge = PLAN.baseline * PLAN.lift / 2.0;
    let told = (0..500).filter(|seed| run(*seed, [half - edge, half + edge], Interval::is_above)).count();
    assert!(told >= 400, "{told} of 500");
}

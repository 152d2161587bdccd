//! How many searches an experiment needs.

use super::normal;
use super::sequence::errors_at_best;

/// What is to be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// The share of searches that lead where they should, without a change.
    pub baseline: f64,
    /// The change to be seen, relative to it: 0.05 is from 20 % to 21 %.
    pub lift: f64,
    /// How probable it is to be seen, if it is there.
    pub power: f64,
    /// How probable it is that one is seen where none is, for one variant.
    pub alpha: f64,
}

/// The searches that each arm needs, after which an interval of a [`Sequence`](super::Sequence) that is the tightest
/// there leaves out 0 with the wanted probability. It may do so earlier. `None` where the plan asks for what cannot be.
pub fn searches_a_side(plan: &Plan) -> Option<u64> {
    let changed = plan.baseline * (1.0 + plan.lift);
    let is_share = |share: f64| share > 0.0 && share < 1.0;
    if !is_share(plan.baseline) || !is_share(changed) || plan.lift == 0.0 {
        return None;
    }
    let variance = plan.baseline * (1.0 - plan.baseline) + changed * (1.0 - changed);
    Some(needed(plan, variance, changed - plan.baseline))
}

/// The searches that a merged list needs, where the variant's team is to be chosen from oftener by the same share of
/// searches.
pub fn searches_interleaved(plan: &Plan) -> Option<u64> {
    searches_a_side(plan)?;
    let difference = plan.baseline * plan.lift;
    Some(needed(plan, plan.baseline - difference * difference, difference))
}

/// The half of the interval and the error of the estimate together must not exceed the difference.
fn needed(plan: &Plan, variance: f64, difference: f64) -> u64 {
    let errors = errors_at_best(plan.alpha) + normal::quantile(plan.power);
    (errors * errors * variance / (difference * difference)).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { baseline: 0.3, lift: 0.05, power: 0.8, alpha: 0.05 };

    #[test]
    fn less_to_see_takes_more_searches() {
        let needed = |plan: Plan| searches_a_side(&plan).unwrap();
        let usual = needed(PLAN);
        // One look at the end would take 14,750.
        assert!((25_000..32_000).contains(&usual), "{usual}");
        assert!(needed(Plan { lift: 0.025, ..PLAN }) > 3 * usual);
        assert!(needed(Plan { baseline: 0.1, ..PLAN }) > 3 * usual);
        assert!(needed(Plan { power: 0.9, ..PLAN }) > usual);
        assert!(needed(Plan { alpha: 0.01, ..PLAN }) > usual);
    }

    #[test]
    fn one_list_for_both_takes_fewer_searches_in_all() {
        assert!(searches_interleaved(&PLAN).unwrap() < 2 * searches_a_side(&PLAN).unwrap());
    }

    #[test]
    fn what_cannot_be_is_not_planned() {
        for plan in [
            Plan { baseline: 0.0, ..PLAN },
            Plan { baseline: f64::NAN, ..PLAN },
            Plan { baseline: 0.98, ..PLAN },
            Plan { lift: 0.0, ..PLAN },
        ] {
            assert_eq!(searches_a_side(&plan), None, "{plan:?}");
            assert_eq!(searches_interleaved(&plan), None, "{plan:?}");
        }
    }
}

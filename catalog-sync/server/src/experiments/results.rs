//! What may be concluded from the counts of an experiment.

use serde::Serialize;
use utoipa::ToSchema;

use super::counts::ArmTotals;
use super::definition::{ALPHA, Definition};
use super::statistics::{self, MISMATCH, Sample, Sequence};
use crate::insights::middle;

/// The quantile of times that is compared.
const SLOW: f64 = 0.95;

/// What is known of one arm.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExperimentArmResult)]
pub struct ArmResult {
    /// Its name.
    name: String,
    /// Visitors; one who came on several days counts on each.
    visitors: u64,
    /// Searches.
    searches: u64,
    /// Those without a hit.
    zero_result: u64,
    /// Those with hits that do not fit.
    no_good_match: u64,
    /// Those that led to a product; in a merged list, to one of this arm's team.
    clicked: u64,
    /// Those that led to a basket.
    carted: u64,
    /// Those that led to a purchase.
    purchased: u64,
    /// The share of searches that led where they should.
    share: f64,
    /// Within what time 95 % of its answers were made, in milliseconds.
    p95_ms: Option<f64>,
}

/// Within what a difference is, at all times at once, with a probability of 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ExperimentInterval)]
pub struct Interval {
    /// The variant's share less the control's.
    difference: f64,
    /// At least.
    low: f64,
    /// At most.
    high: f64,
}

/// What an interval says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ExperimentVerdict)]
pub enum Verdict {
    /// The variant is better.
    Better,
    /// The variant is worse.
    Worse,
    /// Neither is known yet.
    Open,
}

/// What must not become worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExperimentGuardName)]
pub enum GuardName {
    /// Searches without a hit.
    ZeroResult,
    /// Searches that lead to no product.
    Abandonment,
    /// Answers that take longer than 95 % of the control's.
    Latency,
}

/// A share that must not become greater.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExperimentGuard)]
pub struct Guard {
    /// Of what.
    name: GuardName,
    /// The control's share.
    control: f64,
    /// The variant's.
    variant: f64,
    /// By how much the variant's is greater; absent while there are too few searches.
    interval: Option<Interval>,
    /// `worse` if it is greater for certain.
    verdict: Verdict,
}

/// A variant against the control.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExperimentComparison)]
pub struct Comparison {
    /// The number of the variant among the arms.
    arm: u32,
    /// By how much its share is above the control's; absent while there are too few searches. In a merged list: by which
    /// share of searches its team was chosen from oftener.
    interval: Option<Interval>,
    /// What the interval says.
    verdict: Verdict,
    /// What must not become worse. In a merged list there is nothing to compare: all see the same.
    guards: Vec<Guard>,
}

/// Whether visitors are spread as the shares say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExperimentMismatch)]
pub struct Mismatch {
    /// How probable it is that chance alone spreads them so unevenly.
    probability: f64,
    /// Whether that is below 0.001: then no figure of the experiment can be believed.
    is_mismatch: bool,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExperimentConclusions)]
pub struct Conclusions {
    /// Each arm, the control first.
    arms: Vec<ArmResult>,
    /// Each variant against the control.
    comparisons: Vec<Comparison>,
    /// Whether visitors are spread as planned.
    mismatch: Mismatch,
}

/// What the counts of the arms, the control's first, say.
pub fn conclude(definition: &Definition, totals: &[ArmTotals]) -> Conclusions {
    let arms =
        definition.arms.iter().zip(totals).map(|(arm, totals)| arm_result(definition, &arm.name, totals));
    Conclusions {
        arms: arms.collect(),
        comparisons: (1..totals.len()).filter_map(|arm| compare(definition, totals, arm)).collect(),
        mismatch: mismatch(definition, totals),
    }
}

fn arm_result(definition: &Definition, name: &str, totals: &ArmTotals) -> ArmResult {
    ArmResult {
        name: name.into(),
        visitors: totals.visitors,
        searches: totals.searches,
        zero_result: totals.zero_result,
        no_good_match: totals.no_good_match,
        clicked: totals.clicked,
        carted: totals.carted,
        purchased: totals.purchased,
        share: totals.sample(definition.metric).share(),
        p95_ms: totals.latency_bucket(SLOW).map(middle),
    }
}

fn mismatch(definition: &Definition, totals: &[ArmTotals]) -> Mismatch {
    // Of a merged list every visitor is in both arms.
    let probability = match definition.interleaved {
        true => 1.0,
        false => {
            let arms = definition.arms.iter().zip(totals);
            let arms: Vec<_> = arms.map(|(arm, totals)| (totals.visitors, f64::from(arm.share))).collect();
            statistics::mismatch(&arms)
        }
    };
    Mismatch { probability, is_mismatch: probability < MISMATCH }
}

fn compare(definition: &Definition, totals: &[ArmTotals], arm: usize) -> Option<Comparison> {
    let (control, variant) = (totals.first()?, totals.get(arm)?);
    let planned = definition.needed().unwrap_or(1);
    let interval = match definition.interleaved {
        true => Sequence::new(definition.alpha(), planned)
            .preference(variant.searches, [control.clicked, variant.clicked]),
        false => Sequence::new(definition.alpha(), 2 * planned)
            .difference(control.sample(definition.metric), variant.sample(definition.metric)),
    };
    let verdict = match interval {
        Some(interval) if interval.is_above() => Verdict::Better,
        Some(interval) if interval.is_below() => Verdict::Worse,
        _ => Verdict::Open,
    };
    let guards = if definition.interleaved { Vec::new() } else { guards(control, variant, planned) };
    Some(Comparison { arm: u32::try_from(arm).ok()?, interval: interval.map(shown), verdict, guards })
}

fn guards(control: &ArmTotals, variant: &ArmTotals, planned: u64) -> Vec<Guard> {
    let guard = |name, control: Sample, variant: Sample| {
        let interval = Sequence::new(ALPHA, 2 * planned).difference(control, variant);
        let verdict = match interval {
            Some(interval) if interval.is_above() => Verdict::Worse,
            Some(interval) if interval.is_below() => Verdict::Better,
            _ => Verdict::Open,
        };
        let (control, variant) = (control.share(), variant.share());
        Guard { name, control, variant, interval: interval.map(shown), verdict }
    };
    let mut guards = vec![
        guard(GuardName::ZeroResult, control.without_hit(), variant.without_hit()),
        guard(GuardName::Abandonment, control.abandoned(), variant.abandoned()),
    ];
    if let Some(slow) = control.latency_bucket(SLOW) {
        guards.push(guard(GuardName::Latency, control.slower_than(slow), variant.slower_than(slow)));
    }
    guards
}

fn shown(interval: statistics::Interval) -> Interval {
    Interval { difference: interval.difference, low: interval.low, high: interval.high }
}

#[cfg(test)]
mod tests {
    use knytt_engine::Weights;

    use super::*;
    use crate::experiments::definition::{Arm, Metric};

    fn definition(interleaved: bool) -> Definition {
        let arm = |name: &str, weights| Arm { name: name.into(), share: 5_000, weights, rules: None };
        Definition {
            metric: Metric::Clicked,
            interleaved,
            arms: vec![arm("now", None), arm("words", Some(Weights::USUAL))],
            baseline: 0.3,
            lift: 0.1,
            power: 0.8,
            days: None,
        }
    }

    fn totals(searches: u64, clicked: u64, slow: i64) -> ArmTotals {
        let latency = vec![(100, 9_500 - slow), (200, 500 + slow)];
        ArmTotals { searches, clicked, visitors: searches / 2, latency, ..ArmTotals::default() }
    }

    #[test]
    fn a_better_variant_is_called_better_and_what_it_costs_is_said() {
        let found = conclude(&definition(false), &[totals(10_000, 3_000, 0), totals(10_000, 3_600, 900)]);
        let [comparison] = found.comparisons.as_slice() else { panic!("{found:?}") };
        assert_eq!((comparison.arm, comparison.verdict), (1, Verdict::Better));
        let verdicts: Vec<_> = comparison.guards.iter().map(|guard| (guard.name, guard.verdict)).collect();
        assert_eq!(
            verdicts,
            [
                (GuardName::ZeroResult, Verdict::Open),
                (GuardName::Abandonment, Verdict::Better),
                (GuardName::Latency, Verdict::Worse)
            ]
        );
        assert!(!found.mismatch.is_mismatch);
        let worse = conclude(&definition(false), &[totals(10_000, 3_600, 0), totals(10_000, 3_000, 0)]);
        assert_eq!(worse.comparisons[0].verdict, Verdict::Worse);
    }

    #[test]
    fn uneven_visitors_are_said_unless_all_are_in_both_arms() {
        let uneven = [totals(10_400, 3_000, 0), totals(9_600, 3_000, 0)];
        assert!(conclude(&definition(false), &uneven).mismatch.is_mismatch);
        assert!(!conclude(&definition(true), &uneven).mismatch.is_mismatch);
    }

    #[test]
    fn of_a_merged_list_choices_decide() {
        let of = |control, variant| {
            let totals = [totals(20_000, control, 0), totals(20_000, variant, 0)];
            let found = conclude(&definition(true), &totals);
            assert_eq!(found.comparisons[0].guards, []);
            found.comparisons[0].verdict
        };
        assert_eq!(of(3_000, 3_600), Verdict::Better);
        assert_eq!(of(3_600, 3_000), Verdict::Worse);
        assert_eq!(of(3_000, 3_020), Verdict::Open);
    }

    #[test]
    fn nothing_is_concluded_from_nothing() {
        let found = conclude(&definition(false), &[ArmTotals::default(), ArmTotals::default()]);
        assert_eq!(found.comparisons[0].verdict, Verdict::Open);
        assert_eq!((found.comparisons[0].interval, found.arms[0].p95_ms), (None, None));
        assert!(!found.mismatch.is_mismatch);
    }
}

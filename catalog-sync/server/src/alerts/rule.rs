//! A rule: what is looked at, and from when on it is an alert.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertMetric)]
pub enum Metric {
    /// The 99th percentile of the time of an answer, in milliseconds.
    LatencyP99,
    /// The share of answers of the search that were 5xx.
    Failures,
    /// The share of searches that led to a product.
    ClickThrough,
    /// The share of searches without a hit.
    ZeroResults,
    /// Days until devices no longer accept what is published.
    Signatures,
    /// Jobs whose last run of their kind failed.
    FailedJob,
    /// Minutes since a kiosk's last heartbeat.
    Kiosk,
    /// The population stability index of how near the best hits of yesterday and today are, against the week before, by
    /// way in.
    Drift,
    /// The squared maximum mean discrepancy of the embeddings of what was asked yesterday and today, against the week
    /// before, by words and pictures.
    Embeddings,
    /// Minutes since something looked for feeds that are due.
    Scheduler,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::LatencyP99,
        Self::Failures,
        Self::ClickThrough,
        Self::ZeroResults,
        Self::Signatures,
        Self::FailedJob,
        Self::Kiosk,
        Self::Drift,
        Self::Embeddings,
        Self::Scheduler,
    ];

    /// The comparisons that make sense of it; the first is that of the default rule.
    pub fn comparisons(self) -> &'static [Comparison] {
        match self {
            Self::LatencyP99 | Self::Failures | Self::Drift | Self::Embeddings => &[Comparison::Above],
            Self::ClickThrough => &[Comparison::ChanceBelow],
            Self::ZeroResults => &[Comparison::ChanceAbove, Comparison::Above],
            Self::Signatures => &[Comparison::Below],
            Self::FailedJob | Self::Kiosk | Self::Scheduler => &[Comparison::Above],
        }
    }

    /// The name in the database and in `/metrics`, which is that of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::LatencyP99 => "latencyP99",
            Self::Failures => "failures",
            Self::ClickThrough => "clickThrough",
            Self::ZeroResults => "zeroResults",
            Self::Signatures => "signatures",
            Self::FailedJob => "failedJob",
            Self::Kiosk => "kiosk",
            Self::Drift => "drift",
            Self::Embeddings => "embeddings",
            Self::Scheduler => "scheduler",
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Metric {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|metric| metric.name() == text);
        known.ok_or_else(|| format!("{text:?} is no metric of alerts"))
    }
}

/// What is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertComparison)]
pub enum Comparison {
    /// The value is greater. Of a share and of a quantile, by more than the number of answers leaves to chance.
    Above,
    /// The value is less.
    Below,
    /// The share is greater than in the same hours of the same weekdays of four weeks, by more than chance explains. The
    /// threshold is how many false alarms a year are borne.
    ChanceAbove,
    /// The share is less than there, by more than chance explains.
    ChanceBelow,
}

impl Comparison {
    const ALL: [Self; 4] = [Self::Above, Self::Below, Self::ChanceAbove, Self::ChanceBelow];

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
            Self::ChanceAbove => "chanceAbove",
            Self::ChanceBelow => "chanceBelow",
        }
    }

    /// Whether the threshold is a number of false alarms.
    pub fn is_of_chance(self) -> bool {
        matches!(self, Self::ChanceAbove | Self::ChanceBelow)
    }
}

impl FromStr for Comparison {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|comparison| comparison.name() == text);
        known.ok_or_else(|| format!("{text:?} is no comparison of alerts"))
    }
}

/// From when on something is an alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertTerms)]
pub struct Terms {
    /// The catalogue; empty for the server and for each catalogue without a rule of its own for the metric.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub catalog: String,
    /// What is looked at.
    pub metric: Metric,
    /// What is compared.
    pub comparison: Comparison,
    /// In the metric's unit; with `chanceAbove` and `chanceBelow`, false alarms a year.
    #[schema(minimum = 0)]
    pub threshold: f64,
    /// Over how many minutes, or for how long what happened counts.
    #[schema(minimum = 1, maximum = 43_200)]
    pub window_minutes: i64,
    /// Answers or searches that there must be in the window.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub minimum: i64,
    /// Whether it is evaluated.
    pub enabled: bool,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertRule)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// From when on it is an alert.
    #[serde(flatten)]
    pub terms: Terms,
    /// Who made or changed it: an account's id, `key:` and an API key's id, or `default`.
    pub actor: String,
    /// When, in milliseconds since 1970.
    pub made_ms: i64,
}

impl Rule {
    /// The columns that [`Self::of`] reads.
    pub(super) const COLUMNS: &str =
        "id, catalog, metric, comparison, threshold, window_minutes, minimum, enabled, actor, made_ms";

    pub(super) fn of(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let text = |at: usize| row.try_get::<String, _>(at);
        let decode = |error: String| sqlx::Error::Decode(error.into());
        Ok(Self {
            id: text(0)?,
            terms: Terms {
                catalog: text(1)?,
                metric: text(2)?.parse().map_err(decode)?,
                comparison: text(3)?.parse().map_err(decode)?,
                threshold: row.try_get(4)?,
                window_minutes: row.try_get(5)?,
                minimum: row.try_get(6)?,
                enabled: row.try_get::<i64, _>(7)? != 0,
            },
            actor: text(8)?,
            made_ms: row.try_get(9)?,
        })
    }
}

impl Terms {
    /// The rule that every server begins with.
    pub fn usual(metric: Metric) -> Self {
        let (threshold, window_minutes, minimum) = match metric {
            Metric::LatencyP99 => (300.0, 5, 100),
            Metric::Failures => (0.01, 5, 100),
            Metric::ClickThrough | Metric::ZeroResults => (1.0, 180, 150),
            Metric::Signatures => (2.0, 43_200, 0),
            Metric::FailedJob => (0.0, 1_440, 0),
            Metric::Kiosk => (10.0, 10_080, 0),
            Metric::Drift => (0.25, 2_880, 500),
            Metric::Embeddings => (0.02, 2_880, 500),
            Metric::Scheduler => (2.0, 1_440, 0),
        };
        let comparison = metric.comparisons()[0];
        let catalog = String::new();
        Self { catalog, metric, comparison, threshold, window_minutes, minimum, enabled: true }
    }

    /// What is wrong with it, if anything is.
    pub fn fault(&self) -> Option<&'static str> {
        if !self.metric.comparisons().contains(&self.comparison) {
            return Some("comparison: this metric is not compared so");
        }
        if !self.threshold.is_finite() || self.threshold < 0.0 {
            return Some("threshold: 0 or more");
        }
        if self.comparison.is_of_chance() && !(0.01..=1_000.0).contains(&self.threshold) {
            return Some("threshold: from 0.01 to 1000 false alarms a year");
        }
        if !(1..=43_200).contains(&self.window_minutes) {
            return Some("windowMinutes: from 1 to 43200");
        }
        let is_of_minutes = matches!(self.metric, Metric::LatencyP99 | Metric::Failures);
        if (is_of_minutes || self.comparison.is_of_chance() || self.metric == Metric::ZeroResults)
            && self.window_minutes > super::recent::KEPT_MINUTES
        {
            return Some("windowMinutes: at most a day");
        }
        if !(0..=1_000_000_000).contains(&self.minimum) {
            return Some("minimum: from 0 to 1000000000");
        }
        let is_of_server = matches!(self.metric, Metric::Kiosk | Metric::Scheduler);
        if is_of_server && !self.catalog.is_empty() {
            return Some("catalog: this metric is of the server");
        }
        (self.catalog.len() > 200 || self.catalog.contains('\0')).then_some("catalog: at most 200 letters")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_rules_are_fit_and_their_names_are_read_again() {
        for metric in Metric::ALL {
            assert_eq!(Terms::usual(metric).fault(), None, "{metric}");
            assert_eq!(metric.name().parse(), Ok(metric));
            assert_eq!(serde_json::to_value(metric).unwrap(), metric.name());
            for comparison in metric.comparisons() {
                assert_eq!(comparison.name().parse(), Ok(*comparison));
                assert_eq!(serde_json::to_value(comparison).unwrap(), comparison.name());
            }
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let usual = Terms::usual(Metric::LatencyP99);
        for terms in [
            Terms { comparison: Comparison::ChanceBelow, ..usual.clone() },
            Terms { threshold: f64::NAN, ..usual.clone() },
            Terms { threshold: -1.0, ..usual.clone() },
            Terms { window_minutes: 0, ..usual.clone() },
            Terms { window_minutes: 2_000, ..usual.clone() },
            Terms { minimum: -1, ..usual },
            Terms { threshold: 0.0, ..Terms::usual(Metric::ClickThrough) },
            Terms { catalog: "shop".into(), ..Terms::usual(Metric::Kiosk) },
        ] {
            assert!(terms.fault().is_some(), "{terms:?}");
        }
    }
}

//! What an experiment is, as it is stored.

use knytt_engine::{Experiment, ExperimentArm, InvalidExperiment, Merchandising, Weights};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::statistics::{Plan, searches_a_side, searches_interleaved};

/// How probable it is that an experiment without any difference finds one.
pub const ALPHA: f64 = 0.05;

const DAY_MS: i64 = 86_400_000;

/// What a search is to lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ExperimentMetric)]
pub enum Metric {
    /// A product.
    #[default]
    Clicked,
    /// A basket.
    Carted,
    /// A purchase.
    Purchased,
}

/// The arms, and what is to be seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    pub metric: Metric,
    pub interleaved: bool,
    pub arms: Vec<Arm>,
    /// The share of searches that lead where they should, before the start.
    pub baseline: f64,
    /// The change to be seen, relative to it.
    pub lift: f64,
    /// How probable it is to be seen, if it is there.
    pub power: f64,
    /// After how many days it ends by itself.
    pub days: Option<u32>,
}

/// An arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Arm {
    pub name: String,
    /// Of 10,000 buckets of visitors.
    pub share: u32,
    pub weights: Option<Weights>,
    pub rules: Option<Merchandising>,
}

impl Definition {
    /// How probable it may be that one comparison finds a difference where none is: all of them share [`ALPHA`].
    pub fn alpha(&self) -> f64 {
        ALPHA / (self.arms.len().max(2) - 1) as f64
    }

    /// The searches that each arm needs, or that a merged list needs in all.
    pub fn needed(&self) -> Option<u64> {
        let plan = Plan { baseline: self.baseline, lift: self.lift, power: self.power, alpha: self.alpha() };
        if self.interleaved { searches_interleaved(&plan) } else { searches_a_side(&plan) }
    }

    /// When it ends by itself, if it was started then.
    pub fn until_ms(&self, started_ms: i64) -> Option<i64> {
        self.days.map(|days| started_ms + i64::from(days) * DAY_MS)
    }

    /// The document that searches obey.
    ///
    /// # Errors
    /// Something is out of its bounds.
    pub fn document(&self, id: &str, secret: &str, started_ms: i64) -> Result<Experiment, InvalidExperiment> {
        let arm =
            |arm: &Arm| ExperimentArm { share: arm.share, weights: arm.weights, rules: arm.rules.clone() };
        let document = Experiment {
            version: Experiment::VERSION,
            id: id.into(),
            key: secret.into(),
            interleaved: self.interleaved,
            arms: self.arms.iter().map(arm).collect(),
            from_ms: started_ms,
            until_ms: self.until_ms(started_ms),
        };
        document.check()?;
        Ok(document)
    }
}

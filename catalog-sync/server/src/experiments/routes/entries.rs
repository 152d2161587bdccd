//! An experiment, as it is shown.

use knytt_engine::Weights;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::experiments::definition::Metric;
use crate::experiments::rows::{self, State, Stored};
use crate::http::refusal::Refusal;
use crate::merchandising::expect_catalog;

/// An arm.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExperimentArm)]
pub struct ArmEntry {
    /// Its name.
    name: String,
    /// Of 10,000 buckets of visitors.
    share: u32,
    /// How it ranks, if otherwise than all.
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<Weights>,
    /// Whether it obeys rules and synonyms of its own.
    has_rules: bool,
}

/// An experiment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Experiment)]
pub struct ExperimentEntry {
    /// Its id; events name it.
    id: String,
    /// Its name.
    name: String,
    /// What has been done with it.
    state: State,
    /// Who made it.
    author: String,
    /// When, in milliseconds since 1970.
    created_ms: i64,
    /// When it was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_ms: Option<i64>,
    /// When it ended, or will end by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_ms: Option<i64>,
    /// The number of the arm that became the setting of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipped: Option<i64>,
    /// What a search is to lead to.
    metric: Metric,
    /// Whether two rankings are merged into one list, in place of an arm for each visitor.
    interleaved: bool,
    /// The control, then the variants.
    arms: Vec<ArmEntry>,
    /// The share of searches that lead where they should, when it was planned.
    baseline: f64,
    /// The change to be seen, relative to it.
    lift: f64,
    /// How probable it is to be seen, if it is there.
    power: f64,
    /// The searches that each arm needs for that; in a merged list, all of them.
    needed: u64,
}

impl From<&Stored> for ExperimentEntry {
    fn from(stored: &Stored) -> Self {
        let definition = &stored.definition;
        let known = |ms: i64| (ms > 0).then_some(ms);
        let until = known(stored.started_ms).and_then(|started| definition.until_ms(started));
        let arm = |arm: &crate::experiments::definition::Arm| ArmEntry {
            name: arm.name.clone(),
            share: arm.share,
            weights: arm.weights,
            has_rules: arm.rules.is_some(),
        };
        Self {
            id: stored.id.clone(),
            name: stored.name.clone(),
            state: stored.state,
            author: stored.author.clone(),
            created_ms: stored.created_ms,
            started_ms: known(stored.started_ms),
            ended_ms: known(stored.ended_ms).or(until),
            shipped: (stored.shipped >= 0).then_some(stored.shipped),
            metric: definition.metric,
            interleaved: definition.interleaved,
            arms: definition.arms.iter().map(arm).collect(),
            baseline: definition.baseline,
            lift: definition.lift,
            power: definition.power,
            needed: definition.needed().unwrap_or_default(),
        }
    }
}

/// The experiment of this id.
///
/// # Errors
/// 404 if the catalogue has none.
pub async fn found(app: &App, catalog: &str, id: &str) -> Result<Stored, Refusal> {
    expect_catalog(app, catalog).await?;
    rows::get(&app.db, catalog, id).await?.ok_or_else(Refusal::not_found)
}

/// It cannot be done with an experiment of this state.
pub fn wrong_state(detail: &str) -> Refusal {
    Refusal::new(409, "experiment_state", "The experiment is not in the right state").detail(detail)
}

//! How many searches an experiment would need.

use axum::Json;
use axum::extract::{Path, State};
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::make::check_plan;
use crate::app::App;
use crate::experiments::baseline;
use crate::experiments::definition::{Arm, Definition, Metric};
use crate::http::extract::Query;
use crate::http::refusal::Refusal;
use crate::merchandising::expect_catalog;

/// What is to be seen, and by how many.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PowerQuery {
    /// What a search is to lead to: `clicked` (a product) if absent, `carted`, `purchased`.
    #[serde(default)]
    #[param(inline)]
    metric: Metric,
    /// The share of searches that lead where they should; that of the last 28 days if absent.
    #[param(minimum = 0, maximum = 1)]
    baseline: Option<f64>,
    /// The change to be seen, relative to it.
    #[param(minimum = 0.001, maximum = 10)]
    lift: f64,
    /// How probable it is to be seen, if it is there; 0.8 if absent.
    #[param(minimum = 0.5, maximum = 0.99)]
    power: Option<f64>,
    /// Variants beside the control; 1 if absent.
    #[param(minimum = 1, maximum = 4)]
    variants: Option<u32>,
    /// Whether two rankings are merged into one list.
    #[serde(default)]
    interleaved: bool,
    /// The smallest share of the arms, of 10,000 buckets of visitors; 5,000 if absent.
    #[param(minimum = 1, maximum = 10000)]
    share: Option<u32>,
}

/// What an experiment would need.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExperimentPower)]
pub struct Power {
    /// The share of searches that lead where they should.
    baseline: f64,
    /// The searches that this share was counted of; 0 if it was said.
    counted: u64,
    /// The searches that each arm needs; in a merged list, all of them.
    needed: u64,
    /// Searches a day in the last 28 days.
    searches_a_day: f64,
    /// Days that this takes; absent where nobody searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u64>,
}

/// How many searches an experiment would need
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}/experiments/power",
    operation_id = "experiment_power",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id"), PowerQuery),
    responses(
        (status = 200, description = "Searches, and how long they take to come", body = Power),
        (status = 400, description = "`bad_request`, `bad_query`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 422, description = "`experiment_refused`: something is out of its bounds; the detail names it", body = Problem),
    )
)]
pub async fn power(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<PowerQuery>,
) -> Result<Json<Power>, Refusal> {
    expect_catalog(&app, &id).await?;
    let lately = baseline::lately(&app.db, &id, asked.metric).await?;
    let arms = 1 + asked.variants.unwrap_or(1).clamp(1, 4) as usize;
    let arm = Arm { name: String::new(), share: 1, weights: None, rules: None };
    let definition = Definition {
        metric: asked.metric,
        interleaved: asked.interleaved,
        arms: vec![arm; arms],
        baseline: asked.baseline.unwrap_or_else(|| lately.share()),
        lift: asked.lift,
        power: asked.power.unwrap_or(0.8),
        days: None,
    };
    check_plan(&definition)?;
    let needed = definition.needed().unwrap_or_default();
    let searches_a_day = lately.searches as f64 / baseline::DAYS as f64;
    let share = f64::from(asked.share.unwrap_or(5_000).clamp(1, 10_000)) / 10_000.0;
    // Of a merged list, both arms' visitors see it.
    let of_arm = searches_a_day * if asked.interleaved { (2.0 * share).min(1.0) } else { share };
    let days = (of_arm > 0.0).then(|| (needed as f64 / of_arm).ceil() as u64);
    let counted = if asked.baseline.is_some() { 0 } else { lately.searches };
    Ok(Json(Power { baseline: definition.baseline, counted, needed, searches_a_day, days }))
}

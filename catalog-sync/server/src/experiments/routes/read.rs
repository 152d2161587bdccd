//! The list, and what came of one.

use axum::Json;
use axum::extract::{Path, State};
use knytt_wire::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::entries::{ExperimentEntry, found};
use crate::app::App;
use crate::experiments::results::{Conclusions, conclude};
use crate::experiments::{counts, rows};
use crate::http::refusal::Refusal;
use crate::merchandising::expect_catalog;

/// An experiment and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExperimentResults)]
pub struct Results {
    /// The experiment.
    experiment: ExperimentEntry,
    /// What was counted, and what may be concluded.
    #[serde(flatten)]
    conclusions: Conclusions,
}

/// The experiments of a catalogue, the newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}/experiments",
    operation_id = "experiments",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    responses(
        (status = 200, description = "At most 100", body = [ExperimentEntry]),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn experiments(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Vec<ExperimentEntry>>, Refusal> {
    expect_catalog(&app, &id).await?;
    let all = rows::list(&app.db, &id).await?;
    Ok(Json(all.iter().map(ExperimentEntry::from).collect()))
}

/// What came of an experiment
///
/// Its intervals hold at all times at once: it may be looked at as often as anybody likes, and stopped at any time.
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}/experiments/{experiment}",
    operation_id = "experiment_results",
    tag = "admin",
    params(
        ("id" = String, Path, description = "The catalogue's id"),
        ("experiment" = String, Path, description = "The experiment's id"),
    ),
    responses(
        (status = 200, description = "The counts of each arm, intervals, and what must not become worse", body = Results),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`: no such catalogue, or no such experiment", body = Problem),
    )
)]
pub async fn results(
    State(app): State<App>,
    Path((id, experiment)): Path<(String, String)>,
) -> Result<Json<Results>, Refusal> {
    let stored = found(&app, &id, &experiment).await?;
    let totals = counts::totals(&app.db, &stored.id, stored.definition.arms.len()).await?;
    let conclusions = conclude(&stored.definition, &totals);
    Ok(Json(Results { experiment: ExperimentEntry::from(&stored), conclusions }))
}

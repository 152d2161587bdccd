//! Starting, stopping, and making an arm the setting of all.

use axum::Json;
use axum::extract::{Path, State};
use knytt_wire::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::entries::{ExperimentEntry, found, wrong_state};
use crate::accounts::{Body, Caller, note, now_ms};
use crate::app::App;
use crate::experiments::rows::{self, Started};
use crate::experiments::{live, ranking};
use crate::http::refusal::Refusal;
use crate::merchandising::{self, NewVersion, add_version};

/// An arm to make the setting of all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShipArm {
    /// The number of a variant among the arms, from 1.
    #[schema(minimum = 1, maximum = 4)]
    arm: u32,
}

/// Start an experiment
///
/// Every replica has searches take part within five seconds.
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/experiments/{experiment}/start",
    operation_id = "start_experiment",
    tag = "admin",
    params(
        ("id" = String, Path, description = "The catalogue's id"),
        ("experiment" = String, Path, description = "The experiment's id"),
    ),
    responses(
        (status = 200, description = "It runs", body = ExperimentEntry),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`: no such catalogue, or no such experiment", body = Problem),
        (status = 409, description = "`experiment_state`: it was started before; `another_runs`", body = Problem),
    )
)]
pub async fn start(
    State(app): State<App>,
    caller: Caller,
    Path((id, experiment)): Path<(String, String)>,
) -> Result<Json<ExperimentEntry>, Refusal> {
    found(&app, &id, &experiment).await?;
    match rows::start(&app.db, &id, &experiment).await? {
        Started::Now => {}
        Started::NoDraft => return Err(wrong_state("it was started before")),
        Started::AnotherRuns => {
            return Err(Refusal::new(409, "another_runs", "Another experiment runs")
                .detail("searches of a catalogue take part in one at a time; stop that one first"));
        }
    }
    obeyed(&app, &caller, "experiment.start", &id, &experiment).await
}

/// Stop an experiment
///
/// All search as before. What came of it stays.
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/experiments/{experiment}/stop",
    operation_id = "stop_experiment",
    tag = "admin",
    params(
        ("id" = String, Path, description = "The catalogue's id"),
        ("experiment" = String, Path, description = "The experiment's id"),
    ),
    responses(
        (status = 200, description = "It has ended", body = ExperimentEntry),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`: no such catalogue, or no such experiment", body = Problem),
        (status = 409, description = "`experiment_state`: it does not run", body = Problem),
    )
)]
pub async fn stop(
    State(app): State<App>,
    caller: Caller,
    Path((id, experiment)): Path<(String, String)>,
) -> Result<Json<ExperimentEntry>, Refusal> {
    found(&app, &id, &experiment).await?;
    if !rows::stop(&app.db, &experiment, now_ms()).await? {
        return Err(wrong_state("it does not run"));
    }
    obeyed(&app, &caller, "experiment.stop", &id, &experiment).await
}

/// Make a variant the setting of all
///
/// Its weights and its rules become new versions, which every replica obeys within five seconds and the next release
/// has. The experiment ends.
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/experiments/{experiment}/ship",
    operation_id = "ship_experiment",
    tag = "admin",
    params(
        ("id" = String, Path, description = "The catalogue's id"),
        ("experiment" = String, Path, description = "The experiment's id"),
    ),
    request_body = ShipArm,
    responses(
        (status = 200, description = "All search with it", body = ExperimentEntry),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`: no such catalogue, experiment, or variant", body = Problem),
        (status = 409, description = "`experiment_state`: it was not started, or an arm was shipped before; `busy`: another version came at the same moment", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
    )
)]
pub async fn ship(
    State(app): State<App>,
    caller: Caller,
    Path((id, experiment)): Path<(String, String)>,
    Body(asked): Body<ShipArm>,
) -> Result<Json<ExperimentEntry>, Refusal> {
    let stored = found(&app, &id, &experiment).await?;
    let arm = stored.definition.arms.get(asked.arm as usize).filter(|_| asked.arm > 0);
    let arm = arm.ok_or_else(Refusal::not_found)?;
    let (actor, why) = (caller.actor(), format!("{}: {}", stored.name, arm.name));
    let busy = || Refusal::new(409, "busy", "Another version came at the same moment");
    let mut tx = app.db.begin().await?;
    if !rows::ship(&mut tx, &id, &experiment, i64::from(asked.arm)).await? {
        tx.rollback().await?;
        return Err(wrong_state("it was not started, or an arm was shipped before"));
    }
    if let Some(weights) = &arm.weights
        && ranking::add(&mut tx, &id, weights, &actor, &why).await?.is_none()
    {
        tx.rollback().await?;
        return Err(busy());
    }
    if let Some(rules) = &arm.rules {
        let document = serde_json::to_string(rules).map_err(Refusal::internal)?;
        let new = NewVersion { catalog: &id, document: &document, author: &actor, note: &why, of_number: 0 };
        if add_version(&mut tx, &new).await?.is_none() {
            tx.rollback().await?;
            return Err(busy());
        }
    }
    tx.commit().await?;
    merchandising::refresh(&app.db, &app.search.catalogs).await?;
    obeyed(&app, &caller, "experiment.ship", &id, &experiment).await
}

/// The experiment, once this replica obeys what became of it.
async fn obeyed(
    app: &App,
    caller: &Caller,
    action: &str,
    id: &str,
    experiment: &str,
) -> Result<Json<ExperimentEntry>, Refusal> {
    note(&app.db, &caller.actor(), action, id, experiment).await?;
    live::refresh(&app.db, &app.search.catalogs).await?;
    Ok(Json(ExperimentEntry::from(&found(app, id, experiment).await?)))
}

//! Which alerts there are, and who acknowledged them.

use axum::Json;
use axum::extract::{Path, State};
use knytt_wire::Problem;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::is_plain;
use crate::accounts::{Body, Caller, note, now_ms, problem};
use crate::alerts::alert::Alert;
use crate::alerts::store;
use crate::app::App;
use crate::http::extract::Query;
use crate::http::refusal::Refusal;
use crate::http::refusals::{BodyRefusals, ChangeRefusals, NotFound, ReadRefusals};

/// Alerts of an answer.
const PAGE: u32 = 50;

/// The longest note, in bytes.
const LONGEST_NOTE: usize = 1_000;

/// Which alerts are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AlertsQuery {
    /// Only those that are open.
    #[serde(default)]
    open: bool,
    /// Only those that are older than the alert of this id.
    #[param(max_length = 100)]
    after: Option<String>,
}

/// What somebody says who acknowledges an alert.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledgement {
    /// A note for the others.
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
}

/// Alerts, the newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/alerts",
    operation_id = "alerts",
    tag = "admin",
    params(AlertsQuery),
    responses(
        (status = 200, description = "At most 50", body = [Alert]),
        (status = 400, description = "`bad_request`, `bad_query`", body = Problem),
        ReadRefusals,
    )
)]
pub async fn alerts(
    State(app): State<App>,
    Query(query): Query<AlertsQuery>,
) -> Result<Json<Vec<Alert>>, Refusal> {
    if !query.after.as_deref().is_none_or(is_plain) {
        return Err(problem::bad_request("after: an id"));
    }
    Ok(Json(store::list(&app.db, query.open, query.after.as_deref(), PAGE).await?))
}

/// Acknowledge an alert
///
/// It stays open until its rule holds again.
#[utoipa::path(
    post,
    path = "/api/v1/admin/alerts/{id}/acknowledge",
    operation_id = "acknowledge_alert",
    tag = "admin",
    params(("id" = String, Path, description = "The alert's id")),
    request_body = Acknowledgement,
    responses(
        (status = 200, description = "The alert", body = Alert),
        (status = 400, description = "`bad_request`", body = Problem),
        ChangeRefusals,
        NotFound,
        (status = 409, description = "`acknowledged`: somebody did before", body = Problem),
        BodyRefusals,
    )
)]
pub async fn acknowledge(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<Acknowledgement>,
) -> Result<Json<Alert>, Refusal> {
    if asked.note.len() > LONGEST_NOTE || asked.note.contains('\0') {
        return Err(problem::bad_request("note: at most 1000 letters"));
    }
    let known = if is_plain(&id) { store::by_id(&app.db, &id).await? } else { None };
    known.ok_or_else(Refusal::not_found)?;
    if !store::acknowledge(&app.db, &id, &caller.actor(), &asked.note, now_ms()).await? {
        return Err(Refusal::new(409, "acknowledged", "Somebody has acknowledged it"));
    }
    note(&app.db, &caller.actor(), "alert.acknowledge", &id, &asked.note).await?;
    store::by_id(&app.db, &id).await?.map(Json).ok_or_else(Refusal::not_found)
}

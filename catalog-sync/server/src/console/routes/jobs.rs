//! Jobs: which there are, how far they are, what they say, and their end.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::accounts::{Caller, note, now_ms, problem};
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::jobs::{self, Job};

/// Jobs of an answer.
const PAGE: u32 = 50;

/// Lines of an answer.
const LINES: u32 = 500;

/// The longest id.
const LONGEST_ID: usize = 100;

/// Which jobs are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobsQuery {
    /// Only those of this catalogue.
    #[param(max_length = 100)]
    catalog: Option<String>,
    /// Only those that are older than the job of this id.
    #[param(max_length = 100)]
    after: Option<String>,
}

/// Which lines are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinesQuery {
    /// Only those after the line of this number.
    #[serde(default)]
    after: i64,
}

/// A line that a job said.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobLine {
    /// Its number.
    n: i64,
    /// When, in milliseconds since 1970.
    at_ms: i64,
    /// The line.
    text: String,
}

/// Jobs, the newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/jobs",
    operation_id = "jobs",
    tag = "admin",
    params(JobsQuery),
    responses(
        (status = 200, description = "At most 50", body = [Job]),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
    )
)]
pub async fn jobs(
    State(app): State<App>,
    query: Result<Query<JobsQuery>, QueryRejection>,
) -> Result<Json<Vec<Job>>, Refusal> {
    let Query(query) = query.map_err(|error| problem::bad_request(error.to_string()))?;
    let fits = |text: &Option<String>| text.as_ref().is_none_or(|text| is_plain(text));
    if !fits(&query.catalog) || !fits(&query.after) {
        return Err(problem::bad_request("catalog, after: an id"));
    }
    let found = jobs::list(&app.db, query.catalog.as_deref(), query.after.as_deref(), PAGE, now_ms()).await?;
    Ok(Json(found))
}

/// One job
#[utoipa::path(
    get,
    path = "/api/v1/admin/jobs/{id}",
    operation_id = "job",
    tag = "admin",
    params(("id" = String, Path, description = "The job's id")),
    responses(
        (status = 200, description = "It", body = Job),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn job(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Job>, Refusal> {
    known(&app, &id).await.map(Json)
}

/// What a job said
#[utoipa::path(
    get,
    path = "/api/v1/admin/jobs/{id}/lines",
    operation_id = "job_lines",
    tag = "admin",
    params(("id" = String, Path, description = "The job's id"), LinesQuery),
    responses(
        (status = 200, description = "At most 500 lines, in their order", body = [JobLine]),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn lines(
    State(app): State<App>,
    Path(id): Path<String>,
    query: Result<Query<LinesQuery>, QueryRejection>,
) -> Result<Json<Vec<JobLine>>, Refusal> {
    let Query(query) = query.map_err(|error| problem::bad_request(error.to_string()))?;
    let job = known(&app, &id).await?;
    let lines = jobs::lines(&app.db, &job.id, query.after, LINES).await?;
    Ok(Json(lines.into_iter().map(|(n, at_ms, text)| JobLine { n, at_ms, text }).collect()))
}

/// End a job that waits or runs
#[utoipa::path(
    post,
    path = "/api/v1/admin/jobs/{id}/cancel",
    operation_id = "cancel_job",
    tag = "admin",
    params(("id" = String, Path, description = "The job's id")),
    responses(
        (status = 202, description = "It ends soon, or has ended now", body = Job),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`has_ended`", body = Problem),
    )
)]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Job>), Refusal> {
    let job = known(&app, &id).await?;
    if !jobs::cancel(&app.db, &job.id, now_ms()).await? {
        return Err(Refusal::new(409, "has_ended", "The job has ended"));
    }
    app.console.recall(&job.id);
    note(&app.db, &caller.actor(), "job.cancel", &job.id, &job.catalog).await?;
    Ok((StatusCode::ACCEPTED, Json(known(&app, &id).await?)))
}

/// The job of this id.
pub async fn known(app: &App, id: &str) -> Result<Job, Refusal> {
    if !is_plain(id) {
        return Err(Refusal::not_found());
    }
    jobs::by_id(&app.db, id, now_ms()).await?.ok_or_else(Refusal::not_found)
}

fn is_plain(id: &str) -> bool {
    id.len() <= LONGEST_ID && !id.contains('\0')
}

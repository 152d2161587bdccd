//! A feed: as a file, or from an address.

use std::io;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use futures::StreamExt as _;
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{at_home, failed};
use crate::accounts::{Body, Caller, note, now_ms, problem};
use crate::app::App;
use crate::console::build::FeedInput;
use crate::console::{fetch, kind, made};
use crate::http::broken;
use crate::http::refusal::Refusal;
use crate::jobs::{self, Job, NewJob};
use crate::search::Unfetched;

/// Jobs of one catalogue that wait at most: each has a feed on the disk.
const WAITING: usize = 4;

/// The most often that a feed is fetched.
const LEAST_MINUTES: u32 = 5;

/// How an uploaded feed is read.
#[derive(Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// Whether much may be deleted that the feed does not have any more.
    pub allow_deletes: bool,
}

/// Where a feed is, and how often it is fetched.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceRequest {
    /// Its address, on one of the hosts of `--feed-hosts`.
    #[schema(max_length = 2000)]
    url: String,
    /// Every so many minutes, 5 or more; 0: only when somebody asks for it.
    #[serde(default)]
    #[schema(maximum = 44640)]
    every_minutes: u32,
}

/// Bring a feed into the catalogue: the body is the file, in any format of docs/feeds.md
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/feed",
    operation_id = "upload_feed",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id"), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 202, description = "The job that reads it", body = Job),
        (status = 400, description = "`bad_request`, `body_incomplete`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 408, description = "`body_too_slow`", body = Problem),
        (status = 409, description = "`too_many`: other feeds of this catalogue wait", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 421, description = "`elsewhere`: another replica has this catalogue; `not_made_here`: it is only searched here", body = Problem),
        (status = 507, description = "`disk_full`", body = Problem),
    )
)]
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    query: Result<Query<UploadQuery>, QueryRejection>,
    request: Request,
) -> Result<(StatusCode, Json<Job>), Refusal> {
    let Query(query) = query.map_err(|error| problem::bad_request(error.to_string()))?;
    let (made, node) = at_home(&app.console, &id).await?;
    check_waiting(&app, &made.id).await?;
    let job = Uuid::now_v7().to_string();
    let path = app.console.folders(&made.id).upload(&job);
    if let Err(refusal) = receive(&app, &path, request).await {
        let _ = fs_err::remove_file(&path);
        return Err(refusal);
    }
    let input = FeedInput { allow_deletes: query.allow_deletes, ..FeedInput::default() };
    let job = NewJob { id: Some(job), ..feed_job(&made.id, &node.name, &caller, &input) };
    add(&app, &caller, job, "uploaded").await
}

/// Fetch the catalogue's feed from its address
#[utoipa::path(
    put,
    path = "/api/v1/admin/catalogs/{id}/source",
    operation_id = "set_feed_source",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = SourceRequest,
    responses(
        (status = 204, description = "It is fetched from there"),
        (status = 400, description = "`bad_request`, `address_refused`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 421, description = "`elsewhere`, `not_made_here`", body = Problem),
    )
)]
pub async fn set_source(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<SourceRequest>,
) -> Result<StatusCode, Refusal> {
    let (made, _) = at_home(&app.console, &id).await?;
    if asked.every_minutes > 0 && !(LEAST_MINUTES..=44_640).contains(&asked.every_minutes) {
        return Err(problem::bad_request("everyMinutes: 0, or 5 to 44640"));
    }
    fetch::remote(&app.console).check(&asked.url).map_err(|error| {
        let why = match error {
            Unfetched::Refused(why) => why.to_owned(),
            Unfetched::Away(why) => why,
        };
        Refusal::new(400, "address_refused", "The feed's address is refused").detail(format!("url: {why}"))
    })?;
    let minutes = i64::from(asked.every_minutes);
    made::set_source(&app.db, &made.id, &asked.url, minutes, now_ms()).await?;
    note(&app.db, &caller.actor(), "catalog.source", &made.id, &asked.url).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Fetch the catalogue's feed no more
#[utoipa::path(
    delete,
    path = "/api/v1/admin/catalogs/{id}/source",
    operation_id = "remove_feed_source",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    responses(
        (status = 204, description = "It is not fetched"),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 421, description = "`elsewhere`, `not_made_here`", body = Problem),
    )
)]
pub async fn remove_source(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let (made, _) = at_home(&app.console, &id).await?;
    made::set_source(&app.db, &made.id, "", 0, 0).await?;
    note(&app.db, &caller.actor(), "catalog.source", &made.id, "none").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Fetch the catalogue's feed from its address now, and read it even if it is as before
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/fetch",
    operation_id = "fetch_feed",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id"), UploadQuery),
    responses(
        (status = 202, description = "The job that fetches and reads it", body = Job),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`no_source`: it has no address; `too_many`: other feeds wait", body = Problem),
        (status = 421, description = "`elsewhere`, `not_made_here`", body = Problem),
    )
)]
pub async fn fetch_now(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    query: Result<Query<UploadQuery>, QueryRejection>,
) -> Result<(StatusCode, Json<Job>), Refusal> {
    let Query(query) = query.map_err(|error| problem::bad_request(error.to_string()))?;
    let (made, node) = at_home(&app.console, &id).await?;
    if made.feed_url.is_empty() {
        return Err(Refusal::new(409, "no_source", "The catalogue's feed has no address"));
    }
    check_waiting(&app, &made.id).await?;
    let input = FeedInput { from_address: true, again: true, allow_deletes: query.allow_deletes };
    let job = feed_job(&made.id, &node.name, &caller, &input);
    add(&app, &caller, job, &made.feed_url).await
}

fn feed_job(id: &str, node: &str, caller: &Caller, input: &FeedInput) -> NewJob {
    NewJob {
        id: None,
        kind: kind::FEED,
        catalog: id.into(),
        lane: id.into(),
        node: node.into(),
        actor: caller.actor(),
        input: serde_json::to_value(input).unwrap_or_default(),
    }
}

async fn add(
    app: &App,
    caller: &Caller,
    job: NewJob,
    detail: &str,
) -> Result<(StatusCode, Json<Job>), Refusal> {
    let catalog = job.catalog.clone();
    let id = jobs::add(&app.db, job, now_ms()).await?;
    note(&app.db, &caller.actor(), "catalog.feed", &catalog, detail).await?;
    app.console.workers.wake();
    let job = jobs::by_id(&app.db, &id, now_ms()).await?.ok_or_else(Refusal::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(job)))
}

async fn check_waiting(app: &App, id: &str) -> Result<(), Refusal> {
    let newest = jobs::list(&app.db, Some(id), None, 100, now_ms()).await?;
    let open = newest.iter().filter(|job| job.kind == kind::FEED && !job.state.has_ended()).count();
    match open < WAITING {
        true => Ok(()),
        false => Err(Refusal::new(409, "too_many", "Other feeds of this catalogue wait")
            .detail("wait for their jobs, or cancel them")),
    }
}

/// Writes the body into a file as it comes.
async fn receive(app: &App, path: &std::path::Path, request: Request) -> Result<(), Refusal> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(failed)?;
    }
    let most = app.config.console.feed_bytes;
    let mut file = tokio::fs::File::create(path).await.map_err(failed)?;
    let (mut pieces, mut size) = (request.into_body().into_data_stream(), 0u64);
    let slow = |_| Refusal::new(408, "body_too_slow", "Body too slow");
    while let Some(piece) =
        tokio::time::timeout(app.config.request_timeout, pieces.next()).await.map_err(slow)?
    {
        let piece = piece.map_err(|error| broken(&error))?;
        size += piece.len() as u64;
        if size > most {
            return Err(Refusal::too_large(most));
        }
        file.write_all(&piece).await.map_err(full)?;
    }
    if size == 0 {
        return Err(problem::bad_request("the body is empty: send the feed's file"));
    }
    file.sync_all().await.map_err(full)
}

fn full(error: io::Error) -> Refusal {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Refusal::new(507, "disk_full", "The disk is full")
        }
        _ => failed(error),
    }
}

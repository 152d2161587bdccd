//! Releases: what would change, keys, publishing, and going back.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::catalogs::is_publishing;
use super::{at_home, failed, known};
use crate::accounts::{Body, Caller, note, now_ms, problem};
use crate::app::App;
use crate::console::difference::{self, Difference};
use crate::console::kind;
use crate::console::made::Made;
use crate::console::publish_input::PublishInput;
use crate::console::releases::{self, Release};
use crate::http::refusal::Refusal;
use crate::jobs::{self, Job, NewJob};

/// The shortest passphrase, in letters.
const SHORTEST: usize = 10;

/// A publication to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublishRequest {
    /// What opens the signing keys; not needed where the server has it in a file.
    #[schema(max_length = 200)]
    passphrase: Option<String>,
}

/// A release to go back to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RollbackRequest {
    /// Its number.
    #[schema(minimum = 1)]
    release: i64,
    /// What opens the signing keys; not needed where the server has it in a file.
    #[schema(max_length = 200)]
    passphrase: Option<String>,
}

/// Signing keys to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeysRequest {
    /// What opens them from now on, 10 letters or more; not needed where the server has it in a file.
    #[schema(max_length = 200)]
    passphrase: Option<String>,
}

/// The keys that were made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeysMade {
    /// The SHA-256 of the root of trust, which devices that follow the catalogue know it by.
    root_sha256: String,
}

/// What a publication would change
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}/difference",
    operation_id = "catalog_difference",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    responses(
        (status = 200, description = "What is searched here, compared with the last release", body = Difference),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`nothing_built`", body = Problem),
        (status = 421, description = "`elsewhere`, `not_made_here`", body = Problem),
    )
)]
pub async fn difference(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Difference>, Refusal> {
    let (made, _) = at_home(&app.console, &id).await?;
    check_built(&made)?;
    let folders = app.console.folders(&made.id);
    let last = releases::list(&app.db, &made.id).await?.into_iter().next();
    let release = last.as_ref().map(|last| last.number);
    let (before, now) = (last.map(|last| folders.build(&last.build)), folders.build(&made.build));
    let compare = move || difference::between(before.as_deref().filter(|before| before.exists()), &now);
    let found = spawn_blocking(compare).await.map_err(failed)?.map_err(failed)?;
    Ok(Json(Difference { release, ..found }))
}

/// The catalogue's releases, the newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}/releases",
    operation_id = "catalog_releases",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    responses(
        (status = 200, description = "At most 100", body = [Release]),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 421, description = "`not_made_here`", body = Problem),
    )
)]
pub async fn releases(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Vec<Release>>, Refusal> {
    let made = known(&app.console, &id).await?;
    Ok(Json(releases::list(&app.db, &made.id).await?))
}

/// Make signing keys that lie on this server, locked by a passphrase
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/signing-keys",
    operation_id = "make_signing_keys",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = KeysRequest,
    responses(
        (status = 201, description = "They are here", body = KeysMade),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`already_there`: keys lie here", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 421, description = "`elsewhere`, `not_made_here`", body = Problem),
        (status = 422, description = "`password_refused`: the passphrase is too short", body = Problem),
    )
)]
pub async fn make_keys(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<KeysRequest>,
) -> Result<(StatusCode, Json<KeysMade>), Refusal> {
    let (made, _) = at_home(&app.console, &id).await?;
    let passphrase = passphrase(&app, asked.passphrase)?;
    let keys = app.console.folders(&made.id).keys();
    if keys.exists() {
        return Err(Refusal::new(409, "already_there", "Signing keys lie here"));
    }
    let (program, file) =
        (app.console.program().map_err(failed)?, app.config.console.passphrase_file.clone());
    let root = spawn_blocking(move || init_keys(program, keys, passphrase, file)).await;
    let root = root.map_err(failed)?.map_err(failed)?;
    note(&app.db, &caller.actor(), "catalog.keys", &made.id, &root).await?;
    Ok((StatusCode::CREATED, Json(KeysMade { root_sha256: root })))
}

/// Publish what is searched here, as a job
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/publish",
    operation_id = "publish_catalog",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = PublishRequest,
    responses(
        (status = 202, description = "The job", body = Job),
        (status = 400, description = "`bad_request`: a passphrase is needed", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`nothing_built`, `no_keys`, `in_progress`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 421, description = "`elsewhere`, `not_made_here`", body = Problem),
        (status = 422, description = "`password_refused`: no passphrase is so short", body = Problem),
    )
)]
pub async fn publish(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<PublishRequest>,
) -> Result<(StatusCode, Json<Job>), Refusal> {
    let (made, _) = at_home(&app.console, &id).await?;
    check_built(&made)?;
    let build = made.build.clone();
    add(&app, &caller, &made, PublishInput { build, ..PublishInput::default() }, asked.passphrase).await
}

/// Publish the content of an older release as a new one, as a job
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/rollback",
    operation_id = "roll_back_catalog",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = RollbackRequest,
    responses(
        (status = 202, description = "The job", body = Job),
        (status = 400, description = "`bad_request`: a passphrase is needed", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`: no such catalogue, or its content is not kept any more", body = Problem),
        (status = 409, description = "`nothing_built`, `no_keys`, `in_progress`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 421, description = "`elsewhere`, `not_made_here`", body = Problem),
        (status = 422, description = "`password_refused`: no passphrase is so short", body = Problem),
    )
)]
pub async fn roll_back(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<RollbackRequest>,
) -> Result<(StatusCode, Json<Job>), Refusal> {
    let (made, _) = at_home(&app.console, &id).await?;
    check_built(&made)?;
    let known = releases::list(&app.db, &made.id).await?;
    let release = known.into_iter().find(|release| release.number == asked.release);
    let release = release.filter(|release| app.console.folders(&made.id).build(&release.build).exists());
    let release = release.ok_or_else(Refusal::not_found)?;
    let input =
        PublishInput { build: release.build, of_release: Some(release.number), ..PublishInput::default() };
    add(&app, &caller, &made, input, asked.passphrase).await
}

/// Sign what is published anew, as a job
///
/// Devices accept a release until its signatures end. The server signs anew by itself where the passphrase of the keys
/// stands in a file.
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs/{id}/refresh",
    operation_id = "refresh_catalog",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = PublishRequest,
    responses(
        (status = 202, description = "The job", body = Job),
        (status = 400, description = "`bad_request`: a passphrase is needed", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`: no such catalogue, or nothing is published", body = Problem),
        (status = 409, description = "`no_keys`, `in_progress`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 421, description = "`elsewhere`, `not_made_here`", body = Problem),
        (status = 422, description = "`password_refused`: no passphrase is so short", body = Problem),
    )
)]
pub async fn refresh(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<PublishRequest>,
) -> Result<(StatusCode, Json<Job>), Refusal> {
    let (made, _) = at_home(&app.console, &id).await?;
    if releases::list(&app.db, &made.id).await?.is_empty() {
        return Err(Refusal::not_found());
    }
    let input = PublishInput { refresh: true, ..PublishInput::default() };
    add(&app, &caller, &made, input, asked.passphrase).await
}

/// Makes the job. Its passphrase stays in the memory of this process.
async fn add(
    app: &App,
    caller: &Caller,
    made: &Made,
    mut input: PublishInput,
    asked: Option<String>,
) -> Result<(StatusCode, Json<Job>), Refusal> {
    let given = passphrase(app, asked)?;
    if !app.console.folders(&made.id).keys().exists() {
        return Err(Refusal::new(409, "no_keys", "No signing keys lie here")
            .detail("make them, or publish from where they are with `knytt publish`"));
    }
    if is_publishing(app, &made.id).await? {
        return Err(Refusal::new(409, "in_progress", "A publication is under way"));
    }
    input.has_passphrase = given.is_some();
    let id = uuid::Uuid::now_v7().to_string();
    if let Some(given) = given {
        app.console.remember(&id, given);
    }
    let job = NewJob {
        id: Some(id.clone()),
        kind: match (input.refresh, input.of_release) {
            (true, _) => kind::REFRESH,
            (false, Some(_)) => kind::ROLLBACK,
            (false, None) => kind::PUBLISH,
        },
        catalog: made.id.clone(),
        lane: made.id.clone(),
        node: made.node.clone(),
        actor: caller.actor(),
        input: serde_json::to_value(&input).unwrap_or_default(),
    };
    if let Err(error) = jobs::add(&app.db, job, now_ms()).await {
        app.console.recall(&id);
        return Err(error.into());
    }
    app.console.workers.wake();
    let job = jobs::by_id(&app.db, &id, now_ms()).await?.ok_or_else(Refusal::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(job)))
}

/// The passphrase that was given, or none where the server has one in a file.
fn passphrase(app: &App, asked: Option<String>) -> Result<Option<String>, Refusal> {
    match asked.filter(|asked| !asked.is_empty()) {
        Some(given)
            if given.chars().count() < SHORTEST || given.len() > 200 || given.contains(['\0', '\n']) =>
        {
            Err(problem::passphrase_refused())
        }
        Some(given) => Ok(Some(given)),
        None if app.config.console.passphrase_file.is_some() => Ok(None),
        None => Err(problem::bad_request("passphrase: it is needed to open the signing keys")),
    }
}

fn check_built(made: &Made) -> Result<(), Refusal> {
    match made.build.is_empty() {
        true => Err(Refusal::new(409, "nothing_built", "The catalogue has no product yet")),
        false => Ok(()),
    }
}

/// Runs `knytt key init` into a folder that gets its name once it is whole. Returns the root's SHA-256.
fn init_keys(
    program: PathBuf,
    keys: PathBuf,
    passphrase: Option<String>,
    file: Option<PathBuf>,
) -> std::io::Result<String> {
    let new = keys.with_extension("new");
    if new.exists() {
        fs_err::remove_dir_all(&new)?;
    }
    if let Some(parent) = keys.parent() {
        fs_err::create_dir_all(parent)?;
    }
    let mut command = Command::new(program);
    command.args(["key", "init"]).arg(&new).env("NO_COLOR", "1").stdin(Stdio::null());
    match (passphrase, file) {
        (Some(given), _) => command.env("KNYTT_KEY_PASSPHRASE", given),
        (None, Some(file)) => command.arg("--passphrase-file").arg(file),
        (None, None) => &mut command,
    };
    let done = command.output()?;
    if !done.status.success() {
        return Err(std::io::Error::other(String::from_utf8_lossy(&done.stderr).into_owned()));
    }
    let root = fs_err::read(new.join("1.root.json"))?;
    fs_err::rename(&new, &keys)?;
    use sha2::Digest as _;
    Ok(sha2::Sha256::digest(&root).iter().map(|byte| format!("{byte:02x}")).collect())
}

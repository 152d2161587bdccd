//! Catalogues: which there are, and new ones.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{at_home, is_id, known};
use crate::accounts::{Body, Caller, Role, note, now_ms, problem};
use crate::app::App;
use crate::console::made::{self, FeedOptions, Made};
use crate::console::{kind, releases, signatures};
use crate::http::refusal::Refusal;
use crate::jobs::{self, Job};

/// Where a catalogue is on its way to shoppers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CatalogState {
    /// It has no product yet.
    Empty,
    /// A job is under way.
    Working,
    /// It is searched here, and no release has it.
    Ready,
    /// It is searched here, and the last release is older.
    Changed,
    /// What is searched here is the last release.
    Published,
    /// It is searched here and made elsewhere.
    Searched,
}

/// A catalogue that is searched here.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogEntry {
    /// Its id.
    id: String,
    /// Its release; 0 if it was built where it is searched.
    release: u32,
    /// Products in it.
    products: u32,
    /// Its name for people.
    title: String,
    /// Where it is on its way to shoppers.
    state: CatalogState,
    /// Whether it was made here, so that feeds and publications are taken for it.
    made: bool,
    /// Whether this replica has its files.
    here: bool,
    /// When it was built last, in milliseconds since 1970; 0 before that.
    built_ms: i64,
    /// The last release that was published here; 0 if none was.
    published: i64,
    /// Until when devices accept what is published, in milliseconds since 1970; 0 if nothing is, or that was not looked
    /// at yet.
    accepted_until_ms: i64,
    /// Whether this server signs it anew by itself before that.
    signs_anew: bool,
    /// How its feeds are read.
    options: FeedOptions,
    /// Where its feed is fetched from; absent if it is uploaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<FeedSource>,
    /// Whether signing keys lie here; absent for those who may not publish.
    #[serde(skip_serializing_if = "Option::is_none")]
    has_keys: Option<bool>,
    /// Whether publishing needs a passphrase with the request; absent for those who may not publish.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs_passphrase: Option<bool>,
    /// The newest job.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<Job>,
}

/// Where a feed is fetched from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedSource {
    /// Its address.
    url: String,
    /// How often, in minutes; 0: when somebody asks for it.
    every_minutes: i64,
    /// When it is fetched next, in milliseconds since 1970.
    due_ms: i64,
}

/// A catalogue to make.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCatalog {
    /// Its id: lower-case letters, digits, `-` and `_`, at most 64.
    #[schema(max_length = 64)]
    id: String,
    /// Its name for people.
    #[serde(default)]
    #[schema(max_length = 100)]
    title: String,
    /// How its feeds are read.
    #[serde(default)]
    options: FeedOptions,
}

/// The catalogues that are searched or made here
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs",
    operation_id = "admin_catalogs",
    tag = "admin",
    responses(
        (status = 200, description = "All of them", body = [CatalogEntry]),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
    )
)]
pub async fn catalogs(State(app): State<App>, caller: Caller) -> Result<Json<Vec<CatalogEntry>>, Refusal> {
    let mut entries = Vec::new();
    let made = made::list(&app.db).await?;
    for made in &made {
        entries.push(entry(&app, &caller, made).await?);
    }
    for catalog in app.search.catalogs.all() {
        let summary = catalog.shop.summary();
        if made.iter().all(|made| made.id != summary.id) {
            entries.push(of_elsewhere(summary));
        }
    }
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Json(entries))
}

/// A catalogue that is searched or made here
#[utoipa::path(
    get,
    path = "/api/v1/admin/catalogs/{id}",
    operation_id = "admin_catalog",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    responses(
        (status = 200, description = "It", body = CatalogEntry),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn catalog(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<CatalogEntry>, Refusal> {
    if let Ok(made) = known(&app.console, &id).await {
        return Ok(Json(entry(&app, &caller, &made).await?));
    }
    let searched = app.search.catalogs.all().into_iter().find(|catalog| catalog.summary.id == id);
    let searched = searched.ok_or_else(Refusal::not_found)?;
    Ok(Json(of_elsewhere(searched.shop.summary())))
}

/// Make an empty catalogue
#[utoipa::path(
    post,
    path = "/api/v1/admin/catalogs",
    operation_id = "make_catalog",
    tag = "admin",
    request_body = NewCatalog,
    responses(
        (status = 201, description = "It", body = CatalogEntry),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 409, description = "`already_there`: there is one of this id; `no_workers`: this replica does no jobs", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
    )
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(asked): Body<NewCatalog>,
) -> Result<(StatusCode, Json<CatalogEntry>), Refusal> {
    if !is_id(&asked.id) {
        return Err(problem::bad_request("id: lower-case letters, digits, - and _, at most 64"));
    }
    if asked.title.chars().count() > 100 || asked.title.chars().any(char::is_control) {
        return Err(problem::bad_request("title: at most 100 letters, on one line"));
    }
    check(&asked.options)?;
    let taken = || Refusal::new(409, "already_there", "There is a catalogue of this id");
    let settings = &app.config.search;
    let is_searched = app.search.catalogs.all().iter().any(|catalog| catalog.summary.id == asked.id);
    if is_searched || settings.follow.iter().any(|followed| followed.name == asked.id) {
        return Err(taken());
    }
    let node = app.console.node.as_ref().ok_or_else(|| {
        Refusal::new(409, "no_workers", "This replica does no jobs")
            .detail("another process has the console's folder; ask that one")
    })?;
    let made = Made {
        id: asked.id,
        title: asked.title,
        node: node.name.clone(),
        made_ms: now_ms(),
        options: asked.options,
        ..Made::default()
    };
    if !made::create(&app.db, &made).await? {
        return Err(taken());
    }
    note(&app.db, &caller.actor(), "catalog.create", &made.id, "").await?;
    Ok((StatusCode::CREATED, Json(entry(&app, &caller, &made).await?)))
}

/// Say how the catalogue's feeds are read
#[utoipa::path(
    put,
    path = "/api/v1/admin/catalogs/{id}/options",
    operation_id = "set_feed_options",
    tag = "admin",
    params(("id" = String, Path, description = "The catalogue's id")),
    request_body = FeedOptions,
    responses(
        (status = 204, description = "The next feed is read so"),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 421, description = "`elsewhere`, `not_made_here`", body = Problem),
    )
)]
pub async fn set_options(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<FeedOptions>,
) -> Result<StatusCode, Refusal> {
    let (made, _) = at_home(&app.console, &id).await?;
    check(&asked)?;
    made::set_options(&app.db, &made.id, &asked).await?;
    note(&app.db, &caller.actor(), "catalog.options", &made.id, "").await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check(options: &FeedOptions) -> Result<(), Refusal> {
    let plain = |text: &Option<String>, most: usize| {
        text.as_ref().is_none_or(|text| {
            (1..=most).contains(&text.len())
                && !text.starts_with('-')
                && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
        })
    };
    match (plain(&options.format, 20), plain(&options.currency, 3)) {
        (false, _) => Err(problem::bad_request("options.format: a name of docs/feeds.md, such as shopify")),
        (_, false) => Err(problem::bad_request("options.currency: three letters")),
        _ => Ok(()),
    }
}

fn of_elsewhere(summary: knytt_ui_api::CatalogSummary) -> CatalogEntry {
    CatalogEntry {
        title: summary.id.clone(),
        id: summary.id,
        release: summary.release,
        products: summary.products,
        state: CatalogState::Searched,
        made: false,
        here: true,
        built_ms: 0,
        published: 0,
        accepted_until_ms: 0,
        signs_anew: false,
        options: FeedOptions::default(),
        source: None,
        has_keys: None,
        needs_passphrase: None,
        job: None,
    }
}

async fn entry(app: &App, caller: &Caller, made: &Made) -> Result<CatalogEntry, Refusal> {
    let searched = app.search.catalogs.all().into_iter().find(|catalog| catalog.summary.id == made.id);
    let summary = searched.map(|catalog| catalog.shop.summary());
    let here = app.console.node.as_ref().is_some_and(|node| node.name == made.node);
    let released = releases::list(&app.db, &made.id).await?.into_iter().next();
    let job = jobs::list(&app.db, Some(&made.id), None, 1, now_ms()).await?.into_iter().next();
    let accepted = signatures::known(&app.console, &made.id).await?;
    let publishes = matches!(caller.role(), Some(Role::Publisher | Role::Admin));
    let state = match (&job, &released) {
        (Some(job), _) if !job.state.has_ended() => CatalogState::Working,
        _ if made.build.is_empty() => CatalogState::Empty,
        (_, None) => CatalogState::Ready,
        (_, Some(released)) if released.build == made.build => CatalogState::Published,
        _ => CatalogState::Changed,
    };
    Ok(CatalogEntry {
        id: made.id.clone(),
        release: summary.as_ref().map_or(0, |summary| summary.release),
        products: summary.as_ref().map_or(0, |summary| summary.products),
        title: if made.title.is_empty() { made.id.clone() } else { made.title.clone() },
        state,
        made: true,
        here,
        built_ms: made.built_ms,
        published: released.map_or(0, |released| released.number),
        accepted_until_ms: accepted.map_or(0, |(until_ms, _)| until_ms),
        signs_anew: accepted.is_some_and(|(_, signs)| signs),
        options: made.options.clone(),
        source: Some(made).filter(|made| !made.feed_url.is_empty()).map(|made| FeedSource {
            url: made.feed_url.clone(),
            every_minutes: made.feed_minutes,
            due_ms: made.feed_due_ms,
        }),
        has_keys: publishes.then(|| here && app.console.folders(&made.id).keys().exists()),
        needs_passphrase: publishes.then(|| app.config.console.passphrase_file.is_none()),
        job,
    })
}

/// Whether a publication of the catalogue is under way.
pub async fn is_publishing(app: &App, id: &str) -> Result<bool, Refusal> {
    for kind in [kind::PUBLISH, kind::ROLLBACK, kind::REFRESH] {
        if jobs::has_open(&app.db, id, kind).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

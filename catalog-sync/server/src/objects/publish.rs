//! Writing: a file with a version or a hash in its name is written once; `timestamp.json` is replaced only
//! if it is still the file that the publisher has seen.

use std::collections::BTreeSet;

use axum::extract::{Path as UrlPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion};

use super::deletions;
use super::name::Object;
use super::read::refuse;
use super::release::learn;
use super::upload;
use super::verify::{Kind, Verifier};
use crate::accounts;
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::http::{authorize, read_body};
use crate::keys::{ApiKey, Scope};

type Names = UrlPath<(String, String)>;

/// The version of `timestamp.json` that a publisher has seen.
enum Expected {
    Nothing,
    Tag(String),
}

impl Expected {
    fn is(&self, present: Option<&str>) -> bool {
        match self {
            Self::Nothing => present.is_none(),
            Self::Tag(tag) => Some(tag.as_str()) == present,
        }
    }
}

pub async fn put_metadata(
    State(app): State<App>,
    UrlPath((catalog, name)): Names,
    request: Request,
) -> Result<Response, Refusal> {
    put(&app, &catalog, || Object::metadata(&name), request).await
}

pub async fn put_target(
    State(app): State<App>,
    UrlPath((catalog, name)): Names,
    request: Request,
) -> Result<Response, Refusal> {
    put(&app, &catalog, || Object::target(&name), request).await
}

pub async fn delete_metadata(
    State(app): State<App>,
    UrlPath((catalog, name)): Names,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    delete(&app, &catalog, Object::metadata(&name)?, &headers).await
}

pub async fn delete_target(
    State(app): State<App>,
    UrlPath((catalog, name)): Names,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    delete(&app, &catalog, Object::target(&name)?, &headers).await
}

/// Writes a file. The key is checked before the name, so that nobody without a key learns anything.
async fn put(
    app: &App,
    catalog: &str,
    object: impl FnOnce() -> Result<Object, Refusal>,
    request: Request,
) -> Result<Response, Refusal> {
    let key = authorize(app, request.headers(), Scope::Publish, Some(catalog)).await?;
    let object = object()?;
    let path = object.path(catalog)?;
    let done = store(app, catalog, &path, object, request).await;
    log(&key, "PUT", &path, done.as_ref().map(Response::status));
    let response = done?;
    if path.filename() == Some("timestamp.json") {
        note_release(app, &key, catalog).await;
    }
    deletions::take_back(&app.db, catalog, &BTreeSet::from([path.as_ref().to_owned()])).await?;
    Ok(response)
}

async fn store(
    app: &App,
    catalog: &str,
    path: &Path,
    object: Object,
    request: Request,
) -> Result<Response, Refusal> {
    match object {
        Object::Metadata { name, versioned } => {
            let kind = Kind::of(&name)?;
            let expected = if versioned { None } else { Some(expected(request.headers())?) };
            let body = in_time(app, read_body(request, kind.max_bytes())).await?;
            in_time(app, put_verified(app, catalog, path, kind, expected, body)).await
        }
        Object::Target { sha256, .. } => {
            let known = app.objects.head(path).await.map_err(refuse)?;
            let e_tag = upload::receive(app, path, &sha256, known.is_some(), request).await?;
            Ok(match known {
                Some(meta) => stored(StatusCode::OK, meta.e_tag),
                None => stored(StatusCode::CREATED, e_tag),
            })
        }
    }
}

/// Notes in the audit log that devices see another release. It is there already, so that a log that takes no
/// writes is no reason to refuse it; the line of [`log`] is left.
async fn note_release(app: &App, key: &ApiKey, catalog: &str) {
    let actor = format!("key:{}", key.id);
    if let Err(error) = accounts::note(&app.db, &actor, "release.publish", catalog, "").await {
        tracing::warn!(%error, catalog, "a release is not in the audit log");
    }
}

/// Who changed what is published, and how it ended.
fn log(key: &ApiKey, method: &str, path: &Path, status: Result<StatusCode, &Refusal>) {
    let status = status.map_or_else(Refusal::status, |status| status.as_u16());
    tracing::info!(key = key.id, key_name = key.name, method, path = path.as_ref(), status, "release file");
}

/// Notes that a file is to be deleted, and without a delay deletes it.
async fn delete(
    app: &App,
    catalog: &str,
    object: Object,
    headers: &HeaderMap,
) -> Result<StatusCode, Refusal> {
    let key = authorize(app, headers, Scope::Delete, Some(catalog)).await?;
    let path = object.path(catalog)?;
    let done = hold_back(app, catalog, &path, &key).await;
    log(&key, "DELETE", &path, done.as_ref().copied());
    done
}

async fn hold_back(app: &App, catalog: &str, path: &Path, key: &ApiKey) -> Result<StatusCode, Refusal> {
    if app.objects.head(path).await.map_err(refuse)?.is_none() {
        return Err(Refusal::not_found());
    }
    deletions::note(&app.db, catalog, path, &key.id).await?;
    if !app.config.delete_delay.is_zero() {
        return Ok(StatusCode::ACCEPTED);
    }
    deletions::carry_out(&app.db, &app.objects, app.config.delete_delay).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Writes metadata that a device would go on to. What is there already is compared, not verified: its versions
/// may be those of the past by now.
async fn put_verified(
    app: &App,
    catalog: &str,
    path: &Path,
    kind: Kind,
    expected: Option<Expected>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let verifier = Verifier::new(&app.objects, catalog, jiff::Timestamp::now());
    match expected {
        Some(expected) => {
            let present = app.objects.head(path).await.map_err(refuse)?.and_then(|meta| meta.e_tag);
            if !expected.is(present.as_deref()) {
                return Err(overtaken(present));
            }
            verifier.check(kind, &body).await?;
            let response = replace(app, catalog, path, expected, body).await?;
            learn(&app.db, &app.objects, &app.seen_releases, catalog).await;
            Ok(response)
        }
        None => {
            if app.objects.head(path).await.map_err(refuse)?.is_none() {
                let named = verifier.check(kind, &body).await?;
                deletions::take_back(&app.db, catalog, &named).await?;
            }
            create(app, path, body).await
        }
    }
}

/// Writes what must not be there yet, or be there with the same bytes.
async fn create(app: &App, path: &Path, body: Bytes) -> Result<Response, Refusal> {
    match app.objects.store.put_opts(path, body.clone().into(), PutMode::Create.into()).await {
        Ok(done) => Ok(stored(StatusCode::CREATED, done.e_tag)),
        Err(StoreError::AlreadyExists { .. }) => {
            let present = app.objects.store.get(path).await.map_err(refuse)?;
            let e_tag = present.meta.e_tag.clone();
            if present.bytes().await.map_err(refuse)? == body {
                return Ok(stored(StatusCode::OK, e_tag));
            }
            Err(Refusal::new(409, "version_exists", "This version exists")
                .detail("the same name was published with other bytes; a change needs a new version"))
        }
        Err(error) => Err(refuse(error)),
    }
}

/// Replaces a file if it is still the one that the publisher has seen. The row in the database is locked
/// until the file is written, so that of two publishers, on whichever replicas, one comes second. If the
/// process ends meanwhile, the lock ends with its connection.
async fn replace(
    app: &App,
    catalog: &str,
    path: &Path,
    expected: Expected,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut tx = app.db.begin().await?;
    sqlx::query(
        "INSERT INTO publishing (catalog, at_ms) VALUES ($1, $2) \
         ON CONFLICT (catalog) DO UPDATE SET at_ms = excluded.at_ms",
    )
    .bind(catalog)
    .bind(jiff::Timestamp::now().as_millisecond())
    .execute(&mut *tx)
    .await?;
    let present = app.objects.head(path).await.map_err(refuse)?.and_then(|meta| meta.e_tag);
    let (mode, status) = match (expected, &present) {
        (Expected::Nothing, None) => (PutMode::Create, StatusCode::CREATED),
        (Expected::Tag(tag), Some(present)) if tag == *present => (compared(app, tag), StatusCode::OK),
        _ => return Err(overtaken(present)),
    };
    let options = PutOptions { mode, ..PutOptions::default() };
    let done = match app.objects.store.put_opts(path, body.into(), options).await {
        Err(StoreError::Precondition { .. } | StoreError::AlreadyExists { .. }) => {
            return Err(overtaken(None));
        }
        other => other.map_err(refuse)?,
    };
    // The file is written; whether this note of it is kept does not matter.
    if let Err(error) = tx.commit().await {
        tracing::warn!(%error, "a file was replaced, but the note of it was lost");
    }
    Ok(stored(status, done.e_tag))
}

/// A bucket compares once more by itself; a folder cannot.
fn compared(app: &App, tag: String) -> PutMode {
    match app.objects.compares {
        true => PutMode::Update(UpdateVersion { e_tag: Some(tag), version: None }),
        false => PutMode::Overwrite,
    }
}

fn overtaken(present: Option<String>) -> Refusal {
    let refusal = Refusal::new(412, "overtaken", "Another release was published");
    match present {
        Some(tag) => refusal.detail(format!("the present ETag is {tag}")),
        None => refusal.detail("what was expected is not there"),
    }
}

fn expected(headers: &HeaderMap) -> Result<Expected, Refusal> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::trim);
    match (text(header::IF_MATCH), text(header::IF_NONE_MATCH)) {
        (Some(tag), None) => Ok(Expected::Tag(tag.trim_start_matches("W/").into())),
        (None, Some("*")) => Ok(Expected::Nothing),
        _ => Err(Refusal::new(428, "condition_missing", "If-Match or If-None-Match needed")
            .detail("send If-Match with the ETag that was read, or If-None-Match: * for the first release")),
    }
}

async fn in_time<T>(app: &App, work: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    tokio::time::timeout(app.config.request_timeout, work).await.map_err(|_| upload::too_slow())?
}

fn stored(status: StatusCode, e_tag: Option<String>) -> Response {
    let mut response = status.into_response();
    if let Some(tag) = e_tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

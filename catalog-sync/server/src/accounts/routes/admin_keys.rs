//! API keys, managed by admins.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Error;
use crate::accounts::body::Body;
use crate::accounts::caller::Caller;
use crate::accounts::idempotency::Once;
use crate::accounts::{audit, problem};
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::keys::{self, ApiKey, KeySpec, NewKey, Scope};

/// A key to make.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyRequest {
    /// A name to know it by.
    #[serde(default)]
    #[schema(max_length = 100)]
    name: String,
    /// The catalogue that it is for, or `*` for all.
    #[schema(max_length = 512)]
    catalog: String,
    /// What it is for.
    scopes: Vec<Scope>,
    /// Days after which it ends by itself.
    #[schema(minimum = 1, maximum = 3650)]
    expires_days: Option<u32>,
    /// Origins whose pages may show it, such as `https://shop.example`. A key with origins only searches.
    #[serde(default)]
    #[schema(max_items = 32)]
    origins: Vec<String>,
    /// Requests a minute.
    #[schema(minimum = 1, maximum = 1_000_000)]
    rate_per_minute: Option<u32>,
}

/// All API keys, without their secrets
#[utoipa::path(
    get,
    path = "/api/v1/admin/keys",
    tag = "admin",
    responses(
        (status = 200, description = "The newest first", body = [ApiKey]),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
    )
)]
pub async fn keys(State(app): State<App>) -> Result<Json<Vec<ApiKey>>, Refusal> {
    Ok(Json(keys::list_keys(&app.db).await?))
}

/// Make an API key and show it, this once
#[utoipa::path(
    post,
    path = "/api/v1/admin/keys",
    tag = "admin",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it is done once")),
    request_body = KeyRequest,
    responses(
        (status = 201, description = "The key", body = NewKey),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 409, description = "`already_made`: its secret was shown the first time; `in_progress`: the same request is under way", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 422, description = "`idempotency_key_reused`", body = Problem),
    )
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(asked): Body<KeyRequest>,
) -> Result<(StatusCode, Json<NewKey>), Refusal> {
    check(&asked)?;
    let once = Once::of(&headers, caller.actor(), &asked)?;
    if let Some(id) = once.before(&app.db).await? {
        return Err(Refusal::new(409, "already_made", "The key was made before")
            .detail(format!("revoke {id} and make another if its secret is lost")));
    }
    let spec = KeySpec {
        name: asked.name,
        catalog: asked.catalog,
        scopes: asked.scopes,
        lasts: asked.expires_days.map(|days| Duration::from_secs(u64::from(days) * 86_400)),
        origins: asked.origins,
        rate_per_minute: asked.rate_per_minute,
    };
    let made = keys::create_key_of(&app.db, spec).await;
    once.made(&app.db, made.as_ref().ok().map(|made| made.key.id.as_str())).await?;
    let made = made.map_err(|error| match error {
        Error::Setting(text) => problem::bad_request(text),
        error => error.into(),
    })?;
    let scopes: Vec<String> = made.key.scopes.iter().map(Scope::to_string).collect();
    audit::note(&app.db, &caller.actor(), "key.create", &made.key.id, &scopes.join(",")).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Make an API key useless, at once and for good
#[utoipa::path(
    delete,
    path = "/api/v1/admin/keys/{id}",
    tag = "admin",
    params(("id" = String, Path, description = "The key's id")),
    responses(
        (status = 204, description = "It is revoked"),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    if id.contains('\0') {
        return Err(Refusal::not_found());
    }
    match keys::revoke_key(&app.db, &id).await {
        Err(Error::NoSuchKey(_)) => return Err(Refusal::not_found()),
        done => done?,
    }
    audit::note(&app.db, &caller.actor(), "key.revoke", &id, "").await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check(asked: &KeyRequest) -> Result<(), Refusal> {
    let bad = |what: &str| Err(problem::bad_request(what));
    let plain = |text: &str, most| text.chars().nth(most).is_none() && !text.chars().any(char::is_control);
    if !plain(&asked.name, 100) {
        return bad("name: at most 100 letters, on one line");
    }
    if asked.catalog.is_empty() || !plain(&asked.catalog, 512) {
        return bad("catalog: an id, or *");
    }
    if asked.expires_days.is_some_and(|days| !(1..=3650).contains(&days)) {
        return bad("expiresDays: from 1 to 3650");
    }
    if asked.rate_per_minute.is_some_and(|rate| !(1..=1_000_000).contains(&rate)) {
        return bad("ratePerMinute: from 1 to 1000000");
    }
    if asked.scopes.len() > 8 {
        return bad("scopes: each once");
    }
    match asked.origins.len() > 32 {
        true => bad("origins: at most 32"),
        false => Ok(()),
    }
}

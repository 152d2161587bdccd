//! What staff sees and does: people, the audit log, catalogues.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth;
use crate::accounts::audit::{self, AuditEntry};
use crate::accounts::body::Body;
use crate::accounts::caller::Caller;
use crate::accounts::idempotency::Once;
use crate::accounts::links::NewLink;
use crate::accounts::people::{self, Account};
use crate::accounts::role::Role;
use crate::accounts::secret::now_ms;
use crate::accounts::{links, problem, sessions};
use crate::app::App;
use crate::http::refusal::Refusal;

/// Entries of a page.
const PAGE: u32 = 100;

/// Letters of an id.
const LONGEST_ID: usize = 64;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The last id of the page before.
    #[serde(default)]
    after: String,
}

/// Somebody to give an account.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The address to sign in with.
    #[schema(max_length = 254)]
    email: String,
    /// What to be called.
    #[serde(default)]
    #[schema(max_length = 100)]
    name: String,
    /// What they may do.
    role: Role,
}

/// An account, and the token that sets its password once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The account.
    account: Account,
    /// For `POST /api/v1/auth/reset`, or for the page `/admin#/password/{token}`; shown this once. Not there when the
    /// request was sent before: `POST /api/v1/admin/users/{id}/reset` makes another.
    token: Option<String>,
    /// When the token ends, in milliseconds since 1970: after three days for an invitation, after an hour for a password
    /// that was forgotten.
    expires_ms: Option<i64>,
}

impl Link {
    fn new(account: Account, link: NewLink) -> Self {
        Self { account, token: Some(link.token), expires_ms: Some(link.expires_ms) }
    }
}

/// What changes of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// What they may do.
    role: Option<Role>,
    /// Whether the account is closed.
    disabled: Option<bool>,
}

/// People, by their ids
#[utoipa::path(
    get,
    path = "/api/v1/admin/users",
    tag = "admin",
    params(After),
    responses(
        (status = 200, description = "At most 100 of them", body = [Account]),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
    )
)]
pub async fn users(
    State(app): State<App>,
    page: Result<Query<After>, QueryRejection>,
) -> Result<Json<Vec<Account>>, Refusal> {
    let after = after(page)?;
    Ok(Json(people::list(&app.db, &after, PAGE).await?))
}

/// Give somebody an account
#[utoipa::path(
    post,
    path = "/api/v1/admin/users",
    tag = "admin",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it is done once")),
    request_body = Invitation,
    responses(
        (status = 201, description = "The account, and a token to set its password", body = Link),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 409, description = "`already_there`: the address has an account; `in_progress`: the same request is under way", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 422, description = "`idempotency_key_reused`", body = Problem),
    )
)]
pub async fn invite(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(asked): Body<Invitation>,
) -> Result<(StatusCode, Json<Link>), Refusal> {
    let email = people::address(&asked.email).map_err(problem::bad_request)?;
    let name = auth::name(&asked.name)?;
    let once = Once::of(&headers, caller.actor(), &asked)?;
    if let Some(id) = once.before(&app.db).await? {
        let account = known(&app, &id).await?;
        return Ok((StatusCode::CREATED, Json(Link { account, token: None, expires_ms: None })));
    }
    let made = people::create(&app.db, &email, name, asked.role, None).await?;
    once.made(&app.db, made.as_ref().map(|account| account.id.as_str())).await?;
    let account =
        made.ok_or_else(|| Refusal::new(409, "already_there", "The address has an account already"))?;
    let link = links::create(&app.db, &account.id, links::INVITED).await?;
    audit::note(&app.db, &caller.actor(), "user.invite", &account.id, &asked.role.to_string()).await?;
    Ok((StatusCode::CREATED, Json(Link::new(account, link))))
}

/// Change what somebody may do, or close an account
///
/// Closing it ends all its sessions.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/users/{id}",
    tag = "admin",
    params(("id" = String, Path, description = "The account's id")),
    request_body = Standing,
    responses(
        (status = 200, description = "The account as it is now", body = Account),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`last_admin`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
    )
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asked): Body<Standing>,
) -> Result<Json<Account>, Refusal> {
    let account = known(&app, &id).await?;
    let role = asked.role.unwrap_or(account.role);
    let disabled_ms = match asked.disabled {
        None => account.disabled_ms,
        Some(false) => None,
        Some(true) => account.disabled_ms.or(Some(now_ms())),
    };
    if !people::set_standing(&app.db, &id, role, disabled_ms).await? {
        return Err(problem::last_admin());
    }
    if disabled_ms.is_some() {
        sessions::end_all(&app.db, &id, None).await?;
    }
    let detail = format!("role={role} disabled={}", disabled_ms.is_some());
    audit::note(&app.db, &caller.actor(), "user.change", &id, &detail).await?;
    Ok(Json(Account { role, disabled_ms, ..account }))
}

/// Make a link that sets somebody's password once
///
/// It is good for an hour, and ends a link of before. When it is used, all sessions of the account end.
#[utoipa::path(
    post,
    path = "/api/v1/admin/users/{id}/reset",
    tag = "admin",
    params(("id" = String, Path, description = "The account's id")),
    responses(
        (status = 201, description = "The account, and the token", body = Link),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`, `cross_site`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
    )
)]
pub async fn reset_link(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Link>), Refusal> {
    let account = known(&app, &id).await?;
    let link = links::create(&app.db, &id, links::FORGOTTEN).await?;
    audit::note(&app.db, &caller.actor(), "user.reset_link", &id, "").await?;
    Ok((StatusCode::CREATED, Json(Link::new(account, link))))
}

/// What staff did, the newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/audit",
    tag = "admin",
    params(After),
    responses(
        (status = 200, description = "At most 100 entries", body = [AuditEntry]),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
    )
)]
pub async fn audit_log(
    State(app): State<App>,
    page: Result<Query<After>, QueryRejection>,
) -> Result<Json<Vec<AuditEntry>>, Refusal> {
    let after = after(page)?;
    let before = Some(after.as_str()).filter(|after| !after.is_empty());
    Ok(Json(audit::list(&app.db, before, PAGE).await?))
}

async fn known(app: &App, id: &str) -> Result<Account, Refusal> {
    if id.len() > LONGEST_ID || id.contains('\0') {
        return Err(Refusal::not_found());
    }
    people::by_id(&app.db, id).await?.ok_or_else(Refusal::not_found)
}

fn after(page: Result<Query<After>, QueryRejection>) -> Result<String, Refusal> {
    let Query(After { after }) = page.map_err(|error| problem::bad_request(error.to_string()))?;
    if after.len() > LONGEST_ID || after.contains('\0') {
        return Err(problem::bad_request("after: an id"));
    }
    Ok(after)
}

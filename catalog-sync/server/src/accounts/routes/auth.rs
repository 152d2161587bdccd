//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::body::Body;
use crate::accounts::caller::{Caller, From};
use crate::accounts::delays::Attempt;
use crate::accounts::owned::Owned;
use crate::accounts::password::Verdict;
use crate::accounts::people::{self, Account};
use crate::accounts::role::Role;
use crate::accounts::sessions::{self, Kind};
use crate::accounts::{audit, cookie, links, problem, tokens};
use crate::app::App;
use crate::http::refusal::Refusal;

/// Letters of a name.
const LONGEST_NAME: usize = 100;

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The address to sign in with.
    #[schema(max_length = 254)]
    email: String,
    /// The password.
    #[schema(min_length = 10, max_length = 200)]
    password: String,
    /// What to be called.
    #[serde(default)]
    #[schema(max_length = 100)]
    name: String,
}

/// Who signs in, and how the session is to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The address.
    email: String,
    /// The password.
    password: String,
    /// Answer with tokens for a program, instead of a browser's cookie.
    #[serde(default)]
    tokens: bool,
}

/// Who is signed in now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedIn {
    /// The account.
    account: Account,
    /// Tokens, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<Tokens>,
}

/// What a program signs in with.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Good once, for the next two tokens.
    refresh_token: String,
    /// Seconds for which the access token is good.
    expires_in_secs: u64,
}

/// What renews a session of tokens.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token of the answer before.
    refresh_token: String,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    old: String,
    /// The password from now on.
    #[schema(min_length = 10, max_length = 200)]
    new: String,
}

/// A password set by a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// The link's token.
    token: String,
    /// The password from now on.
    #[schema(min_length = 10, max_length = 200)]
    password: String,
}

/// Proof that it is the account's owner who asks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The account's password.
    password: String,
}

/// Make an account
///
/// The answer is the same whether the address has an account or not; then nothing is made. Sign in after it.
#[utoipa::path(
    post,
    path = "/api/v1/auth/register",
    tag = "auth",
    request_body = Registration,
    responses(
        (status = 202, description = "Sign in now; if that fails, the address had an account"),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 422, description = "`password_refused`", body = Problem),
        (status = 429, description = "`too_many_attempts`", body = Problem),
        (status = 503, description = "`busy`", body = Problem),
    )
)]
pub async fn register(
    State(app): State<App>,
    from: From,
    Body(asked): Body<Registration>,
) -> Result<StatusCode, Refusal> {
    let email = people::address(&asked.email).map_err(problem::bad_request)?;
    let name = name(&asked.name)?;
    crate::accounts::password::check(&asked.password)?;
    // Every registration counts against its address: otherwise a script fills the table.
    Attempt::begin(&app.db, "register", &email, from.0).await?;
    let hash = app.accounts.passwords.hash(asked.password).await?;
    people::create(&app.db, &email, name, Role::Shopper, Some(&hash)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sign in
///
/// A browser gets a cookie; a program that asks for `tokens` gets tokens.
#[utoipa::path(
    post,
    path = "/api/v1/auth/login",
    tag = "auth",
    request_body = Login,
    responses(
        (status = 200, description = "Signed in", body = LoggedIn),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`wrong_login`, for addresses with and without an account", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 429, description = "`too_many_attempts`", body = Problem),
        (status = 503, description = "`busy`", body = Problem),
    )
)]
pub async fn login(
    State(app): State<App>,
    from: From,
    caller: Caller,
    headers: HeaderMap,
    Body(asked): Body<Login>,
) -> Result<Response, Refusal> {
    let email = people::address(&asked.email).map_err(problem::bad_request)?;
    let attempt = Attempt::begin(&app.db, "login", &email, from.0).await?;
    let account = people::by_email(&app.db, &email).await?.filter(|known| known.disabled_ms.is_none());
    let known = account.as_ref().and_then(|account| account.password.clone());
    let verdict = app.accounts.passwords.verify(asked.password, known).await?;
    let account = account.filter(|_| verdict != Verdict::Wrong).ok_or_else(problem::wrong_login)?;
    attempt.succeeded(&app.db).await?;
    if let Verdict::Outdated(hash) = verdict {
        people::set_password(&app.db, &account.id, &hash).await?;
    }
    // A session that this browser had before ends: one that somebody else put there must not become this one.
    if let (true, Some(account), Some(old)) = (caller.by_cookie, &caller.account, &caller.session) {
        sessions::end(&app.db, &account.id, old).await?;
    }
    begin(&app, &headers, account, asked.tokens).await
}

async fn begin(app: &App, headers: &HeaderMap, account: Account, tokens: bool) -> Result<Response, Refusal> {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("");
    let kind = if tokens { Kind::Tokens } else { Kind::Browser };
    let (session, secret) = sessions::begin(&app.db, &account.id, kind, agent).await?;
    if tokens {
        let refresh = tokens::first_refresh(&app.db, &session).await?;
        let tokens = Some(pair(app, &account.id, &session, refresh).await?);
        return Ok(Json(LoggedIn { account, tokens }).into_response());
    }
    let mut response = Json(LoggedIn { account, tokens: None }).into_response();
    if let Some(cookie) = cookie::set(headers, &session, &secret) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn pair(app: &App, person: &str, session: &str, refresh_token: String) -> Result<Tokens, Refusal> {
    let access_token = app.accounts.tokens.sign(&app.db, person, session).await?;
    Ok(Tokens { access_token, refresh_token, expires_in_secs: tokens::LASTS.as_secs() })
}

/// Sign out here
#[utoipa::path(
    post,
    path = "/api/v1/auth/logout",
    tag = "auth",
    responses(
        (status = 204, description = "Signed out"),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
    )
)]
pub async fn logout(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Response, Refusal> {
    let account = caller.person()?;
    sessions::end(&app.db, &account.id, caller.session.as_deref().unwrap_or("")).await?;
    Ok(without_cookie(&headers))
}

fn without_cookie(headers: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = cookie::clear(headers) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Renew a session of tokens
///
/// A refresh token is good once. Used again, it ends the session.
#[utoipa::path(
    post,
    path = "/api/v1/auth/refresh",
    tag = "auth",
    request_body = Refresh,
    responses(
        (status = 200, description = "The next tokens", body = Tokens),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`token_invalid`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
    )
)]
pub async fn refresh(State(app): State<App>, Body(asked): Body<Refresh>) -> Result<Json<Tokens>, Refusal> {
    let (who, next) = tokens::renew(&app.db, &asked.refresh_token).await?;
    pair(&app, &who.account.id, &who.session, next).await.map(Json)
}

/// Change the password
///
/// All other sessions of the account end.
#[utoipa::path(
    post,
    path = "/api/v1/auth/password",
    tag = "auth",
    request_body = PasswordChange,
    responses(
        (status = 204, description = "Changed"),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `wrong_login`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 422, description = "`password_refused`", body = Problem),
        (status = 429, description = "`too_many_attempts`", body = Problem),
        (status = 503, description = "`busy`", body = Problem),
    )
)]
pub async fn password(
    State(app): State<App>,
    from: From,
    caller: Caller,
    Body(asked): Body<PasswordChange>,
) -> Result<StatusCode, Refusal> {
    let account = caller.person()?;
    crate::accounts::password::check(&asked.new)?;
    prove(&app, from, account, asked.old).await?;
    let hash = app.accounts.passwords.hash(asked.new).await?;
    people::set_password(&app.db, &account.id, &hash).await?;
    sessions::end_all(&app.db, &account.id, caller.session.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Checks the password of who is signed in, with the delays of signing in.
async fn prove(app: &App, from: From, account: &Account, password: String) -> Result<(), Refusal> {
    let attempt = Attempt::begin(&app.db, "login", &account.email, from.0).await?;
    let verdict = app.accounts.passwords.verify(password, account.password.clone()).await?;
    if verdict == Verdict::Wrong {
        return Err(problem::wrong_login());
    }
    Ok(attempt.succeeded(&app.db).await?)
}

/// Set a password with a link's token
///
/// All sessions of the account end.
#[utoipa::path(
    post,
    path = "/api/v1/auth/reset",
    tag = "auth",
    request_body = Reset,
    responses(
        (status = 204, description = "Set; sign in now"),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`token_invalid`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 422, description = "`password_refused`", body = Problem),
        (status = 429, description = "`too_many_attempts`", body = Problem),
        (status = 503, description = "`busy`", body = Problem),
    )
)]
pub async fn reset(
    State(app): State<App>,
    from: From,
    Body(asked): Body<Reset>,
) -> Result<StatusCode, Refusal> {
    crate::accounts::password::check(&asked.password)?;
    let attempt = Attempt::begin(&app.db, "reset", &from.0.to_string(), from.0).await?;
    let hash = app.accounts.passwords.hash(asked.password).await?;
    let person = links::redeem(&app.db, &asked.token, &hash).await?.ok_or_else(problem::token_invalid)?;
    sessions::end_all(&app.db, &person, None).await?;
    attempt.succeeded(&app.db).await?;
    audit::note(&app.db, &person, "user.reset", &person, "").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in
#[utoipa::path(
    get,
    path = "/api/v1/auth/me",
    tag = "auth",
    responses(
        (status = 200, description = "The account", body = Account),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
    )
)]
pub async fn me(caller: Caller) -> Result<Json<Account>, Refusal> {
    caller.person().cloned().map(Json)
}

/// Erase the account and everything that is known of it
#[utoipa::path(
    delete,
    path = "/api/v1/auth/me",
    tag = "auth",
    request_body = Erasure,
    responses(
        (status = 204, description = "Erased"),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `wrong_login`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 409, description = "`last_admin`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
        (status = 429, description = "`too_many_attempts`", body = Problem),
        (status = 503, description = "`busy`", body = Problem),
    )
)]
pub async fn erase(
    State(app): State<App>,
    from: From,
    caller: Caller,
    headers: HeaderMap,
    Body(asked): Body<Erasure>,
) -> Result<Response, Refusal> {
    let account = caller.person()?;
    prove(&app, from, account, asked.password).await?;
    match Owned::of(&app, &account.id).erase().await? {
        true => Ok(without_cookie(&headers)),
        false => Err(problem::last_admin()),
    }
}

/// A name that may be shown.
///
/// # Errors
/// 400 if it is too long or has control characters.
pub fn name(text: &str) -> Result<&str, Refusal> {
    let text = text.trim();
    if text.chars().nth(LONGEST_NAME).is_some() || text.chars().any(char::is_control) {
        return Err(problem::bad_request("name: at most 100 letters, on one line"));
    }
    Ok(text)
}

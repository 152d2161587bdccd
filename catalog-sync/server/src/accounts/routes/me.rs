//! What belongs to who is signed in.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use crate::accounts::body::Body;
use crate::accounts::caller::Caller;
use crate::accounts::owned::{Kept, Named, Owned};
use crate::accounts::people::Account;
use crate::accounts::problem;
use crate::accounts::sessions::{self, SessionEntry};
use crate::app::App;
use crate::http::refusal::Refusal;

/// Letters of an id.
const LONGEST: usize = 512;

/// Which product.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Its catalogue.
    catalog: String,
    /// Its id.
    product: String,
}

/// A product that somebody keeps or looked at.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Noted {
    /// Its catalogue.
    #[schema(max_length = 512)]
    catalog: String,
    /// Its id.
    #[schema(max_length = 512)]
    product: String,
    /// When, in milliseconds since 1970, for what a device did before it could say so; now if absent. A later moment
    /// than now is now.
    at_ms: Option<i64>,
}

impl Noted {
    /// The product, if its names may be stored.
    fn named(self) -> Result<(Named, Option<i64>), Refusal> {
        let named = Named { catalog: self.catalog, product: self.product };
        check(&named)?;
        Ok((named, self.at_ms))
    }
}

/// Everything that is known of somebody.
#[derive(Serialize, ToSchema)]
pub struct Export {
    /// The account.
    account: Account,
    /// Where they are signed in.
    sessions: Vec<SessionEntry>,
    /// What they keep.
    favourites: Vec<Kept>,
    /// What they looked at.
    history: Vec<Kept>,
    /// Their taste, as their device wrote it.
    #[schema(value_type = Option<Object>)]
    taste: Option<Box<RawValue>>,
}

/// Where you are signed in
#[utoipa::path(
    get,
    path = "/api/v1/me/sessions",
    tag = "me",
    responses(
        (status = 200, description = "The newest first", body = [SessionEntry]),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
    )
)]
pub async fn sessions(State(app): State<App>, caller: Caller) -> Result<Json<Vec<SessionEntry>>, Refusal> {
    let account = caller.person()?;
    Ok(Json(sessions::list(&app.db, &account.id, caller.session.as_deref()).await?))
}

/// Sign out there
#[utoipa::path(
    delete,
    path = "/api/v1/me/sessions/{id}",
    tag = "me",
    params(("id" = String, Path, description = "The session's id")),
    responses(
        (status = 204, description = "It has ended"),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 404, description = "`not_found`: no such session, or not yours", body = Problem),
    )
)]
pub async fn end_session(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let account = caller.person()?;
    found(sessions::end(&app.db, &account.id, &id).await?)
}

/// Your favourites
#[utoipa::path(
    get,
    path = "/api/v1/me/favourites",
    tag = "me",
    responses(
        (status = 200, description = "The newest first", body = [Kept]),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
    )
)]
pub async fn favourites(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Kept>>, Refusal> {
    Ok(Json(Owned::of(&app, &caller.person()?.id).favourites().await?))
}

/// Keep a product
#[utoipa::path(
    put,
    path = "/api/v1/me/favourites",
    tag = "me",
    request_body = Noted,
    responses(
        (status = 204, description = "It is kept"),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 409, description = "`too_many`: 1,000 are kept", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
    )
)]
pub async fn add_favourite(
    State(app): State<App>,
    caller: Caller,
    Body(noted): Body<Noted>,
) -> Result<StatusCode, Refusal> {
    let account = caller.person()?;
    let (named, at_ms) = noted.named()?;
    match Owned::of(&app, &account.id).add_favourite(&named, at_ms).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Refusal::new(409, "too_many", "Too many favourites").detail("at most 1,000 are kept")),
    }
}

/// Keep a product no longer
#[utoipa::path(
    delete,
    path = "/api/v1/me/favourites",
    tag = "me",
    params(Which),
    responses(
        (status = 204, description = "It is not kept any more"),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 404, description = "`not_found`: it was not kept", body = Problem),
    )
)]
pub async fn remove_favourite(
    State(app): State<App>,
    caller: Caller,
    which: Result<Query<Which>, axum::extract::rejection::QueryRejection>,
) -> Result<StatusCode, Refusal> {
    let Query(which) = which.map_err(|error| problem::bad_request(error.to_string()))?;
    let account = caller.person()?;
    let named = Named { catalog: which.catalog, product: which.product };
    check(&named)?;
    found(Owned::of(&app, &account.id).remove_favourite(&named).await?)
}

/// What you looked at
#[utoipa::path(
    get,
    path = "/api/v1/me/history",
    tag = "me",
    responses(
        (status = 200, description = "The newest first", body = [Kept]),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
    )
)]
pub async fn history(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Kept>>, Refusal> {
    Ok(Json(Owned::of(&app, &caller.person()?.id).history().await?))
}

/// Remember a product that you looked at
#[utoipa::path(
    put,
    path = "/api/v1/me/history",
    tag = "me",
    request_body = Noted,
    responses(
        (status = 204, description = "It is remembered; of more than 1,000 the oldest is forgotten"),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 413, description = "`body_too_large`", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
    )
)]
pub async fn add_history(
    State(app): State<App>,
    caller: Caller,
    Body(noted): Body<Noted>,
) -> Result<StatusCode, Refusal> {
    let account = caller.person()?;
    let (named, at_ms) = noted.named()?;
    Owned::of(&app, &account.id).add_history(&named, at_ms).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forget what you looked at
#[utoipa::path(
    delete,
    path = "/api/v1/me/history",
    tag = "me",
    responses(
        (status = 204, description = "Forgotten"),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
    )
)]
pub async fn clear_history(State(app): State<App>, caller: Caller) -> Result<StatusCode, Refusal> {
    Owned::of(&app, &caller.person()?.id).clear_history().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Your taste, as your device stored it
#[utoipa::path(
    get,
    path = "/api/v1/me/taste",
    tag = "me",
    responses(
        (status = 200, description = "What was stored", body = Object),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
        (status = 404, description = "`not_found`: none is stored", body = Problem),
    )
)]
pub async fn taste(State(app): State<App>, caller: Caller) -> Result<Json<Box<RawValue>>, Refusal> {
    let taste = Owned::of(&app, &caller.person()?.id).taste().await?;
    taste.map(Json).ok_or_else(Refusal::not_found)
}

/// Store your taste for your other devices
#[utoipa::path(
    put,
    path = "/api/v1/me/taste",
    tag = "me",
    request_body = Object,
    responses(
        (status = 204, description = "Stored"),
        (status = 400, description = "`bad_request`: no object", body = Problem),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 413, description = "`body_too_large`: more than 64 KiB", body = Problem),
        (status = 415, description = "`not_json`", body = Problem),
    )
)]
pub async fn set_taste(
    State(app): State<App>,
    caller: Caller,
    Body(taste): Body<Box<RawValue>>,
) -> Result<StatusCode, Refusal> {
    let account = caller.person()?;
    if !taste.get().starts_with('{') {
        return Err(problem::bad_request("a taste is a JSON object"));
    }
    Owned::of(&app, &account.id).set_taste(&taste).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forget your taste here
#[utoipa::path(
    delete,
    path = "/api/v1/me/taste",
    tag = "me",
    responses(
        (status = 204, description = "Forgotten"),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
    )
)]
pub async fn clear_taste(State(app): State<App>, caller: Caller) -> Result<StatusCode, Refusal> {
    Owned::of(&app, &caller.person()?.id).clear_taste().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Everything that is known of you
#[utoipa::path(
    get,
    path = "/api/v1/me/export",
    tag = "me",
    responses(
        (status = 200, description = "All of it", body = Export),
        (status = 401, description = "`not_signed_in`, `token_invalid`", body = Problem),
    )
)]
pub async fn export(State(app): State<App>, caller: Caller) -> Result<Json<Export>, Refusal> {
    let account = caller.person()?;
    let owned = Owned::of(&app, &account.id);
    Ok(Json(Export {
        account: account.clone(),
        sessions: sessions::list(&app.db, &account.id, caller.session.as_deref()).await?,
        favourites: owned.favourites().await?,
        history: owned.history().await?,
        taste: owned.taste().await?,
    }))
}

fn found(found: bool) -> Result<StatusCode, Refusal> {
    if found { Ok(StatusCode::NO_CONTENT) } else { Err(Refusal::not_found()) }
}

fn check(named: &Named) -> Result<(), Refusal> {
    for (field, text) in [("catalog", &named.catalog), ("product", &named.product)] {
        if text.is_empty() || text.chars().nth(LONGEST).is_some() || text.contains('\0') {
            return Err(problem::bad_request(format!("{field}: 1 to 512 letters")));
        }
    }
    Ok(())
}

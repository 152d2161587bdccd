//! Heartbeats of kiosks.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use knytt_wire::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::is_plain;
use crate::accounts::{Body, Caller, note, now_ms, problem};
use crate::alerts::kiosks::{self, Kiosk};
use crate::app::App;
use crate::http::key_needed;
use crate::http::refusal::Refusal;
use crate::http::refusals::{BodyRefusals, ChangeRefusals, NotFound, ReadRefusals};
use crate::keys::Scope;

/// A kiosk's heartbeat. Other fields are ignored.
#[derive(Deserialize, ToSchema)]
pub struct KioskAlive {
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The store that it stands in.
    #[schema(max_length = 200)]
    store: Option<String>,
    /// The version of its program.
    #[schema(max_length = 100)]
    version: Option<String>,
    /// The release that it searches.
    release: Option<u32>,
}

/// Take a kiosk's heartbeat
///
/// Its setting `heartbeat` names this address, with a key of the scope `search` that is for no page.
#[utoipa::path(
    post,
    path = "/api/v1/kiosks/alive",
    operation_id = "kiosk_alive",
    tag = "admin",
    request_body = KioskAlive,
    responses(
        (status = 204, description = "It is noted"),
        (status = 400, description = "`bad_request`", body = Problem),
        (status = 401, description = "`key_invalid`", body = Problem),
        (status = 403, description = "`key_not_allowed`: the key is not for searching, or for pages", body = Problem),
        (status = 409, description = "`too_many`: 2,000 kiosks", body = Problem),
        BodyRefusals,
    )
)]
pub async fn alive(
    State(app): State<App>,
    caller: Caller,
    Body(said): Body<KioskAlive>,
) -> Result<StatusCode, Refusal> {
    let key = caller.key.ok_or_else(key_needed)?;
    if !key.scopes.contains(&Scope::Search) || !key.origins.is_empty() {
        return Err(Refusal::new(403, "key_not_allowed", "API key not allowed")
            .detail("a kiosk has a key of the scope \"search\" without origins"));
    }
    let kiosk = Kiosk {
        name: said.name,
        store: said.store.unwrap_or_default(),
        version: said.version.unwrap_or_default(),
        release: said.release.unwrap_or_default().into(),
        seen_ms: now_ms(),
    };
    let fits = |text: &str, most: usize| text.chars().count() <= most && !text.contains(char::is_control);
    if kiosk.name.is_empty()
        || !fits(&kiosk.name, 100)
        || !fits(&kiosk.store, 200)
        || !fits(&kiosk.version, 100)
    {
        return Err(problem::bad_request(
            "name, store, version: a line each, of at most 100, 200 and 100 letters",
        ));
    }
    match kiosks::see(&app.db, &kiosk).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Refusal::new(409, "too_many", "There are 2,000 kiosks")),
    }
}

/// Kiosks that have sent heartbeats
#[utoipa::path(
    get,
    path = "/api/v1/admin/kiosks",
    operation_id = "kiosks",
    tag = "admin",
    responses(
        (status = 200, description = "All of them, by name", body = [Kiosk]),
        ReadRefusals,
    )
)]
pub async fn kiosks(State(app): State<App>) -> Result<Json<Vec<Kiosk>>, Refusal> {
    Ok(Json(kiosks::list(&app.db).await?))
}

/// Forget a kiosk that was taken away
#[utoipa::path(
    delete,
    path = "/api/v1/admin/kiosks/{name}",
    operation_id = "remove_kiosk",
    tag = "admin",
    params(("name" = String, Path, description = "The kiosk's name")),
    responses(
        (status = 204, description = "It is forgotten, until its next heartbeat"),
        ChangeRefusals,
        NotFound,
    )
)]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    if !is_plain(&name) || !kiosks::remove(&app.db, &name).await? {
        return Err(Refusal::not_found());
    }
    note(&app.db, &caller.actor(), "kiosk.remove", &name, "").await?;
    Ok(StatusCode::NO_CONTENT)
}

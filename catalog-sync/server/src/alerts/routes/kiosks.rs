//! Heartbeats of kiosks.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use knytt_wire::{Problem, SignedKioskOrder, is_kiosk_name};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::is_plain;
use crate::accounts::{Body, Caller, note, now_ms, problem};
use crate::alerts::kiosks::{self, Kiosk, KioskState, Seen};
use crate::app::App;
use crate::http::key_needed;
use crate::http::refusal::Refusal;
use crate::http::refusals::{BodyRefusals, ChangeRefusals, NotFound, ReadRefusals};
use crate::keys::Scope;

/// A kiosk's heartbeat. Other fields are ignored; what is missing is not known.
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
    /// Seconds since its program began.
    uptime_seconds: Option<u64>,
    /// Memory that its program holds.
    memory_bytes: Option<u64>,
    /// Products of its catalogue.
    products: Option<u32>,
    /// `off`, `starting`, `works` or `away`.
    #[schema(max_length = 20)]
    camera: Option<String>,
    /// Pictures that its screen drew each second since the heartbeat before.
    frames_per_second: Option<f32>,
    /// The longest that one of them took.
    slowest_frame_ms: Option<u32>,
    /// The temperature of its machine.
    temperature_celsius: Option<f32>,
    /// What failed since its program began.
    errors: Option<u32>,
    /// The last of it.
    #[schema(max_length = 300)]
    last_error: Option<String>,
    /// The hour of the last visit, in UTC.
    #[schema(max_length = 20)]
    last_visit_hour: Option<String>,
    /// When the order was given that it obeyed last, in milliseconds since 1970.
    obeyed_ms: Option<i64>,
    /// The same of the order that it refused last.
    refused_ms: Option<i64>,
    /// Why.
    #[schema(max_length = 300)]
    refused_because: Option<String>,
}

/// What waits for the kiosk.
#[derive(Serialize, ToSchema)]
pub struct KioskAnswer {
    /// An order that its retailer signed.
    order: SignedKioskOrder,
}

impl KioskAlive {
    /// Each text with its longest length, in characters.
    fn texts(&self) -> [(&str, usize); 6] {
        [
            (&self.store, 200),
            (&self.version, 100),
            (&self.camera, 20),
            (&self.last_error, 300),
            (&self.last_visit_hour, 20),
            (&self.refused_because, 300),
        ]
        .map(|(text, most)| (text.as_deref().unwrap_or_default(), most))
    }

    fn is_sound(&self) -> bool {
        let fits =
            |(text, most): (&str, usize)| text.chars().count() <= most && !text.contains(char::is_control);
        let is_number = |value: Option<f32>| value.is_none_or(f32::is_finite);
        is_kiosk_name(&self.name)
            && self.texts().into_iter().all(fits)
            && is_number(self.frames_per_second)
            && is_number(self.temperature_celsius)
    }

    fn into_kiosk(self) -> Kiosk {
        let state = KioskState {
            uptime_seconds: self.uptime_seconds,
            memory_bytes: self.memory_bytes,
            products: self.products,
            camera: self.camera,
            frames_per_second: self.frames_per_second,
            slowest_frame_ms: self.slowest_frame_ms,
            temperature_celsius: self.temperature_celsius,
            errors: self.errors,
            last_error: self.last_error,
            last_visit_hour: self.last_visit_hour,
            obeyed_ms: self.obeyed_ms,
            refused_ms: self.refused_ms,
            refused_because: self.refused_because,
        };
        Kiosk {
            name: self.name,
            store: self.store.unwrap_or_default(),
            version: self.version.unwrap_or_default(),
            release: self.release.unwrap_or_default().into(),
            seen_ms: now_ms(),
            state,
            order: None,
        }
    }
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
        (status = 200, description = "It is noted, and an order waits", body = KioskAnswer),
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
) -> Result<Response, Refusal> {
    let key = caller.key.ok_or_else(key_needed)?;
    if !key.scopes.contains(&Scope::Search) || !key.origins.is_empty() {
        return Err(Refusal::new(403, "key_not_allowed", "API key not allowed")
            .detail("a kiosk has a key of the scope \"search\" without origins"));
    }
    if !said.is_sound() {
        return Err(problem::bad_request(
            "name, store, version and the other texts: a line each, of at most 100, 200, 100 and 300 letters",
        ));
    }
    match kiosks::see(&app.db, &said.into_kiosk()).await? {
        Seen::Noted(Some(order)) => Ok(Json(KioskAnswer { order }).into_response()),
        Seen::Noted(None) => Ok(StatusCode::NO_CONTENT.into_response()),
        Seen::TooMany => Err(Refusal::new(409, "too_many", "There are 2,000 kiosks")),
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
    Ok(Json(kiosks::list(&app.db, now_ms()).await?))
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

/// Give a kiosk an order that its retailer signed
///
/// `knytt kiosk … --print` writes one. It waits for the kiosk's next heartbeat, in the place of the order before. The
/// kiosk verifies the signature; this server does not know the key.
#[utoipa::path(
    put,
    path = "/api/v1/admin/kiosks/{name}/order",
    operation_id = "order_kiosk",
    tag = "admin",
    params(("name" = String, Path, description = "The kiosk's name")),
    request_body = SignedKioskOrder,
    responses(
        (status = 204, description = "It waits"),
        (status = 400, description = "`bad_request`: it is no order, or one of another kiosk", body = Problem),
        ChangeRefusals,
        BodyRefusals,
        NotFound,
    )
)]
pub async fn order(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Body(signed): Body<SignedKioskOrder>,
) -> Result<StatusCode, Refusal> {
    let order = signed.read().map_err(|error| problem::bad_request(error.to_string()))?;
    if order.kiosk != name {
        return Err(problem::bad_request("the order is one of another kiosk"));
    }
    if !kiosks::give(&app.db, &name, Some(&signed)).await? {
        return Err(Refusal::not_found());
    }
    note(&app.db, &caller.actor(), "kiosk.order", &name, "").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take back the order that waits for a kiosk
#[utoipa::path(
    delete,
    path = "/api/v1/admin/kiosks/{name}/order",
    operation_id = "take_back_order",
    tag = "admin",
    params(("name" = String, Path, description = "The kiosk's name")),
    responses((status = 204, description = "None waits"), ChangeRefusals, NotFound)
)]
pub async fn take_back(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    if !is_plain(&name) || !kiosks::give(&app.db, &name, None).await? {
        return Err(Refusal::not_found());
    }
    note(&app.db, &caller.actor(), "kiosk.order.remove", &name, "").await?;
    Ok(StatusCode::NO_CONTENT)
}

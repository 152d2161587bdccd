//! Who is told.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::is_plain;
use crate::accounts::{Body, Caller, note, now_ms, problem, secret};
use crate::alerts::channels::{self, Channel, ChannelKind};
use crate::alerts::deliveries::{self, Delivery};
use crate::alerts::email;
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::http::refusals::{BodyRefusals, ChangeRefusals, NotFound, ReadRefusals};
use crate::search::{Remote, Unfetched};

/// Somebody to tell.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewAlertChannel)]
pub struct NewChannel {
    /// How.
    kind: ChannelKind,
    /// The address of a webhook, or an e-mail address.
    #[schema(max_length = 2000)]
    address: String,
    /// Only alerts of this catalogue, and of the server; empty for all.
    #[serde(default)]
    #[schema(max_length = 200)]
    catalog: String,
}

/// A channel, with its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertChannelMade)]
pub struct ChannelMade {
    /// It.
    #[serde(flatten)]
    channel: Channel,
    /// What signs the bodies of a webhook; shown this once. Empty for letters.
    secret: String,
}

/// Who is told of alerts
#[utoipa::path(
    get,
    path = "/api/v1/admin/alert-channels",
    operation_id = "alert_channels",
    tag = "admin",
    responses(
        (status = 200, description = "All of them", body = [Channel]),
        ReadRefusals,
    )
)]
pub async fn channels(State(app): State<App>) -> Result<Json<Vec<Channel>>, Refusal> {
    Ok(Json(channels::list(&app.db).await?))
}

/// Have somebody told
#[utoipa::path(
    post,
    path = "/api/v1/admin/alert-channels",
    operation_id = "create_alert_channel",
    tag = "admin",
    request_body = NewChannel,
    responses(
        (status = 201, description = "The channel, with its secret", body = ChannelMade),
        (status = 400, description = "`bad_request`: no address, or one that may not be asked", body = Problem),
        ChangeRefusals,
        (status = 409, description = "`too_many`: 50 channels; `no_mail`: no mail server is set", body = Problem),
        BodyRefusals,
    )
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(asked): Body<NewChannel>,
) -> Result<(StatusCode, Json<ChannelMade>), Refusal> {
    check(&app, &asked)?;
    if channels::list(&app.db).await?.len() >= channels::MOST {
        return Err(Refusal::new(409, "too_many", "There are 50 channels"));
    }
    let secret = match asked.kind {
        ChannelKind::Webhook => format!("whsec_{}", secret::random()),
        ChannelKind::Email => String::new(),
    };
    let channel = Channel {
        id: uuid::Uuid::now_v7().to_string(),
        kind: asked.kind,
        address: asked.address,
        catalog: asked.catalog,
        actor: caller.actor(),
        made_ms: now_ms(),
        secret: secret.clone(),
    };
    channels::create(&app.db, &channel).await?;
    note(&app.db, &caller.actor(), "alert.channel", &channel.id, &said(&channel)).await?;
    Ok((StatusCode::CREATED, Json(ChannelMade { channel, secret })))
}

/// Tell somebody no more
#[utoipa::path(
    delete,
    path = "/api/v1/admin/alert-channels/{id}",
    operation_id = "remove_alert_channel",
    tag = "admin",
    params(("id" = String, Path, description = "The channel's id")),
    responses(
        (status = 204, description = "It is gone, with what it was still to be told"),
        ChangeRefusals,
        NotFound,
    )
)]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let known = known(&app, &id).await?;
    channels::remove(&app.db, &known.id).await?;
    note(&app.db, &caller.actor(), "alert.channel-remove", &known.id, &said(&known)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a channel
#[utoipa::path(
    post,
    path = "/api/v1/admin/alert-channels/{id}/test",
    operation_id = "test_alert_channel",
    tag = "admin",
    params(("id" = String, Path, description = "The channel's id")),
    responses(
        (status = 202, description = "It is told within seconds; `deliveries` says how that ended"),
        ChangeRefusals,
        NotFound,
    )
)]
pub async fn test(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let known = known(&app, &id).await?;
    deliveries::add_test(&app.db, &known, now_ms()).await?;
    note(&app.db, &caller.actor(), "alert.channel-test", &known.id, &said(&known)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// What a channel was told, the newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/alert-channels/{id}/deliveries",
    operation_id = "alert_deliveries",
    tag = "admin",
    params(("id" = String, Path, description = "The channel's id")),
    responses(
        (status = 200, description = "At most 20", body = [Delivery]),
        ReadRefusals,
        NotFound,
    )
)]
pub async fn deliveries(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Vec<Delivery>>, Refusal> {
    let known = known(&app, &id).await?;
    Ok(Json(deliveries::of_channel(&app.db, &known.id).await?))
}

async fn known(app: &App, id: &str) -> Result<Channel, Refusal> {
    let known = if is_plain(id) { channels::by_id(&app.db, id).await? } else { None };
    known.ok_or_else(Refusal::not_found)
}

fn check(app: &App, asked: &NewChannel) -> Result<(), Refusal> {
    if asked.catalog.len() > 200 || asked.catalog.contains('\0') || asked.address.contains('\0') {
        return Err(problem::bad_request("catalog, address: too long"));
    }
    match asked.kind {
        ChannelKind::Webhook => Remote::for_webhooks(app.config.alerts.local_webhooks)
            .check(&asked.address)
            .map_err(|error| match error {
                Unfetched::Refused(why) => problem::bad_request(format!("address: {why}")),
                Unfetched::Away(why) => problem::bad_request(format!("address: {why}")),
            }),
        ChannelKind::Email if app.config.alerts.smtp.is_none() => {
            Err(Refusal::new(409, "no_mail", "No mail server is set").detail("set --smtp and --smtp-from"))
        }
        ChannelKind::Email => email::address(&asked.address).map(drop).map_err(problem::bad_request),
    }
}

/// A channel in the audit log. A webhook's path may be a secret.
fn said(channel: &Channel) -> String {
    let place = match channel.kind {
        ChannelKind::Email => channel.address.clone(),
        ChannelKind::Webhook => url::Url::parse(&channel.address)
            .ok()
            .and_then(|url| Some(url.host_str()?.to_owned()))
            .unwrap_or_default(),
    };
    format!("{} {place}", channel.kind)
}

//! What shoppers did in a browser, bound to the answers that they did it with.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Request, State};
use knytt_wire::{Action, Event, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, Outcome, Participation, Problem, Uuid};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::app::App;
use crate::feedback::{DAY_MS, Incoming, Row, Searched, idempotency_key, ingest_key};
use crate::http::extract::Address;
use crate::http::read_body;
use crate::http::refusal::Refusal;
use crate::search::body::read_object;
use crate::tokens::{self, Claim, InvalidToken};

/// The model of an event that does not know it.
const NO_MODEL: &str = "web";

/// Events of one visit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Feedback {
    /// The catalogue; needed only where several are searched.
    catalog: Option<String>,
    /// A random id that the page makes at each visit and keeps nowhere.
    visit: Uuid,
    /// What happened.
    #[schema(max_items = 500)]
    events: Vec<Did>,
}

/// One thing that a shopper did.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Did {
    /// A UUID of version 7, made once: what is sent twice is counted once.
    id: Uuid,
    /// When, by the browser's clock: milliseconds since 1970 in UTC.
    at_ms: i64,
    /// `feedbackToken` of the answer that led here. Events without one are counted apart and rank nothing.
    #[schema(max_length = 200)]
    token: Option<String>,
    /// `team` of the hit, if it has one: in an experiment that merges two rankings, the choice is counted for it.
    #[schema(minimum = 0, maximum = 1)]
    team: Option<u8>,
    /// What happened.
    #[serde(flatten)]
    action: Action,
}

/// What became of the events.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedbackOutcome {
    /// Events that were not known before.
    accepted: u32,
    /// Events that were here already.
    duplicates: u32,
    /// Events with a valid token, or whose request has an ingest key of the catalogue.
    bound: u32,
    /// Events that are wrong and would be wrong again.
    rejected: Vec<Rejected>,
}

/// An event that was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rejected {
    /// The event's id.
    id: Uuid,
    /// What is wrong with it.
    reason: String,
}

/// Tell what shoppers did
///
/// An event with the token of an answer that this shop gave within a day ranks products, within bounds per visitor:
/// each kind counts once for a visitor, a product and a day. The same request again has the same outcome. The body is
/// read as JSON whatever its content type says, so that `navigator.sendBeacon` may send it.
#[utoipa::path(
    post,
    path = "/api/v1/feedback",
    tag = "feedback",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 100 characters; the body's hash if absent")),
    request_body = Feedback,
    responses(
        (status = 200, description = "They are on the disk", body = FeedbackOutcome),
        (status = 404, description = "`catalog_unknown`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`, `too_many_events`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`disk_reserve`: the disk is almost full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn feedback(
    State(app): State<App>,
    Address(address): Address,
    request: Request,
) -> Result<Json<FeedbackOutcome>, Refusal> {
    let said = request.headers().contains_key("idempotency-key");
    let key = said.then(|| idempotency_key(request.headers())).transpose()?;
    let ingest_key = ingest_key(request.headers());
    let body = read_body(request, MAX_BATCH_BYTES).await?;
    let memory = app.ingest.memory(body.len(), address).await?;
    let digest: [u8; 32] = Sha256::digest(&body).into();
    let told: Feedback = read_object(&body, "feedback")?;
    if told.events.len() > MAX_BATCH_EVENTS {
        return Err(Refusal::new(413, "too_many_events", "Too many events").detail("at most 500 at once"));
    }
    let mut batch = read(&app, told).await?;
    app.ingest.admission.admit(&mut batch, ingest_key.as_deref(), address).await?;
    let bound = u32::try_from(batch.rows.iter().filter(|row| row.bound).count()).unwrap_or(u32::MAX);
    let rejected = batch.rejected.clone();
    app.metrics.events_rejected(rejected.len());
    let outcome = match batch.rows.is_empty() {
        true => Outcome::default(),
        // Keys of devices are ASCII, so none of them can be one of these.
        false => {
            let key = key.unwrap_or_else(|| digest.iter().map(|byte| format!("{byte:02x}")).collect());
            app.ingest.stored(format!("web·{key}"), digest, batch, memory).await?
        }
    };
    let rejected = rejected.into_iter().map(|(id, reason)| Rejected { id, reason }).collect();
    Ok(Json(FeedbackOutcome { accepted: outcome.accepted, duplicates: outcome.duplicates, bound, rejected }))
}

/// The rows of the events. A token that is not believed is no reason to lose an event: it counts apart.
async fn read(app: &App, told: Feedback) -> Result<Incoming, Refusal> {
    let catalog = app.search.catalogs.get(told.catalog.as_deref())?.summary.clone();
    let received_ms = jiff::Timestamp::now().as_millisecond();
    let mut claims: HashMap<String, Result<Claim, InvalidToken>> = HashMap::new();
    let mut batch = Incoming::default();
    for did in told.events {
        let claim = match did.token {
            None => None,
            Some(token) => match claims.get(&token) {
                Some(known) => known.ok(),
                None => {
                    let claim = app.tokens.verify(&token, &catalog.id, tokens::EVENTS).await;
                    claims.insert(token, claim);
                    claim.ok()
                }
            },
        };
        let event = Event {
            id: did.id,
            at_ms: did.at_ms,
            catalog: catalog.id.clone(),
            release: claim.map_or(u64::from(catalog.release), |claim| claim.release),
            model: NO_MODEL.into(),
            visit: told.visit,
            search_id: claim.map(|claim| claim.query_id),
            device: Default::default(),
            experiment: claim.and_then(|claim| claim.part).map(|part| of_team(part, did.team)),
            action: did.action,
        };
        let row = event.validate().map_err(|reason| reason.to_string());
        match row.and_then(|()| Row::new(&event, received_ms)) {
            Ok(row) => batch.rows.push(bound(row, claim)),
            Err(reason) => batch.rejected.push((event.id, reason)),
        }
    }
    Ok(batch)
}

/// In a merged list a product is of a team; elsewhere the search has the arm.
fn of_team(part: Participation, team: Option<u8>) -> Participation {
    Participation { arm: part.arm.or(team.filter(|team| *team < 2)), ..part }
}

/// A row that a token binds to its search. Words that were not those of the search are not believed.
fn bound(mut row: Row, claim: Option<Claim>) -> Row {
    let Some(claim) = claim else { return row };
    row.search_id = Some(claim.query_id);
    if let Some(searched) = searched(&claim) {
        row.belongs_to(searched);
    }
    let words = row.search_term.as_deref().unwrap_or_default();
    if row.name != "search" || claim.words == tokens::hash(words) {
        row.bind_to(claim.visitor);
    }
    row
}

/// What the search of a token is counted under.
pub fn searched(claim: &Claim) -> Option<Searched> {
    let day = i64::from(claim.issued_secs) * 1_000 / DAY_MS;
    let release = i64::try_from(claim.release).ok()?;
    claim.way.map(|way| Searched { day, release, way, part: claim.part })
}

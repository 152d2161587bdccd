//! `POST /v1/events`: what shoppers did, counted once, acknowledged when it is on the disk.

mod admission;
mod arms;
mod batch;
mod believed;
mod bounds;
mod count_rows;
mod counts;
mod fair_queue;
pub(crate) mod ingest;
mod ingest_keys;
mod insight;
mod insight_rows;
mod job;
mod memory;
mod money;
mod pace;
mod readers;
mod registry;
mod roots;
mod row;
mod seen_releases;
mod store;
mod words;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Json;
use axum::routing::{post, put};
use bytes::Bytes;
use knytt_wire::{INGEST_KEY_HEADER, LOG_HEAD_HEADER, LogHead, MAX_BATCH_BYTES, Outcome};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::http::extract::Address;
use crate::http::read_body;
use crate::http::refusal::Refusal;

pub(crate) use arms::ArmCounts;
pub(crate) use batch::Incoming;
pub(crate) use believed::forget_visits;
pub(crate) use count_rows::{add_all, added};
pub(crate) use ingest_keys::KEEP as KEEP_INGEST_KEY;
pub use ingest_keys::set_ingest_key;
pub(crate) use insight_rows::{ANY_RELEASE, DayKey, Seen, add_days, add_seen, forget_seen};
pub(crate) use money::Sale;
pub(crate) use registry::know;
pub(crate) use roots::pin as pin_root;
pub(crate) use row::{DAY_MS, Row, Searched, normal};
pub(crate) use seen_releases::SeenReleases;
pub(crate) use store::forget_batches;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/v1/events", post(take))
        .route("/v1/catalogs/{catalog}/ingest-key", put(ingest_keys::put))
}

async fn take(
    State(app): State<App>,
    Address(address): Address,
    request: Request,
) -> Result<Json<Outcome>, Refusal> {
    let key = idempotency_key(request.headers())?;
    let gzip = is_gzip(request.headers())?;
    let ingest_key = ingest_key(request.headers());
    let seen = log_head(request.headers());
    let body = read_body(request, MAX_BATCH_BYTES).await?;
    let most = if gzip { batch::inflated_at_most(body.len()) } else { body.len() };
    let memory = app.ingest.memory(most, address).await?;
    let (digest, mut batch) = app.ingest.readers.read(most, move || read_batch(body, gzip)).await?;
    let admitted = app.ingest.admission.admit(&mut batch, ingest_key.as_deref(), address).await;
    app.metrics.events_rejected(batch.rejected.len());
    admitted?;
    if batch.rows.is_empty() {
        // Nothing is stored, so the answer is made anew each time.
        return Ok(Json(Outcome { rejected: batch.rejected, ..Outcome::default() }));
    }
    let telling = seen.and_then(|head| Some((app.ingest.admission.telling(&batch.rows)?, head)));
    let outcome = app.ingest.stored(key, digest, batch, memory).await?;
    if let Some((identity, head)) = telling {
        app.seen_releases.seen(&identity, &head).await;
    }
    Ok(Json(outcome))
}

/// The hash of a batch's JSON, and the batch.
fn read_batch(body: Bytes, gzip: bool) -> Result<([u8; 32], Incoming), Refusal> {
    let body = if gzip { batch::inflate(&body)? } else { body };
    Ok((Sha256::digest(&body).into(), batch::parse(&body)?))
}

/// The newest release that the device has seen. What cannot be read is left: the events count without it.
fn log_head(headers: &HeaderMap) -> Option<LogHead> {
    headers.get(LOG_HEAD_HEADER)?.to_str().ok()?.parse().ok()
}

pub(crate) fn ingest_key(headers: &HeaderMap) -> Option<String> {
    let key = headers.get(INGEST_KEY_HEADER)?.to_str().ok()?.trim();
    Some(key.to_owned()).filter(|key| !key.is_empty())
}

pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<String, Refusal> {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::trim);
    match key {
        Some(key) if (1..=100).contains(&key.len()) => Ok(key.to_owned()),
        _ => Err(Refusal::new(400, "idempotency_key_missing", "No Idempotency-Key")
            .detail("send a header Idempotency-Key of 1 to 100 characters")),
    }
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, Refusal> {
    match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes()) {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip") => Ok(true),
        Some(_) => Err(Refusal::new(415, "encoding_unknown", "Content-Encoding not known")
            .detail("a batch is sent plain or as gzip")),
    }
}

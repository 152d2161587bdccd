//! Ingest keys: a catalogue's release names one, and devices that have the release send it with their events.
//!
//! A key is no secret. It tells events of devices that follow the catalogue from events that anyone made up
//! for its name, so that only the former rank products.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde::Deserialize;

use crate::app::App;
use crate::db::Database;
use crate::http::refusal::Refusal;
use crate::http::{authorize, read_body};
use crate::keys::Scope;
use crate::{Error, Result};

/// How many characters a key has.
const KEY_CHARS: std::ops::RangeInclusive<usize> = 16..=100;

/// How long a key is valid after the next one came, unless told otherwise: devices get releases late.
pub const KEEP: Duration = Duration::from_secs(90 * 86_400);

/// The longest body: a key and a number.
const MAX_BODY_BYTES: usize = 1_000;

/// Makes `key` the catalogue's ingest key. Those before it stay valid for `keep`, and one that came before
/// becomes valid without an end again. To set the newest key once more changes nothing.
///
/// # Errors
/// The key is not 16 to 100 letters, digits, `-` and `_`, or the database refuses.
pub async fn set_ingest_key(db: &Database, catalog: &str, key: &str, keep: Duration) -> Result<()> {
    if !is_key(key) {
        return Err(Error::Setting("an ingest key is 16 to 100 letters, digits, '-' and '_'".into()));
    }
    let now = jiff::Timestamp::now().as_millisecond();
    let until = now.saturating_add(i64::try_from(keep.as_millis()).unwrap_or(i64::MAX));
    let mut tx = db.begin().await?;
    sqlx::query(
        "INSERT INTO ingest_keys (catalog, ingest_key, created_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (catalog, ingest_key) DO UPDATE SET until_ms = NULL",
    )
    .bind(catalog)
    .bind(key)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE ingest_keys SET until_ms = $1 WHERE catalog = $2 AND ingest_key <> $3 AND until_ms IS NULL",
    )
    .bind(until)
    .bind(catalog)
    .bind(key)
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

fn is_key(key: &str) -> bool {
    KEY_CHARS.contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// The body of `PUT /v1/catalogs/{catalog}/ingest-key`.
#[derive(Deserialize)]
struct NewKey {
    ingest_key: String,
    /// For how many days the keys before it stay valid.
    keep_days: Option<u32>,
}

/// Whoever publishes a catalogue says which key its release names.
pub async fn put(
    State(app): State<App>,
    Path(catalog): Path<String>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    authorize(&app, request.headers(), Scope::Publish, Some(&catalog)).await?;
    let body = read_body(request, MAX_BODY_BYTES).await?;
    let Json(new) = Json::<NewKey>::from_bytes(&body).map_err(|error| refuse(error.body_text()))?;
    if !is_key(&new.ingest_key) {
        return Err(refuse("an ingest key is 16 to 100 letters, digits, '-' and '_'"));
    }
    let keep = new.keep_days.map_or(KEEP, |days| Duration::from_secs(u64::from(days) * 86_400));
    set_ingest_key(&app.db, &catalog, &new.ingest_key, keep).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn refuse(detail: impl Into<String>) -> Refusal {
    Refusal::new(400, "ingest_key_invalid", "Ingest key not allowed").detail(detail)
}

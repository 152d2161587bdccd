//! The releases of catalogues that are made here, as rows.

use serde::Serialize;
use sqlx::Row as _;
use utoipa::ToSchema;

use crate::db::{Database, Tx};

/// Builds that are kept for going back.
pub const KEPT: i64 = 10;

/// A release.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MadeRelease)]
pub struct Release {
    /// Its number.
    pub number: i64,
    /// When it was published, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who published it.
    pub actor: String,
    /// It in numbers, as `knytt publish --json` says them.
    #[schema(value_type = Object)]
    pub summary: serde_json::Value,
    /// Whether its content is still here, so that it can be published again.
    pub can_roll_back: bool,
    /// What it holds.
    #[serde(skip)]
    pub build: String,
}

/// Those of a catalogue, the newest first.
pub async fn list(db: &Database, catalog: &str) -> Result<Vec<Release>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT number, at_ms, actor, summary, build FROM made_releases WHERE catalog = $1 \
         ORDER BY number DESC LIMIT 100",
    );
    let rows = rows.bind(catalog.to_owned()).fetch_all(db.pool()).await?;
    let read = |(place, row): (usize, &sqlx::any::AnyRow)| {
        Ok(Release {
            number: row.try_get(0)?,
            at_ms: row.try_get(1)?,
            actor: row.try_get(2)?,
            summary: serde_json::from_str(&row.try_get::<String, _>(3)?).unwrap_or_default(),
            can_roll_back: place > 0 && (place as i64) < KEPT,
            build: row.try_get(4)?,
        })
    };
    rows.iter().enumerate().map(read).collect()
}

/// Notes a release. One that is noted already stays.
pub async fn note(
    tx: &mut Tx,
    catalog: &str,
    number: i64,
    build: &str,
    actor: &str,
    summary: &serde_json::Value,
    now_ms: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO made_releases (catalog, number, build, at_ms, actor, summary) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (catalog, number) DO NOTHING",
    )
    .bind(catalog.to_owned())
    .bind(number)
    .bind(build.to_owned())
    .bind(now_ms)
    .bind(actor.to_owned())
    .bind(summary.to_string())
    .execute(&mut **tx)
    .await
    .map(drop)
}

//! Versions of how a catalogue ranks, as rows.

use knytt_engine::Weights;
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use utoipa::ToSchema;

use crate::accounts::now_ms;
use crate::db::{Database, Tx};

/// Versions of a list.
const LISTED: i64 = 100;

/// A version of the weights.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RankingVersion {
    /// Its number, from 1.
    pub number: i64,
    /// How hits are ranked.
    pub weights: Weights,
    /// Who made it: their address, or the id of one who is gone.
    pub author: String,
    /// Why, in their words.
    pub note: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

fn read(row: &AnyRow) -> Result<RankingVersion, sqlx::Error> {
    let weights: String = row.try_get(1)?;
    Ok(RankingVersion {
        number: row.try_get(0)?,
        weights: serde_json::from_str(&weights).map_err(|error| sqlx::Error::Decode(error.into()))?,
        author: row.try_get(2)?,
        note: row.try_get(3)?,
        at_ms: row.try_get(4)?,
    })
}

/// Those of a catalogue, the newest first.
pub async fn list(db: &Database, catalog: &str) -> Result<Vec<RankingVersion>, sqlx::Error> {
    let sql = format!(
        "SELECT v.number, v.weights, COALESCE(p.email, v.author), v.note, v.at_ms \
         FROM ranking_versions v LEFT JOIN people p ON p.id = v.author \
         WHERE v.catalog = $1 ORDER BY v.number DESC LIMIT {LISTED}"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(catalog.to_owned()).fetch_all(db.pool()).await?;
    rows.iter().map(read).collect()
}

/// The number of the newest version of each catalogue that has any.
pub async fn numbers(db: &Database) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let sql = "SELECT catalog, MAX(number) FROM ranking_versions GROUP BY catalog";
    let rows = sqlx::query(sql).fetch_all(db.pool()).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Adds a version, and returns its number; `None` if another one came at the same moment.
pub async fn add(
    tx: &mut Tx,
    catalog: &str,
    weights: &Weights,
    author: &str,
    note: &str,
) -> Result<Option<i64>, sqlx::Error> {
    let newest = sqlx::query("SELECT COALESCE(MAX(number), 0) FROM ranking_versions WHERE catalog = $1");
    let newest: i64 = newest.bind(catalog.to_owned()).fetch_one(&mut **tx).await?.try_get(0)?;
    let weights = serde_json::to_string(weights).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let insert = sqlx::query(
        "INSERT INTO ranking_versions (catalog, number, weights, author, note, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (catalog, number) DO NOTHING",
    );
    let insert = insert.bind(catalog.to_owned()).bind(newest + 1).bind(weights).bind(author.to_owned());
    let insert = insert.bind(note.to_owned()).bind(now_ms());
    let added = insert.execute(&mut **tx).await?.rows_affected();
    Ok((added > 0).then_some(newest + 1))
}

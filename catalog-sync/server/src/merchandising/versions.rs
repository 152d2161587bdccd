//! Versions, as rows.

use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use utoipa::ToSchema;

use crate::accounts::now_ms;
use crate::db::{Database, Tx};

/// Versions of a list.
const LISTED: i64 = 100;

/// A version of the rules and synonyms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RulesVersion {
    /// Its number, from 1; 0 for what the catalogue came with.
    pub number: i64,
    /// Who published it: their address, or the id of one who is gone.
    pub author: String,
    /// Why, in their words.
    pub note: String,
    /// The version that it repeats; 0 if it repeats none.
    pub of_number: i64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// A version to add.
pub struct NewVersion<'a> {
    pub catalog: &'a str,
    /// The document as JSON.
    pub document: &'a str,
    /// The account or key that publishes it.
    pub author: &'a str,
    pub note: &'a str,
    pub of_number: i64,
}

const COLUMNS: &str = "v.number, COALESCE(p.email, v.author), v.note, v.of_number, v.at_ms";
const TABLES: &str = "merchandising_versions v LEFT JOIN people p ON p.id = v.author";

fn read(row: &AnyRow) -> Result<RulesVersion, sqlx::Error> {
    Ok(RulesVersion {
        number: row.try_get(0)?,
        author: row.try_get(1)?,
        note: row.try_get(2)?,
        of_number: row.try_get(3)?,
        at_ms: row.try_get(4)?,
    })
}

/// Those of a catalogue, the newest first.
pub async fn list(db: &Database, catalog: &str) -> Result<Vec<RulesVersion>, sqlx::Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM {TABLES} WHERE v.catalog = $1 ORDER BY v.number DESC LIMIT {LISTED}");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(catalog.to_owned()).fetch_all(db.pool()).await?;
    rows.iter().map(read).collect()
}

/// One of them with its document as JSON.
pub async fn get(
    db: &Database,
    catalog: &str,
    number: i64,
) -> Result<Option<(RulesVersion, String)>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS}, v.document FROM {TABLES} WHERE v.catalog = $1 AND v.number = $2");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(catalog.to_owned()).bind(number);
    let row = row.fetch_optional(db.pool()).await?;
    row.map(|row| Ok((read(&row)?, row.try_get(5)?))).transpose()
}

/// The newest of a catalogue, with its document as JSON.
pub async fn newest(db: &Database, catalog: &str) -> Result<Option<(RulesVersion, String)>, sqlx::Error> {
    match list(db, catalog).await?.first() {
        Some(version) => get(db, catalog, version.number).await,
        None => Ok(None),
    }
}

/// The number of the newest version of each catalogue that has any.
pub async fn numbers(db: &Database) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let sql = "SELECT catalog, MAX(number) FROM merchandising_versions GROUP BY catalog";
    let rows = sqlx::query(sql).fetch_all(db.pool()).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Adds a version, and returns its number; `None` if another one came at the same moment.
pub async fn add(tx: &mut Tx, new: &NewVersion<'_>) -> Result<Option<i64>, sqlx::Error> {
    let newest =
        sqlx::query("SELECT COALESCE(MAX(number), 0) FROM merchandising_versions WHERE catalog = $1");
    let newest: i64 = newest.bind(new.catalog.to_owned()).fetch_one(&mut **tx).await?.try_get(0)?;
    let insert = sqlx::query(
        "INSERT INTO merchandising_versions (catalog, number, document, author, note, of_number, at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (catalog, number) DO NOTHING",
    );
    let insert = insert
        .bind(new.catalog.to_owned())
        .bind(newest + 1)
        .bind(new.document.to_owned())
        .bind(new.author.to_owned())
        .bind(new.note.to_owned())
        .bind(new.of_number)
        .bind(now_ms());
    let added = insert.execute(&mut **tx).await?.rows_affected();
    Ok((added > 0).then_some(newest + 1))
}

//! The table `outbox`: one row for each commit, with its events as lines of JSON.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Row as _};
use uuid::Uuid;

use crate::db::{Database, RowsQuery, Tx};

/// Rows that one replica takes at once.
const CLAIM_ROWS: i64 = 8;

/// A row of events that are to be published.
pub struct PendingRow {
    pub id: Vec<u8>,
    /// Events as lines of JSON.
    pub body: String,
}

/// An event that the stream will never take.
#[derive(Debug)]
pub struct DeadLetter {
    pub id: Uuid,
    /// Why.
    pub reason: String,
    /// The event.
    pub json: String,
}

/// Notes events in the transaction that stores them.
pub async fn enqueue<'a>(tx: &mut Tx, events: impl Iterator<Item = &'a str>) -> Result<(), sqlx::Error> {
    let body = events.collect::<Vec<_>>().join("\n");
    sqlx::query("INSERT INTO outbox (id, body, claimed_until) VALUES ($1, $2, 0)")
        .bind(Uuid::now_v7().as_bytes().as_slice())
        .bind(body.as_bytes())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes the oldest rows that no other replica works on, for this long. Two replicas that see the same rows
/// both update them, one after the other, and the second finds its condition false.
pub async fn claim(db: &Database, hold: Duration) -> Result<Vec<PendingRow>, sqlx::Error> {
    let now = jiff::Timestamp::now().as_millisecond();
    let until = now + i64::try_from(hold.as_millis()).unwrap_or(i64::MAX / 2);
    let rows = sqlx::query(
        "UPDATE outbox SET claimed_until = $1 WHERE claimed_until < $2 AND id IN \
         (SELECT id FROM outbox WHERE claimed_until < $2 ORDER BY id LIMIT $3) RETURNING id, body",
    )
    .bind(until)
    .bind(now)
    .bind(CLAIM_ROWS)
    .fetch_all(db.pool())
    .await?;
    let mut pending = rows.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    pending.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(pending)
}

fn row(row: &sqlx::any::AnyRow) -> Result<PendingRow, sqlx::Error> {
    let body: Vec<u8> = row.try_get(1)?;
    let body = String::from_utf8(body).map_err(|e| sqlx::Error::Decode(e.into()))?;
    Ok(PendingRow { id: row.try_get(0)?, body })
}

/// Strikes what has been published, and puts aside in the same transaction what never will be.
pub async fn strike(db: &Database, pending: &[PendingRow], dead: &[DeadLetter]) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    for letter in dead {
        sqlx::query(
            "INSERT INTO dead_letters (id, reason, body, at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(letter.id.as_bytes().as_slice())
        .bind(letter.reason.as_str())
        .bind(letter.json.as_bytes())
        .bind(jiff::Timestamp::now().as_millisecond())
        .execute(&mut *tx)
        .await?;
    }
    changed("DELETE FROM outbox", pending).execute(&mut *tx).await?;
    tx.commit().await
}

/// Gives back what could not be published.
pub async fn release(db: &Database, pending: &[PendingRow]) -> Result<(), sqlx::Error> {
    changed("UPDATE outbox SET claimed_until = 0", pending).execute(db.pool()).await.map(drop)
}

fn changed(what: &str, pending: &[PendingRow]) -> RowsQuery {
    let marks: Vec<String> = (1..=pending.len()).map(|i| format!("${i}")).collect();
    let sql = format!("{what} WHERE id IN ({})", marks.join(", "));
    pending.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, row| query.bind(row.id.as_slice()))
}

/// How many rows wait.
pub async fn pending(db: &Database) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM outbox").fetch_one(db.pool()).await
}

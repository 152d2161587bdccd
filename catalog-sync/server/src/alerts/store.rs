//! Alerts as rows: opened once, resolved by the evaluation, acknowledged by a person.

use sqlx::AssertSqlSafe;

use super::alert::{Alert, COLUMNS, read};
use super::deliveries;
use super::rule::Rule;
use super::verdict::Reading;
use crate::db::Database;

/// How long a resolved alert is kept.
const KEPT_MS: i64 = 365 * 86_400_000;

async fn select(db: &Database, rest: &str, bound: &str, limit: u32) -> Result<Vec<Alert>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM alerts WHERE {rest} ORDER BY id DESC LIMIT $2");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(bound.to_owned()).bind(i64::from(limit));
    rows.fetch_all(db.pool()).await?.iter().map(read).collect()
}

/// All that are open.
pub async fn open(db: &Database) -> Result<Vec<Alert>, sqlx::Error> {
    select(db, "resolved_ms = 0 AND id <> $1", "", u32::MAX).await
}

/// The newest before an id, the open ones alone or all.
pub async fn list(
    db: &Database,
    only_open: bool,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Alert>, sqlx::Error> {
    let rest = if only_open { "id < $1 AND resolved_ms = 0" } else { "id < $1" };
    // Every id is before `~`.
    select(db, rest, before.unwrap_or("~"), limit).await
}

/// The one of this id.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<Alert>, sqlx::Error> {
    Ok(select(db, "id = $1", id, 1).await?.into_iter().next())
}

/// Opens an alert and tells the channels, unless one of the same rule, catalogue and subject is open.
pub async fn open_new(
    db: &Database,
    rule: &Rule,
    reading: &Reading,
    now_ms: i64,
) -> Result<bool, sqlx::Error> {
    let alert = Alert {
        id: uuid::Uuid::now_v7().to_string(),
        rule: rule.id.clone(),
        metric: rule.terms.metric,
        catalog: reading.catalog.clone(),
        subject: reading.subject.clone(),
        value: reading.value,
        expected: reading.expected,
        count: reading.count,
        text: reading.text.clone(),
        opened_ms: now_ms,
        seen_ms: now_ms,
        resolved_ms: 0,
        acknowledged_ms: 0,
        acknowledged_by: String::new(),
        note: String::new(),
        fine_ms: 0,
    };
    let sql = format!(
        "INSERT INTO alerts ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, '', '', 0) \
         ON CONFLICT DO NOTHING"
    );
    let mut tx = db.begin().await?;
    let opened = sqlx::query(AssertSqlSafe(sql))
        .bind(alert.id.clone())
        .bind(alert.rule.clone())
        .bind(alert.metric.name())
        .bind(alert.catalog.clone())
        .bind(alert.subject.clone())
        .bind(alert.value)
        .bind(alert.expected)
        .bind(alert.count)
        .bind(alert.text.clone())
        .bind(alert.opened_ms)
        .bind(alert.seen_ms)
        .execute(&mut *tx)
        .await?;
    let is_new = opened.rows_affected() > 0;
    if is_new {
        deliveries::add(&mut tx, &alert, "opened", now_ms).await?;
    }
    tx.commit().await?;
    Ok(is_new)
}

/// Notes that the rule of an open alert is still broken.
pub async fn see(db: &Database, alert: &Alert, reading: &Reading, now_ms: i64) -> Result<(), sqlx::Error> {
    let seen = sqlx::query(
        "UPDATE alerts SET seen_ms = $2, fine_ms = 0, value = $3, expected = $4, count = $5, text = $6 \
         WHERE id = $1 AND resolved_ms = 0",
    );
    let seen = seen.bind(alert.id.clone()).bind(now_ms).bind(reading.value).bind(reading.expected);
    seen.bind(reading.count).bind(reading.text.clone()).execute(db.pool()).await.map(drop)
}

/// Notes since when the rule of an open alert holds again; 0: it does not.
pub async fn set_fine(db: &Database, alert: &Alert, fine_ms: i64) -> Result<(), sqlx::Error> {
    let set = sqlx::query("UPDATE alerts SET fine_ms = $2 WHERE id = $1 AND resolved_ms = 0");
    set.bind(alert.id.clone()).bind(fine_ms).execute(db.pool()).await.map(drop)
}

/// Resolves an open alert and tells the channels.
pub async fn resolve(db: &Database, alert: &Alert, now_ms: i64) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let ended = sqlx::query("UPDATE alerts SET resolved_ms = $2 WHERE id = $1 AND resolved_ms = 0");
    let ended = ended.bind(alert.id.clone()).bind(now_ms).execute(&mut *tx).await?.rows_affected() > 0;
    if ended {
        let alert = Alert { resolved_ms: now_ms, ..alert.clone() };
        deliveries::add(&mut tx, &alert, "resolved", now_ms).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Notes who acknowledged an alert. `false`: there is none of this id, or somebody did before.
pub async fn acknowledge(
    db: &Database,
    id: &str,
    actor: &str,
    note: &str,
    now_ms: i64,
) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query(
        "UPDATE alerts SET acknowledged_ms = $2, acknowledged_by = $3, note = $4 WHERE id = $1 AND acknowledged_ms = 0",
    );
    let noted = noted.bind(id.to_owned()).bind(now_ms).bind(actor.to_owned()).bind(note.to_owned());
    Ok(noted.execute(db.pool()).await?.rows_affected() > 0)
}

/// Forgets what resolved long ago.
pub async fn forget(db: &Database, now_ms: i64) -> Result<(), sqlx::Error> {
    let old =
        sqlx::query("DELETE FROM alerts WHERE resolved_ms > 0 AND resolved_ms < $1").bind(now_ms - KEPT_MS);
    old.execute(db.pool()).await.map(drop)
}

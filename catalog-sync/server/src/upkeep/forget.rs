//! What is forgotten of the records: old events, one visitor.

use jiff::Timestamp;
use uuid::Uuid;

use crate::Result;
use crate::db::Database;

const DAY_MS: i64 = 86_400_000;

/// Dead letters that are read at once.
const LETTERS: i64 = 500;

/// Forgets the events of days that ended more than `days` days ago, and dead letters of that age. The counts of
/// reports stay: they name no visit. Returns how many events there were.
///
/// # Errors
/// The database refuses.
pub async fn retain(db: &Database, days: u32) -> Result<u64> {
    let now_ms = Timestamp::now().as_millisecond();
    let first_kept = now_ms / DAY_MS - i64::from(days);
    let mut tx = db.begin().await?;
    let events = sqlx::query("DELETE FROM events WHERE day < $1").bind(first_kept).execute(&mut *tx).await?;
    let letters = sqlx::query("DELETE FROM dead_letters WHERE at_ms < $1").bind(first_kept * DAY_MS);
    letters.execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(events.rows_affected())
}

/// Forgets all events of a visit, that it was seen, and its dead letters. The counts of reports stay: they name no visit. Events that
/// are in NATS already end there by its own limit of age. Returns how many events there were.
///
/// # Errors
/// The database refuses.
pub async fn erase(db: &Database, visit: Uuid) -> Result<u64> {
    let mut tx = db.begin().await?;
    let events = sqlx::query("DELETE FROM events WHERE visit = $1").bind(visit.as_bytes().to_vec());
    let events = events.execute(&mut *tx).await?.rows_affected();
    for sql in [
        "DELETE FROM insight_seen WHERE visitor = $1",
        "DELETE FROM insight_asked WHERE visitor = $1",
        "DELETE FROM experiment_seen WHERE visitor = $1",
        "DELETE FROM believed WHERE visit = $1",
        "DELETE FROM asked WHERE visit = $1",
    ] {
        sqlx::query(sql).bind(visit.as_bytes().to_vec()).execute(&mut *tx).await?;
    }
    let name = visit.to_string();
    let mut after = Vec::new();
    loop {
        let letters = "SELECT id, body FROM dead_letters WHERE id > $1 ORDER BY id LIMIT $2";
        let letters: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as(letters).bind(after).bind(LETTERS).fetch_all(&mut *tx).await?;
        let Some((last, _)) = letters.last() else { break };
        after = last.clone();
        for (id, body) in letters {
            if String::from_utf8_lossy(&body).contains(&name) {
                sqlx::query("DELETE FROM dead_letters WHERE id = $1").bind(id).execute(&mut *tx).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(events)
}

//! What is to be told to whom, as rows, so that a restart loses none.

use serde::Serialize;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use utoipa::ToSchema;
use uuid::Uuid;

use super::alert::Alert;
use super::channels::Channel;
use crate::db::{Database, Tx};

/// How often it is tried before it is given up.
const ATTEMPTS: i64 = 12;

/// The pause after the first failure; it doubles with each.
const PAUSE_MS: i64 = 10_000;

/// The longest pause.
const LONGEST_PAUSE_MS: i64 = 3_600_000;

/// How long what ended is kept.
const KEPT_MS: i64 = 90 * 86_400_000;

/// The longest error, in letters.
const LONGEST: usize = 500;

/// Something that is to be told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertDelivery)]
pub struct Delivery {
    /// Its id, which is in the body, too: a body may come twice.
    pub id: String,
    /// The channel that is told.
    pub channel: String,
    /// `opened`, `resolved` or `test`.
    pub event: String,
    /// `waiting`, `sent` or `given_up`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, in milliseconds since 1970.
    pub due_ms: i64,
    /// Since when it is to be told.
    pub made_ms: i64,
    /// When it was sent or given up; 0 before that.
    pub ended_ms: i64,
    /// Why it could not be told the last time.
    pub error: String,
    /// What is told, as JSON.
    #[serde(skip)]
    pub body: String,
}

const COLUMNS: &str = "id, channel, event, state, attempts, due_ms, made_ms, ended_ms, error, body";

fn read(row: &AnyRow) -> Result<Delivery, sqlx::Error> {
    Ok(Delivery {
        id: row.try_get(0)?,
        channel: row.try_get(1)?,
        event: row.try_get(2)?,
        state: row.try_get(3)?,
        attempts: row.try_get(4)?,
        due_ms: row.try_get(5)?,
        made_ms: row.try_get(6)?,
        ended_ms: row.try_get(7)?,
        error: row.try_get(8)?,
        body: row.try_get(9)?,
    })
}

/// One delivery for each channel that hears of the alert.
pub async fn add(tx: &mut Tx, alert: &Alert, event: &str, now_ms: i64) -> Result<(), sqlx::Error> {
    let sql = "SELECT id FROM alert_channels WHERE catalog = '' OR catalog = $1 OR $2 = ''";
    let heard = sqlx::query(sql).bind(alert.catalog.clone()).bind(alert.catalog.clone());
    for row in heard.fetch_all(&mut **tx).await? {
        let channel: String = row.try_get(0)?;
        insert(tx, &alert.id, &channel, event, json!(alert), now_ms).await?;
    }
    Ok(())
}

/// A delivery that only shows that the channel hears.
pub async fn add_test(db: &Database, channel: &Channel, now_ms: i64) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    insert(&mut tx, "", &channel.id, "test", serde_json::Value::Null, now_ms).await?;
    tx.commit().await
}

async fn insert(
    tx: &mut Tx,
    alert: &str,
    channel: &str,
    event: &str,
    about: serde_json::Value,
    now_ms: i64,
) -> Result<(), sqlx::Error> {
    let id = Uuid::now_v7().to_string();
    let body = json!({ "id": id, "event": event, "atMs": now_ms, "alert": about });
    let sql = "INSERT INTO alert_deliveries (id, alert, channel, event, body, state, attempts, due_ms, made_ms, ended_ms, \
               error) VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6, $7, 0, '')";
    let sent =
        sqlx::query(sql).bind(id).bind(alert.to_owned()).bind(channel.to_owned()).bind(event.to_owned());
    sent.bind(body.to_string()).bind(now_ms).bind(now_ms).execute(&mut **tx).await.map(drop)
}

/// Those that are due, the oldest first.
pub async fn due(db: &Database, now_ms: i64) -> Result<Vec<Delivery>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert_deliveries WHERE state = 'waiting' AND due_ms <= $1 ORDER BY due_ms, id LIMIT 100"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(now_ms).fetch_all(db.pool()).await?.iter().map(read).collect()
}

/// The newest of a channel.
pub async fn of_channel(db: &Database, channel: &str) -> Result<Vec<Delivery>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM alert_deliveries WHERE channel = $1 ORDER BY id DESC LIMIT 20");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(channel.to_owned()).fetch_all(db.pool()).await?;
    rows.iter().map(read).collect()
}

/// Notes how a try ended. Returns the state.
pub async fn tried(
    db: &Database,
    delivery: &Delivery,
    done: &Result<(), String>,
    now_ms: i64,
) -> Result<&'static str, sqlx::Error> {
    let attempts = delivery.attempts + 1;
    let (state, due_ms, ended_ms) = match done {
        Ok(()) => ("sent", delivery.due_ms, now_ms),
        Err(_) if attempts >= ATTEMPTS => ("given_up", delivery.due_ms, now_ms),
        Err(_) => ("waiting", now_ms + pause_ms(attempts), 0),
    };
    let error: String =
        done.as_ref().err().map(|error| error.chars().take(LONGEST).collect()).unwrap_or_default();
    let sql = "UPDATE alert_deliveries SET state = $2, attempts = $3, due_ms = $4, ended_ms = $5, error = $6 WHERE id = $1";
    let noted = sqlx::query(sql).bind(delivery.id.clone()).bind(state).bind(attempts).bind(due_ms);
    noted.bind(ended_ms).bind(error.replace('\0', "")).execute(db.pool()).await?;
    Ok(state)
}

/// How long it is waited after so many failures.
fn pause_ms(failures: i64) -> i64 {
    (PAUSE_MS << (failures - 1).clamp(0, 20)).min(LONGEST_PAUSE_MS)
}

/// Forgets what ended long ago.
pub async fn forget(db: &Database, now_ms: i64) -> Result<(), sqlx::Error> {
    let old = sqlx::query("DELETE FROM alert_deliveries WHERE ended_ms > 0 AND ended_ms < $1")
        .bind(now_ms - KEPT_MS);
    old.execute(db.pool()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pauses: Vec<i64> = (1..=11).map(|failures| pause_ms(failures) / 1_000).collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
    }
}

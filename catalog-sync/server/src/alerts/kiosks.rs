//! Kiosks that send heartbeats, and the orders that wait for them.
//!
//! An order is signed by the retailer's own key, which the kiosk knows and this server does not: whoever takes the server
//! over orders no kiosk anything. The server keeps the newest order of each kiosk, and hands it on in the answer to a
//! heartbeat until that kiosk says that it has obeyed or refused it.

use knytt_wire::{KioskTask, SignedKioskOrder};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use utoipa::ToSchema;

use crate::db::Database;

/// Kiosks that are known at most.
const MOST: i64 = 2_000;

/// A kiosk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kiosk {
    /// Its name.
    pub name: String,
    /// The store that it stands in; empty if it does not say.
    pub store: String,
    /// The version of its program.
    pub version: String,
    /// The release that it searches; 0 if it does not say.
    pub release: i64,
    /// When its last heartbeat came, in milliseconds since 1970.
    pub seen_ms: i64,
    /// How it is.
    pub state: KioskState,
    /// The last order that it was given.
    pub order: Option<GivenOrder>,
}

/// How a kiosk is, as its last heartbeat said. What it does not say is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct KioskState {
    /// Seconds since its program began.
    pub uptime_seconds: Option<u64>,
    /// Memory that its program holds.
    pub memory_bytes: Option<u64>,
    /// Products of its catalogue.
    pub products: Option<u32>,
    /// `off`, `starting`, `works` or `away`.
    pub camera: Option<String>,
    /// Pictures that its screen drew each second since the heartbeat before. One, while nobody is there.
    pub frames_per_second: Option<f32>,
    /// The longest that one of them took, in milliseconds.
    pub slowest_frame_ms: Option<u32>,
    /// The temperature of its machine, in degrees Celsius.
    pub temperature_celsius: Option<f32>,
    /// What failed since its program began.
    pub errors: Option<u32>,
    /// The last of it.
    pub last_error: Option<String>,
    /// The hour of the last visit, in UTC.
    pub last_visit_hour: Option<String>,
    /// When the order was given that it obeyed last, in milliseconds since 1970.
    pub obeyed_ms: Option<i64>,
    /// The same of the order that it refused last.
    pub refused_ms: Option<i64>,
    /// Why.
    pub refused_because: Option<String>,
}

/// An order, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GivenOrder {
    /// `restart` or `settings`.
    pub task: String,
    /// When it was given, in milliseconds since 1970.
    pub issued_ms: i64,
    /// Until when the kiosk may obey it.
    pub until_ms: i64,
    /// `waits`, `obeyed`, `refused` or `late`.
    pub became: String,
}

impl GivenOrder {
    fn of(order: &SignedKioskOrder, state: &KioskState, now_ms: i64) -> Option<Self> {
        let order = order.read().ok()?;
        let task = match order.task {
            KioskTask::Restart => "restart",
            KioskTask::Settings(_) => "settings",
        };
        let became = if state.obeyed_ms.is_some_and(|obeyed| obeyed >= order.issued_ms) {
            "obeyed"
        } else if state.refused_ms == Some(order.issued_ms) {
            "refused"
        } else if order.until_ms <= now_ms {
            "late"
        } else {
            "waits"
        };
        let (issued_ms, until_ms) = (order.issued_ms, order.until_ms);
        Some(Self { task: task.into(), issued_ms, until_ms, became: became.into() })
    }
}

/// What a heartbeat is answered with.
#[derive(Debug)]
pub enum Seen {
    /// It is noted. An order waits for the kiosk, perhaps.
    Noted(Option<SignedKioskOrder>),
    /// Too many kiosks are known.
    TooMany,
}

/// Notes a kiosk's heartbeat; its `order` is not written.
pub async fn see(db: &Database, kiosk: &Kiosk) -> Result<Seen, sqlx::Error> {
    let sql = "INSERT INTO kiosks (name, store, version, release, seen_ms, state) \
               SELECT $1, $2, $3, CAST($4 AS BIGINT), CAST($5 AS BIGINT), $6 \
               WHERE (SELECT COUNT(*) FROM kiosks) < $7 OR EXISTS (SELECT 1 FROM kiosks WHERE name = $8) \
               ON CONFLICT (name) DO UPDATE SET store = excluded.store, version = excluded.version, \
               release = excluded.release, seen_ms = excluded.seen_ms, state = excluded.state RETURNING orders";
    let state = serde_json::to_string(&kiosk.state).unwrap_or_default();
    let seen =
        sqlx::query(sql).bind(kiosk.name.clone()).bind(kiosk.store.clone()).bind(kiosk.version.clone());
    let seen = seen.bind(kiosk.release).bind(kiosk.seen_ms).bind(state).bind(MOST).bind(kiosk.name.clone());
    let Some(row) = seen.fetch_optional(db.pool()).await? else { return Ok(Seen::TooMany) };
    let order = serde_json::from_str(&row.try_get::<String, _>(0)?).ok();
    Ok(Seen::Noted(order.filter(|order| {
        GivenOrder::of(order, &kiosk.state, kiosk.seen_ms).is_some_and(|given| given.became == "waits")
    })))
}

/// All of them, by name; what became of their orders until `now_ms`.
pub async fn list(db: &Database, now_ms: i64) -> Result<Vec<Kiosk>, sqlx::Error> {
    let sql = "SELECT name, store, version, release, seen_ms, state, orders FROM kiosks ORDER BY name";
    let read = |row: &sqlx::any::AnyRow| {
        let state: KioskState = serde_json::from_str(&row.try_get::<String, _>(5)?).unwrap_or_default();
        let order = serde_json::from_str(&row.try_get::<String, _>(6)?).ok();
        Ok(Kiosk {
            name: row.try_get(0)?,
            store: row.try_get(1)?,
            version: row.try_get(2)?,
            release: row.try_get(3)?,
            seen_ms: row.try_get(4)?,
            order: order.and_then(|order| GivenOrder::of(&order, &state, now_ms)),
            state,
        })
    };
    sqlx::query(sql).fetch_all(db.pool()).await?.iter().map(read).collect()
}

/// Has an order wait for a kiosk, in the place of the one before; `None` takes that back. `false`: there is no kiosk of
/// this name.
pub async fn give(db: &Database, name: &str, order: Option<&SignedKioskOrder>) -> Result<bool, sqlx::Error> {
    let text = order.and_then(|order| serde_json::to_string(order).ok()).unwrap_or_default();
    let given = sqlx::query("UPDATE kiosks SET orders = $1 WHERE name = $2").bind(text).bind(name.to_owned());
    Ok(given.execute(db.pool()).await?.rows_affected() > 0)
}

/// Forgets a kiosk. `false`: there is none of this name.
pub async fn remove(db: &Database, name: &str) -> Result<bool, sqlx::Error> {
    let removed = sqlx::query("DELETE FROM kiosks WHERE name = $1").bind(name.to_owned());
    Ok(removed.execute(db.pool()).await?.rows_affected() > 0)
}

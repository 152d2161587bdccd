//! Kiosks that send heartbeats.

use serde::Serialize;
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
}

/// Notes a kiosk's heartbeat. `false`: too many are known.
pub async fn see(db: &Database, kiosk: &Kiosk) -> Result<bool, sqlx::Error> {
    let sql = "INSERT INTO kiosks (name, store, version, release, seen_ms) \
               SELECT $1, $2, $3, CAST($4 AS BIGINT), CAST($5 AS BIGINT) \
               WHERE (SELECT COUNT(*) FROM kiosks) < $6 OR EXISTS (SELECT 1 FROM kiosks WHERE name = $7) \
               ON CONFLICT (name) DO UPDATE SET store = excluded.store, version = excluded.version, \
               release = excluded.release, seen_ms = excluded.seen_ms";
    let seen =
        sqlx::query(sql).bind(kiosk.name.clone()).bind(kiosk.store.clone()).bind(kiosk.version.clone());
    let seen = seen.bind(kiosk.release).bind(kiosk.seen_ms).bind(MOST).bind(kiosk.name.clone());
    Ok(seen.execute(db.pool()).await?.rows_affected() > 0)
}

/// All of them, by name.
pub async fn list(db: &Database) -> Result<Vec<Kiosk>, sqlx::Error> {
    let sql = "SELECT name, store, version, release, seen_ms FROM kiosks ORDER BY name";
    let read = |row: &sqlx::any::AnyRow| {
        Ok(Kiosk {
            name: row.try_get(0)?,
            store: row.try_get(1)?,
            version: row.try_get(2)?,
            release: row.try_get(3)?,
            seen_ms: row.try_get(4)?,
        })
    };
    sqlx::query(sql).fetch_all(db.pool()).await?.iter().map(read).collect()
}

/// Forgets a kiosk. `false`: there is none of this name.
pub async fn remove(db: &Database, name: &str) -> Result<bool, sqlx::Error> {
    let removed = sqlx::query("DELETE FROM kiosks WHERE name = $1").bind(name.to_owned());
    Ok(removed.execute(db.pool()).await?.rows_affected() > 0)
}

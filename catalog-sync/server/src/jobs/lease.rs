//! Duties that only one replica at a time has.

use crate::db::Database;

/// Takes or keeps a duty until `now_ms + lasts_ms`. `false`: another one has it.
pub async fn hold(
    db: &Database,
    name: &str,
    owner: &str,
    now_ms: i64,
    lasts_ms: i64,
) -> Result<bool, sqlx::Error> {
    let held = sqlx::query(
        "INSERT INTO leases (name, owner, until_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms \
         WHERE leases.owner = excluded.owner OR leases.until_ms < $4",
    );
    let held = held.bind(name.to_owned()).bind(owner.to_owned()).bind(now_ms + lasts_ms).bind(now_ms);
    Ok(held.execute(db.pool()).await?.rows_affected() > 0)
}

//! What staff did. The tables refuse to change or remove a line of it.

use serde::Serialize;
use sqlx::Row as _;
use utoipa::ToSchema;
use uuid::Uuid;

use super::secret::now_ms;
use crate::Result;
use crate::db::Database;

/// One action.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its id; ids grow with time.
    pub id: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who: an account's id, `key:` and an API key's id, or `command` for the command line.
    pub actor: String,
    /// What, such as `user.invite` or `key.revoke`.
    pub action: String,
    /// To what: an account's or a key's id.
    pub target: String,
    /// More of it, such as the new role.
    pub detail: String,
}

/// Notes an action.
pub async fn note(
    db: &Database,
    actor: &str,
    action: &str,
    target: &str,
    detail: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO audit (id, at_ms, actor, action, target, detail) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(now_ms())
    .bind(actor.to_owned())
    .bind(action.to_owned())
    .bind(target.to_owned())
    .bind(detail.to_owned())
    .execute(db.pool())
    .await
    .map(drop)
}

/// Notes an action of the command line.
///
/// # Errors
/// The database refuses.
pub async fn note_command(db: &Database, action: &str, target: &str, detail: &str) -> Result<()> {
    Ok(note(db, "command", action, target, detail).await?)
}

/// The newest entries before an id; from the newest on without one.
pub async fn list(db: &Database, before: Option<&str>, limit: u32) -> Result<Vec<AuditEntry>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, at_ms, actor, action, target, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2",
    );
    // Every id is before `~`.
    let rows =
        rows.bind(before.unwrap_or("~").to_owned()).bind(i64::from(limit)).fetch_all(db.pool()).await?;
    let read = |row: &sqlx::any::AnyRow| {
        Ok(AuditEntry {
            id: row.try_get(0)?,
            at_ms: row.try_get(1)?,
            actor: row.try_get(2)?,
            action: row.try_get(3)?,
            target: row.try_get(4)?,
            detail: row.try_get(5)?,
        })
    };
    rows.iter().map(read).collect()
}

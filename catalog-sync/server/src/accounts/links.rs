//! Links that set a password once: an admin gives one to somebody who has none, or has forgotten it.

use std::time::Duration;

use sqlx::Row as _;

use super::secret::{self, now_ms};
use crate::db::Database;

/// How long the link of an invitation lasts: who is new may read it after the weekend.
pub const INVITED: Duration = Duration::from_secs(3 * 86_400);

/// How long a link lasts that sets a forgotten password: its owner waits for it.
pub const FORGOTTEN: Duration = Duration::from_secs(3_600);

/// A link's token, which is shown once.
pub struct NewLink {
    pub token: String,
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: i64,
}

/// Makes a link's token. One that the person had before opens nothing any more.
pub async fn create(db: &Database, person: &str, lasts: Duration) -> Result<NewLink, sqlx::Error> {
    let token = secret::random();
    let mut tx = db.begin().await?;
    let old = sqlx::query("DELETE FROM password_links WHERE person = $1").bind(person.to_owned());
    old.execute(&mut *tx).await?;
    let made = sqlx::query("INSERT INTO password_links (digest, person, expires_ms) VALUES ($1, $2, $3)");
    let expires_ms = now_ms() + i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
    let made = made.bind(secret::digest(&token)).bind(person.to_owned()).bind(expires_ms);
    made.execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(NewLink { token, expires_ms })
}

/// Takes a token and sets the password of its person; `None` if it is none of ours, used, or too old.
pub async fn redeem(db: &Database, token: &str, hash: &str) -> Result<Option<String>, sqlx::Error> {
    let mut tx = db.begin().await?;
    let taken =
        sqlx::query("DELETE FROM password_links WHERE digest = $1 AND expires_ms > $2 RETURNING person");
    let taken = taken.bind(secret::digest(token)).bind(now_ms()).fetch_optional(&mut *tx).await?;
    let Some(row) = taken else {
        tx.rollback().await?;
        return Ok(None);
    };
    let person: String = row.try_get(0)?;
    let set = sqlx::query("UPDATE people SET password = $1 WHERE id = $2");
    set.bind(hash.to_owned()).bind(person.clone()).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(Some(person))
}

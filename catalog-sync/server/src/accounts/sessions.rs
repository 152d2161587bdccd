//! Who is signed in: one row for each browser or other client, until it ends or is ended.

use std::time::Duration;

use serde::Serialize;
use sqlx::Row as _;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use uuid::Uuid;

use super::people::{self, Account};
use super::secret::{self, now_ms};
use crate::db::Database;

/// How long a session lasts.
pub const LASTS: Duration = Duration::from_secs(30 * 86_400);

/// How exactly the last use of a session is known.
const USE_MS: i64 = 60_000;

/// Letters of a client's own name that are kept.
const AGENT: usize = 200;

/// What a session's client shows to be known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A cookie.
    Browser,
    /// An access token that is renewed by a refresh token.
    Tokens,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Tokens => "tokens",
        }
    }
}

/// Somebody who is signed in, and where.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session's id.
    pub session: String,
    /// Whose it is.
    pub account: Account,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionEntry {
    /// Its id.
    pub id: String,
    /// `browser` or `tokens`.
    pub kind: String,
    /// What the client called itself.
    pub agent: String,
    /// When it began, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it was last used, to the minute.
    pub used_ms: i64,
    /// When it ends by itself.
    pub expires_ms: i64,
    /// Whether this request came with it.
    pub current: bool,
}

/// Begins a session. Returns its id and its secret.
pub async fn begin(
    db: &Database,
    person: &str,
    kind: Kind,
    agent: &str,
) -> Result<(String, String), sqlx::Error> {
    let (id, secret, now) = (Uuid::new_v4().simple().to_string(), secret::random(), now_ms());
    let lasts = i64::try_from(LASTS.as_millis()).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO sessions (id, digest, person, kind, agent, created_ms, used_ms, expires_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
    )
    .bind(id.clone())
    .bind(secret::digest(&secret))
    .bind(person.to_owned())
    .bind(kind.name())
    .bind(agent.chars().take(AGENT).collect::<String>())
    .bind(now)
    .bind(now + lasts)
    .execute(db.pool())
    .await?;
    Ok((id, secret))
}

/// Whose a browser's session is, if its secret is right and it has not ended.
pub async fn of_cookie(db: &Database, value: &str) -> Result<Option<SignedIn>, sqlx::Error> {
    let Some((id, secret)) = value.split_once('.') else { return Ok(None) };
    let shown = secret::digest(secret);
    find(db, id, Kind::Browser, Some(&shown)).await
}

/// Whose a session of tokens is, if it has not ended.
pub async fn of_tokens(db: &Database, id: &str) -> Result<Option<SignedIn>, sqlx::Error> {
    find(db, id, Kind::Tokens, None).await
}

async fn find(
    db: &Database,
    id: &str,
    kind: Kind,
    shown: Option<&[u8]>,
) -> Result<Option<SignedIn>, sqlx::Error> {
    if !is_id(id) {
        return Ok(None);
    }
    let row = sqlx::query(
        "SELECT p.id, p.email, p.name, p.role, p.created_ms, p.disabled_ms, p.password, s.digest, s.used_ms \
         FROM sessions s JOIN people p ON p.id = s.person \
         WHERE s.id = $1 AND s.kind = $2 AND s.expires_ms > $3 AND p.disabled_ms IS NULL",
    );
    let row = row.bind(id.to_owned()).bind(kind.name()).bind(now_ms()).fetch_optional(db.pool()).await?;
    let Some(row) = row else { return Ok(None) };
    let (digest, used): (Vec<u8>, i64) = (row.try_get(7)?, row.try_get(8)?);
    if shown.is_some_and(|shown| !bool::from(shown.ct_eq(&digest))) {
        return Ok(None);
    }
    note_use(db, id, used).await;
    Ok(Some(SignedIn { session: id.to_owned(), account: people::read(&row)? }))
}

/// Whether it can be a session's id at all. PostgreSQL fails on a NUL instead of finding nothing.
fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Notes that a session is in use, at most once a minute. A database that takes no writes is no reason to refuse.
async fn note_use(db: &Database, id: &str, used_ms: i64) {
    let now = now_ms();
    if now - used_ms < USE_MS {
        return;
    }
    let noted = sqlx::query("UPDATE sessions SET used_ms = $1 WHERE id = $2").bind(now).bind(id.to_owned());
    if let Err(error) = noted.execute(db.pool()).await {
        tracing::debug!(%error, "the use of a session was not noted");
    }
}

/// The sessions of a person, the newest first.
pub async fn list(
    db: &Database,
    person: &str,
    current: Option<&str>,
) -> Result<Vec<SessionEntry>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, kind, agent, created_ms, used_ms, expires_ms FROM sessions \
         WHERE person = $1 AND expires_ms > $2 ORDER BY created_ms DESC, id",
    );
    let rows = rows.bind(person.to_owned()).bind(now_ms()).fetch_all(db.pool()).await?;
    let read = |row: &sqlx::any::AnyRow| {
        let id: String = row.try_get(0)?;
        Ok(SessionEntry {
            current: Some(id.as_str()) == current,
            id,
            kind: row.try_get(1)?,
            agent: row.try_get(2)?,
            created_ms: row.try_get(3)?,
            used_ms: row.try_get(4)?,
            expires_ms: row.try_get(5)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Ends a session of a person; says whether there was one.
pub async fn end(db: &Database, person: &str, id: &str) -> Result<bool, sqlx::Error> {
    if !is_id(id) {
        return Ok(false);
    }
    let mut tx = db.begin().await?;
    let ended = sqlx::query("DELETE FROM sessions WHERE id = $1 AND person = $2");
    let ended =
        ended.bind(id.to_owned()).bind(person.to_owned()).execute(&mut *tx).await?.rows_affected() > 0;
    if ended {
        let tokens = sqlx::query("DELETE FROM refresh_tokens WHERE session = $1");
        tokens.bind(id.to_owned()).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Ends all sessions of a person, but one.
pub async fn end_all(db: &Database, person: &str, but: Option<&str>) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    for statement in [
        "DELETE FROM refresh_tokens WHERE session IN \
         (SELECT id FROM sessions WHERE person = $1 AND id <> $2)",
        "DELETE FROM sessions WHERE person = $1 AND id <> $2",
    ] {
        let ended = sqlx::query(statement).bind(person.to_owned()).bind(but.unwrap_or("").to_owned());
        ended.execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// Forgets sessions that have ended, with their tokens, and what else is past its time.
pub async fn sweep(db: &Database) -> Result<(), sqlx::Error> {
    let now = now_ms();
    let mut tx = db.begin().await?;
    for (statement, before) in [
        ("DELETE FROM refresh_tokens WHERE session IN (SELECT id FROM sessions WHERE expires_ms <= $1)", now),
        ("DELETE FROM sessions WHERE expires_ms <= $1", now),
        ("DELETE FROM password_links WHERE expires_ms <= $1", now),
        ("DELETE FROM attempts WHERE at_ms <= $1", now - super::delays::FORGOTTEN_MS),
        ("DELETE FROM made WHERE at_ms <= $1", now - 7 * 86_400_000),
    ] {
        sqlx::query(statement).bind(before).execute(&mut *tx).await?;
    }
    tx.commit().await
}

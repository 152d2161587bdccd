//! `Idempotency-Key`: a request that makes something, sent twice, makes it once.

use axum::http::HeaderMap;
use sqlx::Row as _;

use super::problem;
use super::secret::{digest, now_ms};
use crate::db::Database;
use crate::http::refusal::Refusal;

/// Letters of a key.
const LONGEST: usize = 200;

/// After how long a request that has not ended is taken for lost: twice as long as one may take.
const ABANDONED_MS: i64 = 60_000;

/// A request that makes something, and may come twice.
pub struct Once {
    owner: String,
    key: Option<String>,
    digest: Vec<u8>,
}

impl Once {
    /// Reads the header. `body` is what the request says, to know another one with the same key.
    ///
    /// # Errors
    /// 400 if the key is longer than 200 letters.
    pub fn of(headers: &HeaderMap, owner: String, body: &impl serde::Serialize) -> Result<Self, Refusal> {
        let key = headers.get("idempotency-key").map(|key| key.to_str().unwrap_or("").to_owned());
        if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > LONGEST) {
            return Err(problem::bad_request("Idempotency-Key: 1 to 200 letters"));
        }
        let body = serde_json::to_string(body).map_err(Refusal::internal)?;
        Ok(Self { owner, key, digest: digest(&body) })
    }

    /// The id of what the same request made before. If there is none, this request is the one that makes it,
    /// and [`made`](Self::made) must follow.
    ///
    /// # Errors
    /// 422 if the key belongs to another request, 409 while the same request is under way.
    pub async fn before(&self, db: &Database) -> Result<Option<String>, Refusal> {
        let Some(key) = &self.key else { return Ok(None) };
        if self.claim(db, key).await? {
            return Ok(None);
        }
        let row = sqlx::query("SELECT digest, id FROM made WHERE owner = $1 AND key = $2");
        let row = row.bind(self.owner.clone()).bind(key.clone()).fetch_optional(db.pool()).await?;
        // Without a row, the one that was under way has just failed.
        let Some(row) = row else { return Err(in_progress()) };
        if row.try_get::<Vec<u8>, _>(0)? != self.digest {
            return Err(Refusal::new(422, "idempotency_key_reused", "Idempotency-Key used before")
                .detail("another request had this key"));
        }
        let id: String = row.try_get(1)?;
        if id.is_empty() { Err(in_progress()) } else { Ok(Some(id)) }
    }

    /// Notes in one statement that this request is under way, so that of two at the same moment one goes on.
    /// A request whose process ended in the middle gives the key free after a while.
    async fn claim(&self, db: &Database, key: &str) -> Result<bool, sqlx::Error> {
        let claim = sqlx::query(
            "INSERT INTO made (owner, key, digest, id, at_ms) VALUES ($1, $2, $3, '', $4) \
             ON CONFLICT (owner, key) DO UPDATE SET digest = excluded.digest, at_ms = excluded.at_ms \
             WHERE made.id = '' AND made.at_ms <= $5",
        );
        let now = now_ms();
        let claim = claim.bind(self.owner.clone()).bind(key.to_owned()).bind(self.digest.clone());
        let done = claim.bind(now).bind(now - ABANDONED_MS).execute(db.pool()).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Notes what the request made; without an id it made nothing, and may come again.
    pub async fn made(&self, db: &Database, id: Option<&str>) -> Result<(), sqlx::Error> {
        let Some(key) = &self.key else { return Ok(()) };
        let note = match id {
            Some(_) => "UPDATE made SET id = $1 WHERE owner = $2 AND key = $3",
            None => "DELETE FROM made WHERE id = $1 AND owner = $2 AND key = $3",
        };
        let note = sqlx::query(note).bind(id.unwrap_or("").to_owned()).bind(self.owner.clone());
        note.bind(key.clone()).execute(db.pool()).await.map(drop)
    }
}

fn in_progress() -> Refusal {
    Refusal::new(409, "in_progress", "The same request is under way").retry_after(1)
}

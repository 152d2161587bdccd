//! `Idempotency-Key`: a request that makes something, sent twice, makes it once.

use axum::http::HeaderMap;
use sqlx::Row as _;

use super::problem;
use super::secret::{digest, now_ms};
use crate::db::Database;
use crate::http::refusal::Refusal;

/// Letters of a key.
const LONGEST: usize = 200;

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

    /// The id of what the same request made before.
    ///
    /// # Errors
    /// 422 if the key belongs to another request.
    pub async fn before(&self, db: &Database) -> Result<Option<String>, Refusal> {
        let Some(key) = &self.key else { return Ok(None) };
        let row = sqlx::query("SELECT digest, id FROM made WHERE owner = $1 AND key = $2");
        let row = row.bind(self.owner.clone()).bind(key.clone()).fetch_optional(db.pool()).await?;
        let Some(row) = row else { return Ok(None) };
        if row.try_get::<Vec<u8>, _>(0)? != self.digest {
            return Err(Refusal::new(422, "idempotency_key_reused", "Idempotency-Key used before")
                .detail("another request had this key"));
        }
        Ok(Some(row.try_get(1)?))
    }

    /// Notes what the request made.
    pub async fn made(&self, db: &Database, id: &str) -> Result<(), sqlx::Error> {
        let Some(key) = &self.key else { return Ok(()) };
        let note = sqlx::query(
            "INSERT INTO made (owner, key, digest, id, at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        );
        let note = note.bind(self.owner.clone()).bind(key.clone()).bind(self.digest.clone());
        note.bind(id.to_owned()).bind(now_ms()).execute(db.pool()).await.map(drop)
    }
}

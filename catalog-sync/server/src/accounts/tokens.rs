//! Access tokens that last ten minutes, and the refresh tokens that renew them.
//!
//! An access token is a JWT of one algorithm, EdDSA over Ed25519, whose `kid` names a key of our own table.
//! A refresh token is good once. Shown a second time, it has been copied, and the whole session ends.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use uuid::Uuid;

use super::secret::{self, now_ms};
use super::{problem, sessions};
use crate::db::Database;
use crate::http::refusal::Refusal;

/// How long an access token lasts.
pub const LASTS: Duration = Duration::from_secs(600);

/// How long a key signs.
const ROTATE_MS: i64 = 24 * 3_600_000;

/// How long a key is known after it was made: until the last token that it signed has ended.
const KNOWN_MS: i64 = ROTATE_MS + 3_600_000;

/// Who says what a token says.
const ISSUER: &str = "knytt";

/// What an access token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
}

#[derive(Clone)]
struct SigningKey {
    kid: String,
    signs: EncodingKey,
    checks: DecodingKey,
}

/// The keys, as far as this process knows them. Clones share them.
#[derive(Clone)]
pub struct TokenKeys {
    known: Cache<String, Arc<SigningKey>>,
    newest: Cache<(), Arc<SigningKey>>,
}

impl TokenKeys {
    pub fn new() -> Self {
        let minute = Duration::from_secs(60);
        Self {
            known: Cache::builder().max_capacity(64).time_to_live(minute).build(),
            newest: Cache::builder().max_capacity(1).time_to_live(minute).build(),
        }
    }

    /// An access token for a session of a person.
    pub async fn sign(&self, db: &Database, person: &str, session: &str) -> Result<String, Refusal> {
        let key = self.newest(db).await?;
        let now = now_ms() / 1_000;
        let claims = Claims {
            iss: ISSUER.into(),
            sub: person.into(),
            sid: session.into(),
            iat: now,
            exp: now + LASTS.as_secs().cast_signed(),
        };
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &key.signs).map_err(Refusal::internal)
    }

    /// The session that an access token is for.
    ///
    /// # Errors
    /// 401 if it is not signed by a key of ours with our one algorithm, or has ended.
    pub async fn session(&self, db: &Database, token: &str) -> Result<String, Refusal> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| problem::token_invalid())?;
        let kid = header.kid.filter(|kid| kid.len() <= 64).ok_or_else(problem::token_invalid)?;
        let key = self.known(db, &kid).await?.ok_or_else(problem::token_invalid)?;
        let mut wanted = Validation::new(Algorithm::EdDSA);
        wanted.leeway = 0;
        wanted.set_issuer(&[ISSUER]);
        wanted.set_required_spec_claims(&["exp", "iss", "sub"]);
        let read = jsonwebtoken::decode::<Claims>(token, &key.checks, &wanted);
        Ok(read.map_err(|_| problem::token_invalid())?.claims.sid)
    }

    async fn known(&self, db: &Database, kid: &str) -> Result<Option<Arc<SigningKey>>, Refusal> {
        if let Some(key) = self.known.get(kid) {
            return Ok(Some(key));
        }
        let row = sqlx::query("SELECT secret FROM token_keys WHERE kid = $1 AND made_ms > $2");
        let row = row.bind(kid.to_owned()).bind(now_ms() - KNOWN_MS).fetch_optional(db.pool()).await?;
        let Some(row) = row else { return Ok(None) };
        let key = Arc::new(SigningKey::of(kid.to_owned(), &row.try_get::<Vec<u8>, _>(0)?)?);
        self.known.insert(kid.to_owned(), key.clone());
        Ok(Some(key))
    }

    /// The key that signs now: the newest, or a new one if that is too old.
    async fn newest(&self, db: &Database) -> Result<Arc<SigningKey>, Refusal> {
        if let Some(key) = self.newest.get(&()) {
            return Ok(key);
        }
        let now = now_ms();
        let row = sqlx::query(
            "SELECT kid, secret FROM token_keys WHERE made_ms > $1 ORDER BY made_ms DESC LIMIT 1",
        );
        let row = row.bind(now - ROTATE_MS).fetch_optional(db.pool()).await?;
        let key = match row {
            Some(row) => SigningKey::of(row.try_get(0)?, &row.try_get::<Vec<u8>, _>(1)?)?,
            None => make(db, now).await?,
        };
        let key = Arc::new(key);
        self.newest.insert((), key.clone());
        Ok(key)
    }
}

impl SigningKey {
    fn of(kid: String, secret: &[u8]) -> Result<Self, Refusal> {
        let pair = Ed25519KeyPair::from_pkcs8(secret).map_err(Refusal::internal)?;
        let checks = DecodingKey::from_ed_der(pair.public_key().as_ref());
        Ok(Self { kid, signs: EncodingKey::from_ed_der(secret), checks })
    }
}

/// Makes a key, and removes those whose tokens have all ended.
async fn make(db: &Database, now: i64) -> Result<SigningKey, Refusal> {
    let secret = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).map_err(Refusal::internal)?;
    let kid = Uuid::new_v4().simple().to_string();
    let mut tx = db.begin().await?;
    let old = sqlx::query("DELETE FROM token_keys WHERE made_ms <= $1").bind(now - KNOWN_MS);
    old.execute(&mut *tx).await?;
    let made = sqlx::query("INSERT INTO token_keys (kid, secret, made_ms) VALUES ($1, $2, $3)");
    made.bind(kid.clone()).bind(secret.as_ref().to_vec()).bind(now).execute(&mut *tx).await?;
    tx.commit().await?;
    SigningKey::of(kid, secret.as_ref())
}

/// The first refresh token of a session.
pub async fn first_refresh(db: &Database, session: &str) -> Result<String, sqlx::Error> {
    let token = format!("{session}.{}", secret::random());
    let made = sqlx::query("INSERT INTO refresh_tokens (digest, session) VALUES ($1, $2)");
    made.bind(secret::digest(&token)).bind(session.to_owned()).execute(db.pool()).await?;
    Ok(token)
}

/// Takes a refresh token and gives the next one, with whose session it is.
///
/// # Errors
/// 401 if it is none of ours or its session has ended; also if it was used before, which ends its session.
pub async fn renew(db: &Database, token: &str) -> Result<(sessions::SignedIn, String), Refusal> {
    let (session, _) = token.split_once('.').ok_or_else(problem::token_invalid)?;
    let who = sessions::of_tokens(db, session).await?.ok_or_else(problem::token_invalid)?;
    let mut tx = db.begin().await?;
    let digest = secret::digest(token);
    let used = sqlx::query(
        "UPDATE refresh_tokens SET used_ms = $1 WHERE digest = $2 AND session = $3 AND used_ms IS NULL",
    );
    let used = used.bind(now_ms()).bind(digest.clone()).bind(session.to_owned()).execute(&mut *tx).await?;
    if used.rows_affected() == 0 {
        let known = sqlx::query("SELECT session FROM refresh_tokens WHERE digest = $1 AND session = $2");
        let known = known.bind(digest).bind(session.to_owned()).fetch_optional(&mut *tx).await?;
        tx.rollback().await?;
        if known.is_some() {
            tracing::warn!(session, "a refresh token was used twice: its session is ended");
            sessions::end(db, &who.account.id, session).await?;
        }
        return Err(problem::token_invalid());
    }
    let next = format!("{session}.{}", secret::random());
    let made = sqlx::query("INSERT INTO refresh_tokens (digest, session) VALUES ($1, $2)");
    made.bind(secret::digest(&next)).bind(session.to_owned()).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok((who, next))
}

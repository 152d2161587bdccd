//! API keys for those who publish and report. The database knows only their hashes.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Row as _};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use crate::config::is_origin;
use crate::db::Database;
use crate::objects::deletions;
use crate::{Error, Result};

/// The columns of a key.
const SELECT: &str = "SELECT id, digest, name, catalog, scopes, created_ms, revoked_ms, expires_ms, last_used_ms, \
                      origins, rate_per_minute FROM api_keys";

/// How exactly the last use of a key is known.
const USE: Duration = Duration::from_secs(60);

/// What a key is for all catalogues.
pub(crate) const ANY_CATALOG: &str = "*";

/// What a key lets its holder do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Put a catalogue's releases.
    Publish,
    /// Delete what its releases no longer need.
    Delete,
    /// Read what shoppers did.
    Report,
    /// Tell of orders, from the shop's own server.
    Orders,
    /// Search; browsers may show such a key.
    Search,
    /// Do what admins do.
    Admin,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Publish => "publish",
            Self::Delete => "delete",
            Self::Report => "report",
            Self::Orders => "orders",
            Self::Search => "search",
            Self::Admin => "admin",
        })
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "publish" => Ok(Self::Publish),
            "delete" => Ok(Self::Delete),
            "report" => Ok(Self::Report),
            "orders" => Ok(Self::Orders),
            "search" => Ok(Self::Search),
            "admin" => Ok(Self::Admin),
            other => Err(format!("{other:?} is not one of publish, delete, report, orders, search, admin")),
        }
    }
}

/// A key as the database knows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiKey {
    /// Its public part.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The one catalogue it is for, or `*`.
    pub catalog: String,
    /// What it is for.
    pub scopes: Vec<Scope>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it was revoked.
    pub revoked_ms: Option<i64>,
    /// When it ends by itself, in milliseconds since 1970.
    pub expires_ms: Option<i64>,
    /// When it was last used, to the minute.
    pub last_used_ms: Option<i64>,
    /// Origins whose pages may show it; anybody may if there is none.
    pub origins: Vec<String>,
    /// Requests a minute, if it has a limit of its own.
    pub rate_per_minute: Option<u32>,
}

/// A key to make.
#[derive(Clone, Debug, Default)]
pub struct KeySpec {
    /// What its owner calls it.
    pub name: String,
    /// The one catalogue it is for, or `*`.
    pub catalog: String,
    /// What it is for.
    pub scopes: Vec<Scope>,
    /// After how long it ends by itself.
    pub lasts: Option<Duration>,
    /// Origins whose pages may show it.
    pub origins: Vec<String>,
    /// Requests a minute.
    pub rate_per_minute: Option<u32>,
}

impl KeySpec {
    /// # Errors
    /// It would open nothing, or more than a page should.
    fn check(&self) -> Result<()> {
        let no = |text: &str| Err(Error::Setting(text.into()));
        let only_searches = self.scopes.iter().all(|scope| *scope == Scope::Search);
        if self.scopes.is_empty() {
            return no("a key without a scope opens nothing");
        }
        if !self.origins.is_empty() && !only_searches {
            return no("a key with origins only searches: everybody who opens the page has it");
        }
        if !self.origins.iter().all(|origin| origin != "*" && is_origin(origin) && !origin.contains(',')) {
            return no("an origin is like https://shop.example");
        }
        if self.catalog != ANY_CATALOG && self.scopes.contains(&Scope::Admin) {
            return no("a key to administer is for all catalogues: *");
        }
        Ok(())
    }
}

/// A key that has just been made. Only now is all of it known.
#[derive(Clone, Serialize, ToSchema)]
pub struct NewKey {
    /// What goes into `Authorization: Bearer …`.
    pub token: String,
    /// What the database keeps.
    pub key: ApiKey,
}

impl ApiKey {
    /// Whether it opens anything now.
    pub fn is_valid(&self) -> bool {
        let now = jiff::Timestamp::now().as_millisecond();
        self.revoked_ms.is_none() && self.expires_ms.is_none_or(|expires| now < expires)
    }

    /// Whether it lets its holder do this with the catalogue. Without one, only a key for all of them does.
    pub(crate) fn allows(&self, scope: Scope, catalog: Option<&str>) -> bool {
        self.scopes.contains(&scope)
            && (self.catalog == ANY_CATALOG || Some(self.catalog.as_str()) == catalog)
    }
}

/// Makes a key for one catalogue, or for `*`, that lasts until it is revoked.
///
/// # Errors
/// The database refuses, or no scope is given.
pub async fn create_key(db: &Database, name: &str, catalog: &str, scopes: &[Scope]) -> Result<NewKey> {
    create_key_for(db, name, catalog, scopes, None).await
}

/// Makes a key for one catalogue, or for `*`, that ends by itself after `lasts`.
///
/// # Errors
/// The database refuses, or no scope is given.
pub async fn create_key_for(
    db: &Database,
    name: &str,
    catalog: &str,
    scopes: &[Scope],
    lasts: Option<Duration>,
) -> Result<NewKey> {
    let (name, catalog, scopes) = (name.into(), catalog.into(), scopes.to_vec());
    create_key_of(db, KeySpec { name, catalog, scopes, lasts, ..KeySpec::default() }).await
}

/// Makes a key.
///
/// # Errors
/// The database refuses, or the key would open nothing, or more than a page should.
pub async fn create_key_of(db: &Database, spec: KeySpec) -> Result<NewKey> {
    spec.check()?;
    let (mut id, mut secret) = ([0; 8], [0; 32]);
    rand::rng().fill_bytes(&mut id);
    rand::rng().fill_bytes(&mut secret);
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let secret = URL_SAFE_NO_PAD.encode(secret);
    let created_ms = jiff::Timestamp::now().as_millisecond();
    let key = ApiKey {
        id: id.clone(),
        name: spec.name,
        catalog: spec.catalog,
        scopes: spec.scopes,
        created_ms,
        revoked_ms: None,
        expires_ms: spec.lasts.map(|lasts| created_ms.saturating_add(millis(lasts))),
        last_used_ms: None,
        origins: spec.origins,
        rate_per_minute: spec.rate_per_minute,
    };
    let names: Vec<String> = key.scopes.iter().map(Scope::to_string).collect();
    sqlx::query(
        "INSERT INTO api_keys (id, digest, name, catalog, scopes, created_ms, expires_ms, origins, \
         rate_per_minute) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&key.id)
    .bind(Sha256::digest(&secret).as_slice())
    .bind(&key.name)
    .bind(&key.catalog)
    .bind(names.join(","))
    .bind(key.created_ms)
    .bind(key.expires_ms)
    .bind(key.origins.join(","))
    .bind(key.rate_per_minute.map(i64::from))
    .execute(db.pool())
    .await?;
    Ok(NewKey { token: format!("knytt_{id}_{secret}"), key })
}

/// All keys, the newest first.
///
/// # Errors
/// The database refuses.
pub async fn list_keys(db: &Database) -> Result<Vec<ApiKey>> {
    let rows = sqlx::query(AssertSqlSafe(format!("{SELECT} ORDER BY created_ms DESC, id")));
    let rows = rows.fetch_all(db.pool()).await?;
    rows.iter().map(|row| Ok(read(row)?.0)).collect()
}

/// Revokes a key, at once and for good. Its deletes that are still held back are taken back.
///
/// # Errors
/// There is no such key, or the database refuses.
pub async fn revoke_key(db: &Database, id: &str) -> Result<()> {
    let now = jiff::Timestamp::now().as_millisecond();
    let done = sqlx::query("UPDATE api_keys SET revoked_ms = COALESCE(revoked_ms, $1) WHERE id = $2")
        .bind(now)
        .bind(id)
        .execute(db.pool())
        .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NoSuchKey(id.into()));
    }
    deletions::take_back_of_key(db, id).await?;
    Ok(())
}

/// The key that a token is, if it is one, is not revoked and has not ended.
pub(crate) async fn find(db: &Database, token: &str) -> Result<Option<ApiKey>, sqlx::Error> {
    let Some((id, secret)) = token.strip_prefix("knytt_").and_then(|rest| rest.split_once('_')) else {
        return Ok(None);
    };
    let row = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE id = $1")));
    let Some(row) = row.bind(id).fetch_optional(db.pool()).await? else { return Ok(None) };
    let (key, digest) = read(&row)?;
    let same: bool = Sha256::digest(secret).as_slice().ct_eq(&digest).into();
    if !(same && key.is_valid()) {
        return Ok(None);
    }
    note_use(db, &key).await;
    Ok(Some(key))
}

/// Notes that a key is in use, at most once a minute. A database that takes no writes is no reason to refuse.
async fn note_use(db: &Database, key: &ApiKey) {
    let now = jiff::Timestamp::now().as_millisecond();
    if key.last_used_ms.is_some_and(|used| now.saturating_sub(used) < millis(USE)) {
        return;
    }
    let noted = sqlx::query("UPDATE api_keys SET last_used_ms = $1 WHERE id = $2").bind(now);
    if let Err(error) = noted.bind(key.id.clone()).execute(db.pool()).await {
        tracing::debug!(%error, "the use of a key was not noted");
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn read(row: &sqlx::any::AnyRow) -> Result<(ApiKey, Vec<u8>), sqlx::Error> {
    let (scopes, origins): (String, String) = (row.try_get(4)?, row.try_get(9)?);
    let rate: Option<i64> = row.try_get(10)?;
    let key = ApiKey {
        id: row.try_get(0)?,
        name: row.try_get(2)?,
        catalog: row.try_get(3)?,
        scopes: scopes.split(',').filter_map(|scope| scope.parse().ok()).collect(),
        created_ms: row.try_get(5)?,
        revoked_ms: row.try_get(6)?,
        expires_ms: row.try_get(7)?,
        last_used_ms: row.try_get(8)?,
        origins: origins.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
        rate_per_minute: rate.map(|rate| u32::try_from(rate).unwrap_or(u32::MAX)),
    };
    Ok((key, row.try_get(1)?))
}

//! Who is told of alerts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use utoipa::ToSchema;

use crate::db::Database;

/// Channels at most.
pub const MOST: usize = 50;

/// How somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AlertChannelKind)]
pub enum ChannelKind {
    /// A POST to an address, with a signed body.
    Webhook,
    /// A letter through `--smtp`.
    Email,
}

impl fmt::Display for ChannelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Webhook => "webhook",
            Self::Email => "email",
        })
    }
}

impl FromStr for ChannelKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "webhook" => Ok(Self::Webhook),
            "email" => Ok(Self::Email),
            _ => Err(format!("{text:?} is no kind of channel")),
        }
    }
}

/// Who is told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertChannel)]
pub struct Channel {
    /// Its id.
    pub id: String,
    /// How.
    pub kind: ChannelKind,
    /// The address of a webhook, or an e-mail address.
    pub address: String,
    /// Only alerts of this catalogue, and of the server; empty for all.
    pub catalog: String,
    /// Who made it.
    pub actor: String,
    /// When, in milliseconds since 1970.
    pub made_ms: i64,
    /// What signs the bodies of a webhook.
    #[serde(skip)]
    pub secret: String,
}

const COLUMNS: &str = "id, kind, address, catalog, actor, made_ms, secret";

fn read(row: &AnyRow) -> Result<Channel, sqlx::Error> {
    let kind: String = row.try_get(1)?;
    Ok(Channel {
        id: row.try_get(0)?,
        kind: kind.parse().map_err(|error: String| sqlx::Error::Decode(error.into()))?,
        address: row.try_get(2)?,
        catalog: row.try_get(3)?,
        actor: row.try_get(4)?,
        made_ms: row.try_get(5)?,
        secret: row.try_get(6)?,
    })
}

/// All of them, the oldest first.
pub async fn list(db: &Database) -> Result<Vec<Channel>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM alert_channels ORDER BY id");
    sqlx::query(AssertSqlSafe(sql)).fetch_all(db.pool()).await?.iter().map(read).collect()
}

/// The one of this id.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<Channel>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM alert_channels WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id.to_owned()).fetch_optional(db.pool()).await?;
    row.as_ref().map(read).transpose()
}

/// Stores a new one.
pub async fn create(db: &Database, channel: &Channel) -> Result<(), sqlx::Error> {
    let sql = format!("INSERT INTO alert_channels ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)");
    sqlx::query(AssertSqlSafe(sql))
        .bind(channel.id.clone())
        .bind(channel.kind.to_string())
        .bind(channel.address.clone())
        .bind(channel.catalog.clone())
        .bind(channel.actor.clone())
        .bind(channel.made_ms)
        .bind(channel.secret.clone())
        .execute(db.pool())
        .await
        .map(drop)
}

/// Removes one, with what it was still to be told. `false`: there is none of this id.
pub async fn remove(db: &Database, id: &str) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let told = sqlx::query("DELETE FROM alert_deliveries WHERE channel = $1").bind(id.to_owned());
    told.execute(&mut *tx).await?;
    let removed = sqlx::query("DELETE FROM alert_channels WHERE id = $1").bind(id.to_owned());
    let removed = removed.execute(&mut *tx).await?.rows_affected() > 0;
    tx.commit().await?;
    Ok(removed)
}

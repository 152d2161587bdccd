//! The catalogues that are made here, as rows.

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use utoipa::ToSchema;

use crate::db::{Database, Tx};

/// How feeds of a catalogue are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FeedOptions {
    /// The format, where it is not to be told by the content; see docs/feeds.md.
    #[schema(max_length = 20)]
    pub format: Option<String>,
    /// The currency of prices that name none, as three letters.
    #[schema(max_length = 3)]
    pub currency: Option<String>,
    /// Takes drafts and what is archived, too.
    pub unpublished: bool,
    /// Keeps products whose picture cannot be had.
    pub keep_pictureless: bool,
}

/// A catalogue that is made here.
#[derive(Clone, Debug, Default)]
pub struct Made {
    pub id: String,
    pub title: String,
    /// The replica that has its files.
    pub node: String,
    pub made_ms: i64,
    /// What was built last; empty before the first build.
    pub build: String,
    pub built_ms: i64,
    pub options: FeedOptions,
    /// Where its feed is fetched from; empty if it is uploaded.
    pub feed_url: String,
    /// How often, in minutes; 0: when somebody asks for it.
    pub feed_minutes: i64,
    /// What its server said of the feed that was read last.
    pub feed_etag: String,
    pub feed_modified: String,
    /// When it is fetched next.
    pub feed_due_ms: i64,
}

const COLUMNS: &str = "id, title, node, made_ms, build, built_ms, options, feed_url, feed_minutes, feed_etag, \
                       feed_modified, feed_due_ms";

fn read(row: &AnyRow) -> Result<Made, sqlx::Error> {
    Ok(Made {
        id: row.try_get(0)?,
        title: row.try_get(1)?,
        node: row.try_get(2)?,
        made_ms: row.try_get(3)?,
        build: row.try_get(4)?,
        built_ms: row.try_get(5)?,
        options: serde_json::from_str(&row.try_get::<String, _>(6)?).unwrap_or_default(),
        feed_url: row.try_get(7)?,
        feed_minutes: row.try_get(8)?,
        feed_etag: row.try_get(9)?,
        feed_modified: row.try_get(10)?,
        feed_due_ms: row.try_get(11)?,
    })
}

/// Makes a catalogue. `false`: there is one of this id.
pub async fn create(db: &Database, made: &Made) -> Result<bool, sqlx::Error> {
    let sql = format!(
        "INSERT INTO made_catalogs ({COLUMNS}) VALUES ($1, $2, $3, $4, '', 0, $5, '', 0, '', '', 0) \
         ON CONFLICT (id) DO NOTHING"
    );
    let done = sqlx::query(AssertSqlSafe(sql))
        .bind(made.id.clone())
        .bind(made.title.clone())
        .bind(made.node.clone())
        .bind(made.made_ms)
        .bind(options(&made.options))
        .execute(db.pool())
        .await?;
    Ok(done.rows_affected() > 0)
}

fn options(options: &FeedOptions) -> String {
    serde_json::to_string(options).unwrap_or_else(|_| "{}".into())
}

/// All of them, by id.
pub async fn list(db: &Database) -> Result<Vec<Made>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM made_catalogs ORDER BY id");
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(db.pool()).await?;
    rows.iter().map(read).collect()
}

/// The one of this id.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<Made>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM made_catalogs WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id.to_owned()).fetch_optional(db.pool()).await?;
    row.as_ref().map(read).transpose()
}

/// How its feeds are read from now on.
pub async fn set_options(db: &Database, id: &str, asked: &FeedOptions) -> Result<(), sqlx::Error> {
    let set = sqlx::query("UPDATE made_catalogs SET options = $2 WHERE id = $1");
    set.bind(id.to_owned()).bind(options(asked)).execute(db.pool()).await.map(drop)
}

/// Where its feed is fetched from, and how often. What was known of the feed before is forgotten.
pub async fn set_source(
    db: &Database,
    id: &str,
    url: &str,
    minutes: i64,
    due_ms: i64,
) -> Result<(), sqlx::Error> {
    let set = sqlx::query(
        "UPDATE made_catalogs SET feed_url = $2, feed_minutes = $3, feed_due_ms = $4, feed_etag = '', \
         feed_modified = '' WHERE id = $1",
    );
    set.bind(id.to_owned()).bind(url.to_owned()).bind(minutes).bind(due_ms).execute(db.pool()).await.map(drop)
}

/// When its feed is fetched next.
pub async fn set_due(db: &Database, id: &str, due_ms: i64) -> Result<(), sqlx::Error> {
    let set = sqlx::query("UPDATE made_catalogs SET feed_due_ms = $2 WHERE id = $1");
    set.bind(id.to_owned()).bind(due_ms).execute(db.pool()).await.map(drop)
}

/// Notes what is searched, in the transaction that ends the job.
pub async fn set_build(tx: &mut Tx, id: &str, build: &str, now_ms: i64) -> Result<(), sqlx::Error> {
    let set = sqlx::query("UPDATE made_catalogs SET build = $2, built_ms = $3 WHERE id = $1");
    set.bind(id.to_owned()).bind(build.to_owned()).bind(now_ms).execute(&mut **tx).await.map(drop)
}

/// Notes what a feed's server said of it, once the feed is in the catalogue.
pub async fn set_seen(
    tx: &mut Tx,
    id: &str,
    url: &str,
    etag: &str,
    modified: &str,
) -> Result<(), sqlx::Error> {
    let set = sqlx::query(
        "UPDATE made_catalogs SET feed_etag = $3, feed_modified = $4 WHERE id = $1 AND feed_url = $2",
    );
    let set = set.bind(id.to_owned()).bind(url.to_owned()).bind(etag.to_owned()).bind(modified.to_owned());
    set.execute(&mut **tx).await.map(drop)
}

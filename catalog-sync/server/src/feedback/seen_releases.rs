//! The releases that devices say they have seen, against what is known of the catalogue: two releases of one number
//! are found here, where devices that got one of them each cannot find it.

use std::sync::Arc;
use std::time::Duration;

use knytt_wire::{CatalogIdentity, LogHead};
use moka::sync::Cache;
use sqlx::Row as _;

use crate::db::Database;
use crate::http::metrics::Metrics;

/// Releases of one catalogue that are noted at most: anyone may make up numbers.
const MOST_RELEASES: i64 = 20_000;

/// Hashes of one number that are noted at most. Two are a conflict.
const MOST_HASHES: i64 = 8;

/// What was noted a moment ago is not looked up again.
const KNOWN: u64 = 20_000;
const KNOWN_FOR: Duration = Duration::from_secs(3_600);

/// The records of seen releases. Clones share what is known.
#[derive(Clone)]
pub struct SeenReleases {
    db: Database,
    metrics: Arc<Metrics>,
    known: Cache<(CatalogIdentity, String), ()>,
}

impl SeenReleases {
    /// Nothing is known yet.
    pub fn new(db: &Database, metrics: &Arc<Metrics>) -> Self {
        let known = Cache::builder().max_capacity(KNOWN).time_to_live(KNOWN_FOR).build();
        Self { db: db.clone(), metrics: metrics.clone(), known }
    }

    /// Notes that a device has seen a release. A conflict with what is known is counted and logged when its second
    /// release is noted. What cannot be stored is left: the next batch says it again.
    pub async fn seen(&self, identity: &CatalogIdentity, head: &LogHead) {
        self.note(identity, head, false).await;
    }

    /// Notes that a release is published here.
    pub async fn published(&self, identity: &CatalogIdentity, head: &LogHead) {
        self.note(identity, head, true).await;
    }

    async fn note(&self, identity: &CatalogIdentity, head: &LogHead, published: bool) {
        let key = (identity.clone(), head.to_string());
        if !published && self.known.contains_key(&key) {
            return;
        }
        match self.try_note(identity, head, published).await {
            Ok(()) => self.known.insert(key, ()),
            Err(error) => tracing::warn!(%error, catalog = %identity, "a seen release was not noted"),
        }
    }

    async fn try_note(
        &self,
        identity: &CatalogIdentity,
        head: &LogHead,
        published: bool,
    ) -> Result<(), sqlx::Error> {
        let (Some(root), Ok(number)) = (&identity.root, i64::try_from(head.number)) else { return Ok(()) };
        if !published && self.is_full(root, &identity.catalog, number).await? {
            tracing::debug!(catalog = %identity, number, "no more seen releases are noted");
            return Ok(());
        }
        let fresh = sqlx::query(
            "INSERT INTO seen_releases (root, catalog, number, hash, published, first_ms) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        );
        let fresh = fresh.bind(root).bind(&identity.catalog).bind(number).bind(&head.hash);
        let fresh = fresh.bind(i64::from(published)).bind(jiff::Timestamp::now().as_millisecond());
        let fresh = fresh.execute(self.db.pool()).await?.rows_affected() > 0;
        if fresh {
            return self.compare(identity, root, number, head).await;
        }
        if published {
            let known = "UPDATE seen_releases SET published = 1 \
                         WHERE root = $1 AND catalog = $2 AND number = $3 AND hash = $4";
            let known = sqlx::query(known).bind(root).bind(&identity.catalog).bind(number).bind(&head.hash);
            known.execute(self.db.pool()).await?;
        }
        Ok(())
    }

    /// The number has a hash that it did not have: whether it had another one. A third is the same conflict.
    async fn compare(
        &self,
        identity: &CatalogIdentity,
        root: &str,
        number: i64,
        head: &LogHead,
    ) -> Result<(), sqlx::Error> {
        let sql =
            "SELECT hash FROM seen_releases WHERE root = $1 AND catalog = $2 AND number = $3 AND hash <> $4";
        let others = sqlx::query(sql).bind(root).bind(&identity.catalog).bind(number).bind(&head.hash);
        let others = others.fetch_all(self.db.pool()).await?;
        if let [other] = others.as_slice() {
            let other: String = other.try_get(0)?;
            self.metrics.release_conflict();
            tracing::error!(catalog = %identity, number, hash = head.hash, other, "two releases of one number were seen");
        }
        Ok(())
    }

    async fn is_full(&self, root: &str, catalog: &str, number: i64) -> Result<bool, sqlx::Error> {
        let sql = "SELECT COUNT(*), COUNT(CASE WHEN number = $1 THEN 1 END) FROM seen_releases \
                   WHERE root = $2 AND catalog = $3";
        let row = sqlx::query(sql).bind(number).bind(root).bind(catalog).fetch_one(self.db.pool()).await?;
        let (releases, hashes): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        Ok(releases >= MOST_RELEASES || hashes >= MOST_HASHES)
    }
}

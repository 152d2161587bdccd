//! What shoppers together like: read from the roll-ups of believed events, and kept for a minute. And what staff see of
//! it: [`stats`] reads the counts of events and those of the server's own answers, which [`tally`] keeps.

mod embeddings;
mod observe;
mod sketch;
mod stability;
mod stats;
mod tally;
mod window;

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use sqlx::Row as _;

use crate::db::Database;
use crate::feedback::today;

#[cfg(test)]
pub(crate) use embeddings::tests::a_changed_week;
pub(crate) use embeddings::{
    Days, EmbeddingDrift, QueryEmbeddings, follow as follow_catalogs, of_all_catalogs,
};
pub(crate) use observe::{Asked, count};
pub(crate) use sketch::{bucket, middle, quantile};
pub(crate) use stability::{Histogram, Stability};
pub(crate) use stats::{BLOCK_DAYS, QueryList, described};
pub(crate) use tally::{Counted, Tally};
pub use window::Window;

/// How long what was read is kept.
const KEPT: Duration = Duration::from_secs(60);

/// Lists that are kept.
const MOST_KEPT: u64 = 20_000;

/// States of catalogues whose embeddings were counted.
const MOST_STATES: u64 = 200;

/// Products of a list, from which those that pass a filter are taken.
const TRENDING: i64 = 500;

/// Visits that are looked at for what else they had: the latest.
const VISITS: i64 = 500;

/// Days of these visits.
const DAYS: i64 = 30;

/// Visits that had two products, for one to be named with the other.
const TOGETHER: i64 = 2;

/// Products that are named with one.
const ALSO_VIEWED: i64 = 50;

/// Visitors who asked the same, for the words to be shown to others.
const ASKED_BY: i64 = 5;

/// Words that are kept for completions: those that most visitors asked.
const QUERIES: i64 = 2_000;

/// A list and what it is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kept {
    Trending(String, Window),
    AlsoViewed(String, String),
    Queries(String),
}

/// The lists. Clones share what is kept.
#[derive(Clone)]
pub struct Insights {
    db: Database,
    kept: Cache<Kept, Arc<Vec<String>>>,
    /// Products of a state of a catalogue, and those of them with an embedding.
    embedded: Cache<String, (i64, i64)>,
}

type Read = Result<Arc<Vec<String>>, Arc<sqlx::Error>>;

impl Insights {
    /// Nothing is kept yet.
    pub fn new(db: &Database) -> Self {
        let kept = Cache::builder().max_capacity(MOST_KEPT).time_to_live(KEPT).build();
        Self { db: db.clone(), kept, embedded: Cache::new(MOST_STATES) }
    }

    /// Ids of the products that were wanted most in the window, the first first.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn trending(&self, catalog: &str, window: Window) -> Read {
        let sql = "SELECT item_id, CAST(SUM(viewed + 3 * wishlisted + 5 * carted + 10 * purchased) AS BIGINT) AS wanted \
                   FROM believed_days WHERE catalog = $1 AND day > $2 \
                   GROUP BY item_id ORDER BY wanted DESC, item_id LIMIT $3";
        let read = async {
            let query = sqlx::query(sql).bind(catalog).bind(today() - window.days()).bind(TRENDING);
            first_column(query.fetch_all(self.db.reports()).await?)
        };
        self.kept.try_get_with(Kept::Trending(catalog.into(), window), read).await
    }

    /// Ids of the products that visits had which had this one, too, the most visits first.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn also_viewed(&self, catalog: &str, item_id: &str) -> Read {
        let sql = "SELECT other.item_id, COUNT(DISTINCT other.visit) AS visits FROM \
                   (SELECT visit, MAX(day) AS latest FROM believed \
                    WHERE catalog = $1 AND item_id = $2 AND day > $3 \
                    GROUP BY visit ORDER BY latest DESC LIMIT $4) AS had \
                   JOIN believed AS other ON other.catalog = $5 AND other.visit = had.visit \
                   WHERE other.item_id <> $6 GROUP BY other.item_id \
                   HAVING COUNT(DISTINCT other.visit) >= $7 ORDER BY visits DESC, other.item_id LIMIT $8";
        let read = async {
            let query = sqlx::query(sql).bind(catalog).bind(item_id).bind(today() - DAYS).bind(VISITS);
            let query = query.bind(catalog).bind(item_id).bind(TOGETHER).bind(ALSO_VIEWED);
            first_column(query.fetch_all(self.db.reports()).await?)
        };
        self.kept.try_get_with(Kept::AlsoViewed(catalog.into(), item_id.into()), read).await
    }

    /// Words that five visitors or more searched for and that found something, the most asked first, which begin with
    /// `typed` or have a word that does.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn queries(
        &self,
        catalog: &str,
        typed: &str,
        most: usize,
    ) -> Result<Vec<String>, Arc<sqlx::Error>> {
        let typed = typed.trim().to_lowercase();
        if typed.is_empty() {
            return Ok(Vec::new());
        }
        let sql = "SELECT query FROM asked_totals WHERE catalog = $1 AND visitors >= $2 \
                   ORDER BY visitors DESC, query LIMIT $3";
        let read = async {
            let query = sqlx::query(sql).bind(catalog).bind(ASKED_BY).bind(QUERIES);
            first_column(query.fetch_all(self.db.reports()).await?)
        };
        let all = self.kept.try_get_with(Kept::Queries(catalog.into()), read).await?;
        let begins = |query: &&String| {
            query.starts_with(&typed)
                || query.match_indices(' ').any(|(at, _)| query[at + 1..].starts_with(&typed))
        };
        Ok(all.iter().filter(begins).take(most).cloned().collect())
    }
}

fn first_column(rows: Vec<sqlx::any::AnyRow>) -> Result<Arc<Vec<String>>, sqlx::Error> {
    rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>().map(Arc::new)
}

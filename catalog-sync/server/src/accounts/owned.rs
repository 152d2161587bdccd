//! What belongs to one person: favourites, history, taste. Every statement about it is here, and names its owner.
//!
//! On PostgreSQL there is a second wall: each transaction says whose it is, and the tables' policies show it no
//! other rows. A superuser and a role with BYPASSRLS pass that wall; let the backend be neither.

use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::Row as _;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};
use utoipa::ToSchema;
use uuid::Uuid;

use super::people;
use super::secret::now_ms;
use crate::app::App;
use crate::db::{Database, Tx};

/// Rows of one person at most, of each kind. The oldest of a history make room.
pub const MOST: i64 = 1_000;

/// A product that somebody keeps or has looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// Its catalogue.
    pub catalog: String,
    /// Its id.
    pub product: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// Names a product.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its catalogue.
    pub catalog: String,
    /// Its id.
    pub product: String,
}

/// When something was kept or looked at: as the device says, but never later than now.
fn moment(at_ms: Option<i64>) -> i64 {
    let now = now_ms();
    at_ms.map_or(now, |at| at.clamp(0, now))
}

/// The rows of one person.
pub struct Owned<'a> {
    db: &'a Database,
    person: &'a str,
    predicates: bool,
}

impl<'a> Owned<'a> {
    pub fn of(app: &'a App, person: &'a str) -> Self {
        Self { db: &app.db, person, predicates: app.config.owner_predicates }
    }

    /// The favourites, the newest first.
    pub async fn favourites(&self) -> Result<Vec<Kept>, sqlx::Error> {
        let order = "ORDER BY at_ms DESC, catalog, product LIMIT 1000";
        self.kept(&format!("SELECT catalog, product, at_ms FROM favourites WHERE {} {order}", self.mine()))
            .await
    }

    /// Adds a favourite, once, with the latest moment at which it was kept; says whether there was room. Without
    /// `at_ms` it is kept now.
    pub async fn add_favourite(&self, named: &Named, at_ms: Option<i64>) -> Result<bool, sqlx::Error> {
        let mut tx = self.begin().await?;
        let count = format!("SELECT COUNT(*) FROM favourites WHERE {}", self.mine());
        let count: i64 = self.query(count).fetch_one(&mut *tx).await?.try_get(0)?;
        if count < MOST {
            let insert = "INSERT INTO favourites (person, catalog, product, at_ms) VALUES ($1, $2, $3, $4) \
                          ON CONFLICT (person, catalog, product) DO UPDATE SET at_ms = excluded.at_ms \
                          WHERE favourites.at_ms < excluded.at_ms";
            let insert = self.query(insert.into()).bind(named.catalog.clone()).bind(named.product.clone());
            insert.bind(moment(at_ms)).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(count < MOST)
    }

    /// Removes a favourite; says whether there was one.
    pub async fn remove_favourite(&self, named: &Named) -> Result<bool, sqlx::Error> {
        let mut tx = self.begin().await?;
        let sql = format!("DELETE FROM favourites WHERE {} AND catalog = $2 AND product = $3", self.mine());
        let removed = self.query(sql).bind(named.catalog.clone()).bind(named.product.clone());
        let removed = removed.execute(&mut *tx).await?.rows_affected() > 0;
        tx.commit().await?;
        Ok(removed)
    }

    /// What was looked at, the newest first.
    pub async fn history(&self) -> Result<Vec<Kept>, sqlx::Error> {
        let order = "ORDER BY at_ms DESC, id DESC LIMIT 1000";
        self.kept(&format!("SELECT catalog, product, at_ms FROM history WHERE {} {order}", self.mine())).await
    }

    /// Adds what was looked at, and forgets the oldest beyond the bound. The same product at the same moment, as when
    /// a device sends it again, is one row. Without `at_ms` it is looked at now.
    pub async fn add_history(&self, named: &Named, at_ms: Option<i64>) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        let again = format!(
            "DELETE FROM history WHERE {} AND catalog = $2 AND product = $3 AND at_ms = $4",
            self.mine()
        );
        let at = moment(at_ms);
        let again = self.query(again).bind(named.catalog.clone()).bind(named.product.clone()).bind(at);
        again.execute(&mut *tx).await?;
        let insert = "INSERT INTO history (person, id, catalog, product, at_ms) VALUES ($1, $2, $3, $4, $5)";
        let insert = self.query(insert.into()).bind(Uuid::now_v7().to_string()).bind(named.catalog.clone());
        insert.bind(named.product.clone()).bind(at).execute(&mut *tx).await?;
        let mine = self.mine();
        let oldest = format!(
            "DELETE FROM history WHERE {mine} AND id NOT IN \
             (SELECT id FROM history WHERE {mine} ORDER BY at_ms DESC, id DESC LIMIT 1000)"
        );
        self.query(oldest).execute(&mut *tx).await?;
        tx.commit().await
    }

    /// Forgets what was looked at.
    pub async fn clear_history(&self) -> Result<(), sqlx::Error> {
        self.remove_from("history").await
    }

    /// The taste that the person's device stored.
    pub async fn taste(&self) -> Result<Option<Box<RawValue>>, sqlx::Error> {
        let mut tx = self.begin().await?;
        let sql = format!("SELECT body FROM tastes WHERE {}", self.mine());
        let row = self.query(sql).fetch_optional(&mut *tx).await?;
        tx.commit().await?;
        let Some(row) = row else { return Ok(None) };
        let read = RawValue::from_string(row.try_get(0)?);
        read.map(Some).map_err(|error| sqlx::Error::Decode(error.into()))
    }

    /// Stores a taste.
    pub async fn set_taste(&self, taste: &RawValue) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        let set = "INSERT INTO tastes (person, body, at_ms) VALUES ($1, $2, $3) \
                   ON CONFLICT (person) DO UPDATE SET body = excluded.body, at_ms = excluded.at_ms";
        let set = self.query(set.into()).bind(taste.get().to_owned()).bind(now_ms());
        set.execute(&mut *tx).await?;
        tx.commit().await
    }

    /// Forgets the taste.
    pub async fn clear_taste(&self) -> Result<(), sqlx::Error> {
        self.remove_from("tastes").await
    }

    /// Removes everything that is known of the person, and the account. Says no, and removes nothing, if no
    /// admin would be left.
    pub async fn erase(&self) -> Result<bool, sqlx::Error> {
        let mut tx = self.begin().await?;
        if people::is_last_admin(&mut tx, self.db.is_sqlite(), self.person).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        for table in ["favourites", "history", "tastes"] {
            self.query(format!("DELETE FROM {table} WHERE {}", self.mine())).execute(&mut *tx).await?;
        }
        for statement in [
            "DELETE FROM refresh_tokens WHERE session IN (SELECT id FROM sessions WHERE person = $1)",
            "DELETE FROM sessions WHERE person = $1",
            "DELETE FROM password_links WHERE person = $1",
            "DELETE FROM made WHERE owner = $1",
            "DELETE FROM people WHERE id = $1",
        ] {
            self.query(statement.into()).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn remove_from(&self, table: &str) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        self.query(format!("DELETE FROM {table} WHERE {}", self.mine())).execute(&mut *tx).await?;
        tx.commit().await
    }

    async fn kept(&self, sql: &str) -> Result<Vec<Kept>, sqlx::Error> {
        let mut tx = self.begin().await?;
        let rows = self.query(sql.to_owned()).fetch_all(&mut *tx).await?;
        tx.commit().await?;
        let read = |row: &AnyRow| {
            Ok(Kept { catalog: row.try_get(0)?, product: row.try_get(1)?, at_ms: row.try_get(2)? })
        };
        rows.iter().map(read).collect()
    }

    /// Begins a transaction that is this person's.
    async fn begin(&self) -> Result<Tx, sqlx::Error> {
        let mut tx = self.db.begin().await?;
        if !self.db.is_sqlite() {
            let set = sqlx::query("SELECT set_config('knytt.person', $1, true)").bind(self.person.to_owned());
            set.execute(&mut *tx).await?;
        }
        Ok(tx)
    }

    /// The rows that are this person's. Tests of the second wall take this one away.
    fn mine(&self) -> &'static str {
        if self.predicates { "person = $1" } else { "CAST($1 AS TEXT) IS NOT NULL" }
    }

    /// A statement whose first value is the person.
    fn query(&self, sql: String) -> Query<'static, Any, AnyArguments> {
        sqlx::query(AssertSqlSafe(sql)).bind(self.person.to_owned())
    }
}

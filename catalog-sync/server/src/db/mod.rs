//! The records: SQLite in a file or PostgreSQL, behind one SQL.

mod migrations;
mod probe;
mod room;
mod rows;
mod tx;

use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Executor};

use self::probe::Probe;
use self::room::Room;
use crate::config::Address;
use crate::{Error, Result};

pub(crate) use migrations::newest_version;
pub(crate) use rows::{Columns, CountedColumns, RowsQuery, insert, insert_counted};
pub(crate) use tx::Tx;

/// Connections that only read reports. More reports at once wait, so that they leave the processors and
/// the disk to events.
const REPORTS: u32 = 2;

/// How long one statement of a report may take on PostgreSQL, which goes on after the request has ended.
const REPORT_TIMEOUT: Duration = Duration::from_secs(120);

/// How long a transaction waits for those before it. On SQLite one writes at a time.
const TURN: Duration = Duration::from_secs(15);

/// The pages that SQLite's one connection for transactions keeps, as SQLite is told: 16 MiB. The rows of one commit are
/// spread over many tables and indexes; pages that do not fit are written before the commit, and read and written again.
const WRITER_CACHE: &str = "PRAGMA cache_size = -16384";

/// The records. Clones share the connections.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
    /// Connections of transactions. SQLite has one: another one's cache would be of no use after each commit.
    writers: AnyPool,
    reports: AnyPool,
    sqlite: bool,
    probe: Probe,
    room: Option<Room>,
}

impl Database {
    /// Connects, and makes or updates the tables.
    ///
    /// # Errors
    /// The address is not one of `sqlite:` or `postgres:`, nothing answers there, or its tables are of a
    /// newer version.
    pub async fn open(address: &Address, connections: u32) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let sqlite = address.is_sqlite();
        if !sqlite && !address.reveal().starts_with("postgres") {
            return Err(Error::Setting("--database begins with postgres:// or sqlite:".into()));
        }
        crate::config::make_private(address)?;
        let options = AnyConnectOptions::from_str(&connect_url(address))?;
        let pool = pool_options(connections, sqlite)
            .after_connect(move |connection, _| Box::pin(prepare(connection, sqlite)))
            .connect_with(options.clone())
            .await?;
        migrations::migrate(&pool, sqlite).await?;
        let writers = match sqlite {
            true => pool_options(1, sqlite)
                .acquire_timeout(TURN)
                .after_connect(|connection, _| Box::pin(prepare_to_write(connection)))
                .connect_lazy_with(options.clone()),
            false => pool.clone(),
        };
        let reports = pool_options(REPORTS, sqlite)
            .after_connect(move |connection, _| Box::pin(prepare_to_read(connection, sqlite)))
            .connect_lazy_with(options);
        let room = Room::of(address.reveal());
        Ok(Self { pool, writers, reports, sqlite, probe: Probe::default(), room })
    }

    pub(crate) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Connections for reports, which only read.
    pub(crate) fn reports(&self) -> &AnyPool {
        &self.reports
    }

    /// Whether only one writer makes progress at a time.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.sqlite
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Tx, sqlx::Error> {
        Tx::begin(&self.writers, self.sqlite).await
    }

    /// Whether the database takes writes now: events were stored a moment ago, or a note is written and on
    /// the disk.
    pub(crate) async fn probe(&self) -> Result<(), String> {
        self.probe.ask(self).await
    }

    /// Says that events were stored.
    pub(crate) fn prove(&self) {
        self.probe.prove();
    }

    /// Says that events could not be stored, so that the next probe asks for as much room as they take.
    pub(crate) fn doubt(&self) {
        self.probe.doubt();
    }

    /// The bytes that are free where SQLite has its file; `None` where this cannot be known.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        self.room.as_ref().and_then(Room::free_bytes)
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.reports.close().await;
        self.writers.close().await;
        self.pool.close().await;
    }
}

/// A connection that comes back in a transaction is closed: what it is told next would never be stored.
fn pool_options(connections: u32, sqlite: bool) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .after_release(move |connection, _| Box::pin(tx::is_idle(connection, sqlite)))
}

/// Runs a future on a runtime of its own, for commands that have none.
///
/// # Errors
/// Those of the future, or the system has no thread left.
pub fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future)
}

fn connect_url(address: &Address) -> String {
    let text = address.reveal();
    match address.is_sqlite() && !text.contains('?') {
        true => format!("{text}?mode=rwc"),
        false => text.to_owned(),
    }
}

/// What is committed is on the disk before the commit returns, on both.
async fn prepare(connection: &mut AnyConnection, sqlite: bool) -> Result<(), sqlx::Error> {
    if sqlite {
        let pragmas = "PRAGMA busy_timeout = 15000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
        connection.execute(pragmas).await?;
    } else {
        connection.execute("SET synchronous_commit = on").await?;
    }
    Ok(())
}

/// The connection of SQLite's transactions.
async fn prepare_to_write(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    prepare(connection, true).await?;
    connection.execute(WRITER_CACHE).await.map(|_| ())
}

/// A report cannot write, and ends at some time.
async fn prepare_to_read(connection: &mut AnyConnection, sqlite: bool) -> Result<(), sqlx::Error> {
    if sqlite {
        connection.execute("PRAGMA busy_timeout = 15000; PRAGMA query_only = 1").await?;
    } else {
        connection.execute("SET default_transaction_read_only = on").await?;
        let timeout = format!("SET statement_timeout = {}", REPORT_TIMEOUT.as_millis());
        connection.execute(sqlx::AssertSqlSafe(timeout)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn open() -> (Database, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
        (Database::open(&url.as_str().into(), 2).await.unwrap(), dir)
    }

    #[tokio::test]
    async fn reports_have_connections_of_their_own_which_cannot_write() {
        let (db, _dir) = open().await;
        let mut reports = Vec::new();
        for _ in 0..REPORTS {
            let mut report = db.reports().begin().await.unwrap();
            report.execute("SELECT COUNT(*) FROM events").await.unwrap();
            assert!(report.execute("DELETE FROM catalogs").await.is_err());
            reports.push(report);
        }
        let mut tx = db.begin().await.unwrap();
        tx.execute("INSERT INTO catalogs VALUES ('shop', 0)").await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn transactions_wait_for_each_other_and_keep_their_pages() {
        let (db, _dir) = open().await;
        let mut first = db.begin().await.unwrap();
        let pages: i64 = sqlx::query_scalar("PRAGMA cache_size").fetch_one(&mut *first).await.unwrap();
        assert_eq!(format!("PRAGMA cache_size = {pages}"), WRITER_CACHE);
        let second = tokio::spawn({
            let db = db.clone();
            async move { db.begin().await.unwrap().commit().await }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!second.is_finished());
        sqlx::query("SELECT COUNT(*) FROM events").execute(db.pool()).await.unwrap();
        first.commit().await.unwrap();
        second.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_database_that_stores_events_is_not_asked_for_more() {
        let (db, _dir) = open().await;
        let count =
            async || sqlx::query_scalar("SELECT COUNT(*) FROM probe").fetch_one(db.pool()).await.unwrap();
        db.prove();
        assert_eq!((db.probe().await, count().await), (Ok(()), 0i64));
        db.doubt();
        assert_eq!((db.probe().await, count().await), (Ok(()), 1i64));
        db.close().await;
        assert_eq!(db.probe().await, Ok(()), "an answer holds for a second");
        tokio::time::sleep(HOLD_OF_TESTS).await;
        assert!(db.probe().await.is_err());
    }

    /// Longer than an answer holds.
    const HOLD_OF_TESTS: Duration = Duration::from_millis(1_100);
}

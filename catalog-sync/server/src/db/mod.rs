//! The records: SQLite in a file or PostgreSQL, behind one pool and one SQL.

mod rows;

use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, Executor, SqlSafeStr, Transaction};

use crate::config::Address;
use crate::{Error, Result};

pub(crate) use rows::{Columns, RowsQuery, insert};

/// A transaction on either database.
pub(crate) type Tx = Transaction<'static, sqlx::Any>;

/// The records. Clones share the connections.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
    sqlite: bool,
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
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(move |connection, _| Box::pin(prepare(connection, sqlite)))
            .connect_with(options)
            .await?;
        migrate(&pool, sqlite).await?;
        Ok(Self { pool, sqlite })
    }

    pub(crate) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Whether only one writer makes progress at a time.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.sqlite
    }

    pub(crate) async fn begin(&self) -> Result<Tx, sqlx::Error> {
        self.pool.begin().await
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
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

/// PostgreSQL lets one process make tables at a time. On SQLite another one may make them at this moment;
/// then they are there when it is tried again.
async fn migrate(pool: &AnyPool, sqlite: bool) -> Result<()> {
    for _ in 0..3 {
        match migrator(sqlite).run(pool).await {
            Err(error) if sqlite => tracing::debug!(%error, "making tables is tried again"),
            done => return Ok(done?),
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Ok(migrator(sqlite).run(pool).await?)
}

fn migrator(sqlite: bool) -> Migrator {
    let tables = match sqlite {
        true => include_str!("../../migrations/sqlite/1_tables.sql"),
        false => include_str!("../../migrations/postgres/1_tables.sql"),
    };
    let first = Migration::new(1, "tables".into(), MigrationType::Simple, tables.into_sql_str(), false);
    let keys = match sqlite {
        true => include_str!("../../migrations/sqlite/9_keys.sql"),
        false => include_str!("../../migrations/postgres/9_keys.sql"),
    };
    let keys = Migration::new(9, "keys".into(), MigrationType::Simple, keys.into_sql_str(), false);
    Migrator::with_migrations(vec![first, keys])
}

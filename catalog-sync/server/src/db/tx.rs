//! A transaction whose connection is closed unless it ended well.
//!
//! SQLite ends a transaction by itself when the disk is full or fails. sqlx does not notice: its ROLLBACK
//! then fails, it goes on counting one open transaction, and what it calls a commit later only releases a
//! savepoint in a transaction that nobody ends. So begin, commit and rollback are plain statements here, and
//! a connection goes back to the pool only after one of the last two succeeded.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Error, Executor as _};

/// A transaction on either database. Dropped before it ended well, it closes its connection, which undoes it.
#[derive(Debug)]
pub struct Tx {
    connection: PoolConnection<Any>,
    ended_well: bool,
}

impl Tx {
    /// Begins a transaction that writes: on SQLite it has the write lock from here on.
    pub(super) async fn begin(pool: &AnyPool, sqlite: bool) -> Result<Self, Error> {
        let mut tx = Self { connection: pool.acquire().await?, ended_well: false };
        tx.execute(if sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" }).await?;
        Ok(tx)
    }

    /// Returns when the transaction is on the disk.
    ///
    /// # Errors
    /// It is not known to be there. On SQLite that is also said of a transaction that ended before, whatever
    /// was written since.
    pub async fn commit(self) -> Result<(), Error> {
        self.end("COMMIT").await
    }

    /// Undoes the transaction and keeps its connection.
    ///
    /// # Errors
    /// The database refuses; then closing the connection undoes it.
    pub async fn rollback(self) -> Result<(), Error> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, statement: &'static str) -> Result<(), Error> {
        self.execute(statement).await?;
        self.ended_well = true;
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if !self.ended_well {
            self.connection.close_on_drop();
        }
    }
}

impl Deref for Tx {
    type Target = AnyConnection;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

/// Whether a connection that comes back to the pool may be used again: neither sqlx nor the database has it
/// in a transaction. SQLite refuses to begin one inside of another.
pub(super) async fn is_idle(connection: &mut AnyConnection, sqlite: bool) -> Result<bool, Error> {
    if connection.is_in_transaction() {
        return Ok(false);
    }
    if sqlite {
        connection.execute("BEGIN; ROLLBACK").await?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Database;

    /// A database of one connection, and how many notes another program sees in it.
    struct Notes {
        db: Database,
        url: String,
        _dir: tempfile::TempDir,
    }

    impl Notes {
        async fn open() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
            let db = Database::open(&url.as_str().into(), 1).await.unwrap();
            db.pool().execute("CREATE TABLE notes (note BLOB NOT NULL)").await.unwrap();
            Self { db, url, _dir: dir }
        }

        async fn seen(&self) -> i64 {
            let other = Database::open(&self.url.as_str().into(), 1).await.unwrap();
            let seen = sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(other.pool()).await;
            other.close().await;
            seen.unwrap()
        }

        async fn add(&self) -> Result<(), Error> {
            let mut tx = self.db.begin().await?;
            tx.execute("INSERT INTO notes VALUES (zeroblob(100))").await?;
            tx.commit().await
        }
    }

    #[tokio::test]
    async fn what_is_committed_after_failed_transactions_is_stored() {
        let notes = Notes::open().await;
        // SQLite ends the first one by itself, as it does when the disk is full; the second one just fails.
        for statement in ["ROLLBACK", "INSERT INTO notes VALUES (NULL)"] {
            let mut tx = notes.db.begin().await.unwrap();
            let _ = tx.execute(statement).await;
            drop(tx);
        }
        for count in 1..=3 {
            notes.add().await.unwrap();
            assert_eq!(notes.seen().await, count);
        }
    }

    #[tokio::test]
    async fn a_transaction_that_sqlite_has_ended_is_not_said_to_be_committed() {
        let notes = Notes::open().await;
        let mut tx = notes.db.begin().await.unwrap();
        tx.execute("ROLLBACK").await.unwrap();
        assert!(tx.commit().await.is_err());
        notes.add().await.unwrap();
        assert_eq!(notes.seen().await, 1);
    }

    #[tokio::test]
    async fn a_connection_does_not_come_back_in_a_transaction() {
        let notes = Notes::open().await;
        let mut connection = notes.db.pool().acquire().await.unwrap();
        connection.execute("BEGIN IMMEDIATE").await.unwrap();
        drop(connection);
        notes.add().await.unwrap();
        assert_eq!(notes.seen().await, 1);
    }
}

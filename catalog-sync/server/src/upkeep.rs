//! What an operator does to the records beside serving: a copy, old events forgotten, one visitor forgotten.

use std::path::Path;

use jiff::Timestamp;
use uuid::Uuid;

use crate::db::Database;
use crate::{Error, Result};

const DAY_MS: i64 = 86_400_000;

/// Dead letters that are read at once.
const LETTERS: i64 = 500;

/// Writes a copy of an SQLite database to `file`, as of one moment, while it is served. The copy is a database that
/// `knytt serve --database sqlite:FILE` opens.
///
/// # Errors
/// The file exists, cannot be written, or the database is PostgreSQL, whose own `pg_dump` makes copies.
pub async fn backup(db: &Database, file: &Path) -> Result<()> {
    if !db.is_sqlite() {
        return Err(Error::Setting("this database is PostgreSQL: pg_dump --format=custom copies it".into()));
    }
    let text = file.to_str().ok_or_else(|| Error::Setting(format!("{}: not UTF-8", file.display())))?;
    new_private_file(file)?;
    let copied = sqlx::query("VACUUM INTO $1").bind(text).execute(db.pool()).await;
    if copied.is_err() {
        let _ = fs_err::remove_file(file);
    }
    copied?;
    fs_err::File::open(file)?.sync_all()?;
    Ok(())
}

/// An empty file that only its owner may read. What is in the records is nobody else's.
fn new_private_file(file: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    fs_err::OpenOptions::from_options(options).open(file)?;
    Ok(())
}

/// Forgets the events of days that ended more than `days` days ago, and dead letters of that age. The counts of
/// reports stay: they name no visit. Returns how many events there were.
///
/// # Errors
/// The database refuses.
pub async fn retain(db: &Database, days: u32) -> Result<u64> {
    let now_ms = Timestamp::now().as_millisecond();
    let first_kept = now_ms / DAY_MS - i64::from(days);
    let mut tx = db.begin().await?;
    let events = sqlx::query("DELETE FROM events WHERE day < $1").bind(first_kept).execute(&mut *tx).await?;
    let letters = sqlx::query("DELETE FROM dead_letters WHERE at_ms < $1").bind(first_kept * DAY_MS);
    letters.execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(events.rows_affected())
}

/// Forgets all events of a visit, and its dead letters. The counts of reports stay: they name no visit. Events that
/// are in NATS already end there by its own limit of age. Returns how many events there were.
///
/// # Errors
/// The database refuses.
pub async fn erase(db: &Database, visit: Uuid) -> Result<u64> {
    let mut tx = db.begin().await?;
    let events = sqlx::query("DELETE FROM events WHERE visit = $1").bind(visit.as_bytes().to_vec());
    let events = events.execute(&mut *tx).await?.rows_affected();
    let name = visit.to_string();
    let mut after = Vec::new();
    loop {
        let letters = "SELECT id, body FROM dead_letters WHERE id > $1 ORDER BY id LIMIT $2";
        let letters: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as(letters).bind(after).bind(LETTERS).fetch_all(&mut *tx).await?;
        let Some((last, _)) = letters.last() else { break };
        after = last.clone();
        for (id, body) in letters {
            if String::from_utf8_lossy(&body).contains(&name) {
                sqlx::query("DELETE FROM dead_letters WHERE id = $1").bind(id).execute(&mut *tx).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(events)
}

//! Copies of the records, and the way back from them, on both databases.

use std::path::Path;

use super::{postgres, sqlite};
use crate::Result;
use crate::config::Address;

/// Writes a copy of the records to `file`, as of one moment, while they are served: an SQLite database, or what
/// `pg_dump --format=custom` writes.
///
/// # Errors
/// The file exists or cannot be written; the database refuses; `pg_dump` is not installed, or may not read all rows.
pub async fn backup(records: &Address, file: &Path) -> Result<()> {
    match records.is_sqlite() {
        true => sqlite::backup(records, file).await,
        false => postgres::backup(records, file).await,
    }
}

/// Puts a copy in the place of the records. Records that are there are replaced only where `replace` says so, and only
/// while nothing serves them.
///
/// # Errors
/// The copy is damaged, of a newer version or of the other kind of database; there are records already; a backend
/// serves them; the database refuses; `pg_restore` is not installed. The records are then as they were.
pub async fn restore(records: &Address, file: &Path, replace: bool) -> Result<()> {
    match records.is_sqlite() {
        true => sqlite::restore(records, file, replace).await,
        false => postgres::restore(records, file, replace).await,
    }
}

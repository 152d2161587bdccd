//! Deletes that are held back: a file stays for a day, in which the delete can be taken back, and what the
//! present release needs stays for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use object_store::ObjectStoreExt;
use object_store::path::Path;
use sqlx::Row as _;

use super::store::Objects;
use super::verify::Verifier;
use crate::db::Database;
use crate::http::refusal::Refusal;

/// Notes that a file is to be deleted. The first note counts.
pub async fn note(db: &Database, catalog: &str, path: &Path, key_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO deletions (path, catalog, key_id, at_ms) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (path) DO NOTHING",
    )
    .bind(path.as_ref().to_owned())
    .bind(catalog.to_owned())
    .bind(key_id.to_owned())
    .bind(jiff::Timestamp::now().as_millisecond())
    .execute(db.pool())
    .await?;
    Ok(())
}

/// Takes back the deletes of these files of a catalogue: they are published again.
pub async fn take_back(db: &Database, catalog: &str, paths: &BTreeSet<String>) -> Result<(), sqlx::Error> {
    let noted = sqlx::query("SELECT path FROM deletions WHERE catalog = $1").bind(catalog.to_owned());
    for row in noted.fetch_all(db.pool()).await? {
        let path: String = row.try_get(0)?;
        if paths.contains(&path) {
            claim(db, &path).await?;
        }
    }
    Ok(())
}

/// Takes back all deletes of a key. Returns how many there were.
pub async fn take_back_of_key(db: &Database, key_id: &str) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("DELETE FROM deletions WHERE key_id = $1").bind(key_id.to_owned());
    Ok(done.execute(db.pool()).await?.rows_affected())
}

/// Deletes the files whose deletes were noted `delay` ago, unless the present release needs them.
pub async fn carry_out(db: &Database, objects: &Objects, delay: Duration) -> Result<(), Refusal> {
    let delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
    let until = jiff::Timestamp::now().as_millisecond().saturating_sub(delay_ms);
    let due = sqlx::query("SELECT catalog, path FROM deletions WHERE at_ms <= $1").bind(until);
    let mut of_catalog: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in due.fetch_all(db.pool()).await? {
        of_catalog.entry(row.try_get(0)?).or_default().push(row.try_get(1)?);
    }
    for (catalog, paths) in of_catalog {
        let needed = Verifier::new(objects, &catalog, jiff::Timestamp::now()).needed().await?;
        for path in paths {
            if claim(db, &path).await? {
                delete(objects, &needed, &path).await;
            }
        }
    }
    Ok(())
}

/// Removes a note. `false`: somebody else did, another replica or who took the delete back.
async fn claim(db: &Database, path: &str) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query("DELETE FROM deletions WHERE path = $1").bind(path.to_owned());
    Ok(gone.execute(db.pool()).await?.rows_affected() == 1)
}

async fn delete(objects: &Objects, needed: &BTreeSet<String>, path: &str) {
    let is_needed = path.ends_with(".root.json") || needed.contains(path);
    if is_needed {
        tracing::warn!(path, "a file stays, which devices need; its delete is forgotten");
        return;
    }
    match objects.store.delete(&Path::from(path)).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => tracing::info!(path, "a file was deleted"),
        Err(error) => tracing::error!(path, %error, "a file was not deleted"),
    }
}

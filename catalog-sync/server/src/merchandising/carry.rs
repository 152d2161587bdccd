//! The newest version in a release.

use std::path::PathBuf;

use knytt_engine::{Catalog, Merchandising};
use tokio::task::spawn_blocking;

use super::versions;
use crate::db::Database;

/// Writes the newest version into the catalogue in `folder`, so that a release of it has them. Where no version was
/// published, the catalogue keeps the rules that it has.
///
/// # Errors
/// The database or the catalogue fails, or the version cannot be read.
pub async fn carry(db: &Database, catalog: &str, folder: PathBuf) -> Result<(), String> {
    let newest = versions::newest(db, catalog).await.map_err(|error| error.to_string())?;
    let Some((_, document)) = newest else { return Ok(()) };
    let document = Merchandising::read(document.as_bytes()).map_err(|error| error.to_string())?;
    let write = move || -> Result<(), knytt_engine::Error> {
        let catalog = Catalog::open(&folder)?;
        // A commit would make every answer that is kept one of an older state.
        if catalog.read()?.merchandising()?.as_ref() == Some(&document) {
            return Ok(());
        }
        let mut writer = catalog.write();
        writer.set_merchandising(Some(document));
        writer.commit().map(drop)
    };
    let written = spawn_blocking(write).await.map_err(|error| error.to_string())?;
    written.map_err(|error| error.to_string())
}

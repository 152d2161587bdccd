//! The newest weights in a release.

use std::path::PathBuf;

use knytt_engine::Catalog;
use tokio::task::spawn_blocking;

use super::ranking;
use crate::db::Database;

/// Writes the newest weights into the catalogue in `folder`, so that a release of it ranks by them. Where there is no
/// version, the catalogue keeps its own.
///
/// # Errors
/// The database or the catalogue fails.
pub async fn carry(db: &Database, catalog: &str, folder: PathBuf) -> Result<(), String> {
    let versions = ranking::list(db, catalog).await.map_err(|error| error.to_string())?;
    let Some(weights) = versions.first().map(|newest| newest.weights) else { return Ok(()) };
    let write = move || -> Result<(), knytt_engine::Error> {
        let catalog = Catalog::open(&folder)?;
        // A commit would make every answer that is kept one of an older state.
        if catalog.read()?.info()?.weights == Some(weights) {
            return Ok(());
        }
        let mut writer = catalog.write();
        writer.set_weights(Some(weights));
        writer.commit().map(drop)
    };
    let written = spawn_blocking(write).await.map_err(|error| error.to_string())?;
    written.map_err(|error| error.to_string())
}

//! What runs, and the newest weights, obeyed by the searches of this replica.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use knytt_app_core::shop::taking_part::RunningExperiment;

use super::{ranking, rows};
use crate::accounts::now_ms;
use crate::db::Database;
use crate::search::Catalogs;

/// How often it is looked for others.
const LOOK: Duration = Duration::from_secs(2);

/// Obeys what runs and the newest weights for as long as it is awaited.
pub async fn follow(db: Database, catalogs: Arc<Catalogs>) {
    let mut reason = None;
    loop {
        tokio::time::sleep(LOOK).await;
        let failed = refresh(&db, &catalogs).await.err().map(|error| error.to_string());
        if failed != reason
            && let Some(error) = &failed
        {
            tracing::error!(error, "experiments and weights are those of before");
        }
        reason = failed;
    }
}

/// Obeys what runs and the newest weights from now on. Ends what is over.
///
/// # Errors
/// The database cannot be read.
pub async fn refresh(db: &Database, catalogs: &Catalogs) -> Result<(), sqlx::Error> {
    for (catalog, number) in ranking::numbers(db).await? {
        if catalogs.weights_number(&catalog) == Some(number) {
            continue;
        }
        if let Some(newest) = ranking::list(db, &catalog).await?.first() {
            tracing::info!(catalog, version = newest.number, "other weights rank");
            catalogs.set_weights(&catalog, newest.number, newest.weights);
        }
    }
    let known = catalogs.experiments();
    let mut running = BTreeMap::new();
    for stored in rows::running(db).await? {
        let until_ms = stored.definition.until_ms(stored.started_ms);
        if let Some(until_ms) = until_ms.filter(|until| *until <= now_ms()) {
            rows::stop(db, &stored.id, until_ms).await?;
            continue;
        }
        let same = known.get(&stored.catalog).filter(|known| known.id().to_string() == stored.id);
        if let Some(prepared) = same.cloned().or_else(|| prepared(&stored)) {
            running.insert(stored.catalog, prepared);
        }
    }
    catalogs.set_experiments(running);
    Ok(())
}

fn prepared(stored: &rows::Stored) -> Option<Arc<RunningExperiment>> {
    let document = stored.definition.document(&stored.id, &stored.secret, stored.started_ms);
    match document.map_err(|error| error.to_string()).and_then(RunningExperiment::new) {
        Ok(prepared) => {
            tracing::info!(catalog = stored.catalog, experiment = stored.id, "searches take part");
            Some(Arc::new(prepared))
        }
        Err(error) => {
            // A newer program wrote it: until this one is replaced, searches here take no part.
            tracing::error!(experiment = stored.id, %error, "an experiment cannot be read");
            None
        }
    }
}

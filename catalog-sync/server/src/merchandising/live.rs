//! The newest versions, obeyed by the searches of this replica.

use std::sync::Arc;
use std::time::Duration;

use knytt_engine::{CompiledRules, Merchandising};

use super::versions;
use crate::db::Database;
use crate::search::Catalogs;

/// How often it is looked for other versions.
const LOOK: Duration = Duration::from_secs(2);

/// Obeys the newest versions for as long as it is awaited.
pub async fn follow(db: Database, catalogs: Arc<Catalogs>) {
    let mut reason = None;
    loop {
        tokio::time::sleep(LOOK).await;
        let failed = refresh(&db, &catalogs).await.err().map(|error| error.to_string());
        if failed != reason
            && let Some(error) = &failed
        {
            tracing::error!(error, "the newest rules are not obeyed");
        }
        reason = failed;
    }
}

/// Obeys the newest versions from now on.
///
/// # Errors
/// The database cannot be read.
pub async fn refresh(db: &Database, catalogs: &Catalogs) -> Result<(), sqlx::Error> {
    for (catalog, number) in versions::numbers(db).await? {
        if catalogs.rules_number(&catalog) == Some(number) {
            continue;
        }
        let Some((version, document)) = versions::get(db, &catalog, number).await? else { continue };
        match Merchandising::read(document.as_bytes()).and_then(CompiledRules::new) {
            Ok(rules) => {
                tracing::info!(catalog, version = version.number, "other rules are obeyed");
                catalogs.set_rules(&catalog, number, Some(Arc::new(rules)));
            }
            Err(error) => {
                // A newer program wrote it: until this one is replaced, the rules before are obeyed.
                tracing::error!(catalog, version = number, %error, "rules cannot be read");
                catalogs.set_rules(&catalog, number, None);
            }
        }
    }
    Ok(())
}

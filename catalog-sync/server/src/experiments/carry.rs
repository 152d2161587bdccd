//! The newest weights and what runs, in a release.

use std::path::PathBuf;

use knytt_engine::{Catalog, Experiment};
use tokio::task::spawn_blocking;

use super::{ranking, rows};
use crate::db::Database;

/// Writes the newest weights into the catalogue in `folder`, so that a release of it ranks by them, and the experiment
/// that runs, so that devices take part; or that none runs. Where there is no version of the weights, the catalogue
/// keeps its own.
///
/// # Errors
/// The database or the catalogue fails.
pub async fn carry(db: &Database, catalog: &str, folder: PathBuf) -> Result<(), String> {
    let versions = ranking::list(db, catalog).await.map_err(|error| error.to_string())?;
    let weights = versions.first().map(|newest| newest.weights);
    let experiment = running(db, catalog).await?;
    let write = move || -> Result<(), knytt_engine::Error> {
        let catalog = Catalog::open(&folder)?;
        let snapshot = catalog.read()?;
        let weights =
            weights.filter(|weights| snapshot.info().is_ok_and(|info| info.weights != Some(*weights)));
        let is_other = snapshot.experiment()? != experiment;
        // A commit would make every answer that is kept one of an older state.
        if weights.is_none() && !is_other {
            return Ok(());
        }
        drop(snapshot);
        let mut writer = catalog.write();
        if weights.is_some() {
            writer.set_weights(weights);
        }
        writer.set_experiment(experiment);
        writer.commit().map(drop)
    };
    let written = spawn_blocking(write).await.map_err(|error| error.to_string())?;
    written.map_err(|error| error.to_string())
}

async fn running(db: &Database, catalog: &str) -> Result<Option<Experiment>, String> {
    let all = rows::running(db).await.map_err(|error| error.to_string())?;
    let Some(stored) = all.into_iter().find(|stored| stored.catalog == catalog) else { return Ok(None) };
    let document = stored.definition.document(&stored.id, &stored.secret, stored.started_ms);
    document.map(Some).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use knytt_engine::{CatalogSpec, Fingerprint, Weights};

    use super::*;
    use crate::accounts::now_ms;
    use crate::experiments::definition::{Arm, Definition, Metric};
    use crate::experiments::rows::{State, Stored};

    fn stored() -> Stored {
        let arm = |weights| Arm { name: "arm".into(), share: 5_000, weights, rules: None };
        let definition = Definition {
            metric: Metric::Clicked,
            interleaved: false,
            arms: vec![arm(None), arm(Some(Weights { words: 0.25, ..Weights::USUAL }))],
            baseline: 0.3,
            lift: 0.1,
            power: 0.8,
            days: Some(7),
        };
        Stored {
            id: "one".into(),
            catalog: "shop".into(),
            name: "One".into(),
            state: State::Draft,
            definition,
            secret: "0f".repeat(32),
            author: "somebody".into(),
            created_ms: now_ms(),
            started_ms: 0,
            ended_ms: 0,
            shipped: -1,
        }
    }

    #[tokio::test]
    async fn a_release_has_the_newest_weights_and_what_runs_and_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
        let db = Database::open(&url.as_str().into(), 2).await.unwrap();
        let folder = dir.path().join("catalog");
        let spec = CatalogSpec {
            id: "shop".into(),
            model: Fingerprint::of(&[b"model"]),
            model_name: "model".into(),
            dimension: 8,
        };
        Catalog::create(&folder, &spec).unwrap();
        let found = async || {
            carry(&db, "shop", folder.clone()).await.unwrap();
            let snapshot = Catalog::open(&folder).unwrap().read().unwrap();
            let experiment = snapshot.experiment().unwrap().map(|experiment| experiment.until_ms.is_some());
            (snapshot.info().unwrap().weights, experiment, snapshot.commit_number())
        };
        let (weights, experiment, commit) = found().await;
        assert_eq!((weights, experiment), (None, None));
        rows::add(&db, &stored()).await.unwrap();
        assert_eq!(found().await, (None, None, commit), "a draft is not obeyed, and nothing is written");
        assert_eq!(rows::start(&db, "shop", "one").await.unwrap(), rows::Started::Now);
        let (_, experiment, later) = found().await;
        assert_eq!((experiment, later > commit), (Some(true), true));
        let mut tx = db.begin().await.unwrap();
        ranking::add(&mut tx, "shop", &Weights::VISUAL, "somebody", "").await.unwrap();
        tx.commit().await.unwrap();
        rows::stop(&db, "one", now_ms()).await.unwrap();
        let (weights, experiment, _) = found().await;
        assert_eq!((weights, experiment), (Some(Weights::VISUAL), None));
    }
}

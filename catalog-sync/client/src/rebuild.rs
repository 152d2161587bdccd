//! A whole release, built beside what is being searched.

use std::path::Path;

use knytt_engine::{ActiveEnvironment, Catalog, CatalogSpec, Fingerprint, OpenOptions, Origin};

use crate::apply::{self, Job};
use crate::error::of_file;
use crate::fill::fill;
use crate::folder::Folder;
use crate::plan::Plan;
use crate::{Error, Result, files};

/// What a product takes on disk beside its packs, for the first guess of the file's size, in bytes.
const PRODUCT_BYTES: usize = 1024;

/// Builds the catalogue from the release's snapshot and the steps after it, and puts it in place.
/// `origin` is noted in the new environment, so that catalogue and model change in one step.
pub(crate) fn rebuild(folder: &Folder, plan: &Plan, origin: &Origin, job: &Job<'_>) -> Result<()> {
    let release = &job.verified.release;
    let (name, environment) = folder.fresh_environment(release.number, &release.content)?;
    let built = build(&environment, plan, job);
    let placed = built.and_then(|()| {
        origin.write(&environment)?;
        files::sync_folder(&environment).map_err(of_file(&environment))?;
        files::sync_folder(folder.path()).map_err(of_file(folder.path()))?;
        Ok(ActiveEnvironment::set(folder.path(), &name)?)
    });
    placed.map_err(|error| {
        let _ = fs_err::remove_dir_all(&environment);
        match error {
            Error::Engine(full) => Error::Engine(full.with_needed_bytes(room(plan, job) as u64)),
            other => other,
        }
    })
}

/// A guess of the size of the new catalogue's file, in bytes.
fn room(plan: &Plan, job: &Job<'_>) -> usize {
    let packs = usize::try_from(plan.bytes()).unwrap_or(usize::MAX).saturating_mul(2);
    let products = usize::try_from(job.verified.release.products).unwrap_or(usize::MAX);
    packs.saturating_add(products.saturating_mul(PRODUCT_BYTES))
}

fn build(environment: &Path, plan: &Plan, job: &Job<'_>) -> Result<()> {
    let release = &job.verified.release;
    let model = Fingerprint::parse(&release.model.fingerprint).map_err(|error| Error::WrongModel {
        name: release.model.name.clone(),
        expected: release.model.fingerprint.clone(),
        reason: error.to_string(),
    })?;
    let spec = CatalogSpec {
        id: release.catalog.clone(),
        model,
        model_name: release.model.name.clone(),
        dimension: release.model.dimension as usize,
    };
    let initial_map_bytes = room(plan, job).min(64 << 30);
    // Nobody opens it before it is whole, so it need not survive a loss of power before.
    let options = OpenOptions { initial_map_bytes, durable: false, ..OpenOptions::default() };
    let catalog = Catalog::open_or_create_with(environment, &spec, options)?;
    let mut done = fill(&catalog, &release.snapshot.shards, job)?;
    expect_snapshot(&catalog, job)?;
    for step in &plan.steps {
        apply::apply(&catalog, step, job, done)?;
        done += step.attributes.rows;
    }
    Ok(catalog.flush()?)
}

fn expect_snapshot(catalog: &Catalog, job: &Job<'_>) -> Result<()> {
    let snapshot = &job.verified.release.snapshot;
    catalog.transact(|transaction| {
        transaction.set_release(snapshot.release);
        if let Some(calibration) = job.calibration(snapshot.release) {
            transaction.set_calibration(calibration);
        }
        transaction.set_weights(job.weights(snapshot.release));
        transaction.set_safety(job.safety(snapshot.release));
        transaction.set_merchandising(job.rules(snapshot.release));
        transaction.set_experiment(job.experiment(snapshot.release));
        if transaction.products() != snapshot.products {
            let found = transaction.content_hash().to_string();
            return Err(Error::Content { expected: snapshot.content.clone(), found });
        }
        apply::expect_content(&snapshot.content, snapshot.further.as_deref(), transaction)
    })
}

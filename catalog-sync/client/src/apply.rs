//! Steps, each in one transaction.

use std::path::Path;

use knytt_engine::{
    Calibration, Catalog, Experiment, Merchandising, Product, SafetyConfig, Transaction, Weights,
};
use knytt_pack::{Change, Columns, FurtherRow, Header};
use knytt_wire::Delta;

use crate::merge::{Merge, MergedProduct, StepPacks};
use crate::metadata::Verified;
use crate::progress::{Cancel, Progress, Report};
use crate::{Error, Result};

/// Rows between two looks at whether to go on.
const ROWS_BETWEEN_CHECKS: u64 = 64;

/// What applying needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Job<'j> {
    pub(crate) verified: &'j Verified,
    /// Where the packs are.
    pub(crate) packs: &'j Path,
    pub(crate) report: Report<'j>,
    pub(crate) cancel: &'j Cancel,
    /// Rows of all steps together.
    pub(crate) total_rows: u64,
}

impl Job<'_> {
    pub(crate) fn header(&self) -> Header {
        let release = &self.verified.release;
        Header {
            catalog: release.catalog.clone(),
            model: release.model.fingerprint.clone(),
            dimension: release.model.dimension as usize,
        }
    }

    /// Tells how far it is and stops when it is asked to; cheap enough for each row.
    pub(crate) fn step(&self, done: u64) -> Result<()> {
        if !done.is_multiple_of(ROWS_BETWEEN_CHECKS) {
            return Ok(());
        }
        self.cancel.check()?;
        (self.report)(Progress::Applying { done, total: self.total_rows });
        Ok(())
    }

    /// Shoppers follow a product's link: it leads to a host that the root names.
    pub(crate) fn check_link(&self, product: &Product) -> Result<()> {
        let hosts = &self.verified.hosts;
        let Some(link) = hosts.foreign_link(&product.attributes) else { return Ok(()) };
        let what = format!("the product {:?}", product.id);
        Err(Error::ForeignHost { what, url: link.into(), hosts: hosts.clone() })
    }

    /// What scores mean in the release, once the catalogue is at it.
    pub(crate) fn calibration(&self, release: u64) -> Option<Calibration> {
        let of = &self.verified.release;
        let calibration = of.calibration.as_ref().filter(|_| release == of.number)?;
        serde_json::from_value(calibration.clone()).ok()
    }

    /// How the release ranks, if not as everywhere; weights that make no sense are none.
    pub(crate) fn weights(&self, release: u64) -> Option<Weights> {
        let of = &self.verified.release;
        let weights = of.weights.as_ref().filter(|_| release == of.number)?;
        serde_json::from_value(weights.clone()).ok().filter(Weights::is_sound)
    }

    /// Which pictures the release refuses, if any; what makes no sense refuses none.
    pub(crate) fn safety(&self, release: u64) -> Option<SafetyConfig> {
        let of = &self.verified.release;
        let safety = of.safety.as_ref().filter(|_| release == of.number)?;
        serde_json::from_value(safety.clone()).ok().filter(SafetyConfig::is_sound)
    }

    /// The release's rules and synonyms, if it has any; what is out of its bounds or of a later version is none.
    pub(crate) fn rules(&self, release: u64) -> Option<Merchandising> {
        let of = &self.verified.release;
        of.rules.as_ref().filter(|_| release == of.number).and_then(read_rules)
    }

    /// The release's experiment, if it has one; what is out of its bounds or of a later version is none.
    pub(crate) fn experiment(&self, release: u64) -> Option<Experiment> {
        let of = &self.verified.release;
        of.experiment.as_ref().filter(|_| release == of.number).and_then(read_experiment)
    }
}

/// An experiment as a release has it.
pub(crate) fn read_experiment(experiment: &serde_json::Value) -> Option<Experiment> {
    Experiment::read(&serde_json::to_vec(experiment).ok()?).ok()
}

/// Rules as a release has them.
pub(crate) fn read_rules(rules: &serde_json::Value) -> Option<Merchandising> {
    Merchandising::read(&serde_json::to_vec(rules).ok()?).ok()
}

/// Takes the catalogue over one delta. Whoever searches sees the release before it until it is whole.
/// `done`: rows that earlier steps have applied.
///
/// # Errors
/// [`Error::Content`] if the catalogue is not the delta's base, or did not become what it promises.
pub(crate) fn apply(catalog: &Catalog, delta: &Delta, job: &Job<'_>, done: u64) -> Result<()> {
    let header = job.header();
    catalog.transact(|transaction| {
        expect_content(&delta.base, delta.further_base.as_deref(), transaction)?;
        let packs = StepPacks {
            attributes: &delta.attributes,
            vectors: delta.vectors.as_ref(),
            pictures: delta.pictures.as_ref(),
            further: delta.further.as_ref(),
        };
        let rows = Merge::open(job.packs, job.verified, &header, packs)?;
        for (n, row) in rows.enumerate() {
            job.step(done + n as u64)?;
            let row = row?;
            if let Some(row) = &row.attributes {
                job.check_link(&row.product)?;
            }
            change(transaction, row, &delta.attributes.target)?;
        }
        if transaction.products() != delta.products {
            let reason = format!("it leads to {} products, not {}", transaction.products(), delta.products);
            return Err(Error::Pack { pack: delta.attributes.target.clone(), reason });
        }
        transaction.set_release(delta.to);
        if let Some(calibration) = job.calibration(delta.to) {
            transaction.set_calibration(calibration);
        }
        transaction.set_weights(job.weights(delta.to));
        transaction.set_safety(job.safety(delta.to));
        transaction.set_merchandising(job.rules(delta.to));
        transaction.set_experiment(job.experiment(delta.to));
        expect_content(&delta.content, delta.further_content.as_deref(), transaction)
    })
}

/// Compares the catalogue with the hashes that it must have: of its products, and of their further pictures if there
/// are any.
pub(crate) fn expect_content(
    expected: &str,
    further: Option<&str>,
    transaction: &Transaction<'_, '_>,
) -> Result<()> {
    let found = transaction.content_hash().to_string();
    if found != expected {
        return Err(Error::Content { expected: expected.into(), found });
    }
    let found = transaction.pictures_hash().map(|hash| hash.to_string());
    if found.as_deref() == further {
        return Ok(());
    }
    let or_none = |hash: Option<&str>| hash.unwrap_or("no further pictures").to_owned();
    Err(Error::Content { expected: or_none(further), found: or_none(found.as_deref()) })
}

/// Makes the further pictures of a product what the packs say.
pub(crate) fn further(transaction: &mut Transaction<'_, '_>, rows: &[FurtherRow], pack: &str) -> Result<()> {
    for FurtherRow { id, number, picture } in rows {
        let done = match picture {
            Some(picture) => transaction.put_picture(id, &picture.record(*number)),
            None => transaction.remove_picture(id, *number),
        };
        done.map_err(|error| no_sense(error, pack))?;
    }
    Ok(())
}

/// Makes one product what the packs say.
pub(crate) fn change(transaction: &mut Transaction<'_, '_>, row: MergedProduct, pack: &str) -> Result<()> {
    let known = transaction.product(&row.id)?;
    let refuse =
        |reason: &str| Error::Pack { pack: pack.into(), reason: format!("product {:?} {reason}", row.id) };
    let senseless = |error| no_sense(error, pack);
    let (vector, picture) = (row.vector.as_deref(), row.picture.as_ref().map(Option::as_deref));
    match (row.attributes, known) {
        (Some(attributes), known) => match (attributes.change, known) {
            (Change::Delete, Some(_)) if vector.is_none() && picture.is_none() && row.further.is_empty() => {
                transaction.delete(&row.id)?;
            }
            (Change::Delete, _) => return Err(refuse("is deleted, and is not there or has a picture")),
            (Change::Set(columns), Some(mut product)) => {
                columns.copy(&attributes.product, &mut product);
                transaction.revise(&product, vector, picture).map_err(senseless)?;
            }
            (Change::Set(Columns::ALL), None) => {
                let vector = vector.ok_or_else(|| refuse("is new and has no vector"))?;
                transaction.upsert(&attributes.product, vector, picture.flatten()).map_err(senseless)?;
            }
            (Change::Set(_), None) => return Err(refuse("is changed and is not there")),
        },
        // Further pictures alone leave the product as it is.
        (None, Some(_)) if vector.is_none() && picture.is_none() => {}
        (None, Some(product)) => transaction.revise(&product, vector, picture).map_err(senseless)?,
        (None, None) => return Err(refuse("has a picture or a vector and is not there")),
    }
    further(transaction, &row.further, pack)
}

/// What no catalogue takes is the fault of the pack that says it.
pub(crate) fn no_sense(error: knytt_engine::Error, pack: &str) -> Error {
    use knytt_engine::Error as E;
    match error {
        E::InvalidProduct { .. } | E::DimensionMismatch { .. } => {
            Error::Pack { pack: pack.into(), reason: error.to_string() }
        }
        other => other.into(),
    }
}

/// Takes the product and the vector of a whole row, with what must be there.
pub(crate) fn whole(row: &mut MergedProduct, pack: &str) -> Result<(Product, Vec<u8>)> {
    let id = &row.id;
    let refuse = |reason: &str| Error::Pack { pack: pack.into(), reason: format!("product {id:?} {reason}") };
    let attributes = row.attributes.take().ok_or_else(|| refuse("has a picture and nothing else"))?;
    if attributes.change != Change::Set(Columns::ALL) {
        return Err(refuse("is not whole"));
    }
    let vector = row.vector.take().ok_or_else(|| refuse("has no vector"))?;
    Ok((attributes.product, vector))
}

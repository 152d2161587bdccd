//! The catalogue's own description, the calibration of its scores, its rules and its experiment, in the `meta` database.

use knytt_models::Fingerprint;
use serde::{Deserialize, Serialize};

use crate::calibrate::scale::Calibration;
use crate::error::{Error, Result};
use crate::experiment::document::Experiment;
use crate::look::safety::SafetyConfig;
use crate::merchandise::document::Merchandising;
use crate::rank::weights::Weights;
use crate::store::schema::meta_key;
use crate::store::view::{Edit, View};

/// The catalogue's description. [`crate::store::schema`] reads its `dimension` too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CatalogMeta {
    pub(crate) catalog_id: String,
    pub(crate) release: u64,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) model_name: String,
    pub(crate) dimension: usize,
    /// From this number of products on, the catalogue keeps an arroy index; `None`: never.
    pub(crate) arroy_from: Option<u64>,
    /// The weights that rank hits in this catalogue; `None`: the defaults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) weights: Option<Weights>,
    /// The configuration of the gate that refuses pictures; `None`: the catalogue refuses none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) safety: Option<SafetyConfig>,
}

/// The catalogue's description.
pub(crate) fn read_meta(view: View<'_>) -> Result<CatalogMeta> {
    let bytes = view.db.meta.get(view.txn, meta_key::CATALOG)?;
    let bytes = bytes.ok_or_else(|| Error::damaged("it has lost its description"))?;
    Ok(serde_json::from_slice(bytes)?)
}

/// Replaces the catalogue's description.
pub(crate) fn write_meta(edit: &mut Edit<'_, '_>, meta: &CatalogMeta) -> Result<()> {
    Ok(edit.db.meta.put(edit.txn, meta_key::CATALOG, &serde_json::to_vec(meta)?)?)
}

/// The catalogue's calibration, if it was measured.
pub(crate) fn read_calibration(view: View<'_>) -> Result<Option<Calibration>> {
    Ok(view.db.meta.get(view.txn, meta_key::CALIBRATION)?.map(serde_json::from_slice).transpose()?)
}

/// Replaces the catalogue's calibration.
pub(crate) fn write_calibration(edit: &mut Edit<'_, '_>, calibration: &Calibration) -> Result<()> {
    Ok(edit.db.meta.put(edit.txn, meta_key::CALIBRATION, &serde_json::to_vec(calibration)?)?)
}

/// The catalogue's rules and synonyms. What cannot be read, as what a later version wrote, is none.
pub(crate) fn read_merchandising(view: View<'_>) -> Result<Option<Merchandising>> {
    let stored = view.db.meta.get(view.txn, meta_key::RULES)?;
    Ok(stored.and_then(|json| Merchandising::read(json).ok()))
}

/// Replaces the catalogue's rules and synonyms.
pub(crate) fn write_merchandising(edit: &mut Edit<'_, '_>, document: Option<&Merchandising>) -> Result<()> {
    match document {
        Some(document) => Ok(edit.db.meta.put(edit.txn, meta_key::RULES, &serde_json::to_vec(document)?)?),
        None => Ok(edit.db.meta.delete(edit.txn, meta_key::RULES).map(drop)?),
    }
}

/// The catalogue's experiment. What cannot be read, as what a later version wrote, is none.
pub(crate) fn read_experiment(view: View<'_>) -> Result<Option<Experiment>> {
    let stored = view.db.meta.get(view.txn, meta_key::EXPERIMENT)?;
    Ok(stored.and_then(|json| Experiment::read(json).ok()))
}

/// Replaces the catalogue's experiment.
pub(crate) fn write_experiment(edit: &mut Edit<'_, '_>, document: Option<&Experiment>) -> Result<()> {
    match document {
        Some(document) => {
            Ok(edit.db.meta.put(edit.txn, meta_key::EXPERIMENT, &serde_json::to_vec(document)?)?)
        }
        None => Ok(edit.db.meta.delete(edit.txn, meta_key::EXPERIMENT).map(drop)?),
    }
}

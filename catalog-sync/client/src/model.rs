//! The model of a release: the one that the app has built in, or a bundle that comes along.

use std::path::{Path, PathBuf};

use knytt_engine::Origin;
use knytt_models::Bundle;
use knytt_wire::Model;

use crate::download::path_of;
use crate::error::of_file;
use crate::folder::Folder;
use crate::metadata::{Target, Verified};
use crate::{Error, Result};

/// The name by which a catalogue's note means the built-in bundle.
const STARTER: &str = "starter";

/// How a release's model is had.
pub(crate) enum ModelSource {
    /// It is built in.
    Starter,
    /// It is in the catalogue's folder already, or among the user's models.
    Local(PathBuf),
    /// Its files have to be fetched.
    Fetch(Vec<Target>),
}

/// # Errors
/// [`Error::WrongModel`] if it is neither built in, nor here, nor among the release's files.
pub(crate) fn source(folder: &Folder, verified: &Verified, models: Option<&Path>) -> Result<ModelSource> {
    let model = &verified.release.model;
    if is_starter(model) {
        return Ok(ModelSource::Starter);
    }
    let here = folder.model(&model.fingerprint);
    if is_model(&here, model) {
        return Ok(ModelSource::Local(here));
    }
    if let Some(bundle) = models.and_then(|models| find(models, model)) {
        return Ok(ModelSource::Local(bundle));
    }
    if model.files.is_empty() {
        return Err(wrong(model, "it is not built in and does not come with the release"));
    }
    let targets = model.files.iter().map(|file| verified.target(&file.target).cloned());
    Ok(ModelSource::Fetch(targets.collect::<Result<_>>()?))
}

fn is_model(bundle: &Path, model: &Model) -> bool {
    Bundle::open(bundle).is_ok_and(|bundle| bundle.fingerprint().as_str() == model.fingerprint)
}

/// The bundle of a model in a folder of bundles. A fingerprint takes a pass over all weights, so the bundle that has
/// the model's name is looked at first.
fn find(models: &Path, model: &Model) -> Option<PathBuf> {
    let entries = std::fs::read_dir(models).into_iter().flatten().flatten();
    let mut bundles: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.join("config.json").is_file()).collect();
    bundles.sort_by_key(|path| path.file_name().is_none_or(|name| name != model.name.as_str()));
    bundles.into_iter().find(|bundle| is_model(bundle, model))
}

/// Puts fetched files together to a bundle, which must be the model that the release says.
pub(crate) fn install(folder: &Folder, verified: &Verified, packs: &Path) -> Result<PathBuf> {
    let model = &verified.release.model;
    let place = folder.model(&model.fingerprint);
    let fresh = place.with_extension("new");
    let _ = std::fs::remove_dir_all(&fresh);
    std::fs::create_dir_all(&fresh).map_err(of_file(&fresh))?;
    for file in &model.files {
        let from = path_of(packs, verified.target(&file.target)?);
        let to = fresh.join(&file.name);
        std::fs::copy(&from, &to).map_err(of_file(&to))?;
    }
    let opened = Bundle::open(&fresh).map_err(|error| wrong(model, &error.to_string()));
    let found = opened.map(|bundle| bundle.fingerprint().to_string());
    if found.as_ref().is_ok_and(|found| *found == model.fingerprint) {
        let _ = std::fs::remove_dir_all(&place);
        std::fs::rename(&fresh, &place).map_err(of_file(&place))?;
        return Ok(place);
    }
    let _ = std::fs::remove_dir_all(&fresh);
    Err(found.map_or_else(|error| error, |found| wrong(model, &format!("its bundle is {found}"))))
}

/// What a catalogue notes of where its model is; `None`: it is built in.
pub(crate) fn note(model: Option<&Path>) -> Origin {
    let name = model.map_or_else(|| STARTER.to_owned(), |path| path.display().to_string());
    Origin { model: Some(name), ..Origin::default() }
}

fn is_starter(model: &Model) -> bool {
    Bundle::starter().is_ok_and(|starter| starter.fingerprint().as_str() == model.fingerprint)
}

fn wrong(model: &Model, reason: &str) -> Error {
    Error::WrongModel { name: model.name.clone(), expected: model.fingerprint.clone(), reason: reason.into() }
}

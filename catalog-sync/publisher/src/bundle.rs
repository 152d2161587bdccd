//! The model of a release, and its files.

use std::path::{Path, PathBuf};

use knytt_engine::{Info, Origin};
use knytt_models::Bundle;
use knytt_wire::{Model, ModelFile};

use crate::pack_uploader::PackUploader;
use crate::published_release::PublishedRelease;
use crate::{Error, Result};

/// What a bundle is made of.
const FILES: [&str; 4] = ["config.json", "preprocessor_config.json", "tokenizer.json", "model.safetensors"];

/// How much of a fingerprint a target's name carries.
const FINGERPRINT_DIGITS: usize = 12;

/// Which files of a model a release has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ModelFiles {
    /// Those of the bundle that made the catalogue; none if that is the starter, which every app has.
    #[default]
    Remembered,
    /// Those of the bundle in this folder.
    Folder(PathBuf),
    /// None: the apps have the model already.
    Omitted,
}

/// Describes the model and begins to send its files.
///
/// # Errors
/// [`Error::Model`] if its bundle is not to be had, or is another one.
pub(crate) fn ship(
    files: &ModelFiles,
    info: &Info,
    catalog: &Path,
    last: Option<&PublishedRelease>,
    uploader: &mut PackUploader<'_>,
) -> Result<Model> {
    let mut model = Model {
        fingerprint: info.fingerprint.to_string(),
        name: info.model_name.clone(),
        dimension: u32::try_from(info.dimension).map_err(Error::unexpected)?,
        files: Vec::new(),
    };
    let starter = Bundle::starter().map_err(|e| Error::Model(e.to_string()))?;
    if *files == ModelFiles::Omitted || *starter.fingerprint() == info.fingerprint {
        return Ok(model);
    }
    if let Some(last) = last.filter(|last| last.release.model.fingerprint == model.fingerprint)
        && let Some(files) = carried(last, uploader)
    {
        model.files = files;
        return Ok(model);
    }
    let folder = folder(files, catalog)?;
    let bundle = Bundle::open(&folder).map_err(|e| Error::Model(e.to_string()))?;
    if *bundle.fingerprint() != info.fingerprint {
        let reason =
            format!("{} is model {}, not {}", folder.display(), bundle.fingerprint(), info.fingerprint);
        return Err(Error::Model(reason));
    }
    for name in FILES {
        let short: String = model.fingerprint.chars().take(FINGERPRINT_DIGITS).collect();
        let target = format!("model-{short}-{name}");
        uploader.send_file(&target, &folder.join(name))?;
        model.files.push(ModelFile { name: name.into(), target });
    }
    Ok(model)
}

/// The files of the last release, if it has all of them.
fn carried(last: &PublishedRelease, uploader: &mut PackUploader<'_>) -> Option<Vec<ModelFile>> {
    let files = &last.release.model.files;
    let targets: Vec<_> = files.iter().map(|file| last.target(&file.target)).collect::<Option<_>>()?;
    if files.len() != FILES.len() {
        return None;
    }
    files.iter().zip(targets).for_each(|(file, target)| uploader.carry(&file.target, target));
    Some(files.clone())
}

fn folder(files: &ModelFiles, catalog: &Path) -> Result<PathBuf> {
    if let ModelFiles::Folder(folder) = files {
        return Ok(folder.clone());
    }
    let remembered = Origin::read(catalog).model.filter(|model| model != "starter");
    remembered
        .map(PathBuf::from)
        .ok_or_else(|| Error::Model("the catalogue does not say where its bundle is".into()))
}

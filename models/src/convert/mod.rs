//! Converts the layouts in which models are published into a bundle.
//!
//! A bundle is what [`Bundle`] opens: four files, and tensors under the names of Hugging Face's `CLIPModel` or
//! `SiglipModel`.
//! Conversion changes names and splits or transposes tensors; no number changes, except of DINOv2's, where factors go
//! into the layers that they follow and positions become those of the preprocessor's size. It writes tensors in the order of
//! their names, so that the same model gives the same [fingerprint](crate::Fingerprint) everywhere.

mod dinov2;
mod open_clip;
mod open_clip_roberta;
mod open_clip_siglip;
mod plan;
mod positions;
mod source;
mod tokenizer;

use std::path::{Path, PathBuf};

use candle_core::DType;
use fs_err as fs;
use serde::Serialize;

use self::plan::Plan;
use self::source::Maps;
use crate::bundle::Bundle;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::safety::{DESCRIPTION_FILE, LICENSE_FILES, SafetyClassifier, WEIGHTS_FILE};

/// The files of a bundle. One that knows pictures only has no `tokenizer.json`.
pub const BUNDLE_FILES: [&str; 4] =
    ["config.json", "preprocessor_config.json", "tokenizer.json", "model.safetensors"];

/// How a model's files are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// As `CLIPModel`, `SiglipModel` or `Dinov2Model` of Hugging Face's transformers saves it: `config.json`, and
    /// `model.safetensors`, several files of it with an index, or `pytorch_model.bin`.
    Transformers,
    /// As open_clip publishes it: `open_clip_config.json`, and `open_clip_model.safetensors` or
    /// `open_clip_pytorch_model.bin`.
    OpenClip,
    /// A [`SafetyClassifier`], as `models/training/open_nsfw.py` writes it: `safety.json` and `model.safetensors`. It is
    /// copied; no bundle comes of it.
    Safety,
}

/// What a conversion found and made.
#[derive(Clone, Debug, Serialize)]
pub struct Converted {
    /// The layout that the model had.
    pub layout: Layout,
    /// The file that its weights came from, or the first of several.
    pub weights: PathBuf,
    /// The folder of the bundle.
    pub bundle: PathBuf,
}

/// Converts the model in the folder `from` into a bundle in the folder `to`, which must not be there or be empty. A
/// safety classifier is copied.
///
/// `pytorch_model.bin` is read without running anything in it: of its pickle, only what names tensors is understood.
/// The bundle is loaded once before its folder appears, so a folder that is there holds a model that can be used.
///
/// # Errors
/// [`Error::Layout`] if the folder holds no model of a known layout, or one that this library cannot compute;
/// [`Error::Read`] and [`Error::Write`] for files; [`Error::Weights`] if a tensor is missing or has another shape; and what [`Bundle::open`] refuses.
pub fn convert(from: &Path, to: &Path) -> Result<Converted> {
    convert_with_notes(from, to, &[])
}

/// The same, with further files in the bundle's folder that are no part of the model: their names and bytes.
///
/// # Errors
/// As [`convert`].
pub fn convert_with_notes(from: &Path, to: &Path, notes: &[(&str, &[u8])]) -> Result<Converted> {
    if SafetyClassifier::is_in(from) {
        return copy_classifier(from, to, notes);
    }
    let layout = layout_of(from)?;
    let names = match layout {
        Layout::OpenClip => &["open_clip_model.safetensors", "open_clip_pytorch_model.bin"],
        _ => &["model.safetensors", "pytorch_model.bin"],
    };
    let maps = Maps::open(from, names)?;
    let source = maps.source()?;
    let made = match layout {
        Layout::Transformers | Layout::Safety => {
            let config = read(from, "config.json")?;
            if dinov2::is_dinov2(&config) {
                dinov2::make(from, &config, &source)?
            } else {
                let preprocessor = read(from, "preprocessor_config.json")?;
                Made { config, preprocessor, plan: Plan::of_transformers(&source) }
            }
        }
        Layout::OpenClip => {
            let config = read(from, "open_clip_config.json")?;
            if open_clip_siglip::is_siglip(&config) {
                open_clip_siglip::make(from, &config, &source)?
            } else if open_clip_roberta::is_roberta(&config) {
                open_clip_roberta::make(from, &config, &source)?
            } else {
                open_clip::make(from, &config, &source)?
            }
        }
    };
    let text = Config::parse(&made.config)?.text_config;
    let tokenizer = text.map(|_| tokenizer::json(from)).transpose()?;
    let mut texts: Vec<(&str, &[u8])> =
        vec![("config.json", &made.config), ("preprocessor_config.json", &made.preprocessor)];
    texts.extend(tokenizer.as_deref().map(|tokenizer| ("tokenizer.json", tokenizer)));
    texts.extend(notes);
    write(to, |folder| {
        write_files(folder, &texts)?;
        made.plan.write(&source, &folder.join("model.safetensors"))?;
        // Loading shows whether every tensor is there and has the shape that the config says.
        Bundle::open(folder)?.load_plain(DType::F32).map(drop)
    })?;
    Ok(Converted { layout, weights: maps.first().into(), bundle: to.into() })
}

/// A classifier has one layout, so its files are copied, with the texts of its licence. It is loaded once before its
/// folder appears.
fn copy_classifier(from: &Path, to: &Path, notes: &[(&str, &[u8])]) -> Result<Converted> {
    let present = LICENSE_FILES.into_iter().filter(|name| from.join(name).is_file());
    let names = [DESCRIPTION_FILE, WEIGHTS_FILE].into_iter().chain(present);
    let files: Vec<(&str, Vec<u8>)> =
        names.map(|name| Ok((name, read(from, name)?))).collect::<Result<_>>()?;
    write(to, |folder| {
        let files: Vec<_> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        write_files(folder, &files)?;
        write_files(folder, notes)?;
        SafetyClassifier::open(folder).map(drop)
    })?;
    Ok(Converted { layout: Layout::Safety, weights: from.join(WEIGHTS_FILE), bundle: to.into() })
}

fn write_files(folder: &Path, files: &[(&str, &[u8])]) -> Result<()> {
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|source| Error::Write { path, source })?;
    }
    Ok(())
}

/// The parts of a bundle.
struct Made {
    config: Vec<u8>,
    preprocessor: Vec<u8>,
    plan: Plan,
}

/// Whether a `config.json` describes a model of transformers' own that this library computes. One that names code of
/// its own repository (`auto_map`) has tensors under names of that code.
pub fn is_of_transformers(config: &[u8]) -> bool {
    let names_code = |config: serde_json::Value| config.get("auto_map").is_some();
    !serde_json::from_slice(config).is_ok_and(names_code)
        && (knows_pictures_only(config) || Config::parse(config).is_ok())
}

/// Whether a `config.json` describes a model without a text tower, which needs no tokenizer.
pub fn knows_pictures_only(config: &[u8]) -> bool {
    dinov2::is_dinov2(config) || Config::parse(config).is_ok_and(|config| config.text_config.is_none())
}

/// The layout of the model in a folder. Some repositories hold both; then transformers' needs no renaming.
///
/// # Errors
/// [`Error::Layout`] if it is neither.
fn layout_of(from: &Path) -> Result<Layout> {
    let has = |name: &str| from.join(name).is_file();
    let weights = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"];
    if has("config.json") && weights.iter().any(|name| has(name)) {
        let config = read(from, "config.json")?;
        if is_of_transformers(&config) {
            return Ok(Layout::Transformers);
        }
        if !has("open_clip_config.json") {
            return Config::parse(&config).map(|_| Layout::Transformers);
        }
    }
    if has("open_clip_config.json") {
        return Ok(Layout::OpenClip);
    }
    let reason =
        "it has neither config.json with model.safetensors or pytorch_model.bin, nor open_clip_config.json";
    Err(unusable(from, reason))
}

/// Lets `fill` write a folder beside its place and renames it, so that the folder is whole or not there. One process at
/// a time makes a bundle; what one that was killed has left is removed by the next.
fn write(to: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let name = to.file_name().ok_or_else(|| unusable(to, "it names no folder"))?.to_string_lossy();
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Write { path, source }
    };
    let (partial, lock) =
        (to.with_file_name(format!(".{name}.partial")), to.with_file_name(format!(".{name}.lock")));
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(failed(parent))?;
    }
    let held = fs::File::create(&lock).map_err(failed(&lock))?.into_file();
    held.lock().map_err(failed(&lock))?;
    if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(unusable(to, "the folder is there and not empty"));
    }
    let _ = fs::remove_dir_all(&partial);
    fs::create_dir(&partial).map_err(failed(&partial))?;
    let written = fill(&partial).and_then(|()| {
        // An empty folder may be there; a rename onto it fails on some systems.
        let _ = fs::remove_dir(to);
        fs::rename(&partial, to).map_err(failed(to))
    });
    if written.is_err() {
        // What failed is told; that the remains could not be removed adds nothing.
        let _ = fs::remove_dir_all(&partial);
    }
    written
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>> {
    let path = folder.join(name);
    fs::read(&path).map_err(|source| Error::Read { path, source })
}

fn unusable(path: &Path, reason: impl Into<String>) -> Error {
    Error::Layout { path: path.into(), reason: reason.into() }
}

//! The tensors of a published model, by their names: from safetensors files or from a PyTorch archive.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::pickle::PthTensors;
use candle_core::safetensors::Load as _;
use candle_core::{DType, Device, Tensor};
use safetensors::SafeTensors;
use serde::Deserialize;

use super::{read, unusable};
use crate::error::{Error, Result};
use crate::weights::Weights;

/// The files of weights, mapped or opened.
pub(super) enum Maps {
    Safetensors { folder: PathBuf, files: Vec<(PathBuf, Weights)> },
    Archive { path: PathBuf, tensors: PthTensors },
}

/// The tensors in [`Maps`].
pub(super) enum Source<'m> {
    Safetensors(Vec<SafeTensors<'m>>),
    Archive(&'m PthTensors),
}

/// `model.safetensors.index.json`: which file has which tensor.
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

impl Maps {
    /// Opens the weights of `[safetensors, archive]` that are there; safetensors first, also in several files.
    pub fn open(folder: &Path, [safetensors, archive]: &[&str; 2]) -> Result<Self> {
        let names = if folder.join(safetensors).is_file() {
            vec![(*safetensors).to_owned()]
        } else if folder.join(format!("{safetensors}.index.json")).is_file() {
            shards(folder, &format!("{safetensors}.index.json"))?
        } else {
            return Self::open_archive(&folder.join(archive));
        };
        let map = |name: String| {
            let path = folder.join(name);
            Weights::map(&path).map(|map| (path, map))
        };
        let files = names.into_iter().map(map).collect::<Result<_>>()?;
        Ok(Self::Safetensors { folder: folder.into(), files })
    }

    fn open_archive(path: &Path) -> Result<Self> {
        let bytes = fs_err::metadata(path).map_err(|source| Error::Read { path: path.into(), source })?.len();
        // The reader allocates what the pickle says before it reads: nothing in an archive is larger than the archive.
        let tensors =
            PthTensors::new(path, None).map_err(|e| unusable(path, crate::error::without_backtrace(&e)))?;
        for (name, info) in tensors.tensor_infos() {
            let mut dims = info.layout.dims().iter().map(|dim| *dim as u64);
            let size = info.dtype.size_in_bytes() as u64;
            let end = dims
                .try_fold(size, u64::checked_mul)
                .and_then(|length| length.checked_add(info.layout.start_offset() as u64));
            if end.is_none_or(|end| end > bytes) {
                return Err(unusable(path, format!("its tensor {name:?} is larger than the file")));
            }
        }
        Ok(Self::Archive { path: path.into(), tensors })
    }

    /// The first file.
    pub fn first(&self) -> &Path {
        match self {
            Self::Safetensors { folder, files } => files.first().map_or(folder, |(path, _)| path),
            Self::Archive { path, .. } => path,
        }
    }

    pub fn source(&self) -> Result<Source<'_>> {
        match self {
            Self::Archive { tensors, .. } => Ok(Source::Archive(tensors)),
            Self::Safetensors { files, .. } => {
                files.iter().map(parse).collect::<Result<_>>().map(Source::Safetensors)
            }
        }
    }
}

fn parse((path, map): &(PathBuf, Weights)) -> Result<SafeTensors<'_>> {
    SafeTensors::deserialize(map).map_err(|e| unusable(path, e.to_string()))
}

fn shards(folder: &Path, index: &str) -> Result<Vec<String>> {
    let parsed: Index = serde_json::from_slice(&read(folder, index)?)
        .map_err(|e| unusable(&folder.join(index), e.to_string()))?;
    let mut names: Vec<String> = parsed.weight_map.into_values().collect();
    names.sort();
    names.dedup();
    // A name with a folder in it could lead out of the model.
    match names.iter().find(|name| Path::new(name).components().count() != 1 || name.contains("..")) {
        Some(name) => Err(unusable(&folder.join(index), format!("it names the file {name:?}"))),
        None => Ok(names),
    }
}

impl Source<'_> {
    /// The names of all tensors, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match self {
            Self::Safetensors(files) => {
                files.iter().flat_map(|file| file.names()).map(ToString::to_string).collect()
            }
            Self::Archive(tensors) => tensors.tensor_infos().keys().cloned().collect(),
        };
        names.sort();
        names
    }

    /// The kind of numbers and the shape of a tensor.
    pub fn shape(&self, name: &str) -> Option<(DType, Vec<usize>)> {
        match self {
            Self::Safetensors(files) => {
                let view = files.iter().find_map(|file| file.tensor(name).ok())?;
                Some((DType::try_from(view.dtype()).ok()?, view.shape().to_vec()))
            }
            Self::Archive(tensors) => {
                let info = tensors.tensor_infos().get(name)?;
                Some((info.dtype, info.layout.dims().to_vec()))
            }
        }
    }

    /// A tensor with its numbers.
    ///
    /// # Errors
    /// It is not there, or the file ends before it does.
    pub fn load(&self, name: &str) -> Result<Tensor> {
        let missing = || Error::Weights(format!("{name} is missing"));
        match self {
            Self::Safetensors(files) => {
                let view = files.iter().find_map(|file| file.tensor(name).ok()).ok_or_else(missing)?;
                Ok(view.load(&Device::Cpu)?)
            }
            Self::Archive(tensors) => tensors.get(name)?.ok_or_else(missing),
        }
    }
}

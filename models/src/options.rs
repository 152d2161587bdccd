//! How an encoder is started.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use knytt_kernels::Isa;
use serde::{Deserialize, Serialize};

use crate::device::Device;
use crate::error::Error;

/// What [`Encoder::start_with`](crate::Encoder::start_with) takes beside the bundle.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where the model runs.
    pub device: Device,
    /// In what arithmetic. Of GPUs see `docs/gpu.md`.
    pub precision: Precision,
    /// On a GPU, [`Precision::Bf16`] stores weights in f16 and multiplies in f32, also where the GPU multiplies in f16.
    pub f16_weights_alone: bool,
    /// The instruction set that the processor's kernels use. If none: the one that the environment variable
    /// `KNYTT_ISA` names, else the fastest that computes correctly on this processor.
    pub isa: Option<Isa>,
    /// Threads that share a pass on the processor; all cores if none.
    pub threads: Option<usize>,
    /// A folder for packed weights and for the [`PrecisionBenchmark`](crate::PrecisionBenchmark) that
    /// [`Precision::Auto`] reads: beside the bundle, or the user's cache. Without it each start packs the
    /// weights again.
    pub cache: Option<PathBuf>,
}

impl Options {
    /// The instruction set that the processor's kernels use.
    pub(crate) fn isa(&self) -> Result<Isa, Error> {
        match self.isa {
            Some(isa) if !Isa::available().contains(&isa) => Err(Error::MissingIsa(isa)),
            Some(isa) => Ok(isa),
            None => Ok(Isa::chosen()?),
        }
    }
}

/// The user's folder for what can always be made again: packed weights, and what was measured of this machine.
/// `KNYTT_CACHE` names another. `None` where the system says nothing of the user.
pub fn user_cache() -> Option<PathBuf> {
    let system = || match std::env::consts::OS {
        "windows" => of("LOCALAPPDATA"),
        "macos" | "ios" => home("Library/Caches"),
        _ => of("XDG_CACHE_HOME").or_else(|| home(".cache")),
    };
    of("KNYTT_CACHE").or_else(|| system().map(|cache| cache.join("knytt")))
}

/// Where a user's model bundles lie: `KNYTT_MODELS`, or `knytt/models` in the system's folder for a user's data. `None`
/// if the environment names no home.
pub fn user_models() -> Option<PathBuf> {
    let system = || match std::env::consts::OS {
        "windows" => of("LOCALAPPDATA"),
        "macos" | "ios" => home("Library/Application Support"),
        _ => of("XDG_DATA_HOME").or_else(|| home(".local/share")),
    };
    of("KNYTT_MODELS").or_else(|| system().map(|data| data.join("knytt/models")))
}

fn of(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn home(folder: &str) -> Option<PathBuf> {
    of("HOME").map(|home| home.join(folder))
}

/// The arithmetic of a model on the processor. It changes the time and, a little, the embeddings; not the
/// space that they live in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// The fastest precision that finds what f32 finds, as the benchmark measured it with this bundle on this
    /// machine ([`Bundle::benchmark_precisions`](crate::Bundle::benchmark_precisions)). f32 before that.
    #[default]
    Auto,
    /// 32 bits: the reference.
    F32,
    /// Sixteen bits ([`knytt_kernels::Precision::Bf16`]).
    Bf16,
    /// Eight bits ([`knytt_kernels::Precision::Int8`]).
    Int8,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::Int8 => "int8",
        })
    }
}

impl FromStr for Precision {
    type Err = Error;

    /// `auto`, `f32`, `bf16`, `int8`.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "auto" => Ok(Self::Auto),
            "f32" => Ok(Self::F32),
            "bf16" => Ok(Self::Bf16),
            "int8" => Ok(Self::Int8),
            unknown => Err(Error::Precision(unknown.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_as_they_are_written() {
        for precision in [Precision::Auto, Precision::F32, Precision::Bf16, Precision::Int8] {
            assert_eq!(precision.to_string().parse::<Precision>().unwrap(), precision);
        }
        assert!("int4".parse::<Precision>().is_err());
    }
}

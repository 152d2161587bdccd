//! The result of the benchmark that chooses a precision. It lies beside the packed weights, and
//! [`Precision::Auto`] reads it.

use std::io;
use std::path::{Path, PathBuf};

use fs_err as fs;
use knytt_kernels::Isa;
use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;
use crate::options::Precision;

/// The precisions of one bundle, measured on one machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrecisionBenchmark {
    /// The least exact precision that finds what f32 finds and saves enough time.
    pub choice: Precision,
    /// Pictures that were measured.
    pub pictures: usize,
    /// One entry for each precision, f32 first.
    pub measured: Vec<Measured>,
}

/// One precision, measured on this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The precision.
    pub precision: Precision,
    /// Median milliseconds that the image tower takes for one picture.
    #[serde(rename = "image_millis")]
    pub image_ms: f64,
    /// Mean share of the ten pictures nearest to each one by f32 that are also the ten nearest by this
    /// precision, the pictures embedded by it.
    pub overlap: f64,
    /// Whether the overlap is enough for this precision to be chosen.
    pub accepted: bool,
}

impl PrecisionBenchmark {
    /// The benchmark of this bundle with the instruction set of this process ([`Isa::chosen`]), if it was run.
    pub fn read(folder: &Path, fingerprint: &Fingerprint) -> Option<Self> {
        Self::read_for(folder, fingerprint, Isa::chosen().ok()?)
    }

    pub(crate) fn read_for(folder: &Path, fingerprint: &Fingerprint, isa: Isa) -> Option<Self> {
        let text = fs::read(Self::file(folder, fingerprint, isa)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Median milliseconds of the image tower in a precision; infinite if it was not measured.
    pub fn image_ms_in(&self, precision: Precision) -> f64 {
        let one = self.measured.iter().find(|m| m.precision == precision);
        one.map_or(f64::INFINITY, |m| m.image_ms)
    }

    pub(crate) fn file(folder: &Path, fingerprint: &Fingerprint, isa: Isa) -> PathBuf {
        folder.join(format!("{}-{}.precision.json", fingerprint.short(), isa))
    }

    pub(crate) fn write(&self, file: &Path) -> io::Result<()> {
        fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        let partial = file.with_extension(format!("partial-{}", std::process::id()));
        fs::write(&partial, serde_json::to_vec_pretty(self)?)?;
        fs::rename(partial, file)
    }
}

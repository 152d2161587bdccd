//! Pixels or words in, unit-norm [`Embedding`]s out.
//!
//! A [`Bundle`] is a folder in the layout of Hugging Face's `CLIPModel` or `SiglipModel` (or the starter bundle
//! inside this library). An [`Encoder`] loads it on one thread of its own, behind a bounded queue:
//!
//! ```
//! use knytt_models::{Bundle, Device, Encoder};
//!
//! let encoder = Encoder::start(Bundle::starter()?, Device::Cpu)?;
//! let embedding = encoder.embed_text("a red dress")?;
//! assert_eq!(embedding.dimension(), encoder.dimension());
//! # Ok::<(), knytt_models::Error>(())
//! ```

pub mod convert;
pub mod decode;
pub mod shrink;

mod bundle;
mod clip;
mod compare_device;
mod config;
#[cfg(any(feature = "cuda", test))]
mod cuda;
mod device;
mod embedding;
mod encoder;
mod error;
mod failover;
mod fingerprint;
#[cfg(feature = "wgpu")]
mod gpu;
mod measure_precision;
mod model;
mod options;
mod precision_benchmark;
mod preprocess;
mod safety;
mod tokenize;
mod weights;

pub use bundle::{Bundle, WeightsSummary};
pub use compare_device::{BatchComparison, DeviceComparison};
pub use config::{
    Activation, Config, EfficientNetConfig, MbConvStage, ResNetConfig, TextCleaning, TextConfig, TextReading,
    TowerConfig, TowersConfig, Transformer, ViTConfig, VisionConfig,
};
pub use device::Device;
pub use embedding::Embedding;
pub use encoder::{Encoder, Pending};
pub use error::{Error, Result};
pub use failover::Notice;
pub use fingerprint::{Fingerprint, InvalidFingerprint};
#[cfg(feature = "wgpu")]
pub use knytt_gpu::{Adapter, adapters};
pub use knytt_kernels::Isa;
pub use measure_precision::Pictures;
pub use options::{Options, Precision, user_cache, user_models};
pub use precision_benchmark::{Measured, PrecisionBenchmark};
pub use preprocess::{Kernel, Pixels, Preprocessing};
pub use safety::{SafetyClassifier, SafetyDescription};
pub use tokenize::Words;

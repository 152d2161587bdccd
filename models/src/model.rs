//! A loaded model, whichever way it computes.

use std::sync::Arc;

use candle_core::{DType, Device as Candle};
use candle_nn::VarBuilder;
use knytt_kernels::{Isa, Precision};

use crate::clip::{Cache, Clip, PackedClip, Source};
use crate::config::Config;
use crate::device::Device;
use crate::error::{Error, Result, without_backtrace};
use crate::weights::Weights;

/// Both towers, ready to run.
pub(crate) enum Model {
    /// On the processor, over packed weights.
    Packed(Box<PackedClip>),
    /// On a GPU, or as the reference: Candle's tensors alone.
    Plain(Box<Clip>, Candle, Device),
    /// On any GPU, over WGSL kernels.
    #[cfg(feature = "wgpu")]
    Gpu(Box<crate::gpu::OnGpu>),
}

impl Model {
    /// Loads the weights as `dtype`, f32 or f16, whatever the file stores. `device` is what Candle has opened as `on`.
    pub fn plain(
        config: &Config,
        weights: &Weights,
        dtype: DType,
        on: Candle,
        device: Device,
    ) -> Result<Self> {
        let failed = |e: &candle_core::Error| {
            failure(e, device).unwrap_or_else(|| Error::Weights(without_backtrace(e)))
        };
        let weights = VarBuilder::from_slice_safetensors(weights, dtype, &on).map_err(|e| failed(&e))?;
        let clip = Clip::new(config, &weights).map_err(|e| failed(&e))?;
        Ok(Self::Plain(Box::new(clip), on, device))
    }

    /// Packs the weights for this processor, or takes them from the cache, which then has them.
    pub fn packed(
        config: &Config,
        weights: &Arc<Weights>,
        isa: Isa,
        precision: Precision,
        threads: usize,
        cache: Cache,
    ) -> Result<Self> {
        let mut source = Source::new(weights, isa, precision, cache)?;
        let clip = PackedClip::new(config, threads, &mut source)?;
        // A cache that cannot be written costs time at the next start, and is no reason not to run now.
        let _ = source.into_cache().write();
        Ok(Self::Packed(Box::new(clip)))
    }

    /// `pixels`: `[batch, 3, height, width]`, f32, RGB, normalised, as one slice. Returns a row for each
    /// picture of `width` values: the embedding and after it the instance embedding, neither of unit norm yet.
    pub fn images(&mut self, pixels: &[f32], width: usize) -> Result<Vec<Vec<f32>>> {
        match self {
            Self::Packed(clip) => Ok(rows(&clip.encode_images(pixels), width)),
            Self::Plain(clip, on, device) => {
                let rows = clip.encode_images(pixels, on).and_then(|rows| rows.to_vec2());
                rows.map_err(|e| failure(&e, *device).unwrap_or(Error::Compute(e)))
            }
            #[cfg(feature = "wgpu")]
            Self::Gpu(clip) => Ok(rows(&clip.encode_images(pixels)?, width)),
        }
    }

    /// `ids`: token ids of each text, begin and end token included. Returns a row for each text, not yet of
    /// unit norm.
    pub fn texts(&mut self, ids: &[Vec<u32>], dimension: usize) -> Result<Vec<Vec<f32>>> {
        match self {
            Self::Packed(clip) => Ok(rows(&clip.encode_texts(ids)?, dimension)),
            Self::Plain(clip, on, device) => {
                let rows =
                    clip.encode_texts(ids, on).and_then(|rows| rows.map(|rows| rows.to_vec2()).transpose());
                let rows = rows.map_err(|e| failure(&e, *device).unwrap_or(Error::Compute(e)));
                rows?.ok_or(Error::PicturesOnly)
            }
            #[cfg(feature = "wgpu")]
            Self::Gpu(clip) => Ok(rows(&clip.encode_texts(ids)?, dimension)),
        }
    }
}

/// What failed on a GPU that Candle runs; nothing if it was no GPU.
#[cfg(feature = "cuda")]
fn failure(error: &candle_core::Error, device: Device) -> Option<Error> {
    crate::cuda::problem(error).map(|problem| problem.running(device))
}

#[cfg(not(feature = "cuda"))]
fn failure(_: &candle_core::Error, _: Device) -> Option<Error> {
    None
}

fn rows(values: &[f32], width: usize) -> Vec<Vec<f32>> {
    values.chunks_exact(width).map(<[f32]>::to_vec).collect()
}

//! A loaded model, whichever way it computes.

use std::sync::Arc;

use candle_core::{DType, Device as Candle};
use candle_nn::VarBuilder;
use knytt_kernels::{Isa, Precision};

use crate::clip::{Cache, Clip, PackedClip, Source};
use crate::config::Config;
use crate::error::{Error, Result, without_backtrace};
use crate::weights::Weights;

/// Both towers, ready to run.
pub(crate) enum Model {
    /// On the processor, over packed weights.
    Packed(Box<PackedClip>),
    /// On a GPU, or as the reference: Candle's tensors alone.
    Plain(Box<Clip>, Candle),
    /// On any GPU, over WGSL kernels.
    #[cfg(feature = "wgpu")]
    Gpu(Box<crate::gpu::OnGpu>),
}

impl Model {
    /// Loads the weights as f32, whatever the file stores.
    pub fn plain(config: &Config, weights: &Weights, device: Candle) -> Result<Self> {
        let weights = VarBuilder::from_slice_safetensors(weights, DType::F32, &device)
            .map_err(|e| Error::Weights(e.to_string()))?;
        let clip = Clip::new(config, &weights).map_err(|e| Error::Weights(without_backtrace(&e)))?;
        Ok(Self::Plain(Box::new(clip), device))
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
            Self::Plain(clip, device) => Ok(clip.encode_images(pixels, device)?.to_vec2()?),
            #[cfg(feature = "wgpu")]
            Self::Gpu(clip) => Ok(rows(&clip.encode_images(pixels)?, width)),
        }
    }

    /// `ids`: token ids of each text, begin and end token included. Returns a row for each text, not yet of
    /// unit norm.
    pub fn texts(&mut self, ids: &[Vec<u32>], dimension: usize) -> Result<Vec<Vec<f32>>> {
        match self {
            Self::Packed(clip) => Ok(rows(&clip.encode_texts(ids)?, dimension)),
            Self::Plain(clip, device) => {
                Ok(clip.encode_texts(ids, device)?.ok_or(Error::PicturesOnly)?.to_vec2()?)
            }
            #[cfg(feature = "wgpu")]
            Self::Gpu(clip) => Ok(rows(&clip.encode_texts(ids)?, dimension)),
        }
    }
}

fn rows(values: &[f32], width: usize) -> Vec<Vec<f32>> {
    values.chunks_exact(width).map(<[f32]>::to_vec).collect()
}

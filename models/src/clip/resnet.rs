//! A narrow residual network: the image tower of the starter bundle.
//!
//! Dense 3 × 3 convolutions, batch normalisation folded into them, ReLU, and a mean over the last
//! feature map. `models/starter/README.md` describes it tensor by tensor.

use candle_core::{DType, Result, Tensor};
use candle_nn::VarBuilder;

use super::conv::Conv;
use crate::config::ResNetConfig;

pub(super) struct ResNet {
    stem: Vec<Conv>,
    stages: Vec<Vec<Block>>,
}

impl ResNet {
    pub fn new(config: &ResNetConfig, weights: &VarBuilder<'_>) -> Result<Self> {
        let mut from = config.num_channels;
        let mut stem = Vec::new();
        for (n, (&to, &stride)) in config.stem_channels.iter().zip(&config.stem_strides).enumerate() {
            stem.push(Conv::new(from, to, stride, true, &weights.pp("stem").pp(n))?);
            from = to;
        }
        let mut stages = Vec::new();
        for (s, stage) in config.stages().enumerate() {
            let (weights, mut blocks) = (weights.pp("stages").pp(s), Vec::new());
            for n in 0..stage.depth {
                let stride = if n == 0 { stage.stride } else { 1 };
                blocks.push(Block::new(from, stage.channels, stride, &weights.pp(n))?);
                from = stage.channels;
            }
            stages.push(blocks);
        }
        Ok(Self { stem, stages })
    }

    /// From `[batch, 3, side, side]`: `[batch, channels]` means of the last map, and
    /// `[batch, moments]` of the stem's last map and each stage's, means before deviations.
    pub fn forward(&self, pixels: &Tensor) -> Result<(Tensor, Tensor)> {
        let x = pixels.permute((0, 2, 3, 1))?.contiguous()?;
        let mut x = self.stem.iter().try_fold(x, |x, conv| conv.forward(&x))?;
        let mut moments = Vec::from(means_and_deviations(&x)?);
        for stage in &self.stages {
            x = stage.iter().try_fold(x, |x, block| block.forward(&x))?;
            moments.extend(means_and_deviations(&x)?);
        }
        Ok((moments[moments.len() - 2].clone(), Tensor::cat(&moments, 1)?))
    }
}

/// Of each channel over all positions, `[batch, channels]` both. Their sums take 32 bits.
pub(super) fn means_and_deviations(map: &Tensor) -> Result<[Tensor; 2]> {
    let dtype = map.dtype();
    let map = map.flatten(1, 2)?.to_dtype(DType::F32)?;
    let means = map.mean_keepdim(1)?;
    let deviations = map.broadcast_sub(&means)?.sqr()?.mean(1)?.sqrt()?;
    Ok([means.squeeze(1)?.to_dtype(dtype)?, deviations.to_dtype(dtype)?])
}

struct Block {
    conv1: Conv,
    conv2: Conv,
    /// Where the block changes the number of channels or the resolution.
    shortcut: Option<Conv>,
}

impl Block {
    fn new(from: usize, to: usize, stride: usize, weights: &VarBuilder<'_>) -> Result<Self> {
        let shortcut = if stride != 1 || from != to {
            Some(Conv::shortcut(from, to, stride, &weights.pp("shortcut"))?)
        } else {
            None
        };
        Ok(Self {
            conv1: Conv::new(from, to, stride, true, &weights.pp("conv1"))?,
            conv2: Conv::new(to, to, 1, false, &weights.pp("conv2"))?,
            shortcut,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let inner = self.conv2.forward(&self.conv1.forward(x)?)?;
        let around = self.shortcut.as_ref().map_or_else(|| Ok(x.clone()), |conv| conv.forward(x))?;
        (inner + around)?.relu()
    }
}

//! A narrow residual network: the image tower of the starter bundle.
//!
//! Dense 3 × 3 convolutions, batch normalisation folded into them, ReLU, and a mean over the last
//! feature map. `models/starter/README.md` describes it tensor by tensor.

use candle_core::{D, Result, Tensor};
use candle_nn::{Conv2d, Conv2dConfig, Module, VarBuilder, conv2d};

use crate::config::ResNetConfig;

pub(super) struct ResNet {
    stem: Vec<Conv2d>,
    blocks: Vec<Block>,
}

impl ResNet {
    pub fn new(config: &ResNetConfig, weights: &VarBuilder<'_>) -> Result<Self> {
        let mut from = config.num_channels;
        let mut stem = Vec::new();
        for (n, (&to, &stride)) in config.stem_channels.iter().zip(&config.stem_strides).enumerate() {
            stem.push(conv3x3(from, to, stride, weights.pp("stem").pp(n))?);
            from = to;
        }
        let mut blocks = Vec::new();
        for (s, stage) in config.stages().enumerate() {
            let weights = weights.pp("stages").pp(s);
            for n in 0..stage.depth {
                let stride = if n == 0 { stage.stride } else { 1 };
                blocks.push(Block::new(from, stage.channels, stride, &weights.pp(n))?);
                from = stage.channels;
            }
        }
        Ok(Self { stem, blocks })
    }

    /// `[batch, 3, side, side]` to `[batch, channels of the last stage]`.
    pub fn forward(&self, pixels: &Tensor) -> Result<Tensor> {
        let x = self.stem.iter().try_fold(pixels.clone(), |x, conv| conv.forward(&x)?.relu())?;
        let x = self.blocks.iter().try_fold(x, |x, block| block.forward(&x))?;
        x.flatten_from(2)?.mean(D::Minus1)
    }
}

struct Block {
    conv1: Conv2d,
    conv2: Conv2d,
    /// Where the block changes the number of channels or the resolution.
    shortcut: Option<Conv2d>,
    stride: usize,
}

impl Block {
    fn new(from: usize, to: usize, stride: usize, weights: &VarBuilder<'_>) -> Result<Self> {
        let shortcut = if stride != 1 || from != to {
            Some(conv2d(from, to, 1, Conv2dConfig::default(), weights.pp("shortcut"))?)
        } else {
            None
        };
        Ok(Self {
            conv1: conv3x3(from, to, stride, weights.pp("conv1"))?,
            conv2: conv3x3(to, to, 1, weights.pp("conv2"))?,
            shortcut,
            stride,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let inner = self.conv2.forward(&self.conv1.forward(x)?.relu()?)?;
        let mut around = if self.stride == 1 { x.clone() } else { x.avg_pool2d(self.stride)? };
        if let Some(shortcut) = &self.shortcut {
            around = shortcut.forward(&around)?;
        }
        (inner + around)?.relu()
    }
}

fn conv3x3(from: usize, to: usize, stride: usize, weights: VarBuilder<'_>) -> Result<Conv2d> {
    conv2d(from, to, 3, Conv2dConfig { padding: 1, stride, ..Default::default() }, weights)
}

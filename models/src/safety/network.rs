//! A residual network of bottleneck blocks with two outputs, as Yahoo's open_nsfw has it (Caffe, `resnet_50_1by2`).
//!
//! Batch norm is folded into the convolutions. Where a stage halves its maps, the first convolution of its first block
//! does, as in the original ResNet.

use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear, ops};
use serde::{Deserialize, Serialize};

use crate::clip::conv::{Conv, Unfold};

/// What the network gives: the share of what may be shown, then that of what may not.
const OUTPUTS: usize = 2;

/// The numbers that describe a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NetworkShape {
    /// Channels of the first convolution, which is 7 × 7.
    stem_width: usize,
    /// How many times the channels of a block's 3 × 3 convolution its result has.
    expansion: usize,
    stages: Vec<Stage>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stage {
    /// Channels of the blocks' 3 × 3 convolutions.
    width: usize,
    /// Blocks.
    depth: usize,
    /// Of the first block.
    stride: usize,
}

/// More channels or blocks than this is a damaged file.
const MOST: usize = 4096;

impl NetworkShape {
    /// Refuses numbers that no network has.
    pub fn check(&self) -> std::result::Result<(), &'static str> {
        let of_stages = self.stages.iter().flat_map(|stage| [stage.width, stage.depth]);
        let mut counts = of_stages.chain([self.stem_width, self.expansion]);
        if self.stages.is_empty() || !counts.all(|count| (1..=MOST).contains(&count)) {
            return Err("network needs stages, and widths and depths from 1 to 4096");
        }
        if !self.stages.iter().all(|stage| (1..=2).contains(&stage.stride)) {
            return Err("a stage's stride must be 1 or 2");
        }
        Ok(())
    }
}

pub(super) struct Network {
    stem: Conv,
    blocks: Vec<Block>,
    head: Linear,
}

struct Block {
    conv1: Conv,
    conv2: Conv,
    conv3: Conv,
    /// Of a stage's first block.
    shortcut: Option<Conv>,
}

impl Network {
    pub fn new(shape: &NetworkShape, weights: &VarBuilder<'_>) -> Result<Self> {
        let stem = Conv::centred([3, shape.stem_width], (7, 2), true, &weights.pp("stem"))?;
        let (mut from, mut blocks) = (shape.stem_width, Vec::new());
        for (s, stage) in shape.stages.iter().enumerate() {
            let (weights, to) = (weights.pp("stages").pp(s), stage.width * shape.expansion);
            for n in 0..stage.depth {
                let stride = (n == 0).then_some(stage.stride);
                blocks.push(Block::new([from, stage.width, to], stride, &weights.pp(n))?);
                from = to;
            }
        }
        Ok(Self { stem, blocks, head: linear(from, OUTPUTS, weights.pp("head"))? })
    }

    /// From `[1, 3, side, side]`, f32, RGB, normalised: the share of what may not be shown.
    pub fn refused_share(&self, pixels: &Tensor) -> Result<f32> {
        let x = self.stem.forward(&pixels.permute((0, 2, 3, 1))?.contiguous()?)?;
        let x = self.blocks.iter().try_fold(halved(&x)?, |x, block| block.forward(&x))?;
        let outputs = self.head.forward(&x.mean((1, 2))?)?;
        ops::softmax_last_dim(&outputs)?.get_on_dim(1, 1)?.squeeze(0)?.to_scalar()
    }
}

/// The largest of 3 × 3 positions, every second one. Maps are not negative here, so a border of zeros adds nothing.
fn halved(x: &Tensor) -> Result<Tensor> {
    let (batch, height, width, channels) = x.dims4()?;
    let window = Unfold { kernel: 3, stride: 2, padding: 0, after: 1 };
    let mut taps = window.taps(x)?.into_iter();
    let first = taps.next().map_or_else(|| x.flatten(0, 2), Ok)?;
    let largest = taps.try_fold(first, |largest, tap| largest.maximum(&tap))?;
    largest.reshape((batch, window.output(height), window.output(width), channels))
}

impl Block {
    /// `stride`: of a stage's first block.
    fn new([from, width, to]: [usize; 3], stride: Option<usize>, weights: &VarBuilder<'_>) -> Result<Self> {
        let shortcut = |stride| Conv::centred([from, to], (1, stride), false, &weights.pp("shortcut"));
        Ok(Self {
            conv1: Conv::centred([from, width], (1, stride.unwrap_or(1)), true, &weights.pp("conv1"))?,
            conv2: Conv::centred([width, width], (3, 1), true, &weights.pp("conv2"))?,
            conv3: Conv::centred([width, to], (1, 1), false, &weights.pp("conv3"))?,
            shortcut: stride.map(shortcut).transpose()?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let inner = self.conv3.forward(&self.conv2.forward(&self.conv1.forward(x)?)?)?;
        let around = self.shortcut.as_ref().map_or_else(|| Ok(x.clone()), |conv| conv.forward(x))?;
        (inner + around)?.relu()
    }
}

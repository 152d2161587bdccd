//! A residual network of bottleneck blocks with two outputs, as Yahoo's open_nsfw has it (Caffe, `resnet_50_1by2`).
//!
//! Batch norm is folded into the convolutions. Where a stage halves its maps, the first convolution of its first block
//! does, as in the original ResNet.

use std::sync::Arc;

use knytt_kernels::{Activation, Epilogue, Isa, Precision, ThreadTeam};
use serde::{Deserialize, Serialize};

use crate::clip::{Cache, Maps, PackedConv, Source};
use crate::error::Result;
use crate::weights::Weights;

/// What the network gives: of what may be shown, then of what may not.
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
    stem: PackedConv,
    blocks: Vec<Block>,
    /// `[2, channels]`, and for each output what is added.
    head: (Vec<f32>, Vec<f32>),
    isa: Isa,
}

struct Block {
    conv1: PackedConv,
    conv2: PackedConv,
    conv3: PackedConv,
    /// Of a stage's first block.
    shortcut: Option<PackedConv>,
}

impl Network {
    pub fn new(shape: &NetworkShape, weights: &Arc<Weights>) -> Result<Self> {
        let mut source = Source::new(weights, Isa::chosen()?, Precision::F32, Cache::default())?;
        let stem = PackedConv::centred([3, shape.stem_width], (7, 2), "stem", &mut source)?;
        let (mut from, mut blocks) = (shape.stem_width, Vec::new());
        for (s, stage) in shape.stages.iter().enumerate() {
            let to = stage.width * shape.expansion;
            for n in 0..stage.depth {
                let stride = (n == 0).then_some(stage.stride);
                let name = format!("stages.{s}.{n}");
                blocks.push(Block::new([from, stage.width, to], stride, &name, &mut source)?);
                from = to;
            }
        }
        let head = (source.values("head.weight", &[OUTPUTS, from])?, source.values("head.bias", &[OUTPUTS])?);
        Ok(Self { stem, blocks, head, isa: source.isa })
    }

    /// From `[3, side, side]`, f32, RGB, normalised: the share of what may not be shown, 0 to 1. It runs on the calling
    /// thread alone.
    pub fn refused_share(&self, pixels: &[f32], side: usize) -> f32 {
        let team = ThreadTeam::alone();
        let x = self.stem.forward(team, &Maps::channels_last(pixels, side), RELU, None).halved();
        let last = self.blocks.iter().fold(x, |x, block| block.forward(team, x));
        let [means, _] = last.moments(self.isa);
        let (weight, bias) = &self.head;
        let of_output = |(row, bias): (&[f32], &f32)| -> f32 {
            row.iter().zip(&means).map(|(weight, mean)| weight * mean).sum::<f32>() + bias
        };
        let outputs: Vec<f32> = weight.chunks_exact(means.len()).zip(bias).map(of_output).collect();
        // Softmax over two values.
        1.0 / (1.0 + (outputs[0] - outputs[1]).exp())
    }
}

const RELU: Epilogue = Epilogue { add: false, activation: Activation::Relu };

impl Block {
    /// `stride`: of a stage's first block.
    fn new(
        [from, width, to]: [usize; 3],
        stride: Option<usize>,
        name: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        let mut conv =
            |channels, shape, part| PackedConv::centred(channels, shape, &format!("{name}.{part}"), source);
        Ok(Self {
            conv1: conv([from, width], (1, stride.unwrap_or(1)), "conv1")?,
            conv2: conv([width, width], (3, 1), "conv2")?,
            conv3: conv([width, to], (1, 1), "conv3")?,
            shortcut: stride.map(|stride| conv([from, to], (1, stride), "shortcut")).transpose()?,
        })
    }

    fn forward(&self, team: &ThreadTeam, x: Maps) -> Maps {
        let inner = self.conv2.forward(team, &self.conv1.forward(team, &x, RELU, None), RELU, None);
        let around = match &self.shortcut {
            Some(conv) => conv.forward(team, &x, Epilogue::default(), None),
            None => x,
        };
        self.conv3.forward(team, &inner, Epilogue { add: true, ..RELU }, Some(around))
    }
}

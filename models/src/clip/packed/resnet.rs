//! The starter's residual network over packed weights, channels last.

use knytt_kernels::{Activation, Epilogue, Precision, ThreadTeam};

use super::conv::PackedConv;
use super::maps::Maps;
use super::source::Source;
use crate::config::ResNetConfig;
use crate::error::Result;

pub(super) struct PackedResNet {
    stem: Vec<PackedConv>,
    stages: Vec<Vec<PackedBlock>>,
    side: usize,
}

struct PackedBlock {
    conv1: PackedConv,
    conv2: PackedConv,
    /// Where the block changes the number of channels or the resolution.
    shortcut: Option<PackedConv>,
}

impl PackedResNet {
    pub fn new(config: &ResNetConfig, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let mut from = config.num_channels;
        let mut stem = Vec::new();
        for (n, (&to, &stride)) in config.stem_channels.iter().zip(&config.stem_strides).enumerate() {
            // Pixels rounded to eight bits of mantissa move the instance embedding by 1.5e-4 (cosine), all
            // other layers together by 1e-5. The first convolution is 1 % of the products.
            let precision = if n == 0 { Precision::F32 } else { source.precision };
            stem.push(PackedConv::new([from, to], stride, precision, &format!("{prefix}.stem.{n}"), source)?);
            from = to;
        }
        let mut stages = Vec::new();
        for (s, stage) in config.stages().enumerate() {
            let mut blocks = Vec::new();
            for n in 0..stage.depth {
                let stride = if n == 0 { stage.stride } else { 1 };
                let prefix = format!("{prefix}.stages.{s}.{n}");
                blocks.push(PackedBlock::new(from, stage.channels, stride, &prefix, source)?);
                from = stage.channels;
            }
            stages.push(blocks);
        }
        Ok(Self { stem, stages, side: config.image_size })
    }

    /// `pixels`: `[batch, 3, side, side]`. `each` is given the stem's last map (level 0) and each stage's (1, 2, …).
    pub fn forward(&self, team: &ThreadTeam, pixels: &[f32], mut each: impl FnMut(usize, &Maps)) {
        let relu = Epilogue { add: false, activation: Activation::Relu };
        let mut x = Maps::channels_last(pixels, self.side);
        for conv in &self.stem {
            x = conv.forward(team, &x, relu, None);
        }
        each(0, &x);
        for (level, stage) in (1..).zip(&self.stages) {
            x = stage.iter().fold(x, |x, block| block.forward(team, x));
            each(level, &x);
        }
    }
}

impl PackedBlock {
    fn new(from: usize, to: usize, stride: usize, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let around = stride != 1 || from != to;
        Ok(Self {
            conv1: PackedConv::new([from, to], stride, source.precision, &format!("{prefix}.conv1"), source)?,
            conv2: PackedConv::new([to, to], 1, source.precision, &format!("{prefix}.conv2"), source)?,
            shortcut: around
                .then(|| PackedConv::shortcut(from, to, stride, &format!("{prefix}.shortcut"), source))
                .transpose()?,
        })
    }

    fn forward(&self, team: &ThreadTeam, x: Maps) -> Maps {
        let relu = Epilogue { add: false, activation: Activation::Relu };
        let inner = self.conv1.forward(team, &x, relu, None);
        let around = match &self.shortcut {
            Some(conv) => conv.forward(team, &x, Epilogue::default(), None),
            None => x,
        };
        self.conv2.forward(team, &inner, Epilogue { add: true, ..relu }, Some(around))
    }
}

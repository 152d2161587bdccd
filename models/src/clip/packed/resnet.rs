//! The starter's residual network over packed weights, channels last.

use std::cell::RefCell;

use knytt_kernels::{Activation, Epilogue, Isa, Linear, Precision, Rows, ThreadTeam};

use super::source::Source;
use crate::clip::conv::Unfold;
use crate::config::ResNetConfig;
use crate::error::Result;

/// Output pixels that a thread unfolds and multiplies at a time: their patches stay in its cache.
const PIXELS_PER_ITEM: usize = 64;

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

/// A convolution as a product over patches.
struct PackedConv {
    layer: Linear,
    unfold: Unfold,
    /// Rows of the layer's precision, for each thread its own.
    new_rows: (Isa, Precision),
}

/// Pictures of many channels: `[batch, side, side, channels]`.
pub(super) struct Maps {
    values: Vec<f32>,
    batch: usize,
    side: usize,
    pub channels: usize,
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

    /// `pixels`: `[batch, 3, side, side]`. `each` is given the stem's last map and each stage's.
    pub fn forward(&self, team: &ThreadTeam, pixels: &[f32], mut each: impl FnMut(&Maps)) {
        let relu = Epilogue { add: false, activation: Activation::Relu };
        let mut x = Maps::channels_last(pixels, self.side);
        for conv in &self.stem {
            x = conv.forward(team, &x, relu, None);
        }
        each(&x);
        for stage in &self.stages {
            x = stage.iter().fold(x, |x, block| block.forward(team, x));
            each(&x);
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

impl PackedConv {
    /// A 3 × 3 convolution with a border of one zero.
    fn new(
        [from, to]: [usize; 2],
        stride: usize,
        precision: Precision,
        name: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        let unfold = Unfold { kernel: 3, stride, padding: 1 };
        Self::from_kernel([to, from, 3], 1.0, unfold, precision, name, source)
    }

    /// The way around a residual block: a mean over `stride` × `stride` and a 1 × 1 convolution, which
    /// together are one convolution of that size.
    fn shortcut(from: usize, to: usize, stride: usize, name: &str, source: &mut Source<'_>) -> Result<Self> {
        let unfold = Unfold { kernel: stride, stride, padding: 0 };
        let factor = 1.0 / (stride * stride) as f32;
        Self::from_kernel([to, from, 1], factor, unfold, source.precision, name, source)
    }

    /// `stored` is the side of the kernel in the file; where it is smaller than the unfolded one, it is
    /// repeated. The packed order of inputs is that of unfolded patches: row, column, channel.
    fn from_kernel(
        [to, from, stored]: [usize; 3],
        factor: f32,
        unfold: Unfold,
        precision: Precision,
        name: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        let taps = unfold.kernel * unfold.kernel;
        let layer = source.packed(name, precision, [to, taps * from], |source| {
            let weight = source.values(&format!("{name}.weight"), &[to, from, stored, stored])?;
            let area = stored * stored;
            let packed = (0..to * taps * from).map(|n| {
                let (output, tap, channel) = (n / (taps * from), n / from % taps, n % from);
                factor * weight[(output * from + channel) * area + tap.min(area - 1)]
            });
            Ok((packed.collect(), Some(source.values(&format!("{name}.bias"), &[to])?)))
        })?;
        Ok(Self { layer, unfold, new_rows: (source.isa, precision) })
    }

    /// `out` holds what the epilogue adds to, if it does.
    fn forward(&self, team: &ThreadTeam, x: &Maps, epilogue: Epilogue, out: Option<Maps>) -> Maps {
        let (side, channels) = (self.unfold.output(x.side), self.layer.outputs());
        let pixels = x.batch * side * side;
        let mut out = out.map_or_else(|| vec![0.0; pixels * channels], |maps| maps.values);
        let depth = self.layer.depth();
        let alone = ThreadTeam::alone();
        team.each_chunk(&mut out, PIXELS_PER_ITEM * channels, |item, out| {
            let first = item * PIXELS_PER_ITEM;
            PATCHES.with_borrow_mut(|(patches, rows)| {
                patches.resize(out.len() / channels * depth, 0.0);
                self.unfold.copy_rows(&x.values, (x.side, x.side, x.channels), first, patches);
                let (isa, precision) = self.new_rows;
                let rows = rows.get_or_insert_with(|| Rows::new(isa, precision));
                if !rows.is_for(isa, precision) {
                    *rows = Rows::new(isa, precision);
                }
                self.layer.forward(alone, rows.prepare(alone, patches, depth), epilogue, out);
            });
        });
        Maps { values: out, batch: x.batch, side, channels }
    }
}

thread_local! {
    /// Unfolded patches and their integers, kept from item to item.
    static PATCHES: RefCell<(Vec<f32>, Option<Rows>)> = const { RefCell::new((Vec::new(), None)) };
}

impl Maps {
    /// From `[batch, 3, side, side]`.
    fn channels_last(pixels: &[f32], side: usize) -> Self {
        let (area, batch) = (side * side, pixels.len() / (3 * side * side));
        let mut values = Vec::with_capacity(pixels.len());
        for picture in pixels.chunks_exact(3 * area) {
            values.extend((0..area).flat_map(|n| [picture[n], picture[area + n], picture[2 * area + n]]));
        }
        Self { values, batch, side, channels: 3 }
    }

    /// The mean over each picture's positions: `[batch, channels]`.
    pub fn means(&self) -> Vec<f32> {
        let mut means = vec![0.0; self.batch * self.channels];
        for (picture, means) in self.pictures().zip(means.chunks_exact_mut(self.channels)) {
            for position in picture.chunks_exact(self.channels) {
                means.iter_mut().zip(position).for_each(|(mean, value)| *mean += value);
            }
            means.iter_mut().for_each(|mean| *mean /= (self.side * self.side) as f32);
        }
        means
    }

    /// How far values are from those means, by the root of the mean square: `[batch, channels]`.
    pub fn deviations(&self, means: &[f32]) -> Vec<f32> {
        let mut squares = vec![0.0; means.len()];
        let of_picture = squares.chunks_exact_mut(self.channels).zip(means.chunks_exact(self.channels));
        for (picture, (squares, means)) in self.pictures().zip(of_picture) {
            for position in picture.chunks_exact(self.channels) {
                for ((square, mean), value) in squares.iter_mut().zip(means).zip(position) {
                    *square += (value - mean) * (value - mean);
                }
            }
        }
        let area = (self.side * self.side) as f32;
        squares.into_iter().map(|square| (square / area).sqrt()).collect()
    }

    fn pictures(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.side * self.side * self.channels)
    }
}

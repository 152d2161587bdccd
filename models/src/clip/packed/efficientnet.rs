//! EfficientNet-Lite over packed weights, channels last: pointwise convolutions as packed matrix products, the
//! depthwise ones in f32 in every precision.

use std::cell::RefCell;

use knytt_kernels::{
    Activation, Depthwise, DepthwiseInput, Epilogue, Isa, Linear, Precision, PreparedRows, Rows, ThreadTeam,
};

use super::conv::PackedConv;
use super::maps::Maps;
use super::source::Source;
use crate::config::{EfficientNetConfig, MbConvShape};
use crate::error::Result;

/// Where the activation cuts.
const RELU6: (f32, f32) = (0.0, 6.0);
const CUT: Epilogue = Epilogue { add: false, activation: Activation::Relu6 };
const PLAIN: Epilogue = Epilogue { add: false, activation: Activation::None };
const ADD: Epilogue = Epilogue { add: true, activation: Activation::None };

/// The first stages, whose maps are widened in f32 in every precision. They are large and shallow, and making integers of
/// them costs more than the narrower products save; what their few channels lose is in every later map.
const SHALLOW_STAGES: usize = 3;

/// Positions of a map up to which several pictures go through a stage together: their maps stay in a core's cache, and
/// the weights, which do not, are read once for all of them.
const SMALL_MAP: usize = 64;

/// Values of a map beyond which it is narrowed band by band, because as a whole it does not stay in a core's cache.
const LARGE_MAP: usize = 1 << 18;

pub(super) struct PackedEfficientNet {
    stem: PackedConv,
    stages: Vec<Vec<PackedMbConv>>,
    /// The stages before those of small maps.
    large_stages: usize,
    head: Pointwise,
    side: usize,
}

/// An inverted residual block.
struct PackedMbConv {
    /// Where the block is wider inside than its input.
    expand: Option<Pointwise>,
    depthwise: Depthwise,
    project: Pointwise,
    is_residual: bool,
}

/// A 1 × 1 convolution: a linear layer over positions.
struct Pointwise {
    layer: Linear,
    /// Rows of the layer's precision, for each thread its own.
    new_rows: (Isa, Precision),
}

impl PackedEfficientNet {
    pub fn new(config: &EfficientNetConfig, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let precision = exact_enough(source.precision);
        let (mut number, mut stages, mut large_stages) = (0, Vec::new(), 0);
        let mut side = config.image_size.div_ceil(2);
        for (n, shapes) in config.stages().iter().enumerate() {
            let widens_in = if n < SHALLOW_STAGES { Precision::F32 } else { precision };
            let mut blocks = Vec::new();
            for shape in shapes {
                let prefix = format!("{prefix}.blocks.{number}");
                blocks.push(PackedMbConv::new(shape, (widens_in, precision), &prefix, source)?);
                number += 1;
            }
            stages.push(blocks);
            side = shapes.iter().fold(side, |side, shape| side.div_ceil(shape.stride));
            if side * side > SMALL_MAP {
                large_stages = n + 1;
            }
        }
        let (colours, width) = (config.num_channels, config.stem_width);
        let last = config.mbconv_stages.last().map_or(width, |stage| stage.channels);
        let stem = format!("{prefix}.stem");
        Ok(Self {
            // In f32 whatever the precision, as the starter's residual network has it.
            stem: PackedConv::same([colours, width], (3, 2), Precision::F32, &stem, source)?,
            stages,
            large_stages,
            head: Pointwise::new([last, config.head_width], precision, &format!("{prefix}.head"), source)?,
            side: config.image_size,
        })
    }

    /// `pixels`: `[batch, 3, side, side]`. `each` is given the stem's map (level 0), each stage's (1, 2, …) and the head's.
    /// Pictures go one by one as far as the maps of one fill the caches, so it is given those of one picture there, and of
    /// all of them at once further on.
    pub fn forward(&self, team: &ThreadTeam, pixels: &[f32], mut each: impl FnMut(usize, &Maps)) {
        let (large, small) = self.stages.split_at(self.large_stages);
        let through = |stage: &[PackedMbConv], x| stage.iter().fold(x, |x, block| block.forward(team, x));
        let picture = 3 * self.side * self.side;
        let (batch, mut all) = (pixels.len() / picture, None::<Maps>);
        for (n, pixels) in pixels.chunks_exact(picture).enumerate() {
            let mut x = self.stem.forward(team, &Maps::channels_last(pixels, self.side), CUT, None);
            each(0, &x);
            for (level, stage) in (1..).zip(large) {
                x = through(stage, x);
                each(level, &x);
            }
            let all = all.get_or_insert_with(|| Maps::room(batch, x.side, x.channels));
            all.values[n * x.values.len()..][..x.values.len()].copy_from_slice(&x.values);
        }
        let Some(mut x) = all else { return };
        for (level, stage) in (large.len() + 1..).zip(small) {
            x = through(stage, x);
            each(level, &x);
        }
        let mut last = Maps::room(x.batch, x.side, self.head.layer.outputs());
        self.head.forward(team, &x.values, CUT, &mut last.values);
        each(self.stages.len() + 1, &last);
    }

    /// The side of a picture, in pixels.
    pub fn side(&self) -> usize {
        self.side
    }
}

/// Fixed point where sixteen bits are asked for: bfloat16 moves the starter's embedding by 6e-4 (1 − cosine), fixed point
/// by 7e-6.
fn exact_enough(asked: Precision) -> Precision {
    if asked == Precision::Bf16 { Precision::Fixed16 } else { asked }
}

impl PackedMbConv {
    fn new(
        shape: &MbConvShape,
        (widens_in, narrows_in): (Precision, Precision),
        prefix: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        let MbConvShape { from, inner, to, stride, kernel } = *shape;
        let depthwise = format!("{prefix}.depthwise");
        let weight = source.values(&format!("{depthwise}.weight"), &[inner, 1, kernel, kernel])?;
        let bias = source.values(&format!("{depthwise}.bias"), &[inner])?;
        Ok(Self {
            expand: (inner != from)
                .then(|| Pointwise::new([from, inner], widens_in, &format!("{prefix}.expand"), source))
                .transpose()?,
            depthwise: Depthwise::new(source.isa, (kernel, stride), &weight, &bias, RELU6),
            project: Pointwise::new([inner, to], narrows_in, &format!("{prefix}.project"), source)?,
            is_residual: shape.is_residual(),
        })
    }

    fn forward(&self, team: &ThreadTeam, x: Maps) -> Maps {
        match &self.expand {
            Some(expand) => Rows::of_thread(&WIDENED, expand.new_rows.0, expand.new_rows.1, |rows| {
                let rows = rows.prepare(team, &x.values, expand.layer.depth());
                self.narrow(team, &x, DepthwiseInput::Expanded(&expand.layer, rows, CUT.activation))
            }),
            None => self.narrow(team, &x, DepthwiseInput::Maps(&x.values)),
        }
    }

    /// From the wide map to the block's result.
    fn narrow(&self, team: &ThreadTeam, x: &Maps, wide: DepthwiseInput<'_>) -> Maps {
        let (sides, inner) = ((x.side, x.side), self.depthwise.channels());
        let (side, _) = self.depthwise.output(sides);
        let outputs = self.project.layer.outputs();
        let mut out = Maps::room(x.batch, side, outputs);
        if self.is_residual {
            out.values.copy_from_slice(&x.values);
        }
        let epilogue = if self.is_residual { ADD } else { PLAIN };
        let (isa, precision) = self.project.new_rows;
        if x.batch * side * side * inner > LARGE_MAP {
            let alone = ThreadTeam::alone();
            let project = |rows: PreparedRows<'_>, out: &mut [f32]| {
                self.project.layer.forward(alone, rows, epilogue, out);
            };
            let out = (&mut out.values[..], outputs);
            self.depthwise.forward_then(team, wide, sides, out, (precision, project));
        } else {
            Rows::of_thread(&ROWS, isa, precision, |rows| {
                let rows = self.depthwise.forward_rows(team, wide, sides, rows);
                self.project.layer.forward(team, rows, epilogue, &mut out.values);
            });
        }
        out
    }
}

impl Pointwise {
    fn new(
        [from, to]: [usize; 2],
        precision: Precision,
        name: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        let layer = source.packed(name, precision, [to, from], |source| {
            let weight = source.values(&format!("{name}.weight"), &[to, from, 1, 1])?;
            Ok((weight, Some(source.values(&format!("{name}.bias"), &[to])?)))
        })?;
        Ok(Self { layer, new_rows: (source.isa, precision) })
    }

    /// From `[positions, depth]` to `[positions, outputs]`.
    fn forward(&self, team: &ThreadTeam, x: &[f32], epilogue: Epilogue, out: &mut [f32]) {
        let (isa, precision) = self.new_rows;
        Rows::of_thread(&ROWS, isa, precision, |rows| {
            self.layer.forward(team, rows.prepare(team, x, self.layer.depth()), epilogue, out);
        });
    }
}

thread_local! {
    /// Prepared positions, kept from item to item.
    static ROWS: RefCell<Option<Rows>> = const { RefCell::new(None) };
    /// The positions that a block widens, while others are narrowed.
    static WIDENED: RefCell<Option<Rows>> = const { RefCell::new(None) };
}

//! EfficientNet-Lite over packed weights, channels last: pointwise convolutions as packed matrix products, the
//! depthwise ones in f32 in every precision.

use std::cell::RefCell;

use knytt_kernels::{Activation, Depthwise, Epilogue, Isa, Linear, Precision, Rows, ThreadTeam};

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

/// Positions that a thread prepares and multiplies at a time where a map has many: they stay in its cache.
const POSITIONS_PER_ITEM: usize = 64;

/// The first stages, whose blocks run in f32 where sixteen bits are asked for. Rounded to bfloat16 they move the
/// starter's embedding by 6e-4 (1 − cosine), by far the most of it in the first block; what its few channels lose
/// is in every later map. Their time does not change: their maps are large and shallow, and rounding costs what the
/// narrower products save.
const EXACT_STAGES: usize = 3;

/// Positions up to which a map is multiplied as a whole, so that the team shares the weights' columns.
const FEW_POSITIONS: usize = 4 * POSITIONS_PER_ITEM;

pub(super) struct PackedEfficientNet {
    stem: PackedConv,
    stages: Vec<Vec<PackedMbConv>>,
    head: Pointwise,
    side: usize,
    scratch: Scratch,
}

/// An inverted residual block.
struct PackedMbConv {
    /// Where the block is wider inside than its input.
    expand: Option<Pointwise>,
    depthwise: Depthwise,
    project: Pointwise,
    is_residual: bool,
}

/// What the 1 × 1 convolutions of a block run in.
#[derive(Clone, Copy)]
struct BlockPrecisions {
    expand: Precision,
    project: Precision,
}

/// A 1 × 1 convolution: a linear layer over positions.
struct Pointwise {
    layer: Linear,
    /// Rows of the layer's precision, for each thread its own.
    new_rows: (Isa, Precision),
}

/// The insides of a block, kept for the next one: fresh memory costs the system about as much as the depthwise
/// convolution that fills it.
#[derive(Default)]
struct Scratch {
    expanded: Vec<f32>,
    convolved: Vec<f32>,
}

impl PackedEfficientNet {
    pub fn new(config: &EfficientNetConfig, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let (mut number, mut stages) = (0, Vec::new());
        for (n, shapes) in config.stages().iter().enumerate() {
            let precisions = BlockPrecisions::of_stage(n, source.precision);
            let mut blocks = Vec::new();
            for shape in shapes {
                let prefix = format!("{prefix}.blocks.{number}");
                blocks.push(PackedMbConv::new(shape, precisions, &prefix, source)?);
                number += 1;
            }
            stages.push(blocks);
        }
        let (colours, width) = (config.num_channels, config.stem_width);
        let last = config.mbconv_stages.last().map_or(width, |stage| stage.channels);
        let stem = format!("{prefix}.stem");
        Ok(Self {
            // In f32 whatever the precision, as the starter's residual network has it.
            stem: PackedConv::same([colours, width], (3, 2), Precision::F32, &stem, source)?,
            stages,
            head: Pointwise::new(
                [last, config.head_width],
                source.precision,
                &format!("{prefix}.head"),
                source,
            )?,
            side: config.image_size,
            scratch: Scratch::default(),
        })
    }

    /// `pixels`: `[1, 3, side, side]`; pictures go one by one, since the maps of one fill the caches. `each` is
    /// given the stem's map, each stage's and the head's.
    pub fn forward(&mut self, team: &ThreadTeam, pixels: &[f32], mut each: impl FnMut(&Maps)) {
        let mut x = self.stem.forward(team, &Maps::channels_last(pixels, self.side), CUT, None);
        each(&x);
        for stage in &self.stages {
            x = stage.iter().fold(x, |x, block| block.forward(team, &mut self.scratch, x));
            each(&x);
        }
        let mut values = vec![0.0; x.side * x.side * self.head.layer.outputs()];
        self.head.forward(team, &x.values, CUT, &mut values);
        each(&Maps { values, channels: self.head.layer.outputs(), ..x });
    }

    /// The side of a picture, in pixels.
    pub fn side(&self) -> usize {
        self.side
    }
}

impl BlockPrecisions {
    /// In sixteen bits the narrowing convolutions stay in f32, whose results go on without an activation from block
    /// to block.
    fn of_stage(stage: usize, asked: Precision) -> Self {
        match asked {
            Precision::Bf16 if stage < EXACT_STAGES => {
                Self { expand: Precision::F32, project: Precision::F32 }
            }
            Precision::Bf16 => Self { expand: asked, project: Precision::F32 },
            Precision::F32 | Precision::Int8 => Self { expand: asked, project: asked },
        }
    }
}

impl PackedMbConv {
    fn new(
        shape: &MbConvShape,
        precisions: BlockPrecisions,
        prefix: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        let MbConvShape { from, inner, to, stride, kernel } = *shape;
        let depthwise = format!("{prefix}.depthwise");
        let weight = source.values(&format!("{depthwise}.weight"), &[inner, 1, kernel, kernel])?;
        let bias = source.values(&format!("{depthwise}.bias"), &[inner])?;
        Ok(Self {
            expand: (inner != from)
                .then(|| {
                    Pointwise::new([from, inner], precisions.expand, &format!("{prefix}.expand"), source)
                })
                .transpose()?,
            depthwise: Depthwise::new(source.isa, (kernel, stride), &weight, bias, RELU6),
            project: Pointwise::new([inner, to], precisions.project, &format!("{prefix}.project"), source)?,
            is_residual: shape.is_residual(),
        })
    }

    fn forward(&self, team: &ThreadTeam, scratch: &mut Scratch, x: Maps) -> Maps {
        let Scratch { expanded, convolved } = scratch;
        let area = x.side * x.side;
        let inside: &[f32] = match &self.expand {
            Some(expand) => {
                expanded.resize(area * self.depthwise.channels(), 0.0);
                expand.forward(team, &x.values, CUT, expanded);
                expanded
            }
            None => &x.values,
        };
        let (side, _) = self.depthwise.output((x.side, x.side));
        convolved.resize(side * side * self.depthwise.channels(), 0.0);
        self.depthwise.forward(team, inside, (x.side, x.side), convolved);
        let channels = self.project.layer.outputs();
        let (mut values, epilogue) =
            if self.is_residual { (x.values, ADD) } else { (vec![0.0; side * side * channels], PLAIN) };
        self.project.forward(team, convolved, epilogue, &mut values);
        Maps { values, batch: x.batch, side, channels }
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
        let (depth, outputs) = (self.layer.depth(), self.layer.outputs());
        let positions = x.len() / depth;
        if positions <= FEW_POSITIONS {
            return self.with_rows(|rows| {
                self.layer.forward(team, rows.prepare(team, x, depth), epilogue, out);
            });
        }
        let alone = ThreadTeam::alone();
        team.each_chunk(&mut out[..positions * outputs], POSITIONS_PER_ITEM * outputs, |item, out| {
            let first = item * POSITIONS_PER_ITEM * depth;
            let x = &x[first..first + out.len() / outputs * depth];
            self.with_rows(|rows| self.layer.forward(alone, rows.prepare(alone, x, depth), epilogue, out));
        });
    }

    fn with_rows(&self, work: impl FnOnce(&mut Rows)) {
        let (isa, precision) = self.new_rows;
        ROWS.with_borrow_mut(|rows| {
            let rows = rows.get_or_insert_with(|| Rows::new(isa, precision));
            if !rows.is_for(isa, precision) {
                *rows = Rows::new(isa, precision);
            }
            work(rows);
        });
    }
}

thread_local! {
    /// Prepared positions, kept from item to item.
    static ROWS: RefCell<Option<Rows>> = const { RefCell::new(None) };
}

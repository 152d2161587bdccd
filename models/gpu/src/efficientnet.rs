//! EfficientNet-Lite, batch normalisation folded in: 1 × 1 convolutions are products, the depthwise ones have a kernel
//! of their own, which computes in f32 in every precision.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::moments::Moments;
use crate::plan::{Epilogue, Nonlinearity, Planner, Unfold};
use crate::rows::{Matrix, Rows, Taps, Workspace};
use crate::shape::InvertedStageShape;
use crate::tensors::Tensors;

pub(crate) struct EfficientNet {
    stem: Conv,
    stages: Vec<Vec<InvertedBlock>>,
    head: Pointwise,
    moments: Moments,
}

/// The first convolution, an unfold and a product.
struct Conv {
    unfold: Unfold,
    layer: Pointwise,
}

/// A 1 × 1 convolution: a product over pixels.
struct Pointwise {
    matrix: Matrix,
    to: usize,
}

struct InvertedBlock {
    /// Where the block is wider inside than its input.
    expand: Option<Pointwise>,
    unfold: Unfold,
    depthwise: Taps,
    project: Pointwise,
    is_residual: bool,
}

const CUT: Epilogue = Epilogue { accumulate: false, nonlinearity: Nonlinearity::Relu6 };

/// The parts of the workspace that maps between blocks lie in, in turn.
const PARTS: [&str; 2] = ["map 0", "map 1"];

impl EfficientNet {
    /// `[stem, head]`: channels of the first and the last convolution; `reads_all`: whether more than the means of the
    /// head's map is read.
    pub fn upload(
        gpu: &Gpu,
        side: usize,
        [stem, head]: [usize; 2],
        stages: &[InvertedStageShape],
        reads_all: bool,
        tensors: &Tensors<'_>,
    ) -> Result<Self> {
        let around = Unfold { side, channels: 3, kernel: 3, stride: 2, padding: 0, after: 0, planar: true };
        let stem = Conv::upload(gpu, around.same(), stem, &tensors.below("stem"))?;
        let mut at = At { side: stem.unfold.output(), channels: stem.layer.to };
        let (mut read, mut uploaded, mut number) = (vec![at.channels], Vec::new(), 0);
        for stage in stages {
            let mut blocks = Vec::new();
            for n in 0..stage.depth {
                let stride = if n == 0 { stage.stride } else { 1 };
                let shape = InvertedStageShape { stride, ..*stage };
                blocks.push(InvertedBlock::upload(
                    gpu,
                    &mut at,
                    &shape,
                    &tensors.below("blocks").below(number),
                )?);
                number += 1;
            }
            read.push(at.channels);
            uploaded.push(blocks);
        }
        read.push(head);
        Ok(Self {
            stem,
            stages: uploaded,
            head: Pointwise::upload(gpu, [at.channels, head, 1], &tensors.below("head"))?,
            moments: Moments::new(read, reads_all),
        })
    }

    /// What is read of its maps.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Bytes of the largest buffer that one picture needs.
    pub fn bytes_per_item(&self) -> u64 {
        let stem = self.stem.unfold.columns().max(self.stem.layer.to);
        let blocks = self.blocks().flat_map(|block| {
            let (before, after) = (block.unfold.side, block.unfold.output());
            [(before, block.unfold.channels), (after, block.unfold.channels), (after, block.project.to)]
        });
        let maps = blocks.chain([(self.stem.unfold.output(), stem), (self.last_side(), self.head.to)]);
        maps.map(|(side, channels)| Rows::bytes(side * side, channels.div_ceil(4))).max().unwrap_or(0)
    }

    /// Rows of the largest matrix that one picture needs.
    pub fn rows_per_item(&self) -> usize {
        self.stem.unfold.output().pow(2)
    }

    fn blocks(&self) -> impl Iterator<Item = &InvertedBlock> {
        self.stages.iter().flatten()
    }

    fn last_side(&self) -> usize {
        self.blocks().last().map_or(self.stem.unfold.output(), |block| block.unfold.output())
    }

    /// From `[batch, 3, side, side]` in `pixels` to the moments of the stem's map, each stage's and the head's.
    pub fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        pixels: &wgpu::Buffer,
        batch: usize,
    ) -> Result<Rows> {
        let gpu = planner.gpu;
        let mut reading = self.moments.read(gpu, space, batch)?;
        let Conv { unfold, layer } = &self.stem;
        let rows = batch * unfold.output().pow(2);
        let unfolded = space.rows(gpu, "wide", rows, unfold.columns())?;
        planner.unfold(pixels, unfold, &unfolded);
        let [mut part, mut other] = PARTS;
        let mut map = space.rows(gpu, part, rows, layer.to)?;
        planner.matmul(&unfolded, &layer.matrix, &map, CUT);
        reading.look(planner, &map);
        for stage in &self.stages {
            for block in stage {
                if !block.is_residual {
                    (part, other) = (other, part);
                }
                map = block.plan(planner, space, &map, part)?;
            }
            reading.look(planner, &map);
        }
        let last = space.rows(gpu, "wide", map.rows, self.head.to)?;
        planner.matmul(&map, &self.head.matrix, &last, CUT);
        reading.look(planner, &last);
        Ok(reading.finish())
    }
}

/// Where in the network a block stands.
struct At {
    side: usize,
    channels: usize,
}

impl Conv {
    fn upload(gpu: &Gpu, unfold: Unfold, to: usize, tensors: &Tensors<'_>) -> Result<Self> {
        let layer = Pointwise::upload(gpu, [unfold.channels, to, unfold.kernel], tensors)?;
        Ok(Self { unfold, layer })
    }
}

impl Pointwise {
    /// A convolution as a product over what lies under its kernel, `side` pixels wide.
    fn upload(gpu: &Gpu, [from, to, side]: [usize; 3], tensors: &Tensors<'_>) -> Result<Self> {
        let weight = tensors.get("weight", &[to, from, side, side])?;
        let bias = tensors.get("bias", &[to])?;
        let matrix = Matrix::upload(gpu, &tensors.path("weight"), from * side * side, &weight, &bias)?;
        Ok(Self { matrix, to })
    }
}

impl InvertedBlock {
    fn upload(gpu: &Gpu, at: &mut At, shape: &InvertedStageShape, tensors: &Tensors<'_>) -> Result<Self> {
        let InvertedStageShape { channels: to, stride, kernel, expansion, .. } = *shape;
        let (from, inner) = (at.channels, at.channels * expansion);
        let expand =
            (expansion != 1).then(|| Pointwise::upload(gpu, [from, inner, 1], &tensors.below("expand")));
        let around =
            Unfold { side: at.side, channels: inner, kernel, stride, padding: 0, after: 0, planar: false };
        let unfold = around.same();
        let depthwise = tensors.below("depthwise");
        let weight = depthwise.get("weight", &[inner, 1, kernel, kernel])?;
        let bias = depthwise.get("bias", &[inner])?;
        *at = At { side: unfold.output(), channels: to };
        Ok(Self {
            expand: expand.transpose()?,
            depthwise: Taps::upload(gpu, &depthwise.path("weight"), &weight, &bias)?,
            project: Pointwise::upload(gpu, [inner, to, 1], &tensors.below("project"))?,
            is_residual: stride == 1 && from == to,
            unfold,
        })
    }

    /// Into `part` of the workspace, which `input` lies in if it is added to the result.
    fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        input: &Rows,
        part: &'static str,
    ) -> Result<Rows> {
        let (gpu, inner) = (planner.gpu, self.unfold.channels);
        let inside = match &self.expand {
            Some(expand) => {
                let expanded = space.rows(gpu, "wide", input.rows, inner)?;
                planner.matmul(input, &expand.matrix, &expanded, CUT);
                expanded
            }
            None => input.clone(),
        };
        let rows = input.rows / self.unfold.side.pow(2) * self.unfold.output().pow(2);
        let convolved = space.rows(gpu, "convolved", rows, inner)?;
        planner.depthwise(&inside, &self.unfold, &self.depthwise, &convolved);
        let output = space.rows(gpu, part, rows, self.project.to)?;
        let epilogue = Epilogue { accumulate: self.is_residual, ..Epilogue::default() };
        planner.matmul(&convolved, &self.project.matrix, &output, epilogue);
        Ok(output)
    }
}

//! A narrow residual network with batch normalisation folded in. Each convolution is an unfold and a
//! matrix product.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::moments::Moments;
use crate::plan::{Epilogue, Nonlinearity, Planner, Unfold};
use crate::rows::{Matrix, Rows, Workspace};
use crate::shape::StageShape;
use crate::tensors::Tensors;

pub(crate) struct ResNet {
    stem: Vec<Conv>,
    stages: Vec<Vec<ResidualBlock>>,
    moments: Moments,
}

struct Conv {
    unfold: Unfold,
    matrix: Matrix,
    to: usize,
}

struct ResidualBlock {
    conv1: Conv,
    conv2: Conv,
    /// Where the block changes the number of channels or the resolution.
    shortcut: Option<Conv>,
}

/// A feature map: `[batch · side · side, channels]`.
struct Map {
    rows: Rows,
    /// The workspace's part that it lies in.
    part: &'static str,
}

/// The parts that maps lie in; a block needs three at a time.
const PARTS: [&str; 3] = ["map 0", "map 1", "map 2"];

impl ResNet {
    pub fn upload(
        gpu: &Gpu,
        side: usize,
        stem: &[(usize, usize)],
        stages: &[StageShape],
        reads_all: bool,
        tensors: &Tensors<'_>,
    ) -> Result<Self> {
        let mut at = At { side, channels: 3, planar: true };
        let mut convs = Vec::new();
        for (n, &(channels, stride)) in stem.iter().enumerate() {
            convs.push(Conv::upload(gpu, &mut at, channels, stride, &tensors.below("stem").below(n))?);
        }
        let mut read = vec![at.channels];
        let mut uploaded = Vec::new();
        for (s, stage) in stages.iter().enumerate() {
            let (tensors, mut blocks) = (tensors.below("stages").below(s), Vec::new());
            for n in 0..stage.depth {
                let stride = if n == 0 { stage.stride } else { 1 };
                blocks.push(ResidualBlock::upload(gpu, &mut at, stage.channels, stride, &tensors.below(n))?);
            }
            read.push(at.channels);
            uploaded.push(blocks);
        }
        Ok(Self { stem: convs, stages: uploaded, moments: Moments::new(read, reads_all) })
    }

    /// What is read of its maps.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Bytes of the largest buffer that one picture needs.
    pub fn bytes_per_item(&self) -> u64 {
        let unfolded = self.convs().map(|conv| Rows::bytes(conv.pixels(), conv.unfold.columns().div_ceil(4)));
        let maps = self.convs().map(|conv| Rows::bytes(conv.pixels(), conv.to.div_ceil(4)));
        unfolded.chain(maps).max().unwrap_or(0)
    }

    /// Rows of the largest matrix that one picture needs.
    pub fn rows_per_item(&self) -> usize {
        self.convs().map(Conv::pixels).max().unwrap_or(0)
    }

    fn convs(&self) -> impl Iterator<Item = &Conv> {
        let of_blocks =
            self.stages.iter().flatten().flat_map(|b| [&b.conv1, &b.conv2].into_iter().chain(&b.shortcut));
        self.stem.iter().chain(of_blocks)
    }

    /// From `[batch, 3, side, side]` in `pixels` to the moments of the stem's map and each stage's.
    pub fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        pixels: &wgpu::Buffer,
        batch: usize,
    ) -> Result<Rows> {
        let mut map: Option<Map> = None;
        for conv in &self.stem {
            let part = free(&[map.as_ref()]);
            let input = map.as_ref().map_or(pixels, |map| &map.rows.buffer);
            map = Some(conv.plan(planner, space, input, part, batch, RELU)?);
        }
        let mut reading = self.moments.read(planner.gpu, space, batch)?;
        let Some(mut map) = map else { return Ok(reading.finish()) };
        reading.look(planner, &map.rows);
        for stage in &self.stages {
            for block in stage {
                map = block.plan(planner, space, &map, batch)?;
            }
            reading.look(planner, &map.rows);
        }
        Ok(reading.finish())
    }
}

const RELU: Epilogue = Epilogue { accumulate: false, nonlinearity: Nonlinearity::Relu };

/// A part that none of `used` lies in.
fn free(used: &[Option<&Map>]) -> &'static str {
    let taken = |part: &&str| used.iter().flatten().any(|map| map.part == *part);
    PARTS.into_iter().find(|part| !taken(part)).unwrap_or(PARTS[0])
}

/// Where in the network a convolution stands.
struct At {
    side: usize,
    channels: usize,
    planar: bool,
}

impl Conv {
    /// A 3 × 3 convolution with a border of one zero.
    fn upload(gpu: &Gpu, at: &mut At, to: usize, stride: usize, tensors: &Tensors<'_>) -> Result<Self> {
        let At { side, channels, planar } = *at;
        let unfold = Unfold { side, channels, kernel: 3, stride, padding: 1, after: 1, planar };
        let weight = tensors.get("weight", &[to, channels, 3, 3])?;
        *at = At { side: unfold.output(), channels: to, planar: false };
        Self::from_weight(gpu, unfold, to, &weight, tensors)
    }

    /// A mean over `stride` × `stride` pixels and a 1 × 1 convolution: together one convolution.
    fn shortcut(gpu: &Gpu, at: &At, to: usize, stride: usize, tensors: &Tensors<'_>) -> Result<Self> {
        let At { side, channels, planar } = *at;
        let unfold = Unfold { side, channels, kernel: stride, stride, padding: 0, after: 0, planar };
        let pixels = stride * stride;
        let weight = tensors.get("weight", &[to, channels, 1, 1])?;
        let spread: Vec<f32> =
            weight.iter().flat_map(|w| std::iter::repeat_n(w / pixels as f32, pixels)).collect();
        Self::from_weight(gpu, unfold, to, &spread, tensors)
    }

    fn from_weight(
        gpu: &Gpu,
        unfold: Unfold,
        to: usize,
        weight: &[f32],
        tensors: &Tensors<'_>,
    ) -> Result<Self> {
        let bias = tensors.get("bias", &[to])?;
        let matrix = Matrix::upload(gpu, &tensors.path("weight"), unfold.columns(), weight, &bias)?;
        Ok(Self { unfold, matrix, to })
    }

    /// Pixels of what comes out.
    fn pixels(&self) -> usize {
        self.unfold.output().pow(2)
    }

    /// Into `part` of the workspace.
    fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        input: &wgpu::Buffer,
        part: &'static str,
        batch: usize,
        epilogue: Epilogue,
    ) -> Result<Map> {
        let rows = batch * self.pixels();
        let unfolded = space.rows(planner.gpu, "wide", rows, self.unfold.columns())?;
        let output = space.rows(planner.gpu, part, rows, self.to)?;
        planner.unfold(input, &self.unfold, &unfolded);
        planner.matmul(&unfolded, &self.matrix, &output, epilogue);
        Ok(Map { rows: output, part })
    }
}

impl ResidualBlock {
    fn upload(gpu: &Gpu, at: &mut At, to: usize, stride: usize, tensors: &Tensors<'_>) -> Result<Self> {
        let changes = stride != 1 || at.channels != to;
        let around = || Conv::shortcut(gpu, at, to, stride, &tensors.below("shortcut"));
        let shortcut = if changes { Some(around()?) } else { None };
        Ok(Self {
            conv1: Conv::upload(gpu, at, to, stride, &tensors.below("conv1"))?,
            conv2: Conv::upload(gpu, at, to, 1, &tensors.below("conv2"))?,
            shortcut,
        })
    }

    /// What goes around is computed first, and what goes through is added to it.
    fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        input: &Map,
        batch: usize,
    ) -> Result<Map> {
        let around = match &self.shortcut {
            Some(conv) => {
                let part = free(&[Some(input)]);
                conv.plan(planner, space, &input.rows.buffer, part, batch, Epilogue::default())?
            }
            None => Map { rows: input.rows.clone(), part: input.part },
        };
        let part = free(&[Some(input), Some(&around)]);
        let through = self.conv1.plan(planner, space, &input.rows.buffer, part, batch, RELU)?;
        let add = Epilogue { accumulate: true, ..RELU };
        self.conv2.plan(planner, space, &through.rows.buffer, around.part, batch, add)
    }
}

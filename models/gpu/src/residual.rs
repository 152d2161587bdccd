//! A narrow residual network with batch normalisation folded in. Each convolution is an unfold and a
//! matrix product.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::plan::{Epilogue, Nonlinearity, Planner, Unfold};
use crate::rows::{Matrix, Rows, Workspace};
use crate::shape::{InstanceShape, StageShape};
use crate::tensors::Tensors;

pub(crate) struct ResNet {
    stem: Vec<Conv>,
    stages: Vec<Vec<ResidualBlock>>,
    /// Channels of the maps that are read: the last one alone, or the stem's and each stage's.
    read: Vec<usize>,
    has_instance_head: bool,
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

/// The layers that turn the moments of all maps into an instance embedding.
pub(crate) struct InstanceHead {
    hidden: Matrix,
    /// Its columns lie after those of an embedding.
    out: Matrix,
    size: usize,
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
        has_instance_head: bool,
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
        if !has_instance_head {
            read = vec![at.channels];
        }
        Ok(Self { stem: convs, stages: uploaded, read, has_instance_head })
    }

    /// The matrix that makes an embedding of the last map's means, wherever they are in what is read.
    pub fn projection(&self, gpu: &Gpu, dimension: usize, tensors: &Tensors<'_>) -> Result<Matrix> {
        let last = self.read.last().copied().unwrap_or(0);
        let weight = tensors.below("visual_projection").get("weight", &[dimension, last])?;
        let depth = 4 * self.quads();
        let means = if self.has_instance_head { depth - 2 * last.next_multiple_of(4) } else { 0 };
        let mut spread = vec![0.0; dimension * depth];
        for (row, values) in spread.chunks_exact_mut(depth).zip(weight.chunks_exact(last)) {
            row[means..means + last].copy_from_slice(values);
        }
        Matrix::upload(gpu, "visual_projection", depth, &spread, &[])
    }

    /// Uploads the instance head. It writes its values after the `dimension` values of the embedding.
    pub fn instance_head(
        &self,
        gpu: &Gpu,
        shape: InstanceShape,
        dimension: usize,
        tensors: &Tensors<'_>,
    ) -> Result<InstanceHead> {
        let (hidden, out) = (tensors.below("hidden"), tensors.below("out"));
        let (moments, depth) = (2 * self.read.iter().sum::<usize>(), 4 * self.quads());
        let weight = hidden.get("weight", &[shape.hidden, moments])?;
        // What is read lies in whole quads: columns that no channel fills are zero.
        let mut spread = vec![0.0; shape.hidden * depth];
        for (row, mut values) in spread.chunks_exact_mut(depth).zip(weight.chunks_exact(moments)) {
            let mut at = 0;
            for channels in self.read.iter().flat_map(|&channels| [channels; 2]) {
                let (these, rest) = values.split_at(channels);
                row[at..at + channels].copy_from_slice(these);
                (at, values) = (at + channels.next_multiple_of(4), rest);
            }
        }
        let bias = hidden.get("bias", &[shape.hidden])?;
        let weight = out.get("weight", &[shape.dimension, shape.hidden])?;
        let out = Matrix::upload(gpu, &out.path("weight"), shape.hidden, &weight, &[])?;
        Ok(InstanceHead {
            hidden: Matrix::upload(gpu, &hidden.path("weight"), depth, &spread, &bias)?,
            out: out.after(dimension.div_ceil(4)),
            size: shape.hidden,
        })
    }

    /// Quads of what is read of a picture.
    fn quads(&self) -> usize {
        let quads: usize = self.read.iter().map(|channels| channels.div_ceil(4)).sum();
        if self.has_instance_head { 2 * quads } else { quads }
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

    /// From `[batch, 3, side, side]` in `pixels` to what [`projection`](Self::projection) and
    /// [`instance_head`](Self::instance_head) take.
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
        let read = space.rows(planner.gpu, "read normed", batch, 4 * self.quads())?;
        let mut first_quad = 0;
        let mut look = |planner: &mut Planner<'_>, map: &Map| {
            planner.moments(&map.rows, &read, first_quad, self.has_instance_head);
            first_quad += 2 * map.rows.quads;
        };
        let Some(mut map) = map else { return Ok(read.clone()) };
        if self.has_instance_head {
            look(planner, &map);
        }
        for (n, stage) in self.stages.iter().enumerate() {
            for block in stage {
                map = block.plan(planner, space, &map, batch)?;
            }
            if self.has_instance_head || n + 1 == self.stages.len() {
                look(planner, &map);
            }
        }
        Ok(read)
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

impl InstanceHead {
    /// From what is read to the last columns of `output`.
    pub fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        read: &Rows,
        output: &Rows,
    ) -> Result<()> {
        let hidden = space.rows(planner.gpu, "wide", read.rows, self.size)?;
        planner.matmul(read, &self.hidden, &hidden, RELU);
        planner.matmul(&hidden, &self.out, output, Epilogue::default());
        Ok(())
    }
}

impl Conv {
    /// A 3 × 3 convolution with a border of one zero.
    fn upload(gpu: &Gpu, at: &mut At, to: usize, stride: usize, tensors: &Tensors<'_>) -> Result<Self> {
        let At { side, channels, planar } = *at;
        let unfold = Unfold { side, channels, kernel: 3, stride, padding: 1, planar };
        let weight = tensors.get("weight", &[to, channels, 3, 3])?;
        *at = At { side: unfold.output(), channels: to, planar: false };
        Self::from_weight(gpu, unfold, to, &weight, tensors)
    }

    /// A mean over `stride` × `stride` pixels and a 1 × 1 convolution: together one convolution.
    fn shortcut(gpu: &Gpu, at: &At, to: usize, stride: usize, tensors: &Tensors<'_>) -> Result<Self> {
        let At { side, channels, planar } = *at;
        let unfold = Unfold { side, channels, kernel: stride, stride, padding: 0, planar };
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

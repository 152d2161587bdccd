//! What runs for a batch: kernels in their order, with their parameters and buffers.

use std::ops::Range;

use bytemuck::{Pod, Zeroable};

use crate::error::Result;
use crate::gpu::{Gpu, STORAGE};
use crate::kernels::{DEPTHWISE_STRIP, Kernel, Kernels};
use crate::rows::{Matrix, Norm, Rows, Table, Taps};
use crate::shape::Activation;

/// Pictures or texts in one submission at most. Larger batches gain nothing, and a submission that takes
/// seconds makes some systems take the GPU away.
pub(crate) const LARGEST_BATCH: usize = 256;

/// Everything that a batch of one size needs, ready to be submitted as often as such a batch comes.
pub(crate) struct Plan {
    steps: Vec<Step>,
}

struct Step {
    pipeline: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
    grid: [u32; 3],
}

/// Collects the steps of a [`Plan`].
pub(crate) struct Planner<'a> {
    pub gpu: &'a Gpu,
    kernels: &'a Kernels,
    drafts: Vec<Draft>,
}

struct Draft {
    kernel: Kernel,
    params: Vec<u8>,
    buffers: Vec<wgpu::Buffer>,
    grid: [u32; 3],
}

/// What happens to a product before it is stored.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Epilogue {
    /// The output's old value is added, before the nonlinearity.
    pub accumulate: bool,
    pub nonlinearity: Nonlinearity,
}

/// Numbered as in `matmul.wgsl`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Nonlinearity {
    #[default]
    None = 0,
    QuickGelu = 1,
    Gelu = 2,
    Relu = 3,
    GeluTanh = 4,
    Relu6 = 5,
}

/// Leaves `before` rows free ahead of each group of `rows` rows of a product.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Groups {
    pub rows: usize,
    pub before: usize,
}

/// What a query may look at; numbered as in `attention.wgsl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mask {
    /// Everything.
    None = 0,
    /// Itself and what came before.
    Causal = 1,
    /// What came up to the position of the item that is read.
    UpToRead = 2,
}

/// Where keys and values lie: in the same rows, each from a quad on.
pub(crate) struct Context<'a> {
    pub rows: &'a Rows,
    pub key_quad: usize,
    pub value_quad: usize,
}

/// How attention is split.
pub(crate) struct Heads {
    pub batch: usize,
    pub heads: usize,
    pub quads: usize,
    pub mask: Mask,
}

/// A convolution's geometry over square pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfold {
    pub side: usize,
    pub channels: usize,
    pub kernel: usize,
    pub stride: usize,
    /// Zeros before the first pixel, above and to the left.
    pub padding: usize,
    /// Zeros after the last one.
    pub after: usize,
    /// `[channels, side, side]`; else `[side · side, channels]`, rows of whole quads.
    pub planar: bool,
}

impl Unfold {
    /// The side of what comes out.
    pub fn output(&self) -> usize {
        (self.side + self.padding + self.after - self.kernel) / self.stride + 1
    }

    /// TensorFlow's "SAME", for sides that are a multiple of the stride: pictures shrink by exactly that, and of an odd
    /// number of zeros the far side has one more.
    pub fn same(self) -> Self {
        let around = self.kernel.saturating_sub(self.stride);
        Self { padding: around / 2, after: around.div_ceil(2), ..self }
    }

    /// Values under an output pixel.
    pub fn columns(&self) -> usize {
        self.channels * self.kernel * self.kernel
    }

    /// Values from a picture, a line, a pixel and a channel to the next.
    fn steps(&self) -> [usize; 4] {
        let Self { side, channels, .. } = *self;
        match self.planar {
            true => [channels * side * side, side, 1, side * side],
            false => {
                let row = channels.next_multiple_of(4);
                [side * side * row, side * row, row, 1]
            }
        }
    }
}

impl From<Activation> for Nonlinearity {
    fn from(activation: Activation) -> Self {
        match activation {
            Activation::QuickGelu => Self::QuickGelu,
            Activation::Gelu => Self::Gelu,
            Activation::GeluTanh => Self::GeluTanh,
        }
    }
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct LayerNormParams {
    rows: u32,
    quads: u32,
    epsilon: f32,
}

impl<'a> Planner<'a> {
    pub fn new(gpu: &'a Gpu, kernels: &'a Kernels) -> Self {
        Self { gpu, kernels, drafts: Vec::new() }
    }

    /// output = nonlinearity(input · matrix + bias \[+ output\]).
    pub fn matmul(&mut self, input: &Rows, matrix: &Matrix, output: &Rows, epilogue: Epilogue) {
        self.matmul_into(input, matrix, output, epilogue, Groups { rows: input.rows.max(1), before: 0 });
    }

    /// The same, with rows left free between groups of the output's rows.
    pub fn matmul_into(
        &mut self,
        input: &Rows,
        matrix: &Matrix,
        output: &Rows,
        epilogue: Epilogue,
        groups: Groups,
    ) {
        debug_assert!(input.quads == matrix.depth_quads && output.quads >= matrix.quads);
        for piece in &matrix.pieces {
            let tiles = &self.kernels.matmul;
            let (tile, kernel) = tiles
                .iter()
                .find(|(tile, _)| tile.keeps_busy(self.gpu.adapter.kind, input.rows, piece.quads))
                .unwrap_or(&tiles[tiles.len() - 1]);
            let params = numbers(&[
                input.rows,
                matrix.depth_quads,
                piece.quads,
                input.quads,
                output.quads,
                piece.first_quad,
                groups.rows,
                groups.rows + groups.before,
                groups.before,
                epilogue.nonlinearity as usize,
                usize::from(epilogue.accumulate),
            ]);
            let grid = tile.grid(input.rows, piece.quads);
            let buffers = [&input.buffer, &piece.weights, &piece.bias, &output.buffer];
            self.drafts.push(Draft::new(kernel, params, &buffers, grid));
        }
    }

    /// Normalises each row.
    pub fn layer_norm(&mut self, input: &Rows, norm: &Norm, output: &Rows) {
        let params =
            LayerNormParams { rows: input.rows as u32, quads: input.quads as u32, epsilon: norm.epsilon };
        let buffers = [&input.buffer, &norm.affine, &output.buffer];
        let grid = self.spread(input.rows);
        let params = bytemuck::bytes_of(&params).to_vec();
        self.drafts.push(Draft::new(&self.kernels.layer_norm, params, &buffers, grid));
    }

    /// Mixes `context`'s values for each query. `query` and `output` have the same number of rows for each
    /// item of the batch; `read` is the position of each item that is read.
    pub fn attention(
        &mut self,
        query: &Rows,
        context: &Context<'_>,
        read: &wgpu::Buffer,
        output: &Rows,
        heads: &Heads,
    ) {
        let queries = query.rows / heads.batch;
        let params = numbers(&[
            queries,
            context.rows.rows / heads.batch,
            query.quads,
            context.rows.quads,
            context.key_quad,
            context.value_quad,
            output.quads,
            heads.mask as usize,
        ]);
        let buffers = [&query.buffer, &context.rows.buffer, read, &output.buffer];
        let grid = [queries.div_ceil(16) as u32, heads.heads as u32, heads.batch as u32];
        self.drafts.push(Draft::new(&self.kernels.attention[&heads.quads], params, &buffers, grid));
    }

    /// Makes a row of what lies under each output pixel; `input` holds whole pictures.
    pub fn unfold(&mut self, input: &wgpu::Buffer, unfold: &Unfold, output: &Rows) {
        let outputs = unfold.output();
        let [picture, line, pixel, channel] = unfold.steps();
        let params = numbers(&[
            output.rows,
            output.quads,
            unfold.columns(),
            unfold.kernel,
            unfold.stride,
            unfold.padding,
            unfold.side,
            unfold.side,
            outputs,
            outputs,
            picture,
            line,
            pixel,
            channel,
        ]);
        self.by_quads(&self.kernels.unfold, params, &[input, &output.buffer], output);
    }

    /// ReLU6 of a convolution in which each channel has a kernel of its own, over pictures of `unfold`'s geometry, one
    /// pixel a row.
    pub fn depthwise(&mut self, input: &Rows, unfold: &Unfold, taps: &Taps, output: &Rows) {
        debug_assert!(!unfold.planar && input.quads == taps.quads && output.quads == taps.quads);
        let outputs = unfold.output();
        let strips = outputs.div_ceil(DEPTHWISE_STRIP);
        let lines = output.rows / outputs;
        let params = numbers(&[lines, output.quads, strips, unfold.side, outputs, unfold.padding]);
        let kernel = &self.kernels.depthwise[&(unfold.kernel, unfold.stride)];
        let grid = self.spread((lines * strips * output.quads).div_ceil(64));
        let buffers = [&input.buffer, &taps.weights, &taps.bias, &output.buffer];
        self.drafts.push(Draft::new(kernel, params, &buffers, grid));
    }

    /// Fills `output` with the mean of each `by` × `by` pixels of `planes` square planes, `side` pixels wide.
    pub fn shrink(
        &mut self,
        input: &wgpu::Buffer,
        (planes, side): (usize, usize),
        by: usize,
        output: &wgpu::Buffer,
    ) {
        let small = side / by;
        let params = numbers(&[planes, side, small, by]);
        let grid = self.spread((planes * small * small).div_ceil(64));
        self.drafts.push(Draft::new(&self.kernels.shrink, params, &[input, output], grid));
    }

    /// Brings the part of each row that lies in `quads` to unit length and writes it to the same row of `output`, from
    /// `first_quad` on. Zeros stay.
    pub fn unit(&mut self, input: &Rows, quads: Range<usize>, output: &Rows, first_quad: usize) {
        let params = numbers(&[output.rows, input.quads, quads.start, quads.len(), output.quads, first_quad]);
        let grid = self.spread(output.rows);
        self.drafts.push(Draft::new(&self.kernels.unit, params, &[&input.buffer, &output.buffer], grid));
    }

    /// Fills row r with row r % `positions` of `table`.
    pub fn positions(&mut self, table: &wgpu::Buffer, positions: usize, output: &Rows) {
        let params = numbers(&[output.rows, output.quads, positions]);
        self.by_quads(&self.kernels.positions, params, &[table, &output.buffer], output);
    }

    /// Fills each row with what its token means plus row r % `positions` of `places`.
    pub fn tokens(
        &mut self,
        tokens: &wgpu::Buffer,
        table: &Table,
        places: &wgpu::Buffer,
        positions: usize,
        output: &Rows,
    ) {
        for (piece, first, count) in &table.pieces {
            let params = numbers(&[output.rows, table.quads, positions, *first, *count]);
            let buffers = [tokens, piece, places, &output.buffer];
            self.by_quads(&self.kernels.tokens, params, &buffers, output);
        }
    }

    /// Fills row r with the position of item r that is read.
    pub fn gather(&mut self, input: &Rows, read: &wgpu::Buffer, output: &Rows) {
        let params = numbers(&[output.rows, output.quads, input.rows / output.rows]);
        self.by_quads(&self.kernels.gather, params, &[&input.buffer, read, &output.buffer], output);
    }

    /// Fills row r, from `first_quad` on, with the means of item r's rows and, if asked to, with how far
    /// they deviate from them.
    pub fn moments(&mut self, input: &Rows, output: &Rows, first_quad: usize, deviations: bool) {
        let pixels = input.rows / output.rows;
        let params =
            numbers(&[output.rows, input.quads, pixels, output.quads, first_quad, usize::from(deviations)]);
        let grid = self.spread(output.rows * input.quads);
        let buffers = [&input.buffer, &output.buffer];
        self.drafts.push(Draft::new(&self.kernels.moments, params, &buffers, grid));
    }

    /// A kernel in which each thread makes one quad of the output.
    fn by_quads(&mut self, kernel: &Kernel, params: Vec<u8>, buffers: &[&wgpu::Buffer], output: &Rows) {
        let grid = self.spread((output.rows * output.quads).div_ceil(64));
        self.drafts.push(Draft::new(kernel, params, buffers, grid));
    }

    /// `groups` workgroups, more if need be, over two dimensions: one alone is limited.
    fn spread(&self, groups: usize) -> [u32; 3] {
        let widest = self.gpu.limits.max_compute_workgroups_per_dimension as usize;
        let down = groups.div_ceil(widest).max(1);
        [groups.div_ceil(down) as u32, down as u32, 1]
    }

    /// Uploads the parameters and binds the buffers.
    pub fn finish(self) -> Result<Plan> {
        let stride =
            PARAMS_BYTES.next_multiple_of(self.gpu.limits.min_uniform_buffer_offset_alignment as usize);
        let fitting = (self.gpu.largest_binding() as usize / stride).max(1);
        let mut steps = Vec::with_capacity(self.drafts.len());
        for drafts in self.drafts.chunks(fitting) {
            let mut bytes = vec![0; stride * drafts.len()];
            for (draft, place) in drafts.iter().zip(bytes.chunks_exact_mut(stride)) {
                place[..draft.params.len()].copy_from_slice(&draft.params);
            }
            let usage = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
            let params = self.gpu.buffer("parameters", bytes.len() as u64, usage)?;
            self.gpu.queue.write_buffer(&params, 0, &bytes);
            let bind = |(n, draft): (usize, &Draft)| draft.bind(self.gpu, &params, n * stride);
            steps.extend(drafts.iter().enumerate().map(bind));
        }
        self.gpu.check()?;
        Ok(Plan { steps })
    }
}

/// Of the kernel that has most parameters.
const PARAMS_BYTES: usize = 64;

impl Draft {
    fn new(kernel: &Kernel, params: Vec<u8>, buffers: &[&wgpu::Buffer], grid: [u32; 3]) -> Self {
        let buffers = buffers.iter().map(|&buffer| buffer.clone()).collect();
        Self { kernel: kernel.clone(), params, buffers, grid }
    }

    fn bind(&self, gpu: &Gpu, params: &wgpu::Buffer, offset: usize) -> Step {
        let params = wgpu::BufferBinding {
            buffer: params,
            offset: offset as u64,
            size: wgpu::BufferSize::new(self.params.len() as u64),
        };
        let buffers = self.buffers.iter().map(wgpu::Buffer::as_entire_binding);
        let entries: Vec<_> = std::iter::once(wgpu::BindingResource::Buffer(params))
            .chain(buffers)
            .zip(0..)
            .map(|(resource, binding)| wgpu::BindGroupEntry { binding, resource })
            .collect();
        let bindings = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &self.kernel.bindings,
            entries: &entries,
        });
        Step { pipeline: self.kernel.pipeline.clone(), bindings, grid: self.grid }
    }
}

impl Plan {
    /// Runs it and returns the first `rows` of `output`, by one submission. What was written to the inputs
    /// before goes with it.
    pub fn run(&self, gpu: &Gpu, output: &Rows, answer: &wgpu::Buffer) -> Result<Vec<f32>> {
        let mut commands = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut pass = commands.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        for step in &self.steps {
            pass.set_pipeline(&step.pipeline);
            pass.set_bind_group(0, &step.bindings, &[]);
            pass.dispatch_workgroups(step.grid[0], step.grid[1], step.grid[2]);
        }
        drop(pass);
        let bytes = Rows::bytes(output.rows, output.quads);
        commands.copy_buffer_to_buffer(&output.buffer, 0, answer, 0, bytes);
        gpu.finish(commands, answer, bytes)
    }
}

/// A buffer that an answer is read from.
pub(crate) const ANSWER: wgpu::BufferUsages =
    wgpu::BufferUsages::MAP_READ.union(wgpu::BufferUsages::COPY_DST);

/// A buffer that inputs are written to.
pub(crate) const INPUT: wgpu::BufferUsages = STORAGE;

fn numbers(numbers: &[usize]) -> Vec<u8> {
    numbers.iter().flat_map(|&n| (n as u32).to_le_bytes()).collect()
}

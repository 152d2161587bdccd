//! An image tower and a text tower that meet in one space, or an image tower alone.

use crate::adapter::Adapter;
use crate::error::{Error, Result};
use crate::gpu::Gpu;
use crate::images::ImageEncoder;
use crate::kernels::Kernels;
use crate::options::Options;
use crate::plan::{ANSWER, Epilogue, INPUT, LARGEST_BATCH, Plan, Planner};
use crate::rows::{Rows, Workspace};
use crate::shape::{Shape, TextReading, TextShape};
use crate::tensors::{Source, Tensors};
use crate::text::TextTower;
use crate::tile::SMALLEST_TILE_ROWS;

/// Plans that are kept; texts of many lengths would make one each.
const KEPT_PLANS: usize = 16;

/// A model on a GPU.
pub struct Clip {
    gpu: Gpu,
    kernels: Kernels,
    images: ImageEncoder,
    /// Nothing in a model that knows pictures only.
    text_tower: Option<TextTower>,
    shape: Shape,
    workspace: Workspace,
    /// The newest last.
    plans: Vec<Planned>,
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Images { batch: usize },
    Texts { batch: usize, positions: usize },
}

/// Steps that are not bound to their buffers yet.
struct Drafted<'a> {
    planner: Planner<'a>,
    inputs: Vec<wgpu::Buffer>,
    output: Rows,
    answer: wgpu::Buffer,
}

struct Planned {
    work: Work,
    plan: Plan,
    inputs: Vec<wgpu::Buffer>,
    output: Rows,
    answer: wgpu::Buffer,
}

impl Clip {
    /// Opens the GPU, compiles the kernels and uploads the weights. `tensors` gives each tensor by the
    /// name that transformers' `CLIPModel` or `SiglipModel` has for it.
    ///
    /// # Errors
    /// [`Error::NoAdapter`], [`Error::OnlySoftware`], [`Error::UnknownAdapter`] or [`Error::Open`] if there
    /// is no such GPU; [`Error::Shape`], [`Error::Tensor`] or [`Error::Limit`] if the model is not for it;
    /// [`Error::OutOfMemory`], [`Error::Lost`] or [`Error::Driver`] if it failed.
    pub fn open(shape: Shape, tensors: &Source<'_>, options: &Options) -> Result<Self> {
        Self::on(Gpu::open(options)?, shape, tensors)
    }

    /// The GPU comes first: one that is not there is the same error for every model.
    pub(crate) fn on(gpu: Gpu, shape: Shape, tensors: &Source<'_>) -> Result<Self> {
        shape.check()?;
        let kernels = Kernels::new(&gpu, &shape)?;
        let tensors = Tensors::new(tensors);
        let text_tower =
            shape.text.as_ref().map(|text| TextTower::upload(&gpu, text, shape.dimension, &tensors));
        Ok(Self {
            images: ImageEncoder::upload(&gpu, &shape, &tensors)?,
            text_tower: text_tower.transpose()?,
            kernels,
            gpu,
            shape,
            workspace: Workspace::default(),
            plans: Vec::new(),
        })
    }

    /// What it runs on.
    pub fn adapter(&self) -> &Adapter {
        &self.gpu.adapter
    }

    /// Takes the device away, as a driver does that resets it: so that what happens then can be tried.
    pub fn lose(&self) {
        self.gpu.device.destroy();
    }

    /// `pixels`: `[batch, 3, height, width]`, f32, RGB, normalised. Returns `[batch, dimension + instance dimension]`,
    /// neither part of unit norm yet.
    ///
    /// # Errors
    /// [`Error::Input`] if that is no whole number of pictures; [`Error::OutOfMemory`], [`Error::Lost`] or
    /// [`Error::Driver`] if the GPU failed.
    pub fn encode_images(&mut self, pixels: &[f32]) -> Result<Vec<f32>> {
        let picture = self.shape.pixels();
        if !pixels.len().is_multiple_of(picture) {
            let received = pixels.len();
            return Err(Error::Input(format!("expected pictures of {picture} values, got {received}")));
        }
        let (bytes, rows) = (self.images.bytes_per_item(), self.images.rows_per_item());
        let largest = self.largest_batch(bytes.max(4 * picture as u64), rows)?;
        let mut embeddings = Vec::new();
        for pixels in pixels.chunks(largest * picture) {
            let work = Work::Images { batch: pixels.len() / picture };
            embeddings.extend(self.run(work, &[bytemuck::cast_slice(pixels)])?);
        }
        Ok(embeddings)
    }

    /// `texts`: token ids of each, begin and end token included, read at the last. Returns
    /// `[batch, dimension]`, not yet of unit norm.
    ///
    /// # Errors
    /// [`Error::Input`] if a text is empty, too long, shorter than a tower without a causal mask reads, or has an
    /// unknown token, or if the model knows pictures only; else as [`encode_images`](Self::encode_images).
    pub fn encode_texts(&mut self, texts: &[&[u32]]) -> Result<Vec<f32>> {
        let (Some(tower), Some(shape)) = (&self.text_tower, &self.shape.text) else {
            return Err(Error::Input("it knows pictures only".into()));
        };
        texts.iter().try_for_each(|text| check_text(shape, text))?;
        // What follows a text's end cannot reach it, under a causal mask and under one of lengths: the batch is as long
        // as its longest. Without a mask all texts have one length.
        let positions = texts.iter().map(|text| text.len()).max().unwrap_or(0);
        let largest = self.largest_batch(tower.bytes_per_item(positions), positions)?;
        let mut embeddings = Vec::new();
        for texts in texts.chunks(largest) {
            let padded = texts
                .iter()
                .flat_map(|text| text.iter().copied().chain(std::iter::repeat(0)).take(positions));
            let tokens: Vec<u32> = padded.collect();
            let ends: Vec<u32> = texts.iter().map(|text| text.len() as u32 - 1).collect();
            let work = Work::Texts { batch: texts.len(), positions };
            embeddings.extend(self.run(work, &[bytemuck::cast_slice(&tokens), bytemuck::cast_slice(&ends)])?);
        }
        Ok(embeddings)
    }

    /// How many items of which one needs a buffer of `bytes` and a matrix of `rows` the adapter takes at a
    /// time.
    fn largest_batch(&self, bytes: u64, rows: usize) -> Result<usize> {
        let allowed = self.gpu.largest_binding();
        let groups = self.gpu.limits.max_compute_workgroups_per_dimension as usize;
        let by_rows = groups * SMALLEST_TILE_ROWS / rows.max(1);
        let largest = ((allowed / bytes.max(1)) as usize).min(by_rows).min(groups).min(LARGEST_BATCH);
        match largest {
            0 => Err(Error::Limit { what: "bytes per buffer", needed: bytes, allowed }),
            largest => Ok(largest),
        }
    }

    /// Runs one batch and returns its rows.
    fn run(&mut self, work: Work, inputs: &[&[u8]]) -> Result<Vec<f32>> {
        let planned = match self.plans.iter().position(|planned| planned.work == work) {
            Some(at) => self.plans.remove(at),
            None => self.plan(work, inputs)?,
        };
        for (buffer, bytes) in planned.inputs.iter().zip(inputs) {
            self.gpu.queue.write_buffer(buffer, 0, bytes);
        }
        let rows = planned.plan.run(&self.gpu, &planned.output, &planned.answer)?;
        let row = 4 * planned.output.quads;
        self.plans.push(planned);
        let columns = match work {
            Work::Images { .. } => self.images.columns(),
            Work::Texts { .. } => std::iter::once(0..self.shape.dimension).collect(),
        };
        let parts =
            rows.chunks_exact(row).flat_map(|row| columns.iter().flat_map(|columns| &row[columns.clone()]));
        Ok(parts.copied().collect())
    }

    fn plan(&mut self, work: Work, inputs: &[&[u8]]) -> Result<Planned> {
        let mut space = std::mem::take(&mut self.workspace);
        let before = space.bytes();
        let planned = self.draft_twice(&mut space, work, inputs);
        if space.bytes() != before {
            // The plans that there are hold the smaller buffers, which would stay with them.
            self.plans.clear();
        } else if self.plans.len() == KEPT_PLANS {
            self.plans.remove(0);
        }
        self.workspace = space;
        planned
    }

    /// Buffers may grow on the way. Drafted again, all are the grown ones.
    fn draft_twice(&self, space: &mut Workspace, work: Work, inputs: &[&[u8]]) -> Result<Planned> {
        let before = space.bytes();
        let draft = self.draft(space, work, inputs)?;
        if space.bytes() == before {
            draft.finish(work)
        } else {
            self.draft(space, work, inputs)?.finish(work)
        }
    }

    fn draft(&self, space: &mut Workspace, work: Work, inputs: &[&[u8]]) -> Result<Drafted<'_>> {
        let gpu = &self.gpu;
        let mut planner = Planner::new(gpu, &self.kernels);
        let mut buffers = Vec::new();
        for (part, bytes) in ["input", "read"].into_iter().zip(inputs) {
            buffers.push(space.buffer(gpu, part, bytes.len() as u64, INPUT)?);
        }
        let output = match (work, &self.text_tower) {
            (Work::Images { batch }, _) => self.images.plan(&mut planner, space, &buffers[0], batch)?,
            (Work::Texts { batch, positions }, Some(tower)) => {
                let inputs = (&buffers[0], &buffers[1]);
                let read = tower.plan(&mut planner, space, inputs, (batch, positions))?;
                let output = space.rows(gpu, "embeddings", batch, self.shape.dimension)?;
                planner.matmul(&read, tower.projection(), &output, Epilogue::default());
                output
            }
            (Work::Texts { .. }, None) => return Err(Error::Input("it knows pictures only".into())),
        };
        let answer = space.buffer(gpu, "answer", Rows::bytes(output.rows, output.quads), ANSWER)?;
        Ok(Drafted { planner, inputs: buffers, output, answer })
    }
}

impl Drafted<'_> {
    fn finish(self, work: Work) -> Result<Planned> {
        let Self { planner, inputs, output, answer } = self;
        Ok(Planned { work, plan: planner.finish()?, inputs, output, answer })
    }
}

fn check_text(shape: &TextShape, text: &[u32]) -> Result<()> {
    let &TextShape { vocabulary, positions, reading, .. } = shape;
    let shortest = if reading == TextReading::LastPosition { positions } else { 1 };
    if !(shortest..=positions).contains(&text.len()) {
        let received = text.len();
        return Err(Error::Input(format!(
            "expected a text of {shortest} to {positions} tokens, got {received}"
        )));
    }
    match text.iter().find(|&&token| token as usize >= vocabulary) {
        Some(token) => Err(Error::Input(format!("token {token} is beyond the {vocabulary} that are known"))),
        None => Ok(()),
    }
}

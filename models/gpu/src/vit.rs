//! Vision transformers over square patches: CLIP's, SigLIP's and DINOv2's.

use crate::attention_pooling::AttentionPooling;
use crate::error::Result;
use crate::gpu::Gpu;
use crate::plan::{Epilogue, Groups, LARGEST_BATCH, Mask, Planner, Unfold};
use crate::rows::{Matrix, Norm, Rows, Workspace};
use crate::shape::{TransformerShape, ViTKind};
use crate::tensors::Tensors;
use crate::transformer::{Answer, Batch, Flow, Norms, Transformer, norm};

pub(crate) struct ViT {
    unfold: Unfold,
    patch_embedding: Matrix,
    /// `[positions, hidden]`, the class in the first if there is one.
    positions: wgpu::Buffer,
    transformer: Transformer,
    post_layer_norm: Norm,
    reading: Reading,
    shape: TransformerShape,
    /// Zeros: the class stands first.
    read: wgpu::Buffer,
}

/// Where a picture is read.
enum Reading {
    /// At a class position, before the patches. CLIP normalises all positions before the first layer, DINOv2 does not.
    ClassPosition { pre_layer_norm: Option<Norm> },
    /// By one query that asks all patches.
    Attention(Box<AttentionPooling>),
}

impl Reading {
    fn upload(gpu: &Gpu, kind: ViTKind, shape: TransformerShape, tensors: &Tensors<'_>) -> Result<Self> {
        // Misspelt in every checkpoint.
        let pre_layer_norm = || norm(gpu, "pre_layrnorm", shape.hidden, shape.epsilon, tensors);
        Ok(match kind {
            ViTKind::Clip => Self::ClassPosition { pre_layer_norm: Some(pre_layer_norm()?) },
            ViTKind::Dinov2 => Self::ClassPosition { pre_layer_norm: None },
            ViTKind::SigLip => {
                Self::Attention(Box::new(AttentionPooling::upload(gpu, shape, &tensors.below("head"))?))
            }
        })
    }

    /// Positions before the patches.
    fn before(&self) -> usize {
        usize::from(matches!(self, Self::ClassPosition { .. }))
    }
}

impl ViT {
    pub fn upload(
        gpu: &Gpu,
        kind: ViTKind,
        (side, patch): (usize, usize),
        shape: TransformerShape,
        tensors: &Tensors<'_>,
    ) -> Result<Self> {
        let (embeddings, hidden) = (tensors.below("embeddings"), shape.hidden);
        let unfold =
            Unfold { side, channels: 3, kernel: patch, stride: patch, padding: 0, after: 0, planar: true };
        let weight = embeddings.get("patch_embedding.weight", &[hidden, 3, patch, patch])?;
        let bias = match kind {
            ViTKind::Clip => Vec::new(),
            ViTKind::SigLip | ViTKind::Dinov2 => embeddings.get("patch_embedding.bias", &[hidden])?,
        };
        let reading = Reading::upload(gpu, kind, shape, tensors)?;
        let count = unfold.output().pow(2) + reading.before();
        let mut positions = embeddings.get("position_embedding.weight", &[count, hidden])?;
        if reading.before() > 0 {
            let class = embeddings.get("class_embedding", &[hidden])?;
            positions.iter_mut().zip(class).for_each(|(position, class)| *position += class);
        }
        let answer = if reading.before() > 0 { Answer::Read } else { Answer::All };
        let flow = Flow { mask: Mask::None, answer, norms: Norms::Before };
        let name = embeddings.path("patch_embedding");
        Ok(Self {
            patch_embedding: Matrix::upload(gpu, &name, unfold.columns(), &weight, &bias)?,
            positions: gpu.upload("positions", bytemuck::cast_slice(&positions))?,
            transformer: Transformer::upload(gpu, shape, flow, &tensors.below("encoder"))?,
            post_layer_norm: norm(gpu, "post_layernorm", hidden, shape.epsilon, tensors)?,
            reading,
            read: gpu.upload("class", bytemuck::cast_slice(&[0u32; LARGEST_BATCH]))?,
            unfold,
            shape,
        })
    }

    /// Bytes of the largest buffer that one picture needs.
    pub fn bytes_per_item(&self) -> u64 {
        let widest = Transformer::widest(&self.shape).max(self.unfold.columns());
        Rows::bytes(self.rows_per_item(), widest.div_ceil(4))
    }

    /// Rows of the largest matrix that one picture needs.
    pub fn rows_per_item(&self) -> usize {
        self.unfold.output().pow(2) + self.reading.before()
    }

    /// From `[batch, 3, side, side]` in `pixels` to `[batch, hidden]`.
    pub fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        pixels: &wgpu::Buffer,
        batch: usize,
    ) -> Result<Rows> {
        let (gpu, hidden) = (planner.gpu, self.shape.hidden);
        let states = space.rows(gpu, "states", batch * self.rows_per_item(), hidden)?;
        let normed = space.rows(gpu, "normed", states.rows, hidden)?;
        match &self.reading {
            Reading::ClassPosition { pre_layer_norm: Some(norm) } => {
                self.plan_embedding(planner, space, pixels, &normed)?;
                planner.layer_norm(&normed, norm, &states);
            }
            _ => self.plan_embedding(planner, space, pixels, &states)?,
        }
        let of_batch = Batch { states: &states, items: batch, read: &self.read };
        let states = self.transformer.plan(planner, space, &of_batch)?;
        match &self.reading {
            Reading::ClassPosition { .. } => {
                let normed = space.rows(gpu, "read normed", batch, hidden)?;
                planner.layer_norm(&states, &self.post_layer_norm, &normed);
                Ok(normed)
            }
            Reading::Attention(pooling) => {
                planner.layer_norm(&states, &self.post_layer_norm, &normed);
                pooling.plan(planner, space, &normed, (batch, &self.read))
            }
        }
    }

    /// Fills `embedded` `[batch · positions, hidden]` with positions and patches.
    fn plan_embedding(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        pixels: &wgpu::Buffer,
        embedded: &Rows,
    ) -> Result<()> {
        let (positions, before) = (self.rows_per_item(), self.reading.before());
        let patches = positions - before;
        let rows = embedded.rows / positions * patches;
        let unfolded = space.rows(planner.gpu, "wide", rows, self.unfold.columns())?;
        planner.unfold(pixels, &self.unfold, &unfolded);
        planner.positions(&self.positions, positions, embedded);
        let add = Epilogue { accumulate: true, ..Default::default() };
        let groups = Groups { rows: patches, before };
        planner.matmul_into(&unfolded, &self.patch_embedding, embedded, add, groups);
        Ok(())
    }
}

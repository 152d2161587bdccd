//! CLIP's vision transformer.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::plan::{Epilogue, Groups, LARGEST_BATCH, Planner, Unfold};
use crate::rows::{Matrix, Norm, Rows, Workspace};
use crate::shape::TransformerShape;
use crate::tensors::Tensors;
use crate::transformer::{Batch, Transformer, norm};

pub(crate) struct ViT {
    unfold: Unfold,
    patch_embedding: Matrix,
    /// `[patches + 1, hidden]`, the class in the first.
    positions: wgpu::Buffer,
    pre_layer_norm: Norm,
    transformer: Transformer,
    post_layer_norm: Norm,
    shape: TransformerShape,
    /// Zeros: the class stands first.
    read: wgpu::Buffer,
}

impl ViT {
    pub fn upload(
        gpu: &Gpu,
        side: usize,
        patch: usize,
        shape: TransformerShape,
        tensors: &Tensors<'_>,
    ) -> Result<Self> {
        let embeddings = tensors.below("embeddings");
        let unfold = Unfold { side, channels: 3, kernel: patch, stride: patch, padding: 0, planar: true };
        let weight = embeddings.get("patch_embedding.weight", &[shape.hidden, 3, patch, patch])?;
        let name = embeddings.path("patch_embedding");
        let count = unfold.output().pow(2) + 1;
        let mut positions = embeddings.get("position_embedding.weight", &[count, shape.hidden])?;
        let class = embeddings.get("class_embedding", &[shape.hidden])?;
        positions.iter_mut().zip(class).for_each(|(position, class)| *position += class);
        Ok(Self {
            patch_embedding: Matrix::upload(gpu, &name, unfold.columns(), &weight, &[])?,
            positions: gpu.upload("positions", bytemuck::cast_slice(&positions))?,
            // Misspelt in every checkpoint.
            pre_layer_norm: norm(gpu, "pre_layrnorm", shape.hidden, shape.epsilon, tensors)?,
            transformer: Transformer::upload(gpu, shape, false, &tensors.below("encoder"))?,
            post_layer_norm: norm(gpu, "post_layernorm", shape.hidden, shape.epsilon, tensors)?,
            read: gpu.upload("class", bytemuck::cast_slice(&[0u32; LARGEST_BATCH]))?,
            unfold,
            shape,
        })
    }

    /// Bytes of the largest buffer that one picture needs.
    pub fn bytes_per_item(&self) -> u64 {
        let positions = self.unfold.output().pow(2) + 1;
        let widest = Transformer::widest(&self.shape).max(self.unfold.columns());
        Rows::bytes(positions, widest.div_ceil(4))
    }

    /// Rows of the largest matrix that one picture needs.
    pub fn rows_per_item(&self) -> usize {
        self.unfold.output().pow(2) + 1
    }

    /// From `[batch, 3, side, side]` in `pixels` to `[batch, hidden]`.
    pub fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        pixels: &wgpu::Buffer,
        batch: usize,
    ) -> Result<Rows> {
        let (gpu, hidden, patches) = (planner.gpu, self.shape.hidden, self.unfold.output().pow(2));
        let positions = patches + 1;
        let unfolded = space.rows(gpu, "wide", batch * patches, self.unfold.columns())?;
        let embedded = space.rows(gpu, "normed", batch * positions, hidden)?;
        let states = space.rows(gpu, "states", batch * positions, hidden)?;
        planner.unfold(pixels, &self.unfold, &unfolded);
        planner.positions(&self.positions, positions, &embedded);
        let add = Epilogue { accumulate: true, ..Default::default() };
        let groups = Groups { rows: patches, before: 1 };
        planner.matmul_into(&unfolded, &self.patch_embedding, &embedded, add, groups);
        planner.layer_norm(&embedded, &self.pre_layer_norm, &states);
        let of_batch = Batch { states: &states, items: batch, read: &self.read };
        let class = self.transformer.plan(planner, space, &of_batch)?;
        let normed = space.rows(gpu, "read normed", batch, hidden)?;
        planner.layer_norm(&class, &self.post_layer_norm, &normed);
        Ok(normed)
    }
}

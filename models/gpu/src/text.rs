//! The text tower: a causal transformer, read at the end token.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::plan::Planner;
use crate::rows::{Norm, Rows, Table, Workspace};
use crate::shape::TextShape;
use crate::tensors::Tensors;
use crate::transformer::{Batch, Transformer, norm};

pub(crate) struct TextTower {
    words: Table,
    /// `[positions, hidden]`
    positions: wgpu::Buffer,
    transformer: Transformer,
    final_layer_norm: Norm,
    shape: TextShape,
}

impl TextTower {
    pub fn upload(gpu: &Gpu, shape: &TextShape, tensors: &Tensors<'_>) -> Result<Self> {
        let (embeddings, layers) = (tensors.below("embeddings"), shape.transformer);
        let hidden = layers.hidden;
        let words = embeddings.get("token_embedding.weight", &[shape.vocabulary, hidden])?;
        let positions = embeddings.get("position_embedding.weight", &[shape.positions, hidden])?;
        Ok(Self {
            words: Table::upload(gpu, &embeddings.path("token_embedding"), hidden, &words)?,
            positions: gpu.upload("positions", bytemuck::cast_slice(&positions))?,
            transformer: Transformer::upload(gpu, layers, true, &tensors.below("encoder"))?,
            final_layer_norm: norm(gpu, "final_layer_norm", hidden, layers.epsilon, tensors)?,
            shape: shape.clone(),
        })
    }

    /// Bytes of the largest buffer that one text of so many tokens needs.
    pub fn bytes_per_item(&self, positions: usize) -> u64 {
        Rows::bytes(positions, Transformer::widest(&self.shape.transformer) / 4)
    }

    /// From token ids `[batch, positions]` in `tokens`, each text read at its position in `read`, to
    /// `[batch, hidden]`.
    pub fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        (tokens, read): (&wgpu::Buffer, &wgpu::Buffer),
        (batch, positions): (usize, usize),
    ) -> Result<Rows> {
        let (gpu, hidden) = (planner.gpu, self.shape.transformer.hidden);
        let states = space.rows(gpu, "states", batch * positions, hidden)?;
        planner.tokens(tokens, &self.words, &self.positions, positions, &states);
        let of_batch = Batch { states: &states, items: batch, read };
        let ends = self.transformer.plan(planner, space, &of_batch)?;
        let normed = space.rows(gpu, "read normed", batch, hidden)?;
        planner.layer_norm(&ends, &self.final_layer_norm, &normed);
        Ok(normed)
    }
}

//! The text tower: a transformer, read at one position.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::plan::{Mask, Planner};
use crate::rows::{Matrix, Norm, Rows, Table, Workspace};
use crate::shape::{TextReading, TextShape};
use crate::tensors::Tensors;
use crate::transformer::{Answer, Batch, Transformer, matrix, norm};

pub(crate) struct TextTower {
    words: Table,
    /// `[positions, hidden]`
    positions: wgpu::Buffer,
    transformer: Transformer,
    final_layer_norm: Norm,
    projection: Matrix,
    shape: TextShape,
}

impl TextTower {
    /// `dimension`: values of an embedding; `tensors`: those of the whole model.
    pub fn upload(gpu: &Gpu, shape: &TextShape, dimension: usize, tensors: &Tensors<'_>) -> Result<Self> {
        let projection = projection(gpu, shape, dimension, tensors)?;
        let tensors = &tensors.below("text_model");
        let mask = match shape.reading {
            TextReading::EndToken => Mask::Causal,
            TextReading::LastPosition => Mask::None,
        };
        let (embeddings, layers) = (tensors.below("embeddings"), shape.transformer);
        let hidden = layers.hidden;
        let words = embeddings.get("token_embedding.weight", &[shape.vocabulary, hidden])?;
        let positions = embeddings.get("position_embedding.weight", &[shape.positions, hidden])?;
        Ok(Self {
            words: Table::upload(gpu, &embeddings.path("token_embedding"), hidden, &words)?,
            positions: gpu.upload("positions", bytemuck::cast_slice(&positions))?,
            transformer: Transformer::upload(gpu, layers, mask, Answer::Read, &tensors.below("encoder"))?,
            final_layer_norm: norm(gpu, "final_layer_norm", hidden, layers.epsilon, tensors)?,
            projection,
            shape: shape.clone(),
        })
    }

    /// From what the tower gives to an embedding.
    pub fn projection(&self) -> &Matrix {
        &self.projection
    }

    /// Bytes of the largest buffer that one text of so many tokens needs.
    pub fn bytes_per_item(&self, positions: usize) -> u64 {
        Rows::bytes(positions, Transformer::widest(&self.shape.transformer) / 4)
    }

    /// From token ids `[batch, positions]` in `tokens`, each text read at its position in `read`, to
    /// `[batch, hidden]`, which the [`projection`](Self::projection) reads.
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

fn projection(gpu: &Gpu, shape: &TextShape, dimension: usize, tensors: &Tensors<'_>) -> Result<Matrix> {
    let hidden = shape.transformer.hidden;
    match shape.reading {
        TextReading::EndToken => {
            let weight = tensors.below("text_projection").get("weight", &[dimension, hidden])?;
            Matrix::upload(gpu, "text_projection", hidden, &weight, &[])
        }
        TextReading::LastPosition => matrix(gpu, "text_model.head", [hidden, dimension], tensors),
    }
}

//! The text tower: a transformer, read at one position or by the mean of all.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::plan::{Context, Epilogue, Heads, Mask, Nonlinearity, Planner};
use crate::rows::{Matrix, Norm, Rows, Table, Workspace};
use crate::shape::{TextReading, TextShape};
use crate::tensors::Tensors;
use crate::transformer::{Answer, Batch, Flow, Norms, Transformer, matrix, norm};

pub(crate) struct TextTower {
    words: Table,
    /// `[positions, hidden]`
    positions: wgpu::Buffer,
    transformer: Transformer,
    reading: Reading,
    /// From what [`plan`](Self::plan) gives to an embedding.
    projection: Matrix,
    shape: TextShape,
}

/// What is before and behind the layers.
enum Reading {
    AtPosition { final_layer_norm: Norm },
    Mean { embedding_norm: Norm, zeros: wgpu::Buffer, fc1: Matrix, inner: usize },
}

impl Reading {
    fn upload(gpu: &Gpu, shape: &TextShape, tensors: &Tensors<'_>) -> Result<Self> {
        let (hidden, epsilon) = (shape.transformer.hidden, shape.transformer.epsilon);
        let TextReading::Mean { hidden: inner } = shape.reading else {
            let final_layer_norm = norm(gpu, "final_layer_norm", hidden, epsilon, tensors)?;
            return Ok(Self::AtPosition { final_layer_norm });
        };
        let weight = tensors.get("head.fc1.weight", &[inner, hidden])?;
        Ok(Self::Mean {
            embedding_norm: norm(gpu, "embeddings.layer_norm", hidden, epsilon, tensors)?,
            zeros: gpu.upload("zeros", bytemuck::cast_slice(&vec![0.0f32; hidden]))?,
            fc1: Matrix::upload(gpu, &tensors.path("head.fc1"), hidden, &weight, &[])?,
            inner,
        })
    }
}

impl TextTower {
    /// `dimension`: values of an embedding; `tensors`: those of the whole model.
    pub fn upload(gpu: &Gpu, shape: &TextShape, dimension: usize, tensors: &Tensors<'_>) -> Result<Self> {
        let projection = projection(gpu, shape, dimension, tensors)?;
        let tensors = &tensors.below("text_model");
        let (embeddings, layers) = (tensors.below("embeddings"), shape.transformer);
        let hidden = layers.hidden;
        let words = embeddings.get("token_embedding.weight", &[shape.vocabulary, hidden])?;
        let mut positions = embeddings.get("position_embedding.weight", &[shape.positions, hidden])?;
        if matches!(shape.reading, TextReading::Mean { .. }) {
            // There is one kind of text.
            let kind = embeddings.get("token_type_embedding.weight", &[1, hidden])?;
            positions.iter_mut().zip(kind.iter().cycle()).for_each(|(value, kind)| *value += kind);
        }
        Ok(Self {
            words: Table::upload(gpu, &embeddings.path("token_embedding"), hidden, &words)?,
            positions: gpu.upload("positions", bytemuck::cast_slice(&positions))?,
            transformer: Transformer::upload(gpu, layers, flow(shape.reading), &tensors.below("encoder"))?,
            reading: Reading::upload(gpu, shape, tensors)?,
            projection,
            shape: shape.clone(),
        })
    }

    /// From what [`plan`](Self::plan) gives to an embedding.
    pub fn projection(&self) -> &Matrix {
        &self.projection
    }

    /// Bytes of the largest buffer that one text of so many tokens needs.
    pub fn bytes_per_item(&self, positions: usize) -> u64 {
        Rows::bytes(positions, Transformer::widest(&self.shape.transformer) / 4)
    }

    /// From token ids `[batch, positions]` in `tokens`, each text read at its position in `read` or up to it, to what
    /// the [`projection`](Self::projection) reads of each text.
    pub fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        (tokens, read): (&wgpu::Buffer, &wgpu::Buffer),
        (batch, positions): (usize, usize),
    ) -> Result<Rows> {
        let (gpu, hidden) = (planner.gpu, self.shape.transformer.hidden);
        let states = space.rows(gpu, "states", batch * positions, hidden)?;
        let of_batch = Batch { states: &states, items: batch, read };
        match &self.reading {
            Reading::AtPosition { final_layer_norm } => {
                planner.tokens(tokens, &self.words, &self.positions, positions, &states);
                let ends = self.transformer.plan(planner, space, &of_batch)?;
                let normed = space.rows(gpu, "read normed", batch, hidden)?;
                planner.layer_norm(&ends, final_layer_norm, &normed);
                Ok(normed)
            }
            Reading::Mean { embedding_norm, zeros, fc1, inner } => {
                let embedded = space.rows(gpu, "normed", states.rows, hidden)?;
                planner.tokens(tokens, &self.words, &self.positions, positions, &embedded);
                planner.layer_norm(&embedded, embedding_norm, &states);
                self.transformer.plan(planner, space, &of_batch)?;
                let means = self.plan_means(planner, space, &of_batch, zeros)?;
                let read = space.rows(gpu, "read inner", batch, *inner)?;
                let activate = Epilogue { nonlinearity: Nonlinearity::Gelu, ..Default::default() };
                planner.matmul(&means, fc1, &read, activate);
                Ok(read)
            }
        }
    }

    /// The mean of each text's positions, `[items, hidden]`: a query of zeros gives all that it sees the same weight.
    fn plan_means(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        batch: &Batch<'_>,
        zeros: &wgpu::Buffer,
    ) -> Result<Rows> {
        let (gpu, layers) = (planner.gpu, self.shape.transformer);
        let query = space.rows(gpu, "read query", batch.items, layers.hidden)?;
        let means = space.rows(gpu, "read mixed", batch.items, layers.hidden)?;
        planner.positions(zeros, 1, &query);
        let context = Context { rows: batch.states, key_quad: 0, value_quad: 0 };
        let quads = layers.head() / 4;
        let heads = Heads { batch: batch.items, heads: layers.heads, quads, mask: Mask::UpToRead };
        planner.attention(&query, &context, batch.read, &means, &heads);
        Ok(means)
    }
}

fn flow(reading: TextReading) -> Flow {
    let (mask, answer, norms) = match reading {
        TextReading::EndToken => (Mask::Causal, Answer::Read, Norms::Before),
        TextReading::LastPosition => (Mask::None, Answer::Read, Norms::Before),
        TextReading::Mean { .. } => (Mask::UpToRead, Answer::All, Norms::After),
    };
    Flow { mask, answer, norms }
}

fn projection(gpu: &Gpu, shape: &TextShape, dimension: usize, tensors: &Tensors<'_>) -> Result<Matrix> {
    let (name, from) = match shape.reading {
        TextReading::EndToken => ("text_projection", shape.transformer.hidden),
        TextReading::LastPosition => {
            return matrix(gpu, "text_model.head", [shape.transformer.hidden, dimension], tensors);
        }
        TextReading::Mean { hidden } => ("text_model.head.fc2", hidden),
    };
    let weight = tensors.below(name).get("weight", &[dimension, from])?;
    Matrix::upload(gpu, name, from, &weight, &[])
}

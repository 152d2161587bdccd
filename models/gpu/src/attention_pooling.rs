//! SigLIP's attention pooling: one learned query asks all patches of a picture.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::plan::{Context, Epilogue, Heads, Mask, Planner};
use crate::rows::{Matrix, Rows, Workspace};
use crate::shape::TransformerShape;
use crate::tensors::Tensors;
use crate::transformer::{FeedForward, matrix};

pub(crate) struct AttentionPooling {
    /// `[hidden]`, with the scale of the scores in it. It does not depend on the picture, so it is projected once, here.
    query: wgpu::Buffer,
    /// Key and value side by side.
    context: Matrix,
    out: Matrix,
    feed_forward: FeedForward,
    shape: TransformerShape,
}

impl AttentionPooling {
    pub fn upload(gpu: &Gpu, shape: TransformerShape, tensors: &Tensors<'_>) -> Result<Self> {
        let (hidden, attention) = (shape.hidden, tensors.below("attention"));
        // PyTorch's `MultiheadAttention` has query, key and value in one tensor.
        let weight = attention.get("in_proj_weight", &[3 * hidden, hidden])?;
        let bias = attention.get("in_proj_bias", &[3 * hidden])?;
        let probe = tensors.get("probe", &[1, 1, hidden])?;
        let mut query = projected(&probe, &weight, &bias);
        query.iter_mut().for_each(|value| *value *= shape.score_scale());
        let name = attention.path("kv");
        Ok(Self {
            query: gpu.upload("query", bytemuck::cast_slice(&query))?,
            context: Matrix::upload(gpu, &name, hidden, &weight[hidden * hidden..], &bias[hidden..])?,
            out: matrix(gpu, "out_proj", [hidden, hidden], &attention)?,
            feed_forward: FeedForward::upload(gpu, &shape, "layernorm", tensors)?,
            shape,
        })
    }

    /// From `normed` `[items · positions, hidden]`, normalised, to `[items, hidden]`. `read` is not looked at: every
    /// position answers.
    pub fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        normed: &Rows,
        (items, read): (usize, &wgpu::Buffer),
    ) -> Result<Rows> {
        let (gpu, hidden) = (planner.gpu, self.shape.hidden);
        let context = space.rows(gpu, "wide", normed.rows, 2 * hidden)?;
        let mut one = |part, columns| space.rows(gpu, part, items, columns);
        let (query, mixed) = (one("read query", hidden)?, one("read mixed", hidden)?);
        let (pooled, work) = (one("read states", hidden)?, one("read normed", hidden)?);
        let inner = one("read inner", self.shape.inner)?;
        planner.matmul(normed, &self.context, &context, Epilogue::default());
        planner.positions(&self.query, 1, &query);
        let keys_and_values = Context { rows: &context, key_quad: 0, value_quad: hidden / 4 };
        let heads =
            Heads { batch: items, heads: self.shape.heads, quads: self.shape.head() / 4, mask: Mask::None };
        planner.attention(&query, &keys_and_values, read, &mixed, &heads);
        planner.matmul(&mixed, &self.out, &pooled, Epilogue::default());
        self.feed_forward.plan(planner, &pooled, &work, &inner);
        Ok(pooled)
    }
}

/// The first rows of `weight`, `[.., hidden]`, times `probe`, `[hidden]`, and `bias`.
fn projected(probe: &[f32], weight: &[f32], bias: &[f32]) -> Vec<f32> {
    let product =
        |row: &[f32]| row.iter().zip(probe).map(|(w, x)| f64::from(*w) * f64::from(*x)).sum::<f64>();
    let rows = weight.chunks_exact(probe.len()).zip(bias).take(probe.len());
    rows.map(|(row, bias)| (product(row) + f64::from(*bias)) as f32).collect()
}

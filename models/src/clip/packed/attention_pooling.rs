//! SigLIP's attention pooling over packed weights: one learned query asks all patches of a picture.

use knytt_kernels::{Attention, Epilogue, Linear, PreparedRows, Rows, Sequence, ThreadTeam};

use super::source::Source;
use super::transformer::FeedForward;
use crate::config::Transformer;
use crate::error::Result;

pub(super) struct AttentionPooling {
    /// `[hidden]`. The query does not depend on the picture, so it is projected once, here.
    query: Vec<f32>,
    key_value: Linear,
    attention: Attention,
    out: Linear,
    feed_forward: FeedForward,
    rows: Rows,
    keys_and_values: Vec<f32>,
    inner: Vec<f32>,
}

impl AttentionPooling {
    /// `prefix`: what its tensors' names begin with.
    pub fn new(shape: &Transformer, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let hidden = shape.hidden_size;
        let weight = source.values(&format!("{prefix}.attention.in_proj_weight"), &[3 * hidden, hidden])?;
        let bias = source.values(&format!("{prefix}.attention.in_proj_bias"), &[3 * hidden])?;
        let probe = source.values(&format!("{prefix}.probe"), &[1, 1, hidden])?;
        let name = format!("{prefix}.attention.key_value");
        let key_value = source.packed(&name, source.precision, [2 * hidden, hidden], |_| {
            Ok((weight[hidden * hidden..].to_vec(), Some(bias[hidden..].to_vec())))
        })?;
        let (rows, inner) = (Rows::new(source.isa, source.precision), Vec::new());
        Ok(Self {
            query: projected(&probe, &weight, &bias),
            key_value,
            attention: Attention { isa: source.isa, heads: shape.heads, hidden, causal: false },
            out: source.linear(&format!("{prefix}.attention"), &["out_proj"], [hidden, hidden])?,
            feed_forward: FeedForward::new(
                shape,
                &format!("{prefix}.layernorm"),
                &format!("{prefix}.mlp"),
                source,
            )?,
            rows,
            keys_and_values: Vec::new(),
            inner,
        })
    }

    /// `x`: `[rows, hidden]`, normalised, the rows of `pictures` one after the other, each of which asks for one
    /// answer. Returns `[pictures, hidden]`.
    pub fn forward(&mut self, team: &ThreadTeam, x: PreparedRows<'_>, pictures: &[Sequence]) -> Vec<f32> {
        self.keys_and_values.resize(x.count() * self.key_value.outputs(), 0.0);
        self.key_value.forward(team, x, Epilogue::default(), &mut self.keys_and_values);
        let queries = self.query.repeat(pictures.len());
        let mut mixed = vec![0.0; queries.len()];
        self.attention.forward(team, pictures, &queries, &self.keys_and_values, &mut mixed);
        let mut pooled = vec![0.0; queries.len()];
        let rows = self.rows.prepare(team, &mixed, self.query.len());
        self.out.forward(team, rows, Epilogue::default(), &mut pooled);
        self.feed_forward.forward(team, &mut self.rows, &mut self.inner, &mut pooled);
        pooled
    }
}

/// The first rows of `weight`, `[.., hidden]`, times `probe`, `[hidden]`, and `bias`.
fn projected(probe: &[f32], weight: &[f32], bias: &[f32]) -> Vec<f32> {
    let product =
        |row: &[f32]| row.iter().zip(probe).map(|(w, x)| f64::from(*w) * f64::from(*x)).sum::<f64>();
    let rows = weight.chunks_exact(probe.len()).zip(bias).take(probe.len());
    rows.map(|(row, bias)| (product(row) + f64::from(*bias)) as f32).collect()
}

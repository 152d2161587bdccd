//! RoBERTa over packed weights: texts of different lengths lie one after the other, unpadded.

use knytt_kernels::{
    Activation as Nonlinearity, Attention, Epilogue, LayerNorm, Linear, Sequence, ThreadTeam,
};

use super::projection::Projection;
use super::source::{Source, Table};
use super::transformer::{ADD, PLAIN, Scratch, nonlinearity};
use crate::config::{TextConfig, Transformer};
use crate::error::Result;

/// The tower with the two layers that read the mean of a text's positions.
pub(super) struct PackedRoberta {
    tokens: Table,
    /// `[positions, hidden]`, with what stands for the only kind of text.
    positions: Vec<f32>,
    norm: LayerNorm,
    layers: Vec<Layer>,
    attention: Attention,
    scratch: Scratch,
    /// Memory for rows that are being normalised.
    normalised: Vec<f32>,
    fc1: Projection,
    fc2: Projection,
}

struct Layer {
    query: Linear,
    key_value: Linear,
    out: Linear,
    attention_norm: LayerNorm,
    fc1: Linear,
    activation: Nonlinearity,
    fc2: Linear,
    norm: LayerNorm,
}

impl PackedRoberta {
    /// `dimension`: values of an embedding. The tensors are those under `prefix`.
    pub fn new(config: &TextConfig, dimension: usize, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let (hidden, inner, shape) =
            (config.hidden_size, config.projection_hidden_size, config.transformer());
        let embeddings = |part: &str| format!("{prefix}.embeddings.{part}");
        let mut positions = source
            .values(&embeddings("position_embedding.weight"), &[config.max_position_embeddings, hidden])?;
        let kind = source.values(&embeddings("token_type_embedding.weight"), &[1, hidden])?;
        positions.chunks_exact_mut(hidden).for_each(|row| add(row, &kind));
        let layer = |n| Layer::new(&shape, &format!("{prefix}.encoder.layers.{n}"), source);
        let layers = (0..shape.layers).map(layer).collect::<Result<_>>()?;
        Ok(Self {
            tokens: source.table(&embeddings("token_embedding.weight"), [config.vocab_size, hidden])?,
            positions,
            norm: source.norm(&embeddings("layer_norm"), hidden, config.layer_norm_eps)?,
            layers,
            attention: Attention { isa: source.isa, heads: shape.heads, hidden, causal: false },
            scratch: Scratch::new(source),
            normalised: Vec::new(),
            fc1: Projection::new(&format!("{prefix}.head.fc1"), [inner, hidden], source)?,
            fc2: Projection::new(&format!("{prefix}.head.fc2"), [dimension, inner], source)?,
        })
    }

    /// Returns `[batch, dimension]`.
    ///
    /// # Errors
    /// An id is not in the vocabulary.
    pub fn forward(&mut self, team: &ThreadTeam, ids: &[Vec<u32>]) -> Result<Vec<f32>> {
        let hidden = self.attention.hidden;
        let (mut x, mut sequences) = (Vec::new(), Vec::new());
        for ids in ids {
            let start = x.len() / hidden;
            sequences.push(Sequence { start, length: ids.len(), only: None });
            x.extend_from_slice(&self.positions[..ids.len() * hidden]);
            for (row, id) in x[start * hidden..].chunks_exact_mut(hidden).zip(ids) {
                self.tokens.add_row(*id as usize, row)?;
            }
        }
        let isa = self.attention.isa;
        normalise(&self.norm, isa, &mut x, &mut self.normalised);
        for layer in &self.layers {
            layer.forward(
                team,
                &self.attention,
                (&mut self.scratch, &mut self.normalised),
                &mut x,
                &sequences,
            );
        }
        let means: Vec<f32> = sequences.iter().flat_map(|text| mean(&x, hidden, text)).collect();
        let inner = self.fc1.activated(team, &means, Nonlinearity::Gelu);
        Ok(self.fc2.forward(team, &inner))
    }
}

impl Layer {
    fn new(shape: &Transformer, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let (hidden, inner, epsilon) = (shape.hidden_size, shape.intermediate_size, shape.layer_norm_eps);
        let (attention, mlp) = (format!("{prefix}.self_attn"), format!("{prefix}.mlp"));
        Ok(Self {
            query: source.linear(&attention, &["q_proj"], [hidden, hidden])?,
            key_value: source.linear(&attention, &["k_proj", "v_proj"], [hidden, hidden])?,
            out: source.linear(&attention, &["out_proj"], [hidden, hidden])?,
            attention_norm: source.norm(&format!("{prefix}.layer_norm1"), hidden, epsilon)?,
            fc1: source.linear(&mlp, &["fc1"], [inner, hidden])?,
            activation: nonlinearity(shape.activation),
            fc2: source.linear(&mlp, &["fc2"], [hidden, inner])?,
            norm: source.norm(&format!("{prefix}.layer_norm2"), hidden, epsilon)?,
        })
    }

    /// `x`: `[rows, hidden]`, becomes `norm(y + fc2(activation(fc1(y))))` with `y` of `norm(x + attention(x))`.
    fn forward(
        &self,
        team: &ThreadTeam,
        attention: &Attention,
        (scratch, normalised): (&mut Scratch, &mut Vec<f32>),
        x: &mut Vec<f32>,
        sequences: &[Sequence],
    ) {
        let (isa, hidden) = (attention.isa, attention.hidden);
        let Scratch { rows, query, key_value, mixed, inner } = scratch;
        let prepared = rows.prepare(team, x, hidden);
        let count = prepared.count();
        key_value.resize(count * 2 * hidden, 0.0);
        self.key_value.forward(team, prepared, PLAIN, key_value);
        query.resize(count * hidden, 0.0);
        self.query.forward(team, prepared, PLAIN, query);
        mixed.resize(count * hidden, 0.0);
        attention.forward(team, sequences, query, key_value, mixed);
        self.out.forward(team, rows.prepare(team, mixed, hidden), ADD, x);
        normalise(&self.attention_norm, isa, x, normalised);

        inner.resize(count * self.fc1.outputs(), 0.0);
        let activate = Epilogue { add: false, activation: self.activation };
        self.fc1.forward(team, rows.prepare(team, x, hidden), activate, inner);
        self.fc2.forward(team, rows.prepare(team, inner, self.fc2.depth()), ADD, x);
        normalise(&self.norm, isa, x, normalised);
    }
}

/// Normalises the rows of `x`; `other` is memory to work in.
fn normalise(norm: &LayerNorm, isa: knytt_kernels::Isa, x: &mut Vec<f32>, other: &mut Vec<f32>) {
    other.resize(x.len(), 0.0);
    norm.forward(isa, x, other);
    std::mem::swap(x, other);
}

/// The mean of a text's rows.
fn mean(x: &[f32], hidden: usize, text: &Sequence) -> Vec<f32> {
    let mut sum = vec![0.0; hidden];
    x[text.start * hidden..].chunks_exact(hidden).take(text.length).for_each(|row| add(&mut sum, row));
    sum.iter_mut().for_each(|value| *value /= text.length.max(1) as f32);
    sum
}

fn add(to: &mut [f32], row: &[f32]) {
    to.iter_mut().zip(row).for_each(|(to, value)| *to += value);
}

//! The transformer layers of both towers over packed weights.
//!
//! Rows of all sequences lie one after the other, `[rows, hidden]`; only attention knows where one ends.
//! The last layer is computed for the positions that are read: those alone ask (queries), while all
//! positions answer (keys and values). That is exact.

use knytt_kernels::{
    Activation as Nonlinearity, Attention, Epilogue, Isa, LayerNorm, Linear, Rows, Sequence, ThreadTeam,
};

use super::source::Source;
use crate::config::{Activation, Transformer};
use crate::error::Result;

/// What is added to a residual stream.
pub(super) const ADD: Epilogue = Epilogue { add: true, activation: Nonlinearity::None };
pub(super) const PLAIN: Epilogue = Epilogue { add: false, activation: Nonlinearity::None };

pub(super) struct PackedEncoder {
    layers: Vec<PackedLayer>,
    attention: Attention,
    scratch: Scratch,
}

struct PackedLayer {
    norm1: LayerNorm,
    query: Linear,
    key_value: Linear,
    out: Linear,
    feed_forward: FeedForward,
}

/// `x + fc2(activation(fc1(norm(x))))`
pub(super) struct FeedForward {
    norm: LayerNorm,
    fc1: Linear,
    fc2: Linear,
    activation: Nonlinearity,
}

/// Memory that a pass works in, kept for the next one.
pub(super) struct Scratch {
    pub rows: Rows,
    pub query: Vec<f32>,
    pub key_value: Vec<f32>,
    pub mixed: Vec<f32>,
    pub inner: Vec<f32>,
}

impl Scratch {
    pub fn new(source: &Source<'_>) -> Self {
        let (query, key_value, mixed, inner) = Default::default();
        Self { rows: Rows::new(source.isa, source.precision), query, key_value, mixed, inner }
    }
}

impl PackedEncoder {
    pub fn new(shape: &Transformer, causal: bool, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let layer = |n| PackedLayer::new(shape, &format!("{prefix}.layers.{n}"), source);
        let layers = (0..shape.layers).map(layer).collect::<Result<_>>()?;
        let attention = Attention { isa: source.isa, heads: shape.heads, hidden: shape.hidden_size, causal };
        Ok(Self { layers, attention, scratch: Scratch::new(source) })
    }

    /// The instructions that it uses.
    pub fn isa(&self) -> Isa {
        self.attention.isa
    }

    /// `x`: `[rows, hidden]`, the rows of `sequences` one after the other. Becomes `[sequences, hidden]`:
    /// of each sequence the row at its `only`; where that is none, all rows stay.
    pub fn forward(&mut self, team: &ThreadTeam, x: &mut Vec<f32>, sequences: &[Sequence]) {
        let Some((last, layers)) = self.layers.split_last() else {
            return gather(x, self.attention.hidden, sequences);
        };
        let whole: Vec<Sequence> = sequences.iter().map(|s| Sequence { only: None, ..*s }).collect();
        for layer in layers {
            layer.attend(team, &self.attention, &mut self.scratch, x, &whole);
            layer.feed_forward.forward(team, &mut self.scratch.rows, &mut self.scratch.inner, x);
        }
        last.attend(team, &self.attention, &mut self.scratch, x, sequences);
        last.feed_forward.forward(team, &mut self.scratch.rows, &mut self.scratch.inner, x);
    }
}

impl PackedLayer {
    fn new(shape: &Transformer, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let (hidden, epsilon) = (shape.hidden_size, shape.layer_norm_eps);
        let attention = format!("{prefix}.self_attn");
        let square = [hidden, hidden];
        Ok(Self {
            norm1: source.norm(&format!("{prefix}.layer_norm1"), hidden, epsilon)?,
            query: source.linear(&attention, &["q_proj"], square)?,
            key_value: source.linear(&attention, &["k_proj", "v_proj"], square)?,
            out: source.linear(&attention, &["out_proj"], square)?,
            feed_forward: FeedForward::new(
                shape,
                &format!("{prefix}.layer_norm2"),
                &format!("{prefix}.mlp"),
                source,
            )?,
        })
    }

    /// `x + attention(norm(x))`, where sequences ask for one answer only `x` shrinks to those.
    fn attend(
        &self,
        team: &ThreadTeam,
        attention: &Attention,
        scratch: &mut Scratch,
        x: &mut Vec<f32>,
        sequences: &[Sequence],
    ) {
        let hidden = attention.hidden;
        let Scratch { rows, query, key_value, mixed, .. } = scratch;
        let prepared = rows.normalise(team, x, &self.norm1);
        key_value.resize(prepared.count() * 2 * hidden, 0.0);
        self.key_value.forward(team, prepared, PLAIN, key_value);
        let answers: usize = sequences.iter().map(Sequence::answers).sum();
        query.resize(answers * hidden, 0.0);
        if answers == prepared.count() {
            self.query.forward(team, prepared, PLAIN, query);
        } else {
            gather(x, hidden, sequences);
            self.query.forward(team, rows.normalise(team, x, &self.norm1), PLAIN, query);
        }
        mixed.resize(answers * hidden, 0.0);
        attention.forward(team, sequences, query, key_value, mixed);
        self.out.forward(team, rows.prepare(team, mixed, hidden), ADD, x);
    }
}

impl FeedForward {
    /// The layer normalisation `norm` and the layers `prefix.fc1` and `prefix.fc2`.
    pub fn new(shape: &Transformer, norm: &str, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let (hidden, inner) = (shape.hidden_size, shape.intermediate_size);
        Ok(Self {
            norm: source.norm(norm, hidden, shape.layer_norm_eps)?,
            fc1: source.linear(prefix, &["fc1"], [inner, hidden])?,
            fc2: source.linear(prefix, &["fc2"], [hidden, inner])?,
            activation: nonlinearity(shape.activation),
        })
    }

    /// `x`: `[rows, hidden]`. `rows` and `inner` are memory to work in.
    pub fn forward(&self, team: &ThreadTeam, rows: &mut Rows, inner: &mut Vec<f32>, x: &mut [f32]) {
        let prepared = rows.normalise(team, x, &self.norm);
        inner.resize(prepared.count() * self.fc1.outputs(), 0.0);
        let activate = Epilogue { add: false, activation: self.activation };
        self.fc1.forward(team, prepared, activate, inner);
        self.fc2.forward(team, rows.prepare(team, inner, self.fc2.depth()), ADD, x);
    }
}

pub(super) fn nonlinearity(activation: Activation) -> Nonlinearity {
    match activation {
        Activation::QuickGelu => Nonlinearity::QuickGelu,
        Activation::Gelu => Nonlinearity::Gelu,
        Activation::GeluTanh => Nonlinearity::GeluTanh,
    }
}

/// Keeps of each sequence the row at its `only`.
fn gather(x: &mut Vec<f32>, hidden: usize, sequences: &[Sequence]) {
    for (n, sequence) in sequences.iter().enumerate() {
        let from = (sequence.start + sequence.only.unwrap_or(0)) * hidden;
        // Sequences have at least one row, so what is overwritten has been read.
        x.copy_within(from..from + hidden, n * hidden);
    }
    x.truncate(sequences.len() * hidden);
}

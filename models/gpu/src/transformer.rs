//! The pre-norm transformer layers that both towers are made of.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::plan::{Context, Epilogue, Heads, Mask, Planner};
use crate::rows::{Matrix, Norm, Rows, Workspace};
use crate::shape::TransformerShape;
use crate::tensors::Tensors;

/// A stack of layers, of whose last one only one position of each item is computed.
pub(crate) struct Transformer {
    layers: Vec<Layer>,
    last: LastLayer,
    shape: TransformerShape,
    causal: bool,
}

struct Layer {
    /// Query, key and value side by side.
    projection: Matrix,
    rest: Block,
}

struct LastLayer {
    query: Matrix,
    /// Key and value side by side.
    context: Matrix,
    rest: Block,
}

/// What all layers have in the same form.
struct Block {
    norm1: Norm,
    out: Matrix,
    norm2: Norm,
    fc1: Matrix,
    fc2: Matrix,
}

/// A batch that runs through the layers.
pub(crate) struct Batch<'a> {
    /// `[items · positions, hidden]`, changed in place.
    pub states: &'a Rows,
    pub items: usize,
    /// The position of each item that is read.
    pub read: &'a wgpu::Buffer,
}

/// Weight and bias of a linear layer.
type Linear = (Vec<f32>, Vec<f32>);

impl Transformer {
    pub fn upload(gpu: &Gpu, shape: TransformerShape, causal: bool, tensors: &Tensors<'_>) -> Result<Self> {
        let tensors = tensors.below("layers");
        let (first, last) = (0..shape.layers - 1, tensors.below(shape.layers - 1));
        let layers = first.map(|n| Layer::upload(gpu, &shape, &tensors.below(n))).collect::<Result<_>>()?;
        Ok(Self { layers, last: LastLayer::upload(gpu, &shape, &last)?, shape, causal })
    }

    /// The widest that a row between two kernels gets, in values.
    pub fn widest(shape: &TransformerShape) -> usize {
        shape.inner.max(3 * shape.hidden)
    }

    /// Returns `[items, hidden]`: each item at the position that is read.
    pub fn plan(&self, planner: &mut Planner<'_>, space: &mut Workspace, batch: &Batch<'_>) -> Result<Rows> {
        let (gpu, hidden) = (planner.gpu, self.shape.hidden);
        let rows = batch.states.rows;
        let normed = space.rows(gpu, "normed", rows, hidden)?;
        let mixed = space.rows(gpu, "mixed", rows, hidden)?;
        let projected = space.rows(gpu, "wide", rows, 3 * hidden)?;
        let inner = space.rows(gpu, "wide", rows, self.shape.inner)?;
        let mask = if self.causal { Mask::Causal } else { Mask::None };
        for layer in &self.layers {
            planner.layer_norm(batch.states, &layer.rest.norm1, &normed);
            planner.matmul(&normed, &layer.projection, &projected, Epilogue::default());
            let quads = hidden / 4;
            let context = Context { rows: &projected, key_quad: quads, value_quad: 2 * quads };
            planner.attention(&projected, &context, batch.read, &mixed, &self.heads(batch.items, mask));
            layer.rest.plan(planner, &self.shape, &mixed, batch.states, &normed, &inner);
        }
        self.plan_last(planner, space, batch)
    }

    fn plan_last(&self, planner: &mut Planner<'_>, space: &mut Workspace, batch: &Batch<'_>) -> Result<Rows> {
        let (gpu, hidden, rows) = (planner.gpu, self.shape.hidden, batch.states.rows);
        let all = space.rows(gpu, "normed", rows, hidden)?;
        let context = space.rows(gpu, "wide", rows, 2 * hidden)?;
        let mut one = |part, columns| space.rows(gpu, part, batch.items, columns);
        let (states, normed) = (one("read states", hidden)?, one("read normed", hidden)?);
        let (query, mixed) = (one("read query", hidden)?, one("read mixed", hidden)?);
        let inner = one("read inner", self.shape.inner)?;
        planner.layer_norm(batch.states, &self.last.rest.norm1, &all);
        planner.matmul(&all, &self.last.context, &context, Epilogue::default());
        planner.gather(&all, batch.read, &normed);
        planner.gather(batch.states, batch.read, &states);
        planner.matmul(&normed, &self.last.query, &query, Epilogue::default());
        let context = Context { rows: &context, key_quad: 0, value_quad: hidden / 4 };
        let mask = if self.causal { Mask::UpToRead } else { Mask::None };
        planner.attention(&query, &context, batch.read, &mixed, &self.heads(batch.items, mask));
        self.last.rest.plan(planner, &self.shape, &mixed, &states, &normed, &inner);
        Ok(states)
    }

    fn heads(&self, batch: usize, mask: Mask) -> Heads {
        Heads { batch, heads: self.shape.heads, quads: self.shape.head() / 4, mask }
    }
}

impl Layer {
    fn upload(gpu: &Gpu, shape: &TransformerShape, tensors: &Tensors<'_>) -> Result<Self> {
        let attention = tensors.below("self_attn");
        let parts = [
            query(shape, &attention)?,
            part("k_proj", shape, &attention)?,
            part("v_proj", shape, &attention)?,
        ];
        let projection = beside(gpu, &attention.path("qkv"), shape.hidden, &parts)?;
        Ok(Self { projection, rest: Block::upload(gpu, shape, tensors)? })
    }
}

impl LastLayer {
    fn upload(gpu: &Gpu, shape: &TransformerShape, tensors: &Tensors<'_>) -> Result<Self> {
        let attention = tensors.below("self_attn");
        let parts = [part("k_proj", shape, &attention)?, part("v_proj", shape, &attention)?];
        Ok(Self {
            query: beside(gpu, &attention.path("q"), shape.hidden, &[query(shape, &attention)?])?,
            context: beside(gpu, &attention.path("kv"), shape.hidden, &parts)?,
            rest: Block::upload(gpu, shape, tensors)?,
        })
    }
}

/// The query's projection, with the scale of the scores in it.
fn query(shape: &TransformerShape, tensors: &Tensors<'_>) -> Result<Linear> {
    let (mut weight, mut bias) = part("q_proj", shape, tensors)?;
    let scale = (shape.head() as f32).powf(-0.5);
    weight.iter_mut().chain(&mut bias).for_each(|value| *value *= scale);
    Ok((weight, bias))
}

fn part(name: &str, shape: &TransformerShape, tensors: &Tensors<'_>) -> Result<Linear> {
    linear(name, shape.hidden, shape.hidden, tensors)
}

fn linear(name: &str, from: usize, to: usize, tensors: &Tensors<'_>) -> Result<Linear> {
    let tensors = tensors.below(name);
    Ok((tensors.get("weight", &[to, from])?, tensors.get("bias", &[to])?))
}

/// One product instead of several of the same input.
fn beside(gpu: &Gpu, name: &str, depth: usize, parts: &[Linear]) -> Result<Matrix> {
    let (weights, biases): (Vec<_>, Vec<_>) = parts.iter().map(|(w, b)| (w.as_slice(), b.as_slice())).unzip();
    Matrix::upload(gpu, name, depth, &weights.concat(), &biases.concat())
}

impl Block {
    fn upload(gpu: &Gpu, shape: &TransformerShape, tensors: &Tensors<'_>) -> Result<Self> {
        let (hidden, inner) = (shape.hidden, shape.inner);
        let matrix = |name: &str, from, to| {
            let (weight, bias) = linear(name, from, to, tensors)?;
            Matrix::upload(gpu, &tensors.path(name), from, &weight, &bias)
        };
        let norm = |name| norm(gpu, name, hidden, shape.epsilon, tensors);
        Ok(Self {
            norm1: norm("layer_norm1")?,
            out: matrix("self_attn.out_proj", hidden, hidden)?,
            norm2: norm("layer_norm2")?,
            fc1: matrix("mlp.fc1", hidden, inner)?,
            fc2: matrix("mlp.fc2", inner, hidden)?,
        })
    }

    /// Adds what attention mixed to `states`, and then what the feed-forward block makes of them.
    fn plan(
        &self,
        planner: &mut Planner<'_>,
        shape: &TransformerShape,
        mixed: &Rows,
        states: &Rows,
        normed: &Rows,
        inner: &Rows,
    ) {
        let add = Epilogue { accumulate: true, ..Default::default() };
        planner.matmul(mixed, &self.out, states, add);
        planner.layer_norm(states, &self.norm2, normed);
        let activate = Epilogue { nonlinearity: shape.activation.into(), ..Default::default() };
        planner.matmul(normed, &self.fc1, inner, activate);
        planner.matmul(inner, &self.fc2, states, add);
    }
}

/// A layer normalisation of `columns` values.
pub(crate) fn norm(
    gpu: &Gpu,
    name: &str,
    columns: usize,
    epsilon: f32,
    tensors: &Tensors<'_>,
) -> Result<Norm> {
    let tensors = tensors.below(name);
    let (scale, shift) = (tensors.get("weight", &[columns])?, tensors.get("bias", &[columns])?);
    Norm::upload(gpu, &tensors.path("affine"), &scale, &shift, epsilon)
}

//! The transformer layers that all towers are made of.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::plan::{Context, Epilogue, Heads, Mask, Planner};
use crate::rows::{Matrix, Norm, Rows, Workspace};
use crate::shape::{Activation, TransformerShape};
use crate::tensors::Tensors;

/// A stack of layers.
pub(crate) struct Transformer {
    layers: Vec<Layer>,
    /// Of which only one position of each item is computed; nothing if all positions are read.
    last: Option<LastLayer>,
    shape: TransformerShape,
    flow: Flow,
}

/// How a batch goes through the layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    /// What the positions of an item see.
    pub mask: Mask,
    pub answer: Answer,
    pub norms: Norms,
}

/// Where a layer normalises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Norms {
    /// What goes into attention and into the feed-forward block.
    Before,
    /// The sums with what comes out of them: RoBERTa. All positions are read then.
    After,
}

/// Which positions are computed in the last layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Each item's position that is read.
    Read,
    All,
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
    norm: Norm,
    out: Matrix,
    feed_forward: FeedForward,
}

/// `x + fc2(activation(fc1(norm(x))))`
pub(crate) struct FeedForward {
    norm: Norm,
    fc1: Matrix,
    fc2: Matrix,
    activation: Activation,
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
    pub fn upload(gpu: &Gpu, shape: TransformerShape, flow: Flow, tensors: &Tensors<'_>) -> Result<Self> {
        debug_assert!(flow.answer == Answer::All || flow.norms == Norms::Before);
        let tensors = tensors.below("layers");
        let last = || LastLayer::upload(gpu, &shape, &tensors.below(shape.layers - 1));
        let last = (flow.answer == Answer::Read).then(last).transpose()?;
        let layer = |n| Layer::upload(gpu, &shape, &tensors.below(n));
        let whole = shape.layers - usize::from(last.is_some());
        let layers = (0..whole).map(layer).collect::<Result<_>>()?;
        Ok(Self { layers, last, shape, flow })
    }

    /// The widest that a row between two kernels gets, in values.
    pub fn widest(shape: &TransformerShape) -> usize {
        shape.inner.max(3 * shape.hidden)
    }

    /// Returns `[items, hidden]`, each item at the position that is read, or, if all are, `batch`'s states.
    pub fn plan(&self, planner: &mut Planner<'_>, space: &mut Workspace, batch: &Batch<'_>) -> Result<Rows> {
        let (gpu, hidden) = (planner.gpu, self.shape.hidden);
        let rows = batch.states.rows;
        let normed = space.rows(gpu, "normed", rows, hidden)?;
        let mixed = space.rows(gpu, "mixed", rows, hidden)?;
        let projected = space.rows(gpu, "wide", rows, 3 * hidden)?;
        let inner = space.rows(gpu, "wide", rows, self.shape.inner)?;
        for layer in &self.layers {
            let input = match self.flow.norms {
                Norms::Before => {
                    planner.layer_norm(batch.states, &layer.rest.norm, &normed);
                    &normed
                }
                Norms::After => batch.states,
            };
            planner.matmul(input, &layer.projection, &projected, Epilogue::default());
            let quads = hidden / 4;
            let context = Context { rows: &projected, key_quad: quads, value_quad: 2 * quads };
            planner.attention(
                &projected,
                &context,
                batch.read,
                &mixed,
                &self.heads(batch.items, self.flow.mask),
            );
            match self.flow.norms {
                Norms::Before => layer.rest.plan(planner, &mixed, batch.states, &normed, &inner),
                Norms::After => layer.rest.plan_norms_after(planner, &mixed, batch.states, &normed, &inner),
            }
        }
        match &self.last {
            Some(last) => self.plan_last(last, planner, space, batch),
            None => Ok(batch.states.clone()),
        }
    }

    fn plan_last(
        &self,
        last: &LastLayer,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        batch: &Batch<'_>,
    ) -> Result<Rows> {
        let (gpu, hidden, rows) = (planner.gpu, self.shape.hidden, batch.states.rows);
        let all = space.rows(gpu, "normed", rows, hidden)?;
        let context = space.rows(gpu, "wide", rows, 2 * hidden)?;
        let mut one = |part, columns| space.rows(gpu, part, batch.items, columns);
        let (states, normed) = (one("read states", hidden)?, one("read normed", hidden)?);
        let (query, mixed) = (one("read query", hidden)?, one("read mixed", hidden)?);
        let inner = one("read inner", self.shape.inner)?;
        planner.layer_norm(batch.states, &last.rest.norm, &all);
        planner.matmul(&all, &last.context, &context, Epilogue::default());
        planner.gather(&all, batch.read, &normed);
        planner.gather(batch.states, batch.read, &states);
        planner.matmul(&normed, &last.query, &query, Epilogue::default());
        let context = Context { rows: &context, key_quad: 0, value_quad: hidden / 4 };
        let mask = if self.flow.mask == Mask::Causal { Mask::UpToRead } else { self.flow.mask };
        planner.attention(&query, &context, batch.read, &mixed, &self.heads(batch.items, mask));
        last.rest.plan(planner, &mixed, &states, &normed, &inner);
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
    let scale = shape.score_scale();
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
        let hidden = shape.hidden;
        Ok(Self {
            norm: norm(gpu, "layer_norm1", hidden, shape.epsilon, tensors)?,
            out: matrix(gpu, "self_attn.out_proj", [hidden, hidden], tensors)?,
            feed_forward: FeedForward::upload(gpu, shape, "layer_norm2", tensors)?,
        })
    }

    /// Adds what attention mixed to `states`, and then what the feed-forward block makes of them.
    fn plan(&self, planner: &mut Planner<'_>, mixed: &Rows, states: &Rows, normed: &Rows, inner: &Rows) {
        planner.matmul(mixed, &self.out, states, Epilogue { accumulate: true, ..Default::default() });
        self.feed_forward.plan(planner, states, normed, inner);
    }

    /// The same, each of the two sums normalised.
    fn plan_norms_after(
        &self,
        planner: &mut Planner<'_>,
        mixed: &Rows,
        states: &Rows,
        normed: &Rows,
        inner: &Rows,
    ) {
        planner.matmul(mixed, &self.out, states, Epilogue { accumulate: true, ..Default::default() });
        planner.layer_norm(states, &self.norm, normed);
        self.feed_forward.plan_products(planner, normed, normed, inner);
        planner.layer_norm(normed, &self.feed_forward.norm, states);
    }
}

impl FeedForward {
    /// The layer normalisation `norm_name` and the layers of `mlp`.
    pub fn upload(
        gpu: &Gpu,
        shape: &TransformerShape,
        norm_name: &str,
        tensors: &Tensors<'_>,
    ) -> Result<Self> {
        Ok(Self {
            norm: norm(gpu, norm_name, shape.hidden, shape.epsilon, tensors)?,
            fc1: matrix(gpu, "mlp.fc1", [shape.hidden, shape.inner], tensors)?,
            fc2: matrix(gpu, "mlp.fc2", [shape.inner, shape.hidden], tensors)?,
            activation: shape.activation,
        })
    }

    /// Adds what it makes of `states` to them; `normed` and `inner` are memory to work in.
    pub fn plan(&self, planner: &mut Planner<'_>, states: &Rows, normed: &Rows, inner: &Rows) {
        planner.layer_norm(states, &self.norm, normed);
        self.plan_products(planner, normed, states, inner);
    }

    /// Adds what it makes of `normed` to `states`.
    fn plan_products(&self, planner: &mut Planner<'_>, normed: &Rows, states: &Rows, inner: &Rows) {
        let activate = Epilogue { nonlinearity: self.activation.into(), ..Default::default() };
        planner.matmul(normed, &self.fc1, inner, activate);
        planner.matmul(inner, &self.fc2, states, Epilogue { accumulate: true, ..Default::default() });
    }
}

/// The layer `name`, weight and bias, from and to so many values.
pub(crate) fn matrix(gpu: &Gpu, name: &str, [from, to]: [usize; 2], tensors: &Tensors<'_>) -> Result<Matrix> {
    let (weight, bias) = linear(name, from, to, tensors)?;
    Matrix::upload(gpu, &tensors.path(name), from, &weight, &bias)
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

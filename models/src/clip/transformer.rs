//! The pre-norm transformer layers that both of CLIP's towers are made of.

use candle_core::{D, Result, Tensor};
use candle_nn::{LayerNorm, Linear, Module, VarBuilder, layer_norm, linear, ops::softmax_last_dim};

use crate::config::{Activation, Transformer};

/// A stack of layers: `[batch, positions, hidden]` in and out.
pub(super) struct TransformerEncoder {
    layers: Vec<Layer>,
}

impl TransformerEncoder {
    pub fn new(shape: &Transformer, weights: &VarBuilder<'_>) -> Result<Self> {
        let layers = weights.pp("layers");
        let layers = (0..shape.layers).map(|n| Layer::new(shape, &layers.pp(n))).collect::<Result<_>>()?;
        Ok(Self { layers })
    }

    /// `mask`: `[positions, positions]`, added to the attention scores.
    pub fn forward(&self, x: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        self.layers.iter().try_fold(x.clone(), |x, layer| layer.forward(&x, mask))
    }
}

struct Layer {
    layer_norm1: LayerNorm,
    attention: Attention,
    feed_forward: FeedForward,
}

/// `x + fc2(activation(fc1(norm(x))))`
pub(super) struct FeedForward {
    norm: LayerNorm,
    fc1: Linear,
    activation: Activation,
    fc2: Linear,
}

impl Layer {
    fn new(shape: &Transformer, weights: &VarBuilder<'_>) -> Result<Self> {
        let (hidden, eps) = (shape.hidden_size, shape.layer_norm_eps);
        Ok(Self {
            layer_norm1: layer_norm(hidden, eps, weights.pp("layer_norm1"))?,
            attention: Attention::new(shape, &weights.pp("self_attn"))?,
            feed_forward: FeedForward::new(shape, "layer_norm2", weights)?,
        })
    }

    fn forward(&self, x: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        let x = (x + self.attention.forward(&self.layer_norm1.forward(x)?, mask)?)?;
        self.feed_forward.forward(&x)
    }
}

impl FeedForward {
    /// The layer normalisation `norm` and the layers of `mlp`.
    pub fn new(shape: &Transformer, norm: &str, weights: &VarBuilder<'_>) -> Result<Self> {
        let (hidden, inner) = (shape.hidden_size, shape.intermediate_size);
        Ok(Self {
            norm: layer_norm(hidden, shape.layer_norm_eps, weights.pp(norm))?,
            fc1: linear(hidden, inner, weights.pp("mlp.fc1"))?,
            activation: shape.activation,
            fc2: linear(inner, hidden, weights.pp("mlp.fc2"))?,
        })
    }

    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let inner = self.fc1.forward(&self.norm.forward(x)?)?;
        x + self.fc2.forward(&activate(self.activation, &inner)?)?
    }
}

pub(super) fn activate(activation: Activation, x: &Tensor) -> Result<Tensor> {
    match activation {
        Activation::QuickGelu => x * candle_nn::ops::sigmoid(&(x * 1.702)?)?,
        Activation::Gelu => x.gelu_erf(),
        Activation::GeluTanh => x.gelu(),
    }
}

pub(super) struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    heads: usize,
    scale: f64,
}

impl Attention {
    /// The layers `q_proj`, `k_proj`, `v_proj` and `out_proj`.
    pub fn new(shape: &Transformer, weights: &VarBuilder<'_>) -> Result<Self> {
        let project = |name| linear(shape.hidden_size, shape.hidden_size, weights.pp(name));
        Ok(Self {
            query: project("q_proj")?,
            key: project("k_proj")?,
            value: project("v_proj")?,
            out: project("out_proj")?,
            heads: shape.heads,
            scale: head_scale(shape),
        })
    }

    /// The layers of PyTorch's `MultiheadAttention`, whose first three are one tensor.
    pub fn of_pytorch(shape: &Transformer, weights: &VarBuilder<'_>) -> Result<Self> {
        let hidden = shape.hidden_size;
        let weight = weights.get((3 * hidden, hidden), "in_proj_weight")?;
        let bias = weights.get(3 * hidden, "in_proj_bias")?;
        let part = |n| -> Result<Linear> {
            let weight = weight.narrow(0, n * hidden, hidden)?.contiguous()?;
            Ok(Linear::new(weight, Some(bias.narrow(0, n * hidden, hidden)?.contiguous()?)))
        };
        let out = linear(hidden, hidden, weights.pp("out_proj"))?;
        let (heads, scale) = (shape.heads, head_scale(shape));
        Ok(Self { query: part(0)?, key: part(1)?, value: part(2)?, out, heads, scale })
    }

    fn forward(&self, x: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        self.answer(x, x, mask)
    }

    /// What the positions of `asking` get from those of `x`: `[batch, positions, hidden]` both.
    pub fn answer(&self, asking: &Tensor, x: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        let (batch, asked, hidden) = asking.dims3()?;
        let by_head = |x: Tensor| {
            let positions = x.dim(1)?;
            x.reshape((batch, positions, self.heads, hidden / self.heads))?.transpose(1, 2)?.contiguous()
        };
        let query = by_head((self.query.forward(asking)? * self.scale)?)?;
        let key = by_head(self.key.forward(x)?)?;
        let value = by_head(self.value.forward(x)?)?;
        let mut scores = query.matmul(&key.transpose(D::Minus2, D::Minus1)?)?;
        if let Some(mask) = mask {
            scores = scores.broadcast_add(mask)?;
        }
        let mixed = softmax_last_dim(&scores)?.matmul(&value)?;
        self.out.forward(&mixed.transpose(1, 2)?.reshape((batch, asked, hidden))?)
    }
}

fn head_scale(shape: &Transformer) -> f64 {
    ((shape.hidden_size / shape.heads) as f64).powf(-0.5)
}

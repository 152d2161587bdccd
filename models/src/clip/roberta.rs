//! RoBERTa as the text tower of open_clip's multilingual CLIP: each part of a layer is normalised after it was added, all
//! positions see each other, and the mean of all positions is read.

use candle_core::{Device, IndexOp, Result, Tensor};
use candle_nn::{LayerNorm, Linear, Module, VarBuilder, layer_norm, linear, linear_no_bias};

use super::transformer::{Attention, activate};
use crate::config::{Activation, TextConfig, Transformer};

/// The tower with the two layers that read it.
pub(super) struct Roberta {
    token_embedding: Tensor,
    /// `[positions, hidden]`, with what stands for the only kind of text.
    position_embedding: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
    fc1: Linear,
    fc2: Linear,
}

struct Layer {
    attention: Attention,
    attention_norm: LayerNorm,
    fc1: Linear,
    activation: Activation,
    fc2: Linear,
    norm: LayerNorm,
}

impl Roberta {
    /// `weights`: those under `text_model`. `dimension`: values of an embedding.
    pub fn new(config: &TextConfig, dimension: usize, weights: &VarBuilder<'_>) -> Result<Self> {
        let (hidden, embeddings) = (config.hidden_size, weights.pp("embeddings"));
        let positions =
            embeddings.get((config.max_position_embeddings, hidden), "position_embedding.weight")?;
        let kind = embeddings.get((1, hidden), "token_type_embedding.weight")?;
        let (shape, layers, head) = (config.transformer(), weights.pp("encoder.layers"), weights.pp("head"));
        Ok(Self {
            token_embedding: embeddings.get((config.vocab_size, hidden), "token_embedding.weight")?,
            position_embedding: positions.broadcast_add(&kind)?,
            norm: layer_norm(hidden, config.layer_norm_eps, embeddings.pp("layer_norm"))?,
            layers: (0..shape.layers).map(|n| Layer::new(&shape, &layers.pp(n))).collect::<Result<_>>()?,
            fc1: linear_no_bias(hidden, config.projection_hidden_size, head.pp("fc1"))?,
            fc2: linear_no_bias(config.projection_hidden_size, dimension, head.pp("fc2"))?,
        })
    }

    /// Returns `[batch, dimension]`. Texts have different lengths and are computed one after the other.
    pub fn forward(&self, ids: &[Vec<u32>], device: &Device) -> Result<Tensor> {
        let means = ids.iter().map(|ids| self.mean(ids, device)).collect::<Result<Vec<_>>>()?;
        let inner = activate(Activation::Gelu, &self.fc1.forward(&Tensor::stack(&means, 0)?)?)?;
        self.fc2.forward(&inner)
    }

    /// `[hidden]`: the mean of a text's positions.
    fn mean(&self, ids: &[u32], device: &Device) -> Result<Tensor> {
        let words = self.token_embedding.index_select(&Tensor::new(ids, device)?, 0)?;
        let x = words.broadcast_add(&self.position_embedding.i(..ids.len())?)?;
        let x = self.norm.forward(&x)?.unsqueeze(0)?;
        self.layers.iter().try_fold(x, |x, layer| layer.forward(&x))?.i(0)?.mean(0)
    }
}

impl Layer {
    fn new(shape: &Transformer, weights: &VarBuilder<'_>) -> Result<Self> {
        let (hidden, inner, eps) = (shape.hidden_size, shape.intermediate_size, shape.layer_norm_eps);
        Ok(Self {
            attention: Attention::new(shape, &weights.pp("self_attn"))?,
            attention_norm: layer_norm(hidden, eps, weights.pp("layer_norm1"))?,
            fc1: linear(hidden, inner, weights.pp("mlp.fc1"))?,
            activation: shape.activation,
            fc2: linear(inner, hidden, weights.pp("mlp.fc2"))?,
            norm: layer_norm(hidden, eps, weights.pp("layer_norm2"))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.attention_norm.forward(&(x + self.attention.answer(x, x, None)?)?)?;
        let inner = activate(self.activation, &self.fc1.forward(&x)?)?;
        self.norm.forward(&(&x + self.fc2.forward(&inner)?)?)
    }
}

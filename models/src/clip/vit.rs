//! CLIP's vision transformer, and SigLIP's.

use candle_core::{IndexOp, Result, Tensor};
use candle_nn::{LayerNorm, Module, VarBuilder, layer_norm};

use super::attention_pooling::AttentionPooling;
use super::transformer::TransformerEncoder;
use crate::config::ViTConfig;

pub(super) struct ViT {
    /// `[3 · patch · patch, hidden]`: the patch convolution as a matrix.
    patch_embedding: Tensor,
    position_embedding: Tensor,
    encoder: TransformerEncoder,
    post_layer_norm: LayerNorm,
    reading: Reading,
    patch: usize,
}

/// Where a picture is read.
enum Reading {
    /// At a class position, before the patches.
    ClassPosition {
        class_embedding: Tensor,
        /// Misspelt in every checkpoint as `pre_layrnorm`.
        pre_layer_norm: LayerNorm,
    },
    /// By one query that asks all patches.
    Attention {
        /// Of the patches.
        bias: Tensor,
        pooling: Box<AttentionPooling>,
    },
}

impl ViT {
    pub fn new(config: &ViTConfig, weights: &VarBuilder<'_>) -> Result<Self> {
        let (hidden, patch, eps) = (config.hidden_size, config.patch_size, config.layer_norm_eps);
        let embeddings = weights.pp("embeddings");
        let (reading, positions) = if config.pools_by_attention() {
            let bias = embeddings.get(hidden, "patch_embedding.bias")?;
            let pooling = Box::new(AttentionPooling::new(&config.transformer(), &weights.pp("head"))?);
            (Reading::Attention { bias, pooling }, config.patches())
        } else {
            let class_embedding = embeddings.get(hidden, "class_embedding")?;
            let pre_layer_norm = layer_norm(hidden, eps, weights.pp("pre_layrnorm"))?;
            (Reading::ClassPosition { class_embedding, pre_layer_norm }, config.patches() + 1)
        };
        Ok(Self {
            patch_embedding: embeddings
                .get((hidden, 3, patch, patch), "patch_embedding.weight")?
                .flatten_from(1)?
                .t()?
                .contiguous()?,
            position_embedding: embeddings.get((positions, hidden), "position_embedding.weight")?,
            encoder: TransformerEncoder::new(&config.transformer(), &weights.pp("encoder"))?,
            post_layer_norm: layer_norm(hidden, eps, weights.pp("post_layernorm"))?,
            reading,
            patch,
        })
    }

    /// `[batch, 3, side, side]` to `[batch, hidden]`: the class position after the last layer, or what the
    /// attention pooling gives.
    pub fn forward(&self, pixels: &Tensor) -> Result<Tensor> {
        let patches = self.patches(pixels)?;
        let (batch, _, hidden) = patches.dims3()?;
        match &self.reading {
            Reading::ClassPosition { class_embedding, pre_layer_norm } => {
                let class = class_embedding.reshape((1, 1, hidden))?.broadcast_as((batch, 1, hidden))?;
                let x = Tensor::cat(&[&class, &patches], 1)?.broadcast_add(&self.position_embedding)?;
                let x = self.encoder.forward(&pre_layer_norm.forward(&x)?, None)?;
                self.post_layer_norm.forward(&x.i((.., 0))?.contiguous()?)
            }
            Reading::Attention { bias, pooling } => {
                let x = patches.broadcast_add(bias)?.broadcast_add(&self.position_embedding)?;
                pooling.forward(&self.post_layer_norm.forward(&self.encoder.forward(&x, None)?)?)
            }
        }
    }

    /// A convolution whose stride is its kernel reads every pixel once: it is one matrix product over
    /// the patches. Returns `[batch, patches, hidden]`.
    fn patches(&self, pixels: &Tensor) -> Result<Tensor> {
        let (batch, channels, side, _) = pixels.dims4()?;
        let (across, hidden) = (side / self.patch, self.patch_embedding.dim(1)?);
        pixels
            .reshape((batch, channels, across, self.patch, across, self.patch))?
            .permute((0, 2, 4, 1, 3, 5))?
            .reshape((batch * across * across, channels * self.patch * self.patch))?
            .matmul(&self.patch_embedding)?
            .reshape((batch, across * across, hidden))
    }
}

//! CLIP's vision transformer, SigLIP's and DINOv2's.

use candle_core::{IndexOp, Result, Tensor};
use candle_nn::{LayerNorm, Module, VarBuilder, layer_norm};

use super::attention_pooling::AttentionPooling;
use super::transformer::TransformerEncoder;
use crate::config::{ViTConfig, ViTKind};

pub(super) struct ViT {
    /// `[3 · patch · patch, hidden]`: the patch convolution as a matrix.
    patch_embedding: Tensor,
    /// `[hidden]`; CLIP has none.
    patch_bias: Option<Tensor>,
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
        /// CLIP's, misspelt in every checkpoint as `pre_layrnorm`; DINOv2 has none.
        pre_layer_norm: Option<LayerNorm>,
    },
    /// By one query that asks all patches.
    Attention(Box<AttentionPooling>),
}

impl ViT {
    pub fn new(config: &ViTConfig, weights: &VarBuilder<'_>) -> Result<Self> {
        let (hidden, patch, eps) = (config.hidden_size, config.patch_size, config.layer_norm_eps);
        let embeddings = weights.pp("embeddings");
        let reading = if config.pools_by_attention() {
            Reading::Attention(Box::new(AttentionPooling::new(&config.transformer(), &weights.pp("head"))?))
        } else {
            let norms_first = config.kind() == Some(ViTKind::Clip);
            let pre_layer_norm = norms_first.then(|| layer_norm(hidden, eps, weights.pp("pre_layrnorm")));
            Reading::ClassPosition {
                class_embedding: embeddings.get(hidden, "class_embedding")?,
                pre_layer_norm: pre_layer_norm.transpose()?,
            }
        };
        let has_bias = config.kind() != Some(ViTKind::Clip);
        Ok(Self {
            patch_embedding: embeddings
                .get((hidden, 3, patch, patch), "patch_embedding.weight")?
                .flatten_from(1)?
                .t()?
                .contiguous()?,
            patch_bias: has_bias.then(|| embeddings.get(hidden, "patch_embedding.bias")).transpose()?,
            position_embedding: embeddings.get((config.positions(), hidden), "position_embedding.weight")?,
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
        let patches = match &self.patch_bias {
            Some(bias) => patches.broadcast_add(bias)?,
            None => patches,
        };
        match &self.reading {
            Reading::ClassPosition { class_embedding, pre_layer_norm } => {
                let class = class_embedding.reshape((1, 1, hidden))?.broadcast_as((batch, 1, hidden))?;
                let x = Tensor::cat(&[&class, &patches], 1)?.broadcast_add(&self.position_embedding)?;
                let x = match pre_layer_norm {
                    Some(norm) => norm.forward(&x)?,
                    None => x,
                };
                let x = self.encoder.forward(&x, None)?;
                self.post_layer_norm.forward(&x.i((.., 0))?.contiguous()?)
            }
            Reading::Attention(pooling) => {
                let x = patches.broadcast_add(&self.position_embedding)?;
                pooling.forward(&self.post_layer_norm.forward(&self.encoder.forward(&x, None)?)?)
            }
        }
    }

    /// A convolution whose stride is its kernel reads every pixel of a patch once: it is one matrix product over
    /// the patches. Returns `[batch, patches, hidden]`.
    fn patches(&self, pixels: &Tensor) -> Result<Tensor> {
        let (batch, channels, side, _) = pixels.dims4()?;
        let (across, hidden) = (side / self.patch, self.patch_embedding.dim(1)?);
        let whole = across * self.patch;
        pixels
            .i((.., .., ..whole, ..whole))?
            .contiguous()?
            .reshape((batch, channels, across, self.patch, across, self.patch))?
            .permute((0, 2, 4, 1, 3, 5))?
            .reshape((batch * across * across, channels * self.patch * self.patch))?
            .matmul(&self.patch_embedding)?
            .reshape((batch, across * across, hidden))
    }
}

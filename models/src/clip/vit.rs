//! CLIP's vision transformer.

use candle_core::{IndexOp, Result, Tensor};
use candle_nn::{LayerNorm, Module, VarBuilder, layer_norm};

use super::transformer::TransformerEncoder;
use crate::config::ViTConfig;

pub(super) struct ViT {
    /// `[3 · patch · patch, hidden]`: the patch convolution as a matrix.
    patch_embedding: Tensor,
    class_embedding: Tensor,
    position_embedding: Tensor,
    /// Misspelt in every checkpoint as `pre_layrnorm`.
    pre_layer_norm: LayerNorm,
    encoder: TransformerEncoder,
    post_layer_norm: LayerNorm,
    patch: usize,
}

impl ViT {
    pub fn new(config: &ViTConfig, weights: &VarBuilder<'_>) -> Result<Self> {
        let (hidden, patch, eps) = (config.hidden_size, config.patch_size, config.layer_norm_eps);
        let patches = (config.image_size / patch).pow(2);
        let embeddings = weights.pp("embeddings");
        Ok(Self {
            patch_embedding: embeddings
                .get((hidden, 3, patch, patch), "patch_embedding.weight")?
                .flatten_from(1)?
                .t()?
                .contiguous()?,
            class_embedding: embeddings.get(hidden, "class_embedding")?,
            position_embedding: embeddings.get((patches + 1, hidden), "position_embedding.weight")?,
            pre_layer_norm: layer_norm(hidden, eps, weights.pp("pre_layrnorm"))?,
            encoder: TransformerEncoder::new(&config.transformer(), &weights.pp("encoder"))?,
            post_layer_norm: layer_norm(hidden, eps, weights.pp("post_layernorm"))?,
            patch,
        })
    }

    /// `[batch, 3, side, side]` to `[batch, hidden]`: the class position after the last layer.
    pub fn forward(&self, pixels: &Tensor) -> Result<Tensor> {
        let patches = self.patches(pixels)?;
        let (batch, _, hidden) = patches.dims3()?;
        let class = self.class_embedding.reshape((1, 1, hidden))?.broadcast_as((batch, 1, hidden))?;
        let x = Tensor::cat(&[&class, &patches], 1)?.broadcast_add(&self.position_embedding)?;
        let x = self.encoder.forward(&self.pre_layer_norm.forward(&x)?, None)?;
        self.post_layer_norm.forward(&x.i((.., 0))?.contiguous()?)
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

//! CLIP: an image tower and a text tower that meet in one space.
//!
//! Follows transformers' `modeling_clip.py` (5.23); names of tensors are those of its checkpoints.

mod resnet;
mod text;
mod transformer;
mod vit;

use candle_core::{Device, Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear_no_bias};

use self::resnet::ResNet;
use self::text::TextTower;
use self::vit::ViT;
use crate::config::{Config, VisionConfig};

/// Both towers with their projections, weights loaded.
pub(crate) struct Clip {
    image_tower: ImageTower,
    visual_projection: Linear,
    text_tower: TextTower,
    text_projection: Linear,
    image_size: usize,
}

enum ImageTower {
    ViT(ViT),
    ResNet(ResNet),
}

impl Clip {
    /// Every tensor must be in `weights`, in the shape that `config` implies.
    pub fn new(config: &Config, weights: &VarBuilder<'_>) -> Result<Self> {
        let vision = weights.pp("vision_model");
        let (image_tower, pooled) = match &config.vision_config {
            VisionConfig::ViT(c) => (ImageTower::ViT(ViT::new(c, &vision)?), c.hidden_size),
            VisionConfig::ResNet(c) => (ImageTower::ResNet(ResNet::new(c, &vision)?), c.pooled_size()),
        };
        let text = &config.text_config;
        Ok(Self {
            image_tower,
            visual_projection: linear_no_bias(
                pooled,
                config.projection_dim,
                weights.pp("visual_projection"),
            )?,
            text_tower: TextTower::new(text, &weights.pp("text_model"))?,
            text_projection: linear_no_bias(
                text.hidden_size,
                config.projection_dim,
                weights.pp("text_projection"),
            )?,
            image_size: config.vision_config.image_size(),
        })
    }

    /// `pixels`: `[batch, 3, height, width]`, f32, RGB, normalised, as one slice. Returns
    /// `[batch, dimension]`, f32, not yet of unit norm.
    pub fn encode_images(&self, pixels: &[f32], device: &Device) -> Result<Tensor> {
        let side = self.image_size;
        let batch = pixels.len() / (3 * side * side);
        let pixels = Tensor::from_slice(pixels, (batch, 3, side, side), device)?;
        let pooled = match &self.image_tower {
            ImageTower::ViT(tower) => tower.forward(&pixels)?,
            ImageTower::ResNet(tower) => tower.forward(&pixels)?,
        };
        self.visual_projection.forward(&pooled)
    }

    /// `ids`: token ids of each text, begin and end token included. Returns `[batch, dimension]`,
    /// f32, not yet of unit norm.
    pub fn encode_texts(&self, ids: &[Vec<u32>], device: &Device) -> Result<Tensor> {
        self.text_projection.forward(&self.text_tower.forward(ids, device)?)
    }
}

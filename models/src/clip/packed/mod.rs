//! Both towers on the processor, over weights that were packed once (`knytt-kernels`).
//!
//! Computes what the plain towers compute; those stay as the reference, and for GPUs.

mod attention_pooling;
mod cache;
mod conv;
mod efficientnet;
mod images;
mod maps;
mod projection;
mod resnet;
mod source;
mod text;
mod transformer;
mod vit;

use knytt_kernels::ThreadTeam;

pub(crate) use self::cache::Cache;
use self::images::PackedImageEncoder;
use self::projection::Projection;
pub(crate) use self::source::Source;
use self::text::PackedTextTower;
use crate::config::{Config, TextReading};
use crate::error::Result;

/// Both towers with their projections, weights packed.
pub(crate) struct PackedClip {
    images: PackedImageEncoder,
    text_tower: PackedTextTower,
    text_projection: Projection,
    team: ThreadTeam,
}

impl PackedClip {
    /// Every tensor must be in the source, in the shape that `config` implies. `threads`: how many the
    /// passes share, the calling one among them.
    pub fn new(config: &Config, threads: usize, source: &mut Source<'_>) -> Result<Self> {
        let (dimension, text) = (config.projection_dim, &config.text_config);
        let shape = [dimension, text.hidden_size];
        Ok(Self {
            images: PackedImageEncoder::new(&config.vision_config, dimension, source)?,
            text_tower: PackedTextTower::new(text, "text_model", source)?,
            text_projection: match text.reading {
                TextReading::EndToken => Projection::new("text_projection", shape, source)?,
                TextReading::LastPosition => Projection::with_bias("text_model.head", shape, source)?,
            },
            team: ThreadTeam::new(threads),
        })
    }

    /// `pixels`: `[batch, 3, height, width]`, f32, RGB, normalised, as one slice. Returns
    /// `[batch, dimension + instance dimension]`, neither part of unit norm yet.
    pub fn encode_images(&mut self, pixels: &[f32]) -> Vec<f32> {
        self.images.forward(&self.team, pixels)
    }

    /// `ids`: token ids of each text, begin and end token included. Returns `[batch, dimension]`, not yet
    /// of unit norm.
    pub fn encode_texts(&mut self, ids: &[Vec<u32>]) -> Result<Vec<f32>> {
        let pooled = self.text_tower.forward(&self.team, ids)?;
        Ok(self.text_projection.forward(&self.team, &pooled))
    }
}

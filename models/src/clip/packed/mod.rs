//! Both towers on the processor, over weights that were packed once (`knytt-kernels`).
//!
//! Computes what the plain towers compute; those stay as the reference, and for GPUs.

mod cache;
mod resnet;
mod source;
mod text;
mod transformer;
mod vit;

use knytt_kernels::{Epilogue, Linear, Precision, Rows, Team};

pub(crate) use self::cache::Cache;
use self::resnet::ResNet;
pub(crate) use self::source::Source;
use self::text::TextTower;
use self::vit::ViT;
use crate::Result;
use crate::config::{Config, VisionConfig};

/// Both towers with their projections, weights packed.
pub(crate) struct PackedClip {
    image_tower: ImageTower,
    visual_projection: Projection,
    text_tower: TextTower,
    text_projection: Projection,
    team: Team,
}

enum ImageTower {
    ViT(Box<ViT>),
    ResNet(ResNet),
}

/// From a tower's width to the dimension of embeddings.
struct Projection {
    layer: Linear,
    rows: Rows,
}

impl PackedClip {
    /// Every tensor must be in the source, in the shape that `config` implies. `threads`: how many the
    /// passes share, the calling one among them.
    pub fn new(config: &Config, threads: usize, source: &mut Source<'_>) -> Result<Self> {
        let vision = "vision_model";
        let (image_tower, pooled) = match &config.vision_config {
            VisionConfig::ViT(c) => (ImageTower::ViT(Box::new(ViT::new(c, vision, source)?)), c.hidden_size),
            VisionConfig::ResNet(c) => (ImageTower::ResNet(ResNet::new(c, vision, source)?), c.pooled_size()),
        };
        let (dimension, text) = (config.projection_dim, &config.text_config);
        Ok(Self {
            image_tower,
            visual_projection: Projection::new("visual_projection", [dimension, pooled], source)?,
            text_tower: TextTower::new(text, "text_model", source)?,
            text_projection: Projection::new("text_projection", [dimension, text.hidden_size], source)?,
            team: Team::new(threads),
        })
    }

    /// `pixels`: `[batch, 3, height, width]`, f32, RGB, normalised, as one slice. Returns
    /// `[batch, dimension]`, not yet of unit norm.
    pub fn encode_images(&mut self, pixels: &[f32]) -> Vec<f32> {
        let pooled = match &mut self.image_tower {
            ImageTower::ViT(tower) => tower.forward(&self.team, pixels),
            ImageTower::ResNet(tower) => tower.forward(&self.team, pixels),
        };
        self.visual_projection.forward(&self.team, &pooled)
    }

    /// `ids`: token ids of each text, begin and end token included. Returns `[batch, dimension]`, not yet
    /// of unit norm.
    pub fn encode_texts(&mut self, ids: &[Vec<u32>]) -> Result<Vec<f32>> {
        let pooled = self.text_tower.forward(&self.team, ids)?;
        Ok(self.text_projection.forward(&self.team, &pooled))
    }
}

impl Projection {
    fn new(name: &str, shape: [usize; 2], source: &mut Source<'_>) -> Result<Self> {
        let precision = at_least_sixteen_bits(source.precision);
        Ok(Self { layer: source.projection(name, shape)?, rows: Rows::new(source.isa, precision) })
    }

    fn forward(&mut self, team: &Team, pooled: &[f32]) -> Vec<f32> {
        let rows = self.rows.prepare(team, pooled, self.layer.depth());
        let mut out = vec![0.0; rows.count() * self.layer.outputs()];
        self.layer.forward(team, rows, Epilogue::default(), &mut out);
        out
    }
}

/// A projection is small and its rounding would go straight into the embedding.
fn at_least_sixteen_bits(precision: Precision) -> Precision {
    match precision {
        Precision::Int8 => Precision::Bf16,
        other => other,
    }
}

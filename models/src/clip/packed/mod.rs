//! Both towers on the processor, over weights that were packed once (`knytt-kernels`).
//!
//! Computes what the plain towers compute; those stay as the reference, and for GPUs.

mod cache;
mod resnet;
mod source;
mod text;
mod transformer;
mod vit;

use knytt_kernels::{Activation, Epilogue, Linear, Precision, Rows, ThreadTeam};

pub(crate) use self::cache::Cache;
use self::resnet::PackedResNet;
pub(crate) use self::source::Source;
use self::text::PackedTextTower;
use self::vit::PackedViT;
use crate::config::{Config, ResNetConfig, VisionConfig};
use crate::error::Result;

/// Both towers with their projections, weights packed.
pub(crate) struct PackedClip {
    image_tower: PackedImageTower,
    visual_projection: Projection,
    /// Tells one product from others of its kind. Only some bundles have it.
    instance_head: Option<PackedInstanceHead>,
    text_tower: PackedTextTower,
    text_projection: Projection,
    team: ThreadTeam,
}

enum PackedImageTower {
    ViT(Box<PackedViT>),
    ResNet(PackedResNet),
}

/// From a tower's width to the dimension of embeddings.
struct Projection {
    layer: Linear,
    rows: Rows,
}

/// Two layers that turn the moments of all maps into the instance embedding. They run in f32 whatever the
/// towers' precision, as the projections do: they are small, and their rounding errors go into the result.
struct PackedInstanceHead {
    hidden: Projection,
    out: Projection,
}

impl PackedClip {
    /// Every tensor must be in the source, in the shape that `config` implies. `threads`: how many the
    /// passes share, the calling one among them.
    pub fn new(config: &Config, threads: usize, source: &mut Source<'_>) -> Result<Self> {
        let vision = "vision_model";
        let (image_tower, pooled) = match &config.vision_config {
            VisionConfig::ViT(c) => {
                (PackedImageTower::ViT(Box::new(PackedViT::new(c, vision, source)?)), c.hidden_size)
            }
            VisionConfig::ResNet(c) => {
                (PackedImageTower::ResNet(PackedResNet::new(c, vision, source)?), c.pooled_size())
            }
        };
        let (dimension, text) = (config.projection_dim, &config.text_config);
        let instance_head = match &config.vision_config {
            VisionConfig::ResNet(c) if c.instance_dim > 0 => Some(PackedInstanceHead::new(c, source)?),
            _ => None,
        };
        Ok(Self {
            instance_head,
            image_tower,
            visual_projection: Projection::new("visual_projection", [dimension, pooled], source)?,
            text_tower: PackedTextTower::new(text, "text_model", source)?,
            text_projection: Projection::new("text_projection", [dimension, text.hidden_size], source)?,
            team: ThreadTeam::new(threads),
        })
    }

    /// `pixels`: `[batch, 3, height, width]`, f32, RGB, normalised, as one slice. Returns
    /// `[batch, dimension + instance dimension]`, neither part of unit norm yet.
    pub fn encode_images(&mut self, pixels: &[f32]) -> Vec<f32> {
        let team = &self.team;
        let tower = match &mut self.image_tower {
            PackedImageTower::ViT(tower) => {
                return self.visual_projection.forward(team, &tower.forward(team, pixels));
            }
            PackedImageTower::ResNet(tower) => tower,
        };
        let (mut means, mut moments) = (Vec::new(), Vec::new());
        let has_instance_head = self.instance_head.is_some();
        tower.forward(team, pixels, |maps| {
            means = maps.means();
            if has_instance_head {
                moments.push((means.clone(), maps.channels));
                moments.push((maps.deviations(&means), maps.channels));
            }
        });
        let embeddings = self.visual_projection.forward(team, &means);
        let Some(head) = &mut self.instance_head else { return embeddings };
        let instances = head.forward(team, &side_by_side(&moments));
        let widths = [self.visual_projection.layer.outputs(), head.out.layer.outputs()];
        side_by_side(&[(embeddings, widths[0]), (instances, widths[1])])
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
        let layer = source.packed(name, Precision::F32, shape, |source| {
            Ok((source.values(&format!("{name}.weight"), &shape)?, None))
        })?;
        Ok(Self::from_layer(layer, source))
    }

    fn with_bias(name: &str, shape: [usize; 2], source: &mut Source<'_>) -> Result<Self> {
        let layer = source.packed(name, Precision::F32, shape, |source| {
            let bias = source.values(&format!("{name}.bias"), &shape[..1])?;
            Ok((source.values(&format!("{name}.weight"), &shape)?, Some(bias)))
        })?;
        Ok(Self::from_layer(layer, source))
    }

    fn from_layer(layer: Linear, source: &Source<'_>) -> Self {
        Self { layer, rows: Rows::new(source.isa, Precision::F32) }
    }

    fn forward(&mut self, team: &ThreadTeam, pooled: &[f32]) -> Vec<f32> {
        self.activated(team, pooled, Activation::None)
    }

    fn activated(&mut self, team: &ThreadTeam, pooled: &[f32], activation: Activation) -> Vec<f32> {
        let rows = self.rows.prepare(team, pooled, self.layer.depth());
        let mut out = vec![0.0; rows.count() * self.layer.outputs()];
        self.layer.forward(team, rows, Epilogue { add: false, activation }, &mut out);
        out
    }
}

impl PackedInstanceHead {
    fn new(config: &ResNetConfig, source: &mut Source<'_>) -> Result<Self> {
        let ResNetConfig { instance_dim, instance_hidden_size, .. } = *config;
        let hidden = [instance_hidden_size, config.moments_size()];
        Ok(Self {
            hidden: Projection::with_bias("identity_head.hidden", hidden, source)?,
            out: Projection::new("identity_head.out", [instance_dim, instance_hidden_size], source)?,
        })
    }

    /// `[batch, moments]` to `[batch, instance dimension]`.
    fn forward(&mut self, team: &ThreadTeam, moments: &[f32]) -> Vec<f32> {
        let hidden = self.hidden.activated(team, moments, Activation::Relu);
        self.out.forward(team, &hidden)
    }
}

/// Rows of one matrix after those of the other: `[rows, width]` each.
fn side_by_side(parts: &[(Vec<f32>, usize)]) -> Vec<f32> {
    let rows = parts.first().map_or(0, |(values, width)| values.len() / width);
    let row = |n| parts.iter().flat_map(move |(values, width)| &values[n * width..(n + 1) * width]);
    (0..rows).flat_map(row).copied().collect()
}

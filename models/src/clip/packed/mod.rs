//! Both towers on the processor, over weights that were packed once (`knytt-kernels`).
//!
//! Computes what the plain towers compute; those stay as the reference, and for GPUs.

mod cache;
mod conv;
mod efficientnet;
mod maps;
mod resnet;
mod source;
mod text;
mod transformer;
mod vit;

use knytt_kernels::{Activation, Epilogue, Linear, Precision, Rows, ThreadTeam};

pub(crate) use self::cache::Cache;
use self::efficientnet::PackedEfficientNet;
use self::maps::Maps;
use self::resnet::PackedResNet;
pub(crate) use self::source::Source;
use self::text::PackedTextTower;
use self::vit::PackedViT;
use crate::config::{Config, HeadShape, Projected, VisionConfig};
use crate::error::Result;

/// Both towers with their projections, weights packed.
pub(crate) struct PackedClip {
    image_tower: PackedImageTower,
    visual_projection: VisualProjection,
    /// Tells one product from others of its kind. Only some bundles have it.
    instance_head: Option<MomentsHead>,
    text_tower: PackedTextTower,
    text_projection: Projection,
    team: ThreadTeam,
}

enum PackedImageTower {
    ViT(Box<PackedViT>),
    ResNet(PackedResNet),
    EfficientNet(Box<PackedEfficientNet>),
}

/// From a tower's width to the dimension of embeddings.
struct Projection {
    layer: Linear,
    rows: Rows,
}

/// From the image tower to the space that pictures and words share.
enum VisualProjection {
    Pooled(Projection),
    Moments(Box<MomentsHead>),
}

/// Two layers over the moments of all maps. They run in f32 whatever the towers' precision, as the
/// projections do: they are small, and their rounding errors go into the result.
struct MomentsHead {
    hidden: Projection,
    out: Projection,
}

/// The moments of the maps of some pictures.
#[derive(Default)]
struct Moments {
    /// `[pictures, channels]` of the last map, one after the other.
    means: Vec<f32>,
    /// Means and deviations of every map, side by side, `[pictures, moments]`; empty if nothing reads them.
    all: Vec<f32>,
}

impl PackedClip {
    /// Every tensor must be in the source, in the shape that `config` implies. `threads`: how many the
    /// passes share, the calling one among them.
    pub fn new(config: &Config, threads: usize, source: &mut Source<'_>) -> Result<Self> {
        let vision = "vision_model";
        let image_tower = match &config.vision_config {
            VisionConfig::ViT(c) => PackedImageTower::ViT(Box::new(PackedViT::new(c, vision, source)?)),
            VisionConfig::ResNet(c) => PackedImageTower::ResNet(PackedResNet::new(c, vision, source)?),
            VisionConfig::EfficientNet(c) => {
                PackedImageTower::EfficientNet(Box::new(PackedEfficientNet::new(c, vision, source)?))
            }
        };
        let (dimension, text) = (config.projection_dim, &config.text_config);
        let instance_head = config.vision_config.instance_head();
        let instance_head = instance_head.map(|shape| MomentsHead::instance(shape, source)).transpose()?;
        Ok(Self {
            instance_head,
            image_tower,
            visual_projection: VisualProjection::new(config, source)?,
            text_tower: PackedTextTower::new(text, "text_model", source)?,
            text_projection: Projection::new("text_projection", [dimension, text.hidden_size], source)?,
            team: ThreadTeam::new(threads),
        })
    }

    /// `pixels`: `[batch, 3, height, width]`, f32, RGB, normalised, as one slice. Returns
    /// `[batch, dimension + instance dimension]`, neither part of unit norm yet.
    pub fn encode_images(&mut self, pixels: &[f32]) -> Vec<f32> {
        let team = &self.team;
        let reads_all =
            self.instance_head.is_some() || matches!(self.visual_projection, VisualProjection::Moments(_));
        let moments = match &mut self.image_tower {
            PackedImageTower::ViT(tower) => Moments { means: tower.forward(team, pixels), all: Vec::new() },
            PackedImageTower::ResNet(tower) => {
                Moments::of(reads_all, |each| tower.forward(team, pixels, each))
            }
            PackedImageTower::EfficientNet(tower) => {
                let picture = 3 * tower.side() * tower.side();
                let mut moments = Moments::default();
                for pixels in pixels.chunks_exact(picture) {
                    moments.extend(Moments::of(reads_all, |each| tower.forward(team, pixels, each)));
                }
                moments
            }
        };
        let (embeddings, dimension) = self.visual_projection.forward(team, &moments);
        let Some(head) = &mut self.instance_head else { return embeddings };
        let instances = head.forward(team, &moments.all);
        side_by_side(&[(embeddings, dimension), (instances, head.out.layer.outputs())])
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

impl VisualProjection {
    fn new(config: &Config, source: &mut Source<'_>) -> Result<Self> {
        let (outputs, name) = (config.projection_dim, "visual_projection");
        Ok(match config.vision_config.projected() {
            Projected::Pooled(pooled) => Self::Pooled(Projection::new(name, [outputs, pooled], source)?),
            Projected::Moments { moments, hidden } => Self::Moments(Box::new(MomentsHead {
                hidden: Projection::with_bias("visual_hidden", [hidden, moments], source)?,
                out: Projection::new(name, [outputs, hidden], source)?,
            })),
        })
    }

    /// `[pictures, dimension]`, and the dimension.
    fn forward(&mut self, team: &ThreadTeam, moments: &Moments) -> (Vec<f32>, usize) {
        match self {
            Self::Pooled(layer) => (layer.forward(team, &moments.means), layer.layer.outputs()),
            Self::Moments(head) => (head.forward(team, &moments.all), head.out.layer.outputs()),
        }
    }
}

impl MomentsHead {
    /// The instance head.
    fn instance(shape: HeadShape, source: &mut Source<'_>) -> Result<Self> {
        let HeadShape { moments, hidden, outputs } = shape;
        Ok(Self {
            hidden: Projection::with_bias("identity_head.hidden", [hidden, moments], source)?,
            out: Projection::new("identity_head.out", [outputs, hidden], source)?,
        })
    }

    /// `[batch, moments]` to `[batch, outputs]`.
    fn forward(&mut self, team: &ThreadTeam, moments: &[f32]) -> Vec<f32> {
        let hidden = self.hidden.activated(team, moments, Activation::Relu);
        self.out.forward(team, &hidden)
    }
}

impl Moments {
    /// Of the maps that `tower` shows; of all but the last one only if something reads them.
    fn of(reads_all: bool, tower: impl FnOnce(&mut dyn FnMut(&Maps))) -> Self {
        let (mut last, mut parts) = (Vec::new(), Vec::new());
        tower(&mut |maps| {
            last = maps.means();
            if reads_all {
                parts.push((last.clone(), maps.channels));
                parts.push((maps.deviations(&last), maps.channels));
            }
        });
        Self { means: last, all: side_by_side(&parts) }
    }

    fn extend(&mut self, more: Self) {
        self.means.extend(more.means);
        self.all.extend(more.all);
    }
}

/// Rows of one matrix after those of the other: `[rows, width]` each.
fn side_by_side(parts: &[(Vec<f32>, usize)]) -> Vec<f32> {
    let rows = parts.first().map_or(0, |(values, width)| values.len() / width);
    let row = |n| parts.iter().flat_map(move |(values, width)| &values[n * width..(n + 1) * width]);
    (0..rows).flat_map(row).copied().collect()
}

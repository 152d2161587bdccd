//! From pixels to the embedding of a picture: one tower with its heads, or several side by side.

use candle_core::{DType, Result, Tensor, bail};
use candle_nn::{Linear, Module, VarBuilder, linear, linear_no_bias};

use super::efficientnet::EfficientNet;
use super::resnet::ResNet;
use super::vit::ViT;
use crate::config::{HeadShape, Projected, TowersConfig, VisionConfig};

pub(super) enum ImageEncoder {
    Single(Box<SingleTower>),
    SideBySide(Box<SideBySide>),
}

/// A tower with its projection.
pub(super) struct SingleTower {
    tower: ImageTower,
    projection: VisualProjection,
    /// Tells one product from others of its kind. Only some bundles have it.
    instance_head: Option<MomentsHead>,
}

/// Towers whose unit vectors, one after the other, go through one projection.
pub(super) struct SideBySide {
    /// Each with how many pixels, in each direction, are one of its own.
    towers: Vec<(SingleTower, usize)>,
    projection: Linear,
}

enum ImageTower {
    ViT(ViT),
    ResNet(ResNet),
    EfficientNet(EfficientNet),
}

impl ImageEncoder {
    pub fn new(vision: &VisionConfig, dimension: usize, weights: &VarBuilder<'_>) -> Result<Self> {
        Ok(match vision {
            VisionConfig::Towers(config) => {
                Self::SideBySide(Box::new(SideBySide::new(config, dimension, weights)?))
            }
            one => Self::Single(Box::new(SingleTower::new(one, dimension, weights)?)),
        })
    }

    /// From `[batch, 3, side, side]` to `[batch, dimension + instance dimension]`, neither part of unit norm yet.
    pub fn forward(&self, pixels: &Tensor) -> Result<Tensor> {
        let (embeddings, instances) = match self {
            Self::Single(tower) => tower.forward(pixels)?,
            Self::SideBySide(towers) => towers.forward(pixels)?,
        };
        match instances {
            Some(instances) => Tensor::cat(&[embeddings, instances], 1),
            None => Ok(embeddings),
        }
    }
}

impl SingleTower {
    fn new(vision: &VisionConfig, dimension: usize, weights: &VarBuilder<'_>) -> Result<Self> {
        let tower = weights.pp("vision_model");
        let tower = match vision {
            VisionConfig::ViT(c) => ImageTower::ViT(ViT::new(c, &tower)?),
            VisionConfig::ResNet(c) => ImageTower::ResNet(ResNet::new(c, &tower)?),
            VisionConfig::EfficientNet(c) => ImageTower::EfficientNet(EfficientNet::new(c, &tower)?),
            VisionConfig::Towers(_) => bail!("a tower of several towers cannot be one of several"),
        };
        let head = vision.instance_head();
        Ok(Self {
            tower,
            projection: VisualProjection::new(vision, dimension, weights)?,
            instance_head: head
                .map(|shape| MomentsHead::new(shape, weights.pp("identity_head")))
                .transpose()?,
        })
    }

    /// `[batch, dimension]`, and `[batch, instance dimension]` where the tower has such a head.
    fn forward(&self, pixels: &Tensor) -> Result<(Tensor, Option<Tensor>)> {
        let (pooled, moments) = match &self.tower {
            ImageTower::ViT(tower) => (tower.forward(pixels)?, None),
            ImageTower::ResNet(tower) => tower.forward(pixels).map(|(means, all)| (means, Some(all)))?,
            ImageTower::EfficientNet(tower) => {
                tower.forward(pixels).map(|(means, all)| (means, Some(all)))?
            }
        };
        let embeddings = match (&self.projection, &moments) {
            (VisualProjection::Moments(head), Some(moments)) => head.forward(moments)?,
            (VisualProjection::Moments(_), None) => {
                bail!("a tower without moments has a head that reads them")
            }
            (VisualProjection::Nothing, _) => pooled,
            (VisualProjection::Pooled(layer), _) => layer.forward(&pooled)?,
        };
        let head = self.instance_head.as_ref().zip(moments);
        Ok((embeddings, head.map(|(head, moments)| head.forward(&moments)).transpose()?))
    }
}

impl SideBySide {
    fn new(config: &TowersConfig, dimension: usize, weights: &VarBuilder<'_>) -> Result<Self> {
        let mut towers = Vec::new();
        for (n, tower) in config.towers.iter().enumerate() {
            let weights = weights.pp("towers").pp(n);
            let single = SingleTower::new(&tower.vision, tower.projection_dim, &weights)?;
            towers.push((single, config.shrink(tower)));
        }
        let projection = linear_no_bias(config.joined_size(), dimension, weights.pp("visual_projection"))?;
        Ok(Self { towers, projection })
    }

    fn forward(&self, pixels: &Tensor) -> Result<(Tensor, Option<Tensor>)> {
        let (mut embeddings, mut instances) = (Vec::new(), Vec::new());
        for (tower, shrink) in &self.towers {
            let pixels = if *shrink > 1 { pixels.avg_pool2d(*shrink)? } else { pixels.clone() };
            let (embedding, instance) = tower.forward(&pixels)?;
            embeddings.push(unit(&embedding)?);
            instances.extend(instance.map(|instance| unit(&instance)).transpose()?);
        }
        let embeddings = self.projection.forward(&Tensor::cat(&embeddings, 1)?)?;
        let instances = if instances.is_empty() { None } else { Some(Tensor::cat(&instances, 1)?) };
        Ok((embeddings, instances))
    }
}

/// Each row at unit length; zeros stay. Squares do not fit in 16 bits.
fn unit(rows: &Tensor) -> Result<Tensor> {
    let (dtype, rows) = (rows.dtype(), rows.to_dtype(DType::F32)?);
    let length = rows.sqr()?.sum_keepdim(1)?.sqrt()?.clamp(f32::MIN_POSITIVE, f32::MAX)?;
    rows.broadcast_div(&length)?.to_dtype(dtype)
}

/// From the image tower to the space that pictures and words share.
enum VisualProjection {
    /// What the tower gives is in that space.
    Nothing,
    Pooled(Linear),
    Moments(MomentsHead),
}

impl VisualProjection {
    fn new(vision: &VisionConfig, outputs: usize, weights: &VarBuilder<'_>) -> Result<Self> {
        let projection = weights.pp("visual_projection");
        Ok(match vision.projected() {
            Projected::Nothing(_) => Self::Nothing,
            Projected::Pooled(pooled) => Self::Pooled(linear_no_bias(pooled, outputs, projection)?),
            Projected::Moments { moments, hidden } => Self::Moments(MomentsHead {
                hidden: linear(moments, hidden, weights.pp("visual_hidden"))?,
                out: linear_no_bias(hidden, outputs, projection)?,
            }),
        })
    }
}

/// Two layers over the moments of all maps.
struct MomentsHead {
    hidden: Linear,
    out: Linear,
}

impl MomentsHead {
    fn new(shape: HeadShape, weights: VarBuilder<'_>) -> Result<Self> {
        let HeadShape { moments, hidden, outputs } = shape;
        let out = linear_no_bias(hidden, outputs, weights.pp("out"))?;
        Ok(Self { hidden: linear(moments, hidden, weights.pp("hidden"))?, out })
    }

    /// `[batch, moments]` to `[batch, outputs]`.
    fn forward(&self, moments: &Tensor) -> Result<Tensor> {
        self.out.forward(&self.hidden.forward(moments)?.relu()?)
    }
}

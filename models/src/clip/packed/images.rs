//! From pixels to the embedding of a picture: one tower with its heads, or several side by side.

use knytt_kernels::{Isa, ThreadTeam};

use super::efficientnet::PackedEfficientNet;
use super::maps::Maps;
use super::projection::{MomentsHead, Projection};
use super::resnet::PackedResNet;
use super::source::Source;
use super::vit::PackedViT;
use crate::config::{HeadShape, Projected, TowersConfig, VisionConfig};
use crate::error::{Error, Result};

pub(super) enum PackedImageEncoder {
    Single(Box<SingleTower>),
    SideBySide(Box<SideBySide>),
}

/// A tower with its projection.
pub(super) struct SingleTower {
    tower: PackedImageTower,
    projection: VisualProjection,
    /// Tells one product from others of its kind. Only some bundles have it.
    instance_head: Option<MomentsHead>,
    isa: Isa,
}

/// Towers whose unit vectors, one after the other, go through one projection.
pub(super) struct SideBySide {
    /// Each with how many pixels, in each direction, are one of its own.
    towers: Vec<(SingleTower, usize)>,
    projection: Projection,
    side: usize,
}

enum PackedImageTower {
    ViT(Box<PackedViT>),
    ResNet(PackedResNet),
    EfficientNet(Box<PackedEfficientNet>),
}

/// From the image tower to the space that pictures and words share.
enum VisualProjection {
    /// What the tower gives is in that space; so many values.
    Nothing(usize),
    Pooled(Projection),
    Moments(Box<MomentsHead>),
}

/// The moments of the maps of some pictures.
#[derive(Default)]
struct Moments {
    /// `[pictures, channels]` of the last map, one after the other.
    means: Vec<f32>,
    /// Means and deviations of every map, side by side, `[pictures, moments]`; empty if nothing reads them.
    all: Vec<f32>,
}

/// Vectors of some pictures, and how many values each has.
type Part = (Vec<f32>, usize);

impl PackedImageEncoder {
    pub fn new(vision: &VisionConfig, dimension: usize, source: &mut Source<'_>) -> Result<Self> {
        Ok(match vision {
            VisionConfig::Towers(config) => {
                Self::SideBySide(Box::new(SideBySide::new(config, dimension, source)?))
            }
            one => Self::Single(Box::new(SingleTower::new(one, dimension, "", source)?)),
        })
    }

    /// From `[batch, 3, side, side]` to `[batch, dimension + instance dimension]`, neither part of unit norm yet.
    pub fn forward(&mut self, team: &ThreadTeam, pixels: &[f32]) -> Vec<f32> {
        let (embeddings, instances) = match self {
            Self::Single(tower) => tower.forward(team, pixels),
            Self::SideBySide(towers) => towers.forward(team, pixels),
        };
        match instances {
            Some(instances) => side_by_side(&[embeddings, instances]),
            None => embeddings.0,
        }
    }
}

impl SingleTower {
    /// `prefix`: what its tensors' names begin with.
    fn new(vision: &VisionConfig, dimension: usize, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let name = format!("{prefix}vision_model");
        let tower = match vision {
            VisionConfig::ViT(c) => PackedImageTower::ViT(Box::new(PackedViT::new(c, &name, source)?)),
            VisionConfig::ResNet(c) => PackedImageTower::ResNet(PackedResNet::new(c, &name, source)?),
            VisionConfig::EfficientNet(c) => {
                PackedImageTower::EfficientNet(Box::new(PackedEfficientNet::new(c, &name, source)?))
            }
            VisionConfig::Towers(_) => {
                return Err(Error::Weights("a tower of several towers cannot be one of several".into()));
            }
        };
        let (hidden, out) = (format!("{prefix}identity_head.hidden"), format!("{prefix}identity_head.out"));
        let head = vision.instance_head();
        Ok(Self {
            tower,
            projection: VisualProjection::new(vision, dimension, prefix, source)?,
            instance_head: head.map(|shape| MomentsHead::new(&hidden, &out, shape, source)).transpose()?,
            isa: source.isa,
        })
    }

    /// The embeddings, and the instance embeddings where the tower has such a head.
    fn forward(&mut self, team: &ThreadTeam, pixels: &[f32]) -> (Part, Option<Part>) {
        let reads_all =
            self.instance_head.is_some() || matches!(self.projection, VisualProjection::Moments(_));
        let isa = self.isa;
        let moments = match &mut self.tower {
            PackedImageTower::ViT(tower) => Moments { means: tower.forward(team, pixels), all: Vec::new() },
            PackedImageTower::ResNet(tower) => {
                Moments::of(isa, reads_all, |each| tower.forward(team, pixels, each))
            }
            PackedImageTower::EfficientNet(tower) => {
                let picture = 3 * tower.side() * tower.side();
                some_by_some(team, pixels, picture, |team, pixels| {
                    Moments::of(isa, reads_all, |each| tower.forward(team, pixels, each))
                })
            }
        };
        let head = self.instance_head.as_mut();
        let instances = head.map(|head| (head.forward(team, &moments.all), head.outputs()));
        (self.projection.forward(team, &moments), instances)
    }
}

impl SideBySide {
    fn new(config: &TowersConfig, dimension: usize, source: &mut Source<'_>) -> Result<Self> {
        let mut towers = Vec::new();
        for (n, tower) in config.towers.iter().enumerate() {
            let prefix = format!("towers.{n}.");
            let single = SingleTower::new(&tower.vision, tower.projection_dim, &prefix, source)?;
            towers.push((single, config.shrink(tower)));
        }
        let projection = Projection::new("visual_projection", [dimension, config.joined_size()], source)?;
        Ok(Self { towers, projection, side: config.image_size })
    }

    fn forward(&mut self, team: &ThreadTeam, pixels: &[f32]) -> (Part, Option<Part>) {
        let (mut embeddings, mut instances) = (Vec::new(), Vec::new());
        for (tower, shrink) in &mut self.towers {
            let (embedding, instance) = if *shrink > 1 {
                tower.forward(team, &shrink_pixels(pixels, self.side, *shrink))
            } else {
                tower.forward(team, pixels)
            };
            embeddings.push(unit(embedding));
            instances.extend(instance.map(unit));
        }
        let joined = self.projection.forward(team, &side_by_side(&embeddings));
        let width = instances.iter().map(|(_, width)| width).sum();
        let instances = (!instances.is_empty()).then(|| (side_by_side(&instances), width));
        ((joined, self.projection.outputs()), instances)
    }
}

impl VisualProjection {
    fn new(vision: &VisionConfig, outputs: usize, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let name = format!("{prefix}visual_projection");
        Ok(match vision.projected() {
            Projected::Nothing(pooled) => Self::Nothing(pooled),
            Projected::Pooled(pooled) => Self::Pooled(Projection::new(&name, [outputs, pooled], source)?),
            Projected::Moments { moments, hidden } => {
                let shape = HeadShape { moments, hidden, outputs };
                let hidden = format!("{prefix}visual_hidden");
                Self::Moments(Box::new(MomentsHead::new(&hidden, &name, shape, source)?))
            }
        })
    }

    fn forward(&mut self, team: &ThreadTeam, moments: &Moments) -> Part {
        match self {
            Self::Nothing(pooled) => (moments.means.clone(), *pooled),
            Self::Pooled(layer) => (layer.forward(team, &moments.means), layer.outputs()),
            Self::Moments(head) => (head.forward(team, &moments.all), head.outputs()),
        }
    }
}

impl Moments {
    /// Of the maps that `tower` shows, with their level; of all but the last one only if something reads them. It may show
    /// the maps of a level picture by picture.
    fn of(isa: Isa, reads_all: bool, tower: impl FnOnce(&mut dyn FnMut(usize, &Maps))) -> Self {
        let mut levels: Vec<[Part; 2]> = Vec::new();
        tower(&mut |level, maps| {
            let moments = maps.moments(isa);
            if levels.len() <= level {
                levels.resize_with(level + 1, || [(Vec::new(), maps.channels), (Vec::new(), maps.channels)]);
            }
            levels[level].iter_mut().zip(moments).for_each(|((all, _), new)| all.extend(new));
        });
        let means = levels.last().map(|[(means, _), _]| means.clone()).unwrap_or_default();
        let all = if reads_all { side_by_side(levels.as_flattened()) } else { Vec::new() };
        Self { means, all }
    }
}

impl FromIterator<Moments> for Moments {
    fn from_iter<T: IntoIterator<Item = Self>>(pictures: T) -> Self {
        pictures.into_iter().fold(Self::default(), |mut all, picture| {
            all.means.extend(picture.means);
            all.all.extend(picture.all);
            all
        })
    }
}

/// Pictures that a thread takes at a time.
const TOGETHER: usize = 4;

/// The moments of pictures of so many values each. Several pictures are shared among the team's threads; a single one is
/// shared within.
fn some_by_some(
    team: &ThreadTeam,
    pixels: &[f32],
    picture: usize,
    of_some: impl Fn(&ThreadTeam, &[f32]) -> Moments + Sync,
) -> Moments {
    let count = pixels.len() / picture;
    if count < team.threads() {
        return pixels.chunks(TOGETHER * picture).map(|pixels| of_some(team, pixels)).collect();
    }
    let length = TOGETHER.min(count.div_ceil(team.threads())) * picture;
    let mut moments: Vec<Moments> = pixels.chunks(length).map(|_| Moments::default()).collect();
    team.each_chunk(&mut moments, 1, |n, moments| {
        let pixels = &pixels[n * length..pixels.len().min((n + 1) * length)];
        moments[0] = of_some(ThreadTeam::alone(), pixels);
    });
    moments.into_iter().collect()
}

/// Pictures, `[batch, 3, side, side]`, with the mean of `by` × `by` pixels in place of each such square.
fn shrink_pixels(pixels: &[f32], side: usize, by: usize) -> Vec<f32> {
    let small = side / by;
    let mut out = vec![0.0; pixels.len() / (by * by)];
    // Planes stand one below the other, and `by` divides their side.
    for (rows, out) in pixels.chunks_exact(by * side).zip(out.chunks_exact_mut(small)) {
        for row in rows.chunks_exact(side) {
            for (square, out) in row.chunks_exact(by).zip(out.iter_mut()) {
                *out += square.iter().sum::<f32>();
            }
        }
        out.iter_mut().for_each(|sum| *sum /= (by * by) as f32);
    }
    out
}

/// Each vector at unit length; zeros stay.
fn unit((mut values, width): Part) -> Part {
    for row in values.chunks_exact_mut(width) {
        let length = row.iter().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        row.iter_mut().for_each(|v| *v /= length);
    }
    (values, width)
}

/// Rows of one matrix after those of the other: `[rows, width]` each.
fn side_by_side(parts: &[(Vec<f32>, usize)]) -> Vec<f32> {
    let rows = parts.first().map_or(0, |(values, width)| values.len() / width);
    let row = |n| parts.iter().flat_map(move |(values, width)| &values[n * width..(n + 1) * width]);
    (0..rows).flat_map(row).copied().collect()
}

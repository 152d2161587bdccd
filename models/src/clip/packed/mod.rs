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
mod roberta;
mod source;
mod text;
mod transformer;
mod vit;

use knytt_kernels::ThreadTeam;

pub(crate) use self::cache::Cache;
pub(crate) use self::conv::PackedConv;
use self::images::PackedImageEncoder;
pub(crate) use self::maps::Maps;
use self::projection::Projection;
use self::roberta::PackedRoberta;
pub(crate) use self::source::Source;
use self::text::PackedTextTower;
use crate::config::{Config, TextConfig, TextReading};
use crate::error::{Error, Result};

/// Both towers with their projections, or an image tower alone; weights packed.
pub(crate) struct PackedClip {
    images: PackedImageEncoder,
    texts: Option<PackedTextEncoder>,
    team: ThreadTeam,
}

/// The text tower with its projection.
enum PackedTextEncoder {
    /// Read at one position.
    AtPosition(Box<ReadAtPosition>),
    /// Read by the mean of all.
    Mean(Box<PackedRoberta>),
}

struct ReadAtPosition {
    tower: PackedTextTower,
    projection: Projection,
}

impl PackedClip {
    /// Every tensor must be in the source, in the shape that `config` implies. `threads`: how many the
    /// passes share, the calling one among them.
    pub fn new(config: &Config, threads: usize, source: &mut Source<'_>) -> Result<Self> {
        let (dimension, text) = (config.projection_dim, config.text_config.as_ref());
        Ok(Self {
            images: PackedImageEncoder::new(&config.vision_config, dimension, source)?,
            texts: text.map(|text| PackedTextEncoder::new(text, dimension, source)).transpose()?,
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
    ///
    /// # Errors
    /// [`Error::PicturesOnly`] without a text tower; an id that is not in the vocabulary.
    pub fn encode_texts(&mut self, ids: &[Vec<u32>]) -> Result<Vec<f32>> {
        let texts = self.texts.as_mut().ok_or(Error::PicturesOnly)?;
        texts.forward(&self.team, ids)
    }
}

impl PackedTextEncoder {
    fn new(text: &TextConfig, dimension: usize, source: &mut Source<'_>) -> Result<Self> {
        let (prefix, shape) = ("text_model", [dimension, text.hidden_size]);
        if text.reading == TextReading::Mean {
            return PackedRoberta::new(text, dimension, prefix, source)
                .map(|tower| Self::Mean(Box::new(tower)));
        }
        let tower = PackedTextTower::new(text, prefix, source)?;
        let projection = match text.reading {
            TextReading::LastPosition => Projection::with_bias("text_model.head", shape, source)?,
            _ => Projection::new("text_projection", shape, source)?,
        };
        Ok(Self::AtPosition(Box::new(ReadAtPosition { tower, projection })))
    }

    fn forward(&mut self, team: &ThreadTeam, ids: &[Vec<u32>]) -> Result<Vec<f32>> {
        match self {
            Self::AtPosition(read) => Ok(read.projection.forward(team, &read.tower.forward(team, ids)?)),
            Self::Mean(roberta) => roberta.forward(team, ids),
        }
    }
}

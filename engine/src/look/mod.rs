//! Describes what a picture shows, by its pixels and by the model.
//!
//! The same code looks at queries and at the catalogue's pictures ([`pixels`]). It finds the colours ([`color`])
//! and the pattern ([`pattern`]) of the thing in front of the background ([`foreground`]), flaws of the picture
//! ([`quality`]), and a perceptual hash by which copies are found ([`hash`], [`near_duplicates`]). The model gives
//! the category ([`category`]) and the safety ([`safety`]) where a picture is embedded. [`words`] finds the same
//! colours and patterns in texts.

pub(crate) mod calibration;
pub(crate) mod category;
pub(crate) mod color;
pub(crate) mod color_cluster;
pub(crate) mod difference;
pub(crate) mod foreground;
pub(crate) mod hash;
pub(crate) mod image_template;
pub(crate) mod instance_embedding;
pub(crate) mod lab;
pub(crate) mod light;
pub(crate) mod mask;
pub(crate) mod masked_image;
pub(crate) mod near_duplicates;
pub mod offline;
pub(crate) mod palette;
pub(crate) mod pattern;
pub(crate) mod picture_look;
pub(crate) mod pixels;
pub(crate) mod prompts;
pub(crate) mod quality;
pub(crate) mod regions;
pub(crate) mod safety;
#[cfg(test)]
mod tests;
pub(crate) mod words;

use serde::{Deserialize, Serialize};

use crate::look::image_template::ImageTemplate;
use crate::look::instance_embedding::InstanceEmbedding;

/// Properties that were measured on a picture or guessed from it. Values from a feed take precedence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// Colours of the thing, without its background: at most three, the largest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub colors: Vec<SeenColor>,
    /// Its pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Guess>,
    /// What kind of thing it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Guess>,
    /// What is wrong with the picture.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flaws: Vec<Flaw>,
    /// A perceptual hash: pictures of hashes that differ in few bits look the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<u64>,
    /// Recognises parts of the same picture.
    #[serde(rename = "imprint", skip_serializing_if = "Option::is_none")]
    pub template: Option<ImageTemplate>,
    /// Recognises the same thing on other pictures of it.
    #[serde(rename = "identity", skip_serializing_if = "Option::is_none")]
    pub instance_embedding: Option<InstanceEmbedding>,
    /// The id of another product with nearly the same picture, the first of all that share it.
    #[serde(rename = "twin_of", skip_serializing_if = "Option::is_none")]
    pub near_duplicate_of: Option<String>,
}

/// A colour of the thing on a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenColor {
    /// The English name, from the palette.
    pub name: String,
    /// The tone in sRGB.
    pub rgb: [u8; 3],
    /// The share of the thing in this colour, in percent.
    pub percent: u8,
}

/// A guess from the embedding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// The guessed value.
    pub value: String,
    /// How often such a guess is right, in percent, as measured on labelled pictures.
    pub percent: u8,
}

/// Why a picture is poor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// The picture has too few pixels.
    TooSmall,
    /// Nothing in it is sharp.
    Blurred,
    /// It shows nothing.
    Blank,
    /// It may not be fit to be shown.
    Unsafe,
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooSmall => "the picture has too few pixels to be recognised by",
            Self::Blurred => "nothing in the picture is sharp",
            Self::Blank => "the picture shows nothing",
            Self::Unsafe => "the picture may not be fit to be shown",
        })
    }
}

impl Look {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

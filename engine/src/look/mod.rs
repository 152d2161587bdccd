//! What a picture shows, beside what a model makes of it.

//!
//! Queries and the catalogue's pictures are looked at alike ([`pixels`]): colours ([`color`]) and pattern
//! ([`pattern`]) of the thing in front of its background ([`foreground`]), what is wrong with the picture
//! ([`quality`]), and a hash by which copies are found ([`hash`], [`twins`]). What the model can say
//! ([`category`], [`safety`]) is asked where a picture is embedded. [`words`] finds the same colours and patterns in what people write.

mod calibration;
mod category;
mod cloth;
mod color;
mod difference;
mod foreground;
mod hash;
mod hills;
mod light;
#[cfg(test)]
mod measure;
mod palette;
mod pattern;
mod pixels;
mod prompts;
mod quality;
mod safety;
#[cfg(test)]
mod tests;
mod twins;
mod words;

use serde::{Deserialize, Serialize};

pub use self::category::{Kinds, NEIGHBOURS, Neighbour, category_of_neighbours};
pub use self::difference::distance;
pub use self::hash::hash_distance;
pub use self::palette::{ColorFamily, ColorName};
pub use self::pattern::Pattern;
pub(crate) use self::prompts::Prompts;
pub(crate) use self::safety::Gatekeeper;
pub use self::safety::{SafetyConfig, SafetyGate};
pub use self::twins::{Seen, TWIN_BITS, TWIN_COSINE, twins};
pub use self::words::{colors_in, patterns_in};
pub use crate::regions::Lab;
use crate::{Identity, Imprint};

/// What was measured on a picture or guessed from it. Everything that a feed says wins over it.
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
    /// By which a part of the same picture is recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imprint: Option<Imprint>,
    /// By which the same thing is recognised on other pictures of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// The id of another product with nearly the same picture, the first of all that share it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twin_of: Option<String>,
}

/// A colour that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenColor {
    /// What a shopper calls it, in English: a name of the palette.
    pub name: String,
    /// Its tone: sRGB.
    pub rgb: [u8; 3],
    /// How much of the thing has it, in percent.
    pub percent: u8,
}

/// A guess from the embedding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// What it is taken for.
    pub value: String,
    /// How sure that is, in percent, as measured on things that are known.
    pub percent: u8,
}

/// Why a picture is poor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// It has too few pixels to be recognised by.
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

//! Finds the pattern of the thing on a picture, by its pixels.

mod edges;
pub(crate) mod features;
pub(crate) mod texture;
pub(crate) mod weights;

use serde::{Deserialize, Serialize};

use super::calibration::precision;
use super::{Guess, SeenColor};
use crate::look::masked_image::MaskedImage;
use features::{FEATURES, PatternFeatures};

/// The pattern of a fabric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// One colour.
    Plain,
    /// Bands one way.
    Striped,
    /// Bands both ways: gingham, plaid, tartan.
    Checked,
    /// Dots.
    Dotted,
    /// Flowers.
    Floral,
    /// A picture or letters.
    Printed,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: [Self; 6] =
        [Self::Plain, Self::Striped, Self::Checked, Self::Dotted, Self::Floral, Self::Printed];

    /// In English, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Striped => "striped",
            Self::Checked => "checked",
            Self::Dotted => "dotted",
            Self::Floral => "floral",
            Self::Printed => "printed",
        }
    }
}

/// The least precision of a guess, in percent.
const FLOOR: u8 = 60;

/// The pattern of a thing, if it can be told.
pub(super) fn pattern(masked: &MaskedImage, colors: &[SeenColor]) -> Option<Guess> {
    let features = PatternFeatures::from_masked_image(masked, colors)?;
    let shares = shares(&weights::WEIGHTS, &features.values());
    let (pattern, share) = Pattern::ALL.into_iter().zip(shares).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let percent = precision(&weights::CURVE, share);
    (percent >= FLOOR).then(|| Guess { value: pattern.name().into(), percent })
}

/// Softmax of a linear model: 0 to 1 for each pattern, together one.
pub(super) fn shares(weights: &PatternWeights, features: &[f32; FEATURES]) -> [f32; 6] {
    softmax(weights.map(|row| {
        let (constant, slopes) = row.split_at(1);
        constant[0] + slopes.iter().zip(features).map(|(slope, value)| slope * value).sum::<f32>()
    }))
}

fn softmax(values: [f32; 6]) -> [f32; 6] {
    let highest = values.iter().copied().fold(f32::MIN, f32::max);
    let powers = values.map(|value| (value - highest).exp());
    let total: f32 = powers.iter().sum();
    powers.map(|power| power / total)
}

/// A row of weights per pattern: the constant, then one for each feature.
pub type PatternWeights = [[f32; FEATURES + 1]; 6];

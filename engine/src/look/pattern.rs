//! The pattern of the thing on a picture: measured, not guessed from an embedding.

mod features;
#[cfg(test)]
mod fit;
mod texture;
mod weights;

use serde::{Deserialize, Serialize};

use super::calibration::precision;
use super::cloth::Cloth;
use super::{Guess, SeenColor};
use features::{FEATURES, Features};

/// What is on the cloth.
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

/// Below this precision nothing is said, in percent.
const FLOOR: u8 = 60;

/// The pattern of a thing, if it can be told.
pub(super) fn pattern(cloth: &Cloth, colors: &[SeenColor]) -> Option<Guess> {
    let features = Features::of(cloth, colors)?;
    let shares = shares_with(&weights::WEIGHTS, &features);
    let (pattern, share) = Pattern::ALL.into_iter().zip(shares).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let percent = precision(&weights::CURVE, share);
    (percent >= FLOOR).then(|| Guess { value: pattern.name().into(), percent })
}

/// Softmax of a linear model: 0 to 1 for each pattern, together one.
fn shares_with(weights: &Weights, features: &Features) -> [f32; 6] {
    softmax(weights.map(|row| {
        let (constant, slopes) = row.split_at(1);
        constant[0] + slopes.iter().zip(features.scaled()).map(|(slope, value)| slope * value).sum::<f32>()
    }))
}

fn softmax(values: [f32; 6]) -> [f32; 6] {
    let highest = values.iter().copied().fold(f32::MIN, f32::max);
    let powers = values.map(|value| (value - highest).exp());
    let total: f32 = powers.iter().sum();
    powers.map(|power| power / total)
}

/// A row of weights per pattern: the constant, then one for each feature.
type Weights = [[f32; FEATURES + 1]; 6];

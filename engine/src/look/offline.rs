//! What the offline measurements in `examples/` need beyond the public interface.
//!
//! The thresholds, curves and weights of `look` were measured with these examples. They need
//! values from before a threshold is applied: contrast and sharpness, pattern features, raw vote and prompt
//! shares. The module is public for them alone, is hidden from the documentation, and may change at any time.

use image::RgbImage;

use crate::look::category::{Neighbour, votes};
use crate::look::color::colors;
use crate::look::foreground::Foreground;
use crate::look::masked_image::MaskedImage;
use crate::look::pattern;
use crate::look::pattern::features::PatternFeatures;
use crate::look::quality;

pub use crate::look::pattern::PatternWeights;
pub use crate::look::pattern::features::FEATURES;
pub use crate::look::prompts::Prompts;

/// Contrast (0 to 255) and sharpness (0 to 1) of a picture, which decide on its flaws.
pub fn contrast_and_sharpness(picture: &RgbImage) -> (f32, f32) {
    quality::contrast_and_sharpness(picture)
}

/// The features of the thing on a picture, or `None` if it has too few pixels.
pub fn pattern_features(picture: &RgbImage) -> Option<[f32; FEATURES]> {
    let masked = MaskedImage::from_picture(picture, &Foreground::from_picture(picture)?)?;
    PatternFeatures::from_masked_image(&masked, &colors(&masked)).map(|features| features.values())
}

/// The share of each pattern under these weights, in the order of [`Pattern::ALL`](crate::Pattern::ALL).
pub fn pattern_shares(weights: &PatternWeights, features: &[f32; FEATURES]) -> [f32; 6] {
    pattern::shares(weights, features)
}

/// The category with the most votes among the neighbours, and its share of all votes.
pub fn neighbour_votes<'a>(neighbours: &[Neighbour<'a>]) -> Option<(&'a str, f32)> {
    votes(neighbours)
}

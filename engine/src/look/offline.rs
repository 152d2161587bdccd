//! What the offline measurements in `examples/` need beyond the public interface.
//!
//! The thresholds, curves and weights of `look` were measured with these examples. They need
//! values from before a threshold is applied: contrast and sharpness, pattern features, raw vote and prompt
//! shares. The bench of `look` needs its steps one by one. The module is public for them alone, is hidden from the
//! documentation, and may change at any time.

use std::hint::black_box;
use std::sync::Arc;

use image::RgbImage;

use crate::look::category::{Neighbour, votes};
use crate::look::color::colors;
use crate::look::foreground::Foreground;
use crate::look::hash;
use crate::look::image_template::ImageTemplate;
use crate::look::masked_image::MaskedImage;
use crate::look::pattern;
use crate::look::pattern::features::PatternFeatures;
use crate::look::pixels::small;
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

/// One step of looking at a picture, with what it needs prepared.
pub type Step = (&'static str, Box<dyn Fn()>);

/// The steps of [`Look::from_pixels`](crate::Look::from_pixels) for a picture that shows something, in their order.
/// None if it does not.
pub fn steps(picture: &RgbImage) -> Option<Vec<Step>> {
    let full = Arc::new(picture.clone());
    let picture = Arc::new(small(picture).into_owned());
    let thing = Arc::new(Foreground::from_picture(&picture)?);
    let masked = Arc::new(MaskedImage::from_picture(&picture, &thing)?);
    let seen = Arc::new(colors(&masked));
    let of_picture = |step: fn(&RgbImage)| -> Box<dyn Fn()> {
        let picture = picture.clone();
        Box::new(move || step(&picture))
    };
    Some(vec![
        ("flaws", {
            let full = full.clone();
            Box::new(move || drop(black_box(quality::flaws(&full))))
        }),
        ("smaller copy", Box::new(move || drop(black_box(small(&full))))),
        ("hash", of_picture(|picture| _ = black_box(hash::hash(picture)))),
        ("template", of_picture(|picture| drop(black_box(ImageTemplate::from_picture(picture))))),
        ("foreground", of_picture(|picture| drop(black_box(Foreground::from_picture(picture))))),
        ("finer copy", {
            let picture = picture.clone();
            Box::new(move || drop(black_box(MaskedImage::from_picture(&picture, &thing))))
        }),
        ("colours", {
            let masked = masked.clone();
            Box::new(move || drop(black_box(colors(&masked))))
        }),
        ("pattern", Box::new(move || drop(black_box(pattern::pattern(&masked, &seen))))),
    ])
}

/// The share of each pattern under these weights, in the order of [`Pattern::ALL`](crate::Pattern::ALL).
pub fn pattern_shares(weights: &PatternWeights, features: &[f32; FEATURES]) -> [f32; 6] {
    pattern::shares(weights, features)
}

/// The category with the most votes among the neighbours, and its share of all votes.
pub fn neighbour_votes<'a>(neighbours: &[Neighbour<'a>]) -> Option<(&'a str, f32)> {
    votes(neighbours)
}

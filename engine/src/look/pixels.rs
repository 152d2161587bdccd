//! Computes all properties of a picture that need only its pixels.

use std::borrow::Cow;

use image::RgbImage;
use knytt_models::shrink::{Filter, shrink};

use super::foreground::Foreground;
use super::{Flaw, Look};
use super::{color, hash, pattern, quality};
use crate::look::image_template::ImageTemplate;
use crate::look::masked_image::MaskedImage;

/// The longer side of the copy on which colours and patterns are measured. A larger copy costs time and changes
/// nothing.
const SIDE: u32 = 320;

/// The copy on which colours and patterns are measured; the picture itself if it is small enough.
pub(super) fn small(picture: &RgbImage) -> Cow<'_, RgbImage> {
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    if longer <= SIDE {
        return Cow::Borrowed(picture);
    }
    let side = |length: u32| (length * SIDE / longer).max(1);
    let small = shrink(picture, (side(width), side(height)), Filter::Box);
    // A picture without pixels stays as it is.
    small.map_or(Cow::Borrowed(picture), Cow::Owned)
}

impl Look {
    /// Measures colours, pattern, flaws, hash and template. A picture that is too small or blank has no colours
    /// and no pattern.
    pub fn from_pixels(picture: &RgbImage) -> Self {
        let flaws = quality::flaws(picture);
        let small = small(picture);
        let picture = &*small;
        let hash = hash::hash(picture);
        let shows = !flaws.contains(&Flaw::TooSmall) && !flaws.contains(&Flaw::Blank);
        let masked = Foreground::from_picture(picture)
            .filter(|_| shows)
            .and_then(|thing| MaskedImage::from_picture(picture, &thing));
        let template = shows.then(|| ImageTemplate::from_picture(picture));
        let Some(masked) = masked else { return Self { flaws, hash, template, ..Self::default() } };
        let colors = color::colors(&masked);
        let pattern = pattern::pattern(&masked, &colors);
        Self { colors, pattern, flaws, hash, template, ..Self::default() }
    }
}

//! Computes all properties of a picture that need only its pixels.

use std::borrow::Cow;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

use super::foreground::Foreground;
use super::{Flaw, Look};
use super::{color, hash, pattern, quality};
use crate::look::image_template::ImageTemplate;
use crate::look::masked_image::MaskedImage;

/// The longer side of the copy on which colours and patterns are measured. A larger copy costs time and changes
/// nothing.
const SIDE: u32 = 320;

fn small(picture: &RgbImage) -> Cow<'_, RgbImage> {
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    if longer <= SIDE {
        return Cow::Borrowed(picture);
    }
    let side = |length: u32| (length * SIDE / longer).max(1);
    // A picture that cannot be resized is measured at full size.
    shrunk(picture, side(width), side(height)).map_or(Cow::Borrowed(picture), Cow::Owned)
}

/// The mean of the pixels under each new one.
fn shrunk(picture: &RgbImage, width: u32, height: u32) -> Option<RgbImage> {
    let source = ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x3).ok()?;
    let mut small = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
    Resizer::new().resize(&source, &mut small, &options).ok()?;
    RgbImage::from_raw(width, height, small.into_vec())
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

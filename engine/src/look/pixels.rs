//! Everything that pixels alone tell of a picture, from one call.

use std::borrow::Cow;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

use super::cloth::Cloth;
use super::foreground::Foreground;
use super::{Flaw, Look};
use super::{color, hash, pattern, quality};
use crate::Imprint;

/// Longer sides than this show no other colours and patterns, and take longer to look at.
const SIDE: u32 = 320;

fn small(picture: &RgbImage) -> Cow<'_, RgbImage> {
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    if longer <= SIDE {
        return Cow::Borrowed(picture);
    }
    let side = |length: u32| (length * SIDE / longer).max(1);
    // What cannot be made smaller takes longer to look at.
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
    /// What pixels alone tell: colours, pattern, flaws and the hash. A picture that is too small or blank
    /// has no colours and no pattern.
    pub fn of_pixels(picture: &RgbImage) -> Self {
        let flaws = quality::flaws(picture);
        let small = small(picture);
        let picture = &*small;
        let hash = hash::hash(picture);
        let shows = !flaws.contains(&Flaw::TooSmall) && !flaws.contains(&Flaw::Blank);
        let cloth = Foreground::of(picture).filter(|_| shows).and_then(|thing| Cloth::of(picture, &thing));
        let imprint = shows.then(|| Imprint::of(picture));
        let Some(cloth) = cloth else { return Self { flaws, hash, imprint, ..Self::default() } };
        let colors = color::colors(&cloth);
        let pattern = pattern::pattern(&cloth, &colors);
        Self { colors, pattern, flaws, hash, imprint, ..Self::default() }
    }
}

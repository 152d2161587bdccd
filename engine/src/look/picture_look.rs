//! What is measured on a query's picture without the model.

use std::sync::Arc;

use image::{RgbImage, imageops};

use crate::look::Look;

/// The longer side of the copy that is measured, in pixels. A larger one finds the same and takes longer.
const SIDE: u32 = 320;

/// The colours and pattern of a picture, and the small copy of it that is compared with products' pictures.
#[derive(Clone)]
pub struct PictureLook {
    /// Colours, pattern and what else is measured without the model.
    pub look: Look,
    /// The copy, at most 320 pixels on its longer side.
    pub pixels: Arc<RgbImage>,
}

impl PictureLook {
    /// Measures a small copy of `pixels`.
    pub fn from_pixels(pixels: &RgbImage) -> Self {
        let (width, height) = pixels.dimensions();
        let longer = width.max(height).max(SIDE);
        let side = |length: u32| (length * SIDE / longer).max(1);
        let small = imageops::thumbnail(pixels, side(width), side(height));
        Self { look: Look::from_pixels(&small), pixels: Arc::new(small) }
    }
}

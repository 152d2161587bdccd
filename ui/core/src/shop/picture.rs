//! The query's picture, as the engine takes it.

use std::sync::Arc;
use std::time::Instant;

use image::{RgbImage, imageops};
use knytt_engine::Look;
use knytt_models::decode::{self, DecodeError, Limits};
use knytt_models::{Embedding, Encoder};
use knytt_ui_api::{Code, Problem, Timings};

use super::measure::ms_since;
use crate::problem::of_model;

/// The longer side of the copy that colours and patterns are measured on, in pixels. A larger one finds
/// the same and takes longer.
const LOOK_SIDE: u32 = 320;

/// Decoding keeps at least twice this on the short side, where the file has it. 1024 pixels show the
/// picture large, and a tenth of it is still large enough to search for.
const KEPT_SIDE: u32 = 512;

/// The pixels of a picture file, upright, perhaps fewer than the file has.
///
/// # Errors
/// It cannot be read, or is larger than `limits`.
pub fn read_picture(file: &[u8], limits: &Limits) -> Result<RgbImage, Problem> {
    decode::decode(file, limits, Some(KEPT_SIDE)).map_err(|error| {
        let code = match error {
            DecodeError::TooLarge { .. } => Code::TooLarge,
            _ => Code::BadPicture,
        };
        Problem::new(code, error)
    })
}

/// The query's picture as its embedding and its look, and how long making them took. The default is a
/// query without a picture.
#[derive(Clone, Default)]
pub struct QueryPicture {
    /// What the model makes of it.
    pub embedding: Option<Embedding>,
    /// Its colours and pattern.
    pub look: Option<PictureLook>,
    /// Decoding and embedding.
    pub timings: Timings,
}

impl QueryPicture {
    /// Embeds and measures a decoded picture.
    ///
    /// # Errors
    /// The model fails.
    pub fn from_pixels(encoder: &Encoder, pixels: &RgbImage) -> Result<Self, Problem> {
        let start = Instant::now();
        let embedding = encoder.embed_image(pixels).map_err(of_model)?;
        let look = PictureLook::from_pixels(pixels);
        let timings = Timings { embed: ms_since(start), ..Timings::default() };
        Ok(Self { embedding: Some(embedding), look: Some(look), timings })
    }
}

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
        let longer = width.max(height).max(LOOK_SIDE);
        let side = |length: u32| (length * LOOK_SIDE / longer).max(1);
        let small = imageops::thumbnail(pixels, side(width), side(height));
        Self { look: Look::from_pixels(&small), pixels: Arc::new(small) }
    }
}

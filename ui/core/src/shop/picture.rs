//! The query's picture, as the engine takes it.

use std::time::Instant;

use image::RgbImage;
use knytt_engine::{PictureLook, QueryImage};
use knytt_models::decode::{self, DecodeError, Limits};
use knytt_models::{Embedding, Encoder};
use knytt_ui_api::{Code, Problem, Timings};

use super::measure::ms_since;
use crate::problem::of_model;

/// The pixels of a picture file, upright, perhaps fewer than the file has.
///
/// # Errors
/// It cannot be read, or is larger than `limits`.
pub fn read_picture(file: &[u8], limits: &Limits) -> Result<RgbImage, Problem> {
    decode::decode(file, limits, Some(QueryImage::DECODED_SIDE)).map_err(|error| {
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

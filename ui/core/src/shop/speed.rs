//! How fast the model is on this device.

use std::time::Instant;

use image::{Rgb, RgbImage};
use knytt_models::Encoder;
use knytt_ui_api::{ModelSpeed, Problem};

use crate::problem::of_model;

/// Enough rounds for a median that one slow round does not move.
const ROUNDS: usize = 9;

const WORDS: &str = "a striped blue shirt";

/// Measures medians over a few rounds, after one that warms up.
///
/// # Errors
/// The model fails.
pub fn measure_model(encoder: &Encoder) -> Result<ModelSpeed, Problem> {
    let side = encoder.target_side();
    let picture = RgbImage::from_fn(side, side, |x, y| Rgb([x as u8, y as u8, (x ^ y) as u8]));
    Ok(ModelSpeed {
        image: median(|| encoder.embed_image(&picture).map(drop))?,
        text: match encoder.embeds_words() {
            true => Some(median(|| encoder.embed_text(WORDS).map(drop))?),
            false => None,
        },
    })
}

fn median(mut run: impl FnMut() -> knytt_models::Result<()>) -> Result<f64, Problem> {
    run().map_err(of_model)?;
    let mut ms = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        run().map_err(of_model)?;
        ms.push(start.elapsed().as_secs_f64() * 1e3);
    }
    ms.sort_by(f64::total_cmp);
    Ok(ms[ROUNDS / 2])
}

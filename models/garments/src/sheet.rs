//! Contact sheets.

use std::path::Path;

use anyhow::Context;
use image::RgbImage;
use knytt_garments::{Category, Garment, View, render};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::Mode;

/// Garments in a row.
const COLUMNS: u32 = 12;

/// Writes a PNG with `each` garments of every category, in the order of [`Category::ALL`].
pub(crate) fn write(
    out: &Path,
    mode: Mode,
    size: u32,
    each: u32,
    seed: u64,
    only: &[String],
) -> anyhow::Result<()> {
    let cells: Vec<(Category, u32)> = Category::ALL
        .iter()
        .filter(|c| only.is_empty() || only.iter().any(|name| name == c.name()))
        .flat_map(|&c| (0..each).map(move |k| (c, k)))
        .collect();
    let pictures: Vec<RgbImage> = cells
        .par_iter()
        .map(|&(category, k)| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(category as u64 * 1000 + u64::from(k));
            let garment = Garment::random(category, &mut rng);
            let view = match mode {
                Mode::Studio => View::studio_varied(&mut rng),
                Mode::Wild => View::wild(&mut rng),
            };
            render(&garment, &view, size)
        })
        .collect();
    let rows = (pictures.len() as u32).div_ceil(COLUMNS);
    let mut sheet = RgbImage::new(COLUMNS * size, rows * size);
    for (at, picture) in pictures.iter().enumerate() {
        let (x, y) = (at as u32 % COLUMNS * size, at as u32 / COLUMNS * size);
        image::imageops::replace(&mut sheet, picture, x.into(), y.into());
    }
    sheet.save(out).with_context(|| format!("cannot write {}", out.display()))
}

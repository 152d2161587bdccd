//! The catalogue's own products, photographed again: each must be found first.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::Result;
use image::codecs::jpeg::JpegEncoder;
use image::{GenericImageView, RgbImage, imageops};
use knytt_engine::{Catalog, Origin, Product, Snapshot};
use knytt_models::decode::{Limits, decode};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::set::{JudgedQuery, Picture, Relevance};

/// The least share of the picture's area that is kept.
const LEAST_AREA: f64 = 0.6;

/// Pictures are made this small first, in pixels: what a search would make of them anyway.
const SIDE: u32 = 512;

/// How poor the JPEG is.
const QUALITY: u8 = 40;

/// `count` products (or all), each photographed again: a part of at least 60 % of the area, blurred, with a
/// cast of colour, as a JPEG of quality 40.
///
/// # Errors
/// The catalogue cannot be read.
pub fn photographs(catalog: &Catalog, dir: &Path, count: usize, seed: u64) -> Result<Vec<JudgedQuery>> {
    let snapshot = catalog.read()?;
    let base = Origin::read(dir).source.map(|source| folder_of(Path::new(&source)));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut ids = snapshot.ids()?;
    ids.shuffle(&mut rng);
    let mut queries = Vec::new();
    for id in ids {
        if queries.len() == count {
            break;
        }
        let Some(product) = snapshot.product(&id)? else { continue };
        let Some(picture) = picture(&snapshot, base.as_deref(), &product)? else { continue };
        queries.push(JudgedQuery {
            kind: String::new(),
            picture: Some(Picture::Bytes(photograph(&picture, &mut rng)?)),
            relevance: Relevance::Graded(BTreeMap::from([(id, 1)])),
            ..JudgedQuery::default()
        });
    }
    Ok(queries)
}

/// A folder's pictures lie in it, a feed's beside it.
fn folder_of(source: &Path) -> PathBuf {
    if source.is_dir() { source.into() } else { source.parent().unwrap_or(Path::new("")).into() }
}

/// The picture that the product was made from, or its thumbnail where that is gone.
fn picture(snapshot: &Snapshot, base: Option<&Path>, product: &Product) -> Result<Option<RgbImage>> {
    let file = base.map(|base| base.join(&product.image)).and_then(|path| fs_err::read(path).ok());
    let bytes = match file {
        Some(bytes) => Some(bytes),
        None => snapshot.thumbnail(&product.id)?.map(<[u8]>::to_vec),
    };
    Ok(bytes.and_then(|bytes| decode(&bytes, &Limits::default(), Some(SIDE)).ok()))
}

fn photograph(picture: &RgbImage, rng: &mut impl Rng) -> Result<Vec<u8>> {
    let (width, height) = picture.dimensions();
    // Sides whose product is the share of the area, neither shorter than that share.
    let area = rng.random_range(LEAST_AREA..1.0);
    let across = rng.random_range(area..=1.0);
    let side = |length: u32, share: f64| ((f64::from(length) * share).ceil() as u32).clamp(1, length);
    let (w, h) = (side(width, across), side(height, area / across));
    let (x, y) = (rng.random_range(0..=width - w), rng.random_range(0..=height - h));
    let part = picture.view(x, y, w, h).to_image();
    let scale = (f64::from(SIDE) / f64::from(w.max(h))).min(1.0);
    let (w, h) = (side(w, scale), side(h, scale));
    let small = imageops::resize(&part, w, h, imageops::FilterType::Triangle);
    let blur = rng.random_range(0.5..2.0) * f64::from(w.max(h)) / f64::from(SIDE);
    let mut seen = imageops::fast_blur(&small, blur as f32);
    let cast: [f32; 3] = std::array::from_fn(|_| rng.random_range(0.8..1.2));
    for pixel in seen.pixels_mut() {
        for (value, gain) in pixel.0.iter_mut().zip(cast) {
            *value = (f32::from(*value) * gain).min(255.0) as u8;
        }
    }
    let mut jpeg = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&seen)?;
    Ok(jpeg.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photograph_shows_at_least_three_fifths() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let picture = RgbImage::from_fn(200, 300, |x, y| image::Rgb([x as u8, (y / 2) as u8, 90]));
        for _ in 0..50 {
            let jpeg = photograph(&picture, &mut rng).unwrap();
            let seen = decode(&jpeg, &Limits::default(), None).unwrap();
            let share = f64::from(seen.width() * seen.height()) / (200.0 * 300.0);
            assert!((LEAST_AREA..=1.0).contains(&share), "{share}");
        }
    }
}

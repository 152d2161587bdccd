//! Training pictures that show every garment from several sides.

use std::path::Path;

use image::imageops::{FilterType, resize};
use knytt_garments::{Garment, Product, View, render, sample_products};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use crate::train::{self, TrainingSet};

/// Products drawn before they are written: bounds the memory.
const BATCH: usize = 512;

/// A picture is drawn this much larger and made smaller, as what a model sees of a photograph is.
const FINER: u32 = 2;

/// Keeps the views apart from the shop that is drawn with the same seed.
const VIEWS: u64 = 0x0076_6965_7773;

/// One line of `captions.jsonl`: a training picture's, and which garment it shows how.
#[derive(Serialize)]
struct ViewLine {
    /// The same for all pictures of one garment; 2 n + 1 is the near-duplicate of 2 n.
    garment: usize,
    view: &'static str,
    #[serde(flatten)]
    shown: train::TrainLine,
}

/// Writes to `out` the first `count` products of the shop with this `seed`, each followed by its
/// [`Garment::near_duplicate`], and of each of these the shop's own picture and one [`View::again`] and one
/// [`View::wild`]: `images.bin` (u8, `[count * 6, size, size, 3]`, RGB) and `captions.jsonl`.
pub(crate) fn write(count: usize, seed: u64, size: u32, out: &Path) -> anyhow::Result<()> {
    let mut set = TrainingSet::create(out)?;
    let products = sample_products(count, seed);
    for (batch, start) in products.chunks(BATCH).zip((0..).step_by(BATCH)) {
        let drawn: Vec<_> = batch
            .par_iter()
            .enumerate()
            .flat_map_iter(|(at, product)| both(product, start + at, seed, size))
            .collect();
        drawn.iter().try_for_each(|(pixels, line)| set.add(pixels, line))?;
    }
    set.finish()
}

/// A product and its near-duplicate, from all sides.
fn both(product: &Product, index: usize, seed: u64, size: u32) -> Vec<(Vec<u8>, ViewLine)> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ VIEWS);
    // A stream per product: the same pictures whatever the number of threads.
    rng.set_stream(index as u64);
    let near_duplicate = product.garment.near_duplicate(&mut rng);
    let mut all = Vec::with_capacity(6);
    for (at, garment, studio) in
        [(0, &product.garment, product.view.clone()), (1, &near_duplicate, View::studio_varied(&mut rng))]
    {
        let views = [("studio", studio), ("again", View::again(&mut rng)), ("wild", View::wild(&mut rng))];
        for (view, seen) in views {
            let shown = train::TrainLine::from_garment(garment, &mut rng);
            all.push((picture(garment, seen, size), ViewLine { garment: 2 * index + at, view, shown }));
        }
    }
    all
}

fn picture(garment: &Garment, mut view: View, size: u32) -> Vec<u8> {
    // Noise and blocks are a large photograph's: made smaller, little is left of them.
    view.camera.jpeg = None;
    view.camera.noise *= 0.5;
    let large = render(garment, &view, size * FINER);
    resize(&large, size, size, FilterType::CatmullRom).into_raw()
}

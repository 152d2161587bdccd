//! Rendered garments with known colours and patterns.

use image::RgbImage;
use knytt_garments::{Category, Garment, View, render};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// A garment and a picture of it.
pub(crate) struct DrawnGarment {
    pub(crate) garment: Garment,
    pub(crate) picture: RgbImage,
    /// Whether the picture looks like a shop's; otherwise it looks like one taken at home.
    pub(crate) studio: bool,
}

/// Renders garments of all categories at `side` pixels, every second one in a studio. The same `seed` gives
/// the same garments.
pub(crate) fn drawn_garments(count: u64, seed: u64, side: u32) -> Vec<DrawnGarment> {
    let one = |index: u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(index);
        let category = Category::ALL[rng.random_range(0..Category::ALL.len())];
        let garment = Garment::random(category, &mut rng);
        let studio = index.is_multiple_of(2);
        let view = if studio { View::studio_varied(&mut rng) } else { View::wild(&mut rng) };
        let picture = render(&garment, &view, side);
        DrawnGarment { garment, picture, studio }
    };
    (0..count).into_par_iter().map(one).collect()
}

//! What a re-embedding would take.

use knytt_engine::{Error as Engine, Info};
use knytt_hub::free_bytes;
use knytt_models::{PrecisionBenchmark, user_cache};
use knytt_ui_api::{Problem, ReembeddingPlan};

use super::RESERVE_BYTES;
use super::pictures::PictureFiles;
use crate::problem::of_engine;
use crate::shop::Shop;
use crate::visit::state::Visit;

/// Bytes of a component: f16, and one bit in the index of codes.
const COMPONENT_BYTES: f64 = 2.125;

impl Visit {
    /// What re-embedding the open catalogue with a model that is here would take. It looks at the file of every picture.
    ///
    /// # Errors
    /// There is no open catalogue, its model cannot be changed here, or the model is not here.
    pub fn plan_reembedding(&self, model: &str) -> Result<ReembeddingPlan, Problem> {
        let shop = self.changeable_shop()?;
        let bundle = self.open_bundle(model)?;
        let info = shop.session().catalog().info().map_err(of_engine)?;
        let measured = self.models.measured().get(model).cloned().or_else(|| {
            user_cache().and_then(|cache| PrecisionBenchmark::read(&cache, bundle.fingerprint()))
        });
        let counted = count(&shop).map_err(of_engine)?;
        let embedded = counted.pictures + counted.thumbnails + info.further_pictures;
        let seconds = measured.map(|m| (m.image_ms_in(m.choice) * embedded as f64 / 1e3).ceil() as u32);
        Ok(ReembeddingPlan {
            model: model.into(),
            products: info.products,
            pictures: counted.pictures,
            thumbnails: counted.thumbnails,
            without: counted.without,
            needed_bytes: needed_bytes(&info, bundle.dimension()) + RESERVE_BYTES,
            free_bytes: free_bytes(shop.folder()),
            seconds,
        })
    }
}

/// Products by the picture that is here of them.
#[derive(Default)]
struct Counted {
    pictures: u64,
    thumbnails: u64,
    without: u64,
}

fn count(shop: &Shop) -> Result<Counted, Engine> {
    let (files, mut counted) = (PictureFiles::of(shop), Counted::default());
    let snapshot = shop.session().catalog().read()?;
    for product in snapshot.products()? {
        let product = product?;
        let is_here = product.has_picture() && files.file(&product.image).is_some();
        match is_here {
            true => counted.pictures += 1,
            false if product.has_picture() && snapshot.thumbnail(&product.id)?.is_some() => {
                counted.thumbnails += 1;
            }
            false => counted.without += 1,
        }
    }
    Ok(counted)
}

/// About what a catalogue with the same products and vectors of this dimension takes, in bytes.
pub(super) fn needed_bytes(info: &Info, dimension: usize) -> u64 {
    let vectors = |dimension: usize| {
        ((info.products + info.further_pictures) as f64 * dimension as f64 * COMPONENT_BYTES) as u64
    };
    info.disk_bytes.saturating_sub(vectors(info.dimension)) + vectors(dimension)
}

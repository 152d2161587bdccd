//! Measures the scales of a catalogue from the catalogue itself.

use image::{GenericImageView, RgbImage, imageops};
use knytt_models::{Embedding, decode};

use crate::calibration::{Calibration, Scale, quantile};
use crate::{Filter, Product, Result, SearchSession, Snapshot, Strategy, VectorQuery};

/// How many products are looked at; each costs two pictures and two texts through the model.
const SAMPLE: usize = 64;

/// So few products tell nothing about a scale.
const FEWEST: u64 = 8;

impl SearchSession {
    /// Measures what scores mean in this catalogue and keeps it there. Takes a second or two with the
    /// starter model; `None` if there are too few products.
    ///
    /// Pictures: some products' thumbnails are photographed again (cropped, blurred, in other light),
    /// and it is seen how near they come to their product and how near to the nearest other one.
    /// Words: titles, and colour with category, are searched for.
    ///
    /// # Errors
    /// The storage or the model fails.
    pub fn calibrate(&self) -> Result<Option<Calibration>> {
        let snapshot = self.catalog().read()?;
        let products = snapshot.len()?;
        if products < FEWEST {
            return Ok(None);
        }
        let sample = sample(&snapshot, products)?;
        let unrelated = unrelated(&snapshot, &sample)?;
        let image = self.image_scale(&snapshot, &sample, unrelated)?;
        let text = self.text_scale(&snapshot, &sample)?;
        drop(snapshot);
        let calibration = Calibration { image, text, products };
        let mut writer = self.catalog().write();
        writer.set_calibration(calibration);
        writer.commit()?;
        Ok(Some(calibration))
    }

    fn image_scale(&self, snapshot: &Snapshot, sample: &[Product], unrelated: f32) -> Result<Scale> {
        let (mut nearest, mut others) = (Vec::new(), Vec::new());
        for (at, product) in sample.iter().enumerate() {
            let Some(picture) = snapshot.thumbnail(&product.id)?.and_then(pixels) else { continue };
            let again = self.encoder().embed_image(&photographed_again(&picture, at))?;
            let hits = nearest_to(snapshot, &again, 2)?;
            nearest.extend(hits.first().map(|(_, score)| *score));
            others.extend(hits.iter().find(|(id, _)| *id != product.id).map(|(_, score)| *score));
        }
        // Without thumbnails: what is known of the products' own vectors.
        if nearest.is_empty() {
            for product in sample {
                let Some(own) = snapshot.vector(&product.id)? else { continue };
                let hits = nearest_to(snapshot, &own, 2)?;
                nearest.extend(hits.get(1).map(|(_, score)| *score));
                others.extend(hits.get(1).map(|(_, score)| *score));
            }
        }
        Ok(Scale {
            unrelated,
            matches_from: quantile(&mut nearest, 0.02),
            exact_from: Some(quantile(&mut others, 0.99)),
            best: 1.0,
        })
    }

    fn text_scale(&self, snapshot: &Snapshot, sample: &[Product]) -> Result<Option<Scale>> {
        let (mut best, mut any) = (Vec::new(), Vec::new());
        for (at, product) in sample.iter().enumerate() {
            for words in said_of(product) {
                let said = self.encoder().embed_text(&words)?;
                best.extend(nearest_to(snapshot, &said, 1)?.first().map(|(_, score)| *score));
                let other = snapshot.vector(&sample[(at + sample.len() / 2) % sample.len()].id)?;
                any.extend(other.map(|other| other.cosine(&said)).transpose()?);
            }
        }
        Ok((!best.is_empty()).then(|| Scale {
            unrelated: quantile(&mut any, 0.5),
            matches_from: quantile(&mut best, 0.02),
            exact_from: None,
            best: quantile(&mut best, 0.95),
        }))
    }
}

/// Products from all over the catalogue, always the same.
fn sample(snapshot: &Snapshot, products: u64) -> Result<Vec<Product>> {
    let live = snapshot.live()?;
    let wanted = SAMPLE.min(usize::try_from(products).unwrap_or(SAMPLE)) as u64;
    let places = (0..wanted).map(|at| at * products / wanted);
    let items = places.filter_map(|place| live.select(u32::try_from(place).ok()?));
    items.map(|item| snapshot.product_at(item)).collect()
}

/// What products far apart in the sample score.
fn unrelated(snapshot: &Snapshot, sample: &[Product]) -> Result<f32> {
    let vectors: Vec<Embedding> =
        sample.iter().filter_map(|p| snapshot.vector(&p.id).transpose()).collect::<Result<_>>()?;
    let half = vectors.len() / 2;
    let pairs = vectors[..half].iter().zip(&vectors[half..]);
    let mut scores = pairs.map(|(a, b)| a.cosine(b)).collect::<knytt_models::Result<Vec<_>>>()?;
    Ok(quantile(&mut scores, 0.5))
}

fn nearest_to(snapshot: &Snapshot, embedding: &Embedding, k: usize) -> Result<Vec<(String, f32)>> {
    let filter = Filter::default();
    let query = VectorQuery { embedding, filter: &filter, k, strategy: Strategy::Auto, except: None };
    Ok(snapshot.search(&query)?.products.into_iter().map(|p| (p.product.id, p.score)).collect())
}

fn said_of(product: &Product) -> Vec<String> {
    let kind = product.colors.first().map(|color| format!("{color} {}", product.category));
    [Some(product.title.clone()), kind].into_iter().flatten().filter(|w| !w.trim().is_empty()).collect()
}

fn pixels(file: &[u8]) -> Option<RgbImage> {
    decode::decode(file, &decode::Limits::default(), None).ok()
}

/// The product as a shopper's camera might see it: a part of the picture, in other light, not quite
/// sharp. `at` chooses how.
fn photographed_again(picture: &RgbImage, at: usize) -> RgbImage {
    let keep = [0.78, 0.85, 0.92, 0.97][at % 4];
    let (width, height) = picture.dimensions();
    let side = |length: u32| ((f64::from(length) * keep) as u32).max(1);
    let (w, h) = (side(width), side(height));
    let (x, y) = ((width - w) * (at as u32 / 4 % 3) / 2, (height - h) * (at as u32 / 12 % 3) / 2);
    let part = picture.view(x, y, w, h).to_image();
    let mut seen = imageops::fast_blur(&part, [0.8, 1.6, 2.4][at % 3]);
    let light = [[1.25, 1.08, 0.85], [0.7, 0.76, 0.86], [1.1, 0.92, 1.1], [0.9, 0.9, 0.78]][at / 3 % 4];
    for pixel in seen.pixels_mut() {
        for (value, gain) in pixel.0.iter_mut().zip(light) {
            *value = (f32::from(*value) * gain).min(255.0) as u8;
        }
    }
    seen
}

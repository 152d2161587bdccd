//! Measures what scores mean in a catalogue, from the catalogue itself.

pub(crate) mod again;
pub(crate) mod fit;
pub(crate) mod gibberish;
pub(crate) mod out_of_domain;
mod quantile;
pub(crate) mod scale;
pub(crate) mod synthetic_negatives;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use image::RgbImage;
use knytt_models::{Embedding, Fingerprint, Options, PrecisionBenchmark};

use self::again::pixels;
use crate::calibrate::gibberish::GibberishDetector;
use crate::calibrate::out_of_domain::{NEAREST, OutOfDomainClassifier, ReferenceEmbeddings};
use crate::calibrate::quantile::quantile;
use crate::calibrate::scale::{Calibration, Scale};
use crate::catalog::snapshot::{Snapshot, VectorQuery};
use crate::error::Result;
use crate::index::Strategy;
use crate::look::image_template::{ImageTemplate, TemplateQuery};
use crate::product::Product;
use crate::product::filter::Filter;
use crate::search::session::SearchSession;

/// Products in the sample. The model embeds a picture and two texts of each.
const SAMPLE: usize = 64;

/// Pictures with which a precision of the model is proven.
const PROVEN: usize = 256;

/// A catalogue with fewer products gets no scale.
const FEWEST: u64 = 8;

/// Number of synthetic negatives: eight of each family.
const NEGATIVES: u32 = 112;

/// Number of generated nonsense phrases.
const NONSENSE: u32 = 24;

/// How many of the nearest products are compared with a picture by their templates.
const COMPARED: usize = 8;

/// Pictures that are queued at the model at a time.
const AT_ONCE: usize = 16;

/// Embeddings of the synthetic negatives by model. They are the same for every catalogue of a model, and half of
/// the work of a calibration.
static SYNTHETIC_NEGATIVES: LazyLock<Mutex<HashMap<Fingerprint, Arc<[Embedding]>>>> =
    LazyLock::new(Mutex::default);

fn embedded_negatives() -> MutexGuard<'static, HashMap<Fingerprint, Arc<[Embedding]>>> {
    SYNTHETIC_NEGATIVES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A simulated second photograph of a product, and its nearest products.
struct Rephotographed {
    embedding: Embedding,
    /// Its score against its own product, if that was among the nearest.
    own: Option<f32>,
    /// The scores of the nearest other products, best first.
    others: Vec<f32>,
}

impl SearchSession {
    /// Measures what scores mean in this catalogue, and stores the result in the catalogue. Takes a few seconds
    /// with the starter model, whatever the size of the catalogue. Returns `None` if there are too few products.
    ///
    /// For pictures, calibration simulates second photographs of a sample (cropped, blurred, in other light), and
    /// measures their scores against their own and against other products. It also measures the scores of
    /// synthetic pictures of things that are outside the catalogue's domain. For words, it searches for titles and
    /// for colours with categories.
    ///
    /// # Errors
    /// The storage or the model fails.
    pub fn calibrate(&self) -> Result<Option<Calibration>> {
        let snapshot = self.catalog().read()?;
        let products = snapshot.len()?;
        if products - snapshot.without_picture()?.len() < FEWEST {
            return Ok(None);
        }
        let sample = sample(&snapshot, products, SAMPLE)?;
        let pictures = pictures(&snapshot, &sample)?;
        let again: Vec<(&str, RgbImage)> =
            numbered(&pictures).map(|(n, id, picture)| (id, again::photographed(picture, n))).collect();
        let seen = self.seen(&snapshot, &again)?;
        let image = image_scale(&snapshot, &sample, &seen)?;
        let same_from = same_from(&snapshot, &pictures, &again, &seen)?;
        let out_of_domain = self.out_of_domain(&snapshot, &seen)?;
        let text = self.text_scale(&snapshot, &sample)?;
        let gibberish = self.gibberish(&sample)?;
        drop(snapshot);
        let calibration = Calibration { image, text, products, out_of_domain, gibberish, same_from };
        let mut writer = self.catalog().write();
        writer.set_calibration(calibration.clone());
        writer.commit()?;
        Ok(Some(calibration))
    }

    /// Measures with the catalogue's own pictures which precision of the model is fast on this machine and
    /// finds the same products. Stores the result in the cache folder of `options` for [`Precision::Auto`].
    /// Returns `None` if there are too few pictures. Takes as long as embedding some hundreds of pictures.
    ///
    /// # Errors
    /// The storage, the model or the cache fails.
    ///
    /// [`Precision::Auto`]: knytt_models::Precision::Auto
    pub fn benchmark_precisions(&self, options: &Options) -> Result<Option<PrecisionBenchmark>> {
        let snapshot = self.catalog().read()?;
        let sample = sample(&snapshot, snapshot.len()?, PROVEN)?;
        let pictures: Vec<RgbImage> =
            pictures(&snapshot, &sample)?.into_iter().map(|(_, picture)| picture).collect();
        drop(snapshot);
        match self.encoder().bundle().benchmark_precisions(options, &pictures) {
            Err(knytt_models::Error::TooFewPictures { .. }) => Ok(None),
            benchmark => Ok(Some(benchmark?)),
        }
    }

    /// Searches for pictures. Each comes with the id of its product.
    fn seen(&self, snapshot: &Snapshot, pictures: &[(&str, RgbImage)]) -> Result<Vec<Rephotographed>> {
        let embeddings = self.embed_all(pictures.iter().map(|(_, picture)| picture))?;
        let seen = |(embedding, (id, _)): (Embedding, &(&str, RgbImage))| {
            let hits = nearest_to(snapshot, &embedding, NEAREST + 1)?;
            let own = hits.iter().find(|(hit, _)| hit == id).map(|(_, score)| *score);
            let others = hits.into_iter().filter(|(hit, _)| hit != id).map(|(_, score)| score);
            Ok(Rephotographed { embedding, own, others: others.take(NEAREST).collect() })
        };
        embeddings.into_iter().zip(pictures).map(seen).collect()
    }

    fn embed_all<'a>(&self, pictures: impl Iterator<Item = &'a RgbImage>) -> Result<Vec<Embedding>> {
        let (mut pictures, mut embeddings) = (pictures.peekable(), Vec::new());
        while pictures.peek().is_some() {
            let under_way = pictures.by_ref().take(AT_ONCE).map(|p| self.encoder().submit_image(p));
            for pending in under_way.collect::<knytt_models::Result<Vec<_>>>()? {
                embeddings.push(pending.wait()?);
            }
        }
        Ok(embeddings)
    }

    /// Fits the classifier that tells pictures of the catalogue's domain from others. `None` without thumbnails.
    fn out_of_domain(
        &self,
        snapshot: &Snapshot,
        seen: &[Rephotographed],
    ) -> Result<Option<OutOfDomainClassifier>> {
        if seen.is_empty() {
            return Ok(None);
        }
        let synthetic_negatives = self.synthetic_negatives()?;
        let references = ReferenceEmbeddings::new(&synthetic_negatives);
        // Each picture counts twice: as one of a product in the catalogue, and, without its own product, as one
        // of a similar product that is not.
        let in_domain = seen.iter().flat_map(|seen| {
            let near = references.nearest(&seen.embedding, None);
            let with_own: Vec<f32> = seen.own.iter().chain(&seen.others).copied().collect();
            [
                OutOfDomainClassifier::features(&with_own, &near),
                OutOfDomainClassifier::features(&seen.others, &near),
            ]
        });
        let in_domain: Vec<_> = in_domain.collect();
        let out_of_domain = synthetic_negatives.iter().enumerate().map(|(n, embedding)| {
            let hits = nearest_to(snapshot, embedding, NEAREST)?;
            let scores: Vec<f32> = hits.into_iter().map(|(_, score)| score).collect();
            Ok(OutOfDomainClassifier::features(&scores, &references.nearest(embedding, Some(n))))
        });
        let out_of_domain = out_of_domain.collect::<Result<Vec<_>>>()?;
        Ok(Some(OutOfDomainClassifier::new(references, fit::line(&in_domain, &out_of_domain))))
    }

    /// The model's embeddings of the synthetic negatives.
    fn synthetic_negatives(&self) -> Result<Arc<[Embedding]>> {
        let model = self.encoder().fingerprint();
        if let Some(known) = embedded_negatives().get(model) {
            return Ok(known.clone());
        }
        let pictures: Vec<RgbImage> = (0..NEGATIVES).map(synthetic_negatives::picture).collect();
        let synthetic_negatives: Arc<[Embedding]> = self.embed_all(pictures.iter())?.into();
        embedded_negatives().insert(model.clone(), synthetic_negatives.clone());
        Ok(synthetic_negatives)
    }

    /// Compares the embeddings of nonsense with those of product kinds.
    fn gibberish(&self, sample: &[Product]) -> Result<Option<GibberishDetector>> {
        let nonsense: Vec<Embedding> = (0..NONSENSE)
            .map(|n| self.encoder().embed_text(&synthetic_negatives::words::nonsense(n)))
            .collect::<Result<_, _>>()?;
        let kinds: BTreeSet<String> = sample.iter().filter_map(kind_of).collect();
        let kinds: Vec<Embedding> =
            kinds.iter().map(|kind| self.encoder().embed_text(kind)).collect::<Result<_, _>>()?;
        Ok(GibberishDetector::measure(&nonsense, &kinds))
    }

    fn text_scale(&self, snapshot: &Snapshot, sample: &[Product]) -> Result<Option<Scale>> {
        let (mut best, mut any) = (Vec::new(), Vec::new());
        for (at, product) in sample.iter().enumerate() {
            for words in phrases_of(product) {
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

/// The likeness of templates from which on two pictures show the same product: above that of other products.
/// `None` without thumbnails.
fn same_from(
    snapshot: &Snapshot,
    pictures: &[(String, RgbImage)],
    again: &[(&str, RgbImage)],
    seen: &[Rephotographed],
) -> Result<Option<f32>> {
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for (((id, picture), (_, again)), seen) in pictures.iter().zip(again).zip(seen) {
        let mut templates = vec![ImageTemplate::from_picture(picture)];
        for (hit, _) in nearest_to(snapshot, &seen.embedding, COMPARED)?.iter().filter(|(hit, _)| hit != id) {
            templates.extend(
                snapshot
                    .thumbnail(hit)?
                    .and_then(pixels)
                    .map(|picture| ImageTemplate::from_picture(&picture)),
            );
        }
        let query = TemplateQuery::new(again);
        let mut likeness = templates.iter().filter_map(|template| query.likeness_in(template.as_bytes()));
        same.extend(likeness.next());
        other.extend(likeness.reduce(f32::max));
    }
    Ok((!same.is_empty()).then(|| quantile(&mut other, 0.98).max(quantile(&mut same, 0.01))))
}

fn image_scale(snapshot: &Snapshot, sample: &[Product], seen: &[Rephotographed]) -> Result<Scale> {
    let unrelated = unrelated(snapshot, sample)?;
    let first = |seen: &Rephotographed| seen.others.first().copied();
    let mut nearest: Vec<f32> =
        seen.iter().filter_map(|seen| seen.own.into_iter().chain(first(seen)).reduce(f32::max)).collect();
    let mut others: Vec<f32> = seen.iter().filter_map(first).collect();
    // Without thumbnails, the products' own vectors give the scale.
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

/// Products spread evenly over the catalogue. The same catalogue gives the same sample.
fn sample(snapshot: &Snapshot, products: u64, most: usize) -> Result<Vec<Product>> {
    let live = snapshot.live()? - snapshot.without_picture()?;
    let products = products.min(live.len());
    let wanted = products.min(most as u64);
    let places = (0..wanted).map(|at| at * products / wanted);
    let items = places.filter_map(|place| live.select(u32::try_from(place).ok()?));
    items.map(|item| snapshot.product_at(item)).collect()
}

/// The thumbnails of the sample, with the ids of their products.
fn pictures(snapshot: &Snapshot, sample: &[Product]) -> Result<Vec<(String, RgbImage)>> {
    let mut pictures = Vec::new();
    for product in sample {
        let picture = snapshot.thumbnail(&product.id)?.and_then(pixels);
        pictures.extend(picture.map(|picture| (product.id.clone(), picture)));
    }
    Ok(pictures)
}

fn numbered(pictures: &[(String, RgbImage)]) -> impl Iterator<Item = (u32, &str, &RgbImage)> {
    (0..).zip(pictures).map(|(n, (id, picture))| (n, id.as_str(), picture))
}

/// The median score of unrelated products.
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

/// The category of a product, with its colour if the feed names one.
fn kind_of(product: &Product) -> Option<String> {
    let color = product.colors.first().map(String::as_str).unwrap_or_default();
    let kind = format!("{color} {}", product.category).trim().to_owned();
    (!product.category.trim().is_empty()).then_some(kind)
}

/// Texts that a shopper might type to find a product.
fn phrases_of(product: &Product) -> Vec<String> {
    let kind = product.colors.first().and_then(|_| kind_of(product));
    [Some(product.title.clone()), kind].into_iter().flatten().filter(|w| !w.trim().is_empty()).collect()
}

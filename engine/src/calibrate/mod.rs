//! Measures the scales of a catalogue from the catalogue itself.

mod again;
mod fit;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use image::RgbImage;
use knytt_models::{Embedding, Fingerprint, Options, PrecisionBenchmark};

use self::again::pixels;
use crate::calibration::{Calibration, Scale, quantile};
use crate::familiar::{Drawn, Familiarity, NEAREST};
use crate::imprint::{Imprint, Sought};
use crate::{Babble, Filter, Product, Result, SearchSession, Snapshot, Strategy, VectorQuery, foreign};

/// How many products are looked at; each costs a picture and two texts through the model.
const SAMPLE: usize = 64;

/// With how many pictures a precision is proven.
const PROVEN: usize = 256;

/// So few products tell nothing about a scale.
const FEWEST: u64 = 8;

/// How many pictures of foreign things are drawn: eight of each family.
const DRAWN: u32 = 112;

/// How many words that mean nothing are made up.
const NONSENSE: u32 = 24;

/// How many of the nearest products a picture's imprint is compared with.
const COMPARED: usize = 8;

/// Pictures that are under way to the model at once.
const AT_ONCE: usize = 16;

/// Drawn things as models see them, which is the same for every catalogue of one and half the work.
static FOREIGN: LazyLock<Mutex<HashMap<Fingerprint, Arc<[Embedding]>>>> = LazyLock::new(Mutex::default);

fn known_foreign() -> MutexGuard<'static, HashMap<Fingerprint, Arc<[Embedding]>>> {
    FOREIGN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A picture of a product, taken again, and what it is near to.
struct Seen {
    embedding: Embedding,
    /// How near it came to its own product, if that was among the nearest.
    own: Option<f32>,
    /// The nearest others, best first.
    others: Vec<f32>,
}

impl SearchSession {
    /// Measures what scores mean in this catalogue and keeps it there. Takes a few seconds with the
    /// starter model, whatever the size of the catalogue; `None` if there are too few products.
    ///
    /// Pictures: some products' thumbnails are photographed again (cropped, blurred, in other light),
    /// and it is seen how near they come to their product and how near to the nearest other one. Foreign things are drawn, and it is seen how near those come.
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
        let sample = sample(&snapshot, products, SAMPLE)?;
        let pictures = pictures(&snapshot, &sample)?;
        let again: Vec<(&str, RgbImage)> =
            numbered(&pictures).map(|(n, id, picture)| (id, again::photographed(picture, n))).collect();
        let seen = self.seen(&snapshot, &again)?;
        let image = image_scale(&snapshot, &sample, &seen)?;
        let same_from = same_from(&snapshot, &pictures, &again, &seen)?;
        let familiarity = self.familiarity(&snapshot, &seen)?;
        let text = self.text_scale(&snapshot, &sample)?;
        let babble = self.babble(&sample)?;
        drop(snapshot);
        let calibration = Calibration { image, text, products, familiarity, babble, same_from };
        let mut writer = self.catalog().write();
        writer.set_calibration(calibration.clone());
        writer.commit()?;
        Ok(Some(calibration))
    }

    /// Measures with the catalogue's own pictures which precision of the model is fast on this machine and
    /// finds the same, and keeps it in the cache folder of `options` for [`Precision::Auto`]. `None` if there
    /// are too few pictures to tell. Takes as long as embedding some hundreds of pictures.
    ///
    /// # Errors
    /// The storage, the model or the cache fails.
    ///
    /// [`Precision::Auto`]: knytt_models::Precision::Auto
    pub fn prove(&self, options: &Options) -> Result<Option<PrecisionBenchmark>> {
        let snapshot = self.catalog().read()?;
        let sample = sample(&snapshot, snapshot.len()?, PROVEN)?;
        let pictures: Vec<RgbImage> =
            pictures(&snapshot, &sample)?.into_iter().map(|(_, picture)| picture).collect();
        drop(snapshot);
        match self.encoder().bundle().benchmark_precisions(options, &pictures) {
            Err(knytt_models::Error::TooFewPictures { .. }) => Ok(None),
            proof => Ok(Some(proof?)),
        }
    }

    /// Searches for pictures, each of the product of that id.
    fn seen(&self, snapshot: &Snapshot, pictures: &[(&str, RgbImage)]) -> Result<Vec<Seen>> {
        let embeddings = self.embed_all(pictures.iter().map(|(_, picture)| picture))?;
        let seen = |(embedding, (id, _)): (Embedding, &(&str, RgbImage))| {
            let hits = nearest_to(snapshot, &embedding, NEAREST + 1)?;
            let own = hits.iter().find(|(hit, _)| hit == id).map(|(_, score)| *score);
            let others = hits.into_iter().filter(|(hit, _)| hit != id).map(|(_, score)| score);
            Ok(Seen { embedding, own, others: others.take(NEAREST).collect() })
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

    /// How pictures of the catalogue's kind differ from those of foreign things. `None` without
    /// thumbnails.
    fn familiarity(&self, snapshot: &Snapshot, seen: &[Seen]) -> Result<Option<Familiarity>> {
        if seen.is_empty() {
            return Ok(None);
        }
        let foreign = self.foreign()?;
        let drawn = Drawn::new(&foreign);
        // Each as a picture of a product that is here, and as one of its kind that is not.
        let familiar = seen.iter().flat_map(|seen| {
            let near = drawn.nearest(&seen.embedding, None);
            let with_own: Vec<f32> = seen.own.iter().chain(&seen.others).copied().collect();
            [Familiarity::features(&with_own, &near), Familiarity::features(&seen.others, &near)]
        });
        let familiar: Vec<_> = familiar.collect();
        let strange = foreign.iter().enumerate().map(|(n, embedding)| {
            let hits = nearest_to(snapshot, embedding, NEAREST)?;
            let scores: Vec<f32> = hits.into_iter().map(|(_, score)| score).collect();
            Ok(Familiarity::features(&scores, &drawn.nearest(embedding, Some(n))))
        });
        let strange = strange.collect::<Result<Vec<_>>>()?;
        Ok(Some(Familiarity::new(drawn, fit::line(&familiar, &strange))))
    }

    /// Drawn things as the model sees them.
    fn foreign(&self) -> Result<Arc<[Embedding]>> {
        let model = self.encoder().fingerprint();
        if let Some(known) = known_foreign().get(model) {
            return Ok(known.clone());
        }
        let drawn: Vec<RgbImage> = (0..DRAWN).map(foreign::drawn).collect();
        let foreign: Arc<[Embedding]> = self.embed_all(drawn.iter())?.into();
        known_foreign().insert(model.clone(), foreign.clone());
        Ok(foreign)
    }

    /// What words that mean nothing are like, held against what products are called.
    fn babble(&self, sample: &[Product]) -> Result<Option<Babble>> {
        let nonsense: Vec<Embedding> = (0..NONSENSE)
            .map(|n| self.encoder().embed_text(&foreign::nonsense(n)))
            .collect::<Result<_, _>>()?;
        let kinds: BTreeSet<String> = sample.iter().filter_map(kind_of).collect();
        let kinds: Vec<Embedding> =
            kinds.iter().map(|kind| self.encoder().embed_text(kind)).collect::<Result<_, _>>()?;
        Ok(Babble::measure(&nonsense, &kinds))
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

/// From which likeness of imprints on two pictures show the same product: above what other products
/// reach. `None` without thumbnails.
fn same_from(
    snapshot: &Snapshot,
    pictures: &[(String, RgbImage)],
    again: &[(&str, RgbImage)],
    seen: &[Seen],
) -> Result<Option<f32>> {
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for (((id, picture), (_, again)), seen) in pictures.iter().zip(again).zip(seen) {
        let mut imprints = vec![Imprint::of(picture)];
        for (hit, _) in nearest_to(snapshot, &seen.embedding, COMPARED)?.iter().filter(|(hit, _)| hit != id) {
            imprints.extend(snapshot.thumbnail(hit)?.and_then(pixels).map(|picture| Imprint::of(&picture)));
        }
        let sought = Sought::new(again);
        let mut likeness = imprints.iter().filter_map(|imprint| sought.in_imprint(imprint.as_bytes()));
        same.extend(likeness.next());
        other.extend(likeness.reduce(f32::max));
    }
    Ok((!same.is_empty()).then(|| quantile(&mut other, 0.98).max(quantile(&mut same, 0.01))))
}

fn image_scale(snapshot: &Snapshot, sample: &[Product], seen: &[Seen]) -> Result<Scale> {
    let unrelated = unrelated(snapshot, sample)?;
    let first = |seen: &Seen| seen.others.first().copied();
    let mut nearest: Vec<f32> =
        seen.iter().filter_map(|seen| seen.own.into_iter().chain(first(seen)).reduce(f32::max)).collect();
    let mut others: Vec<f32> = seen.iter().filter_map(first).collect();
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

/// Products from all over the catalogue, always the same.
fn sample(snapshot: &Snapshot, products: u64, most: usize) -> Result<Vec<Product>> {
    let live = snapshot.live()?;
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

/// What kind of thing it is, with its colour if the feed names one.
fn kind_of(product: &Product) -> Option<String> {
    let color = product.colors.first().map(String::as_str).unwrap_or_default();
    let kind = format!("{color} {}", product.category).trim().to_owned();
    (!product.category.trim().is_empty()).then_some(kind)
}

fn said_of(product: &Product) -> Vec<String> {
    let kind = product.colors.first().and_then(|_| kind_of(product));
    [Some(product.title.clone()), kind].into_iter().flatten().filter(|w| !w.trim().is_empty()).collect()
}

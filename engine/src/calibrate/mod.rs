//! Measures what scores mean in a catalogue, from the catalogue itself.

pub(crate) mod again;
pub(crate) mod fit;
pub(crate) mod gibberish;
mod neighbours;
pub(crate) mod out_of_domain;
mod quantile;
pub(crate) mod scale;
mod scene;
pub(crate) mod synthetic_negatives;
pub(crate) mod trades;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use image::RgbImage;
use knytt_models::{Bundle, Embedding, Fingerprint, Options, Pending, Pictures, PrecisionBenchmark};
use rayon::prelude::*;

use self::again::{Again, pixels};
use crate::calibrate::gibberish::GibberishDetector;
use crate::calibrate::neighbours::Neighbours;
use crate::calibrate::out_of_domain::{NEAREST, OutOfDomainClassifier, ReferenceEmbeddings};
use crate::calibrate::quantile::quantile;
use crate::calibrate::scale::{Calibration, Scale};
use crate::calibrate::trades::Trades;
use crate::catalog::Catalog;
use crate::catalog::snapshot::{NearProduct, Snapshot};
use crate::error::Result;
use crate::look::image_template::{ImageTemplate, TemplateQuery};
use crate::look::words::english::{names_of_goods, translated};
use crate::product::Product;
use crate::search::session::SearchSession;
use crate::store::picture_number::number_of;

/// Products in the sample. The model embeds a picture and two texts of each.
const SAMPLE: usize = 64;

/// Products whose texts tell what kind of shop it is.
const READ: usize = 2_000;

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

/// Pictures or texts that are queued at the model at a time.
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
    /// Whether its product was put into a scene.
    in_scene: bool,
    /// Its score against its own product, if that was among the nearest.
    own: Option<f32>,
    /// The nearest other products, best first.
    others: Vec<NearProduct>,
}

impl Rephotographed {
    /// The scores of the nearest other products, best first.
    fn scores(&self) -> Vec<f32> {
        self.others.iter().map(|other| other.score).collect()
    }

    /// How many of so many nearest products are others than its own.
    fn others_of(&self, nearest: usize) -> usize {
        let last = self.others.get(nearest - 1).map(|other| other.score);
        let is_in = self.own.is_some_and(|own| last.is_none_or(|last| own >= last));
        nearest - usize::from(is_in)
    }
}

impl SearchSession {
    /// Measures what scores mean in this catalogue, and stores the result in the catalogue. Takes a few seconds
    /// with the starter model, whatever the size of the catalogue. Returns `None` if there are too few products.
    ///
    /// For pictures, calibration simulates second photographs of a sample (cropped, blurred, in other light), and
    /// measures their scores against their own and against other products. It also measures the scores of
    /// synthetic pictures of things that are outside the catalogue's domain. For words, it searches for titles and
    /// for colours with categories; a model that knows pictures only has no scale of words.
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
        let again: Vec<Again> = pictures
            .par_iter()
            .enumerate()
            .map(|(n, (_, picture))| again::photographed(picture, n as u32))
            .collect();
        let all = Neighbours::new(&snapshot)?;
        let seen = self.seen(&all, &pictures, &again)?;
        let image = image_scale(&all, &sample, &seen)?;
        let same_from = same_from(&snapshot, &pictures, &again, &seen)?;
        let out_of_domain = self.out_of_domain(&all, &seen)?;
        let (mut gibberish, mut text) = (None, None);
        if self.encoder().embeds_words() {
            gibberish = self.gibberish(&sample)?;
            text = self.text_scale(&all, &sample, gibberish.as_ref())?;
        }
        let trades = Trades::from_products(&self::sample(&snapshot, products, READ)?);
        drop(snapshot);
        let calibration = Calibration { image, text, products, out_of_domain, gibberish, trades, same_from };
        let mut writer = self.catalog().write();
        writer.set_calibration(calibration.clone());
        writer.commit()?;
        Ok(Some(calibration))
    }

    /// [`benchmark_precisions`] with the session's catalogue and model, which stays loaded meanwhile.
    ///
    /// # Errors
    /// Those of [`benchmark_precisions`].
    pub fn benchmark_precisions(&self, options: &Options) -> Result<Option<PrecisionBenchmark>> {
        benchmark_precisions(self.catalog(), self.encoder().bundle(), options)
    }

    /// Some hundreds of the catalogue's pictures, spread over all of it: what another model can be measured with. Upright
    /// RGB, as small as they are stored.
    ///
    /// # Errors
    /// The storage fails.
    pub fn sample_pictures(&self) -> Result<Vec<RgbImage>> {
        let snapshot = self.catalog().read()?;
        let sample = sample(&snapshot, snapshot.len()?, PROVEN)?;
        Ok(pictures(&snapshot, &sample)?.into_iter().map(|(_, picture)| picture).collect())
    }

    /// Searches for pictures `again` of the products of `pictures`.
    fn seen(
        &self,
        all: &Neighbours<'_>,
        pictures: &[(String, RgbImage)],
        again: &[Again],
    ) -> Result<Vec<Rephotographed>> {
        let embeddings = in_batches(again, |again| self.encoder().submit_image(&again.picture))?;
        let seen = |((embedding, again), (id, _)): ((Embedding, &Again), &(String, RgbImage))| {
            let item = all.snapshot().item(id)?;
            let (own, mut others): (Vec<_>, Vec<_>) =
                all.of(&embedding, NEAREST + 1)?.into_iter().partition(|hit| Some(hit.item) == item);
            others.truncate(NEAREST);
            let own = own.first().map(|own| own.score);
            Ok(Rephotographed { embedding, in_scene: again.in_scene, own, others })
        };
        embeddings.into_iter().zip(again).zip(pictures).map(seen).collect()
    }

    fn embed_all(&self, pictures: &[RgbImage]) -> Result<Vec<Embedding>> {
        in_batches(pictures, |picture| self.encoder().submit_image(picture))
    }

    /// Embeds each text; equal ones once.
    fn embed_texts(&self, texts: &[String]) -> Result<HashMap<String, Embedding>> {
        let different: Vec<&String> = texts.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let embeddings = in_batches(&different, |text| self.encoder().submit_text(text))?;
        Ok(different.into_iter().cloned().zip(embeddings).collect())
    }

    /// Fits the classifier that tells pictures of the catalogue's domain from others. `None` without thumbnails.
    fn out_of_domain(
        &self,
        all: &Neighbours<'_>,
        seen: &[Rephotographed],
    ) -> Result<Option<OutOfDomainClassifier>> {
        if seen.is_empty() {
            return Ok(None);
        }
        let synthetic_negatives = self.synthetic_negatives()?;
        let references = ReferenceEmbeddings::new(&synthetic_negatives);
        // Each picture counts twice: as one of a product in the catalogue, and, without its own product, as one
        // of a similar product that is not. In a scene such a product is as far as things that the shop has not.
        let (mut in_domain, mut in_scenes) = (Vec::new(), Vec::new());
        for seen in seen {
            let near = references.nearest(&seen.embedding, None);
            let others = seen.scores();
            let with_own: Vec<f32> = seen.own.iter().chain(&others).copied().collect();
            let with_own = OutOfDomainClassifier::features(&with_own, &near);
            match seen.in_scene {
                true => in_scenes.push(with_own),
                false => in_domain.extend([with_own, OutOfDomainClassifier::features(&others, &near)]),
            }
        }
        let out_of_domain = synthetic_negatives.iter().enumerate().map(|(n, embedding)| {
            let scores: Vec<f32> = all.of(embedding, NEAREST)?.iter().map(|hit| hit.score).collect();
            Ok(OutOfDomainClassifier::features(&scores, &references.nearest(embedding, Some(n))))
        });
        let out_of_domain = out_of_domain.collect::<Result<Vec<_>>>()?;
        Ok(Some(OutOfDomainClassifier::new(references, fit::line(&in_domain, &in_scenes, &out_of_domain))))
    }

    /// The model's embeddings of the synthetic negatives.
    fn synthetic_negatives(&self) -> Result<Arc<[Embedding]>> {
        let model = self.encoder().fingerprint();
        if let Some(known) = embedded_negatives().get(model) {
            return Ok(known.clone());
        }
        let pictures: Vec<RgbImage> =
            (0..NEGATIVES).into_par_iter().map(synthetic_negatives::picture).collect();
        let synthetic_negatives: Arc<[Embedding]> = self.embed_all(&pictures)?.into();
        embedded_negatives().insert(model.clone(), synthetic_negatives.clone());
        Ok(synthetic_negatives)
    }

    /// Compares the embeddings of nonsense with those of product kinds.
    fn gibberish(&self, sample: &[Product]) -> Result<Option<GibberishDetector>> {
        let nonsense: Vec<String> = (0..NONSENSE).map(synthetic_negatives::words::nonsense).collect();
        let nonsense = in_batches(&nonsense, |words| self.encoder().submit_text(words))?;
        // A shop may name its kinds in words that the model does not know; the model is no worse for that.
        let kinds: BTreeSet<String> =
            sample.iter().filter_map(kind_of).chain(names_of_goods().map(str::to_owned)).collect();
        let kinds: Vec<String> = kinds.into_iter().collect();
        let kinds = in_batches(&kinds, |kind| self.encoder().submit_text(kind))?;
        Ok(GibberishDetector::measure(&nonsense, &kinds))
    }

    /// The scale of scores of words. What means nothing to the model has no part in it: a product that has only such
    /// texts is asked for by the name of goods that is nearest to its picture.
    fn text_scale(
        &self,
        all: &Neighbours<'_>,
        sample: &[Product],
        gibberish: Option<&GibberishDetector>,
    ) -> Result<Option<Scale>> {
        let (mut best, mut any) = (Vec::new(), Vec::new());
        let phrases: Vec<Vec<String>> = sample.iter().map(phrases_of).collect();
        let names: Vec<String> = names_of_goods().map(str::to_owned).collect();
        let embedded = self.embed_texts(&[phrases.concat(), names.clone()].concat())?;
        let means_something = |said: &&Embedding| gibberish.is_none_or(|g| !g.is_gibberish(said));
        for (at, phrases) in phrases.iter().enumerate() {
            let said = phrases.iter().filter_map(|words| embedded.get(words));
            let mut said: Vec<&Embedding> = said.filter(means_something).collect();
            if said.is_empty() && !phrases.is_empty() {
                let names = names.iter().filter_map(|name| embedded.get(name));
                let own = all.snapshot().vector(&sample[at].id)?;
                said.extend(own.and_then(|own| nearest_of(&own, names)));
            }
            for said in said {
                best.extend(all.of(said, 1)?.first().map(|hit| hit.score));
                let other = all.snapshot().vector(&sample[(at + sample.len() / 2) % sample.len()].id)?;
                any.extend(other.map(|other| other.cosine(said)).transpose()?);
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

/// Measures with a catalogue's own pictures which precision of a model is fast on this machine and finds the same
/// products. Stores the result in the cache folder of `options` for [`Precision::Auto`]. Returns `None` if there are too
/// few pictures. Takes as long as embedding some hundreds of pictures.
///
/// # Errors
/// The storage, the model or the cache fails.
///
/// [`Precision::Auto`]: knytt_models::Precision::Auto
pub fn benchmark_precisions(
    catalog: &Catalog,
    bundle: &Bundle,
    options: &Options,
) -> Result<Option<PrecisionBenchmark>> {
    match bundle.benchmark_precisions(options, &StoredPictures::spread_over(catalog)?) {
        Err(knytt_models::Error::TooFewPictures { .. }) => Ok(None),
        benchmark => Ok(Some(benchmark?)),
    }
}

/// Pictures of a catalogue as it stores them: a tenth of what their pixels take.
struct StoredPictures(Vec<Vec<u8>>);

impl StoredPictures {
    fn spread_over(catalog: &Catalog) -> Result<Self> {
        let snapshot = catalog.read()?;
        let mut files = Vec::new();
        for product in sample(&snapshot, snapshot.len()?, PROVEN)? {
            files.extend(
                snapshot.thumbnail(&product.id)?.filter(|file| pixels(file).is_some()).map(Vec::from),
            );
        }
        Ok(Self(files))
    }
}

impl Pictures for StoredPictures {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn picture(&self, number: usize) -> Cow<'_, RgbImage> {
        // They were readable when they were taken.
        Cow::Owned(pixels(&self.0[number]).unwrap_or_default())
    }
}

/// Queues inputs at the model, some at a time, and waits for their embeddings.
fn in_batches<T>(
    inputs: &[T],
    submit: impl Fn(&T) -> knytt_models::Result<Pending>,
) -> Result<Vec<Embedding>> {
    let mut embeddings = Vec::with_capacity(inputs.len());
    for inputs in inputs.chunks(AT_ONCE) {
        let under_way = inputs.iter().map(&submit).collect::<knytt_models::Result<Vec<_>>>()?;
        for pending in under_way {
            embeddings.push(pending.wait()?);
        }
    }
    Ok(embeddings)
}

/// The likeness of templates from which on two pictures show the same product: above that of other products.
/// `None` without thumbnails.
fn same_from(
    snapshot: &Snapshot,
    pictures: &[(String, RgbImage)],
    again: &[Again],
    seen: &[Rephotographed],
) -> Result<Option<f32>> {
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for (((_, picture), again), seen) in pictures.iter().zip(again).zip(seen) {
        let query = TemplateQuery::new(&again.picture);
        let likeness = |template: &ImageTemplate| query.likeness_in(template.as_bytes());
        same.extend(likeness(&ImageTemplate::from_picture(picture)));
        let mut likest: Option<f32> = None;
        for hit in seen.others.iter().take(seen.others_of(COMPARED)) {
            let template = template_of(snapshot, *hit)?;
            likest = likest.into_iter().chain(template.as_ref().and_then(likeness)).reduce(f32::max);
        }
        other.extend(likest);
    }
    Ok((!same.is_empty()).then(|| quantile(&mut other, 0.98).max(quantile(&mut same, 0.01))))
}

/// The template of a product's nearest picture: the stored one, else that of its thumbnail.
fn template_of(snapshot: &Snapshot, near: NearProduct) -> Result<Option<ImageTemplate>> {
    let known = snapshot.recognised_at(near.picture)?.template;
    if known.is_some() {
        return Ok(known);
    }
    let product = snapshot.product_at(near.item)?;
    let thumbnail = snapshot.picture_thumbnail(&product.id, number_of(near.picture))?.and_then(pixels);
    Ok(thumbnail.map(|picture| ImageTemplate::from_picture(&picture)))
}

fn image_scale(all: &Neighbours<'_>, sample: &[Product], seen: &[Rephotographed]) -> Result<Scale> {
    let snapshot = all.snapshot();
    let unrelated = unrelated(snapshot, sample)?;
    let first = |seen: &Rephotographed| seen.others.first().map(|other| other.score);
    let mut nearest: Vec<f32> =
        seen.iter().filter_map(|seen| seen.own.into_iter().chain(first(seen)).reduce(f32::max)).collect();
    let mut others: Vec<f32> = seen.iter().filter_map(first).collect();
    // Without thumbnails, the products' own vectors give the scale.
    if nearest.is_empty() {
        for product in sample {
            let Some(own) = snapshot.vector(&product.id)? else { continue };
            let second = all.of(&own, 2)?.get(1).map(|hit| hit.score);
            nearest.extend(second);
            others.extend(second);
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

/// The median score of unrelated products.
fn unrelated(snapshot: &Snapshot, sample: &[Product]) -> Result<f32> {
    let vectors: Vec<Embedding> =
        sample.iter().filter_map(|p| snapshot.vector(&p.id).transpose()).collect::<Result<_>>()?;
    let half = vectors.len() / 2;
    let pairs = vectors[..half].iter().zip(&vectors[half..]);
    let mut scores = pairs.map(|(a, b)| a.cosine(b)).collect::<knytt_models::Result<Vec<_>>>()?;
    Ok(quantile(&mut scores, 0.5))
}

/// The category of a product, with its colour if the feed names one.
fn kind_of(product: &Product) -> Option<String> {
    let color = product.colors.first().map(String::as_str).unwrap_or_default();
    let kind = format!("{color} {}", product.category).trim().to_owned();
    (!product.category.trim().is_empty()).then_some(kind)
}

/// The embedding that is most similar to `own`.
fn nearest_of<'e>(own: &Embedding, all: impl Iterator<Item = &'e Embedding>) -> Option<&'e Embedding> {
    let similar = all.filter_map(|other| Some((own.cosine(other).ok()?, other)));
    similar.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, nearest)| nearest)
}

/// Texts that a shopper might type to find a product, as a search embeds them.
fn phrases_of(product: &Product) -> Vec<String> {
    let kind = product.colors.first().and_then(|_| kind_of(product));
    let said = [Some(product.title.clone()), kind].into_iter().flatten().filter(|w| !w.trim().is_empty());
    said.map(|text| translated(&text, None).map_or(text, |translated| translated.english)).collect()
}

//! Ranks candidates: scores each by its features, merges the variants of one product into one hit, and can diversify
//! the hits.

pub(crate) mod agreement;
pub(crate) mod diversify;
mod pins;
pub(crate) mod reasons;
pub(crate) mod taste;
pub(crate) mod weights;

use std::collections::{HashMap, HashSet};
use std::time::{SystemTime, UNIX_EPOCH};

use roaring::RoaringBitmap;

use crate::calibrate::scale::Scale;
use crate::catalog::snapshot::Snapshot;
use crate::error::Result;
use crate::index::simd::Kernel;
use crate::look::image_template::TemplateQuery;
use crate::look::instance_embedding::Evidence;
use crate::look::lab::Lab;
use crate::look::palette::ColorName;
use crate::look::{Look, image_template};
use crate::merchandise::guidance::Guidance;
use crate::rank::reasons::Reasons;
use crate::rank::taste::{Preference, Taste};
use crate::rank::weights::Weights;
use crate::store::rank_features::{self, RankFeatures, Tone};
use crate::store::{segment, vectors};

/// The least number of candidates that are ranked.
pub(crate) const CANDIDATES: usize = 500;

/// How many of the best candidates have their pictures compared with the query's picture.
const COMPARED: usize = 150;

/// How many of the best hits diversification considers, at the least.
const DIVERSIFIED: usize = 120;

/// A product that may be a hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RankingCandidate {
    pub(crate) item: u32,
    /// The picture of it that is nearest to the query vector.
    pub(crate) picture: u32,
    /// The cosine similarity of that picture to the query vector; 0 if there is none.
    pub(crate) similarity: f32,
    /// How well its texts match the words of the query, 0 to 1.
    pub(crate) words: f32,
}

/// A candidate with its score.
#[derive(Clone, Debug)]
pub(crate) struct Ranked {
    pub(crate) candidate: RankingCandidate,
    pub(crate) score: f32,
    pub(crate) reasons: Reasons,
    /// The likeness of its nearest picture and the query's, if they were compared.
    pub(crate) likeness: Option<f32>,
    /// Other candidates of its group, the best first.
    pub(crate) others: Vec<u32>,
    /// Whether a rule put it in its place.
    pub(crate) is_pinned: bool,
    /// The item whose place it takes, and whose score it has.
    pub(crate) replaces: Option<u32>,
    features: RankFeatures,
}

/// The query's features and the weights that rank its candidates.
pub(crate) struct Ranking<'a> {
    pub(crate) snapshot: &'a Snapshot,
    /// The items that have no vector to compare.
    pub(crate) without_picture: &'a RoaringBitmap,
    pub(crate) weights: Weights,
    /// Of the similarities.
    pub(crate) scale: Option<Scale>,
    /// Whether the query has a picture or a product. If so, the nearest products tell its category.
    pub(crate) is_seen: bool,
    /// Whether the query has words.
    pub(crate) is_said: bool,
    pub(crate) features: QueryFeatures,
    /// The template of the query's picture, which is compared with those of the best candidates.
    pub(crate) template: Option<&'a TemplateQuery>,
    /// The instance embedding of the query's picture.
    pub(crate) instance_embedding: Option<&'a [f32]>,
    pub(crate) preference: Option<Preference<'a>>,
    /// What the retailer's rules do.
    pub(crate) guidance: &'a Guidance,
    /// Days since 1970.
    pub(crate) today: u32,
}

/// The features of the query beside its vector.
#[derive(Clone, Debug, Default)]
pub(crate) struct QueryFeatures {
    tones: Option<[Tone; 3]>,
    pattern: u8,
    brand: u32,
    category: u32,
    price: Option<i64>,
    group: Option<u64>,
}

impl QueryFeatures {
    /// The features of the query's picture, or else of the product that hits should be like. Colours that the words
    /// name replace its colours.
    pub(crate) fn new(look: Option<&Look>, like: Option<&RankFeatures>, said: &[ColorName]) -> Self {
        let shown = look.map(RankFeatures::from_look);
        let seen = shown.as_ref().or(like);
        let tones = said_tones(said).or(seen.map(|features| features.tones));
        Self {
            tones: tones.filter(|tones| tones[0].percent > 0),
            pattern: seen.map_or(0, |features| features.pattern),
            brand: like.map_or(0, |features| features.brand),
            category: like.map_or(0, |features| features.category),
            price: like.map(|features| features.price),
            group: like.map(|features| features.group),
        }
    }
}

fn said_tones(said: &[ColorName]) -> Option<[Tone; 3]> {
    let mut tones = [Tone::default(); 3];
    let labs: Vec<Lab> = said.iter().filter_map(|name| name.lab()).collect();
    tones
        .iter_mut()
        .zip(&labs)
        .for_each(|(tone, lab)| *tone = Tone::from_lab(*lab, (100 / labs.len().min(3)) as u8));
    (!labs.is_empty()).then_some(tones)
}

impl Ranking<'_> {
    /// The best `k` of `candidates`, one of each group, best first (or, with a weight for diversity, so
    /// that each is worth its place after those above it). Products that rules pin are in their places.
    pub(crate) fn rank(&self, candidates: &[RankingCandidate], k: usize) -> Result<Vec<Ranked>> {
        let mut ranked = self.score(candidates)?;
        sort(&mut ranked);
        let template = self.template.filter(|_| self.weights.likeness > 0.0);
        let instance_embedding = self.instance_embedding.filter(|_| self.weights.instance_embedding > 0.0);
        if template.is_some() || instance_embedding.is_some() {
            self.recognise(template, instance_embedding, &mut ranked)?;
            sort(&mut ranked);
        }
        let ranked = self.replace(ranked)?;
        let pins = &self.guidance.pins;
        let is_pinned = |ranked: &Ranked| pins.iter().any(|pin| pin.item == ranked.candidate.item);
        let (pinned, ranked): (Vec<_>, Vec<_>) = ranked.into_iter().partition(is_pinned);
        let groups = collapse(ranked, self.features.group);
        // A pinned product takes the place of its group's hit, so that one more is needed.
        let hits = self.diversify(groups, k.saturating_add(pinned.len()))?;
        Ok(pins::place(hits, pinned, pins, k))
    }

    /// Puts successors in the places of the products that they replace, each product once.
    fn replace(&self, ranked: Vec<Ranked>) -> Result<Vec<Ranked>> {
        let successors = &self.guidance.successors;
        if successors.is_empty() {
            return Ok(ranked);
        }
        let (mut seen, mut kept) = (HashSet::new(), Vec::with_capacity(ranked.len()));
        for mut next in ranked {
            let item = next.candidate.item;
            if let Some(successor) = successors.of(item) {
                next.replaces = Some(item);
                next.candidate.item = successor;
                next.features = rank_features::read(self.snapshot.view(), successor)?;
            }
            if seen.insert(next.candidate.item) {
                kept.push(next);
            }
        }
        Ok(kept)
    }

    /// Compares the query's picture with those of the best candidates, by template and by instance embedding.
    fn recognise(
        &self,
        template: Option<&TemplateQuery>,
        instance_embedding: Option<&[f32]>,
        ranked: &mut [Ranked],
    ) -> Result<()> {
        let weights = &self.weights;
        let compared = ranked.len().min(COMPARED);
        let mut cosines = Vec::with_capacity(compared);
        for next in &mut ranked[..compared] {
            let known = self.snapshot.recognised_at(next.candidate.picture)?;
            let templates = template.zip(known.template);
            next.likeness = templates.and_then(|(query, known)| query.likeness_in(known.as_bytes()));
            next.reasons.likeness = next.likeness.map(|l| weights.likeness * image_template::evidence(l));
            let instances = instance_embedding.zip(known.instance_embedding);
            cosines.push(instances.and_then(|(query, known)| known.cosine(query)));
        }
        let evidence = Evidence::among(cosines.iter().flatten().copied().collect());
        for (next, cosine) in ranked.iter_mut().zip(cosines) {
            let instances = cosine.map(|cosine| weights.instance_embedding * evidence.of(cosine));
            next.reasons.instance_embedding = instances;
            next.score = next.reasons.sum();
        }
        Ok(())
    }

    fn score(&self, candidates: &[RankingCandidate]) -> Result<Vec<Ranked>> {
        let view = self.snapshot.view();
        let known: Vec<(f32, RankFeatures)> = candidates
            .iter()
            .map(|c| Ok((self.visual(c.similarity), rank_features::read(view, c.item)?)))
            .collect::<Result<_>>()?;
        let categories = self.likely_categories(&known);
        let most_popular = known.iter().map(|(_, features)| features.popularity).fold(0.0, f32::max);
        let ranked = candidates.iter().zip(known).map(|(candidate, (visual, features))| {
            let reasons = self.reasons(candidate, visual, &features, &categories, most_popular)?;
            let score = reasons.sum();
            Ok(Ranked {
                candidate: *candidate,
                score,
                reasons,
                likeness: None,
                others: Vec::new(),
                is_pinned: false,
                replaces: None,
                features,
            })
        });
        ranked.collect()
    }

    /// The similarity on the catalogue's scale: 0 for unrelated things, 1 for the best match.
    fn visual(&self, similarity: f32) -> f32 {
        self.scale.map_or(similarity, |s| (similarity - s.unrelated) / (s.best - s.unrelated).max(0.05))
    }

    fn likely_categories(&self, known: &[(f32, RankFeatures)]) -> HashMap<u32, f32> {
        if self.features.category != 0 {
            return HashMap::from([(self.features.category, 1.0)]);
        }
        if !self.is_seen || self.weights.category == 0.0 {
            return HashMap::new();
        }
        let mut nearest = known.to_vec();
        nearest.sort_by(|a, b| b.0.total_cmp(&a.0));
        agreement::categories(&nearest)
    }

    fn reasons(
        &self,
        candidate: &RankingCandidate,
        visual: f32,
        features: &RankFeatures,
        categories: &HashMap<u32, f32>,
        most_popular: f32,
    ) -> Result<Reasons> {
        let (weights, query) = (&self.weights, &self.features);
        let part =
            |applies: bool, weight: f32, value: f32| (applies && weight > 0.0).then_some(weight * value);
        let of_category = categories.get(&features.category).copied().unwrap_or(0.0);
        let popularity = features.popularity.ln_1p() / most_popular.ln_1p().max(f32::MIN_POSITIVE);
        let near = query.price.map_or(0.0, |price| agreement::prices(price, features.price));
        let same = |a: u32, b: u32| f32::from(u8::from(a == b));
        Ok(Reasons {
            visual: part(self.is_seen || self.is_said, weights.visual, visual),
            likeness: None,
            instance_embedding: None,
            words: part(self.is_said, weights.words, candidate.words),
            color: query
                .tones
                .and_then(|tones| part(true, weights.color, agreement::colors(&tones, &features.tones))),
            category: part(!categories.is_empty(), weights.category, of_category),
            pattern: part(
                query.pattern != 0,
                weights.pattern,
                same(u32::from(query.pattern), u32::from(features.pattern)),
            ),
            brand: part(query.brand != 0, weights.brand, same(query.brand, features.brand)),
            price: part(query.price.is_some(), weights.price, near),
            personal: self.personal(candidate.item, features)?,
            popularity: part(most_popular > 0.0, weights.popularity, popularity),
            freshness: part(
                features.since > 0,
                weights.freshness,
                agreement::freshness(features.since, self.today),
            ),
            rules: self.guidance.boost(candidate.item),
        })
    }

    fn personal(&self, item: u32, features: &RankFeatures) -> Result<Option<f32>> {
        let Some(preference) = self.preference.as_ref().filter(|_| self.weights.personal > 0.0) else {
            return Ok(None);
        };
        let view = self.snapshot.view();
        let has_vector = !self.without_picture.contains(item);
        let row = has_vector.then(|| vectors::row(view, item)).transpose()?;
        Ok(Some(self.weights.personal * preference.of_product(features, row)))
    }

    fn diversify(&self, mut ranked: Vec<Ranked>, k: usize) -> Result<Vec<Ranked>> {
        if self.weights.diversity <= 0.0 {
            ranked.truncate(k);
            return Ok(ranked);
        }
        let rest = ranked.split_off(ranked.len().min(DIVERSIFIED.max(2 * k)));
        let view = self.snapshot.view();
        let row = |ranked: &Ranked| vectors::row(view, ranked.candidate.item);
        let rows: Vec<&[u8]> = ranked.iter().map(row).collect::<Result<_>>()?;
        let vectors: Vec<Vec<f32>> = rows.iter().map(|row| segment::decode(row)).collect();
        let scores: Vec<f32> = ranked.iter().map(|ranked| ranked.score).collect();
        let kernel = Kernel::best();
        let has_vector: Vec<bool> =
            ranked.iter().map(|ranked| !self.without_picture.contains(ranked.candidate.item)).collect();
        let alike = |a: usize, b: usize| match has_vector[a] && has_vector[b] {
            true => self.visual(kernel.dot(&vectors[a], rows[b])).clamp(0.0, 1.0),
            false => 0.0,
        };
        let order = diversify::diversify(&scores, k, self.weights.diversity, alike);
        let mut places: Vec<Option<Ranked>> = ranked.into_iter().map(Some).collect();
        let mut hits: Vec<Ranked> = order.into_iter().filter_map(|at| places[at].take()).collect();
        hits.extend(rest);
        hits.truncate(k);
        Ok(hits)
    }
}

/// Sorts best first. Equal scores keep the order of items, so that results are reproducible.
fn sort(ranked: &mut [Ranked]) {
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.candidate.item.cmp(&b.candidate.item)));
}

/// Keeps the best of each group, with the others in its `others`. Drops the group of the query's product.
fn collapse(ranked: Vec<Ranked>, excluded: Option<u64>) -> Vec<Ranked> {
    let mut kept: Vec<Ranked> = Vec::with_capacity(ranked.len());
    let mut places: HashMap<u64, usize> = HashMap::new();
    for next in ranked {
        if excluded == Some(next.features.group) {
            continue;
        }
        match places.get(&next.features.group) {
            Some(&place) => kept[place].others.push(next.candidate.item),
            None => {
                places.insert(next.features.group, kept.len());
                kept.push(next);
            }
        }
    }
    kept
}

/// The preference of a taste at this moment.
pub(crate) fn preference<'t>(taste: Option<&'t Taste>, snapshot: &Snapshot) -> Option<Preference<'t>> {
    taste?.at(snapshot.catalog().fingerprint(), now_secs())
}

/// Seconds since 1970.
pub(crate) fn now_secs() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    (now_secs() * 1e3) as i64
}

/// Days since 1970.
pub(crate) fn today() -> u32 {
    (now_secs() / 86_400.0) as u32
}

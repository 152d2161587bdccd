//! From candidates to hits: every candidate is scored by all that is known of it, variants of one product
//! become one hit, and hits that are all the same make room.

mod agreement;
mod diversify;
mod reasons;
mod weights;

use std::collections::{HashMap, HashSet};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::facts::{self, Facts, Tone};
use crate::imprint::Sought;
use crate::look::{ColorName, Lab};
use crate::simd::Kernel;
use crate::taste::{Preference, Taste};
use crate::{Look, Result, Scale, Snapshot, identity, imprint, segment, vectors};

pub use self::reasons::Reasons;
pub use self::weights::Weights;

/// How many candidates are ranked, at the least.
pub(crate) const CANDIDATES: usize = 500;

/// With the pictures of how many of the best a query's picture is compared.
const COMPARED: usize = 150;

/// How many of the best are looked at when hits are made different.
const DIVERSIFIED: usize = 120;

/// A product that may be a hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) item: u32,
    /// Cosine similarity to the query; 0 if nothing was asked that has a direction.
    pub(crate) similarity: f32,
    /// How much of the asked words its texts have, 0 to 1.
    pub(crate) words: f32,
}

/// A candidate with its score.
#[derive(Clone, Debug)]
pub(crate) struct Ranked {
    pub(crate) candidate: Candidate,
    pub(crate) score: f32,
    pub(crate) reasons: Reasons,
    /// Of its picture and the query's, where they were compared.
    pub(crate) likeness: Option<f32>,
    /// Other candidates of its group, the best first.
    pub(crate) others: Vec<u32>,
    facts: Facts,
}

/// What candidates are compared with.
pub(crate) struct Ranking<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) weights: Weights,
    /// Of the similarities.
    pub(crate) scale: Option<Scale>,
    /// Whether a picture or a product was asked for: then what the nearest are tells what it is.
    pub(crate) is_seen: bool,
    /// Whether words were asked for.
    pub(crate) is_said: bool,
    pub(crate) asked: Asked,
    /// The query's picture, to be looked for in those of the likeliest.
    pub(crate) sought: Option<&'a Sought>,
    /// What tells the thing on it from others of its kind.
    pub(crate) identity: Option<&'a [f32]>,
    pub(crate) preference: Option<Preference<'a>>,
    /// Days since 1970.
    pub(crate) today: u32,
}

/// What is known of the query beside its direction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    tones: Option<[Tone; 3]>,
    pattern: u8,
    brand: u32,
    category: u32,
    price: Option<i64>,
    group: Option<u64>,
}

impl Asked {
    /// What the query's picture shows, the product that hits should be like, and the colours that its words
    /// name: those count where there are any.
    pub(crate) fn of(look: Option<&Look>, like: Option<&Facts>, said: &[ColorName]) -> Self {
        let shown = look.map(Facts::of_look);
        let seen = shown.as_ref().or(like);
        let tones = said_tones(said).or(seen.map(|facts| facts.tones));
        Self {
            tones: tones.filter(|tones| tones[0].percent > 0),
            pattern: seen.map_or(0, |facts| facts.pattern),
            brand: like.map_or(0, |facts| facts.brand),
            category: like.map_or(0, |facts| facts.category),
            price: like.map(|facts| facts.price),
            group: like.map(|facts| facts.group),
        }
    }
}

fn said_tones(said: &[ColorName]) -> Option<[Tone; 3]> {
    let mut tones = [Tone::default(); 3];
    let labs: Vec<Lab> = said.iter().filter_map(|name| name.lab()).collect();
    tones
        .iter_mut()
        .zip(&labs)
        .for_each(|(tone, lab)| *tone = Tone::of(*lab, (100 / labs.len().min(3)) as u8));
    (!labs.is_empty()).then_some(tones)
}

impl Ranking<'_> {
    /// The best `k` of `candidates`, one of each group, best first (or, with a weight for diversity, so
    /// that each is worth its place after those above it).
    pub(crate) fn rank(&self, candidates: &[Candidate], k: usize) -> Result<Vec<Ranked>> {
        let mut ranked = self.score(candidates)?;
        sort(&mut ranked);
        let sought = self.sought.filter(|_| self.weights.likeness > 0.0);
        let identity = self.identity.filter(|_| self.weights.identity > 0.0);
        if sought.is_some() || identity.is_some() {
            self.recognise(sought, identity, &mut ranked)?;
            sort(&mut ranked);
        }
        let groups = collapse(ranked, self.asked.group);
        self.diversify(groups, k)
    }

    /// Looks for the query's picture, and for the thing on it, in those of the likeliest.
    fn recognise(
        &self,
        sought: Option<&Sought>,
        identity: Option<&[f32]>,
        ranked: &mut [Ranked],
    ) -> Result<()> {
        let weights = &self.weights;
        for next in ranked.iter_mut().take(COMPARED) {
            let known = self.snapshot.recognised_at(next.candidate.item)?;
            let imprint = sought.zip(known.imprint);
            next.likeness = imprint.and_then(|(sought, imprint)| sought.in_imprint(imprint.as_bytes()));
            let cosine = identity.zip(known.identity).and_then(|(asked, known)| known.cosine(asked));
            next.reasons.likeness = next.likeness.map(|l| weights.likeness * imprint::evidence(l));
            next.reasons.identity = cosine.map(|cosine| weights.identity * identity::evidence(cosine));
            next.score = next.reasons.sum();
        }
        Ok(())
    }

    fn score(&self, candidates: &[Candidate]) -> Result<Vec<Ranked>> {
        let (db, txn) = self.snapshot.parts();
        let known: Vec<(f32, Facts)> = candidates
            .iter()
            .map(|c| Ok((self.visual(c.similarity), facts::read(db, txn, c.item)?)))
            .collect::<Result<_>>()?;
        let categories = self.likely_categories(&known);
        let most_popular = known.iter().map(|(_, facts)| facts.popularity).fold(0.0, f32::max);
        let ranked = candidates.iter().zip(known).map(|(candidate, (visual, facts))| {
            let reasons = self.reasons(candidate, visual, &facts, &categories, most_popular)?;
            let score = reasons.sum();
            Ok(Ranked { candidate: *candidate, score, reasons, likeness: None, others: Vec::new(), facts })
        });
        ranked.collect()
    }

    /// On the catalogue's scale: 0 for things that have nothing to do with each other, 1 for the best match.
    fn visual(&self, similarity: f32) -> f32 {
        self.scale.map_or(similarity, |s| (similarity - s.unrelated) / (s.best - s.unrelated).max(0.05))
    }

    fn likely_categories(&self, known: &[(f32, Facts)]) -> HashMap<u32, f32> {
        if self.asked.category != 0 {
            return HashMap::from([(self.asked.category, 1.0)]);
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
        candidate: &Candidate,
        visual: f32,
        facts: &Facts,
        categories: &HashMap<u32, f32>,
        most_popular: f32,
    ) -> Result<Reasons> {
        let (weights, asked) = (&self.weights, &self.asked);
        let part =
            |applies: bool, weight: f32, value: f32| (applies && weight > 0.0).then_some(weight * value);
        let of_category = categories.get(&facts.category).copied().unwrap_or(0.0);
        let popularity = facts.popularity.ln_1p() / most_popular.ln_1p().max(f32::MIN_POSITIVE);
        let near = asked.price.map_or(0.0, |price| agreement::prices(price, facts.price));
        let same = |a: u32, b: u32| f32::from(u8::from(a == b));
        Ok(Reasons {
            visual: part(self.is_seen || self.is_said, weights.visual, visual),
            likeness: None,
            identity: None,
            words: part(self.is_said, weights.words, candidate.words),
            color: asked
                .tones
                .and_then(|tones| part(true, weights.color, agreement::colors(&tones, &facts.tones))),
            category: part(!categories.is_empty(), weights.category, of_category),
            pattern: part(
                asked.pattern != 0,
                weights.pattern,
                same(u32::from(asked.pattern), u32::from(facts.pattern)),
            ),
            brand: part(asked.brand != 0, weights.brand, same(asked.brand, facts.brand)),
            price: part(asked.price.is_some(), weights.price, near),
            personal: self.personal(candidate.item, facts)?,
            popularity: part(most_popular > 0.0, weights.popularity, popularity),
            freshness: part(
                facts.since > 0,
                weights.freshness,
                agreement::freshness(facts.since, self.today),
            ),
        })
    }

    fn personal(&self, item: u32, facts: &Facts) -> Result<Option<f32>> {
        let Some(preference) = self.preference.as_ref().filter(|_| self.weights.personal > 0.0) else {
            return Ok(None);
        };
        let (db, txn) = self.snapshot.parts();
        let row = vectors::row(db, txn, item, self.snapshot.catalog().dimension())?;
        Ok(Some(self.weights.personal * preference.of_product(facts, row)))
    }

    fn diversify(&self, mut ranked: Vec<Ranked>, k: usize) -> Result<Vec<Ranked>> {
        if self.weights.diversity <= 0.0 {
            ranked.truncate(k);
            return Ok(ranked);
        }
        let rest = ranked.split_off(ranked.len().min(DIVERSIFIED.max(2 * k)));
        let (db, txn) = self.snapshot.parts();
        let dimension = self.snapshot.catalog().dimension();
        let row = |ranked: &Ranked| vectors::row(db, txn, ranked.candidate.item, dimension);
        let rows: Vec<&[u8]> = ranked.iter().map(row).collect::<Result<_>>()?;
        let vectors: Vec<Vec<f32>> = rows.iter().map(|row| segment::decode(row)).collect();
        let scores: Vec<f32> = ranked.iter().map(|ranked| ranked.score).collect();
        let kernel = Kernel::best();
        let alike = |a: usize, b: usize| self.visual(kernel.dot(&vectors[a], rows[b])).clamp(0.0, 1.0);
        let order = diversify::diversify(&scores, k, self.weights.diversity, alike);
        let mut places: Vec<Option<Ranked>> = ranked.into_iter().map(Some).collect();
        let mut hits: Vec<Ranked> = order.into_iter().filter_map(|at| places[at].take()).collect();
        hits.extend(rest);
        hits.truncate(k);
        Ok(hits)
    }
}

/// Best first, and in the order of items among equals, so that answers repeat.
fn sort(ranked: &mut [Ranked]) {
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.candidate.item.cmp(&b.candidate.item)));
}

/// Leaves the best of each group, which the others are noted with; none of the group that was asked by.
fn collapse(ranked: Vec<Ranked>, asked: Option<u64>) -> Vec<Ranked> {
    let mut kept: Vec<Ranked> = Vec::with_capacity(ranked.len());
    let mut places: HashMap<u64, usize> = HashMap::new();
    let barred: HashSet<u64> = asked.into_iter().collect();
    for next in ranked {
        if barred.contains(&next.facts.group) {
            continue;
        }
        match places.get(&next.facts.group) {
            Some(&place) => kept[place].others.push(next.candidate.item),
            None => {
                places.insert(next.facts.group, kept.len());
                kept.push(next);
            }
        }
    }
    kept
}

/// A taste, at this moment.
pub(crate) fn preference<'t>(taste: Option<&'t Taste>, snapshot: &Snapshot) -> Option<Preference<'t>> {
    taste?.at(snapshot.catalog().fingerprint(), now_secs())
}

/// Seconds since 1970.
pub(crate) fn now_secs() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// Days since 1970.
pub(crate) fn today() -> u32 {
    (now_secs() / 86_400.0) as u32
}

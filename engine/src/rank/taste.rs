//! A shopper's taste, learned from the products that they look at, keep and dismiss. It never leaves the device.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::index::simd::Kernel;
use crate::product::Product;
use crate::product::derived;
use crate::product::sortable_price;
use crate::store::rank_features::{RankFeatures, short_key, size_bit};
use knytt_models::Fingerprint;

/// A shopper's taste, in the space of one model. Signals decay exponentially: their half-life is a month, and
/// twenty minutes within the present visit.
///
/// Times are seconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Taste {
    /// Of the model in whose space the vectors are; none before the first signal.
    fingerprint: Option<Fingerprint>,
    /// Of all visits.
    lasting: Memory,
    /// Of this visit.
    visit: Memory,
}

/// What a shopper did with a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Looked at its page.
    Viewed,
    /// Put it among the favourites.
    Kept,
    /// Took it from the favourites.
    Dropped,
    /// Went to the shop to buy it.
    Bought,
    /// Said that they do not want such.
    Dismissed,
}

impl Signal {
    /// What it says of liking the product, −1 to 1.
    fn weight(self) -> f32 {
        match self {
            Self::Viewed => 0.25,
            Self::Kept | Self::Bought => 1.0,
            Self::Dropped => -0.5,
            Self::Dismissed => -1.0,
        }
    }
}

/// A name and how much it is liked, −1 to 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Affinity {
    /// A category, a brand or a size.
    pub name: String,
    /// Less than zero if it is disliked.
    pub liking: f32,
}

/// What a taste knows, for the shopper to look at.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Known {
    /// How many signals it is made of, those of long ago counting less.
    pub signals: f32,
    /// Categories, the most liked first.
    pub categories: Vec<Affinity>,
    /// Brands, the most liked first.
    pub brands: Vec<Affinity>,
    /// Sizes, the most liked first.
    pub sizes: Vec<Affinity>,
    /// What is usually paid, in the shop's currency.
    pub usual_price: Option<f64>,
}

const MONTH_SECS: f64 = 30.0 * 86_400.0;
const VISIT_SECS: f64 = 20.0 * 60.0;

/// Signals after which taste counts half of what it may.
const HALF_TRUST: f32 = 4.0;

impl Taste {
    /// Learns from what was done with `product`, whose embedding is `vector`.
    pub fn learn(
        &mut self,
        product: &Product,
        vector: &[f32],
        of: &Fingerprint,
        signal: Signal,
        now_secs: f64,
    ) {
        if self.fingerprint.as_ref() != Some(of) {
            // Directions of another model's space mean nothing; names stay.
            self.lasting.forget_directions();
            self.visit.forget_directions();
            self.fingerprint = Some(of.clone());
        }
        self.lasting.learn(product, vector, signal.weight(), now_secs, MONTH_SECS);
        self.visit.learn(product, vector, signal.weight(), now_secs, VISIT_SECS);
    }

    /// Forgets the present visit: the next shopper at a kiosk is somebody else.
    pub fn end_visit(&mut self) {
        self.visit = Memory::default();
    }

    /// Whether there is nothing to rank by.
    pub fn is_empty(&self) -> bool {
        self.lasting.signals == 0.0 && self.visit.signals == 0.0
    }

    /// What it knows.
    pub fn known(&self) -> Known {
        let most = |names: &BTreeMap<String, f32>| {
            let mut all: Vec<Affinity> = names
                .iter()
                .map(|(name, sum)| Affinity { name: name.clone(), liking: squashed(*sum) })
                .collect();
            all.sort_by(|a, b| b.liking.total_cmp(&a.liking));
            all
        };
        let memory = &self.lasting;
        Known {
            signals: memory.signals,
            categories: most(&memory.categories),
            brands: most(&memory.brands),
            sizes: most(&memory.sizes),
            usual_price: memory.usual_price().map(|log| f64::from(log).exp()),
        }
    }

    /// Ready to compare products with, at a moment; `None` if it knows nothing.
    pub(crate) fn at(&self, of: &Fingerprint, now_secs: f64) -> Option<Preference<'_>> {
        let parts = [(&self.lasting, MONTH_SECS), (&self.visit, VISIT_SECS)];
        let trusted: Vec<PreferencePart<'_>> = parts
            .into_iter()
            .filter_map(|(memory, half_life)| {
                PreferencePart::from_memory(memory, memory.faded(now_secs, half_life))
            })
            .collect();
        let comparable = self.fingerprint.as_ref() == Some(of);
        (!trusted.is_empty()).then_some(Preference { parts: trusted, comparable })
    }
}

/// Sums that decay together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// Of the last signal.
    at_secs: f64,
    /// Of the signals' sizes.
    signals: f32,
    /// The weighted sum of the products' vectors.
    direction: Vec<f32>,
    categories: BTreeMap<String, f32>,
    brands: BTreeMap<String, f32>,
    sizes: BTreeMap<String, f32>,
    /// The weighted sum of the logarithms of the prices of what was liked, and of the weights.
    price: (f32, f32),
}

/// A name of which less than this is left is forgotten.
const FORGOTTEN: f32 = 0.01;

impl Memory {
    fn learn(&mut self, product: &Product, vector: &[f32], weight: f32, now_secs: f64, half_life_secs: f64) {
        self.fade(self.faded(now_secs, half_life_secs));
        self.at_secs = self.at_secs.max(now_secs);
        self.signals += weight.abs();
        self.direction.resize(vector.len(), 0.0);
        self.direction.iter_mut().zip(vector).for_each(|(sum, value)| *sum += weight * value);
        let mut add = |names: fn(&mut Self) -> &mut BTreeMap<String, f32>, name: &str| {
            if !name.trim().is_empty() {
                *names(self).entry(name.trim().to_owned()).or_default() += weight;
            }
        };
        add(|memory| &mut memory.categories, derived::category(product));
        add(|memory| &mut memory.brands, &product.brand);
        // A product that comes in all sizes says little of each.
        let sizes = if product.sizes.len() == 1 { &product.sizes[..] } else { &[] };
        sizes.iter().for_each(|size| add(|memory| &mut memory.sizes, size));
        if let Some(log) = log_price(sortable_price::encode(product)).filter(|_| weight > 0.0) {
            self.price = (self.price.0 + weight * log, self.price.1 + weight);
        }
    }

    /// What is left of it at a moment, 0 to 1. A clock that was set back takes nothing away.
    fn faded(&self, now_secs: f64, half_life_secs: f64) -> f32 {
        0.5_f64.powf((now_secs - self.at_secs).max(0.0) / half_life_secs) as f32
    }

    fn fade(&mut self, left: f32) {
        self.signals *= left;
        self.direction.iter_mut().for_each(|value| *value *= left);
        for names in [&mut self.categories, &mut self.brands, &mut self.sizes] {
            names.values_mut().for_each(|sum| *sum *= left);
            names.retain(|_, sum| sum.abs() >= FORGOTTEN);
        }
        self.price = (self.price.0 * left, self.price.1 * left);
    }

    fn forget_directions(&mut self) {
        self.direction.clear();
    }

    fn usual_price(&self) -> Option<f32> {
        (self.price.1 > 0.0).then(|| self.price.0 / self.price.1)
    }
}

fn squashed(sum: f32) -> f32 {
    sum / (1.0 + sum.abs())
}

/// The logarithm of a price as the column has it, in units of the currency.
fn log_price(encoded: i64) -> Option<f32> {
    let amount = encoded as f64 / 2.0 / 10_f64.powi(sortable_price::MAX_DECIMALS as i32);
    (encoded != sortable_price::NONE && amount > 0.0).then(|| amount.ln() as f32)
}

/// A taste at one moment, in the form that is compared with many products.
pub(crate) struct Preference<'t> {
    parts: Vec<PreferencePart<'t>>,
    /// Whether its directions are of the space that is searched.
    comparable: bool,
}

/// A [`Memory`] in the form that is compared with products.
struct PreferencePart<'t> {
    /// How far it is believed, 0 to 1.
    trust: f32,
    direction: Option<(&'t [f32], f32)>,
    categories: HashMap<u32, f32>,
    brands: HashMap<u32, f32>,
    /// Sizes' bits that are liked.
    sizes: u64,
    usual_price: Option<f32>,
}

impl<'t> PreferencePart<'t> {
    fn from_memory(memory: &'t Memory, left: f32) -> Option<Self> {
        let signals = memory.signals * left;
        if signals < FORGOTTEN {
            return None;
        }
        let keyed = |names: &BTreeMap<String, f32>| {
            names.iter().map(|(name, sum)| (short_key(name), squashed(sum * left))).collect()
        };
        let length = memory.direction.iter().map(|v| v * v).sum::<f32>().sqrt();
        Some(Self {
            trust: signals / (signals + HALF_TRUST),
            direction: (length > 0.0).then_some((memory.direction.as_slice(), length)),
            categories: keyed(&memory.categories),
            brands: keyed(&memory.brands),
            sizes: memory
                .sizes
                .iter()
                .filter(|(_, sum)| **sum > 0.0)
                .fold(0, |bits, (size, _)| bits | size_bit(size)),
            usual_price: memory.usual_price(),
        })
    }

    /// −1 to 1.
    fn of_product(&self, features: &RankFeatures, row: Option<&[u8]>) -> f32 {
        let mut parts = [0.0; 4];
        if let (Some((direction, length)), Some(row)) = (self.direction, row)
            && direction.len() * 2 == row.len()
        {
            parts[0] = 0.5 * Kernel::best().dot(direction, row) / length;
        }
        parts[1] = 0.2 * self.categories.get(&features.category).copied().unwrap_or(0.0);
        parts[2] = 0.2 * self.brands.get(&features.brand).copied().unwrap_or(0.0);
        let fits = f32::from(u8::from(self.sizes & features.sizes != 0));
        let near = self
            .usual_price
            .zip(log_price(features.price))
            .map_or(0.0, |(usual, log)| (-(usual - log).powi(2)).exp());
        parts[3] = 0.05 * fits + 0.05 * near;
        self.trust * parts.iter().sum::<f32>()
    }
}

impl Preference<'_> {
    /// How much a product is to this taste, −1 to 1. `row`: its embedding as it is stored, if it has one.
    pub(crate) fn of_product(&self, features: &RankFeatures, row: Option<&[u8]>) -> f32 {
        let row = row.filter(|_| self.comparable);
        self.parts.iter().map(|part| part.of_product(features, row)).sum::<f32>() / self.parts.len() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::segment;

    fn product(category: &str, brand: &str) -> Product {
        Product {
            id: format!("{category} {brand}"),
            category: category.into(),
            brand: brand.into(),
            price: Some("20 EUR".parse().unwrap()),
            ..Product::default()
        }
    }

    fn model() -> Fingerprint {
        Fingerprint::of(&[b"a model"])
    }

    fn liking(taste: &Taste, product: &Product, vector: &[f32], now: f64) -> f32 {
        taste.at(&model(), now).map_or(0.0, |p| {
            p.of_product(&RankFeatures::from_product(product), Some(&segment::encode(vector)))
        })
    }

    #[test]
    fn what_was_kept_is_liked_and_what_was_dismissed_is_not() {
        let (dress, shoe) = (product("Dresses", "Acme"), product("Shoes", "Other"));
        let mut taste = Taste::default();
        assert!(taste.is_empty() && taste.at(&model(), 0.0).is_none());
        taste.learn(&dress, &[1.0, 0.0], &model(), Signal::Kept, 0.0);
        taste.learn(&shoe, &[0.0, 1.0], &model(), Signal::Dismissed, 1.0);
        assert!(liking(&taste, &dress, &[1.0, 0.0], 2.0) > 0.1);
        assert!(liking(&taste, &shoe, &[0.0, 1.0], 2.0) < -0.05);
        let known = taste.known();
        assert_eq!((known.brands[0].name.as_str(), known.brands[1].name.as_str()), ("Acme", "Other"));
        assert!((known.usual_price.unwrap() - 20.0).abs() < 0.01);
    }

    #[test]
    fn a_visit_fades_in_minutes_and_a_taste_in_months() {
        let dress = product("Dresses", "Acme");
        let mut taste = Taste::default();
        taste.learn(&dress, &[1.0, 0.0], &model(), Signal::Kept, 0.0);
        let now = liking(&taste, &dress, &[1.0, 0.0], 0.0);
        let next_day = liking(&taste, &dress, &[1.0, 0.0], 86_400.0);
        let next_year = liking(&taste, &dress, &[1.0, 0.0], 365.0 * 86_400.0);
        assert!(now >= next_day && next_day > 0.05 && next_year == 0.0, "{now} {next_day} {next_year}");
    }

    #[test]
    fn the_end_of_a_visit_leaves_the_lasting_taste() {
        let mut taste = Taste::default();
        taste.learn(&product("Dresses", "Acme"), &[1.0, 0.0], &model(), Signal::Viewed, 0.0);
        taste.end_visit();
        assert!(!taste.is_empty());
        assert_eq!(taste.visit, Memory::default());
    }

    #[test]
    fn a_new_model_keeps_names_and_forgets_directions() {
        let mut taste = Taste::default();
        taste.learn(&product("Dresses", "Acme"), &[1.0, 0.0], &model(), Signal::Kept, 0.0);
        let other = Fingerprint::of(&[b"another model"]);
        taste.learn(&product("Shoes", "Acme"), &[0.0, 1.0, 0.0], &other, Signal::Kept, 1.0);
        assert_eq!(taste.lasting.direction, [0.0, 1.0, 0.0]);
        assert!(taste.known().brands[0].liking > 0.5);
    }

    #[test]
    fn it_survives_json() {
        let mut taste = Taste::default();
        taste.learn(&product("Dresses", "Acme"), &[1.0, 0.0], &model(), Signal::Viewed, 3.0);
        let json = serde_json::to_string(&taste).unwrap();
        assert_eq!(serde_json::from_str::<Taste>(&json).unwrap(), taste);
    }
}

//! The sample catalogue: an invented shop.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::garment::{self, Garment};
use crate::palette::{Colour, ColourName};
use crate::shop;
use crate::view::View;

/// A product of the sample catalogue, with what it takes to draw it or to photograph it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// Unique in the catalogue.
    pub id: String,
    /// Shared by the colours of one product.
    pub item_group_id: String,
    /// As on the price tag: "Nordvik striped cotton t-shirt".
    pub title: String,
    /// Two sentences.
    pub description: String,
    /// An invented brand.
    pub brand: String,
    /// EUR cents.
    pub price_cents: u32,
    /// Whom it is made for: "women", "men", "unisex" or "kids".
    pub gender: String,
    /// Sizes on offer.
    pub sizes: Vec<String>,
    /// "in_stock", "out_of_stock" or "preorder".
    pub availability: String,
    /// What it looks like.
    pub garment: Garment,
    /// How the shop shows it.
    pub view: View,
}

/// The first `count` products of the shop with this `seed`, in the order of the catalogue.
///
/// Every category gets its share, every colour and pattern occurs, and about half of the products come
/// in several colours, which share an `item_group_id`.
pub fn sample_products(count: usize, seed: u64) -> Vec<Product> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut products = Vec::with_capacity(count);
    let mut colours = Deck::new(ColourName::ALL);
    let mut group = 0;
    while products.len() < count {
        // One group of each category in turn, so that any count is spread evenly.
        for &category in Category::ALL {
            group += 1;
            let wanted = if rng.random_bool(0.45) { rng.random_range(2..4) } else { 1 };
            let left = count - products.len();
            products.extend(one_group(category, group, wanted.min(left), &mut colours, &mut rng));
        }
    }
    products.truncate(count);
    for (at, product) in products.iter_mut().enumerate() {
        product.id = format!("kn-{:05}", at + 1);
    }
    products
}

/// Draws every item once before any comes again.
struct Deck {
    all: &'static [ColourName],
    left: Vec<ColourName>,
}

impl Deck {
    fn new(all: &'static [ColourName]) -> Self {
        Self { all, left: Vec::new() }
    }

    fn draw(&mut self, rng: &mut impl Rng) -> ColourName {
        if self.left.is_empty() {
            self.left = self.all.to_vec();
            self.left.shuffle(rng);
        }
        self.left.pop().unwrap_or(ColourName::Black)
    }
}

fn one_group(
    category: Category,
    group: usize,
    wanted: usize,
    colours: &mut Deck,
    rng: &mut ChaCha8Rng,
) -> Vec<Product> {
    let patterns = garment::patterns(category);
    // The shop's patterns are flatter than those of the street: plain half of the time.
    let pattern =
        if rng.random_bool(0.45) { "plain" } else { patterns[rng.random_range(0..patterns.len())].0 };
    let first = if category == Category::Jeans {
        Garment::random(category, rng)
    } else {
        Garment::random_in(category, Colour::jittered(colours.draw(rng), rng), pattern, rng)
    };
    let (brand, level) = shop::BRANDS[rng.random_range(0..shop::BRANDS.len())];
    let gender = shop::gender(category, rng);
    let price_cents = shop::cents(&first, level, rng);
    let words = [brand, first.pattern_in_title(), fabric_in_title(&first), first.kind()];
    let title = words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    let mut seen = Vec::new();
    let mut products = Vec::new();
    for k in 0..wanted {
        let garment = if k == 0 { first.clone() } else { first.recoloured(colours.draw(rng), rng) };
        if seen.contains(&garment.colours[0].name) {
            continue;
        }
        seen.push(garment.colours[0].name);
        products.push(Product {
            id: String::new(),
            item_group_id: format!("kng-{group:04}"),
            title: title.clone(),
            description: garment.description(gender, rng),
            brand: brand.to_owned(),
            price_cents,
            gender: gender.to_owned(),
            sizes: shop::sizes(category, gender, rng),
            availability: availability(rng).to_owned(),
            view: View::studio_varied(rng),
            garment,
        });
    }
    products
}

fn fabric_in_title(garment: &Garment) -> &'static str {
    match garment.category {
        Category::Jeans | Category::Sunglasses | Category::Sneakers => "",
        _ => garment.fabric.name(),
    }
}

fn availability(rng: &mut impl Rng) -> &'static str {
    match rng.random_range(0..100) {
        0..84 => "in_stock",
        84..95 => "out_of_stock",
        _ => "preorder",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn sample_covers_categories_colours_and_patterns() {
        let products = sample_products(360, 1);
        assert_eq!(products.len(), 360);
        let set = |of: fn(&Product) -> &str| products.iter().map(of).collect::<BTreeSet<_>>().len();
        assert!(set(|p| p.garment.category.plural()) >= 14);
        assert_eq!(set(|p| p.garment.colours[0].name.name()), ColourName::ALL.len());
        assert_eq!(set(|p| p.garment.pattern.name()), 8);
        assert_eq!(set(|p| &p.id), 360);
        assert!(set(|p| &p.item_group_id) < 300);
    }

    #[test]
    fn sample_rows_are_believable() {
        for product in sample_products(360, 3) {
            assert!((400..60_000).contains(&product.price_cents), "{}", product.title);
            assert!(!product.sizes.is_empty());
            assert!(product.title.starts_with(&product.brand));
            assert!(!product.description.contains("  "), "{}", product.description);
        }
    }
}

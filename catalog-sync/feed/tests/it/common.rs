//! Feeds in folders of their own.

use std::path::{Path, PathBuf};

use knytt_engine::Product;
use knytt_feed::{Entry, Feed, Options};
use tempfile::TempDir;

/// A file, and the folder that goes with it.
pub fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

/// All that comes of a feed.
#[track_caller]
pub fn entries(path: &Path, options: Options) -> Vec<Entry> {
    let feed = Feed::open(path, options).unwrap();
    let entries: Vec<Entry> = feed.entries().unwrap().map(Result::unwrap).collect();
    assert_eq!(feed.len(), entries.len(), "a feed knows how much will come of it");
    entries
}

/// The products of a feed in which nothing is set aside.
#[track_caller]
pub fn products(path: &Path, options: Options) -> Vec<Product> {
    entries(path, options).into_iter().map(|entry| entry.unwrap().product).collect()
}

/// The products of a feed of this content, prices in euros.
#[track_caller]
pub fn read(name: &str, content: &str) -> Vec<Product> {
    let (_folder, path) = file(name, content);
    products(&path, euros())
}

/// Where and why rows were set aside; `ok` for those that were not.
#[track_caller]
pub fn codes(name: &str, content: impl AsRef<[u8]>) -> Vec<(String, &'static str)> {
    let (_folder, path) = file(name, content);
    let told = |entry: Entry| entry.map_or_else(|e| (e.place, e.code), |item| (item.place, "ok"));
    entries(&path, euros()).into_iter().map(told).collect()
}

pub fn euros() -> Options {
    Options { currency: Some("EUR".into()), ..Options::default() }
}

/// Ids, titles and categories.
pub fn told(products: &[Product]) -> Vec<String> {
    products.iter().map(|p| format!("{} {} [{}]", p.id, p.title, p.category)).collect()
}

/// Products in a line each: `id | title | price, sale price | category | brand | pictures | stock | variants | sizes, colours`.
pub fn lines(products: &[Product]) -> Vec<String> {
    products.iter().map(line).collect()
}

fn line(product: &Product) -> String {
    let price = |price: &Option<knytt_engine::Price>| {
        price
            .as_ref()
            .map(|price| format!("{} {}", price.amount.normalize(), price.currency))
            .unwrap_or_default()
    };
    let prices: Vec<String> = [price(&product.price), price(&product.sale_price)]
        .into_iter()
        .filter(|price| !price.is_empty())
        .collect();
    let choices: Vec<&str> = product.sizes.iter().chain(&product.colors).map(String::as_str).collect();
    let pictures = usize::from(!product.image.is_empty()) + product.more_images.len();
    let parts = [
        product.id.clone(),
        product.title.clone(),
        prices.join(", "),
        product.category.clone(),
        product.brand.clone(),
        pictures.to_string(),
        product.availability.to_string(),
        product.variants.len().to_string(),
        choices.join(" "),
    ];
    parts.join(" | ")
}

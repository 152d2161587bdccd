//! A catalogue of drawn garments that the window shows, and photographs to search it with.

use fs_err as fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use image::codecs::jpeg::JpegEncoder;
use knytt_garments::{Product, render, sample_products};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::command;

const PRODUCTS: usize = 240;

/// Pixels per side: enough for the model, quick to draw.
const SIDE: u32 = 160;

/// A catalogue in a folder.
pub struct Sample {
    folder: TempDir,
}

/// DrawnProduct and built once for all tests.
pub static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let sample = Sample { folder: tempfile::tempdir().unwrap() };
    let feed = sample.folder.path().join("feed");
    fs::create_dir_all(feed.join("images")).unwrap();
    let products = sample_products(PRODUCTS, 1);
    let mut rows = String::from("id,title,brand,category,price,currency,color,availability,image\n");
    for product in &products {
        fs::write(feed.join("images").join(format!("{}.jpg", product.id)), studio(product)).unwrap();
        rows.push_str(&row(product));
    }
    fs::write(feed.join("products.csv"), rows).unwrap();
    let built = command::run(&[
        "build",
        feed.join("products.csv").to_str().unwrap(),
        "--catalog",
        sample.catalog().to_str().unwrap(),
    ]);
    assert_eq!(built.code, Some(0), "{built:?}");
    sample
});

impl Sample {
    pub fn catalog(&self) -> PathBuf {
        self.folder.path().join("catalog")
    }

    /// A product of this category as a shopper's photograph: turned, in other light, on another ground,
    /// four times as wide as the shop's own.
    pub fn photograph(&self, category: &str) -> Vec<u8> {
        let products = sample_products(PRODUCTS, 1);
        let product = products.iter().find(|p| p.garment.category.plural() == category).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        jpeg(&render(&product.garment, &knytt_garments::View::wild(&mut rng), 4 * SIDE))
    }

    /// A folder of pictures that stands in for a camera: one product, held still.
    pub fn camera(&self, category: &str, folder: &Path) -> String {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("1.jpg"), self.photograph(category)).unwrap();
        format!("file:{}", folder.display())
    }
}

fn studio(product: &Product) -> Vec<u8> {
    jpeg(&render(&product.garment, &product.view, SIDE))
}

fn jpeg(picture: &image::RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 88)).unwrap();
    bytes
}

fn row(product: &Product) -> String {
    let colour = product.garment.shown_colours().first().map_or("", |colour| colour.name.name());
    let price = format!("{}.{:02}", product.price_cents / 100, product.price_cents % 100);
    let title = product.title.replace('"', "\"\"");
    format!(
        "{0},\"{title}\",\"{1}\",{2},{price},EUR,{colour},{3},images/{0}.jpg\n",
        product.id,
        product.brand,
        product.garment.category.plural(),
        product.availability,
    )
}

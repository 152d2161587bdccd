//! A shop of any size: drawn garments whose embeddings are spread, so that there are as many as are asked for.

use std::path::Path;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use knytt_engine::{Catalog, CatalogSpec, Origin, Product, SearchSession};
use knytt_garments::{render, sample_products};
use knytt_models::{Bundle, Device, Embedding, Encoder};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::AnyError;

/// Garments that are drawn and embedded; the vector of a product lies near the one of such a garment.
const DRAWN: usize = 400;

/// The side of the pictures that the catalogue keeps, in pixels.
const KEPT: u32 = 96;

/// The side of a shopper's photograph: one megapixel.
const PHOTOGRAPH: u32 = 1024;

/// How far a product's vector is from the garment that it is derived from.
const SPREAD: f32 = 0.5;

/// Products stored by one commit.
const COMMIT: usize = 5_000;

/// Builds the catalogue `shop` of `count` products.
pub fn build(folder: &Path, count: usize) -> Result<Catalog, AnyError> {
    let encoder = Encoder::start(Bundle::starter()?, Device::Cpu)?;
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let products = sample_products(count, 1);
    let drawn = (products.iter().take(DRAWN))
        .map(|product| {
            let picture = render(&product.garment, &product.view, KEPT);
            Ok((encoder.embed_image(&picture)?, jpeg(&picture)?))
        })
        .collect::<Result<Vec<_>, AnyError>>()?;
    let spec = CatalogSpec {
        id: "shop".into(),
        model: encoder.fingerprint().clone(),
        model_name: "starter".into(),
        dimension: encoder.dimension(),
    };
    let catalog = Catalog::create(folder, &spec)?;
    let mut writer = catalog.write();
    for (number, product) in products.iter().enumerate() {
        let (near, picture) = &drawn[number % drawn.len()];
        let embedding = Embedding::fuse(&[(near, 1.0), (&noise(&encoder, &mut random)?, SPREAD)])?;
        writer.upsert(&described(product)?, &embedding, Some(picture))?;
        if writer.len() >= COMMIT {
            writer.commit()?;
        }
    }
    writer.commit()?;
    drop(writer);
    Origin { model: Some("starter".into()), source: None, kind: None }.write(folder)?;
    SearchSession::new(catalog.clone(), encoder)?.calibrate()?;
    Ok(catalog)
}

/// Words that somebody may type. The number makes each of them another search.
pub fn words(number: usize) -> String {
    const COLOURS: [&str; 8] = ["red", "blue", "black", "white", "green", "grey", "pink", "yellow"];
    const KINDS: [&str; 8] = ["dress", "shirt", "trousers", "coat", "skirt", "hoodie", "shorts", "jacket"];
    const MORE: [&str; 4] = ["striped", "plain", "warm", "light"];
    let (colour, kind) = (COLOURS[number % 8], KINDS[number / 8 % 8]);
    format!("{} {colour} {kind} {number}", MORE[number / 64 % 4])
}

/// Photographs of one megapixel of different garments.
pub fn photographs(count: usize) -> Result<Vec<Vec<u8>>, AnyError> {
    let products = sample_products(count, 2);
    products.iter().map(|product| jpeg(&render(&product.garment, &product.view, PHOTOGRAPH))).collect()
}

/// The same photograph as another file: a JPEG may be followed by anything.
pub fn another_file(photograph: &[u8], number: usize) -> Vec<u8> {
    [photograph, &number.to_le_bytes()].concat()
}

fn noise(encoder: &Encoder, random: &mut ChaCha8Rng) -> Result<Embedding, AnyError> {
    let values = (0..encoder.dimension()).map(|_| random.random_range(-1.0..1.0)).collect();
    Ok(Embedding::new(values, encoder.fingerprint().clone())?)
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>, AnyError> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 85))?;
    Ok(bytes)
}

fn described(product: &knytt_garments::Product) -> Result<Product, AnyError> {
    let price = format!("{}.{:02} EUR", product.price_cents / 100, product.price_cents % 100);
    Ok(Product {
        id: product.id.clone(),
        title: product.title.clone(),
        description: product.description.clone(),
        brand: product.brand.clone(),
        category: product.garment.category.plural().into(),
        price: Some(price.parse()?),
        colors: product.garment.shown_colours().iter().map(|c| c.name.name().into()).collect(),
        ..Product::default()
    })
}

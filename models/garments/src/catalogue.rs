//! Writes the sample catalogue.

use std::path::Path;

use anyhow::Context;
use image::codecs::jpeg::JpegEncoder;
use knytt_garments::{Product, render, sample_products};
use rayon::prelude::*;
use serde::Serialize;

const JPEG_QUALITY: u8 = 88;

/// One row of `products.csv`.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    item_group_id: &'a str,
    title: &'a str,
    description: &'a str,
    brand: &'a str,
    category: &'a str,
    price: String,
    currency: &'a str,
    color: String,
    size: String,
    availability: &'a str,
    gender: &'a str,
    pattern: &'a str,
    material: &'a str,
    image: String,
}

impl<'a> Row<'a> {
    fn from_product(product: &'a Product) -> Self {
        let garment = &product.garment;
        let mut colours: Vec<_> = garment.shown_colours().iter().map(|c| c.name.name()).collect();
        colours.dedup();
        Self {
            id: &product.id,
            item_group_id: &product.item_group_id,
            title: &product.title,
            description: &product.description,
            brand: &product.brand,
            category: garment.category.plural(),
            price: format!("{}.{:02}", product.price_cents / 100, product.price_cents % 100),
            currency: "EUR",
            color: colours.join("|"),
            size: product.sizes.join("|"),
            availability: &product.availability,
            gender: &product.gender,
            pattern: garment.pattern.name(),
            material: garment.fabric.name(),
            image: image_path(product),
        }
    }
}

fn image_path(product: &Product) -> String {
    format!("images/{}.jpg", product.id)
}

/// Writes `products.csv` and one JPEG of `size` × `size` pixels per product to `out`.
pub(crate) fn write(out: &Path, count: usize, seed: u64, size: u32) -> anyhow::Result<()> {
    write_shop(out, count, seed, size, false)
}

/// The same; `unsaid` leaves colours and patterns to be seen.
pub(crate) fn write_shop(out: &Path, count: usize, seed: u64, size: u32, unsaid: bool) -> anyhow::Result<()> {
    fs_err::create_dir_all(out.join("images"))?;
    let products = sample_products(count, seed);
    products.par_iter().try_for_each(|product| picture(product, out, size))?;
    let path = out.join("products.csv");
    let mut csv = csv::Writer::from_writer(fs_err::File::create(&path)?);
    for product in &products {
        let row = Row::from_product(product);
        let row = if unsaid { Row { color: String::new(), pattern: "", ..row } } else { row };
        csv.serialize(row).with_context(|| format!("cannot write {}", path.display()))?;
    }
    csv.flush()?;
    Ok(())
}

fn picture(product: &Product, out: &Path, size: u32) -> anyhow::Result<()> {
    let path = out.join(image_path(product));
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .encode_image(&render(&product.garment, &product.view, size))
        .with_context(|| format!("cannot encode {}", path.display()))?;
    fs_err::write(path, bytes)?;
    Ok(())
}

//! Writes a shop with queries of which it is known what is right.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use image::codecs::jpeg::JpegEncoder;
use knytt_garments::{ColourName, Product, View, render, sample_products};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use crate::catalogue;

/// Pixels per side of a shopper's photograph.
const PHOTO_SIDE: u32 = 480;

/// A query is no query if fewer products are right.
const FEWEST_RIGHT: usize = 3;

/// One line of `queries.jsonl`.
#[derive(Serialize)]
struct JudgeLine {
    kind: &'static str,
    query: Asked,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept: Vec<String>,
    judgments: BTreeMap<String, u8>,
}

#[derive(Default, Serialize)]
struct Asked {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
}

/// Writes a shop of `count` products as [`catalogue::write`] does, and `queries.jsonl` with `each` queries
/// of every kind and `photos/*.jpg` and `again/*.jpg` for them. With `unsaid`, the feed says neither colours nor patterns.
pub(crate) fn write(out: &Path, count: usize, each: usize, seed: u64, unsaid: bool) -> anyhow::Result<()> {
    catalogue::write_shop(out, count, seed, PHOTO_SIDE, unsaid)?;
    let products = sample_products(count, seed);
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x006a_7564_6765);
    let mut lines = photos(out, &products, each, &PHOTOGRAPH, &mut rng)?;
    lines.extend(photos(out, &products, each, &AGAIN, &mut ChaCha8Rng::seed_from_u64(!seed))?);
    for of in [colours, names, conditions, exclusions, tastes] {
        lines.extend(some(each, &products, &mut rng, of));
    }
    let mut text = String::new();
    for line in &lines {
        text.push_str(&serde_json::to_string(line)?);
        text.push('\n');
    }
    fs_err::write(out.join("queries.jsonl"), text)?;
    Ok(())
}

type Draw = fn(&[Product], &mut ChaCha8Rng) -> JudgeLine;

/// `each` lines for which enough is right.
fn some(each: usize, products: &[Product], rng: &mut ChaCha8Rng, of: Draw) -> Vec<JudgeLine> {
    let draws = (0..each * 50).map(|_| of(products, rng));
    draws.filter(|line| line.judgments.len() >= FEWEST_RIGHT).take(each).collect()
}

/// A kind of query with pictures, the folder of those, and how they are taken.
struct Shooting {
    kind: &'static str,
    folder: &'static str,
    view: fn(&mut ChaCha8Rng) -> View,
}

const PHOTOGRAPH: Shooting = Shooting { kind: "photograph", folder: "photos", view: View::wild };

const AGAIN: Shooting = Shooting { kind: "again", folder: "again", view: View::again };

/// A product, photographed: it is right, and a little so are others of its kind and colour.
fn photos(
    out: &Path,
    products: &[Product],
    each: usize,
    shooting: &Shooting,
    rng: &mut ChaCha8Rng,
) -> anyhow::Result<Vec<JudgeLine>> {
    fs_err::create_dir_all(out.join(shooting.folder))?;
    let photo_path = |product: &Product| format!("{}/{}.jpg", shooting.folder, product.id);
    let mut chosen: Vec<&Product> = products.iter().collect();
    chosen.shuffle(rng);
    chosen.truncate(each);
    let views: Vec<View> = chosen.iter().map(|_| (shooting.view)(rng)).collect();
    chosen.par_iter().zip(&views).try_for_each(|(product, view)| {
        let path = out.join(photo_path(product));
        let mut file = fs_err::File::create(&path)?;
        JpegEncoder::new_with_quality(&mut file, 88)
            .encode_image(&render(&product.garment, view, PHOTO_SIDE))
            .with_context(|| format!("cannot encode {}", path.display()))
    })?;
    let line = |product: &&Product| JudgeLine {
        kind: shooting.kind,
        query: Asked { image: Some(photo_path(product)), ..Asked::default() },
        kept: Vec::new(),
        judgments: graded(products, |other| {
            let alike =
                other.garment.category == product.garment.category && colour(other) == colour(product);
            if other.id == product.id { 3 } else { u8::from(alike) }
        }),
    };
    Ok(chosen.iter().map(line).collect())
}

/// "navy dress"
fn colours(products: &[Product], rng: &mut ChaCha8Rng) -> JudgeLine {
    let like = any(products, rng);
    let (wanted, kind) = (colour(like), like.garment.category);
    let right = |p: &Product| u8::from(p.garment.category == kind && colour(p) == wanted);
    words("colour", format!("{} {}", wanted.name(), kind.name()), graded(products, right))
}

/// A brand and what the shop calls the thing, one letter of it wrong half of the time.
fn names(products: &[Product], rng: &mut ChaCha8Rng) -> JudgeLine {
    let like = any(products, rng);
    let kind = like.garment.kind();
    let said = format!("{} {kind}", like.brand).to_lowercase();
    let right = |p: &Product| match (p.brand == like.brand, p.garment.kind() == kind) {
        (true, true) => 2,
        (false, false) => 0,
        _ => u8::from(p.garment.category == like.garment.category),
    };
    let said = if rng.random_bool(0.5) { misspelt(&said, rng) } else { said };
    words("name", said, graded(products, right))
}

/// "dress under 60"
fn conditions(products: &[Product], rng: &mut ChaCha8Rng) -> JudgeLine {
    let like = any(products, rng);
    let (kind, most) = (like.garment.category, like.price_cents.div_ceil(1000) * 10);
    let right = |p: &Product| u8::from(p.garment.category == kind && p.price_cents <= most * 100);
    words("condition", format!("{} under {most}", kind.name()), graded(products, right))
}

/// "shirt not striped"
fn exclusions(products: &[Product], rng: &mut ChaCha8Rng) -> JudgeLine {
    let like = any(products, rng);
    let (kind, pattern) = (like.garment.category, like.garment.pattern.name());
    let right = |p: &Product| u8::from(p.garment.category == kind && p.garment.pattern.name() != pattern);
    words("exclusion", format!("{} not {pattern}", kind.name()), graded(products, right))
}

/// A kind of thing, asked for by somebody who likes a brand.
fn tastes(products: &[Product], rng: &mut ChaCha8Rng) -> JudgeLine {
    let like = any(products, rng);
    let kind = like.garment.category;
    let others = products.iter().filter(|p| p.brand == like.brand && p.garment.category != kind);
    let mut kept: Vec<String> = others.map(|p| p.id.clone()).collect();
    kept.shuffle(rng);
    kept.truncate(5);
    let right =
        |p: &Product| u8::from(p.garment.category == kind) * (1 + 2 * u8::from(p.brand == like.brand));
    JudgeLine { kept, ..words("taste", kind.name().to_owned(), graded(products, right)) }
}

fn words(kind: &'static str, text: String, judgments: BTreeMap<String, u8>) -> JudgeLine {
    JudgeLine { kind, query: Asked { text: Some(text), ..Asked::default() }, kept: Vec::new(), judgments }
}

fn any<'p>(products: &'p [Product], rng: &mut ChaCha8Rng) -> &'p Product {
    products.choose(rng).unwrap_or(&products[0])
}

fn colour(product: &Product) -> ColourName {
    product.garment.colours[0].name
}

fn graded(products: &[Product], grade: impl Fn(&Product) -> u8) -> BTreeMap<String, u8> {
    products.iter().map(|p| (p.id.clone(), grade(p))).filter(|(_, grade)| *grade > 0).collect()
}

/// Two neighbouring letters of its longest word change places.
fn misspelt(said: &str, rng: &mut ChaCha8Rng) -> String {
    let longest = said.split(' ').max_by_key(|word| word.len()).unwrap_or_default();
    let mut letters: Vec<char> = longest.chars().collect();
    if letters.len() < 4 {
        return said.into();
    }
    let at = rng.random_range(1..letters.len() - 2);
    letters.swap(at, at + 1);
    said.replacen(longest, &letters.iter().collect::<String>(), 1)
}

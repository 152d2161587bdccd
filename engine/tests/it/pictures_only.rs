//! A model that knows pictures only: words are searched in the texts.

use std::path::Path;
use std::sync::LazyLock;

use image::{Rgb, RgbImage};
use knytt_engine::{
    Catalog, CatalogSpec, Error, Ingredient, Product, Query, QueryImage, SafetyConfig, SafetyGate,
    SearchResult, SearchSession,
};
use knytt_models::convert::convert;
use knytt_models::{Bundle, Device, Encoder};

use crate::common::product;

static ENCODER: LazyLock<Encoder> = LazyLock::new(|| {
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/tests/golden/dinov2");
    let dir = tempfile::tempdir().unwrap();
    let bundle = convert(&published, &dir.path().join("dinov2")).unwrap().bundle;
    Encoder::start(Bundle::open(&bundle).unwrap(), Device::Cpu).unwrap()
});

const PRODUCTS: [(&str, &str); 10] = [
    ("parka", "Quilted parka"),
    ("coat", "Quilted wool coat"),
    ("scarf", "Striped scarf"),
    ("dress", "Striped dress"),
    ("boots", "Leather boots"),
    ("belt", "Leather belt"),
    ("hat", "Straw hat"),
    ("cap", "Baseball cap"),
    ("gown", "Evening gown"),
    ("skirt", "Pleated skirt"),
];

/// Soft shapes, another one for each number.
fn picture(n: usize) -> RgbImage {
    let wave = |at: u32, n: usize| (127.5 + 127.5 * (at as f32 / (9.0 + n as f32) + n as f32).sin()) as u8;
    RgbImage::from_fn(90, 80, |x, y| Rgb([wave(x, n), wave(y, n / 2), wave(x + y, n / 3)]))
}

fn shop(dir: &Path) -> SearchSession {
    let spec = CatalogSpec {
        id: "shop".into(),
        model: ENCODER.fingerprint().clone(),
        model_name: ENCODER.model_name().into(),
        dimension: ENCODER.dimension(),
    };
    let session = SearchSession::new(Catalog::create(dir, &spec).unwrap(), ENCODER.clone()).unwrap();
    let mut writer = session.catalog().write();
    for (n, (id, title)) in PRODUCTS.into_iter().enumerate() {
        let product = Product { title: title.into(), ..product(id) };
        writer.upsert(&product, &ENCODER.embed_image(&picture(n)).unwrap(), None).unwrap();
    }
    writer.commit().unwrap();
    session
}

fn ids(result: &SearchResult) -> Vec<&str> {
    result.hits.iter().map(|hit| hit.id.as_str()).collect()
}

fn said(text: &str) -> Query {
    Query { text: Some(text.into()), k: 10, ..Query::default() }
}

#[test]
fn words_find_the_products_whose_texts_have_them_and_no_others() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let found = session.search(&said("quilted parka")).unwrap();
    assert_eq!(ids(&found), ["parka", "coat"], "the one with both words first");
    assert!(found.named && found.hits.iter().all(|hit| hit.reasons.words.is_some_and(|words| words > 0.0)));
    assert_eq!(ids(&session.search(&said("quilted parkas")).unwrap())[0], "parka", "typos are forgiven");
    assert!(session.search(&said("zeppelin")).unwrap().hits.is_empty());
}

#[test]
fn a_picture_ranks_and_words_beside_it_lift_what_has_them() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let image = || Some(QueryImage::Decoded(picture(6)));
    let seen = session.search(&Query { image: image(), k: 10, ..Query::default() }).unwrap();
    assert_eq!((ids(&seen)[0], seen.hits.len()), ("hat", 10));
    let place = |result: &SearchResult| ids(result).iter().position(|id| *id == "boots").unwrap();
    let with_words =
        |alpha| session.search(&Query { image: image(), alpha, ..said("leather boots") }).unwrap();
    assert!(place(&with_words(0.2)) < place(&seen), "words lift");
    assert_eq!(place(&with_words(1.0)), place(&seen), "without weight they do not");
    assert_eq!(with_words(0.2).hits.len(), 10, "the picture finds the others");
}

#[test]
fn what_is_excluded_by_words_is_left_out_if_its_texts_have_them() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let image = Some(QueryImage::Decoded(picture(2)));
    let query = Query { image, without: vec!["striped".into()], k: 10, ..Query::default() };
    let found = session.search(&query).unwrap();
    assert_eq!((found.hits.len(), found.matched), (8, 8));
    assert!(!ids(&found).contains(&"scarf") && !ids(&found).contains(&"dress"), "{:?}", ids(&found));
}

#[test]
fn calibration_measures_pictures_and_no_words() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let calibration = session.calibrate().unwrap().unwrap();
    assert!(calibration.text.is_none() && calibration.gibberish.is_none());
    assert!(calibration.image.best > calibration.image.unrelated);
    // With a scale, words that products have are still found, and a picture is still judged.
    assert_eq!(ids(&session.search(&said("straw hat")).unwrap()), ["hat"]);
    let seen = Query { image: Some(QueryImage::Decoded(picture(3))), ..Query::default() };
    assert!(session.search(&seen).unwrap().scale.is_some());
}

#[test]
fn what_needs_the_embedding_of_words_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let mix = vec![(Ingredient::Words("red".into()), 0.5)];
    let refused = session.search(&Query { mix, ..Query::default() }).unwrap_err();
    assert!(matches!(refused, Error::InvalidQuery(reason) if reason.contains("pictures only")));
    // A gate that compares with words cannot be asked, and does not pass for one that is off.
    let safety = SafetyConfig { threshold: Some(0.9), ..SafetyConfig::default() };
    assert!(matches!(SafetyGate::open(&ENCODER, &safety, None), Err(Error::Model(_))));
}

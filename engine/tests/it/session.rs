//! A catalogue and a model together: pictures and words in, hits out.

use std::io::Cursor;
use std::sync::LazyLock;

use image::{ImageFormat, Rgb, RgbImage};
use knytt_engine::{
    Catalog, CatalogSpec, Filter, Hit, IndexKind, Product, Query, QueryImage, ScoreParts, SearchSession,
    Weights,
};
use knytt_models::{Bundle, Device, Encoder};

use crate::common::{product, spec};

pub static ENCODER: LazyLock<Encoder> =
    LazyLock::new(|| Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap());

const COLORS: [(&str, [u8; 3]); 4] =
    [("red", [200, 20, 20]), ("green", [20, 160, 40]), ("blue", [20, 40, 200]), ("black", [5, 5, 5])];

/// A shirt-like shape of one colour on white.
fn picture(color: [u8; 3]) -> RgbImage {
    RgbImage::from_fn(96, 96, |x, y| {
        let body = (24..72).contains(&x) && (20..88).contains(&y);
        let sleeves = (8..88).contains(&x) && (20..40).contains(&y);
        Rgb(if body || sleeves { color } else { [255; 3] })
    })
}

pub fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

pub fn empty(dir: &std::path::Path) -> SearchSession {
    let spec = CatalogSpec {
        id: "shirts".into(),
        model: ENCODER.fingerprint().clone(),
        model_name: ENCODER.model_name().into(),
        dimension: ENCODER.dimension(),
    };
    SearchSession::new(Catalog::create(dir, &spec).unwrap(), ENCODER.clone()).unwrap()
}

fn session(dir: &std::path::Path) -> SearchSession {
    let session = empty(dir);
    let mut writer = session.catalog().write();
    for (name, color) in COLORS {
        let product = Product { colors: vec![name.into()], ..product(name) };
        let embedding = ENCODER.embed_image(&picture(color)).unwrap();
        writer.upsert(&product, &embedding, None).unwrap();
    }
    writer.commit().unwrap();
    session
}

fn parts_sum_to_the_score(hit: &Hit) {
    let ScoreParts { image, text, product, without, mix } = hit.parts;
    let sum: f32 = [image, text, product, without, mix].into_iter().flatten().sum();
    assert!((sum - hit.similarity).abs() < 1e-4, "{:?} is not {}", hit.parts, hit.similarity);
    assert!((hit.reasons.sum() - hit.score).abs() < 1e-4, "{:?} is not {}", hit.reasons, hit.score);
}

#[test]
fn a_picture_finds_its_product_encoded_or_decoded() {
    let dir = tempfile::tempdir().unwrap();
    let session = session(dir.path());
    for (name, color) in COLORS {
        let pixels = picture(color);
        for image in [QueryImage::Encoded(png(&pixels)), QueryImage::Decoded(pixels)] {
            let result = session.search(&Query { image: Some(image), k: 3, ..Query::default() }).unwrap();
            assert_eq!((result.hits.len(), result.matched, result.index), (3, 4, IndexKind::Exact));
            let best = &result.hits[0];
            assert_eq!((best.id.as_str(), best.position), (name, 1));
            assert!(best.similarity > 0.99 && result.hits.is_sorted_by(|a, b| a.score >= b.score));
            assert!(best.parts.image.is_some() && best.parts.text.is_none());
            result.hits.iter().for_each(parts_sum_to_the_score);
            let t = result.timings;
            assert!(t.embed_ms > 0.0 && t.search_ms > 0.0);
            assert!(t.decode_ms + t.embed_ms + t.search_ms + t.rank_ms <= t.total_ms);
        }
    }
}

#[test]
fn a_picture_and_words_each_add_their_part() {
    let dir = tempfile::tempdir().unwrap();
    let session = session(dir.path());
    let query = |alpha| Query {
        image: Some(QueryImage::Decoded(picture(COLORS[0].1))),
        text: Some("a blue shirt".into()),
        literal: true,
        alpha,
        weights: Some(Weights::VISUAL),
        ..Query::default()
    };
    let both = session.search(&query(0.5)).unwrap();
    for hit in &both.hits {
        parts_sum_to_the_score(hit);
        assert!(hit.parts.image.is_some() && hit.parts.text.is_some());
    }
    let words = session.search(&Query { image: None, ..query(0.5) }).unwrap();
    let order = |hits: &[Hit]| hits.iter().map(|hit| hit.id.clone()).collect::<Vec<_>>();
    assert_eq!(order(&session.search(&query(0.0)).unwrap().hits), order(&words.hits));
    assert_eq!(session.search(&query(1.0)).unwrap().hits[0].id, "red");
}

#[test]
fn a_colour_in_a_name_is_no_condition_that_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let session = session(dir.path());
    let mut writer = session.catalog().write();
    let apple =
        Product { title: "Golden Delicious".into(), colors: vec!["green".into()], ..product("apple") };
    writer.upsert(&apple, &ENCODER.embed_image(&picture([120, 180, 40])).unwrap(), None).unwrap();
    writer.commit().unwrap();
    let said = |text: &str| session.search(&Query { text: Some(text.into()), ..Query::default() }).unwrap();
    let found = said("golden delicious");
    assert_eq!(found.hits[0].id, "apple");
    assert!(found.parsed.unwrap().chips.is_empty());
    let none = said("golden shirt");
    assert!(none.hits.is_empty() && !none.parsed.unwrap().chips.is_empty());
}

#[test]
fn more_like_this_leaves_the_product_out_and_heeds_the_filter() {
    let dir = tempfile::tempdir().unwrap();
    let session = session(dir.path());
    let like = |filter| Query { product: Some("red".into()), filter, ..Query::default() };
    let result = session.search(&like(Filter::default())).unwrap();
    assert_eq!((result.hits.len(), result.matched), (3, 3));
    for hit in &result.hits {
        assert_ne!(hit.id, "red");
        parts_sum_to_the_score(hit);
        assert!(hit.parts.product.is_some() && hit.parts.image.is_none());
    }
    let filtered = session.search(&like(Filter::parse(&["color=red", "color=blue"]).unwrap())).unwrap();
    assert_eq!(filtered.hits.iter().map(|hit| hit.id.as_str()).collect::<Vec<_>>(), ["blue"]);
}

#[test]
fn queries_that_cannot_be_answered_say_why() {
    let dir = tempfile::tempdir().unwrap();
    let session = session(dir.path());
    let text = Some("shirt".to_owned());
    for (query, code) in [
        (Query::default(), "invalid_query"),
        (Query { text: text.clone(), k: 0, ..Query::default() }, "invalid_query"),
        (Query { text: text.clone(), alpha: f32::NAN, ..Query::default() }, "invalid_query"),
        (Query { text: text.clone(), alpha: 1.1, ..Query::default() }, "invalid_query"),
        (Query { text: Some(" ".into()), ..Query::default() }, "invalid_query"),
        (Query { product: Some("nobody".into()), ..Query::default() }, "unknown_product"),
        (Query { image: Some(QueryImage::Encoded(b"text".to_vec())), ..Query::default() }, "model"),
        (
            Query { text, filter: Filter::parse(&["scent=red"]).unwrap(), ..Query::default() },
            "invalid_filter",
        ),
    ] {
        let error = session.search(&query).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

#[test]
fn a_session_with_another_model_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(ENCODER.dimension())).unwrap();
    let error = SearchSession::new(catalog, ENCODER.clone()).err().unwrap();
    assert_eq!(error.code(), "fingerprint_mismatch");
}

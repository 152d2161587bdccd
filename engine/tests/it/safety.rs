//! Pictures that a catalogue refuses. What the starter takes for unsafe means nothing: it is the way of the
//! refusal that is tested.

use image::{Rgb, RgbImage};
use knytt_engine::{
    ClassifierRule, Error, Ingredient, PictureLook, Query, QueryImage, SafetyConfig, SearchSession,
};
use knytt_models::SafetyClassifier;

use crate::common::product;
use crate::session::{ENCODER, empty, png};

fn picture() -> RgbImage {
    RgbImage::from_pixel(96, 96, Rgb([180, 20, 40]))
}

fn session(dir: &std::path::Path, threshold: Option<f32>) -> SearchSession {
    let session = empty(dir);
    let mut writer = session.catalog().write();
    let embedding = ENCODER.embed_image(&picture()).unwrap();
    writer.upsert(&product("red"), &embedding, Some(&png(&picture()))).unwrap();
    writer.set_safety(threshold.map(|share| SafetyConfig { threshold: Some(share), ..Default::default() }));
    writer.commit().unwrap();
    session
}

fn pictured() -> Query {
    Query { image: Some(QueryImage::Decoded(picture())), ..Query::default() }
}

#[test]
fn a_refused_picture_finds_nothing_however_it_comes() {
    let dir = tempfile::tempdir().unwrap();
    let session = session(dir.path(), Some(0.0));
    let embedded = QueryImage::Embedded(ENCODER.embed_image(&picture()).unwrap());
    let mixed = vec![(Ingredient::Image(QueryImage::Decoded(picture())), 1.0)];
    for query in [
        pictured(),
        Query { image: Some(embedded), ..Query::default() },
        Query { text: Some("red".into()), mix: mixed, ..Query::default() },
    ] {
        assert!(matches!(session.search(&query), Err(Error::UnsafePicture)));
    }
    let words = Query { text: Some("red".into()), ..Query::default() };
    assert_eq!(session.search(&words).unwrap().hits.len(), 1, "words are not pictures");
}

#[test]
fn no_picture_is_refused_by_a_gate_that_is_off_or_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let session = session(dir.path(), None);
    assert_eq!(session.search(&pictured()).unwrap().hits.len(), 1);
    let set = |safety| {
        let mut writer = session.catalog().write();
        writer.set_safety(safety);
        writer.commit().unwrap();
    };
    let closed = SafetyConfig { threshold: Some(0.0), ..Default::default() };
    set(Some(closed.clone()));
    assert!(matches!(session.search(&pictured()), Err(Error::UnsafePicture)));
    assert_eq!(session.catalog().info().unwrap().safety, Some(closed));
    set(None);
    assert_eq!(session.search(&pictured()).unwrap().hits.len(), 1);
}

/// The classifier's weights are random, so the test takes the picture's own score for the threshold.
#[test]
fn a_classifier_refuses_pixels_and_a_device_without_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let models = std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/tests/golden"));
    let classifier = SafetyClassifier::open(&models.join("safety")).unwrap();
    let look = PictureLook::from_pixels(&picture());
    let threshold = classifier.score(&look.pixels).min(classifier.score(&picture()));
    let session = session(dir.path(), None);
    let rule =
        ClassifierRule { name: "random".into(), fingerprint: classifier.fingerprint().clone(), threshold };
    let mut writer = session.catalog().write();
    writer.set_safety(Some(SafetyConfig { classifier: Some(rule), ..Default::default() }));
    writer.commit().unwrap();
    let embedded = QueryImage::Embedded(ENCODER.embed_image(&picture()).unwrap());
    let mixed = vec![(Ingredient::Image(QueryImage::Encoded(png(&picture()))), 1.0)];
    let queries = [
        pictured(),
        Query { image: Some(embedded), pixels: Some(look.pixels), ..Query::default() },
        Query { text: Some("red".into()), mix: mixed, ..Query::default() },
    ];
    let empty = tempfile::tempdir().unwrap();
    let without = session.clone().with_models(empty.path().into());
    assert_eq!(without.missing_classifier().unwrap().as_deref(), Some("random"));
    let with = session.with_models(models.clone());
    assert_eq!(with.missing_classifier().unwrap(), None);
    for query in &queries {
        assert_eq!(without.search(query).unwrap().hits.len(), 1);
        for _ in 0..2 {
            assert!(matches!(with.search(query), Err(Error::UnsafePicture)));
        }
    }
    // It comes while the catalogue is open.
    let come = empty.path().join("random");
    fs_err::create_dir(&come).unwrap();
    for file in ["safety.json", "model.safetensors"] {
        fs_err::copy(models.join("safety").join(file), come.join(file)).unwrap();
    }
    assert_eq!(without.missing_classifier().unwrap(), None);
    assert!(matches!(without.search(&queries[0]), Err(Error::UnsafePicture)));
}

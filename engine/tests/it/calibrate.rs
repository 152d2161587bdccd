//! A catalogue that knows what its scores mean.

use image::{Rgb, RgbImage};
use knytt_engine::{MatchKind, Product, Query, QueryImage, SearchSession};

use crate::common::product;
use crate::session::{ENCODER, empty, png};

/// Tiles of two colours: each product looks like no other.
fn picture(number: u32) -> RgbImage {
    let color = |n: u32| Rgb([(n * 97 % 256) as u8, (n * 57 % 256) as u8, (n * 181 % 256) as u8]);
    let side = 6 + number % 5 * 7;
    RgbImage::from_fn(96, 96, |x, y| {
        color(if (x / side + y / side).is_multiple_of(2) { number } else { number + 9 })
    })
}

fn session(dir: &std::path::Path, products: u32) -> SearchSession {
    let session = empty(dir);
    let mut writer = session.catalog().write();
    for number in 0..products {
        let picture = picture(number);
        let product = Product { title: format!("tile {number}"), ..product(number) };
        writer.upsert(&product, &ENCODER.embed_image(&picture).unwrap(), Some(&png(&picture))).unwrap();
    }
    writer.commit().unwrap();
    session
}

fn of(picture: RgbImage) -> Query {
    Query { image: Some(QueryImage::Decoded(picture)), k: 3, ..Query::default() }
}

#[test]
fn without_a_scale_nothing_is_claimed() {
    let dir = tempfile::tempdir().unwrap();
    let session = session(dir.path(), 12);
    let result = session.search(&of(picture(3))).unwrap();
    assert!(result.scale.is_none() && result.is_good());
    assert!(result.hits.iter().all(|hit| hit.kind == MatchKind::Other));
}

#[test]
fn the_products_own_picture_is_exact_and_words_never_are() {
    let dir = tempfile::tempdir().unwrap();
    let session = session(dir.path(), 40);
    let measured = session.calibrate().unwrap().unwrap();
    assert_eq!(measured.products, 40);
    assert!(measured.image.unrelated < measured.image.best);
    assert_eq!(session.catalog().info().unwrap().calibration, Some(measured), "it is kept");

    let own = session.search(&of(picture(3))).unwrap();
    assert_eq!((own.hits[0].id.as_str(), own.hits[0].kind), ("3", MatchKind::Exact));
    assert_eq!(own.scale.unwrap().percent(own.hits[0].score), 100);

    let words = Query { text: Some("tile".into()), ..Query::default() };
    let said = session.search(&words).unwrap();
    assert!(said.hits.iter().all(|hit| hit.kind != MatchKind::Exact), "words are never exact");
    assert!(said.scale.unwrap().exact_from.is_none());
}

#[test]
fn a_handful_of_products_has_no_scale() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(session(dir.path(), 3).calibrate().unwrap(), None);
}

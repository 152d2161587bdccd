//! The same thing from another side, among others of its kind.

use image::RgbImage;
use knytt_engine::{Hit, InstanceEmbedding, Look, Product, Query, QueryImage, SearchSession, Weights};
use knytt_garments::{View, render, sample_products};

use crate::common::{product, rng};
use crate::session::{ENCODER, empty};

/// A shop of drawn garments of one kind, and each of them from another side.
fn shop(dir: &std::path::Path, garments: usize) -> (SearchSession, Vec<(String, RgbImage)>) {
    let session = empty(dir);
    let mut writer = session.catalog().write();
    let (mut rng, mut again) = (rng(9), Vec::new());
    let drawn = sample_products(40 * garments, 77);
    let kind = drawn[0].garment.category;
    for drawn in drawn.into_iter().filter(|drawn| drawn.garment.category == kind).take(garments) {
        let picture = render(&drawn.garment, &drawn.view, 160);
        let embedding = ENCODER.embed_image(&picture).unwrap();
        let look = Look {
            instance_embedding: InstanceEmbedding::from_embedding(&embedding),
            ..Look::from_pixels(&picture)
        };
        writer.upsert(&Product { look, ..product(&drawn.id) }, &embedding, None).unwrap();
        again.push((drawn.id, render(&drawn.garment, &View::again(&mut rng), 160)));
    }
    writer.commit().unwrap();
    (session, again)
}

fn of(picture: &RgbImage, weights: Weights) -> Query {
    let image = Some(QueryImage::Decoded(picture.clone()));
    Query { image, k: 5, weights: Some(weights), ..Query::default() }
}

#[test]
fn a_garment_is_told_from_others_of_its_kind_from_another_side() {
    let dir = tempfile::tempdir().unwrap();
    let (session, again) = shop(dir.path(), 100);
    let first = |weights: Weights| {
        let found = again
            .iter()
            .filter(|(id, picture)| session.search(&of(picture, weights)).unwrap().hits[0].id == *id);
        found.count()
    };
    let without = first(Weights::VISUAL);
    let with = first(Weights { instance_embedding: Weights::USUAL.instance_embedding, ..Weights::VISUAL });
    assert!(with >= 85 && with >= without + 10, "{with} of 100, {without} by what it is like");
}

#[test]
fn only_pictures_are_asked_for_the_thing_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (session, again) = shop(dir.path(), 4);
    let told = |query: &Query| -> Vec<Option<f32>> {
        session.search(query).unwrap().hits.iter().map(|hit: &Hit| hit.reasons.instance_embedding).collect()
    };
    assert!(told(&of(&again[0].1, Weights::USUAL)).iter().all(Option::is_some));
    let off = Weights { instance_embedding: 0.0, ..Weights::USUAL };
    assert!(told(&of(&again[0].1, off)).iter().all(Option::is_none));
    let words = Query { text: Some("a red dress".into()), k: 5, ..Query::default() };
    assert!(told(&words).iter().all(Option::is_none));
    let like = Query { product: Some(again[0].0.clone()), k: 5, ..Query::default() };
    assert!(told(&like).iter().all(Option::is_none));
}

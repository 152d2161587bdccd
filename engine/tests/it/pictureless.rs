//! Products whose picture cannot be had.

use image::{Rgb, RgbImage};
use knytt_engine::{
    Error, Filter, Ingredient, ListRules, Order, Product, Query, QueryImage, SearchSession, Strategy,
};

use crate::common::{assert_sound, ids, product, random_embedding, rng, search, spec};
use crate::session::{ENCODER, empty};

fn named(id: &str, title: &str) -> Product {
    Product { title: title.into(), category: "Shirts".into(), ..product(id) }
}

/// Two products with pictures, and two without.
fn shop(dir: &std::path::Path) -> SearchSession {
    let session = empty(dir);
    let mut writer = session.catalog().write();
    for (id, title, color) in [("red", "Red shirt", [200, 20, 20]), ("blue", "Blue shirt", [20, 40, 200])] {
        let embedding = ENCODER.embed_image(&RgbImage::from_pixel(64, 64, Rgb(color))).unwrap();
        writer.upsert(&named(id, title), &embedding, None).unwrap();
    }
    writer.upsert_without_picture(&named("parka", "Quilted parka")).unwrap();
    writer.upsert_without_picture(&named("coat", "Quilted coat")).unwrap();
    writer.commit().unwrap();
    session
}

fn found(session: &SearchSession, query: Query) -> Vec<String> {
    session.search(&query).unwrap().hits.into_iter().map(|hit| hit.id).collect()
}

#[test]
fn a_product_without_a_picture_is_found_by_words_and_browsing_and_never_by_a_picture() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let snapshot = session.catalog().read().unwrap();
    assert_sound(&snapshot);
    assert_eq!(snapshot.browse(&Filter::default(), Order::Catalog, 9).unwrap().len(), 4);
    assert!(snapshot.vector("parka").unwrap().is_none() && snapshot.vector("red").unwrap().is_some());
    assert!(!snapshot.product("parka").unwrap().unwrap().has_picture());

    let words = found(&session, Query { text: Some("quilted parka".into()), k: 9, ..Query::default() });
    assert_eq!(words.first().map(String::as_str), Some("parka"), "{words:?}");
    let picture = QueryImage::Decoded(RgbImage::from_pixel(64, 64, Rgb([200, 20, 20])));
    let seen = found(&session, Query { image: Some(picture), k: 9, ..Query::default() });
    assert_eq!(seen, ["red", "blue"]);
}

#[test]
fn what_is_like_a_product_without_a_picture_shares_words_of_its_title() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let like = |id: &str| found(&session, Query { product: Some(id.into()), k: 9, ..Query::default() });
    assert_eq!(like("parka"), ["coat"]);
    assert_eq!(like("red"), ["blue"], "and none without a picture is like one with");
    assert!(
        session.catalog().read().unwrap().goes_with("parka", 3, ListRules::default()).unwrap().is_empty()
    );
    let mixed = Query { mix: vec![(Ingredient::Product("parka".into()), 1.0)], ..Query::default() };
    assert!(matches!(session.search(&mixed), Err(Error::InvalidQuery(_))));
}

#[test]
fn a_picture_that_comes_later_makes_it_a_product_like_others() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let mut parka = session.catalog().read().unwrap().product("parka").unwrap().unwrap();
    parka.set_has_picture(true);
    let green = RgbImage::from_pixel(64, 64, Rgb([20, 160, 40]));
    let mut writer = session.catalog().write();
    writer.upsert(&parka, &ENCODER.embed_image(&green).unwrap(), None).unwrap();
    writer.commit().unwrap();
    assert_sound(&session.catalog().read().unwrap());
    let seen = found(&session, Query { image: Some(QueryImage::Decoded(green)), k: 1, ..Query::default() });
    assert_eq!(seen, ["parka"]);
}

#[test]
fn no_index_returns_a_placeholder() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = knytt_engine::Catalog::create(dir.path(), &spec(8)).unwrap();
    let mut rng = rng(7);
    let mut writer = catalog.write();
    writer.keep_arroy_from(Some(0));
    for number in 0..300 {
        match number % 3 {
            0 => writer.upsert_without_picture(&product(format!("none {number}"))).unwrap(),
            _ => writer.upsert(&product(number), &random_embedding(&mut rng, 8), None).unwrap(),
        }
    }
    writer.commit().unwrap();
    let snapshot = catalog.read().unwrap();
    assert_sound(&snapshot);
    // The direction of the placeholder itself.
    let query = crate::common::embedding(vec![1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    for strategy in [Strategy::Exact, Strategy::Auto, Strategy::Arroy, Strategy::IvfRabitq] {
        let nearby = search(&snapshot, &query, &Filter::default(), 300, strategy);
        assert_eq!(nearby.products.len(), 200, "{strategy:?}");
        assert!(ids(&nearby).iter().all(|id| !id.starts_with("none")), "{strategy:?}");
    }
}

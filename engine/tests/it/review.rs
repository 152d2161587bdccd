//! What products tell of each other.

use knytt_engine::{Catalog, CategoryPrompts, Field, Filter, Look, Product};
use knytt_garments::{Category, Garment, View, render};
use knytt_models::Embedding;

use crate::common::{assert_sound, clustered, embedding, product, rng, spec};
use crate::session;

fn seen(id: &str, hash: u64) -> Product {
    Product { look: Look { hash: Some(hash), ..Look::default() }, ..product(id) }
}

#[test]
fn the_same_picture_twice_is_one_hit_and_both_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
    let mut writer = catalog.write();
    for (id, hash, vector) in [
        ("b", 0xff00, [1.0, 0.0]),
        ("a", 0xff01, [1.0, 0.01]),
        ("c", 0xff00, [0.0, 1.0]),
        ("d", !0, [1.0, 0.0]),
    ] {
        writer.upsert(&seen(id, hash), &embedding(vector.to_vec()), None).unwrap();
    }
    writer.commit().unwrap();
    let reviewed = catalog.review(None).unwrap();
    assert_eq!((reviewed.near_duplicates, reviewed.guessed), (1, 0));
    let snapshot = catalog.read().unwrap();
    let near_duplicate = |id: &str| snapshot.product(id).unwrap().unwrap().look.near_duplicate_of;
    assert_eq!(
        (near_duplicate("b").as_deref(), near_duplicate("a"), near_duplicate("c"), near_duplicate("d")),
        (Some("a"), None, None, None)
    );
    assert_sound(&snapshot);
    drop(snapshot);

    // When the other goes, it stands for itself again.
    let mut writer = catalog.write();
    writer.delete("a");
    writer.commit().unwrap();
    assert_eq!(catalog.review(None).unwrap().near_duplicates, 0);
    let content = catalog.read().unwrap().content_hash().unwrap();
    catalog.review(None).unwrap();
    assert_eq!(catalog.read().unwrap().content_hash().unwrap(), content, "nothing new is found twice");
}

#[test]
fn a_kind_is_guessed_from_the_like_and_never_over_the_feed() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(16)).unwrap();
    let mut rng = rng(5);
    let vectors: [Vec<Embedding>; 2] = [clustered(&mut rng, 30, 16, 1), clustered(&mut rng, 30, 16, 1)];
    let mut writer = catalog.write();
    for (kind, vectors) in ["Hats", "Shoes"].into_iter().zip(&vectors) {
        for (n, vector) in vectors.iter().enumerate() {
            let category = if n == 0 { String::new() } else { kind.to_owned() };
            writer.upsert(&Product { category, ..product(format!("{kind} {n}")) }, vector, None).unwrap();
        }
    }
    writer.commit().unwrap();
    assert_eq!(catalog.review(None).unwrap().guessed, 2);
    let snapshot = catalog.read().unwrap();
    let guess = snapshot.product("Hats 0").unwrap().unwrap().look.category.unwrap();
    assert!(guess.value == "Hats" && guess.percent >= 50);
    assert!(snapshot.product("Hats 1").unwrap().unwrap().look.category.is_none());
    let hats = Filter::default().with(Field::Category, "hats");
    assert_eq!(snapshot.count(&hats).unwrap(), 30, "a guess is found by the filter");
    assert_sound(&snapshot);
}

#[test]
fn a_few_products_with_a_kind_do_not_make_all_others_of_it() {
    let kinds = |categories: &[(&str, usize)]| {
        let dir = tempfile::tempdir().unwrap();
        let catalog = Catalog::create(dir.path(), &spec(16)).unwrap();
        let mut rng = rng(7);
        let mut writer = catalog.write();
        let mut labels = categories.iter().flat_map(|(kind, count)| std::iter::repeat_n(*kind, *count));
        for (n, vector) in clustered(&mut rng, 60, 16, 1).iter().enumerate() {
            let category = labels.next().unwrap_or_default().to_owned();
            writer.upsert(&Product { category, ..product(n.to_string()) }, vector, None).unwrap();
        }
        writer.commit().unwrap();
        catalog.review(None).unwrap().guessed
    };
    assert_eq!(kinds(&[("Hats", 1)]), 0);
    assert_eq!(kinds(&[("Hats", 30)]), 0, "the only kind there is");
    assert_eq!(kinds(&[("Hats", 2), ("Shoes", 2)]), 0, "too few that have one");
}

#[test]
fn without_any_kind_in_the_feed_the_model_is_asked_for_those_that_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let session = session::empty(dir.path());
    let mut rng = rng(3);
    let mut writer = session.catalog().write();
    for (id, kind) in [("d", Category::Dress), ("j", Category::Jeans)] {
        let picture = render(&Garment::random(kind, &mut rng), &View::studio(0), 160);
        let embedding = session::ENCODER.embed_image(&picture).unwrap();
        writer.upsert(&Product { category: String::new(), ..product(id) }, &embedding, None).unwrap();
    }
    writer.commit().unwrap();
    let catalog = session.catalog();
    assert_eq!(catalog.review(None).unwrap().guessed, 0);
    let kinds = CategoryPrompts::embed(&session::ENCODER, &["dress", "jeans", "sneakers"]).unwrap();
    assert_eq!(catalog.review(Some(&kinds)).unwrap().guessed, 2);
    let dresses = Filter::default().with(Field::Category, "dress");
    assert_eq!(catalog.read().unwrap().count(&dresses).unwrap(), 1);
}

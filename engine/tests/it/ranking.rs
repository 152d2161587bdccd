//! From candidates to hits: words in texts, conditions in words, variants, tastes, weights.

use std::sync::Arc;

use knytt_engine::{
    Field, Filter, Guess, Hit, Ingredient, Look, Product, Query, SearchSession, SeenColor, Signal, Taste,
    Weights,
};
use knytt_models::Embedding;
use rand::Rng;

use crate::common::{assert_sound, product, rng};
use crate::session::{ENCODER, empty};

fn random_embedding(rng: &mut impl Rng) -> Embedding {
    let values = (0..ENCODER.dimension()).map(|_| rng.random_range(-1.0..1.0)).collect();
    Embedding::new(values, ENCODER.fingerprint().clone()).unwrap()
}

fn seen(name: &str, rgb: [u8; 3]) -> Look {
    Look { colors: vec![SeenColor { name: name.into(), rgb, percent: 80 }], ..Look::default() }
}

/// A shop of which only texts and looks tell: its vectors are random.
fn shop(dir: &std::path::Path) -> SearchSession {
    let session = empty(dir);
    let mut writer = session.catalog().write();
    let mut rng = rng(7);
    for (id, title, brand, price, look) in [
        ("a", "Poplin shirt", "Nordvik", "39 EUR", seen("red", [200, 36, 42])),
        ("b", "Oxford shirts", "Acme & Co", "59 EUR", seen("burgundy", [116, 28, 48])),
        ("c", "Corduroy trousers", "Nordvik", "89 EUR", seen("navy", [32, 42, 78])),
        ("d", "Été dress", "Liselin", "49 EUR", seen("light blue", [154, 194, 226])),
        ("e", "Wool coat", "Liselin", "189 EUR", seen("black", [28, 28, 31])),
    ] {
        let pattern = (id == "b").then(|| Guess { value: "striped".into(), percent: 90 });
        let product = Product {
            title: title.into(),
            brand: brand.into(),
            price: Some(price.parse().unwrap()),
            look: Look { pattern, ..look },
            ..product(id)
        };
        writer.upsert(&product, &random_embedding(&mut rng), None).unwrap();
    }
    writer.commit().unwrap();
    assert_sound(&session.catalog().read().unwrap());
    session
}

fn hits(session: &SearchSession, query: &Query) -> Vec<Hit> {
    session.search(query).unwrap().hits
}

fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.id.as_str()).collect()
}

fn words(text: &str) -> Query {
    let weights = Weights { visual: 0.0, words: 1.0, ..Weights::default() };
    Query { text: Some(text.into()), weights: Some(weights), ..Query::default() }
}

/// The hit that words find, and how much of the words it has.
#[track_caller]
fn finds(session: &SearchSession, query: &Query) -> (String, f32) {
    let hit = hits(session, query).remove(0);
    (hit.id, hit.reasons.words.unwrap())
}

#[test]
fn words_are_found_in_texts_however_they_are_written() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    for (text, id) in [
        ("corduroy", "c"),
        ("CORDUROY Trouser", "c"),
        ("acme shirt", "b"),
        ("ete dresses", "d"),
        ("courduroy", "c"),
        ("oxfrod", "b"),
    ] {
        let (found, share) = finds(&session, &words(text));
        assert!(found == id && share > 0.2, "{text}: {found} with {share}");
    }
    let (_, share) = finds(&session, &words("xylophone"));
    assert_eq!(share, 0.0);
}

#[test]
fn an_unfinished_word_is_found_while_it_is_typed() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let typed = |text: &str, typing| finds(&session, &Query { typing, ..words(text) });
    assert_eq!(typed("cord", true).0, "c");
    assert!(typed("cord", true).1 > 0.2 && typed("cord", false).1 == 0.0);
}

#[test]
fn words_change_with_their_product() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let mut writer = session.catalog().write();
    writer.update(&Product { title: "Linen trousers".into(), ..product("c") }).unwrap();
    writer.delete("e");
    writer.commit().unwrap();
    assert_sound(&session.catalog().read().unwrap());
    assert_eq!(finds(&session, &words("linen")).0, "c");
    for gone in ["corduroy", "wool"] {
        assert_eq!(finds(&session, &words(gone)).1, 0.0, "{gone}");
    }
}

#[test]
fn conditions_in_words_filter() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let found = |text: &str| {
        let result = session.search(&Query { text: Some(text.into()), ..Query::default() }).unwrap();
        let mut ids: Vec<String> = result.hits.into_iter().map(|hit| hit.id).collect();
        ids.sort();
        ids.join(" ")
    };
    assert_eq!(found("shirt under 50"), "a d");
    assert_eq!(found("rotes Hemd"), "a b");
    assert_eq!(found("red shirt not striped"), "a");
    assert_eq!(found("burgundy"), "b");
    assert_eq!(found("blue"), "c d");
    assert_eq!(found("brand:nordvik"), "a c");
    assert_eq!(found("between 50 and 100 euros"), "b c");
}

#[test]
fn a_condition_that_no_product_could_meet_is_words() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let parsed = session.parse_words("coat size M scent:musk").unwrap();
    assert_eq!((parsed.positive.as_str(), parsed.chips.len()), ("coat size M scent:musk", 0));
}

#[test]
fn variants_are_one_hit_and_enough_hits_come_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let session = empty(dir.path());
    let mut rng = rng(3);
    let mut writer = session.catalog().write();
    let middle = random_embedding(&mut rng);
    for number in 0..700_u32 {
        // The first six hundred are one article, and the nearest to the query.
        let group = if number < 600 { "shirt".to_owned() } else { String::new() };
        let noise = random_embedding(&mut rng);
        let near = if number < 600 { 0.1 } else { 2.0 };
        let vector = Embedding::fuse(&[(&middle, 1.0), (&noise, near)]).unwrap();
        writer.upsert(&Product { group, ..product(number) }, &vector, None).unwrap();
    }
    writer.commit().unwrap();
    let query = Query { image: Some(knytt_engine::QueryImage::Embedded(middle)), k: 5, ..Query::default() };
    let found = hits(&session, &query);
    assert_eq!(found.len(), 5);
    assert_eq!(found.iter().filter(|hit| hit.product.group == "shirt").count(), 1);
    assert_eq!(found[0].others.len(), 599);
    let like = Query { product: Some(found[0].id.clone()), ..query };
    assert!(hits(&session, &Query { image: None, ..like }).iter().all(|hit| hit.product.group.is_empty()));
}

#[test]
fn a_taste_brings_what_it_likes_forward_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let coat = session.catalog().read().unwrap().product("e").unwrap().unwrap();
    let vector = session.catalog().read().unwrap().vector("e").unwrap().unwrap();
    let mut taste = Taste::default();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    for _ in 0..5 {
        taste.learn(&coat, vector.as_slice(), session.catalog().fingerprint(), Signal::Kept, now);
    }
    let only_taste = Weights { personal: 1.0, ..Weights::VISUAL };
    let weights = Some(Weights { visual: 0.0, ..only_taste });
    let cold = Query { text: Some("clothes".into()), literal: true, weights, ..Query::default() };
    let warm = Query { taste: Some(Arc::new(taste)), ..cold.clone() };
    let best = hits(&session, &warm).remove(0);
    assert_eq!(best.id, "e");
    assert!(best.reasons.personal.unwrap() > 0.2);
    assert!(hits(&session, &cold).iter().all(|hit| hit.reasons.personal.is_none()));
}

#[test]
fn colours_of_the_picture_count_as_much_as_their_weight() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let query = |color| Query {
        image: Some(knytt_engine::QueryImage::Embedded(random_embedding(&mut rng(1)))),
        look: Some(seen("navy", [34, 40, 80])),
        weights: Some(Weights { color, visual: 0.0, ..Weights::VISUAL }),
        ..Query::default()
    };
    let found = hits(&session, &query(1.0));
    assert_eq!(found[0].id, "c");
    assert!(found[0].reasons.color.unwrap() > 0.9 && found[0].reasons.visual.is_none());
    assert!(hits(&session, &query(0.0)).iter().all(|hit| hit.reasons.color.is_none()));
}

#[test]
fn a_catalogue_carries_its_weights() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let mut writer = session.catalog().write();
    writer.set_weights(Some(Weights { words: 0.0, ..Weights::default() }));
    writer.commit().unwrap();
    let query = Query { text: Some("corduroy".into()), ..Query::default() };
    assert!(hits(&session, &query).iter().all(|hit| hit.reasons.words.is_none()));
    let own = Query { weights: Some(Weights::default()), ..query };
    assert!(hits(&session, &own).iter().any(|hit| hit.reasons.words.is_some_and(|words| words > 0.0)));
}

#[test]
fn several_things_are_asked_for_and_against_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let mix = |weights: [f32; 2]| Query {
        mix: vec![
            (Ingredient::Product("a".into()), weights[0]),
            (Ingredient::Product("b".into()), weights[1]),
        ],
        weights: Some(Weights::VISUAL),
        ..Query::default()
    };
    let both = hits(&session, &mix([1.0, 1.0]));
    let mut first = ids(&both[..2]);
    first.sort_unstable();
    assert_eq!(first, ["a", "b"]);
    let against = hits(&session, &mix([1.0, -1.0]));
    assert_eq!((ids(&against)[0], *ids(&against).last().unwrap()), ("a", "b"));
    assert!(session.search(&mix([f32::NAN, 1.0])).is_err());
}

#[test]
fn only_conditions_give_all_that_meet_them() {
    let dir = tempfile::tempdir().unwrap();
    let session = shop(dir.path());
    let result = session.search(&Query { text: Some("under 50".into()), ..Query::default() }).unwrap();
    assert_eq!((result.hits.len(), result.matched), (2, 2));
    assert!(result.is_good());
    let shade = Filter::default().but(Field::Shade, "red");
    assert_eq!(session.catalog().read().unwrap().count(&shade).unwrap(), 3);
}

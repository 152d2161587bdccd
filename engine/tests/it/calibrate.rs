//! A catalogue that knows what its scores mean.

use image::{Rgb, RgbImage};
use knytt_engine::{
    ImageTemplate, MatchKind, Product, Query, QueryImage, SearchResult, SearchSession, TemplateQuery,
};
use knytt_garments::{Category, View, render, sample_products};

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

/// A shop of drawn garments, and each of them photographed again in other light.
fn shop(dir: &std::path::Path, products: usize) -> (SearchSession, Vec<(String, RgbImage)>) {
    let session = empty(dir);
    let mut writer = session.catalog().write();
    let mut rng = crate::common::rng(5);
    let mut again = Vec::new();
    for garment in sample_products(products, 1) {
        let picture = render(&garment.garment, &garment.view, 112);
        let embedding = ENCODER.embed_image(&picture).unwrap();
        let called = Product {
            title: garment.title,
            category: garment.garment.category.name().into(),
            ..product(&garment.id)
        };
        writer.upsert(&called, &embedding, Some(&png(&picture))).unwrap();
        let view = View { light: View::wild(&mut rng).light, ..View::studio_varied(&mut rng) };
        again.push((garment.id, render(&garment.garment, &view, 112)));
    }
    writer.commit().unwrap();
    (session, again)
}

/// Nothing that a shop of clothes sells, and nothing that the engine draws for itself.
fn elsewhere() -> [RgbImage; 4] {
    let noise = |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)) >> 13;
    [
        RgbImage::from_fn(120, 120, |x, y| {
            Rgb([noise(x, y) as u8, noise(y, x) as u8, noise(x + y, y) as u8])
        }),
        RgbImage::from_fn(120, 120, |x, y| {
            Rgb(if y < 60 { [90, 140, 230 - y as u8] } else { [60, 110 + x as u8 / 4, 40] })
        }),
        RgbImage::from_fn(120, 120, |x, y| {
            Rgb([if (x / 3 + y / 9) % 2 == 0 && y % 12 < 7 { 20 } else { 240 }; 3])
        }),
        RgbImage::from_fn(120, 120, |x, y| Rgb([(x * 2) as u8, (y * 2) as u8, (255 - x - y) as u8])),
    ]
}

#[test]
fn garments_are_a_good_match_and_what_is_no_garment_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let (session, again) = shop(dir.path(), 60);
    session.calibrate().unwrap().unwrap();
    let good = again.iter().filter(|(_, p)| session.search(&of(p.clone())).unwrap().is_good()).count();
    assert!(good >= 54, "{good} of 60 garments are a good match");
    for (number, picture) in elsewhere().into_iter().enumerate() {
        let result = session.search(&of(picture)).unwrap();
        assert!(!result.is_good(), "picture {number} is told from garments");
        assert!(result.hits.iter().all(|hit| hit.kind == MatchKind::Other));
    }
}

#[test]
fn words_that_mean_nothing_are_no_good_match_unless_a_product_has_them() {
    let dir = tempfile::tempdir().unwrap();
    let (session, _) = shop(dir.path(), 60);
    let product = session.catalog().read().unwrap().products().unwrap().next().unwrap().unwrap();
    let mut writer = session.catalog().write();
    writer.update(&Product { title: "Zwixtlorp".into(), ..product }).unwrap();
    writer.commit().unwrap();
    session.calibrate().unwrap().unwrap();
    let is_good = |said: &str| {
        session.search(&Query { text: Some(said.into()), k: 10, ..Query::default() }).unwrap().is_good()
    };
    for nonsense in ["asdf qwerty", "xkcd plugh", "toothpaste", "lawn mower"] {
        assert!(!is_good(nonsense), "{nonsense}");
    }
    for words in ["dress", "blue trousers", "shoes", "a red top", "zwixtlorp"] {
        assert!(is_good(words), "{words}");
    }
}

/// A shop of drawn garments that says everything in German.
fn german_shop(dir: &std::path::Path, products: usize) -> SearchSession {
    let (session, _) = shop(dir, products);
    let garments = sample_products(products, 1);
    let mut writer = session.catalog().write();
    for (number, garment) in garments.iter().enumerate() {
        let of_id = session.catalog().read().unwrap().product(&garment.id).unwrap().unwrap();
        let category = match garment.garment.category {
            Category::Dress => "Kleider",
            Category::Skirt => "Röcke",
            Category::Sneakers | Category::Boots | Category::Heels | Category::Sandals => "Schuhe",
            Category::Pants | Category::Jeans => "Hosen",
            _ => "Oberteile",
        };
        let title = format!("Artikel {number} der Saison");
        writer.update(&Product { title, category: category.into(), ..of_id }).unwrap();
    }
    writer.commit().unwrap();
    session
}

fn said(session: &SearchSession, text: &str, language: Option<&str>) -> SearchResult {
    let language = language.map(str::to_owned);
    session.search(&Query { text: Some(text.into()), language, k: 5, ..Query::default() }).unwrap()
}

#[test]
fn a_shop_in_german_tells_nonsense_and_finds_goods_by_their_german_names() {
    let dir = tempfile::tempdir().unwrap();
    let session = german_shop(dir.path(), 60);
    session.calibrate().unwrap().unwrap();
    for nonsense in ["asdf qwerty", "xkcd plugh", "toothpaste", "lawn mower"] {
        assert!(!said(&session, nonsense, None).is_good(), "{nonsense}");
    }
    for (words, language, category) in [
        ("Kleid", None, "Kleider"),
        ("Sommerkleid", None, "Kleider"),
        ("vestidos", None, "Kleider"),
        ("robe", Some("fr"), "Kleider"),
        ("Rock", Some("de-AT"), "Röcke"),
        ("chaussures", None, "Schuhe"),
        ("裤子", None, "Hosen"),
    ] {
        let result = said(&session, words, language);
        assert!(result.is_good(), "{words}");
        assert_eq!(result.hits[0].product.category, category, "{words}");
    }
}

#[test]
fn goods_of_another_kind_of_shop_are_no_good_match() {
    let dir = tempfile::tempdir().unwrap();
    let session = german_shop(dir.path(), 24);
    session.calibrate().unwrap();
    assert!(said(&session, "Hemd", None).is_good());
    for food in ["milk", "Milch", "fresh tomatoes"] {
        let result = said(&session, food, None);
        assert!(result.says_nothing && !result.is_good(), "{food}");
    }
}

#[test]
fn a_product_that_the_words_name_is_a_match_whatever_its_picture_is_like() {
    let dir = tempfile::tempdir().unwrap();
    let session = german_shop(dir.path(), 60);
    let product = session.catalog().read().unwrap().products().unwrap().next().unwrap().unwrap();
    let id = product.id.clone();
    let mut writer = session.catalog().write();
    writer.update(&Product { title: "Zwixtlorp".into(), ..product }).unwrap();
    writer.commit().unwrap();
    session.calibrate().unwrap().unwrap();
    let result = said(&session, "zwixtlorp", None);
    let scale = result.scale.unwrap();
    assert_eq!((result.hits[0].id.as_str(), result.hits[0].kind), (id.as_str(), MatchKind::Similar));
    assert!(result.hits[0].percent(&scale) >= 60, "{}", result.hits[0].percent(&scale));
    assert!(result.hits[1..].iter().all(|hit| hit.kind == MatchKind::Other), "the others have not the word");
}

#[test]
fn garments_photographed_again_are_the_first_hit() {
    let dir = tempfile::tempdir().unwrap();
    let (session, again) = shop(dir.path(), 60);
    let first = again.iter().filter(|(id, p)| session.search(&of(p.clone())).unwrap().hits[0].id == *id);
    let first = first.count();
    assert!(first >= 56, "{first} of 60");
}

#[test]
fn a_part_of_a_products_picture_matches_its_template() {
    let products = sample_products(40, 1);
    let pictures: Vec<RgbImage> = products.iter().map(|p| render(&p.garment, &p.view, 112)).collect();
    let templates: Vec<ImageTemplate> = pictures.iter().map(ImageTemplate::from_picture).collect();
    let found = pictures.iter().enumerate().filter(|(own, picture)| {
        let part = image::imageops::crop_imm(*picture, 10, 12, 94, 92).to_image();
        let part = image::imageops::fast_blur(&part, 1.0);
        let template = TemplateQuery::new(&part);
        let likeness: Vec<f32> =
            templates.iter().filter_map(|i| template.likeness_in(i.as_bytes())).collect();
        let best = (0..likeness.len()).max_by(|a, b| likeness[*a].total_cmp(&likeness[*b]));
        best == Some(*own)
    });
    let found = found.count();
    assert!(found >= 38, "{found} of 40");
}

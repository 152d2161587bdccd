//! Searches and looks around.

use image::{Rgb, RgbImage};
use knytt_garments::Category;
use knytt_ui_api::{Choice, Code, MatchKind, PictureQuery, PriceRange, Region, SearchRequest, Sort, Verdict};
use rust_decimal::Decimal;

use crate::shop::{Shop, jpeg, picture_of, words};

fn of_picture(id: &str) -> SearchRequest {
    let picture = Some(PictureQuery { id: id.into(), region: None });
    SearchRequest { picture, alpha: 0.5, ..SearchRequest::default() }
}

#[test]
fn nothing_asked_is_a_look_around_in_any_order() {
    let shop = Shop::open();
    let all = shop.search(SearchRequest::default());
    assert_eq!((all.verdict, all.matched, all.hits.len()), (Verdict::Browsing, 120, 24));
    assert!(all.hits.iter().all(|hit| hit.percent.is_none()));
    let prices = |sort| -> Vec<Decimal> {
        let hits = shop.search(SearchRequest { sort, ..SearchRequest::default() }).hits;
        hits.iter().map(|hit| hit.card.price.as_ref().unwrap().amount.parse().unwrap()).collect()
    };
    assert!(prices(Sort::PriceUp).is_sorted());
    assert!(prices(Sort::PriceDown).into_iter().rev().is_sorted());
}

#[test]
fn a_products_own_picture_is_exact_and_first() {
    let shop = Shop::open();
    let shot = shop.backend.pictures.add_file(&picture_of(Category::Dress), "dress.jpg").unwrap();
    let found = shop.search(of_picture(&shot.id));
    assert_eq!(found.verdict, Verdict::Found);
    assert_eq!(found.hits[0].card.category, "Dresses");
    assert_eq!((found.hits[0].kind, found.hits[0].percent), (MatchKind::Exact, Some(100)));
    assert!(found.hits.last().unwrap().percent < Some(95));
    assert!(found.timings.embed > 0.0 && found.timings.total >= found.timings.embed);
}

#[test]
fn new_words_do_not_run_the_picture_through_the_model_again() {
    let shop = Shop::open();
    let shot = shop.backend.pictures.add_file(&picture_of(Category::Dress), "").unwrap();
    let first = shot.embedding(Region::WHOLE, |p| shop_embed(&shop, p)).unwrap();
    let again = shot.embedding(Region::WHOLE, |_| panic!("it was embedded before")).unwrap();
    assert_eq!(first.as_slice(), again.as_slice());
    let half = Region { width: 0.5, ..Region::WHOLE };
    let part = shot.embedding(half, |p| shop_embed(&shop, p)).unwrap();
    assert_ne!(first.as_slice(), part.as_slice());
}

fn shop_embed(shop: &Shop, picture: &RgbImage) -> Result<knytt_models::Embedding, knytt_ui_api::Problem> {
    Ok(shop.backend.shop().unwrap().session().encoder().embed_image(picture).unwrap())
}

#[test]
fn exclusions_are_understood_and_take_away() {
    let shop = Shop::open();
    let found = shop.search(words("shirt not red or blue"));
    assert_eq!(found.understood.words, "shirt");
    assert_eq!(found.understood.without, ["red", "blue"]);
    assert!(found.hits[0].parts.without.is_some());
    let also = SearchRequest { without: vec!["striped".into(), " ".into()], ..words("shirt") };
    assert_eq!(shop.search(also).understood.without, ["striped"]);
}

#[test]
fn filters_narrow_and_facets_count_as_they_widen() {
    let shop = Shop::open();
    let choice = |field: &str, value: &str| Choice { field: field.into(), values: vec![value.into()] };
    let request = SearchRequest { filters: vec![choice("category", "Dresses")], ..words("red") };
    let found = shop.search(request.clone());
    assert!(!found.hits.is_empty() && found.hits.iter().all(|hit| hit.card.category == "Dresses"));
    let categories = found.facets.iter().find(|facet| facet.field == "category").unwrap();
    assert!(categories.values.len() > 5, "other categories can still be chosen");
    let colours = found.facets.iter().find(|facet| facet.field == "color").unwrap();
    assert!(colours.values.iter().all(|value| value.count <= found.matched));

    let bounds = found.price_bounds.unwrap();
    let price = PriceRange { min: None, max: Some(bounds.min.clone()) };
    let cheapest = shop.search(SearchRequest { price: Some(price), ..request.clone() });
    assert!(cheapest.matched >= 1 && cheapest.matched < found.matched);
    assert_eq!(cheapest.price_bounds.unwrap().max, bounds.max, "the whole range stays in sight");

    let none = SearchRequest { filters: vec![choice("category", "Kites")], ..request };
    assert_eq!(shop.search(none).verdict, Verdict::NothingPasses);
}

#[test]
fn a_newer_search_takes_the_place_of_an_older_one() {
    let shop = Shop::open();
    shop.search(SearchRequest { ticket: 7, ..words("red") });
    let late = shop.backend.search(&SearchRequest { ticket: 6, limit: 1, ..words("re") });
    assert_eq!(late.unwrap_err().code, Code::Superseded);
}

#[test]
fn what_cannot_be_asked_has_a_code() {
    let shop = Shop::open();
    let code = |request: SearchRequest| shop.backend.search(&request).unwrap_err().code;
    assert_eq!(code(of_picture("gone")), Code::NotFound);
    assert_eq!(code(SearchRequest { like: Some("gone".into()), ..words("") }), Code::NotFound);
    let price = Some(PriceRange { min: Some("cheap".into()), max: None });
    assert_eq!(code(SearchRequest { price, ..words("red") }), Code::BadQuery);
    let filters = vec![Choice { field: "flavour".into(), values: vec!["sweet".into()] }];
    assert_eq!(code(SearchRequest { filters, ..words("red") }), Code::BadQuery);
    let broken = shop.backend.pictures.add_file(b"no picture", "").err().unwrap();
    assert_eq!(broken.code, Code::BadPicture);
}

#[test]
fn a_live_frame_is_searched_and_leaves_no_history() {
    let shop = Shop::open();
    let frame = image::load_from_memory(&picture_of(Category::Jeans)).unwrap().into_rgb8();
    let found = shop.backend.search_frame(&SearchRequest { limit: 8, ..words("") }, &frame).unwrap();
    assert_eq!(found.hits[0].card.category, "Jeans");
    assert!(shop.backend.library.history().unwrap().is_empty());
}

#[test]
fn a_large_photograph_is_kept_small_enough_to_be_quick() {
    let shop = Shop::open();
    let large = RgbImage::from_fn(4000, 3000, |x, y| Rgb([(x / 16) as u8, (y / 12) as u8, 90]));
    let shot = shop.backend.pictures.add_file(&jpeg(&large), "large.jpg").unwrap();
    let (width, height) = shot.pixels.dimensions();
    assert!((1024..=2048).contains(&height) && width > height, "{width} × {height}");
    assert!(!shop.search(of_picture(&shot.id)).hits.is_empty());
}

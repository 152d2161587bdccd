//! Searches and looks around.

use image::{Rgb, RgbImage};
use knytt_garments::Category;
use knytt_ui_api::{
    Choice, Code, Condition, Hit, MatchKind, PictureQuery, PriceRange, Region, SearchRequest, SearchResponse,
    Sort, Verdict, Weighed,
};
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
    let shot = shop.visit.pictures.add_file(&picture_of(Category::Dress), "dress.jpg").unwrap();
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
    let shot = shop.visit.pictures.add_file(&picture_of(Category::Dress), "").unwrap();
    let model = shop.visit.shop().unwrap().session().encoder().fingerprint().clone();
    let first = shot.embedding(Region::WHOLE, &model, |p| shop_embed(&shop, p)).unwrap();
    let again = shot.embedding(Region::WHOLE, &model, |_| panic!("it was embedded before")).unwrap();
    assert_eq!(first.as_slice(), again.as_slice());
    let half = Region { width: 0.5, ..Region::WHOLE };
    let part = shot.embedding(half, &model, |p| shop_embed(&shop, p)).unwrap();
    assert_ne!(first.as_slice(), part.as_slice());
}

fn shop_embed(shop: &Shop, picture: &RgbImage) -> Result<knytt_models::Embedding, knytt_ui_api::Problem> {
    Ok(shop.visit.shop().unwrap().session().encoder().embed_image(picture).unwrap())
}

#[test]
fn exclusions_are_understood_and_take_away() {
    let shop = Shop::open();
    let found = shop.search(words("shirt not red or blue"));
    assert_eq!(found.understood.words, "shirt");
    assert_eq!(found.understood.without, ["red", "blue"]);
    assert!(found.hits[0].parts.without.is_some());
    assert!(found.hits.iter().all(|hit| !hit.card.colors.iter().any(|c| c == "red" || c == "blue")));
    let also = SearchRequest { without: vec!["striped".into(), " ".into()], ..words("shirt") };
    assert_eq!(shop.search(also).understood.without, ["striped"]);
}

fn chips(found: &SearchResponse) -> Vec<(&str, &str)> {
    found.understood.chips.iter().map(|chip| (chip.said.as_str(), chip.rest.as_str())).collect()
}

#[test]
fn conditions_in_words_are_chips_that_can_be_taken_back() {
    let shop = Shop::of(|product| {
        product.attributes.insert("pattern".into(), "plain".into());
    });
    let found = shop.search(words("dress under 60, not striped without pockets"));
    assert_eq!(found.understood.words, "dress");
    let said: Vec<_> = chips(&found).into_iter().map(|(said, _)| said).collect();
    assert_eq!(said, ["under 60", "striped", "pockets"]);
    for (at, (said, rest)) in chips(&found).into_iter().enumerate() {
        let left = shop.search(words(rest));
        assert_eq!(left.understood.words, "dress", "{rest}");
        let others: Vec<_> = said_but(&found, at);
        assert_eq!(said_but(&left, usize::MAX), others, "{rest} still says all but {said}");
    }
    let conditions: Vec<_> = found.understood.chips.iter().map(|chip| chip.condition.clone()).collect();
    let price = PriceRange { min: None, max: Some("60".into()) };
    let (field, value) = ("pattern".into(), "striped".into());
    assert_eq!(conditions[0], Condition::Costs { price });
    assert_eq!(conditions[1], Condition::Lacks { field, value });
    assert_eq!(conditions[2], Condition::Unlike { words: "pockets".into() });
    let dear = |found: &SearchResponse| found.hits.iter().any(|hit| price_of(hit) > Decimal::from(60));
    assert!(!found.hits.is_empty() && !dear(&found));
    let rest = found.understood.chips[0].rest.clone();
    let wider = shop.search(words(&rest));
    assert!(wider.matched > found.matched && dear(&wider));
    let quoted = shop.search(words("\"under 60\""));
    assert!(chips(&quoted).is_empty() && quoted.matched == 120);
}

fn said_but(found: &SearchResponse, but: usize) -> Vec<String> {
    let chips = found.understood.chips.iter().enumerate().filter(|(at, _)| *at != but);
    chips.map(|(_, chip)| chip.said.clone()).collect()
}

fn price_of(hit: &Hit) -> Decimal {
    hit.card.price.as_ref().unwrap().amount.parse().unwrap()
}

#[test]
fn conditions_alone_find_all_that_meets_them_in_any_order() {
    let shop = Shop::open();
    let found = shop.search(words("under 30"));
    assert_eq!(found.verdict, Verdict::Found);
    assert_eq!(found.hits.len(), found.matched.min(24) as usize);
    let sorted = shop.search(SearchRequest { sort: Sort::PriceDown, ..words("under 30") });
    assert_eq!((sorted.verdict, sorted.matched), (Verdict::Found, found.matched));
    let prices: Vec<Decimal> = sorted.hits.iter().map(price_of).collect();
    assert!(prices.iter().rev().is_sorted() && prices[0] <= Decimal::from(30));
    let none = shop.search(words("under 1"));
    assert_eq!((none.verdict, chips(&none).len()), (Verdict::NothingPasses, 1));
}

#[test]
fn each_hit_says_what_its_place_is_made_of() {
    let shop = Shop::open();
    let shot = shop.visit.pictures.add_file(&picture_of(Category::Dress), "").unwrap();
    let found = shop.search(SearchRequest { words: "dress".into(), ..of_picture(&shot.id) });
    for hit in &found.hits {
        let r = &hit.reasons;
        let parts = [r.visual, r.words, r.color, r.category, r.pattern, r.brand, r.price, r.personal];
        let rest = [r.likeness, r.instance_embedding, r.popularity, r.freshness];
        let sum: f32 = parts.iter().chain(&rest).flatten().sum();
        assert!((sum - hit.score).abs() < 1e-5);
    }
    let best = &found.hits[0].reasons;
    assert!(best.visual.is_some() && best.words.unwrap() > 0.0 && best.color.is_some(), "{best:?}");
    assert!(best.personal.is_none(), "nothing is known of the shopper");
    let scores: Vec<f32> = found.hits.iter().map(|hit| hit.score).collect();
    assert!(scores.iter().rev().is_sorted());
}

#[test]
fn an_unfinished_word_finds_while_it_is_typed() {
    let shop = Shop::open();
    let title = shop.search(words("dress")).hits[0].card.title.clone();
    let word = title.split(' ').max_by_key(|word| word.len()).unwrap();
    let start: String = word.chars().take(word.chars().count() - 2).collect();
    let typed = |typing| shop.search(SearchRequest { typing, ..words(&start) });
    let named =
        |found: SearchResponse| found.hits.iter().filter_map(|hit| hit.reasons.words).fold(0.0, f32::max);
    assert!(named(typed(true)) > 0.1, "{start}");
}

#[test]
fn products_beside_the_question_pull_and_push() {
    let shop = Shop::open();
    let mixed = |weight, product: &str| {
        let mix = vec![Weighed { product: product.into(), weight }];
        shop.search(SearchRequest { mix, ..words("shirt") }).hits
    };
    let first = shop.search(words("shirt")).hits[0].card.id.clone();
    let jeans = shop.search(words("jeans")).hits[0].card.clone();
    assert_ne!(mixed(-1.0, &first)[0].card.id, first);
    let pulled = mixed(3.0, &jeans.id);
    assert_eq!(pulled[0].card.id, jeans.id);
    assert!(pulled[0].parts.mix.unwrap() > 0.0 && pulled[0].percent.is_none());
    let gone = SearchRequest { mix: vec![Weighed { product: "gone".into(), weight: 1.0 }], ..words("") };
    assert_eq!(shop.visit.search(&gone).unwrap_err().code, Code::NotFound);
}

#[test]
fn colours_are_one_facet_by_names_that_all_shops_share() {
    let shop = Shop::of(|product| {
        product.attributes.insert("popularity".into(), product.title.len().to_string());
    });
    let facets = shop.search(SearchRequest::default()).facets;
    let fields: Vec<&str> = facets.iter().map(|facet| facet.field.as_str()).collect();
    assert!(fields.contains(&"shade") && fields.contains(&"material"), "{fields:?}");
    assert!(!fields.contains(&"color") && !fields.contains(&"popularity"), "{fields:?}");
}

#[test]
fn filters_narrow_and_facets_count_as_they_widen() {
    let shop = Shop::open();
    let choice = |field: &str, value: &str| Choice { field: field.into(), values: vec![value.into()] };
    let request = SearchRequest { filters: vec![choice("category", "Dresses")], ..words("long") };
    let found = shop.search(request.clone());
    assert!(!found.hits.is_empty() && found.hits.iter().all(|hit| hit.card.category == "Dresses"));
    let categories = found.facets.iter().find(|facet| facet.field == "category").unwrap();
    assert!(categories.values.len() > 5, "other categories can still be chosen");
    let colours = found.facets.iter().find(|facet| facet.field == "shade").unwrap();
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
    let late = shop.visit.search(&SearchRequest { ticket: 6, limit: 1, ..words("re") });
    assert_eq!(late.unwrap_err().code, Code::Superseded);
}

#[test]
fn what_cannot_be_asked_has_a_code() {
    let shop = Shop::open();
    let code = |request: SearchRequest| shop.visit.search(&request).unwrap_err().code;
    assert_eq!(code(of_picture("gone")), Code::NotFound);
    assert_eq!(code(SearchRequest { like: Some("gone".into()), ..words("") }), Code::NotFound);
    let price = Some(PriceRange { min: Some("cheap".into()), max: None });
    assert_eq!(code(SearchRequest { price, ..words("red") }), Code::BadQuery);
    let filters = vec![Choice { field: "flavour".into(), values: vec!["sweet".into()] }];
    assert_eq!(code(SearchRequest { filters, ..words("red") }), Code::BadQuery);
    let broken = shop.visit.pictures.add_file(b"no picture", "").err().unwrap();
    assert_eq!(broken.code, Code::BadPicture);
}

#[test]
fn a_live_frame_is_searched_and_leaves_no_history() {
    let shop = Shop::open();
    let frame = image::load_from_memory(&picture_of(Category::Jeans)).unwrap().into_rgb8();
    let found = shop.visit.search_frame(&SearchRequest { limit: 8, ..words("") }, &frame).unwrap();
    assert_eq!(found.hits[0].card.category, "Jeans");
    assert!(shop.visit.library.history().unwrap().is_empty());
}

#[test]
fn a_large_photograph_is_kept_small_enough_to_be_quick() {
    let shop = Shop::open();
    let large = RgbImage::from_fn(4000, 3000, |x, y| Rgb([(x / 16) as u8, (y / 12) as u8, 90]));
    let shot = shop.visit.pictures.add_file(&jpeg(&large), "large.jpg").unwrap();
    let (width, height) = shot.pixels.dimensions();
    assert!((1024..=2048).contains(&height) && width > height, "{width} × {height}");
    assert!(!shop.search(of_picture(&shot.id)).hits.is_empty());
}

//! Looks: pictures with products on them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use knytt_engine::{
    Availability, CompiledRules, ListRules, LookSpot, Merchandising, Product, Replacement, RuleAction,
    Selection, ShopLook,
};

use crate::merchandising::{document, stocked};

fn jpeg() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(80, 120).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

fn look(id: &str, products: &[&str]) -> ShopLook {
    let spot = |product: &&str| LookSpot { x: 0.25, y: 0.5, product: (*product).into() };
    let spots = products.iter().map(spot).collect();
    ShopLook { id: id.into(), title: "Autumn".into(), picture: BASE64.encode(jpeg()), spots }
}

#[test]
fn a_look_shows_the_products_that_are_there_and_may_be_shown() {
    let product = |id: &str, is_out: bool| Product {
        id: id.into(),
        availability: if is_out { Availability::OutOfStock } else { Availability::InStock },
        ..Product::default()
    };
    let products =
        [product("coat", false), product("old", true), product("new", false), product("odd", false)];
    let (session, _dir) = stocked(&products, 3);
    let hidden = Selection { products: vec!["odd".into()], conditions: Vec::new() };
    let replacement = Replacement { product: "old".into(), by: "new".into(), always: false };
    let rules = Merchandising {
        looks: vec![look("one", &["coat", "old", "odd", "gone"]), look("none", &["gone", "odd"])],
        replacements: vec![replacement],
        ..document(vec![RuleAction::Hide { what: hidden }])
    };
    let written = serde_json::to_vec(&rules).unwrap();
    assert_eq!(Merchandising::read(&written).unwrap(), rules);
    let rules = CompiledRules::new(rules).unwrap();
    let obeyed = ListRules { rules: Some(&rules), language: None };
    let snapshot = session.catalog().read().unwrap();
    let shown = |product: Option<&str>| {
        let looks = snapshot.looks(product, obeyed).unwrap();
        let ids = |look: &knytt_engine::ShownLook| look.spots.iter().map(|spot| spot.2.id.clone()).collect();
        looks.iter().map(ids).collect::<Vec<Vec<String>>>()
    };
    let both = vec![vec!["coat".to_owned(), "new".to_owned()]];
    assert_eq!(shown(None), both, "what is hidden or gone is left out, and a look of which nothing is left");
    for product in ["coat", "old", "new"] {
        assert_eq!(shown(Some(product)), both, "{product} is on it");
    }
    assert!(shown(Some("odd")).is_empty() && shown(Some("gone")).is_empty());
    let look = &snapshot.looks(None, obeyed).unwrap()[0];
    assert_eq!((look.title.as_str(), look.size, look.version.len()), ("Autumn", (80, 120), 16));
    assert_eq!(rules.look_picture("one"), Some(jpeg().as_slice()));
    assert_eq!(rules.look_picture("gone"), None);
    assert!(snapshot.looks(None, ListRules::default()).unwrap().is_empty());
}

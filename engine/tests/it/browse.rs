//! Looking around: orders, prices, facets, and what goes with what.

use knytt_engine::{Catalog, Field, Filter, ListRules, Order, Product};
use knytt_models::Embedding;

use crate::common::{product, spec};

/// Shirts and blouses look alike, trousers do not; of each, one is red and one is blue.
fn shop(dir: &std::path::Path) -> Catalog {
    let spec = spec(4);
    let catalog = Catalog::create(dir, &spec).unwrap();
    let mut writer = catalog.write();
    let kinds =
        [("shirt", [1.0, 0.0]), ("blouse", [0.9, 0.3]), ("trousers", [0.0, 1.0]), ("belt", [-0.8, 0.2])];
    let mut price = 50;
    for (category, shape) in kinds {
        for (color, shade) in [("red", [0.5, 0.0]), ("blue", [0.0, 0.5])] {
            price -= 5;
            let product = Product {
                category: category.into(),
                colors: vec![color.into()],
                price: (category != "belt").then(|| format!("{price}.50 EUR").parse().unwrap()),
                attributes: [("article".into(), format!("{category}-{color}"))].into(),
                ..product(format!("{category}-{color}"))
            };
            let vector = [shape, shade].concat();
            writer.upsert(&product, &Embedding::new(vector, spec.model.clone()).unwrap(), None).unwrap();
        }
    }
    writer.commit().unwrap();
    catalog
}

fn ids(products: &[Product]) -> Vec<&str> {
    products.iter().map(|p| p.id.as_str()).collect()
}

#[test]
fn products_come_in_the_order_asked_and_those_without_a_price_last() {
    let dir = tempfile::tempdir().unwrap();
    let snapshot = shop(dir.path()).read().unwrap();
    let browse = |order, limit| snapshot.browse(&Filter::default(), order, limit).unwrap();
    assert_eq!(ids(&browse(Order::Catalog, 2)), ["shirt-red", "shirt-blue"]);
    let up = browse(Order::PriceUp, 99);
    assert_eq!(ids(&up[..2]), ["trousers-blue", "trousers-red"]);
    assert!(up[6..].iter().all(|p| p.category == "belt"));
    let down = browse(Order::PriceDown, 99);
    assert_eq!(ids(&down[..2]), ["shirt-red", "shirt-blue"]);
    assert!(down[6..].iter().all(|p| p.category == "belt"));
}

#[test]
fn price_bounds_are_exact_and_follow_the_filter() {
    let dir = tempfile::tempdir().unwrap();
    let snapshot = shop(dir.path()).read().unwrap();
    let bounds = |conditions: &[&str]| {
        let bounds = snapshot.price_bounds(&Filter::parse(conditions).unwrap()).unwrap();
        bounds.map(|(low, high)| (low.to_string(), high.to_string()))
    };
    assert_eq!(bounds(&[]), Some(("20.50 EUR".into(), "45.50 EUR".into())));
    assert_eq!(bounds(&["category=blouse"]), Some(("30.50 EUR".into(), "35.50 EUR".into())));
    assert_eq!(bounds(&["category=belt"]), None);
}

#[test]
fn a_chosen_field_is_counted_as_if_it_were_not() {
    let dir = tempfile::tempdir().unwrap();
    let snapshot = shop(dir.path()).read().unwrap();
    let facets = snapshot.facets(&Filter::parse(&["category=shirt", "color=red"]).unwrap()).unwrap();
    let counts = |field: Field| facets.iter().find(|f| f.field == field).map(|f| f.values.clone());
    let one = |name: &str| (name.to_owned(), 1);
    assert_eq!(
        counts(Field::Category).unwrap(),
        [one("belt"), one("blouse"), one("shirt"), one("trousers")],
        "all categories with something red"
    );
    assert_eq!(counts(Field::Color).unwrap(), [one("blue"), one("red")], "all colours of shirts");
    assert!(counts(Field::Brand).is_none(), "nothing to choose between");
}

#[test]
fn a_column_that_names_products_is_no_facet() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = shop(dir.path());
    let mut writer = catalog.write();
    let spec = spec(4);
    for number in 0..70 {
        let attributes = [("article".into(), number.to_string())].into();
        let product = Product { attributes, ..product(number) };
        let vector = vec![1.0, number as f32, 0.0, 0.0];
        writer.upsert(&product, &Embedding::new(vector, spec.model.clone()).unwrap(), None).unwrap();
    }
    writer.commit().unwrap();
    let facets = catalog.read().unwrap().facets(&Filter::default()).unwrap();
    assert!(facets.iter().all(|facet| facet.field != Field::Attribute("article".into())));
}

#[test]
fn what_goes_with_a_shirt_is_no_blouse_and_of_its_own_colour() {
    let dir = tempfile::tempdir().unwrap();
    let snapshot = shop(dir.path()).read().unwrap();
    for color in ["red", "blue"] {
        let found = snapshot.goes_with(&format!("shirt-{color}"), 4, ListRules::default()).unwrap();
        let mut found = ids(&found);
        found.sort_unstable();
        assert_eq!(found, [format!("belt-{color}"), format!("trousers-{color}")]);
    }
    assert!(snapshot.goes_with("nobody", 4, ListRules::default()).is_err());
}

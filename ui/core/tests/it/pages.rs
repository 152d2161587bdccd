//! What a product's page tells of its colours, sizes, prices and alternatives.

use knytt_engine::{Product, Variant};
use knytt_ui_api::{Availability, Money};
use rust_decimal::Decimal;

use crate::shop::{Shop, words};

fn amount(money: &Money) -> Decimal {
    money.amount.parse().unwrap()
}

/// All dresses are one article; shirts come in two sizes; jeans are in a sale.
fn edit(product: &mut Product) {
    match product.category.as_str() {
        "Dresses" => product.group = "dress".into(),
        "Shirts" => {
            let variant = |size: &str, availability| Variant {
                id: format!("{}-{size}", product.id),
                size: size.into(),
                price: product.price.clone(),
                availability,
                ..Variant::default()
            };
            product.variants = vec![
                variant("M", knytt_engine::Availability::InStock),
                variant("L", knytt_engine::Availability::OutOfStock),
            ];
        }
        "Jeans" => product.sale_price = Some("5 EUR".parse().unwrap()),
        _ => {}
    }
}

#[test]
fn one_hit_stands_for_all_colours_and_its_page_leads_to_the_others() {
    let shop = Shop::of(edit);
    let hits = shop.search(words("dress")).hits;
    let dresses: Vec<_> = hits.iter().filter(|hit| hit.card.category == "Dresses").collect();
    assert_eq!(dresses.len(), 1);
    assert!(!dresses[0].others.is_empty());
    let page = shop.visit.product_page(&dresses[0].card.id).unwrap();
    let others: Vec<&str> = page.other_colors.iter().map(|card| card.id.as_str()).collect();
    assert!(dresses[0].others.iter().any(|id| others.contains(&id.as_str())), "{others:?}");
    assert!(!others.contains(&page.card.id.as_str()));
    assert!(page.other_colors.iter().all(|card| card.category == "Dresses"));
    assert!(page.similar.iter().all(|card| card.category != "Dresses"), "those are its other colours");
}

#[test]
fn sizes_and_sales_are_told_as_they_are() {
    let shop = Shop::of(edit);
    let of = |kind: &str| {
        let hits = shop.search(words(kind)).hits;
        let hit = hits.into_iter().find(|hit| hit.card.category.to_lowercase().contains(kind)).unwrap();
        shop.visit.product_page(&hit.card.id).unwrap()
    };
    let shirt = of("shirt");
    let sizes: Vec<_> = shirt.variants.iter().map(|v| (v.size.as_str(), v.availability)).collect();
    assert_eq!(sizes, [("M", Availability::InStock), ("L", Availability::OutOfStock)]);
    let jeans = of("jeans").card;
    assert_eq!(jeans.sale_price.as_ref().map(amount), Some(Decimal::from(5)));
    assert!(amount(jeans.price.as_ref().unwrap()) > Decimal::from(5));
}

#[test]
fn alternatives_are_of_its_kind_and_cost_less() {
    let shop = Shop::open();
    let dearest = shop
        .search(knytt_ui_api::SearchRequest { sort: knytt_ui_api::Sort::PriceDown, ..words("") })
        .hits
        .remove(0)
        .card;
    let page = shop.visit.product_page(&dearest.id).unwrap();
    assert!(!page.cheaper.is_empty());
    let price = |card: &knytt_ui_api::Card| amount(card.price.as_ref().unwrap());
    for card in &page.cheaper {
        assert!(card.category == dearest.category && price(card) < price(&dearest), "{card:?}");
    }
}

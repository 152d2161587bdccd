//! Whether a product is in this store, and where.
//!
//! The columns are those of Merchant Center's local inventory: `store_code`, `store_availability` (or `availability`),
//! `quantity`, and for the place `instore_product_location` or `store_location`, or `aisle` and `shelf`. A row that
//! stands for several stores lists their codes with `|`, and the other columns in the same order.

use std::collections::BTreeMap;

use knytt_engine::{Availability, Product};

/// What is known of a product in one store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stock {
    /// It is there.
    Here(Shelf),
    /// It is not there.
    Absent,
}

/// Where it stands; empty where the feed does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// The aisle, as the feed names it.
    pub aisle: String,
    /// The shelf, as the feed names it.
    pub shelf: String,
    /// The place in the shop's own words.
    pub place: String,
}

type Columns = BTreeMap<String, String>;

/// What the feed says of a product, or of one of its variants, in a store; none if it has no stores at all.
pub fn stock(product: &Product, store: &str) -> Option<Stock> {
    let variants = product.variants.iter().map(|variant| (&variant.attributes, variant.availability));
    let own = std::iter::once((&product.attributes, product.availability));
    let mut found = None;
    for (columns, availability) in own.chain(variants) {
        // A variant repeats no column that is the product's.
        let column = |name: &str| column(columns, name).or_else(|| self::column(&product.attributes, name));
        match row(&column, availability, store) {
            Some(Stock::Here(shelf)) => return Some(Stock::Here(shelf)),
            said => found = found.or(said),
        }
    }
    found
}

fn row<'a>(
    column: &impl Fn(&str) -> Option<&'a str>,
    availability: Availability,
    store: &str,
) -> Option<Stock> {
    let codes: Vec<&str> = column("store_code")?.split('|').map(str::trim).collect();
    let Some(at) = codes.iter().position(|code| code.eq_ignore_ascii_case(store.trim())) else {
        return Some(Stock::Absent);
    };
    let of_store = |name: &str| {
        let all = column(name)?;
        let value = if codes.len() == 1 { Some(all) } else { all.split('|').nth(at) };
        value.map(str::trim).filter(|value| !value.is_empty())
    };
    let said = of_store("store_availability").or_else(|| of_store("availability"));
    let is_out = said.map_or(availability == Availability::OutOfStock, is_out_of_stock);
    let is_none_left = of_store("quantity").is_some_and(|left| left.parse() == Ok(0));
    if is_out || is_none_left {
        return Some(Stock::Absent);
    }
    let text = |names: &[&str]| names.iter().find_map(|name| of_store(name)).unwrap_or_default().to_owned();
    Some(Stock::Here(Shelf {
        aisle: text(&["aisle"]),
        shelf: text(&["shelf"]),
        place: text(&["instore_product_location", "store_location"]),
    }))
}

/// `limited_availability`, `on_display_to_order` and what else Merchant Center may name means that it is there to see.
fn is_out_of_stock(said: &str) -> bool {
    said.parse() == Ok(Availability::OutOfStock)
}

/// A column in whatever way the feed spells its name.
fn column<'a>(columns: &'a Columns, name: &str) -> Option<&'a str> {
    let plain = |name: &str| -> String {
        name.rsplit(':')
            .next()
            .unwrap_or(name)
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let wanted = plain(name);
    columns.iter().find(|(known, _)| plain(known) == wanted).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use knytt_engine::Variant;

    use super::*;

    fn product(columns: &[(&str, &str)]) -> Product {
        let attributes = columns.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Product { attributes, ..Product::default() }
    }

    fn here(aisle: &str, shelf: &str, place: &str) -> Option<Stock> {
        Some(Stock::Here(Shelf { aisle: aisle.into(), shelf: shelf.into(), place: place.into() }))
    }

    #[test]
    fn a_product_stands_where_the_feed_says() {
        let row =
            [("store_code", "S042"), ("store_availability", "in_stock"), ("aisle", "4"), ("shelf", "B")];
        assert_eq!(stock(&product(&row), "s042"), here("4", "B", ""));
        let row = [("Store Code", "S042"), ("g:instore_product_location", "Aisle 4, shelf B")];
        assert_eq!(stock(&product(&row), "S042"), here("", "", "Aisle 4, shelf B"));
        assert_eq!(stock(&product(&row), "S043"), Some(Stock::Absent));
        assert_eq!(stock(&product(&[("aisle", "4")]), "S042"), None, "a feed without stores says nothing");
    }

    #[test]
    fn several_stores_are_told_apart_by_their_order() {
        let row = [
            ("store_code", "S1 | S2|S3"),
            ("store_availability", "out_of_stock|in stock|limited_availability"),
            ("quantity", "0|3|1"),
            ("store_location", "|Aisle 2, left|"),
        ];
        let product = product(&row);
        assert_eq!(stock(&product, "S1"), Some(Stock::Absent));
        assert_eq!(stock(&product, "S2"), here("", "", "Aisle 2, left"));
        assert_eq!(stock(&product, "S3"), here("", "", ""));
    }

    #[test]
    fn nothing_left_is_not_here() {
        assert_eq!(stock(&product(&[("store_code", "S1"), ("quantity", "0")]), "S1"), Some(Stock::Absent));
        let mut sold = product(&[("store_code", "S1")]);
        sold.availability = Availability::OutOfStock;
        assert_eq!(stock(&sold, "S1"), Some(Stock::Absent));
        sold.attributes.insert("store_availability".into(), "in_stock".into());
        assert_eq!(stock(&sold, "S1"), here("", "", ""), "the store knows better than the shop");
    }

    #[test]
    fn a_size_that_is_here_is_enough() {
        let variant = |code: &str, availability| Variant {
            attributes: [("store_code".to_owned(), code.to_owned())].into(),
            availability,
            ..Variant::default()
        };
        let mut shirt = product(&[("aisle", "7")]);
        shirt.variants = vec![variant("S1", Availability::OutOfStock), variant("S1", Availability::InStock)];
        assert_eq!(stock(&shirt, "S1"), here("7", "", ""));
        assert_eq!(stock(&shirt, "S2"), Some(Stock::Absent));
    }
}

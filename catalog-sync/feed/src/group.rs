//! Rows of one group as products: those that show the same picture are one product with variants, the others are
//! products of their own that know their group.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use knytt_engine::{Availability, Product, Variant};

use crate::product::{Listing, shorten_inline};
use crate::row::join;
use crate::{Entry, Item, Picture, Rejection};

/// Where pictures are, and whether a product may be without.
#[derive(Clone, Copy)]
pub(crate) struct Pictures<'a> {
    /// What their paths are relative to: the first folder that has a file counts.
    pub(crate) bases: &'a [PathBuf],
    pub(crate) may_be_missing: bool,
}

/// All rows of a group, in the feed's order. Rows without a picture show what the group's first picture shows.
pub(crate) fn products(listings: Vec<Listing>, pictures: Pictures<'_>) -> Vec<Entry> {
    let shown = listings.iter().map(|l| l.product.image.clone()).find(|image| !image.is_empty());
    let Some(shown) = shown.or(pictures.may_be_missing.then(String::new)) else {
        return listings.first().map(missing).into_iter().collect();
    };
    let mut of_picture: Vec<(String, Vec<Listing>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for listing in listings {
        let image =
            if listing.product.image.is_empty() { shown.clone() } else { listing.product.image.clone() };
        // What has variants already, from a catalogue of ours, is no variant of another.
        if !listing.product.variants.is_empty() {
            of_picture.push((image, vec![listing]));
            continue;
        }
        let at = *places.entry(image.clone()).or_insert(of_picture.len());
        match of_picture.get_mut(at) {
            Some((_, members)) => members.push(listing),
            None => of_picture.push((image, vec![listing])),
        }
    }
    let is_whole = of_picture.len() == 1;
    of_picture.into_iter().map(|(image, members)| item(image, members, is_whole, pictures)).collect()
}

fn missing(listing: &Listing) -> Entry {
    let Product { id, title, .. } = &listing.product;
    Err(Rejection::new(listing.place.clone(), "missing-image", "it names no picture").of_product(id, title))
}

fn item(image: String, members: Vec<Listing>, is_whole: bool, pictures: Pictures<'_>) -> Entry {
    let place = members.first().map(|first| first.place.clone()).unwrap_or_default();
    let whole = members.first().and_then(|first| first.whole.clone()).filter(|_| is_whole);
    let products: Vec<Product> = members.into_iter().map(|member| member.product).collect();
    let mut product = merged(products);
    product.more_images.retain(|other| *other != image);
    product.image = image;
    if let Some(whole) = whole {
        rename(&mut product, whole);
    }
    if is_whole && product.group == product.id {
        product.group.clear();
    }
    let located = match product.image.as_str() {
        "" => Err(("missing-image", "it names no picture".to_owned())),
        image => Picture::locate_in(image, pictures.bases),
    };
    // Of a product whose picture is named and cannot be, the catalogue may have an earlier one.
    let located = match located {
        Err((code, reason)) if pictures.may_be_missing || code != "missing-image" => {
            Ok(Picture::Missing(code, reason))
        }
        located => located,
    };
    match located {
        Ok(picture) => {
            let further = product.more_images.iter().map(|image| {
                let located = Picture::locate_in(image, pictures.bases);
                located.unwrap_or_else(|(code, reason)| Picture::Missing(code, reason))
            });
            let further = further.collect();
            shorten_inline(&mut product.image);
            product.more_images.iter_mut().for_each(shorten_inline);
            Ok(Item { place, picture, further, product })
        }
        Err((code, reason)) => {
            Err(Rejection::new(place, code, reason).of_product(&product.id, &product.title))
        }
    }
}

/// Gives a product the id of the whole. That of the only row is kept where nothing else tells it.
fn rename(product: &mut Product, whole: String) {
    let id = std::mem::replace(&mut product.id, whole);
    if product.variants.is_empty() && id != product.id && product.attributes.get("sku") != Some(&id) {
        product.attributes.insert("variant_id".into(), id);
    }
}

/// One product of its variants: what they have in common is the product's, what differs is each variant's.
fn merged(products: Vec<Product>) -> Product {
    let mut all = products.iter();
    let Some(first) = all.next().cloned() else { return Product::default() };
    if products.len() == 1 {
        return first;
    }
    let mut product = first.clone();
    for other in all {
        union(&mut product.colors, &other.colors);
        union(&mut product.sizes, &other.sizes);
        union(&mut product.more_images, &other.more_images);
        product.attributes.retain(|name, value| other.attributes.get(name) == Some(value));
    }
    if let Some(cheapest) = cheapest(&products) {
        product.price.clone_from(&cheapest.price);
        product.sale_price.clone_from(&cheapest.sale_price);
    }
    product.availability =
        products.iter().map(|p| p.availability).min_by_key(|a| rank(*a)).unwrap_or_default();
    let one_color = products.iter().all(|p| p.colors == first.colors);
    product.variants = products.iter().map(|p| variant(p, &product, &first, one_color)).collect();
    product
}

fn union(values: &mut Vec<String>, more: &[String]) {
    for value in more {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
}

/// By what is paid now. Amounts in other currencies than the first one's cannot be compared with it.
fn cheapest(products: &[Product]) -> Option<&Product> {
    let currency = products.iter().find_map(|p| p.price_now())?.currency;
    let now =
        |product: &&Product| product.price_now().filter(|price| price.currency == currency).map(|p| p.amount);
    products.iter().filter(|p| now(p).is_some()).min_by_key(now)
}

/// The best first: a product is there if one of its variants is.
fn rank(availability: Availability) -> u8 {
    match availability {
        Availability::InStock => 0,
        Availability::Preorder => 1,
        Availability::Backorder => 2,
        Availability::OutOfStock => 3,
        Availability::Unknown => 4,
    }
}

fn variant(own: &Product, product: &Product, first: &Product, one_color: bool) -> Variant {
    let mut attributes: BTreeMap<String, String> = own.attributes.clone();
    attributes.retain(|name, value| product.attributes.get(name) != Some(value));
    let parts = [
        ("title", &own.title, &first.title),
        ("description", &own.description, &first.description),
        ("brand", &own.brand, &first.brand),
        ("product_type", &own.category, &first.category),
    ];
    for (name, of_own, of_first) in parts {
        if of_own != of_first && !of_own.is_empty() {
            attributes.insert(name.into(), of_own.clone());
        }
    }
    if own.more_images != product.more_images && !own.more_images.is_empty() {
        attributes.insert("additional_image_link".into(), joined(&own.more_images));
    }
    Variant {
        id: own.id.clone(),
        color: if one_color { String::new() } else { joined(&own.colors) },
        size: joined(&own.sizes),
        price: own.price.clone(),
        sale_price: own.sale_price.clone(),
        availability: own.availability,
        attributes,
    }
}

fn joined(values: &[String]) -> String {
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    join(&values).unwrap_or_default().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_pictures() -> Pictures<'static> {
        Pictures { bases: &[], may_be_missing: false }
    }

    fn listing(id: &str, image: &str, size: &str, price: &str) -> Listing {
        Listing {
            place: format!("f.csv:{id}"),
            whole: None,
            product: Product {
                id: id.into(),
                title: "Shirt".into(),
                group: "g".into(),
                image: image.into(),
                sizes: vec![size.into()],
                price: price.parse().ok(),
                attributes: BTreeMap::from([
                    ("gtin".into(), format!("0{id}")),
                    ("fit".into(), "slim".into()),
                ]),
                ..Product::default()
            },
        }
    }

    fn grouped(listings: Vec<Listing>) -> Vec<Product> {
        products(listings, with_pictures()).into_iter().map(|entry| entry.unwrap().product).collect()
    }

    #[test]
    fn rows_with_one_picture_are_one_product_with_its_sizes() {
        let mut small = listing("1", "a.jpg", "S", "20 EUR");
        small.product.availability = Availability::OutOfStock;
        let mut large = listing("2", "", "L", "18 EUR");
        large.product.availability = Availability::InStock;
        let products = grouped(vec![small, large]);
        let [product] = products.as_slice() else { panic!("{products:?}") };
        assert_eq!((product.id.as_str(), product.sizes.join(" ").as_str()), ("1", "S L"));
        assert_eq!(product.price, "18 EUR".parse().ok());
        assert_eq!(product.availability, Availability::InStock);
        assert_eq!(product.attributes, BTreeMap::from([("fit".into(), "slim".into())]));
        let gtins: Vec<_> =
            product.variants.iter().map(|v| (v.id.as_str(), v.attributes["gtin"].as_str())).collect();
        assert_eq!(gtins, [("1", "01"), ("2", "02")]);
    }

    #[test]
    fn rows_with_pictures_of_their_own_are_products_that_know_their_group() {
        let rows = vec![
            listing("1", "red.jpg", "S", "20 EUR"),
            listing("2", "blue.jpg", "S", "20 EUR"),
            listing("3", "red.jpg", "M", "20 EUR"),
            listing("4", "", "L", "20 EUR"),
        ];
        let products = grouped(rows);
        let ids: Vec<_> =
            products.iter().map(|p| (p.id.as_str(), p.group.as_str(), p.variants.len())).collect();
        assert_eq!(ids, [("1", "g", 3), ("2", "g", 0)]);
    }

    #[test]
    fn a_product_that_is_the_whole_group_has_the_groups_id() {
        let mut rows = vec![listing("1", "a.jpg", "S", "2 EUR"), listing("2", "a.jpg", "M", "2 EUR")];
        rows.iter_mut().for_each(|row| row.whole = Some("g".into()));
        let product = grouped(rows).remove(0);
        assert_eq!((product.id.as_str(), product.group.as_str()), ("g", ""));
    }

    #[test]
    fn a_group_without_a_picture_is_set_aside_once() {
        let entries =
            products(vec![listing("1", "", "S", "2 EUR"), listing("2", "", "M", "2 EUR")], with_pictures());
        let codes: Vec<_> = entries.iter().map(|e| e.as_ref().unwrap_err().code).collect();
        assert_eq!(codes, ["missing-image"]);
    }

    #[test]
    fn what_differs_is_kept_with_the_variant() {
        let mut other = listing("2", "a.jpg", "M", "2 EUR");
        other.product.title = "Shirt, M".into();
        other.product.colors = vec!["red".into()];
        let product = grouped(vec![listing("1", "a.jpg", "S", "2 EUR"), other]).remove(0);
        assert_eq!(
            (product.title.as_str(), product.variants[1].attributes["title"].as_str()),
            ("Shirt", "Shirt, M")
        );
        assert_eq!((product.variants[0].color.as_str(), product.variants[1].color.as_str()), ("", "red"));
    }

    #[test]
    fn a_group_without_a_picture_is_one_product_where_pictures_may_be_missing() {
        let sizes = || vec![listing("1", "", "S", "2 EUR"), listing("2", "", "M", "2 EUR")];
        let kept = products(sizes(), Pictures { may_be_missing: true, ..with_pictures() });
        let [Ok(item)] = kept.as_slice() else { panic!("{kept:?}") };
        assert_eq!(item.picture, Picture::Missing("missing-image", "it names no picture".into()));
        assert_eq!(item.product.variants.len(), 2);
        let elsewhere = vec![listing("1", "ftp://x.test/a.jpg", "S", "2 EUR")];
        let kept = products(elsewhere, Pictures { may_be_missing: true, ..with_pictures() });
        assert!(
            matches!(&kept[0], Ok(Item { picture: Picture::Missing("remote-image", _), .. })),
            "{kept:?}"
        );
    }
}

//! Shopify's `products.json`: pages of products, each with its variants and pictures.

use std::collections::VecDeque;
use std::path::Path;

use serde_json::value::RawValue;

use super::cells::{self, RowBuilder};
use super::jsonl::MAX_DOCUMENT_BYTES;
use super::shopify::{availability, hidden, put_choice, put_prices};
use super::{Found, Reader, pairs, shopify_graphql};
use crate::json::Json;
use crate::{Columns, Error, Rejection, Result, Row, text};

/// Names of a product and of a variant that have a place of their own.
const OF_PRODUCTS: [&str; 11] = [
    "id",
    "title",
    "body_html",
    "vendor",
    "product_type",
    "tags",
    "options",
    "variants",
    "images",
    "image",
    "status",
];
const OF_VARIANTS: [&str; 13] = [
    "id",
    "title",
    "product_id",
    "price",
    "compare_at_price",
    "sku",
    "barcode",
    "available",
    "featured_image",
    "image_id",
    "option1",
    "option2",
    "option3",
];

/// Rows of all variants.
pub(crate) struct Products {
    products: VecDeque<serde_json::Result<Json>>,
    ready: VecDeque<Found>,
    columns: Columns,
    name: String,
    number: u64,
}

/// # Errors
/// The file cannot be read, or is not JSON.
pub(crate) fn open(path: &Path, name: &str, mut columns: Columns) -> Result<Products> {
    let text = text::read(path, MAX_DOCUMENT_BYTES)?;
    let damaged = |error: serde_json::Error| Error::Damaged { name: name.into(), reason: error.to_string() };
    let mut products = VecDeque::new();
    match shopify_graphql::products(&text).map_err(damaged)? {
        Some(found) => products.extend(found.into_iter().map(Ok)),
        // Several pages may follow each other in one file.
        None => {
            for value in serde_json::Deserializer::from_str(&text).into_iter::<Box<RawValue>>() {
                let page = of_page(value.map_err(damaged)?).map_err(damaged)?;
                products.extend(page.iter().map(|product| Json::of(product)));
            }
        }
    }
    drop(columns.column("image_link"));
    Ok(Products { products, ready: VecDeque::new(), columns, name: name.into(), number: 0 })
}

/// `{"products": […]}`, `{"product": {…}}`, a list, or one product by itself.
fn of_page(value: Box<RawValue>) -> serde_json::Result<Vec<Box<RawValue>>> {
    #[derive(serde::Deserialize)]
    struct Page {
        products: Option<Vec<Box<RawValue>>>,
        product: Option<Box<RawValue>>,
    }
    if value.get().starts_with('[') {
        return serde_json::from_str(value.get());
    }
    Ok(match serde_json::from_str::<Page>(value.get()) {
        Ok(Page { products: Some(products), .. }) => products,
        Ok(Page { product: Some(product), .. }) => vec![product],
        _ => vec![value],
    })
}

impl Products {
    fn read(&mut self, product: serde_json::Result<Json>) {
        let place = format!("{}#{}", self.name, self.number);
        let refuse = |code, reason: String| Err(Rejection::new(place.clone(), code, reason));
        let product = match product {
            Ok(product @ Json::Object(_)) => product,
            Ok(_) => return self.ready.push_back(refuse("bad-json", "it is not a JSON object".into())),
            Err(error) => return self.ready.push_back(refuse("bad-json", error.to_string())),
        };
        // A shop's own list under the same name has prices with its products and no variants.
        if let Json::Object(parts) = &product
            && product.get("variants").is_none()
            && product.get("price").is_some()
        {
            let row = Row::new(place.clone(), cells::of_object(parts, &mut self.columns));
            return self.ready.push_back(Ok(row));
        }
        let nothing = Json::Object(Vec::new());
        let variants = match product.get("variants").map(Json::each) {
            Some([]) | None => std::slice::from_ref(&nothing),
            Some(variants) => variants,
        };
        for variant in variants {
            let row = row(&product, variant, variants.len() > 1, place.clone(), &mut self.columns);
            self.ready.push_back(Ok(row));
        }
    }
}

impl Iterator for Products {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.ready.pop_front() {
                return Some(Ok(found));
            }
            let product = self.products.pop_front()?;
            self.number += 1;
            self.read(product);
        }
    }
}

impl Reader for Products {
    fn columns(&self) -> &Columns {
        &self.columns
    }
}

fn row(product: &Json, variant: &Json, has_variants: bool, place: String, columns: &mut Columns) -> Row {
    let mut maker = RowBuilder::new(columns);
    let text = |name| product.text(name).unwrap_or_default();
    let id = product.text("id").or_else(|| product.text("handle")).unwrap_or_default();
    let own_id = variant.text("id").unwrap_or_default();
    if has_variants {
        maker.put("id", own_id);
        maker.put("item_group_id", id);
    } else {
        maker.put("id", id);
        maker.keep("variant_id", own_id);
    }
    maker.put("title", text("title"));
    maker.put("description", text("body_html"));
    maker.put("brand", text("vendor"));
    maker.put("product_type", text("product_type"));
    product.get("tags").iter().for_each(|tags| maker.keep_json("tags", tags));
    maker.keep("status", text("status"));
    maker.keep("sku", variant.text("sku").unwrap_or_default());
    maker.put("gtin", variant.text("barcode").unwrap_or_default());
    put_prices(
        variant.text("price").unwrap_or_default(),
        variant.text("compare_at_price").unwrap_or_default(),
        &mut maker,
    );
    maker.put("availability", stock(variant));
    put_options(product, variant, &mut maker);
    put_pictures(product, variant, &mut maker);
    keep_others(product, &OF_PRODUCTS, &mut maker);
    keep_others(variant, &OF_VARIANTS, &mut maker);
    let mut row = Row::new(place, maker.cells());
    row.whole = Some(id.to_owned()).filter(|id| !id.is_empty());
    row.hidden = hidden(text("status")).or_else(|| is_unpublished(product).then_some("unpublished"));
    row
}

/// A product that was never published says so by a date that is null.
fn is_unpublished(product: &Json) -> bool {
    let Json::Object(parts) = product else { return false };
    parts.iter().any(|(name, value)| name == "published_at" && *value == Json::Null)
}

fn stock(variant: &Json) -> &'static str {
    match variant.text("available") {
        Some("true") => return "in_stock",
        Some("false") => return "out_of_stock",
        _ => {}
    }
    let count = variant.text("inventory_quantity").and_then(|count| count.parse().ok());
    let is_counted = match variant.get("inventory_management") {
        Some(by) => by.scalar().is_some(),
        None => count.is_some(),
    };
    if !is_counted && count.is_none() && variant.get("price").is_none() {
        return "";
    }
    availability(is_counted, count, variant.text("inventory_policy") == Some("continue"))
}

/// `"options": [{"name": "Size", …}]` with `"option1": "M"`; older dumps have the bare names.
fn put_options(product: &Json, variant: &Json, maker: &mut RowBuilder<'_>) {
    let options = product.get("options").map(Json::each).unwrap_or_default();
    for (option, key) in options.iter().zip(["option1", "option2", "option3"]) {
        let name = option.text("name").or_else(|| option.scalar()).unwrap_or_default();
        put_choice(name, variant.text(key).unwrap_or_default(), maker);
    }
}

fn source(image: &Json) -> Option<&str> {
    image.text("src").or_else(|| image.scalar())
}

/// The variant's own picture or the product's first; then the others, without those of other variants.
fn put_pictures(product: &Json, variant: &Json, maker: &mut RowBuilder<'_>) {
    let mut images: Vec<&Json> = product.get("images").map(Json::each).unwrap_or_default().iter().collect();
    images.sort_by_key(|image| image.text("position").and_then(|p| p.parse().ok()).unwrap_or(u64::MAX));
    let own = own_picture(variant, &images);
    let first = images.first().copied().or_else(|| product.get("image")).and_then(source);
    let image = own.or(first).unwrap_or_default();
    maker.put("image_link", image);
    let of_variants: Vec<&str> = product
        .get("variants")
        .map(Json::each)
        .unwrap_or_default()
        .iter()
        .filter_map(|variant| own_picture(variant, &images))
        .collect();
    for image_json in &images {
        let Some(other) = source(image_json) else { continue };
        let alt = image_json.text("alt").unwrap_or_default();
        if other == image {
            maker.keep("image_alt_text", alt);
        } else if !of_variants.contains(&other) {
            maker.put("additional_image_link", other);
            maker.keep(
                "additional_image_alt_text",
                if alt.is_empty() { String::new() } else { format!("{other} {alt}") },
            );
        }
    }
}

/// By the variant itself, by a picture's id, or by the picture's list of variants.
fn own_picture<'j>(variant: &'j Json, images: &[&'j Json]) -> Option<&'j str> {
    if let Some(featured) = variant.get("featured_image").and_then(source) {
        return Some(featured);
    }
    let id = variant.text("id");
    let is_own = |image: &&&Json| {
        let by_id = variant.text("image_id").is_some_and(|own| image.text("id") == Some(own));
        let listed = image.get("variant_ids").map(Json::each).unwrap_or_default();
        by_id || (id.is_some() && listed.iter().any(|member| member.scalar() == id))
    };
    images.iter().find(is_own).copied().and_then(source)
}

fn keep_others(object: &Json, known: &[&str], maker: &mut RowBuilder<'_>) {
    let Json::Object(parts) = object else { return };
    for (name, value) in parts.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
        match value {
            Json::List(members) if pairs::may_be(name) && pairs::are(members) => {
                for (name, _, values) in pairs::of(members, name) {
                    values.into_iter().for_each(|value| maker.keep(&name, value));
                }
            }
            value => maker.keep_json(name, value),
        }
    }
}

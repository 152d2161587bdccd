//! What Shopify exports.

use std::path::Path;

use knytt_engine::Availability;
use serde_json::{Value, json};

use super::{escaped, rows};
use crate::shop::{Article, Choice, Look};

/// The columns of one generation, in the order in which [`csv`] fills them.
pub type Header = [&'static str; 23];

pub const FIRST: Header = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Barcode",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Price",
    "Variant Compare At Price",
    "Image Src",
    "Image Position",
    "Variant Image",
    "Status",
];

pub const SECOND: Header = [
    "URL handle",
    "Title",
    "Description",
    "Vendor",
    "Type",
    "Published on online store",
    "Option1 name",
    "Option1 value",
    "Option2 name",
    "Option2 value",
    "Option3 name",
    "Option3 value",
    "SKU",
    "Barcode",
    "Inventory tracker",
    "Inventory quantity",
    "Continue selling when out of stock",
    "Price",
    "Compare-at price",
    "Product image URL",
    "Image position",
    "Variant image URL",
    "Status",
];

/// A product's pictures: those of its looks, then the others.
fn images(article: &Article) -> Vec<&String> {
    article.looks.iter().map(|look| &look.image).chain(&article.more_images).collect()
}

fn html(text: &str) -> String {
    format!("<p>{}</p>\n", escaped(text))
}

fn prices(choice: &Choice) -> (String, String) {
    match choice.sale_price() {
        Some(sale) => (sale, choice.price()),
        None => (choice.price(), String::new()),
    }
}

fn count(choice: &Choice) -> u32 {
    if choice.availability == Availability::InStock { 3 } else { 0 }
}

pub fn csv(articles: &[Article], path: &Path, header: &Header) {
    let first_generation = header[0] == "Handle";
    let mut all = Vec::new();
    for article in articles {
        let variants: Vec<_> = article.rows().collect();
        let images = images(article);
        for n in 0..variants.len().max(images.len()) {
            all.push(line(
                article,
                variants.get(n).copied(),
                images.get(n).map(|i| (n, i.as_str())),
                n == 0,
                first_generation,
            ));
        }
    }
    rows(path, b',', header, all);
}

/// The first has all; the others have a variant, a picture, or both.
fn line(
    article: &Article,
    variant: Option<(&Look, &Choice)>,
    image: Option<(usize, &str)>,
    is_first: bool,
    first_generation: bool,
) -> Vec<String> {
    let mut cells = vec![String::new(); FIRST.len()];
    let mut set = |at: usize, text: &str| cells[at] = text.to_owned();
    set(0, &article.id());
    if is_first {
        set(1, &article.title);
        set(2, &html(&article.description));
        set(3, &article.brand);
        set(4, &article.category);
        set(5, "true");
        set(6, "Farbe");
        set(8, "Size");
        set(10, "Material");
        set(22, "active");
    }
    if let Some((look, choice)) = variant {
        let (now, before) = prices(choice);
        let policy = match (choice.availability == Availability::Backorder, first_generation) {
            (true, true) => "continue",
            (false, true) => "deny",
            (true, false) => "TRUE",
            (false, false) => "FALSE",
        };
        for (at, text) in [(7, look.color), (9, choice.size), (11, &article.material), (12, &choice.sku)] {
            set(at, text);
        }
        for (at, text) in
            [(13, choice.gtin.as_str()), (14, "shopify"), (15, &count(choice).to_string()), (16, policy)]
        {
            set(at, text);
        }
        for (at, text) in [(17, &now), (18, &before), (21, &look.image)] {
            set(at, text);
        }
    }
    if let Some((n, image)) = image {
        set(19, image);
        set(20, &(n + 1).to_string());
    }
    cells
}

pub fn json(articles: &[Article], path: &Path) {
    let products: Vec<Value> = articles.iter().map(product).collect();
    std::fs::write(path, json!({ "products": products }).to_string()).unwrap();
}

fn product(article: &Article) -> Value {
    let images = images(article);
    let images: Vec<Value> =
        images.iter().enumerate().map(|(n, src)| json!({"position": n + 1, "src": src})).collect();
    let variants: Vec<Value> = article.rows().map(|(look, choice)| variant(article, look, choice)).collect();
    json!({
        "id": article.id(),
        "title": article.title,
        "handle": "handle",
        "body_html": html(&article.description),
        "published_at": "2024-01-01T00:00:00Z",
        "vendor": article.brand,
        "product_type": article.category,
        "tags": ["a", "b"],
        "variants": variants,
        "images": images,
        "options": [{"name": "Couleur", "position": 1}, {"name": "Size"}, {"name": "Material"}],
    })
}

fn variant(article: &Article, look: &Look, choice: &Choice) -> Value {
    let (now, before) = prices(choice);
    json!({
        "id": choice.sku,
        "title": format!("{} / {}", look.color, choice.size),
        "option1": look.color,
        "option2": choice.size,
        "option3": article.material,
        "sku": null,
        "barcode": choice.gtin,
        "inventory_management": "shopify",
        "inventory_quantity": count(choice),
        "inventory_policy": if choice.availability == Availability::Backorder { "continue" } else { "deny" },
        "featured_image": {"src": look.image},
        "price": now,
        "compare_at_price": before,
    })
}

//! BMEcat, in which suppliers of offices and workshops exchange their catalogues: an `<ARTICLE>` or `<PRODUCT>` with its
//! words, its prices and its pictures in elements of their own.

use super::cells::RowBuilder;
use super::node::Node;

/// BMEcat's names and Merchant Center's.
const NAMES: [(&str, &str); 13] = [
    ("SUPPLIER_AID", "id"),
    ("SUPPLIER_PID", "id"),
    ("DESCRIPTION_SHORT", "title"),
    ("DESCRIPTION_LONG", "description"),
    ("EAN", "gtin"),
    ("INTERNATIONAL_PID", "gtin"),
    ("GTIN", "gtin"),
    ("MANUFACTURER_NAME", "brand"),
    ("MANUFACTURER_AID", "mpn"),
    ("MANUFACTURER_PID", "mpn"),
    ("MIME_SOURCE", "image_link"),
    ("KEYWORD", "keyword"),
    ("PRODUCT_TYPE", "product_type"),
];

/// Elements with those of a product in them.
const AROUND: [&str; 9] = [
    "ARTICLE_DETAILS",
    "PRODUCT_DETAILS",
    "MIME_INFO",
    "USER_DEFINED_EXTENSIONS",
    "ARTICLE_FEATURES",
    "PRODUCT_FEATURES",
    "MIME",
    "PRODUCT_LOGISTIC_DETAILS",
    "ARTICLE_ORDER_DETAILS",
];

/// Whether an element is a product of BMEcat.
pub(super) fn is_product(item: &Node) -> bool {
    item.children.iter().any(|child| matches!(child.name.as_str(), "ARTICLE_DETAILS" | "PRODUCT_DETAILS"))
}

pub(super) fn put(item: &Node, maker: &mut RowBuilder<'_>) {
    for child in &item.children {
        match child.name.as_str() {
            "ARTICLE_PRICE_DETAILS" | "PRODUCT_PRICE_DETAILS" => put_price(child, maker),
            "FEATURE" => put_feature(child, maker),
            "MIME" if !shows_product(child) => {}
            name if AROUND.contains(&name) => put(child, maker),
            name => match NAMES.iter().find(|(known, _)| *known == name) {
                Some((_, known)) => maker.put(known, child.value()),
                None if name.starts_with("MIME_") => {}
                None => maker.keep(name, child.value()),
            },
        }
    }
}

/// The price of one piece, in the first currency.
fn put_price(details: &Node, maker: &mut RowBuilder<'_>) {
    let is_price = |node: &&Node| matches!(node.name.as_str(), "ARTICLE_PRICE" | "PRODUCT_PRICE");
    let Some(price) = details.children.iter().find(is_price) else { return };
    maker.put("price", price.child_text("PRICE_AMOUNT"));
    maker.put("currency", price.child_text("PRICE_CURRENCY"));
}

fn put_feature(feature: &Node, maker: &mut RowBuilder<'_>) {
    maker.put_option(feature.child_text("FNAME"), feature.child_text("FVALUE"));
}

/// Data sheets and films are no pictures.
fn shows_product(mime: &Node) -> bool {
    let kind = mime.child_text("MIME_TYPE");
    let purpose = mime.child_text("MIME_PURPOSE");
    (kind.is_empty() || kind.starts_with("image") || kind == "url")
        && !matches!(purpose, "data_sheet" | "logo" | "icon")
}

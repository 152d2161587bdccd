//! Heureka's feed: each `<SHOPITEM>` is a product.

use super::cells::RowBuilder;
use super::node::Node;

/// Heureka's names and Merchant Center's.
const NAMES: [(&str, &str); 9] = [
    ("ITEM_ID", "id"),
    ("DESCRIPTION", "description"),
    ("URL", "link"),
    ("IMGURL", "image_link"),
    ("IMGURL_ALTERNATIVE", "additional_image_link"),
    ("MANUFACTURER", "brand"),
    ("EAN", "gtin"),
    ("PRODUCTNO", "mpn"),
    ("ITEMGROUP_ID", "item_group_id"),
];

/// Those that have a place of their own below.
const KNOWN: [&str; 7] =
    ["PRODUCTNAME", "PRODUCT", "PRICE_VAT", "PRICE", "CATEGORYTEXT", "DELIVERY_DATE", "PARAM"];

pub(crate) fn put(item: &Node, maker: &mut RowBuilder<'_>) {
    let text = |name: &str| item.child_text(name);
    let name = text("PRODUCTNAME");
    maker.put("title", if name.is_empty() { text("PRODUCT") } else { name });
    let price = text("PRICE_VAT");
    maker.put("price", if price.is_empty() { text("PRICE") } else { price });
    maker.put("currency", currency(text("URL")));
    let path = text("CATEGORYTEXT").split('|').map(str::trim).filter(|step| !step.is_empty());
    maker.put("product_type", path.collect::<Vec<_>>().join(" > "));
    maker.put("availability", availability(text("DELIVERY_DATE")));
    maker.keep("DELIVERY_DATE", text("DELIVERY_DATE"));
    for child in &item.children {
        let upper = child.name.to_uppercase();
        match NAMES.iter().find(|(name, _)| *name == upper) {
            Some((_, known)) => maker.put(known, child.value()),
            None if upper == "PARAM" => {
                maker.put_option(child.child_text("PARAM_NAME"), child.child_text("VAL"))
            }
            None if KNOWN.contains(&upper.as_str()) => {}
            None => maker.keep(&child.name, child.value()),
        }
    }
}

/// Heureka's two countries have a server each.
fn currency(url: &str) -> &'static str {
    let host =
        url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    match host.rsplit('.').next() {
        Some("cz") => "CZK",
        Some("sk") => "EUR",
        _ => "",
    }
}

/// Days until it is sent; a date is that of its coming out.
fn availability(days: &str) -> &'static str {
    match days.parse::<u32>() {
        Ok(0) => "in_stock",
        Ok(_) => "backorder",
        Err(_) if days.contains('-') => "preorder",
        Err(_) => "",
    }
}

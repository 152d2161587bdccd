//! Yandex's YML: each `<offer>` is a product, whose category is a number in a tree.

use std::collections::HashMap;

use super::cells::RowBuilder;
use super::node::{self, Node};
use super::split::Items;
use crate::text::Text;

/// The paths of categories by their numbers.
pub(crate) type Categories = HashMap<String, String>;

/// No tree is deeper; one with a circle would be.
const MAX_DEPTH: usize = 20;

/// YML's names and Merchant Center's.
const NAMES: [(&str, &str); 7] = [
    ("url", "link"),
    ("description", "description"),
    ("vendor", "brand"),
    ("vendorCode", "mpn"),
    ("barcode", "gtin"),
    ("currencyId", "currency"),
    ("picture", "image_link"),
];

/// Those that have a place of their own below.
const KNOWN: [&str; 7] = ["name", "typePrefix", "model", "price", "oldprice", "categoryId", "param"];

/// # Errors
/// The text cannot be read.
pub(crate) fn categories(text: Text) -> std::io::Result<Categories> {
    let mut items = Items::new(text, &["category"]);
    let mut tree: HashMap<String, (String, Option<String>)> = HashMap::new();
    while let Some(cut) = items.next_item()? {
        let Some(node) = cut.bytes.ok().and_then(|bytes| node::parse(&bytes).ok()) else { continue };
        if let Some(id) = node.attribute("id") {
            let parent = node.attribute("parentId").map(str::to_owned);
            tree.insert(id.to_owned(), (node.text.trim().to_owned(), parent));
        }
    }
    let path = |id: &String| {
        let (mut steps, mut next) = (Vec::new(), Some(id));
        while let Some((name, parent)) = next.and_then(|id| tree.get(id)).filter(|_| steps.len() < MAX_DEPTH)
        {
            steps.push(name.as_str());
            next = parent.as_ref();
        }
        steps.reverse();
        steps.join(" > ")
    };
    Ok(tree.keys().map(|id| (id.clone(), path(id))).collect())
}

pub(crate) fn put(offer: &Node, categories: &Categories, maker: &mut RowBuilder<'_>) {
    let text = |name: &str| offer.child_text(name);
    maker.put("id", offer.attribute("id").unwrap_or_default());
    maker.put("item_group_id", offer.attribute("group_id").unwrap_or_default());
    let parts = ["typePrefix", "vendor", "model"].map(text);
    let composed = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    maker.put("title", if text("name").is_empty() { composed.as_str() } else { text("name") });
    maker.keep("model", text("model"));
    // What it cost before is the price then.
    let (now, before) = (text("price"), text("oldprice"));
    maker.put(if before.is_empty() { "price" } else { "sale_price" }, now);
    maker.put("price", before);
    let id = text("categoryId");
    maker.put("product_type", categories.get(id).map_or(id, String::as_str));
    maker.put(
        "availability",
        match offer.attribute("available") {
            Some("false") => "backorder",
            Some(_) => "in_stock",
            None => "",
        },
    );
    for child in &offer.children {
        let name = child.name.as_str();
        match NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, "currency")) => maker.put("currency", child.value().replace("RUR", "RUB")),
            Some((_, known)) => maker.put(known, child.value()),
            None if name == "param" => {
                maker.put_option(child.attribute("name").unwrap_or_default(), child.text.trim())
            }
            None if KNOWN.contains(&name) => {}
            None => maker.keep(name, child.value()),
        }
    }
}

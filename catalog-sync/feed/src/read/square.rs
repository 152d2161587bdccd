//! Answers of Square's catalogue API: a list of objects of all kinds, which name each other by their ids.

use std::collections::HashMap;

use crate::json::Json;

/// The products of such an answer, each with its category, its pictures and its variants put in; none if it is none.
pub(super) fn products(document: &Json) -> Option<Vec<Json>> {
    let objects = document.get("objects").or_else(|| document.get("items")).map(Json::each)?;
    let is = |object: &&Json, kind: &str| object.text("type") == Some(kind);
    if !objects.iter().any(|object| is(&object, "ITEM") && object.get("item_data").is_some()) {
        return None;
    }
    let related = document.get("related_objects").map(Json::each).unwrap_or_default();
    let by_id: HashMap<&str, &Json> =
        objects.iter().chain(related).filter_map(|object| Some((object.text("id")?, object))).collect();
    let items =
        objects.iter().filter(|object| is(object, "ITEM") && object.text("is_deleted") != Some("true"));
    Some(items.filter_map(|item| product(item, &by_id)).collect())
}

fn product(item: &Json, by_id: &HashMap<&str, &Json>) -> Option<Json> {
    let data = item.get("item_data")?;
    let named = |id: &str, part: &str, name: &str| by_id.get(id)?.get(part)?.text(name);
    let text = |text: &str| Json::Text(text.to_owned());
    let mut parts = vec![("id".to_owned(), text(item.text("id")?))];
    let mut put =
        |name: &str, value: Option<&str>| parts.extend(value.map(|value| (name.to_owned(), text(value))));
    put("title", data.text("name"));
    put("description", data.text("description_html").or_else(|| data.text("description")));
    let first =
        data.get("categories").and_then(|list| list.each().first()).and_then(|category| category.text("id"));
    let category = data.text("category_id").or(first);
    put("category", category.and_then(|id| named(id, "category_data", "name")));
    let images = data.get("image_ids").map(Json::each).unwrap_or_default().iter().filter_map(Json::scalar);
    let older = item.text("image_id");
    let addresses = images.chain(older).filter_map(|id| named(id, "image_data", "url")).map(text).collect();
    parts.push(("images".to_owned(), Json::List(addresses)));
    let variants = data.get("variations").map(Json::each).unwrap_or_default();
    parts.push(("variants".to_owned(), Json::List(variants.iter().filter_map(variant).collect())));
    Some(Json::Object(parts))
}

fn variant(variation: &Json) -> Option<Json> {
    let Json::Object(data) = variation.get("item_variation_data")? else { return None };
    let kept = ["name", "sku", "upc", "price_money"];
    let mut parts = vec![("id".to_owned(), Json::Text(variation.text("id")?.to_owned()))];
    parts.extend(data.iter().filter(|(name, _)| kept.contains(&name.as_str())).cloned());
    Some(Json::Object(parts))
}

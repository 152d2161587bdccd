//! Products as Shopify's GraphQL API answers them: with `edges` and `nodes`, or as the lines of a bulk operation, where
//! what belongs to a product has its id as `__parentId`. They become what the REST API writes (`products.json`).

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::json::Json;

/// The ids of products there.
const PRODUCT: &str = "gid://shopify/Product/";

/// The products of a text in the words of the REST API; none if it is not of GraphQL.
///
/// # Errors
/// The text is not JSON.
pub(super) fn products(text: &str) -> serde_json::Result<Option<Vec<Json>>> {
    if !text.contains(PRODUCT) {
        return Ok(None);
    }
    let mut found = Found::default();
    for document in serde_json::Deserializer::from_str(text).into_iter::<Box<RawValue>>() {
        found.collect(Json::of(&document?)?);
    }
    if found.products.is_empty() {
        return Ok(None);
    }
    let Found { products, children } = found;
    let own =
        |product: &Json| product.text("id").and_then(|id| children.get(id)).map_or(&[][..], Vec::as_slice);
    Ok(Some(products.iter().map(|product| rest(product, own(product))).collect()))
}

/// What a text has.
#[derive(Default)]
struct Found {
    products: Vec<Json>,
    /// What lines say of products that other lines have, by the products' ids.
    children: HashMap<String, Vec<Json>>,
}

impl Found {
    fn collect(&mut self, json: Json) {
        if let Some(parent) = json.text("__parentId") {
            self.children.entry(parent.to_owned()).or_default().push(json);
        } else if json.text("id").is_some_and(|id| id.starts_with(PRODUCT)) {
            self.products.push(json);
        } else {
            match json {
                Json::List(members) => members.into_iter().for_each(|member| self.collect(member)),
                Json::Object(parts) => parts.into_iter().for_each(|(_, part)| self.collect(part)),
                _ => {}
            }
        }
    }
}

/// Names of GraphQL's products with those of the REST API, where only the spelling differs.
const OF_PRODUCTS: [(&str, &str); 8] = [
    ("title", "title"),
    ("handle", "handle"),
    ("vendor", "vendor"),
    ("productType", "product_type"),
    ("tags", "tags"),
    ("bodyHtml", "body_html"),
    ("descriptionHtml", "body_html"),
    ("description", "body_html"),
];

/// The same of their variants.
const OF_VARIANTS: [(&str, &str); 8] = [
    ("title", "title"),
    ("sku", "sku"),
    ("barcode", "barcode"),
    ("price", "price"),
    ("compareAtPrice", "compare_at_price"),
    ("inventoryQuantity", "inventory_quantity"),
    ("availableForSale", "available"),
    ("weight", "weight"),
];

fn rest(product: &Json, children: &[Json]) -> Json {
    let id = product.text("id").unwrap_or_default();
    let inside = |name: &str| product.get(name).map(members).unwrap_or_default();
    let is_variant = |child: &&Json| child.text("id").is_some_and(|id| id.contains("/ProductVariant/"));
    let (lines, others): (Vec<&Json>, Vec<&Json>) = children.iter().partition(is_variant);
    let variants: Vec<&Json> = inside("variants").into_iter().chain(lines).collect();
    let pictures: Vec<&Json> = ["featuredImage", "featuredMedia", "images", "media"]
        .into_iter()
        .flat_map(inside)
        .chain(others.clone())
        .collect();
    let mut images: Vec<&str> = Vec::new();
    for address in pictures.into_iter().filter_map(address) {
        if !images.contains(&address) {
            images.push(address);
        }
    }
    let options = variants.first().map(|variant| selected(variant, "name")).unwrap_or_default();
    let mut parts = vec![("id".to_owned(), number(id))];
    put_named(product, &OF_PRODUCTS, &mut parts);
    if let Some(status) = product.text("status") {
        parts.push(("status".into(), Json::Text(status.to_lowercase())));
    }
    let metafields =
        inside("metafields").into_iter().chain(others.iter().copied().filter(|o| o.get("key").is_some()));
    parts.extend([
        ("options".into(), named_list("name", options)),
        ("images".into(), named_list("src", images)),
        ("variants".into(), Json::List(variants.into_iter().map(variant).collect())),
        ("metafields".into(), Json::List(metafields.cloned().collect())),
    ]);
    Json::Object(parts)
}

fn variant(variant: &Json) -> Json {
    let mut parts = vec![("id".to_owned(), number(variant.text("id").unwrap_or_default()))];
    put_named(variant, &OF_VARIANTS, &mut parts);
    if variant.text("inventoryPolicy").is_some_and(|policy| policy.eq_ignore_ascii_case("continue")) {
        parts.push(("inventory_policy".into(), Json::Text("continue".into())));
    }
    for (value, name) in selected(variant, "value").into_iter().zip(["option1", "option2", "option3"]) {
        parts.push((name.into(), Json::Text(value.into())));
    }
    if let Some(own) = variant.get("image").and_then(address) {
        parts.push(("featured_image".into(), Json::Object(vec![("src".into(), Json::Text(own.into()))])));
    }
    Json::Object(parts)
}

/// The first filled part of each name, under the other one.
fn put_named(json: &Json, names: &[(&str, &str)], parts: &mut Vec<(String, Json)>) {
    for (theirs, ours) in names {
        // Money is an amount with its currency.
        let value = json.get(theirs).map(|value| value.get("amount").unwrap_or(value));
        if let Some(value) =
            value.filter(|value| !value.is_empty() && parts.iter().all(|(known, _)| known != ours))
        {
            parts.push(((*ours).to_owned(), value.clone()));
        }
    }
}

/// The members of a list, of `nodes` or of `edges`.
fn members(json: &Json) -> Vec<&Json> {
    if let Some(nodes) = json.get("nodes") {
        return nodes.each().iter().collect();
    }
    match json.get("edges") {
        Some(edges) => edges.each().iter().map(|edge| edge.get("node").unwrap_or(edge)).collect(),
        None => json.each().iter().collect(),
    }
}

fn selected<'j>(variant: &'j Json, part: &str) -> Vec<&'j str> {
    let options = variant.get("selectedOptions").map(Json::each).unwrap_or_default();
    options.iter().filter_map(|option| option.text(part)).collect()
}

/// Of a picture, or of a medium that shows one.
fn address(json: &Json) -> Option<&str> {
    let own = ["url", "src", "originalSrc", "transformedSrc"].iter().find_map(|name| json.text(name));
    own.filter(|own| !own.starts_with("gid:"))
        .or_else(|| ["image", "preview"].iter().find_map(|name| address(json.get(name)?)))
}

/// The number at the end of an id.
fn number(id: &str) -> Json {
    Json::Text(id.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default().to_owned())
}

fn named_list(name: &str, values: Vec<&str>) -> Json {
    let one = |value: &str| Json::Object(vec![(name.to_owned(), Json::Text(value.to_owned()))]);
    Json::List(values.into_iter().map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_bulk_operation_are_brought_together() {
        let text = r#"{"id": "gid://shopify/Product/1", "title": "Lamp", "productType": "Lamps", "status": "ACTIVE"}
{"id": "gid://shopify/ProductVariant/11", "price": "40.00", "compareAtPrice": null, "selectedOptions": [{"name": "Color", "value": "Black"}], "__parentId": "gid://shopify/Product/1"}
{"id": "gid://shopify/MediaImage/21", "image": {"url": "a.jpg"}, "__parentId": "gid://shopify/Product/1"}
{"key": "material", "value": "Oak", "__parentId": "gid://shopify/Product/1"}"#;
        let found = products(text).unwrap().unwrap();
        let expected = r#"{"id":"1","title":"Lamp","product_type":"Lamps","status":"active","options":[{"name":"Color"}],"images":[{"src":"a.jpg"}],"variants":[{"id":"11","price":"40.00","option1":"Black"}],"metafields":[{"key":"material","value":"Oak","__parentId":"gid://shopify/Product/1"}]}"#;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].to_string(), expected);
    }

    #[test]
    fn edges_and_nodes_are_read_alike() {
        let text = r#"{"data": {"products": {"edges": [{"node": {"id": "gid://shopify/Product/7", "title": "Rug",
            "variants": {"edges": [{"node": {"id": "gid://shopify/ProductVariant/8", "price": {"amount": "90.0", "currencyCode": "EUR"}}}]},
            "images": {"nodes": [{"url": "r.jpg"}]}}}]}}}"#;
        let found = products(text).unwrap().unwrap();
        let variants = found[0].get("variants").unwrap().each();
        assert_eq!(
            (variants[0].text("price"), found[0].get("images").unwrap().each()[0].text("src")),
            (Some("90.0"), Some("r.jpg"))
        );
        assert!(
            products(r#"{"products": [{"id": 1, "admin_graphql_api_id": "gid://shopify/Product/1"}]}"#)
                .unwrap()
                .is_none()
        );
    }
}

//! Lists of names with values in JSON: `"attributes": [{"name": "Color", "options": ["red"]}]`.

use crate::column::{Role, normalise, role_of};
use crate::json::Json;

/// What such lists are called.
#[rustfmt::skip]
const LISTS: &[&str] = &[
    "attributes", "custom_attributes", "additional_attributes", "extension_attributes", "metafields", "params",
    "parameters", "properties", "specs", "specifications", "features", "characteristics", "product_details",
    "additional_properties", "custom_fields", "fields", "merkmale", "eigenschaften",
];

/// Where the name of a pair is, and where its value.
const NAMES: [&str; 8] = ["attribute_code", "name", "key", "label", "code", "title", "property", "attribute"];
const VALUES: [&str; 7] = ["value", "values", "options", "option", "val", "text", "value_name"];

/// Whether a list of this name may be one of pairs.
pub(super) fn may_be(list: &str) -> bool {
    LISTS.contains(&normalise(list).as_str())
}

/// Whether all members of a list are pairs.
pub(super) fn are(members: &[Json]) -> bool {
    !members.is_empty() && members.iter().all(|member| pair(member).is_some())
}

/// The pairs of a list with their values. What names a product, shows it or is its price is not taken from there, unless
/// the list holds all that the shop's own fields say, as Magento's does.
pub(super) fn of(members: &[Json], list: &str) -> impl Iterator<Item = (String, bool, Vec<String>)> {
    let is_of_fields = matches!(normalise(list).as_str(), "custom_attributes" | "fields");
    members.iter().filter_map(pair).map(move |(name, value)| {
        let is_own = matches!(
            role_of(name),
            Some(Role::Id | Role::Title | Role::Image | Role::MoreImages | Role::Price | Role::SalePrice)
        );
        (name.to_owned(), is_of_fields || !is_own, value.cells())
    })
}

fn pair(member: &Json) -> Option<(&str, &Json)> {
    let name = NAMES.iter().find_map(|name| member.text(name))?;
    let value = VALUES.iter().find_map(|name| member.get(name)).unwrap_or(&Json::Null);
    let has_value = matches!(member, Json::Object(parts) if parts.iter().any(|(name, _)| VALUES.contains(&name.as_str())));
    has_value.then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &str, text: &str) -> Vec<String> {
        let json = Json::parse(text).unwrap();
        assert!(may_be(list) && are(json.each()));
        of(json.each(), list)
            .map(|(name, part, value)| format!("{name} {part} {}", value.join("|")))
            .collect()
    }

    #[test]
    fn pairs_of_several_shops_are_read() {
        let woo = r#"[{"id": 6, "name": "Color", "options": ["Black", "Green"]}, {"name": "Price", "options": ["low"]}]"#;
        assert_eq!(read("attributes", woo), ["Color true Black|Green", "Price false low"]);
        let magento =
            r#"[{"attribute_code": "special_price", "value": "30"}, {"attribute_code": "x", "value": null}]"#;
        assert_eq!(read("custom_attributes", magento), ["special_price true 30", "x true "]);
        assert!(!are(Json::parse(r#"[{"name": "Shirts", "slug": "s"}]"#).unwrap().each()));
        assert!(!may_be("images"));
    }
}

//! Products of JSON with a list of their variants in them, as APIs of shops answer: Medusa, Tiendanube, commercetools and
//! others. Each variant is a row of its own.

use super::cells;
use crate::column::Role;
use crate::json::Json;
use crate::{Columns, Row, choices};

/// What such lists are called.
const LISTS: [&str; 3] = ["variants", "variations", "skus"];

/// What our own catalogues say of a variant; a list of these is read where products are.
const OF_OURS: [&str; 7] = ["id", "color", "size", "price", "sale_price", "availability", "attributes"];

/// Where a product names its options, and a variant what was chosen of them.
const OPTIONS: [&str; 3] = ["options", "attributes", "option_types"];
const CHOSEN: [&str; 5] = ["values", "options", "selected_options", "selectedOptions", "option_values"];

/// The rows of a product's variants; none if it has no list of them.
pub(super) fn rows(place: &str, product: &[(String, Json)], columns: &mut Columns) -> Option<Vec<Row>> {
    let is_list = |(name, value): &&(String, Json)| LISTS.contains(&name.as_str()) && are_others(value);
    let (list, variants) = product.iter().find(is_list)?;
    let variants = variants.each();
    let options = OPTIONS.iter().find_map(|name| names(product, name)).unwrap_or_default();
    let is_option = |name: &str| OPTIONS.contains(&name) && !options.is_empty();
    let whole: Vec<(String, Json)> =
        product.iter().filter(|(name, _)| name != list && !is_option(name)).cloned().collect();
    let of_product = Row::new(place.to_owned(), cells::of_object(&whole, columns));
    let id = of_product.role(Role::Id).map(str::to_owned);
    let is_one = variants.len() == 1;
    let row = |(number, variant): (usize, &Json)| {
        let Json::Object(parts) = variant else { return of_product.clone() };
        let chosen = chosen(parts, &options);
        let own: Vec<(String, Json)> =
            parts.iter().filter(|(name, _)| !CHOSEN.contains(&name.as_str())).cloned().collect();
        let own = Row::new(place.to_owned(), cells::of_object(&own, columns));
        let mut row = of_product.overlaid(&own, columns);
        if !is_one {
            let known = own.role(Role::Id).map(str::to_owned);
            let own_id =
                known.unwrap_or_else(|| format!("{}/{}", id.as_deref().unwrap_or(place), number + 1));
            row.put(columns.column("id"), own_id);
            id.iter().for_each(|id| row.put(columns.column("item_group_id"), id.clone()));
        } else if let Some(id) = &id {
            row.put(columns.column("id"), id.clone());
        }
        for (name, value) in chosen {
            let column = match choices::attribute(&name) {
                Some(known) => columns.column(known),
                None => columns.attribute(&name),
            };
            row.put(column, value);
        }
        row.whole.clone_from(&id);
        row
    };
    Some(variants.iter().enumerate().map(row).collect())
}

/// Whether a list is of variants as other programs write them.
fn are_others(list: &Json) -> bool {
    let is_other = |member: &Json| match member {
        Json::Object(parts) => parts.iter().any(|(name, _)| !OF_OURS.contains(&name.as_str())),
        _ => false,
    };
    let Json::List(members) = list else { return false };
    !members.is_empty()
        && members.iter().all(|member| matches!(member, Json::Object(_)))
        && members.iter().any(is_other)
}

/// What a product's options are called, in their order; none where the list says more than names.
fn names(product: &[(String, Json)], list: &str) -> Option<Vec<(String, String)>> {
    let (_, list) = product.iter().find(|(name, _)| name == list)?;
    let name = |option: &Json| {
        let id = option.text("id").unwrap_or_default().to_owned();
        let said = ["name", "title", "label"].iter().find_map(|name| option.get(name)?.words());
        Some((id, said.or_else(|| option.words())?))
    };
    list.each().iter().map(name).collect()
}

/// What was chosen: values in the order of the options, or with the option's name or id beside each.
fn chosen(variant: &[(String, Json)], options: &[(String, String)]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (_, list) in variant.iter().filter(|(name, _)| CHOSEN.contains(&name.as_str())) {
        if let Json::Object(parts) = list {
            found.extend(parts.iter().filter_map(|(name, chosen)| Some((name.clone(), chosen.words()?))));
            continue;
        }
        for (at, one) in list.each().iter().enumerate() {
            let id = ["option_id", "optionId"].iter().find_map(|name| one.text(name));
            let by_id = id.and_then(|id| options.iter().find(|(known, _)| known == id));
            let option = one
                .get("option")
                .and_then(|option| ["name", "title"].iter().find_map(|name| option.get(name)?.words()));
            let name = ["name", "option_name", "option_title"].iter().find_map(|name| one.get(name)?.words());
            let by_place = options.get(at).map(|(_, name)| name.clone());
            let name = option
                .or(name.filter(|_| one.get("value").is_some()))
                .or(by_id.map(|(_, name)| name.clone()));
            let said = ["value", "label", "name"].iter().find_map(|part| one.get(part)?.words());
            if let (Some(name), Some(said)) = (name.or(by_place), said.or_else(|| one.words())) {
                found.push((name, said));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<[String; 5]> {
        let Ok(Json::Object(parts)) = Json::parse(text) else { panic!("{text}") };
        let rows = rows("f#1", &parts, &mut Columns::default()).unwrap();
        let names = ["id", "item_group_id", "title", "size", "price"];
        rows.iter().map(|row| names.map(|name| row.get(name).unwrap_or_default().into_owned())).collect()
    }

    #[test]
    fn options_are_told_by_place_by_id_or_by_name() {
        for text in [
            r#"{"id": 7, "title": "Mug", "options": [{"id": "o", "title": "Size"}], "variants": [
                {"id": "a", "title": "S", "price": "4.50", "options": [{"option_id": "o", "value": "S"}]},
                {"id": "b", "title": "M", "price": "5.50", "options": [{"option_id": "o", "value": "M"}]}]}"#,
            r#"{"id": 7, "name": {"es": "Mug", "pt": "Caneca"}, "attributes": [{"es": "Talle"}], "variants": [
                {"id": "a", "price": "4.50", "values": [{"es": "S"}]}, {"id": "b", "price": "5.50", "values": [{"es": "M"}]}]}"#,
            r#"{"id": 7, "title": "Mug", "price": "1.00", "skus": [
                {"id": "a", "price": "4.50", "selectedOptions": [{"name": "Size", "value": "S"}]},
                {"id": "b", "price": "5.50", "options": {"Size": "M"}}]}"#,
        ] {
            let expected = [["a", "7", "Mug", "S", "4.50"], ["b", "7", "Mug", "M", "5.50"]];
            assert_eq!(read(text), expected.map(|row| row.map(String::from)), "{text}");
        }
    }

    #[test]
    fn variants_of_our_own_catalogues_are_no_rows() {
        let Ok(Json::Object(parts)) = Json::parse(r#"{"id": "1", "variants": [{"id": "a", "size": "S"}]}"#)
        else {
            panic!()
        };
        assert!(rows("f#1", &parts, &mut Columns::default()).is_none());
    }
}

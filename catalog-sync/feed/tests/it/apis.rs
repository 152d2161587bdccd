//! Answers of shops' programming interfaces, as people save them.

use crate::common::{lines, read};

#[track_caller]
fn check(content: &str, expected: &[&str]) {
    assert_eq!(lines(&read("f.json", content)), expected, "{content}");
}

#[test]
fn woocommerces_shop_api_has_prices_in_the_smallest_unit() {
    check(
        r#"[{"id": 5, "name": "Sock &#8211; wool", "type": "simple", "prices": {"price": "850", "regular_price": "1000",
            "sale_price": "850", "price_range": null, "currency_code": "GBP", "currency_minor_unit": 2},
            "images": [{"id": 1, "src": "a.jpg", "thumbnail": "t.jpg"}], "categories": [{"id": 2, "name": "Socks"}], "is_in_stock": true}]"#,
        &["5 | Sock – wool | 10 GBP, 8.5 GBP | Socks |  | 1 | in_stock | 0 | "],
    );
}

#[test]
fn medusas_variants_have_prices_in_lists_and_options_by_id() {
    check(
        r#"{"products": [{"id": "p1", "title": "Cap", "thumbnail": "a.jpg", "images": [{"url": "a.jpg"}, {"url": "b.jpg"}],
            "options": [{"id": "o", "title": "Size"}], "variants": [
            {"id": "v1", "title": "S", "sku": "C-S", "inventory_quantity": 0, "prices": [{"currency_code": "eur", "amount": 12.5}], "options": [{"option_id": "o", "value": "S"}]},
            {"id": "v2", "title": "L", "sku": "C-L", "inventory_quantity": 4, "prices": [{"currency_code": "eur", "amount": 14}], "options": [{"option_id": "o", "value": "L"}]}]}], "count": 1}"#,
        &["p1 | Cap | 12.5 EUR |  |  | 2 | in_stock | 2 | S L"],
    );
}

#[test]
fn tiendanubes_words_are_those_of_the_first_language() {
    check(
        r#"[{"id": 9, "name": {"es": "Bolso", "pt": "Bolsa"}, "attributes": [{"es": "Color"}], "brand": "Sur", "categories": [{"id": 3, "name": {"es": "Bolsos"}}],
            "images": [{"id": 1, "src": "a.jpg"}], "variants": [
            {"id": 1, "price": "100.00", "promotional_price": "80.00", "stock": 2, "sku": "B-R", "values": [{"es": "Rojo"}]},
            {"id": 2, "price": "100.00", "promotional_price": null, "stock": 0, "sku": "B-N", "values": [{"es": "Negro"}]}]}]"#,
        &["9 | Bolso | 100 EUR, 80 EUR | Bolsos | Sur | 1 | in_stock | 2 | Rojo Negro"],
    );
}

#[test]
fn commercetools_counts_cents_in_the_master_variant() {
    check(
        r#"{"limit": 20, "results": [{"id": "c1", "name": {"en": "Stool", "de": "Hocker"}, "masterVariant": {"id": 1, "sku": "ST",
            "prices": [{"id": "x", "value": {"currencyCode": "EUR", "centAmount": 4990, "fractionDigits": 2}}], "images": [{"url": "a.jpg"}, {"url": "b.jpg"}]}, "variants": []}]}"#,
        &["c1 | Stool | 49.9 EUR |  |  | 2 | unknown | 0 | "],
    );
}

#[test]
fn squares_objects_name_each_other_by_ids() {
    check(
        r#"{"objects": [{"type": "IMAGE", "id": "P", "image_data": {"url": "a.jpg"}}, {"type": "CATEGORY", "id": "C", "category_data": {"name": "Tea"}},
            {"type": "ITEM", "id": "I", "item_data": {"name": "Oolong", "category_id": "C", "image_ids": ["P"], "variations": [
            {"type": "ITEM_VARIATION", "id": "V1", "item_variation_data": {"name": "50 g", "sku": "O-5", "price_money": {"amount": 725, "currency": "USD"}}},
            {"type": "ITEM_VARIATION", "id": "V2", "item_variation_data": {"name": "100 g", "sku": "O-1", "price_money": {"amount": 1300, "currency": "USD"}}}]}}]}"#,
        &["I | Oolong | 7.25 USD | Tea |  | 1 | unknown | 2 | "],
    );
}

#[test]
fn prices_of_graphql_are_found_however_deep() {
    check(
        r#"{"data": {"products": {"edges": [{"node": {"id": "U1", "name": "Juice", "category": {"name": "Drinks"}, "thumbnail": {"url": "t.jpg"},
            "media": [{"url": "a.jpg"}], "pricing": {"priceRange": {"start": {"net": {"amount": 4, "currency": "PLN"}, "gross": {"amount": 5.5, "currency": "PLN"}}}}}}]}}}"#,
        &["U1 | Juice | 5.5 PLN | Drinks |  | 1 | unknown | 0 | "],
    );
}

#[test]
fn an_offer_has_the_price_and_whether_it_is_there() {
    check(
        r#"{"products": [{"name": "Jacket", "productImage": {"url": "a.jpg"}, "identifiers": {"sku": "J1"}, "categories": [{"name": "Coats"}],
            "offers": [{"id": "o", "priceHistory": [{"price": {"value": "129.00", "currency": "EUR"}, "date": 1}], "availability": "in stock"}]}]}"#,
        &["J1 | Jacket | 129 EUR | Coats |  | 1 | in_stock | 0 | "],
    );
    check(
        r#"[{"id": 3, "title": "Bowl", "images": [{"src": "a.jpg"}], "variants": [{"id": 1, "sku": "B", "price": "12.00", "available": false}]}]"#,
        &["3 | Bowl | 12 EUR |  |  | 1 | out_of_stock | 0 | "],
    );
}

#[test]
fn a_line_with_an_action_has_the_id_of_the_next_one() {
    let lines_of = "{\"index\": {\"_index\": \"p\", \"_id\": \"E1\"}}\n{\"name\": \"Pan\", \"price\": \"9 EUR\", \"image\": \"a.jpg\"}\n\
                    {\"create\": {\"_id\": \"E2\"}}\n{\"name\": \"Lid\", \"price\": \"4 EUR\", \"image\": \"b.jpg\"}\n";
    check(
        lines_of,
        &["E1 | Pan | 9 EUR |  |  | 1 | unknown | 0 | ", "E2 | Lid | 4 EUR |  |  | 1 | unknown | 0 | "],
    );
}

#[test]
fn levels_of_a_path_are_one_category_and_stock_may_be_inside() {
    check(
        r#"[{"objectID": "A1", "name": "Radio", "brand": "Boom", "price": 59.5, "image": "a.jpg", "hierarchicalCategories": {"lvl0": "Audio", "lvl1": "Audio > Radios"},
            "extension_attributes": {"stock_item": {"qty": 4, "is_in_stock": true}}}]"#,
        &["A1 | Radio | 59.5 EUR | Audio > Radios | Boom | 1 | in_stock | 0 | "],
    );
}

#[test]
fn attributes_of_mercado_libre_have_names_and_names_of_values() {
    check(
        r#"{"results": [{"id": "M1", "title": "Termo", "currency_id": "ARS", "price": 15990, "original_price": 19990, "available_quantity": 2,
            "thumbnail": "t.jpg", "pictures": [{"id": "a", "url": "a.jpg"}, {"id": "b", "url": "b.jpg"}],
            "attributes": [{"id": "BRAND", "name": "Marca", "value_name": "Pampa"}, {"id": "COLOR", "name": "Color", "value_name": "Verde"}]}]}"#,
        &["M1 | Termo | 19990 ARS, 15990 ARS |  | Pampa | 2 | in_stock | 0 | Verde"],
    );
}

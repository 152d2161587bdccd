//! Prices that APIs write as objects, with the currency beside or in whole cents, and however deep.

use crate::json::Json;

/// How deep a price is looked for.
const MAX_DEPTH: usize = 6;

/// Where amounts are.
const AMOUNTS: [&str; 6] = ["amount", "value", "price", "centAmount", "cent_amount", "minor_amount"];
const CODES: [&str; 4] = ["currency", "currency_code", "currencyCode", "currency_id"];

/// What is none of the product's price.
const OTHERS: [&str; 9] = [
    "shipping",
    "discount",
    "tax",
    "net",
    "max",
    "stop",
    "unit_price",
    "undiscounted",
    "priceRangeUndiscounted",
];

/// Prices that are told in one object: what it costs, and what it costs now where that is beside it. Each as the text of
/// an object with `value` and `currency`.
pub(super) fn of(json: &Json, is_minor: bool) -> Option<(String, Option<String>)> {
    if let Some(found) = of_store(json) {
        return Some(found);
    }
    find(json, is_minor, 0).map(|price| (price, None))
}

/// WooCommerce's shop API: all prices in one object, in the smallest unit.
fn of_store(json: &Json) -> Option<(String, Option<String>)> {
    let digits = json.text("currency_minor_unit")?.parse().ok()?;
    let code = json.text("currency_code").unwrap_or_default();
    let price = |name: &str| json.text(name).and_then(|amount| Some(text(&scaled(amount, digits)?, code)));
    let now = price("price");
    match (price("regular_price"), now) {
        (Some(regular), now) => Some((regular, now)),
        (None, now) => Some((now?, None)),
    }
}

fn find(json: &Json, is_minor: bool, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH {
        return None;
    }
    let Json::Object(parts) = json else {
        return json
            .each()
            .iter()
            .filter(|member| matches!(member, Json::Object(_)))
            .find_map(|member| find(member, is_minor, depth + 1));
    };
    let code = CODES.iter().find_map(|name| json.text(name));
    let amount = AMOUNTS.iter().find_map(|name| Some((*name, json.text(name)?)));
    if let (Some((name, amount)), Some(code)) = (amount, code) {
        let said = json.text("fractionDigits").or_else(|| json.text("fraction_digits"));
        let digits = said.and_then(|digits| digits.parse().ok()).unwrap_or(2);
        let is_whole = is_minor || name.to_lowercase().contains("cent") || name.starts_with("minor");
        let amount = if is_whole { scaled(amount, digits)? } else { amount.to_owned() };
        return Some(text(&amount, code));
    }
    let inner = parts.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str()));
    inner
        .filter(|(_, value)| matches!(value, Json::Object(_) | Json::List(_)))
        .find_map(|(_, value)| find(value, is_minor, depth + 1))
}

/// `1299` with two digits is `12.99`.
fn scaled(amount: &str, digits: usize) -> Option<String> {
    let is_whole = !amount.is_empty() && amount.bytes().all(|byte| byte.is_ascii_digit());
    if !is_whole || digits > 6 {
        return None;
    }
    let padded = format!("{amount:0>width$}", width = digits + 1);
    let (whole, fraction) = padded.split_at(padded.len() - digits);
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

fn text(amount: &str, code: &str) -> String {
    let part = |text: &str| Json::Text(text.to_owned());
    let mut parts = vec![("value".to_owned(), part(amount))];
    if !code.is_empty() {
        parts.push(("currency".to_owned(), part(&code.to_uppercase())));
    }
    Json::Object(parts).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_found_however_deep_and_in_whatever_unit() {
        let read = |text: &str, is_minor| of(&Json::parse(text).unwrap(), is_minor);
        let one =
            |amount: &str, code: &str| Some((format!(r#"{{"value":"{amount}","currency":"{code}"}}"#), None));
        let gross = r#"{"onSale": false, "priceRange": {"start": {"net": {"amount": 4, "currency": "PLN"}, "gross": {"amount": 5.5, "currency": "PLN"}}}}"#;
        assert_eq!(read(gross, false), one("5.5", "PLN"));
        let cents = r#"[{"id": "p", "value": {"type": "centPrecision", "currencyCode": "EUR", "centAmount": 5, "fractionDigits": 2}}]"#;
        assert_eq!(read(cents, false), one("0.05", "EUR"));
        assert_eq!(read(r#"{"amount": 450, "currency": "USD"}"#, true), one("4.50", "USD"));
        assert_eq!(read(r#"[{"currency_code": "eur", "amount": 29.5}]"#, false), one("29.5", "EUR"));
        assert_eq!(read(r#"{"min": 3}"#, false), None);
        let store =
            r#"{"price": "4200", "regular_price": "4500", "currency_code": "JPY", "currency_minor_unit": 0}"#;
        let price = |amount: &str| format!(r#"{{"value":"{amount}","currency":"JPY"}}"#);
        assert_eq!(read(store, false), Some((price("4500"), Some(price("4200")))));
    }
}

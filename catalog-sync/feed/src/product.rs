//! A feed's row as a product.

use std::collections::BTreeMap;

use knytt_engine::{Availability, Currency, Price, Product, Variant};

use crate::column::{Role, role_of};
use crate::json::Json;
use crate::{Refusal, Rejection, Row, availability, html, price};

/// Ids are keys of the catalogue's database, whose keys have a bound.
const MAX_ID_BYTES: usize = 2000;

/// A picture inside the feed is not kept a second time with the words about it, unless it is this small.
const MAX_INLINE_BYTES: usize = 2000;

/// ISO 4217's code for "no currency".
pub const NO_CURRENCY: &str = "XXX";

/// What cells mean that do not say it themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    pub(crate) currency: Option<String>,
    pub(crate) separator: Option<char>,
    pub(crate) decimal: Option<char>,
}

/// One row as a product of its own. Its picture may be missing: it may be that of its group.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Listing {
    pub(crate) place: String,
    pub(crate) product: Product,
    /// The id of the whole product that this is a variant of.
    pub(crate) whole: Option<String>,
}

/// # Errors
/// The row has no usable id, or a price is none.
pub(crate) fn listing(row: &Row, defaults: &Defaults) -> Result<Listing, Rejection> {
    let refuse = |(code, reason): Refusal| Rejection::new(row.place.clone(), code, reason);
    let product = product(row, defaults).map_err(refuse)?;
    Ok(Listing { place: row.place.clone(), product, whole: row.whole.clone() })
}

fn product(row: &Row, defaults: &Defaults) -> Result<Product, Refusal> {
    let image = row.role(Role::Image).unwrap_or_default();
    let id = row.role(Role::Id).unwrap_or(image);
    if id.is_empty() {
        return Err(("missing-image", "it names no picture, and has no id".into()));
    }
    if id.len() > MAX_ID_BYTES {
        return Err(("bad-id", format!("the id has {} bytes, more than {MAX_ID_BYTES}", id.len())));
    }
    let mut attributes = row.others();
    let currency = currency(row, defaults)?;
    Ok(Product {
        id: id.into(),
        title: text(row, Role::Title),
        brand: text(row, Role::Brand),
        category: text(row, Role::Category),
        description: html::plain_text(row.role(Role::Description).unwrap_or_default()),
        price: read_price(row, Role::Price, currency, defaults)?,
        sale_price: read_price(row, Role::SalePrice, currency, defaults)?,
        colors: values(row, Role::Color, defaults),
        sizes: values(row, Role::Size, defaults),
        availability: read_availability(row, &mut attributes),
        image: image.into(),
        more_images: more_images(row, image),
        group: text(row, Role::Group),
        variants: variants(row, &mut attributes),
        attributes,
        ..Product::default()
    })
}

fn text(row: &Row, role: Role) -> String {
    row.role(role).unwrap_or_default().to_owned()
}

/// What is said about where a picture in the feed itself was.
pub(crate) fn shorten_inline(image: &mut String) {
    if image.starts_with("data:") && image.len() > MAX_INLINE_BYTES {
        let kind = image.split([',', ';']).next().unwrap_or("data:").to_owned();
        *image = format!("{kind};blake3={}", blake3::hash(image.as_bytes()).to_hex());
    }
}

/// `red|blue`, `red, blue` and `red/blue` are two colours. A comma between digits is a decimal one.
fn values(row: &Row, role: Role, defaults: &Defaults) -> Vec<String> {
    let cells = row.all(role);
    let several = cells.len() > 1;
    let mut values: Vec<String> = Vec::new();
    for cell in cells {
        // Values that came in cells of their own are not taken apart.
        let parts = if several { vec![cell] } else { parts(cell, role, defaults.separator) };
        for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
            if !values.iter().any(|value| value == part) {
                values.push(part.into());
            }
        }
    }
    values
}

fn parts(text: &str, role: Role, separator: Option<char>) -> Vec<&str> {
    match text {
        _ if separator.is_some() => text.split(separator.unwrap_or('|')).collect(),
        _ if text.contains('|') => text.split('|').collect(),
        _ if text.contains(", ") => text.split(", ").collect(),
        _ if text.contains(',') && !text.bytes().any(|b| b.is_ascii_digit()) => text.split(',').collect(),
        _ if role == Role::Color => text.split('/').collect(),
        _ => vec![text],
    }
}

/// The other pictures, each once. Several in one cell have a bar or a comma between them; an address may have
/// commas of its own.
fn more_images(row: &Row, image: &str) -> Vec<String> {
    let mut images: Vec<String> = Vec::new();
    for cell in row.all(Role::MoreImages) {
        for one in cell.split('|').flat_map(split_addresses) {
            if !one.is_empty() && one != image && !images.iter().any(|known| known == one) {
                images.push(one.into());
            }
        }
    }
    images
}

fn split_addresses(text: &str) -> Vec<&str> {
    if text.trim_start().starts_with("data:") {
        return vec![text.trim()];
    }
    let has_addresses = text.contains("://");
    let mut found = Vec::new();
    let mut start = 0;
    for (comma, _) in text.match_indices(',') {
        let rest = text[comma + 1..].trim_start();
        if !has_addresses || rest.starts_with("http://") || rest.starts_with("https://") {
            found.push(text[start..comma].trim());
            start = comma + 1;
        }
    }
    found.push(text[start..].trim());
    found
}

/// What the row, its currency column or the defaults say.
fn currency(row: &Row, defaults: &Defaults) -> Result<Option<Currency>, Refusal> {
    let code = match (row.role(Role::Currency), &defaults.currency) {
        (Some(word), _) => {
            price::currency(word).ok_or_else(|| ("bad-price", format!("{word:?} is not a currency")))?
        }
        (None, Some(default)) => default.to_uppercase(),
        (None, None) => return Ok(None),
    };
    code.parse().map(Some).map_err(|reason| ("bad-price", reason))
}

fn read_price(
    row: &Row,
    role: Role,
    currency: Option<Currency>,
    defaults: &Defaults,
) -> Result<Option<Price>, Refusal> {
    let Some(text) = row.role(role) else { return Ok(None) };
    let bad = |reason: String| ("bad-price", reason);
    let (amount, named) = match structured(text) {
        Some((amount, code)) => {
            let (read, named) = price::read(&amount, Some('.')).map_err(bad)?;
            (read, code.or(named))
        }
        None => price::read(text, defaults.decimal).map_err(bad)?,
    };
    let currency = match (named, currency) {
        (Some(code), _) => code.parse().map_err(bad)?,
        (None, Some(currency)) => currency,
        (None, None) => NO_CURRENCY.parse().map_err(bad)?,
    };
    Ok(Some(Price { amount, currency }))
}

/// `{"value": "12.50", "currency": "EUR"}`, as the Content API writes prices, or with an `amount`, as we do.
fn structured(text: &str) -> Option<(String, Option<String>)> {
    let json = text.starts_with('{').then(|| Json::parse(text).ok()).flatten()?;
    let amount = json.text("value").or_else(|| json.text("amount"))?;
    Some((amount.into(), json.text("currency").map(String::from)))
}

/// What is more than a word of availability is kept as well: how many there are, or words of the shop's own.
fn read_availability(row: &Row, attributes: &mut BTreeMap<String, String>) -> Availability {
    let Some(text) = row.role(Role::Availability) else { return Availability::Unknown };
    if !availability::is_plain(text) {
        attributes.entry("availability".into()).or_insert_with(|| text.into());
    }
    availability::read(text).unwrap_or_default()
}

/// Our own packs have them as JSON; a column of that name with anything else in it is an attribute.
fn variants(row: &Row, attributes: &mut BTreeMap<String, String>) -> Vec<Variant> {
    let Some(text) = row.role(Role::Variants) else { return Vec::new() };
    serde_json::from_str(text).unwrap_or_else(|_| {
        attributes.insert("variants".into(), text.into());
        Vec::new()
    })
}

/// What a product has under the name of a column: an attribute, or else the part that such a column
/// fills.
pub fn field(product: &Product, name: &str) -> Option<String> {
    let attribute = product.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name.trim()));
    let value = match attribute {
        Some((_, value)) => value.clone(),
        None => match role_of(name)? {
            Role::Id => product.id.clone(),
            Role::Title => product.title.clone(),
            Role::Description => product.description.clone(),
            Role::Brand => product.brand.clone(),
            Role::Category => product.category.clone(),
            Role::Price => product.price.as_ref()?.amount.to_string(),
            Role::SalePrice => product.sale_price.as_ref()?.amount.to_string(),
            Role::Currency => product.price_now()?.currency.to_string(),
            Role::Color => product.colors.join("|"),
            Role::Size => product.sizes.join("|"),
            Role::Availability => product.availability.to_string(),
            Role::Image => product.image.clone(),
            Role::MoreImages => product.more_images.join("|"),
            Role::Group => product.group.clone(),
            Role::Variants => serde_json::to_string(&product.variants).ok()?,
        },
    };
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[(&str, &str)]) -> Result<Product, Refusal> {
        product(&Row::of(cells), &Defaults::default())
    }

    #[test]
    fn known_columns_fill_the_product_and_the_rest_is_kept() {
        let product = read(&[
            ("SKU", "s-1"),
            ("Name", "Linen shirt"),
            ("product_type", "Shirts"),
            ("price", "24.90"),
            ("currency", "eur"),
            ("sale price", "19.90"),
            ("colour", "red|light blue"),
            ("size", "S, M, L"),
            ("stock", "3"),
            ("image_link", "pics/1.jpg"),
            ("additional_image_link", "pics/2.jpg,pics/3.jpg"),
            ("item group id", "g"),
            ("label", "Shirt"),
        ])
        .unwrap();
        assert_eq!((product.id.as_str(), product.category.as_str()), ("s-1", "Shirts"));
        assert_eq!(product.colors, ["red", "light blue"]);
        assert_eq!(product.sizes, ["S", "M", "L"]);
        assert_eq!(product.availability, Availability::InStock);
        assert_eq!(product.price.unwrap().to_string(), "24.90 EUR");
        assert_eq!(product.sale_price.unwrap().to_string(), "19.90 EUR");
        assert_eq!(
            (product.attributes["label"].as_str(), product.attributes["availability"].as_str()),
            ("Shirt", "3")
        );
        assert_eq!((product.image.as_str(), product.group.as_str()), ("pics/1.jpg", "g"));
        assert_eq!(product.more_images, ["pics/2.jpg", "pics/3.jpg"]);
    }

    #[test]
    fn sizes_with_a_decimal_comma_stay_whole() {
        let sizes = |text| read(&[("image", "a.jpg"), ("size", text)]).unwrap().sizes;
        assert_eq!(sizes("42,5"), ["42,5"]);
        assert_eq!(sizes("S,M,M"), ["S", "M"]);
        assert_eq!(sizes("S/M"), ["S/M"]);
    }

    #[test]
    fn a_comma_inside_an_address_does_not_end_it() {
        let images = |text| read(&[("image", "a.jpg"), ("more_images", text)]).unwrap().more_images;
        assert_eq!(
            images("https://c.test/w=1,h=2/a.jpg, https://c.test/b.jpg"),
            ["https://c.test/w=1,h=2/a.jpg", "https://c.test/b.jpg"]
        );
        assert_eq!(images("data:image/png;base64,AAAA"), ["data:image/png;base64,AAAA"]);
    }

    #[test]
    fn prices_of_the_content_api_are_read() {
        let price = |text| read(&[("id", "1"), ("price", text)]).unwrap().price.unwrap().to_string();
        assert_eq!(price(r#"{"value":"12.50","currency":"EUR"}"#), "12.50 EUR");
        assert_eq!(price(r#"{"amount":"1.299","currency":"EUR"}"#), "1.299 EUR");
        assert_eq!(price("12.50"), "12.50 XXX");
    }

    #[test]
    fn a_row_that_cannot_be_a_product_says_why() {
        let code = |cells: &[(&str, &str)]| read(cells).unwrap_err().0;
        assert_eq!(code(&[("title", "1")]), "missing-image");
        assert_eq!(code(&[("image", "a.jpg"), ("price", "ask us")]), "bad-price");
        assert_eq!(code(&[("image", "a.jpg"), ("price", "3"), ("currency", "Taler")]), "bad-price");
        assert_eq!(code(&[("image", "a.jpg"), ("id", &"x".repeat(2001))]), "bad-id");
    }

    #[test]
    fn a_label_is_an_attribute_or_a_known_part() {
        let product = read(&[("image", "a.jpg"), ("type", "Hats"), ("Label", " Hat ")]).unwrap();
        assert_eq!(field(&product, "label").as_deref(), Some("Hat"));
        assert_eq!(field(&product, "product_type").as_deref(), Some("Hats"));
        assert_eq!(field(&product, "brand"), None);
        assert_eq!(field(&product, "season"), None);
    }

    #[test]
    fn a_large_picture_in_the_feed_leaves_only_its_hash() {
        let mut image = format!("data:image/png;base64,{}", "A".repeat(3000));
        shorten_inline(&mut image);
        assert!(image.starts_with("data:image/png;blake3=") && image.len() < 100, "{image}");
    }
}

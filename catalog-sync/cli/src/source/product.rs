//! A feed's row as a product.

use std::path::{Path, PathBuf};

use knytt_engine::{Availability, Currency, Price, Product};

use super::column::{Role, role_of};
use super::{Item, Row, price};

/// A code and a reason.
type Refusal = (&'static str, String);

/// Ids are keys of the catalogue's database, whose keys have a bound.
const MAX_ID_BYTES: usize = 2000;

/// # Errors
/// The row has no picture or no usable id, or its price is none.
pub fn item(row: &Row, base: &Path, currency: Option<&str>) -> Result<Item, Refusal> {
    let image = row.role(Role::Image).ok_or_else(|| ("missing-image", "it names no picture".to_owned()))?;
    let id = row.role(Role::Id).unwrap_or(image);
    if id.len() > MAX_ID_BYTES {
        return Err(("bad-id", format!("the id has {} bytes, more than {MAX_ID_BYTES}", id.len())));
    }
    let product = Product {
        id: id.into(),
        title: text(row, Role::Title),
        brand: text(row, Role::Brand),
        category: text(row, Role::Category),
        description: text(row, Role::Description),
        price: read_price(row, currency)?,
        colors: values(row, Role::Color),
        sizes: values(row, Role::Size),
        availability: row.role(Role::Availability).map_or(Availability::Unknown, availability),
        image: image.into(),
        attributes: row.others().map(|(name, value)| (name.into(), value.into())).collect(),
        ..Product::default()
    };
    Ok(Item { place: String::new(), picture: picture(image, base)?, product })
}

fn text(row: &Row, role: Role) -> String {
    row.role(role).unwrap_or_default().to_owned()
}

/// `red|blue`, `red, blue` and `red/blue` are two colours. A comma between digits is a decimal one.
fn values(row: &Row, role: Role) -> Vec<String> {
    let text = row.role(role).unwrap_or_default();
    let parts: Vec<&str> = match text {
        _ if text.contains('|') => text.split('|').collect(),
        _ if text.contains(", ") => text.split(", ").collect(),
        _ if text.contains(',') && !text.bytes().any(|b| b.is_ascii_digit()) => text.split(',').collect(),
        _ if role == Role::Color => text.split('/').collect(),
        _ => vec![text],
    };
    let mut values: Vec<String> = Vec::new();
    for part in parts.into_iter().map(str::trim).filter(|p| !p.is_empty()) {
        if !values.iter().any(|v| v == part) {
            values.push(part.into());
        }
    }
    values
}

fn read_price(row: &Row, fallback: Option<&str>) -> Result<Option<Price>, Refusal> {
    let Some(text) = row.role(Role::Price) else { return Ok(None) };
    let (amount, named) = price::read(text).map_err(|reason| ("bad-price", reason))?;
    let code = match (named, row.role(Role::Currency)) {
        (Some(code), _) => code,
        (None, Some(word)) => {
            price::currency(word).ok_or_else(|| ("bad-price", format!("{word:?} is not a currency")))?
        }
        (None, None) => fallback.unwrap_or(NO_CURRENCY).to_uppercase(),
    };
    let currency: Currency = code.parse().map_err(|reason| ("bad-price", reason))?;
    Ok(Some(Price { amount, currency }))
}

/// ISO 4217's code for "no currency".
pub const NO_CURRENCY: &str = "XXX";

/// Google's four words, their usual variants, or a number in stock.
fn availability(text: &str) -> Availability {
    let word: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
    if let Ok(count) = word.parse::<f64>() {
        return if count > 0.0 { Availability::InStock } else { Availability::OutOfStock };
    }
    match word.replace('-', "").as_str() {
        "instock" | "available" | "yes" | "true" | "limitedavailability" => Availability::InStock,
        "outofstock" | "soldout" | "unavailable" | "no" | "false" => Availability::OutOfStock,
        "preorder" | "presale" => Availability::Preorder,
        "backorder" | "backordered" => Availability::Backorder,
        _ => Availability::Unknown,
    }
}

/// The picture's file: relative to the feed's folder, or absolute, or a `file:` address.
fn picture(image: &str, base: &Path) -> Result<PathBuf, Refusal> {
    if let Some(path) = image.strip_prefix("file://") {
        return Ok(base.join(path));
    }
    if image.contains("://") {
        let reason = format!("the picture is at {image}; nothing is downloaded: save it and name its file");
        return Err(("remote-image", reason));
    }
    Ok(base.join(image))
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
            Role::Currency => product.price.as_ref()?.currency.to_string(),
            Role::Color => product.colors.join("|"),
            Role::Size => product.sizes.join("|"),
            Role::Availability => product.availability.to_string(),
            Role::Image => product.image.clone(),
        },
    };
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[(&str, &str)]) -> Result<Item, Refusal> {
        item(&Row::of(2, cells), Path::new("feeds"), None)
    }

    #[test]
    fn known_columns_fill_the_product_and_the_rest_is_kept() {
        let item = read(&[
            ("SKU", "s-1"),
            ("Name", "Linen shirt"),
            ("product_type", "Shirts"),
            ("price", "24.90"),
            ("currency", "eur"),
            ("colour", "red|light blue"),
            ("size", "S, M, L"),
            ("stock", "3"),
            ("image_link", "pics/1.jpg"),
            ("label", "Shirt"),
        ])
        .unwrap();
        let product = item.product;
        assert_eq!((product.id.as_str(), product.category.as_str()), ("s-1", "Shirts"));
        assert_eq!(product.colors, ["red", "light blue"]);
        assert_eq!(product.sizes, ["S", "M", "L"]);
        assert_eq!(product.availability, Availability::InStock);
        assert_eq!(product.price.unwrap().amount.to_string(), "24.90");
        assert_eq!(product.attributes["label"], "Shirt");
        assert_eq!(item.picture, Path::new("feeds/pics/1.jpg"));
    }

    #[test]
    fn sizes_with_a_decimal_comma_stay_whole() {
        let sizes = |text| read(&[("image", "a.jpg"), ("size", text)]).unwrap().product.sizes;
        assert_eq!(sizes("42,5"), ["42,5"]);
        assert_eq!(sizes("S,M,M"), ["S", "M"]);
        assert_eq!(sizes("S/M"), ["S/M"]);
    }

    #[test]
    fn a_row_that_cannot_be_a_product_says_why() {
        let code = |cells: &[(&str, &str)]| read(cells).unwrap_err().0;
        assert_eq!(code(&[("id", "1")]), "missing-image");
        assert_eq!(code(&[("image", "a.jpg"), ("price", "ask us")]), "bad-price");
        assert_eq!(code(&[("image", "a.jpg"), ("price", "3"), ("currency", "Taler")]), "bad-price");
        assert_eq!(code(&[("image", "https://shop.test/a.jpg")]), "remote-image");
        assert_eq!(code(&[("image", "a.jpg"), ("id", &"x".repeat(2001))]), "bad-id");
    }

    #[test]
    fn a_label_is_an_attribute_or_a_known_part() {
        let product = read(&[("image", "a.jpg"), ("type", "Hats"), ("Label", " Hat ")]).unwrap().product;
        assert_eq!(field(&product, "label").as_deref(), Some("Hat"));
        assert_eq!(field(&product, "product_type").as_deref(), Some("Hats"));
        assert_eq!(field(&product, "brand"), None);
        assert_eq!(field(&product, "season"), None);
    }

    #[test]
    fn availability_is_read_as_feeds_write_it() {
        for (text, expected) in [
            ("in_stock", Availability::InStock),
            ("Out of stock", Availability::OutOfStock),
            ("0", Availability::OutOfStock),
            ("-2", Availability::OutOfStock),
            ("pre-order", Availability::Preorder),
            ("backorder", Availability::Backorder),
            ("ask", Availability::Unknown),
        ] {
            assert_eq!(availability(text), expected, "{text}");
        }
    }
}

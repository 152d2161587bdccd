//! A feed's row as a product.

use std::collections::BTreeMap;

use knytt_engine::{Availability, Currency, Price, Product, Variant};
use rust_decimal::Decimal;

use crate::beside::Beside;
use crate::column::{Role, normalise, role_of};
use crate::ids::Ids;
use crate::json::Json;
use crate::price::{self, Style};
use crate::separators::Separators;
use crate::{Refusal, Rejection, Row, availability, category, currency, html, pictures};

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
    /// What all prices of the feed show.
    pub(crate) separators: Separators,
    /// The one currency that prices of the feed name, if it is one.
    pub(crate) common: Option<String>,
    /// How products without an id are known.
    pub(crate) ids: Ids,
    /// Pictures that are called like products, of a feed that names none.
    pub(crate) beside: Beside,
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
    let role = |role| row.role(role).unwrap_or_default();
    let refuse = |(code, reason): Refusal| {
        Rejection::new(row.place.clone(), code, reason).of_product(role(Role::Id), role(Role::Title))
    };
    let product = product(row, defaults).map_err(refuse)?;
    Ok(Listing { place: row.place.clone(), product, whole: row.whole.clone() })
}

fn product(row: &Row, defaults: &Defaults) -> Result<Product, Refusal> {
    if let Some(column) = row.unreadable() {
        return Err(("bad-utf8", format!("{column} is not text in the feed's encoding")));
    }
    let (image, more_images) = pictures::of(row);
    let id = defaults.ids.of(row, &image);
    if id.is_empty() {
        return Err(("missing-image", "it names no picture, and has no id".into()));
    }
    if id.len() > MAX_ID_BYTES {
        return Err(("bad-id", format!("the id has {} bytes, more than {MAX_ID_BYTES}", id.len())));
    }
    let mut attributes = row.others();
    let (price, sale_price) = prices(row, defaults)?;
    let product = Product {
        id,
        title: words(row.role(Role::Title).unwrap_or_default()),
        brand: words(row.role(Role::Brand).unwrap_or_default()),
        category: words(&category::of(row)),
        description: html::plain_text(row.role(Role::Description).unwrap_or_default()),
        price,
        sale_price,
        colors: values(row, Role::Color, defaults),
        sizes: values(row, Role::Size, defaults),
        availability: read_availability(row, &mut attributes),
        image,
        more_images,
        group: row.role(Role::Group).unwrap_or_default().to_owned(),
        variants: variants(row, &mut attributes),
        attributes,
        ..Product::default()
    };
    Ok(if product.image.is_empty() { with_pictures_beside(product, &defaults.beside) } else { product })
}

fn with_pictures_beside(product: Product, beside: &Beside) -> Product {
    match beside.of(&product).split_first() {
        Some((first, others)) => Product { image: first.clone(), more_images: others.to_vec(), ..product },
        None => product,
    }
}

/// A text without entities, on one line.
fn words(text: &str) -> String {
    let plain = html::entities(text);
    if plain.contains('\n') { plain.split_whitespace().collect::<Vec<_>>().join(" ") } else { plain }
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

/// What it costs, and what it costs now if that is less. A currency that only one of both names is the other's too.
fn prices(row: &Row, defaults: &Defaults) -> Result<(Option<Price>, Option<Price>), Refusal> {
    let said = currency(row, defaults)?;
    let mut style = Style {
        decimal: defaults.decimal,
        separators: defaults.separators,
        currency: said.clone().or_else(|| country(row)).or_else(|| defaults.common.clone()),
    };
    let price = read_price(row, Role::Price, &style)?;
    if let Some((_, Some(code))) = &price {
        style.currency = Some(code.clone());
    }
    let sale = read_price(row, Role::SalePrice, &style)?;
    let code = |named: &Option<(Decimal, Option<String>)>| named.as_ref().and_then(|(_, code)| code.clone());
    let (of_price, of_sale) = (code(&price), code(&sale));
    let whole = |found: Option<(Decimal, Option<String>)>, other: Option<String>| {
        let Some((amount, named)) = found else { return Ok(None) };
        let code = named.or(other).or_else(|| said.clone()).unwrap_or_else(|| NO_CURRENCY.into());
        let currency: Currency = code.parse().map_err(|reason: String| ("bad-price", reason))?;
        Ok(Some(Price { amount, currency }))
    };
    let price = whole(price, of_sale)?;
    let sale = whole(sale, of_price)?.filter(|sale| !sale.amount.is_zero());
    let sale = sale.filter(|sale| price.as_ref().is_none_or(|price| sale.amount != price.amount));
    let former = price.as_ref().filter(|price| sale.is_none() && !price.amount.is_zero());
    if let Some(former) = former.and_then(|price| former_price(row, price, &style)) {
        return Ok((Some(former), price));
    }
    Ok(match (price, sale) {
        // A price of 0 beside another price stands for an empty cell.
        (Some(price), Some(sale)) if price.amount.is_zero() => (Some(sale), None),
        (Some(price), Some(sale)) if price.currency == sale.currency && sale.amount >= price.amount => {
            (Some(price), None)
        }
        (None, Some(sale)) => (Some(sale), None),
        both => both,
    })
}

/// What the product cost before, if a column says it and it is more than it costs now.
fn former_price(row: &Row, now: &Price, style: &Style) -> Option<Price> {
    let (amount, code) = price::read(row.former_price()?, style).ok()?;
    let is_same = code.is_none_or(|code| code == now.currency.to_string());
    (is_same && amount > now.amount).then_some(Price { amount, currency: now.currency })
}

/// What the row, its currency column or the options say.
fn currency(row: &Row, defaults: &Defaults) -> Result<Option<String>, Refusal> {
    let default = defaults.currency.as_deref().map(str::to_uppercase);
    match row.role(Role::Currency) {
        None => Ok(of_columns(row).or(default)),
        Some(word) => match currency::of_word(word, default.as_deref()) {
            Some(code) => Ok(code.or(default)),
            None => Err(("bad-price", format!("{word:?} is not a currency"))),
        },
    }
}

/// The currency that the column of the price names.
fn of_columns(row: &Row) -> Option<String> {
    [Role::Price, Role::SalePrice].iter().find_map(|role| {
        let written = row.written(*role)?;
        currency::of_column(written).or_else(|| currency::of_column(&normalise(written)))
    })
}

/// The currency of the country that a row is for: by a column that names it, or by where its page is.
fn country(row: &Row) -> Option<String> {
    let named = ["target_country", "country", "feed_label"].iter().find_map(|name| row.get(name));
    let of_name = named.and_then(|country| currency::of_country(&country));
    let page = row.get("link").and_then(|link| url::Url::parse(&link).ok());
    let of_page = page.and_then(|url| currency::of_country(url.host_str()?.rsplit('.').next()?));
    of_name.or(of_page).map(String::from)
}

/// The amount, and the currency if the text names one.
fn read_price(row: &Row, role: Role, style: &Style) -> Result<Option<(Decimal, Option<String>)>, Refusal> {
    let Some(text) = row.role(role) else { return Ok(None) };
    let bad = |reason: String| ("bad-price", reason);
    match structured(text) {
        Some((amount, code)) => {
            let style = Style { currency: style.currency.clone(), ..Style::with_point() };
            let (read, named) = price::read(&amount, &style).map_err(bad)?;
            Ok(Some((read, code.or(named))))
        }
        None => price::read(text, style).map(Some).map_err(bad),
    }
}

/// `{"value": "12.50", "currency": "EUR"}`, as the Content API writes prices, or with an `amount`, as we do.
fn structured(text: &str) -> Option<(String, Option<String>)> {
    let json = text.starts_with('{').then(|| Json::parse(text).ok()).flatten()?;
    let amount = ["value", "amount", "price"].iter().find_map(|name| json.text(name))?;
    let code = ["currency", "currency_code", "currencyCode"].iter().find_map(|name| json.text(name));
    Some((amount.into(), code.map(String::from)))
}

/// What is more than a word of availability is kept as well: how many there are, or words of the shop's own.
fn read_availability(row: &Row, attributes: &mut BTreeMap<String, String>) -> Availability {
    let cells = row.every(Role::Availability);
    // A sentence of the shop's own beside a plain word says less than that.
    let told = cells.iter().find(|text| availability::read(text).is_some()).or(cells.first());
    let Some(text) = told.copied() else { return Availability::Unknown };
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
            Role::Image | Role::Thumbnail => product.image.clone(),
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
    fn a_sale_is_in_the_prices_currency_and_below_it() {
        let prices = |price: &str, sale: &str| {
            let product = read(&[("id", "1"), ("price", price), ("sale_price", sale)]).unwrap();
            [product.price, product.sale_price]
                .map(|price| price.map(|price| price.to_string()).unwrap_or_default())
        };
        assert_eq!(prices("64.50 CAD", "59"), ["64.50 CAD", "59 CAD"]);
        assert_eq!(prices("64.50", "59 CAD"), ["64.50 CAD", "59 CAD"]);
        assert_eq!(prices("64.50 CAD", "0.00 CAD"), ["64.50 CAD", ""]);
        assert_eq!(prices("64.50 CAD", "70"), ["64.50 CAD", ""]);
        assert_eq!(prices("0 CAD", "12"), ["12 CAD", ""]);
        assert_eq!(prices("120 kr", "99 kr"), ["120 XXX", "99 XXX"]);
    }

    #[test]
    fn a_former_price_beside_the_price_makes_it_a_sale() {
        let prices = |cells: &[(&str, &str)]| {
            let product = read(cells).unwrap();
            [product.price, product.sale_price]
                .map(|price| price.map(|price| price.amount.to_string()).unwrap_or_default())
        };
        assert_eq!(prices(&[("id", "1"), ("price", "35"), ("old_price", "40")]), ["40", "35"]);
        assert_eq!(prices(&[("id", "1"), ("price", "35"), ("old_price", "35")]), ["35", ""]);
        assert_eq!(prices(&[("id", "1"), ("price", "35"), ("old_price", "")]), ["35", ""]);
        let woo = [("id", "1"), ("price", "19.99"), ("regular_price", "21.99"), ("sale_price", "19.99")];
        assert_eq!(prices(&woo), ["21.99", "19.99"]);
        assert_eq!(
            prices(&[("id", "1"), ("price", "35"), ("sale_price", "30"), ("old_price", "40")]),
            ["35", "30"]
        );
    }

    #[test]
    fn a_sign_of_several_countries_is_that_of_the_rows_country() {
        let price = |cells: &[(&str, &str)]| read(cells).unwrap().price.unwrap().to_string();
        assert_eq!(
            price(&[("id", "1"), ("price", "149 kr"), ("link", "https://butik.test.se/1")]),
            "149 SEK"
        );
        assert_eq!(price(&[("id", "1"), ("price", "$149"), ("country", "AU")]), "149 AUD");
        assert_eq!(price(&[("id", "1"), ("price", "149 kr"), ("currency", "NOK")]), "149 NOK");
        assert_eq!(price(&[("id", "1"), ("Preis (EUR)", "149")]), "149 EUR");
    }

    #[test]
    fn entities_are_the_letters_that_they_stand_for() {
        let product =
            read(&[("id", "1"), ("title", "Men&#39;s caf&eacute; &lt;L&gt;"), ("brand", "Salt &amp; Co")])
                .unwrap();
        assert_eq!((product.title.as_str(), product.brand.as_str()), ("Men's café <L>", "Salt & Co"));
        assert_eq!(read(&[("id", "1"), ("title", "A & B < C")]).unwrap().title, "A & B < C");
    }

    #[test]
    fn prices_of_the_content_api_are_read() {
        let price = |text| read(&[("id", "1"), ("price", text)]).unwrap().price.unwrap().to_string();
        assert_eq!(price(r#"{"value":"12.50","currency":"EUR"}"#), "12.50 EUR");
        assert_eq!(price(r#"{"amount":"1.299","currency":"EUR"}"#), "1.299 EUR");
        assert_eq!(price(r#"{"price":"8","currency_code":"SEK"}"#), "8 SEK");
        assert_eq!(price("12.50"), "12.50 XXX");
    }

    #[test]
    fn a_row_that_cannot_be_a_product_says_why() {
        let code = |cells: &[(&str, &str)]| read(cells).unwrap_err().0;
        assert_eq!(code(&[("material", "wool")]), "missing-image");
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

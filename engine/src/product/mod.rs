//! The products of a catalogue.

pub(crate) mod derived;
pub(crate) mod field;
pub(crate) mod filter;
pub(crate) mod fold;
pub(crate) mod further_picture;
pub(crate) mod gtin;
pub(crate) mod sortable_price;
pub(crate) mod variant;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::look::Look;
use crate::product::derived::PICTURE_MISSING;
use crate::product::variant::Variant;

/// One product as a feed describes it, and what was seen on its picture. Only the id must be there.
///
/// The names of Google's Merchant Center are meant: `brand`, `product_type` (the category), `sale_price`,
/// `item_group_id` (the group), and so on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Product {
    /// Stable and unique in its catalogue; any text, not empty.
    pub id: String,
    /// What a shopper reads first.
    pub title: String,
    /// The maker, empty if unknown.
    pub brand: String,
    /// The kind of product, empty if unknown.
    pub category: String,
    /// Free text.
    pub description: String,
    /// What it costs.
    pub price: Option<Price>,
    /// What it costs now, if that is less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale_price: Option<Price>,
    /// Colours, as the feed names them.
    pub colors: Vec<String>,
    /// Sizes, as the feed names them.
    pub sizes: Vec<String>,
    /// Whether it can be bought now.
    pub availability: Availability,
    /// The picture: a path or a URL, as the feed gave it.
    pub image: String,
    /// More pictures of it: paths or URLs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more_images: Vec<String>,
    /// What it has in common with the same article in other colours; empty if there are none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// What can be bought of it, where there is a choice that its picture does not show.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Variant>,
    /// Every other column of the feed, by its name.
    pub attributes: BTreeMap<String, String>,
    /// What its picture shows.
    #[serde(skip_serializing_if = "Look::is_empty")]
    pub look: Look,
}

impl Product {
    /// What is paid: the sale price if there is one.
    pub fn price_now(&self) -> Option<&Price> {
        self.sale_price.as_ref().or(self.price.as_ref())
    }

    /// Whether it was stored with a picture; see
    /// [`Writer::upsert_without_picture`](crate::Writer::upsert_without_picture).
    pub fn has_picture(&self) -> bool {
        let (name, missing) = PICTURE_MISSING;
        self.attributes.get(name).is_none_or(|value| value != missing)
    }

    /// Marks it as one with or without a picture. A feed's own column of this name is not kept.
    pub fn set_has_picture(&mut self, has_picture: bool) {
        let (name, missing) = PICTURE_MISSING;
        self.attributes.retain(|key, _| fold::fold(key) != name);
        if !has_picture {
            self.attributes.insert(name.into(), missing.into());
        }
    }

    /// # Errors
    /// [`Error::InvalidProduct`] if the id is empty, a price is negative, or the prices are in two
    /// currencies.
    pub(crate) fn validate(&self) -> Result<()> {
        let reason = if self.id.is_empty() {
            "its id is empty"
        } else if [&self.price, &self.sale_price].into_iter().flatten().any(|p| p.amount < Decimal::ZERO) {
            "its price is negative"
        } else if self
            .sale_price
            .as_ref()
            .zip(self.price.as_ref())
            .is_some_and(|(a, b)| a.currency != b.currency)
        {
            "its sale price is in another currency than its price"
        } else {
            return Ok(());
        };
        Err(Error::InvalidProduct { id: self.id.clone(), reason: reason.into() })
    }
}

/// An exact amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// In units of the currency (12.50, not 1250).
    pub amount: Decimal,
    /// The currency.
    pub currency: Currency,
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

/// Reads `12.50 EUR` or `EUR 12.50`, as product feeds write prices.
impl FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a price like \"12.50 EUR\"");
        let (a, b) = text.trim().split_once(char::is_whitespace).ok_or_else(wrong)?;
        let (a, b) = (a.trim(), b.trim());
        let (amount, currency) = if a.starts_with(|c: char| c.is_ascii_digit()) { (a, b) } else { (b, a) };
        let amount = Decimal::from_str_exact(amount).map_err(|_| wrong())?;
        Ok(Self { amount, currency: currency.parse()? })
    }
}

/// Three letters of ISO 4217, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The three letters.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get in.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl FromStr for Currency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.as_bytes() {
            letters @ [a, b, c] if letters.iter().all(u8::is_ascii_alphabetic) => {
                Ok(Self([*a, *b, *c].map(|letter| letter.to_ascii_uppercase())))
            }
            _ => Err(format!("{text:?} is not a currency of three letters, like EUR")),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().into()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a product can be bought now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Can be bought now.
    InStock,
    /// Sold out.
    OutOfStock,
    /// Can be ordered before it is released.
    Preorder,
    /// Can be ordered, delivered later.
    Backorder,
    /// The feed does not say.
    #[default]
    Unknown,
}

impl Availability {
    /// The name in filters and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InStock => "in_stock",
            Self::OutOfStock => "out_of_stock",
            Self::Preorder => "preorder",
            Self::Backorder => "backorder",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reads `in_stock`, `In Stock`, `in-stock`, `https://schema.org/InStock`, and the like.
impl FromStr for Availability {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let last = text.trim().rsplit('/').next().unwrap_or_default();
        let letters: String =
            last.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        match letters.as_str() {
            "instock" => Ok(Self::InStock),
            "outofstock" | "soldout" => Ok(Self::OutOfStock),
            "preorder" => Ok(Self::Preorder),
            "backorder" => Ok(Self::Backorder),
            "unknown" => Ok(Self::Unknown),
            _ => Err(format!("{text:?} is not one of in_stock, out_of_stock, preorder, backorder, unknown")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_in_both_orders_and_never_rounded() {
        let price: Price = "12.50 eur".parse().unwrap();
        assert_eq!(price.to_string(), "12.50 EUR");
        assert_eq!("EUR 12.50".parse::<Price>().unwrap(), price);
        for bad in ["", "12.50", "EUR", "12,50 EUR", "12 EURO", "1e99 EUR"] {
            assert!(bad.parse::<Price>().is_err(), "{bad}");
        }
    }

    #[test]
    fn availability_is_read_as_feeds_write_it() {
        for text in ["in_stock", "In Stock", "in-stock", "https://schema.org/InStock"] {
            assert_eq!(text.parse(), Ok(Availability::InStock));
        }
        assert!("maybe".parse::<Availability>().is_err());
    }

    #[test]
    fn a_product_survives_json_and_unknown_fields_do_not_break_it() {
        let product = Product {
            id: "a".into(),
            price: Some("12.50 EUR".parse().unwrap()),
            availability: Availability::InStock,
            ..Product::default()
        };
        let json = serde_json::to_string(&product).unwrap();
        assert_eq!(serde_json::from_str::<Product>(&json).unwrap(), product);
        let later = json.replacen('{', "{\"weight_g\":3,", 1);
        assert_eq!(serde_json::from_str::<Product>(&later).unwrap(), product);
    }
}

//! The formats of feeds.

use std::fmt;
use std::str::FromStr;

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Rows with tabs, commas, semicolons or bars between cells, and a header: Merchant Center's TSV, any CSV.
    Table,
    /// One JSON object a line, or a list of them.
    JsonLines,
    /// RSS 2.0 or Atom with Merchant Center's attributes, or any XML with an element for each product.
    Xml,
    /// Heureka's feed: `<SHOP>` of `<SHOPITEM>`.
    Heureka,
    /// Yandex's YML: `<offers>` of `<offer>`, and a tree of categories.
    Yml,
    /// Shopify's product CSV.
    Shopify,
    /// Shopify's `products.json`.
    ShopifyJson,
    /// WooCommerce's product CSV.
    WooCommerce,
    /// Magento 2's product export.
    Magento,
    /// Meta's catalogue, with or without the remarks of its template.
    Meta,
    /// Wix's product export.
    Wix,
    /// Wix's newer product export.
    NewWix,
    /// Squarespace's product export.
    Squarespace,
    /// Ecwid's product export.
    Ecwid,
    /// BigCommerce's product export, the older and the newer one.
    BigCommerce,
    /// Lightspeed Retail's (X-Series) product export.
    Lightspeed,
    /// Tiendanube's and Nuvemshop's product export.
    Tiendanube,
    /// Square's item library.
    Square,
    /// eBay's files of listings.
    Ebay,
    /// Etsy's list of products.
    Etsy,
    /// schema.org's products as JSON-LD, in pages or in files.
    JsonLd,
    /// Parquet.
    Parquet,
}

/// Each with its name.
const NAMES: [(Format, &str); 22] = [
    (Format::Table, "table"),
    (Format::JsonLines, "jsonl"),
    (Format::Xml, "xml"),
    (Format::Heureka, "heureka"),
    (Format::Yml, "yml"),
    (Format::Shopify, "shopify"),
    (Format::ShopifyJson, "shopify-json"),
    (Format::WooCommerce, "woocommerce"),
    (Format::Magento, "magento"),
    (Format::Meta, "meta"),
    (Format::Wix, "wix"),
    (Format::NewWix, "wix-new"),
    (Format::Squarespace, "squarespace"),
    (Format::Ecwid, "ecwid"),
    (Format::BigCommerce, "bigcommerce"),
    (Format::Lightspeed, "lightspeed"),
    (Format::Tiendanube, "tiendanube"),
    (Format::Square, "square"),
    (Format::Ebay, "ebay"),
    (Format::Etsy, "etsy"),
    (Format::JsonLd, "json-ld"),
    (Format::Parquet, "parquet"),
];

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAMES.iter().find(|(format, _)| format == self).map_or("", |(_, name)| name))
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let name = match name.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => "table".into(),
            other => other.to_owned(),
        };
        NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(format, _)| *format)
            .ok_or_else(|| format!("it must be one of {}", NAMES.map(|(_, known)| known).join(", ")))
    }
}

impl Format {
    /// Whether its columns are called as somebody liked.
    pub(crate) fn is_of_rows(self) -> bool {
        matches!(self, Self::Table | Self::Parquet)
    }

    /// Whether it has a row for a product and rows for its variants below it.
    pub(crate) fn is_stacked(self) -> bool {
        use Format::{BigCommerce, Ebay, Ecwid, Lightspeed, NewWix, Square, Squarespace, Tiendanube};
        matches!(self, NewWix | Squarespace | Ecwid | BigCommerce | Lightspeed | Tiendanube | Square | Ebay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_shown() {
        for (format, name) in NAMES {
            assert_eq!((name.parse(), format.to_string().as_str()), (Ok(format), name));
        }
        assert_eq!("tsv".parse(), Ok(Format::Table));
        assert!("yaml".parse::<Format>().is_err());
    }
}

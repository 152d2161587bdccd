//! Which format a feed has, seen from its content.

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use crate::column::normalise;
use crate::{Error, Result, text};

/// How much of a feed is looked at.
const HEAD_BYTES: u64 = 1 << 16;

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Rows with tabs, commas, semicolons or bars between cells, and a header: Merchant Center's TSV, any CSV.
    Table,
    /// One JSON object a line, or a list of them.
    JsonLines,
    /// RSS 2.0 or Atom, with Merchant Center's attributes.
    Xml,
    /// Shopify's product CSV.
    Shopify,
    /// Shopify's `products.json`.
    ShopifyJson,
    /// WooCommerce's product CSV.
    WooCommerce,
    /// schema.org's products as JSON-LD, in pages or in files.
    JsonLd,
    /// Parquet.
    Parquet,
}

/// Each with its name.
const NAMES: [(Format, &str); 8] = [
    (Format::Table, "table"),
    (Format::JsonLines, "jsonl"),
    (Format::Xml, "xml"),
    (Format::Shopify, "shopify"),
    (Format::ShopifyJson, "shopify-json"),
    (Format::WooCommerce, "woocommerce"),
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

    fn from_str(name: &str) -> Result<Self, String> {
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
    /// Looks at the beginning of a file.
    ///
    /// # Errors
    /// [`Error::Read`], or [`Error::NotAFeed`] for content that is no text.
    pub(crate) fn detect(path: &Path, name: &str) -> Result<Self> {
        let mut head = Vec::new();
        text::open(path)?.take(HEAD_BYTES).read_to_end(&mut head).map_err(|e| text::named(path, &e))?;
        let other = |what| Err(Error::NotAFeed { name: name.into(), what });
        match head.as_slice() {
            [b'P', b'A', b'R', b'1', ..] => return Ok(Self::Parquet),
            [b'P', b'K', 3, 4, ..] => return other("it is a zip file: unpack it first"),
            head if head.contains(&0) => return other("it is not text"),
            _ => {}
        }
        let head = String::from_utf8_lossy(&head);
        Ok(match head.trim_start().chars().next() {
            Some('<') => markup(&head),
            Some('{' | '[') => json(&head),
            _ => table(&head),
        })
    }
}

fn markup(head: &str) -> Format {
    let start = head.to_ascii_lowercase();
    let has = |tag: &str| start.contains(tag);
    if has("<!doctype html") || has("<html") || has("<script") { Format::JsonLd } else { Format::Xml }
}

/// Told by the names near the beginning.
fn json(head: &str) -> Format {
    let start = head.trim_start().trim_start_matches(['{', '[']).trim_start();
    let has = |name: &str| head.contains(name);
    let names_products = start.starts_with("\"products\"") || start.starts_with("\"product\"");
    if has("\"@context\"") || has("\"@graph\"") || has("\"@type\"") {
        Format::JsonLd
    } else if names_products || (has("\"body_html\"") && has("\"variants\"")) {
        Format::ShopifyJson
    } else {
        Format::JsonLines
    }
}

/// Told by the header.
fn table(head: &str) -> Format {
    let line = head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = char::from(delimiter(line.as_bytes()));
    let names: Vec<_> = line.split(delimiter).map(|name| normalise(name.trim().trim_matches('"'))).collect();
    let has = |name: &str| names.iter().any(|n| n == name);
    let old_shopify = has("handle") && ["variant_price", "image_src", "option1_name"].into_iter().any(has);
    let new_shopify = has("url_handle") && has("title");
    let woo = has("type")
        && has("name")
        && ["regular_price", "in_stock", "parent", "images"].into_iter().filter(|n| has(n)).count() > 1;
    match (old_shopify || new_shopify, woo) {
        (true, _) => Format::Shopify,
        (_, true) => Format::WooCommerce,
        _ => Format::Table,
    }
}

/// What is between the cells of a header: the most frequent of the usual signs, outside of quotes.
pub(crate) fn delimiter(start: &[u8]) -> u8 {
    let mut counts = [(b'\t', 0), (b',', 0), (b';', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => counts.iter_mut().filter(|(sign, _)| sign == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    let most = counts.iter().map(|(_, n)| *n).max().filter(|n| *n > 0);
    counts.iter().find(|(_, n)| Some(*n) == most).map_or(b',', |(sign, _)| *sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(content: &[u8]) -> Option<Format> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whatever.txt");
        std::fs::write(&path, content).unwrap();
        Format::detect(&path, "whatever.txt").ok()
    }

    #[test]
    fn the_content_tells_the_format() {
        for (content, format) in [
            ("id\ttitle\n1\ta, b; c, d\n", Format::Table),
            ("\u{feff}id;title\n", Format::Table),
            ("Handle,Title,Body (HTML),Image Src\n", Format::Shopify),
            ("Title,URL handle,Description\n", Format::Shopify),
            ("handle,title,image_link\n", Format::Table),
            ("ID,Type,SKU,Name,Published,\"In stock?\",Regular price,Images\n", Format::WooCommerce),
            ("<?xml version=\"1.0\"?>\n<rss xmlns:g=\"x\">", Format::Xml),
            ("<feed xmlns=\"http://www.w3.org/2005/Atom\">", Format::Xml),
            ("<!DOCTYPE html><html>", Format::JsonLd),
            ("{\"@context\": \"https://schema.org\"}", Format::JsonLd),
            ("{\n \"products\": [\n", Format::ShopifyJson),
            ("{\"id\": 1}\n{\"id\": 2}", Format::JsonLines),
            ("[{\"id\": 1}]", Format::JsonLines),
            ("PAR1....", Format::Parquet),
        ] {
            assert_eq!(detect(content.as_bytes()), Some(format), "{content}");
        }
        assert_eq!(detect(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), None);
        assert_eq!(detect(b"PK\x03\x04\n"), None);
    }

    #[test]
    fn names_are_read_as_they_are_shown() {
        for (format, name) in NAMES {
            assert_eq!((name.parse(), format.to_string().as_str()), (Ok(format), name));
        }
        assert_eq!("tsv".parse(), Ok(Format::Table));
        assert!("yaml".parse::<Format>().is_err());
    }
}

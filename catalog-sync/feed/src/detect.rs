//! Which format a feed has, seen from its content.

use std::io::Read;
use std::path::Path;

use crate::column::{Columns, normalise};
use crate::error::{Error, Result};
use crate::format::Format;
use crate::read::{Records, WorkbookKind, shape, woo_names};
use crate::text;

/// How much of a feed is looked at.
const HEAD_BYTES: u64 = 1 << 16;

/// Looks at the beginning of a file.
///
/// # Errors
/// [`Error::Read`], or [`Error::NotAFeed`] for content that is no text.
pub(crate) fn detect(path: &Path, name: &str) -> Result<Format> {
    let mut start = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| text::named(path, &e))?;
    file.take(8).read_to_end(&mut start).map_err(|e| text::named(path, &e))?;
    if start.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(begins, _)| start.starts_with(begins)) {
        return Err(Error::NotAFeed { name: name.into(), what });
    }
    if WorkbookKind::of(path)?.is_some() {
        return Ok(table(Records::open(path, name, None, &Columns::default())?.header()));
    }
    let mut head = Vec::new();
    text::open(path)?.take(HEAD_BYTES).read_to_end(&mut head).map_err(|e| text::named(path, &e))?;
    if !is_text(&head) {
        return Err(Error::NotAFeed { name: name.into(), what: "it is not text" });
    }
    let text = String::from_utf8_lossy(&head);
    Ok(match text.trim_start().chars().next() {
        Some('<') => markup(&text),
        Some('{' | '[') => json(&text),
        _ => match table(&Records::names_of(&head)) {
            Format::Table if text.trim_start_matches(['"', ' ']).starts_with('#') => Format::Meta,
            format => format,
        },
    })
}

/// How files begin that people take for a feed, with what they are and what to do.
const OTHERS: [(&[u8], &str); 9] = [
    (b"%PDF-", "it is a PDF: export the table that it was made of as CSV or as a spreadsheet"),
    (b"{\\rtf", "it is a text document: save its table as CSV or as a spreadsheet"),
    (b"\x89PNG", "it is a picture: send a feed, or a zip file of pictures"),
    (b"\xff\xd8\xff", "it is a picture: send a feed, or a zip file of pictures"),
    (b"GIF8", "it is a picture: send a feed, or a zip file of pictures"),
    (b"RIFF", "it is a picture or a recording: send a feed, or a zip file of pictures"),
    (b"Rar!", "it is a RAR archive: pack the files as a zip file"),
    (b"7z\xbc\xaf", "it is a 7z archive: pack the files as a zip file"),
    (b"SQLite f", "it is a database: export its table as CSV"),
];

/// Some programs fill cells up with NUL bytes; other control characters are in no text.
fn is_text(head: &[u8]) -> bool {
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    let is_control = |byte: &u8| matches!(byte, 1..=8 | 0x0e..=0x1f);
    zeros == 0 || (zeros * 3 < head.len() && !head.iter().any(is_control))
}

/// Told by the element that everything is in: descriptions may have pages of their own in them.
fn markup(head: &str) -> Format {
    let root = shape::root(head).to_lowercase();
    match root.as_str() {
        "html" | "head" | "body" | "script" | "div" | "main" | "meta" | "link" | "title" => Format::JsonLd,
        "shop" if head.contains("<SHOPITEM") || head.contains("<shopitem") => Format::Heureka,
        "yml_catalog" => Format::Yml,
        _ => Format::Xml,
    }
}

/// Told by the names near the beginning.
fn json(head: &str) -> Format {
    let start = head.trim_start().trim_start_matches(['{', '[']).trim_start();
    let has = |name: &str| head.contains(name);
    let names_products = start.starts_with("\"products\"") || start.starts_with("\"product\"");
    let of_shopify = ["\"variants\"", "\"body_html\"", "\"product_type\"", "\"compare_at_price\""];
    // Medusa's products have variants under the same name, with prices in several currencies.
    let of_others = has("\"option_id\"") || has("\"currency_code\"");
    if has("\"@context\"") || has("\"@graph\"") || has("\"@type\"") {
        Format::JsonLd
    } else if (names_products && !of_others && of_shopify.iter().any(|name| has(name)))
        || (has("\"body_html\"") && has("\"variants\""))
        || is_of_graphql(head)
    {
        Format::ShopifyJson
    } else {
        Format::JsonLines
    }
}

/// Whether an id is one of Shopify's GraphQL, and not that beside an id of the REST API.
fn is_of_graphql(head: &str) -> bool {
    head.match_indices("gid://shopify/Product/").any(|(at, _)| {
        let before = head[..at].trim_end_matches(['"', ' ']).trim_end_matches(':').trim_end();
        before.ends_with("\"id\"")
    })
}

/// Told by the header.
fn table(header: &[String]) -> Format {
    let names: Vec<_> = header.iter().map(|name| normalise(name)).collect();
    let has = |name: &str| names.iter().any(|n| n == name);
    let count = |of: &[&str]| of.iter().filter(|name| has(name)).count();
    let old_shopify = has("handle") && ["variant_price", "image_src", "option1_name"].into_iter().any(has);
    let new_shopify = has("url_handle") && has("title");
    let woo = is_of_woo(&names);
    let magento = [
        "attribute_set_code",
        "product_websites",
        "product_online",
        "store_view_code",
        "special_price",
        "base_image",
        "additional_images",
        "url_key",
    ];
    let meta = ["fb_product_category", "quantity_to_sell_on_facebook", "image_0_url", "video_0_url"];
    match () {
        () if old_shopify || new_shopify => Format::Shopify,
        () if woo && !has("main_image") => Format::WooCommerce,
        () if has("sku") && has("name") && count(&magento) > 2 => Format::Magento,
        () if has("handle_id") && has("field_type") => Format::Wix,
        () if has("handle") && has("field_type") && has("media") => Format::NewWix,
        () if has("product_id_non_editable") && has("variant_id_non_editable") => Format::Squarespace,
        () if has("type") && has("product_internal_id") && has("product_name") => Format::Ecwid,
        () if has("item") && has("inventory_tracking") && has("image_url_import") => Format::BigCommerce,
        () if has("handle") && has("variant_option_one_name") && has("retail_price") => Format::Lightspeed,
        () if has("identificador_de_url") && has("nombre_de_propiedad_1") => Format::Tiendanube,
        () if has("identificador_url") && has("nome_da_variação_1") => Format::Tiendanube,
        () if has("item_name") && has("variation_name") && (has("token") || has("reference_handle")) => {
            Format::Square
        }
        () if is_of_ebay(&names) => Format::Ebay,
        () if has("item_type") && has("product_code_sku") && has("product_name") => Format::BigCommerce,
        () if has("title")
            && has("image1")
            && count(&["currency_code", "variation_1_type", "materials"]) > 0 =>
        {
            Format::Etsy
        }
        () if has("id") && has("title") && count(&meta) > 0 => Format::Meta,
        () => Format::Table,
    }
}

/// The first column of its files says for which of its sites they are.
fn is_of_ebay(names: &[String]) -> bool {
    let has = |name: &str| names.iter().any(|n| n == name);
    let has_action = names.iter().any(|name| name.starts_with("action_site"));
    (has_action || (has("relationship") && has("relationship_details"))) && has("title")
}

/// Told by the names in English; in another language by more of them, since some are usual words.
fn is_of_woo(names: &[String]) -> bool {
    let telling = ["regular_price", "in_stock", "parent", "images"];
    let has = |names: &[String], wanted: &str| names.iter().any(|name| name == wanted);
    let count = |names: &[String], of: &[&str]| of.iter().filter(|wanted| has(names, wanted)).count();
    if has(names, "type") && has(names, "name") && count(names, &telling) > 1 {
        return true;
    }
    let english: Vec<String> = names.iter().map(|name| woo_names::english(name)).collect();
    has(&english, "type")
        && has(&english, "name")
        && count(&english, &telling) == telling.len()
        && count(&english, &["published", "visibility_in_catalog", "attribute_1_name", "attribute_1_value_s"])
            > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(content: &[u8]) -> Option<Format> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whatever.txt");
        std::fs::write(&path, content).unwrap();
        detect(&path, "whatever.txt").ok()
    }

    #[test]
    fn what_is_no_feed_is_named() {
        for (content, named) in [
            (&b"%PDF-1.7\n1 0 obj\n"[..], "PDF"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "picture"),
            (b"Rar!\x1a\x07", "zip"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("feed");
            std::fs::write(&path, content).unwrap();
            let error = detect(&path, "feed").unwrap_err();
            assert!(error.hint().is_some_and(|hint| hint.contains(named)), "{error}: {:?}", error.hint());
        }
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
            ("{\n \"products\": [\n{\"id\": 1, \"variants\": [", Format::ShopifyJson),
            ("{\"products\": [{\"id\": 1, \"price\": 2}]}", Format::JsonLines),
            ("<?xml version='1.0'?><!-- <html> --><rss><item><d><![CDATA[<html><script>", Format::Xml),
            ("<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html>", Format::JsonLd),
            ("<SHOP><SHOPITEM>", Format::Heureka),
            ("<?xml version='1.0'?><yml_catalog date='x'>", Format::Yml),
            ("sku,name,attribute_set_code,product_online,base_image\n", Format::Magento),
            ("# Required | its id,# Optional\nid,title\n", Format::Meta),
            ("id,title,image[0].url,fb_product_category\n", Format::Meta),
            ("handleId,fieldType,name,productImageUrl\n", Format::Wix),
            ("TITLE,PRICE,CURRENCY_CODE,IMAGE1\n", Format::Etsy),
            ("sep=;\nhandle;variant price\n", Format::Shopify),
            ("{\"id\": 1}\n{\"id\": 2}", Format::JsonLines),
            ("[{\"id\": 1}]", Format::JsonLines),
            ("{\"id\": \"gid://shopify/Product/1\"}\n{\"id\": 2}", Format::ShopifyJson),
            ("<html><body><table><tr><th>SKU<th>Title<tr><td>1<td>Mug</table>", Format::Table),
            ("id\0\0,title\n1\0\0,a\n2\0\0,b\n", Format::Table),
            ("PAR1....", Format::Parquet),
        ] {
            assert_eq!(detected(content.as_bytes()), Some(format), "{content}");
        }
        assert_eq!(detected(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), None);
        assert_eq!(detected(b"PK\x03\x04\n"), None, "a zip file that is no workbook");
    }
}

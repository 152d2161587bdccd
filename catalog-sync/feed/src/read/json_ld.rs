//! schema.org's products as JSON-LD: in pages, in folders of pages, or in files of their own.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use url::Url;

use super::cells::RowBuilder;
use super::jsonl::MAX_DOCUMENT_BYTES;
use super::{Found, Reader, loose_json, references};
use crate::json::Json;
use crate::{Columns, Rejection, Result, Row, html, page, text};

/// No page is longer.
const MAX_PAGE_BYTES: u64 = 64 << 20;

/// How many pages of a folder are looked at to see whether they have products.
const PAGES_TO_LOOK_AT: usize = 50;

/// Properties that have a place of their own.
const KNOWN: [&str; 22] = [
    "@type",
    "@context",
    "name",
    "description",
    "image",
    "brand",
    "category",
    "color",
    "size",
    "offers",
    "hasVariant",
    "sku",
    "productID",
    "url",
    "inProductGroupWithID",
    "isVariantOf",
    "productGroupID",
    "gtin",
    "gtin13",
    "mpn",
    "material",
    "pattern",
];

/// Merchant Center's names of what is a text, or a thing with a name.
const LABELS: [(&str, &str); 8] = [
    ("brand", "brand"),
    ("product_type", "category"),
    ("color", "color"),
    ("size", "size"),
    ("material", "material"),
    ("pattern", "pattern"),
    ("mpn", "mpn"),
    ("link", "url"),
];

/// Products of pages, each page read when it is its turn.
pub(crate) struct Pages {
    pages: VecDeque<(PathBuf, String)>,
    ready: VecDeque<Found>,
    columns: Columns,
}

impl Pages {
    /// # Errors
    /// A folder cannot be read. A page that cannot is set aside.
    pub(crate) fn open(path: &Path, name: &str, mut columns: Columns) -> Result<Self> {
        drop(columns.column("image_link"));
        let pages = if path.is_dir() { pages(path) } else { vec![(path.to_owned(), name.to_owned())] };
        Ok(Self { pages: pages.into(), ready: VecDeque::new(), columns })
    }

    fn read(&mut self, path: &Path, name: &str) {
        let content = match text::read(path, MAX_DOCUMENT_BYTES) {
            Ok(content) => content,
            Err(error) => {
                return self.ready.push_back(Err(Rejection::new(name, "unreadable", error.to_string())));
            }
        };
        let is_page = content.trim_start().starts_with('<');
        let (scripts, address) =
            if is_page { html::linked_data(&content) } else { (vec![(1, content)], None) };
        let mut documents = Vec::new();
        for (line, script) in scripts {
            for document in loose_json::documents(&script) {
                match document {
                    Ok(document) => documents.push(document),
                    Err(error) => {
                        let reason = format!("its JSON-LD cannot be read: {error}");
                        let place = format!("{name}:{line}");
                        self.ready.push_back(Err(Rejection::new(place, "bad-json", reason)));
                    }
                }
            }
        }
        // What one part of a page names, another one says.
        let things = references::named(&documents);
        let mut number = 0;
        for document in &documents {
            walk(document, &mut |product| {
                number += 1;
                let product = references::resolved(product, &things);
                let beside = path.parent().unwrap_or(Path::new(""));
                let place = PageAddress::new(address.as_deref(), &product, beside);
                let found = rows(&product, name, number, &place, &mut self.columns);
                self.ready.extend(found.into_iter().map(Ok));
            });
        }
    }
}

/// Where a page is, which its pictures' addresses may leave out.
struct PageAddress<'a> {
    address: Option<Url>,
    /// The folder of the file.
    beside: &'a Path,
}

impl<'a> PageAddress<'a> {
    /// By what the page says of itself, or else the product.
    fn new(page: Option<&str>, product: &Json, beside: &'a Path) -> Self {
        let of_product = || {
            ["url", "@id", "mainEntityOfPage"].iter().find_map(|name| Url::parse(product.text(name)?).ok())
        };
        Self { address: page.and_then(|page| Url::parse(page).ok()).or_else(of_product), beside }
    }

    /// An address that begins with a slash is of the page's server; another one without a scheme is of a file
    /// beside the page if there is one.
    fn whole(&self, image: &str) -> String {
        let is_whole = image.contains("://") || image.starts_with("data:");
        let is_beside = || !image.starts_with('/') && self.beside.join(image).is_file();
        match &self.address {
            Some(address) if !is_whole && !is_beside() && matches!(address.scheme(), "http" | "https") => {
                address.join(image).map_or_else(|_| image.to_owned(), String::from)
            }
            _ => image.to_owned(),
        }
    }
}

impl Iterator for Pages {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.ready.pop_front() {
                return Some(Ok(found));
            }
            let (path, name) = self.pages.pop_front()?;
            self.read(&path, &name);
        }
    }
}

impl Reader for Pages {
    fn columns(&self) -> &Columns {
        &self.columns
    }
}

/// Whether one of a folder's first pages has products.
pub(crate) fn has_pages(folder: &Path) -> bool {
    let tells = |path: &PathBuf| {
        text::read(path, MAX_PAGE_BYTES)
            .is_ok_and(|page| page.contains("schema.org") && page.contains("Product"))
    };
    pages(folder).iter().take(PAGES_TO_LOOK_AT).any(|(path, _)| tells(path))
}

/// The pages in a folder and below, with their paths from it; in order, without what is hidden or linked.
fn pages(root: &Path) -> Vec<(PathBuf, String)> {
    crate::folder::files(root, page::is_page)
        .into_iter()
        .filter_map(Result::ok)
        .map(|below| {
            let name =
                below.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            (root.join(&below), name)
        })
        .collect()
}

/// Calls `take` with every product and group of products, wherever it is; not with those inside of others.
fn walk(json: &Json, take: &mut impl FnMut(&Json)) {
    match json {
        Json::List(members) => members.iter().for_each(|member| walk(member, take)),
        Json::Object(_)
            if is_a(json, "Product") || is_a(json, "ProductGroup") || is_a(json, "IndividualProduct") =>
        {
            take(json);
        }
        Json::Object(parts) => parts.iter().for_each(|(_, value)| walk(value, take)),
        _ => {}
    }
}

/// `Product`, `schema:Product`, `https://schema.org/Product`, or a list with one of them.
fn is_a(json: &Json, kind: &str) -> bool {
    let types = json.get("@type").map(Json::each).unwrap_or_default();
    types.iter().filter_map(Json::scalar).any(|t| t.rsplit(['/', ':', '#']).next() == Some(kind))
}

/// A product's row, or those of a group's variants.
fn rows(product: &Json, name: &str, number: u64, page: &PageAddress<'_>, columns: &mut Columns) -> Vec<Row> {
    let variants: Vec<&Json> = product.get("hasVariant").map(Json::each).unwrap_or_default().iter().collect();
    let own = format!("{name}#{number}");
    if variants.is_empty() {
        return vec![row(product, None, &own, own.clone(), page, columns)];
    }
    let place = |n: usize| format!("{own}.{n}");
    variants
        .iter()
        .enumerate()
        .map(|(n, v)| row(v, Some(product), &place(n + 1), own.clone(), page, columns))
        .collect()
}

/// `fallback` is the id of the group that has none.
fn row(
    product: &Json,
    group: Option<&Json>,
    place: &str,
    fallback: String,
    page: &PageAddress<'_>,
    columns: &mut Columns,
) -> Row {
    let mut maker = RowBuilder::new(columns);
    let text = |name: &str| product.text(name).or_else(|| group?.text(name)).unwrap_or_default();
    let own = |names: &[&str]| names.iter().find_map(|name| product.text(name)).unwrap_or_default();
    let of_group = group.map(|group| {
        let names = ["productGroupID", "sku", "productID", "@id", "url"];
        names.iter().find_map(|name| group.text(name)).map_or(fallback, String::from)
    });
    let id = own(&["sku", "productID", "gtin", "gtin13", "@id", "url"]);
    maker.put("id", if id.is_empty() { place } else { id });
    let named = product.text("inProductGroupWithID");
    let named = named.or_else(|| {
        product.get("isVariantOf").and_then(|of| of.text("productGroupID").or_else(|| of.text("@id")))
    });
    maker.put("item_group_id", of_group.as_deref().or(named).unwrap_or_default());
    maker.put("title", group.and_then(|g| g.text("name")).unwrap_or(text("name")));
    if group.is_some() {
        maker.keep("name", own(&["name"]));
    }
    maker.put("description", text("description"));
    for (name, property) in LABELS {
        maker.put(name, label(product, group, property));
    }
    maker.put("gtin", own(&["gtin", "gtin13"]));
    // What was not taken as the id is kept under its own name.
    for name in ["sku", "productID"] {
        maker.keep(name, product.text(name).filter(|value| *value != id).unwrap_or_default());
    }
    put_pictures(product, group, page, &mut maker);
    put_offers(product, group, &mut maker);
    keep_others(product, group, &mut maker);
    let mut row = Row::new(place.to_owned(), maker.cells());
    row.whole = of_group;
    row
}

/// A text, the name of a thing, or several of them.
fn label(product: &Json, group: Option<&Json>, property: &str) -> String {
    let value = product.get(property).or_else(|| group?.get(property));
    let one = |value: &Json| value.scalar().or_else(|| value.text("name")).map(String::from);
    value.map(Json::each).unwrap_or_default().iter().filter_map(one).collect::<Vec<_>>().join("|")
}

fn addresses(product: &Json) -> Vec<&str> {
    let images = product.get("image").map(Json::each).unwrap_or_default();
    images.iter().filter_map(|image| image.scalar().or_else(|| address(image))).collect()
}

fn address(image: &Json) -> Option<&str> {
    ["contentUrl", "url", "@id"].iter().find_map(|name| image.text(name))
}

fn put_pictures(product: &Json, group: Option<&Json>, page: &PageAddress<'_>, maker: &mut RowBuilder<'_>) {
    let own = addresses(product);
    let of_group = group.map(addresses).unwrap_or_default();
    let mut images = own.into_iter().chain(of_group).map(|image| page.whole(image));
    maker.put("image_link", images.next().unwrap_or_default());
    images.for_each(|image| maker.put("additional_image_link", image));
}

/// What is asked now: of several offers the cheapest, of an aggregate its lowest price. Where one price does not
/// say it all, the offers are kept as they are.
fn put_offers(product: &Json, group: Option<&Json>, maker: &mut RowBuilder<'_>) {
    let offers = product.get("offers").or_else(|| group?.get("offers"));
    let Some(offers) = offers else { return };
    let mut single: Vec<&Json> = Vec::new();
    for offer in offers.each() {
        match offer.get("offers") {
            Some(inner) => single.extend(inner.each()),
            None => single.push(offer),
        }
    }
    let amount = |offer: &&&Json| {
        price_of(offer).and_then(|(price, _)| price.parse::<Decimal>().ok()).unwrap_or(Decimal::MAX)
    };
    let Some(best) = single.iter().min_by_key(amount) else { return };
    if let Some((price, currency)) = price_of(best) {
        let before = list_price(best);
        maker.put(if before.is_some() { "sale_price" } else { "price" }, price);
        maker.put("price", before.unwrap_or_default());
        maker.put("currency", currency.or_else(|| offers.text("priceCurrency")).unwrap_or_default());
    }
    let available = single.iter().filter_map(|offer| offer.text("availability"));
    let is_there = |text: &&str| crate::availability::read(text) == Some(knytt_engine::Availability::InStock);
    maker.put(
        "availability",
        available.clone().find(is_there).or_else(|| available.clone().next()).unwrap_or_default(),
    );
    maker.put("condition", best.text("itemCondition").unwrap_or_default());
    let said = ["@type", "price", "priceCurrency", "availability", "itemCondition"];
    let says_more = |offer: &Json| {
        parts(offer).iter().any(|(name, value)| !said.contains(&name.as_str()) && !value.is_empty())
    };
    if offers.each().len() > 1 || offers.each().iter().any(says_more) {
        maker.keep("offers", offers.to_string());
    }
}

/// The price of an offer and its currency, by itself or by what specifies it.
fn price_of(offer: &Json) -> Option<(&str, Option<&str>)> {
    let currency = offer.text("priceCurrency");
    let own = ["price", "lowPrice"].iter().find_map(|name| offer.text(name));
    if let Some(price) = own {
        return Some((price, currency));
    }
    let now = specifications(offer).find(|part| !is_former(part))?;
    Some((now.text("price")?, now.text("priceCurrency").or(currency)))
}

/// What it cost before, if an offer says that.
fn list_price(offer: &Json) -> Option<&str> {
    specifications(offer).find(|part| is_former(part)).and_then(|part| part.text("price"))
}

fn specifications(offer: &Json) -> impl Iterator<Item = &Json> {
    offer.get("priceSpecification").map(Json::each).unwrap_or_default().iter()
}

fn is_former(specification: &Json) -> bool {
    let kind = specification.text("priceType").unwrap_or_default();
    ["ListPrice", "StrikethroughPrice", "MSRP", "SRP"].iter().any(|former| kind.ends_with(former))
}

fn keep_others(product: &Json, group: Option<&Json>, maker: &mut RowBuilder<'_>) {
    let own = parts(product);
    let of_group = group.map(parts).unwrap_or_default();
    let inherited =
        of_group.iter().filter(|(name, _)| own.iter().all(|(known, _)| known != name) && name != "@id");
    for (name, value) in own.iter().chain(inherited).filter(|(name, _)| !KNOWN.contains(&name.as_str())) {
        match value.scalar() {
            Some(text) => maker.put_or_keep(name, text),
            None => maker.keep_json(name, value),
        }
    }
}

fn parts(json: &Json) -> &[(String, Json)] {
    match json {
        Json::Object(parts) => parts,
        _ => &[],
    }
}

//! WooCommerce's product CSV: simple, variable, grouped and external products, and the variations of variable
//! ones, which name their parent by its id or SKU.

use std::collections::HashMap;
use std::sync::Arc;

use super::cells::RowBuilder;
use super::records::{Dialect, DialectRows, Keys, Record, Records};
use super::{Found, Reader, woo_names};
use crate::column::normalise;
use crate::group_buffer::Counts;
use crate::{Columns, Result, Row, pictures};

/// Columns that have a place of their own, by their plain names.
const KNOWN: [&str; 14] = [
    "id",
    "sku",
    "name",
    "published",
    "description",
    "in_stock",
    "sale_price",
    "regular_price",
    "categories",
    "images",
    "brands",
    "parent",
    "gtin_upc_ean_or_isbn",
    "external_url",
];

/// What a variation has of its own; the rest it has from its parent.
const OF_VARIATIONS: [&str; 8] =
    ["id", "sku", "parent", "in_stock", "sale_price", "regular_price", "gtin_upc_ean_or_isbn", "position"];

pub(crate) fn open(records: Records, columns: Columns, keys: Keys) -> impl Reader + use<> {
    let woo = WooCommerce::new(records.header(), columns);
    DialectRows::new(records, woo, keys)
}

/// Counts the rows of each product, and notes which SKU stands for which id.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn keys(mut records: Records) -> Result<Keys> {
    let woo = WooCommerce::new(records.header(), Columns::default());
    let (mut counts, mut aliases) = (Counts::default(), HashMap::new());
    // A variation may stand before its parent; by its SKU it is then counted under another name.
    let mut by_sku: HashMap<String, u32> = HashMap::new();
    for record in records.by_ref() {
        let Ok(record) = record? else { continue };
        let (id, sku) = (woo.get(&record, "id"), woo.get(&record, "sku"));
        if woo.is_variable(&record) && !id.is_empty() && !sku.is_empty() {
            aliases.insert(sku.to_owned(), id.to_owned());
        }
        if let Ok(key) = woo.name_of(&record) {
            *by_sku.entry(key.to_owned()).or_default() += 1;
        }
    }
    for (key, count) in by_sku {
        let key = aliases.get(&key).unwrap_or(&key);
        (0..count).for_each(|_| counts.add(key));
    }
    Ok(Keys { counts: Arc::new(counts), aliases: Arc::new(aliases) })
}

struct WooCommerce {
    header: Vec<String>,
    /// The header's names, plain, by where they stand.
    plain: Vec<String>,
    places: HashMap<String, usize>,
    columns: Columns,
}

impl WooCommerce {
    fn new(header: &[String], mut columns: Columns) -> Self {
        drop(columns.column("image_link"));
        let plain: Vec<String> = header.iter().map(|name| woo_names::english(&normalise(name))).collect();
        let places = plain.iter().enumerate().map(|(at, name)| (name.clone(), at)).collect();
        Self { header: header.to_vec(), plain, places, columns }
    }

    fn get<'r>(&self, record: &'r Record, name: &str) -> &'r str {
        self.places.get(name).and_then(|at| record.cells.get(*at)).map(|cell| cell.trim()).unwrap_or_default()
    }

    fn is_a(&self, record: &Record, kind: &str) -> bool {
        self.get(record, "type").split(',').any(|word| word.trim().eq_ignore_ascii_case(kind))
    }

    fn is_variable(&self, record: &Record) -> bool {
        self.is_a(record, "variable")
    }

    /// The id or the SKU of the whole product.
    fn name_of<'r>(&self, record: &'r Record) -> Result<&'r str, &'static str> {
        let (id, sku, parent) = (self.get(record, "id"), self.get(record, "sku"), self.get(record, "parent"));
        let name = match (self.is_a(record, "variation"), id) {
            (true, _) if !parent.is_empty() => parent.strip_prefix("id:").unwrap_or(parent).trim(),
            (_, "") => sku,
            (_, id) => id,
        };
        if name.is_empty() { Err("it has neither an id nor a SKU") } else { Ok(name) }
    }
}

impl Dialect for WooCommerce {
    fn key(&self, record: &Record, keys: &Keys) -> Result<String, &'static str> {
        let name = self.name_of(record)?;
        Ok(keys.aliases.get(name).map_or(name, String::as_str).to_owned())
    }

    fn rows(&mut self, records: Vec<Record>, name: &str) -> Vec<Found> {
        let (variations, others): (Vec<_>, Vec<_>) =
            records.into_iter().partition(|record| self.is_a(record, "variation"));
        // A parent whose variations are there is sold as them; an id that is there twice is seen later on.
        let parent = others.iter().find(|record| self.is_variable(record));
        let is_alone = |record: &&Record| variations.is_empty() || !self.is_variable(record);
        let alone: Vec<&Record> = others.iter().filter(is_alone).collect();
        let mut rows: Vec<Found> = alone.into_iter().map(|record| Ok(self.row(record, None, name))).collect();
        rows.extend(variations.iter().map(|record| Ok(self.row(record, parent, name))));
        rows
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl WooCommerce {
    fn row(&mut self, own: &Record, parent: Option<&Record>, name: &str) -> Row {
        let mut columns = std::mem::take(&mut self.columns);
        let mut maker = RowBuilder::new(&mut columns);
        let id = |record| {
            Some(self.get(record, "id")).filter(|id| !id.is_empty()).unwrap_or(self.get(record, "sku"))
        };
        maker.put("id", id(own));
        maker.keep("sku", self.get(own, "sku"));
        if self.is_a(own, "variation") {
            let of_parent = self.get(own, "parent").trim_start_matches("id:").trim();
            maker.put("item_group_id", parent.map_or(of_parent, id));
            maker.keep("parent_sku", parent.map_or("", |parent| self.get(parent, "sku")));
        }
        self.put_words(own, parent, &mut maker);
        maker.put("price", self.get(own, "regular_price"));
        maker.put("sale_price", self.get(own, "sale_price"));
        maker.put("availability", self.availability(own));
        maker.put("gtin", self.get(own, "gtin_upc_ean_or_isbn"));
        self.put_pictures(own, parent, &mut maker);
        self.put_attributes(own, parent, &mut maker);
        self.keep_others(own, parent, &mut maker);
        let whole = parent.map(|parent| id(parent).to_owned());
        let hidden = self.hidden(own, parent);
        let mut row = Row::new(format!("{name}:{}", own.line), maker.cells());
        self.columns = columns;
        (row.whole, row.hidden) = (whole, hidden);
        row
    }

    /// The cell of the record, or of its parent if its own is empty.
    fn inherited<'r>(&self, own: &'r Record, parent: Option<&'r Record>, name: &str) -> &'r str {
        match self.get(own, name) {
            "" => parent.map_or("", |parent| self.get(parent, name)),
            filled => filled,
        }
    }

    fn put_words(&self, own: &Record, parent: Option<&Record>, maker: &mut RowBuilder<'_>) {
        let of = parent.unwrap_or(own);
        maker.put("title", self.get(of, "name"));
        let lines = |text: &str| text.replace("\\n", "\n");
        maker.put("description", lines(self.get(of, "description")));
        if parent.is_some() {
            maker.keep("Name", self.get(own, "name"));
            maker.keep("Description", lines(self.get(own, "description")));
        }
        let categories = self.inherited(own, parent, "categories");
        maker.put("product_type", deepest(categories));
        if list(categories).len() > 1 {
            maker.keep("Categories", categories);
        }
        maker.put("brand", self.inherited(own, parent, "brands"));
        maker.put("link", self.inherited(own, parent, "external_url"));
    }

    /// `1`, `0`, `backorder`, or how many.
    fn availability(&self, own: &Record) -> &'static str {
        let (text, count) = (self.get(own, "in_stock").to_lowercase(), self.get(own, "stock"));
        let continues = !matches!(self.get(own, "backorders_allowed"), "" | "0" | "no");
        let there = |count: &str| count.parse::<f64>().ok().map(|count| count > 0.0);
        match text.as_str() {
            "backorder" | "onbackorder" => "backorder",
            "instock" | "yes" | "true" => "in_stock",
            "outofstock" | "no" | "false" => "out_of_stock",
            text => match there(text).or_else(|| there(count)) {
                Some(true) => "in_stock",
                Some(false) if continues => "backorder",
                Some(false) => "out_of_stock",
                None => "",
            },
        }
    }

    fn put_pictures(&self, own: &Record, parent: Option<&Record>, maker: &mut RowBuilder<'_>) {
        let pictures = |record| pictures::addresses(&self.get(record, "images").replace("\\,", ","));
        let of_parent = parent.map(pictures).unwrap_or_default();
        let mut images = pictures(own).into_iter().chain(of_parent);
        maker.put("image_link", images.next().unwrap_or_default());
        images.for_each(|image| maker.put("additional_image_link", image));
    }

    /// `Attribute 1 name` with `Attribute 1 value(s)`. A variation that leaves a choice open has all of its
    /// parent's.
    fn put_attributes(&self, own: &Record, parent: Option<&Record>, maker: &mut RowBuilder<'_>) {
        for n in 1.. {
            let (name, values) = (format!("attribute_{n}_name"), format!("attribute_{n}_value_s"));
            if !self.places.contains_key(&name) {
                return;
            }
            let name = self.inherited(own, parent, &name);
            for value in list(self.inherited(own, parent, &values)) {
                maker.put_option(name, &value);
            }
        }
    }

    fn keep_others(&self, own: &Record, parent: Option<&Record>, maker: &mut RowBuilder<'_>) {
        for (name, plain) in self.header.iter().zip(&self.plain) {
            let is_value =
                plain.starts_with("attribute_") && (plain.ends_with("_name") || plain.ends_with("_value_s"));
            if KNOWN.contains(&plain.as_str()) || is_value {
                continue;
            }
            let of_own = OF_VARIATIONS.contains(&plain.as_str());
            let value = if of_own { self.get(own, plain) } else { self.inherited(own, parent, plain) };
            maker.put_or_keep(name, value);
        }
    }

    /// `1` is published, `0` private, `-1` a draft.
    fn hidden(&self, own: &Record, parent: Option<&Record>) -> Option<&'static str> {
        let state = |record| match self.get(record, "published") {
            "-1" => Some("draft"),
            "0" | "no" | "false" => Some("unpublished"),
            _ => None,
        };
        parent.and_then(state).or_else(|| state(own))
    }
}

/// What has commas between its parts; a comma of a part's own has a backslash before it.
fn list(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        match (c, parts.last_mut()) {
            (',', _) if !escaped => parts.push(String::new()),
            ('\\', _) if !escaped => {
                escaped = true;
                continue;
            }
            (c, Some(last)) => {
                if escaped && c != ',' {
                    last.push('\\');
                }
                last.push(c);
            }
            _ => {}
        }
        escaped = false;
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The path of categories that says most; the first of equals.
fn deepest(categories: &str) -> String {
    let mut paths = list(categories);
    let depth = |path: &String| path.matches('>').count();
    let most = paths.iter().map(depth).max().unwrap_or_default();
    paths.retain(|path| depth(path) == most);
    paths.into_iter().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_category_is_the_products() {
        assert_eq!(deepest("Sale, Clothing, Clothing > Hoodies, Clothing > Shirts"), "Clothing > Hoodies");
        assert_eq!(deepest("Hats\\, caps, Sale"), "Hats, caps");
        assert_eq!(deepest(""), "");
    }
}

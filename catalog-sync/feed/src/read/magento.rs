//! Magento 2's product export. A configurable product names the simple ones that are its variants; texts for
//! other views of the shop follow a product in rows of their own.

use std::collections::HashMap;
use std::sync::Arc;

use super::by_name::ByName;
use super::cells::RowBuilder;
use super::records::{Dialect, DialectRows, Keys, Record, Records};
use super::{Found, Reader};
use crate::group_buffer::Counts;
use crate::{Columns, Result, Row};

/// Columns that have a place of their own, by their plain names.
const KNOWN: [&str; 19] = [
    "manufacturer",
    "brand",
    "sku",
    "store_view_code",
    "product_type",
    "categories",
    "name",
    "description",
    "short_description",
    "price",
    "special_price",
    "base_image",
    "additional_images",
    "qty",
    "is_in_stock",
    "product_online",
    "configurable_variations",
    "additional_attributes",
    "thumbnail_image",
];

/// What Magento writes where there is no picture.
const NO_PICTURE: &str = "no_selection";

/// The root of all categories of a shop that did not name it.
const ROOT: &str = "Default Category/";

pub(crate) fn open(records: Records, columns: Columns, keys: Keys) -> impl Reader + use<> {
    let magento = Magento::new(records.header(), columns);
    DialectRows::new(records, magento, keys)
}

/// Counts the rows of each product, and notes whose variant a simple product is.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn keys(mut records: Records) -> Result<Keys> {
    let magento = Magento::new(records.header(), Columns::default());
    let (mut counts, mut aliases) = (Counts::default(), HashMap::new());
    let mut by_sku: HashMap<String, u32> = HashMap::new();
    for record in records.by_ref() {
        let Ok(record) = record? else { continue };
        let sku = magento.names.get(&record, "sku");
        for variation in variations(magento.names.get(&record, "configurable_variations")) {
            if let Some((_, own)) = variation.iter().find(|(name, _)| *name == "sku") {
                aliases.insert((*own).to_owned(), sku.to_owned());
            }
        }
        *by_sku.entry(sku.to_owned()).or_default() += 1;
    }
    for (sku, count) in by_sku {
        let key = aliases.get(&sku).unwrap_or(&sku);
        (0..count).for_each(|_| counts.add(key));
    }
    Ok(Keys { counts: Arc::new(counts), aliases: Arc::new(aliases) })
}

/// `sku=A-S,size=S|sku=A-M,size=M`
fn variations(text: &str) -> Vec<Vec<(&str, &str)>> {
    text.split('|').map(pairs).filter(|pairs| !pairs.is_empty()).collect()
}

fn pairs(text: &str) -> Vec<(&str, &str)> {
    text.split(',')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect()
}

struct Magento {
    names: ByName,
    columns: Columns,
}

impl Dialect for Magento {
    fn key(&self, record: &Record, keys: &Keys) -> Result<String, &'static str> {
        match self.names.get(record, "sku") {
            "" => Err("it has no SKU"),
            sku => Ok(keys.aliases.get(sku).map_or(sku, String::as_str).to_owned()),
        }
    }

    fn rows(&mut self, records: Vec<Record>, name: &str) -> Vec<Found> {
        // Rows for other views of the shop translate what is there already.
        let mut products: Vec<Record> = Vec::new();
        for record in records {
            let sku = self.names.get(&record, "sku");
            let is_known = products.iter().any(|known| self.names.get(known, "sku") == sku);
            if !is_known || self.names.get(&record, "store_view_code").is_empty() {
                products.push(record);
            }
        }
        let is_parent = |record: &Record| !self.names.get(record, "configurable_variations").is_empty();
        let parent = products.iter().position(is_parent).filter(|_| products.len() > 1);
        let parent = parent.map(|at| products.remove(at));
        products.iter().map(|record| Ok(self.row(record, parent.as_ref(), name))).collect()
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl Magento {
    fn new(header: &[String], mut columns: Columns) -> Self {
        drop(columns.column("image_link"));
        Self { names: ByName::new(header), columns }
    }

    fn row(&mut self, own: &Record, parent: Option<&Record>, name: &str) -> Row {
        let mut columns = std::mem::take(&mut self.columns);
        let mut maker = RowBuilder::new(&mut columns);
        let of_product = parent.unwrap_or(own);
        let get = |name: &str| self.names.get(own, name);
        let (id, whole) = (get("sku"), parent.map(|parent| self.names.get(parent, "sku")));
        maker.put("id", id);
        maker.put("item_group_id", whole.unwrap_or_default());
        maker.put("title", self.names.get(of_product, "name"));
        let description = match self.names.get(of_product, "description") {
            "" => self.names.get(of_product, "short_description"),
            text => text,
        };
        maker.put("description", description);
        maker.put("product_type", category(self.names.inherited(own, parent, "categories")));
        let maker_of = ["manufacturer", "brand"].iter().map(|name| self.names.inherited(own, parent, name));
        maker.put("brand", maker_of.into_iter().find(|name| !name.is_empty()).unwrap_or_default());
        maker.put("price", self.names.inherited(own, parent, "price"));
        maker.put("sale_price", self.names.inherited(own, parent, "special_price"));
        maker.put("availability", availability(get("is_in_stock"), get("qty")));
        maker.keep("qty", get("qty"));
        self.put_pictures(own, parent, &mut maker);
        self.put_choices(own, parent, &mut maker);
        self.names.keep_others(own, parent, |plain| KNOWN.contains(&plain), &mut maker);
        let mut row = Row::new(format!("{name}:{}", own.line), maker.cells());
        row.whole = whole.map(str::to_owned);
        row.hidden = self.hidden(own, parent);
        self.columns = columns;
        row
    }

    fn put_pictures(&self, own: &Record, parent: Option<&Record>, maker: &mut RowBuilder<'_>) {
        let of = |record, name| {
            Some(self.names.get(record, name)).filter(|image| !image.is_empty() && *image != NO_PICTURE)
        };
        let image = ["base_image", "small_image", "thumbnail_image"]
            .iter()
            .find_map(|name| of(own, name).or_else(|| of(parent?, name)));
        maker.put("image_link", image.unwrap_or_default());
        maker.put("additional_image_link", of(own, "additional_images").unwrap_or_default());
        maker.put(
            "additional_image_link",
            parent.and_then(|parent| of(parent, "additional_images")).unwrap_or_default(),
        );
    }

    /// By what the configurable product says of its variant, and by the attributes of the set.
    fn put_choices(&self, own: &Record, parent: Option<&Record>, maker: &mut RowBuilder<'_>) {
        let sku = self.names.get(own, "sku");
        let of_parent = parent.map_or("", |parent| self.names.get(parent, "configurable_variations"));
        let chosen =
            variations(of_parent).into_iter().find(|pairs| pairs.contains(&("sku", sku))).unwrap_or_default();
        let chosen: Vec<_> = chosen.into_iter().filter(|(name, _)| *name != "sku").collect();
        let others = pairs(self.names.get(own, "additional_attributes"));
        let is_chosen = |name: &str| chosen.iter().any(|(known, _)| *known == name);
        for (name, value) in
            others.into_iter().filter(|(name, _)| !is_chosen(name)).chain(chosen.iter().copied())
        {
            maker.put_option(name, value);
        }
    }

    /// `2` is switched off. What is not visible by itself is shown with its configurable product or not at all.
    fn hidden(&self, own: &Record, parent: Option<&Record>) -> Option<&'static str> {
        let is_off = |record: &Record| matches!(self.names.get(record, "product_online"), "2" | "0");
        let is_part = self.names.get(own, "visibility").eq_ignore_ascii_case("Not Visible Individually");
        (is_off(own) || parent.is_some_and(is_off) || (is_part && parent.is_none())).then_some("unpublished")
    }
}

fn availability(is_in_stock: &str, count: &str) -> &'static str {
    match (is_in_stock, count.parse::<f64>()) {
        ("1", _) => "in_stock",
        ("0", _) => "out_of_stock",
        (_, Ok(count)) if count > 0.0 => "in_stock",
        (_, Ok(_)) => "out_of_stock",
        _ => "",
    }
}

/// The deepest of the paths, without the root that all have.
fn category(paths: &str) -> String {
    let depth = |path: &&str| path.matches('/').count();
    let mut deepest = "";
    for path in paths.split(',').map(str::trim).filter(|path| !path.is_empty()) {
        if deepest.is_empty() || depth(&path) > depth(&deepest) {
            deepest = path;
        }
    }
    deepest.strip_prefix(ROOT).unwrap_or(deepest).split('/').map(str::trim).collect::<Vec<_>>().join(" > ")
}

//! Wix's product export: a row for a product, and rows with the same handle for its variants.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::by_name::ByName;
use super::cells::RowBuilder;
use super::records::{Dialect, DialectRows, Keys, Record, Records};
use super::{Found, Reader};
use crate::group_buffer::Counts;
use crate::{Columns, Result, Row};

/// Columns that have a place of their own, by their plain names.
const KNOWN: [&str; 14] = [
    "brand",
    "handle_id",
    "field_type",
    "name",
    "description",
    "product_image_url",
    "collection",
    "sku",
    "price",
    "surcharge",
    "visible",
    "discount_mode",
    "discount_value",
    "inventory",
];

/// Where pictures are that are named without an address.
const PICTURES: &str = "https://static.wixstatic.com/media/";

/// How many options a product has at most.
const OPTIONS: usize = 6;

pub(crate) fn open(records: Records, columns: Columns, keys: Keys) -> impl Reader + use<> {
    let wix = Wix::new(records.header(), columns);
    DialectRows::new(records, wix, keys)
}

/// Counts the rows of each product.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn keys(records: Records) -> Result<Keys> {
    let wix = Wix::new(records.header(), Columns::default());
    let mut counts = Counts::default();
    for record in records {
        if let Ok(record) = record? {
            counts.add(wix.names.get(&record, "handle_id"));
        }
    }
    Ok(Keys { counts: Arc::new(counts), ..Keys::default() })
}

struct Wix {
    names: ByName,
    columns: Columns,
}

impl Dialect for Wix {
    fn key(&self, record: &Record, _: &Keys) -> Result<String, &'static str> {
        match self.names.get(record, "handle_id") {
            "" => Err("it has no handle"),
            handle => Ok(handle.to_owned()),
        }
    }

    fn rows(&mut self, records: Vec<Record>, name: &str) -> Vec<Found> {
        let is_variant =
            |record: &Record| self.names.get(record, "field_type").eq_ignore_ascii_case("variant");
        let (variants, products): (Vec<_>, Vec<_>) = records.into_iter().partition(is_variant);
        match products.first() {
            Some(product) if !variants.is_empty() => variants
                .iter()
                .enumerate()
                .map(|(n, variant)| Ok(self.row(variant, Some((product, n + 1)), name)))
                .collect(),
            _ => products.iter().chain(&variants).map(|record| Ok(self.row(record, None, name))).collect(),
        }
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl Wix {
    fn new(header: &[String], mut columns: Columns) -> Self {
        drop(columns.column("image_link"));
        Self { names: ByName::new(header), columns }
    }

    fn row(&mut self, own: &Record, variant_of: Option<(&Record, usize)>, name: &str) -> Row {
        let parent = variant_of.map(|(parent, _)| parent);
        let mut columns = std::mem::take(&mut self.columns);
        let mut maker = RowBuilder::new(&mut columns);
        let of_product = parent.unwrap_or(own);
        let (handle, sku) = (self.names.get(own, "handle_id"), self.names.get(own, "sku"));
        match variant_of {
            Some((_, number)) => {
                maker.put("id", if sku.is_empty() { format!("{handle}/{number}") } else { sku.to_owned() });
                maker.put("item_group_id", handle);
            }
            None => {
                maker.put("id", handle);
                maker.keep("sku", sku);
            }
        }
        maker.put("title", self.names.get(of_product, "name"));
        maker.put("description", self.names.get(of_product, "description"));
        let collections = self.names.get(of_product, "collection");
        maker.put("product_type", collections.split(';').next().unwrap_or_default());
        maker.keep("collection", if collections.contains(';') { collections } else { "" });
        for picture in self.names.get(of_product, "product_image_url").split(';').map(str::trim) {
            let is_bare = picture.contains("~mv2") && !picture.contains("://");
            maker
                .put("image_link", if is_bare { format!("{PICTURES}{picture}") } else { picture.to_owned() });
        }
        maker.put("brand", self.names.get(of_product, "brand"));
        self.put_prices(own, of_product, &mut maker);
        maker.put("availability", self.names.inherited(own, parent, "inventory"));
        self.put_options(own, parent, &mut maker);
        let has_place = |plain: &str| KNOWN.contains(&plain) || plain.starts_with("product_option_");
        self.names.keep_others(own, parent, has_place, &mut maker);
        let is_off = |record: &Record| self.names.get(record, "visible").eq_ignore_ascii_case("false");
        let mut row = Row::new(format!("{name}:{}", own.line), maker.cells());
        row.hidden = (is_off(own) || parent.is_some_and(is_off)).then_some("unpublished");
        row.whole = Some(handle.to_owned());
        self.columns = columns;
        row
    }

    /// A variant costs more or less than its product by its surcharge; a discount is in percent or an amount.
    fn put_prices(&self, own: &Record, product: &Record, maker: &mut RowBuilder<'_>) {
        let number = |record, name| self.names.get(record, name).parse::<Decimal>().ok();
        let Some(price) = number(product, "price") else {
            return maker.put("price", self.names.get(product, "price"));
        };
        let price = price + number(own, "surcharge").unwrap_or_default();
        let off = number(product, "discount_value").filter(|off| !off.is_zero()).unwrap_or_default();
        let is_percent = !self.names.get(product, "discount_mode").eq_ignore_ascii_case("amount");
        let now = if is_percent { price - price * off / Decimal::ONE_HUNDRED } else { price - off };
        maker.put("price", format!("{:.2}", price));
        if now < price {
            maker.put("sale_price", format!("{:.2}", now.round_dp(2)));
        }
    }

    /// What a variant is, or all that a product without variants may be. Colours have their number before them.
    fn put_options(&self, own: &Record, parent: Option<&Record>, maker: &mut RowBuilder<'_>) {
        for n in 1..=OPTIONS {
            let name = self.names.inherited(own, parent, &format!("product_option_name{n}"));
            let values = self.names.get(own, &format!("product_option_description{n}"));
            for value in values.split(';').map(str::trim).filter(|value| !value.is_empty()) {
                let value =
                    value.split_once(':').filter(|(code, _)| code.starts_with('#')).map_or(value, |(_, v)| v);
                maker.put_option(name, value);
            }
        }
    }
}

//! Exports with a row for a product and rows for its variants below it: Squarespace, Ecwid, BigCommerce, and Wix's
//! newer one. They differ in the names of their columns and in how a row says what it is.

use std::cell::RefCell;
use std::sync::Arc;

use super::by_name::ByName;
use super::cells::RowBuilder;
use super::records::{Dialect, DialectRows, Keys, Record, Records};
use super::shopify::put_prices;
use super::{Found, Reader};
use crate::group_buffer::Counts;
use crate::{Columns, Format, Result, Row};

/// How many options, pictures and categories in columns of their own are looked for.
const MOST: usize = 20;

/// How one of these exports is written; names are plain, `#` stands for a number from 1.
struct Manner {
    /// What its rows of one product have in common; rows that leave it empty go on with the one before.
    product: &'static str,
    /// What a row says that it is; empty where the first one of a product is it.
    kind: &'static str,
    variant_words: &'static [&'static str],
    /// Rows with one more picture of the product.
    picture_words: &'static [&'static str],
    variant_id: &'static [&'static str],
    sku: &'static str,
    title: &'static str,
    description: &'static str,
    brand: &'static str,
    category: &'static [&'static str],
    price: &'static [&'static str],
    former_price: &'static str,
    sale_price: &'static str,
    stock: &'static str,
    pictures: &'static [&'static str],
    option_name: &'static str,
    option_value: &'static str,
    /// The beginning of columns that are each an option by themselves.
    option_columns: &'static str,
    visible: &'static str,
    /// Columns that say nothing of a product.
    dropped: &'static [&'static str],
}

const NONE: Manner = Manner {
    product: "",
    kind: "",
    variant_words: &[],
    picture_words: &[],
    variant_id: &[],
    sku: "",
    title: "",
    description: "",
    brand: "",
    category: &[],
    price: &[],
    former_price: "",
    sale_price: "",
    stock: "",
    pictures: &[],
    option_name: "",
    option_value: "",
    option_columns: "\0",
    visible: "",
    dropped: &[],
};

static SQUARESPACE: Manner = Manner {
    product: "product_id_non_editable",
    variant_id: &["variant_id_non_editable"],
    sku: "sku",
    title: "title",
    description: "description",
    category: &["categories"],
    price: &["price"],
    sale_price: "sale_price",
    stock: "stock",
    pictures: &["hosted_image_urls"],
    option_name: "option_name_#",
    option_value: "option_value_#",
    visible: "visible",
    dropped: &["on_sale", "product_type_non_editable", "product_page"],
    ..NONE
};

static ECWID: Manner = Manner {
    product: "product_internal_id",
    kind: "type",
    variant_words: &["product_variation"],
    variant_id: &["product_variation_sku"],
    sku: "product_sku",
    title: "product_name",
    description: "product_description",
    brand: "product_brand",
    category: &["product_category_1"],
    price: &["product_variation_price", "product_price"],
    former_price: "product_compare_to_price",
    stock: "product_quantity",
    pictures: &["product_media_main_image_url", "product_media_gallery_image_url_#"],
    option_columns: "product_variation_option_",
    visible: "product_is_available",
    dropped: &["product_option_name", "product_option_value", "product_option_type"],
    ..NONE
};

static BIG_COMMERCE: Manner = Manner {
    product: "product_id",
    kind: "item_type",
    variant_words: &["sku"],
    variant_id: &["product_code_sku"],
    sku: "product_code_sku",
    title: "product_name",
    description: "product_description",
    brand: "brand_name",
    category: &["category"],
    price: &["price"],
    former_price: "retail_price",
    sale_price: "sale_price",
    stock: "current_stock_level",
    pictures: &["product_image_file_#", "product_image_url_#"],
    visible: "product_visible",
    dropped: &["product_type", "cost_price"],
    ..NONE
};

static WIX: Manner = Manner {
    product: "handle",
    kind: "field_type",
    variant_words: &["variant"],
    picture_words: &["media"],
    variant_id: &["sku"],
    sku: "sku",
    title: "name",
    description: "plain_description",
    brand: "brand",
    category: &["collection", "category"],
    price: &["price"],
    former_price: "strikethrough_price",
    stock: "inventory",
    pictures: &["media"],
    option_name: "product_option_name_#",
    option_value: "product_option_choices_#",
    visible: "visible",
    ..NONE
};

fn manner(format: Format) -> &'static Manner {
    match format {
        Format::Squarespace => &SQUARESPACE,
        Format::Ecwid => &ECWID,
        Format::BigCommerce => &BIG_COMMERCE,
        _ => &WIX,
    }
}

pub(crate) fn open(records: Records, columns: Columns, keys: Keys, format: Format) -> impl Reader + use<> {
    let stacked = Stacked::new(records.header(), columns, format);
    DialectRows::new(records, stacked, keys)
}

/// Counts the rows of each product.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn keys(records: Records, format: Format) -> Result<Keys> {
    let stacked = Stacked::new(records.header(), Columns::default(), format);
    let mut counts = Counts::default();
    for record in records {
        if let Ok(key) = record?.map_err(|_| "").and_then(|record| stacked.product(&record)) {
            counts.add(&key);
        }
    }
    Ok(Keys { counts: Arc::new(counts), ..Keys::default() })
}

struct Stacked {
    manner: &'static Manner,
    names: ByName,
    columns: Columns,
    /// The product of the row before.
    last: RefCell<String>,
}

impl Dialect for Stacked {
    fn key(&self, record: &Record, _: &Keys) -> Result<String, &'static str> {
        self.product(record)
    }

    fn rows(&mut self, records: Vec<Record>, name: &str) -> Vec<Found> {
        let kind = |record: &Record| self.names.get(record, self.manner.kind).to_lowercase();
        let is = |record: &Record, words: &[&str]| words.contains(&kind(record).as_str());
        let Some(product) = records.first().cloned() else { return Vec::new() };
        let mut pictures = self.pictures(&product);
        for record in records.iter().filter(|record| is(record, self.manner.picture_words)) {
            pictures.extend(self.pictures(record));
        }
        let variants: Vec<&Record> = if self.manner.kind.is_empty() {
            records.iter().filter(|_| records.len() > 1).collect()
        } else {
            records.iter().filter(|record| is(record, self.manner.variant_words)).collect()
        };
        if variants.is_empty() {
            return vec![Ok(self.row(&product, &product, None, &pictures, name))];
        }
        let numbered = variants.into_iter().enumerate();
        numbered.map(|(at, own)| Ok(self.row(own, &product, Some(at + 1), &pictures, name))).collect()
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl Stacked {
    fn new(header: &[String], mut columns: Columns, format: Format) -> Self {
        drop(columns.column("image_link"));
        let names = ByName::new(header);
        Self { manner: manner(format), names, columns, last: RefCell::default() }
    }

    fn product(&self, record: &Record) -> Result<String, &'static str> {
        let own = self.names.get(record, self.manner.product);
        let mut last = self.last.borrow_mut();
        if !own.is_empty() {
            own.clone_into(&mut last);
        }
        if last.is_empty() { Err("it has no id of a product") } else { Ok(last.clone()) }
    }

    /// One row of a product's, or of its variant with this number.
    fn row(
        &mut self,
        own: &Record,
        product: &Record,
        number: Option<usize>,
        pictures: &[String],
        name: &str,
    ) -> Row {
        let manner = self.manner;
        let mut columns = std::mem::take(&mut self.columns);
        let mut maker = RowBuilder::new(&mut columns);
        let said = |name: &str| self.names.inherited(own, Some(product), name);
        let id = self.names.get(product, manner.product).to_owned();
        match number {
            Some(number) => {
                let known =
                    manner.variant_id.iter().map(|name| self.names.get(own, name)).find(|id| !id.is_empty());
                maker.put("id", known.map_or_else(|| format!("{id}/{number}"), str::to_owned));
                maker.put("item_group_id", id.as_str());
            }
            None => {
                maker.put("id", id.as_str());
                maker.keep("sku", said(manner.sku));
            }
        }
        maker.put("title", self.names.get(product, manner.title));
        maker.put("description", self.names.get(product, manner.description));
        maker.put("brand", said(manner.brand));
        let category = manner.category.iter().map(|name| said(name)).find(|name| !name.is_empty());
        maker.put("product_type", category.unwrap_or_default().trim_start_matches('/'));
        pictures.iter().for_each(|picture| maker.put("image_link", picture.as_str()));
        self.put_prices(own, product, &mut maker);
        maker.put("availability", self.stock(own, product));
        self.put_options(own, product, &mut maker);
        let has_place = |plain: &str| manner.has_place(plain);
        self.names.keep_others(own, Some(product), has_place, &mut maker);
        let mut row = Row::new(format!("{name}:{}", own.line), maker.cells());
        let is_off = |text: &str| ["no", "n", "false", "0"].iter().any(|no| text.eq_ignore_ascii_case(no));
        row.hidden = is_off(self.names.get(product, manner.visible)).then_some("unpublished");
        row.whole = Some(id).filter(|id| !id.is_empty());
        self.columns = columns;
        row
    }

    fn put_prices(&self, own: &Record, product: &Record, maker: &mut RowBuilder<'_>) {
        let said = |name: &str| self.names.inherited(own, Some(product), name);
        let prices = self.manner.price;
        let own_price = prices.iter().map(|name| self.names.get(own, name)).find(|price| !price.is_empty());
        let of_product =
            || prices.iter().map(|name| self.names.get(product, name)).find(|price| !price.is_empty());
        let now = own_price.or_else(of_product).unwrap_or_default();
        let is_on_sale = !said("on_sale").eq_ignore_ascii_case("no");
        match said(self.manner.sale_price) {
            sale if !sale.is_empty() && is_on_sale && !self.manner.sale_price.is_empty() => {
                maker.put("price", now);
                maker.put("sale_price", sale);
            }
            _ => put_prices(now, said(self.manner.former_price), maker),
        }
    }

    /// Of what nobody counts there is enough.
    fn stock<'r>(&self, own: &'r Record, product: &'r Record) -> &'r str {
        let is_not_counted = self.names.get(product, "track_inventory").eq_ignore_ascii_case("none");
        match self.names.inherited(own, Some(product), self.manner.stock) {
            _ if is_not_counted => "in_stock",
            text if text.eq_ignore_ascii_case("unlimited") => "in_stock",
            text => text,
        }
    }

    fn put_options(&self, own: &Record, product: &Record, maker: &mut RowBuilder<'_>) {
        for number in 1..=MOST {
            let at = |name: &str| name.replace('#', &number.to_string());
            let option = self.names.inherited(own, Some(product), &at(self.manner.option_name));
            let values = self.names.get(own, &at(self.manner.option_value));
            for value in values.split(';').map(str::trim).filter(|value| !value.is_empty()) {
                maker.put_option(option, value);
            }
        }
        for (_, plain) in self.names.columns() {
            if let Some(option) = plain.strip_prefix(self.manner.option_columns) {
                maker.put_option(option, self.names.get(own, plain));
            } else if plain == self.manner.title && !std::ptr::eq(own, product) {
                // `[S]Size=Small,[RB]Color=Red` is how BigCommerce says what a variant is.
                for part in self.names.get(own, plain).split(",[").filter(|_| self.manner.kind == "item_type")
                {
                    let pair = part.rsplit_once(']').map_or(part, |(_, pair)| pair);
                    if let Some((option, value)) = pair.split_once('=') {
                        maker.put_option(option, value.rsplit_once(':').map_or(value, |(_, value)| value));
                    }
                }
            }
        }
    }

    fn pictures(&self, record: &Record) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for name in self.manner.pictures {
            let most = if name.contains('#') { MOST } else { 1 };
            for number in 1..=most {
                let cell = self.names.get(record, &name.replace('#', &number.to_string()));
                for address in cell.split([';', '\n']).flat_map(crate::pictures::addresses) {
                    if !found.contains(&address) {
                        found.push(address);
                    }
                }
            }
        }
        found
    }
}

impl Manner {
    /// Whether a column of this name has a place of its own.
    fn has_place(&self, plain: &str) -> bool {
        let named = [
            self.product,
            self.kind,
            self.sku,
            self.title,
            self.description,
            self.brand,
            self.former_price,
            self.sale_price,
            self.stock,
            self.option_name,
            self.option_value,
            self.visible,
        ];
        let lists = [self.variant_id, self.category, self.price, self.pictures, self.dropped];
        let is = |name: &&str| match name.split_once('#') {
            None => *name == plain,
            Some((start, _)) => {
                plain.strip_prefix(start).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            }
        };
        named.iter().any(is)
            || lists.iter().any(|list| list.iter().any(&is))
            || plain.starts_with(self.option_columns)
            || plain.starts_with("product_image_")
            || plain.starts_with("product_option_")
    }
}

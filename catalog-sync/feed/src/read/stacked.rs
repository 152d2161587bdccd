//! Exports with a row for a product and rows for its variants below it: Squarespace, Ecwid, BigCommerce, Wix's newer one,
//! Lightspeed, Tiendanube, Square and eBay. They differ in the names of their columns and in how a row says what it is.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use super::by_name::ByName;
use super::cells::RowBuilder;
use super::manner::{Manner, NUMBERS, manner};
use super::records::{Dialect, DialectRows, Keys, Record, Records};
use super::shopify::put_prices;
use super::{Found, Reader};
use crate::group_buffer::Counts;
use crate::{Columns, Format, Result, Row};

/// How many options, pictures and categories in columns of their own are looked for.
const MOST: usize = 20;

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
        let is = |record: &Record, words: &[&str]| self.is(record, words);
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
        let row = |(at, own)| {
            let own_pictures = self.pictures(own);
            let pictures = if own_pictures.is_empty() { &pictures } else { &own_pictures };
            Ok(self.row(own, &product, Some(at + 1), pictures, name))
        };
        numbered.map(row).collect()
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl Stacked {
    fn new(header: &[String], mut columns: Columns, format: Format) -> Self {
        drop(columns.column("image_link"));
        let names = ByName::new(header);
        let manner = manner(format, |name| names.columns().any(|(_, plain)| plain == name));
        Self { manner, names, columns, last: RefCell::default() }
    }

    /// Whether a row says with one of these words what it is.
    fn is(&self, record: &Record, words: &[&str]) -> bool {
        words.contains(&self.names.get(record, self.manner.kind).to_lowercase().as_str())
    }

    fn product(&self, record: &Record) -> Result<String, &'static str> {
        let own = self.names.get(record, self.manner.product);
        let mut last = self.last.borrow_mut();
        let follows = self.manner.others_follow
            && (self.is(record, self.manner.variant_words) || self.is(record, self.manner.picture_words));
        match own {
            _ if follows => {}
            // A listing without a label is one by itself.
            "" if self.manner.others_follow => *last = format!("row-{}", record.line),
            "" => {}
            own => own.clone_into(&mut last),
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
        let id = match self.names.get(product, manner.product) {
            "" if manner.others_follow => format!("row-{}", product.line),
            id => id.to_owned(),
        };
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
        maker.put("currency", self.currency());
        maker.put("availability", self.stock(own, product));
        self.put_options(own, product, &mut maker);
        let has_place = |plain: &str| manner.has_place(plain);
        self.names.keep_others(own, Some(product), has_place, &mut maker);
        let mut row = Row::new(format!("{name}:{}", own.line), maker.cells());
        let is_off =
            |text: &str| ["no", "n", "false", "0", "não"].iter().any(|no| text.eq_ignore_ascii_case(no));
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

    /// The currency that eBay's column of actions names: `*Action(SiteID=Germany|Country=DE|Currency=EUR|…)`.
    fn currency(&self) -> &str {
        let mut columns = self.names.columns().map(|(name, _)| name);
        let named = columns.find_map(|name| name.split_once("Currency=").map(|(_, code)| code));
        named.and_then(|code| code.get(..3)).unwrap_or_default()
    }

    /// A product whose stock is not counted is in stock.
    fn stock<'r>(&self, own: &'r Record, product: &'r Record) -> Cow<'r, str> {
        let counted = self.names.inherited(own, Some(product), self.manner.counted);
        if ["none", "0", "no", "false"].iter().any(|no| counted.eq_ignore_ascii_case(no)) {
            return "in_stock".into();
        }
        let places = self.names.columns().filter(|(_, plain)| plain.starts_with(self.manner.stock_columns));
        let counts: Vec<f64> =
            places.filter_map(|(_, plain)| self.names.get(own, plain).parse().ok()).collect();
        if !counts.is_empty() {
            return counts.into_iter().sum::<f64>().to_string().into();
        }
        match self.names.inherited(own, Some(product), self.manner.stock) {
            text if text.eq_ignore_ascii_case("unlimited") => "in_stock".into(),
            text => text.into(),
        }
    }

    fn put_options(&self, own: &Record, product: &Record, maker: &mut RowBuilder<'_>) {
        for number in 1..=MOST {
            let word = NUMBERS.get(number - 1).copied().unwrap_or_default();
            let said = |name: &str| {
                let by_digit =
                    self.names.inherited(own, Some(product), &name.replace('#', &number.to_string()));
                if by_digit.is_empty() {
                    self.names.inherited(own, Some(product), &name.replace('#', word))
                } else {
                    by_digit
                }
            };
            let option = said(self.manner.option_name);
            let values = said(self.manner.option_value);
            for value in values.split(';').map(str::trim).filter(|value| !value.is_empty()) {
                maker.put_option(option, value);
            }
        }
        let pairs = self.names.get(own, self.manner.option_pairs);
        for (option, value) in options(pairs) {
            maker.put_option(&option, &value);
        }
        if self.manner.option_name == "option_name_#" && !is_only(self.names.get(own, "variation_name")) {
            maker.keep("Variation", self.names.get(own, "variation_name"));
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

/// What Square calls the variation of a product that has one.
fn is_only(variation: &str) -> bool {
    matches!(variation, "Regular" | "Normal" | "Standard" | "Régulier")
}

/// `Size=S|Color=Red`, and `Type=Swatch|Name=Size|Value=Small` with its name and value apart.
fn options(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut name = "";
    let pairs = text.split(['|', '\n']).filter_map(|pair| pair.split_once('='));
    for (key, value) in pairs.map(|(key, value)| (key.trim(), value.trim())) {
        match key {
            "Type" => {}
            "Name" => name = value,
            "Value" => found.push((name.to_owned(), value.split(';').next().unwrap_or_default().to_owned())),
            option => {
                found.extend(value.split(';').map(|value| (option.to_owned(), value.trim().to_owned())))
            }
        }
    }
    found.retain(|(name, value)| !name.is_empty() && !value.is_empty());
    found
}

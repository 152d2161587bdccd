//! What is known of products: all of it, or what changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, MapBuilder, MapFieldNames, StringBuilder};
use arrow_array::{Array, ArrayRef, ListArray, MapArray, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Fields};
use knytt_engine::{Price, Product};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::row::{column, no_row};
use crate::{Columns, Error, Header, Kind, Result, Row};

/// What happened to a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is gone.
    Delete,
    /// It has these columns as the row has them; with all of them it may be a new product.
    Set(Columns),
}

/// A product as it is, or in a delta what changed of it.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributesRow {
    /// What happened.
    pub change: Change,
    /// The product. Columns that are not set are empty.
    pub product: Product,
}

impl AttributesRow {
    /// A product with all its columns.
    pub fn whole(product: Product) -> Self {
        Self { change: Change::Set(Columns::ALL), product }
    }

    /// A product that is gone.
    pub fn gone(id: &str) -> Self {
        Self { change: Change::Delete, product: Product { id: id.into(), ..Product::default() } }
    }

    /// That of the prices which the row sets; a product's are in one currency.
    fn currency(&self) -> Option<String> {
        let set = PRICES.iter().filter(|(_, column, ..)| self.has(*column));
        set.filter_map(|(_, _, get, _)| get(&self.product).as_ref()).next().map(|p| p.currency.to_string())
    }

    fn has(&self, column: Columns) -> bool {
        matches!(self.change, Change::Set(columns) if columns.contains(column))
    }
}

/// Columns that are a plain text, by their names: what they are called in Merchant Center.
type Text = (&'static str, Columns, fn(&Product) -> &String, fn(&mut Product) -> &mut String);
const TEXTS: [Text; 6] = [
    ("title", Columns::TITLE, |p| &p.title, |p| &mut p.title),
    ("brand", Columns::BRAND, |p| &p.brand, |p| &mut p.brand),
    ("product_type", Columns::CATEGORY, |p| &p.category, |p| &mut p.category),
    ("description", Columns::DESCRIPTION, |p| &p.description, |p| &mut p.description),
    ("image_link", Columns::IMAGE, |p| &p.image, |p| &mut p.image),
    ("item_group_id", Columns::GROUP, |p| &p.group, |p| &mut p.group),
];

/// Columns that are lists of texts.
type List = (&'static str, Columns, fn(&Product) -> &Vec<String>, fn(&mut Product) -> &mut Vec<String>);
const LISTS: [List; 3] = [
    ("color", Columns::COLORS, |p| &p.colors, |p| &mut p.colors),
    ("size", Columns::SIZES, |p| &p.sizes, |p| &mut p.sizes),
    ("additional_image_link", Columns::MORE_IMAGES, |p| &p.more_images, |p| &mut p.more_images),
];

/// Columns that are an amount of money; they share the column `currency`.
type Money = (&'static str, Columns, fn(&Product) -> &Option<Price>, fn(&mut Product) -> &mut Option<Price>);
const PRICES: [Money; 2] = [
    ("price", Columns::PRICE, |p| &p.price, |p| &mut p.price),
    ("sale_price", Columns::SALE_PRICE, |p| &p.sale_price, |p| &mut p.sale_price),
];

/// Columns that are JSON: few programs ask for them, and their shape may grow.
const VARIANTS: &str = "variants";
const LOOK: &str = "look";

/// Marks a product that is gone in the column `set`.
const DELETED: u32 = 0;

impl Row for AttributesRow {
    const KIND: Kind = Kind::Attributes;

    fn id(&self) -> &str {
        &self.product.id
    }

    fn weight(&self) -> usize {
        let texts = TEXTS.iter().map(|(_, _, get, _)| get(&self.product).len()).sum::<usize>();
        let more = self.product.attributes.iter().map(|(name, value)| name.len() + value.len());
        100 + texts + more.sum::<usize>()
    }

    fn fields(_: &Header) -> Vec<Field> {
        let text = |name| Field::new(name, DataType::Utf8, true);
        let mut fields = vec![Field::new("set", DataType::UInt32, false)];
        fields.extend(TEXTS.map(|(name, ..)| text(name)));
        fields.extend(PRICES.map(|(name, ..)| text(name)));
        fields.extend(["currency", "availability", VARIANTS, LOOK].map(text));
        fields.extend(LISTS.map(|(name, ..)| Field::new(name, DataType::List(element_field()), true)));
        fields.push(Field::new("attributes", DataType::Map(entries_field(), false), true));
        fields
    }

    fn columns(rows: &[Self], _: &Header) -> Result<Vec<ArrayRef>> {
        let bits = |row: &Self| match row.change {
            Change::Delete => Ok(DELETED),
            Change::Set(columns) if columns.is_empty() => Err(no_row(row.id(), "it sets no column")),
            Change::Set(columns) => Ok(columns.bits()),
        };
        let set = rows.iter().map(bits).collect::<Result<Vec<_>>>()?;
        let mut columns: Vec<ArrayRef> = vec![Arc::new(UInt32Array::from(set))];
        for (_, column, get, _) in TEXTS {
            columns.push(texts(rows, |row| row.has(column).then(|| get(&row.product).clone())));
        }
        for (_, column, get, _) in PRICES {
            let amount = |row: &Self| get(&row.product).as_ref().map(|price| price.amount.to_string());
            columns.push(texts(rows, |row| amount(row).filter(|_| row.has(column))));
        }
        columns.push(texts(rows, Self::currency));
        let availability = |row: &Self| row.product.availability.as_str().to_owned();
        columns.push(texts(rows, |row| row.has(Columns::AVAILABILITY).then(|| availability(row))));
        let variants = |row: &Self| json(&row.product.variants).filter(|_| !row.product.variants.is_empty());
        columns.push(texts(rows, |row| variants(row).filter(|_| row.has(Columns::VARIANTS))));
        let look = |row: &Self| json(&row.product.look).filter(|_| !row.product.look.is_empty());
        columns.push(texts(rows, |row| look(row).filter(|_| row.has(Columns::LOOK))));
        for (_, column, get, _) in LISTS {
            columns.push(lists(rows, |row| row.has(column).then(|| get(&row.product))));
        }
        columns.push(maps(rows, |row| row.has(Columns::EXTRA).then_some(&row.product.attributes))?);
        Ok(columns)
    }

    fn rows(batch: &RecordBatch, _: &Header) -> Result<Vec<Self>> {
        let source = Source::of(batch)?;
        (0..batch.num_rows()).map(|n| source.row(n)).collect()
    }
}

/// A batch's columns, as their array types.
struct Source<'b> {
    ids: &'b StringArray,
    set: &'b UInt32Array,
    texts: Vec<&'b StringArray>,
    prices: Vec<&'b StringArray>,
    currencies: &'b StringArray,
    availabilities: &'b StringArray,
    variants: &'b StringArray,
    looks: &'b StringArray,
    lists: Vec<&'b ListArray>,
    attributes: &'b MapArray,
}

impl<'b> Source<'b> {
    fn of(batch: &'b RecordBatch) -> Result<Self> {
        let text = |name| column::<StringArray>(batch, name, Kind::Attributes);
        let list = |name| column::<ListArray>(batch, name, Kind::Attributes);
        Ok(Self {
            ids: text("id")?,
            set: column(batch, "set", Kind::Attributes)?,
            texts: TEXTS.iter().map(|(name, ..)| text(name)).collect::<Result<_>>()?,
            prices: PRICES.iter().map(|(name, ..)| text(name)).collect::<Result<_>>()?,
            currencies: text("currency")?,
            availabilities: text("availability")?,
            variants: text(VARIANTS)?,
            looks: text(LOOK)?,
            lists: LISTS.iter().map(|(name, ..)| list(name)).collect::<Result<_>>()?,
            attributes: column(batch, "attributes", Kind::Attributes)?,
        })
    }

    fn row(&self, n: usize) -> Result<AttributesRow> {
        let id = self.ids.value(n);
        let set = self.set.value(n);
        if set == DELETED {
            return Ok(AttributesRow::gone(id));
        }
        let columns =
            Columns::from_bits(set).ok_or_else(|| no_row(id, "it sets columns that are not known"))?;
        let mut product = Product { id: id.into(), ..Product::default() };
        for ((_, _, _, slot), texts) in TEXTS.iter().zip(&self.texts) {
            *slot(&mut product) = text_at(texts, n).unwrap_or_default().into();
        }
        for ((_, _, _, slot), prices) in PRICES.iter().zip(&self.prices) {
            *slot(&mut product) = self.price(prices, n).map_err(|reason| no_row(id, reason))?;
        }
        if let Some(availability) = text_at(self.availabilities, n) {
            product.availability = availability.parse().map_err(|reason: String| no_row(id, reason))?;
        }
        for ((_, _, _, slot), lists) in LISTS.iter().zip(&self.lists) {
            *slot(&mut product) = list_at(lists, n)?;
        }
        product.attributes = self.attributes_at(n)?;
        product.variants = parsed(self.variants, n).map_err(|reason| no_row(id, reason))?;
        product.look = parsed(self.looks, n).map_err(|reason| no_row(id, reason))?;
        Ok(AttributesRow { change: Change::Set(columns), product })
    }

    fn price(&self, amounts: &StringArray, n: usize) -> Result<Option<Price>, String> {
        let (amount, currency) = (text_at(amounts, n), text_at(self.currencies, n));
        let Some((amount, currency)) = amount.zip(currency) else { return Ok(None) };
        format!("{amount} {currency}").parse().map(Some)
    }

    fn attributes_at(&self, n: usize) -> Result<BTreeMap<String, String>> {
        if self.attributes.is_null(n) {
            return Ok(BTreeMap::new());
        }
        let entries = self.attributes.value(n);
        let (names, values) = (strings(entries.column(0))?, strings(entries.column(1))?);
        let pairs = names.iter().zip(values).filter_map(|(name, value)| name.zip(value));
        Ok(pairs.map(|(name, value)| (name.into(), value.into())).collect())
    }
}

fn text_at(texts: &StringArray, n: usize) -> Option<&str> {
    texts.is_valid(n).then(|| texts.value(n))
}

/// The value of a column of JSON, the default where there is none.
fn parsed<T: DeserializeOwned + Default>(texts: &StringArray, n: usize) -> Result<T, String> {
    text_at(texts, n)
        .map_or_else(|| Ok(T::default()), |text| serde_json::from_str(text))
        .map_err(|e| e.to_string())
}

fn json(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

fn list_at(lists: &ListArray, n: usize) -> Result<Vec<String>> {
    if lists.is_null(n) {
        return Ok(Vec::new());
    }
    Ok(strings(&lists.value(n))?.iter().flatten().map(String::from).collect())
}

fn strings(array: &ArrayRef) -> Result<&StringArray> {
    let wrong = || Error::Columns { kind: Kind::Attributes, reason: "a list is not of texts".into() };
    array.as_any().downcast_ref().ok_or_else(wrong)
}

fn texts(rows: &[AttributesRow], get: impl Fn(&AttributesRow) -> Option<String>) -> ArrayRef {
    Arc::new(rows.iter().map(get).collect::<StringArray>())
}

fn lists<'r>(
    rows: &'r [AttributesRow],
    get: impl Fn(&'r AttributesRow) -> Option<&'r Vec<String>>,
) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new()).with_field(element_field());
    for row in rows {
        let values = get(row);
        values.into_iter().flatten().for_each(|value| lists.values().append_value(value));
        lists.append(values.is_some());
    }
    Arc::new(lists.finish())
}

fn maps<'r>(
    rows: &'r [AttributesRow],
    get: impl Fn(&'r AttributesRow) -> Option<&'r BTreeMap<String, String>>,
) -> Result<ArrayRef> {
    let names = MapFieldNames { entry: "entries".into(), key: "key".into(), value: "value".into() };
    let mut maps = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new())
        .with_values_field(Field::new("value", DataType::Utf8, false));
    for row in rows {
        let values = get(row);
        for (name, value) in values.into_iter().flatten() {
            maps.keys().append_value(name);
            maps.values().append_value(value);
        }
        maps.append(values.is_some())?;
    }
    Ok(Arc::new(maps.finish()))
}

fn element_field() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Utf8, false))
}

fn entries_field() -> Arc<Field> {
    let text = |name| Field::new(name, DataType::Utf8, false);
    Arc::new(Field::new("entries", DataType::Struct(Fields::from(vec![text("key"), text("value")])), false))
}

//! The bitmaps behind filters: which items have a value in a field.

use std::collections::BTreeMap;

use heed::{RoTxn, RwTxn};
use roaring::RoaringBitmap;

use crate::facet::{Field, facet_key, field_prefix};
use crate::schema::{Databases, decode_bitmap, encode_bitmap, meta_key, read_items};
use crate::{Error, Filter, FilterError, Result, price};

/// What a batch does to the bitmaps, by facet key.
#[derive(Default)]
pub(crate) struct FacetChanges(BTreeMap<Vec<u8>, FacetChange>);

#[derive(Default)]
struct FacetChange {
    /// The value as one of the added products writes it.
    written: String,
    add: RoaringBitmap,
    remove: RoaringBitmap,
}

impl FacetChanges {
    pub(crate) fn add(&mut self, key: Vec<u8>, written: &str, item: u32) {
        let change = self.0.entry(key).or_default();
        if change.written.is_empty() {
            change.written = written.trim().into();
        }
        change.add.insert(item);
        change.remove.remove(item);
    }

    pub(crate) fn remove(&mut self, key: Vec<u8>, item: u32) {
        let change = self.0.entry(key).or_default();
        change.remove.insert(item);
        change.add.remove(item);
    }

    pub(crate) fn write(&self, db: &Databases<'_>, txn: &mut RwTxn<'_>) -> Result<()> {
        for (key, change) in &self.0 {
            let stored = db.facets.get(txn, key)?.map(decode).transpose()?;
            let (written, mut items) =
                stored.unwrap_or_else(|| (change.written.clone(), RoaringBitmap::new()));
            items -= &change.remove;
            items |= &change.add;
            if items.is_empty() {
                db.facets.delete(txn, key)?;
            } else {
                let mut bytes = u32::try_from(written.len()).unwrap_or(0).to_le_bytes().to_vec();
                bytes.extend(written.as_bytes());
                bytes.extend(encode_bitmap(&items));
                db.facets.put(txn, key, &bytes)?;
            }
        }
        Ok(())
    }
}

/// The value as a feed wrote it, and its items.
pub(crate) fn decode(bytes: &[u8]) -> Result<(String, RoaringBitmap)> {
    let torn = || Error::damaged("a facet is cut short");
    let (length, rest) = bytes.split_first_chunk().ok_or_else(torn)?;
    let (written, items) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(torn)?;
    Ok((String::from_utf8_lossy(written).into_owned(), decode_bitmap(items)?))
}

/// The items that pass `filter`: all of them for the empty filter.
///
/// # Errors
/// [`FilterError::UnknownKey`] if the filter names an attribute that no product has.
pub(crate) fn matching(db: &Databases<'_>, txn: &RoTxn<'_>, filter: &Filter) -> Result<RoaringBitmap> {
    let mut items = read_items(db, txn, meta_key::LIVE)?;
    for (field, values) in filter.values() {
        let mut any = RoaringBitmap::new();
        for value in values {
            if let Some(bytes) = db.facets.get(txn, &facet_key(field, value))? {
                any |= decode(bytes)?.1;
            }
        }
        if any.is_empty() {
            known_field(db, txn, field)?;
        }
        items &= any;
    }
    for (field, values) in filter.excluded() {
        for value in values {
            if let Some(bytes) = db.facets.get(txn, &facet_key(field, value))? {
                items -= decode(bytes)?.1;
            }
        }
    }
    if filter.has_price() {
        items = within_price(db, txn, filter, &items)?;
    }
    Ok(items)
}

/// Whether any product has a value in this field.
pub(crate) fn has_field(db: &Databases<'_>, txn: &RoTxn<'_>, field: &Field) -> Result<bool> {
    Ok(db.facets.prefix_iter(txn, &field_prefix(field))?.next().transpose()?.is_some())
}

/// A misspelt key would otherwise look like "no product matches".
fn known_field(db: &Databases<'_>, txn: &RoTxn<'_>, field: &Field) -> Result<()> {
    let Field::Attribute(name) = field else { return Ok(()) };
    if db.facets.prefix_iter(txn, &field_prefix(field))?.next().is_some() {
        return Ok(());
    }
    let known = Field::KNOWN.iter().map(|name| (*name).to_owned()).chain(["price".into()]);
    let known = known.chain(attributes(db, txn)?).collect();
    Err(FilterError::UnknownKey { key: name.clone(), known }.into())
}

/// The names of all attributes.
pub(crate) fn attributes(db: &Databases<'_>, txn: &RoTxn<'_>) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut from = b"@".to_vec();
    // From each name straight to the next one: values are not walked.
    while let Some((key, _)) = db.facets.get_greater_than_or_equal_to(txn, &from)? {
        let Some(name) = key.strip_prefix(b"@").and_then(|k| k.split(|b| *b == 0).next()) else { break };
        names.push(String::from_utf8_lossy(name).into_owned());
        from = [b"@", name, &[1]].concat();
    }
    Ok(names)
}

/// The values of a field and how many products have each, most frequent first.
pub(crate) fn counts(
    db: &Databases<'_>,
    txn: &RoTxn<'_>,
    field: &Field,
    among: &RoaringBitmap,
) -> Result<Vec<(String, u64)>> {
    let mut counts = Vec::new();
    for entry in db.facets.prefix_iter(txn, &field_prefix(field))? {
        let (written, items) = decode(entry?.1)?;
        let count = items.intersection_len(among);
        if count > 0 {
            counts.push((written, count));
        }
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(counts)
}

fn within_price(
    db: &Databases<'_>,
    txn: &RoTxn<'_>,
    filter: &Filter,
    items: &RoaringBitmap,
) -> Result<RoaringBitmap> {
    let (min, max) = filter.price_range();
    // Bounds were checked when the filter was made; NONE + 1 leaves out products without a price.
    let min = min.and_then(price::encode_bound).unwrap_or(price::NONE + 1);
    let max = max.and_then(price::encode_bound).unwrap_or(i64::MAX);
    let within = prices(db, txn, items)?.into_iter().filter(|(_, price)| (min..=max).contains(price));
    Ok(within.map(|(item, _)| item).collect())
}

/// The price of each item in the column's encoding, [`price::NONE`] if it has none.
pub(crate) fn prices(db: &Databases<'_>, txn: &RoTxn<'_>, items: &RoaringBitmap) -> Result<Vec<(u32, i64)>> {
    let mut found = Vec::with_capacity(usize::try_from(items.len()).unwrap_or(0));
    let mut column: Option<(u32, Vec<i64>)> = None;
    for item in items {
        let number = item / price::SLOTS;
        let (_, prices) = match &mut column {
            Some(current) if current.0 == number => current,
            stale => stale.insert((number, price::read_column(db.prices.get(txn, &number)?))),
        };
        found.push((item, prices[(item % price::SLOTS) as usize]));
    }
    Ok(found)
}

/// As [`counts`], but `None` as soon as the field turns out to have more than `most` values: such a
/// column names products rather than kinds of them.
pub(crate) fn few_counts(
    db: &Databases<'_>,
    txn: &RoTxn<'_>,
    field: &Field,
    among: &RoaringBitmap,
    most: usize,
) -> Result<Option<Vec<(String, u64)>>> {
    let prefix = field_prefix(field);
    let values = db.facets.lazily_decode_data().prefix_iter(txn, &prefix)?.take(most + 1).count();
    if values > most { Ok(None) } else { counts(db, txn, field, among).map(Some) }
}

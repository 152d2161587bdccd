//! The bitmaps behind filters: for each value of a field, the items that have it.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use roaring::RoaringBitmap;

use crate::error::{Error, FilterError, Result};
use crate::product::derived::PICTURE_MISSING;
use crate::product::field::{Field, facet_key, field_prefix, text_key};
use crate::product::filter::Filter;
use crate::product::sortable_price;
use crate::store::bitmap::{decode_bitmap, encode_bitmap, read_items};
use crate::store::price_column;
use crate::store::schema::meta_key;
use crate::store::view::{Edit, View};

/// The changes of a batch to the bitmaps, by facet key.
#[derive(Default)]
pub(crate) struct FacetChanges(HashMap<Vec<u8>, FacetChange>);

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

    pub(crate) fn write(&self, edit: &mut Edit<'_, '_>) -> Result<()> {
        let mut changes: Vec<_> = self.0.iter().collect();
        // Writes in the order of the keys, so that pages fill one after another.
        changes.sort_unstable_by_key(|(key, _)| *key);
        for (key, change) in changes {
            let stored = edit.db.facets.get(edit.txn, key)?.map(decode).transpose()?;
            let (written, mut items) =
                stored.unwrap_or_else(|| (change.written.clone(), RoaringBitmap::new()));
            items -= &change.remove;
            items |= &change.add;
            if items.is_empty() {
                edit.db.facets.delete(edit.txn, key)?;
            } else {
                let mut bytes = u32::try_from(written.len()).unwrap_or(0).to_le_bytes().to_vec();
                bytes.extend(written.as_bytes());
                bytes.extend(encode_bitmap(&items));
                edit.db.facets.put(edit.txn, key, &bytes)?;
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

/// The items that pass `filter`. All items pass the empty filter.
///
/// # Errors
/// [`FilterError::UnknownKey`] if the filter names an attribute that no product has.
pub(crate) fn matching(view: View<'_>, filter: &Filter) -> Result<RoaringBitmap> {
    let mut items = read_items(view, meta_key::LIVE)?;
    for (field, values) in filter.values() {
        let mut any = RoaringBitmap::new();
        for value in values {
            if let Some(bytes) = view.db.facets.get(view.txn, &facet_key(field, value))? {
                any |= decode(bytes)?.1;
            }
        }
        if any.is_empty() {
            known_field(view, field)?;
        }
        items &= any;
    }
    for (field, values) in filter.excluded() {
        for value in values {
            if let Some(bytes) = view.db.facets.get(view.txn, &facet_key(field, value))? {
                items -= decode(bytes)?.1;
            }
        }
    }
    if filter.has_price() {
        items = within_price(view, filter, &items)?;
    }
    if !filter.products().is_empty() {
        items &= items_of(view, filter.products())?;
    }
    for other in filter.narrowed_by() {
        items &= matching(view, other)?;
    }
    for other in filter.hidden() {
        items -= matching(view, other)?;
    }
    Ok(items)
}

/// The items of those ids that exist.
fn items_of(view: View<'_>, ids: &BTreeSet<String>) -> Result<RoaringBitmap> {
    let mut items = RoaringBitmap::new();
    for id in ids {
        items.extend(view.db.ids.get(view.txn, &text_key(id))?);
    }
    Ok(items)
}

/// The items of products without a picture: their vectors are placeholders.
pub(crate) fn without_picture(view: View<'_>) -> Result<RoaringBitmap> {
    let (name, missing) = PICTURE_MISSING;
    let stored = view.db.facets.get(view.txn, &facet_key(&Field::Attribute(name.into()), missing))?;
    Ok(stored.map(decode).transpose()?.map(|(_, items)| items).unwrap_or_default())
}

/// Whether any product has a value in this field.
pub(crate) fn has_field(view: View<'_>, field: &Field) -> Result<bool> {
    Ok(view.db.facets.prefix_iter(view.txn, &field_prefix(field))?.next().transpose()?.is_some())
}

/// Deletes all values of a field.
pub(crate) fn remove_field(edit: &mut Edit<'_, '_>, field: &Field) -> Result<()> {
    // The prefix ends with a zero byte, so all its keys come before the prefix that ends with a one.
    let (from, mut to) = (field_prefix(field), field_prefix(field));
    to.pop();
    to.push(1);
    let range = (Bound::Included(from.as_slice()), Bound::Excluded(to.as_slice()));
    edit.db.facets.delete_range(edit.txn, &range)?;
    Ok(())
}

/// Refuses a key that no product has: a misspelt key must not look like "no product matches".
fn known_field(view: View<'_>, field: &Field) -> Result<()> {
    let Field::Attribute(name) = field else { return Ok(()) };
    if view.db.facets.prefix_iter(view.txn, &field_prefix(field))?.next().is_some() {
        return Ok(());
    }
    let known =
        Field::KNOWN.iter().map(|name| (*name).to_owned()).chain(["gtin", "mpn", "price"].map(String::from));
    let known = known.chain(attributes(view)?).collect();
    Err(FilterError::UnknownKey { key: name.clone(), known }.into())
}

/// The names of all attributes.
pub(crate) fn attributes(view: View<'_>) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut from = b"@".to_vec();
    // Seeks from each name directly to the next one, past all its values.
    while let Some((key, _)) = view.db.facets.get_greater_than_or_equal_to(view.txn, &from)? {
        let Some(name) = key.strip_prefix(b"@").and_then(|k| k.split(|b| *b == 0).next()) else { break };
        names.push(String::from_utf8_lossy(name).into_owned());
        from = [b"@", name, &[1]].concat();
    }
    Ok(names)
}

/// The values of a field and how many products have each, most frequent first.
pub(crate) fn counts(view: View<'_>, field: &Field, among: &RoaringBitmap) -> Result<Vec<(String, u64)>> {
    let mut counts = Vec::new();
    for entry in view.db.facets.prefix_iter(view.txn, &field_prefix(field))? {
        let (written, items) = decode(entry?.1)?;
        let count = items.intersection_len(among);
        if count > 0 {
            counts.push((written, count));
        }
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(counts)
}

fn within_price(view: View<'_>, filter: &Filter, items: &RoaringBitmap) -> Result<RoaringBitmap> {
    let (min, max) = filter.price_range();
    // The filter has checked its bounds. NONE + 1 excludes products without a price.
    let min = min.and_then(sortable_price::encode_bound).unwrap_or(sortable_price::NONE + 1);
    let max = max.and_then(sortable_price::encode_bound).unwrap_or(i64::MAX);
    let within = prices(view, items)?.into_iter().filter(|(_, price)| (min..=max).contains(price));
    Ok(within.map(|(item, _)| item).collect())
}

/// The [sortable price](sortable_price) of each item.
pub(crate) fn prices(view: View<'_>, items: &RoaringBitmap) -> Result<Vec<(u32, i64)>> {
    let mut found = Vec::with_capacity(usize::try_from(items.len()).unwrap_or(0));
    let mut column: Option<(u32, Vec<i64>)> = None;
    for item in items {
        let number = item / price_column::SLOTS;
        let (_, prices) = match &mut column {
            Some(current) if current.0 == number => current,
            stale => {
                stale.insert((number, price_column::read_column(view.db.prices.get(view.txn, &number)?)))
            }
        };
        found.push((item, prices[(item % price_column::SLOTS) as usize]));
    }
    Ok(found)
}

/// Like [`counts`], but `None` if the field has more than `most` values: such a column names single products, not
/// kinds of them.
pub(crate) fn few_counts(
    view: View<'_>,
    field: &Field,
    among: &RoaringBitmap,
    most: usize,
) -> Result<Option<Vec<(String, u64)>>> {
    let prefix = field_prefix(field);
    let values = view.db.facets.lazily_decode_data().prefix_iter(view.txn, &prefix)?.take(most + 1).count();
    if values > most { Ok(None) } else { counts(view, field, among).map(Some) }
}

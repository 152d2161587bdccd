//! The price database: prices as a column of [sortable integers](sortable_price), so that a price filter reads
//! 8 bytes per product.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::product::sortable_price;
use crate::store::view::Edit;

/// Products per value of the price database.
pub(crate) const SLOTS: u32 = 1024;

/// All [`SLOTS`] entries of one value of the price database. A slot beyond the stored bytes has no price.
pub(crate) fn read_column(bytes: Option<&[u8]>) -> Vec<i64> {
    let mut column = vec![sortable_price::NONE; SLOTS as usize];
    let entries = bytes.unwrap_or_default().chunks_exact(8);
    for (slot, entry) in column.iter_mut().zip(entries) {
        *slot = entry.try_into().map_or(sortable_price::NONE, i64::from_le_bytes);
    }
    column
}

/// A column as the database stores it: without the empty slots at its end.
fn column_bytes(column: &[i64]) -> Vec<u8> {
    let used = column.iter().rposition(|&price| price != sortable_price::NONE).map_or(0, |last| last + 1);
    column[..used].iter().flat_map(|price| price.to_le_bytes()).collect()
}

/// Writes the prices of the items that changed.
pub(crate) fn write(edit: &mut Edit<'_, '_>, changed: &BTreeMap<u32, i64>) -> Result<()> {
    let mut columns: BTreeMap<u32, Vec<(u32, i64)>> = BTreeMap::new();
    for (&item, &price) in changed {
        columns.entry(item / SLOTS).or_default().push((item % SLOTS, price));
    }
    for (number, entries) in columns {
        let mut column = read_column(edit.db.prices.get(edit.txn, &number)?);
        entries.into_iter().for_each(|(slot, price)| column[slot as usize] = price);
        edit.db.prices.put(edit.txn, &number, &column_bytes(&column))?;
    }
    Ok(())
}

//! Updates the index inside the transaction that changes the products.

use std::collections::BTreeMap;

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::block::BlockBuf;
use super::cells::{self, Cells};
use super::delta::{Delta, blocks_to_merge, merge_delta};
use crate::error::Result;
use crate::store::bitmap::{read_items, write_items};
use crate::store::mapped::Mapped;
use crate::store::schema::meta_key;
use crate::store::segment;
use crate::store::view::Edit;

/// Below this number of products the exact scan is as fast, and the catalogue has no index.
const KEEP_FROM_PRODUCTS: u64 = 1_024;

/// A catalogue drops its index below this share of [`KEEP_FROM_PRODUCTS`]. The margin keeps a catalogue at the
/// limit from building and dropping the index in turns.
const DROP_BELOW_SHARE: f64 = 0.8;

/// Below this number of products the index has no cells, and a search scans all codes.
const CELLS_FROM_PRODUCTS: u64 = 16_384;

/// Products per cell when cells are made.
const PRODUCTS_PER_CELL: u64 = 256;

/// With more cells, choosing the nearest costs more than scanning fewer codes saves.
const CELLS_AT_MOST: u64 = 16_384;

/// Sampled vectors per cell, from which its centre is learned.
const SAMPLE_PER_CELL: usize = 32;

/// Sampled vectors at least, from which the mean is learned.
const SAMPLE_AT_LEAST: usize = 4_096;

/// The index is rebuilt when the catalogue has grown by this factor, or has shrunk by twice the factor.
const REMADE_BY_FACTOR: u64 = 2;

/// Cells whose codes are in memory at a time during a rebuild.
const CELLS_PER_STEP: usize = 256;

/// Updates the index for a batch whose vectors are already stored. `before`: the items that existed before the
/// batch. `changed`: the items whose vector changed, and whether they still exist.
pub(crate) fn maintain(
    edit: &mut Edit<'_, '_>,
    before: &RoaringBitmap,
    live: &RoaringBitmap,
    changed: &BTreeMap<u32, bool>,
) -> Result<()> {
    let made_for = match edit.db.meta.get(edit.txn, meta_key::CELLS)? {
        Some(bytes) => Some(Cells::read(bytes, edit.dimension)?.made_for()),
        None => None,
    };
    let count = live.len();
    match made_for {
        None if count < KEEP_FROM_PRODUCTS => Ok(()),
        None => rebuild(edit, live),
        Some(_) if (count as f64) < KEEP_FROM_PRODUCTS as f64 * DROP_BELOW_SHARE => clear(edit),
        Some(made_for) if count >= made_for * REMADE_BY_FACTOR || count * 2 * REMADE_BY_FACTOR < made_for => {
            rebuild(edit, live)
        }
        Some(_) if changed.is_empty() => Ok(()),
        Some(_) => update(edit, before, live, changed),
    }
}

/// Removes the index. Searches use the exact scan until a commit builds an index again.
pub(crate) fn clear(edit: &mut Edit<'_, '_>) -> Result<()> {
    edit.db.meta.delete(edit.txn, meta_key::CELLS)?;
    edit.db.meta.delete(edit.txn, meta_key::STALE)?;
    edit.db.meta.delete(edit.txn, meta_key::NEXT_DELTA_BLOCK)?;
    edit.db.cells.clear(edit.txn)?;
    Ok(edit.db.delta.clear(edit.txn)?)
}

/// Rebuilds the whole index, if the catalogue is large enough for one.
pub(crate) fn rebuild(edit: &mut Edit<'_, '_>, live: &RoaringBitmap) -> Result<()> {
    clear(edit)?;
    let count = live.len();
    if count < KEEP_FROM_PRODUCTS {
        return Ok(());
    }
    let wanted = if count < CELLS_FROM_PRODUCTS { 0 } else { (count / PRODUCTS_PER_CELL).min(CELLS_AT_MOST) };
    let cells = {
        let rows = Mapped::read(edit.view())?;
        let wanted = wanted as usize;
        let sampled = (wanted * SAMPLE_PER_CELL).max(SAMPLE_AT_LEAST) as u64;
        let every = (count / sampled).max(1) as usize;
        let sample = live.iter().step_by(every).map(|item| rows.row(item)).collect::<Result<Vec<_>>>()?;
        cells::make(&sample, wanted, count, edit.dimension)?
    };
    edit.db.meta.put(edit.txn, meta_key::CELLS, &cells)?;
    let cells = Cells::read(&cells, edit.dimension)?;
    if cells.len() == 0 {
        let items: Vec<u32> = live.iter().collect();
        let mut delta = Delta::read(edit.view(), cells.coder.width())?;
        delta.encode(edit.view(), &cells, &items)?;
        return delta.write(edit);
    }
    fill_cells(edit, &cells, live)
}

fn fill_cells(edit: &mut Edit<'_, '_>, cells: &Cells<'_>, live: &RoaringBitmap) -> Result<()> {
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); cells.len()];
    {
        let rows = Mapped::read(edit.view())?;
        let items: Vec<u32> = live.iter().collect();
        let home = |item: &u32| Ok((cells.home(&segment::decode(rows.row(*item)?))?, *item));
        for (cell, item) in items.par_iter().map(home).collect::<Result<Vec<_>>>()? {
            members[cell as usize].push(item);
        }
    }
    let numbered: Vec<(u32, Vec<u32>)> = (0..).zip(members).filter(|(_, items)| !items.is_empty()).collect();
    for step in numbered.chunks(CELLS_PER_STEP) {
        let blocks = {
            let rows = Mapped::read(edit.view())?;
            let block = |(cell, items): &(u32, Vec<u32>)| Ok((*cell, block_of(cells, *cell, items, &rows)?));
            step.par_iter().map(block).collect::<Result<Vec<_>>>()?
        };
        for (cell, block) in blocks {
            edit.db.cells.put(edit.txn, &cell, block.as_bytes())?;
        }
    }
    Ok(())
}

fn block_of(cells: &Cells<'_>, cell: u32, items: &[u32], rows: &Mapped<'_>) -> Result<BlockBuf> {
    let (mut block, centre) = (BlockBuf::new(cells.coder.width()), cells.centre(cell)?);
    for &item in items {
        block.push(item, &cells.coder.encode(&segment::decode(rows.row(item)?), &centre));
    }
    Ok(block)
}

fn update(
    edit: &mut Edit<'_, '_>,
    before: &RoaringBitmap,
    live: &RoaringBitmap,
    changed: &BTreeMap<u32, bool>,
) -> Result<()> {
    // A copy, since a write may move the page that holds the bytes.
    let bytes = edit.db.meta.get(edit.txn, meta_key::CELLS)?.unwrap_or_default().to_vec();
    let cells = Cells::read(&bytes, edit.dimension)?;
    let mut stale = read_items(edit.view(), meta_key::STALE)?;
    let mut delta = Delta::read(edit.view(), cells.coder.width())?;
    for &item in changed.keys() {
        if !delta.take(item) && before.contains(item) && cells.len() > 0 {
            stale.insert(item);
        }
    }
    let items: Vec<u32> = changed.iter().filter(|(_, exists)| **exists).map(|(item, _)| *item).collect();
    delta.encode(edit.view(), &cells, &items)?;
    let unmerged = (delta.len() as u64).max(stale.len() / 2);
    let blocks = blocks_to_merge(edit, &cells, live.len(), unmerged, changed.len())?;
    merge_delta(edit, &cells, &mut delta, &mut stale, &blocks)?;
    delta.write(edit)?;
    write_items(edit, meta_key::STALE, &stale)
}

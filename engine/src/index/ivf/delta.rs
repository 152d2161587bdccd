//! The codes of products that were added or changed since the cells were written.
//!
//! A *delta block* holds the new codes of [`CELLS_PER_DELTA_BLOCK`] cells. A commit appends codes to delta
//! blocks, and when too many codes wait there it merges a few delta blocks into their cells, in turn. So a
//! commit writes a bounded number of pages.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::block::{Block, BlockBuf};
use super::cells::Cells;
use super::code::Code;
use crate::error::Result;
use crate::store::mapped::Mapped;
use crate::store::picture_number::item_of;
use crate::store::schema::meta_key;
use crate::store::segment;
use crate::store::view::{Edit, View};

/// A commit merges delta blocks when more than one product in this many has its code in one.
const DELTA_ONE_IN: u64 = 16;

/// Cells that share a delta block. A merge of the block writes these cells and no others.
pub(crate) const CELLS_PER_DELTA_BLOCK: u32 = 32;

/// Items per delta block in a catalogue without cells.
const ITEMS_PER_DELTA_BLOCK: u32 = 512;

/// A commit merges one delta block per this many changes. At the largest delta that is allowed, about as many
/// codes are merged as are added.
const CHANGES_PER_DELTA_BLOCK: usize = 1_024;

/// A commit merges all delta blocks when the delta is this many times as large as it should be.
const DELTA_AT_MOST: u64 = 2;

/// All delta blocks in memory. Codes are relative to the mean of all vectors, not to a cell's centre.
pub(super) struct Delta {
    width: usize,
    blocks: BTreeMap<u32, BlockBuf>,
    /// Block number and slot of each item.
    slots: HashMap<u32, (u32, usize)>,
    /// Numbers of the blocks that are to be written.
    changed: BTreeSet<u32>,
}

impl Delta {
    pub(super) fn read(view: View<'_>, width: usize) -> Result<Self> {
        let mut delta =
            Self { width, blocks: BTreeMap::new(), slots: HashMap::new(), changed: BTreeSet::new() };
        for entry in view.db.delta.iter(view.txn)? {
            let (number, bytes) = entry?;
            let block = BlockBuf::from_bytes(bytes, width)?;
            let slots = (0..).map(|slot| (number, slot));
            delta.slots.extend(block.as_block().items().zip(slots));
            delta.blocks.insert(number, block);
        }
        Ok(delta)
    }

    /// How many items have their code in a delta block.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Encodes the stored vectors of `items` and adds each code to the block of its cell.
    pub(super) fn encode(&mut self, view: View<'_>, cells: &Cells<'_>, items: &[u32]) -> Result<()> {
        let rows = Mapped::read(view)?;
        let code = |&item: &u32| {
            let vector = segment::decode(rows.row(item)?);
            let number = match cells.len() {
                0 => item_of(item) / ITEMS_PER_DELTA_BLOCK,
                _ => cells.home(&vector)? / CELLS_PER_DELTA_BLOCK,
            };
            Ok((number, cells.coder.encode(&vector, &cells.mean)))
        };
        let codes = items.par_iter().map(code).collect::<Result<Vec<(u32, Code)>>>()?;
        for (item, (number, code)) in items.iter().zip(codes) {
            self.put(number, *item, &code);
        }
        Ok(())
    }

    fn items(&self, number: u32) -> impl Iterator<Item = u32> {
        self.blocks.get(&number).into_iter().flat_map(|block| block.as_block().items())
    }

    fn put(&mut self, number: u32, item: u32, code: &Code) {
        let block = self.blocks.entry(number).or_insert_with(|| BlockBuf::new(self.width));
        self.slots.insert(item, (number, block.len()));
        self.changed.insert(number);
        block.push(item, code);
    }

    /// Removes an item; whether it was there.
    pub(super) fn take(&mut self, item: u32) -> bool {
        let Some((number, slot)) = self.slots.remove(&item) else { return false };
        self.changed.insert(number);
        if let Some(block) = self.blocks.get_mut(&number)
            && let Some((last, code)) = block.pop()
            && last != item
        {
            block.set(slot, last, &code);
            self.slots.insert(last, (number, slot));
        }
        true
    }

    /// Writes the blocks that changed.
    pub(super) fn write(self, edit: &mut Edit<'_, '_>) -> Result<()> {
        for number in self.changed {
            match self.blocks.get(&number).filter(|block| block.len() > 0) {
                Some(block) => edit.db.delta.put(edit.txn, &number, block.as_bytes())?,
                None => drop(edit.db.delta.delete(edit.txn, &number)?),
            }
        }
        Ok(())
    }
}

/// The delta blocks that this commit merges: none while the delta is small, else a few in turn. `unmerged`
/// counts the codes that wait for a merge, `changed` the vectors of this commit.
pub(super) fn blocks_to_merge(
    edit: &mut Edit<'_, '_>,
    cells: &Cells<'_>,
    products: u64,
    unmerged: u64,
    changed: usize,
) -> Result<Vec<u32>> {
    let all = (cells.len() as u32).div_ceil(CELLS_PER_DELTA_BLOCK);
    let wanted = products / DELTA_ONE_IN;
    if all == 0 || unmerged <= wanted {
        return Ok(Vec::new());
    }
    if unmerged > wanted * DELTA_AT_MOST {
        return Ok((0..all).collect());
    }
    let next =
        edit.db.meta.get(edit.txn, meta_key::NEXT_DELTA_BLOCK)?.and_then(|bytes| bytes.try_into().ok());
    let next = next.map_or(0, u32::from_le_bytes) % all;
    let count = (changed.div_ceil(CHANGES_PER_DELTA_BLOCK) as u32).min(all);
    edit.db.meta.put(edit.txn, meta_key::NEXT_DELTA_BLOCK, &((next + count) % all).to_le_bytes())?;
    Ok((next..next + count).map(|number| number % all).collect())
}

/// Merges the delta blocks of these `numbers` into their cells, and removes stale codes from these cells. An
/// item whose stale code is in the cell of another delta block stays in the delta, since `stale` holds for
/// all cells.
pub(super) fn merge_delta(
    edit: &mut Edit<'_, '_>,
    cells: &Cells<'_>,
    delta: &mut Delta,
    stale: &mut RoaringBitmap,
    numbers: &[u32],
) -> Result<()> {
    let width = cells.coder.width();
    let cells_of = |number: &u32| number * CELLS_PER_DELTA_BLOCK..(number + 1) * CELLS_PER_DELTA_BLOCK;
    let mut touched: BTreeSet<u32> = numbers.iter().flat_map(cells_of).collect();
    let mut removed = RoaringBitmap::new();
    for cell in &touched {
        if let Some(bytes) = edit.db.cells.get(edit.txn, cell)? {
            removed.extend(Block::read(bytes, width)?.items().filter(|item| stale.contains(*item)));
        }
    }
    *stale -= &removed;
    let items = numbers.iter().flat_map(|number| delta.items(*number)).filter(|item| !stale.contains(*item));
    let items: Vec<u32> = items.collect();
    let mut additions = codes_by_cell(edit.view(), cells, &items)?;
    touched.extend(additions.keys());
    for cell in touched {
        let added = additions.remove(&cell).unwrap_or_default();
        update_cell(edit, width, cell, &removed, &added)?;
    }
    for item in items {
        delta.take(item);
    }
    Ok(())
}

/// Writes a cell without the `removed` items and with the `added` ones, if that changes it.
fn update_cell(
    edit: &mut Edit<'_, '_>,
    width: usize,
    cell: u32,
    removed: &RoaringBitmap,
    added: &[(u32, Code)],
) -> Result<()> {
    let stored = edit.db.cells.get(edit.txn, &cell)?;
    let block = stored.map(|bytes| Block::read(bytes, width)).transpose()?;
    let is_stale = block.is_some_and(|block| block.items().any(|item| removed.contains(item)));
    if added.is_empty() && !is_stale {
        return Ok(());
    }
    let mut block =
        stored.map_or_else(|| Ok(BlockBuf::new(width)), |bytes| BlockBuf::from_bytes(bytes, width))?;
    block.retain(|item| !removed.contains(item));
    added.iter().for_each(|(item, code)| block.push(*item, code));
    match block.len() {
        0 => drop(edit.db.cells.delete(edit.txn, &cell)?),
        _ => edit.db.cells.put(edit.txn, &cell, block.as_bytes())?,
    }
    Ok(())
}

/// The codes of `items` relative to the centres of their cells, by cell.
fn codes_by_cell(view: View<'_>, cells: &Cells<'_>, items: &[u32]) -> Result<HashMap<u32, Vec<(u32, Code)>>> {
    let rows = Mapped::read(view)?;
    let code = |&item: &u32| -> Result<(u32, (u32, Code))> {
        let vector = segment::decode(rows.row(item)?);
        let cell = cells.home(&vector)?;
        Ok((cell, (item, cells.coder.encode(&vector, &cells.centre(cell)?))))
    };
    let mut by_cell: HashMap<u32, Vec<(u32, Code)>> = HashMap::new();
    for (cell, entry) in items.par_iter().map(code).collect::<Result<Vec<_>>>()? {
        by_cell.entry(cell).or_default().push(entry);
    }
    Ok(by_cell)
}

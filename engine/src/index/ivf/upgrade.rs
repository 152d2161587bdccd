//! The step from schema 3: its delta blocks belonged to no cells.

use roaring::RoaringBitmap;

use super::block::Block;
use super::cells::Cells;
use super::delta::{CELLS_PER_DELTA_BLOCK, Delta, merge_delta};
use super::maintain::rebuild;
use crate::error::Result;
use crate::store::bitmap::{read_items, write_items};
use crate::store::schema::meta_key;
use crate::store::view::Edit;

/// Upgrades the delta of schema 3, whose blocks belong to no cells: all codes go into cells, or, in a
/// catalogue without cells, into the delta blocks of their items.
pub(crate) fn upgrade_delta(edit: &mut Edit<'_, '_>, live: &RoaringBitmap) -> Result<()> {
    let Some(bytes) = edit.db.meta.get(edit.txn, meta_key::CELLS)?.map(<[u8]>::to_vec) else {
        return Ok(());
    };
    let cells = Cells::read(&bytes, edit.dimension)?;
    if cells.len() == 0 {
        return rebuild(edit, live);
    }
    let (width, mut coded) = (cells.coder.width(), RoaringBitmap::new());
    for entry in edit.db.cells.iter(edit.txn)? {
        coded.extend(Block::read(entry?.1, width)?.items());
    }
    // Schema 3 also listed new items as stale, though no cell had a code of them.
    let mut stale = read_items(edit.view(), meta_key::STALE)? & coded;
    let mut delta = Delta::read(edit.view(), width)?;
    let numbers: Vec<u32> =
        (0..=delta.last_block().max(cells.len() as u32 / CELLS_PER_DELTA_BLOCK)).collect();
    merge_delta(edit, &cells, &mut delta, &mut stale, &numbers)?;
    delta.write(edit)?;
    write_items(edit, meta_key::STALE, &stale)
}

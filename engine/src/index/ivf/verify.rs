//! Checks the index against the vectors.

use roaring::RoaringBitmap;

use super::block::Block;
use super::cells::Cells;
use crate::error::Result;
use crate::store::bitmap::read_items;
use crate::store::mapped::Mapped;
use crate::store::schema::meta_key;
use crate::store::segment;
use crate::store::view::View;

/// Checks that every live item has exactly one current code, and that it is the code of its vector. Calls
/// `fault` for each violation.
pub(crate) fn verify(view: View<'_>, live: &RoaringBitmap, fault: &mut impl FnMut(String)) -> Result<()> {
    let Some(bytes) = view.db.meta.get(view.txn, meta_key::CELLS)? else {
        if !(view.db.cells.is_empty(view.txn)? && view.db.delta.is_empty(view.txn)?) {
            fault("there are codes without an index".into());
        }
        return Ok(());
    };
    let cells = Cells::read(bytes, view.dimension)?;
    let (width, stale) = (cells.coder.width(), read_items(view, meta_key::STALE)?);
    let rows = Mapped::read(view)?;
    let mut seen = RoaringBitmap::new();
    let mut check = |block: Block<'_>, centre: &[f32], is_stale: &dyn Fn(u32) -> bool| -> Result<()> {
        for (slot, item) in block.items().enumerate().filter(|(_, item)| !is_stale(*item)) {
            let made = cells.coder.encode(&segment::decode(rows.row(item)?), centre);
            let stored = block.code(slot).is_some_and(|(_, code)| code == made);
            if !seen.insert(item) || !stored {
                fault(format!("item {item} has another code in the index, or two"));
            }
        }
        Ok(())
    };
    for entry in view.db.cells.iter(view.txn)? {
        let (cell, bytes) = entry?;
        check(Block::read(bytes, width)?, &cells.centre(cell)?, &|item| stale.contains(item))?;
    }
    for entry in view.db.delta.iter(view.txn)? {
        check(Block::read(entry?.1, width)?, &cells.mean, &|_| false)?;
    }
    if seen != *live {
        fault(format!("the index covers {} of {} products", (&seen & live).len(), live.len()));
    }
    Ok(())
}

//! Where an item's vector lies: its *place*, which counts the rows of all segments.
//!
//! An item whose vector was written once and in the order of items lies at the place of its own number,
//! and nothing is kept. Where that does not hold, a block has the places of all its items: `[1020]`
//! little-endian `u32`, which with LMDB's header are a page.

use heed::{RoTxn, RwTxn};

use crate::schema::Databases;
use crate::{Error, Result};

/// Items per block.
const SLOTS: u32 = 1_020;

const BYTES: usize = SLOTS as usize * 4;

/// The block of an item.
#[inline]
pub(crate) fn block_of(item: u32) -> u32 {
    item / SLOTS
}

/// The place of an item by its block; none means that no item of it ever moved.
///
/// # Errors
/// [`Error::Damaged`] if the block is cut short.
#[inline]
pub(crate) fn in_block(block: Option<&[u8]>, item: u32) -> Result<u32> {
    let Some(block) = block else { return Ok(item) };
    let at = (item % SLOTS) as usize * 4;
    let bytes = block.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u32::from_le_bytes).ok_or_else(|| Error::damaged(format!("item {item} has lost its place")))
}

/// The place of an item.
pub(crate) fn read(db: &Databases<'_>, txn: &RoTxn<'_>, item: u32) -> Result<u32> {
    in_block(db.places.get(txn, &block_of(item))?, item)
}

/// Notes where items lie now. `places`: items and their places.
pub(crate) fn write(db: &Databases<'_>, txn: &mut RwTxn<'_>, mut places: Vec<(u32, u32)>) -> Result<()> {
    places.sort_unstable();
    for block in places.chunk_by(|a, b| block_of(a.0) == block_of(b.0)) {
        let number = block_of(block[0].0);
        let mut bytes = match db.places.get(txn, &number)? {
            Some(stored) if stored.len() == BYTES => stored.to_vec(),
            Some(_) => return Err(Error::damaged(format!("block {number} of the places is cut short"))),
            None if block.iter().all(|(item, place)| item == place) => continue,
            None => unmoved(number),
        };
        for (item, place) in block {
            let at = (item % SLOTS) as usize * 4;
            bytes[at..at + 4].copy_from_slice(&place.to_le_bytes());
        }
        db.places.put(txn, &number, &bytes)?;
    }
    Ok(())
}

/// A block whose items all lie at the places of their numbers.
fn unmoved(number: u32) -> Vec<u8> {
    (0..SLOTS).flat_map(|slot| (number * SLOTS).wrapping_add(slot).to_le_bytes()).collect()
}

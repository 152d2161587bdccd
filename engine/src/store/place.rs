//! The *place* of a picture's vector: the number of its row among the rows of all segments. A product's own picture has
//! the number of its item.
//!
//! By default the place of an item is the item's own number. That holds while vectors are written once and in the
//! order of items, and then nothing is stored. As soon as one item of a block lies elsewhere, the block stores the
//! places of all its items: `[1020]` little-endian `u32`, which fill one page together with LMDB's header.

use crate::error::{Error, Result};
use crate::store::picture_number::{number_of, picture_of};
use crate::store::view::{Edit, View};

/// Items per block.
const SLOTS: u32 = 1_020;

const BYTES: usize = SLOTS as usize * 4;

/// The block of an item.
#[inline]
pub(crate) fn block_of(item: u32) -> u32 {
    item / SLOTS
}

/// Where the block of a picture is among those of pictures with the same number, and that number. Further pictures have
/// their blocks far behind those of the products' own.
#[inline]
pub(crate) fn position_of(picture: u32) -> (usize, usize) {
    let number = number_of(picture);
    (usize::from(number), (block_of(picture) - block_of(picture_of(0, number))) as usize)
}

/// [`position_of`] the pictures of this block.
pub(crate) fn position_of_block(block: u32) -> (usize, usize) {
    // No product has the highest items, so a block on a border belongs to the higher number.
    position_of(block.saturating_mul(SLOTS).saturating_add(SLOTS - 1))
}

/// The place of an item, from its block; without a block, every item of it lies at its default place.
///
/// # Errors
/// [`Error::Damaged`] if the block is cut short.
#[inline]
pub(crate) fn in_block(block: Option<&[u8]>, item: u32) -> Result<u32> {
    let Some(block) = block else { return Ok(item) };
    let bytes = bytes_in_block(block, item).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u32::from_le_bytes).ok_or_else(|| Error::damaged(format!("item {item} has lost its place")))
}

/// Where a block has the place of an item; `None` if it is cut short.
#[inline]
pub(crate) fn bytes_in_block(block: &[u8], item: u32) -> Option<&[u8]> {
    let at = (item % SLOTS) as usize * 4;
    block.get(at..at + 4)
}

/// The place of an item.
pub(crate) fn read(view: View<'_>, item: u32) -> Result<u32> {
    in_block(view.db.places.get(view.txn, &block_of(item))?, item)
}

/// Stores the places of items. `places`: pairs of an item and its place.
pub(crate) fn write(edit: &mut Edit<'_, '_>, mut places: Vec<(u32, u32)>) -> Result<()> {
    places.sort_unstable();
    for block in places.chunk_by(|a, b| block_of(a.0) == block_of(b.0)) {
        let number = block_of(block[0].0);
        let mut bytes = match edit.db.places.get(edit.txn, &number)? {
            Some(stored) if stored.len() == BYTES => stored.to_vec(),
            Some(_) => return Err(Error::damaged(format!("block {number} of the places is cut short"))),
            None if block.iter().all(|(item, place)| item == place) => continue,
            None => unmoved(number),
        };
        for (item, place) in block {
            let at = (item % SLOTS) as usize * 4;
            bytes[at..at + 4].copy_from_slice(&place.to_le_bytes());
        }
        edit.db.places.put(edit.txn, &number, &bytes)?;
    }
    Ok(())
}

/// A block whose items all lie at their default places.
fn unmoved(number: u32) -> Vec<u8> {
    (0..SLOTS).flat_map(|slot| (number * SLOTS).wrapping_add(slot).to_le_bytes()).collect()
}

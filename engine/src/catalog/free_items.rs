//! Which free item a new product gets.

use roaring::RoaringBitmap;

/// Items in blocks of this many share most of the pages that a batch writes.
const SIDE_BY_SIDE: u32 = 1_024;

/// The items ordered so that those of the fullest block come last, and the lowest item of a block last.
pub(crate) fn densest_last(items: &RoaringBitmap) -> Vec<u32> {
    let items: Vec<u32> = items.iter().collect();
    let mut blocks: Vec<&[u32]> = items.chunk_by(|a, b| a / SIDE_BY_SIDE == b / SIDE_BY_SIDE).collect();
    blocks.sort_by_key(|block| (block.len(), std::cmp::Reverse(block[0])));
    blocks.into_iter().flat_map(|block| block.iter().rev().copied()).collect()
}

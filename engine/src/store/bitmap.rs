//! Sets of items as stored bitmaps.

use roaring::RoaringBitmap;

use crate::error::{Error, Result};
use crate::store::view::{Edit, View};

/// The items under a key of the `meta` database; none if nothing was stored there.
pub(crate) fn read_items(view: View<'_>, key: &str) -> Result<RoaringBitmap> {
    view.db.meta.get(view.txn, key)?.map_or_else(|| Ok(RoaringBitmap::new()), decode_bitmap)
}

/// Stores the items under a key of the `meta` database.
pub(crate) fn write_items(edit: &mut Edit<'_, '_>, key: &str, items: &RoaringBitmap) -> Result<()> {
    Ok(edit.db.meta.put(edit.txn, key, &encode_bitmap(items))?)
}

pub(crate) fn encode_bitmap(items: &RoaringBitmap) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(items.serialized_size());
    // Writing into a Vec cannot fail.
    let _ = items.serialize_into(&mut bytes);
    bytes
}

pub(crate) fn decode_bitmap(bytes: &[u8]) -> Result<RoaringBitmap> {
    RoaringBitmap::deserialize_from(bytes).map_err(|e| Error::damaged(format!("a bitmap: {e}")))
}

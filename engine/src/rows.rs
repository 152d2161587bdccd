//! Where each segment of vectors lies in the map, so that a search that compares a few hundred of them
//! looks up none in a B-tree.
#![expect(unsafe_code, reason = "addresses in LMDB's map")]

use std::marker::PhantomData;
use std::sync::Arc;

use heed::RoTxn;

use crate::schema::Databases;
use crate::{Error, Result, segment};

/// One segment's bytes.
#[derive(Clone, Copy)]
struct Place {
    start: *const u8,
    len: usize,
}

// SAFETY: it is an address that only `Rows` reads through, while the map stays as it is.
unsafe impl Send for Place {}
// SAFETY: what lies there is not written while it is read.
unsafe impl Sync for Place {}

/// The places of all segments as one transaction sees them.
#[derive(Clone)]
pub(crate) struct Places(Arc<[Place]>);

impl Places {
    /// Walks the keys of the vectors.
    pub(crate) fn read(db: &Databases<'_>, txn: &RoTxn<'_>) -> Result<Self> {
        let mut places = Vec::new();
        for entry in db.vectors.iter(txn)? {
            let (number, bytes) = entry?;
            // A segment that was never written is empty.
            places.resize(number as usize, Place { start: std::ptr::null(), len: 0 });
            places.push(Place { start: bytes.as_ptr(), len: bytes.len() });
        }
        Ok(Self(places.into()))
    }

    /// The rows, for as long as the transaction is open.
    ///
    /// # Safety
    /// The places must have been read in a transaction that sees the same pages as the one of `'t`, at
    /// the same address, and nothing may be written in it during `'t`.
    pub(crate) unsafe fn rows<'t>(self, dimension: usize) -> Rows<'t> {
        Rows { places: self, dimension, transaction: PhantomData }
    }
}

/// All stored vectors.
#[derive(Clone)]
pub(crate) struct Rows<'t> {
    places: Places,
    dimension: usize,
    transaction: PhantomData<&'t [u8]>,
}

impl<'t> Rows<'t> {
    /// Those that `txn` sees.
    pub(crate) fn read(db: &Databases<'_>, txn: &'t RoTxn<'_>, dimension: usize) -> Result<Self> {
        let places = Places::read(db, txn)?;
        // SAFETY: they were read in this very transaction, which stays borrowed, and so unwritten.
        Ok(unsafe { places.rows(dimension) })
    }

    /// The vector of an item: `[dimension]`, little-endian f16.
    ///
    /// # Errors
    /// [`Error::Damaged`] if there is none.
    #[inline]
    pub(crate) fn get(&self, item: u32) -> Result<&'t [u8]> {
        let (number, slot) = segment::locate(item);
        let segment = self.places.0.get(number as usize).filter(|place| !place.start.is_null());
        // SAFETY: LMDB gave these bytes to a transaction with these pages, see `Places::rows`.
        let segment = segment.map(|place| unsafe { std::slice::from_raw_parts(place.start, place.len) });
        let row = segment.and_then(|segment| segment::row(segment, slot, self.dimension));
        row.ok_or_else(|| Error::damaged(format!("item {item} has no vector")))
    }
}

//! Where vectors and codes lie in the map, so that a search, which reads a few hundred of them, looks up
//! none in a B-tree.
#![expect(unsafe_code, reason = "addresses in LMDB's map")]

use std::marker::PhantomData;
use std::sync::Arc;

use heed::RoTxn;

use crate::schema::{Databases, ItemDatabase};
use crate::{Error, Result, segment};

/// A value's bytes.
#[derive(Clone, Copy)]
struct Place {
    start: *const u8,
    len: usize,
}

/// The places of all values that searches read, as one transaction sees them.
pub(crate) struct Places {
    vectors: Vec<Place>,
    cells: Vec<Place>,
    fresh: Vec<Place>,
}

// SAFETY: they are addresses that only `Mapped` reads through, while the map stays as it is.
unsafe impl Send for Places {}
// SAFETY: what lies there is not written while it is read.
unsafe impl Sync for Places {}

impl Places {
    /// Walks the keys of the databases.
    pub(crate) fn read(db: &Databases<'_>, txn: &RoTxn<'_>) -> Result<Self> {
        let [vectors, cells, fresh] = [db.vectors, db.cells, db.fresh].map(|db| places(db, txn));
        Ok(Self { vectors: vectors?, cells: cells?, fresh: fresh? })
    }

    /// The values, for as long as the transaction is open.
    ///
    /// # Safety
    /// The places must have been read in a transaction that sees the same pages as the one of `'t`, at
    /// the same address, and nothing may be written in it during `'t`.
    pub(crate) unsafe fn mapped<'t>(self: Arc<Self>, dimension: usize) -> Mapped<'t> {
        Mapped { places: self, dimension, transaction: PhantomData }
    }
}

fn places(database: ItemDatabase<'_>, txn: &RoTxn<'_>) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for entry in database.iter(txn)? {
        let (number, bytes) = entry?;
        // What was never written has no place.
        places.resize(number as usize, Place { start: std::ptr::null(), len: 0 });
        places.push(Place { start: bytes.as_ptr(), len: bytes.len() });
    }
    Ok(places)
}

/// All stored vectors and blocks of codes, in place.
pub(crate) struct Mapped<'t> {
    places: Arc<Places>,
    dimension: usize,
    transaction: PhantomData<&'t [u8]>,
}

impl<'t> Mapped<'t> {
    /// Those that `txn` sees.
    pub(crate) fn read(db: &Databases<'_>, txn: &'t RoTxn<'_>, dimension: usize) -> Result<Self> {
        let places = Arc::new(Places::read(db, txn)?);
        // SAFETY: they were read in this very transaction, which stays borrowed, and so unwritten.
        Ok(unsafe { places.mapped(dimension) })
    }

    /// The vector of an item: `[dimension]`, little-endian f16.
    ///
    /// # Errors
    /// [`Error::Damaged`] if there is none.
    #[inline]
    pub(crate) fn row(&self, item: u32) -> Result<&'t [u8]> {
        let (number, slot) = segment::locate(item);
        let segment = self.bytes(self.places.vectors.get(number as usize));
        let row = segment.and_then(|segment| segment::row(segment, slot, self.dimension));
        row.ok_or_else(|| Error::damaged(format!("item {item} has no vector")))
    }

    /// The codes of a cell; `None` if it is empty.
    #[inline]
    pub(crate) fn cell(&self, cell: u32) -> Option<&'t [u8]> {
        self.bytes(self.places.cells.get(cell as usize))
    }

    /// The blocks of codes that are in no cell.
    pub(crate) fn fresh(&self) -> impl Iterator<Item = &'t [u8]> {
        self.places.fresh.iter().filter_map(|place| self.bytes(Some(place)))
    }

    #[inline]
    fn bytes(&self, place: Option<&Place>) -> Option<&'t [u8]> {
        let place = place.filter(|place| !place.start.is_null())?;
        // SAFETY: LMDB gave these bytes to a transaction with these pages, see `Places::mapped`.
        Some(unsafe { std::slice::from_raw_parts(place.start, place.len) })
    }
}

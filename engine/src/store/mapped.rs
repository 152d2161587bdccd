//! The addresses of vectors and codes in the map. A search reads a few hundred of them without a look-up in a
//! B-tree.
#![expect(unsafe_code, reason = "addresses in LMDB's map")]

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use heed::RoTxn;

use crate::error::Result;
use crate::store::picture_number::NUMBERS;
use crate::store::schema::ItemDatabase;
use crate::store::view::View;
use crate::store::{place, segment};

/// The bytes of one value.
#[derive(Clone, Copy)]
struct Span {
    start: *const u8,
    len: usize,
}

/// The spans of all values that a search may read, as one transaction sees them.
pub(crate) struct Spans {
    vectors: Vec<Span>,
    /// By the number of the picture; see [`place::position_of`].
    places: [Vec<Span>; NUMBERS],
    cells: Vec<Span>,
    delta: Vec<Span>,
    /// Whether a query has read any of it.
    is_read: AtomicBool,
}

// SAFETY: only `Mapped` reads through these addresses, while the map is unchanged.
unsafe impl Send for Spans {}
// SAFETY: nothing writes to these addresses while `Mapped` reads them.
unsafe impl Sync for Spans {}

impl Spans {
    /// Reads the address of every value of the databases.
    pub(crate) fn read(view: View<'_>) -> Result<Self> {
        let databases = [view.db.vectors, view.db.cells, view.db.delta];
        let [vectors, cells, delta] = databases.map(|database| spans(database, view.txn));
        let mut places: [Vec<Span>; NUMBERS] = std::array::from_fn(|_| Vec::new());
        for entry in view.db.places.iter(view.txn)? {
            let (block, bytes) = entry?;
            let (number, at) = place::position_of_block(block);
            put(&mut places[number], at, bytes);
        }
        Ok(Self { vectors: vectors?, places, cells: cells?, delta: delta?, is_read: AtomicBool::new(false) })
    }

    /// The values, for as long as the transaction is open.
    ///
    /// # Safety
    /// The spans must have been read in a transaction that sees the same pages as the one of `'t`, at
    /// the same address, and nothing may be written in it during `'t`.
    pub(crate) unsafe fn mapped<'t>(self: Arc<Self>, dimension: usize) -> Mapped<'t> {
        Mapped { spans: self, dimension, transaction: PhantomData }
    }
}

fn spans(database: ItemDatabase<'_>, txn: &RoTxn<'_>) -> Result<Vec<Span>> {
    let mut spans = Vec::new();
    for entry in database.iter(txn)? {
        let (number, bytes) = entry?;
        put(&mut spans, number as usize, bytes);
    }
    Ok(spans)
}

/// Adds the span of a number that is higher than all before.
fn put(spans: &mut Vec<Span>, number: usize, bytes: &[u8]) {
    // A number without a value has no span.
    spans.resize(number, Span { start: std::ptr::null(), len: 0 });
    spans.push(Span { start: bytes.as_ptr(), len: bytes.len() });
}

/// All stored vectors and blocks of codes, in place.
pub(crate) struct Mapped<'t> {
    spans: Arc<Spans>,
    dimension: usize,
    transaction: PhantomData<&'t [u8]>,
}

impl<'t> Mapped<'t> {
    /// The values that `view` sees.
    pub(crate) fn read(view: View<'t>) -> Result<Self> {
        let spans = Arc::new(Spans::read(view)?);
        // SAFETY: the spans were read in this transaction. It stays borrowed for `'t`, so nothing writes in it.
        Ok(unsafe { spans.mapped(view.dimension) })
    }

    /// The vector of a picture: `[dimension]`, little-endian f16.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if there is none.
    #[inline]
    pub(crate) fn row(&self, item: u32) -> Result<&'t [u8]> {
        let (number, slot) = segment::locate(self.place(item)?);
        let segment = self.bytes(self.spans.vectors.get(number as usize));
        let row = segment.and_then(|segment| segment::row(segment, slot, self.dimension));
        row.ok_or_else(|| segment::missing(item))
    }

    /// The place of a picture's vector.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if its block of places is cut short.
    #[inline]
    pub(crate) fn place(&self, picture: u32) -> Result<u32> {
        let (number, at) = place::position_of(picture);
        place::in_block(self.bytes(self.spans.places[number].get(at)), picture)
    }

    /// The bytes that tell [`Self::place`], if there are any.
    #[inline]
    pub(crate) fn place_bytes(&self, picture: u32) -> Option<&'t [u8]> {
        let (number, at) = place::position_of(picture);
        place::bytes_in_block(self.bytes(self.spans.places[number].get(at))?, picture)
    }

    /// The codes of a cell; `None` if it is empty.
    #[inline]
    pub(crate) fn cell(&self, cell: u32) -> Option<&'t [u8]> {
        self.bytes(self.spans.cells.get(cell as usize))
    }

    /// The delta blocks, each with its number: the codes that no cell holds yet.
    pub(crate) fn delta(&self) -> impl Iterator<Item = (usize, &'t [u8])> {
        let blocks = self.spans.delta.iter().enumerate();
        blocks.filter_map(|(number, span)| Some((number, self.bytes(Some(span))?)))
    }

    /// Whether this is the first query that reads these values. Each query calls it once.
    pub(crate) fn is_first(&self) -> bool {
        !self.spans.is_read.swap(true, Ordering::Relaxed)
    }

    #[inline]
    fn bytes(&self, span: Option<&Span>) -> Option<&'t [u8]> {
        let span = span.filter(|span| !span.start.is_null())?;
        // SAFETY: LMDB gave these bytes to a transaction with these pages, see `Spans::mapped`.
        Some(unsafe { std::slice::from_raw_parts(span.start, span.len) })
    }
}

/// Asks the system to read these bytes of the map from the disk, without waiting. A disk reads many requested parts
/// in parallel; without a request, each access waits for its own read.
pub(crate) fn will_need(bytes: &[u8]) {
    #[cfg(unix)]
    {
        static PAGE: LazyLock<usize> = LazyLock::new(|| {
            // SAFETY: `sysconf` only reads a constant of the system.
            let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
            usize::try_from(bytes).unwrap_or(4_096).max(1)
        });
        let before = bytes.as_ptr().addr() % *PAGE;
        let start = bytes.as_ptr().wrapping_sub(before).cast_mut();
        // SAFETY: this advice changes no byte and no mapping. If it fails, reads are slower.
        unsafe { libc::madvise(start.cast(), bytes.len() + before, libc::MADV_WILLNEED) };
    }
    #[cfg(not(unix))]
    let _ = bytes;
}

/// How often this thread has waited for the disk to read a page of a map; always 0 on systems that do not count
/// it.
pub(crate) fn waits_for_disk() -> u64 {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let waits = {
        let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
        // SAFETY: `usage` has the type that the system writes.
        unsafe { libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()) };
        // SAFETY: every field is a number, and was zeroed before.
        let faults = unsafe { usage.assume_init() }.ru_majflt;
        u64::try_from(faults).unwrap_or(0)
    };
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let waits = 0;
    waits
}

//! The exact scan: every vector that the filter lets through, read in place.

use heed::RoTxn;
use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::{Candidate, Nearest, Top};
use crate::schema::Databases;
use crate::simd::{Kernel, prefetch};
use crate::{Error, Result, segment};

/// Above this many bytes of vectors, the scan is split among threads.
const PARALLEL_FROM_BYTES: usize = 16 << 20;

/// How many rows before its turn a row is asked for from memory.
const ROWS_AHEAD: usize = 4;

/// Segments per task of a split scan.
const SEGMENTS_PER_TASK: usize = 16;

pub(crate) struct ExactScan<'t> {
    pub(crate) db: &'t Databases<'static>,
    pub(crate) txn: &'t RoTxn<'t>,
    pub(crate) dimension: usize,
}

/// A mapped segment and which of its slots to read.
struct Work<'t> {
    first_item: u32,
    bytes: &'t [u8],
    wanted: [u64; WORDS],
}

const WORDS: usize = segment::SLOTS as usize / 64;

impl Nearest for ExactScan<'_> {
    fn nearest(&self, query: &[f32], among: &RoaringBitmap, k: usize) -> Result<Vec<Candidate>> {
        if k == 0 {
            return Ok(Vec::new());
        }
        let work = self.plan(among)?;
        let bytes = usize::try_from(among.len()).unwrap_or(usize::MAX).saturating_mul(self.dimension * 2);
        let scan = |work: &[Work<'_>]| {
            let mut top = Top::new(k);
            work.iter().for_each(|segment| segment.scan(query, &mut top));
            top
        };
        let top = if bytes < PARALLEL_FROM_BYTES {
            scan(&work)
        } else {
            work.par_chunks(SEGMENTS_PER_TASK).map(scan).reduce(|| Top::new(k), Top::merge)
        };
        Ok(top.into_sorted())
    }
}

impl<'t> ExactScan<'t> {
    /// Finds the segments in the map. A transaction belongs to one thread, the mapped bytes do not.
    fn plan(&self, among: &RoaringBitmap) -> Result<Vec<Work<'t>>> {
        let mut work: Vec<Work<'t>> = Vec::new();
        for item in among {
            let (number, slot) = segment::locate(item);
            let first_item = number * segment::SLOTS;
            let current = match work.last_mut() {
                Some(last) if last.first_item == first_item => last,
                _ => {
                    work.push(self.open(number)?);
                    let last = work.len() - 1;
                    &mut work[last]
                }
            };
            current.wanted[slot / 64] |= 1 << (slot % 64);
        }
        work.iter().try_for_each(|segment| segment.holds_what_is_wanted(self.dimension))?;
        Ok(work)
    }

    fn open(&self, number: u32) -> Result<Work<'t>> {
        let bytes = self.db.vectors.get(self.txn, &number)?;
        let bytes = bytes.ok_or_else(|| Error::damaged(format!("vector segment {number} is missing")))?;
        segment::validate(number, bytes, self.dimension)?;
        Ok(Work { first_item: number * segment::SLOTS, bytes, wanted: [0; WORDS] })
    }
}

impl Work<'_> {
    fn holds_what_is_wanted(&self, dimension: usize) -> Result<()> {
        let last =
            (0..segment::SLOTS as usize).rev().find(|slot| self.wanted[slot / 64] >> (slot % 64) & 1 == 1);
        match last {
            Some(slot) if segment::row(self.bytes, slot, dimension).is_none() => {
                Err(Error::damaged(format!("item {} has no vector", self.first_item + slot as u32)))
            }
            _ => Ok(()),
        }
    }

    fn scan(&self, query: &[f32], top: &mut Top) {
        let kernel = Kernel::best();
        let row_bytes = query.len() * 2;
        let row = |slot: usize| &self.bytes[slot * row_bytes..(slot + 1) * row_bytes];
        let mut ahead = self.slots().skip(ROWS_AHEAD);
        for slot in self.slots() {
            if let Some(soon) = ahead.next() {
                prefetch(row(soon));
            }
            let item = self.first_item + slot as u32;
            top.offer(Candidate { item, score: kernel.dot(query, row(slot)) });
        }
    }

    /// The wanted slots, in order.
    fn slots(&self) -> impl Iterator<Item = usize> {
        (0..).zip(self.wanted).flat_map(|(word, mut bits)| {
            std::iter::from_fn(move || {
                let slot = (bits != 0).then(|| word * 64 + bits.trailing_zeros() as usize);
                bits &= bits.wrapping_sub(1);
                slot
            })
        })
    }
}

//! Codes of one bit per dimension, in cells, inside the catalogue's own transaction.
//!
//! Every product has a [code](code) of a bit per dimension and two floats, from which any query's score
//! is estimated with a known error. A search scans codes, keeps those that may be among the best by
//! that error, and compares their stored f16 vectors: what it returns has exact scores. In a large
//! catalogue the codes lie in [cells](cells) around the centres of clusters, and a query looks into the
//! nearest.
//!
//! On disk there are three things. `cells` of the `meta` database holds the mean and the centres; the
//! `cells` database has a [block](block) of codes per cell; the `fresh` database has the codes of
//! products that came or changed since those were written, or of all while the catalogue is small: a
//! block for each *shelf*, which some cells share, and which is scanned if one of these is. A changed product leaves its old code behind, and the
//! bitmap `moved` says so. When a sixteenth of the catalogue is fresh, each commit puts a few shelves
//! away, in turn: the cells of these get what is new and lose what is past. So a commit writes a bounded
//! amount. When the catalogue has doubled, cells are made anew. All of it is inside the commit.

mod block;
mod cells;
mod code;
mod maintain;
mod pace;
mod rotation;
mod shortlist;
#[cfg(test)]
mod tests;

use heed::RoTxn;
use roaring::RoaringBitmap;

use self::block::Block;
use self::cells::Cells;
use self::code::{Probe, dot};
use self::pace::Pace;
use self::shortlist::Shortlist;
use super::{Candidate, Nearest};
use crate::Result;
use crate::mapped::{Mapped, will_need};
use crate::schema::{Databases, meta_key, read_items};

use maintain::CELLS_PER_SHELF;
pub(crate) use maintain::{clear, maintain, rebuild, shelve, verify};

/// How sure a search wants to be.
#[derive(Clone, Copy)]
struct Care {
    /// An item is compared by its vector if its estimate, raised by so many standard deviations of its
    /// error, reaches the k-th best.
    deviations: f32,
    /// Cells are scanned until an item of the next would have to lie so many standard deviations further
    /// above its centre than the best so far lie above theirs.
    gaps: f32,
}

const USUAL: Care = Care { deviations: 2.0, gaps: 3.0 };

/// A filter may leave out the very clusters that are nearest; the best of what is left are many and alike.
const FILTERED: Care = Care { deviations: 3.0, gaps: 12.0 };

/// The nearest cells are ranked exactly, in steps of these shares of all, since few queries need many.
const CELLS_RANKED: [f64; 3] = [0.1, 0.4, 1.0];

/// Cells that are scanned at least, and after how many it is looked whether they were enough.
const CELLS_AT_LEAST: usize = 16;
const CELLS_PER_LOOK: usize = 8;

/// So many cells are asked for at once where they come from the disk.
const CELLS_ASKED_FOR: usize = 24;

/// The index, open for queries.
pub(crate) struct SegmentsIndex<'t> {
    mapped: Mapped<'t>,
    cells: Cells<'t>,
    /// Items whose codes in cells are of the past.
    moved: RoaringBitmap,
    products: u64,
}

impl<'t> SegmentsIndex<'t> {
    /// The catalogue's index, or `None` while it is too small for one.
    pub(crate) fn open(
        db: &'t Databases<'static>,
        txn: &'t RoTxn<'t>,
        mapped: impl FnOnce() -> Result<Mapped<'t>>,
        dimension: usize,
    ) -> Result<Option<Self>> {
        let Some(cells) = db.meta.get(txn, meta_key::CELLS)? else { return Ok(None) };
        let cells = Cells::read(cells, dimension)?;
        let moved = read_items(db, txn, meta_key::MOVED)?;
        Ok(Some(Self { mapped: mapped()?, cells, moved, products: db.products.len(txn)? }))
    }
}

impl Nearest for SegmentsIndex<'_> {
    fn nearest(&self, query: &[f32], among: &RoaringBitmap, k: usize) -> Result<Vec<Candidate>> {
        let is_filtered = among.len() < self.products;
        let care = if is_filtered { FILTERED } else { USUAL };
        let probe = self.cells.coder.probe(query, care.deviations);
        let mut shortlist = Shortlist::new(k);
        let passes = |item| !is_filtered || among.contains(item);
        let passes_in_cell = |item| passes(item) && !self.moved.contains(item);
        let mut pace = Pace::begin(self.mapped.is_first());
        let scanned =
            self.scan_cells(query, &probe, care.gaps, &mut shortlist, &mut pace, &passes_in_cell)?;
        let is_scanned = |shelf: usize| {
            let mut cells =
                scanned.iter().skip(shelf * CELLS_PER_SHELF as usize).take(CELLS_PER_SHELF as usize);
            scanned.is_empty() || cells.any(|is_scanned| *is_scanned)
        };
        // After the cells: how far these lie from the mean says nothing of cells.
        let (base, width) = (dot(query, &self.cells.mean), self.cells.coder.width());
        for (_, bytes) in self.mapped.fresh().filter(|(shelf, _)| is_scanned(*shelf)) {
            shortlist.scan(Block::read(bytes, width)?, &probe, base, &passes);
        }
        shortlist.rescore(query, &mut pace, |item| self.mapped.row(item))
    }
}

impl SegmentsIndex<'_> {
    /// Scans cells, the nearest first, until the rest is not worth it, and says of each whether it was.
    fn scan_cells(
        &self,
        query: &[f32],
        probe: &Probe,
        gaps: f32,
        shortlist: &mut Shortlist,
        pace: &mut Pace,
        passes: &impl Fn(u32) -> bool,
    ) -> Result<Vec<bool>> {
        let (mut scanned, mut is_scanned) = (0_usize, vec![false; self.cells.len()]);
        for share in CELLS_RANKED {
            let ranked = ((self.cells.len() as f64 * share) as usize).max(CELLS_AT_LEAST);
            let nearest = self.cells.nearest(query, probe, ranked, pace)?;
            for (rank, cell) in nearest.iter().enumerate() {
                if rank.is_multiple_of(CELLS_PER_LOOK) && pace.is_cold() {
                    let asked = nearest.iter().skip(rank).take(CELLS_ASKED_FOR);
                    asked.filter_map(|cell| self.mapped.cell(cell.item)).for_each(will_need);
                }
                // Another ranking may have other cells at its head, since estimates choose them.
                if std::mem::replace(&mut is_scanned[cell.item as usize], true) {
                    continue;
                }
                if scanned >= CELLS_AT_LEAST
                    && scanned.is_multiple_of(CELLS_PER_LOOK)
                    && shortlist.is_settled(cell.score, gaps)
                {
                    is_scanned[cell.item as usize] = false;
                    return Ok(is_scanned);
                }
                if let Some(bytes) = self.mapped.cell(cell.item) {
                    shortlist.scan(Block::read(bytes, self.cells.coder.width())?, probe, cell.score, passes);
                }
                scanned += 1;
            }
        }
        Ok(is_scanned)
    }
}

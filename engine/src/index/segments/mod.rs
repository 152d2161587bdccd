//! Codes of one bit per dimension, in cells, inside the catalogue's own transaction.
//!
//! Every product has a [code](code) of a bit per dimension and two floats, from which any query's score
//! is estimated with a known error. A search scans codes, keeps those that may be among the best by
//! that error, and compares their stored f16 vectors: what it returns has exact scores. In a large
//! catalogue the codes lie in [cells](cells) around the centres of clusters, and a query looks into the
//! nearest.
//!
//! On disk there are three things. `cells` of the `meta` database holds the mean and the centres; the
//! `cells` database has a [block](block) of codes per cell; the `fresh` database has the blocks of
//! products that came or changed since those were written, or of all while the catalogue is small. A
//! changed product leaves its old code behind, and the bitmap `moved` says so. So a commit writes as
//! much as changed; when a sixteenth of the catalogue is fresh, it goes into the cells, and when the
//! catalogue has doubled, cells are made anew. All of it is inside the commit.

mod block;
mod cells;
mod code;
mod maintain;
mod rotation;
mod shortlist;
#[cfg(test)]
mod tests;

use heed::RoTxn;
use roaring::RoaringBitmap;

use self::block::Block;
use self::cells::Cells;
use self::code::dot;
use self::shortlist::Shortlist;
use super::{Candidate, Nearest};
use crate::Result;
use crate::mapped::Mapped;
use crate::schema::{Databases, meta_key, read_items};

pub(crate) use maintain::{maintain, rebuild, verify};

/// An item is compared by its vector if its estimate, raised by so many standard deviations of its
/// error, reaches the k-th best.
const DEVIATIONS: f32 = 2.0;

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
        let width = self.cells.coder.width();
        let probe = self.cells.coder.probe(query, std::env::var("DEV").ok().and_then(|v| v.parse().ok()).unwrap_or(DEVIATIONS));
        let is_filtered = among.len() < self.products;
        let mut shortlist = Shortlist::new(k);
        let wanted = if is_filtered { self.cells.len() } else { self.probes(k) };
        let passes = |item| (!is_filtered || among.contains(item)) && !self.moved.contains(item);
        for (n, cell) in self.cells.nearest(query, &probe, wanted)?.into_iter().enumerate() {
            if n >= 16 && n % 8 == 0 && !is_filtered && shortlist.is_settled(cell.score) {
                if std::env::var("COUNT").is_ok() { eprintln!("stop at {n}"); }
                break;
            }
            if let Some(bytes) = self.mapped.cell(cell.item) {
                shortlist.scan(Block::read(bytes, width)?, &probe, cell.score, &passes);
            }
        }
        let base = dot(query, &self.cells.mean);
        let passes = |item| !is_filtered || among.contains(item);
        for bytes in self.mapped.fresh() {
            shortlist.scan(Block::read(bytes, width)?, &probe, base, &passes);
        }
        if std::env::var("COUNT").is_ok() { eprintln!("held {} threshold {}", shortlist.held.len(), shortlist.threshold); }
        shortlist.rescore(query, |item| self.mapped.row(item))
    }
}

impl SegmentsIndex<'_> {
    /// How many cells to look into.
    fn probes(&self, _k: usize) -> usize {
        let share = std::env::var("PROBE").ok().and_then(|v| v.parse().ok()).unwrap_or(0.08);
        ((self.cells.len() as f64 * share).ceil() as usize).max(16)
    }
}

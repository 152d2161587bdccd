//! The approximate index of large catalogues: IVF cells with RaBitQ codes of two bits per dimension.
//!
//! Every picture has a [code](code): two bits per dimension and three floats. The first bits alone exclude most pictures. A code gives an estimate of the
//! product's score for any query, with a known error. A search scans codes, keeps the products that may be
//! among the best within that error, and compares their stored f16 vectors. The scores that it returns are
//! therefore exact.
//!
//! In a large catalogue the codes lie in [cells](cells), the clusters of an inverted file (IVF). A query scans
//! the cells whose centres are nearest to it.
//!
//! On disk the index has four parts:
//!
//! - The entry `cells` of the `meta` database holds the mean of all vectors and the centres of the cells.
//! - The `cells` database holds one [block](block) of codes per cell.
//! - The `delta` database (`fresh` on disk) holds the [delta blocks](delta): codes of products added or changed since
//!   their cell was written. Some neighbouring cells share a delta block, and a query scans it if it scans one
//!   of them. A small catalogue has no cells, and all of its codes are in delta blocks.
//! - The bitmap `stale` lists the items whose code in a cell is outdated.
//!
//! A commit appends to delta blocks and sets bits in the bitmap. When one product in sixteen has its code in a
//! delta block, each commit merges a few delta blocks in turn: it writes their codes into the cells and removes
//! stale codes from these. A commit therefore writes a bounded amount. When the catalogue has doubled,
//! [maintenance](maintain) builds all cells anew. All of this happens inside the commit's transaction.

pub(crate) mod block;
pub(crate) mod cells;
pub(crate) mod code;
pub(crate) mod cold_read;
pub(crate) mod delta;
pub(crate) mod maintain;
pub(crate) mod rotation;
pub(crate) mod shortlist;
#[cfg(test)]
mod tests;
pub(crate) mod verify;

use roaring::RoaringBitmap;

use self::block::Block;
use self::cells::Cells;
use self::code::{Probe, dot};
use self::shortlist::{Rows, Shortlist};
use crate::error::Result;
use crate::index::Nearest;
use crate::index::ivf::cold_read::ColdReadDetector;
use crate::index::simd::prefetch;
use crate::index::top::Candidate;
use crate::store::bitmap::read_items;
use crate::store::mapped::{Mapped, will_need};
use crate::store::picture_number::{FurtherPictures, item_of};
use crate::store::schema::meta_key;
use crate::store::view::View;

use self::delta::CELLS_PER_DELTA_BLOCK;

/// When a search skips an item or stops scanning cells. Larger values raise recall and cost.
#[derive(Clone, Copy)]
struct Margins {
    /// A search compares the vector of an item if the item's estimate plus this many standard deviations of its
    /// error reaches the k-th best.
    deviations: f32,
    /// A search stops when an item of the next cell would have to lie this many standard deviations further
    /// above its centre than the best items so far lie above theirs.
    gaps: f32,
}

const USUAL: Margins = Margins { deviations: 2.0, gaps: 3.0 };

/// A filter may exclude the nearest clusters. The best of the remaining items are many and have similar scores.
const FILTERED: Margins = Margins { deviations: 2.5, gaps: 12.0 };

/// The best of several estimates is too high more often than one estimate is, so products with several pictures need
/// wider margins than [`USUAL`].
const SEVERAL_PICTURES: Margins = Margins { deviations: 2.25, gaps: 4.0 };

/// Under a filter, these gaps suffice once the k-th best score is steady. With those of [`USUAL`] recall fell to .97.
const STEADY_GAPS: f32 = 5.0;

/// The k-th best score is steady once this many times as many cells were scanned as when it last rose. If later cells
/// were as good as those before, as many again would bring k · ln 2 products on average.
const STEADY_AFTER: usize = 2;

/// For fewer hits a score that does not rise tells too little.
const STEADY_FROM_HITS: usize = 8;

/// A search ranks this share of all cells exactly, and more in steps, since few queries need many.
const CELLS_RANKED: [f64; 3] = [0.1, 0.4, 1.0];

/// Cells that a search scans at least, and the number of cells between two tests whether to stop.
const CELLS_AT_LEAST: usize = 16;
const CELLS_PER_LOOK: usize = 8;

/// Cells to read ahead at a time when they come from the disk.
const CELLS_READ_AHEAD: usize = 24;

/// The index, open for queries.
pub(crate) struct IvfIndex<'t> {
    mapped: Mapped<'t>,
    cells: Cells<'t>,
    /// Pictures whose codes in cells are outdated.
    stale: RoaringBitmap,
    products: u64,
    further: &'t FurtherPictures,
}

impl<'t> IvfIndex<'t> {
    /// The catalogue's index, or `None` while it is too small for one.
    pub(crate) fn open(
        view: View<'t>,
        further: &'t FurtherPictures,
        mapped: impl FnOnce() -> Result<Mapped<'t>>,
    ) -> Result<Option<Self>> {
        let Some(cells) = view.db.meta.get(view.txn, meta_key::CELLS)? else { return Ok(None) };
        let cells = Cells::read(cells, view.dimension)?;
        let stale = read_items(view, meta_key::STALE)?;
        let products = view.db.products.len(view.txn)?;
        Ok(Some(Self { mapped: mapped()?, cells, stale, products, further }))
    }
}

impl<'t> Rows<'t> for Mapped<'t> {
    #[inline]
    fn row(&self, item: u32) -> Result<&'t [u8]> {
        Self::row(self, item)
    }

    #[inline]
    fn prefetch_address(&self, item: u32) {
        self.place_bytes(item).into_iter().for_each(prefetch);
    }
}

impl Nearest for IvfIndex<'_> {
    fn nearest(&self, query: &[f32], among: &RoaringBitmap, k: usize) -> Result<Vec<Candidate>> {
        let is_filtered = among.len() < self.products;
        let per_product = self.further.with_own(self.products).div_ceil(self.products.max(1)) as usize;
        let unfiltered = if per_product > 1 { SEVERAL_PICTURES } else { USUAL };
        let margins = if is_filtered { FILTERED } else { unfiltered };
        // What suffices once the k-th best score is steady.
        let steady = if k < STEADY_FROM_HITS || !is_filtered { margins.gaps } else { STEADY_GAPS };
        let probe = self.cells.coder.probe(query, margins.deviations);
        let mut shortlist = Shortlist::new(k, per_product, margins.deviations);
        let passes = |picture| !is_filtered || among.contains(item_of(picture));
        let passes_in_cell = |picture| passes(picture) && !self.stale.contains(picture);
        let mut pace = ColdReadDetector::begin(self.mapped.is_first());
        let scanned = self.scan_cells(
            query,
            &probe,
            [margins.gaps, steady],
            &mut shortlist,
            &mut pace,
            &passes_in_cell,
        )?;
        let is_scanned = |block: usize| {
            let mut cells = scanned
                .iter()
                .skip(block * CELLS_PER_DELTA_BLOCK as usize)
                .take(CELLS_PER_DELTA_BLOCK as usize);
            scanned.is_empty() || cells.any(|is_scanned| *is_scanned)
        };
        // Delta blocks come after the cells: their codes are relative to the mean, so their gaps must not decide
        // when to stop scanning cells.
        let (base, width) = (dot(query, &self.cells.mean), self.cells.coder.width());
        for (_, bytes) in self.mapped.delta().filter(|(block, _)| is_scanned(*block)) {
            shortlist.scan(Block::read(bytes, width)?, &probe, base, &passes);
        }
        shortlist.rescore(query, &mut pace, &self.mapped)
    }
}

impl IvfIndex<'_> {
    /// Scans cells, the nearest first, until the margins allow to stop. Returns for each cell whether it was
    /// scanned. `gaps`: those of the margins, and those that suffice once the k-th best score is steady.
    fn scan_cells(
        &self,
        query: &[f32],
        probe: &Probe,
        gaps: [f32; 2],
        shortlist: &mut Shortlist,
        pace: &mut ColdReadDetector,
        passes: &impl Fn(u32) -> bool,
    ) -> Result<Vec<bool>> {
        let (mut scanned, mut is_scanned) = (0_usize, vec![false; self.cells.len()]);
        let (mut look_at, mut codes) = (CELLS_AT_LEAST, 0);
        let (mut kth, mut risen_at) = (f32::NEG_INFINITY, 0);
        for share in CELLS_RANKED {
            let ranked = ((self.cells.len() as f64 * share) as usize).max(CELLS_AT_LEAST);
            let nearest = self.cells.nearest(query, probe, ranked, pace)?;
            for (rank, cell) in nearest.iter().enumerate() {
                if rank.is_multiple_of(CELLS_PER_LOOK) && pace.is_cold() {
                    let asked = nearest.iter().skip(rank).take(CELLS_READ_AHEAD);
                    asked.filter_map(|cell| self.mapped.cell(cell.item)).for_each(will_need);
                }
                // Estimates choose the cells of each ranking, so a longer ranking may begin with other cells.
                if std::mem::replace(&mut is_scanned[cell.item as usize], true) {
                    continue;
                }
                // Looking goes through all that is held, so it waits until as many codes were scanned.
                if scanned >= look_at && codes >= shortlist.len() {
                    if let Some(best) = shortlist.best() {
                        if best.kth > kth {
                            (kth, risen_at) = (best.kth, scanned);
                        }
                        let is_steady = scanned >= STEADY_AFTER * risen_at;
                        if best.excludes(cell.score, gaps[usize::from(is_steady)]) {
                            is_scanned[cell.item as usize] = false;
                            return Ok(is_scanned);
                        }
                    }
                    (look_at, codes) = (scanned + CELLS_PER_LOOK, 0);
                }
                if let Some(bytes) = self.mapped.cell(cell.item) {
                    let block = Block::read(bytes, self.cells.coder.width())?;
                    shortlist.scan(block, probe, cell.score, passes);
                    codes += block.len();
                }
                scanned += 1;
            }
        }
        Ok(is_scanned)
    }
}

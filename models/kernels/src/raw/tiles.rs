//! The matrix product with a unit that multiplies whole tiles: 16 rows by 16 words times 16 words by 16
//! columns, in one instruction.
//!
//! A panel of 32 columns is two tiles side by side for each step of 16 words, as it lies. A block of rows is
//! one tile or two, one below the other: two by two tiles of sums use each tile that is loaded twice. All
//! blocks of a panel follow each other, so that the panel is read from memory once. Sums go through the same
//! finish as those of the other loops ([`Part::finish_rows`]).

use super::dot::{Bf16s, Bytes, Dot};
use super::gemm::{Part, Tiles};
use super::{Operation, Simd};
use crate::isa::{Kind, TILE_WORDS};

/// Most rows of a tile.
pub(super) const TILE_ROWS: usize = 16;

/// Columns of a panel: two tiles.
pub(super) const COLUMNS: usize = 32;

/// Most rows of a block.
const BLOCK_ROWS: usize = 2 * TILE_ROWS;

/// The sums of a block, `[rows, 32]`: f32, or the bits of i32.
#[repr(C, align(64))]
pub(super) struct Sums(pub [f32; BLOCK_ROWS * COLUMNS]);

/// What a unit for tiles does.
pub(super) trait TileUnit {
    /// Prepares this thread's tiles for blocks with these rows in the upper tile and in the lower, which may
    /// have none. What the tiles hold is lost.
    fn configure(&mut self, rows: [usize; 2]);

    /// Multiplies a block.
    ///
    /// # Safety
    /// This thread's tiles are prepared for the rows of `block`.
    unsafe fn multiply(&mut self, block: &Block<'_>, sums: &mut Sums);

    /// Gives this thread's tiles up, so that the system need not save them when it changes threads.
    fn release(&mut self);
}

/// A block of rows and a panel of columns, whose lengths were checked.
pub(super) struct Block<'a> {
    kind: Kind,
    rows: [usize; 2],
    a: (&'a [u32], usize),
    w: &'a [u32],
    next: &'a [u32],
}

impl<'a> Block<'a> {
    /// `count` rows of `part` from `first` on, times a panel; `next` is fetched into the cache meanwhile.
    ///
    /// # Panics
    /// If rows or weights are shorter than that, or no whole steps.
    #[inline(always)]
    fn new(part: &'a Part<'_>, panel: usize, (first, count): (usize, usize), next: &'a [u32]) -> Self {
        let (weights, stride) = (&part.weights, part.rows.stride);
        let words = weights.depth;
        let upper = if count > TILE_ROWS { count.div_ceil(2) } else { count };
        let (a, w) = (&part.rows.words[first * stride..], &weights.words[panel * words * COLUMNS..]);
        assert!(count > 0 && count <= BLOCK_ROWS && words > 0 && words.is_multiple_of(TILE_WORDS));
        assert!(a.len() >= (count - 1) * stride + words && w.len() >= words * COLUMNS);
        Self {
            kind: weights.kind,
            rows: [upper, count - upper],
            a: (a, stride),
            w: &w[..words * COLUMNS],
            next,
        }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Rows of the upper tile and of the lower: 1 to 16, and 0 to 16.
    pub fn rows(&self) -> [usize; 2] {
        self.rows
    }

    /// The block's rows, and the words from one to the next.
    pub fn a(&self) -> (&'a [u32], usize) {
        self.a
    }

    /// `[16 · steps, 32]`
    pub fn w(&self) -> &'a [u32] {
        self.w
    }

    /// Steps of 16 words; at least one.
    pub fn steps(&self) -> usize {
        self.w.len() / (TILE_WORDS * COLUMNS)
    }

    /// What is to be fetched.
    pub fn next(&self) -> &'a [u32] {
        self.next
    }
}

/// A part of a product, for a unit for tiles.
pub(super) struct Tiled<'a, T> {
    pub part: Part<'a>,
    pub unit: T,
}

impl<T: TileUnit> Operation for Tiled<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) {
        assert_eq!(N * S::LANES, COLUMNS);
        match self.part.weights.kind {
            Kind::I8 => self.panels::<S, Bytes>(s),
            Kind::Bf16 => self.panels::<S, Bf16s>(s),
            Kind::F32 | Kind::I16 => unreachable!("`Isa::has_tiles` names the kinds that have tiles"),
        }
    }
}

impl<T: TileUnit> Tiled<'_, T> {
    #[inline(always)]
    fn panels<S: Simd, D: Dot<S>>(self, s: S) {
        let Self { part, unit } = self;
        let mut unit = Prepared { unit, rows: [0; 2] };
        let mut sums = Sums([0.0; BLOCK_ROWS * COLUMNS]);
        for panel in part.panel_range.clone() {
            let blocks = Tiles::new(part.row_range.clone(), BLOCK_ROWS);
            // Each block fetches its share of the next panel.
            let next = part.next_words(panel, COLUMNS);
            let mut shares = next.chunks(next.len().div_ceil(blocks.left()).max(1));
            for (first, count) in blocks {
                let next = shares.next().unwrap_or_default();
                unit.multiply(&Block::new(&part, panel, (first, count), next), &mut sums);
                let sums = &mut sums.0[..count * COLUMNS];
                if D::SCALED {
                    to_floats(s, sums);
                }
                part.finish_rows::<S, D>(s, (panel, COLUMNS), (first, count), sums);
            }
        }
    }
}

/// Bits of integers become f32.
#[inline(always)]
fn to_floats<S: Simd>(s: S, sums: &mut [f32]) {
    for vector in sums.chunks_exact_mut(S::LANES) {
        // SAFETY: the slice is a vector.
        unsafe { s.store(vector.as_mut_ptr(), s.float(s.load_words(vector.as_ptr().cast()))) };
    }
}

/// A unit, and the rows that it is prepared for. Gives the tiles up in the end.
struct Prepared<T: TileUnit> {
    unit: T,
    rows: [usize; 2],
}

impl<T: TileUnit> Prepared<T> {
    #[inline(always)]
    fn multiply(&mut self, block: &Block<'_>, sums: &mut Sums) {
        if self.rows != block.rows() {
            self.rows = block.rows();
            self.unit.configure(self.rows);
        }
        // SAFETY: prepared for this block's rows, and nothing else on this thread uses tiles meanwhile.
        unsafe { self.unit.multiply(block, sums) };
    }
}

impl<T: TileUnit> Drop for Prepared<T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.unit.release();
    }
}

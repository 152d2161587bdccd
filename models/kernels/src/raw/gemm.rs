//! The matrix product: one loop nest for every instruction set and every kind of word.
//!
//! Weights lie in panels of [`Isa::panel`](crate::Isa) columns: for each word of the depth, the words of
//! all columns of the panel. A tile of `M` rows by one panel stays in registers while the depth goes by;
//! all tiles of a panel follow each other, so that the panel is read from memory once.

use std::ops::Range;

use super::dot::{Bf16s, Bytes, CHUNK, Dot, Floats, Halves};
use super::{Operation, Shared, Simd, math};
use crate::epilogue::{Activation, Epilogue};
use crate::isa::Kind;
use crate::prepared::PreparedRows;

/// Words of a cache line.
const LINE: usize = 16;

/// Columns of the widest panel, and rows of the highest tile.
const WIDEST: usize = 32;
const MOST_ROWS: usize = 12;

/// What a layer's weights are to the loops. Vectors of columns are padded to whole panels.
#[derive(Clone, Copy)]
pub(crate) struct Weights<'a> {
    pub kind: Kind,
    /// `[panels, words, panel]`
    pub words: &'a [u32],
    /// Words of the depth.
    pub depth: usize,
    /// One step of each column's integers; empty where weights are floats.
    pub scale: &'a [f32],
    /// The sum of each column's weights; empty where weights are floats.
    pub sum: &'a [f32],
    pub bias: &'a [f32],
}

/// A part of a product: some panels of some rows.
pub(crate) struct Part<'a> {
    pub rows: PreparedRows<'a>,
    pub weights: Weights<'a>,
    pub epilogue: Epilogue,
    /// Parts of one product write different places.
    pub out: &'a Shared<f32>,
    pub place: Place,
    pub row_range: Range<usize>,
    pub panel_range: Range<usize>,
    /// What this thread will probably be asked for next; none if beyond the last panel.
    pub next_panel: usize,
}

/// Where results go.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// The row and the column of the result that stands first.
    pub first: (usize, usize),
    /// Values from one row of results to the next.
    pub stride: usize,
    /// Columns that there is room for, counted from column 0 of the layer.
    pub columns: usize,
}

impl Operation for Part<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) {
        match self.weights.kind {
            Kind::F32 => self.panels::<S, Floats, N>(s),
            Kind::Bf16 if S::BF16 => self.panels::<S, Bf16s, N>(s),
            Kind::Bf16 => unreachable!("`Isa::kind` gives bfloat16 only to those that multiply it"),
            Kind::I16 => self.panels::<S, Halves, N>(s),
            Kind::I8 => self.panels::<S, Bytes, N>(s),
        }
    }
}

impl Place {
    /// Rows of all of a layer's columns.
    pub fn rows(columns: usize) -> Self {
        Self { first: (0, 0), stride: columns, columns }
    }

    #[inline(always)]
    fn of(self, row: usize, column: usize) -> usize {
        (row - self.first.0) * self.stride + column - self.first.1
    }
}

impl Part<'_> {
    #[inline(always)]
    fn panels<S: Simd, D: Dot<S>, const N: usize>(&self, s: S) {
        let mut sums = [0.0; MOST_ROWS * WIDEST];
        for panel in self.panel_range.clone() {
            let tiles = Tiles::new(self.row_range.clone(), D::ROWS);
            let next = self.next_words(panel, N * S::LANES);
            let mut ahead = Ahead::panel(next, self.weights.depth, tiles.left);
            for (first, count) in tiles {
                self.tile::<S, D, N>(s, panel, (first, count), &mut sums, &mut ahead);
            }
        }
    }

    /// The panel that this thread will probably take after this one; empty if there is none.
    #[inline(always)]
    pub(super) fn next_words(&self, panel: usize, width: usize) -> &[u32] {
        let next = if panel + 1 < self.panel_range.end { panel + 1 } else { self.next_panel };
        let words = self.weights.depth * width;
        self.weights.words.get(next * words..(next + 1) * words).unwrap_or_default()
    }

    /// `count` rows from `first` on, times a panel.
    #[inline(always)]
    fn tile<S: Simd, D: Dot<S>, const N: usize>(
        &self,
        s: S,
        panel: usize,
        (first, count): (usize, usize),
        sums: &mut [f32],
        ahead: &mut Ahead,
    ) {
        let (weights, rows, width) = (&self.weights, &self.rows, N * S::LANES);
        let a = (&rows.words[first * rows.stride..], rows.stride);
        let w = (&weights.words[panel * weights.depth * width..], width);
        product::<S, D, N>(s, count, a, w, weights.depth, (sums, width), ahead);
        self.finish_rows::<S, D>(s, (panel, width), (first, count), sums);
    }

    /// Sums of `count` rows from `first` on and of a panel go to the rows of `out`.
    #[inline(always)]
    pub(super) fn finish_rows<S: Simd, D: Dot<S>>(
        &self,
        s: S,
        (panel, width): (usize, usize),
        (first, count): (usize, usize),
        sums: &mut [f32],
    ) {
        let (left, there) = (panel * width, (self.place.columns - panel * width).min(width));
        for (m, sums) in sums.chunks_exact_mut(width).take(count).enumerate() {
            self.scale::<S, D>(s, first + m, left, sums);
            let out = self.out.at(self.place.of(first + m, left));
            let whole = there / S::LANES * S::LANES;
            let (vectors, last) = sums.split_at(whole);
            // SAFETY: this part alone writes these columns of this row, and they are all there.
            unsafe { finish(s, self.epilogue, vectors, out) };
            if whole < there {
                // SAFETY: as above: some columns are left, and fewer than a vector has.
                unsafe { finish_few(s, self.epilogue, &last[..S::LANES], out.add(whole), there - whole) };
            }
        }
    }

    /// Sums of integers become values; the bias is added.
    #[inline(always)]
    fn scale<S: Simd, D: Dot<S>>(&self, s: S, row: usize, left: usize, sums: &mut [f32]) {
        let columns = left..left + sums.len();
        let bias = &self.weights.bias[columns.clone()];
        let (step, offset) =
            if D::SCALED { (self.rows.scale[row], self.rows.offset[row]) } else { (1.0, 0.0) };
        let (step, offset) = (s.splat(step), s.splat(offset));
        for at in (0..sums.len()).step_by(S::LANES) {
            let mut value = load(s, sums, at);
            let mut base = load(s, bias, at);
            if D::SCALED {
                base = s.fma(offset, load(s, &self.weights.sum[columns.clone()], at), base);
                value = s.mul(value, s.mul(step, load(s, &self.weights.scale[columns.clone()], at)));
            }
            let vector = &mut sums[at..at + S::LANES];
            // SAFETY: the slice is a vector.
            unsafe { s.store(vector.as_mut_ptr(), s.add(value, base)) };
        }
    }
}

/// The vector of `values` at `at`.
#[inline(always)]
fn load<S: Simd>(s: S, values: &[f32], at: usize) -> S::F {
    let vector = &values[at..at + S::LANES];
    // SAFETY: the slice is a vector.
    unsafe { s.load(vector.as_ptr()) }
}

/// Stores `values`, whole vectors: adds what is there if asked to, and applies the activation.
///
/// # Safety
/// `out` has room for them, and holds values if the epilogue adds.
#[inline(always)]
unsafe fn finish<S: Simd>(s: S, epilogue: Epilogue, values: &[f32], out: *mut f32) {
    for at in (0..values.len()).step_by(S::LANES) {
        let value = load(s, values, at);
        // SAFETY: the caller's.
        let value = if epilogue.add { s.add(value, unsafe { s.load(out.add(at)) }) } else { value };
        let value = match epilogue.activation {
            Activation::None => value,
            activation => math::activate(s, activation, value),
        };
        // SAFETY: the caller's.
        unsafe { s.store(out.add(at), value) };
    }
}

/// The same for the first `count` values of a vector.
///
/// # Safety
/// As for [`finish`], for so many.
#[inline(always)]
unsafe fn finish_few<S: Simd>(s: S, epilogue: Epilogue, values: &[f32], out: *mut f32, count: usize) {
    let mut padded = [0.0f32; WIDEST];
    // SAFETY: the caller's; `padded` has room for a vector.
    unsafe {
        if epilogue.add {
            copy_few(out, padded.as_mut_ptr(), count);
        }
        finish(s, epilogue, values, padded.as_mut_ptr());
        copy_few(padded.as_ptr(), out, count);
    }
}

/// Copies fewer than 16 values in parts of known length: a copy of unknown length is a call, which takes longer.
///
/// # Safety
/// They are readable and writable, and do not overlap.
#[inline(always)]
unsafe fn copy_few(from: *const f32, to: *mut f32, count: usize) {
    let mut at = 0;
    macro_rules! part {
        ($($length:literal)*) => {
            $(if count & $length != 0 {
                // SAFETY: the caller's: the parts are `count` values together.
                unsafe { to.add(at).cast::<[f32; $length]>().write_unaligned(from.add(at).cast::<[f32; $length]>().read_unaligned()) };
                at += $length;
            })*
        };
    }
    part!(8 4 2 1);
    debug_assert!(at == count);
}

/// Rows in groups of at most `most`, as even as can be: `(first, count)`.
pub(super) struct Tiles {
    first: usize,
    end: usize,
    left: usize,
}

impl Tiles {
    #[inline(always)]
    pub fn new(rows: Range<usize>, most: usize) -> Self {
        Self { first: rows.start, end: rows.end, left: rows.len().div_ceil(most) }
    }

    /// How many groups are left.
    #[inline(always)]
    pub fn left(&self) -> usize {
        self.left
    }
}

impl Iterator for Tiles {
    type Item = (usize, usize);

    #[inline(always)]
    fn next(&mut self) -> Option<(usize, usize)> {
        if self.left == 0 {
            return None;
        }
        let (first, count) = (self.first, (self.end - self.first).div_ceil(self.left));
        (self.first, self.left) = (first + count, self.left - 1);
        Some((first, count))
    }
}

/// `count` rows of `a` times a panel of `w`, `(slice, distance of rows)` each, to rows of `out`.
///
/// # Panics
/// If a slice is too short, or `count` is more than a tile has.
#[inline(always)]
pub(super) fn product<S: Simd, D: Dot<S>, const N: usize>(
    s: S,
    count: usize,
    a: (&[u32], usize),
    w: (&[u32], usize),
    depth: usize,
    out: (&mut [f32], usize),
    ahead: &mut Ahead,
) {
    let width = N * S::LANES;
    assert!(a.0.len() >= (count - 1) * a.1 + depth && w.0.len() >= (depth - 1) * w.1 + width);
    assert!(out.0.len() >= (count - 1) * out.1 + width && (!D::TWICE || depth.is_multiple_of(2)));
    macro_rules! of_rows {
        ($($m:literal)*) => {
            match count {
                $($m if $m <= D::ROWS => {
                    // SAFETY: as asserted.
                    let sums = unsafe { multiply::<S, D, $m, N>(s, (a.0.as_ptr(), a.1), (w.0.as_ptr(), w.1), depth, ahead) };
                    for (m, sums) in sums.into_iter().enumerate() {
                        for (n, sum) in sums.into_iter().enumerate() {
                            // SAFETY: as asserted.
                            unsafe { s.store(out.0.as_mut_ptr().add(m * out.1 + n * S::LANES), sum) };
                        }
                    }
                })*
                _ => unreachable!("a tile has at most ROWS rows"),
            }
        };
    }
    of_rows!(1 2 3 4 5 6 7 8 9 10 11 12);
}

/// The inner loop: `M` rows at `a` times `N` vectors of columns at `w`, over `depth` words.
///
/// # Safety
/// `a.0` points to `M` rows of `depth` words, `a.1` apart; `w.0` to `depth` rows of `N` vectors, `w.1`
/// apart. `depth` is even if the kind takes two words in a step.
#[inline(always)]
unsafe fn multiply<S: Simd, D: Dot<S>, const M: usize, const N: usize>(
    s: S,
    a: (*const u32, usize),
    w: (*const u32, usize),
    depth: usize,
    ahead: &mut Ahead,
) -> [[S::F; N]; M] {
    let mut total = [[s.splat(0.0); N]; M];
    let mut sums = [[D::zero(s); N]; M];
    let mut at = 0;
    while at < depth {
        let end = depth.min(at + CHUNK);
        while at < end {
            // SAFETY: `at` is below `depth`, and one more where two words make a step.
            unsafe {
                let (a_at, w_at) = (a.0.add(at), w.0.add(at * w.1));
                if D::TWICE {
                    step_twice::<S, D, M, N>(s, &mut sums, (a_at, a.1), (w_at, w.1));
                } else {
                    step::<S, D, M, N>(s, &mut sums, (a_at, a.1), w_at);
                }
            }
            at += if D::TWICE { 2 } else { 1 };
        }
        ahead.look(s);
        if D::FOLDS {
            add_to(s, &mut total, sums, D::float);
            sums = [[D::zero(s); N]; M];
        }
    }
    if !D::FOLDS {
        add_to(s, &mut total, sums, D::float);
    }
    total
}

/// Adds sums to a total, as f32.
#[inline(always)]
fn add_to<S: Simd, T: Copy, const M: usize, const N: usize>(
    s: S,
    total: &mut [[S::F; N]; M],
    sums: [[T; N]; M],
    float: impl Fn(S, T) -> S::F,
) {
    for (total, sums) in total.iter_mut().zip(sums) {
        for (total, sum) in total.iter_mut().zip(sums) {
            *total = s.add(*total, float(s, sum));
        }
    }
}

/// Weights that will be needed soon: some lines of them are asked for at each chunk of the depth, so that
/// the next panel is in the cache when this one is done.
#[derive(Clone, Copy)]
pub(super) struct Ahead {
    next: *const u32,
    lines: usize,
}

impl Ahead {
    /// Nothing ahead.
    pub fn nothing() -> Self {
        Self { next: std::ptr::null(), lines: 0 }
    }

    /// A panel of `words` words that is to be fetched while `tiles` tiles of this depth go by.
    #[inline(always)]
    fn panel(words: &[u32], depth: usize, tiles: usize) -> Self {
        let looks = tiles * depth.div_ceil(CHUNK);
        Self { next: words.as_ptr(), lines: words.len().div_ceil(LINE).div_ceil(looks) }
    }

    #[inline(always)]
    fn look<S: Simd>(&mut self, s: S) {
        for line in 0..self.lines {
            s.prefetch(self.next.wrapping_add(line * LINE));
        }
        self.next = self.next.wrapping_add(self.lines * LINE);
    }
}

/// One word of the depth.
///
/// # Safety
/// One word of `M` rows at `a`, `N` vectors at `w`.
#[inline(always)]
unsafe fn step<S: Simd, D: Dot<S>, const M: usize, const N: usize>(
    s: S,
    sums: &mut [[D::Sum; N]; M],
    a: (*const u32, usize),
    w: *const u32,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut vectors = [s.zero_words(); N];
        for (n, vector) in vectors.iter_mut().enumerate() {
            *vector = s.load_words(w.add(n * S::LANES));
        }
        for (m, sums) in sums.iter_mut().enumerate() {
            let a = s.splat_word(*a.0.add(m * a.1));
            for (sum, w) in sums.iter_mut().zip(vectors) {
                *sum = D::dot(s, *sum, a, w);
            }
        }
    }
}

/// Two words of the depth.
///
/// # Safety
/// Two words of `M` rows at `a`, `N` vectors at `w.0` and `w.1` words further.
#[inline(always)]
unsafe fn step_twice<S: Simd, D: Dot<S>, const M: usize, const N: usize>(
    s: S,
    sums: &mut [[D::Sum; N]; M],
    a: (*const u32, usize),
    w: (*const u32, usize),
) {
    // SAFETY: the caller's.
    unsafe {
        let mut vectors = [[s.zero_words(); 2]; N];
        for (n, vector) in vectors.iter_mut().enumerate() {
            let w0 = w.0.add(n * S::LANES);
            *vector = [s.load_words(w0), s.load_words(w0.add(w.1))];
        }
        for (m, sums) in sums.iter_mut().enumerate() {
            let row = a.0.add(m * a.1);
            let a = [s.splat_word(*row), s.splat_word(*row.add(1))];
            for (sum, w) in sums.iter_mut().zip(vectors) {
                *sum = D::dot_twice(s, *sum, a, w);
            }
        }
    }
}

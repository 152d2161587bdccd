//! Inputs of a linear layer: rows, as they are or as integers.

use std::cell::RefCell;
use std::thread::LocalKey;

use crate::isa::{Isa, Kind, Precision};
use crate::prepared::PreparedRows;
use crate::raw::dispatch;
use crate::raw::memory::{Words, bits};
use crate::raw::rows::{Convert, Normalise, NormaliseTo, RowsOut, fill_rows};
use crate::raw::thread_team::ThreadTeam;

/// Rows that one thread converts at a time.
const ROWS_PER_ITEM: usize = 8;

/// A buffer for the inputs of linear layers of one precision, kept from one layer to the next.
pub struct Rows {
    isa: Isa,
    kind: Kind,
    words: Words,
    scale: Vec<f32>,
    offset: Vec<f32>,
}

/// Layer normalisation (Ba, Kiros and Hinton 2016): each row to mean 0 and variance 1, then times `weight`
/// plus `bias`.
#[derive(Clone, Debug)]
pub struct LayerNorm {
    /// `[depth]`
    pub weight: Vec<f32>,
    /// `[depth]`
    pub bias: Vec<f32>,
    /// Added to the variance.
    pub epsilon: f32,
}

/// Rows that are to be filled with values of a known range.
pub(crate) struct Room<'a> {
    /// `[rows, stride]`, zero beyond the values
    pub words: &'a mut [u32],
    pub stride: usize,
    pub kind: Kind,
    /// The step of integers, and what value 0 stands for.
    pub scale: f32,
    pub offset: f32,
}

impl Rows {
    /// An empty buffer for layers of this precision.
    pub fn new(isa: Isa, precision: Precision) -> Self {
        let (words, scale, offset) = Default::default();
        Self { isa, kind: isa.kind(precision), words, scale, offset }
    }

    /// Whether it is for layers of this kind.
    fn is_for(&self, isa: Isa, precision: Precision) -> bool {
        self.isa == isa && self.kind == isa.kind(precision)
    }

    /// `x`, `[rows, depth]`, for layers of this buffer's precision. For f32 that is `x` itself.
    pub fn prepare<'a>(&'a mut self, team: &ThreadTeam, x: &'a [f32], depth: usize) -> PreparedRows<'a> {
        if self.kind == Kind::F32 {
            return floats(x, depth);
        }
        let (isa, kind) = (self.isa, self.kind);
        self.fill(team, x.len() / depth, depth, |row, out| {
            let x = &x[row * depth..][..out.scale.len() * depth];
            dispatch(isa, Convert { kind, range: isa.range(kind), x, depth, out });
        })
    }

    /// The normalised rows of `x`, `[rows, depth]`, for layers of this buffer's precision.
    pub fn normalise<'a>(&'a mut self, team: &ThreadTeam, x: &[f32], norm: &LayerNorm) -> PreparedRows<'a> {
        let depth = norm.weight.len();
        let (isa, kind) = (self.isa, self.kind);
        self.fill(team, x.len() / depth, depth, |row, out| {
            let x = &x[row * depth..][..out.scale.len() * depth];
            let (weight, bias, epsilon) = (&norm.weight[..], &norm.bias[..], norm.epsilon);
            let range = isa.range(kind);
            SCRATCH.with_borrow_mut(|scratch| {
                scratch.resize(depth, 0.0);
                dispatch(isa, Normalise { kind, range, x, weight, bias, epsilon, scratch, out });
            });
        })
    }

    /// Whether rows of this depth can be parts of others ([`gather`](Self::gather)): they have no steps of their own, and
    /// fill whole words.
    pub fn are_parts(isa: Isa, precision: Precision, depth: usize) -> bool {
        let kind = isa.kind(precision);
        !kind.is_integer() && isa.words(kind, depth) * kind.per_word() == depth
    }

    /// So many rows of this depth that `copy` puts together from the words of `parts`, which are of this buffer's
    /// precision and [can be parts](Self::are_parts). It is given `[rows, words]`.
    ///
    /// # Panics
    /// If `parts` are of another precision, or a row has more values than words hold without others.
    pub fn gather(
        &mut self,
        parts: PreparedRows<'_>,
        (count, depth): (usize, usize),
        copy: impl FnOnce(&[u32], &mut [u32]),
    ) -> PreparedRows<'_> {
        let (stride, per_word) = (self.isa.words(self.kind, depth), self.kind.per_word());
        assert!(parts.kind == self.kind && parts.stride * per_word == parts.depth, "parts of rows");
        assert!(stride * per_word == depth, "rows of whole words");
        self.words.resize(count * stride);
        copy(parts.words, self.words.as_mut_slice());
        PreparedRows { words: &self.words, stride, count, depth, scale: &[], offset: &[], kind: self.kind }
    }

    /// Room for so many rows of values in `low..=high`, which are stored with the steps of that range.
    ///
    /// # Panics
    /// If the buffer is one of bfloat16, or one of integers and the range is endless.
    pub(crate) fn room(&mut self, count: usize, depth: usize, (low, high): (f32, f32)) -> Room<'_> {
        let (stride, used) = (self.isa.words(self.kind, depth), depth.div_ceil(self.kind.per_word()));
        self.words.resize(count * stride);
        let (mut scale, mut offset) = (1.0, 0.0);
        if self.kind != Kind::F32 {
            assert!(
                self.kind.is_integer() && low < high && high - low < f32::INFINITY,
                "integers in a range"
            );
            let range = self.isa.range(self.kind);
            scale = (high - low) / (range.high - range.low) as f32;
            offset = low - scale * range.low as f32;
            self.scale.clear();
            self.scale.resize(count, scale);
            self.offset.clear();
            self.offset.resize(count, offset);
        }
        // The last word that holds values may hold others, too.
        let first = if depth.is_multiple_of(self.kind.per_word()) { used } else { used - 1 };
        if first < stride {
            for row in self.words.as_mut_slice().chunks_exact_mut(stride) {
                row[first..].fill(0);
            }
        }
        Room { words: self.words.as_mut_slice(), stride, kind: self.kind, scale, offset }
    }

    /// The rows for which there was [room](Self::room), filled meanwhile.
    pub(crate) fn filled(&self, depth: usize) -> PreparedRows<'_> {
        let Self { words, scale, offset, kind, .. } = self;
        let stride = self.isa.words(*kind, depth);
        PreparedRows { words, stride, count: words.len() / stride, depth, scale, offset, kind: *kind }
    }

    /// Calls `work` with the buffer that the thread keeps there, made anew where it is for other layers.
    pub fn of_thread<T>(
        buffer: &'static LocalKey<RefCell<Option<Self>>>,
        isa: Isa,
        precision: Precision,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        buffer.with_borrow_mut(|rows| {
            let rows = rows.get_or_insert_with(|| Self::new(isa, precision));
            if !rows.is_for(isa, precision) {
                *rows = Self::new(isa, precision);
            }
            work(rows)
        })
    }

    fn fill<'a>(
        &'a mut self,
        team: &ThreadTeam,
        count: usize,
        depth: usize,
        fill: impl Fn(usize, RowsOut<'_>) + Sync,
    ) -> PreparedRows<'a> {
        let stride = self.isa.words(self.kind, depth);
        let filled = self.kind.words(depth);
        self.words.resize(count * stride);
        self.scale.resize(count, 0.0);
        self.offset.resize(count, 0.0);
        let Self { words, scale, offset, kind, .. } = self;
        let out = RowsOut { words: words.as_mut_slice(), stride, scale, offset };
        fill_rows(team, out, ROWS_PER_ITEM, |first, out| {
            // What an earlier layer left here may be no number, and that times a weight of zero is none.
            out.words.chunks_exact_mut(stride).for_each(|words| words[filled..].fill(0));
            fill(first, out);
        });
        PreparedRows { words, stride, count, depth, scale, offset, kind: *kind }
    }
}

thread_local! {
    /// A normalised row on its way to integers.
    static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// f32 rows need no preparation.
fn floats(x: &[f32], depth: usize) -> PreparedRows<'_> {
    let words = bits(x);
    PreparedRows {
        words,
        stride: depth,
        count: x.len() / depth,
        depth,
        scale: &[],
        offset: &[],
        kind: Kind::F32,
    }
}

impl LayerNorm {
    /// Normalises the rows of `x`, `[rows, depth]`, to `out`.
    ///
    /// # Panics
    /// If `out` is shorter than `x`.
    pub fn forward(&self, isa: Isa, x: &[f32], out: &mut [f32]) {
        let depth = self.weight.len();
        assert!(out.len() >= x.len());
        for (x, out) in x.chunks_exact(depth).zip(out.chunks_exact_mut(depth)) {
            let (weight, bias, epsilon) = (&self.weight[..], &self.bias[..], self.epsilon);
            dispatch(isa, NormaliseTo { x, weight, bias, epsilon, out });
        }
    }
}

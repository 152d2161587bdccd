//! Inputs of a linear layer: rows, as they are or as integers.

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

impl Rows {
    /// An empty buffer for layers of this precision.
    pub fn new(isa: Isa, precision: Precision) -> Self {
        let (words, scale, offset) = Default::default();
        Self { isa, kind: isa.kind(precision), words, scale, offset }
    }

    /// Whether it is for layers of this kind.
    pub fn is_for(&self, isa: Isa, precision: Precision) -> bool {
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

    fn fill<'a>(
        &'a mut self,
        team: &ThreadTeam,
        count: usize,
        depth: usize,
        fill: impl Fn(usize, RowsOut<'_>) + Sync,
    ) -> PreparedRows<'a> {
        let stride = self.kind.words(depth);
        self.words.resize(count * stride);
        self.scale.resize(count, 0.0);
        self.offset.resize(count, 0.0);
        let Self { words, scale, offset, kind, .. } = self;
        fill_rows(team, RowsOut { words: words.as_mut_slice(), stride, scale, offset }, ROWS_PER_ITEM, fill);
        PreparedRows { words, stride, count, depth, scale, offset, kind: *kind }
    }
}

thread_local! {
    /// A normalised row on its way to integers.
    static SCRATCH: std::cell::RefCell<Vec<f32>> = const { std::cell::RefCell::new(Vec::new()) };
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

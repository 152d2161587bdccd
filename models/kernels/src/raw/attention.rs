//! Attention of one head: `softmax(Q Kᵀ / √d) V`, over f32.

use std::cell::RefCell;

use super::dot::{Dot, Floats};
use super::gemm::{Ahead, Tiles, product};
use super::memory::bits;
use super::thread_team::ThreadTeam;
use super::{Operation, Shared, Simd, dispatch, math};
use crate::isa::Isa;

/// Positions that see each other: a picture's patches or a text's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// Its first row.
    pub start: usize,
    /// How many rows.
    pub length: usize,
    /// The one position whose answer is wanted; all if none.
    pub only: Option<usize>,
}

/// Multi-head attention over several sequences, whose rows lie one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// The instructions to use.
    pub isa: Isa,
    /// Heads.
    pub heads: usize,
    /// Values of a row: heads · values of a head.
    pub hidden: usize,
    /// Whether a position sees only itself and what came before.
    pub causal: bool,
}

impl Attention {
    /// `query`: `[answers, hidden]`, one row for each answer that is wanted (each sequence's positions, or
    /// its only one), in the order of the sequences. `key_value`: `[rows, 2 · hidden]`, keys before
    /// values. `out`: as `query`.
    ///
    /// # Panics
    /// If a slice is shorter than that.
    pub fn forward(
        &self,
        team: &ThreadTeam,
        sequences: &[Sequence],
        query: &[f32],
        key_value: &[f32],
        out: &mut [f32],
    ) {
        let answers: usize = sequences.iter().map(Sequence::answers).sum();
        let rows = sequences.iter().map(|s| s.start + s.length).max().unwrap_or(0);
        assert!(query.len() >= answers * self.hidden && out.len() >= answers * self.hidden);
        assert!(key_value.len() >= rows * 2 * self.hidden && self.hidden.is_multiple_of(self.heads));
        let mut first = 0;
        let heads: Vec<(Sequence, usize)> = sequences
            .iter()
            .map(|sequence| {
                let answer = first;
                first += sequence.answers();
                (*sequence, answer)
            })
            .collect();
        let out = Shared::new(out);
        team.each(heads.len() * self.heads, |item| {
            let (sequence, answer) = heads[item / self.heads];
            let head = item % self.heads;
            let part = Head { attention: *self, sequence, answer, head, query, key_value, out: &out };
            SCRATCH.with_borrow_mut(|scratch| dispatch(self.isa, Run { head: part, scratch }));
        });
    }
}

impl Sequence {
    /// How many of its positions are asked for an answer.
    pub fn answers(&self) -> usize {
        if self.only.is_some() { 1 } else { self.length }
    }
}

/// One head of one sequence.
struct Head<'a> {
    attention: Attention,
    sequence: Sequence,
    /// The sequence's first row of `query` and `out`.
    answer: usize,
    head: usize,
    query: &'a [f32],
    key_value: &'a [f32],
    out: &'a Shared<f32>,
}

thread_local! {
    /// Kept from head to head, so that none allocates.
    static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// A head and the memory to work in: keys turned, values if they must be copied, scores, mixtures.
struct Run<'a> {
    head: Head<'a>,
    scratch: &'a mut Vec<f32>,
}

impl Operation for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) {
        let width = N * S::LANES;
        let size = self.head.size();
        let padded = self.head.sequence.length.next_multiple_of(width);
        let tile_rows = <Floats as Dot<S>>::ROWS;
        let columns = size.next_multiple_of(width);
        let scratch = &mut *self.scratch;
        scratch.resize(padded * (size + tile_rows) + columns * (padded + tile_rows), 0.0);
        let (keys, rest) = scratch.split_at_mut(padded * size);
        let (scores, rest) = rest.split_at_mut(padded * tile_rows);
        let (values, mixed) = rest.split_at_mut(columns * padded);
        let head = self.head;
        head.turn_keys(width, keys);
        let values = head.values(width, values);
        for tile in Tiles::new(0..head.sequence.answers(), tile_rows) {
            head.tile::<S, N>(s, tile, keys, values, (scores, mixed));
        }
    }
}

impl<'a> Head<'a> {
    fn size(&self) -> usize {
        self.attention.hidden / self.attention.heads
    }

    /// Keys as panels: `[panels, size, width]`, zero beyond the last position.
    #[inline(always)]
    fn turn_keys(&self, width: usize, keys: &mut [f32]) {
        let (size, stride) = (self.size(), 2 * self.attention.hidden);
        for (n, panel) in keys.chunks_exact_mut(size * width).enumerate() {
            for column in 0..width {
                let position = n * width + column;
                if position < self.sequence.length {
                    let from = (self.sequence.start + position) * stride + self.head * size;
                    for (d, key) in self.key_value[from..from + size].iter().enumerate() {
                        panel[d * width + column] = *key;
                    }
                } else {
                    (0..size).for_each(|d| panel[d * width + column] = 0.0);
                }
            }
        }
    }

    /// Values as they lie, if a head's are whole panels; else copied and padded. With the distance of
    /// their rows.
    #[inline(always)]
    fn values<'b>(&self, width: usize, copy: &'b mut [f32]) -> (&'b [f32], usize)
    where
        'a: 'b,
    {
        let (size, hidden) = (self.size(), self.attention.hidden);
        let from = self.sequence.start * 2 * hidden + hidden + self.head * size;
        if size.is_multiple_of(width) {
            return (&self.key_value[from..], 2 * hidden);
        }
        let padded = size.next_multiple_of(width);
        for (position, row) in copy.chunks_exact_mut(padded).take(self.sequence.length).enumerate() {
            let from = from + position * 2 * hidden;
            row[..size].copy_from_slice(&self.key_value[from..from + size]);
            row[size..].fill(0.0);
        }
        (copy, padded)
    }

    /// Some answers: scores, softmax, mixture.
    #[inline(always)]
    fn tile<S: Simd, const N: usize>(
        &self,
        s: S,
        (first, count): (usize, usize),
        keys: &[f32],
        values: (&[f32], usize),
        (scores, mixed): (&mut [f32], &mut [f32]),
    ) {
        let (size, hidden, width) = (self.size(), self.attention.hidden, N * S::LANES);
        let padded = self.sequence.length.next_multiple_of(width);
        let query = (bits(&self.query[(self.answer + first) * hidden + self.head * size..]), hidden);
        let seen = |m: usize| {
            let position = self.sequence.only.unwrap_or(first + m);
            if self.attention.causal { position + 1 } else { self.sequence.length }
        };
        let most = seen(count - 1);
        for (n, panel) in keys.chunks_exact(size * width).enumerate().take(most.div_ceil(width)) {
            product::<S, Floats, N>(
                s,
                count,
                query,
                (bits(panel), width),
                size,
                (&mut scores[n * width..], padded),
                &mut Ahead::nothing(),
            );
        }
        for (m, scores) in scores.chunks_exact_mut(padded).take(count).enumerate() {
            softmax(
                s,
                &mut scores[..most.next_multiple_of(S::LANES).min(padded)],
                seen(m),
                1.0 / (size as f32).sqrt(),
            );
        }
        let columns = size.next_multiple_of(width);
        for left in (0..columns).step_by(width) {
            let values = (bits(&values.0[left..]), values.1);
            product::<S, Floats, N>(
                s,
                count,
                (bits(scores), padded),
                values,
                most,
                (&mut mixed[left..], columns),
                &mut Ahead::nothing(),
            );
        }
        for (m, row) in mixed.chunks_exact(columns).take(count).enumerate() {
            let to = self.out.at((self.answer + first + m) * hidden + self.head * size);
            // SAFETY: this head alone writes these columns of its sequence's rows, which `forward` has
            // checked to be there.
            unsafe { to.copy_from_nonoverlapping(row.as_ptr(), size) };
        }
    }
}

/// Softmax of the first `seen` scores, scaled; zero beyond them. The row is whole vectors.
#[inline(always)]
fn softmax<S: Simd>(s: S, row: &mut [f32], seen: usize, scale: f32) {
    row[seen..].fill(f32::NEG_INFINITY);
    let mut largest = s.splat(f32::NEG_INFINITY);
    for chunk in row.chunks_exact(S::LANES) {
        // SAFETY: the chunk is a vector.
        largest = s.max(largest, unsafe { s.load(chunk.as_ptr()) });
    }
    let (largest, factor) = (s.splat(s.largest(largest)), s.splat(scale));
    let mut sum = s.splat(0.0);
    for chunk in row.chunks_exact_mut(S::LANES) {
        // SAFETY: the chunk is a vector.
        unsafe {
            let e = math::exp(s, s.mul(s.sub(s.load(chunk.as_ptr()), largest), factor));
            s.store(chunk.as_mut_ptr(), e);
        }
    }
    // The exponential of −∞ is held at e⁻⁸⁷: what is not seen is zero, not almost.
    row[seen..].fill(0.0);
    for chunk in row.chunks_exact(S::LANES) {
        // SAFETY: the chunk is a vector.
        sum = s.add(sum, unsafe { s.load(chunk.as_ptr()) });
    }
    let share = s.splat(1.0 / s.sum(sum));
    for chunk in row.chunks_exact_mut(S::LANES) {
        // SAFETY: the chunk is a vector.
        unsafe { s.store(chunk.as_mut_ptr(), s.mul(s.load(chunk.as_ptr()), share)) };
    }
}

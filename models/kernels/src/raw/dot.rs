//! What a word of each kind is to the inner loop.

use super::Simd;
use crate::isa::I16_BLOCK;

/// Words of the depth between two looks ahead, and all that a sum of 16-bit products can hold.
pub(super) const CHUNK: usize = I16_BLOCK;

/// A kind of word: how a step of the inner loop multiplies and sums.
pub(super) trait Dot<S: Simd> {
    /// A sum in progress.
    type Sum: Copy;
    /// Whether a sum must go to f32 after each chunk of the depth ([`CHUNK`]).
    const FOLDS: bool = false;
    /// Two words in a step instead of one.
    const TWICE: bool = false;
    /// Inputs and weights are integers with scales.
    const SCALED: bool = false;
    /// Most rows of a tile.
    const ROWS: usize = S::ROWS;

    fn zero(s: S) -> Self::Sum;
    fn dot(s: S, sum: Self::Sum, a: S::I, w: S::I) -> Self::Sum;
    #[inline(always)]
    fn dot_twice(s: S, sum: Self::Sum, a: [S::I; 2], w: [S::I; 2]) -> Self::Sum {
        Self::dot(s, Self::dot(s, sum, a[0], w[0]), a[1], w[1])
    }
    fn float(s: S, sum: Self::Sum) -> S::F;
    /// The sum's bits, as if they were words of weights.
    fn bits(s: S, sum: Self::Sum) -> S::I;
}

/// One f32.
pub(super) struct Floats;
/// Two bfloat16.
pub(super) struct Bf16s;
/// Two 16-bit integers.
pub(super) struct Halves;
/// Four 8-bit integers.
pub(super) struct Bytes;

impl<S: Simd> Dot<S> for Floats {
    type Sum = S::F;

    #[inline(always)]
    fn zero(s: S) -> S::F {
        s.splat(0.0)
    }
    #[inline(always)]
    fn dot(s: S, sum: S::F, a: S::I, w: S::I) -> S::F {
        s.fma(s.bits_to_float(a), s.bits_to_float(w), sum)
    }
    #[inline(always)]
    fn float(_: S, sum: S::F) -> S::F {
        sum
    }
    #[inline(always)]
    fn bits(s: S, sum: S::F) -> S::I {
        s.float_to_bits(sum)
    }
}

impl<S: Simd> Dot<S> for Bf16s {
    type Sum = S::F;

    #[inline(always)]
    fn zero(s: S) -> S::F {
        s.splat(0.0)
    }
    #[inline(always)]
    fn dot(s: S, sum: S::F, a: S::I, w: S::I) -> S::F {
        s.dot_bf16(sum, a, w)
    }
    #[inline(always)]
    fn float(_: S, sum: S::F) -> S::F {
        sum
    }
    #[inline(always)]
    fn bits(s: S, sum: S::F) -> S::I {
        s.float_to_bits(sum)
    }
}

impl<S: Simd> Dot<S> for Halves {
    type Sum = S::I;
    const FOLDS: bool = true;
    const SCALED: bool = true;

    #[inline(always)]
    fn zero(s: S) -> S::I {
        s.zero_words()
    }
    #[inline(always)]
    fn dot(s: S, sum: S::I, a: S::I, w: S::I) -> S::I {
        s.dot_halves(sum, a, w)
    }
    #[inline(always)]
    fn float(s: S, sum: S::I) -> S::F {
        s.float(sum)
    }
    #[inline(always)]
    fn bits(_: S, sum: S::I) -> S::I {
        sum
    }
}

impl<S: Simd> Dot<S> for Bytes {
    type Sum = S::I;
    const TWICE: bool = true;
    const SCALED: bool = true;
    const ROWS: usize = S::ROWS_I8;

    #[inline(always)]
    fn zero(s: S) -> S::I {
        s.zero_words()
    }
    #[inline(always)]
    fn dot(s: S, sum: S::I, a: S::I, w: S::I) -> S::I {
        s.dot_bytes(sum, a, w)
    }
    #[inline(always)]
    fn dot_twice(s: S, sum: S::I, a: [S::I; 2], w: [S::I; 2]) -> S::I {
        s.dot_bytes_twice(sum, a, w)
    }
    #[inline(always)]
    fn float(s: S, sum: S::I) -> S::F {
        s.float(sum)
    }
    #[inline(always)]
    fn bits(_: S, sum: S::I) -> S::I {
        sum
    }
}

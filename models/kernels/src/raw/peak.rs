//! How fast this processor multiplies at best: the inner loop's instructions on registers alone.

use std::hint::black_box;
use std::time::Instant;

use super::dot::{Bf16s, Bytes, Dot, Floats, Halves};
use super::{Operation, Simd, dispatch};
use crate::isa::{Isa, Kind, Precision};

/// Multiplications and additions per second of one thread, in 10⁹, when nothing is read from memory.
pub fn measure(isa: Isa, precision: Precision) -> f64 {
    const STEPS: usize = 200_000;
    let kind = isa.kind(precision);
    let best = (0..7)
        .map(|_| {
            let start = Instant::now();
            let products = dispatch(isa, Registers { kind, steps: STEPS });
            2.0 * products as f64 / start.elapsed().as_secs_f64()
        })
        .fold(0.0, f64::max);
    best / 1e9
}

struct Registers {
    kind: Kind,
    steps: usize,
}

impl Operation for Registers {
    /// Products of two values that were summed.
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) -> usize {
        let words = match self.kind {
            Kind::F32 => spin::<S, Floats>(s, self.steps),
            Kind::Bf16 if S::BF16 => spin::<S, Bf16s>(s, self.steps),
            Kind::I16 | Kind::Bf16 => spin::<S, Halves>(s, self.steps),
            Kind::I8 => spin::<S, Bytes>(s, self.steps),
        };
        words * S::LANES * self.kind.per_word()
    }
}

/// As many sums as hide the latency of a multiplication, and no load. Each sum is its own weight, so that
/// no product can be computed once for all. Returns the words multiplied.
#[inline(always)]
fn spin<S: Simd, D: Dot<S>>(s: S, steps: usize) -> usize {
    const SUMS: usize = 10;
    let a = black_box([s.splat_word(0x0101_0101), s.splat_word(0x0201_0102)]);
    let mut sums = black_box([D::zero(s); SUMS]);
    for _ in 0..steps {
        for sum in &mut sums {
            let w = D::bits(s, *sum);
            *sum = if D::TWICE { D::dot_twice(s, *sum, a, [w, w]) } else { D::dot(s, *sum, a[0], w) };
        }
    }
    black_box(sums);
    steps * SUMS * if D::TWICE { 2 } else { 1 }
}

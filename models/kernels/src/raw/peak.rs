//! How fast this processor multiplies at best: the inner loop's instructions on registers alone.

use std::hint::black_box;
use std::time::Instant;

use super::dot::{Bf16s, Bytes, Dot, Floats, Halves};
use super::{Operation, Simd, dispatch};
use crate::isa::{Isa, Kind, Precision};

/// Multiplications and additions per second of one thread, in 10⁹, when nothing is read from memory.
pub fn measure(isa: Isa, precision: Precision) -> f64 {
    (0..7).map(|_| rate(isa, precision, 200_000)).fold(0.0, f64::max)
}

/// The same of two instruction sets, roughly: in turns, in a few tens of microseconds each.
pub(crate) fn compare(one: Isa, other: Isa, precision: Precision) -> [f64; 2] {
    let mut best = [0.0, 0.0];
    for _ in 0..9 {
        for (best, isa) in best.iter_mut().zip([one, other]) {
            *best = f64::max(*best, rate(isa, precision, 2_000));
        }
    }
    best
}

/// 10⁹ multiplications and additions a second in one run.
fn rate(isa: Isa, precision: Precision, steps: usize) -> f64 {
    let kind = isa.kind(precision);
    let start = Instant::now();
    let products = if isa.has_tiles(kind) {
        spin_tiles(isa, kind, steps)
    } else {
        dispatch(isa, Registers { kind, steps })
    };
    2.0 * products as f64 / start.elapsed().as_secs_f64() / 1e9
}

/// Products of two values that were summed.
fn spin_tiles(isa: Isa, kind: Kind, steps: usize) -> usize {
    assert!(isa.is_available(), "this processor has no {isa}");
    match isa {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as asserted.
        Isa::Avx512Amx => unsafe { super::amx::spin(kind, steps) },
        _ => unreachable!("{isa} has no tiles of {kind:?} in {steps} steps"),
    }
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
        // As many sums as hide the latency of a multiplication, and half of the registers or a little more:
        // with 20 of 32 the compiler kept intermediate results of `vpmaddwd` in memory.
        if S::LANES == 16 { self.spin::<S, 16>(s) } else { self.spin::<S, 10>(s) }
    }
}

impl Registers {
    #[inline(always)]
    fn spin<S: Simd, const SUMS: usize>(self, s: S) -> usize {
        let words = match self.kind {
            Kind::F32 => spin::<S, Floats, SUMS>(s, self.steps),
            Kind::Bf16 if S::BF16 => spin::<S, Bf16s, SUMS>(s, self.steps),
            Kind::I16 | Kind::Bf16 => spin::<S, Halves, SUMS>(s, self.steps),
            Kind::I8 => spin::<S, Bytes, SUMS>(s, self.steps),
        };
        words * S::LANES * self.kind.per_word()
    }
}

/// Products of registers, and no load. Each sum is its own weight, so that no product can be computed once
/// for all. Returns the words multiplied.
#[inline(always)]
fn spin<S: Simd, D: Dot<S>, const SUMS: usize>(s: S, steps: usize) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::PRECISIONS;

    #[test]
    fn every_set_has_a_rate_in_every_precision() {
        for isa in Isa::available() {
            for precision in PRECISIONS {
                let rate = rate(isa, precision, 100);
                assert!(rate > 0.0 && rate.is_finite(), "{isa} {precision}: {rate}");
            }
        }
    }
}

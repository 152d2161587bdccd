//! Functions of vectors: the exponential and what CLIP's activations are made of.

use super::Simd;
use crate::epilogue::Activation;

/// eˣ to 2 ulp or so; 0 below −87, held at e⁸⁸ above.
#[inline(always)]
pub(super) fn exp<S: Simd>(s: S, x: S::F) -> S::F {
    // x = n · ln 2 + r with |r| ≤ ln 2 / 2; the second part of ln 2 is what the first one lacks.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    // The series 1/k! up to the sixth power: the remainder is below 1.2e-7 of the result.
    const SERIES: [f32; 6] = [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let x = s.min(s.max(x, s.splat(-87.0)), s.splat(88.0));
    let n = s.round(s.mul(x, s.splat(std::f32::consts::LOG2_E)));
    let whole = s.float(n);
    let r = s.fma(whole, s.splat(-LN_2[0]), x);
    let r = s.fma(whole, s.splat(-LN_2[1]), r);
    let mut power = s.splat(1.0 / 720.0);
    for c in SERIES {
        power = s.fma(power, r, s.splat(c));
    }
    s.mul(power, s.power_of_two(n))
}

/// erf x to 2e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
#[inline(always)]
fn erf<S: Simd>(s: S, x: S::F) -> S::F {
    const P: f32 = 0.327_591_1;
    const A: [f32; 5] = [1.061_405_4, -1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6];
    let size = s.max(x, s.sub(s.splat(0.0), x));
    let t = s.div(s.splat(1.0), s.fma(s.splat(P), size, s.splat(1.0)));
    let mut sum = s.splat(0.0);
    for a in A {
        sum = s.mul(s.add(sum, s.splat(a)), t);
    }
    let tail = s.mul(sum, exp(s, s.mul(s.sub(s.splat(0.0), x), x)));
    s.with_sign(s.max(s.sub(s.splat(1.0), tail), s.splat(0.0)), x)
}

/// The activation of each lane.
#[inline(always)]
pub(super) fn activate<S: Simd>(s: S, activation: Activation, x: S::F) -> S::F {
    match activation {
        Activation::None => x,
        Activation::Relu => s.max(x, s.splat(0.0)),
        Activation::Relu6 => s.min(s.max(x, s.splat(0.0)), s.splat(6.0)),
        Activation::QuickGelu => {
            let e = exp(s, s.mul(x, s.splat(-1.702)));
            s.div(x, s.add(e, s.splat(1.0)))
        }
        Activation::Gelu => {
            let half = s.mul(x, s.splat(0.5));
            s.fma(half, erf(s, s.mul(x, s.splat(std::f32::consts::FRAC_1_SQRT_2))), half)
        }
        Activation::GeluTanh => {
            // (1 + tanh u) / 2 is 1 / (1 + exp(−2 u)). The factors are −2 √(2/π) and that times 0.044715.
            let inner = s.fma(s.mul(x, x), s.splat(-0.071_354_82), s.splat(-1.595_769));
            let e = exp(s, s.mul(x, inner));
            s.div(x, s.add(e, s.splat(1.0)))
        }
    }
}

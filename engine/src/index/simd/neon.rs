//! Kernels for NEON.

use std::arch::aarch64::*;

use super::dot::{self, Products};
use super::lookup::{self, GROUP, Group, Lanes, Lookup};

/// Two registers, since one load of f16 values fills both.
#[derive(Clone, Copy)]
struct Eight(float32x4_t, float32x4_t);

impl Products for Eight {
    const VALUES: usize = 8;
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: NEON is there, as `Products` asks.
        unsafe { Self(vdupq_n_f32(0.0), vdupq_n_f32(0.0)) }
    }
    #[inline(always)]
    unsafe fn add_product(self, query: *const f32, row: *const u8) -> Self {
        // SAFETY: NEON is there, and 8 values at both places; byte loads need no alignment.
        unsafe {
            let row = vreinterpretq_u16_u8(vld1q_u8(row));
            Self(
                vfmaq_f32(self.0, vld1q_f32(query), widen(vget_low_u16(row))),
                vfmaq_f32(self.1, vld1q_f32(query.add(4)), widen(vget_high_u16(row))),
            )
        }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: NEON is there.
        unsafe { Self(vaddq_f32(self.0, other.0), vaddq_f32(self.1, other.1)) }
    }
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        // SAFETY: NEON is there.
        unsafe { vaddvq_f32(vaddq_f32(self.0, self.1)) }
    }
}

/// Converts four f16 to f32 by their bits, since stable Rust lacks the conversion instruction. Exponent and
/// mantissa move into place, and a multiplication by 2¹¹² corrects the exponent's bias, for subnormals too.
/// Stored vectors are finite, so the function does not handle infinities.
#[inline]
#[target_feature(enable = "neon")]
fn widen(halves: uint16x4_t) -> float32x4_t {
    let wide = vmovl_u16(halves);
    let sign = vshlq_n_u32::<16>(vandq_u32(wide, vdupq_n_u32(0x8000)));
    let magnitude = vshlq_n_u32::<13>(vandq_u32(wide, vdupq_n_u32(0x7fff)));
    let scale = vdupq_n_f32(f32::from_bits((112 + 127) << 23));
    let value = vmulq_f32(vreinterpretq_f32_u32(magnitude), scale);
    vreinterpretq_f32_u32(vorrq_u32(vreinterpretq_u32_f32(value), sign))
}

impl Lanes for uint8x16_t {
    const BYTES: usize = 16;
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: NEON is there, as `Lanes` asks.
        unsafe { vdupq_n_u8(0) }
    }
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: 16 bytes are there, at any address.
        unsafe { vld1q_u8(from) }
    }
    #[inline(always)]
    unsafe fn low(self) -> Self {
        // SAFETY: NEON is there.
        unsafe { vandq_u8(self, vdupq_n_u8(15)) }
    }
    #[inline(always)]
    unsafe fn high(self) -> Self {
        // SAFETY: NEON is there.
        unsafe { vshrq_n_u8::<4>(self) }
    }
    #[inline(always)]
    unsafe fn lookup(self, nibbles: Self) -> Self {
        // SAFETY: NEON is there.
        unsafe { vqtbl1q_u8(self, nibbles) }
    }
    #[inline(always)]
    unsafe fn add_bytes(self, other: Self) -> Self {
        // SAFETY: NEON is there.
        unsafe { vaddq_u8(self, other) }
    }
    #[inline(always)]
    unsafe fn add_pairs(self, other: Self) -> Self {
        // SAFETY: NEON is there.
        unsafe {
            let sum = vaddq_u16(vreinterpretq_u16_u8(self), vreinterpretq_u16_u8(other));
            vreinterpretq_u8_u16(sum)
        }
    }
    #[inline(always)]
    unsafe fn even(self) -> Self {
        // SAFETY: NEON is there.
        unsafe { vreinterpretq_u8_u16(vandq_u16(vreinterpretq_u16_u8(self), vdupq_n_u16(0xff))) }
    }
    #[inline(always)]
    unsafe fn odd(self) -> Self {
        // SAFETY: NEON is there.
        unsafe { vreinterpretq_u8_u16(vshrq_n_u16::<8>(vreinterpretq_u16_u8(self))) }
    }
    #[inline(always)]
    unsafe fn fold(self) -> [u16; 8] {
        let mut sums = [0; 8];
        // SAFETY: NEON is there; `sums` has the 16 bytes that are stored.
        unsafe { vst1q_u16(sums.as_mut_ptr(), vreinterpretq_u16_u8(self)) };
        sums
    }
}

/// # Safety
/// NEON must be there, and the sizes must be those that [`super::Kernel::above`] checks.
#[target_feature(enable = "neon")]
pub(super) unsafe fn above_neon(
    lookup: &Lookup<'_>,
    group: Group<'_>,
    threshold: f32,
    bounds: &mut [f32; GROUP],
) -> u32 {
    // SAFETY: the caller's.
    unsafe { lookup::above::<uint8x16_t>(lookup, group, threshold, bounds) }
}

/// # Safety
/// NEON must be there, and `row` must be `query.len()` f16 values.
#[target_feature(enable = "neon")]
pub(super) unsafe fn dot_neon(query: &[f32], row: &[u8]) -> f32 {
    // SAFETY: the caller's.
    unsafe { dot::dot::<Eight>(query, row) }
}

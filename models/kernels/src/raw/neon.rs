//! NEON: four lanes, thirty-two registers.

use core::arch::aarch64::*;
use core::arch::asm;

use super::{Operation, Simd};

/// Proof of NEON, which every 64-bit ARM has.
#[derive(Clone, Copy)]
pub(crate) struct Neon(());

/// Proof of NEON and its eight-bit dot product.
#[derive(Clone, Copy)]
pub(crate) struct NeonDot(());

/// Runs `operation` with NEON.
///
/// # Safety
/// The processor has NEON.
#[target_feature(enable = "neon")]
pub(super) unsafe fn with_neon<O: Operation>(operation: O) -> O::Output {
    operation.run::<_, 4>(Neon(()))
}

/// Runs `operation` with NEON and the eight-bit dot product.
///
/// # Safety
/// The processor has NEON and the dot product.
#[target_feature(enable = "neon,dotprod")]
pub(super) unsafe fn with_neon_dot<O: Operation>(operation: O) -> O::Output {
    operation.run::<_, 4>(NeonDot(()))
}

/// Methods whose body is an expression of intrinsics.
macro_rules! instructions {
    ($(fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? = $body:expr;)*) => {$(
        #[inline(always)]
        fn $name(self, $($argument: $type),*) $(-> $result)? {
            // SAFETY: `self` is the proof that the processor has the instructions.
            unsafe { $body }
        }
    )*};
}

/// The same for what goes through a pointer.
macro_rules! memory_instructions {
    ($(fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? = $body:expr;)*) => {$(
        #[inline(always)]
        unsafe fn $name(self, $($argument: $type),*) $(-> $result)? {
            // SAFETY: `self` is the proof of the instructions; the caller answers for the pointer.
            unsafe { $body }
        }
    )*};
}

/// What both have in common.
macro_rules! four_lanes {
    () => {
        type F = float32x4_t;
        type I = int32x4_t;
        const LANES: usize = 4;
        const ROWS: usize = 5;

        memory_instructions! {
            fn load(at: *const f32) -> float32x4_t = vld1q_f32(at);
            fn store(at: *mut f32, x: float32x4_t) = vst1q_f32(at, x);
            fn load_words(at: *const u32) -> int32x4_t = vld1q_s32(at.cast());
            fn store_bytes(at: *mut u8, x: int32x4_t) = {
                let halves = vmovn_s32(x);
                let bytes = vmovn_s16(vcombine_s16(halves, halves));
                at.cast::<i32>().write_unaligned(vget_lane_s32::<0>(vreinterpret_s32_s8(bytes)))
            };
            fn store_halves(at: *mut u16, x: int32x4_t) = vst1_s16(at.cast(), vmovn_s32(x));
        }

        instructions! {
            fn splat(x: f32) -> float32x4_t = vdupq_n_f32(x);
            fn add(a: float32x4_t, b: float32x4_t) -> float32x4_t = vaddq_f32(a, b);
            fn sub(a: float32x4_t, b: float32x4_t) -> float32x4_t = vsubq_f32(a, b);
            fn mul(a: float32x4_t, b: float32x4_t) -> float32x4_t = vmulq_f32(a, b);
            fn div(a: float32x4_t, b: float32x4_t) -> float32x4_t = vdivq_f32(a, b);
            fn fma(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t = vfmaq_f32(c, a, b);
            fn max(a: float32x4_t, b: float32x4_t) -> float32x4_t = vmaxq_f32(a, b);
            fn min(a: float32x4_t, b: float32x4_t) -> float32x4_t = vminq_f32(a, b);
            fn sum(x: float32x4_t) -> f32 = vaddvq_f32(x);
            fn largest(x: float32x4_t) -> f32 = vmaxvq_f32(x);
            fn least(x: float32x4_t) -> f32 = vminvq_f32(x);
            fn with_sign(magnitude: float32x4_t, sign: float32x4_t) -> float32x4_t =
                vbslq_f32(vdupq_n_u32(0x8000_0000), sign, magnitude);
            fn splat_word(x: u32) -> int32x4_t = vdupq_n_s32(x as i32);
            fn zero_words() -> int32x4_t = vdupq_n_s32(0);
            fn add_words(a: int32x4_t, b: int32x4_t) -> int32x4_t = vaddq_s32(a, b);
            fn round(x: float32x4_t) -> int32x4_t = vcvtnq_s32_f32(x);
            fn float(x: int32x4_t) -> float32x4_t = vcvtq_f32_s32(x);
            fn bits_to_float(x: int32x4_t) -> float32x4_t = vreinterpretq_f32_s32(x);
            fn float_to_bits(x: float32x4_t) -> int32x4_t = vreinterpretq_s32_f32(x);
            fn power_of_two(n: int32x4_t) -> float32x4_t =
                vreinterpretq_f32_s32(vshlq_n_s32::<23>(vaddq_s32(n, vdupq_n_s32(127))));
            fn dot_halves(sum: int32x4_t, a: int32x4_t, w: int32x4_t) -> int32x4_t = {
                let (a, w) = (vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(w));
                let low = vmull_s16(vget_low_s16(a), vget_low_s16(w));
                vaddq_s32(sum, vpaddq_s32(low, vmull_high_s16(a, w)))
            };
            fn dot_bf16(sum: float32x4_t, a: int32x4_t, w: int32x4_t) -> float32x4_t = {
                let high = vdupq_n_s32(0xffff_0000_u32 as i32);
                let float = |x| vreinterpretq_f32_s32(x);
                let sum = vfmaq_f32(sum, float(vshlq_n_s32::<16>(a)), float(vshlq_n_s32::<16>(w)));
                vfmaq_f32(sum, float(vandq_s32(a, high)), float(vandq_s32(w, high)))
            };
        }

        #[inline(always)]
        fn prefetch(self, at: *const u32) {
            // SAFETY: a prefetch reads nothing that a program could see, wherever it points.
            unsafe { asm!("prfm pldl2keep, [{}]", in(reg) at, options(nostack, preserves_flags, readonly)) }
        }
    };
}

impl Simd for Neon {
    four_lanes!();

    instructions! {
        fn dot_bytes(sum: int32x4_t, a: int32x4_t, w: int32x4_t) -> int32x4_t = {
            let (a, w) = (vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(w));
            let low = vpaddlq_s16(vmull_s8(vget_low_s8(a), vget_low_s8(w)));
            let high = vpaddlq_s16(vmull_high_s8(a, w));
            vaddq_s32(sum, vpaddq_s32(low, high))
        };
    }
}

impl Simd for NeonDot {
    four_lanes!();

    /// By name, since the intrinsic is not stable.
    #[inline(always)]
    fn dot_bytes(self, mut sum: int32x4_t, a: int32x4_t, w: int32x4_t) -> int32x4_t {
        // SAFETY: `self` is the proof that the processor has `sdot`, which touches registers alone.
        unsafe {
            asm!(
                "sdot {sum:v}.4s, {a:v}.16b, {w:v}.16b",
                sum = inout(vreg) sum,
                a = in(vreg) a,
                w = in(vreg) w,
                options(pure, nomem, nostack, preserves_flags)
            );
        }
        sum
    }
}

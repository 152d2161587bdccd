//! AVX2 and FMA: eight lanes, sixteen registers.

use core::arch::asm;
use core::arch::x86_64::*;

use super::{Operation, Simd};

/// Proof of AVX2 and FMA.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

/// Proof of AVX2, FMA and AVX-VNNI.
#[derive(Clone, Copy)]
pub(crate) struct AvxVnni(());

/// Runs `operation` with AVX2.
///
/// # Safety
/// The processor has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn with_avx2<O: Operation>(operation: O) -> O::Output {
    operation.run::<_, 2>(Avx2(()))
}

/// Runs `operation` with AVX2 and the eight-bit dot product.
///
/// # Safety
/// The processor has AVX2, FMA and AVX-VNNI.
#[target_feature(enable = "avx2,fma,avxvnni")]
pub(super) unsafe fn with_avx_vnni<O: Operation>(operation: O) -> O::Output {
    operation.run::<_, 2>(AvxVnni(()))
}

/// Methods whose body is an expression of intrinsics.
macro_rules! instructions {
    ($($(#[$attribute:meta])* fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? = $body:expr;)*) => {$(
        $(#[$attribute])*
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

pub(super) use {instructions, memory_instructions};

/// What both sets of instructions have in common.
macro_rules! eight_lanes {
    () => {
        type F = __m256;
        type I = __m256i;
        const LANES: usize = 8;
        const ROWS: usize = 6;

        memory_instructions! {
            fn load(at: *const f32) -> __m256 = _mm256_loadu_ps(at);
            fn store(at: *mut f32, x: __m256) = _mm256_storeu_ps(at, x);
            fn load_words(at: *const u32) -> __m256i = _mm256_loadu_si256(at.cast());
            fn store_bytes(at: *mut u8, x: __m256i) = {
                let low = _mm256_set1_epi32(0x0c08_0400);
                let bytes = _mm256_shuffle_epi8(x, low);
                let bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 0, 4, 0, 4, 0, 4));
                _mm_storel_epi64(at.cast(), _mm256_castsi256_si128(bytes))
            };
            fn store_halves(at: *mut u16, x: __m256i) = {
                let halves = _mm256_permute4x64_epi64::<0b1000>(_mm256_packs_epi32(x, x));
                _mm_storeu_si128(at.cast(), _mm256_castsi256_si128(halves))
            };
        }

        instructions! {
            fn splat(x: f32) -> __m256 = _mm256_set1_ps(x);
            fn add(a: __m256, b: __m256) -> __m256 = _mm256_add_ps(a, b);
            fn sub(a: __m256, b: __m256) -> __m256 = _mm256_sub_ps(a, b);
            fn mul(a: __m256, b: __m256) -> __m256 = _mm256_mul_ps(a, b);
            fn div(a: __m256, b: __m256) -> __m256 = _mm256_div_ps(a, b);
            fn fma(a: __m256, b: __m256, c: __m256) -> __m256 = _mm256_fmadd_ps(a, b, c);
            fn max(a: __m256, b: __m256) -> __m256 = _mm256_max_ps(a, b);
            fn min(a: __m256, b: __m256) -> __m256 = _mm256_min_ps(a, b);
            fn sum(x: __m256) -> f32 = {
                let x = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
                let x = _mm_add_ps(x, _mm_movehl_ps(x, x));
                _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)))
            };
            fn largest(x: __m256) -> f32 = {
                let x = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
                let x = _mm_max_ps(x, _mm_movehl_ps(x, x));
                _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)))
            };
            fn least(x: __m256) -> f32 = {
                let x = _mm_min_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
                let x = _mm_min_ps(x, _mm_movehl_ps(x, x));
                _mm_cvtss_f32(_mm_min_ss(x, _mm_movehdup_ps(x)))
            };
            fn with_sign(magnitude: __m256, sign: __m256) -> __m256 =
                _mm256_or_ps(magnitude, _mm256_and_ps(sign, _mm256_set1_ps(-0.0)));
            fn splat_word(x: u32) -> __m256i = _mm256_set1_epi32(x as i32);
            fn zero_words() -> __m256i = _mm256_setzero_si256();
            fn add_words(a: __m256i, b: __m256i) -> __m256i = _mm256_add_epi32(a, b);
            fn round(x: __m256) -> __m256i = _mm256_cvtps_epi32(x);
            fn float(x: __m256i) -> __m256 = _mm256_cvtepi32_ps(x);
            fn bits_to_float(x: __m256i) -> __m256 = _mm256_castsi256_ps(x);
            fn float_to_bits(x: __m256) -> __m256i = _mm256_castps_si256(x);
            fn power_of_two(n: __m256i) -> __m256 =
                _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(n, _mm256_set1_epi32(127))));
            fn prefetch(at: *const u32) = _mm_prefetch::<_MM_HINT_T1>(at.cast());
            fn dot_bf16(sum: __m256, a: __m256i, w: __m256i) -> __m256 = {
                let high = _mm256_set1_epi32(0xffff_0000_u32 as i32);
                let float = |x| _mm256_castsi256_ps(x);
                let sum = _mm256_fmadd_ps(
                    float(_mm256_slli_epi32::<16>(a)), float(_mm256_slli_epi32::<16>(w)), sum);
                _mm256_fmadd_ps(
                    float(_mm256_and_si256(a, high)), float(_mm256_and_si256(w, high)), sum)
            };
        }
    };
}

impl Simd for Avx2 {
    eight_lanes!();
    const ROWS_I8: usize = 4;

    instructions! {
        fn dot_bytes(sum: __m256i, a: __m256i, w: __m256i) -> __m256i = {
            let pairs = _mm256_maddubs_epi16(a, w);
            _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
        };
        fn dot_bytes_twice(sum: __m256i, a: [__m256i; 2], w: [__m256i; 2]) -> __m256i = {
            // Two sums of pairs fit in 16 bits (`Isa::range`), so one widening does for both.
            let pairs = _mm256_add_epi16(_mm256_maddubs_epi16(a[0], w[0]), _mm256_maddubs_epi16(a[1], w[1]));
            _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
        };
        fn dot_halves(sum: __m256i, a: __m256i, w: __m256i) -> __m256i =
            _mm256_add_epi32(sum, _mm256_madd_epi16(a, w));
    }
}

impl Simd for AvxVnni {
    eight_lanes!();

    instructions! {
        fn dot_bytes(sum: __m256i, a: __m256i, w: __m256i) -> __m256i = _mm256_dpbusd_avx_epi32(sum, a, w);
        fn dot_halves(sum: __m256i, a: __m256i, w: __m256i) -> __m256i = vpdpwssd(sum, a, w);
    }
}

/// `_mm256_dpwssd_avx_epi32`, but one instruction ([`super::avx512`] says why).
#[inline]
#[target_feature(enable = "avxvnni")]
fn vpdpwssd(mut sum: __m256i, a: __m256i, w: __m256i) -> __m256i {
    // SAFETY: the function is compiled for processors that have the instruction, which reads and writes
    // registers alone.
    unsafe {
        asm!(
            "{{vex}} vpdpwssd {0}, {1}, {2}",
            inout(ymm_reg) sum, in(ymm_reg) a, in(ymm_reg) w,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    sum
}

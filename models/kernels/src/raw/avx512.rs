//! AVX-512: sixteen lanes, thirty-two registers.

use core::arch::asm;
use core::arch::x86_64::*;

use super::avx2::{instructions, memory_instructions};
use super::{Operation, Simd};

/// Proof of AVX-512 F and BW.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(());

/// Proof of AVX-512 F, BW and VNNI.
#[derive(Clone, Copy)]
pub(crate) struct Avx512Vnni(());

/// Proof of AVX-512 F, BW, VNNI and BF16.
#[derive(Clone, Copy)]
pub(crate) struct Avx512Bf16(());

/// Runs `operation` with AVX-512.
///
/// # Safety
/// The processor has AVX-512 F and BW.
#[target_feature(enable = "avx2,fma,avx512f,avx512bw")]
pub(super) unsafe fn with_avx512<O: Operation>(operation: O) -> O::Output {
    operation.run::<_, 2>(Avx512(()))
}

/// Runs `operation` with AVX-512 and the eight-bit dot product.
///
/// # Safety
/// The processor has AVX-512 F, BW and VNNI.
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512vnni")]
pub(super) unsafe fn with_avx512_vnni<O: Operation>(operation: O) -> O::Output {
    operation.run::<_, 2>(Avx512Vnni(()))
}

/// Runs `operation` with AVX-512 and both dot products.
///
/// # Safety
/// The processor has AVX-512 F, BW, VNNI and BF16.
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512vnni,avx512bf16")]
pub(super) unsafe fn with_avx512_bf16<O: Operation>(operation: O) -> O::Output {
    operation.run::<_, 2>(Avx512Bf16(()))
}

/// What the three have in common.
macro_rules! sixteen_lanes {
    () => {
        type F = __m512;
        type I = __m512i;
        const LANES: usize = 16;
        const ROWS: usize = 12;

        memory_instructions! {
            fn load(at: *const f32) -> __m512 = _mm512_loadu_ps(at);
            fn store(at: *mut f32, x: __m512) = _mm512_storeu_ps(at, x);
            fn load_words(at: *const u32) -> __m512i = _mm512_loadu_si512(at.cast());
            fn store_bytes(at: *mut u8, x: __m512i) = _mm_storeu_si128(at.cast(), _mm512_cvtepi32_epi8(x));
            fn store_halves(at: *mut u16, x: __m512i) = _mm256_storeu_si256(at.cast(), _mm512_cvtepi32_epi16(x));
        }

        instructions! {
            fn splat(x: f32) -> __m512 = _mm512_set1_ps(x);
            fn add(a: __m512, b: __m512) -> __m512 = _mm512_add_ps(a, b);
            fn sub(a: __m512, b: __m512) -> __m512 = _mm512_sub_ps(a, b);
            fn mul(a: __m512, b: __m512) -> __m512 = _mm512_mul_ps(a, b);
            fn div(a: __m512, b: __m512) -> __m512 = _mm512_div_ps(a, b);
            fn fma(a: __m512, b: __m512, c: __m512) -> __m512 = _mm512_fmadd_ps(a, b, c);
            fn max(a: __m512, b: __m512) -> __m512 = _mm512_max_ps(a, b);
            fn min(a: __m512, b: __m512) -> __m512 = _mm512_min_ps(a, b);
            fn sum(x: __m512) -> f32 = _mm512_reduce_add_ps(x);
            fn largest(x: __m512) -> f32 = _mm512_reduce_max_ps(x);
            fn least(x: __m512) -> f32 = _mm512_reduce_min_ps(x);
            fn with_sign(magnitude: __m512, sign: __m512) -> __m512 = {
                let sign = _mm512_and_si512(_mm512_castps_si512(sign), _mm512_set1_epi32(i32::MIN));
                _mm512_castsi512_ps(_mm512_or_si512(_mm512_castps_si512(magnitude), sign))
            };
            fn splat_word(x: u32) -> __m512i = _mm512_set1_epi32(x as i32);
            fn zero_words() -> __m512i = _mm512_setzero_si512();
            fn add_words(a: __m512i, b: __m512i) -> __m512i = _mm512_add_epi32(a, b);
            fn round(x: __m512) -> __m512i = _mm512_cvtps_epi32(x);
            fn float(x: __m512i) -> __m512 = _mm512_cvtepi32_ps(x);
            fn bits_to_float(x: __m512i) -> __m512 = _mm512_castsi512_ps(x);
            fn float_to_bits(x: __m512) -> __m512i = _mm512_castps_si512(x);
            fn prefetch(at: *const u32) = _mm_prefetch::<_MM_HINT_T1>(at.cast());
            fn power_of_two(n: __m512i) -> __m512 =
                _mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_add_epi32(n, _mm512_set1_epi32(127))));
        }
    };
}

/// bfloat16 without an instruction for it: each half is an f32 whose low bits are zero.
macro_rules! bf16_by_f32 {
    () => {
        instructions! {
            fn dot_bf16(sum: __m512, a: __m512i, w: __m512i) -> __m512 = {
                let high = _mm512_set1_epi32(0xffff_0000_u32 as i32);
                let float = |x| _mm512_castsi512_ps(x);
                let sum = _mm512_fmadd_ps(
                    float(_mm512_slli_epi32::<16>(a)), float(_mm512_slli_epi32::<16>(w)), sum);
                _mm512_fmadd_ps(
                    float(_mm512_and_si512(a, high)), float(_mm512_and_si512(w, high)), sum)
            };
        }
    };
}

/// The dot products of VNNI.
macro_rules! vnni {
    () => {
        instructions! {
            fn dot_bytes(sum: __m512i, a: __m512i, w: __m512i) -> __m512i = _mm512_dpbusd_epi32(sum, a, w);
            fn dot_halves(sum: __m512i, a: __m512i, w: __m512i) -> __m512i = vpdpwssd(sum, a, w);
        }
    };
}

/// `_mm512_dpwssd_epi32`, as it is written. LLVM makes two instructions of it, `vpmaddwd` and `vpaddd`, for
/// a shorter wait of each sum for the last (llvm-project #84182); here other sums fill that wait.
#[inline]
#[target_feature(enable = "avx512f,avx512vnni")]
fn vpdpwssd(mut sum: __m512i, a: __m512i, w: __m512i) -> __m512i {
    // SAFETY: the function is compiled for processors that have the instruction, which reads and writes
    // registers alone.
    unsafe {
        asm!(
            "vpdpwssd {0}, {1}, {2}",
            inout(zmm_reg) sum, in(zmm_reg) a, in(zmm_reg) w,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    sum
}

impl Simd for Avx512 {
    sixteen_lanes!();
    bf16_by_f32!();
    const ROWS_I8: usize = 10;

    instructions! {
        fn dot_bytes(sum: __m512i, a: __m512i, w: __m512i) -> __m512i = {
            let pairs = _mm512_maddubs_epi16(a, w);
            _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))
        };
        fn dot_bytes_twice(sum: __m512i, a: [__m512i; 2], w: [__m512i; 2]) -> __m512i = {
            // Two sums of pairs fit in 16 bits (`Isa::range`), so one widening does for both.
            let pairs = _mm512_add_epi16(_mm512_maddubs_epi16(a[0], w[0]), _mm512_maddubs_epi16(a[1], w[1]));
            _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))
        };
        fn dot_halves(sum: __m512i, a: __m512i, w: __m512i) -> __m512i =
            _mm512_add_epi32(sum, _mm512_madd_epi16(a, w));
    }
}

impl Simd for Avx512Vnni {
    sixteen_lanes!();
    bf16_by_f32!();
    vnni!();
}

impl Simd for Avx512Bf16 {
    sixteen_lanes!();
    const BF16: bool = true;
    vnni!();

    instructions! {
        fn dot_bf16(sum: __m512, a: __m512i, w: __m512i) -> __m512 =
            _mm512_dpbf16_ps(sum, std::mem::transmute::<__m512i, __m512bh>(a), std::mem::transmute::<__m512i, __m512bh>(w));
    }
}

//! Kernels for AVX2 with FMA and F16C.

use std::arch::x86_64::*;

use super::dot::{self, Products};
use super::lookup::{self, GROUP, Group, Lanes, Lookup};

impl Products for __m256 {
    const VALUES: usize = 8;
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: AVX2 is there, as `Products` asks.
        unsafe { _mm256_setzero_ps() }
    }
    #[inline(always)]
    unsafe fn add_product(self, query: *const f32, row: *const u8) -> Self {
        // SAFETY: AVX2, FMA and F16C are there, and 8 values at both places, at any address.
        unsafe {
            let (query, row) = (_mm256_loadu_ps(query), _mm_loadu_si128(row.cast()));
            _mm256_fmadd_ps(query, _mm256_cvtph_ps(row), self)
        }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: AVX2 is there.
        unsafe { _mm256_add_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        let mut values = [0.0_f32; 8];
        // SAFETY: AVX2 is there; `values` has room for the 8 that are stored.
        unsafe { _mm256_storeu_ps(values.as_mut_ptr(), self) };
        values.iter().sum()
    }
}

impl Lanes for __m256i {
    const BYTES: usize = 32;
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: AVX2 is there, as `Lanes` asks.
        unsafe { _mm256_setzero_si256() }
    }
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: 32 bytes are there, at any address.
        unsafe { _mm256_loadu_si256(from.cast()) }
    }
    #[inline(always)]
    unsafe fn low(self) -> Self {
        // SAFETY: AVX2 is there.
        unsafe { _mm256_and_si256(self, _mm256_set1_epi8(15)) }
    }
    #[inline(always)]
    unsafe fn high(self) -> Self {
        // SAFETY: AVX2 is there.
        unsafe { _mm256_and_si256(_mm256_srli_epi16::<4>(self), _mm256_set1_epi8(15)) }
    }
    #[inline(always)]
    unsafe fn lookup(self, nibbles: Self) -> Self {
        // SAFETY: AVX2 is there.
        unsafe { _mm256_shuffle_epi8(self, nibbles) }
    }
    #[inline(always)]
    unsafe fn add_bytes(self, other: Self) -> Self {
        // SAFETY: AVX2 is there.
        unsafe { _mm256_add_epi8(self, other) }
    }
    #[inline(always)]
    unsafe fn add_pairs(self, other: Self) -> Self {
        // SAFETY: AVX2 is there.
        unsafe { _mm256_add_epi16(self, other) }
    }
    #[inline(always)]
    unsafe fn even(self) -> Self {
        // SAFETY: AVX2 is there.
        unsafe { _mm256_and_si256(self, _mm256_set1_epi16(0xff)) }
    }
    #[inline(always)]
    unsafe fn odd(self) -> Self {
        // SAFETY: AVX2 is there.
        unsafe { _mm256_srli_epi16::<8>(self) }
    }
    #[inline(always)]
    unsafe fn fold(self) -> [u16; 8] {
        let mut sums = [0; 8];
        // SAFETY: AVX2 is there; `sums` has the 16 bytes that are stored.
        unsafe {
            let sum = _mm_add_epi16(_mm256_castsi256_si128(self), _mm256_extracti128_si256::<1>(self));
            _mm_storeu_si128(sums.as_mut_ptr().cast(), sum);
        }
        sums
    }
}

/// # Safety
/// AVX2 and FMA must be there, and the sizes must be those that [`super::Kernel::above`] checks.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn above_avx2(
    lookup: &Lookup<'_>,
    group: Group<'_>,
    threshold: f32,
    bounds: &mut [f32; GROUP],
) -> u32 {
    // SAFETY: the caller's.
    unsafe { lookup::above::<__m256i>(lookup, group, threshold, bounds) }
}

/// # Safety
/// AVX2, FMA and F16C must be there, and `row` must be `query.len()` f16 values.
#[target_feature(enable = "avx2,fma,f16c")]
pub(super) unsafe fn dot_avx2(query: &[f32], row: &[u8]) -> f32 {
    // SAFETY: the caller's.
    unsafe { dot::dot::<__m256>(query, row) }
}

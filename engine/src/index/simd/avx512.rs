//! Kernels for AVX-512F and AVX-512BW.

use std::arch::x86_64::*;

use super::dot::{self, Products};
use super::lookup::{self, GROUP, Group, Lanes, Lookup};

impl Products for __m512 {
    const VALUES: usize = 16;
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: AVX-512F is there, as `Products` asks.
        unsafe { _mm512_setzero_ps() }
    }
    #[inline(always)]
    unsafe fn add_product(self, query: *const f32, row: *const u8) -> Self {
        // SAFETY: AVX-512F is there, and 16 values at both places, at any address.
        unsafe {
            let (query, row) = (_mm512_loadu_ps(query), _mm256_loadu_si256(row.cast()));
            _mm512_fmadd_ps(query, _mm512_cvtph_ps(row), self)
        }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: AVX-512F is there.
        unsafe { _mm512_add_ps(self, other) }
    }
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        // SAFETY: AVX-512F is there.
        unsafe { _mm512_reduce_add_ps(self) }
    }
}

impl Lanes for __m512i {
    const BYTES: usize = 64;
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: AVX-512F is there, as `Lanes` asks.
        unsafe { _mm512_setzero_si512() }
    }
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: 64 bytes are there, at any address.
        unsafe { _mm512_loadu_si512(from.cast()) }
    }
    #[inline(always)]
    unsafe fn low(self) -> Self {
        // SAFETY: AVX-512F is there.
        unsafe { _mm512_and_si512(self, _mm512_set1_epi8(15)) }
    }
    #[inline(always)]
    unsafe fn high(self) -> Self {
        // SAFETY: AVX-512BW is there.
        unsafe { _mm512_and_si512(_mm512_srli_epi16::<4>(self), _mm512_set1_epi8(15)) }
    }
    #[inline(always)]
    unsafe fn lookup(self, nibbles: Self) -> Self {
        // SAFETY: AVX-512BW is there.
        unsafe { _mm512_shuffle_epi8(self, nibbles) }
    }
    #[inline(always)]
    unsafe fn add_bytes(self, other: Self) -> Self {
        // SAFETY: AVX-512BW is there.
        unsafe { _mm512_add_epi8(self, other) }
    }
    #[inline(always)]
    unsafe fn add_pairs(self, other: Self) -> Self {
        // SAFETY: AVX-512BW is there.
        unsafe { _mm512_add_epi16(self, other) }
    }
    #[inline(always)]
    unsafe fn even(self) -> Self {
        // SAFETY: AVX-512F is there.
        unsafe { _mm512_and_si512(self, _mm512_set1_epi16(0xff)) }
    }
    #[inline(always)]
    unsafe fn odd(self) -> Self {
        // SAFETY: AVX-512BW is there.
        unsafe { _mm512_srli_epi16::<8>(self) }
    }
    #[inline(always)]
    unsafe fn fold(self) -> [u16; 8] {
        // SAFETY: AVX-512F is there, and AVX2 with it.
        unsafe {
            let halves = (_mm512_castsi512_si256(self), _mm512_extracti64x4_epi64::<1>(self));
            _mm256_add_epi16(halves.0, halves.1).fold()
        }
    }
}

/// # Safety
/// AVX-512F and AVX-512BW must be there, and the sizes must be those that
/// [`super::Kernel::above`] checks.
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) unsafe fn above_avx512(
    lookup: &Lookup<'_>,
    group: Group<'_>,
    threshold: f32,
    bounds: &mut [f32; GROUP],
) -> u32 {
    // SAFETY: the caller's.
    unsafe { lookup::above::<__m512i>(lookup, group, threshold, bounds) }
}

/// # Safety
/// AVX-512F must be there, and `row` must be `query.len()` f16 values.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn dot_avx512(query: &[f32], row: &[u8]) -> f32 {
    // SAFETY: the caller's.
    unsafe { dot::dot::<__m512>(query, row) }
}

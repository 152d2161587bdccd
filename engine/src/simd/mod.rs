//! The two inner loops of a search: the dot product of an f32 query and a stored f16 vector, and
//! [lookups](lookup) of one-bit codes.
//!
//! One kernel per instruction set, chosen once at run time. All of them sum in f32, in several
//! partial sums, so their results differ in the last bits only.
#![expect(unsafe_code, reason = "vector instructions")]

mod lookup;
mod probe;
mod wide;

use std::sync::LazyLock;

use half::f16;

pub(crate) use lookup::{Floats, GROUP, Group, LARGEST, Lookup};
pub(crate) use wide::{Work, wide};

/// `query`: `[dimension]`, f32. `row`: `[dimension]`, little-endian f16.
type Dot = unsafe fn(query: &[f32], row: &[u8]) -> f32;

/// An instruction set's way to multiply.
#[derive(Clone, Copy)]
pub(crate) struct Kernel {
    /// The instruction set, for people.
    pub(crate) name: &'static str,
    dot: Dot,
    above: lookup::Above,
}

impl Kernel {
    /// The fastest one that this machine runs and that is right on it ([`probe`]).
    pub(crate) fn best() -> Self {
        static BEST: LazyLock<Kernel> =
            LazyLock::new(|| probe::first_that_agrees(Kernel::available()).unwrap_or(Kernel::PORTABLE));
        *BEST
    }

    const PORTABLE: Self = Self { name: "portable", dot: portable, above: lookup::above_portable };

    /// Those that this machine runs, fastest first.
    pub(crate) fn available() -> Vec<Self> {
        let mut kernels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            // To the compiler AVX-512 implies the rest, which a hypervisor may hide all the same.
            let avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c");
            if avx2 && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
                kernels.push(Self { name: "avx512", dot: x86::dot_avx512, above: x86::above_avx512 });
            }
            if avx2 {
                kernels.push(Self { name: "avx2", dot: x86::dot_avx2, above: x86::above_avx2 });
            }
        }
        #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
        if std::arch::is_aarch64_feature_detected!("neon") {
            kernels.push(Self { name: "neon", dot: neon::dot_neon, above: neon::above_neon });
        }
        kernels.push(Self::PORTABLE);
        kernels
    }

    /// The dot product.
    ///
    /// # Panics
    /// If `row` is not `query.len()` f16 values.
    #[inline]
    pub(crate) fn dot(self, query: &[f32], row: &[u8]) -> f32 {
        assert_eq!(row.len(), query.len() * 2, "a row of another dimension");
        // SAFETY: `available` names a kernel only after asking for its instructions, and the kernels
        // read `query.len()` values of both slices, which the assertion has made sure are there.
        unsafe { (self.dot)(query, row) }
    }
}

/// Asks for a row that will be multiplied soon. Memory pages end every few rows, and the processor's
/// own prefetcher ends with them.
#[inline]
pub(crate) fn prefetch(row: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    for line in row.chunks(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch is a hint for an address inside `row`; it reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = row;
}

/// Sums 16 lanes, so that a compiler without our kernels can still use its vectors.
fn portable(query: &[f32], row: &[u8]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    let value = |bytes: &[u8]| f16::from_le_bytes([bytes[0], bytes[1]]).to_f32();
    let (queries, rows) = (query.chunks_exact(LANES), row.chunks_exact(LANES * 2));
    let tail = queries.remainder().iter().zip(rows.remainder().chunks_exact(2));
    let tail: f32 = tail.map(|(q, r)| q * value(r)).sum();
    for (q, r) in queries.zip(rows) {
        for lane in 0..LANES {
            sums[lane] += q[lane] * value(&r[lane * 2..]);
        }
    }
    sums.iter().sum::<f32>() + tail
}

/// What the vectors leave over: nothing at the dimensions that models have.
#[inline]
fn tail(query: &[f32], row: &[u8], from: usize) -> f32 {
    if from == query.len() { 0.0 } else { portable(&query[from..], &row[from * 2..]) }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::lookup::{self, GROUP, Group, Lanes, Lookup};

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
        let (q, r, n) = (query.as_ptr(), row.as_ptr(), query.len());
        let mut sums = [_mm512_setzero_ps(); 4];
        let mut i = 0;
        while i + 64 <= n {
            for (lane, sum) in sums.iter_mut().enumerate() {
                let at = i + lane * 16;
                // SAFETY: `at + 16 <= n`; the loads take unaligned addresses.
                let (a, b) =
                    unsafe { (_mm512_loadu_ps(q.add(at)), _mm256_loadu_si256(r.add(at * 2).cast())) };
                *sum = _mm512_fmadd_ps(a, _mm512_cvtph_ps(b), *sum);
            }
            i += 64;
        }
        while i + 16 <= n {
            // SAFETY: `i + 16 <= n`; the loads take unaligned addresses.
            let (a, b) = unsafe { (_mm512_loadu_ps(q.add(i)), _mm256_loadu_si256(r.add(i * 2).cast())) };
            sums[0] = _mm512_fmadd_ps(a, _mm512_cvtph_ps(b), sums[0]);
            i += 16;
        }
        let sum = _mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3]));
        _mm512_reduce_add_ps(sum) + super::tail(query, row, i)
    }

    /// # Safety
    /// AVX2, FMA and F16C must be there, and `row` must be `query.len()` f16 values.
    #[target_feature(enable = "avx2,fma,f16c")]
    pub(super) unsafe fn dot_avx2(query: &[f32], row: &[u8]) -> f32 {
        let (q, r, n) = (query.as_ptr(), row.as_ptr(), query.len());
        let mut sums = [_mm256_setzero_ps(); 4];
        let mut i = 0;
        while i + 32 <= n {
            for (lane, sum) in sums.iter_mut().enumerate() {
                let at = i + lane * 8;
                // SAFETY: `at + 8 <= n`; the loads take unaligned addresses.
                let (a, b) = unsafe { (_mm256_loadu_ps(q.add(at)), _mm_loadu_si128(r.add(at * 2).cast())) };
                *sum = _mm256_fmadd_ps(a, _mm256_cvtph_ps(b), *sum);
            }
            i += 32;
        }
        while i + 8 <= n {
            // SAFETY: `i + 8 <= n`; the loads take unaligned addresses.
            let (a, b) = unsafe { (_mm256_loadu_ps(q.add(i)), _mm_loadu_si128(r.add(i * 2).cast())) };
            sums[0] = _mm256_fmadd_ps(a, _mm256_cvtph_ps(b), sums[0]);
            i += 8;
        }
        let sum = _mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3]));
        let mut lanes = [0.0_f32; 8];
        // SAFETY: `lanes` holds the 8 values; the store takes unaligned addresses.
        unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), sum) };
        lanes.iter().sum::<f32>() + super::tail(query, row, i)
    }
}

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod neon {
    use std::arch::aarch64::*;

    use super::lookup::{self, GROUP, Group, Lanes, Lookup};

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

    /// Four f16 to four f32 by their bits, since the conversion instruction is not in stable Rust:
    /// exponent and mantissa move into place, and a multiplication by 2¹¹² corrects the exponent's
    /// bias, for subnormals too. Stored vectors are finite, so infinities need no care.
    #[target_feature(enable = "neon")]
    fn widen(halves: uint16x4_t) -> float32x4_t {
        let wide = vmovl_u16(halves);
        let sign = vshlq_n_u32::<16>(vandq_u32(wide, vdupq_n_u32(0x8000)));
        let magnitude = vshlq_n_u32::<13>(vandq_u32(wide, vdupq_n_u32(0x7fff)));
        let scale = vdupq_n_f32(f32::from_bits((112 + 127) << 23));
        let value = vmulq_f32(vreinterpretq_f32_u32(magnitude), scale);
        vreinterpretq_f32_u32(vorrq_u32(vreinterpretq_u32_f32(value), sign))
    }

    /// # Safety
    /// NEON must be there, and `row` must be `query.len()` f16 values.
    #[target_feature(enable = "neon")]
    pub(super) unsafe fn dot_neon(query: &[f32], row: &[u8]) -> f32 {
        let (q, r, n) = (query.as_ptr(), row.as_ptr(), query.len());
        let mut sums = [vdupq_n_f32(0.0); 4];
        let mut i = 0;
        while i + 16 <= n {
            for pair in 0..2 {
                let at = i + pair * 8;
                // SAFETY: `at + 8 <= n`; byte loads need no alignment.
                let (a, b, halves) =
                    unsafe { (vld1q_f32(q.add(at)), vld1q_f32(q.add(at + 4)), vld1q_u8(r.add(at * 2))) };
                let halves = vreinterpretq_u16_u8(halves);
                sums[pair * 2] = vfmaq_f32(sums[pair * 2], a, widen(vget_low_u16(halves)));
                sums[pair * 2 + 1] = vfmaq_f32(sums[pair * 2 + 1], b, widen(vget_high_u16(halves)));
            }
            i += 16;
        }
        let sum = vaddq_f32(vaddq_f32(sums[0], sums[1]), vaddq_f32(sums[2], sums[3]));
        vaddvq_f32(sum) + super::tail(query, row, i)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_portable_kernel_is_always_there_and_last_and_the_best_is_the_first() {
        assert_eq!(Kernel::available().last().unwrap().name, "portable");
        assert_eq!(Kernel::available()[0].name, Kernel::best().name);
    }

    #[test]
    fn subnormal_halves_count() {
        let tiny = f16::from_bits(0x0001);
        let row: Vec<u8> = std::iter::repeat_n(tiny.to_le_bytes(), 67).flatten().collect();
        for kernel in Kernel::available() {
            let dot = kernel.dot(&[1.0; 67], &row);
            assert!((dot / (67.0 * tiny.to_f32()) - 1.0).abs() < 1e-5, "{}: {dot}", kernel.name);
        }
    }

    #[test]
    #[should_panic(expected = "another dimension")]
    fn a_row_of_another_length_is_never_read() {
        Kernel::best().dot(&[1.0; 3], &[0; 8]);
    }

    proptest! {
        #[test]
        fn every_kernel_agrees_with_the_exact_sum(
            values in prop::collection::vec((-1.0_f32..1.0, -1.0_f32..1.0), 0..700),
            offset in 0_usize..3,
        ) {
            let query: Vec<f32> = values.iter().map(|v| v.0).collect();
            let halves: Vec<f16> = values.iter().map(|v| f16::from_f32(v.1)).collect();
            // At any address: LMDB promises two bytes of alignment, the kernels need none.
            let mut bytes = vec![0; offset];
            bytes.extend(halves.iter().flat_map(|h| h.to_le_bytes()));
            let exact: f64 =
                query.iter().zip(&halves).map(|(q, h)| f64::from(*q) * f64::from(h.to_f32())).sum();
            for kernel in Kernel::available() {
                let dot = f64::from(kernel.dot(&query, &bytes[offset..]));
                prop_assert!((dot - exact).abs() < 1e-4, "{}: {} instead of {}", kernel.name, dot, exact);
            }
        }
    }
}

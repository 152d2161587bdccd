//! The two inner loops of a search: the [dot product](dot) of an f32 query and a stored f16 vector, and
//! [table lookups](lookup) by codes.
//!
//! There is one kernel per instruction set, chosen once at run time. All kernels sum in f32, in several
//! partial sums, so their results differ in the last bits only.
#![expect(unsafe_code, reason = "vector instructions")]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod dot;
pub(crate) mod lookup;
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod neon;
mod probe;
pub(crate) mod wide;

use std::sync::LazyLock;

/// The inner loops for one instruction set.
#[derive(Clone, Copy)]
pub(crate) struct Kernel {
    /// The name of the instruction set, for reports.
    pub(crate) name: &'static str,
    dot: dot::Dot,
    above: lookup::Above,
}

impl Kernel {
    /// The fastest kernel that this machine runs and that [`probe`] found correct on it.
    pub(crate) fn best() -> Self {
        static BEST: LazyLock<Kernel> =
            LazyLock::new(|| probe::first_that_agrees(Kernel::available()).unwrap_or(Kernel::PORTABLE));
        *BEST
    }

    const PORTABLE: Self = Self { name: "portable", dot: dot::portable, above: lookup::above_portable };

    /// The kernels that this machine runs, fastest first.
    pub(crate) fn available() -> Vec<Self> {
        let mut kernels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            // The compiler takes AVX-512 to imply AVX2, FMA and F16C, but a hypervisor may hide these.
            let avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c");
            if avx2 && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
                kernels.push(Self { name: "avx512", dot: avx512::dot_avx512, above: avx512::above_avx512 });
            }
            if avx2 {
                kernels.push(Self { name: "avx2", dot: avx2::dot_avx2, above: avx2::above_avx2 });
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
        // SAFETY: `available` lists a kernel only if the processor has its instructions. The kernels read
        // `query.len()` values of both slices, and the assertion has checked that these exist.
        unsafe { (self.dot)(query, row) }
    }
}

/// Prefetches a row that is needed soon. The processor's own prefetcher stops at the end of a memory page,
/// and a page holds few rows.
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

#[cfg(test)]
mod tests {
    use half::f16;
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

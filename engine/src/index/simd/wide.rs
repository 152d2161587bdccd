//! Compiles plain loops for wide vectors.

/// The loop that [`wide`] runs. Implementations and all functions that they call are `#[inline(always)]`, since
/// only inlined code is compiled for wide vectors.
pub(crate) trait Work {
    type Output;
    fn work(self) -> Self::Output;
}

/// Runs `work` compiled for AVX2 where the processor has it. The order of operations is that of the source, so
/// results are bit-identical on all processors.
#[inline]
pub(crate) fn wide<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: AVX2 is there.
        return unsafe { avx2(work) };
    }
    work.work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2<W: Work>(work: W) -> W::Output {
    work.work()
}

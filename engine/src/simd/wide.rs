//! Plain loops, compiled for wide vectors.

/// What [`wide`] runs. Implementations are `#[inline(always)]`, and so is what they call: only what lands
/// inside is compiled for wide vectors.
pub(crate) trait Work {
    type Output;
    fn work(self) -> Self::Output;
}

/// Does `work` with the widest vectors that compilers make good use of. The arithmetic is that of the loops
/// as they are written, so results are the same to the bit everywhere.
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

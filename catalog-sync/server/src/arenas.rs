//! How many heaps the C library keeps.
#![cfg_attr(
    all(target_os = "linux", target_env = "gnu"),
    expect(unsafe_code, reason = "mallopt has no safe interface here")
)]

/// Keeps one heap for each processor. glibc would make eight for each, one after the other as threads allocate at the
/// same moment, and every one keeps what a photograph or a batch once took. A number in `MALLOC_ARENA_MAX` goes before.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn bound() {
    if std::env::var_os("MALLOC_ARENA_MAX").is_some() {
        return;
    }
    let processors = std::thread::available_parallelism().map_or(2, |count| count.get());
    let most = libc::c_int::try_from(processors.max(2)).unwrap_or(libc::c_int::MAX);
    // SAFETY: the call sets a number of the allocator's, under the allocator's own lock.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, most) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn bound() {}

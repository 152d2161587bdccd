//! Counts and times as an interface takes them.

use std::time::Instant;

/// A count as the interface's type holds it.
pub(crate) fn clipped(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Milliseconds since `start`.
pub(crate) fn ms_since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

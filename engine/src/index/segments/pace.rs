//! Whether what a query reads comes from the disk, as far as the time that it takes can tell.

use std::time::{Duration, Instant};

/// A page from the disk takes longer than this.
const A_PAGE: Duration = Duration::from_micros(60);

/// A code or a row from memory takes less than this.
const ONE: Duration = Duration::from_nanos(50);

/// Looks at the time as a query goes on.
pub(crate) struct Pace {
    last: Instant,
    is_cold: bool,
}

impl Pace {
    /// `is_cold`: whether it is known already.
    pub(crate) fn begin(is_cold: bool) -> Self {
        Self { last: Instant::now(), is_cold }
    }

    /// Whether the disk was read since the last look, or before in this query. `read`: codes and rows since then.
    pub(crate) fn is_cold(&mut self, read: usize) -> bool {
        let now = Instant::now();
        self.is_cold |= now - self.last > A_PAGE + ONE * u32::try_from(read).unwrap_or(u32::MAX);
        self.last = now;
        self.is_cold
    }
}

//! Whether what a query reads comes from the disk.

use crate::mapped::waits_for_disk;

/// Looks whether a query had to wait for the disk. Time would not tell: on a busy machine, or a slow one, it
/// passes without any disk.
pub(crate) struct Pace {
    /// At the last look.
    waits: u64,
    is_cold: bool,
}

impl Pace {
    /// `is_cold`: whether it is known already.
    pub(crate) fn begin(is_cold: bool) -> Self {
        Self { waits: if is_cold { 0 } else { waits_for_disk() }, is_cold }
    }

    /// Whether the disk was waited for since this query began.
    pub(crate) fn is_cold(&mut self) -> bool {
        self.is_cold = self.is_cold || waits_for_disk() > self.waits;
        self.is_cold
    }
}

//! Detects whether a query reads from the disk rather than from memory.

use crate::store::mapped::waits_for_disk;

/// Detects whether a query had to wait for the disk. It counts page faults that wait for the disk, since elapsed
/// time also grows on a busy or slow machine.
pub(crate) struct ColdReadDetector {
    /// The count of such waits when the query began.
    waits: u64,
    is_cold: bool,
}

impl ColdReadDetector {
    /// Starts detection. `is_cold` tells that the query is known to read from the disk.
    pub(crate) fn begin(is_cold: bool) -> Self {
        Self { waits: if is_cold { 0 } else { waits_for_disk() }, is_cold }
    }

    /// Whether this thread waited for the disk since the query began.
    pub(crate) fn is_cold(&mut self) -> bool {
        self.is_cold = self.is_cold || waits_for_disk() > self.waits;
        self.is_cold
    }
}

//! Whether a disk has room for what is to come.

use std::path::Path;

use crate::error::{Error, Result};

/// What stays free, for everything else that writes to the disk.
const RESERVE_BYTES: u64 = 64 << 20;

/// Refuses what the disk of `folder` has no room for. A system that does not say how much is free lets it pass.
pub(crate) fn check(folder: &Path, needed_bytes: u64) -> Result<()> {
    match free_bytes(folder) {
        Some(free_bytes) if needed_bytes > 0 && free_bytes < needed_bytes + RESERVE_BYTES => {
            Err(Error::NoRoom { folder: folder.into(), needed_bytes, free_bytes })
        }
        _ => Ok(()),
    }
}

/// Whether two folders lie on one disk; taken for granted where the system does not say.
#[cfg(unix)]
pub(crate) fn is_one_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let disk = |folder: &Path| fs_err::metadata(folder).ok().map(|data| data.dev());
    disk(one) == disk(other)
}

#[cfg(not(unix))]
pub(crate) fn is_one_disk(_: &Path, _: &Path) -> bool {
    true
}

/// What is free on the disk of `folder` for this user, in bytes; `None` if the system does not say.
#[cfg(unix)]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// What is free on the disk of a folder, in bytes; `None` if the system does not say.
#[cfg(not(unix))]
pub fn free_bytes(_: &Path) -> Option<u64> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_disk_holds_is_refused_before_it_comes() {
        let folder = std::env::temp_dir();
        assert!(matches!(check(&folder, u64::MAX / 2), Err(Error::NoRoom { .. })));
        check(&folder, 0).unwrap();
    }
}

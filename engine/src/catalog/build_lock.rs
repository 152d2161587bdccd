//! The lock of whoever fills a catalogue from its source: one at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::{Error, Result};

/// Keeps other builds out of a catalogue's folder until it is dropped. Searches and other commits need no lock.
#[derive(Debug)]
pub struct BuildLock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl BuildLock {
    /// The name of the lock's file.
    pub const FILE: &str = "build.lock";

    /// Takes the lock of `catalog`, and makes the folder; `None` if another build holds it.
    ///
    /// # Errors
    /// [`Error::Open`] if the file cannot be made or locked.
    pub fn take(catalog: &Path) -> Result<Option<Self>> {
        let path = catalog.join(Self::FILE);
        let failed = |source| Error::Open { path: path.clone(), source };
        fs_err::create_dir_all(catalog).map_err(failed)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_build_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = BuildLock::take(folder.path()).unwrap();
        assert!(first.is_some() && BuildLock::take(folder.path()).unwrap().is_none());
        drop(first);
        assert!(BuildLock::take(folder.path()).unwrap().is_some());
    }
}

//! One sync at a time per catalogue, across processes.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::of_file;
use crate::{Error, Result};

/// Holds the catalogue until it is dropped, or its process ends in whatever way.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// # Errors
    /// [`Error::Busy`] if it is held.
    pub(crate) fn take(file: &Path, catalog: &Path) -> Result<Self> {
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(file);
        let opened = opened.map_err(of_file(file))?;
        match opened.try_lock() {
            Ok(()) => Ok(Self { _file: opened }),
            Err(TryLockError::WouldBlock) => Err(Error::Busy { path: catalog.into() }),
            Err(TryLockError::Error(source)) => Err(Error::File { path: file.into(), source }),
        }
    }
}

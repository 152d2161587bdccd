//! Small files that are replaced whole.

use std::io::{ErrorKind, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Result;
use crate::error::of_file;

/// Writes `value` beside, waits for the disk, and puts it in the place of `file`.
pub(crate) fn write<T: Serialize>(file: &Path, value: &T) -> Result<()> {
    let json = serde_json::to_vec_pretty(value).unwrap_or_default();
    let write = || {
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
        fresh.write_all(&json)?;
        fresh.as_file().sync_all()?;
        fresh.persist(file)?;
        sync_folder(folder)
    };
    write().map_err(of_file(file))
}

/// `None` if the file is not there, or is not what it should be.
pub(crate) fn read<T: DeserializeOwned>(file: &Path) -> Result<Option<T>> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(of_file(file)(error)),
    }
}

/// A new name is on the disk once the folder is. Windows has no such thing.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

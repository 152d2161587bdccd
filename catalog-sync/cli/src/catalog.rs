//! A catalogue's folder as the commands see it.

use std::path::Path;

use anyhow::Result;
use knytt_engine::{ActiveEnvironment, BuildLock, Catalog, Origin, Successor};

use crate::failure::Failure;

const REBUILD: &str = "build it again: knytt build PICTURES --catalog DIR --rebuild";

/// Files that a catalogue's folder may hold.
const OWN_FILES: [&str; 4] = ["data.mdb", "lock.mdb", "checked.json", Origin::FILE];

/// Whether there is a catalogue, readable or not.
pub fn exists(folder: &Path) -> bool {
    folder.join(OWN_FILES[0]).exists() || folder.join(ActiveEnvironment::FILE).exists()
}

/// Whether it follows a publisher, or belongs to whoever else replaces it as a whole.
pub fn is_synced(folder: &Path) -> bool {
    folder.join(ActiveEnvironment::FILE).exists() && !Successor::is_active(folder)
}

/// Opens an existing catalogue.
///
/// # Errors
/// There is none, or it cannot be read; the hint says what to do.
pub fn open(folder: &Path) -> Result<Catalog> {
    if !exists(folder) {
        return Err(Failure::new(format!("there is no catalogue in {}", folder.display()))
            .hint(format!("make one: knytt build PICTURES --catalog {}", folder.display()))
            .into());
    }
    Catalog::open(folder).map_err(explain)
}

/// Says what to do about an engine's error, where there is something.
pub fn explain(error: knytt_engine::Error) -> anyhow::Error {
    use knytt_engine::Error as E;
    let hint = match &error {
        E::DiskFull { .. } => "make room and run the command again; what was committed before is kept",
        E::UnknownSchema { .. } => REBUILD,
        E::Damaged(_) | E::Record(_) | E::CutShort { .. } => {
            "restore a backup; or copy what is readable: knytt catalog repair DIR NEW; or build it again with \
             --rebuild; a catalogue of a publisher: knytt sync"
        }
        E::ReadOnly { .. } => "copy it to a folder that can be written: knytt catalog backup DIR NEW",
        E::NotACatalog { .. } => "say --catalog with the folder of a catalogue, or a new folder to build in",
        E::UnknownProduct { .. } => "ids are shown by knytt search",
        _ => return error.into(),
    };
    Failure::new(error.to_string()).hint(hint).into()
}

/// Removes a catalogue's own files, and nothing else.
///
/// # Errors
/// One of them cannot be removed.
pub fn clear(folder: &Path) -> Result<()> {
    Successor::remove_all(folder)?;
    for name in OWN_FILES {
        match fs_err::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// Keeps other builds out until the lock is dropped.
///
/// # Errors
/// Another build is writing into the folder, or the lock cannot be made.
pub fn lock(folder: &Path) -> Result<BuildLock> {
    BuildLock::take(folder).map_err(explain)?.ok_or_else(|| {
        Failure::new(format!("another build is writing into {}", folder.display()))
            .hint("wait for it to end, or build into another folder")
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clearing_leaves_foreign_files_alone() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["data.mdb", "holiday.jpg"] {
            fs_err::write(folder.path().join(name), "x").unwrap();
        }
        clear(folder.path()).unwrap();
        assert!(!exists(folder.path()) && folder.path().join("holiday.jpg").exists());
    }
}

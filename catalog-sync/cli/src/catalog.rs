//! A catalogue's folder as the commands see it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use knytt_engine::{ActiveEnvironment, Catalog, Origin};

use crate::failure::Failure;

/// Held by the one build that may write.
const LOCK: &str = "build.lock";

const REBUILD: &str = "build it again: knytt build PICTURES --catalog DIR --rebuild";

/// Files that a catalogue's folder may hold.
const OWN_FILES: [&str; 5] = ["data.mdb", "lock.mdb", "checked.json", Origin::FILE, LOCK];

/// Whether there is a catalogue, readable or not.
pub fn exists(folder: &Path) -> bool {
    folder.join(OWN_FILES[0]).exists() || is_synced(folder)
}

/// Whether it follows a publisher.
pub fn is_synced(folder: &Path) -> bool {
    folder.join(ActiveEnvironment::FILE).exists()
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
    for name in OWN_FILES.into_iter().filter(|name| *name != LOCK) {
        match fs_err::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// Keeps other builds out until it is dropped.
pub struct BuildLock(#[expect(dead_code, reason = "the open file is the lock")] std::fs::File);

impl BuildLock {
    /// # Errors
    /// Another build is writing into the folder, or it cannot be made.
    pub fn take(folder: &Path) -> Result<Self> {
        fs_err::create_dir_all(folder)?;
        let path: PathBuf = folder.join(LOCK);
        let open = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = open.with_context(|| format!("cannot write in {}", folder.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(std::fs::TryLockError::WouldBlock) => {
                Err(Failure::new(format!("another build is writing into {}", folder.display()))
                    .hint("wait for it to end, or build into another folder")
                    .into())
            }
            Err(std::fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }
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

    #[test]
    fn one_build_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = BuildLock::take(folder.path()).unwrap();
        assert!(BuildLock::take(folder.path()).is_err());
        drop(first);
        assert!(BuildLock::take(folder.path()).is_ok());
    }
}

//! The subfolder that holds a catalogue's environment, where a catalogue is replaced as a whole.
//!
//! A new state is built in a subfolder of its own, beside the one that searches use, and becomes the active one
//! in one step. A process that has the old environment open keeps using it until it opens the catalogue again.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::error::{Error, Result};

/// The file in the catalogue's folder that names the subfolder to open.
const FILE: &str = "current";

/// The longest name of a subfolder.
const LONGEST_NAME_BYTES: usize = 100;

/// Reads and sets the subfolder that holds a catalogue's environment.
pub struct ActiveEnvironment;

impl ActiveEnvironment {
    /// The name of the file that names the subfolder.
    pub const FILE: &str = FILE;

    /// The subfolder with the environment; `None` if the environment lies in `catalog` itself.
    ///
    /// # Errors
    /// [`Error::NotACatalog`] if the file names nothing that could be a subfolder, [`Error::Open`] if it
    /// cannot be read.
    pub fn read(catalog: &Path) -> Result<Option<PathBuf>> {
        let file = catalog.join(FILE);
        let name = match fs::read(&file) {
            Ok(name) => name,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(source) => return Err(Error::Open { path: catalog.into(), source }),
        };
        let name = std::str::from_utf8(&name).map(str::trim).unwrap_or_default();
        if !is_name(name) {
            let reason = format!("its file {FILE:?} names no subfolder");
            return Err(Error::NotACatalog { path: catalog.into(), reason });
        }
        Ok(Some(catalog.join(name)))
    }

    /// Makes the subfolder `name` the active one. A loss of power leaves either the old name or the new one.
    ///
    /// # Errors
    /// [`Error::DiskFull`], or [`Error::Open`] if the folder cannot be written.
    pub fn set(catalog: &Path, name: &str) -> Result<()> {
        assert!(is_name(name), "{name:?} is no name of a subfolder");
        let file = catalog.join(FILE);
        replace(&file, name.as_bytes()).map_err(|source| match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                Error::DiskFull { path: catalog.into(), needed_bytes: None }
            }
            _ => Error::Open { path: catalog.into(), source },
        })
    }
}

fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, bytes)?;
    fs::File::open(&new)?.sync_all()?;
    fs::rename(&new, file)?;
    // The rename is durable once the folder is synced. Windows cannot sync a folder.
    if cfg!(unix)
        && let Some(folder) = file.parent()
    {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=LONGEST_NAME_BYTES).contains(&name.len()) && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, CatalogSpec};
    use knytt_models::Fingerprint;

    fn spec(id: &str) -> CatalogSpec {
        let model = Fingerprint::of(&[b"m"]);
        CatalogSpec { id: id.into(), model, model_name: "m".into(), dimension: 2 }
    }

    fn id_of(catalog: &Catalog) -> String {
        catalog.info().unwrap().catalog_id
    }

    #[test]
    fn an_open_catalogue_keeps_its_environment_and_the_next_open_gets_the_new_one() {
        let dir = tempfile::tempdir().unwrap();
        drop(Catalog::create(dir.path().join("one"), &spec("first")).unwrap());
        ActiveEnvironment::set(dir.path(), "one").unwrap();
        let old = Catalog::open(dir.path()).unwrap();
        drop(Catalog::create(dir.path().join("two"), &spec("second")).unwrap());
        ActiveEnvironment::set(dir.path(), "two").unwrap();
        assert_eq!(id_of(&old), "first");
        assert_eq!(id_of(&Catalog::open(dir.path()).unwrap()), "second");
    }

    #[test]
    fn a_name_outside_the_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["", "..", "a/b", "/tmp", "a\0"] {
            fs::write(dir.path().join(FILE), name).unwrap();
            assert!(
                matches!(ActiveEnvironment::read(dir.path()), Err(Error::NotACatalog { .. })),
                "{name:?}"
            );
        }
    }
}

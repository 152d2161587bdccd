//! Which of several environments is the catalogue.
//!
//! A whole new state is built in a folder of its own, beside the one that is being searched, and takes
//! its place in one step. What has the old one open keeps it until it opens the catalogue again.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The file in the catalogue's folder that names the subfolder to open.
const FILE: &str = "current";

/// Longer than any name that is given.
const LONGEST_NAME_BYTES: usize = 100;

/// The subfolder that holds a catalogue's environment, where catalogues are replaced whole.
pub struct Current;

impl Current {
    /// The name of the file that says which subfolder it is.
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
            Err(source) => return Err(Error::Open { path: file, source }),
        };
        let name = std::str::from_utf8(&name).map(str::trim).unwrap_or_default();
        if !is_name(name) {
            let reason = format!("its file {FILE:?} names no subfolder");
            return Err(Error::NotACatalog { path: catalog.into(), reason });
        }
        Ok(Some(catalog.join(name)))
    }

    /// Makes the subfolder `name` the catalogue, in one step that a loss of power leaves done or undone.
    ///
    /// # Errors
    /// [`Error::DiskFull`], or [`Error::Open`] if the folder cannot be written.
    pub fn set(catalog: &Path, name: &str) -> Result<()> {
        assert!(is_name(name), "{name:?} is no name of a subfolder");
        let file = catalog.join(FILE);
        replace(&file, name.as_bytes()).map_err(|source| match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::DiskFull { path: catalog.into() },
            _ => Error::Open { path: file, source },
        })
    }
}

fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = file.with_extension("new");
    fs::write(&fresh, bytes)?;
    fs::File::open(&fresh)?.sync_all()?;
    fs::rename(&fresh, file)?;
    // The new name is on the disk once the folder is. Windows has no such thing.
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
    use crate::{Catalog, CatalogSpec, Fingerprint};

    fn spec(id: &str) -> CatalogSpec {
        let model = Fingerprint::of(&[b"m"]);
        CatalogSpec { id: id.into(), model, model_name: "m".into(), dimension: 2 }
    }

    fn id_of(catalog: &Catalog) -> String {
        catalog.info().unwrap().catalog_id
    }

    #[test]
    fn what_is_open_stays_and_the_next_to_open_gets_the_new_one() {
        let dir = tempfile::tempdir().unwrap();
        drop(Catalog::create(dir.path().join("one"), &spec("first")).unwrap());
        Current::set(dir.path(), "one").unwrap();
        let old = Catalog::open(dir.path()).unwrap();
        drop(Catalog::create(dir.path().join("two"), &spec("second")).unwrap());
        Current::set(dir.path(), "two").unwrap();
        assert_eq!(id_of(&old), "first");
        assert_eq!(id_of(&Catalog::open(dir.path()).unwrap()), "second");
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["", "..", "a/b", "/tmp", "a\0"] {
            fs::write(dir.path().join(FILE), name).unwrap();
            assert!(matches!(Current::read(dir.path()), Err(Error::NotACatalog { .. })), "{name:?}");
        }
    }
}

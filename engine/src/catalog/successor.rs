//! A catalogue that is made beside another one, of another model, and takes its place when it is whole.

use std::path::{Path, PathBuf};

use fs_err as fs;
use knytt_models::Fingerprint;

use crate::catalog::origin::Origin;
use crate::error::{Error, Result};
use crate::store::active_environment::ActiveEnvironment;

/// How the names of successors' subfolders begin.
const PREFIX: &str = "model-";

/// Digits of the model's fingerprint in that name.
const DIGITS: usize = 16;

/// The files of a catalogue that lies in its folder itself.
const FILES: [&str; 4] = ["data.mdb", "lock.mdb", "checked.json", Origin::FILE];

/// The place of a catalogue of another model, in a subfolder of the catalogue that it is to succeed.
///
/// Whoever makes it opens a catalogue at [`Self::path`] and fills it; nobody searches it. [`Self::activate`] makes it
/// the one that is opened, in one step, and [`Self::sweep`] removes what was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    home: PathBuf,
    name: String,
}

impl Successor {
    /// The successor in the folder `home` that is of this model. It need not be there.
    pub fn of_model(home: &Path, model: &Fingerprint) -> Self {
        let digits: String = model.as_str().chars().take(DIGITS).collect();
        Self { home: home.into(), name: format!("{PREFIX}{digits}") }
    }

    /// The successors in `home` that are begun and not active.
    pub fn begun(home: &Path) -> Vec<Self> {
        let active = ActiveEnvironment::read(home).ok().flatten();
        let entries = fs::read_dir(home).into_iter().flatten().flatten();
        let others = entries.filter(|entry| entry.path().is_dir() && Some(entry.path()) != active);
        let names = others.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| name.starts_with(PREFIX)).map(|name| Self { home: home.into(), name }).collect()
    }

    /// Whether a successor has taken the place of the catalogue in `home`. It was made on this machine, unlike one
    /// that a publisher replaces.
    pub fn is_active(home: &Path) -> bool {
        let active = ActiveEnvironment::read(home).ok().flatten();
        let name = active.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(PREFIX))
    }

    /// Its own folder.
    pub fn path(&self) -> PathBuf {
        self.home.join(&self.name)
    }

    /// Makes it the catalogue that is opened. What is open stays what it was until it is opened again.
    ///
    /// # Errors
    /// [`DiskFull`](crate::Error::DiskFull), or [`Open`](crate::Error::Open) if the folder cannot be written.
    pub fn activate(&self) -> Result<()> {
        ActiveEnvironment::set(&self.home, &self.name)
    }

    /// Makes what was active before [`Self::activate`] the catalogue that is opened again: the subfolder `before`, or
    /// what lies in `home` itself.
    ///
    /// # Errors
    /// Those of [`Self::activate`].
    pub fn restore(home: &Path, before: Option<&Path>) -> Result<()> {
        match before.and_then(Path::file_name).and_then(|name| name.to_str()) {
            Some(name) => ActiveEnvironment::set(home, name),
            None => fs::remove_file(home.join(ActiveEnvironment::FILE))
                .map_err(|source| Error::Open { path: home.into(), source }),
        }
    }

    /// Removes it. Nothing may have it open.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub fn discard(&self) -> std::io::Result<()> {
        match fs::remove_dir_all(self.path()) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Removes the catalogues in `home` that a successor has replaced, and successors that were begun. What another
    /// process has open stays where the system does not let go, until the next call. Does nothing if no successor is
    /// active.
    pub fn sweep(home: &Path) {
        if !Self::is_active(home) {
            return;
        }
        for file in FILES {
            let _ = fs::remove_file(home.join(file));
        }
        for other in Self::begun(home) {
            let _ = other.discard();
        }
    }

    /// Removes every successor in `home`, the active one too, so that what lies in the folder itself is opened. Nothing
    /// may have one open.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub fn remove_all(home: &Path) -> std::io::Result<()> {
        if Self::is_active(home) {
            fs::remove_file(home.join(ActiveEnvironment::FILE))?;
        }
        Self::begun(home).iter().try_for_each(Self::discard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, CatalogSpec};

    fn spec(id: &str) -> CatalogSpec {
        let model = Fingerprint::of(&[id.as_bytes()]);
        CatalogSpec { id: id.into(), model, model_name: "m".into(), dimension: 2 }
    }

    fn id(home: &Path) -> String {
        Catalog::open(home).unwrap().info().unwrap().catalog_id
    }

    #[test]
    fn a_successor_takes_the_place_in_one_step_and_the_old_one_goes_after_it() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().canonicalize().unwrap();
        let old = Catalog::create(&home, &spec("old")).unwrap();
        let successor = Successor::of_model(&home, &spec("new").model);
        drop(Catalog::create(successor.path(), &spec("new")).unwrap());
        assert_eq!(Successor::begun(&home).as_slice(), std::slice::from_ref(&successor));
        Successor::sweep(&home);
        assert_eq!((id(&home).as_str(), Successor::is_active(&home)), ("old", false));
        successor.activate().unwrap();
        assert_eq!((id(&home).as_str(), Successor::is_active(&home)), ("new", true));
        assert_eq!(old.info().unwrap().catalog_id, "old");
        Successor::restore(&home, None).unwrap();
        assert_eq!(id(&home), "old");
        successor.activate().unwrap();
        Successor::sweep(&home);
        assert!(!home.join("data.mdb").exists() && Successor::begun(&home).is_empty());
        assert_eq!(id(&home), "new");
        // And once more.
        let third = Successor::of_model(&home, &spec("third").model);
        drop(Catalog::create(third.path(), &spec("third")).unwrap());
        third.activate().unwrap();
        Successor::sweep(&home);
        assert!(!successor.path().exists());
        assert_eq!(id(&home), "third");
        Successor::remove_all(&home).unwrap();
        assert!(Catalog::open(&home).is_err());
    }
}

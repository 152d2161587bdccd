//! Where things lie in a synced catalogue's folder.

use std::path::{Path, PathBuf};

use knytt_engine::{ActiveEnvironment, Successor};

use crate::error::of_file;
use crate::{Error, Result};

/// A synced catalogue's folder.
///
/// ```text
/// current             names the subfolder with the environment
/// r12-3f9a0c1d/       that subfolder
/// model/<fingerprint>/  the bundle, if it came with the catalogue
/// sync/source.json    where it comes from, and what root it was taken on
/// sync/trust.json     the newest metadata that was verified
/// sync/status.json    what the last sync did
/// sync/packs/         packs, while they are fetched
/// sync/lock           held by the sync that is under way
/// ```
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

/// How the names of environments begin.
const ENVIRONMENT: char = 'r';

impl Folder {
    /// # Errors
    /// [`Error::NotSynced`] if it holds a catalogue that was built here.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).map_err(of_file(path))?;
        if path.join("data.mdb").exists() || Successor::is_active(&path) {
            return Err(Error::NotSynced { path, reason: "it holds a catalogue that was built here".into() });
        }
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the folders that a sync needs.
    pub(crate) fn prepare(&self) -> Result<()> {
        let packs = self.packs();
        std::fs::create_dir_all(&packs).map_err(of_file(&packs))
    }

    pub(crate) fn source(&self) -> PathBuf {
        self.sync("source.json")
    }

    pub(crate) fn trust(&self) -> PathBuf {
        self.sync("trust.json")
    }

    pub(crate) fn status(&self) -> PathBuf {
        self.sync("status.json")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.sync("lock")
    }

    pub(crate) fn packs(&self) -> PathBuf {
        self.sync("packs")
    }

    pub(crate) fn model(&self, fingerprint: &str) -> PathBuf {
        let short: String = fingerprint.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
        self.0.join("model").join(short)
    }

    /// A folder for the environment of a release, which is not there yet.
    pub(crate) fn fresh_environment(&self, release: u64, content: &str) -> Result<(String, PathBuf)> {
        let short: String = content.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let taken = |name: &str| self.0.join(name).exists();
        let names = (0..).map(|n| match n {
            0 => format!("{ENVIRONMENT}{release}-{short}"),
            n => format!("{ENVIRONMENT}{release}-{short}-{n}"),
        });
        let name = names.into_iter().find(|name| !taken(name)).unwrap_or_default();
        let path = self.0.join(&name);
        std::fs::create_dir_all(&path).map_err(of_file(&path))?;
        Ok((name, path))
    }

    /// Removes what a killed sync or an earlier release has left: every environment but the current one.
    /// What another process has open stays until its next try, where the system does not let go.
    pub(crate) fn sweep(&self) -> Result<()> {
        let current = ActiveEnvironment::read(&self.0)?;
        for entry in std::fs::read_dir(&self.0).map_err(of_file(&self.0))?.flatten() {
            let path = entry.path();
            let is_environment = entry.file_name().to_str().is_some_and(|name| {
                name.strip_prefix(ENVIRONMENT)
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            });
            if is_environment && path.is_dir() && current.as_ref() != Some(&path) {
                let _ = fs_err::remove_dir_all(&path);
            }
        }
        Ok(())
    }

    fn sync(&self, name: &str) -> PathBuf {
        self.0.join("sync").join(name)
    }
}

//! The bundles of a user: their folder, and where each of them came from.

use std::path::{Path, PathBuf};

use fs_err as fs;
use knytt_models::{SafetyClassifier, user_models};
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// A note in a bundle's folder of where it came from. It is no part of the model.
pub(crate) const ORIGIN: &str = "origin.json";

/// Where a bundle came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelOrigin {
    /// `owner/name` on the hub.
    pub repository: String,
    /// The commit whose files it was made of.
    pub commit: String,
    /// What the repository's page said.
    pub license: Option<String>,
}

impl ModelOrigin {
    /// The note in a bundle's folder; `None` if there is none that can be read.
    pub fn read(bundle: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(bundle.join(ORIGIN)).ok()?).ok()
    }
}

/// The folder of a user's bundles. It need not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalModels(PathBuf);

impl LocalModels {
    /// The bundles in `folder`.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Those of whoever runs the program ([`user_models`]); `None` if the environment names no home.
    pub fn of_user() -> Option<Self> {
        user_models().map(|folder| Self(std::path::absolute(&folder).unwrap_or(folder)))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The names of the bundles, sorted. One that is being made is not among them.
    pub fn names(&self) -> Vec<String> {
        self.names_of(|folder| folder.join("config.json").is_file())
    }

    /// The names of the safety classifiers, sorted. They are no bundles.
    pub fn classifiers(&self) -> Vec<String> {
        self.names_of(SafetyClassifier::is_in)
    }

    fn names_of(&self, is_one: impl Fn(&Path) -> bool) -> Vec<String> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let bundles = entries.filter(|entry| is_one(&entry.path()));
        let names = bundles.map(|entry| entry.file_name().to_string_lossy().into_owned());
        // One that is being made begins with a dot.
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        names
    }

    /// The bundle of this name, if it is here.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        self.names().iter().any(|here| here == name).then(|| self.place(name))
    }

    /// Where a bundle of this name lies, or would.
    pub fn place(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Deletes a bundle or a safety classifier; the folder that it had, `None` if there is none of this name. The files that it was made of
    /// stay in the hub's cache.
    ///
    /// # Errors
    /// It cannot be deleted.
    pub fn remove(&self, name: &str) -> Result<Option<PathBuf>> {
        let is_here = self.names().into_iter().chain(self.classifiers()).any(|here| here == name);
        let folder = is_here.then(|| self.place(name));
        if let Some(folder) = &folder {
            fs::remove_dir_all(folder)?;
        }
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundles_are_named_and_nothing_else_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let models = LocalModels::in_folder(dir.path().join("models"));
        assert!(models.names().is_empty());
        for name in ["b", "a", ".c.partial"] {
            fs::create_dir_all(models.place(name)).unwrap();
            fs::write(models.place(name).join("config.json"), "{}").unwrap();
        }
        fs::create_dir(dir.path().join("models/empty")).unwrap();
        assert_eq!(models.names(), ["a", "b"]);
        for name in ["empty", ".c.partial", "../models", "", "a/../b"] {
            assert_eq!(models.remove(name).unwrap(), None, "{name}");
        }
        assert!(models.remove("a").unwrap().is_some());
        assert_eq!(models.names(), ["b"]);
        fs::write(dir.path().join("models/empty/safety.json"), "{}").unwrap();
        assert_eq!((models.names(), models.classifiers()), (vec!["b".into()], vec!["empty".into()]));
        assert_eq!(models.find("empty"), None, "a classifier is no bundle");
        assert!(models.remove("empty").unwrap().is_some());
    }
}

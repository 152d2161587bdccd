//! The cache on disk, in the layout of Hugging Face's libraries.
//!
//! `models--owner--name/refs/REVISION` holds a commit, `blobs/HASH` the bytes of files, and `snapshots/COMMIT/FILE`
//! leads to a blob.

use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::listing::ListedFile;
use crate::reference::Repository;

/// The folder of one repository.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    root: PathBuf,
    locks: PathBuf,
}

impl Cache {
    pub fn of(cache: &Path, repository: &Repository) -> Self {
        let folder = format!("models--{}--{}", repository.owner, repository.name);
        Self { root: cache.join(&folder), locks: cache.join(".locks").join(folder) }
    }

    /// The commit that a revision meant the last time that it was asked for.
    pub fn commit(&self, revision: &str) -> Option<String> {
        let noted = fs::read_to_string(self.root.join("refs").join(revision)).ok();
        let is_commit = revision.len() == 40 && self.snapshot(revision).is_dir();
        noted.map(|commit| commit.trim().to_owned()).or_else(|| is_commit.then(|| revision.to_owned()))
    }

    pub fn snapshot(&self, commit: &str) -> PathBuf {
        self.root.join("snapshots").join(commit)
    }

    pub fn blob(&self, file: &ListedFile) -> PathBuf {
        self.root.join("blobs").join(file.hash.name())
    }

    /// The file that one process at a time holds while it fetches a blob.
    pub fn lock(&self, file: &ListedFile) -> PathBuf {
        self.locks.join(format!("{}.lock", file.hash.name()))
    }

    /// Makes the folders.
    pub fn prepare(&self, commit: &str) -> std::io::Result<()> {
        for folder in
            [self.root.join("refs"), self.root.join("blobs"), self.snapshot(commit), self.locks.clone()]
        {
            fs::create_dir_all(folder)?;
        }
        Ok(())
    }

    /// Notes what a revision means.
    pub fn note(&self, revision: &str, commit: &str) -> std::io::Result<()> {
        // A commit needs no note.
        if revision == commit {
            return Ok(());
        }
        let path = self.root.join("refs").join(revision);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        replace(&path, commit.as_bytes())
    }

    /// Makes a file of a snapshot lead to its blob.
    pub fn link(&self, commit: &str, file: &ListedFile) -> std::io::Result<()> {
        let place = self.snapshot(commit).join(&file.name);
        if fs::metadata(&place).is_ok() {
            return Ok(());
        }
        // A link that leads nowhere may be left.
        let _ = fs::remove_file(&place);
        link(&self.blob(file), &Path::new("../../blobs").join(file.hash.name()), &place)
    }
}

#[cfg(unix)]
fn link(_: &Path, relative: &Path, place: &Path) -> std::io::Result<()> {
    match fs_err::os::unix::fs::symlink(relative, place) {
        // Another process was as quick.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Links need a privilege on Windows; two names of one file do not.
#[cfg(not(unix))]
fn link(blob: &Path, _: &Path, place: &Path) -> std::io::Result<()> {
    fs::hard_link(blob, place).or_else(|_| fs::copy(blob, place).map(drop))
}

/// Readers see the old bytes or the new ones.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let partial = path.with_extension(format!("partial-{}", std::process::id()));
    fs::write(&partial, bytes)?;
    fs::rename(partial, path)
}

//! One file on its way: resumed, verified, and in its place when it is whole.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use fs_err as fs;
use futures::StreamExt as _;
use reqwest::{Response, StatusCode};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use crate::error::{Error, Result};
use crate::listing::{BlobHash, ListedFile};

/// A file that is not whole yet, beside its place.
pub(crate) struct Incomplete {
    path: PathBuf,
    file: tokio::fs::File,
    /// Bytes that are here.
    pub length: u64,
}

impl Incomplete {
    /// Takes up what an earlier fetch has left for the blob at `place`.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub async fn open(place: &Path, file: &ListedFile) -> Result<Self> {
        let path = incomplete(place);
        let opened = fs::OpenOptions::new().create(true).append(true).open(&path)?;
        let length = opened.metadata()?.len();
        let file_on_disk = tokio::fs::File::from_std(opened.into_file());
        let mut this = Self { path, length, file: file_on_disk };
        if this.length > file.bytes {
            this.restart().await?;
        }
        Ok(this)
    }

    /// The error with the file's path.
    fn named(&self, error: std::io::Error) -> Error {
        std::io::Error::new(error.kind(), format!("{}: {error}", self.path.display())).into()
    }

    async fn restart(&mut self) -> Result<()> {
        self.file.set_len(0).await.map_err(|error| self.named(error))?;
        self.length = 0;
        Ok(())
    }

    /// Writes what an answer brings; `tell` is told how many bytes are here.
    ///
    /// # Errors
    /// The line breaks, the disk is full, or more comes than the file has.
    pub async fn append(
        &mut self,
        answer: Response,
        file: &ListedFile,
        tell: &(dyn Fn(u64) + Sync),
    ) -> Result<(), Broken> {
        // A server that does not know ranges begins at the beginning.
        if answer.status() != StatusCode::PARTIAL_CONTENT && self.length > 0 {
            self.restart().await?;
        }
        let mut chunks = answer.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| Broken::Line(root_cause(&error)))?;
            if self.length + chunk.len() as u64 > file.bytes {
                let reason = format!("more than the {} bytes that are listed come", file.bytes);
                self.restart().await?;
                return Err(Error::Damaged { file: file.name.clone(), reason }.into());
            }
            self.file.write_all(&chunk).await.map_err(|error| self.named(error))?;
            self.length += chunk.len() as u64;
            tell(self.length);
        }
        self.file.flush().await.map_err(|error| self.named(error))?;
        match self.length == file.bytes {
            true => Ok(()),
            false => Err(Broken::Line("the answer ends before the file does".into())),
        }
    }

    /// Verifies the file and moves it to its place.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it is not what is listed; then nothing is left of it.
    pub async fn finish(self, place: &Path, file: &ListedFile) -> Result<()> {
        self.file.sync_all().await.map_err(|error| self.named(error))?;
        let (path, place, file) = (self.path, place.to_owned(), file.clone());
        let verify = move || {
            let found = hash(&path, &file)?;
            if found != file.hash.name() {
                fs::remove_file(&path)?;
                let reason = format!("its hash is {found}, and {} is listed", file.hash.name());
                return Err(Error::Damaged { file: file.name, reason });
            }
            Ok(fs::rename(&path, place)?)
        };
        tokio::task::spawn_blocking(verify).await.map_err(std::io::Error::other)?
    }
}

/// Where a blob lies until it is whole.
pub(crate) fn incomplete(place: &Path) -> PathBuf {
    place.with_extension("incomplete")
}

/// Why a file is not whole.
pub(crate) enum Broken {
    /// It may come at the next try.
    Line(String),
    /// It will not.
    ForGood(Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::ForGood(error)
    }
}

fn hash(path: &Path, file: &ListedFile) -> std::io::Result<String> {
    match file.hash {
        BlobHash::Sha256(_) => digest(path, Sha256::new()),
        BlobHash::Git(_) => digest(path, Sha1::new_with_prefix(format!("blob {}\0", file.bytes))),
    }
}

fn digest<D: sha2::Digest>(path: &Path, mut digest: D) -> std::io::Result<String> {
    let mut file = fs::File::open(path)?;
    let mut chunk = vec![0; 1 << 20];
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            length => digest.update(&chunk[..length]),
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The innermost reason says more than "error sending request".
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

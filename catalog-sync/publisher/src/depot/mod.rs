//! Where releases are put: `metadata/` and `targets/` below one address.

mod server;
mod store;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use url::Url;

use crate::{Error, Result};

pub(crate) use store::is_unfinished;

/// The folder of signed metadata.
pub(crate) const METADATA: &str = "metadata";

/// The folder of what the metadata names.
pub(crate) const TARGETS: &str = "targets";

/// A place that holds releases. Names are those below its address, like `metadata/timestamp.json`.
#[async_trait]
pub trait Depot: fmt::Debug + Send + Sync {
    /// Its address, for messages.
    fn place(&self) -> String;

    /// The whole of a file; `None` if there is none.
    ///
    /// # Errors
    /// [`Error::Depot`] if the place fails, here and below.
    async fn get(&self, name: &str) -> Result<Option<Found>>;

    /// A file's size and time; `None` if there is none.
    async fn stat(&self, name: &str) -> Result<Option<Entry>>;

    /// Stores a file of this machine, whole or not at all, in place of whatever has the name.
    async fn put_file(&self, name: &str, file: &Path) -> Result<()>;

    /// Stores a file that is not there. `false`: there is one already; it stays as it is.
    async fn create(&self, name: &str, bytes: Bytes) -> Result<bool>;

    /// Replaces a file that is still as it was when `before` was read (`None`: that is still not there).
    ///
    /// # Errors
    /// [`Error::Raced`] if it is not.
    async fn swap(&self, name: &str, bytes: Bytes, before: Option<&Found>) -> Result<()>;

    /// The files of a folder, `metadata` or `targets`, with those that killed publications left half written;
    /// `None` if the place does not tell.
    async fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>>;

    /// Removes a file, if it is there.
    async fn delete(&self, name: &str) -> Result<()>;
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Found {
    /// All of it.
    pub bytes: Bytes,
    /// What tells it from other contents under its name.
    pub tag: Option<String>,
    /// When it was stored.
    pub modified: Option<Timestamp>,
}

/// A file without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// With its folder.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// When it was stored.
    pub modified: Timestamp,
}

/// The key that a Knytt server takes releases with. Never printed.
#[derive(Clone)]
pub struct ApiKey(String);

impl ApiKey {
    /// The variable that the command line reads it from.
    pub const VARIABLE: &str = "KNYTT_API_KEY";

    /// The key as it was given out.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The variable that names a file with the key.
    pub const FILE_VARIABLE: &str = "KNYTT_API_KEY_FILE";

    /// The key in [`Self::VARIABLE`], or in the file that [`Self::FILE_VARIABLE`] names, if there is one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn from_env() -> Result<Option<Self>> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        match (variable(Self::VARIABLE), variable(Self::FILE_VARIABLE)) {
            (Some(key), _) => Ok(Some(Self(key))),
            (None, Some(file)) => Ok(Some(Self(fs_err::read_to_string(file)?.trim().to_owned()))),
            (None, None) => Ok(None),
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// The place at `address`: a folder (`file://`, which is made), a bucket (`s3://bucket/prefix`, set up by
/// the usual `AWS_…` variables), or a Knytt server (`https://server/v1/catalogs/ID`, with `key`).
///
/// # Errors
/// [`Error::Address`] for anything else.
pub fn open_depot(address: &Url, key: Option<ApiKey>) -> Result<Arc<dyn Depot>> {
    match address.scheme() {
        "file" => Ok(Arc::new(store::Store::folder(address)?)),
        "s3" | "s3a" => Ok(Arc::new(store::Store::bucket(address)?)),
        "http" | "https" => Ok(Arc::new(server::Server::new(address, key)?)),
        other => Err(Error::Address {
            url: address.to_string(),
            reason: format!("{other}: is not one of file, s3, https"),
        }),
    }
}

/// Whether a name stands for the same bytes for ever, so that anyone may keep a copy.
fn is_immutable(name: &str) -> bool {
    !name.ends_with("timestamp.json")
}

/// What caches between here and the devices are told.
fn cache_control(name: &str) -> &'static str {
    if is_immutable(name) { "public, max-age=31536000, immutable" } else { "public, max-age=60" }
}

//! Releases that the program reads itself, from where it keeps them.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use url::Url;

use crate::{Error, Result};

/// The bytes of a file, as they come.
type Bytestream = BoxStream<'static, io::Result<Bytes>>;

/// Reads one file, from a byte on.
type Read = dyn Fn(String, u64) -> BoxFuture<'static, io::Result<Bytestream>> + Send + Sync;

/// Reads releases from a store that has no address, such as a backend's own. Their address is
/// `objects:///PATH/`, so that it stays the same wherever the store is. What is read is verified like what comes
/// over a network.
#[derive(Clone)]
pub struct ObjectReader(Arc<Read>);

impl ObjectReader {
    /// The scheme of the addresses that it reads.
    pub const SCHEME: &str = "objects";

    /// A reader by `read`, which takes a path without a slash at its beginning and the first byte to read. It fails
    /// with [`io::ErrorKind::NotFound`] where there is no such file.
    pub fn new(
        read: impl Fn(String, u64) -> BoxFuture<'static, io::Result<Bytestream>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(read))
    }

    /// The file at `url`, from `from_byte` on.
    pub(crate) async fn read(&self, url: &Url, from_byte: u64) -> Result<BoxStream<'static, Result<Bytes>>> {
        let path = url.path().trim_start_matches('/').to_owned();
        let bytes = (self.0)(path, from_byte).await.map_err(|error| failed(url, &error))?;
        let url = url.clone();
        Ok(bytes.map(move |bytes| bytes.map_err(|error| failed(&url, &error))).boxed())
    }
}

impl std::fmt::Debug for ObjectReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ObjectReader")
    }
}

fn failed(url: &Url, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound { url: url.clone() },
        _ => Error::Offline { url: url.clone(), reason: error.to_string() },
    }
}

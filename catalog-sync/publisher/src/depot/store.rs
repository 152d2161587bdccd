//! A folder, or a bucket of an S3-compatible store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use jiff::Timestamp;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use url::Url;

use crate::depot::{Depot, Entry, Found, cache_control};
use crate::keys::hex;
use crate::{Error, Result};

/// Taken by whoever replaces the timestamp in a folder, beside `metadata/`.
const LOCK: &str = "publish.lock";

/// From this size on, a file goes up in parts of this size.
const PART_BYTES: usize = 16 << 20;

/// A store with the prefix that the address names.
#[derive(Debug)]
pub(crate) struct Store {
    address: Url,
    store: Arc<dyn ObjectStore>,
    prefix: Key,
    /// Set for a folder, which has no conditional replacement of its own.
    folder: Option<PathBuf>,
}

impl Store {
    pub(crate) fn folder(address: &Url) -> Result<Self> {
        let wrong = |reason: String| Error::Address { url: address.to_string(), reason };
        let folder = address.to_file_path().map_err(|()| wrong("it is no path".into()))?;
        fs_err::create_dir_all(&folder)?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|e| wrong(e.to_string()))?;
        Ok(Self {
            address: address.clone(),
            store: Arc::new(store.with_fsync(true)),
            prefix: Key::default(),
            folder: Some(folder),
        })
    }

    pub(crate) fn bucket(address: &Url) -> Result<Self> {
        let settings = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
        let settings = settings.map(|(name, value)| (name.to_ascii_lowercase(), value));
        let opened = object_store::parse_url_opts(address, settings);
        let (store, prefix) =
            opened.map_err(|e| Error::Address { url: address.to_string(), reason: e.to_string() })?;
        Ok(Self { address: address.clone(), store: store.into(), prefix, folder: None })
    }

    fn key(&self, name: &str) -> Key {
        name.split('/').fold(self.prefix.clone(), |key, part| key.join(part))
    }

    fn failed(&self, name: &str, error: impl std::fmt::Display) -> Error {
        Error::Depot { place: self.place(), name: name.into(), reason: error.to_string() }
    }

    /// A folder keeps no headers.
    fn attributes(&self, name: &str) -> Attributes {
        let mut attributes = Attributes::new();
        if self.folder.is_none() {
            attributes.insert(Attribute::CacheControl, cache_control(name).into());
            let kind = if name.ends_with(".json") { "application/json" } else { "application/octet-stream" };
            attributes.insert(Attribute::ContentType, kind.into());
        }
        attributes
    }

    async fn put(&self, name: &str, bytes: Bytes, mode: PutMode) -> object_store::Result<()> {
        let options = PutOptions { mode, attributes: self.attributes(name), ..PutOptions::default() };
        self.store.put_opts(&self.key(name), bytes.into(), options).await.map(drop)
    }

    /// Reads, compares and replaces while no other publisher of this folder can.
    async fn swap_in_folder(
        &self,
        folder: &Path,
        name: &str,
        bytes: Bytes,
        before: Option<&Found>,
    ) -> Result<()> {
        let path = folder.join(LOCK);
        let lock = tokio::task::spawn_blocking(move || -> std::io::Result<_> {
            let file = fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
            file.file().lock()?;
            Ok(file)
        });
        let _lock = lock.await.map_err(Error::unexpected)??;
        let now = self.get(name).await?;
        if now.and_then(|found| found.tag) != before.and_then(|found| found.tag.clone()) {
            return Err(Error::Raced);
        }
        self.put(name, bytes, PutMode::Overwrite).await.map_err(|e| self.failed(name, e))
    }
}

#[async_trait]
impl Depot for Store {
    fn place(&self) -> String {
        self.address.to_string()
    }

    async fn get(&self, name: &str) -> Result<Option<Found>> {
        let found = match self.store.get(&self.key(name)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.failed(name, error)),
        };
        let (modified, tag) = (stamp(&found.meta), found.meta.e_tag.clone());
        let bytes = found.bytes().await.map_err(|e| self.failed(name, e))?;
        // A file's own tag is made of its size and times, which two contents can share.
        let tag = if self.folder.is_some() { Some(hex(&Sha256::digest(&bytes))) } else { tag };
        Ok(Some(Found { bytes, tag, modified: Some(modified) }))
    }

    async fn stat(&self, name: &str) -> Result<Option<Entry>> {
        match self.store.head(&self.key(name)).await {
            Ok(found) => Ok(Some(Entry { name: name.into(), bytes: found.size, modified: stamp(&found) })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(name, error)),
        }
    }

    async fn put_file(&self, name: &str, file: &Path) -> Result<()> {
        let mut source = tokio::fs::File::open(file).await?;
        let mut sink = BufWriter::with_capacity(Arc::clone(&self.store), self.key(name), PART_BYTES)
            .with_max_concurrency(2)
            .with_attributes(self.attributes(name));
        let copied = async {
            tokio::io::copy_buf(&mut tokio::io::BufReader::with_capacity(1 << 20, &mut source), &mut sink)
                .await?;
            sink.shutdown().await
        };
        copied.await.map_err(|e| self.failed(name, e))
    }

    async fn create(&self, name: &str, bytes: Bytes) -> Result<bool> {
        match self.put(name, bytes, PutMode::Create).await {
            Ok(()) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                Ok(false)
            }
            Err(error) => Err(self.failed(name, error)),
        }
    }

    async fn swap(&self, name: &str, bytes: Bytes, before: Option<&Found>) -> Result<()> {
        if let Some(folder) = &self.folder {
            return self.swap_in_folder(folder, name, bytes, before).await;
        }
        let mode = match before {
            None => PutMode::Create,
            Some(found) => PutMode::Update(UpdateVersion { e_tag: found.tag.clone(), version: None }),
        };
        match self.put(name, bytes, mode).await {
            Ok(()) => Ok(()),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                Err(Error::Raced)
            }
            Err(error) => Err(self.failed(name, error)),
        }
    }

    async fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>> {
        let prefix = self.key(folder);
        let listed: Vec<_> =
            self.store.list(Some(&prefix)).try_collect().await.map_err(|e| self.failed(folder, e))?;
        let entry = |meta: object_store::ObjectMeta| {
            let rest: Vec<_> =
                meta.location.prefix_match(&prefix)?.map(|part| part.as_ref().to_owned()).collect();
            let name = format!("{folder}/{}", rest.join("/"));
            Some(Entry { name, bytes: meta.size, modified: stamp(&meta) })
        };
        let mut entries: Vec<_> = listed.into_iter().filter_map(entry).collect();
        if let Some(place) = &self.folder {
            entries.extend(unfinished(place, folder)?);
        }
        Ok(Some(entries))
    }

    async fn delete(&self, name: &str) -> Result<()> {
        // The store takes no such names.
        if let Some(folder) = self.folder.as_ref().filter(|_| is_unfinished(name)) {
            return match fs_err::remove_file(folder.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
                _ => Ok(()),
            };
        }
        match self.store.delete(&self.key(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed(name, error)),
        }
    }
}

/// Whether a name is that of a file that was being written: the store appends `#` and a number until it is
/// whole.
pub(crate) fn is_unfinished(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// What killed publications left half written in a folder. The store does not list it.
fn unfinished(place: &Path, folder: &str) -> Result<Vec<Entry>> {
    let path = place.join(folder);
    let mut entries = Vec::new();
    if !path.is_dir() {
        return Ok(entries);
    }
    for entry in fs_err::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Another publisher may have finished it meanwhile.
        let Some(meta) = entry.metadata().ok().filter(|meta| meta.is_file() && is_unfinished(&name)) else {
            continue;
        };
        let modified = Timestamp::try_from(meta.modified()?).map_err(Error::unexpected)?;
        entries.push(Entry { name: format!("{folder}/{name}"), bytes: meta.len(), modified });
    }
    Ok(entries)
}

fn stamp(meta: &object_store::ObjectMeta) -> Timestamp {
    Timestamp::from_millisecond(meta.last_modified.timestamp_millis()).unwrap_or(Timestamp::UNIX_EPOCH)
}

//! The published release, fetched from the depot and verified with the publisher's own keys.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream;
use knytt_wire::{RELEASE_TARGET, Release};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tough::schema::Target;
use tough::{
    ExpirationEnforcement, IntoVec, Repository, RepositoryLoader, TargetName, Transport, TransportError,
    TransportErrorKind, TransportStream,
};
use url::Url;

use crate::depot::{Depot, Found, METADATA, TARGETS};
use crate::keys::{Keys, RootVersion, hex};
use crate::{Error, Result};

/// The only file that is replaced; all others are written once.
pub(crate) const TIMESTAMP: &str = "metadata/timestamp.json";

/// What is published at a depot now.
pub(crate) struct PublishedState {
    pub(crate) depot: Arc<dyn Depot>,
    /// The present timestamp. The next one replaces it only if it is still there.
    pub(crate) timestamp: Option<Found>,
    pub(crate) last: Option<PublishedRelease>,
    /// Later versions are higher than these.
    pub(crate) floor: Versions,
}

/// The release that is published.
pub(crate) struct PublishedRelease {
    pub(crate) repository: Repository,
    pub(crate) release: Release,
    /// Whether the next release may name what this one named. Not if its targets are signed with a key
    /// that is trusted no more, or if the store has lost something newer.
    pub(crate) carries: bool,
}

/// The version numbers, which only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Versions {
    pub(crate) number: u64,
    pub(crate) targets: u64,
    pub(crate) snapshot: u64,
    pub(crate) timestamp: u64,
}

impl PublishedState {
    /// # Errors
    /// [`Error::ForeignRoot`], [`Error::KeysBehind`], [`Error::Untrusted`], [`Error::Depot`].
    pub(crate) async fn load(depot: &Arc<dyn Depot>, keys: &Keys) -> Result<Self> {
        let depot = Arc::clone(depot);
        let timestamp = depot.get(TIMESTAMP).await?;
        compare_roots(&depot, keys).await?;
        let mut floor = Versions::remembered(keys, &depot.place());
        let mut last = None;
        if let Some(found) = &timestamp {
            let repository = verified(&depot, keys, &found.bytes).await?;
            let release = release_of(&repository).await?;
            let published = Versions::of(&repository, &release);
            let carries = keys.root().verify_role(repository.targets()).is_ok() && published.reaches(&floor);
            floor = floor.max(published);
            last = Some(PublishedRelease { repository, release, carries });
        }
        Ok(Self { depot, timestamp, last, floor })
    }

    /// [`Self::load`], or if what is there does not verify, only what is needed to replace it.
    pub(crate) async fn load_to_rebuild(depot: &Arc<dyn Depot>, keys: &Keys) -> Result<Self> {
        match Self::load(depot, keys).await {
            Err(Error::Untrusted(_) | Error::Release(_)) => Ok(Self {
                depot: Arc::clone(depot),
                timestamp: depot.get(TIMESTAMP).await?,
                last: None,
                floor: Versions::remembered(keys, &depot.place()),
            }),
            other => other,
        }
    }
}

impl PublishedRelease {
    /// A target's entry in the verified metadata.
    pub(crate) fn target(&self, name: &str) -> Option<&Target> {
        let name = TargetName::new(name).ok()?;
        self.repository.targets().signed.targets.get(&name)
    }

    /// The bytes of a target, whose length and hash were checked.
    pub(crate) async fn read(&self, name: &str) -> Result<Bytes> {
        read_target(&self.repository, name).await
    }
}

impl Versions {
    fn of(repository: &Repository, release: &Release) -> Self {
        Self {
            number: release.number,
            targets: repository.targets().signed.version.get(),
            snapshot: repository.snapshot().signed.version.get(),
            timestamp: repository.timestamp().signed.version.get(),
        }
    }

    fn reaches(&self, other: &Self) -> bool {
        self.max(*other) == *self
    }

    fn max(self, other: Self) -> Self {
        Self {
            number: self.number.max(other.number),
            targets: self.targets.max(other.targets),
            snapshot: self.snapshot.max(other.snapshot),
            timestamp: self.timestamp.max(other.timestamp),
        }
    }

    fn file(keys: &Keys, place: &str) -> PathBuf {
        state_file(keys, place, "json")
    }

    /// What was last published from here to `place`; zeros if nothing was.
    fn remembered(keys: &Keys, place: &str) -> Self {
        let text = fs_err::read(Self::file(keys, place)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Notes what was published, so that a store that goes back is noticed.
    pub(crate) fn remember(self, keys: &Keys, place: &str) -> Result<()> {
        let versions = self.max(Self::remembered(keys, place));
        write_state(keys, Self::file(keys, place), &versions)
    }
}

/// Where something is noted about `place`, with the keys.
pub(crate) fn state_file(keys: &Keys, place: &str, extension: &str) -> PathBuf {
    let name = hex(&Sha256::digest(place.as_bytes())[..8]);
    keys.folder().join("state").join(format!("{name}.{extension}"))
}

/// Replaces what is noted in `file`, whole.
pub(crate) fn write_state(keys: &Keys, file: PathBuf, state: &impl Serialize) -> Result<()> {
    let folder = keys.folder().join("state");
    fs_err::create_dir_all(&folder)?;
    let mut fresh = tempfile::NamedTempFile::new_in(&folder)?;
    serde_json::to_writer_pretty(&mut fresh, state)?;
    fresh.persist(file).map_err(|e| e.error)?;
    Ok(())
}

/// The roots that are published must be those that are here.
async fn compare_roots(depot: &Arc<dyn Depot>, keys: &Keys) -> Result<()> {
    let ahead = keys.root_version() + 1;
    if depot.stat(&root_name(ahead)).await?.is_some() {
        return Err(Error::KeysBehind { version: ahead });
    }
    for root in keys.roots() {
        match depot.get(&root_name(root.version())).await? {
            Some(found) if found.bytes != root.bytes => {
                return Err(Error::ForeignRoot { version: root.version() });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where a root is published.
pub(crate) fn root_name(version: u64) -> String {
    format!("{METADATA}/{version}.root.json")
}

/// Verifies by the newest root; if that has other keys than what is published was signed with, by the
/// one before, and so on.
async fn verified(depot: &Arc<dyn Depot>, keys: &Keys, timestamp: &Bytes) -> Result<Repository> {
    let mut first = None;
    for root in keys.roots().iter().rev() {
        match load(depot, root, timestamp).await {
            Ok(repository) => return Ok(repository),
            Err(Refused::Signature(reason)) => first = first.or(Some(reason)),
            Err(Refused::Other(reason)) => return Err(Error::Untrusted(reason)),
        }
    }
    Err(Error::Untrusted(first.unwrap_or_default()))
}

async fn load(depot: &Arc<dyn Depot>, root: &RootVersion, timestamp: &Bytes) -> Result<Repository, Refused> {
    let transport = DepotTransport { depot: Arc::clone(depot), timestamp: timestamp.clone() };
    let base =
        |folder: &str| Url::parse(&format!("depot:///{folder}/")).map_err(|e| Refused::Other(e.to_string()));
    let loader = RepositoryLoader::new(&root.bytes, base(METADATA)?, base(TARGETS)?)
        .transport(transport)
        // Whoever publishes makes it fresh again.
        .expiration_enforcement(ExpirationEnforcement::Unsafe);
    loader.load().await.map_err(|error| match error {
        tough::error::Error::VerifyMetadata { .. } => Refused::Signature(error.to_string()),
        other => Refused::Other(other.to_string()),
    })
}

/// Why published metadata does not verify.
enum Refused {
    /// Other keys signed it.
    Signature(String),
    Other(String),
}

async fn release_of(repository: &Repository) -> Result<Release> {
    Ok(Release::from_json(&read_target(repository, RELEASE_TARGET).await?)?)
}

async fn read_target(repository: &Repository, name: &str) -> Result<Bytes> {
    let target = TargetName::new(name).map_err(Error::untrusted)?;
    let stream = repository.read_target(&target).await.map_err(Error::untrusted)?;
    let stream = stream.ok_or_else(|| Error::untrusted(format!("{name} is not among its targets")))?;
    Ok(stream.into_vec().await.map_err(Error::untrusted)?.into())
}

/// A depot as tough fetches from it. The roots were compared already, and the timestamp was fetched.
#[derive(Clone, Debug)]
struct DepotTransport {
    depot: Arc<dyn Depot>,
    timestamp: Bytes,
}

#[async_trait]
impl Transport for DepotTransport {
    async fn fetch(&self, url: Url) -> Result<TransportStream, TransportError> {
        let name = url.path().trim_start_matches('/');
        let missing = || TransportError::new(TransportErrorKind::FileNotFound, &url);
        if name.ends_with(".root.json") {
            return Err(missing());
        }
        let bytes = if name == TIMESTAMP {
            self.timestamp.clone()
        } else {
            let found = self.depot.get(name).await;
            let found =
                found.map_err(|e| TransportError::new_with_cause(TransportErrorKind::Other, &url, e))?;
            found.ok_or_else(missing)?.bytes
        };
        Ok(Box::pin(stream::iter([Ok(bytes)])))
    }
}

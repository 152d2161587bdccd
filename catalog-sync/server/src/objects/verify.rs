//! Metadata is verified before it is stored, as a device would verify it: who has stolen an API key, and not
//! the keys that sign releases, can store nothing that a device would have to refuse.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp as Time;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tough::TargetName;
use tough::schema::{Metafile, Role, Root, Signed, Snapshot, Target, Targets, Timestamp};

use super::read::refuse;
use super::store::Objects;
use crate::http::refusal::Refusal;

/// Targets that are looked for at once.
const LOOKUPS: usize = 16;

/// What a name of metadata stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Root(u64),
    Targets(u64),
    Snapshot(u64),
    Timestamp,
}

impl Kind {
    /// # Errors
    /// Devices read no metadata of this name.
    pub fn of(name: &str) -> Result<Self, Refusal> {
        if name == "timestamp.json" {
            return Ok(Self::Timestamp);
        }
        let version = |kind: &str| {
            let digits = name.strip_suffix(kind)?;
            let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
            digits.parse::<u64>().ok().filter(|_| plain)
        };
        let root = version(".root.json").map(Self::Root);
        let targets = || version(".targets.json").map(Self::Targets);
        let snapshot = || version(".snapshot.json").map(Self::Snapshot);
        root.or_else(targets).or_else(snapshot).ok_or_else(|| {
            Refusal::new(400, "name_invalid", "Name not allowed").detail(
                "metadata is named <version>.root.json, <version>.targets.json, <version>.snapshot.json or \
                 timestamp.json",
            )
        })
    }

    /// How long it may be, in bytes: what devices read of it.
    pub fn max_bytes(self) -> usize {
        match self {
            Self::Root(_) | Self::Snapshot(_) => 256 << 10,
            Self::Targets(_) => 16 << 20,
            Self::Timestamp => 64 << 10,
        }
    }

    fn file(self) -> String {
        match self {
            Self::Root(version) => format!("{version}.root.json"),
            Self::Targets(version) => format!("{version}.targets.json"),
            Self::Snapshot(version) => format!("{version}.snapshot.json"),
            Self::Timestamp => "timestamp.json".into(),
        }
    }
}

/// The metadata of one catalogue as it is stored.
pub struct Verifier<'a> {
    objects: &'a Objects,
    catalog: &'a str,
    now: Time,
}

impl<'a> Verifier<'a> {
    pub fn new(objects: &'a Objects, catalog: &'a str, now: Time) -> Self {
        Self { objects, catalog, now }
    }

    /// Whether a device that knows what is stored would go on to `body`. Returns the paths of the files that it
    /// names.
    ///
    /// # Errors
    /// A refusal that says what does not hold.
    pub async fn check(&self, kind: Kind, body: &[u8]) -> Result<BTreeSet<String>, Refusal> {
        match kind {
            Kind::Root(version) => self.root(version, body).await?,
            Kind::Targets(version) => return self.targets(version, body).await,
            Kind::Snapshot(version) => self.snapshot(version, body).await?,
            Kind::Timestamp => self.timestamp(body).await?,
        }
        Ok(BTreeSet::new())
    }

    /// The paths of what the present release is made of, roots aside, whoever signed it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn needed(&self) -> Result<BTreeSet<String>, Refusal> {
        let path = |kind: Kind| self.path("metadata", &kind.file()).as_ref().to_owned();
        let mut needed = BTreeSet::from([path(Kind::Timestamp)]);
        let timestamp = self.stored::<Timestamp>(Kind::Timestamp).await?;
        let meta = timestamp.as_ref().and_then(|timestamp| timestamp.signed.meta.get("snapshot.json"));
        let Some(kind) = meta.map(|meta| Kind::Snapshot(meta.version.get())) else { return Ok(needed) };
        needed.insert(path(kind));
        let snapshot = self.stored::<Snapshot>(kind).await?;
        let meta = snapshot.as_ref().and_then(|snapshot| snapshot.signed.meta.get("targets.json"));
        let Some(kind) = meta.map(|meta| Kind::Targets(meta.version.get())) else { return Ok(needed) };
        needed.insert(path(kind));
        let targets = self.stored::<Targets>(kind).await?;
        let files = targets.iter().flat_map(|targets| targets.signed.targets.iter());
        needed.extend(files.map(|file| self.path("targets", &file_name(file)).as_ref().to_owned()));
        Ok(needed)
    }

    /// When the first of the signatures ends that devices accept the present release by; `None` where nothing is
    /// published.
    ///
    /// # Errors
    /// The store cannot be read, or its metadata does not hold together.
    pub async fn accepted_until(&self) -> Result<Option<Time>, Refusal> {
        let Some(timestamp) = self.stored::<Timestamp>(Kind::Timestamp).await? else { return Ok(None) };
        let mut ends = vec![timestamp.signed.expires, self.newest_root().await?.signed.expires];
        if let Some(meta) = timestamp.signed.meta.get("snapshot.json")
            && let Some(snapshot) = self.stored::<Snapshot>(Kind::Snapshot(meta.version.get())).await?
        {
            ends.push(snapshot.signed.expires);
            if let Some(meta) = snapshot.signed.meta.get("targets.json")
                && let Some(targets) = self.stored::<Targets>(Kind::Targets(meta.version.get())).await?
            {
                ends.push(targets.signed.expires);
            }
        }
        Ok(ends.into_iter().min())
    }

    fn path(&self, folder: &str, name: &str) -> Path {
        Path::from_iter([self.catalog, folder, name])
    }

    /// A root is signed by its own keys and by those of the one before. Its date is not looked at: a chain
    /// goes over roots of the past.
    async fn root(&self, version: u64, body: &[u8]) -> Result<(), Refusal> {
        let kind = Kind::Root(version);
        let root: Signed<Root> = parsed(kind, body)?;
        same_version(kind, version, root.signed.version.get())?;
        signed_by(&root.signed, kind, &root, kind)?;
        if version == 1 {
            return Ok(());
        }
        let newest = self.newest_root().await?;
        let newest_version = newest.signed.version.get();
        if newest_version + 1 != version {
            return Err(unverified(kind, format!("it does not follow {newest_version}.root.json")));
        }
        signed_by(&newest.signed, Kind::Root(newest_version), &root, kind)
    }

    async fn targets(&self, version: u64, body: &[u8]) -> Result<BTreeSet<String>, Refusal> {
        let kind = Kind::Targets(version);
        let root = self.newest_root().await?;
        let targets: Signed<Targets> = self.verified(&root, kind, body)?;
        same_version(kind, version, targets.signed.version.get())?;
        let present = self.present(&root).await?;
        newer(kind, version, present.targets)?;
        let files = targets.signed.targets.iter().map(|file| (file_name(file), file.1.length));
        let files: Vec<_> = files.map(|(name, length)| (self.path("targets", &name), name, length)).collect();
        let paths = files.iter().map(|(path, ..)| path.as_ref().to_owned()).collect();
        let lookup = |(path, name, length)| is_stored(self.objects.clone(), path, kind, name, length);
        let lookups: Vec<_> = files.into_iter().map(lookup).collect();
        let () = stream::iter(lookups).buffer_unordered(LOOKUPS).try_collect().await?;
        Ok(paths)
    }

    async fn snapshot(&self, version: u64, body: &[u8]) -> Result<(), Refusal> {
        let kind = Kind::Snapshot(version);
        let root = self.newest_root().await?;
        let snapshot: Signed<Snapshot> = self.verified(&root, kind, body)?;
        same_version(kind, version, snapshot.signed.version.get())?;
        let present = self.present(&root).await?;
        newer(kind, version, present.snapshot)?;
        self.targets_of(&root, kind, &snapshot.signed, present.targets).await
    }

    async fn timestamp(&self, body: &[u8]) -> Result<(), Refusal> {
        let kind = Kind::Timestamp;
        let root = self.newest_root().await?;
        self.lasts(Kind::Root(root.signed.version.get()), root.signed.expires)?;
        let timestamp: Signed<Timestamp> = self.verified(&root, kind, body)?;
        let present = self.present(&root).await?;
        newer(kind, timestamp.signed.version.get(), present.timestamp)?;
        let meta = described(kind, timestamp.signed.meta.get("snapshot.json"))?;
        let named = Kind::Snapshot(meta.version.get());
        let snapshot: Signed<Snapshot> = self.named(&root, kind, named, meta).await?;
        same_version(named, meta.version.get(), snapshot.signed.version.get())?;
        not_older(named, meta.version.get(), present.snapshot)?;
        self.targets_of(&root, named, &snapshot.signed, present.targets).await
    }

    /// Checks the targets' metadata that a snapshot names.
    async fn targets_of(
        &self,
        root: &Signed<Root>,
        kind: Kind,
        snapshot: &Snapshot,
        present: u64,
    ) -> Result<(), Refusal> {
        let meta = described(kind, snapshot.meta.get("targets.json"))?;
        let named = Kind::Targets(meta.version.get());
        let targets: Signed<Targets> = self.named(root, kind, named, meta).await?;
        same_version(named, meta.version.get(), targets.signed.version.get())?;
        not_older(named, meta.version.get(), present)
    }

    /// Reads and verifies stored metadata that other metadata names.
    async fn named<T: Role + DeserializeOwned>(
        &self,
        root: &Signed<Root>,
        by: Kind,
        named: Kind,
        meta: &Metafile,
    ) -> Result<Signed<T>, Refusal> {
        let missing = || unverified(by, format!("{} is not stored", named.file()));
        let bytes = self.read(named).await?.ok_or_else(missing)?;
        let same_length = meta.length.is_none_or(|length| length == bytes.len() as u64);
        let hash = Sha256::digest(&bytes);
        let same_hash = meta.hashes.as_ref().is_none_or(|hashes| hashes.sha256[..] == hash[..]);
        if !(same_length && same_hash) {
            return Err(unverified(by, format!("{} is stored with other bytes", named.file())));
        }
        self.verified(root, named, &bytes)
    }

    /// Metadata that enough keys of the root signed and that is not past its date.
    fn verified<T: Role + DeserializeOwned>(
        &self,
        root: &Signed<Root>,
        kind: Kind,
        bytes: &[u8],
    ) -> Result<Signed<T>, Refusal> {
        let signed: Signed<T> = parsed(kind, bytes)?;
        signed_by(&root.signed, Kind::Root(root.signed.version.get()), &signed, kind)?;
        self.lasts(kind, signed.signed.expires())?;
        Ok(signed)
    }

    fn lasts(&self, kind: Kind, expires: Time) -> Result<(), Refusal> {
        if expires > self.now {
            return Ok(());
        }
        Err(unverified(kind, format!("it expired at {expires}; by the backend's clock it is {}", self.now)))
    }

    /// The newest root to which a chain leads from the first one.
    async fn newest_root(&self) -> Result<Signed<Root>, Refusal> {
        let first = Kind::Root(1);
        let missing = || unverified(first, "it is not stored: publish the roots first".into());
        let bytes = self.read(first).await?.ok_or_else(missing)?;
        let mut newest: Signed<Root> = parsed(first, &bytes)?;
        loop {
            let version = newest.signed.version.get();
            let next = Kind::Root(version + 1);
            let Some(bytes) = self.read(next).await? else { return Ok(newest) };
            let root: Signed<Root> = parsed(next, &bytes)?;
            same_version(next, version + 1, root.signed.version.get())?;
            signed_by(&newest.signed, Kind::Root(version), &root, next)?;
            newest = root;
        }
    }

    /// The versions that devices have. What the newest root's keys did not sign does not count, so that new
    /// keys may begin anew.
    async fn present(&self, root: &Signed<Root>) -> Result<Versions, Refusal> {
        let mut versions = Versions::default();
        let Some(timestamp) = self.trusted::<Timestamp>(root, Kind::Timestamp).await? else {
            return Ok(versions);
        };
        versions.timestamp = timestamp.version.get();
        let Some(meta) = timestamp.meta.get("snapshot.json") else { return Ok(versions) };
        versions.snapshot = meta.version.get();
        let snapshot = self.trusted::<Snapshot>(root, Kind::Snapshot(versions.snapshot)).await?;
        let meta = snapshot.as_ref().and_then(|snapshot| snapshot.meta.get("targets.json"));
        versions.targets = meta.map_or(0, |meta| meta.version.get());
        Ok(versions)
    }

    async fn trusted<T: Role + DeserializeOwned>(
        &self,
        root: &Signed<Root>,
        kind: Kind,
    ) -> Result<Option<T>, Refusal> {
        let signed = self.stored::<T>(kind).await?;
        Ok(signed.filter(|signed| root.signed.verify_role(signed).is_ok()).map(|signed| signed.signed))
    }

    /// Stored metadata, whoever signed it.
    async fn stored<T: Role + DeserializeOwned>(&self, kind: Kind) -> Result<Option<Signed<T>>, Refusal> {
        let bytes = self.read(kind).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Stored metadata. What is longer than a device reads is as good as none.
    async fn read(&self, kind: Kind) -> Result<Option<Bytes>, Refusal> {
        let path = self.path("metadata", &kind.file());
        match self.objects.store.get(&path).await {
            Ok(found) if found.meta.size > kind.max_bytes() as u64 => Ok(None),
            Ok(found) => Ok(Some(found.bytes().await.map_err(refuse)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(refuse(error)),
        }
    }
}

/// Whether a file that the targets' metadata names is there. Its name says its hash, which was checked when it
/// came.
async fn is_stored(
    objects: Objects,
    path: Path,
    kind: Kind,
    name: String,
    length: u64,
) -> Result<(), Refusal> {
    match objects.head(&path).await.map_err(refuse)? {
        Some(meta) if meta.size == length => Ok(()),
        Some(meta) => {
            Err(unverified(kind, format!("{name} is stored with {} bytes, not {length}", meta.size)))
        }
        None => Err(unverified(kind, format!("{name} is not stored"))),
    }
}

/// The name under which a target is stored.
fn file_name((name, target): (&TargetName, &Target)) -> String {
    format!("{}.{}", hex(&target.hashes.sha256), name.raw())
}

/// Versions of what devices have; 0 is none.
#[derive(Clone, Copy, Debug, Default)]
struct Versions {
    timestamp: u64,
    snapshot: u64,
    targets: u64,
}

fn parsed<T: DeserializeOwned>(kind: Kind, bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes)
        .map_err(|error| unverified(kind, format!("it is no such metadata: {error}")))
}

fn signed_by<T: Role>(by: &Root, by_kind: Kind, signed: &Signed<T>, kind: Kind) -> Result<(), Refusal> {
    by.verify_role(signed)
        .map_err(|_| unverified(kind, format!("too few of the keys that {} names signed it", by_kind.file())))
}

fn same_version(kind: Kind, expected: u64, found: u64) -> Result<(), Refusal> {
    if expected == found {
        Ok(())
    } else {
        Err(unverified(kind, format!("it says that it is version {found}")))
    }
}

fn newer(kind: Kind, version: u64, present: u64) -> Result<(), Refusal> {
    if version > present { Ok(()) } else { Err(rollback(kind, version, present)) }
}

fn not_older(kind: Kind, version: u64, present: u64) -> Result<(), Refusal> {
    if version >= present { Ok(()) } else { Err(rollback(kind, version, present)) }
}

fn described(kind: Kind, meta: Option<&Metafile>) -> Result<&Metafile, Refusal> {
    meta.ok_or_else(|| unverified(kind, "it names no other metadata".into()))
}

fn unverified(kind: Kind, why: String) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY.as_u16(), "metadata_unverified", "Metadata does not verify")
        .detail(format!("{}: {why}", kind.file()))
}

fn rollback(kind: Kind, version: u64, present: u64) -> Refusal {
    let status = StatusCode::UNPROCESSABLE_ENTITY.as_u16();
    Refusal::new(status, "metadata_rollback", "Metadata is older than what devices have")
        .detail(format!("{}: it is version {version}, and devices have {present}", kind.file()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_devices_read_is_metadata() {
        assert_eq!(Kind::of("12.root.json").unwrap(), Kind::Root(12));
        assert_eq!(Kind::of("3.targets.json").unwrap(), Kind::Targets(3));
        assert_eq!(Kind::of("timestamp.json").unwrap(), Kind::Timestamp);
        for name in ["root.json", "0.root.json", "01.root.json", "+1.root.json", "x.json", "1.extra.json"] {
            assert!(Kind::of(name).is_err(), "{name}");
        }
    }
}

//! The signed metadata, verified.

use std::collections::BTreeSet;
use std::path::Path;

use bytes::Bytes;
use jiff::Timestamp;
use knytt_wire::{HOSTS_FIELD, Hosts, InvalidRelease, LOG_AFTER_FIELD, RELEASE_TARGET, Release};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use tough::schema::RoleType;
use tough::{ExpirationEnforcement, Limits, RepositoryLoader, TargetName};
use url::Url;

use crate::clock::{disagreement, judged_now};
use crate::error::of_file;
use crate::http::Http;
use crate::transport::{LONGEST_ROOT_BYTES, MetadataTransport, fetch};
use crate::trust::{Trust, version_of};
use crate::{Clock, Error, Result, Role};

/// How long the files may be that have no signed length, in bytes, and how many roots may follow one
/// another.
const LIMITS: Limits = Limits {
    max_root_size: LONGEST_ROOT_BYTES,
    max_timestamp_size: 64 << 10,
    max_snapshot_size: 256 << 10,
    max_targets_size: 16 << 20,
    max_root_updates: 256,
};

/// How long a release's description may be, in bytes.
const LONGEST_RELEASE_BYTES: u64 = 16 << 20;

/// The addresses of one catalogue.
#[derive(Clone, Debug)]
pub(crate) struct Base(Url);

impl Base {
    pub(crate) fn new(url: &Url) -> Self {
        let mut url = url.clone();
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Self(url)
    }

    fn below(&self, path: &str) -> Result<Url> {
        self.0.join(path).map_err(|_| Error::NotFound { url: self.0.clone() })
    }

    pub(crate) fn metadata(&self, name: &str) -> Result<Url> {
        self.below(&format!("metadata/{name}"))
    }

    /// The target of this name and hash.
    pub(crate) fn target(&self, sha256: &str, name: &str) -> Result<Url> {
        self.below(&format!("targets/{sha256}.{name}"))
    }
}

/// A file that the signed metadata names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) name: String,
    /// In bytes.
    pub(crate) length: u64,
    /// Hexadecimal.
    pub(crate) sha256: String,
}

/// Metadata that holds together, of keys that may sign it, not older than what was seen before, and not
/// past its date.
pub(crate) struct Verified {
    pub(crate) trust: Trust,
    pub(crate) release: Release,
    pub(crate) expires: Timestamp,
    pub(crate) root_expires: Timestamp,
    /// The hosts that the root lets the release lead to.
    pub(crate) hosts: Hosts,
    /// The release after which the root lets the log begin anew.
    pub(crate) log_after: Option<u64>,
    /// In the order of their names.
    targets: Vec<Target>,
}

impl Verified {
    /// # Errors
    /// [`Error::Mismatch`] if the release names a target that the metadata does not.
    pub(crate) fn target(&self, name: &str) -> Result<&Target> {
        let found = self.targets.binary_search_by(|target| target.name.as_str().cmp(name));
        let missing =
            |_| Error::Mismatch { file: name.into(), reason: "the metadata does not name it".into() };
        found.map(|at| &self.targets[at]).map_err(missing)
    }

    /// All files that the metadata names.
    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }
}

/// Fetches the first root, which everything else is trusted on.
///
/// # Errors
/// [`Error::WrongRoot`] if it is not the pinned one.
pub(crate) async fn first_root(
    http: &Http,
    base: &Base,
    pinned: Option<&str>,
) -> Result<(String, Box<RawValue>)> {
    let url = base.metadata("1.root.json")?;
    let bytes = fetch(http, &url, None, LIMITS.max_root_size).await?.bytes.unwrap_or_default();
    let found = hex(&Sha256::digest(&bytes));
    if let Some(expected) = pinned.filter(|pinned| *pinned != found) {
        return Err(Error::WrongRoot { expected: expected.into(), found });
    }
    let root = serde_json::from_slice(&bytes);
    let root =
        root.map_err(|error| Error::Malformed { file: "1.root.json".into(), reason: error.to_string() })?;
    Ok((found, root))
}

/// Brings `trust` up to date and reads the release. `scratch` is for files of the moment.
///
/// What a failure leaves in `trust` is what may be kept of it: newer roots that were verified.
pub(crate) async fn verify(
    http: &Http,
    base: &Base,
    trust: &mut Trust,
    timestamp: Option<(Bytes, Option<String>)>,
    clock: &Clock,
    scratch: &Path,
) -> Result<Verified> {
    let (ready, etag) = timestamp.map_or((None, None), |(bytes, etag)| (Some(bytes), etag));
    let transport = MetadataTransport::new(http.clone(), ready);
    let store = tempfile::tempdir_in(scratch).map_err(of_file(scratch))?;
    write_store(trust, store.path())?;
    let root = trust.root.as_ref().map(|root| root.get().as_bytes().to_vec()).unwrap_or_default();
    let (metadata_url, targets_url) = (base.metadata("")?, base.below("targets/")?);
    let loaded = RepositoryLoader::new(&root, metadata_url, targets_url)
        .transport(transport.clone())
        .limits(LIMITS)
        .datastore(store.path())
        // Expiry is judged below, by a clock that knows what was signed; a clock that jumps is no error.
        .expiration_enforcement(ExpirationEnforcement::Unsafe)
        .load()
        .await;
    let heard = transport.take_heard();
    let repository = match loaded {
        Ok(repository) => repository,
        Err(error) => {
            keep_newer_root(trust, store.path());
            return Err(explain(&error, heard.error));
        }
    };
    let targets = targets_of(&repository.targets().signed);
    let checked = read_release(http, base, &targets).await.and_then(|release| {
        let now = judged_now(clock, release.published_ms, heard.date);
        let expiries = expiries(&repository);
        for (role, expires) in expiries {
            not_expired(role, expires, now, || disagreement(clock, heard.date))?;
        }
        Ok((release, expiries.iter().map(|(_, expires)| *expires).min().unwrap_or(now)))
    });
    let (release, expires) = checked.inspect_err(|_| keep_newer_root(trust, store.path()))?;
    let mut newer = Trust { etag, ..trust.clone() };
    read_store(&mut newer, store.path());
    forget_number_of_retired_keys(&mut newer, trust.root.as_deref());
    let root_expires = repository.root().signed.expires;
    let hosts = Hosts::from_field(repository.root().signed._extra.get(HOSTS_FIELD));
    let log_after = repository.root().signed._extra.get(LOG_AFTER_FIELD).and_then(serde_json::Value::as_u64);
    Ok(Verified { trust: newer, release, expires, root_expires, hosts, log_after, targets })
}

fn expiries(repository: &tough::Repository) -> [(Role, Timestamp); 4] {
    [
        (Role::Root, repository.root().signed.expires),
        (Role::Timestamp, repository.timestamp().signed.expires),
        (Role::Snapshot, repository.snapshot().signed.expires),
        (Role::Targets, repository.targets().signed.expires),
    ]
}

/// # Errors
/// [`Error::Expired`].
pub(crate) fn not_expired(
    role: Role,
    expires: Timestamp,
    now: Timestamp,
    clock: impl FnOnce() -> Option<String>,
) -> Result<()> {
    if now <= expires {
        return Ok(());
    }
    let past_days = (now.as_second() - expires.as_second()) / (24 * 3600);
    Err(Error::Expired { role, expired_days: u32::try_from(past_days).unwrap_or(u32::MAX), clock: clock() })
}

fn targets_of(targets: &tough::schema::Targets) -> Vec<Target> {
    let target = |(name, target): (&TargetName, &tough::schema::Target)| Target {
        name: name.raw().into(),
        length: target.length,
        sha256: hex(&target.hashes.sha256),
    };
    let mut targets: Vec<Target> = targets.targets.iter().map(target).collect();
    targets.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    targets
}

async fn read_release(http: &Http, base: &Base, targets: &[Target]) -> Result<Release> {
    let missing =
        || Error::Mismatch { file: RELEASE_TARGET.into(), reason: "the metadata does not name it".into() };
    let target = targets.iter().find(|target| target.name == RELEASE_TARGET).ok_or_else(missing)?;
    if target.length > LONGEST_RELEASE_BYTES {
        return Err(Error::TooLarge { file: RELEASE_TARGET.into(), limit_bytes: LONGEST_RELEASE_BYTES });
    }
    let url = base.target(&target.sha256, RELEASE_TARGET)?;
    let bytes = fetch(http, &url, None, target.length).await?.bytes.unwrap_or_default();
    check_bytes(target, &bytes)?;
    Release::from_json(&bytes).map_err(|error| match error {
        InvalidRelease::Format { found } => Error::NewerFormat { found },
        contradiction => Error::Malformed { file: RELEASE_TARGET.into(), reason: contradiction.to_string() },
    })
}

/// # Errors
/// [`Error::Mismatch`] if the bytes are not the target's.
pub(crate) fn check_bytes(target: &Target, bytes: &[u8]) -> Result<()> {
    let mismatch = |reason: String| Err(Error::Mismatch { file: target.name.clone(), reason });
    if bytes.len() as u64 != target.length {
        return mismatch(format!("it has {} bytes, signed are {}", bytes.len(), target.length));
    }
    let found = hex(&Sha256::digest(bytes));
    if found == target.sha256 {
        Ok(())
    } else {
        mismatch(format!("its hash is {found}, signed is {}", target.sha256))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const STORED: [&str; 4] = ["root.json", "timestamp.json", "snapshot.json", "targets.json"];

fn write_store(trust: &Trust, store: &Path) -> Result<()> {
    let parts = [&trust.root, &trust.timestamp, &trust.snapshot, &trust.targets];
    for (name, part) in STORED.iter().zip(parts) {
        if let Some(part) = part {
            let file = store.join(name);
            std::fs::write(&file, part.get()).map_err(of_file(&file))?;
        }
    }
    Ok(())
}

fn read_store(trust: &mut Trust, store: &Path) {
    let parts = [&mut trust.root, &mut trust.timestamp, &mut trust.snapshot, &mut trust.targets];
    for (name, part) in STORED.iter().zip(parts) {
        *part =
            fs_err::read_to_string(store.join(name)).ok().and_then(|json| RawValue::from_string(json).ok());
    }
}

/// A newer root that was verified is kept even when what follows is refused: or else whoever holds the
/// old keys could have them believed again. With it goes what its keys no longer vouch for.
fn keep_newer_root(trust: &mut Trust, store: &Path) {
    let mut newer = trust.clone();
    read_store(&mut newer, store);
    if version_of(newer.root.as_deref()) <= version_of(trust.root.as_deref()) {
        return;
    }
    forget_number_of_retired_keys(&mut newer, trust.root.as_deref());
    *trust = newer;
}

/// The number of a release is vouched for by the keys of the targets. When they are replaced, it counts
/// anew: or else whoever had stolen them could have made it so high that nothing is ever newer. The log begins anew
/// with it: whoever had stolen them could have continued it.
fn forget_number_of_retired_keys(newer: &mut Trust, before: Option<&RawValue>) {
    let retired =
        before.is_some_and(|before| keys_of_targets(Some(before)) != keys_of_targets(newer.root.as_deref()));
    if retired {
        newer.release = 0;
        (newer.log, newer.next_log) = (None, None);
    }
}

/// The ids of the keys that a root lets sign targets.
fn keys_of_targets(root: Option<&RawValue>) -> BTreeSet<String> {
    let root = root.and_then(|root| serde_json::from_str::<serde_json::Value>(root.get()).ok());
    let ids = root.as_ref().and_then(|root| root.pointer("/signed/roles/targets/keyids")?.as_array());
    ids.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_lowercase)).collect()
}

/// What the verifier says, in our terms.
fn explain(error: &tough::error::Error, heard: Option<Error>) -> Error {
    use tough::error::Error as E;
    let reason = error.to_string();
    match error {
        E::DatastoreCreate { path, source, .. } => of_file(path)(std::io::Error::new(source.kind(), reason)),
        E::VerifyMetadata { role, .. } => Error::Signature { role: role_of(*role), reason },
        E::VerifyTrustedMetadata { .. } => Error::Signature { role: Role::Root, reason },
        E::OlderMetadata { role, .. } => Error::Rollback { role: role_of(*role), reason },
        E::SnapshotRoleRollback { role, .. } if role == "targets.json" => {
            Error::Rollback { role: Role::Targets, reason }
        }
        E::OlderSnapshotInTimestamp { .. }
        | E::SnapshotRoleRollback { .. }
        | E::SnapshotRoleMissing { .. } => Error::Rollback { role: Role::Snapshot, reason },
        E::VersionMismatch { role, .. } => {
            Error::Mismatch { file: format!("{}.json", role_of(*role)), reason }
        }
        E::MaxUpdatesExceeded { max_root_updates, .. } => {
            Error::TooLarge { file: "the chain of roots".into(), limit_bytes: *max_root_updates }
        }
        E::Transport { url, source, .. } => of_transport(url, source, heard),
        _ => Error::Malformed { file: "the metadata".into(), reason },
    }
}

/// Limits and hashes are checked while bytes pass, and so their errors come wrapped.
fn of_transport(url: &Url, error: &tough::TransportError, heard: Option<Error>) -> Error {
    use tough::error::Error as E;
    let file = crate::transport::name_of(url);
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = source {
        match cause.downcast_ref::<E>() {
            Some(E::MaxSizeExceeded { max_size, .. }) => {
                return Error::TooLarge { file, limit_bytes: *max_size };
            }
            Some(hash @ E::HashMismatch { .. }) => return Error::Mismatch { file, reason: hash.to_string() },
            _ => source = cause.source(),
        }
    }
    heard.unwrap_or_else(|| Error::Offline { url: url.clone(), reason: error.to_string() })
}

fn role_of(role: RoleType) -> Role {
    match role {
        RoleType::Root => Role::Root,
        RoleType::Timestamp => Role::Timestamp,
        RoleType::Snapshot => Role::Snapshot,
        RoleType::Targets | RoleType::DelegatedTargets => Role::Targets,
    }
}

//! The signed metadata of a release.

use std::collections::HashMap;
use std::num::NonZeroU64;

use jiff::Timestamp as Time;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tough::TargetName;
use tough::schema::{Hashes, Metafile, Snapshot, Target, Targets, Timestamp};

use crate::keys::{Expiries, SPEC_VERSION};
use crate::{Error, Result, Role};

/// The field of targets and snapshots that says which version they replaced: how long a version was the
/// present one is then known, whatever killed publications left between.
const REPLACES: &str = "x-knytt-replaces";

/// The targets' metadata.
pub(crate) fn targets(
    entries: &[(String, Target)],
    version: u64,
    replaces: Option<u64>,
    expiries: &Expiries,
    now: Time,
) -> Result<Targets> {
    let mut targets = Targets::new(SPEC_VERSION.into(), nonzero(version)?, expiries.end(Role::Targets, now));
    for (name, target) in entries {
        targets.targets.insert(TargetName::new(name).map_err(Error::unexpected)?, target.clone());
    }
    targets.delegations = None;
    targets._extra = extra(replaces);
    Ok(targets)
}

/// The snapshot's metadata, over targets that `meta` describes.
pub(crate) fn snapshot(
    meta: Metafile,
    version: u64,
    replaces: Option<u64>,
    expiries: &Expiries,
    now: Time,
) -> Result<Snapshot> {
    let mut snapshot =
        Snapshot::new(SPEC_VERSION.into(), nonzero(version)?, expiries.end(Role::Snapshot, now));
    snapshot.meta.insert("targets.json".into(), meta);
    snapshot._extra = extra(replaces);
    Ok(snapshot)
}

/// The timestamp's metadata, over a snapshot that `meta` describes.
pub(crate) fn timestamp(meta: Metafile, version: u64, expiries: &Expiries, now: Time) -> Result<Timestamp> {
    let mut timestamp =
        Timestamp::new(SPEC_VERSION.into(), nonzero(version)?, expiries.end(Role::Timestamp, now));
    timestamp.meta.insert("snapshot.json".into(), meta);
    Ok(timestamp)
}

/// What the role above says of signed metadata.
pub(crate) fn metafile(version: u64, bytes: &[u8]) -> Result<Metafile> {
    Ok(Metafile {
        length: Some(bytes.len() as u64),
        hashes: Some(hashes(&Sha256::digest(bytes))),
        version: nonzero(version)?,
        _extra: HashMap::new(),
    })
}

/// What the targets' metadata says of a file.
pub(crate) fn target(length: u64, sha256: &[u8]) -> Target {
    Target { length, hashes: hashes(sha256), custom: HashMap::new(), _extra: HashMap::new() }
}

/// The version that metadata replaced, by its own account.
pub(crate) fn replaced(extra: &HashMap<String, Value>) -> Option<u64> {
    extra.get(REPLACES).and_then(Value::as_u64)
}

fn extra(replaces: Option<u64>) -> HashMap<String, Value> {
    replaces.map(|version| (REPLACES.to_owned(), version.into())).into_iter().collect()
}

fn hashes(sha256: &[u8]) -> Hashes {
    Hashes { sha256: sha256.to_vec().into(), _extra: HashMap::new() }
}

fn nonzero(version: u64) -> Result<NonZeroU64> {
    NonZeroU64::new(version).ok_or_else(|| Error::unexpected("a version of 0"))
}

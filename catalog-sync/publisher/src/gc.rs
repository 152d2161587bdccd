//! Garbage collection: removes files that no release needs any more.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tough::schema::{Signed, Snapshot, Targets};

use crate::depot::{Depot, Entry, METADATA, TARGETS, is_unfinished};
use crate::keys::hex;
use crate::published_release::{PublishedRelease, PublishedState};
use crate::runtime::runtime;
use crate::signed::replaced;
use crate::{Error, Keys, Result};

/// How much was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// Files that are gone.
    pub removed_files: u64,
    /// Their bytes.
    pub removed_bytes: u64,
    /// Files that stay.
    pub kept_files: u64,
}

/// Removes packs and metadata from `depot` that neither the present release names nor any that was the
/// present one within `grace`: a device that began to pull then can finish. Files younger than `grace`
/// stay too, since another publisher may be about to name them. Roots always stay.
///
/// How long a release was the present one is read from the times at which the store got its metadata.
/// From a place that does not list its files, only what earlier releases named is removed.
///
/// Blocks, like [`publish`](crate::publish()).
///
/// # Errors
/// [`Error::Untrusted`] if what is published does not verify; nothing is removed then.
pub fn collect(keys: &Keys, depot: &Arc<dyn Depot>, grace: Duration) -> Result<Collected> {
    let runtime = runtime()?;
    runtime.block_on(async {
        let place = PublishedState::load(depot, keys).await?;
        let last = place.last.as_ref().ok_or_else(|| Error::untrusted("there is nothing yet"))?;
        let grace = SignedDuration::try_from(grace).map_err(Error::unexpected)?;
        let since = Timestamp::now().checked_sub(grace).map_err(Error::unexpected)?;
        Collection { depot, last, since }.run().await
    })
}

struct Collection<'a> {
    depot: &'a Arc<dyn Depot>,
    last: &'a PublishedRelease,
    /// What was needed after this moment stays.
    since: Timestamp,
}

/// What one version of a role's metadata says: which version it replaced, and where its targets are.
type Version = (Option<u64>, Vec<String>);

/// A role's metadata, from the present version back.
#[derive(Default)]
struct History {
    /// Files that stay.
    needed: BTreeSet<String>,
    /// Files of earlier versions, as far back as they were asked for: for each version its packs, then its
    /// metadata.
    earlier: Vec<Vec<String>>,
}

impl Collection<'_> {
    async fn run(&self) -> Result<Collected> {
        let repository = &self.last.repository;
        let listed = match self.depot.list(METADATA).await? {
            Some(metadata) => {
                let targets = self.depot.list(TARGETS).await?;
                Some(targets.unwrap_or_default().into_iter().chain(metadata).collect::<Vec<_>>())
            }
            None => None,
        };
        let to_the_end = listed.is_none();
        let targets = &repository.targets().signed;
        let targets = (targets.version.get(), replaced(&targets._extra), names(targets));
        let targets = self.history("targets", targets, to_the_end, &|bytes| {
            let targets: Signed<Targets> = serde_json::from_slice(bytes).map_err(Error::untrusted)?;
            Ok((replaced(&targets.signed._extra), names(&targets.signed)))
        });
        let snapshot = &repository.snapshot().signed;
        let snapshot = (snapshot.version.get(), replaced(&snapshot._extra), Vec::new());
        let snapshots = self.history("snapshot", snapshot, to_the_end, &|bytes| {
            let snapshot: Signed<Snapshot> = serde_json::from_slice(bytes).map_err(Error::untrusted)?;
            Ok((replaced(&snapshot.signed._extra), Vec::new()))
        });
        let (targets, snapshots) = (targets.await?, snapshots.await?);
        let needed: BTreeSet<String> = targets.needed.into_iter().chain(snapshots.needed).collect();
        let candidates = match listed {
            Some(listed) => listed,
            // The oldest go first, so that a collection that was cut short can be taken up: what is left
            // still hangs together.
            None => {
                let earlier = targets.earlier.into_iter().rev().chain(snapshots.earlier.into_iter().rev());
                self.stat(earlier.flatten(), &needed).await?
            }
        };
        self.remove(&candidates, &needed).await
    }

    /// Follows a role's versions back: from one to that which it replaced.
    async fn history(
        &self,
        role: &str,
        (newest, before, names): (u64, Option<u64>, Vec<String>),
        to_the_end: bool,
        read: &(dyn Fn(&[u8]) -> Result<Version> + Sync),
    ) -> Result<History> {
        let file = |version: u64| format!("{METADATA}/{version}.{role}.json");
        let mut history = History::default();
        history.needed.extend(names);
        history.needed.insert(file(newest));
        let (mut successor, mut next) = (newest, before);
        let mut replaced_at = self.depot.stat(&file(newest)).await?.map(|entry| entry.modified);
        while let Some(version) = next.filter(|version| *version < successor) {
            // A version was the present one until its successor came.
            let recent = replaced_at.is_none_or(|at| at > self.since);
            if !recent && !to_the_end {
                break;
            }
            let Some(found) = self.depot.get(&file(version)).await? else { break };
            let (before, names) = read(&found.bytes)?;
            if recent {
                history.needed.extend(names);
                history.needed.insert(file(version));
            } else {
                history.earlier.push(names.into_iter().chain([file(version)]).collect());
            }
            (successor, next, replaced_at) = (version, before, found.modified);
        }
        Ok(history)
    }

    /// Those of `names` that are there and not needed.
    async fn stat(
        &self,
        names: impl Iterator<Item = String>,
        needed: &BTreeSet<String>,
    ) -> Result<Vec<Entry>> {
        let mut seen = BTreeSet::new();
        let mut entries = Vec::new();
        for name in names {
            if !needed.contains(&name) && seen.insert(name.clone()) {
                entries.extend(self.depot.stat(&name).await?);
            }
        }
        Ok(entries)
    }

    async fn remove(&self, candidates: &[Entry], needed: &BTreeSet<String>) -> Result<Collected> {
        let mut collected = Collected::default();
        for entry in candidates {
            if needed.contains(&entry.name) || !is_replaced(&entry.name) || entry.modified > self.since {
                collected.kept_files += 1;
                continue;
            }
            self.depot.delete(&entry.name).await?;
            collected.removed_files += 1;
            collected.removed_bytes += entry.bytes;
        }
        Ok(collected)
    }
}

/// Where the targets are that the metadata names.
fn names(targets: &Targets) -> Vec<String> {
    let file = |(name, target): (&tough::TargetName, &tough::schema::Target)| {
        format!("{TARGETS}/{}.{}", hex(&target.hashes.sha256), name.raw())
    };
    targets.targets.iter().map(file).collect()
}

/// Whether newer files of the same kind take the place of a file: not of a root, the timestamp, or what
/// somebody else put there. An unfinished file that is old has no writer any more.
fn is_replaced(name: &str) -> bool {
    if is_unfinished(name) {
        return true;
    }
    let is_version = |stem: &str| !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit());
    let file = name.rsplit('/').next().unwrap_or_default();
    if name.starts_with(METADATA) {
        let stem = file.strip_suffix(".targets.json").or_else(|| file.strip_suffix(".snapshot.json"));
        return stem.is_some_and(is_version);
    }
    let hash = file.split('.').next().unwrap_or_default();
    hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_versions_and_packs_are_ever_replaced() {
        let pack = format!("targets/{}.attributes-00.parquet", "0f".repeat(32));
        for (name, expected) in [
            ("metadata/3.targets.json", true),
            ("metadata/timestamp.json#1", true),
            ("targets/index.html#x", false),
            ("metadata/12.snapshot.json", true),
            (pack.as_str(), true),
            ("metadata/1.root.json", false),
            ("metadata/timestamp.json", false),
            ("metadata/notes.targets.json", false),
            ("targets/index.html", false),
        ] {
            assert_eq!(is_replaced(name), expected, "{name}");
        }
    }
}

//! Signs metadata and puts it into the depot, so that devices see the old release or the new one.

use bytes::Bytes;
use jiff::Timestamp as Time;
use tough::schema::{Metafile, Target};

use crate::depot::METADATA;
use crate::published_release::{PublishedState, TIMESTAMP, Versions, root_name};
use crate::signed;
use crate::{Error, Keys, Result, Role};

/// How many versions beyond the last may be taken by publications that were killed.
const MOST_GAPS: u64 = 1000;

/// Signs with `keys` and puts into `place`.
pub(crate) struct Signing<'a> {
    pub(crate) keys: &'a Keys,
    pub(crate) place: &'a PublishedState,
    pub(crate) now: Time,
}

impl Signing<'_> {
    /// Puts targets' metadata under the next version that is free.
    pub(crate) async fn put_targets(&self, entries: &[(String, Target)]) -> Result<(u64, Metafile)> {
        let last = self.place.last.as_ref();
        let replaces = last.map(|last| last.repository.targets().signed.version.get());
        self.put_versioned(Role::Targets, self.place.floor.targets, |version| {
            let targets = signed::targets(entries, version, replaces, self.keys.expiries(), self.now)?;
            self.keys.sign(Role::Targets, targets).map(|(_, bytes)| bytes)
        })
        .await
    }

    /// Puts a snapshot's metadata under the next version that is free.
    pub(crate) async fn put_snapshot(&self, targets: &Metafile) -> Result<(u64, Metafile)> {
        let last = self.place.last.as_ref();
        let replaces = last.map(|last| last.repository.snapshot().signed.version.get());
        self.put_versioned(Role::Snapshot, self.place.floor.snapshot, |version| {
            let snapshot =
                signed::snapshot(targets.clone(), version, replaces, self.keys.expiries(), self.now)?;
            self.keys.sign(Role::Snapshot, snapshot).map(|(_, bytes)| bytes)
        })
        .await
    }

    async fn put_versioned(
        &self,
        role: Role,
        floor: u64,
        sign: impl Fn(u64) -> Result<Vec<u8>>,
    ) -> Result<(u64, Metafile)> {
        for version in floor.saturating_add(1)..=floor.saturating_add(MOST_GAPS) {
            let bytes = sign(version)?;
            let meta = signed::metafile(version, &bytes)?;
            let name = format!("{METADATA}/{version}.{role}.json");
            if self.place.depot.create(&name, bytes.into()).await? {
                return Ok((version, meta));
            }
        }
        let reason = format!("the {MOST_GAPS} versions after {floor} are all taken");
        Err(Error::Depot { place: self.place.depot.place(), name: format!("{role}.json"), reason })
    }

    /// Puts the roots that are not there yet. A server verifies all other metadata by the newest of them, so they
    /// come before it.
    ///
    /// A device that has a new root cannot verify what older keys signed, so from here to the timestamp it has to
    /// wait. Packs are there by now: what is left are a few small files.
    pub(crate) async fn put_roots(&self) -> Result<()> {
        let depot = &self.place.depot;
        for root in self.keys.roots() {
            let name = root_name(root.version());
            if !depot.create(&name, Bytes::from(root.bytes.clone())).await? {
                let there = depot.get(&name).await?;
                if there.is_none_or(|found| found.bytes != root.bytes) {
                    return Err(Error::ForeignRoot { version: root.version() });
                }
            }
        }
        Ok(())
    }

    /// Publishes the metadata that was put, if nobody replaced the timestamp meanwhile.
    pub(crate) async fn publish_timestamp(&self, snapshot: Metafile) -> Result<u64> {
        let depot = &self.place.depot;
        let version = self.place.floor.timestamp.saturating_add(1);
        let timestamp = signed::timestamp(snapshot, version, self.keys.expiries(), self.now)?;
        let (_, bytes) = self.keys.sign(Role::Timestamp, timestamp)?;
        depot.swap(TIMESTAMP, bytes.into(), self.place.timestamp.as_ref()).await?;
        Ok(version)
    }

    /// Stores the published versions with the keys.
    pub(crate) fn remember(&self, versions: Versions) -> Result<()> {
        versions.remember(self.keys, &self.place.depot.place())
    }
}

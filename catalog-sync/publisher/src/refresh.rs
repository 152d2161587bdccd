//! Fresh signatures for what is published: proof that it is still the newest.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use tough::schema::{Metafile, Target};

use crate::depot::Depot;
use crate::metadata::Signing;
use crate::published_release::{PublishedRelease, PublishedState, Versions};
use crate::runtime::runtime;
use crate::{Error, Keys, Result, Role};

/// What was signed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Refreshed {
    /// The release that it is about.
    pub release: u64,
    /// Whether the targets were signed anew too: less than half of their time was left.
    pub targets: bool,
    /// Whether the snapshot was signed anew too.
    pub snapshot: bool,
}

/// Signs the timestamp of what is published at `depot` anew, and what else is needed: the snapshot and
/// the targets when less than half of their time is left, and whatever a rotated key must sign. Roots that
/// are new are spread.
///
/// Blocks, like [`publish`](crate::publish()).
///
/// # Errors
/// [`Error::Untrusted`] if nothing is published there, or if the key of the targets was rotated since:
/// then publish a full release, so that nothing is taken over from what the old key signed. And
/// [`Error::Raced`].
pub fn refresh(keys: &Keys, depot: &Arc<dyn Depot>) -> Result<Refreshed> {
    let now = Timestamp::now();
    keys.ready(now)?;
    let runtime = runtime()?;
    let place = runtime.block_on(PublishedState::load(depot, keys))?;
    let last = place.last.as_ref().ok_or_else(|| Error::untrusted("there is nothing yet"))?;
    if !last.carries {
        return Err(Error::untrusted("it must be published anew in full"));
    }
    runtime.block_on(again(&Signing { keys, place: &place, now }, last))
}

/// [`refresh`] for a place that was loaded.
pub(crate) async fn again(signing: &Signing<'_>, last: &PublishedRelease) -> Result<Refreshed> {
    let (repository, expiries, now) = (&last.repository, signing.keys.expiries(), signing.now);
    let mut versions = Versions { number: last.release.number, ..signing.place.floor };
    let root = signing.keys.root();
    let (targets, snapshot) = (repository.targets(), repository.snapshot());
    let old_targets = expiries.is_half_over(Role::Targets, targets.signed.expires, now);
    let old_snapshot = old_targets
        || expiries.is_half_over(Role::Snapshot, snapshot.signed.expires, now)
        || root.verify_role(snapshot).is_err();
    let mut meta = described(&snapshot.signed.meta, "targets.json")?;
    signing.put_roots().await?;
    if old_targets {
        let entries: Vec<(String, Target)> = targets
            .signed
            .targets
            .iter()
            .map(|(name, target)| (name.raw().to_owned(), target.clone()))
            .collect();
        (versions.targets, meta) = signing.put_targets(&entries).await?;
    }
    if old_snapshot {
        (versions.snapshot, meta) = signing.put_snapshot(&meta).await?;
    } else {
        meta = described(&repository.timestamp().signed.meta, "snapshot.json")?;
    }
    versions.timestamp = signing.publish_timestamp(meta).await?;
    signing.remember(versions)?;
    Ok(Refreshed { release: last.release.number, targets: old_targets, snapshot: old_snapshot })
}

fn described(meta: &std::collections::HashMap<String, Metafile>, name: &str) -> Result<Metafile> {
    meta.get(name).cloned().ok_or_else(|| Error::untrusted(format!("it does not describe {name}")))
}

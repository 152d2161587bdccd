//! The cheapest way from what is here to the release.

use std::collections::HashSet;

use knytt_wire::{Delta, Pack, Release};

use crate::Result;
use crate::metadata::{Target, Verified};

/// The release of the catalogue in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalCatalog {
    pub(crate) catalog: String,
    pub(crate) release: u64,
    pub(crate) model: String,
    pub(crate) content: String,
    /// The hash of its further pictures, if it has any.
    pub(crate) further: Option<String>,
}

/// The content of a state: the hash of its products, and that of their further pictures if there are any.
type Content<'c> = (&'c str, Option<&'c str>);

impl LocalCatalog {
    fn state(&self) -> Content<'_> {
        (&self.content, self.further.as_deref())
    }
}

/// A way to the release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Begins from nothing, with the release's snapshot.
    pub(crate) snapshot: bool,
    /// Then takes these steps.
    pub(crate) steps: Vec<Delta>,
    /// All files that it needs, each once.
    pub(crate) targets: Vec<Target>,
}

impl Plan {
    /// What there is to fetch, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.targets.iter().map(|target| target.length).sum()
    }

    /// How many rows there are to apply.
    pub(crate) fn rows(&self, release: &Release) -> u64 {
        let shards = release.snapshot.shards.iter().filter(|_| self.snapshot);
        let snapshot: u64 = shards.map(|shard| shard.attributes.rows).sum();
        snapshot + self.steps.iter().map(|step| step.attributes.rows).sum::<u64>()
    }
}

/// The way that takes the fewest bytes; `None` if the catalogue is there already.
pub(crate) fn plan(here: Option<&LocalCatalog>, verified: &Verified) -> Result<Option<Plan>> {
    let release = &verified.release;
    let same_model = here.filter(|here| here.model == release.model.fingerprint);
    let newest = (release.content.as_str(), release.further.as_deref());
    if same_model.is_some_and(|here| here.release == release.number && here.state() == newest) {
        return Ok(None);
    }
    let by_steps = match same_model {
        Some(here) => by_deltas(here.release, here.state(), verified)?,
        None => None,
    };
    let from_nothing = from_snapshot(verified)?;
    Ok(match (by_steps, from_nothing) {
        (Some(steps), Some(whole)) if steps.bytes() <= whole.bytes() => Some(steps),
        (steps, None) => steps,
        (_, whole) => whole,
    })
}

/// The way from nothing, whatever is here.
pub(crate) fn from_snapshot(verified: &Verified) -> Result<Option<Plan>> {
    let snapshot = &verified.release.snapshot;
    let state = (snapshot.content.as_str(), snapshot.further.as_deref());
    let Some(mut plan) = by_deltas(snapshot.release, state, verified)? else {
        return Ok(None);
    };
    plan.snapshot = true;
    let packs = snapshot.shards.iter().flat_map(|shard| shard.packs());
    let shards = targets(packs, verified)?;
    plan.targets = each_once(shards.into_iter().chain(plan.targets).collect());
    Ok(Some(plan))
}

/// The cheapest path over deltas. They all lead forwards, so by the order of where they begin each
/// release's cost is final when it is reached.
fn by_deltas(from: u64, content: Content<'_>, verified: &Verified) -> Result<Option<Plan>> {
    let release = &verified.release;
    let mut steps: Vec<(&Delta, u64)> = Vec::new();
    for delta in &release.deltas {
        steps.push((delta, targets(delta.packs(), verified)?.iter().map(|target| target.length).sum()));
    }
    steps.sort_by_key(|(delta, _)| delta.from);
    let mut best: std::collections::BTreeMap<u64, (u64, Option<usize>)> = [(from, (0, None))].into();
    for (index, (delta, bytes)) in steps.iter().enumerate() {
        // A delta of another history than that of what is here would fail when it is applied.
        if delta.from == from && content != (delta.base.as_str(), delta.further_base.as_deref()) {
            continue;
        }
        let Some(&(cost, _)) = best.get(&delta.from) else { continue };
        let cost = cost.saturating_add(*bytes);
        if best.get(&delta.to).is_none_or(|&(known, _)| cost < known) {
            best.insert(delta.to, (cost, Some(index)));
        }
    }
    let mut path = Vec::new();
    let mut at = release.number;
    loop {
        match best.get(&at) {
            Some(&(_, Some(index))) => {
                path.push(steps[index].0.clone());
                at = steps[index].0.from;
            }
            Some((_, None)) => break,
            None => return Ok(None),
        }
    }
    // The release of the same number with other content is of another history.
    if path.is_empty() && content != (release.content.as_str(), release.further.as_deref()) {
        return Ok(None);
    }
    path.reverse();
    let targets = targets(path.iter().flat_map(|delta| delta.packs()), verified)?;
    Ok(Some(Plan { snapshot: false, steps: path, targets: each_once(targets) }))
}

/// Without those of the same bytes: steps that change the same little have packs that are the same, and
/// two downloads of one file would be in each other's way.
pub(crate) fn each_once(mut targets: Vec<Target>) -> Vec<Target> {
    let mut seen = HashSet::new();
    targets.retain(|target| seen.insert(target.sha256.clone()));
    targets
}

fn targets<'p>(packs: impl Iterator<Item = &'p Pack>, verified: &Verified) -> Result<Vec<Target>> {
    packs.map(|pack| verified.target(&pack.target).cloned()).collect()
}

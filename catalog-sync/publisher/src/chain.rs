//! Which deltas a release keeps, by what they cost a device.

use std::collections::BTreeMap;

use knytt_wire::{Delta, Pack, SnapshotPacks};

/// What it costs to get from each release to the newest one over deltas.
pub(crate) struct Costs(BTreeMap<u64, u64>);

impl Costs {
    /// `bytes` tells what a pack costs to fetch.
    pub(crate) fn new(deltas: &[Delta], newest: u64, bytes: impl Fn(&Pack) -> u64) -> Self {
        let mut costs = BTreeMap::from([(newest, 0)]);
        // A delta leads forwards, so the costs of where it leads are final when it is looked at.
        let mut steps: Vec<&Delta> = deltas.iter().collect();
        steps.sort_by_key(|delta| std::cmp::Reverse(delta.from));
        for delta in steps {
            let Some(rest) = costs.get(&delta.to).copied() else { continue };
            let cost = rest + delta_bytes(delta, &bytes);
            costs.entry(delta.from).and_modify(|known| *known = cost.min(*known)).or_insert(cost);
        }
        Self(costs)
    }

    /// `None`: no way leads from there.
    pub(crate) fn from(&self, release: u64) -> Option<u64> {
        self.0.get(&release).copied()
    }
}

/// What a device fetches for a delta.
pub(crate) fn delta_bytes(delta: &Delta, bytes: impl Fn(&Pack) -> u64) -> u64 {
    delta.packs().map(bytes).sum()
}

/// What a device fetches for a snapshot.
pub(crate) fn snapshot_bytes(snapshot: &SnapshotPacks, bytes: impl Fn(&Pack) -> u64) -> u64 {
    snapshot.shards.iter().flat_map(|shard| shard.packs()).map(bytes).sum()
}

/// The cheapest way over `deltas` from one release to a later one; `None` if there is none.
pub(crate) fn path(
    deltas: &[Delta],
    from: u64,
    to: u64,
    bytes: impl Fn(&Pack) -> u64,
) -> Option<Vec<&Delta>> {
    let costs = Costs::new(deltas, to, &bytes);
    let (mut at, mut path) = (from, Vec::new());
    while at != to {
        let remaining = costs.from(at)?;
        let fits = |delta: &&Delta| {
            delta.from == at
                && costs.from(delta.to).is_some_and(|c| c + delta_bytes(delta, &bytes) == remaining)
        };
        let next = deltas.iter().find(fits)?;
        path.push(next);
        at = next.to;
    }
    Some(path)
}

/// Drops the deltas that start before the last `keep` releases, and those from where the snapshot is
/// cheaper. What leads on from the snapshot stays.
pub(crate) fn prune(
    deltas: &mut Vec<Delta>,
    snapshot: &SnapshotPacks,
    newest: u64,
    keep: u64,
    bytes: impl Fn(&Pack) -> u64,
) {
    let costs = Costs::new(deltas, newest, &bytes);
    let whole = snapshot_bytes(snapshot, &bytes) + costs.from(snapshot.release).unwrap_or(0);
    let needed: Vec<(u64, u64)> = path(deltas, snapshot.release, newest, &bytes)
        .into_iter()
        .flatten()
        .map(|delta| (delta.from, delta.to))
        .collect();
    deltas.retain(|delta| {
        let recent = delta.from >= newest.saturating_sub(keep);
        let worth = costs.from(delta.to).is_some_and(|rest| rest + delta_bytes(delta, &bytes) < whole);
        needed.contains(&(delta.from, delta.to)) || (recent && worth)
    });
}

#[cfg(test)]
mod tests {
    use knytt_wire::Shard;

    use super::*;

    fn pack(bytes: u64) -> Pack {
        Pack { target: "p".into(), rows: 1, uncompressed_bytes: bytes }
    }

    fn delta(from: u64, to: u64, bytes: u64) -> Delta {
        let (base, content) = (from.to_string(), to.to_string());
        Delta {
            from,
            to,
            base,
            content,
            further_base: None,
            further_content: None,
            products: 1,
            attributes: pack(bytes),
            vectors: None,
            pictures: None,
            further: None,
        }
    }

    fn snapshot(release: u64, bytes: u64) -> SnapshotPacks {
        let shard = Shard { attributes: pack(bytes), vectors: pack(0), pictures: pack(0), further: None };
        SnapshotPacks {
            release,
            products: 1,
            content: "c".into(),
            further: None,
            shards: vec![shard],
            digests: vec![pack(999)],
            further_digests: Vec::new(),
        }
    }

    fn size(pack: &Pack) -> u64 {
        pack.uncompressed_bytes
    }

    fn ends(deltas: &[Delta]) -> Vec<(u64, u64)> {
        deltas.iter().map(|delta| (delta.from, delta.to)).collect()
    }

    #[test]
    fn the_cheapest_way_is_taken() {
        let deltas = [delta(1, 2, 10), delta(2, 3, 10), delta(1, 3, 15), delta(3, 4, 1)];
        let way = path(&deltas, 1, 4, size).unwrap();
        assert_eq!(way.iter().map(|d| (d.from, d.to)).collect::<Vec<_>>(), [(1, 3), (3, 4)]);
        assert_eq!(Costs::new(&deltas, 4, size).from(2), Some(11));
        assert!(path(&deltas, 0, 4, size).is_none());
        assert_eq!(path(&deltas, 4, 4, size).unwrap().len(), 0);
    }

    #[test]
    fn deltas_that_are_old_or_dearer_than_the_snapshot_go() {
        let mut deltas = vec![delta(1, 2, 1), delta(2, 3, 60), delta(3, 4, 50), delta(4, 5, 1)];
        prune(&mut deltas, &snapshot(5, 100), 5, 30, size);
        assert_eq!(ends(&deltas), [(3, 4), (4, 5)]);
        prune(&mut deltas, &snapshot(5, 100), 5, 1, size);
        assert_eq!(ends(&deltas), [(4, 5)]);
    }

    #[test]
    fn what_leads_on_from_the_snapshot_stays() {
        let mut deltas = vec![delta(1, 2, 1), delta(2, 3, 1), delta(3, 4, 1)];
        prune(&mut deltas, &snapshot(2, 100), 4, 1, size);
        assert_eq!(ends(&deltas), [(2, 3), (3, 4)]);
    }
}

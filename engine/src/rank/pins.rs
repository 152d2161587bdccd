//! Puts pinned products in their places among the ranked ones.

use crate::merchandise::guidance::Pin;
use crate::rank::Ranked;

/// The best `k` of `hits`, which have one of each group, with the `pinned` candidates in the places that `pins` say.
/// A pinned product stands for its group. Places after the last hit close up.
pub(super) fn place(mut hits: Vec<Ranked>, mut pinned: Vec<Ranked>, pins: &[Pin], k: usize) -> Vec<Ranked> {
    let mut placed: Vec<(usize, Ranked)> = Vec::new();
    for pin in pins {
        let Some(at) = pinned.iter().position(|ranked| ranked.candidate.item == pin.item) else { continue };
        let mut next = Ranked { is_pinned: true, ..pinned.swap_remove(at) };
        let group = next.features.group;
        if let Some((_, first)) = placed.iter_mut().find(|(_, first)| first.features.group == group) {
            first.others.push(next.candidate.item);
            continue;
        }
        if let Some(at) = hits.iter().position(|hit| hit.features.group == group) {
            let same = hits.remove(at);
            next.others.push(same.candidate.item);
            next.others.extend(same.others);
        }
        placed.push((pin.place, next));
    }
    for (place, next) in placed {
        hits.insert((place - 1).min(hits.len()), next);
    }
    hits.truncate(k);
    hits
}

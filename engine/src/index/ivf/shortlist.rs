//! The candidates of a search: collected by estimated scores, then ranked by exact scores.

use super::block::Block;
use super::code::Probe;
use crate::error::Result;
use crate::index::ivf::cold_read::ColdReadDetector;
use crate::index::simd::lookup::GROUP;
use crate::index::simd::{Kernel, prefetch};
use crate::index::top::{Candidate, Top};
use crate::store::mapped::will_need;

/// Candidates per requested hit, and candidates at least, before the list is reduced.
const HELD_PER_HIT: usize = 4;
const HELD_AT_LEAST: usize = 256;

/// Rows between two tests whether rows come from the disk.
const ROWS_PER_TEST: usize = 64;

/// How many rows ahead of the comparison a row is prefetched.
const ROWS_AHEAD: usize = 6;

/// An item and the bounds of its score.
#[derive(Clone, Copy)]
struct Estimate {
    upper: f32,
    lower: f32,
    /// The estimate minus the score of the item's centre.
    gap: f32,
    item: u32,
}

/// The items that may be among the best `k` by their estimates: those whose upper bound is above the k-th best
/// lower bound.
pub(crate) struct Shortlist {
    kernel: Kernel,
    k: usize,
    held: Vec<Estimate>,
    room: usize,
    threshold: f32,
}

impl Shortlist {
    pub(crate) fn new(k: usize) -> Self {
        let room = k.saturating_mul(HELD_PER_HIT).max(HELD_AT_LEAST);
        Self { kernel: Kernel::best(), k, held: Vec::new(), room, threshold: f32::NEG_INFINITY }
    }

    /// Adds the candidates of a block whose centre has the dot product `base` with the query.
    pub(crate) fn scan(&mut self, block: Block<'_>, probe: &Probe, base: f32, passes: &impl Fn(u32) -> bool) {
        let lookup = probe.lookup(base);
        let mut bounds = [0.0; GROUP];
        let mut ahead = block.groups().skip(1);
        for entries in block.groups() {
            if let Some(next) = ahead.next() {
                next.prefetch();
            }
            let above = self.kernel.above(&lookup, entries.group, self.threshold, &mut bounds);
            let mut above = above & entries.mask();
            while above != 0 {
                let slot = above.trailing_zeros() as usize;
                above &= above - 1;
                let item = entries.item(slot);
                if passes(item) {
                    let upper = bounds[slot];
                    let spread = probe.spread * entries.scale(slot);
                    let lower = upper - spread;
                    if self.k == 1 {
                        // A single lower bound already raises the threshold.
                        self.threshold = self.threshold.max(lower);
                    }
                    self.held.push(Estimate { upper, lower, gap: upper - 0.5 * spread - base, item });
                }
            }
            if self.held.len() >= self.room {
                self.tighten();
            }
        }
    }

    /// Whether items of a cell whose centre has the score `base` are unlikely to be among the best. Such an item
    /// would have to lie further above its centre than the best items so far lie above theirs, by `gaps`
    /// standard deviations.
    pub(crate) fn is_settled(&mut self, base: f32, gaps: f32) -> bool {
        self.tighten();
        let Some(last) = self.k.checked_sub(1).filter(|&last| last < self.held.len()) else { return false };
        let middle = |estimate: &Estimate| 0.5 * (estimate.upper + estimate.lower);
        let (best, kth, _) = self.held.select_nth_unstable_by(last, |a, b| middle(b).total_cmp(&middle(a)));
        let (sum, squares) = best.iter().fold((kth.gap, kth.gap * kth.gap), |(sum, squares), estimate| {
            (sum + estimate.gap, squares + estimate.gap * estimate.gap)
        });
        let mean = sum / self.k as f32;
        let deviation = (squares / self.k as f32 - mean * mean).max(0.0).sqrt();
        base + mean + gaps * deviation < middle(kth)
    }

    /// Raises the threshold to the k-th best lower bound, and drops the candidates below it.
    pub(crate) fn tighten(&mut self) {
        let Some(last) = self.k.checked_sub(1).filter(|&last| last < self.held.len()) else { return };
        let (_, kth, _) = self.held.select_nth_unstable_by(last, |a, b| b.lower.total_cmp(&a.lower));
        self.threshold = self.threshold.max(kth.lower);
        let threshold = self.threshold;
        self.held.retain(|estimate| estimate.upper >= threshold);
        self.room = self.room.max(2 * self.held.len());
    }

    /// The best `k` by exact scores: the dot product of the query and the row that `row` returns. Compares rows in
    /// the order of their upper bounds, until the next bound is below the k-th score.
    pub(crate) fn rescore<'r>(
        mut self,
        query: &[f32],
        pace: &mut ColdReadDetector,
        row: impl Fn(u32) -> Result<&'r [u8]>,
    ) -> Result<Vec<Candidate>> {
        self.tighten();
        let mut top = Top::new(self.k);
        let mut rest = &mut self.held[..];
        let mut size = self.k.max(32);
        while !rest.is_empty() {
            if let Some(kth) = top.kth() {
                // Most candidates are unsorted at first, and few remain soon after.
                rest = partition(rest, |estimate| estimate.upper >= kth);
                if rest.is_empty() {
                    break;
                }
            }
            let step = size.min(rest.len());
            if step < rest.len() {
                rest.select_nth_unstable_by(step - 1, |a, b| b.upper.total_cmp(&a.upper));
            }
            let (next, later) = rest.split_at_mut(step);
            let mut is_read_ahead = false;
            for (at, some) in (0..).step_by(ROWS_PER_TEST).zip(next.chunks(ROWS_PER_TEST)) {
                if pace.is_cold() && !std::mem::replace(&mut is_read_ahead, true) {
                    next[at..].iter().try_for_each(|next| row(next.item).map(will_need))?;
                }
                compare(self.kernel, query, some, &row, &mut top)?;
            }
            rest = later;
            size = size.max(64);
        }
        Ok(top.into_sorted())
    }
}

/// Scores all of `estimates`, prefetching rows ahead.
fn compare<'r>(
    kernel: Kernel,
    query: &[f32],
    estimates: &[Estimate],
    row: &impl Fn(u32) -> Result<&'r [u8]>,
    top: &mut Top,
) -> Result<()> {
    let mut soon = estimates.iter();
    let mut rows = std::collections::VecDeque::with_capacity(ROWS_AHEAD);
    for estimate in estimates {
        while rows.len() < ROWS_AHEAD
            && let Some(next) = soon.next()
        {
            let next = row(next.item)?;
            prefetch(next);
            rows.push_back(next);
        }
        if let Some(row) = rows.pop_front() {
            top.offer(Candidate { item: estimate.item, score: kernel.dot(query, row) });
        }
    }
    Ok(())
}

/// Moves the estimates for which `keep` is true to the front, and returns them.
fn partition(estimates: &mut [Estimate], keep: impl Fn(&Estimate) -> bool) -> &mut [Estimate] {
    let mut kept = 0;
    for at in 0..estimates.len() {
        if keep(&estimates[at]) {
            estimates.swap(kept, at);
            kept += 1;
        }
    }
    &mut estimates[..kept]
}

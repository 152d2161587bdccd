//! The candidates of a search: collected by estimated scores, then ranked by exact scores.

use super::block::Block;
use super::code::Probe;
use crate::error::Result;
use crate::index::ivf::cold_read::ColdReadDetector;
use crate::index::simd::lookup::GROUP;
use crate::index::simd::{Kernel, prefetch};
use crate::index::top::{Candidate, TopProducts};
use crate::store::mapped::will_need;
use crate::store::picture_number::item_of;

/// Candidates per requested hit, and candidates at least, before the list is reduced.
const HELD_PER_HIT: usize = 4;
const HELD_AT_LEAST: usize = 256;

/// Rows between two tests whether rows come from the disk.
const ROWS_PER_TEST: usize = 64;

/// How many rows ahead of the comparison a row is prefetched.
const ROWS_AHEAD: usize = 6;

/// The next rows to compare are at least one in this many of the candidates: choosing them goes through all candidates,
/// which should cost no more than comparing the chosen rows.
const STEP_ONE_IN: usize = 16;

/// An item and the bounds of its score.
#[derive(Clone, Copy)]
struct Estimate {
    upper: f32,
    lower: f32,
    /// The estimate minus the score of the item's centre.
    gap: f32,
    item: u32,
}

/// The best products of a shortlist.
pub(crate) struct Best {
    /// The estimated score of the k-th.
    pub(crate) kth: f32,
    /// How far they lie above the centres of their cells: mean and standard deviation.
    mean: f32,
    deviation: f32,
}

impl Best {
    /// Whether items of a cell whose centre has the score `base` are unlikely to be among the best. Such an item
    /// would have to lie further above its centre than the best items so far lie above theirs, by `gaps`
    /// standard deviations.
    pub(crate) fn excludes(&self, base: f32, gaps: f32) -> bool {
        base + self.mean + gaps * self.deviation < self.kth
    }
}

impl Estimate {
    fn middle(&self) -> f32 {
        0.5 * (self.upper + self.lower)
    }
}

/// The items that may be among the best `k` by their estimates: those whose upper bound is above the k-th best
/// lower bound. If a product has several pictures, the items are pictures, and the bound is that of the k-th best
/// product.
pub(crate) struct Shortlist {
    kernel: Kernel,
    k: usize,
    /// Pictures of a product, rounded up.
    per_product: usize,
    held: Vec<Estimate>,
    room: usize,
    threshold: f32,
}

impl Shortlist {
    /// `per_product`: pictures of a product on average, rounded up. With 1, each item is a product.
    pub(crate) fn new(k: usize, per_product: usize) -> Self {
        let room = k.saturating_mul(HELD_PER_HIT).max(HELD_AT_LEAST);
        let (held, threshold) = (Vec::new(), f32::NEG_INFINITY);
        Self { kernel: Kernel::best(), k, per_product, held, room, threshold }
    }

    /// The number of items that are held.
    pub(crate) fn len(&self) -> usize {
        self.held.len()
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

    /// The best products so far; `None` while there are fewer than are wanted.
    pub(crate) fn best(&mut self) -> Option<Best> {
        self.tighten();
        let (chosen, kth) = self.kth_product(Estimate::middle)?;
        let best = self.held[..chosen].iter().filter(|estimate| estimate.middle() >= kth);
        let (count, sum, squares) = best.fold((0.0, 0.0, 0.0), |(count, sum, squares), estimate| {
            (count + 1.0, sum + estimate.gap, squares + estimate.gap * estimate.gap)
        });
        let mean: f32 = sum / count;
        Some(Best { kth, mean, deviation: (squares / count - mean * mean).max(0.0).sqrt() })
    }

    /// Raises the threshold to the lower bound of the k-th best product, and drops the candidates below it.
    pub(crate) fn tighten(&mut self) {
        let Some((_, kth)) = self.kth_product(|estimate| estimate.lower) else { return };
        self.threshold = self.threshold.max(kth);
        let threshold = self.threshold;
        self.held.retain(|estimate| estimate.upper >= threshold);
        self.room = self.room.max(2 * self.held.len());
    }

    /// Moves the items with the highest values to the front, until they are of `k` products. Returns how many they
    /// are and the value of the k-th product; `None` if all items are of fewer products.
    fn kth_product(&mut self, value: impl Fn(&Estimate) -> f32) -> Option<(usize, f32)> {
        let last = self.k.checked_sub(1).filter(|&last| last < self.held.len())?;
        let descending = |a: &Estimate, b: &Estimate| value(b).total_cmp(&value(a));
        if self.per_product <= 1 {
            let (_, kth, _) = self.held.select_nth_unstable_by(last, descending);
            return Some((self.k, value(kth)));
        }
        let mut chosen = self.k;
        loop {
            chosen = chosen.saturating_mul(self.per_product).min(self.held.len());
            self.held.select_nth_unstable_by(chosen - 1, descending);
            let mut products: Vec<(u32, f32)> = self.held[..chosen]
                .iter()
                .map(|estimate| (item_of(estimate.item), value(estimate)))
                .collect();
            products.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            products.dedup_by_key(|product| product.0);
            if last < products.len() {
                let (_, kth, _) = products.select_nth_unstable_by(last, |a, b| b.1.total_cmp(&a.1));
                return Some((chosen, kth.1));
            }
            if chosen == self.held.len() {
                return None;
            }
        }
    }

    /// The best picture of each of the best `k` products by exact scores: the dot product of the query and the row that
    /// `row` returns. Compares rows in the order of their upper bounds, until the next bound is below the k-th score.
    pub(crate) fn rescore<'r>(
        mut self,
        query: &[f32],
        pace: &mut ColdReadDetector,
        row: impl Fn(u32) -> Result<&'r [u8]>,
    ) -> Result<Vec<Candidate>> {
        self.tighten();
        let mut top = TopProducts::new(self.k, self.per_product > 1);
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
            let step = size.max(rest.len() / STEP_ONE_IN).min(rest.len());
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
            top.settle();
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
    top: &mut TopProducts,
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

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

/// How many rows ahead of the comparison a row is prefetched, and how many ahead of that what tells its address.
const ROWS_AHEAD: usize = 6;
const ADDRESSES_AHEAD: usize = 8;

/// The next rows to compare are at least one in this many of the candidates: choosing them goes through all candidates,
/// which should cost no more than comparing the chosen rows. They are also some for each hit, since choosing the best
/// of those that were compared goes through the hits.
const STEP_ONE_IN: usize = 16;
const STEP_PER_HIT: usize = 4;

/// A lower bound lies as far below the estimate as the upper one lies above it, up to this many hits. For more of them
/// it is nearer, down to a share: chance can make the best of few estimates too high, and hardly the k-th of many. With
/// 0.3 a search for 500 of 50,000 holds a third of the items, and its recall is .994 in place of .997.
const WHOLE_ERROR_UP_TO: f32 = 10.0;
const LEAST_OF_ERROR: f32 = 0.3;

/// How much of the square of an estimate's error counts as variance of the distance from the centre. With it the same
/// gaps find as much as they did when codes had one bit per dimension and the errors of those were in the variance.
const ERROR_SHARE: f32 = 1.0;

/// The vectors of items.
pub(crate) trait Rows<'r> {
    /// The vector of an item: `[dimension]`, little-endian f16.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if there is none.
    fn row(&self, item: u32) -> Result<&'r [u8]>;

    /// Prefetches what `row` reads to find the vector.
    fn prefetch_address(&self, _item: u32) {}
}

/// An item and the bounds of its score.
#[derive(Clone, Copy)]
struct Estimate {
    upper: f32,
    /// How far the estimate is below the upper bound.
    error: f32,
    /// The estimate minus the score of the item's centre.
    gap: f32,
    item: u32,
}

/// The best products of a shortlist.
pub(crate) struct Best {
    /// The estimated score of the k-th.
    pub(crate) kth: f32,
    /// How far they lie above the centres of their cells: mean and standard deviation, the latter with a share of the
    /// estimates' errors, since few items tell it badly.
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
        self.upper - self.error
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
    /// How many standard deviations the bounds are from the estimates.
    deviations: f32,
    /// The lower bound of an item is this many of its errors below its upper one.
    errors: f32,
    held: Vec<Estimate>,
    room: usize,
    threshold: f32,
}

impl Shortlist {
    /// `per_product`: pictures of a product on average, rounded up. With 1, each item is a product. `deviations`: those
    /// of the probe.
    pub(crate) fn new(k: usize, per_product: usize, deviations: f32) -> Self {
        let room = k.saturating_mul(HELD_PER_HIT).max(HELD_AT_LEAST);
        let errors = 1.0 + (WHOLE_ERROR_UP_TO / k.max(1) as f32).sqrt().clamp(LEAST_OF_ERROR, 1.0);
        let (held, threshold) = (Vec::new(), f32::NEG_INFINITY);
        Self { kernel: Kernel::best(), k, per_product, deviations, errors, held, room, threshold }
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
        let mut is_refined = false;
        for entries in block.groups() {
            if let Some(next) = ahead.next() {
                next.prefetch(is_refined);
            }
            let above =
                self.kernel.above(&lookup, entries.group, self.threshold, &mut bounds) & entries.mask();
            is_refined = above != 0;
            if !is_refined {
                continue;
            }
            let fine = probe.refine(self.kernel, entries, base, &bounds);
            let mut above = above & fine.above(self.threshold);
            while above != 0 {
                let slot = above.trailing_zeros() as usize;
                above &= above - 1;
                let (item, upper, error) = (entries.item(slot), fine.upper[slot], fine.error[slot]);
                if upper > self.threshold && passes(item) {
                    if self.k == 1 {
                        // A single lower bound already raises the threshold.
                        self.threshold = self.threshold.max(upper - self.errors * error);
                    }
                    self.held.push(Estimate { upper, error, gap: upper - error - base, item });
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
        let (mut count, mut sum, mut squares, mut errors) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
        for estimate in best {
            (count, sum) = (count + 1.0, sum + estimate.gap);
            squares += estimate.gap * estimate.gap;
            errors += estimate.error / self.deviations;
        }
        let (mean, error) = (sum / count, errors / count);
        let variance = (squares / count - mean * mean).max(0.0) + ERROR_SHARE * error * error;
        Some(Best { kth, mean, deviation: variance.sqrt() })
    }

    /// Raises the threshold to the lower bound of the k-th best product, and drops the candidates below it.
    pub(crate) fn tighten(&mut self) {
        let errors = self.errors;
        let lower = |estimate: &Estimate| estimate.upper - errors * estimate.error;
        let Some((_, kth)) = self.kth_product(lower) else { return };
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
            let mut products = self.best_of_products(chosen, &value);
            if last < products.len() {
                let (_, kth, _) = products.select_nth_unstable_by(last, |a, b| b.total_cmp(a));
                return Some((chosen, *kth));
            }
            if chosen == self.held.len() {
                return None;
            }
        }
    }

    /// The best value of each product of the first `count` items, in any order.
    fn best_of_products(&self, count: usize, value: &impl Fn(&Estimate) -> f32) -> Vec<f32> {
        /// Marks a free place; no product has this item.
        const FREE: u32 = u32::MAX;
        // A search folds some thousand pictures several times, and sorting them or a map of the standard library took a
        // tenth of its time. At most half of the places are taken.
        let bits = (2 * count).next_power_of_two().ilog2();
        let (mut places, last) = (vec![(FREE, 0.0_f32); 1 << bits], (1 << bits) - 1);
        for estimate in &self.held[..count] {
            let (item, value) = (item_of(estimate.item), value(estimate));
            let mut at = (item.wrapping_mul(0x9e37_79b9) >> (u32::BITS - bits)) as usize;
            while places[at].0 != item && places[at].0 != FREE {
                at = (at + 1) & last;
            }
            let best = if places[at].0 == FREE { value } else { places[at].1.max(value) };
            places[at] = (item, best);
        }
        places.into_iter().filter(|place| place.0 != FREE).map(|place| place.1).collect()
    }

    /// The best picture of each of the best `k` products by exact scores: the dot product of the query and its row in
    /// `rows`. Compares rows in the order of their upper bounds, until the next bound is below the k-th score.
    pub(crate) fn rescore<'r>(
        mut self,
        query: &[f32],
        pace: &mut ColdReadDetector,
        rows: &impl Rows<'r>,
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
                    next[at..].iter().try_for_each(|next| rows.row(next.item).map(will_need))?;
                }
                compare(self.kernel, query, some, rows, &mut top)?;
            }
            top.settle();
            rest = later;
            size = (STEP_PER_HIT * self.k).max(64);
        }
        Ok(top.into_sorted())
    }
}

/// Scores all of `estimates`, prefetching rows ahead.
fn compare<'r>(
    kernel: Kernel,
    query: &[f32],
    estimates: &[Estimate],
    rows: &impl Rows<'r>,
    top: &mut TopProducts,
) -> Result<()> {
    let mut addressed = estimates.iter();
    addressed.by_ref().take(ADDRESSES_AHEAD).for_each(|next| rows.prefetch_address(next.item));
    let mut soon = estimates.iter();
    let mut ahead = std::collections::VecDeque::with_capacity(ROWS_AHEAD);
    for estimate in estimates {
        while ahead.len() < ROWS_AHEAD
            && let Some(next) = soon.next()
        {
            addressed.next().into_iter().for_each(|later| rows.prefetch_address(later.item));
            let next = rows.row(next.item)?;
            prefetch(next);
            ahead.push_back(next);
        }
        if let Some(row) = ahead.pop_front() {
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

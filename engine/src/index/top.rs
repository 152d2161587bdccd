//! Selects the best k of many candidates.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::store::picture_number::item_of;

/// An item, or a picture of it, and its score: its dot product with the query, higher is nearer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) item: u32,
    pub(crate) score: f32,
}

impl Eq for Candidate {}

/// The greater candidate is the better one. Among equal scores it is the one with the lower item, so that
/// results repeat.
impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then_with(|| other.item.cmp(&self.item))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Keeps the best k of the candidates that it is offered.
pub(crate) struct Top {
    k: usize,
    heap: BinaryHeap<Reverse<Candidate>>,
}

impl Top {
    pub(crate) fn new(k: usize) -> Self {
        // k may be the size of the catalogue, so the heap grows as candidates come.
        Self { k, heap: BinaryHeap::with_capacity(k.min(1024)) }
    }

    #[inline]
    pub(crate) fn offer(&mut self, candidate: Candidate) {
        if self.heap.len() < self.k {
            self.heap.push(Reverse(candidate));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate > worst.0
        {
            *worst = Reverse(candidate);
        }
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        other.heap.into_iter().for_each(|Reverse(candidate)| self.offer(candidate));
        self
    }

    /// Best first.
    pub(crate) fn into_sorted(self) -> Vec<Candidate> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse(candidate)| candidate).collect()
    }
}

/// Keeps the best pictures of the best k products, of pictures that are offered in any order.
pub(crate) struct TopProducts {
    k: usize,
    /// Whether a product may have several pictures.
    folds: bool,
    found: Vec<Candidate>,
    /// A picture below this is of no use.
    least: f32,
}

impl TopProducts {
    pub(crate) fn new(k: usize, folds: bool) -> Self {
        Self { k, folds, found: Vec::new(), least: f32::NEG_INFINITY }
    }

    #[inline]
    pub(crate) fn offer(&mut self, picture: Candidate) {
        if picture.score >= self.least {
            self.found.push(picture);
        }
    }

    /// Drops all but the best pictures of the best k products of those that were offered.
    pub(crate) fn settle(&mut self) {
        if self.folds {
            let by_product =
                |a: &Candidate, b: &Candidate| item_of(a.item).cmp(&item_of(b.item)).then(b.cmp(a));
            self.found.sort_unstable_by(by_product);
            self.found.dedup_by_key(|picture| item_of(picture.item));
        }
        let Some(last) = self.k.checked_sub(1).filter(|&last| last < self.found.len()) else { return };
        let (_, kth, _) = self.found.select_nth_unstable_by(last, |a, b| b.cmp(a));
        self.least = kth.score;
        self.found.truncate(self.k);
    }

    /// The score of the k-th best product, once there are k.
    pub(crate) fn kth(&self) -> Option<f32> {
        (self.least > f32::NEG_INFINITY).then_some(self.least)
    }

    /// Best first.
    pub(crate) fn into_sorted(mut self) -> Vec<Candidate> {
        self.settle();
        self.found.truncate(self.k);
        self.found.sort_unstable_by(|a, b| b.cmp(a));
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::picture_number::picture_of;

    fn top(k: usize, scores: &[f32]) -> Vec<u32> {
        let mut top = Top::new(k);
        for (item, &score) in (0..).zip(scores) {
            top.offer(Candidate { item, score });
        }
        top.into_sorted().iter().map(|c| c.item).collect()
    }

    #[test]
    fn the_best_come_first_and_equals_in_item_order() {
        assert_eq!(top(3, &[0.1, 0.9, 0.5, 0.9]), [1, 3, 2]);
        assert_eq!(top(9, &[0.1, 0.2]), [1, 0]);
        assert!(top(0, &[0.1]).is_empty());
    }

    #[test]
    fn a_product_is_kept_once_by_its_best_picture() {
        let (far, near) = (picture_of(1, 2), picture_of(1, 3));
        let offered = [(far, 0.5), (2, 0.4), (3, 0.3), (4, 0.45), (near, 0.9), (picture_of(4, 1), 0.2)];
        for settled_after in 1..=offered.len() {
            let mut top = TopProducts::new(3, true);
            for batch in offered.chunks(settled_after) {
                batch.iter().for_each(|&(item, score)| top.offer(Candidate { item, score }));
                top.settle();
            }
            assert_eq!(top.kth(), Some(0.4));
            let best: Vec<u32> = top.into_sorted().iter().map(|c| c.item).collect();
            assert_eq!(best, [near, 4, 2]);
        }
        let mut top = TopProducts::new(0, true);
        top.offer(Candidate { item: 1, score: 0.5 });
        assert!(top.into_sorted().is_empty());
    }
}

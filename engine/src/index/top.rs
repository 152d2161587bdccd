//! Selects the best k of many candidates.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

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

    /// The score of the k-th best, once there are k.
    pub(crate) fn kth(&self) -> Option<f32> {
        self.heap.peek().filter(|_| self.heap.len() == self.k).map(|Reverse(worst)| worst.score)
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

#[cfg(test)]
mod tests {
    use super::*;

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
}

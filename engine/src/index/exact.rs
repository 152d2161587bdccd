//! The exact scan: compares every vector that passes the filter, read in place.

use rayon::prelude::*;
use roaring::RoaringBitmap;

use crate::error::Result;
use crate::index::Nearest;
use crate::index::simd::{Kernel, prefetch};
use crate::index::top::Candidate;
use crate::index::top::Top;
use crate::store::mapped::Mapped;
use crate::store::picture_number::{FurtherPictures, item_of};

/// From this many bytes of vectors on, the scan runs on all threads.
const PARALLEL_FROM_BYTES: usize = 16 << 20;

/// How many rows ahead of the comparison a row is prefetched.
const ROWS_AHEAD: usize = 4;

/// Vectors per task of a parallel scan.
const ROWS_PER_TASK: usize = 4_096;

pub(crate) struct ExactScan<'t> {
    pub(crate) rows: Mapped<'t>,
    pub(crate) further: &'t FurtherPictures,
}

impl Nearest for ExactScan<'_> {
    fn nearest(&self, query: &[f32], among: &RoaringBitmap, k: usize) -> Result<Vec<Candidate>> {
        if k == 0 {
            return Ok(Vec::new());
        }
        let pictures = self.further.by_product(among);
        let top = if pictures.len().saturating_mul(query.len() * 2) < PARALLEL_FROM_BYTES {
            self.scan(query, &pictures, k)?
        } else {
            let tasks = tasks(&pictures).into_par_iter().map(|pictures| self.scan(query, pictures, k));
            tasks.try_reduce(|| Top::new(k), |one, other| Ok(one.merge(other)))?
        };
        Ok(top.into_sorted())
    }
}

impl ExactScan<'_> {
    /// `pictures`: those of one product side by side.
    fn scan(&self, query: &[f32], pictures: &[u32], k: usize) -> Result<Top> {
        let (kernel, mut top) = (Kernel::best(), Top::new(k));
        let mut ahead = pictures.iter().skip(ROWS_AHEAD);
        // The best picture so far of the product that is looked at.
        let mut best: Option<Candidate> = None;
        for &picture in pictures {
            if let Some(&soon) = ahead.next() {
                prefetch(self.rows.row(soon)?);
            }
            let next = Candidate { item: picture, score: kernel.dot(query, self.rows.row(picture)?) };
            best = match best {
                Some(best) if item_of(best.item) == item_of(picture) => Some(best.max(next)),
                other => {
                    other.into_iter().for_each(|done| top.offer(done));
                    Some(next)
                }
            };
        }
        best.into_iter().for_each(|done| top.offer(done));
        Ok(top)
    }
}

/// Parts of about [`ROWS_PER_TASK`] pictures, each with whole products.
fn tasks(pictures: &[u32]) -> Vec<&[u32]> {
    let mut tasks = Vec::with_capacity(pictures.len() / ROWS_PER_TASK + 1);
    let mut rest = pictures;
    while !rest.is_empty() {
        let mut end = rest.len().min(ROWS_PER_TASK);
        while end < rest.len() && item_of(rest[end]) == item_of(rest[end - 1]) {
            end += 1;
        }
        let (task, later) = rest.split_at(end);
        tasks.push(task);
        rest = later;
    }
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::picture_number::picture_of;

    #[test]
    fn a_task_has_whole_products() {
        let pictures: Vec<u32> =
            (0..3 * ROWS_PER_TASK as u32).flat_map(|item| [0, 1, 2].map(|n| picture_of(item, n))).collect();
        let tasks = tasks(&pictures);
        assert!(tasks.len() > 2 && tasks.concat() == pictures);
        assert!(tasks.windows(2).all(|pair| item_of(pair[0][pair[0].len() - 1]) != item_of(pair[1][0])));
    }
}

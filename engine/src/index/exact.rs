//! The exact scan: compares every vector that passes the filter, read in place.

use rayon::prelude::*;
use roaring::RoaringBitmap;

use crate::error::Result;
use crate::index::Nearest;
use crate::index::simd::{Kernel, prefetch};
use crate::index::top::Candidate;
use crate::index::top::Top;
use crate::store::mapped::Mapped;

/// From this many bytes of vectors on, the scan runs on all threads.
const PARALLEL_FROM_BYTES: usize = 16 << 20;

/// How many rows ahead of the comparison a row is prefetched.
const ROWS_AHEAD: usize = 4;

/// Vectors per task of a parallel scan.
const ROWS_PER_TASK: usize = 4_096;

pub(crate) struct ExactScan<'t> {
    pub(crate) rows: Mapped<'t>,
}

impl Nearest for ExactScan<'_> {
    fn nearest(&self, query: &[f32], among: &RoaringBitmap, k: usize) -> Result<Vec<Candidate>> {
        if k == 0 {
            return Ok(Vec::new());
        }
        let items: Vec<u32> = among.iter().collect();
        let top = if items.len().saturating_mul(query.len() * 2) < PARALLEL_FROM_BYTES {
            self.scan(query, &items, k)?
        } else {
            let tasks = items.par_chunks(ROWS_PER_TASK).map(|items| self.scan(query, items, k));
            tasks.try_reduce(|| Top::new(k), |one, other| Ok(one.merge(other)))?
        };
        Ok(top.into_sorted())
    }
}

impl ExactScan<'_> {
    fn scan(&self, query: &[f32], items: &[u32], k: usize) -> Result<Top> {
        let (kernel, mut top) = (Kernel::best(), Top::new(k));
        let mut ahead = items.iter().skip(ROWS_AHEAD);
        for &item in items {
            if let Some(&soon) = ahead.next() {
                prefetch(self.rows.row(soon)?);
            }
            top.offer(Candidate { item, score: kernel.dot(query, self.rows.row(item)?) });
        }
        Ok(top)
    }
}

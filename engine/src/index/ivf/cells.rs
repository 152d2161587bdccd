//! The cells of a large catalogue: their centres, and the search for the nearest of these.
//!
//! Each centre has a code relative to the mean of all vectors, as each item has one relative to its centre.
//! The nearest of thousands of centres are found like the nearest items: first by codes, then by exact dot
//! products.

use half::f16;
use rayon::prelude::*;

use super::block::{Block, BlockBuf};
use super::code::{Coder, Probe, dot, halved};
use super::rotation::split_mix;
use super::shortlist::{Rows, Shortlist};
use crate::error::{Error, Result};
use crate::index::ivf::cold_read::ColdReadDetector;
use crate::index::simd::Kernel;
use crate::index::simd::lookup::GROUP;
use crate::index::top::Candidate;
use crate::store::mapped::will_need;
use crate::store::segment;

/// The version of the layout. [`Cells::read`] refuses any other.
const LAYOUT: u32 = 2;

/// Layout, dimension, number of cells and number of items that they were made for (little-endian `u32` each),
/// then padding.
const HEADER: usize = 32;

/// How far the bounds lie above the estimates when a vector's cell is searched, in standard deviations.
const DEVIATIONS: f32 = 1.5;

/// Estimates choose the centres to compare, so more are compared than are wanted: this factor, and a few more.
const COMPARED_SHARE: f64 = 1.25;
const COMPARED_MORE: usize = 8;

/// Rounds of Lloyd's algorithm. Further rounds only move items at the borders of cells.
const ROUNDS: usize = 6;

/// The mean of all vectors, and the cells' centres.
///
/// Stored as header, mean (`[dimension]` little-endian f32), centres (`[cells, dimension]` little-endian
/// f16, of unit length) and the block of their codes.
pub(crate) struct Cells<'a> {
    /// The codes of items without a cell are relative to this.
    pub(crate) mean: Vec<f32>,
    pub(crate) coder: Coder,
    centres: &'a [u8],
    codes: Option<Block<'a>>,
    count: usize,
    made_for: u64,
}

impl<'a> Cells<'a> {
    /// Reads what [`encode`] wrote.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the layout or the dimension is another one, or the bytes are cut short.
    pub(crate) fn read(bytes: &'a [u8], dimension: usize) -> Result<Self> {
        let damaged = || Error::damaged("the index's cells are not readable");
        let word = |at: usize| {
            let bytes = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
            bytes.map(u32::from_le_bytes).ok_or_else(damaged)
        };
        if word(0)? != LAYOUT || word(4)? as usize != dimension {
            return Err(damaged());
        }
        let (count, made_for) = (word(8)? as usize, u64::from(word(12)?));
        let after_mean = HEADER + dimension * 4;
        let after_centres = count.checked_mul(dimension * 2).map(|b| after_mean + b).ok_or_else(damaged)?;
        let mean = bytes.get(HEADER..after_mean).ok_or_else(damaged)?;
        let mean: Vec<f32> =
            mean.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let centres = bytes.get(after_mean..after_centres).ok_or_else(damaged)?;
        let coder = Coder::new(&mean);
        let codes = match count {
            0 => None,
            _ => Some(Block::read(bytes.get(after_centres..).ok_or_else(damaged)?, coder.width())?),
        };
        if codes.is_some_and(|codes| codes.len() != count) {
            return Err(damaged());
        }
        Ok(Self { mean, coder, centres, codes, count, made_for })
    }

    /// The number of cells; 0 in a small catalogue.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The number of items when the cells were made.
    pub(crate) fn made_for(&self) -> u64 {
        self.made_for
    }

    /// A cell's centre: `[dimension]`.
    pub(crate) fn centre(&self, cell: u32) -> Result<Vec<f32>> {
        Ok(segment::decode(self.row(cell)?))
    }

    /// The cell that a vector belongs to: the one whose centre is nearest.
    pub(crate) fn home(&self, vector: &[f32]) -> Result<u32> {
        let probe = self.coder.probe(vector, DEVIATIONS);
        let mut shortlist = Shortlist::new(1, 1, DEVIATIONS);
        if let Some(codes) = self.codes {
            shortlist.scan(codes, &probe, dot(vector, &self.mean), &|_| true);
        }
        let nearest = shortlist.rescore(vector, &mut ColdReadDetector::begin(false), self)?;
        nearest.first().map(|nearest| nearest.item).ok_or_else(|| Error::damaged("the index has no cell"))
    }

    /// The `count` cells whose centres have the highest dot product with `query`, best first. `probe` must come
    /// from the same query.
    pub(crate) fn nearest(
        &self,
        query: &[f32],
        probe: &Probe,
        count: usize,
        pace: &mut ColdReadDetector,
    ) -> Result<Vec<Candidate>> {
        if pace.is_cold()
            && let Some(codes) = self.codes
        {
            will_need(codes.bytes());
        }
        let mut estimates = self.estimates(query, probe);
        let compared = (count as f64 * COMPARED_SHARE) as usize + COMPARED_MORE;
        if compared < estimates.len() {
            estimates.select_nth_unstable_by(compared, |a, b| b.cmp(a));
            estimates.truncate(compared);
        }
        if pace.is_cold() {
            for estimate in &estimates {
                will_need(self.row(estimate.item)?);
            }
        }
        let kernel = Kernel::best();
        for estimate in &mut estimates {
            estimate.score = kernel.dot(query, self.row(estimate.item)?);
        }
        estimates.sort_unstable_by(|a, b| b.cmp(a));
        estimates.truncate(count);
        Ok(estimates)
    }

    /// An upper bound of the dot product of each centre with the query.
    fn estimates(&self, query: &[f32], probe: &Probe) -> Vec<Candidate> {
        let (kernel, lookup) = (Kernel::best(), probe.lookup(dot(query, &self.mean)));
        let (mut estimates, mut bounds) = (Vec::with_capacity(self.count + GROUP), [0.0; GROUP]);
        for (first, entries) in (0..).step_by(GROUP).zip(self.codes.into_iter().flat_map(Block::groups)) {
            kernel.above(&lookup, entries.group, 0.0, &mut bounds);
            estimates.extend((first..).zip(bounds).map(|(item, score)| Candidate { item, score }));
        }
        estimates.truncate(self.count);
        estimates
    }
}

impl<'a> Rows<'a> for Cells<'a> {
    /// A cell's centre.
    fn row(&self, cell: u32) -> Result<&'a [u8]> {
        let bytes = self.mean.len() * 2;
        let row = (cell as usize).checked_mul(bytes).and_then(|at| self.centres.get(at..at + bytes));
        row.ok_or_else(|| Error::damaged(format!("the index has no cell {cell}")))
    }
}

/// Makes `count` cells for a catalogue of `made_for` items, from a sample of them: `[dimension]`
/// little-endian f16 each. The same sample makes the same cells.
pub(crate) fn make(sample: &[&[u8]], count: usize, made_for: u64, dimension: usize) -> Result<Vec<u8>> {
    let mean = mean_of(sample, dimension);
    let count = count.min(sample.len());
    let mut state = made_for;
    let mut centres = first_centres(sample, count, &mut state);
    for _ in 0..ROUNDS {
        if count == 0 {
            break;
        }
        let bytes = encode(&mean, &centres, made_for);
        let cells = Cells::read(&bytes, dimension)?;
        let homes =
            sample.par_iter().map(|row| cells.home(&segment::decode(row))).collect::<Result<Vec<_>>>()?;
        centres = move_centres(sample, &homes, &centres, &mut state);
    }
    Ok(encode(&mean, &centres, made_for))
}

fn mean_of(sample: &[&[u8]], dimension: usize) -> Vec<f32> {
    let mut sum = vec![0.0; dimension];
    sample.iter().for_each(|row| add(&mut sum, row));
    sum.iter().map(|v| v / sample.len().max(1) as f32).collect()
}

fn add(sum: &mut [f32], row: &[u8]) {
    for (sum, value) in sum.iter_mut().zip(segment::decode(row)) {
        *sum += value;
    }
}

/// Distinct vectors of the sample, chosen at random.
fn first_centres(sample: &[&[u8]], count: usize, state: &mut u64) -> Vec<Vec<f32>> {
    let mut order: Vec<usize> = (0..sample.len()).collect();
    for at in 0..count {
        let other = at + split_mix(state) as usize % (order.len() - at);
        order.swap(at, other);
    }
    order[..count].iter().map(|&at| segment::decode(sample[at])).collect()
}

/// The direction of the mean of each cell's members. An empty cell gets a vector of the largest cell.
fn move_centres(sample: &[&[u8]], homes: &[u32], centres: &[Vec<f32>], state: &mut u64) -> Vec<Vec<f32>> {
    let dimension = centres.first().map_or(0, Vec::len);
    let mut sums = vec![vec![0.0; dimension]; centres.len()];
    let mut members = vec![0_usize; centres.len()];
    for (row, &home) in sample.iter().zip(homes) {
        add(&mut sums[home as usize], row);
        members[home as usize] += 1;
    }
    for cell in 0..centres.len() {
        if members[cell] > 0 {
            let length = dot(&sums[cell], &sums[cell]).sqrt().max(f32::MIN_POSITIVE);
            sums[cell].iter_mut().for_each(|v| *v /= length);
            continue;
        }
        let largest = (0..members.len()).max_by_key(|&at| members[at]).unwrap_or(0) as u32;
        let theirs: Vec<usize> = (0..homes.len()).filter(|&at| homes[at] == largest).collect();
        sums[cell] = match theirs.len() {
            0 => centres[cell].clone(),
            many => segment::decode(sample[theirs[split_mix(state) as usize % many]]),
        };
    }
    sums
}

fn encode(mean: &[f32], centres: &[Vec<f32>], made_for: u64) -> Vec<u8> {
    let coder = Coder::new(mean);
    let mut bytes = vec![0; HEADER];
    let words =
        [LAYOUT, mean.len() as u32, centres.len() as u32, u32::try_from(made_for).unwrap_or(u32::MAX)];
    for (at, word) in words.into_iter().enumerate() {
        bytes[4 * at..4 * at + 4].copy_from_slice(&word.to_le_bytes());
    }
    bytes.extend(mean.iter().flat_map(|v| v.to_le_bytes()));
    let mut codes = BlockBuf::new(coder.width());
    bytes.extend(centres.iter().flatten().flat_map(|&v| f16::from_f32(v).to_le_bytes()));
    for (cell, centre) in (0..).zip(centres.iter().map(|centre| halved(centre))) {
        codes.push(cell, &coder.encode(&centre, mean));
    }
    if !centres.is_empty() {
        bytes.extend(codes.as_bytes());
    }
    bytes
}

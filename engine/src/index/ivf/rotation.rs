//! A random rotation in `d log d` steps: rounds of random signs and a Walsh-Hadamard transform.
//!
//! After the rotation all dimensions carry equal weight, which codes of a few bits per dimension need. See Ailon
//! and Chazelle, "The Fast Johnson-Lindenstrauss Transform", SIAM J. Comput. 2009.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Widths are multiples of this: four 16-byte lanes of nibbles.
const WIDTH_STEP: usize = 64;

/// Rounds of signs and transform. There are twice as many if the transform covers only part of the width.
const ROUNDS: usize = 3;

/// An orthogonal map of `dimension` values to `width` values. It is always the same for a dimension, since codes
/// on disk depend on it.
pub(crate) struct Rotation {
    width: usize,
    /// The number of values that one transform covers: the largest power of two up to the width.
    block: usize,
    /// The sign bit to flip, for each round and value.
    signs: Vec<u32>,
}

impl Rotation {
    /// The rotation for vectors of `dimension` values.
    pub(crate) fn for_dimension(dimension: usize) -> Arc<Self> {
        static MADE: LazyLock<Mutex<HashMap<usize, Arc<Rotation>>>> = LazyLock::new(Mutex::default);
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(dimension).or_insert_with(|| Arc::new(Self::new(dimension))).clone()
    }

    fn new(dimension: usize) -> Self {
        let width = dimension.div_ceil(WIDTH_STEP).max(1) * WIDTH_STEP;
        let block = 1 << width.ilog2();
        let rounds = if block == width { ROUNDS } else { 2 * ROUNDS };
        let mut state = dimension as u64;
        let words: Vec<u64> = (0..(rounds * width).div_ceil(64)).map(|_| split_mix(&mut state)).collect();
        let signs = (0..rounds * width).map(|i| ((words[i / 64] >> (i % 64)) as u32 & 1) << 31).collect();
        Self { width, block, signs }
    }

    /// The length of a rotated vector: the dimension, rounded up to a multiple of 64.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The rotated vector: `[width]`, of the same norm as `vector`.
    #[inline(always)]
    pub(crate) fn rotate(&self, vector: &[f32]) -> Vec<f32> {
        let mut values = vec![0.0; self.width];
        values[..vector.len()].copy_from_slice(vector);
        let scale = (self.block as f32).sqrt().recip();
        for (round, signs) in self.signs.chunks_exact(self.width).enumerate() {
            for (value, sign) in values.iter_mut().zip(signs) {
                *value = f32::from_bits(value.to_bits() ^ sign);
            }
            // The transform covers the head and the tail in turns; both overlap.
            let start = if round % 2 == 0 { 0 } else { self.width - self.block };
            let block = &mut values[start..start + self.block];
            transform(block);
            block.iter_mut().for_each(|value| *value *= scale);
        }
        values
    }
}

/// The Walsh-Hadamard transform in place; the length is a power of two, from 64 on.
#[inline(always)]
fn transform(values: &mut [f32]) {
    for eight in values.as_chunks_mut().0 {
        *eight = mixed::<4>(mixed::<2>(mixed::<1>(*eight)));
    }
    let mut half = 8;
    // Two steps at a time need half as many reads and writes.
    while half * 2 < values.len() {
        for four in values.chunks_exact_mut(4 * half) {
            let (low, high) = four.split_at_mut(2 * half);
            let ((a, b), (c, d)) = (low.split_at_mut(half), high.split_at_mut(half));
            for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
                let (ab, cd) = ((*a + *b, *a - *b), (*c + *d, *c - *d));
                (*a, *c) = (ab.0 + cd.0, ab.0 - cd.0);
                (*b, *d) = (ab.1 + cd.1, ab.1 - cd.1);
            }
        }
        half *= 4;
    }
    if half < values.len() {
        let (low, high) = values.split_at_mut(half);
        for (a, b) in low.iter_mut().zip(high) {
            (*a, *b) = (*a + *b, *a - *b);
        }
    }
}

/// Replaces each value and the one `STEP` after it by their sum and their difference. A shuffle, a change of
/// signs and an addition do this within one vector register.
#[inline(always)]
fn mixed<const STEP: usize>(values: [f32; 8]) -> [f32; 8] {
    let (mut other, mut own) = ([0.0; 8], [0.0; 8]);
    for at in 0..8 {
        other[at] = values[at ^ STEP];
        own[at] = if at & STEP == 0 { values[at] } else { -values[at] };
    }
    std::array::from_fn(|at| other[at] + own[at])
}

/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
pub(super) fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn lengths_and_angles_stay() {
        for dimension in [1, 19, 64, 256, 384, 512, 768, 1000] {
            let rotation = Rotation::for_dimension(dimension);
            let mut state = 5;
            let mut vector = || -> Vec<f32> {
                (0..dimension).map(|_| split_mix(&mut state) as i64 as f32 / i64::MAX as f32).collect()
            };
            let (a, b) = (vector(), vector());
            let (ra, rb) = (rotation.rotate(&a), rotation.rotate(&b));
            assert_eq!(ra.len(), rotation.width());
            let scale = (dot(&a, &a) * dot(&b, &b)).sqrt();
            assert!((dot(&a, &b) - dot(&ra, &rb)).abs() < 1e-5 * scale, "{dimension}");
            assert!((dot(&a, &a) / dot(&ra, &ra) - 1.0).abs() < 1e-5, "{dimension}");
        }
    }

    #[test]
    fn one_value_spreads_over_all() {
        for dimension in [64, 512, 768] {
            let mut spike = vec![0.0; dimension];
            spike[dimension - 1] = 1.0;
            let rotated = Rotation::for_dimension(dimension).rotate(&spike);
            let largest = rotated.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
            assert!(largest < 6.0 / (dimension as f32).sqrt(), "{dimension}: {largest}");
        }
    }
}

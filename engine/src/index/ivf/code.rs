//! Codes of one bit per dimension, and the query's side of the comparison with them.
//!
//! The method follows RaBitQ (Gao and Long, SIGMOD 2024). A vector is the sum of a centre, a part along an axis
//! and a rest. The coder rotates the rest and keeps the signs of its values as the code. The code and two floats
//! give an unbiased estimate of the dot product with any query. The error of the estimate is normally
//! distributed, with a width in proportion to the lengths of the rest and of the query.
//!
//! The parts of the centre and of the axis are exact dot products. Estimates for text queries, which are far
//! from all pictures, are therefore as good as those for pictures. The axis is the direction of the mean of all
//! vectors: it carries most of what a picture and a query have in common, and that share has no error.

use std::sync::Arc;

use half::f16;

use super::rotation::Rotation;
use crate::index::simd::lookup::{LARGEST, Lookup};
use crate::index::simd::wide::{Work, wide};

/// The error of an estimate per unit of its scale and of the query's length: the sine of the angle between a
/// random direction and its signs. The cosine of that angle is √(2/π).
const ERROR_PER_SCALE: f32 = 0.603;

/// The code of a vector.
pub(crate) struct Code {
    /// Four dimensions each: `[width / 4]`.
    pub(crate) nibbles: Vec<u8>,
    /// The factor for the sum of the query's signed values.
    pub(crate) scale: f32,
    /// The vector's distance from its centre along the axis.
    pub(crate) along: f32,
}

/// Turns vectors into codes and queries into tables.
#[derive(Clone)]
pub(crate) struct Coder {
    rotation: Arc<Rotation>,
    /// Of length one, or zero.
    axis: Arc<[f32]>,
}

impl Coder {
    /// `mean`: `[dimension]`, of all vectors, of any length.
    pub(crate) fn new(mean: &[f32]) -> Self {
        let length = dot(mean, mean).sqrt();
        let axis = mean.iter().map(|v| if length > 1e-6 { v / length } else { 0.0 }).collect();
        Self { rotation: Rotation::for_dimension(mean.len()), axis }
    }

    /// Bits of a code.
    pub(crate) fn width(&self) -> usize {
        self.rotation.width()
    }

    /// The code of `vector` relative to `centre`, both `[dimension]`.
    pub(crate) fn encode(&self, vector: &[f32], centre: &[f32]) -> Code {
        wide(Encoding { coder: self, vector, centre })
    }

    /// Prepares a query. Its bounds lie `deviations` standard deviations above the estimates.
    pub(crate) fn probe(&self, query: &[f32], deviations: f32) -> Probe {
        wide(Probing { coder: self, query, deviations })
    }
}

struct Encoding<'a> {
    coder: &'a Coder,
    vector: &'a [f32],
    centre: &'a [f32],
}

impl Work for Encoding<'_> {
    type Output = Code;

    #[inline(always)]
    fn work(self) -> Code {
        let axis = &self.coder.axis;
        let mut rest: Vec<f32> = self.vector.iter().zip(self.centre).map(|(v, c)| v - c).collect();
        let along = dot(&rest, axis);
        rest.iter_mut().zip(axis.iter()).for_each(|(r, a)| *r -= along * a);
        let rotated = self.coder.rotation.rotate(&rest);
        let nibbles = rotated.as_chunks().0.iter().map(nibble).collect();
        let (square, sum) = (dot(&rotated, &rotated), magnitude(&rotated));
        Code { nibbles, scale: if sum > 0.0 { square / sum } else { 0.0 }, along }
    }
}

struct Probing<'a> {
    coder: &'a Coder,
    query: &'a [f32],
    deviations: f32,
}

impl Work for Probing<'_> {
    type Output = Probe;

    #[inline(always)]
    fn work(self) -> Probe {
        let (axis, query) = (&self.coder.axis, self.query);
        let along = dot(query, axis);
        let rest: Vec<f32> = query.iter().zip(axis.iter()).map(|(q, a)| q - along * a).collect();
        let rotated = self.coder.rotation.rotate(&rest);
        let largest = rotated.as_chunks().0.iter().map(length).fold(0.0_f32, f32::max);
        let step = (2.0 * largest / f32::from(LARGEST)).max(f32::MIN_POSITIVE);
        let error = self.deviations * ERROR_PER_SCALE * dot(&rest, &rest).sqrt();
        let mut tables = vec![0; rotated.len() * 4];
        for (values, table) in rotated.as_chunks().0.iter().zip(tables.as_chunks_mut().0) {
            *table = sums(values, step.recip());
        }
        Probe { tables, step, offset: error - magnitude(&rotated), spread: 2.0 * error, along }
    }
}

#[inline(always)]
fn nibble(values: &[f32; 4]) -> u8 {
    (0..4).map(|i| u8::from(values[i] > 0.0) << i).sum()
}

/// The largest sum of four signed values.
#[inline(always)]
fn length(values: &[f32; 4]) -> f32 {
    values.iter().map(|v| v.abs()).sum()
}

/// The sums of four signed values for all 16 sign patterns, in steps above the smallest sum.
#[inline(always)]
fn sums(values: &[f32; 4], steps: f32) -> [u8; 16] {
    /// A set bit adds the value, a clear bit subtracts it.
    const SIGNS: [[f32; 16]; 4] = {
        let mut signs = [[-1.0; 16]; 4];
        let mut at = 0;
        while at < 64 {
            if (at % 16) >> (at / 16) & 1 == 1 {
                signs[at / 16][at % 16] = 1.0;
            }
            at += 1;
        }
        signs
    };
    /// A float of this size has no fraction bits: its lowest byte is the rounded number that was added to it.
    const WHOLE: f32 = (1 << 23) as f32;
    let least = length(values);
    let mut sums = [0; 16];
    for (bits, sum) in sums.iter_mut().enumerate() {
        let signed = |i: usize| SIGNS[i][bits] * values[i];
        let value = (signed(0) + signed(1)) + (signed(2) + signed(3));
        *sum = ((value + least) * steps + WHOLE).to_bits() as u8;
    }
    sums
}

/// A rotated and quantised query. Each sum of four dimensions has five bits, which adds a twentieth to the
/// error of the codes.
pub(crate) struct Probe {
    tables: Vec<u8>,
    step: f32,
    offset: f32,
    /// Twice the error per unit of scale: the distance between the upper and the lower bound.
    pub(crate) spread: f32,
    along: f32,
}

impl Probe {
    /// The table lookup for codes relative to a centre whose dot product with the query is `base`.
    pub(crate) fn lookup(&self, base: f32) -> Lookup<'_> {
        Lookup { tables: &self.tables, step: self.step, offset: self.offset, along: self.along, base }
    }
}

/// Number of partial sums, so that an addition need not wait for the one before.
const LANES: usize = 16;

/// The sum of absolute values. The length must be a multiple of 16.
#[inline(always)]
fn magnitude(values: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for values in values.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            sums[lane] += values[lane].abs();
        }
    }
    sums.iter().sum()
}

#[inline(always)]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (left, right) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let tail: f32 = left.remainder().iter().zip(right.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in left.zip(right) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + tail
}

/// Rounds values to f16, the precision in which centres are stored.
pub(super) fn halved(values: &[f32]) -> Vec<f32> {
    values.iter().map(|&v| f16::from_f32(v).to_f32()).collect()
}

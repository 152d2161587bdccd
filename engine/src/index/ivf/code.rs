//! Codes of two bits per dimension, and the query's side of the comparison with them.
//!
//! The method follows RaBitQ (Gao and Long, SIGMOD 2024). A vector is the sum of a centre, a part along an axis
//! and a rest. The coder rotates the rest and keeps the signs of its values as the code. The code and two floats
//! give an unbiased estimate of the dot product with any query. The error of the estimate is normally
//! distributed, with a width in proportion to the lengths of the rest and of the query.
//!
//! A second bit of each dimension tells the larger values from the smaller ones. With both bits a value is one of four
//! levels (-3, -1, 1, 3), and the error is half as wide. A scan reads the second bits only of items that the first ones
//! do not exclude.
//!
//! The parts of the centre and of the axis are exact dot products. Estimates for text queries, which are far
//! from all pictures, are therefore as good as those for pictures. The axis is the direction of the mean of all
//! vectors: it carries most of what a picture and a query have in common, and that share has no error.

use std::sync::Arc;

use half::f16;

use super::block::Entries;
use super::rotation::Rotation;
use crate::index::simd::Kernel;
use crate::index::simd::lookup::{GROUP, LARGEST, Lookup};
use crate::index::simd::wide::{Work, wide};

/// The error of an estimate per unit of its scale and of the query's length: the sine of the angle between a
/// random direction and its signs. The cosine of that angle is √(2/π).
const ERROR_PER_SCALE: f32 = 0.603;

/// The same for both bits, in units of the fine scale. Most of it is that of the levels (0.65), the rest is that of the
/// query's tables, which the levels enlarge.
const ERROR_PER_FINE_SCALE: f32 = 0.75;

/// Values beyond this many standard deviations have the larger level: the limit between the levels of the best uniform
/// quantiser of four levels for normally distributed values.
const LARGE_FROM: f32 = 0.9957;

/// The code of a vector.
#[derive(Debug, PartialEq)]
pub(crate) struct Code {
    /// Four dimensions each: `[width / 4]`.
    pub(crate) nibbles: Vec<u8>,
    /// The factor for the sum of the query's signed values.
    pub(crate) scale: f32,
    /// The lower bits of the levels: `[width / 4]`. A level is twice the value of its sign, plus the value of this bit.
    pub(crate) fine: Vec<u8>,
    /// The factor for the sum of the query's values times the levels.
    pub(crate) fine_scale: f32,
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
        let (square, sum) = (dot(&rotated, &rotated), magnitude(&rotated));
        let limit = LARGE_FROM * (square / rotated.len() as f32).sqrt();
        let is_fine = |v: &f32| (*v > 0.0) == (v.abs() > limit);
        let large: f32 = rotated.iter().filter(|v| v.abs() > limit).map(|v| v.abs()).sum();
        let scale = |sum: f32| if sum > 0.0 { square / sum } else { 0.0 };
        Code {
            nibbles: rotated.as_chunks().0.iter().map(|values| nibble(values, |v| *v > 0.0)).collect(),
            scale: scale(sum),
            fine: rotated.as_chunks().0.iter().map(|values| nibble(values, is_fine)).collect(),
            fine_scale: scale(sum + 2.0 * large),
            along,
        }
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
        let deviation = self.deviations * dot(&rest, &rest).sqrt();
        let mut tables = vec![0; rotated.len() * 4];
        for (values, table) in rotated.as_chunks().0.iter().zip(tables.as_chunks_mut().0) {
            *table = sums(values, step.recip());
        }
        Probe {
            tables,
            step,
            least: -magnitude(&rotated),
            error: deviation * ERROR_PER_SCALE,
            fine_error: deviation * ERROR_PER_FINE_SCALE,
            along,
        }
    }
}

#[inline(always)]
fn nibble(values: &[f32; 4], is_set: impl Fn(&f32) -> bool) -> u8 {
    (0..4).map(|i| u8::from(is_set(&values[i])) << i).sum()
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
    /// The least sum of signed values.
    least: f32,
    /// How far a bound is above the estimate, per unit of the scale.
    error: f32,
    /// The same for both bits, per unit of the fine scale.
    fine_error: f32,
    along: f32,
}

/// The estimates of a group by both bits.
pub(crate) struct FineBounds {
    /// The upper bound of each item.
    pub(crate) upper: [f32; GROUP],
    /// The distance of each item's estimate from its bounds.
    pub(crate) error: [f32; GROUP],
}

impl FineBounds {
    /// A bit for each item whose upper bound is above `threshold`.
    #[inline]
    pub(crate) fn above(&self, threshold: f32) -> u32 {
        (0..GROUP).map(|i| u32::from(self.upper[i] > threshold) << i).fold(0, |mask, bit| mask | bit)
    }
}

impl Probe {
    /// The table lookup for codes relative to a centre whose dot product with the query is `base`.
    pub(crate) fn lookup(&self, base: f32) -> Lookup<'_> {
        let offset = self.least + self.error;
        Lookup { tables: &self.tables, step: self.step, offset, along: self.along, base }
    }

    /// The bounds by both bits. `bounds`: those that the [`lookup`](Self::lookup) for `base` gave for this group.
    pub(crate) fn refine(
        &self,
        kernel: Kernel,
        entries: Entries<'_>,
        base: f32,
        bounds: &[f32; GROUP],
    ) -> FineBounds {
        let lookup =
            Lookup { tables: &self.tables, step: self.step, offset: self.least, along: 0.0, base: 0.0 };
        let mut fine = FineBounds { upper: [0.0; GROUP], error: [0.0; GROUP] };
        kernel.above(&lookup, entries.fine_group(), f32::INFINITY, &mut fine.upper);
        let scales = entries.group.scales.iter().zip(entries.fine_scales);
        for (i, (scale, fine_scale)) in scales.enumerate() {
            let (scale, fine_scale) = (f32::from_le_bytes(*scale), f32::from_le_bytes(*fine_scale));
            let centre = self.along * f32::from_le_bytes(entries.group.alongs[i]) + base;
            // The scale is 0 where nothing is left of the vector, and so is what it divides.
            let signs = (bounds[i] - centre) / scale.max(f32::MIN_POSITIVE) - self.error;
            fine.error[i] = fine_scale * self.fine_error;
            fine.upper[i] += 2.0 * fine_scale * signs + centre + fine.error[i];
        }
        fine
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

//! One bit per dimension, and the query that is compared with such codes.
//!
//! After RaBitQ (Gao and Long, SIGMOD 2024): a vector is taken apart into a centre, a part along an
//! axis and a rest. The rest is rotated, and the signs of its values are the code. With two floats the
//! dot product of any query with the vector is estimated without bias, and the error is known: it is
//! normally distributed, and as wide as rest and query are long.
//!
//! The centre and the axis never touch the query but by exact products, so words, which are far from all
//! pictures, are estimated as well as pictures. The axis is the direction of all vectors' mean: most of
//! what a picture and a query of it have in common, and known exactly.

use std::sync::Arc;

use half::f16;

use super::rotation::Rotation;
use crate::simd::{LARGEST, Lookup, Work, wide};

/// The error of an estimate, in terms of its scale and the query's length: the sine of the angle between
/// a random direction and its signs, whose cosine is √(2/π).
const ERROR_PER_SCALE: f32 = 0.603;

/// What a vector becomes.
pub(crate) struct Code {
    /// Four dimensions each: `[width / 4]`.
    pub(crate) nibbles: Vec<u8>,
    /// What the sum of the query's signed values is multiplied with.
    pub(crate) scale: f32,
    /// How far the vector lies from its centre along the axis.
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
        Self { rotation: Rotation::of(mean.len()), axis }
    }

    /// Bits of a code.
    pub(crate) fn width(&self) -> usize {
        self.rotation.width()
    }

    /// The code of `vector` as it lies around `centre`, both `[dimension]`.
    pub(crate) fn encode(&self, vector: &[f32], centre: &[f32]) -> Code {
        wide(Encoding { coder: self, vector, centre })
    }

    /// The query's side of all estimates. Bounds are `deviations` standard deviations above them.
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

/// The most that four bits add.
#[inline(always)]
fn length(values: &[f32; 4]) -> f32 {
    values.iter().map(|v| v.abs()).sum()
}

/// What any four bits add, counted in steps from the least that they can.
#[inline(always)]
fn sums(values: &[f32; 4], steps: f32) -> [u8; 16] {
    /// A bit that is set adds the value, one that is not takes it away.
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
    /// A float of this size has no bits for fractions: its last byte is what was added to it, rounded.
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

/// A query, rotated and quantised: five bits for each four dimensions' sum, which adds a twentieth to
/// the error of the codes.
pub(crate) struct Probe {
    tables: Vec<u8>,
    step: f32,
    offset: f32,
    /// Twice the error, in terms of scale: from an upper bound to the lower one.
    pub(crate) spread: f32,
    along: f32,
}

impl Probe {
    /// What is asked of codes around a centre whose dot product with the query is `base`.
    pub(crate) fn lookup(&self, base: f32) -> Lookup<'_> {
        Lookup { tables: &self.tables, step: self.step, offset: self.offset, along: self.along, base }
    }
}

/// Partial sums, so that none waits for the one before.
const LANES: usize = 16;

/// The sum of all values' sizes; as many as are divisible by 16.
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

/// Values to f16 and back: what is kept of a centre.
pub(super) fn halved(values: &[f32]) -> Vec<f32> {
    values.iter().map(|&v| f16::from_f32(v).to_f32()).collect()
}

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
use crate::simd::{LARGEST, Lookup};

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
        let mut rest: Vec<f32> = vector.iter().zip(centre).map(|(v, c)| v - c).collect();
        let along = dot(&rest, &self.axis);
        rest.iter_mut().zip(self.axis.iter()).for_each(|(r, a)| *r -= along * a);
        let rotated = self.rotation.rotate(&rest);
        let nibbles = rotated.chunks_exact(4).map(nibble).collect();
        let (square, sum) = rotated.iter().fold((0.0, 0.0), |(s, a), v| (s + v * v, a + v.abs()));
        Code { nibbles, scale: if sum > 0.0 { square / sum } else { 0.0 }, along }
    }

    /// The query's side of all estimates. Bounds are `deviations` standard deviations above them.
    pub(crate) fn probe(&self, query: &[f32], deviations: f32) -> Probe {
        let along = dot(query, &self.axis);
        let rest: Vec<f32> = query.iter().zip(self.axis.iter()).map(|(q, a)| q - along * a).collect();
        let rotated = self.rotation.rotate(&rest);
        let lengths = rotated.chunks_exact(4).map(|v| v.iter().map(|v| v.abs()).sum::<f32>());
        let (largest, total) = lengths.fold((0.0_f32, 0.0), |(max, sum), l| (max.max(l), sum + l));
        let step = (2.0 * largest / f32::from(LARGEST)).max(f32::MIN_POSITIVE);
        let error = ERROR_PER_SCALE * dot(&rest, &rest).sqrt();
        let mut tables = vec![0; rotated.len() * 4];
        for (values, table) in rotated.chunks_exact(4).zip(tables.chunks_exact_mut(16)) {
            fill(table, values, step);
        }
        Probe { tables, step, offset: deviations * error - total, spread: 2.0 * deviations * error, along }
    }
}

fn nibble(values: &[f32]) -> u8 {
    (0..4).map(|i| u8::from(values[i] > 0.0) << i).sum()
}

/// What four bits add, counted in steps from the least that any four bits add.
fn fill(table: &mut [u8], values: &[f32], step: f32) {
    // A bit that is set adds the value, one that is not takes it away.
    let least: f32 = values.iter().map(|v| v.abs()).sum();
    let inverse = step.recip();
    for (bits, entry) in table.iter_mut().enumerate() {
        let signed = |i: usize| if bits >> i & 1 == 1 { values[i] } else { -values[i] };
        let sum = (signed(0) + signed(1)) + (signed(2) + signed(3));
        *entry = ((sum + least) * inverse + 0.5) as u8;
    }
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

pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
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

//! What happens to a row of values: normalisation, and the integers that a linear layer multiplies.

use super::thread_team::ThreadTeam;
use super::{Operation, Shared, Simd};
use crate::isa::{Kind, Range};

/// Rows of words that are being filled, with each row's step and offset.
pub(crate) struct RowsOut<'a> {
    /// `[rows, stride]`
    pub words: &'a mut [u32],
    pub stride: usize,
    /// Of each row: the step of its integers and what value 0 stands for; 1 and 0 for floats.
    pub scale: &'a mut [f32],
    pub offset: &'a mut [f32],
}

/// Fills rows with the team; `fill` is given the number of the first of some rows, and these rows.
pub(crate) fn fill_rows(
    team: &ThreadTeam,
    out: RowsOut<'_>,
    rows_of_item: usize,
    fill: impl Fn(usize, RowsOut<'_>) + Sync,
) {
    let RowsOut { words, stride, scale, offset } = out;
    let rows = scale.len();
    assert!(offset.len() == rows && words.len() >= rows * stride);
    let (words, scale, offset) = (Shared::new(words), Shared::new(scale), Shared::new(offset));
    team.each(rows.div_ceil(rows_of_item), |item| {
        let first = item * rows_of_item;
        let count = rows_of_item.min(rows - first);
        // SAFETY: each row is filled once, by one thread, and its words, step and offset are there.
        let out = unsafe {
            RowsOut {
                words: std::slice::from_raw_parts_mut(words.at(first * stride), count * stride),
                stride,
                scale: std::slice::from_raw_parts_mut(scale.at(first), count),
                offset: std::slice::from_raw_parts_mut(offset.at(first), count),
            }
        };
        fill(first, out);
    });
}

/// Writes rows as the words of a kind.
pub(crate) struct Convert<'a> {
    pub kind: Kind,
    pub range: Range,
    /// `[rows, depth]`
    pub x: &'a [f32],
    pub depth: usize,
    /// Zeroed beyond the rows' values.
    pub out: RowsOut<'a>,
}

impl Operation for Convert<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) {
        let Self { kind, range, x, depth, out } = self;
        out.each(x.chunks_exact(depth), |x, words| convert(s, kind, range, x, words));
    }
}

/// Layer normalisation of rows, written as the words of a kind.
pub(crate) struct Normalise<'a> {
    pub kind: Kind,
    pub range: Range,
    /// `[rows, depth]`
    pub x: &'a [f32],
    /// `[depth]`
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    pub epsilon: f32,
    /// Room for a row.
    pub scratch: &'a mut [f32],
    pub out: RowsOut<'a>,
}

impl Operation for Normalise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) {
        let Self { kind, range, x, weight, bias, epsilon, scratch, out } = self;
        out.each(x.chunks_exact(weight.len()), |x, words| {
            normalise(s, x, (weight, bias, epsilon), scratch);
            convert(s, kind, range, scratch, words)
        });
    }
}

impl RowsOut<'_> {
    /// Calls `fill` with each of `rows` and its words, and keeps the step and the offset that it gives.
    #[inline(always)]
    fn each<'x>(
        self,
        rows: impl Iterator<Item = &'x [f32]>,
        mut fill: impl FnMut(&'x [f32], &mut [u32]) -> (f32, f32),
    ) {
        let steps = self.scale.iter_mut().zip(self.offset);
        for ((x, words), (scale, offset)) in rows.zip(self.words.chunks_exact_mut(self.stride)).zip(steps) {
            (*scale, *offset) = fill(x, words);
        }
    }
}

/// Layer normalisation of a row to f32.
pub(crate) struct NormaliseTo<'a> {
    pub x: &'a [f32],
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    pub epsilon: f32,
    pub out: &'a mut [f32],
}

impl Operation for NormaliseTo<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) {
        normalise(s, self.x, (self.weight, self.bias, self.epsilon), self.out);
    }
}

/// `(x − mean) / √(variance + ε) · weight + bias`
#[inline(always)]
fn normalise<S: Simd>(s: S, x: &[f32], (weight, bias, epsilon): (&[f32], &[f32], f32), out: &mut [f32]) {
    let count = x.len() as f32;
    let mean = sum(s, x, None) / count;
    let variance = sum(s, x, Some(mean)) / count;
    let centre = s.splat(mean);
    let factor = 1.0 / (variance + epsilon).sqrt();
    let whole = x.len() / S::LANES * S::LANES;
    let (weight, bias, out) = (&weight[..x.len()], &bias[..x.len()], &mut out[..x.len()]);
    for at in (0..whole).step_by(S::LANES) {
        // SAFETY: all four slices have a vector's values from `at` on.
        unsafe {
            let x = s.mul(s.sub(s.load(x.as_ptr().add(at)), centre), s.splat(factor));
            let y = s.fma(x, s.load(weight.as_ptr().add(at)), s.load(bias.as_ptr().add(at)));
            s.store(out.as_mut_ptr().add(at), y);
        }
    }
    for at in whole..x.len() {
        out[at] = (x[at] - mean) * factor * weight[at] + bias[at];
    }
}

/// The sum of a row or, with a centre, of the squares of its distances from it.
#[inline(always)]
fn sum<S: Simd>(s: S, x: &[f32], centre: Option<f32>) -> f32 {
    // Four sums, so that an addition need not wait for the one before it.
    let mut sums = [s.splat(0.0); 4];
    let middle = s.splat(centre.unwrap_or(0.0));
    let chunks = x.chunks_exact(4 * S::LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (n, sum) in sums.iter_mut().enumerate() {
            // SAFETY: the chunk holds four vectors.
            let x = s.sub(unsafe { s.load(chunk.as_ptr().add(n * S::LANES)) }, middle);
            *sum = if centre.is_some() { s.fma(x, x, *sum) } else { s.add(*sum, x) };
        }
    }
    let whole = s.sum(s.add(s.add(sums[0], sums[1]), s.add(sums[2], sums[3])));
    let rest: f32 = match centre {
        None => rest.iter().sum(),
        Some(centre) => rest.iter().map(|x| (x - centre) * (x - centre)).sum(),
    };
    whole + rest
}

/// Writes a row as words, and gives their step and offset.
#[inline(always)]
fn convert<S: Simd>(s: S, kind: Kind, range: Range, x: &[f32], words: &mut [u32]) -> (f32, f32) {
    match kind {
        Kind::F32 => {
            words.iter_mut().zip(x).for_each(|(word, x)| *word = x.to_bits());
            (1.0, 0.0)
        }
        Kind::Bf16 => {
            let (pairs, last) = x.as_chunks::<2>();
            for (word, [low, high]) in words.iter_mut().zip(pairs) {
                *word = bf16_bits(*low) | bf16_bits(*high) << 16;
            }
            if let ([x], Some(word)) = (last, words.get_mut(pairs.len())) {
                *word = bf16_bits(*x);
            }
            (1.0, 0.0)
        }
        Kind::I16 | Kind::I8 => {
            let (least, largest) = extent(s, x);
            let scale = (largest - least) / (range.high - range.low) as f32;
            let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            // x = offset + scale · q, and the row's least value is the lowest integer.
            let offset = least - scale * range.low as f32;
            quantise(s, kind, (offset, inverse), x, words);
            (scale, offset)
        }
    }
}

/// As `half::bf16::from_f32` has it, but without a branch, so that the compiler makes vectors of it.
#[inline(always)]
fn bf16_bits(x: f32) -> u32 {
    let bits = x.to_bits();
    let nearest = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
    let is_nan = bits & 0x7fff_ffff > 0x7f80_0000;
    if is_nan { bits >> 16 | 0x40 } else { nearest }
}

/// The least and the largest value of a row.
#[inline(always)]
fn extent<S: Simd>(s: S, x: &[f32]) -> (f32, f32) {
    let mut least = [s.splat(f32::INFINITY); 2];
    let mut largest = [s.splat(f32::NEG_INFINITY); 2];
    let vectors = x.chunks_exact(S::LANES);
    let rest = vectors.remainder();
    for (n, vector) in vectors.enumerate() {
        // SAFETY: the slice is a vector.
        let x = unsafe { s.load(vector.as_ptr()) };
        (least[n % 2], largest[n % 2]) = (s.min(least[n % 2], x), s.max(largest[n % 2], x));
    }
    let least = s.least(s.min(least[0], least[1]));
    let largest = s.largest(s.max(largest[0], largest[1]));
    rest.iter().fold((least, largest), |(least, largest), x| (least.min(*x), largest.max(*x)))
}

#[inline(always)]
fn quantise<S: Simd>(s: S, kind: Kind, (offset, inverse): (f32, f32), x: &[f32], words: &mut [u32]) {
    let whole = x.len() / S::LANES * S::LANES;
    assert!(words.len() >= kind.words(x.len()));
    let (shift, factor) = (s.splat(offset), s.splat(inverse));
    let out = words.as_mut_ptr();
    for at in (0..whole).step_by(S::LANES) {
        // SAFETY: `x` has a vector's values from `at` on, and `words` room for all of `x`'s integers.
        unsafe {
            let q = s.round(s.mul(s.sub(s.load(x.as_ptr().add(at)), shift), factor));
            match kind {
                Kind::I8 => s.store_bytes(out.cast::<u8>().add(at), q),
                _ => s.store_halves(out.cast::<u16>().add(at), q),
            }
        }
    }
    for (at, x) in x.iter().enumerate().skip(whole) {
        let q = ((x - offset) * inverse).round_ties_even() as i32;
        // SAFETY: `words` has room for all of `x`'s integers.
        unsafe {
            match kind {
                Kind::I8 => out.cast::<u8>().add(at).write(q as u8),
                _ => out.cast::<u16>().add(at).write(q as u16),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::bf16_bits;

    proptest! {
        #[test]
        fn bfloat16_is_rounded_as_half_does(bits: u32) {
            for bits in [bits, bits & 0xffff_8000, bits | 0x7f80_0000, bits & 0x807f_ffff] {
                let x = f32::from_bits(bits);
                prop_assert_eq!(bf16_bits(x), u32::from(half::bf16::from_f32(x).to_bits()), "{:#x}", bits);
            }
        }
    }
}

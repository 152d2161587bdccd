//! What happens to a row of values: normalisation, and the integers that a linear layer multiplies.

use super::thread_team::ThreadTeam;
use super::{Operation, Shared, Simd};
use crate::isa::{Kind, Range};

/// Fills rows of `stride` words each with the team; `fill` gives a row's step and offset, which are kept.
pub(crate) fn fill_rows(
    team: &ThreadTeam,
    (words, stride): (&mut [u32], usize),
    (scale, offset): (&mut [f32], &mut [f32]),
    rows_of_item: usize,
    fill: impl Fn(usize, &mut [u32]) -> (f32, f32) + Sync,
) {
    let rows = scale.len();
    assert!(offset.len() == rows && words.len() >= rows * stride);
    let (words, scale, offset) = (Shared::new(words), Shared::new(scale), Shared::new(offset));
    team.each(rows.div_ceil(rows_of_item), |item| {
        for row in item * rows_of_item..rows.min((item + 1) * rows_of_item) {
            // SAFETY: each row is filled once, by one thread, and its words, step and offset are there.
            unsafe {
                let words = std::slice::from_raw_parts_mut(words.at(row * stride), stride);
                let (step, start) = fill(row, words);
                scale.at(row).write(step);
                offset.at(row).write(start);
            }
        }
    });
}

/// Writes a row as the words of a kind.
pub(crate) struct Convert<'a> {
    pub kind: Kind,
    pub range: Range,
    pub x: &'a [f32],
    /// Zeroed beyond the row's values.
    pub words: &'a mut [u32],
}

impl Operation for Convert<'_> {
    /// The step of the integers and what value 0 stands for; 1 and 0 for floats.
    type Output = (f32, f32);

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) -> (f32, f32) {
        convert(s, self.kind, self.range, self.x, self.words)
    }
}

/// Layer normalisation of a row, written as the words of a kind.
pub(crate) struct Normalise<'a> {
    pub kind: Kind,
    pub range: Range,
    pub x: &'a [f32],
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    pub epsilon: f32,
    /// Room for the row.
    pub scratch: &'a mut [f32],
    pub words: &'a mut [u32],
}

impl Operation for Normalise<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) -> (f32, f32) {
        let Self { kind, range, x, weight, bias, epsilon, scratch, words } = self;
        normalise(s, x, (weight, bias, epsilon), scratch);
        convert(s, kind, range, scratch, words)
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
    let chunks = x.chunks_exact(2 * S::LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for n in 0..2 {
            // SAFETY: the chunk holds two vectors.
            let x = unsafe { s.load(chunk.as_ptr().add(n * S::LANES)) };
            (least[n], largest[n]) = (s.min(least[n], x), s.max(largest[n], x));
        }
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

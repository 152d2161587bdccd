//! Depthwise convolution: vectors run along the channels of a position.

use std::ops::Range;

use super::{Operation, Simd};

/// Neighbouring results that are computed together, so that each weight is loaded once for all of them.
const TOGETHER: usize = 4;

/// One row of results of one picture.
pub(crate) struct DepthwiseRow<'a> {
    /// The map from the first row on that lies under `rows`: `[rows of the map, width, channels]`.
    pub x: &'a [f32],
    pub width: usize,
    pub channels: usize,
    pub kernel: usize,
    pub stride: usize,
    /// Rows of the kernel that lie on the map.
    pub rows: Range<usize>,
    /// Zeros before the first column.
    pub before: usize,
    /// `[kernel · kernel, channels]`
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    pub range: (f32, f32),
    /// `[columns, channels]`
    pub out: &'a mut [f32],
}

impl Operation for DepthwiseRow<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) {
        let Self { width, channels, kernel, stride, before, .. } = self;
        let columns = self.out.len() / channels;
        assert!(self.x.len() >= self.rows.len() * width * channels && self.bias.len() == channels);
        assert!(self.weight.len() == kernel * kernel * channels && self.rows.end <= kernel);
        let mut column = 0;
        while column < columns {
            let left = column * stride;
            let last = left + (TOGETHER - 1) * stride + kernel;
            if left >= before && last <= width + before && column + TOGETHER <= columns {
                results::<S, TOGETHER>(
                    s,
                    &self.rows,
                    0..kernel,
                    &Taps::of(&self, left - before),
                    column,
                    self.out,
                );
                column += TOGETHER;
            } else {
                let taps = before.saturating_sub(left)..kernel.min(width + before - left);
                let first = left + taps.start - before;
                results::<S, 1>(s, &self.rows, taps, &Taps::of(&self, first), column, self.out);
                column += 1;
            }
        }
    }
}

/// What the results of a row have in common, and where their first tap lies.
struct Taps<'a> {
    x: &'a [f32],
    weight: &'a [f32],
    bias: &'a [f32],
    channels: usize,
    kernel: usize,
    /// Values from one row of the map to the next, and from the taps of one result to those of the next.
    line: usize,
    step: usize,
    /// The column of the map under the first tap.
    first: usize,
    range: (f32, f32),
}

impl<'a> Taps<'a> {
    #[inline(always)]
    fn of(row: &DepthwiseRow<'a>, first: usize) -> Self {
        Self {
            x: row.x,
            weight: row.weight,
            bias: row.bias,
            channels: row.channels,
            kernel: row.kernel,
            line: row.width * row.channels,
            step: row.stride * row.channels,
            first,
            range: row.range,
        }
    }
}

/// `P` neighbouring results from `column` on, of the taps in `rows` and `columns` of the kernel. The map is under all
/// of these taps.
#[inline(always)]
fn results<S: Simd, const P: usize>(
    s: S,
    rows: &Range<usize>,
    columns: Range<usize>,
    taps: &Taps<'_>,
    column: usize,
    out: &mut [f32],
) {
    let channels = taps.channels;
    let x = &taps.x[taps.first * channels..];
    let farthest = (rows.len() - 1) * taps.line + (P - 1) * taps.step + columns.len() * channels;
    let out = &mut out[column * channels..(column + P) * channels];
    assert!(x.len() >= farthest && rows.end <= taps.kernel && columns.end <= taps.kernel);
    let whole = channels / S::LANES * S::LANES;
    let (low, high) = (s.splat(taps.range.0), s.splat(taps.range.1));
    for channel in (0..whole).step_by(S::LANES) {
        // SAFETY: a vector of channels is there at each tap and result, as asserted; weights and bias are as wide.
        unsafe {
            let mut sums = [s.load(taps.bias.as_ptr().add(channel)); P];
            for (y, dy) in rows.clone().enumerate() {
                for (at, dx) in columns.clone().enumerate() {
                    let w = s.load(taps.weight.as_ptr().add((dy * taps.kernel + dx) * channels + channel));
                    let x = x.as_ptr().add(y * taps.line + at * channels + channel);
                    for (p, sum) in sums.iter_mut().enumerate() {
                        *sum = s.fma(s.load(x.add(p * taps.step)), w, *sum);
                    }
                }
            }
            for (p, sum) in sums.into_iter().enumerate() {
                s.store(out.as_mut_ptr().add(p * channels + channel), s.min(s.max(sum, low), high));
            }
        }
    }
    for (p, channel) in (0..P).flat_map(|p| (whole..channels).map(move |channel| (p, channel))) {
        let mut sum = taps.bias[channel];
        for (y, dy) in rows.clone().enumerate() {
            for (at, dx) in columns.clone().enumerate() {
                let value = x[y * taps.line + at * channels + p * taps.step + channel];
                sum += value * taps.weight[(dy * taps.kernel + dx) * channels + channel];
            }
        }
        out[p * channels + channel] = sum.max(taps.range.0).min(taps.range.1);
    }
}

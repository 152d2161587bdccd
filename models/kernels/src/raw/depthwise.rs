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
        let Self { width, channels, kernel, .. } = self;
        assert!(self.x.len() >= self.rows.len() * width * channels && self.bias.len() == channels);
        assert!(self.weight.len() == kernel * kernel * channels && self.rows.end <= kernel);
        match kernel {
            3 => self.columns::<S, 3>(s),
            5 => self.columns::<S, 5>(s),
            _ => self.columns::<S, 0>(s),
        }
    }
}

impl DepthwiseRow<'_> {
    /// All results of the row. `K`: the side of the kernel where it is known when this is compiled, else 0.
    #[inline(always)]
    fn columns<S: Simd, const K: usize>(self, s: S) {
        let Self { width, channels, kernel, stride, before, .. } = self;
        let columns = self.out.len() / channels;
        let mut column = 0;
        while column < columns {
            let left = column * stride;
            let last = left + (TOGETHER - 1) * stride + kernel;
            if left >= before && last <= width + before && column + TOGETHER <= columns {
                let taps = Taps::of(&self, left - before);
                results::<S, TOGETHER, K>(s, &self.rows, 0..kernel, &taps, column, self.out);
                column += TOGETHER;
            } else {
                let under = before.saturating_sub(left)..kernel.min(width + before - left);
                let taps = Taps::of(&self, left + under.start - before);
                results::<S, 1, 0>(s, &self.rows, under, &taps, column, self.out);
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

/// `P` neighbouring results ([`TOGETHER`] or one) from `column` on, of the taps in `rows` and `columns` of the kernel. The map is under all
/// of these taps. With `K` above 0 the columns are all `K` of the kernel, and their loop has no counter.
#[inline(always)]
fn results<S: Simd, const P: usize, const K: usize>(
    s: S,
    rows: &Range<usize>,
    columns: Range<usize>,
    taps: &Taps<'_>,
    column: usize,
    out: &mut [f32],
) {
    let columns = if K > 0 { 0..K } else { columns };
    let kernel = if K > 0 { K } else { taps.kernel };
    let channels = taps.channels;
    let x = &taps.x[taps.first * channels..];
    let farthest = (rows.len() - 1) * taps.line + (P - 1) * taps.step + columns.len() * channels;
    let out = &mut out[column * channels..(column + P) * channels];
    assert!(x.len() >= farthest && rows.end <= kernel && columns.end <= kernel);
    let whole = channels / S::LANES * S::LANES;
    let (low, high) = (s.splat(taps.range.0), s.splat(taps.range.1));
    for channel in (0..whole).step_by(S::LANES) {
        // SAFETY: a vector of channels is there at each tap and result, as asserted; weights and bias are as wide.
        unsafe {
            // Each sum has a name, so that it stays in a register; beyond `P` they are not used.
            let bias = s.load(taps.bias.as_ptr().add(channel));
            let (mut a, mut b, mut c, mut d) = (bias, bias, bias, bias);
            for (y, dy) in rows.clone().enumerate() {
                for (at, dx) in columns.clone().enumerate() {
                    let w = s.load(taps.weight.as_ptr().add((dy * kernel + dx) * channels + channel));
                    let x = x.as_ptr().add(y * taps.line + at * channels + channel);
                    a = s.fma(s.load(x), w, a);
                    if P == TOGETHER {
                        b = s.fma(s.load(x.add(taps.step)), w, b);
                        c = s.fma(s.load(x.add(2 * taps.step)), w, c);
                        d = s.fma(s.load(x.add(3 * taps.step)), w, d);
                    }
                }
            }
            let out = out.as_mut_ptr().add(channel);
            for (p, sum) in [a, b, c, d].into_iter().enumerate().take(P) {
                s.store(out.add(p * channels), s.min(s.max(sum, low), high));
            }
        }
    }
    for (p, channel) in (0..P).flat_map(|p| (whole..channels).map(move |channel| (p, channel))) {
        let mut sum = taps.bias[channel];
        for (y, dy) in rows.clone().enumerate() {
            for (at, dx) in columns.clone().enumerate() {
                let value = x[y * taps.line + at * channels + p * taps.step + channel];
                sum += value * taps.weight[(dy * kernel + dx) * channels + channel];
            }
        }
        out[p * channels + channel] = sum.max(taps.range.0).min(taps.range.1);
    }
}

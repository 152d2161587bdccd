//! A convolution in which each channel has a kernel of its own.

use std::fmt;

use crate::isa::Isa;
use crate::raw::depthwise::DepthwiseRow;
use crate::raw::dispatch;
use crate::raw::thread_team::ThreadTeam;

/// A depthwise convolution over channels-last maps, in f32, with bias and a range that its results are cut to.
///
/// Its borders are those that TensorFlow calls "SAME": a map of `n` positions gives `n / stride`, rounded up, and
/// where the zeros around do not divide evenly, the far side has one more.
pub struct Depthwise {
    isa: Isa,
    channels: usize,
    kernel: usize,
    stride: usize,
    /// `[kernel · kernel, channels]`
    weight: Vec<f32>,
    bias: Vec<f32>,
    range: (f32, f32),
}

/// Along one side: results, and zeros before the first position.
#[derive(Clone, Copy)]
struct Along {
    results: usize,
    before: usize,
}

impl Depthwise {
    /// `weight`: `[channels, kernel, kernel]`; `bias`: `[channels]`. Results are cut to `range`.
    ///
    /// # Panics
    /// If `weight` and `bias` do not fit each other, `stride` is 0, or this processor lacks `isa`.
    pub fn new(
        isa: Isa,
        (kernel, stride): (usize, usize),
        weight: &[f32],
        bias: Vec<f32>,
        range: (f32, f32),
    ) -> Self {
        assert!(isa.is_available(), "this processor has no {isa}");
        let (channels, taps) = (bias.len(), kernel * kernel);
        assert!(taps > 0 && stride > 0 && weight.len() == channels * taps, "weights are [channels, taps]");
        let by_tap = (0..taps).flat_map(|tap| (0..channels).map(move |channel| weight[channel * taps + tap]));
        Self { isa, channels, kernel, stride, weight: by_tap.collect(), bias, range }
    }

    /// Channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Height and width of what it gives of maps of this height and width.
    pub fn output(&self, (height, width): (usize, usize)) -> (usize, usize) {
        (self.along(height).results, self.along(width).results)
    }

    /// From `[pictures, height, width, channels]` to `[pictures, height', width', channels]`, f32 both
    /// ([`output`](Self::output)).
    ///
    /// # Panics
    /// If `x` is no whole pictures, or `out` has another length than they give.
    pub fn forward(&self, team: &ThreadTeam, x: &[f32], (height, width): (usize, usize), out: &mut [f32]) {
        let picture = height * width * self.channels;
        assert!(picture > 0 && x.len().is_multiple_of(picture), "x is [pictures, height, width, channels]");
        let (down, across) = (self.along(height), self.along(width));
        let row = across.results * self.channels;
        assert!(out.len() == x.len() / picture * down.results * row, "room for all results");
        team.each_chunk(out, row, |item, out| {
            let (n, y) = (item / down.results, item % down.results);
            // Rows of the kernel that lie on the map, and the first row of the map under them.
            let top = y * self.stride;
            let rows = down.before.saturating_sub(top)..self.kernel.min(height + down.before - top);
            let first = top + rows.start - down.before;
            let operation = DepthwiseRow {
                x: &x[n * picture + first * width * self.channels..(n + 1) * picture],
                width,
                channels: self.channels,
                kernel: self.kernel,
                stride: self.stride,
                rows,
                before: across.before,
                weight: &self.weight,
                bias: &self.bias,
                range: self.range,
                out,
            };
            dispatch(self.isa, operation);
        });
    }

    fn along(&self, side: usize) -> Along {
        let results = side.div_ceil(self.stride);
        let around = (results.saturating_sub(1) * self.stride + self.kernel).saturating_sub(side);
        Along { results, before: around / 2 }
    }
}

impl fmt::Debug for Depthwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { isa, channels, kernel, stride, .. } = self;
        write!(f, "Depthwise({channels} channels, {kernel} × {kernel} by {stride} on {isa})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::probe::numbers;

    /// By its definition, in f64.
    fn expected(layer: &Depthwise, x: &[f32], (height, width): (usize, usize)) -> Vec<f64> {
        let (channels, kernel, stride) = (layer.channels, layer.kernel, layer.stride);
        let (down, across) = (layer.along(height), layer.along(width));
        let mut out = Vec::new();
        for picture in x.chunks_exact(height * width * channels) {
            for (y, column) in (0..down.results).flat_map(|y| (0..across.results).map(move |c| (y, c))) {
                for channel in 0..channels {
                    let mut sum = f64::from(layer.bias[channel]);
                    for (dy, dx) in (0..kernel).flat_map(|dy| (0..kernel).map(move |dx| (dy, dx))) {
                        let at = (
                            (y * stride + dy).checked_sub(down.before).filter(|at| *at < height),
                            (column * stride + dx).checked_sub(across.before).filter(|at| *at < width),
                        );
                        if let (Some(from_top), Some(from_left)) = at {
                            let value = picture[(from_top * width + from_left) * channels + channel];
                            let weight = layer.weight[(dy * kernel + dx) * channels + channel];
                            sum += f64::from(value) * f64::from(weight);
                        }
                    }
                    out.push(sum.clamp(f64::from(layer.range.0), f64::from(layer.range.1)));
                }
            }
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn each_channel_is_convolved_with_its_own_kernel(
            pictures in 1usize..3, height in 1usize..14, width in 1usize..14, channels in 1usize..70,
            kernel in prop::sample::select(vec![1usize, 3, 5]), stride in 1usize..3,
            threads in 1usize..4, cut: bool, seed in 1u32..1000,
        ) {
            let weight = numbers(seed, channels * kernel * kernel);
            let bias = numbers(seed + 1, channels);
            let x = numbers(seed + 2, pictures * height * width * channels);
            let range = if cut { (0.0, 0.5) } else { (f32::NEG_INFINITY, f32::INFINITY) };
            for isa in Isa::available() {
                let layer = Depthwise::new(isa, (kernel, stride), &weight, bias.clone(), range);
                let (rows, columns) = layer.output((height, width));
                let mut out = vec![f32::NAN; pictures * rows * columns * channels];
                layer.forward(&ThreadTeam::new(threads), &x, (height, width), &mut out);
                for (ours, theirs) in out.iter().zip(expected(&layer, &x, (height, width))) {
                    prop_assert!((f64::from(*ours) - theirs).abs() < 1e-5, "{isa}: {ours} and not {theirs}");
                }
            }
        }
    }

    #[test]
    fn borders_are_those_of_tensorflow() {
        let layer = |kernel, stride| {
            Depthwise::new(
                Isa::Portable,
                (kernel, stride),
                &vec![1.0; kernel * kernel],
                vec![0.0],
                (0.0, 9.0),
            )
        };
        // (side, kernel, stride), then results and zeros before, as tf.nn.depthwise_conv2d has them.
        for (side, kernel, stride, results, before) in [
            (112, 3, 2, 56, 0),
            (56, 5, 2, 28, 1),
            (57, 3, 2, 29, 1),
            (14, 5, 1, 14, 2),
            (7, 3, 1, 7, 1),
            (1, 5, 2, 1, 2),
        ] {
            let along = layer(kernel, stride).along(side);
            assert_eq!((along.results, along.before), (results, before), "{side} {kernel} {stride}");
        }
    }
}

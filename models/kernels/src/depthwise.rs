//! A convolution in which each channel has a kernel of its own.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use crate::epilogue::Activation;
use crate::isa::{Isa, Kind, Precision};
use crate::linear::Linear;
use crate::prepared::PreparedRows;
use crate::raw::depthwise::{DepthwiseBand, Form};
use crate::raw::memory::{Words, bits_mut, floats, floats_mut};
use crate::raw::thread_team::ThreadTeam;
use crate::raw::{Shared, dispatch};
use crate::rows::{Room, Rows};

/// Bytes of a band of the map, for one panel of channels: they stay in a core's second-level cache.
const BAND: usize = 256 << 10;

/// Bytes of a band's results in all channels that wait for what narrows them.
const RESULTS_OF_BAND: usize = 512 << 10;

/// A depthwise convolution over channels-last maps, in f32, with bias and a range that its results are cut to.
///
/// Its borders are those that TensorFlow calls "SAME": a map of `n` positions gives `n / stride`, rounded up, and
/// where the zeros around do not divide evenly, the far side has one more.
///
/// The work is cut into panels of channels. What a 1 × 1 convolution widens for it ([`DepthwiseInput::Expanded`]) is
/// computed panel by panel too, so that the wide map is never in memory as a whole.
pub struct Depthwise {
    isa: Isa,
    channels: usize,
    kernel: usize,
    stride: usize,
    /// `[panels, kernel · kernel, panel]`, f32
    weight: Words,
    /// `[panels, panel]`, f32
    bias: Words,
    range: (f32, f32),
}

/// What a depthwise convolution reads.
#[derive(Clone, Copy)]
pub enum DepthwiseInput<'a> {
    /// `[pictures, height, width, channels]`
    Maps(&'a [f32]),
    /// What a linear layer with as many outputs as there are channels makes of each position,
    /// `[pictures · height · width, depth]`.
    Expanded(&'a Linear, PreparedRows<'a>, Activation),
}

/// Along one side: results, and zeros before the first position.
#[derive(Clone, Copy)]
struct Along {
    results: usize,
    before: usize,
}

/// How an input and its results lie.
struct Grid {
    pictures: usize,
    height: usize,
    width: usize,
    down: Along,
    across: Along,
    /// Positions of a line of the map with the zeros around it.
    line: usize,
}

/// Where results go.
struct Results {
    words: Shared<u32>,
    /// Values from a result to its neighbour.
    stride: usize,
    form: Form,
}

/// Some rows of results of one picture.
struct Band {
    picture: usize,
    rows: Range<usize>,
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
        bias: &[f32],
        range: (f32, f32),
    ) -> Self {
        assert!(isa.is_available(), "this processor has no {isa}");
        let (channels, taps, width) = (bias.len(), kernel * kernel, isa.panel());
        assert!(taps > 0 && stride > 0 && weight.len() == channels * taps, "weights are [channels, taps]");
        let padded = channels.next_multiple_of(width);
        let mut by_panel = Words::zeroed(padded * taps);
        for (n, value) in weight.iter().enumerate() {
            let (channel, tap) = (n / taps, n % taps);
            let place = (channel / width * taps + tap) * width + channel % width;
            by_panel.as_mut_slice()[place] = value.to_bits();
        }
        let mut biases = Words::zeroed(padded);
        floats_mut(biases.as_mut_slice())[..channels].copy_from_slice(bias);
        Self { isa, channels, kernel, stride, weight: by_panel, bias: biases, range }
    }

    /// Channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Height and width of what it gives of maps of this height and width.
    pub fn output(&self, (height, width): (usize, usize)) -> (usize, usize) {
        (self.along(height).results, self.along(width).results)
    }

    /// From maps of this height and width to `[pictures, height', width', channels]` ([`output`](Self::output)).
    ///
    /// # Panics
    /// If the input is no whole pictures or of other channels, or `out` has another length than they give.
    pub fn forward(
        &self,
        team: &ThreadTeam,
        input: DepthwiseInput<'_>,
        side: (usize, usize),
        out: &mut [f32],
    ) {
        let grid = self.grid(input, side);
        assert!(out.len() == grid.pictures * grid.results() * self.channels, "room for all results");
        self.all(team, input, &grid, &Results::floats(bits_mut(out), self.channels));
    }

    /// The same as inputs of a linear layer in the precision of `rows`. Integers have the steps of the range that results
    /// are cut to.
    ///
    /// # Panics
    /// As [`forward`](Self::forward); also if the range is endless and the precision one of integers.
    pub fn forward_rows<'r>(
        &self,
        team: &ThreadTeam,
        input: DepthwiseInput<'_>,
        side: (usize, usize),
        rows: &'r mut Rows,
    ) -> PreparedRows<'r> {
        let grid = self.grid(input, side);
        let room = rows.room(grid.pictures * grid.results(), self.channels, self.range);
        self.all(team, input, &grid, &Results::of(room));
        rows.filled(self.channels)
    }

    /// The same for maps that are too large for the caches: `then` is given the results of a band of rows as inputs of a
    /// linear layer while they are still there, and the part of `out`, `[pictures, height', width', width]`, that belongs
    /// to them.
    ///
    /// # Panics
    /// As [`forward_rows`](Self::forward_rows).
    pub fn forward_then(
        &self,
        team: &ThreadTeam,
        input: DepthwiseInput<'_>,
        side: (usize, usize),
        (out, width): (&mut [f32], usize),
        (precision, then): (Precision, impl Fn(PreparedRows<'_>, &mut [f32]) + Sync),
    ) {
        let grid = self.grid(input, side);
        assert!(out.len() == grid.pictures * grid.results() * width, "room for all results");
        let columns = grid.across.results;
        let most = (RESULTS_OF_BAND / (4 * columns * self.channels)).clamp(1, self.rows_of_band(&grid));
        // Bands of the same height, so that none crosses from one picture to the next.
        let height = (1..=most).rev().find(|rows| grid.down.results.is_multiple_of(*rows)).unwrap_or(1);
        let bands = grid.down.results / height;
        team.each_chunk(out, height * columns * width, |item, out| {
            let first = item % bands * height;
            let band = Band { picture: item / bands, rows: first..first + height };
            Rows::of_thread(&BAND_ROWS, self.isa, precision, |rows| {
                let results = Results::of(rows.room(height * columns, self.channels, self.range));
                for panel in 0..self.panels() {
                    self.convolve(input, &grid, &band, panel, (&results, 0));
                }
                then(rows.filled(self.channels), out);
            });
        });
    }

    /// All results, shared among the team by bands and panels.
    fn all(&self, team: &ThreadTeam, input: DepthwiseInput<'_>, grid: &Grid, results: &Results) {
        let height = self.rows_of_band(grid);
        let (bands, panels) = (grid.down.results.div_ceil(height), self.panels());
        team.each(grid.pictures * bands * panels, |item| {
            let band = item / panels;
            let first = band % bands * height;
            let band = Band { picture: band / bands, rows: first..grid.down.results.min(first + height) };
            let start = band.picture * grid.results() + first * grid.across.results;
            self.convolve(input, grid, &band, item % panels, (results, start));
        });
    }

    /// How the results of an input lie.
    ///
    /// # Panics
    /// If the input is no whole pictures or of other channels.
    fn grid(&self, input: DepthwiseInput<'_>, (height, width): (usize, usize)) -> Grid {
        let positions = input.positions(self.channels);
        assert!(height * width > 0 && positions.is_multiple_of(height * width), "whole pictures");
        let (down, across) = (self.along(height), self.along(width));
        let line = (across.before + width).max((across.results - 1) * self.stride + self.kernel);
        Grid { pictures: positions / (height * width), height, width, down, across, line }
    }

    fn panels(&self) -> usize {
        self.channels.div_ceil(self.isa.panel())
    }

    /// Rows of results whose part of the map, in one panel, fits in [`BAND`].
    fn rows_of_band(&self, grid: &Grid) -> usize {
        let lines = BAND / (4 * grid.line * self.isa.panel());
        (lines.saturating_sub(self.kernel) / self.stride + 1).min(grid.down.results)
    }

    /// One panel of a band, whose first result is number `start` of `results`.
    fn convolve(
        &self,
        input: DepthwiseInput<'_>,
        grid: &Grid,
        band: &Band,
        panel: usize,
        (results, start): (&Results, usize),
    ) {
        let (width, taps) = (self.isa.panel(), self.kernel * self.kernel);
        MAP.with_borrow_mut(|map| {
            self.fill_map(input, grid, band, panel, map);
            let operation = DepthwiseBand {
                x: floats(map),
                line: grid.line,
                kernel: self.kernel,
                stride: self.stride,
                weight: &floats(&self.weight)[panel * taps * width..][..taps * width],
                bias: &floats(&self.bias)[panel * width..][..width],
                range: self.range,
                there: width.min(self.channels - panel * width),
                results: (band.rows.len(), grid.across.results),
                out: (&results.words, start * results.stride + panel * width, results.stride),
                form: results.form,
            };
            dispatch(self.isa, operation);
        });
    }

    /// Fills `map`, `[lines, line, panel]`, with one panel of what lies under a band, and zeros around.
    fn fill_map(&self, input: DepthwiseInput<'_>, grid: &Grid, band: &Band, panel: usize, map: &mut Words) {
        let width = self.isa.panel();
        let lines = (band.rows.len() - 1) * self.stride + self.kernel;
        map.resize(lines * grid.line * width);
        let first = band.rows.start * self.stride;
        let map = floats_mut(map.as_mut_slice());
        for (n, line) in map.chunks_exact_mut(grid.line * width).enumerate() {
            let Some(y) = (first + n).checked_sub(grid.down.before).filter(|y| *y < grid.height) else {
                line.fill(0.0);
                continue;
            };
            let (before, rest) = line.split_at_mut(grid.across.before * width);
            let (inside, after) = rest.split_at_mut(grid.width * width);
            before.fill(0.0);
            after.fill(0.0);
            let position = (band.picture * grid.height + y) * grid.width;
            match input {
                DepthwiseInput::Maps(x) => {
                    let x = &x[position * self.channels..][..grid.width * self.channels];
                    copy_panel(x, self.channels, panel, width, inside);
                }
                DepthwiseInput::Expanded(layer, rows, activation) => {
                    layer.forward_panel(rows, position..position + grid.width, panel, activation, inside);
                }
            }
        }
    }

    fn along(&self, side: usize) -> Along {
        let results = side.div_ceil(self.stride);
        let around = (results.saturating_sub(1) * self.stride + self.kernel).saturating_sub(side);
        Along { results, before: around / 2 }
    }
}

impl Grid {
    /// Results of a picture.
    fn results(&self) -> usize {
        self.down.results * self.across.results
    }
}

impl Results {
    fn floats(words: &mut [u32], channels: usize) -> Self {
        Self { words: Shared::new(words), stride: channels, form: Form::Floats }
    }

    fn of(room: Room<'_>) -> Self {
        let Room { words, stride, kind, scale, offset } = room;
        let form = match kind {
            Kind::F32 => Form::Floats,
            Kind::I16 => Form::Halves(offset, 1.0 / scale),
            Kind::I8 => Form::Bytes(offset, 1.0 / scale),
            Kind::Bf16 => unreachable!("`Rows::room` has no bfloat16"),
        };
        Self { words: Shared::new(words), stride: stride * kind.per_word(), form }
    }
}

impl DepthwiseInput<'_> {
    /// How many positions of so many channels.
    ///
    /// # Panics
    /// If it has another number of channels.
    fn positions(&self, channels: usize) -> usize {
        match self {
            Self::Maps(x) => {
                assert!(x.len().is_multiple_of(channels), "maps of {channels} channels");
                x.len() / channels
            }
            Self::Expanded(layer, rows, _) => {
                assert!(layer.outputs() == channels, "a layer with {channels} outputs");
                rows.count()
            }
        }
    }
}

/// One panel of the channels of some positions, with zeros for channels beyond the last.
fn copy_panel(x: &[f32], channels: usize, panel: usize, width: usize, out: &mut [f32]) {
    let there = width.min(channels - panel * width);
    for (x, out) in x.chunks_exact(channels).zip(out.chunks_exact_mut(width)) {
        out[..there].copy_from_slice(&x[panel * width..][..there]);
        out[there..].fill(0.0);
    }
}

thread_local! {
    /// One panel of the map under a band, kept from item to item.
    static MAP: RefCell<Words> = RefCell::default();
    /// The results of a band.
    static BAND_ROWS: RefCell<Option<Rows>> = const { RefCell::new(None) };
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
    use crate::epilogue::Epilogue;
    use crate::probe::{PRECISIONS, numbers, row_words};
    use crate::rows::Rows;

    /// By its definition, in f64.
    fn expected(
        layer: &Depthwise,
        (weight, bias): (&[f32], &[f32]),
        x: &[f32],
        (height, width): (usize, usize),
    ) -> Vec<f64> {
        let (channels, kernel, stride) = (layer.channels, layer.kernel, layer.stride);
        let (down, across) = (layer.along(height), layer.along(width));
        let mut out = Vec::new();
        for picture in x.chunks_exact(height * width * channels) {
            for (y, column) in (0..down.results).flat_map(|y| (0..across.results).map(move |c| (y, c))) {
                for channel in 0..channels {
                    let mut sum = f64::from(bias[channel]);
                    for (dy, dx) in (0..kernel).flat_map(|dy| (0..kernel).map(move |dx| (dy, dx))) {
                        let at = (
                            (y * stride + dy).checked_sub(down.before).filter(|at| *at < height),
                            (column * stride + dx).checked_sub(across.before).filter(|at| *at < width),
                        );
                        if let (Some(from_top), Some(from_left)) = at {
                            let value = picture[(from_top * width + from_left) * channels + channel];
                            let weight = weight[channel * kernel * kernel + dy * kernel + dx];
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
                let layer = Depthwise::new(isa, (kernel, stride), &weight, &bias, range);
                let (rows, columns) = layer.output((height, width));
                let mut out = vec![f32::NAN; pictures * rows * columns * channels];
                layer.forward(&ThreadTeam::new(threads), DepthwiseInput::Maps(&x), (height, width), &mut out);
                for (ours, theirs) in out.iter().zip(expected(&layer, (&weight, &bias), &x, (height, width))) {
                    prop_assert!((f64::from(*ours) - theirs).abs() < 1e-5, "{isa}: {ours} and not {theirs}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_a_layer_widens_is_convolved_as_the_map_that_it_makes(
            pictures in 1usize..3, height in 1usize..12, width in 1usize..12, channels in 1usize..70,
            depth in 1usize..20, kernel in prop::sample::select(vec![3usize, 5]), stride in 1usize..3,
            threads in 1usize..4, seed in 1u32..1000,
        ) {
            let weight = numbers(seed, channels * kernel * kernel);
            let bias = numbers(seed + 1, channels);
            let x = numbers(seed + 2, pictures * height * width * depth);
            let wide = numbers(seed + 3, channels * depth);
            let team = ThreadTeam::new(threads);
            let combinations = Isa::available().into_iter().flat_map(|isa| PRECISIONS.map(|p| (isa, p)));
            for (isa, precision) in combinations {
                let layer = Linear::pack(isa, precision, &wide, depth, Some(&bias));
                let convolution = Depthwise::new(isa, (kernel, stride), &weight, &bias, (-1.0, 6.0));
                let mut buffer = Rows::new(isa, precision);
                let rows = buffer.prepare(&team, &x, depth);
                let mut map = vec![0.0; pictures * height * width * channels];
                layer.forward(&team, rows, Epilogue { add: false, activation: Activation::Relu6 }, &mut map);
                let (down, across) = convolution.output((height, width));
                let convolved = |input| {
                    let mut out = vec![f32::NAN; pictures * down * across * channels];
                    convolution.forward(&team, input, (height, width), &mut out);
                    out
                };
                let expanded = convolved(DepthwiseInput::Expanded(&layer, rows, Activation::Relu6));
                prop_assert_eq!(expanded, convolved(DepthwiseInput::Maps(&map)), "{} {}", isa, precision);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn integers_stand_for_the_results_to_half_a_step(
            side in 1usize..12, channels in 1usize..70, seed in 1u32..1000,
        ) {
            let (weight, bias) = (numbers(seed, channels * 9), numbers(seed + 1, channels));
            let x = numbers(seed + 2, 2 * side * side * channels);
            let (input, team) = (DepthwiseInput::Maps(&x), ThreadTeam::new(2));
            let precisions = [Precision::F32, Precision::Fixed16, Precision::Int8];
            for (isa, precision) in Isa::available().into_iter().flat_map(|isa| precisions.map(|p| (isa, p))) {
                let layer = Depthwise::new(isa, (3, 1), &weight, &bias, (0.0, 2.0));
                let mut expected = vec![f32::NAN; x.len()];
                layer.forward(&team, input, (side, side), &mut expected);
                let mut buffer = Rows::new(isa, precision);
                // What an earlier layer left must not stay beyond the last channel.
                buffer.prepare(&team, &vec![7.0; 2 * (channels + 9) * side * side], channels + 9);
                let rows = layer.forward_rows(&team, input, (side, side), &mut buffer);
                prop_assert_eq!(rows.count(), 2 * side * side);
                let kind = isa.kind(precision);
                for (n, expected) in expected.chunks_exact(channels).enumerate() {
                    let (step, offset) = match kind {
                        Kind::F32 => (1.0, 0.0),
                        _ => (rows.scale[n], rows.offset[n]),
                    };
                    for (q, expected) in row_words(isa, kind, rows, n).into_iter().zip(expected) {
                        let value = offset as f64 + step as f64 * q;
                        let half = if kind == Kind::F32 { 0.0 } else { 0.501 * step };
                        prop_assert!((value - f64::from(*expected)).abs() <= f64::from(half) + 1e-6, "{isa} {precision}");
                    }
                    let used = channels.div_ceil(kind.per_word());
                    let rest = &rows.words[n * rows.stride + used..(n + 1) * rows.stride];
                    prop_assert!(rest.iter().all(|word| *word == 0), "{isa} {precision}");
                }
            }
        }
    }

    #[test]
    fn a_map_that_is_larger_than_a_band_is_convolved_as_a_whole() {
        let (side, channels) = (130, 40);
        let (weight, bias) = (numbers(1, channels * 9), numbers(2, channels));
        let x = numbers(3, side * side * channels);
        for isa in Isa::available() {
            let layer = Depthwise::new(isa, (3, 2), &weight, &bias, (f32::NEG_INFINITY, f32::INFINITY));
            let input = DepthwiseInput::Maps(&x);
            assert!(layer.rows_of_band(&layer.grid(input, (side, side))) < side / 2, "{isa}: several bands");
            let mut out = vec![f32::NAN; side * side / 4 * channels];
            layer.forward(&ThreadTeam::new(2), input, (side, side), &mut out);
            let mut at_once = vec![f32::NAN; out.len()];
            let copy = |band: PreparedRows<'_>, out: &mut [f32]| out.copy_from_slice(floats(band.words));
            let then = (Precision::F32, copy);
            layer.forward_then(&ThreadTeam::new(2), input, (side, side), (&mut at_once, channels), then);
            assert_eq!(at_once, out, "{isa}");
            for (ours, theirs) in out.iter().zip(expected(&layer, (&weight, &bias), &x, (side, side))) {
                assert!((f64::from(*ours) - theirs).abs() < 1e-5, "{isa}: {ours} and not {theirs}");
            }
        }
    }

    #[test]
    fn borders_are_those_of_tensorflow() {
        let layer = |kernel, stride| {
            Depthwise::new(Isa::Portable, (kernel, stride), &vec![1.0; kernel * kernel], &[0.0], (0.0, 9.0))
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

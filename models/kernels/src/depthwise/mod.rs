//! A convolution in which each channel has a kernel of its own.

#[cfg(test)]
mod tests;

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
    if channels == width {
        return out.copy_from_slice(x);
    }
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

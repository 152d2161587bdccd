//! Dense convolutions over packed weights, channels last.

use std::cell::RefCell;

use knytt_kernels::{Epilogue, Isa, Linear, Precision, PreparedRows, Rows, ThreadTeam};

use super::maps::Maps;
use super::source::Source;
use crate::clip::conv::Unfold;
use crate::error::Result;

/// Output pixels that a thread unfolds and multiplies at a time: their patches stay in its cache.
const PIXELS_PER_ITEM: usize = 64;

/// A convolution as a product over patches.
pub(crate) struct PackedConv {
    layer: Linear,
    unfold: Unfold,
    /// Rows of the layer's precision, for each thread its own.
    new_rows: (Isa, Precision),
}

impl PackedConv {
    /// A 3 × 3 convolution with a border of one zero.
    pub fn new(
        [from, to]: [usize; 2],
        stride: usize,
        precision: Precision,
        name: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        let unfold = Unfold::even(3, stride, 1);
        Self::from_kernel([to, from, 3], 1.0, unfold, precision, name, source)
    }

    /// The way around a residual block: a mean over `stride` × `stride` and a 1 × 1 convolution, which
    /// together are one convolution of that size.
    pub fn shortcut(
        from: usize,
        to: usize,
        stride: usize,
        name: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        let unfold = Unfold::even(stride, stride, 0);
        let factor = 1.0 / (stride * stride) as f32;
        Self::from_kernel([to, from, 1], factor, unfold, source.precision, name, source)
    }

    /// A convolution whose border is as [`Unfold::same`] has it.
    pub fn same(
        [from, to]: [usize; 2],
        (kernel, stride): (usize, usize),
        precision: Precision,
        name: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        Self::from_kernel([to, from, kernel], 1.0, Unfold::same(kernel, stride), precision, name, source)
    }

    /// A convolution with an odd kernel and as many zeros around as put its middle on every position.
    pub fn centred(
        [from, to]: [usize; 2],
        (kernel, stride): (usize, usize),
        name: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        let unfold = Unfold::even(kernel, stride, kernel / 2);
        Self::from_kernel([to, from, kernel], 1.0, unfold, source.precision, name, source)
    }

    /// `stored` is the side of the kernel in the file; where it is smaller than the unfolded one, it is
    /// repeated. The packed order of inputs is that of unfolded patches: row, column, channel.
    fn from_kernel(
        [to, from, stored]: [usize; 3],
        factor: f32,
        unfold: Unfold,
        precision: Precision,
        name: &str,
        source: &mut Source<'_>,
    ) -> Result<Self> {
        let taps = unfold.kernel * unfold.kernel;
        let layer = source.packed(name, precision, [to, taps * from], |source| {
            let weight = source.values(&format!("{name}.weight"), &[to, from, stored, stored])?;
            let area = stored * stored;
            let packed = (0..to * taps * from).map(|n| {
                let (output, tap, channel) = (n / (taps * from), n / from % taps, n % from);
                factor * weight[(output * from + channel) * area + tap.min(area - 1)]
            });
            Ok((packed.collect(), Some(source.values(&format!("{name}.bias"), &[to])?)))
        })?;
        Ok(Self { layer, unfold, new_rows: (source.isa, precision) })
    }

    /// `out` holds what the epilogue adds to, if it does.
    pub fn forward(&self, team: &ThreadTeam, x: &Maps, epilogue: Epilogue, out: Option<Maps>) -> Maps {
        let (side, channels) = (self.unfold.output(x.side), self.layer.outputs());
        let mut out = out.unwrap_or_else(|| Maps::room(x.batch, side, channels));
        let (isa, precision) = self.new_rows;
        let depths = [x.channels, self.layer.depth()];
        if depths.into_iter().all(|depth| Rows::are_parts(isa, precision, depth)) {
            // Each value is in several patches, and becomes a part of a word once.
            Rows::of_thread(&MAP, isa, precision, |map| {
                let map = map.prepare(team, &x.values, x.channels);
                self.multiply(team, x, map, epilogue, &mut out.values);
            });
        } else {
            self.multiply_floats(team, x, epilogue, &mut out.values);
        }
        out
    }

    /// `map`: the positions of `x` in the precision of the layer.
    fn multiply(
        &self,
        team: &ThreadTeam,
        x: &Maps,
        map: PreparedRows<'_>,
        epilogue: Epilogue,
        out: &mut [f32],
    ) {
        let (depth, channels) = (self.layer.depth(), self.layer.outputs());
        let (isa, precision) = self.new_rows;
        team.each_chunk(out, PIXELS_PER_ITEM * channels, |item, out| {
            Rows::of_thread(&ROWS, isa, precision, |rows| {
                let patches = rows.gather(map, (out.len() / channels, depth), |map, patches| {
                    let shape = (x.side, x.side, map.len() / (x.batch * x.side * x.side));
                    self.unfold.copy_rows(map, shape, item * PIXELS_PER_ITEM, patches);
                });
                self.layer.forward(ThreadTeam::alone(), patches, epilogue, out);
            });
        });
    }

    /// Patches become what the layer multiplies when they are whole.
    fn multiply_floats(&self, team: &ThreadTeam, x: &Maps, epilogue: Epilogue, out: &mut [f32]) {
        let (depth, channels) = (self.layer.depth(), self.layer.outputs());
        let (isa, precision) = self.new_rows;
        let alone = ThreadTeam::alone();
        team.each_chunk(out, PIXELS_PER_ITEM * channels, |item, out| {
            let first = item * PIXELS_PER_ITEM;
            PATCHES.with_borrow_mut(|patches| {
                patches.resize(out.len() / channels * depth, 0.0);
                self.unfold.copy_rows(&x.values, (x.side, x.side, x.channels), first, patches);
                Rows::of_thread(&ROWS, isa, precision, |rows| {
                    self.layer.forward(alone, rows.prepare(alone, patches, depth), epilogue, out);
                });
            });
        });
    }
}

thread_local! {
    /// The map that is unfolded, as the layer reads it.
    static MAP: RefCell<Option<Rows>> = const { RefCell::new(None) };
    /// Unfolded patches, kept from item to item.
    static PATCHES: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
    /// The patches as the layer reads them.
    static ROWS: RefCell<Option<Rows>> = const { RefCell::new(None) };
}

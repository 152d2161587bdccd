//! Pictures of many channels, between two convolutions.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

use knytt_kernels::{Isa, column_moments};

/// Buffers that a thread keeps: as many as maps live at the same time in any tower.
const KEPT: usize = 6;

/// Pictures of many channels: `[batch, side, side, channels]`. Their memory is kept for the next maps of the thread:
/// fresh memory costs the system about as much as the convolution that fills it.
pub(crate) struct Maps {
    pub values: Values,
    pub batch: usize,
    pub side: usize,
    pub channels: usize,
}

/// Values at the beginning of memory that may have room for more. Shrinking it would fill it with zeros at the next
/// growth.
#[derive(Default)]
pub(crate) struct Values {
    memory: Vec<f32>,
    count: usize,
}

impl Deref for Values {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.memory[..self.count]
    }
}

impl DerefMut for Values {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.memory[..self.count]
    }
}

impl Maps {
    /// Room for maps; what is in them is not said.
    pub fn room(batch: usize, side: usize, channels: usize) -> Self {
        let mut memory = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        let count = batch * side * side * channels;
        if memory.len() < count {
            memory.resize(count, 0.0);
        }
        Self { values: Values { memory, count }, batch, side, channels }
    }

    /// From `[batch, 3, side, side]`.
    pub fn channels_last(pixels: &[f32], side: usize) -> Self {
        let (area, batch) = (side * side, pixels.len() / (3 * side * side));
        let mut maps = Self::room(batch, side, 3);
        for (planes, picture) in pixels.chunks_exact(3 * area).zip(maps.values.chunks_exact_mut(3 * area)) {
            let (red, rest) = planes.split_at(area);
            let (green, blue) = rest.split_at(area);
            let colours = red.iter().zip(green).zip(blue);
            for (position, ((red, green), blue)) in picture.as_chunks_mut().0.iter_mut().zip(colours) {
                *position = [*red, *green, *blue];
            }
        }
        maps
    }

    /// The largest of 3 × 3 positions, every second one, where a border adds nothing: of an even side, the last row and
    /// column look at two.
    pub fn halved(&self) -> Self {
        let (side, channels) = (self.side.div_ceil(2), self.channels);
        let mut maps = Self::room(self.batch, side, channels);
        maps.values.fill(f32::NEG_INFINITY);
        for (picture, out) in self.pictures().zip(maps.values.chunks_exact_mut(side * side * channels)) {
            for (n, out) in out.chunks_exact_mut(channels).enumerate() {
                let (rows, columns) = (2 * (n / side)..self.side, 2 * (n % side)..self.side);
                for (row, column) in
                    rows.take(3).flat_map(|row| columns.clone().take(3).map(move |c| (row, c)))
                {
                    let position = &picture[(row * self.side + column) * channels..][..channels];
                    out.iter_mut().zip(position).for_each(|(out, value)| *out = out.max(*value));
                }
            }
        }
        maps
    }

    /// Over each picture's positions the mean and, by the root of the mean square, how far values are from it:
    /// `[batch, channels]` each.
    pub fn moments(&self, isa: Isa) -> [Vec<f32>; 2] {
        let mut means = vec![0.0; self.batch * self.channels];
        let mut deviations = means.clone();
        let of_picture =
            means.chunks_exact_mut(self.channels).zip(deviations.chunks_exact_mut(self.channels));
        for (picture, (means, deviations)) in self.pictures().zip(of_picture) {
            column_moments(isa, picture, means, deviations);
        }
        [means, deviations]
    }

    fn pictures(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.side * self.side * self.channels)
    }
}

impl Drop for Maps {
    fn drop(&mut self) {
        let Values { memory, .. } = std::mem::take(&mut self.values);
        // A thread that ends has nothing to keep them for.
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if spare.len() < KEPT {
                spare.push(memory);
            }
        });
    }
}

thread_local! {
    static SPARE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

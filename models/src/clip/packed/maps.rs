//! Pictures of many channels, between two convolutions.

use std::cell::RefCell;

/// Buffers that a thread keeps: as many as maps live at the same time in any tower.
const KEPT: usize = 6;

/// Pictures of many channels: `[batch, side, side, channels]`. Their memory is kept for the next maps of the thread:
/// fresh memory costs the system about as much as the convolution that fills it.
pub(crate) struct Maps {
    pub values: Vec<f32>,
    pub batch: usize,
    pub side: usize,
    pub channels: usize,
}

impl Maps {
    /// Room for maps; what is in them is not said.
    pub fn room(batch: usize, side: usize, channels: usize) -> Self {
        let mut values = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        values.resize(batch * side * side * channels, 0.0);
        Self { values, batch, side, channels }
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

    /// The mean over each picture's positions: `[batch, channels]`.
    pub fn means(&self) -> Vec<f32> {
        let mut means = vec![0.0; self.batch * self.channels];
        for (picture, means) in self.pictures().zip(means.chunks_exact_mut(self.channels)) {
            for position in picture.chunks_exact(self.channels) {
                means.iter_mut().zip(position).for_each(|(mean, value)| *mean += value);
            }
            means.iter_mut().for_each(|mean| *mean /= (self.side * self.side) as f32);
        }
        means
    }

    /// How far values are from those means, by the root of the mean square: `[batch, channels]`.
    pub fn deviations(&self, means: &[f32]) -> Vec<f32> {
        let mut squares = vec![0.0; means.len()];
        let of_picture = squares.chunks_exact_mut(self.channels).zip(means.chunks_exact(self.channels));
        for (picture, (squares, means)) in self.pictures().zip(of_picture) {
            for position in picture.chunks_exact(self.channels) {
                for ((square, mean), value) in squares.iter_mut().zip(means).zip(position) {
                    *square += (value - mean) * (value - mean);
                }
            }
        }
        let area = (self.side * self.side) as f32;
        squares.into_iter().map(|square| (square / area).sqrt()).collect()
    }

    fn pictures(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.side * self.side * self.channels)
    }
}

impl Drop for Maps {
    fn drop(&mut self) {
        let values = std::mem::take(&mut self.values);
        // A thread that ends has nothing to keep them for.
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if spare.len() < KEPT {
                spare.push(values);
            }
        });
    }
}

thread_local! {
    static SPARE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

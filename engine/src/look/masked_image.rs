//! A finer copy of the thing on a picture, for colours and patterns.

use image::RgbImage;

use super::foreground::Foreground;

/// Longest side of the copy, in pixels: a thin stripe of a shirt is two pixels wide there.
const SIDE: usize = 224;

/// The least number of pixels of a thing.
const MIN_AREA: usize = 150;

/// Pixels of the picture that are averaged for one of the copy, in each direction, at most.
const SAMPLES: usize = 3;

/// A multiple of each number of pixels that may be averaged: 1, 2, 3, 4, 6 or 9.
const PARTS: usize = 36;

/// The level of white. Levels are so fine that the mean of each cell is a whole number.
pub(super) const WHITE: u16 = 255 * PARTS as u16;

/// A cell: red, green and blue in sRGB, 0 to [`WHITE`], and 1 where it is the thing, else 0.
pub(super) type Cell = [u16; 4];

/// A copy of a picture that is finer than the one on which its foreground was found.
pub(super) struct MaskedImage {
    pub width: usize,
    pub height: usize,
    /// Row by row, with a row of zeros above and below and a column of zeros after each row, so that a cell has one
    /// on each side.
    cells: Vec<Cell>,
    /// Column and row of each cell of the thing, row by row.
    pub places: Vec<[u16; 2]>,
}

impl MaskedImage {
    /// None if the thing is too small.
    pub(super) fn from_picture(picture: &RgbImage, foreground: &Foreground) -> Option<Self> {
        let (full_width, full_height) = (picture.width() as usize, picture.height() as usize);
        let longest = full_width.max(full_height);
        let side = |length: usize| if longest <= SIDE { length } else { (length * SIDE / longest).max(1) };
        let (width, height) = (side(full_width), side(full_height));
        let places = places(width, height, foreground);
        if places.len() < MIN_AREA {
            return None;
        }
        let mut copy = Self { width, height, cells: copy(picture, width, height), places };
        for at in 0..copy.places.len() {
            let cell = copy.number(copy.places[at]);
            copy.cells[cell][3] = 1;
        }
        Some(copy)
    }

    /// The number of cells of the thing.
    pub(super) fn area(&self) -> usize {
        self.places.len()
    }

    /// Every cell, row by row.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunks_exact(self.stride()).skip(1).take(self.height).map(|row| &row[..self.width])
    }

    /// The cells left of a place, right of it, above and below. Beyond the picture nothing is the thing.
    pub(super) fn beside(&self, place: [u16; 2]) -> [Cell; 4] {
        let (at, stride) = (self.number(place), self.stride());
        [at - 1, at + 1, at - stride, at + stride].map(|at| self.cells[at])
    }

    /// The cell at a place.
    pub(super) fn cell(&self, place: [u16; 2]) -> Cell {
        self.cells[self.number(place)]
    }

    fn stride(&self) -> usize {
        self.width + 1
    }

    fn number(&self, [x, y]: [u16; 2]) -> usize {
        (usize::from(y) + 1) * self.stride() + usize::from(x)
    }
}

/// The cells under which the foreground is.
fn places(width: usize, height: usize, foreground: &Foreground) -> Vec<[u16; 2]> {
    let coarse = &foreground.picture;
    let columns: Vec<usize> = (0..width).map(|x| x * coarse.width / width).collect();
    let mut row = vec![false; coarse.width];
    let mut places = Vec::new();
    for y in 0..height {
        row.clear();
        row.extend(foreground.mask.row(y * coarse.height / height));
        let inside = columns.iter().enumerate().filter(|(_, column)| row[**column]);
        places.extend(inside.map(|(x, _)| [x as u16, y as u16]));
    }
    places
}

/// The mean of each cell, as [`MaskedImage`] keeps them.
fn copy(picture: &RgbImage, width: usize, height: usize) -> Vec<Cell> {
    let (full_width, full_height) = (picture.width() as usize, picture.height() as usize);
    let bytes = picture.as_raw();
    // Behind the sums of a row three zeros, for a cell of fewer columns than others.
    let mut sums = vec![0_u16; 3 * full_width + 3];
    let columns: Vec<_> = (0..width).map(|x| Columns::of_cell(x, width, full_width)).collect();
    let mut cells = vec![[0; 4]; (width + 1) * (height + 2)];
    for (y, out) in cells.chunks_exact_mut(width + 1).skip(1).take(height).enumerate() {
        let rows = span(y, height, full_height);
        let count = rows.len();
        for (n, row) in rows.enumerate() {
            let row = &bytes[3 * row * full_width..][..3 * full_width];
            let sums = sums.iter_mut().zip(row);
            if n == 0 {
                sums.for_each(|(sum, value)| *sum = u16::from(*value));
            } else {
                sums.for_each(|(sum, value)| *sum += u16::from(*value));
            }
        }
        for (cell, columns) in out.iter_mut().zip(&columns) {
            let parts = (PARTS / (count * columns.count)) as u16;
            let mut sum = [0; 3];
            for at in columns.starts {
                let of_column = &sums[at..at + 3];
                (0..3).for_each(|channel| sum[channel] += of_column[channel]);
            }
            (0..3).for_each(|channel| cell[channel] = sum[channel] * parts);
        }
    }
    cells
}

/// The columns of the picture that are averaged for one of the copy.
struct Columns {
    /// Where each begins in a row, in values; one past the last column where there are fewer.
    starts: [usize; SAMPLES],
    count: usize,
}

impl Columns {
    fn of_cell(x: usize, width: usize, full_width: usize) -> Self {
        let mut starts = [3 * full_width; SAMPLES];
        let span = span(x, width, full_width);
        let count = span.len();
        starts.iter_mut().zip(span).for_each(|(start, column)| *start = 3 * column);
        Self { starts, count }
    }
}

/// The lines of the picture that are averaged for one of the copy: one to [`SAMPLES`].
fn span(cell: usize, cells: usize, length: usize) -> impl ExactSizeIterator<Item = usize> {
    let from = cell * length / cells;
    let to = ((cell + 1) * length / cells).max(from + 1);
    (from..to).step_by((to - from).div_ceil(SAMPLES))
}

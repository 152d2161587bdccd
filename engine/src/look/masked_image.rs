//! A finer copy of the thing on a picture, for colours and patterns.

use image::RgbImage;

use super::foreground::Foreground;

/// Longest side of the copy, in pixels: a thin stripe of a shirt is two pixels wide there.
const SIDE: usize = 224;

/// The least number of pixels of a thing.
const MIN_AREA: usize = 150;

/// Pixels of the picture that are averaged for one of the copy, in each direction, at most.
const SAMPLES: usize = 3;

/// A copy of a picture that is finer than the one on which its foreground was found.
pub(super) struct MaskedImage {
    pub width: usize,
    pub height: usize,
    /// Mean of each cell, sRGB, 0 to 1.
    pub rgb: Vec<[f32; 3]>,
    /// Which cells are the thing.
    pub mask: Vec<bool>,
    /// The number of these cells.
    pub area: usize,
}

impl MaskedImage {
    /// None if the thing is too small.
    pub(super) fn from_picture(picture: &RgbImage, foreground: &Foreground) -> Option<Self> {
        let (full_width, full_height) = (picture.width() as usize, picture.height() as usize);
        let longest = full_width.max(full_height);
        let side = |length: usize| if longest <= SIDE { length } else { (length * SIDE / longest).max(1) };
        let (width, height) = (side(full_width), side(full_height));
        let coarse = &foreground.picture;
        let inside = |at: usize| {
            let (x, y) = (at % width * coarse.width / width, at / width * coarse.height / height);
            foreground.mask[y * coarse.width + x]
        };
        let mask: Vec<bool> = (0..width * height).map(inside).collect();
        let area = mask.iter().filter(|inside| **inside).count();
        (area >= MIN_AREA).then(|| Self { width, height, rgb: copy(picture, width, height), mask, area })
    }

    /// The cells of the thing.
    pub(super) fn cells(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.mask.len()).filter(|at| self.mask[*at])
    }

    /// The cell `(dx, dy)` away, if that is still the thing.
    pub(super) fn beside(&self, at: usize, dx: isize, dy: isize) -> Option<usize> {
        let x = (at % self.width).checked_add_signed(dx).filter(|x| *x < self.width)?;
        let y = (at / self.width).checked_add_signed(dy).filter(|y| *y < self.height)?;
        let other = y * self.width + x;
        self.mask[other].then_some(other)
    }
}

fn copy(picture: &RgbImage, width: usize, height: usize) -> Vec<[f32; 3]> {
    let full_width = picture.width() as usize;
    let span = |cell: usize, cells: usize, length: u32| {
        let from = cell * length as usize / cells;
        let to = ((cell + 1) * length as usize / cells).max(from + 1);
        (from..to).step_by((to - from).div_ceil(SAMPLES))
    };
    let columns: Vec<_> = (0..width).map(|x| span(x, width, picture.width())).collect();
    let bytes = picture.as_raw();
    let mut rgb = Vec::with_capacity(width * height);
    for y in 0..height {
        let rows = span(y, height, picture.height());
        for columns in &columns {
            let (mut sum, mut count) = ([0_u32; 3], 0_u32);
            for row in rows.clone() {
                for column in columns.clone() {
                    let pixel = &bytes[3 * (row * full_width + column)..][..3];
                    (0..3).for_each(|channel| sum[channel] += u32::from(pixel[channel]));
                    count += 1;
                }
            }
            rgb.push(sum.map(|sum| sum as f32 / (255 * count) as f32));
        }
    }
    rgb
}

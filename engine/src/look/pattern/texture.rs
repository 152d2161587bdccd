//! Cloth without its folds: a fine copy of the thing in which only what is quicker than light and shade is
//! left.

use image::RgbImage;

use crate::look::foreground::Foreground;

/// Longest side of the copy, in pixels: a thin stripe of a shirt is two pixels wide there.
const SIDE: usize = 224;

/// Brightness, red against green, and blue against yellow; about as far apart as in CIELAB.
pub(super) const CHANNELS: usize = 3;

/// A fine copy of a thing.
pub(super) struct Texture {
    pub width: usize,
    pub height: usize,
    /// What is left of each pixel without the mean around it.
    pub detail: Vec<[f32; CHANNELS]>,
    /// Which pixels are the thing.
    pub mask: Vec<bool>,
    /// How many those are.
    pub area: usize,
}

impl Texture {
    /// None if the thing has too few pixels for a texture.
    pub(super) fn of(picture: &RgbImage, foreground: &Foreground) -> Option<Self> {
        let (full_width, full_height) = (picture.width() as usize, picture.height() as usize);
        let longest = full_width.max(full_height);
        let side = |length: usize| if longest <= SIDE { length } else { length * SIDE / longest };
        let (width, height) = (side(full_width), side(full_height));
        let coarse = &foreground.picture;
        let strongest = foreground.weights.iter().copied().fold(0.0, f32::max);
        let inside = |at: usize| {
            let (x, y) = (at % width * coarse.width / width, at / width * coarse.height / height);
            foreground.weights[y * coarse.width + x] > 0.3 * strongest
        };
        let mask: Vec<bool> = (0..width * height).map(inside).collect();
        let area = mask.iter().filter(|inside| **inside).count();
        if area < 400 {
            return None;
        }
        let levels = copy(picture, width, height);
        let reach = ((area as f32).sqrt() / 7.0).max(3.0) as usize;
        let detail = without_mean(&levels, &mask, width, height, reach);
        Some(Self { width, height, detail, mask, area })
    }

    /// The detail `(dx, dy)` away from a pixel, if that is still the thing.
    pub(super) fn beside(&self, at: usize, dx: isize, dy: isize) -> Option<&[f32; CHANNELS]> {
        let x = (at % self.width).checked_add_signed(dx).filter(|x| *x < self.width)?;
        let y = (at / self.width).checked_add_signed(dy).filter(|y| *y < self.height)?;
        let other = y * self.width + x;
        self.mask[other].then(|| &self.detail[other])
    }

    /// The pixels of the thing.
    pub(super) fn pixels(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.mask.len()).filter(|at| self.mask[*at])
    }
}

/// The mean colour of each cell, as opponent colours.
fn copy(picture: &RgbImage, width: usize, height: usize) -> Vec<[f32; CHANNELS]> {
    let (full_width, full_height) = (picture.width() as usize, picture.height() as usize);
    let bytes = picture.as_raw();
    let mut levels = Vec::with_capacity(width * height);
    for y in 0..height {
        let rows =
            y * full_height / height..((y + 1) * full_height / height).max(y * full_height / height + 1);
        let skip = rows.len().div_ceil(3);
        for x in 0..width {
            let from = x * full_width / width;
            let columns = from..((x + 1) * full_width / width).max(from + 1);
            let (mut sum, mut count) = ([0_u32; 3], 0_u32);
            for row in rows.clone().step_by(skip) {
                for column in columns.clone().step_by(columns.len().div_ceil(3)) {
                    let pixel = &bytes[3 * (row * full_width + column)..][..3];
                    (0..3).for_each(|channel| sum[channel] += u32::from(pixel[channel]));
                    count += 1;
                }
            }
            levels.push(opponent(sum.map(|sum| sum as f32 / (255 * count) as f32)));
        }
    }
    levels
}

fn opponent([r, g, b]: [f32; 3]) -> [f32; CHANNELS] {
    [100.0 * (0.3 * r + 0.59 * g + 0.11 * b), 90.0 * (r - g), 60.0 * (0.5 * (r + g) - b)]
}

/// Takes from each pixel of the mask the mean of those within `reach`, by summed areas.
fn without_mean(
    levels: &[[f32; CHANNELS]],
    mask: &[bool],
    width: usize,
    height: usize,
    reach: usize,
) -> Vec<[f32; CHANNELS]> {
    // In f64: the sums grow to millions, the differences of four of them are small.
    let mut sums = vec![[0.0_f64; CHANNELS + 1]; (width + 1) * (height + 1)];
    for y in 0..height {
        let mut row = [0.0_f64; CHANNELS + 1];
        for x in 0..width {
            let at = y * width + x;
            if mask[at] {
                (0..CHANNELS).for_each(|c| row[c] += f64::from(levels[at][c]));
                row[CHANNELS] += 1.0;
            }
            let above = sums[y * (width + 1) + x + 1];
            sums[(y + 1) * (width + 1) + x + 1] = std::array::from_fn(|i| above[i] + row[i]);
        }
    }
    let detail = |at: usize| {
        if !mask[at] {
            return [0.0; CHANNELS];
        }
        let (x, y) = (at % width, at / width);
        let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
        let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(height));
        let corner = |x: usize, y: usize| &sums[y * (width + 1) + x];
        let sum = |i: usize| {
            corner(right, bottom)[i] - corner(left, bottom)[i] - corner(right, top)[i] + corner(left, top)[i]
        };
        std::array::from_fn(|i| levels[at][i] - (sum(i) / sum(CHANNELS)) as f32)
    };
    (0..mask.len()).map(detail).collect()
}

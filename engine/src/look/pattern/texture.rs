//! The texture of a thing without its folds: a copy of the thing without the slow changes of light and shade.

use crate::look::masked_image::MaskedImage;

/// Brightness, red against green, and blue against yellow; about as far apart as in CIELAB.
pub(super) const CHANNELS: usize = 3;

/// With fewer pixels there is no texture.
const MIN_AREA: usize = 400;

/// A thing without its folds.
pub(super) struct Texture<'a> {
    pub masked: &'a MaskedImage,
    /// Each pixel minus the mean around it.
    pub detail: Vec<[f32; CHANNELS]>,
}

impl<'a> Texture<'a> {
    /// None if the thing has too few pixels for a texture.
    pub(super) fn from_masked_image(masked: &'a MaskedImage) -> Option<Self> {
        if masked.area < MIN_AREA {
            return None;
        }
        let levels: Vec<_> = masked.rgb.iter().map(|rgb| opponent(*rgb)).collect();
        let reach = ((masked.area as f32).sqrt() / 7.0).max(3.0) as usize;
        Some(Self { masked, detail: without_mean(&levels, masked, reach) })
    }

    /// The detail `(dx, dy)` away from a pixel, if that is still the thing.
    pub(super) fn beside(&self, at: usize, dx: isize, dy: isize) -> Option<&[f32; CHANNELS]> {
        self.masked.beside(at, dx, dy).map(|other| &self.detail[other])
    }
}

fn opponent([r, g, b]: [f32; 3]) -> [f32; CHANNELS] {
    [100.0 * (0.3 * r + 0.59 * g + 0.11 * b), 90.0 * (r - g), 60.0 * (0.5 * (r + g) - b)]
}

/// Takes from each pixel of the mask the mean of those within `reach`, by summed areas.
fn without_mean(levels: &[[f32; CHANNELS]], masked: &MaskedImage, reach: usize) -> Vec<[f32; CHANNELS]> {
    let MaskedImage { width, height, ref mask, .. } = *masked;
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

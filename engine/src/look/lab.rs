//! CIE Lab, and a small copy of a picture in Lab.

use std::sync::LazyLock;

use image::RgbImage;
use knytt_kernels::{Widened, widened};

/// Longest side of the copy, in pixels.
pub(crate) const SIDE: usize = 128;

/// A copy with a shorter side shows nothing.
const MIN_SIDE: usize = 8;

/// Pixels that are averaged for one of the copy, in each direction.
const SAMPLES: usize = 4;

/// CIE Lab: `L` (0 to 100), `a` and `b` (about -100 to 100), D65.
pub type Lab = [f32; 3];

/// At most 128 × 128 pixels, row by row, slightly smoothed. Each channel lies by itself, so that the compiler can
/// use vector instructions.
pub(crate) struct LabImage {
    pub width: usize,
    pub height: usize,
    channels: [Vec<f32>; 3],
}

impl LabImage {
    /// `None` if the picture is too small.
    pub(crate) fn from_picture(picture: &RgbImage) -> Option<Self> {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let longest = width.max(height);
        let side = |length: usize| if longest <= SIDE { length } else { length * SIDE / longest };
        let (small_width, small_height) = (side(width), side(height));
        if small_width.min(small_height) < MIN_SIDE {
            return None;
        }
        let mut channels = light(picture, small_width, small_height);
        to_lab(&mut channels);
        for channel in &mut channels {
            smooth(channel, small_width);
        }
        Some(Self { width: small_width, height: small_height, channels })
    }

    /// The number of pixels.
    pub(crate) fn area(&self) -> usize {
        self.width * self.height
    }

    /// The colour of a pixel.
    pub(crate) fn pixel(&self, at: usize) -> Lab {
        let [l, a, b] = &self.channels;
        [l[at], a[at], b[at]]
    }

    /// `L`, `a` and `b` of each pixel.
    pub(crate) fn channels(&self) -> [&[f32]; 3] {
        self.channels.each_ref().map(Vec::as_slice)
    }

    /// Column and row of a pixel.
    pub(crate) fn place(&self, at: usize) -> (usize, usize) {
        (at % self.width, at / self.width)
    }
}

/// Red, green and blue light of each pixel of the copy, 0 to 1.
fn light(picture: &RgbImage, small_width: usize, small_height: usize) -> [Vec<f32>; 3] {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let columns: Vec<_> = (0..small_width).map(|x| samples(x, small_width, width).map(|x| 3 * x)).collect();
    let mut light: [Vec<f32>; 3] = std::array::from_fn(|_| Vec::with_capacity(small_width * small_height));
    let (bytes, linear) = (picture.as_raw(), &*LINEAR);
    let mut sums = vec![0_u16; 3 * width];
    for y in 0..small_height {
        let [first, rows @ ..] =
            samples(y, small_height, height).map(|row| &bytes[3 * row * width..][..3 * width]);
        sums.iter_mut().zip(first).for_each(|(sum, value)| *sum = u16::from(*value));
        for row in rows {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += u16::from(*value));
        }
        for columns in &columns {
            let mut sum = [(SAMPLES * SAMPLES / 2) as u16; 3];
            for at in columns {
                let of_column = &sums[*at..*at + 3];
                (0..3).for_each(|channel| sum[channel] += of_column[channel]);
            }
            for (channel, sum) in light.iter_mut().zip(sum) {
                channel.push(linear[usize::from(sum) / (SAMPLES * SAMPLES)]);
            }
        }
    }
    light
}

/// The samples for one pixel of the copy, spread evenly over its cell.
fn samples(cell: usize, cells: usize, length: usize) -> [usize; SAMPLES] {
    std::array::from_fn(|i| {
        let at = (2 * (cell * SAMPLES + i) + 1) as u64 * length as u64 / (2 * cells * SAMPLES) as u64;
        (at as usize).min(length - 1)
    })
}

/// From light to Lab, in place.
fn to_lab(channels: &mut [Vec<f32>; 3]) {
    widened(ToLab(channels));
}

struct ToLab<'a>(&'a mut [Vec<f32>; 3]);

impl Widened for ToLab<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [red, green, blue] = self.0;
        for ((red, green), blue) in red.iter_mut().zip(green).zip(blue) {
            [*red, *green, *blue] = lab([*red, *green, *blue]);
        }
    }
}

/// Binomial weights 1 2 1 both ways: noise and weave go, edges stay.
fn smooth(channel: &mut [f32], width: usize) {
    let mix = |a: f32, b: f32, c: f32| 0.25 * a + 0.5 * b + 0.25 * c;
    let mut across = vec![0.0; channel.len()];
    for (out, row) in across.chunks_exact_mut(width).zip(channel.chunks_exact(width)) {
        for (out, three) in out[1..].iter_mut().zip(row.windows(3)) {
            *out = mix(three[0], three[1], three[2]);
        }
        out[0] = mix(row[0], row[0], row[1]);
        out[width - 1] = mix(row[width - 2], row[width - 1], row[width - 1]);
    }
    let height = channel.len() / width;
    for (y, out) in channel.chunks_exact_mut(width).enumerate() {
        let row = |y: usize| &across[y * width..][..width];
        let (above, own, below) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(height - 1)));
        for (((out, above), own), below) in out.iter_mut().zip(above).zip(own).zip(below) {
            *out = mix(*above, *own, *below);
        }
    }
}

/// The light of each level of sRGB, 0 to 1.
static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| std::array::from_fn(linear));

/// sRGB's transfer function (IEC 61966-2-1), 0 to 1.
fn linear(level: usize) -> f32 {
    let value = level as f32 / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[inline(always)]
fn lab([r, g, b]: [f32; 3]) -> Lab {
    let x = (0.412_456 * r + 0.357_576 * g + 0.180_437 * b) / 0.950_47;
    let y = 0.212_673 * r + 0.715_152 * g + 0.072_175 * b;
    let z = (0.019_334 * r + 0.119_192 * g + 0.950_304 * b) / 1.088_83;
    let [x, y, z] = [x, y, z].map(|t| {
        // Both are computed, so that there is no branch.
        let (root, line) = (cube_root(if t > 0.008 { t } else { 0.008 }), 7.787 * t + 16.0 / 116.0);
        if t > 0.008_856 { root } else { line }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The cube root of a number above 0.001, to one unit in its last place: a third of the exponent, and two steps of
/// Halley's. Unlike `cbrt` the compiler can compute several at once.
#[inline(always)]
fn cube_root(t: f32) -> f32 {
    const TWO_THIRDS_OF_BIAS: u32 = 709_921_077;
    let mut root = f32::from_bits(t.to_bits() / 3 + TWO_THIRDS_OF_BIAS);
    for _ in 0..2 {
        let cube = root * root * root;
        root *= (cube + 2.0 * t) / (2.0 * cube + t);
    }
    root
}

/// From levels in sRGB, 0 to 1, to Lab, in place. Each channel lies by itself.
pub(crate) fn levels_to_lab(channels: &mut [Vec<f32>; 3]) {
    let linear = &*LINEAR;
    for level in channels.iter_mut().flatten() {
        *level = linear[(255.0 * *level + 0.5) as usize & 255];
    }
    to_lab(channels);
}

/// Of a tone in sRGB.
pub(crate) fn lab_of_rgb(rgb: [u8; 3]) -> Lab {
    lab(rgb.map(|level| LINEAR[usize::from(level)]))
}

/// The tone in sRGB nearest to a colour that a screen may not have.
pub(crate) fn rgb_of_lab([light, a, b]: Lab) -> [u8; 3] {
    let y = (light + 16.0) / 116.0;
    let [x, y, z] = [y + a / 500.0, y, y - b / 200.0].map(|t| {
        let cube = t * t * t;
        if cube > 0.008_856 { cube } else { (t - 16.0 / 116.0) / 7.787 }
    });
    let (x, z) = (x * 0.950_47, z * 1.088_83);
    let rgb = [
        3.240_454 * x - 1.537_139 * y - 0.498_531 * z,
        -0.969_266 * x + 1.876_011 * y + 0.041_556 * z,
        0.055_643 * x - 0.204_026 * y + 1.057_225 * z,
    ];
    rgb.map(|value| {
        let level = if value <= 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
        (255.0 * level).round().clamp(0.0, 255.0) as u8
    })
}

/// Distance with light at half its weight: a fold or a shadow changes light more than colour.
pub(super) fn distance_squared(a: Lab, b: Lab) -> f32 {
    let [l, x, y] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    0.25 * l * l + x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn colours_have_their_published_coordinates() {
        for (rgb, expected) in [
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([0, 0, 0], [0.0, 0.0, 0.0]),
            ([255, 0, 0], [53.24, 80.09, 67.20]),
            ([0, 0, 255], [32.30, 79.19, -107.86]),
        ] {
            let picture = RgbImage::from_pixel(10, 10, Rgb(rgb));
            let found = LabImage::from_picture(&picture).unwrap().pixel(55);
            assert!(found.iter().zip(expected).all(|(a, b): (&f32, f32)| (a - b).abs() < 0.1), "{found:?}");
        }
    }

    #[test]
    fn a_cube_root_is_that_of_the_library() {
        for t in (9..=1100).map(|n| n as f32 / 1000.0) {
            assert!((cube_root(t) - t.cbrt()).abs() <= 2.0 * f32::EPSILON * t.cbrt(), "{t}");
        }
    }

    #[test]
    fn a_tone_comes_back_from_lab() {
        for rgb in [[0, 0, 0], [255, 255, 255], [200, 36, 42], [1, 2, 3], [32, 42, 78], [12, 250, 120]] {
            assert_eq!(rgb_of_lab(lab_of_rgb(rgb)), rgb);
        }
    }

    #[test]
    fn the_longest_side_is_128() {
        let size = |width, height| {
            LabImage::from_picture(&RgbImage::new(width, height)).map(|small| (small.width, small.height))
        };
        assert_eq!(size(4000, 3000), Some((128, 96)));
        assert_eq!(size(90, 100), Some((90, 100)));
        assert_eq!(size(3000, 20), None);
        assert_eq!(size(0, 0), None);
    }
}

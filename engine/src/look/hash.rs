//! A perceptual hash: the hashes of similar pictures differ in few bits.
//!
//! The bits are the signs of the lowest frequencies of a small grey copy, as in pHash (Zauner, "Implementation and
//! benchmarking of perceptual image hash functions", 2010). Scaling, recoding and a change of light
//! change few of them.

use std::f32::consts::PI;
use std::sync::LazyLock;

use image::RgbImage;

/// Sides of the grey copy.
const SIDE: usize = 32;

/// Frequencies each way, without the constant one.
const WAVES: usize = 8;

/// `cos(π · wave · (2 · place + 1) / 64)`, wave by wave, from 1 on.
static COSINES: LazyLock<[[f32; SIDE]; WAVES]> = LazyLock::new(|| {
    let angle =
        |wave: usize, place: usize| (wave + 1) as f32 * (2 * place + 1) as f32 * PI / (2 * SIDE) as f32;
    std::array::from_fn(|wave| std::array::from_fn(|place| angle(wave, place).cos()))
});

/// The hash of a picture; none if it has no pixels.
pub(super) fn hash(picture: &RgbImage) -> Option<u64> {
    let grey = grey(picture)?;
    let rows: Vec<[f32; WAVES]> = grey.iter().map(waves).collect();
    let mut frequencies = [0.0; WAVES * WAVES];
    for across in 0..WAVES {
        let down = waves(&std::array::from_fn(|y| rows[y][across]));
        (0..WAVES).for_each(|wave| frequencies[wave * WAVES + across] = down[wave]);
    }
    let mut sorted = frequencies;
    sorted.sort_by(f32::total_cmp);
    let median = f32::midpoint(sorted[31], sorted[32]);
    let bits = frequencies.iter().enumerate().filter(|(_, value)| **value > median);
    Some(bits.fold(0, |hash, (at, _)| hash | 1 << at))
}

/// How many bits differ: 0 for the same look, about 32 for unrelated ones.
pub fn hash_distance(a: u64, b: u64) -> u32 {
    (a ^ b).count_ones()
}

fn waves(line: &[f32; SIDE]) -> [f32; WAVES] {
    std::array::from_fn(|wave| COSINES[wave].iter().zip(line).map(|(cos, value)| cos * value).sum())
}

/// Lines of a picture, in each direction, that are enough for a cell's mean.
const SAMPLES: usize = 8;

/// Mean brightness in each cell of a grid.
fn grey(picture: &RgbImage) -> Option<Vec<[f32; SIDE]>> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    if width == 0 || height == 0 {
        return None;
    }
    let span = |cell: usize, length: usize| {
        let from = cell * length / SIDE;
        let lines = from..((cell + 1) * length / SIDE).max(from + 1);
        let step = lines.len().div_ceil(SAMPLES);
        lines.step_by(step)
    };
    let bytes = picture.as_raw();
    let mut sums = vec![0_u16; 3 * width];
    let row_of_means = |y: usize| {
        sums.fill(0);
        for row in span(y, height) {
            let row = &bytes[3 * row * width..][..3 * width];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += u16::from(*value));
        }
        std::array::from_fn(|x| {
            let mut sum = [0_u32; 3];
            for column in span(x, width) {
                let of_column = &sums[3 * column..3 * column + 3];
                (0..3).for_each(|channel| sum[channel] += u32::from(of_column[channel]));
            }
            let count = span(x, width).len() * span(y, height).len();
            (299 * sum[0] + 587 * sum[1] + 114 * sum[2]) as f32 / (1000 * count) as f32
        })
    };
    Some((0..SIDE).map(row_of_means).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, imageops};

    fn scene(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
            let body = (0.3..0.7).contains(&x) && (0.2..0.9).contains(&y);
            let sleeve = (0.1..0.9).contains(&x) && (0.2..0.4).contains(&y);
            let level = if body || sleeve { 60.0 + 80.0 * x } else { 230.0 - 40.0 * y };
            Rgb([level as u8, (level * 0.9) as u8, (level * 0.8) as u8])
        })
    }

    #[test]
    fn size_and_light_move_few_bits() {
        let picture = scene(320, 240);
        let of = hash(&picture).unwrap();
        assert!(hash_distance(of, hash(&scene(1200, 900)).unwrap()) <= 4);
        assert!(hash_distance(of, hash(&imageops::brighten(&picture, 20)).unwrap()) <= 4);
        assert!(hash_distance(of, hash(&imageops::blur(&picture, 2.0)).unwrap()) <= 4);
    }

    #[test]
    fn another_picture_is_far() {
        let picture = scene(320, 240);
        let of = hash(&picture).unwrap();
        assert!(hash_distance(of, hash(&imageops::rotate90(&picture)).unwrap()) >= 16);
        assert!(hash_distance(of, hash(&imageops::flip_vertical(&picture)).unwrap()) >= 16);
    }

    #[test]
    fn any_size_has_a_hash_but_nothing() {
        for (width, height) in [(1, 1), (3, 700), (31, 33), (2000, 5)] {
            assert!(hash(&scene(width, height)).is_some());
        }
        assert_eq!(hash(&RgbImage::new(0, 5)), None);
    }
}

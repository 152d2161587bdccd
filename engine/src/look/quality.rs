//! Detects flaws of a picture.

use image::RgbImage;

use super::Flaw;

/// A picture with a shorter side, in pixels, has too little to be recognised by.
const MIN_SIDE: u32 = 48;

/// Longest side of the grey copy that is judged, in pixels. What is sharp there is sharp enough to search.
const SIDE: usize = 256;

/// Between the 2nd and the 98th percentile of brightness, of 255: with less, nothing is shown. The flattest of
/// 4,210 photographs has 42.
const MIN_CONTRAST: f32 = 10.0;

/// Below this sharpness nothing in a picture is sharp. Of 4,210 photographs one is below, the lowest with
/// 0.712; of those blurred by a Gaussian of 3 pixels nearly 99 %, of 2 pixels about 75 % (`examples/measure_look_photos.rs`,
/// shorter side 288).
const MIN_SHARPNESS: f32 = 0.72;

/// The flaws of a picture, by its pixels alone.
pub(super) fn flaws(picture: &RgbImage) -> Vec<Flaw> {
    if picture.width().min(picture.height()) < MIN_SIDE {
        return vec![Flaw::TooSmall];
    }
    let grey = Grey::from_picture(picture);
    if grey.contrast() < MIN_CONTRAST {
        vec![Flaw::Blank]
    } else if grey.sharpness() < MIN_SHARPNESS {
        vec![Flaw::Blurred]
    } else {
        Vec::new()
    }
}

/// Contrast (0 to 255) and sharpness (0 to 1).
pub(super) fn contrast_and_sharpness(picture: &RgbImage) -> (f32, f32) {
    let grey = Grey::from_picture(picture);
    (grey.contrast(), grey.sharpness())
}

/// Brightness, 0 to 255 times [`UNIT`], row by row.
struct Grey {
    width: usize,
    levels: Vec<u32>,
}

/// One level of brightness. Whole numbers are counted and compared faster than others.
const UNIT: u32 = 1 << 16;

/// Weights of red, green and blue, together 256.
const WEIGHTS: [u64; 3] = [77, 150, 29];

impl Grey {
    fn from_picture(picture: &RgbImage) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let step = width.max(height).div_ceil(SIDE).max(1);
        let (small_width, small_height) = (width / step, height / step);
        let mut levels = Vec::with_capacity(small_width * small_height);
        let mut sums = vec![0_u32; 3 * width];
        let scale = f64::from(UNIT / 256) / (step * step) as f64;
        for rows in picture.as_raw().chunks_exact(3 * width * step).take(small_height) {
            sums.fill(0);
            for row in rows.chunks_exact(3 * width) {
                sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += u32::from(*value));
            }
            levels.extend(sums.chunks_exact(3 * step).take(small_width).map(|cell| {
                let weighted = |p: &[u32]| (0..3).map(|i| u64::from(p[i]) * WEIGHTS[i]).sum::<u64>();
                (cell.chunks_exact(3).map(weighted).sum::<u64>() as f64 * scale) as u32
            }));
        }
        Self { width: small_width, levels }
    }

    /// The difference of the 98th and the 2nd percentile.
    fn contrast(&self) -> f32 {
        if self.levels.is_empty() {
            return 0.0;
        }
        let buckets = Buckets::new(self.levels.iter().copied());
        let at = |share: f32| {
            let place = (share * (self.levels.len() - 1) as f32) as usize;
            let (bucket, before) = buckets.of_place(place);
            let mut of_bucket: Vec<u32> =
                self.levels.iter().copied().filter(|level| Buckets::of(*level) == bucket).collect();
            *of_bucket.select_nth_unstable(place - before).1
        };
        (at(0.98) - at(0.02)) as f32 / UNIT as f32
    }

    /// The share of the difference between neighbours that is lost when the picture is blurred again, 0 to 1,
    /// over its sharpest hundredth. A sharp picture loses much. After Crete et al., "The blur effect: perception
    /// and estimation with a new no-reference perceptual blur metric" (SPIE 2007).
    fn sharpness(&self) -> f32 {
        let (width, height) = (self.width, self.levels.len() / self.width.max(1));
        let row = |y: usize| &self.levels[y * width..][..width];
        let across = (0..height).filter(|_| width > ENDS).map(|y| Line {
            own: &row(y)[REACH + 1..width - REACH],
            before: &row(y)[REACH..width - REACH - 1],
            next: &row(y)[2 * REACH + 1..],
            last: &row(y)[..width - 2 * REACH - 1],
        });
        let down = (REACH + 1..height.saturating_sub(REACH)).filter(|_| height > ENDS).map(|y| Line {
            own: row(y),
            before: row(y - 1),
            next: row(y + REACH),
            last: row(y - REACH - 1),
        });
        self.lost(across).max(self.lost(down))
    }

    /// Along one direction.
    fn lost<'a>(&self, lines: impl Iterator<Item = Line<'a>> + Clone) -> f32 {
        let buckets = Buckets::new(lines.clone().flat_map(|line| line.changes()));
        let sharpest = (buckets.total / 100).max(16).min(buckets.total);
        let (bucket, before) = buckets.of_place(buckets.total - sharpest);
        let mut sum = Sum::default();
        let mut of_bucket = Vec::new();
        for line in lines {
            for (at, change) in
                line.changes().enumerate().filter(|(_, change)| Buckets::of(*change) >= bucket)
            {
                if Buckets::of(change) > bucket {
                    sum.add(change, line.blurred(at));
                } else {
                    of_bucket.push((change, line.blurred(at)));
                }
            }
        }
        // Of the lowest bucket only the sharpest.
        let left_out = buckets.total - sharpest - before;
        if left_out > 0 {
            of_bucket.select_nth_unstable_by_key(left_out, |(change, _)| *change);
        }
        of_bucket.iter().skip(left_out).for_each(|(change, blurred)| sum.add(*change, *blurred));
        sum.lost as f32 / sum.sharp.max(1) as f32
    }
}

/// How far the window of the blur reaches.
const REACH: usize = 4;

/// What a line must be longer than, to have more than its two ends.
const ENDS: usize = 2 * REACH + 2;

/// Levels along a line, and for each the one before it, and the ends of the two windows about both.
#[derive(Clone, Copy)]
struct Line<'a> {
    own: &'a [u32],
    before: &'a [u32],
    next: &'a [u32],
    last: &'a [u32],
}

impl<'a> Line<'a> {
    /// The change from each level's neighbour.
    fn changes(self) -> impl Iterator<Item = u32> + 'a {
        self.own.iter().zip(self.before).map(|(own, before)| own.abs_diff(*before))
    }

    /// That of the blurred line, times the width of the window: of two means over neighbouring windows only the ends
    /// differ.
    fn blurred(self, at: usize) -> u32 {
        self.next[at].abs_diff(self.last[at])
    }
}

/// Sums over changes, times the width of the window.
#[derive(Default)]
struct Sum {
    sharp: u64,
    lost: u64,
}

impl Sum {
    fn add(&mut self, change: u32, blurred: u32) {
        let sharp = change * (2 * REACH + 1) as u32;
        self.sharp += u64::from(sharp);
        self.lost += u64::from(sharp.saturating_sub(blurred));
    }
}

/// Counts that are kept of each bucket.
const PARTS: usize = 4;

/// Counts of values by their size, to find the one at a place of their order without sorting them.
struct Buckets {
    counts: Vec<usize>,
    total: usize,
}

impl Buckets {
    fn new(values: impl Iterator<Item = u32>) -> Self {
        // Several counts of each bucket in turn, since neighbours are often alike: an addition need not wait for the one
        // before it.
        let mut parts = [[0_u32; 4 * 256]; PARTS];
        let mut part = 0;
        values.for_each(|value| {
            parts[part][Self::of(value)] += 1;
            part = (part + 1) % PARTS;
        });
        let counts: Vec<usize> =
            (0..4 * 256).map(|bucket| parts.iter().map(|part| part[bucket] as usize).sum()).collect();
        let total = counts.iter().sum();
        Self { counts, total }
    }

    /// The bucket of a value: a quarter of a level.
    fn of(value: u32) -> usize {
        (value / (UNIT / 4)) as usize
    }

    /// The bucket of the value at a place of their order, and how many values lie in the buckets before it.
    fn of_place(&self, place: usize) -> (usize, usize) {
        let mut before = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            if place < before + count {
                return (bucket, before);
            }
            before += count;
        }
        (self.counts.len(), before)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by sorting.
    fn percentiles(grey: &Grey) -> f32 {
        let mut sorted = grey.levels.clone();
        sorted.sort_unstable();
        let at = |share: f32| sorted[(share * (sorted.len() - 1) as f32) as usize];
        (at(0.98) - at(0.02)) as f32 / UNIT as f32
    }

    fn sharpest(grey: &Grey, along: usize, length: usize) -> f32 {
        let place = |at: usize| if along == 1 { at % grey.width } else { at / grey.width };
        let level = |at: usize| f64::from(grey.levels[at]);
        let inside = (0..grey.levels.len()).filter(|at| (REACH + 1..length - REACH).contains(&place(*at)));
        let change = |at: usize| {
            let blurred = (level(at + REACH * along) - level(at - (REACH + 1) * along)).abs() / 9.0;
            let sharp = (level(at) - level(at - along)).abs();
            (sharp, (sharp - blurred).max(0.0))
        };
        let mut changes: Vec<_> = inside.map(change).collect();
        changes.sort_by(|a, b| b.0.total_cmp(&a.0));
        changes.truncate((changes.len() / 100).max(16));
        let sum = changes.iter().fold((0.0, 0.0), |sum, change| (sum.0 + change.0, sum.1 + change.1));
        (sum.1 / sum.0.max(1.0)) as f32
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn counting_finds_what_sorting_finds(
            seed in any::<u32>(), width in 48_u32..700, height in 48_u32..300,
        ) {
            let noise = |x: u32, y: u32| {
                let mixed = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ seed).wrapping_mul(0x9E37_79B9);
                (mixed >> 24) as u8
            };
            let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb([noise(x, y), noise(y, x), noise(x, 7)]));
            let grey = Grey::from_picture(&picture);
            prop_assert_eq!(grey.contrast(), percentiles(&grey));
            let height = grey.levels.len() / grey.width;
            let expected = sharpest(&grey, 1, grey.width).max(sharpest(&grey, grey.width, height));
            // Of equal changes at the limit any may count.
            prop_assert!((grey.sharpness() - expected).abs() < 0.01, "{} {}", grey.sharpness(), expected);
        }
    }
}

//! Which frames of a video are worth a search.

use image::RgbImage;

/// What a frame is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameState {
    /// The camera or what it sees moves.
    Moving,
    /// It is out of focus, without contrast, or too dark to tell.
    Blurred,
    /// It can be searched.
    Stable,
}

/// Judges successive frames of one video, in a fifth of a millisecond for 1280 × 720.
///
/// Light is sampled at 256 × 192 points; the picture is never resized as a whole. *Motion* is the mean
/// difference of 64 × 48 means to those of the last frame, after a change of exposure is taken out, as a
/// share of the frame's contrast; *drift* is the same to a slow average of the past, which a slow pan
/// leaves behind. *Sharpness* is the variance of the Laplacian (Pech-Pacheco et al., "Diatom
/// autofocusing in brightfield microscopy", ICPR 2000) as a share of the variance of the light, so that
/// a coarse print does not count as focus.
#[derive(Clone, Debug, Default)]
pub struct FrameJudge {
    /// Of the last frame.
    last: Option<Thumbnail>,
    /// A running mean of the past.
    past: Option<Thumbnail>,
    stable: bool,
    /// Frames in a row that were calm and sharp.
    streak: u32,
}

/// Sampled columns and rows.
const FINE: (usize, usize) = (256, 192);

/// Samples per cell of the thumbnail, each way.
const CELL: usize = 4;

/// What a frame must keep to for being stable, and what ends it: the second is laxer, so that a frame at
/// the edge does not flip the state.
///
/// Chosen by what 200 photographs of garments measure with the noise of a sensor (`figures` below): a still
/// camera moves by 0.013 or less for 95 % of them, a hand that shakes by half a percent of the width from
/// frame to frame by 0.04 for half of them, a pan of 2 % by 0.09 or more for 95 %. Of those in focus 95 %
/// have a sharpness of 0.055 or more, of those blurred by 0.8 % of their height 95 % have 0.020 or less.
struct Limits {
    motion: f32,
    drift: f32,
    sharpness: f32,
}

const ENTER: Limits = Limits { motion: 0.05, drift: 0.12, sharpness: 0.02 };
const LEAVE: Limits = Limits { motion: 0.10, drift: 0.25, sharpness: 0.012 };

/// Frames in a row: a sixth of a second at 24 per second.
const STREAK: u32 = 4;

/// Mean light below which a picture is mostly noise, of 255.
const DARK: f32 = 16.0;

/// Added to the contrast, in levels: noise in front of a plain wall is no motion and no focus.
const NOISE: f32 = 8.0;

/// The variance of the Laplacian that a sensor's noise makes by itself, in squared levels: twenty times
/// that of the noise, which is 1.2 levels wide after the mean of four pixels.
const NOISE_LAPLACIAN: f32 = 30.0;

/// How fast the average follows: it forgets half of the past in seven frames.
const FOLLOW: f32 = 0.1;

/// 64 × 48 means of light, and their mean.
#[derive(Clone, Debug)]
struct Thumbnail {
    cells: Vec<f32>,
    mean: f32,
}

struct Measures {
    motion: f32,
    drift: f32,
    sharpness: f32,
    light: f32,
}

impl FrameJudge {
    /// Knows no frame yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges the next frame. Frames of another size than before are compared all the same.
    pub fn judge(&mut self, picture: &RgbImage) -> FrameState {
        let measures = self.measure(picture);
        let limits = if self.stable { &LEAVE } else { &ENTER };
        let calm = measures.motion <= limits.motion && measures.drift <= limits.drift;
        let sharp = measures.sharpness >= limits.sharpness && measures.light >= DARK;
        self.streak = if calm && sharp { self.streak + 1 } else { 0 };
        self.stable = self.streak >= STREAK;
        match (self.stable, calm, sharp) {
            (true, ..) => FrameState::Stable,
            (false, true, false) => FrameState::Blurred,
            _ => FrameState::Moving,
        }
    }

    /// Forgets the past, as when another camera was opened.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    fn measure(&mut self, picture: &RgbImage) -> Measures {
        let light = Light::from_picture(picture);
        let (mean, variance) = light.moments();
        let contrast = variance.sqrt() + NOISE;
        let thumbnail = light.thumbnail();
        // A first frame is far from everything.
        let far =
            |other: &Option<Thumbnail>| other.as_ref().map_or(1.0, |o| thumbnail.distance(o) / contrast);
        let measures = Measures {
            motion: far(&self.last),
            drift: far(&self.past),
            sharpness: (light.laplacian_variance() - NOISE_LAPLACIAN).max(0.0) / (variance + NOISE * NOISE),
            light: mean,
        };
        match &mut self.past {
            Some(past) => past.follow(&thumbnail),
            None => self.past = Some(thumbnail.clone()),
        }
        self.last = Some(thumbnail);
        measures
    }
}

impl Thumbnail {
    /// Mean difference in levels, apart from one that all cells share.
    fn distance(&self, other: &Self) -> f32 {
        let shift = self.mean - other.mean;
        let sum: f32 = self.cells.iter().zip(&other.cells).map(|(a, b)| (a - b - shift).abs()).sum();
        sum / self.cells.len() as f32
    }

    fn follow(&mut self, next: &Self) {
        for (mine, theirs) in self.cells.iter_mut().zip(&next.cells) {
            *mine += FOLLOW * (theirs - *mine);
        }
        self.mean += FOLLOW * (next.mean - self.mean);
    }
}

/// A frame's light at 256 × 192 points, row by row.
struct Light(Vec<u8>);

impl Light {
    /// Each point is the mean of four pixels of its cell.
    fn from_picture(picture: &RgbImage) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        if width == 0 || height == 0 {
            return Self(vec![0; FINE.0 * FINE.1]);
        }
        let bytes = picture.as_raw();
        let at = |cell: usize, cells: usize, quarter: usize, length: usize| {
            (4 * cell + quarter) * length / (4 * cells)
        };
        let columns: Vec<_> =
            (0..FINE.0).map(|x| [1, 3].map(|quarter| 3 * at(x, FINE.0, quarter, width))).collect();
        let mut light = Vec::with_capacity(FINE.0 * FINE.1);
        for y in 0..FINE.1 {
            let rows =
                [1, 3].map(|quarter| &bytes[3 * width * at(y, FINE.1, quarter, height)..][..3 * width]);
            light.extend(columns.iter().map(|[left, right]| {
                let sum = rows.iter().map(|row| luma(&row[*left..]) + luma(&row[*right..])).sum::<u32>();
                (sum >> 10) as u8
            }));
        }
        Self(light)
    }

    fn moments(&self) -> (f32, f32) {
        let (mut sum, mut squares) = (0_u64, 0_u64);
        for level in &self.0 {
            let level = u64::from(*level);
            sum += level;
            squares += level * level;
        }
        let count = self.0.len() as f64;
        let mean = sum as f64 / count;
        (mean as f32, (squares as f64 / count - mean * mean).max(0.0) as f32)
    }

    /// Of the four-neighbour Laplacian, over the inner points.
    fn laplacian_variance(&self) -> f32 {
        let (mut sum, mut squares, mut count) = (0_i64, 0_i64, 0_i64);
        for y in 1..FINE.1 - 1 {
            let row = |y: usize| &self.0[y * FINE.0..][..FINE.0];
            let (above, this, below) = (row(y - 1), row(y), row(y + 1));
            let (mut row_sum, mut row_squares) = (0_i32, 0_i32);
            for x in 1..FINE.0 - 1 {
                let around =
                    [above[x], below[x], this[x - 1], this[x + 1]].map(i32::from).iter().sum::<i32>();
                let value = around - 4 * i32::from(this[x]);
                row_sum += value;
                row_squares += value * value;
            }
            sum += i64::from(row_sum);
            squares += i64::from(row_squares);
            count += FINE.0 as i64 - 2;
        }
        let mean = sum as f64 / count as f64;
        (squares as f64 / count as f64 - mean * mean) as f32
    }

    fn thumbnail(&self) -> Thumbnail {
        let cells_across = FINE.0 / CELL;
        let mut sums = vec![0_u16; cells_across * (FINE.1 / CELL)];
        for (y, row) in self.0.chunks_exact(FINE.0).enumerate() {
            let sums = &mut sums[y / CELL * cells_across..][..cells_across];
            for (sum, samples) in sums.iter_mut().zip(row.chunks_exact(CELL)) {
                *sum += samples.iter().copied().map(u16::from).sum::<u16>();
            }
        }
        let cells: Vec<f32> = sums.iter().map(|sum| f32::from(*sum) / (CELL * CELL) as f32).collect();
        let mean = cells.iter().sum::<f32>() / cells.len() as f32;
        Thumbnail { cells, mean }
    }
}

/// BT.601 light times 256.
fn luma(pixel: &[u8]) -> u32 {
    77 * u32::from(pixel[0]) + 150 * u32::from(pixel[1]) + 29 * u32::from(pixel[2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;
    use image::imageops;

    const SIZE: (u32, u32) = (640, 360);

    /// A checked shirt on a table, moved to the right by `shift` pixels.
    fn scene(shift: u32) -> RgbImage {
        RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
            let x = x.wrapping_sub(shift);
            let shirt = (150..450).contains(&x) && (60..320).contains(&y);
            let check = (x / 12 + y / 12) % 2 == 0;
            Rgb(match (shirt, check) {
                (true, true) => [180, 30, 40],
                (true, false) => [240, 230, 220],
                _ => [120, 90, 60],
            })
        })
    }

    fn noisy(mut picture: RgbImage, seed: u32) -> RgbImage {
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        for level in picture.iter_mut() {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            *level = level.saturating_add_signed((state % 11) as i8 - 5);
        }
        picture
    }

    fn states(frames: impl IntoIterator<Item = RgbImage>) -> Vec<FrameState> {
        let mut judge = FrameJudge::new();
        frames.into_iter().map(|frame| judge.judge(&frame)).collect()
    }

    #[test]
    fn a_still_scene_is_stable_after_a_few_frames_in_spite_of_noise() {
        let found = states((0..20).map(|i| noisy(scene(0), i)));
        assert!(found[..STREAK as usize].iter().all(|state| *state == FrameState::Moving), "{found:?}");
        assert!(found[STREAK as usize..].iter().all(|state| *state == FrameState::Stable), "{found:?}");
    }

    #[test]
    fn a_pan_is_moving_until_it_ends() {
        let found = states((0..30).map(|i| scene(12 * i.min(15))));
        assert!(found[..16].iter().all(|state| *state == FrameState::Moving), "{found:?}");
        assert_eq!(found[29], FrameState::Stable);
    }

    #[test]
    fn a_slow_pan_never_is_stable_for_long() {
        let found = states((0..60).map(|i| scene(4 * i)));
        let stable = found.iter().filter(|state| **state == FrameState::Stable).count();
        assert!(stable < 12, "{found:?}");
    }

    #[test]
    fn a_new_scene_is_moving_at_once() {
        let mut judge = FrameJudge::new();
        for _ in 0..10 {
            judge.judge(&scene(0));
        }
        assert_eq!(judge.judge(&scene(200)), FrameState::Moving);
    }

    #[test]
    fn exposure_that_adapts_is_not_motion() {
        let brighter = |by: u8| {
            let mut picture = scene(0);
            picture.iter_mut().for_each(|level| *level = (*level / 2).saturating_add(by));
            picture
        };
        let found = states((0..20).map(|i| brighter(4 * i)));
        assert_eq!(found[19], FrameState::Stable, "{found:?}");
    }

    #[test]
    fn out_of_focus_plain_and_dark_are_blurred() {
        let soft = imageops::blur(&scene(0), 12.0);
        let plain = RgbImage::from_pixel(SIZE.0, SIZE.1, Rgb([180; 3]));
        let mut dark = scene(0);
        dark.iter_mut().for_each(|level| *level /= 20);
        for (name, picture) in [("soft", soft), ("plain", plain), ("dark", dark)] {
            let found = states((0..10).map(|i| noisy(picture.clone(), i)));
            assert_eq!(found[9], FrameState::Blurred, "{name}: {found:?}");
        }
    }

    #[test]
    fn a_stable_frame_at_the_edge_does_not_flip() {
        let mut judge = FrameJudge::new();
        for _ in 0..10 {
            judge.judge(&scene(0));
        }
        let states: Vec<_> = (0..10).map(|i| judge.judge(&scene(i % 2))).collect();
        assert!(states.iter().all(|state| *state == FrameState::Stable), "{states:?}");
    }

    #[test]
    fn any_size_can_be_judged() {
        for size in [(0, 0), (1, 1), (3000, 1), (1, 3000), (100, 80)] {
            FrameJudge::new().judge(&RgbImage::new(size.0, size.1));
        }
    }

    /// The figures behind the limits: `KNYTT_PHOTOS=folder cargo test -p knytt-capture figures --
    /// --ignored --nocapture`.
    #[test]
    #[ignore = "prints what photographs measure"]
    fn figures() {
        let folder = std::env::var_os("KNYTT_PHOTOS").expect("KNYTT_PHOTOS names a folder");
        let mut paths: Vec<_> =
            fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let mut figures: Vec<(String, Vec<f32>)> = Vec::new();
        let mut note = |name: String, value: f32| match figures.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => figures.push((name, vec![value])),
        };
        for path in paths.iter().step_by(paths.len().div_ceil(200)) {
            let Ok(picture) = image::open(path) else { continue };
            let picture = picture.into_rgb8();
            let (width, height) = (picture.width() * 9 / 10, picture.height());
            let window =
                |x: f32| imageops::crop_imm(&picture, (x * width as f32) as u32, 0, width, height).to_image();
            for share in [0.0, 0.005, 0.01, 0.02, 0.05] {
                let mut judge = FrameJudge::new();
                judge.measure(&noisy(window(0.0), 1));
                note(format!("motion, shift {share}"), judge.measure(&noisy(window(share), 2)).motion);
            }
            for share in [0.0, 0.004, 0.008, 0.012, 0.02] {
                let sigma = share * height as f32;
                let soft = if share > 0.0 { imageops::blur(&picture, sigma) } else { picture.clone() };
                let soft = noisy(soft, 1);
                note(format!("sharpness, blur {share}"), FrameJudge::new().measure(&soft).sharpness);
            }
        }
        for (name, mut values) in figures {
            values.sort_by(f32::total_cmp);
            let at = |share: f32| values[(share * (values.len() - 1) as f32) as usize];
            println!(
                "{name}: 5% {:.3}, 10% {:.3}, 50% {:.3}, 90% {:.3}, 95% {:.3}",
                at(0.05),
                at(0.1),
                at(0.5),
                at(0.9),
                at(0.95)
            );
        }
    }
}

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

/// Brightness, 0 to 255, row by row.
struct Grey {
    width: usize,
    height: usize,
    levels: Vec<f32>,
}

impl Grey {
    fn from_picture(picture: &RgbImage) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let step = width.max(height).div_ceil(SIDE).max(1);
        let (small_width, small_height) = (width / step, height / step);
        let bytes = picture.as_raw();
        let mut levels = Vec::with_capacity(small_width * small_height);
        for y in 0..small_height {
            for x in 0..small_width {
                let mut sum = 0_u32;
                for row in y * step..(y + 1) * step {
                    let cell = &bytes[3 * (row * width + x * step)..][..3 * step];
                    sum += cell
                        .chunks_exact(3)
                        .map(|p| 77 * u32::from(p[0]) + 150 * u32::from(p[1]) + 29 * u32::from(p[2]))
                        .sum::<u32>();
                }
                levels.push(sum as f32 / (256 * step * step) as f32);
            }
        }
        Self { width: small_width, height: small_height, levels }
    }

    fn contrast(&self) -> f32 {
        let mut levels = self.levels.clone();
        let mut at = |share: f32| {
            let place = (share * (levels.len() - 1) as f32) as usize;
            *levels.select_nth_unstable_by(place, f32::total_cmp).1
        };
        at(0.98) - at(0.02)
    }

    /// The share of the difference between neighbours that is lost when the picture is blurred again, 0 to 1,
    /// over its sharpest hundredth. A sharp picture loses much. After Crete et al., "The blur effect: perception
    /// and estimation with a new no-reference perceptual blur metric" (SPIE 2007).
    fn sharpness(&self) -> f32 {
        let across = self.lost(1, self.width);
        let down = self.lost(self.width, self.height);
        across.max(down)
    }

    /// Along one direction: `step` from a pixel to the next, `length` of a line.
    fn lost(&self, step: usize, length: usize) -> f32 {
        const REACH: usize = 4;
        if length <= 2 * REACH + 2 {
            return 0.0;
        }
        let place = |at: usize| if step == 1 { at % self.width } else { at / self.width };
        let inside = |at: &usize| (REACH + 1..length - REACH).contains(&place(*at));
        // Of two means over neighbouring windows only the ends differ.
        let blurred = |at: usize| {
            let (next, last) = (self.levels[at + REACH * step], self.levels[at - (REACH + 1) * step]);
            (next - last).abs() / (2 * REACH + 1) as f32
        };
        let mut steps: Vec<(f32, f32)> = Vec::with_capacity(self.levels.len());
        for at in (0..self.levels.len()).filter(inside) {
            let sharp = (self.levels[at] - self.levels[at - step]).abs();
            steps.push((sharp, (sharp - blurred(at)).max(0.0)));
        }
        let sharpest = (steps.len() / 100).max(16);
        if sharpest < steps.len() {
            steps.select_nth_unstable_by(sharpest, |a, b| b.0.total_cmp(&a.0));
            steps.truncate(sharpest);
        }
        let (sharp, lost) = steps.iter().fold((0.0, 0.0), |sum, step| (sum.0 + step.0, sum.1 + step.1));
        lost / sharp.max(f32::EPSILON)
    }
}

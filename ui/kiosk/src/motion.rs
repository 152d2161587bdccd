//! Whether somebody walks in before the camera, from small grey pictures that are compared in memory.

use image::RgbImage;

/// The picture that is compared, in cells. A cell is the mean of its pixels, which takes their noise away.
const COLUMNS: usize = 32;
const ROWS: usize = 18;

/// The least change of a cell that counts, in levels of 255; the noise of the cell itself raises it, and so does the
/// median change of all cells.
const LEAST_CHANGE: f32 = 5.0;
const TIMES_NOISE: f32 = 5.0;
const TIMES_MEDIAN: f32 = 6.0;

/// The first threshold: the part of all cells that must differ from the ground, as somebody's shape does.
const SHAPE: f32 = 0.03;

/// The second threshold: the part that must have changed since the last picture, as somebody who walks does.
const STEP: f32 = 0.012;

/// More than this part of all cells at once is the light, or a camera that was turned.
const LIGHT: f32 = 0.7;

/// Pictures in a row that must show both. A lamp that is switched on changes one.
const ROW: u32 = 3;

/// How fast the ground follows what is seen, at each picture, and how fast the noise is learned.
const FOLLOW: f32 = 0.06;
const LEARN: f32 = 0.1;

/// Compares pictures, at most a few a second. It keeps means of cells alone, of which no picture can be made.
#[derive(Clone, Debug, Default)]
pub struct Motion {
    ground: Vec<f32>,
    noise: Vec<f32>,
    last: Vec<f32>,
    row: u32,
}

impl Motion {
    /// Takes the next picture; true if somebody moves in it.
    pub fn offer(&mut self, picture: &RgbImage) -> bool {
        let Some(cells) = cells(picture) else { return false };
        if self.ground.is_empty() {
            self.begin(cells);
            return false;
        }
        let ground = at_light_of(&self.ground, &cells);
        let before = at_light_of(&self.last, &cells);
        // Noise is in all cells, somebody in few: a camera that turns its gain up makes the whole picture restless.
        let restless = TIMES_MEDIAN * median(cells.iter().zip(&before).map(|(a, b)| (a - b).abs()).collect());
        let differ = |other: &[f32]| -> Vec<bool> {
            let limit = |at: usize| LEAST_CHANGE.max(TIMES_NOISE * self.noise[at]).max(restless);
            (0..cells.len()).map(|at| (cells[at] - other[at]).abs() > limit(at)).collect()
        };
        let (shape, step) = (differ(&ground), differ(&before));
        let (shape_part, step_part) = (part(&shape), part(&step));
        if step_part > LIGHT {
            self.begin(cells);
            return false;
        }
        self.row = if shape_part >= SHAPE && step_part >= STEP { self.row + 1 } else { 0 };
        // What stands still becomes ground: somebody's bag, or the patch that a lamp lights.
        for at in 0..cells.len() {
            let follow = if step[at] { FOLLOW / 4.0 } else { FOLLOW };
            self.ground[at] = ground[at] + follow * (cells[at] - ground[at]);
            if !step[at] {
                let off = (cells[at] - before[at]).abs();
                self.noise[at] += LEARN * (off - self.noise[at]);
            }
        }
        self.last = cells;
        self.row >= ROW
    }

    fn begin(&mut self, cells: Vec<f32>) {
        self.noise = vec![1.0; cells.len()];
        self.ground.clone_from(&cells);
        self.last = cells;
        self.row = 0;
    }
}

fn part(cells: &[bool]) -> f32 {
    cells.iter().filter(|cell| **cell).count() as f32 / cells.len() as f32
}

/// A picture as it would be at the light of another one: brighter or darker by the median of all cells' change. The
/// sun and the camera's own exposure change all alike; somebody who walks in changes few.
fn at_light_of(cells: &[f32], other: &[f32]) -> Vec<f32> {
    let median = median(cells.iter().zip(other).map(|(a, b)| (b + 4.0) / (a + 4.0)).collect());
    cells.iter().map(|cell| ((cell + 4.0) * median - 4.0).clamp(0.0, 255.0)).collect()
}

/// The middle one of values, of which there is at least one.
fn median(mut values: Vec<f32>) -> f32 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// The mean brightness of each cell, from every second pixel of every second row.
fn cells(picture: &RgbImage) -> Option<Vec<f32>> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    if width < 2 * COLUMNS || height < 2 * ROWS {
        return None;
    }
    let mut sums = vec![(0_u32, 0_u32); COLUMNS * ROWS];
    for (y, row) in picture.as_raw().chunks_exact(3 * width).enumerate().step_by(2) {
        for (x, pixel) in row.chunks_exact(3).enumerate().step_by(2) {
            let (sum, count) = &mut sums[y * ROWS / height * COLUMNS + x * COLUMNS / width];
            *sum += (77 * u32::from(pixel[0]) + 150 * u32::from(pixel[1]) + 29 * u32::from(pixel[2])) >> 8;
            *count += 1;
        }
    }
    Some(sums.iter().map(|(sum, count)| *sum as f32 / (*count).max(1) as f32).collect())
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    const SIZE: (u32, u32) = (320, 180);

    /// A shop with shelves, lit by `light` of 1, with the noise of a camera in low light.
    struct Scene {
        light: f32,
        /// Light at the left alone.
        lamp: f32,
        /// Where somebody stands, in pixels from the left.
        person: Option<i32>,
        noise: i32,
        seed: u32,
    }

    impl Default for Scene {
        fn default() -> Self {
            Self { light: 0.7, lamp: 0.0, person: None, noise: 8, seed: 1 }
        }
    }

    fn drawn(scene: &Scene) -> RgbImage {
        let mut state = scene.seed.wrapping_mul(2_654_435_761) | 1;
        RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let noise = (state >> 8) as i32 % (2 * scene.noise + 1) - scene.noise;
            let shelf =
                if (y / 30) % 2 == 0 { 150.0 } else { 90.0 } + if (x / 17) % 3 == 0 { 40.0 } else { 0.0 };
            let (dx, dy) = (x as i32 - scene.person.unwrap_or(-999), y as i32);
            let body = dx.abs() < 26 && dy > 60 || dx * dx + (dy - 45) * (dy - 45) < 18 * 18;
            let color = if body { 60.0 } else { shelf };
            let lamp = 1.0 + scene.lamp * (1.0 - x as f32 / 160.0).max(0.0);
            let level = (color * scene.light * lamp) as i32 + noise;
            Rgb([level.clamp(0, 255) as u8; 3])
        })
    }

    /// The first of these pictures at which somebody is seen. They come after 20 of the empty shop.
    fn seen(scenes: impl IntoIterator<Item = Scene>) -> Option<usize> {
        let mut motion = Motion::default();
        for seed in 0..20 {
            assert!(!motion.offer(&drawn(&Scene { seed: 1000 + seed, ..Scene::default() })), "an empty shop");
        }
        scenes.into_iter().position(|scene| motion.offer(&drawn(&scene)))
    }

    #[test]
    fn somebody_who_walks_in_is_seen_within_two_seconds() {
        let walk = |step: i32| {
            (0..24_u32).map(move |at| Scene {
                person: Some(-30 + step * at as i32),
                seed: at,
                ..Scene::default()
            })
        };
        for step in [6, 12, 20, 40] {
            let at = seen(walk(step)).unwrap_or_else(|| panic!("{step} pixels a picture"));
            // Four pictures a second, from the first in which a part of the person is.
            let enters = (4 / step) as usize;
            assert!(at <= enters + 8, "{step} pixels a picture: seen at {at}");
        }
    }

    #[test]
    fn noise_is_nobody() {
        for noise in [2, 12, 40] {
            let scenes = (0..200).map(|seed| Scene { noise, seed, ..Scene::default() });
            assert_eq!(seen(scenes), None, "{noise}");
        }
    }

    #[test]
    fn light_that_is_switched_on_or_off_is_nobody() {
        for light in [0.2, 0.4, 1.0, 1.3] {
            let scenes = (0..60).map(|seed| Scene { light, seed, ..Scene::default() });
            assert_eq!(seen(scenes), None, "all light {light}");
        }
        for lamp in [0.3, 0.8, 1.5] {
            let scenes = (0..60).map(|seed| Scene { lamp, seed, ..Scene::default() });
            assert_eq!(seen(scenes), None, "a lamp at the left {lamp}");
        }
    }

    #[test]
    fn the_sun_and_the_cameras_exposure_are_nobody() {
        let sun = (0..300).map(|at| Scene { light: 0.7 + 0.002 * at as f32, seed: at, ..Scene::default() });
        assert_eq!(seen(sun), None, "the sun comes up");
        let exposure = (0..30).map(|at| Scene {
            light: 0.7 + 0.5 * 0.7_f32.powi(at),
            seed: at as u32,
            ..Scene::default()
        });
        assert_eq!(seen(exposure), None, "the camera adapts");
    }

    #[test]
    fn somebody_who_stands_still_is_seen_when_they_move_again() {
        let mut scenes: Vec<Scene> =
            (0..10).map(|at| Scene { person: Some(12 * at), seed: at as u32, ..Scene::default() }).collect();
        assert!(seen(scenes.drain(..)).is_some());
        let stand = (0..200).map(|seed| Scene { person: Some(120), seed, ..Scene::default() });
        let moves =
            (0..10).map(|at| Scene { person: Some(120 + 12 * at), seed: at as u32, ..Scene::default() });
        let mut motion = Motion::default();
        let still: Vec<bool> = stand.map(|scene| motion.offer(&drawn(&scene))).collect();
        assert!(still.iter().all(|seen| !seen));
        assert!(moves.into_iter().any(|scene| motion.offer(&drawn(&scene))));
    }

    #[test]
    fn a_picture_too_small_to_compare_is_nobody() {
        assert!(!Motion::default().offer(&RgbImage::new(10, 10)));
    }
}

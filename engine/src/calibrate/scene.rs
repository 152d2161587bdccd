//! Simulates how a shopper meets a product that the catalogue shows on a plain ground: in a room, smaller, turned,
//! among other things.

use image::{Rgb, RgbImage};

use crate::calibrate::synthetic_negatives::seeded_rng::SeededRng;

/// How far a channel may differ from the ground's, 0 to 255.
const GROUND: i32 = 26;

/// The least share of the border that has the ground's colour, if the ground is plain.
const PLAIN: f32 = 0.85;

/// The least and the largest share of a picture that a thing on a plain ground covers.
const COVERED: [f32; 2] = [0.04, 0.97];

/// Puts the product of a picture with a plain ground into a scene of the same size. `None` where the ground is not
/// plain: such a picture shows a scene already. `rng` makes the choices.
pub(super) fn around(picture: &RgbImage, rng: &mut SeededRng) -> Option<RgbImage> {
    let ground = plain_ground(picture)?;
    let outside = outside(picture, ground);
    let covered =
        1.0 - outside.iter().filter(|is_outside| **is_outside).count() as f32 / outside.len() as f32;
    if !(COVERED[0]..COVERED[1]).contains(&covered) {
        return None;
    }
    let mut scene = room(picture.width(), picture.height(), rng);
    paste(&mut scene, picture, &outside, &Pose::random(picture, rng));
    Some(scene)
}

/// The median colour of the border, if most of the border has it.
fn plain_ground(picture: &RgbImage) -> Option<[u8; 3]> {
    let (width, height) = picture.dimensions();
    let rows = (0..width).flat_map(|x| [(x, 0), (x, height - 1)]);
    let columns = (0..height).flat_map(|y| [(0, y), (width - 1, y)]);
    let border: Vec<[u8; 3]> = rows.chain(columns).map(|(x, y)| picture.get_pixel(x, y).0).collect();
    let median = |channel: usize| {
        let mut values: Vec<u8> = border.iter().map(|pixel| pixel[channel]).collect();
        values.sort_unstable();
        values[values.len() / 2]
    };
    let ground = [median(0), median(1), median(2)];
    let same = border.iter().filter(|pixel| is_near(**pixel, ground)).count();
    (same as f32 >= PLAIN * border.len() as f32).then_some(ground)
}

fn is_near(pixel: [u8; 3], ground: [u8; 3]) -> bool {
    pixel.iter().zip(ground).all(|(a, b)| (i32::from(*a) - i32::from(b)).abs() <= GROUND)
}

/// Which pixels belong to the ground: those of its colour that touch the border through others of it.
fn outside(picture: &RgbImage, ground: [u8; 3]) -> Vec<bool> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = picture.as_raw();
    let is_ground = |at: usize| is_near([pixels[3 * at], pixels[3 * at + 1], pixels[3 * at + 2]], ground);
    let mut outside = vec![false; width * height];
    let mut next: Vec<usize> = (0..width).flat_map(|x| [x, (height - 1) * width + x]).collect();
    next.extend((0..height).flat_map(|y| [y * width, (y + 1) * width - 1]));
    while let Some(at) = next.pop() {
        if outside[at] || !is_ground(at) {
            continue;
        }
        outside[at] = true;
        let (x, y) = (at % width, at / width);
        next.extend((x > 0).then(|| at - 1));
        next.extend((x + 1 < width).then(|| at + 1));
        next.extend((y > 0).then(|| at - width));
        next.extend((y + 1 < height).then(|| at + width));
    }
    outside
}

/// Where a thing stands in a scene.
struct Pose {
    /// Its middle in the scene and in its own picture, in pixels.
    middle: [f32; 2],
    own_middle: [f32; 2],
    /// Sine and cosine of its turn, divided by its size in the scene as a share of that in its own picture.
    sin: f32,
    cos: f32,
    light: f32,
}

impl Pose {
    fn random(picture: &RgbImage, rng: &mut SeededRng) -> Self {
        let own_middle = [picture.width() as f32 / 2.0, picture.height() as f32 / 2.0];
        let shift = [rng.within(-0.16, 0.16), rng.within(-0.16, 0.16)];
        let (scale, turn) = (rng.within(0.65, 1.05), rng.within(-0.25, 0.25));
        Self {
            middle: std::array::from_fn(|n| own_middle[n] * (1.0 + 2.0 * shift[n] * (1.2 - scale))),
            own_middle,
            sin: turn.sin() / scale,
            cos: turn.cos() / scale,
            light: rng.within(0.75, 1.1),
        }
    }

    /// The place in the thing's own picture that a pixel of the scene shows.
    fn own(&self, x: u32, y: u32) -> [f32; 2] {
        let [dx, dy] = [x as f32 + 0.5 - self.middle[0], y as f32 + 0.5 - self.middle[1]];
        [
            self.own_middle[0] + self.cos * dx + self.sin * dy,
            self.own_middle[1] + self.cos * dy - self.sin * dx,
        ]
    }
}

fn paste(scene: &mut RgbImage, picture: &RgbImage, outside: &[bool], pose: &Pose) {
    let (width, height) = picture.dimensions();
    for (x, y, pixel) in scene.enumerate_pixels_mut() {
        let [u, v] = pose.own(x, y);
        if u < 0.0 || v < 0.0 || u >= width as f32 || v >= height as f32 {
            continue;
        }
        let (u, v) = (u as u32, v as u32);
        if !outside[(v * width + u) as usize] {
            *pixel =
                Rgb(picture.get_pixel(u, v).0.map(|value| (f32::from(value) * pose.light).min(255.0) as u8));
        }
    }
}

/// A wall, a table and some things on it, all out of focus.
fn room(width: u32, height: u32, rng: &mut SeededRng) -> RgbImage {
    let mut ink = |from: f32, to: f32| -> [f32; 3] {
        let (light, warm) = (rng.within(from, to), rng.within(-18.0, 18.0));
        [light + warm, light, light - warm]
    };
    let (wall, table) = (ink(90.0, 235.0), ink(40.0, 200.0));
    let horizon = rng.within(0.35, 0.75) * height as f32;
    let mut scene = RgbImage::from_fn(width, height, |_, y| {
        let ink = if (y as f32) < horizon { wall } else { table };
        let shade = 1.0 - 0.25 * (y as f32 / height as f32 - 0.5).abs();
        Rgb(ink.map(|value| (value * shade).clamp(0.0, 255.0) as u8))
    });
    for _ in 0..4 + rng.whole(5) {
        let ink = [rng.whole(256) as u8, rng.whole(256) as u8, rng.whole(256) as u8];
        let (w, h) = (width / 10 + rng.whole(width / 4), height / 10 + rng.whole(height / 3));
        let (left, top) = (rng.whole(width), rng.whole(height));
        for y in top..(top + h).min(height) {
            for x in left..(left + w).min(width) {
                scene.put_pixel(x, y, Rgb(ink));
            }
        }
    }
    image::imageops::fast_blur(&scene, 0.012 * width as f32 + 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carton(ground: impl Fn(u32, u32) -> [u8; 3]) -> RgbImage {
        RgbImage::from_fn(96, 96, |x, y| {
            let is_carton = (30..66).contains(&x) && (20..80).contains(&y);
            Rgb(if is_carton { [180, 20, 40] } else { ground(x, y) })
        })
    }

    #[test]
    fn a_thing_on_plain_ground_keeps_its_colour_and_loses_its_ground() {
        let scene = around(&carton(|_, _| [245, 244, 240]), &mut SeededRng::new(5)).unwrap();
        let red = scene.pixels().filter(|p| p.0[0] > 110 && p.0[1] < 40).count() as f32 / (96.0 * 96.0);
        let white = scene.pixels().filter(|p| p.0 == [245, 244, 240]).count();
        assert!((0.04..0.3).contains(&red) && white < 96, "{red} {white}");
        assert_eq!(scene.dimensions(), (96, 96));
    }

    #[test]
    fn a_picture_without_plain_ground_or_thing_is_left_alone() {
        let checked = carton(|x, y| if (x / 8 + y / 8) % 2 == 0 { [30, 30, 30] } else { [200, 190, 180] });
        assert_eq!(around(&checked, &mut SeededRng::new(1)), None);
        assert_eq!(around(&RgbImage::from_pixel(96, 96, Rgb([250; 3])), &mut SeededRng::new(1)), None);
    }
}

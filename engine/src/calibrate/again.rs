//! A product's picture as a shopper's camera might see it.

use image::codecs::jpeg::JpegEncoder;
use image::{GenericImageView, Rgb, RgbImage, imageops};
use knytt_models::decode;

use crate::foreign::{self, Chance};

/// Side of a restaged picture, in pixels.
const SIDE: u32 = 160;

/// A border whose levels stray less than this from their mean is a plain ground.
const PLAIN: f32 = 14.0;

/// What differs more than this from a plain ground is the thing before it.
const THING: f32 = 26.0;

/// A part of the picture, in other light, not quite sharp, badly compressed. `number` chooses how.
pub(super) fn photographed(picture: &RgbImage, number: u32) -> RgbImage {
    let mut chance = Chance::new(u64::from(number) << 20);
    let keep = chance.within(0.78, 1.0);
    let (width, height) = picture.dimensions();
    let side = |length: u32| ((length as f32 * keep) as u32).max(1);
    let (w, h) = (side(width), side(height));
    let (x, y) = (chance.whole(width - w + 1), chance.whole(height - h + 1));
    let part = picture.view(x, y, w, h).to_image();
    let seen = imageops::fast_blur(&part, chance.within(0.4, 2.4));
    through_jpeg(lit(seen, &mut chance))
}

/// The thing of a picture with a plain ground, laid somewhere else: smaller, turned, in other light.
/// `None` if the ground is not plain, since then nobody knows what the thing is.
pub(super) fn restaged(picture: &RgbImage, number: u32) -> Option<RgbImage> {
    let ground = plain_ground(picture)?;
    let mut chance = Chance::new(u64::from(number) << 40);
    let mut seen = foreign::surface(SIDE, &mut chance);
    let turn = if chance.happens(0.2) { chance.within(-3.1, 3.1) } else { chance.within(-0.2, 0.2) };
    let (sin, cos) = turn.sin_cos();
    let scale = chance.within(0.75, 1.15);
    let (dx, dy) = (chance.within(-0.08, 0.08), chance.within(-0.08, 0.08));
    let (width, height) = picture.dimensions();
    for (x, y, pixel) in seen.enumerate_pixels_mut() {
        let at = |n: u32| (n as f32 + 0.5) / SIDE as f32 - 0.5;
        let (u, v) = ((at(x) - dx) / scale, (at(y) - dy) / scale);
        let place = |along: f32, length: u32| {
            let at = (along + 0.5) * length as f32;
            (0.0..length as f32).contains(&at).then_some(at as u32)
        };
        let (left, top) = (place(u * cos + v * sin, width), place(v * cos - u * sin, height));
        let (Some(left), Some(top)) = (left, top) else { continue };
        let own = *picture.get_pixel(left, top);
        if distance(own, ground) > THING {
            *pixel = own;
        }
    }
    let blurred = imageops::fast_blur(&seen, chance.within(0.3, 1.3));
    Some(through_jpeg(lit(blurred, &mut chance)))
}

/// The mean level of the picture's border, if it is much the same all around.
fn plain_ground(picture: &RgbImage) -> Option<[f32; 3]> {
    let (width, height) = picture.dimensions();
    let edge = |x: u32, y: u32| x == 0 || y == 0 || x + 1 == width || y + 1 == height;
    let border: Vec<Rgb<u8>> =
        picture.enumerate_pixels().filter(|(x, y, _)| edge(*x, *y)).map(|(_, _, p)| *p).collect();
    let count = border.len() as f32;
    let mean: [f32; 3] =
        std::array::from_fn(|c| border.iter().map(|p| f32::from(p.0[c])).sum::<f32>() / count);
    let stray = border.iter().map(|p| distance(*p, mean)).sum::<f32>() / count;
    (stray < PLAIN).then_some(mean)
}

fn distance(pixel: Rgb<u8>, level: [f32; 3]) -> f32 {
    let squares = (0..3).map(|c| (f32::from(pixel.0[c]) - level[c]).powi(2));
    squares.sum::<f32>().sqrt()
}

/// In light of another colour and strength.
fn lit(mut picture: RgbImage, chance: &mut Chance) -> RgbImage {
    let (bright, warm) = (chance.within(0.75, 1.2), chance.within(-0.14, 0.14));
    let gains = [bright * (1.0 + warm), bright, bright * (1.0 - warm)];
    for pixel in picture.pixels_mut() {
        for (value, gain) in pixel.0.iter_mut().zip(gains) {
            *value = (f32::from(*value) * gain).min(255.0) as u8;
        }
    }
    picture
}

/// As a messenger would send it.
fn through_jpeg(picture: RgbImage) -> RgbImage {
    let mut file = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut file, 45).encode_image(&picture);
    encoded.ok().and_then(|()| pixels(&file)).unwrap_or(picture)
}

/// The pixels of an encoded picture, if it is one.
pub(super) fn pixels(file: &[u8]) -> Option<RgbImage> {
    decode::decode(file, &decode::Limits::default(), None).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shirt(ground: impl Fn(u32, u32) -> [u8; 3]) -> RgbImage {
        RgbImage::from_fn(96, 96, |x, y| {
            Rgb(if (30..66).contains(&x) && (20..80).contains(&y) { [180, 20, 40] } else { ground(x, y) })
        })
    }

    #[test]
    fn a_thing_on_a_plain_ground_is_laid_somewhere_else() {
        let again = restaged(&shirt(|_, _| [245, 244, 240]), 3).unwrap();
        let red = again.pixels().filter(|p| p.0[0] > 90 && p.0[1] < 60).count();
        assert!((SIDE * SIDE / 10..SIDE * SIDE / 2).contains(&(red as u32)), "{red} pixels of the shirt");
    }

    #[test]
    fn a_thing_on_a_busy_ground_is_left_where_it_is() {
        assert!(restaged(&shirt(|x, y| [(x * 37 % 256) as u8, (y * 91 % 256) as u8, 90]), 3).is_none());
    }

    #[test]
    fn a_photograph_again_keeps_most_of_the_picture() {
        let again = photographed(&shirt(|_, _| [245, 244, 240]), 1);
        assert!(again.width() >= 74 && again.width() <= 96);
        assert_ne!(again, photographed(&shirt(|_, _| [245, 244, 240]), 2));
    }
}

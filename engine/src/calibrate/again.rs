//! A product's picture as a shopper's camera might see it.

use image::codecs::jpeg::JpegEncoder;
use image::{GenericImageView, RgbImage, imageops};
use knytt_models::decode;

use crate::foreign::Chance;

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
    use image::Rgb;

    use super::*;

    fn shirt(ground: impl Fn(u32, u32) -> [u8; 3]) -> RgbImage {
        RgbImage::from_fn(96, 96, |x, y| {
            Rgb(if (30..66).contains(&x) && (20..80).contains(&y) { [180, 20, 40] } else { ground(x, y) })
        })
    }

    #[test]
    fn a_photograph_again_keeps_most_of_the_picture() {
        let again = photographed(&shirt(|_, _| [245, 244, 240]), 1);
        assert!(again.width() >= 74 && again.width() <= 96);
        assert_ne!(again, photographed(&shirt(|_, _| [245, 244, 240]), 2));
    }
}

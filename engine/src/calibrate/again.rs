//! Simulates a second photograph of a product, as a shopper's camera might take it.

use image::codecs::jpeg::JpegEncoder;
use image::{GenericImageView, RgbImage, imageops};
use knytt_models::decode;

use crate::calibrate::scene;
use crate::calibrate::synthetic_negatives::seeded_rng::SeededRng;

/// A simulated second photograph.
pub(super) struct Again {
    pub picture: RgbImage,
    /// Whether the product was put into a scene.
    pub in_scene: bool,
}

/// Crops a picture, changes its light, blurs and compresses it. Every second picture with a plain ground is put into a
/// scene first. `number` seeds the choices.
pub(super) fn photographed(picture: &RgbImage, number: u32) -> Again {
    let mut rng = SeededRng::new(u64::from(number) << 20);
    let scene = (number % 2 == 1).then(|| scene::around(picture, &mut rng)).flatten();
    let picture = scene.as_ref().unwrap_or(picture);
    let keep = rng.within(0.78, 1.0);
    let (width, height) = picture.dimensions();
    let side = |length: u32| ((length as f32 * keep) as u32).max(1);
    let (w, h) = (side(width), side(height));
    let (x, y) = (rng.whole(width - w + 1), rng.whole(height - h + 1));
    let part = picture.view(x, y, w, h).to_image();
    let seen = imageops::fast_blur(&part, rng.within(0.4, 2.4));
    Again { picture: through_jpeg(lit(seen, &mut rng)), in_scene: scene.is_some() }
}

/// Changes the colour and the strength of the light.
fn lit(mut picture: RgbImage, rng: &mut SeededRng) -> RgbImage {
    let (bright, warm) = (rng.within(0.75, 1.2), rng.within(-0.14, 0.14));
    let gains = [bright * (1.0 + warm), bright, bright * (1.0 - warm)];
    for pixel in picture.pixels_mut() {
        for (value, gain) in pixel.0.iter_mut().zip(gains) {
            *value = (f32::from(*value) * gain).min(255.0) as u8;
        }
    }
    picture
}

/// Compresses a picture as a messenger does.
fn through_jpeg(picture: RgbImage) -> RgbImage {
    let mut file = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut file, 45).encode_image(&picture);
    encoded.ok().and_then(|()| pixels(&file)).unwrap_or(picture)
}

/// Decodes a picture; `None` if it cannot be decoded.
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
    fn a_second_photograph_keeps_most_of_the_picture() {
        let [again, other] = [1, 2].map(|number| photographed(&shirt(|_, _| [245, 244, 240]), number));
        assert!(again.picture.width() >= 74 && again.picture.width() <= 96);
        assert_ne!(again.picture, other.picture);
        assert!(again.in_scene && !other.in_scene);
    }
}

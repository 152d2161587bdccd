//! Synthetic pictures of things that no catalogue sells, and nonsense words: examples of queries outside the
//! catalogue's domain, without any data.
//!
//! The pictures are crude. They show where a model embeds pictures that it was not trained for, not what such
//! pictures look like. `docs/relevance.md` measures how well this carries over to photographs.

pub(crate) mod canvas;
pub(crate) mod places;
pub(crate) mod seeded_rng;
pub(crate) mod things;
pub(crate) mod words;

use image::{RgbImage, imageops};

use self::canvas::Canvas;
use self::seeded_rng::SeededRng;

/// Pixels per side.
const SIDE: u32 = 160;

type Draw = fn(&mut Canvas, &mut SeededRng);

/// Every family of pictures.
const FAMILIES: [Draw; 14] = [
    places::horizon,
    places::clouds,
    places::texture,
    places::page,
    places::town,
    places::screen,
    things::face,
    things::vessel,
    things::ball,
    things::plant,
    things::animal,
    things::vehicle,
    things::sign,
    things::tool,
];

/// The picture with this number. The families take turns, and the same number gives the same picture.
pub(crate) fn picture(number: u32) -> RgbImage {
    let mut rng = SeededRng::new(u64::from(number));
    let mut canvas = Canvas::new(SIDE);
    FAMILIES[number as usize % FAMILIES.len()](&mut canvas, &mut rng);
    let picture = canvas.finish(&mut rng);
    match rng.whole(4) {
        0 => imageops::fast_blur(&picture, rng.within(0.5, 2.0)),
        _ => picture,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_always_the_same_picture_and_no_two_are_alike() {
        for number in 0..FAMILIES.len() as u32 {
            assert_eq!(picture(number), picture(number));
            assert_ne!(picture(number), picture(number + FAMILIES.len() as u32));
        }
    }

    #[test]
    fn every_family_shows_something() {
        for number in 0..2 * FAMILIES.len() as u32 {
            let picture = picture(number);
            let levels = |channel: usize| {
                let values = picture.pixels().map(|p| p.0[channel]);
                values.clone().max().unwrap() - values.min().unwrap()
            };
            assert!((0..3).any(|channel| levels(channel) > 30), "picture {number} is blank");
        }
    }
}

//! Pictures of things that no catalogue sells, drawn, and words that mean nothing: what a query outside of
//! the catalogue is like, on any machine and without any data.
//!
//! They are crude. What is learnt from them is where a model puts pictures that it was not made for, not
//! what a dog looks like; how well that carries over to real pictures is measured, not assumed.

mod canvas;
mod chance;
mod places;
mod things;
mod words;

use image::{RgbImage, imageops};

use self::canvas::Canvas;
pub(crate) use self::chance::Chance;
pub(crate) use self::words::nonsense;

/// Pixels per side.
const SIDE: u32 = 160;

type Draw = fn(&mut Canvas, &mut Chance);

/// Every family of drawn pictures.
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

/// The drawn picture of this number: the families take turns, the same number is the same picture.
pub(crate) fn drawn(number: u32) -> RgbImage {
    let mut chance = Chance::new(u64::from(number));
    let mut canvas = Canvas::new(SIDE);
    FAMILIES[number as usize % FAMILIES.len()](&mut canvas, &mut chance);
    let picture = canvas.finish(&mut chance);
    match chance.whole(4) {
        0 => imageops::fast_blur(&picture, chance.within(0.5, 2.0)),
        _ => picture,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_always_the_same_picture_and_no_two_are_alike() {
        for number in 0..FAMILIES.len() as u32 {
            assert_eq!(drawn(number), drawn(number));
            assert_ne!(drawn(number), drawn(number + FAMILIES.len() as u32));
        }
    }

    #[test]
    fn every_family_shows_something() {
        for number in 0..2 * FAMILIES.len() as u32 {
            let picture = drawn(number);
            let levels = |channel: usize| {
                let values = picture.pixels().map(|p| p.0[channel]);
                values.clone().max().unwrap() - values.min().unwrap()
            };
            assert!((0..3).any(|channel| levels(channel) > 30), "picture {number} is blank");
        }
    }
}

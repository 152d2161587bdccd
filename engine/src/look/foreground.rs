//! Which pixels of a picture are the thing that it shows.

use image::RgbImage;

use super::Lab;
use crate::regions::{Background, LabImage, Shape, separate};

/// Of the picture's area: what is less is a crumb on cloth that fills the picture, not a thing before a
/// background.
const MIN_SHARE: f32 = 0.06;

/// A shape of this share of the main one is a part of the thing: the other shoe, the other sock.
const PART: f32 = 0.3;

/// Standard deviation of the window that stands in for a thing without an outline, in shares of the sides.
const WINDOW: f32 = 0.22;

/// A small copy of a picture, and how much each of its pixels belongs to the thing.
pub(super) struct Foreground {
    pub picture: LabImage,
    /// For each pixel, 0 to 1.
    pub weights: Vec<f32>,
    /// Whether the thing has an outline; else the weights are those of a window about the middle.
    pub outlined: bool,
}

impl Foreground {
    /// None if the picture is too small to show anything.
    pub(super) fn of(picture: &RgbImage) -> Option<Self> {
        let picture = LabImage::of(picture)?;
        let shapes =
            Background::of(&picture).map(|background| separate(&picture, &background.contrast(&picture)));
        let mask = thing(&picture, &shapes.unwrap_or_default());
        Some(match mask {
            Some(mask) => Self { weights: inner(&picture, &mask), picture, outlined: true },
            None => Self { weights: window(&picture), picture, outlined: false },
        })
    }

    /// The colours that belong to the thing, with their weights.
    pub(super) fn pixels(&self) -> impl Iterator<Item = (Lab, f32)> + '_ {
        let all = self.picture.pixels.iter().copied().zip(self.weights.iter().copied());
        all.filter(|(_, weight)| *weight > 0.0)
    }
}

/// The shape that is largest and nearest to the middle, with those that are as large as a part of it.
fn thing(picture: &LabImage, shapes: &[Shape]) -> Option<Vec<bool>> {
    let central = window(picture);
    let presence = |shape: &Shape| shape.pixels().map(|at| 0.25 + central[at]).sum::<f32>();
    let main = shapes.iter().map(presence).max_by(f32::total_cmp)?;
    let mut mask = vec![false; picture.pixels.len()];
    let kept = shapes.iter().filter(|shape| presence(shape) >= PART * main);
    kept.flat_map(Shape::pixels).for_each(|at| mask[at] = true);
    let area = mask.iter().filter(|inside| **inside).count();
    (area as f32 >= MIN_SHARE * mask.len() as f32).then_some(mask)
}

/// Leaves out the outline, where thing and background are mixed, unless little else is there.
fn inner(picture: &LabImage, mask: &[bool]) -> Vec<f32> {
    let (width, height) = (picture.width, picture.height);
    let deep = |at: usize| {
        let (x, y) = picture.place(at);
        mask[at]
            && (x == 0 || mask[at - 1])
            && (x + 1 == width || mask[at + 1])
            && (y == 0 || mask[at - width])
            && (y + 1 == height || mask[at + width])
    };
    let inner: Vec<f32> = (0..mask.len()).map(|at| f32::from(u8::from(deep(at)))).collect();
    let all = mask.iter().filter(|inside| **inside).count() as f32;
    if inner.iter().sum::<f32>() >= 0.4 * all {
        return inner;
    }
    mask.iter().map(|inside| f32::from(u8::from(*inside))).collect()
}

fn window(picture: &LabImage) -> Vec<f32> {
    let bell = |at: usize, length: usize| {
        let off = ((at as f32 + 0.5) / length as f32 - 0.5) / WINDOW;
        (-0.5 * off * off).exp()
    };
    let weight = |at| {
        let (x, y) = picture.place(at);
        bell(x, picture.width) * bell(y, picture.height)
    };
    (0..picture.pixels.len()).map(weight).collect()
}

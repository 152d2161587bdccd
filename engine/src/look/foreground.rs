//! Finds the pixels of the thing that a picture shows.

use image::RgbImage;

use crate::look::lab::LabImage;
use crate::look::regions::background::{Background, DIFFERENT};
use crate::look::regions::shapes::{Shape, separate};

/// The least share of the picture's area. Less is a detail on fabric that fills the picture.
const MIN_SHARE: f32 = 0.06;

/// A shape of at least this share of the main one belongs to the thing, like the second shoe.
const PART: f32 = 0.3;

/// Standard deviation of the window that stands in for a thing without an outline, in shares of the sides.
const WINDOW: f32 = 0.22;

/// Reach, in pixels, over which faint folds are looked for and gaps between them are closed.
const REACH: usize = 3;

/// The ratio by which a fold changes more than the background, and the least change of the background, in L.
const FOLD: f32 = 3.0;
const LEAST: f32 = 0.4;

/// Folds count only if the thing is this many times as large with them as without. A smaller gain is its shadow.
const MOSTLY_FOLDS: f32 = 1.4;

/// A background that changes more than this from pixel to pixel, in L, hides folds.
const EVEN: f32 = 0.9;

/// A small copy of a picture, and which of its pixels are the thing.
pub(super) struct Foreground {
    pub picture: LabImage,
    pub mask: Vec<bool>,
}

impl Foreground {
    /// Without an outline the thing is what is about the middle. None if the picture is too small to show
    /// anything.
    pub(super) fn from_picture(picture: &RgbImage) -> Option<Self> {
        let picture = LabImage::from_picture(picture)?;
        let mask = outlined(&picture).unwrap_or_else(|| {
            let window = window(&picture);
            window.into_iter().map(|weight| weight > 0.3).collect()
        });
        Some(Self { picture, mask })
    }
}

fn outlined(picture: &LabImage) -> Option<Vec<bool>> {
    let contrast = Background::from_picture(picture)?.contrast(picture);
    let plain = thing(picture, &separate(picture, &contrast));
    let area = |mask: &Option<Vec<bool>>| mask.iter().flatten().filter(|inside| **inside).count() as f32;
    let folded =
        with_folds(picture, &contrast).and_then(|contrast| thing(picture, &separate(picture, &contrast)));
    let mask = if area(&folded) > MOSTLY_FOLDS * area(&plain) { folded } else { plain };
    Some(inner(picture, &mask?))
}

/// Adds folds to the contrast. White fabric on white paper has the paper's colour, but it has folds. `None` if the
/// background is not even enough to tell folds.
fn with_folds(picture: &LabImage, contrast: &[f32]) -> Option<Vec<f32>> {
    let (width, height) = (picture.width, picture.height);
    let light = |x: usize, y: usize| picture.pixels[y * width + x][0];
    let change = |at: usize| {
        let (x, y) = picture.place(at);
        let (left, right) = (x.saturating_sub(1), (x + 1).min(width - 1));
        let (above, below) = (y.saturating_sub(1), (y + 1).min(height - 1));
        (light(right, y) - light(left, y)).abs().max((light(x, below) - light(x, above)).abs())
    };
    let changes: Vec<f32> = (0..contrast.len()).map(change).collect();
    let on_border = |at: &usize| {
        let (x, y) = picture.place(*at);
        x < 4 || y < 4 || x + 4 >= width || y + 4 >= height
    };
    let mut ground: Vec<f32> = (0..contrast.len()).filter(on_border).map(|at| changes[at]).collect();
    ground.sort_by(f32::total_cmp);
    let usual = ground[ground.len() * 8 / 10];
    if usual > EVEN {
        return None;
    }
    let folds: Vec<bool> = changes.iter().map(|change| *change > FOLD * usual.max(LEAST)).collect();
    // Shrinks once more than it grows, since the thing casts a shadow around it.
    let closed = shrunk(picture, &shrunk(picture, &grown(picture, &folds)));
    let both = |(contrast, fold): (&f32, bool)| if fold { contrast.max(DIFFERENT) } else { *contrast };
    Some(contrast.iter().zip(closed).map(both).collect())
}

fn grown(picture: &LabImage, mask: &[bool]) -> Vec<bool> {
    within_reach(picture, mask, true)
}

fn shrunk(picture: &LabImage, mask: &[bool]) -> Vec<bool> {
    within_reach(picture, mask, false)
}

/// Each pixel takes `value` if one within reach, first across and then down, has it.
fn within_reach(picture: &LabImage, mask: &[bool], value: bool) -> Vec<bool> {
    let (width, height) = (picture.width, picture.height);
    let spread = |mask: &[bool], line: &dyn Fn(usize) -> (usize, usize, usize)| -> Vec<bool> {
        let has = |at: usize| {
            let (place, length, step) = line(at);
            let from = at - place.min(REACH) * step;
            let count = place.min(REACH) + 1 + REACH.min(length - 1 - place);
            (0..count).any(|i| mask[from + i * step] == value)
        };
        (0..mask.len()).map(|at| has(at) == value).collect()
    };
    let across = spread(mask, &|at| (at % width, width, 1));
    spread(&across, &|at| (at / width, height, width))
}

/// The shape that is largest and nearest to the middle, with the shapes that belong to it.
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

/// Removes the outline, where thing and background are mixed, unless little else is left.
fn inner(picture: &LabImage, mask: &[bool]) -> Vec<bool> {
    let (width, height) = (picture.width, picture.height);
    let deep = |at: usize| {
        let (x, y) = picture.place(at);
        mask[at]
            && (x == 0 || mask[at - 1])
            && (x + 1 == width || mask[at + 1])
            && (y == 0 || mask[at - width])
            && (y + 1 == height || mask[at + width])
    };
    let inner: Vec<bool> = (0..mask.len()).map(deep).collect();
    let area = |mask: &[bool]| mask.iter().filter(|inside| **inside).count() as f32;
    if area(&inner) >= 0.4 * area(mask) { inner } else { mask.to_vec() }
}

fn window(picture: &LabImage) -> Vec<f32> {
    let gaussian = |at: usize, length: usize| {
        let off = ((at as f32 + 0.5) / length as f32 - 0.5) / WINDOW;
        (-0.5 * off * off).exp()
    };
    let weight = |at| {
        let (x, y) = picture.place(at);
        gaussian(x, picture.width) * gaussian(y, picture.height)
    };
    (0..picture.pixels.len()).map(weight).collect()
}

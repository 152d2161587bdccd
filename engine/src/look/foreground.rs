//! Finds the pixels of the thing that a picture shows.

use image::RgbImage;

use crate::look::lab::LabImage;
use crate::look::mask::Mask;
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
    pub mask: Mask,
}

impl Foreground {
    /// Without an outline the thing is what is about the middle. None if the picture is too small to show
    /// anything.
    pub(super) fn from_picture(picture: &RgbImage) -> Option<Self> {
        let picture = LabImage::from_picture(picture)?;
        let window = window(&picture);
        let mask = outlined(&picture, &window)
            .unwrap_or_else(|| Mask::from_values(picture.width, &window, |weight| weight > 0.3));
        Some(Self { picture, mask })
    }
}

fn outlined(picture: &LabImage, window: &[f32]) -> Option<Mask> {
    let contrast = Background::from_picture(picture)?.contrast(picture);
    let different = Mask::from_values(picture.width, &contrast, |distance| distance >= DIFFERENT);
    let thing = |different: &Mask| thing(picture, window, &separate(picture, different));
    let plain = thing(&different);
    let folded = folds(picture).and_then(|folds| thing(&different.union(&folds)));
    let area = |mask: &Option<Mask>| mask.as_ref().map_or(0, Mask::area) as f32;
    let mask = if area(&folded) > MOSTLY_FOLDS * area(&plain) { folded } else { plain };
    mask.map(inner)
}

/// Where folds are. White fabric on white paper has the paper's colour, but it has folds. `None` if the background
/// is not even enough to tell folds.
fn folds(picture: &LabImage) -> Option<Mask> {
    let changes = changes(picture);
    let mut ground: Vec<f32> = near_border(picture).map(|at| changes[at]).collect();
    let place = ground.len() * 8 / 10;
    let (_, usual, _) = ground.select_nth_unstable_by(place, f32::total_cmp);
    if *usual > EVEN {
        return None;
    }
    let least = FOLD * usual.max(LEAST);
    let folds = Mask::from_values(picture.width, &changes, |change| change > least);
    // Shrinks once more than it grows, since the thing casts a shadow around it.
    Some(folds.grown_by(REACH).shrunk_by(REACH).shrunk_by(REACH))
}

/// How much the light changes about each pixel, across or down.
fn changes(picture: &LabImage) -> Vec<f32> {
    let (width, height) = (picture.width, picture.height);
    let [light, ..] = picture.channels();
    let row = |y: usize| &light[y * width..][..width];
    let mut changes = vec![0.0; light.len()];
    for (y, out) in changes.chunks_exact_mut(width).enumerate() {
        let (above, own, below) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(height - 1)));
        for ((out, above), below) in out.iter_mut().zip(above).zip(below) {
            *out = (below - above).abs();
        }
        out[0] = (own[1] - own[0]).abs().max(out[0]);
        out[width - 1] = (own[width - 1] - own[width - 2]).abs().max(out[width - 1]);
        for (out, three) in out[1..].iter_mut().zip(own.windows(3)) {
            let across = (three[2] - three[0]).abs();
            *out = if across > *out { across } else { *out };
        }
    }
    changes
}

/// The pixels within four of the border.
fn near_border(picture: &LabImage) -> impl Iterator<Item = usize> {
    const BAND: usize = 4;
    let (width, height) = (picture.width, picture.height);
    (0..height).flat_map(move |y| {
        let is_inside = (BAND..height.saturating_sub(BAND)).contains(&y) && width > 2 * BAND;
        let skipped = if is_inside { BAND..width - BAND } else { width..width };
        (0..skipped.start).chain(skipped.end..width).map(move |x| y * width + x)
    })
}

/// The shape that is largest and nearest to the middle, with the shapes that belong to it.
fn thing(picture: &LabImage, window: &[f32], shapes: &[Shape]) -> Option<Mask> {
    let presence = |shape: &Shape| shape.pixels().map(|at| 0.25 + window[at]).sum::<f32>();
    let presences: Vec<f32> = shapes.iter().map(presence).collect();
    let main = presences.iter().copied().max_by(f32::total_cmp)?;
    let kept = shapes.iter().zip(presences).filter(|(_, presence)| *presence >= PART * main);
    let pixels = kept.flat_map(|(shape, _)| shape.pixels());
    let mask = Mask::from_pixels(picture.width, picture.height, pixels);
    (mask.area() as f32 >= MIN_SHARE * picture.area() as f32).then_some(mask)
}

/// Removes the outline, where thing and background are mixed, unless little else is left.
fn inner(mask: Mask) -> Mask {
    let inner = mask.shrunk();
    if inner.area() as f32 >= 0.4 * mask.area() as f32 { inner } else { mask }
}

/// How near to the middle each pixel is, 0 to 1.
fn window(picture: &LabImage) -> Vec<f32> {
    let gaussian = |length: usize| -> Vec<f32> {
        let off = |at: usize| ((at as f32 + 0.5) / length as f32 - 0.5) / WINDOW;
        (0..length).map(|at| (-0.5 * off(at) * off(at)).exp()).collect()
    };
    let (across, down) = (gaussian(picture.width), gaussian(picture.height));
    down.iter().flat_map(|row| across.iter().map(move |column| column * row)).collect()
}

//! Proposes regions of a picture that show single things, without another model.
//!
//! An outfit, a flat lay or a shelf shows several products. On a copy of at most 128 pixels, in CIE Lab:
//!
//! 1. [`background`]: the colours along the borders are the background, unless they only touch it, after
//!    the boundary prior of Wei et al., "Geodesic saliency using background priors" (ECCV 2012), and the
//!    boundary connectivity of Zhu et al., "Saliency optimization from robust background detection"
//!    (CVPR 2014).
//! 2. [`shapes`]: what differs from it is cleaned and taken apart into connected shapes.
//! 3. [`cut`]: a shape whose colours change from one end to the other, as from shirt to trousers, is cut
//!    there, after the recursive XY cut of Nagy and Seth, "Hierarchical representation of optically
//!    scanned documents" (ICPR 1984), with histograms over a palette in the place of ink.
//! 4. What is left becomes boxes, ranked by contrast, fill and distance to the border.
//!
//! All of it takes about a millisecond, whatever the size of the picture.

pub(crate) mod background;
pub(crate) mod cut;
pub(crate) mod shapes;
#[cfg(test)]
mod tests;

use image::RgbImage;

use self::background::{Background, DIFFERENT};
use self::shapes::{Shape, separate};
use crate::look::lab::LabImage;
use crate::look::mask::Mask;

/// A part of a picture that shows one thing, in shares of the picture's width and height: 0 to 1 from the
/// top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// How much it stands out, 0 to 1; higher is more.
    pub strength: f32,
}

/// Regions per picture at most.
const MAX_REGIONS: usize = 8;

/// Of the picture's area. A smaller thing has too few pixels to be recognised by.
const MIN_AREA: f32 = 0.04;

/// A single thing that fills this much of the picture is what the whole picture shows.
const WHOLE: f32 = 0.8;

/// Boxes that overlap more are the same thing.
const MAX_IOU: f32 = 0.5;

/// A box of which the thing covers less is not a thing.
const MIN_FILL: f32 = 0.3;

/// Boxes of things in an upright RGB picture, the strongest first: at most eight, each at least 4 % of the
/// area, none overlapping another one by an IoU of one half. Empty when the picture shows one thing that
/// fills it, or nothing.
pub fn propose(picture: &RgbImage) -> Vec<Region> {
    let Some(small) = LabImage::from_picture(picture) else { return Vec::new() };
    let Some(background) = Background::from_picture(&small) else { return Vec::new() };
    let contrast = background.contrast(&small);
    let different = Mask::from_values(small.width, &contrast, |distance| distance >= DIFFERENT);
    let mut shapes = separate(&small, &different);
    shapes = shapes.into_iter().flat_map(|shape| cut::cut(&small, shape)).collect();
    let mut regions: Vec<_> = shapes.iter().filter_map(|shape| region(&small, &contrast, shape)).collect();
    regions.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    let mut kept: Vec<Region> = Vec::new();
    for region in regions {
        if kept.len() < MAX_REGIONS && kept.iter().all(|other| iou(other, &region) < MAX_IOU) {
            kept.push(region);
        }
    }
    match kept.as_slice() {
        [only] if only.width * only.height >= WHOLE => Vec::new(),
        _ => kept,
    }
}

/// The box of a shape, or none if it is too small or too ragged.
fn region(picture: &LabImage, contrast: &[f32], shape: &Shape) -> Option<Region> {
    let pixel_box = shape.pixel_box(picture)?;
    let (width, height) = (picture.width as f32, picture.height as f32);
    let area = pixel_box.area() as f32;
    let inside = || shape.pixels().filter(|at| pixel_box.contains(picture.place(*at)));
    let covered = inside().count() as f32;
    let fill = covered / area;
    if area < MIN_AREA * width * height || fill < MIN_FILL {
        return None;
    }
    let mean = inside().map(|at| contrast[at]).sum::<f32>() / covered;
    let stands_out = 1.0 - (-mean / 8.0).exp();
    let free = 1.0 - 0.5 * pixel_box.share_on_border(picture);
    // Half a percent to a quarter of the picture: larger things are what the photographer meant.
    let large = (area / (width * height) / 0.25).min(1.0).sqrt();
    Some(Region {
        x: pixel_box.left as f32 / width,
        y: pixel_box.top as f32 / height,
        width: (pixel_box.right - pixel_box.left) as f32 / width,
        height: (pixel_box.bottom - pixel_box.top) as f32 / height,
        strength: stands_out * free * large * fill.sqrt(),
    })
}

/// Intersection over union, 0 to 1.
fn iou(a: &Region, b: &Region) -> f32 {
    let across = (a.x + a.width).min(b.x + b.width) - a.x.max(b.x);
    let down = (a.y + a.height).min(b.y + b.height) - a.y.max(b.y);
    let common = across.max(0.0) * down.max(0.0);
    common / (a.width * a.height + b.width * b.height - common).max(f32::EPSILON)
}

//! Separates the foreground into connected shapes.

use super::background::DIFFERENT;
use crate::look::lab::LabImage;

/// Of the picture's area: smaller shapes are crumbs.
const CRUMB: f32 = 0.004;

/// A shape of which this much lies in another one's pixel_box belongs to it.
const WITHIN: f32 = 0.7;

/// A row or column at the end of a shape with less of it than this share of the pixel_box is a shadow or a
/// strap.
const FRINGE: f32 = 0.05;

/// Pixels of one thing, by their position in the picture.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pixels: Vec<usize>,
}

/// A rectangle in pixels; right and bottom are not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PixelBox {
    pub left: usize,
    pub top: usize,
    pub right: usize,
    pub bottom: usize,
}

impl Shape {
    pub(super) fn new(pixels: Vec<usize>) -> Self {
        Self { pixels }
    }

    pub(crate) fn pixels(&self) -> impl Iterator<Item = usize> + '_ {
        self.pixels.iter().copied()
    }

    pub(super) fn area(&self) -> usize {
        self.pixels.len()
    }

    /// The rectangle around it, without fringes. None if nothing is left.
    pub(super) fn pixel_box(&self, picture: &LabImage) -> Option<PixelBox> {
        let mut columns = vec![0; picture.width];
        let mut rows = vec![0; picture.height];
        for at in self.pixels() {
            let (x, y) = picture.place(at);
            columns[x] += 1;
            rows[y] += 1;
        }
        let tall = rows.iter().filter(|count| **count > 0).count();
        let wide = columns.iter().filter(|count| **count > 0).count();
        let (left, right) = core(&columns, FRINGE * tall as f32)?;
        let (top, bottom) = core(&rows, FRINGE * wide as f32)?;
        Some(PixelBox { left, top, right, bottom })
    }
}

/// First and one past the last place where there is more than `fringe`.
fn core(counts: &[usize], fringe: f32) -> Option<(usize, usize)> {
    let solid = |count: &usize| *count as f32 > fringe;
    Some((counts.iter().position(solid)?, counts.iter().rposition(solid)? + 1))
}

impl PixelBox {
    pub(super) fn area(&self) -> usize {
        (self.right - self.left) * (self.bottom - self.top)
    }

    pub(super) fn contains(&self, (x, y): (usize, usize)) -> bool {
        (self.left..self.right).contains(&x) && (self.top..self.bottom).contains(&y)
    }

    /// How much of its outline lies on the picture's border, 0 to 1.
    pub(super) fn share_on_border(&self, picture: &LabImage) -> f32 {
        let (width, height) = (self.right - self.left, self.bottom - self.top);
        let sides = [
            (self.left == 0, height),
            (self.right == picture.width, height),
            (self.top == 0, width),
            (self.bottom == picture.height, width),
        ];
        let touching: usize = sides.iter().filter(|(touches, _)| *touches).map(|(_, length)| length).sum();
        touching as f32 / (2 * (width + height)) as f32
    }

    fn overlap(&self, other: &Self) -> usize {
        let across = self.right.min(other.right).saturating_sub(self.left.max(other.left));
        let down = self.bottom.min(other.bottom).saturating_sub(self.top.max(other.top));
        across * down
    }
}

/// The shapes that stand out from the background, cleaned, largest first.
pub(crate) fn separate(picture: &LabImage, contrast: &[f32]) -> Vec<Shape> {
    let mask: Vec<bool> = contrast.iter().map(|distance| *distance >= DIFFERENT).collect();
    // Closing joins what a print or a fold has torn, opening drops threads between things.
    let grown = spread(picture, &mask, true);
    let closed = spread(picture, &grown, false);
    let eroded = spread(picture, &closed, false);
    let clean = spread(picture, &eroded, true);
    let mut shapes = connected(picture, &clean);
    shapes.retain(|shape| shape.area() as f32 >= CRUMB * picture.pixels.len() as f32);
    shapes.sort_by_key(|shape| std::cmp::Reverse(shape.area()));
    absorb(picture, shapes)
}

/// Each pixel takes `value` if a pixel beside it has it.
fn spread(picture: &LabImage, mask: &[bool], value: bool) -> Vec<bool> {
    let (width, height) = (picture.width, picture.height);
    (0..mask.len())
        .map(|at| {
            let (x, y) = picture.place(at);
            let has = mask[at] == value
                || (x > 0 && mask[at - 1] == value)
                || (x + 1 < width && mask[at + 1] == value)
                || (y > 0 && mask[at - width] == value)
                || (y + 1 < height && mask[at + width] == value);
            has == value
        })
        .collect()
}

/// Pixels that hang together side by side.
fn connected(picture: &LabImage, mask: &[bool]) -> Vec<Shape> {
    let (width, height) = (picture.width, picture.height);
    let mut open = mask.to_vec();
    let mut shapes = Vec::new();
    for start in 0..mask.len() {
        if !std::mem::take(&mut open[start]) {
            continue;
        }
        let mut pixels = vec![start];
        let mut next = 0;
        while let Some(&at) = pixels.get(next) {
            next += 1;
            let (x, y) = picture.place(at);
            let beside = [
                (x > 0).then(|| at - 1),
                (x + 1 < width).then_some(at + 1),
                (y > 0).then(|| at - width),
                (y + 1 < height).then_some(at + width),
            ];
            pixels.extend(beside.into_iter().flatten().filter(|at| std::mem::take(&mut open[*at])));
        }
        shapes.push(Shape { pixels });
    }
    shapes
}

/// Gives each shape that lies in a larger one's pixel_box to that one.
fn absorb(picture: &LabImage, shapes: Vec<Shape>) -> Vec<Shape> {
    let mut kept: Vec<(PixelBox, Shape)> = Vec::new();
    for shape in shapes {
        let Some(pixel_box) = shape.pixel_box(picture) else { continue };
        let within = |other: &PixelBox| pixel_box.overlap(other) as f32 >= WITHIN * pixel_box.area() as f32;
        match kept.iter_mut().find(|(other, _)| within(other)) {
            Some((_, larger)) => larger.pixels.extend(shape.pixels),
            None => kept.push((pixel_box, shape)),
        }
    }
    kept.into_iter().map(|(_, shape)| shape).collect()
}

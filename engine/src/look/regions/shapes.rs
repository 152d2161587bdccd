//! Separates the foreground into connected shapes.

use crate::look::lab::LabImage;
use crate::look::mask::Mask;

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

/// The shapes of what stands out from the background, cleaned, largest first.
pub(crate) fn separate(picture: &LabImage, different: &Mask) -> Vec<Shape> {
    // Closing joins what a print or a fold has torn, opening drops threads between things.
    let clean = different.grown().shrunk().shrunk().grown();
    let mut shapes = connected(picture, &clean);
    shapes.retain(|shape| shape.area() as f32 >= CRUMB * picture.area() as f32);
    shapes.sort_by_key(|shape| std::cmp::Reverse(shape.area()));
    absorb(picture, shapes)
}

/// Pixels that hang together side by side.
fn connected(picture: &LabImage, mask: &Mask) -> Vec<Shape> {
    // With a row above and below and a column between two rows in which nothing is, no pixel is at an end.
    let stride = picture.width + 1;
    let mut open = vec![false; stride * (picture.height + 2)];
    for (y, row) in open.chunks_exact_mut(stride).skip(1).take(picture.height).enumerate() {
        row.iter_mut().zip(mask.row(y)).for_each(|(open, is_in)| *open = is_in);
    }
    let mut shapes = Vec::new();
    for start in mask.pixels() {
        let padded = start + start / picture.width + stride;
        if !std::mem::take(&mut open[padded]) {
            continue;
        }
        let mut pixels = vec![(start, padded)];
        let mut next = 0;
        while let Some(&(at, padded)) = pixels.get(next) {
            next += 1;
            let mut add = |at: usize, padded: usize| {
                if std::mem::take(&mut open[padded]) {
                    pixels.push((at, padded));
                }
            };
            // The number of a pixel that is not there is never used.
            add(at.wrapping_sub(1), padded - 1);
            add(at + 1, padded + 1);
            add(at.wrapping_sub(picture.width), padded - stride);
            add(at + picture.width, padded + stride);
        }
        shapes.push(Shape { pixels: pixels.into_iter().map(|(at, _)| at).collect() });
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

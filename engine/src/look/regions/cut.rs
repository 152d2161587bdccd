//! Cuts a shape in two where its colours change.

use super::shapes::Shape;
use crate::look::lab::{Lab, LabImage, distance_squared};

/// Colours that a shape is reduced to before alike ones are joined.
const COLOURS: usize = 8;

/// Rounds of k-means; later ones hardly move a centre.
const ROUNDS: usize = 6;

/// Colours nearer than this are one: fabric in light and in shade.
const ALIKE: f32 = 10.0;

/// The most that the histograms on both sides of a cut may have in common, 0 to 1, and those right beside
/// it: a seam is sharp, a print is not.
const COMMON: f32 = 0.4;

/// How far "right beside" reaches, as a share of the shape's length.
const NEAR: f32 = 0.12;

/// The smallest part, as a share of the whole shape and of the picture.
const MIN_OF_SHAPE: f32 = 0.08;
const MIN_OF_PICTURE: f32 = 0.012;

/// Three cuts deep is hat, shirt, trousers, shoes.
const DEPTH: usize = 3;

/// The parts of a shape; the shape itself if its colours are the same all over.
pub(super) fn cut(picture: &LabImage, shape: Shape) -> Vec<Shape> {
    let palette = ShapePalette::from_shape(picture, &shape);
    if palette.colours < 2 {
        return vec![shape];
    }
    let mut parts = Vec::new();
    palette.cut(picture, shape, DEPTH, &mut parts);
    parts
}

/// For each pixel of the picture the number of its colour.
struct ShapePalette {
    labels: Vec<u8>,
    colours: usize,
}

type Histogram = [f32; COLOURS];

/// Along which side a shape is walked.
#[derive(Clone, Copy)]
enum Axis {
    Across,
    Down,
}

impl ShapePalette {
    /// Lloyd's k-means from evenly spaced pixels, then alike centres joined.
    fn from_shape(picture: &LabImage, shape: &Shape) -> Self {
        let sorted = by_light(picture, shape);
        let mut centres: Vec<Lab> =
            (0..COLOURS).map(|i| sorted[(2 * i + 1) * sorted.len() / (2 * COLOURS)]).collect();
        for _ in 0..ROUNDS {
            let mut sums = [[0.0_f32; 4]; COLOURS];
            for p in sorted.iter().step_by(sorted.len().div_ceil(2000)) {
                let sum = &mut sums[nearest(&centres, *p)];
                (0..3).for_each(|i| sum[i] += p[i]);
                sum[3] += 1.0;
            }
            for (centre, sum) in centres.iter_mut().zip(sums).filter(|(_, sum)| sum[3] > 0.0) {
                *centre = std::array::from_fn(|i| sum[i] / sum[3]);
            }
        }
        let names = join(&centres);
        let mut labels = vec![0; picture.area()];
        for at in shape.pixels() {
            labels[at] = names[nearest(&centres, picture.pixel(at))];
        }
        let colours = names.iter().max().map_or(0, |last| usize::from(*last) + 1);
        Self { labels, colours }
    }

    fn cut(&self, picture: &LabImage, shape: Shape, depth: usize, parts: &mut Vec<Shape>) {
        let found = (depth > 0).then(|| self.best(picture, &shape)).flatten();
        let Some((axis, place)) = found else { return parts.push(shape) };
        let before = |at: &usize| axis.coordinate(picture.place(*at)) < place;
        let (first, second) = shape.pixels().partition(before);
        self.cut(picture, Shape::new(first), depth - 1, parts);
        self.cut(picture, Shape::new(second), depth - 1, parts);
    }

    /// Where the two sides have the least in common.
    fn best(&self, picture: &LabImage, shape: &Shape) -> Option<(Axis, usize)> {
        let candidates = [Axis::Down, Axis::Across].into_iter().filter_map(|axis| {
            let lines = self.lines(picture, shape, axis);
            let (common, line) = least_common(&lines.histograms, picture.area() as f32)?;
            Some((common, axis, lines.first + line))
        });
        candidates.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, axis, place)| (axis, place))
    }

    fn lines(&self, picture: &LabImage, shape: &Shape, axis: Axis) -> Lines {
        let places = || shape.pixels().map(|at| axis.coordinate(picture.place(at)));
        let (first, last) = places().fold((usize::MAX, 0), |(a, b), p| (a.min(p), b.max(p)));
        let mut histograms = vec![[0.0; COLOURS]; (last + 1).saturating_sub(first)];
        for at in shape.pixels() {
            let line = axis.coordinate(picture.place(at)) - first;
            histograms[line][usize::from(self.labels[at])] += 1.0;
        }
        Lines { first, histograms }
    }
}

/// How many pixels of each colour lie on each row or column of a shape.
struct Lines {
    first: usize,
    histograms: Vec<Histogram>,
}

impl Axis {
    fn coordinate(self, (x, y): (usize, usize)) -> usize {
        match self {
            Self::Across => x,
            Self::Down => y,
        }
    }
}

/// The line before which to cut and what both sides have in common there, if it is little enough.
fn least_common(lines: &[Histogram], picture_area: f32) -> Option<(f32, usize)> {
    let mut sums = vec![[0.0; COLOURS]];
    for line in lines {
        let last = sums[sums.len() - 1];
        sums.push(std::array::from_fn(|i| last[i] + line[i]));
    }
    let count = lines.len();
    let between =
        |from: usize, to: usize| -> Histogram { std::array::from_fn(|i| sums[to][i] - sums[from][i]) };
    let least = (MIN_OF_SHAPE * total(&between(0, count))).max(MIN_OF_PICTURE * picture_area);
    let near = ((NEAR * count as f32) as usize).max(2);
    (1..count)
        .filter_map(|at| {
            let (before, after) = (between(0, at), between(at, count));
            if total(&before).min(total(&after)) < least {
                return None;
            }
            let whole = common(&before, &after);
            // One line on each side is left out: smoothing has mixed them.
            let beside = common(
                &between(at.saturating_sub(near + 1), at.saturating_sub(1)),
                &between((at + 1).min(count), (at + near + 1).min(count)),
            );
            (whole <= COMMON && beside <= COMMON).then_some((whole + beside, at))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
}

fn total(histogram: &Histogram) -> f32 {
    histogram.iter().sum()
}

/// Histogram intersection (Swain and Ballard, "Color indexing", IJCV 1991), 0 to 1.
fn common(a: &Histogram, b: &Histogram) -> f32 {
    let (of_a, of_b) = (total(a).max(1.0), total(b).max(1.0));
    a.iter().zip(b).map(|(a, b)| (a / of_a).min(b / of_b)).sum()
}

fn by_light(picture: &LabImage, shape: &Shape) -> Vec<Lab> {
    let mut colours: Vec<Lab> = shape.pixels().map(|at| picture.pixel(at)).collect();
    colours.sort_by(|a, b| a[0].total_cmp(&b[0]));
    colours
}

fn nearest(centres: &[Lab], p: Lab) -> usize {
    let distance = |i: &usize| distance_squared(centres[*i], p);
    (0..centres.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or_default()
}

/// A number for each centre, the same for those that are alike, however long the chain between them.
fn join(centres: &[Lab]) -> Vec<u8> {
    let mut names: Vec<u8> = (0..centres.len() as u8).collect();
    for i in 0..centres.len() {
        for j in 0..i {
            if distance_squared(centres[i], centres[j]) < ALIKE * ALIKE && names[i] != names[j] {
                let (from, to) = (names[i].max(names[j]), names[i].min(names[j]));
                names.iter_mut().filter(|name| **name == from).for_each(|name| *name = to);
            }
        }
    }
    names
}

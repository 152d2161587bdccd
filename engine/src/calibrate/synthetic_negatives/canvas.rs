//! A square canvas for filled shapes with simple shading.

use image::{Rgb, RgbImage};

use crate::calibrate::synthetic_negatives::seeded_rng::SeededRng;

/// Red, green and blue, 0 to 1.
pub(super) type Ink = [f32; 3];

/// Horizontal and vertical position, 0 to 1 from the top left.
pub(super) type Place = (f32, f32);

pub(super) struct Canvas {
    side: u32,
    pixels: Vec<Ink>,
}

impl Canvas {
    pub(super) fn new(side: u32) -> Self {
        Self { side, pixels: vec![[1.0; 3]; (side * side) as usize] }
    }

    /// Paints every place with the ink and the opacity (0 to 1) that `ink` returns.
    pub(super) fn paint(&mut self, ink: impl Fn(Place) -> (Ink, f32)) {
        self.paint_near((0.5, 0.5), (1.0, 1.0), ink);
    }

    /// As [`paint`](Self::paint), for the places within `reach` of `center` in both directions.
    fn paint_near(&mut self, center: Place, reach: Place, ink: impl Fn(Place) -> (Ink, f32)) {
        let side = self.side as f32;
        let within = |center: f32, reach: f32| {
            let pixel = |at: f32| (at * side).clamp(0.0, side) as usize;
            pixel(center - reach - 1.0 / side)..pixel(center + reach + 2.0 / side)
        };
        for y in within(center.1, reach.1) {
            for x in within(center.0, reach.0) {
                let (ink, cover) = ink(((x as f32 + 0.5) / side, (y as f32 + 0.5) / side));
                let pixel = &mut self.pixels[y * self.side as usize + x];
                *pixel = mix(*pixel, ink, cover.clamp(0.0, 1.0));
            }
        }
    }

    pub(super) fn fill(&mut self, ink: Ink) {
        self.paint(|_| (ink, 1.0));
    }

    /// Fills the canvas with a gradient from top to bottom.
    pub(super) fn fade(&mut self, top: Ink, bottom: Ink) {
        self.paint(|(_, y)| (mix(top, bottom, y), 1.0));
    }

    /// Fills the places where `inside` is above zero. `inside` is the distance to the edge.
    pub(super) fn shape(&mut self, ink: Ink, inside: impl Fn(Place) -> f32) {
        let side = self.side as f32;
        self.paint(|place| (ink, inside(place) * side + 0.5));
    }

    /// An ellipse that is lit from the top left and turned by `angle` radians.
    pub(super) fn ellipse(&mut self, (cx, cy): Place, (rx, ry): Place, angle: f32, ink: Ink) {
        let (sin, cos) = angle.sin_cos();
        let side = self.side as f32;
        let reach = rx.max(ry);
        self.paint_near((cx, cy), (reach, reach), |(x, y)| {
            let (dx, dy) = (x - cx, y - cy);
            let (u, v) = ((dx * cos + dy * sin) / rx, (dy * cos - dx * sin) / ry);
            let far = (u * u + v * v).sqrt();
            let light = 1.12 - 0.3 * far * far - 0.25 * (dx + dy) / (rx + ry);
            (ink.map(|c| c * light), (1.0 - far) * rx.min(ry) * side + 0.5)
        });
    }

    pub(super) fn rectangle(&mut self, (left, top): Place, (width, height): Place, ink: Ink) {
        self.shape(ink, |(x, y)| (x - left).min(left + width - x).min((y - top).min(top + height - y)));
    }

    /// A stroke with round ends.
    pub(super) fn line(&mut self, (ax, ay): Place, (bx, by): Place, width: f32, ink: Ink) {
        let (dx, dy) = (bx - ax, by - ay);
        let length = (dx * dx + dy * dy).max(1e-9);
        let (center, side) = ((ax + dx / 2.0, ay + dy / 2.0), self.side as f32);
        self.paint_near(center, ((dx.abs() + width) / 2.0, (dy.abs() + width) / 2.0), |(x, y)| {
            let along = (((x - ax) * dx + (y - ay) * dy) / length).clamp(0.0, 1.0);
            let inside = width / 2.0 - (x - ax - along * dx).hypot(y - ay - along * dy);
            (ink, inside * side + 0.5)
        });
    }

    /// A convex polygon, corners clockwise.
    pub(super) fn polygon(&mut self, corners: &[Place], ink: Ink) {
        self.shape(ink, |(x, y)| {
            let next = corners.iter().cycle().skip(1);
            let edges = corners.iter().zip(next).map(|(a, b)| {
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                (dx * (y - a.1) - dy * (x - a.0)) / dx.hypot(dy).max(1e-6)
            });
            edges.fold(f32::INFINITY, f32::min)
        });
    }

    /// Adds sensor noise and converts to bytes.
    pub(super) fn finish(&self, rng: &mut SeededRng) -> RgbImage {
        let grain = if rng.happens(0.5) { rng.within(0.0, 0.06) } else { 0.0 };
        let mut pixels = self.pixels.iter();
        RgbImage::from_fn(self.side, self.side, |_, _| {
            let off = rng.within(-grain, grain);
            Rgb(pixels
                .next()
                .copied()
                .unwrap_or_default()
                .map(|c| ((c + off) * 255.0).clamp(0.0, 255.0) as u8))
        })
    }
}

pub(super) fn mix(a: Ink, b: Ink, share: f32) -> Ink {
    std::array::from_fn(|i| a[i] + (b[i] - a[i]) * share)
}

/// A random ink. `vivid` limits its distance from grey, 0 to 1.
pub(super) fn any_ink(rng: &mut SeededRng, vivid: f32) -> Ink {
    let level = rng.within(0.08, 0.95);
    std::array::from_fn(|_| (level + vivid * rng.within(-0.5, 0.5)).clamp(0.0, 1.0))
}

/// Paints a random background, most often paper.
pub(super) fn ground(canvas: &mut Canvas, rng: &mut SeededRng) {
    match rng.whole(4) {
        0 | 1 => canvas.fill([1.0 - rng.within(0.0, 0.06); 3]),
        2 => {
            let (top, bottom) = (any_ink(rng, 0.5), any_ink(rng, 0.5));
            canvas.fade(top, bottom);
        }
        _ => {
            let (one, other, field) = (any_ink(rng, 0.3), any_ink(rng, 0.3), NoiseField::new(rng, 5.0));
            canvas.paint(|place| (mix(one, other, field.at(place)), 1.0));
        }
    }
}

/// Fractal noise, about 0 to 1.
pub(super) struct NoiseField {
    seed: u64,
    scale: f32,
    rough: f32,
}

impl NoiseField {
    /// `scale`: the number of bumps from side to side.
    pub(super) fn new(rng: &mut SeededRng, scale: f32) -> Self {
        Self { seed: u64::from(rng.whole(u32::MAX)), scale, rough: rng.within(0.35, 0.7) }
    }

    pub(super) fn at(&self, (x, y): Place) -> f32 {
        let (mut sum, mut weight, mut total, mut scale) = (0.0, 1.0, 0.0, self.scale);
        for _ in 0..4 {
            sum += weight * self.noise(x * scale, y * scale);
            total += weight;
            weight *= self.rough;
            scale *= 2.1;
        }
        sum / total
    }

    /// Value noise: random values at whole coordinates, interpolated smoothly.
    fn noise(&self, x: f32, y: f32) -> f32 {
        let corner = |x: f32, y: f32| {
            let place = (i64::from(x as i32) as u64) << 32 ^ (i64::from(y as i32) as u64 & 0xFFFF_FFFF);
            SeededRng::new(place ^ self.seed.rotate_left(17)).within(0.0, 1.0)
        };
        let (left, top) = (x.floor(), y.floor());
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (u, v) = (ease(x - left), ease(y - top));
        let row = |y: f32| corner(left, y) + (corner(left + 1.0, y) - corner(left, y)) * u;
        row(top) + (row(top + 1.0) - row(top)) * v
    }
}

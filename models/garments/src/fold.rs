//! Wrinkles of the cloth as it lies.

use crate::category::Category;
use crate::fabric::Fabric;
use crate::layer::Layer;
use crate::noise::{fractal, hash, lerp, ridged, value};
use crate::palette::luma;
use crate::view::Pose;

/// How limp a thing is: 1.0 for a shirt, 0.0 for what keeps its shape whatever happens.
pub(crate) fn drape(category: Category) -> f32 {
    use Category as C;
    match category {
        C::Sunglasses => 0.05,
        C::Sneakers | C::Boots | C::Heels | C::Sandals | C::Belt => 0.2,
        C::Cap | C::Hat | C::Bag | C::Backpack => 0.32,
        C::Beanie | C::Gloves | C::Tie => 0.6,
        _ => 1.0,
    }
}

/// Shades the layer with folds: a height field lit from `light`, and a few long creases.
pub(crate) fn wrinkle(layer: &mut Layer, pose: &Pose, fabric: Fabric, drape: f32, light: (f32, f32)) {
    let depth = pose.wrinkles * fabric.softness() * drape;
    if depth <= 0.0 {
        return;
    }
    let size = layer.size;
    // Folds are wider than a few pixels: one height per 2 × 2 is plenty when the layer is large.
    let coarse = if size > 400 { 4 } else { 3 };
    let grid = size / coarse + 3;
    let seed = pose.seed;
    let lines: Vec<FoldLine> = (0..7).map(|i| FoldLine::random(i, seed)).collect();
    let mut height = vec![0.0; grid * grid];
    for j in 0..grid {
        for i in 0..grid {
            let x = (i * coarse) as f32 / size as f32 * 2.0 - 1.0;
            let y = (j * coarse) as f32 / size as f32 * 2.0 - 1.0;
            let bend = 0.35 * value(x * 1.7, y * 1.7, seed ^ 11);
            let mut h =
                0.5 * ridged(x * 2.1 + bend, y * 1.6 - bend, seed) * ridged(x * 1.1, y * 1.1, seed ^ 1);
            h += 0.16 * value(x * 4.6 + 2.0 * bend, y * 3.8, seed ^ 5);
            h += 0.05 * fractal(x * 11.0, y * 10.0, 2, seed ^ 6);
            for line in &lines {
                h += line.height(x, y);
            }
            height[j * grid + i] = h;
        }
    }
    let gain = 0.5 * depth * size as f32 / coarse as f32 * 0.16;
    let (lx, ly) = (light.0, light.1);
    let at = |x: usize, y: usize| -> f32 {
        let (i, j) = (x / coarse, y / coarse);
        let tx = (x % coarse) as f32 / coarse as f32;
        let ty = (y % coarse) as f32 / coarse as f32;
        let slope = |i: usize, j: usize| {
            let here = height[j * grid + i];
            (height[j * grid + i + 1] - here) * lx + (height[(j + 1) * grid + i] - here) * ly
        };
        let top = slope(i, j) * (1.0 - tx) + slope(i + 1, j) * tx;
        let bottom = slope(i, j + 1) * (1.0 - tx) + slope(i + 1, j + 1) * tx;
        top * (1.0 - ty) + bottom * ty
    };
    let sheen = fabric.sheen();
    for y in 0..size {
        for x in 0..size {
            let pixel = &mut layer.rgba[y * size + x];
            if pixel[3] <= 0.0 {
                continue;
            }
            let slope = (-at(x, y) * gain).clamp(-0.42, 0.3);
            let dark = luma([pixel[0], pixel[1], pixel[2]]) < 0.16 * pixel[3];
            let lift = if dark { 0.16 * slope.max(-0.1) * pixel[3] } else { 0.0 };
            let gloss = (slope.max(0.0) * sheen * 2.4).min(0.6);
            let alpha = pixel[3];
            for c in &mut pixel[..3] {
                let v = *c * (1.0 + slope) + lift;
                *c = (v + (alpha - v) * gloss).clamp(0.0, alpha);
            }
        }
    }
}

/// A crease from edge to edge.
struct FoldLine {
    cos: f32,
    sin: f32,
    at: f32,
    width: f32,
    tall: f32,
    from: f32,
    long: f32,
}

impl FoldLine {
    fn random(index: i32, seed: u32) -> Self {
        let draw = |k: i32| hash(index, k, seed ^ 0x77);
        let angle = draw(0) * std::f32::consts::PI;
        Self {
            cos: angle.cos(),
            sin: angle.sin(),
            at: draw(1) * 1.6 - 0.8,
            width: 0.02 + 0.05 * draw(2),
            tall: 0.05 + 0.07 * draw(3),
            from: draw(4) * 1.6 - 1.1,
            long: 0.4 + 0.7 * draw(5),
        }
    }

    fn height(&self, x: f32, y: f32) -> f32 {
        let across = x * self.cos + y * self.sin - self.at;
        if across.abs() > self.width * 3.0 {
            return 0.0;
        }
        let along = (-x * self.sin + y * self.cos - self.from) / self.long;
        if !(0.0..1.0).contains(&along) {
            return 0.0;
        }
        let d = across / self.width;
        self.tall * (-d * d).exp() * (along * std::f32::consts::PI).sin()
    }
}

/// Pushes the outline out of shape, as cloth that was thrown down: a grid of shifts.
pub(crate) struct Warp {
    shifts: Vec<(f32, f32)>,
}

/// Grid points per side, over `-REACH..REACH`.
const GRID: usize = 40;
const REACH: f32 = 1.1;

impl Warp {
    pub(crate) fn new(pose: &Pose, drape: f32) -> Self {
        let reach = pose.crumple * 0.035 * drape;
        let seed = pose.seed;
        let wave = |x: f32, y: f32, k: u32| {
            value(x * 2.3, y * 2.3, seed ^ k) + 0.35 * value(x * 6.0, y * 6.0, seed ^ (k + 1))
        };
        let at = |i: usize| (i as f32 / (GRID - 1) as f32 * 2.0 - 1.0) * REACH;
        let points = (0..GRID * GRID).map(|k| (at(k % GRID), at(k / GRID)));
        Self { shifts: points.map(|(x, y)| (wave(x, y, 21) * reach, wave(x, y, 23) * reach)).collect() }
    }

    /// Where the layer is seen at `(x, y)`.
    pub(crate) fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let on_grid = |v: f32| ((v / REACH * 0.5 + 0.5) * (GRID - 1) as f32).clamp(0.0, GRID as f32 - 1.001);
        let (gx, gy) = (on_grid(x), on_grid(y));
        let (i, j) = (gx as usize, gy as usize);
        let (tx, ty) = (gx - i as f32, gy - j as f32);
        let row = |j: usize| {
            let (a, b) = (self.shifts[j * GRID + i], self.shifts[j * GRID + i + 1]);
            (lerp(a.0, b.0, tx), lerp(a.1, b.1, tx))
        };
        let (top, bottom) = (row(j), row(j + 1));
        (x + lerp(top.0, bottom.0, ty), y + lerp(top.1, bottom.1, ty))
    }
}

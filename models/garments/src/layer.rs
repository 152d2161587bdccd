//! Rasterises a draft: pieces with texture, rounding, rims and shadows on one another.

use tiny_skia::{FillRule, Mask, Path, Stroke, Transform};

use crate::draft::{Draft, Ink, Op, Textile, Tone};
use crate::palette::{Rgb, luma, mix, scale};
use crate::pattern::Pattern;

/// The part of the layer's half width that the garment fills.
const EXTENT: f32 = 0.92;

/// The garment alone: colour times coverage, and coverage.
pub(crate) struct Layer {
    pub(crate) size: usize,
    pub(crate) rgba: Vec<[f32; 4]>,
    /// Pixels per centimetre.
    pub(crate) pixels: f32,
}

/// What is the same for all pieces of a garment.
pub(crate) struct Style {
    pub(crate) pattern: Pattern,
    pub(crate) tones: [Rgb; 3],
    /// Length of the garment in centimetres, for colour blocks.
    pub(crate) length: f32,
    pub(crate) seed: u32,
    /// Towards the light, in layer coordinates; its length is the strength.
    pub(crate) light: (f32, f32),
}

/// Draws `draft` so that it fills a square of `size` pixels.
pub(crate) fn rasterise(draft: &Draft, style: &Style, size: usize) -> Layer {
    let mut layer = Layer { size, rgba: vec![[0.0; 4]; size * size], pixels: 1.0 };
    let Some(bounds) = draft.bounds() else { return layer };
    let pixels = EXTENT * size as f32 / bounds.width().max(bounds.height()).max(1.0);
    layer.pixels = pixels;
    let middle = size as f32 * 0.5;
    let cx = (bounds.left() + bounds.right()) * 0.5;
    let cy = (bounds.top() + bounds.bottom()) * 0.5;
    let fit = Transform::from_row(pixels, 0.0, 0.0, pixels, middle - cx * pixels, middle - cy * pixels);
    let Some(mut last) = Mask::new(size as u32, size as u32) else { return layer };
    let mut ink = last.clone();
    for op in &draft.ops {
        match op {
            Op::Fill { path, cloth } => {
                last.clear();
                last.fill_path(path, FillRule::Winding, true, fit);
                if let Some(area) = Area::from_path(path, fit, size, cloth.round * pixels * 2.0 + 3.0) {
                    fill(&mut layer, &last, cloth, style, area, fit);
                }
            }
            Op::Line { path, width, tone } => {
                // Never thinner than half a pixel: a seam that is too thin would flicker.
                let stroke = Stroke { width: width.max(0.55 / pixels), ..Stroke::default() };
                let Some(path) = path.stroke(&stroke, pixels) else { continue };
                ink.clear();
                ink.fill_path(&path, FillRule::Winding, true, fit);
                if let Some(area) = Area::from_path(&path, fit, size, 2.0) {
                    let strength = (width * pixels / 0.55).clamp(0.45, 1.0);
                    line(&mut layer, &ink, &last, *tone, area, strength);
                }
            }
            Op::Crease { from, to, width, depth } => {
                crease(&mut layer, &last, fit, *from, *to, *width, *depth);
            }
        }
    }
    layer
}

/// A box of pixels, right and bottom not included.
#[derive(Clone, Copy)]
struct Area {
    x0: usize,
    y0: usize,
    x1: usize,
    y1: usize,
}

impl Area {
    fn from_path(path: &Path, fit: Transform, size: usize, margin: f32) -> Option<Self> {
        let b = path.bounds();
        let at = |x: f32, y: f32| (fit.sx * x + fit.tx, fit.sy * y + fit.ty);
        let (left, top) = at(b.left(), b.top());
        let (right, bottom) = at(b.right(), b.bottom());
        Self::around(left - margin, top - margin, right + margin, bottom + margin, size)
    }

    fn around(left: f32, top: f32, right: f32, bottom: f32, size: usize) -> Option<Self> {
        let low = |v: f32| v.floor().clamp(0.0, size as f32) as usize;
        let high = |v: f32| v.ceil().clamp(0.0, size as f32) as usize;
        let area = Self { x0: low(left), y0: low(top), x1: high(right), y1: high(bottom) };
        (area.x0 < area.x1 && area.y0 < area.y1).then_some(area)
    }

    fn width(&self) -> usize {
        self.x1 - self.x0
    }

    fn height(&self) -> usize {
        self.y1 - self.y0
    }
}

fn fill(layer: &mut Layer, mask: &Mask, cloth: &Textile, style: &Style, area: Area, fit: Transform) {
    let size = layer.size;
    let pixels = layer.pixels;
    let (w, h) = (area.width(), area.height());
    let mut soft = Vec::with_capacity(w * h);
    for y in area.y0..area.y1 {
        soft.extend(
            mask.data()[y * size + area.x0..y * size + area.x1].iter().map(|&m| f32::from(m) / 255.0),
        );
    }
    let radius = (cloth.round * pixels * 0.5).round().max(1.0) as usize;
    let mut spare = vec![0.0; w * h];
    for _ in 0..2 {
        box_blur(&mut soft, &mut spare, w, h, radius);
    }
    let (lx, ly) = style.light;
    let reach = radius as f32 * 0.9;
    let shadow_shift = ((-lx * reach) as isize, (-ly * reach + 0.4 * reach) as isize);
    let sheen = cloth.fabric.sheen();
    let texture_seed = style.seed;
    for j in 0..h {
        let y = area.y0 + j;
        for i in 0..w {
            let x = area.x0 + i;
            let cover = f32::from(mask.data()[y * size + x]) / 255.0;
            let pixel = &mut layer.rgba[y * size + x];
            if cover < 1.0 && cloth.cast > 0.0 && pixel[3] > 0.0 {
                let si = (i as isize - shadow_shift.0).clamp(0, w as isize - 1) as usize;
                let sj = (j as isize - shadow_shift.1).clamp(0, h as isize - 1) as usize;
                let dark = 1.0 - cloth.cast * soft[sj * w + si];
                pixel[0] *= dark;
                pixel[1] *= dark;
                pixel[2] *= dark;
            }
            if cover <= 0.0 {
                continue;
            }
            let cm = ((x as f32 + 0.5 - fit.tx) / pixels, (y as f32 + 0.5 - fit.ty) / pixels);
            let (u, v) = cloth.frame.map(cm.0, cm.1);
            let base = match cloth.ink {
                Ink::Flat(rgb) => rgb,
                Ink::Pattern => style.pattern.sample(&style.tones, u, v, 1.0 / pixels, style.length),
            };
            let here = soft[j * w + i];
            let right = soft[j * w + (i + 1).min(w - 1)];
            let left = soft[j * w + i.saturating_sub(1)];
            let below = soft[(j + 1).min(h - 1) * w + i];
            let above = soft[j.saturating_sub(1) * w + i];
            // The blurred outline is a pillow: its slope is the cloth turning away at the edge.
            let slope = ((right - left) * lx + (below - above) * ly) * radius as f32;
            let inside = ((here - 0.45) * 1.9).clamp(0.0, 1.0);
            let out = 1.0 - inside;
            let mut bright = 1.0 - slope * cloth.relief * 1.6 - cloth.rim * out * out;
            bright *= cloth.fabric.texture(u, v, pixels, texture_seed);
            let mut rgb = shaded(base, bright);
            let facing = (-slope * 2.2).clamp(0.0, 1.0);
            let gloss = sheen * facing * facing;
            rgb = mix(rgb, [1.0, 1.0, 1.0], gloss);
            let keep = 1.0 - cover;
            for c in 0..3 {
                pixel[c] = pixel[c] * keep + rgb[c] * cover;
            }
            pixel[3] = pixel[3] * keep + cover;
        }
    }
}

/// Brightness on a colour; what is nearly black is lifted a little, or its folds would not show.
pub(crate) fn shaded(base: Rgb, bright: f32) -> Rgb {
    let lift = (bright - 1.0) * (0.13 - luma(base)).max(0.0);
    scale(base, bright).map(|c| c + lift)
}

fn line(layer: &mut Layer, ink: &Mask, clip: &Mask, tone: Tone, area: Area, strength: f32) {
    let size = layer.size;
    for y in area.y0..area.y1 {
        for x in area.x0..area.x1 {
            let at = y * size + x;
            let cover = f32::from(ink.data()[at]) * f32::from(clip.data()[at]) / 65025.0 * strength;
            if cover <= 0.0 {
                continue;
            }
            let pixel = &mut layer.rgba[at];
            let alpha = pixel[3];
            let old = [pixel[0], pixel[1], pixel[2]];
            let new = match tone {
                Tone::Seam(depth) => {
                    if luma(old) < 0.15 * alpha {
                        mix(old, [0.45 * alpha; 3], cover * depth * 0.7)
                    } else {
                        scale(old, 1.0 - cover * depth)
                    }
                }
                Tone::Paint(rgb, opacity) => mix(old, scale(rgb, alpha), cover * opacity),
            };
            pixel[..3].copy_from_slice(&new);
        }
    }
}

fn crease(
    layer: &mut Layer,
    clip: &Mask,
    fit: Transform,
    from: (f32, f32),
    to: (f32, f32),
    width: f32,
    depth: f32,
) {
    let size = layer.size;
    let (ax, ay) = (fit.sx * from.0 + fit.tx, fit.sy * from.1 + fit.ty);
    let (bx, by) = (fit.sx * to.0 + fit.tx, fit.sy * to.1 + fit.ty);
    let (dx, dy) = (bx - ax, by - ay);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let (dx, dy) = (dx / length, dy / length);
    let width = (width * layer.pixels).max(1.0);
    let margin = width * 2.2;
    let area = Area::around(
        ax.min(bx) - margin,
        ay.min(by) - margin,
        ax.max(bx) + margin,
        ay.max(by) + margin,
        size,
    );
    let Some(area) = area else { return };
    for y in area.y0..area.y1 {
        for x in area.x0..area.x1 {
            let at = y * size + x;
            let cover = f32::from(clip.data()[at]) / 255.0;
            if cover <= 0.0 {
                continue;
            }
            let (px, py) = (x as f32 - ax, y as f32 - ay);
            let t = (px * dx + py * dy) / length;
            let d = (px * dy - py * dx) / width;
            if !(-0.05..1.05).contains(&t) || d.abs() > 2.2 {
                continue;
            }
            let taper = (t.clamp(0.0, 1.0) * std::f32::consts::PI).sin().max(0.0).sqrt();
            let bright = 1.0 + depth * cover * taper * (d * 1.6) * (-d * d).exp();
            let pixel = &mut layer.rgba[at];
            for c in &mut pixel[..3] {
                *c *= bright;
            }
        }
    }
}

/// One pass of a box blur in both directions; edges repeat.
pub(crate) fn box_blur(data: &mut [f32], spare: &mut [f32], w: usize, h: usize, radius: usize) {
    let norm = 1.0 / (2 * radius + 1) as f32;
    let r = radius as isize;
    for y in 0..h {
        let row = &data[y * w..(y + 1) * w];
        let at = |i: isize| row[i.clamp(0, w as isize - 1) as usize];
        let mut sum: f32 = (-r..=r).map(at).sum();
        for x in 0..w {
            spare[y * w + x] = sum * norm;
            sum += at(x as isize + r + 1) - at(x as isize - r);
        }
    }
    // Down the columns a row at a time, so that memory is read in order.
    let at = |j: isize| j.clamp(0, h as isize - 1) as usize * w;
    let mut sums = vec![0.0; w];
    for j in -r..=r {
        let row = at(j);
        for (sum, v) in sums.iter_mut().zip(&spare[row..row + w]) {
            *sum += v;
        }
    }
    for y in 0..h {
        let (enter, leave) = (at(y as isize + r + 1), at(y as isize - r));
        for x in 0..w {
            data[y * w + x] = sums[x] * norm;
            sums[x] += spare[enter + x] - spare[leave + x];
        }
    }
}

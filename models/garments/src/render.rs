//! Puts garment, backdrop, light and camera together.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};

use crate::fold;
use crate::garment::Garment;
use crate::layer::{Layer, Style, box_blur, rasterise};
use crate::noise::{hash, smoothstep};
use crate::palette::{Rgb, mix, scale};
use crate::shapes;
use crate::view::{Camera, View};

/// Brightness above which highlights are compressed.
const SHOULDER: f32 = 0.93;
const ROOM: f32 = 1.0 - SHOULDER;

/// Draws `garment` as `view` sees it: a square picture of `size` × `size` pixels.
///
/// The same arguments always give the same pixels. Large pictures are drawn at twice their size and
/// averaged, small ones directly.
pub fn render(garment: &Garment, view: &View, size: u32) -> RgbImage {
    let size = size.max(8) as usize;
    let fine = if size >= 256 { 2 } else { 1 };
    let inner = size * fine;
    let light = light_vector(view);
    let style = Style {
        pattern: garment.pattern,
        tones: garment.colours.map(|c| c.rgb_f32()),
        length: shapes::length(garment),
        seed: garment.seed,
        light: turned(light, -view.camera.rotation),
    };
    let wanted = inner as f32 * view.camera.scale * if fine == 1 { 1.15 } else { 1.0 };
    let side = (wanted as usize).clamp(32, 4096);
    let mut layer = rasterise(&shapes::draw(garment, &view.pose), &style, side);
    let drape = fold::drape(garment.category);
    fold::wrinkle(&mut layer, &view.pose, garment.fabric, drape, style.light);
    let mut pixels = compose(&layer, view, drape, inner, light);
    expose(&mut pixels, view, inner);
    let mut out = shrink(&pixels, inner, fine);
    blur(&mut out, size, view.camera.blur * size as f32 / 1000.0);
    let image = finish(&out, size, &view.camera);
    match view.camera.jpeg {
        Some(quality) => through_jpeg(&image, quality).unwrap_or(image),
        None => image,
    }
}

/// Towards the light in picture coordinates; as long as the light is strong.
fn light_vector(view: &View) -> (f32, f32) {
    let (sin, cos) = view.light.angle.sin_cos();
    (sin * view.light.strength * 1.4, -cos * view.light.strength * 1.4)
}

fn turned((x, y): (f32, f32), angle: f32) -> (f32, f32) {
    let (sin, cos) = angle.sin_cos();
    (x * cos - y * sin, x * sin + y * cos)
}

/// Maps places in the picture to places on the surface, both `-1.0..1.0` about the middle.
struct Surface<'a> {
    camera: &'a Camera,
    sin: f32,
    cos: f32,
}

impl<'a> Surface<'a> {
    fn from_camera(camera: &'a Camera) -> Self {
        let (sin, cos) = camera.rotation.sin_cos();
        Self { camera, sin, cos }
    }

    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let camera = self.camera;
        let (x, y) = (x - camera.offset[0], y - camera.offset[1]);
        let shrink = 1.0 / ((1.0 + camera.tilt[0] * x + camera.tilt[1] * y) * camera.scale);
        let (x, y) = (x * shrink, y * shrink);
        let (x, y) = (x * self.cos + y * self.sin, y * self.cos - x * self.sin);
        (x + camera.shear * y, y)
    }
}

/// Coverage of the layer, blurred: the shadow below the garment.
struct Shadow {
    size: usize,
    cover: Vec<f32>,
}

impl Shadow {
    fn from_layer(layer: &Layer) -> Self {
        // A quarter of the layer's size is enough for something this soft, with a margin to spread into.
        let size = (layer.size / 4).max(8);
        let mut cover = vec![0.0; size * size];
        for y in 0..size {
            for x in 0..size {
                let at = |v: usize| (((v as f32 + 0.5) / size as f32 - 0.5) * 1.2 + 0.5) * layer.size as f32;
                let (lx, ly) = (at(x), at(y));
                if lx >= 0.0 && ly >= 0.0 && lx < layer.size as f32 && ly < layer.size as f32 {
                    cover[y * size + x] = layer.rgba[ly as usize * layer.size + lx as usize][3];
                }
            }
        }
        let mut spare = cover.clone();
        let radius = (size / 36).max(1);
        for _ in 0..3 {
            box_blur(&mut cover, &mut spare, size, size, radius);
        }
        Self { size, cover }
    }

    fn at(&self, x: f32, y: f32) -> f32 {
        let at = |v: f32| (v / 1.2 * 0.5 + 0.5) * self.size as f32 - 0.5;
        let (x, y) = (at(x), at(y));
        let last = self.size as f32 - 1.001;
        if x < 0.0 || y < 0.0 || x > last || y > last {
            return 0.0;
        }
        let (i, j) = (x as usize, y as usize);
        let (tx, ty) = (x - i as f32, y - j as f32);
        let row = |j: usize| {
            let at = j * self.size + i;
            self.cover[at] * (1.0 - tx) + self.cover[at + 1] * tx
        };
        row(j) * (1.0 - ty) + row(j + 1) * ty
    }
}

fn sample(layer: &Layer, x: f32, y: f32) -> [f32; 4] {
    let at = |v: f32| (v * 0.5 + 0.5) * layer.size as f32 - 0.5;
    let (x, y) = (at(x), at(y));
    let last = layer.size as f32 - 1.001;
    if x < 0.0 || y < 0.0 || x > last || y > last {
        return [0.0; 4];
    }
    let (i, j) = (x as usize, y as usize);
    let (tx, ty) = (x - i as f32, y - j as f32);
    let at = j * layer.size + i;
    let (a, b) = (layer.rgba[at], layer.rgba[at + 1]);
    let (c, d) = (layer.rgba[at + layer.size], layer.rgba[at + layer.size + 1]);
    let mut out = [0.0; 4];
    for k in 0..4 {
        let top = a[k] + (b[k] - a[k]) * tx;
        let bottom = c[k] + (d[k] - c[k]) * tx;
        out[k] = top + (bottom - top) * ty;
    }
    out
}

fn compose(layer: &Layer, view: &View, drape: f32, size: usize, light: (f32, f32)) -> Vec<Rgb> {
    let shadow = Shadow::from_layer(layer);
    let surface = Surface::from_camera(&view.camera);
    let turn = view.backdrop.turn.sin_cos();
    let warp = fold::Warp::new(&view.pose, drape);
    let pixel = 2.0 / size as f32 / view.camera.scale;
    let surface_light = turned(light, -view.camera.rotation);
    let lift = if view.pose.hanger { 0.07 } else { 0.03 };
    let depth = 0.16 + 0.34 * view.light.strength;
    let mut out = Vec::with_capacity(size * size);
    for j in 0..size {
        let y = (j as f32 + 0.5) / size as f32 * 2.0 - 1.0;
        for i in 0..size {
            let x = (i as f32 + 0.5) / size as f32 * 2.0 - 1.0;
            let (sx, sy) = surface.at(x, y);
            let (wx, wy) = warp.at(sx, sy);
            let garment = sample(layer, wx, wy);
            let mut colour = [0.0; 3];
            if garment[3] < 0.999 {
                let ground = view.backdrop.sample(sx, sy, turn, pixel, surface_light);
                let far = shadow.at(wx + surface_light.0 * lift, wy + surface_light.1 * lift);
                let near = shadow.at(wx, wy - 0.006);
                let dark = 1.0 - depth * far * 0.8 - 0.22 * near;
                colour = scale(ground, dark.max(0.1) * (1.0 - garment[3]));
            }
            out.push([colour[0] + garment[0], colour[1] + garment[1], colour[2] + garment[2]]);
        }
    }
    out
}

/// Exposure, warmth, falloff across the picture and darker corners.
fn expose(pixels: &mut [Rgb], view: &View, size: usize) {
    let light = &view.light;
    let gains = [1.0 + 0.11 * light.warmth, 1.0 + 0.01 * light.warmth, 1.0 - 0.15 * light.warmth]
        .map(|g| g * light.exposure);
    let (sin, cos) = light.angle.sin_cos();
    for (at, rgb) in pixels.iter_mut().enumerate() {
        let x = (at % size) as f32 / size as f32 * 2.0 - 1.0;
        let y = (at / size) as f32 / size as f32 * 2.0 - 1.0;
        let away = 0.5 - 0.5 * (x * sin - y * cos);
        let corner = smoothstep(0.6, 1.5, (x * x + y * y).sqrt());
        let bright = (1.0 - light.falloff * away) * (1.0 - light.vignette * corner);
        for (c, gain) in rgb.iter_mut().zip(gains) {
            let v = *c * gain * bright;
            // A soft shoulder, as film and phones have: white cloth keeps its folds.
            *c = if v > SHOULDER { 1.0 - ROOM * (-(v - SHOULDER) / ROOM).exp() } else { v };
        }
    }
}

fn shrink(pixels: &[Rgb], inner: usize, fine: usize) -> Vec<Rgb> {
    if fine == 1 {
        return pixels.to_vec();
    }
    let size = inner / fine;
    let share = 1.0 / (fine * fine) as f32;
    let mut out = Vec::with_capacity(size * size);
    for y in 0..size {
        for x in 0..size {
            let mut sum = [0.0; 3];
            for j in 0..fine {
                for i in 0..fine {
                    let rgb = pixels[(y * fine + j) * inner + x * fine + i];
                    sum = [sum[0] + rgb[0], sum[1] + rgb[1], sum[2] + rgb[2]];
                }
            }
            out.push(scale(sum, share));
        }
    }
    out
}

/// Blurs by mixing with a box blur, so that fractions of a pixel count too.
fn blur(pixels: &mut [Rgb], size: usize, radius: f32) {
    if radius < 0.15 {
        return;
    }
    let whole = radius.ceil().max(1.0) as usize;
    let share = radius / whole as f32;
    let mut spare = vec![0.0; pixels.len()];
    let mut planes: [Vec<f32>; 3] = [0, 1, 2].map(|c| pixels.iter().map(|p| p[c]).collect());
    for plane in &mut planes {
        box_blur(plane, &mut spare, size, size, whole);
    }
    for (at, pixel) in pixels.iter_mut().enumerate() {
        *pixel = mix(*pixel, [planes[0][at], planes[1][at], planes[2][at]], share);
    }
}

fn finish(pixels: &[Rgb], size: usize, camera: &Camera) -> RgbImage {
    RgbImage::from_fn(size as u32, size as u32, |x, y| {
        let rgb = pixels[y as usize * size + x as usize];
        let mut bytes = [0; 3];
        for (c, byte) in bytes.iter_mut().enumerate() {
            let mut v = rgb[c];
            if camera.noise > 0.0 {
                // Two uniform draws make a triangle, near enough to a bell.
                let seed = camera.seed.wrapping_add(c as u32);
                let (x, y) = (x as i32, y as i32);
                v += (hash(x, y, seed) + hash(x, y, seed ^ 0x5bd1) - 1.0) * camera.noise * 2.0;
            }
            *byte = (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        }
        image::Rgb(bytes)
    })
}

/// Compresses and decompresses; `None` if the codec refuses, which for a valid picture it does not.
fn through_jpeg(image: &RgbImage, quality: u8) -> Option<RgbImage> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image).ok()?;
    let decoded = image::load(Cursor::new(bytes), ImageFormat::Jpeg).ok()?;
    Some(DynamicImage::into_rgb8(decoded))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::palette::{Colour, ColourName, distance, rgb_f32, to_oklab};
    use crate::{Category, Fabric};

    #[test]
    fn same_garment_and_view_give_the_same_pixels() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        for &category in Category::ALL {
            let garment = Garment::random(category, &mut rng);
            let view = View::wild(&mut rng);
            let stored = serde_json::to_string(&(&garment, &view)).unwrap();
            let (again, same_view): (Garment, View) = serde_json::from_str(&stored).unwrap();
            assert_eq!(render(&garment, &view, 48), render(&again, &same_view, 48), "{}", category.name());
        }
    }

    #[test]
    fn every_category_shows_something() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for &category in Category::ALL {
            for round in 0..12 {
                let view = if round % 2 == 0 { View::studio(round) } else { View::wild(&mut rng) };
                let image = render(&Garment::random(category, &mut rng), &view, 64);
                let (mut low, mut high) = ([255; 3], [0; 3]);
                for pixel in image.pixels() {
                    for c in 0..3 {
                        low[c] = pixel[c].min(low[c]);
                        high[c] = pixel[c].max(high[c]);
                    }
                }
                let range = (0..3).map(|c| high[c] - low[c]).max().unwrap();
                assert!(range > 24, "{} is blank in round {round}", category.name());
                let black = image.pixels().filter(|p| p.0 == [0; 3]).count();
                assert!(black < 64 * 64 / 8, "{} has {black} black pixels", category.name());
            }
        }
    }

    #[test]
    fn plain_garment_looks_like_its_colour() {
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        for &name in ColourName::ALL {
            for category in [Category::TShirt, Category::Hoodie, Category::Coat] {
                let mut garment = Garment::random_in(category, Colour::exact(name), "plain", &mut rng);
                garment.fabric = Fabric::Cotton;
                let image = render(&garment, &View::studio(0), 96);
                // A flank, beside zips, buttons and pockets.
                let median = |c: usize| {
                    let area = (30..42).flat_map(|x| (44..62).map(move |y| (x, y)));
                    let mut values: Vec<u8> = area.map(|(x, y)| image.get_pixel(x, y).0[c]).collect();
                    values.sort_unstable();
                    values[values.len() / 2]
                };
                let seen = to_oklab(rgb_f32([median(0), median(1), median(2)]));
                let gap = distance(seen, to_oklab(rgb_f32(name.rgb())));
                assert!(gap < 0.09, "{} {} is off by {gap}", name.name(), category.name());
            }
        }
    }
}

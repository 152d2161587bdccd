//! Scenes that fill a picture: land, sky, walls, pages, screens.

use super::canvas::{Canvas, NoiseField, any_ink, mix};
use crate::calibrate::synthetic_negatives::seeded_rng::SeededRng;

/// Sky, ridges behind each other, and ground.
pub(super) fn horizon(canvas: &mut Canvas, rng: &mut SeededRng) {
    let (top, bottom) = (any_ink(rng, 0.6), any_ink(rng, 0.4));
    let clouds = NoiseField::new(rng, 3.0);
    canvas.paint(|(x, y)| (mix(mix(top, bottom, y * 1.6), [1.0; 3], clouds.at((x, y * 2.0)) - 0.4), 1.0));
    if rng.happens(0.4) {
        let (place, radius) = ((rng.within(0.1, 0.9), rng.within(0.1, 0.5)), rng.within(0.02, 0.09));
        canvas.ellipse(place, (radius, radius), 0.0, [1.0, 0.95, 0.75]);
    }
    let ridges = 1 + rng.whole(4);
    let near = any_ink(rng, 0.5);
    for ridge in 0..ridges {
        let height = 0.35 + 0.5 * (ridge as f32 + rng.within(0.0, 1.0)) / ridges as f32;
        let (outline, grain) = (NoiseField::new(rng, 4.0), NoiseField::new(rng, 14.0));
        let ink = mix(bottom, near, (ridge + 1) as f32 / ridges as f32);
        let rough = rng.within(0.05, 0.4);
        canvas.paint(|(x, y)| {
            let edge = height + rough * (outline.at((x, 0.3)) - 0.5);
            (ink.map(|c| c * (0.7 + 0.6 * grain.at((x, y * 2.0)))), (y - edge) * 160.0)
        });
    }
}

/// Soft or rough noise between three inks.
pub(super) fn clouds(canvas: &mut Canvas, rng: &mut SeededRng) {
    let scale = rng.one(&[1.0, 2.0, 4.0, 8.0, 16.0, 40.0]);
    let (field, other) = (NoiseField::new(rng, scale), NoiseField::new(rng, scale));
    let inks = [0.8, 0.8, 0.8].map(|vivid| any_ink(rng, vivid));
    let hard = rng.one(&[1.0, 1.5, 6.0]);
    canvas.paint(|place| {
        let share = |f: &NoiseField| ((f.at(place) - 0.5) * hard * 2.0 + 0.5).clamp(0.0, 1.0);
        (mix(mix(inks[0], inks[1], share(&field)), inks[2], share(&other)), 1.0)
    });
}

/// Boards, bricks, tiles, stripes, rings.
pub(super) fn texture(canvas: &mut Canvas, rng: &mut SeededRng) {
    let (one, other) = (any_ink(rng, 0.5), any_ink(rng, 0.5));
    let (grain, many, turn) = (NoiseField::new(rng, 12.0), rng.within(3.0, 14.0), rng.within(-1.6, 1.6));
    let kind = rng.whole(5);
    let (sin, cos) = turn.sin_cos();
    canvas.paint(|(x, y)| {
        let (u, v) = ((x * cos + y * sin) * many, (y * cos - x * sin) * many);
        let odd = |n: f32| (n.floor() as i32).rem_euclid(2) as f32;
        let share = match kind {
            0 => odd(odd(u) + odd(v)),
            1 => odd(u),
            2 if v.fract().abs() < 0.1 || (u * 0.5 + odd(v) * 0.5).fract().abs() < 0.06 => 1.0,
            2 => 0.15 * odd(u * 3.3 + v.floor()),
            3 => odd((x - 0.5).hypot(y - 0.5) * many * 2.0),
            _ if u.fract().abs() < 0.06 || v.fract().abs() < 0.06 => 1.0,
            _ => 0.0,
        };
        (mix(one, other, share).map(|c| c * (0.75 + 0.5 * grain.at((x, y)))), 1.0)
    });
}

/// Lines of words made of strokes.
pub(super) fn page(canvas: &mut Canvas, rng: &mut SeededRng) {
    let dark = rng.happens(0.2);
    let paper = if dark { any_ink(rng, 0.2).map(|c| c * 0.3) } else { [1.0 - rng.within(0.0, 0.15); 3] };
    let ink = if dark { [0.9; 3] } else { [rng.within(0.0, 0.3); 3] };
    canvas.fill(paper);
    let size = rng.within(0.015, 0.09);
    let margin = rng.within(0.02, 0.12);
    let mut y = margin;
    while y + size < 1.0 - margin {
        let heading = rng.happens(0.08);
        let mut x = margin;
        let end = if rng.happens(0.2) { rng.within(0.3, 0.9) } else { 1.0 - margin };
        while x < end {
            let letters = 2 + rng.whole(8);
            for _ in 0..letters {
                letter(canvas, rng, (x, y), if heading { size * 1.3 } else { size }, ink);
                x += size * 0.62;
            }
            x += size * 0.5;
        }
        y += size * rng.within(1.5, 1.8) + if heading { size } else { 0.0 };
    }
}

fn letter(canvas: &mut Canvas, rng: &mut SeededRng, (x, y): (f32, f32), size: f32, ink: [f32; 3]) {
    let width = size * 0.14;
    for _ in 0..2 + rng.whole(2) {
        let mut corner =
            || (x + size * 0.5 * rng.one(&[0.0, 0.5, 1.0]), y + size * rng.one(&[0.0, 0.5, 1.0]));
        let (from, to) = (corner(), corner());
        canvas.line(from, to, width, ink);
    }
}

/// Houses with windows under a sky.
pub(super) fn town(canvas: &mut Canvas, rng: &mut SeededRng) {
    let (top, bottom) = (any_ink(rng, 0.4), any_ink(rng, 0.3));
    canvas.fade(top, bottom);
    let mut left = rng.within(-0.1, 0.2);
    while left < 0.9 {
        let (width, height) = (rng.within(0.15, 0.6), rng.within(0.3, 0.8));
        let (wall, window) = (any_ink(rng, 0.5), any_ink(rng, 0.3));
        let floor = rng.within(0.85, 1.0);
        canvas.rectangle((left, floor - height), (width, height), wall);
        if rng.happens(0.5) {
            let (peak, eaves) = ((left + width / 2.0, floor - height - width * 0.4), floor - height);
            canvas.polygon(&[(left - 0.03, eaves), peak, (left + width + 0.03, eaves)], any_ink(rng, 0.6));
        }
        let (columns, rows) = (2 + rng.whole(3), 2 + rng.whole(4));
        for n in 0..columns * rows {
            let (w, h) = (width / columns as f32, height / rows as f32);
            let place =
                (left + w * ((n % columns) as f32 + 0.25), floor - height + h * ((n / columns) as f32 + 0.2));
            canvas.rectangle(place, (w * 0.5, h * 0.6), window);
        }
        left += width + rng.within(0.0, 0.15);
    }
}

/// Windows, buttons and bars of a program, or a chart.
pub(super) fn screen(canvas: &mut Canvas, rng: &mut SeededRng) {
    canvas.fill(any_ink(rng, 0.2));
    for _ in 0..4 + rng.whole(10) {
        let (place, size) =
            ((rng.within(0.0, 0.8), rng.within(0.0, 0.9)), (rng.within(0.05, 0.6), rng.within(0.02, 0.4)));
        canvas.rectangle(place, size, any_ink(rng, 0.4));
        let ink = any_ink(rng, 0.1);
        for row in 0..rng.whole(5) {
            let y = place.1 + 0.02 + 0.035 * row as f32;
            canvas.line((place.0 + 0.02, y), (place.0 + size.0 * rng.within(0.3, 0.95), y), 0.012, ink);
        }
    }
}

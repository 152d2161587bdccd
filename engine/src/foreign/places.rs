//! What fills a picture from side to side: land, sky, walls, pages, screens.

use super::Chance;
use super::canvas::{Canvas, Field, any_ink, mix};

/// Sky, ridges behind each other, and ground.
pub(super) fn horizon(canvas: &mut Canvas, chance: &mut Chance) {
    let (top, bottom) = (any_ink(chance, 0.6), any_ink(chance, 0.4));
    let clouds = Field::new(chance, 3.0);
    canvas.paint(|(x, y)| (mix(mix(top, bottom, y * 1.6), [1.0; 3], clouds.at((x, y * 2.0)) - 0.4), 1.0));
    if chance.happens(0.4) {
        let (place, radius) = ((chance.within(0.1, 0.9), chance.within(0.1, 0.5)), chance.within(0.02, 0.09));
        canvas.ellipse(place, (radius, radius), 0.0, [1.0, 0.95, 0.75]);
    }
    let ridges = 1 + chance.whole(4);
    let near = any_ink(chance, 0.5);
    for ridge in 0..ridges {
        let height = 0.35 + 0.5 * (ridge as f32 + chance.within(0.0, 1.0)) / ridges as f32;
        let (outline, grain) = (Field::new(chance, 4.0), Field::new(chance, 14.0));
        let ink = mix(bottom, near, (ridge + 1) as f32 / ridges as f32);
        let rough = chance.within(0.05, 0.4);
        canvas.paint(|(x, y)| {
            let edge = height + rough * (outline.at((x, 0.3)) - 0.5);
            (ink.map(|c| c * (0.7 + 0.6 * grain.at((x, y * 2.0)))), (y - edge) * 160.0)
        });
    }
}

/// Noise from soft to rough, between two or three inks.
pub(super) fn clouds(canvas: &mut Canvas, chance: &mut Chance) {
    let scale = chance.one(&[1.0, 2.0, 4.0, 8.0, 16.0, 40.0]);
    let (field, other) = (Field::new(chance, scale), Field::new(chance, scale));
    let inks = [0.8, 0.8, 0.8].map(|vivid| any_ink(chance, vivid));
    let hard = chance.one(&[1.0, 1.5, 6.0]);
    canvas.paint(|place| {
        let share = |f: &Field| ((f.at(place) - 0.5) * hard * 2.0 + 0.5).clamp(0.0, 1.0);
        (mix(mix(inks[0], inks[1], share(&field)), inks[2], share(&other)), 1.0)
    });
}

/// Boards, bricks, tiles, stripes, rings.
pub(super) fn texture(canvas: &mut Canvas, chance: &mut Chance) {
    let (one, other) = (any_ink(chance, 0.5), any_ink(chance, 0.5));
    let (grain, many, turn) = (Field::new(chance, 12.0), chance.within(3.0, 14.0), chance.within(-1.6, 1.6));
    let kind = chance.whole(5);
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

/// Lines of words that are strokes, under a heading, beside a figure.
pub(super) fn page(canvas: &mut Canvas, chance: &mut Chance) {
    let dark = chance.happens(0.2);
    let paper =
        if dark { any_ink(chance, 0.2).map(|c| c * 0.3) } else { [1.0 - chance.within(0.0, 0.15); 3] };
    let ink = if dark { [0.9; 3] } else { [chance.within(0.0, 0.3); 3] };
    canvas.fill(paper);
    let size = chance.within(0.015, 0.09);
    let margin = chance.within(0.02, 0.12);
    let mut y = margin;
    while y + size < 1.0 - margin {
        let heading = chance.happens(0.08);
        let mut x = margin;
        let end = if chance.happens(0.2) { chance.within(0.3, 0.9) } else { 1.0 - margin };
        while x < end {
            let letters = 2 + chance.whole(8);
            for _ in 0..letters {
                letter(canvas, chance, (x, y), if heading { size * 1.3 } else { size }, ink);
                x += size * 0.62;
            }
            x += size * 0.5;
        }
        y += size * chance.within(1.5, 1.8) + if heading { size } else { 0.0 };
    }
}

fn letter(canvas: &mut Canvas, chance: &mut Chance, (x, y): (f32, f32), size: f32, ink: [f32; 3]) {
    let width = size * 0.14;
    for _ in 0..2 + chance.whole(2) {
        let mut corner =
            || (x + size * 0.5 * chance.one(&[0.0, 0.5, 1.0]), y + size * chance.one(&[0.0, 0.5, 1.0]));
        let (from, to) = (corner(), corner());
        canvas.line(from, to, width, ink);
    }
}

/// Houses with windows under a sky.
pub(super) fn town(canvas: &mut Canvas, chance: &mut Chance) {
    let (top, bottom) = (any_ink(chance, 0.4), any_ink(chance, 0.3));
    canvas.fade(top, bottom);
    let mut left = chance.within(-0.1, 0.2);
    while left < 0.9 {
        let (width, height) = (chance.within(0.15, 0.6), chance.within(0.3, 0.8));
        let (wall, window) = (any_ink(chance, 0.5), any_ink(chance, 0.3));
        let floor = chance.within(0.85, 1.0);
        canvas.rectangle((left, floor - height), (width, height), wall);
        if chance.happens(0.5) {
            let (peak, eaves) = ((left + width / 2.0, floor - height - width * 0.4), floor - height);
            canvas.polygon(&[(left - 0.03, eaves), peak, (left + width + 0.03, eaves)], any_ink(chance, 0.6));
        }
        let (columns, rows) = (2 + chance.whole(3), 2 + chance.whole(4));
        for n in 0..columns * rows {
            let (w, h) = (width / columns as f32, height / rows as f32);
            let place =
                (left + w * ((n % columns) as f32 + 0.25), floor - height + h * ((n / columns) as f32 + 0.2));
            canvas.rectangle(place, (w * 0.5, h * 0.6), window);
        }
        left += width + chance.within(0.0, 0.15);
    }
}

/// Windows, buttons and bars of a program, or a chart.
pub(super) fn screen(canvas: &mut Canvas, chance: &mut Chance) {
    canvas.fill(any_ink(chance, 0.2));
    for _ in 0..4 + chance.whole(10) {
        let (place, size) = (
            (chance.within(0.0, 0.8), chance.within(0.0, 0.9)),
            (chance.within(0.05, 0.6), chance.within(0.02, 0.4)),
        );
        canvas.rectangle(place, size, any_ink(chance, 0.4));
        let ink = any_ink(chance, 0.1);
        for row in 0..chance.whole(5) {
            let y = place.1 + 0.02 + 0.035 * row as f32;
            canvas.line((place.0 + 0.02, y), (place.0 + size.0 * chance.within(0.3, 0.95), y), 0.012, ink);
        }
    }
}

//! Single things: heads, vessels, plants, animals, vehicles, signs, tools.

use std::f32::consts::{PI, TAU};

use super::canvas::{Canvas, Ink, any_ink, ground, mix};
use crate::calibrate::synthetic_negatives::seeded_rng::SeededRng;

/// A head with hair, eyes, nose and mouth.
pub(super) fn face(canvas: &mut Canvas, rng: &mut SeededRng) {
    canvas.fill(any_ink(rng, 0.3));
    let grey = rng.happens(0.3);
    let tone = |ink: Ink| if grey { [(ink[0] + ink[1] + ink[2]) / 3.0; 3] } else { ink };
    let skin = tone(mix([0.98, 0.82, 0.7], [0.35, 0.2, 0.13], rng.within(0.0, 1.0)));
    let hair = tone(mix([0.08, 0.06, 0.05], [0.8, 0.65, 0.4], rng.within(0.0, 1.0)));
    let (x, y, size) = (rng.within(0.4, 0.6), rng.within(0.42, 0.55), rng.within(0.22, 0.48));
    let at = |dx: f32, dy: f32| (x + dx * size, y + dy * size);
    canvas.ellipse(at(0.0, 1.7), (size * 1.5, size * 0.7), 0.0, tone(any_ink(rng, 0.5)));
    canvas.ellipse(at(0.0, 0.9), (size * 0.35, size * 0.5), 0.0, skin.map(|c| c * 0.85));
    canvas.ellipse(at(0.0, -0.2), (size * 0.86, size * rng.within(0.95, 1.3)), 0.0, hair);
    canvas.ellipse(at(0.0, 0.08), (size * 0.72, size * 0.98), 0.0, skin);
    let smile = rng.within(0.1, 0.35);
    for side in [-1.0, 1.0] {
        canvas.ellipse(at(side * 0.3, -0.08), (size * 0.14, size * 0.08), 0.0, [0.95; 3]);
        canvas.ellipse(at(side * 0.3, -0.08), (size * 0.06, size * 0.07), 0.0, [0.1; 3]);
        canvas.line(at(side * 0.15, -0.26), at(side * 0.45, -0.25), size * 0.06, hair);
    }
    canvas.ellipse(at(0.0, 0.2), (size * 0.09, size * 0.2), 0.0, skin.map(|c| c * 0.92));
    canvas.ellipse(at(0.0, 0.55), (size * smile, size * 0.08), 0.0, tone([0.7, 0.3, 0.3]));
}

/// A bottle, jar, vase or lamp: a profile turned about its axis.
pub(super) fn vessel(canvas: &mut Canvas, rng: &mut SeededRng) {
    ground(canvas, rng);
    let profile: Vec<f32> = (0..7).map(|_| rng.within(0.05, 0.3)).collect();
    let (ink, label) = (any_ink(rng, 0.8), any_ink(rng, 0.8));
    let (x, top, bottom) = (rng.within(0.4, 0.6), rng.within(0.05, 0.2), rng.within(0.8, 0.97));
    let banded = rng.happens(0.5);
    canvas.paint(|(px, py)| {
        let t = (py - top) / (bottom - top) * 5.999;
        if !(0.0..5.999).contains(&t) {
            return (ink, 0.0);
        }
        let at = t as usize;
        let radius = profile[at] + (profile[at + 1] - profile[at]) * (t - at as f32);
        let across = (px - x) / radius;
        let light = 0.55 + 0.6 * (1.0 - (across + 0.35).powi(2)).max(0.0);
        let ink = if banded && (2.0..4.0).contains(&t) { label } else { ink };
        (ink.map(|c| c * light), (1.0 - across.abs()) * radius * 160.0)
    });
}

/// Fruit, balls, eggs, coins: round things, one or a heap.
pub(super) fn ball(canvas: &mut Canvas, rng: &mut SeededRng) {
    ground(canvas, rng);
    let many = rng.one(&[1, 1, 2, 4, 9]);
    let ink = any_ink(rng, 1.0);
    for _ in 0..many {
        let radius = rng.within(0.2, 0.42) / (many as f32).sqrt().max(1.0) * 1.3;
        let (x, y) = (rng.within(0.35, 0.65), rng.within(0.35, 0.65));
        let spread = if many == 1 { 0.3 } else { 1.6 };
        let place = (0.5 + (x - 0.5) * spread, 0.5 + (y - 0.5) * spread);
        let own = mix(ink, any_ink(rng, 1.0), 0.2);
        canvas.ellipse((place.0 + 0.03, place.1 + radius * 0.8), (radius, radius * 0.3), 0.0, [0.5; 3]);
        canvas.ellipse(place, (radius, radius * rng.within(0.75, 1.2)), rng.within(0.0, PI), own);
        if rng.happens(0.5) {
            let top = (place.0, place.1 - radius);
            canvas.line(top, (top.0 + rng.within(-0.05, 0.05), top.1 - 0.08), 0.02, [0.3, 0.25, 0.1]);
        }
        let shine = (place.0 - radius * 0.35, place.1 - radius * 0.4);
        canvas.ellipse(shine, (radius * 0.15, radius * 0.1), 0.0, [1.0; 3]);
    }
}

/// A flower or a tree.
pub(super) fn plant(canvas: &mut Canvas, rng: &mut SeededRng) {
    ground(canvas, rng);
    let green = [rng.within(0.1, 0.4), rng.within(0.35, 0.7), rng.within(0.05, 0.3)];
    if rng.happens(0.5) {
        let bark = [0.35, 0.25, 0.15];
        branch(canvas, rng, (0.5, 0.97), -PI / 2.0, 0.26, (bark, green));
        return;
    }
    let (petals, ink) = (5 + rng.whole(9), any_ink(rng, 1.0));
    let (center, reach) = ((rng.within(0.4, 0.6), rng.within(0.35, 0.55)), rng.within(0.13, 0.24));
    canvas.line(center, (0.5, 1.0), 0.03, green);
    for side in [-1.0, 1.0] {
        canvas.ellipse((0.5 + side * 0.12, 0.82), (0.13, 0.04), side * -0.5, green);
    }
    for petal in 0..petals {
        let angle = petal as f32 / petals as f32 * TAU;
        let place = (center.0 + angle.cos() * reach, center.1 + angle.sin() * reach);
        canvas.ellipse(place, (reach * 0.85, reach * 0.3), angle, ink);
    }
    canvas.ellipse(center, (reach * 0.45, reach * 0.45), 0.0, any_ink(rng, 0.8));
}

fn branch(
    canvas: &mut Canvas,
    rng: &mut SeededRng,
    from: (f32, f32),
    angle: f32,
    length: f32,
    inks: (Ink, Ink),
) {
    let to = (from.0 + angle.cos() * length, from.1 + angle.sin() * length);
    canvas.line(from, to, length * 0.14, inks.0);
    if length < 0.08 {
        let size = rng.within(0.04, 0.09);
        canvas.ellipse(to, (size, size * 0.8), 0.0, inks.1.map(|c| c * rng.within(0.7, 1.3)));
        return;
    }
    for side in [-1.0, 1.0] {
        let turn = side * rng.within(0.25, 0.7);
        let shorter = length * rng.within(0.62, 0.78);
        branch(canvas, rng, to, angle + turn, shorter, inks);
    }
}

/// A body with a head, legs and a tail, or wings.
pub(super) fn animal(canvas: &mut Canvas, rng: &mut SeededRng) {
    ground(canvas, rng);
    let fur = mix(any_ink(rng, 0.4), [0.5, 0.35, 0.2], 0.4);
    let dark = fur.map(|c| c * 0.7);
    let (length, height) = (rng.within(0.18, 0.32), rng.within(0.1, 0.2));
    let (x, y) = (rng.within(0.42, 0.55), rng.within(0.45, 0.6));
    let legs = rng.one(&[0, 2, 4, 4, 4]);
    let reach = rng.within(0.12, 0.32);
    for leg in 0..legs {
        let at = x - length * 0.8 + length * 1.6 * leg as f32 / (legs - 1).max(1) as f32;
        canvas.line((at, y), (at + rng.within(-0.04, 0.04), y + height * 0.5 + reach), 0.045, dark);
    }
    let tail = (x - length - rng.within(0.05, 0.2), y - rng.within(-0.1, 0.2));
    canvas.line((x - length * 0.9, y), tail, rng.within(0.02, 0.07), fur);
    canvas.ellipse((x, y), (length, height), rng.within(-0.3, 0.3), fur);
    if legs < 4 {
        canvas.ellipse((x - 0.03, y - 0.02), (length * 0.7, height * 0.5), rng.within(-0.9, 0.2), dark);
    }
    let head = (x + length * 0.95, y - height * rng.within(0.4, 1.4));
    let size = rng.within(0.07, 0.13);
    canvas.line((x + length * 0.6, y), head, size, fur);
    canvas.ellipse(head, (size * 1.2, size), 0.0, fur);
    canvas.ellipse((head.0 + size, head.1 + size * 0.3), (size * 0.6, size * 0.35), 0.2, dark);
    canvas.ellipse((head.0 + size * 0.3, head.1 - size * 0.25), (0.014, 0.014), 0.0, [0.05; 3]);
    for ear in [-0.7, 0.2] {
        let root = (head.0 + ear * size, head.1 - size * 0.7);
        canvas.ellipse(root, (size * 0.25, size * rng.within(0.3, 0.8)), ear * 0.4, dark);
    }
}

/// A box on wheels, with windows.
pub(super) fn vehicle(canvas: &mut Canvas, rng: &mut SeededRng) {
    ground(canvas, rng);
    let ink = any_ink(rng, 1.0);
    let (left, width, y) = (rng.within(0.05, 0.15), rng.within(0.65, 0.85), rng.within(0.5, 0.6));
    let (low, cab) = (rng.within(0.12, 0.2), rng.within(0.12, 0.28));
    let (from, to) = (left + width * rng.within(0.0, 0.3), left + width * rng.within(0.6, 1.0));
    let slope = rng.within(0.0, 0.12);
    canvas.polygon(&[(from, y), (from + slope, y - cab), (to - slope, y - cab), (to, y)], ink);
    for n in 0..3 {
        let w = (to - from - 2.0 * slope) / 3.0;
        let place = (from + slope + w * (n as f32 + 0.1), y - cab * 0.85);
        canvas.rectangle(place, (w * 0.8, cab * 0.6), [0.65, 0.8, 0.9]);
    }
    canvas.rectangle((left, y), (width, low), ink.map(|c| c * 0.9));
    let radius = rng.within(0.06, 0.1);
    for wheel in 0..2 + rng.whole(2) {
        let place = (left + width * (0.2 + 0.3 * wheel as f32), y + low);
        canvas.ellipse(place, (radius, radius), 0.0, [0.12; 3]);
        canvas.ellipse(place, (radius * 0.5, radius * 0.5), 0.0, [0.7; 3]);
    }
}

/// A large letter, a road sign, a flag, a star.
pub(super) fn sign(canvas: &mut Canvas, rng: &mut SeededRng) {
    ground(canvas, rng);
    let (ink, other) = (any_ink(rng, 1.0), any_ink(rng, 1.0));
    let kind = rng.whole(4);
    let (size, turn) = (rng.within(0.25, 0.42), rng.within(0.0, TAU));
    let corners = 3 + rng.whole(6);
    match kind {
        0 | 1 => {
            for _ in 0..2 + rng.whole(3) {
                let mut corner = || (rng.one(&[0.25, 0.5, 0.75]), rng.one(&[0.15, 0.5, 0.85]));
                let (from, to) = (corner(), corner());
                canvas.line(from, to, size * 0.3, ink);
            }
        }
        2 => {
            let corner = |n: u32| turn + n as f32 / corners as f32 * TAU;
            let ring = |size: f32| -> Vec<(f32, f32)> {
                (0..corners).map(|n| (0.5 + size * corner(n).cos(), 0.5 + size * corner(n).sin())).collect()
            };
            canvas.polygon(&ring(size), ink);
            canvas.polygon(&ring(size * 0.75), other);
        }
        _ => {
            for n in 0..corners {
                let at = n as f32 / corners as f32;
                let stripe = if n % 2 == 0 { ink } else { other };
                canvas.rectangle((0.1, 0.2 + 0.6 * at), (0.8, 0.6 / corners as f32), stripe);
            }
            canvas.ellipse((0.5, 0.5), (size * 0.4, size * 0.4), 0.0, other);
        }
    }
}

/// Rods, blades and boxes joined: tools, toys, furniture, machines.
pub(super) fn tool(canvas: &mut Canvas, rng: &mut SeededRng) {
    ground(canvas, rng);
    let inks = [any_ink(rng, 0.3), any_ink(rng, 0.8), [0.6; 3]];
    let mut end = (rng.within(0.2, 0.4), rng.within(0.2, 0.8));
    for _ in 0..1 + rng.whole(4) {
        let next = (rng.within(0.15, 0.85), rng.within(0.15, 0.85));
        let ink = rng.one(&inks);
        match rng.whole(3) {
            0 => canvas.line(end, next, rng.within(0.03, 0.14), ink),
            1 => {
                let (w, h) = (rng.within(0.1, 0.4), rng.within(0.1, 0.4));
                canvas.line(end, next, 0.04, rng.one(&inks));
                canvas.rectangle((next.0 - w / 2.0, next.1 - h / 2.0), (w, h), ink);
            }
            _ => {
                canvas.line(end, next, 0.05, rng.one(&inks));
                let radius = rng.within(0.05, 0.2);
                canvas.ellipse(next, (radius, radius), 0.0, ink);
                canvas.ellipse(next, (radius * 0.5, radius * 0.5), 0.0, [0.95; 3]);
            }
        }
        end = next;
    }
}

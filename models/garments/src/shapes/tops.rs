//! T-shirts to coats, dresses and bodysuits: a body, two sleeves, and what is sewn on.

use tiny_skia::Path;

use super::{GOLD, METAL, Workbench, collars, print};
use crate::cut::{Collar, Cuff, Front, Hem, Neck, Pockets, TopCut};
use crate::draft::{Cloth, Frame, Half, Ink, Pen, Tone, mirror, oval, slab, strip};
use crate::fabric::Fabric;
use crate::palette::{mix, shade_of};

pub(super) fn draw(bench: &mut Workbench<'_>, cut: &TopCut) {
    if bench.pose.hanger {
        hanger(bench, cut);
    }
    collars::behind(bench, cut);
    if !cut.raglan {
        sleeves(bench, cut);
    }
    bench.draft.fill(body(cut).both(), bench.cloth());
    body_creases(bench, cut);
    skirt_part(bench, cut);
    print::draw(bench, cut.armhole * 0.62 + cut.neck_depth * 0.6, cut.chest);
    if cut.yoke {
        let y = cut.armhole * 0.62;
        bench.draft.seam(Pen::at(-cut.chest, y).quad(0.0, y + 1.5, cut.chest, y).open());
    }
    if cut.quilted {
        quilting(bench, cut);
    }
    if cut.raglan {
        sleeves(bench, cut);
    }
    hem(bench, cut);
    pockets(bench, cut);
    front(bench, cut);
    if cut.belted {
        belt(bench, cut);
    }
    collars::before(bench, cut);
    for index in 0..2 {
        if folded(bench, cut, index) {
            forearm(bench, cut, index);
        }
    }
}

/// Whether this long sleeve lies across the body instead of beside it.
fn folded(bench: &Workbench<'_>, cut: &TopCut, index: usize) -> bool {
    cut.sleeve > 45.0 && bench.pose.arms[index] < FOLDED && !bench.pose.hanger
}

fn forearm(bench: &mut Workbench<'_>, cut: &TopCut, index: usize) {
    let arm = arm(bench, &upper(cut), index);
    let side = if index == 0 { -1.0 } else { 1.0 };
    let middle = (cut.sleeve_width + cut.cuff_width) * 0.5;
    let elbow = (arm.wrist.0 + arm.across.0 * middle * 0.5, arm.wrist.1 + arm.across.1 * middle * 0.5);
    // The further the arm is turned in, the higher the hand comes.
    let turn = -0.9 + (bench.pose.arms[index] - FOLDED) * 5.0;
    let (sin, cos) = turn.sin_cos();
    let hand = (elbow.0 + sin * cut.sleeve * 0.5, elbow.1 + cos * cut.sleeve * 0.5);
    let (wide, thin) = (middle * 0.5, cut.cuff_width * 0.5);
    let path = Pen::at(elbow.0 + cos * wide, elbow.1 - sin * wide)
        .to(hand.0 + cos * thin, hand.1 - sin * thin)
        .to(hand.0 - cos * thin, hand.1 + sin * thin)
        .to(elbow.0 - cos * wide, elbow.1 + sin * wide)
        .quad(
            elbow.0 - sin * wide * 1.3,
            elbow.1 - cos * wide * 1.3,
            elbow.0 + cos * wide,
            elbow.1 - sin * wide,
        )
        .shut();
    let path = if index == 0 { mirror(path) } else { path };
    let frame = Frame::along(side * elbow.0, elbow.1, side * turn);
    let cloth = if cut.contrast_sleeves { bench.plain(bench.second) } else { bench.piece(frame) };
    bench.draft.fill(path, cloth.cast(0.5));
    for k in 0..2 {
        let along = 0.1 + 0.14 * k as f32;
        let at = (elbow.0 + (hand.0 - elbow.0) * along, elbow.1 + (hand.1 - elbow.1) * along);
        let (dx, dy) = (cos * wide, -sin * wide);
        bench.draft.crease((side * (at.0 - dx), at.1 - dy), (side * (at.0 + dx), at.1 + dy), 1.3, 0.24);
    }
    let at = (elbow.0 + (hand.0 - elbow.0) * 0.86, elbow.1 + (hand.1 - elbow.1) * 0.86);
    let end = Pen::at(side * (at.0 - cos * wide), at.1 + sin * wide)
        .to(side * (at.0 + cos * wide), at.1 - sin * wide);
    bench.draft.line(end.open(), 0.4, Tone::Seam(0.36));
}

/// The cut with sleeves that end at the elbow.
fn upper(cut: &TopCut) -> TopCut {
    TopCut {
        sleeve: cut.sleeve * 0.5,
        cuff_width: (cut.sleeve_width + cut.cuff_width) * 0.5,
        arm_angle: cut.arm_angle + 0.25,
        cuff: Cuff::Plain,
        contrast_trim: false,
        ..cut.clone()
    }
}

/// Sleeves turned in further than this lie across the body.
const FOLDED: f32 = -0.26;

fn waist_y(cut: &TopCut) -> f32 {
    cut.length * cut.waist_at
}

/// The right half of the body, from the front of the neck to the middle of the hem.
fn body(cut: &TopCut) -> Half {
    let (nw, nd) = (cut.neck_width, cut.neck_depth);
    let half = match cut.neck {
        Neck::Crew | Neck::Scoop => Half::at(0.0, nd).cubic(nw * 0.62, nd, nw, nd * 0.5, nw, 0.0),
        Neck::Vee => Half::at(0.0, nd).quad(nw * 0.62, nd * 0.38, nw, 0.0),
        Neck::Boat => Half::at(0.0, 3.6).quad(nw * 0.9, 3.4, nw + 3.0, 0.8),
        Neck::Turtle => Half::at(0.0, 2.5).quad(nw * 0.7, 2.4, nw, 0.0),
        Neck::Square => Half::at(0.0, nd).to(nw * 0.96, nd - 0.3).to(nw, 0.0),
        Neck::Straps => Half::at(0.0, nd).quad(nw * 0.7, nd - 0.4, nw, nd - 2.4).to(nw + 0.6, 0.0),
        Neck::Racer => Half::at(0.0, nd).cubic(nw * 0.8, nd, nw * 0.82, nd * 0.5, nw, 0.0),
    };
    let (arm, chest) = (cut.armhole, cut.chest);
    let half = if cut.neck == Neck::Straps {
        half.to(nw + 2.2, 0.1).to(nw + 2.8, nd * 0.72).quad(chest * 0.86, arm * 0.86, chest, arm)
    } else if cut.sleeve <= 0.0 {
        let sw = cut.shoulder;
        half.to(sw, 1.0).cubic(sw + 0.3, arm * 0.62, chest * 0.86, arm * 0.9, chest, arm)
    } else {
        half.to(cut.shoulder, cut.slope).quad(cut.shoulder - 1.4, arm * 0.68, chest, arm)
    };
    lower_half(half, cut)
}

fn lower_half(half: Half, cut: &TopCut) -> Half {
    let (chest, waist, hem, len) = (cut.chest, cut.waist, cut.hem_width, cut.length);
    let wy = waist_y(cut);
    if cut.legs {
        let leg = len * 0.74;
        return half
            .quad(waist, len * 0.5, waist, leg)
            .cubic(waist * 0.55, leg + 1.0, 6.4, leg + 5.0, 6.0, len - 1.0)
            .quad(3.0, len, 0.0, len);
    }
    let end = match cut.hem {
        Hem::Tail => len - 8.0,
        Hem::Curved => len - 1.8,
        _ => len,
    };
    let half = half
        .cubic(chest * 0.985, cut.armhole + (wy - cut.armhole) * 0.4, waist, wy - 4.0, waist, wy)
        .cubic(waist, wy + (end - wy) * 0.3, hem - (hem - waist) * 0.2, wy + (end - wy) * 0.75, hem, end);
    match cut.hem {
        Hem::Tail => half.cubic(hem * 0.9, len - 3.0, hem * 0.62, len, 0.0, len),
        Hem::Curved => half.quad(hem * 0.55, len + 0.6, 0.0, len + 0.8),
        _ => half.quad(hem * 0.5, len + 0.7, 0.0, len + 0.8),
    }
}

fn body_creases(bench: &mut Workbench<'_>, cut: &TopCut) {
    let (chest, arm) = (cut.chest, cut.armhole);
    for side in [-1.0, 1.0] {
        if cut.sleeve > 0.0 {
            bench.draft.crease(
                (side * chest * 0.97, arm + 1.0),
                (side * chest * 0.45, arm + 9.0),
                1.5,
                0.16 * side,
            );
            bench.draft.crease(
                (side * chest * 0.95, arm - 2.0),
                (side * chest * 0.5, arm - 1.0),
                1.2,
                0.12 * side,
            );
            bench.draft.seam(
                Pen::at(side * cut.shoulder, cut.slope)
                    .quad(side * (cut.shoulder - 1.4), arm * 0.68, side * chest, arm)
                    .open(),
            );
        } else if cut.contrast_trim && cut.neck != Neck::Straps {
            let edge = Pen::at(side * cut.shoulder, 1.0)
                .cubic(
                    side * (cut.shoulder + 0.3),
                    arm * 0.62,
                    side * chest * 0.86,
                    arm * 0.9,
                    side * chest,
                    arm,
                )
                .open();
            bench.draft.line(edge, 2.2, Tone::Paint(bench.second, 1.0));
        }
        let wy = waist_y(cut);
        bench.draft.crease((side * cut.waist, wy - 1.0), (side * cut.waist * 0.4, wy + 3.0), 1.8, 0.1 * side);
    }
}

/// What makes a dress a dress: the seam at the waist, pleats, tiers.
fn skirt_part(bench: &mut Workbench<'_>, cut: &TopCut) {
    let wy = waist_y(cut);
    if cut.pleats || cut.tiers > 0 {
        bench.draft.seam(Pen::at(-cut.waist, wy).quad(0.0, wy + 1.2, cut.waist, wy).open());
    }
    if cut.pleats {
        for i in -4..=4_i32 {
            let t = i as f32 / 4.5;
            let from = (t * cut.waist, wy + 1.0);
            let to = (t * cut.hem_width, cut.length - 0.5);
            let depth = if i % 2 == 0 { 0.34 } else { 0.22 };
            bench.draft.crease(from, (to.0, to.1 + 8.0), 1.6 + t.abs(), depth);
        }
    }
    for tier in 0..cut.tiers {
        let t = (f32::from(tier) + 1.0) / (f32::from(cut.tiers) + 1.0);
        let y = wy + (cut.length - wy) * t;
        let x = cut.waist + (cut.hem_width - cut.waist) * t + 3.0;
        bench.draft.line(Pen::at(-x, y).quad(0.0, y + 1.4, x, y).open(), 0.5, Tone::Seam(0.4));
        for i in -6..=6_i32 {
            let at = i as f32 / 6.5 * x;
            bench.draft.crease((at, y - 1.0), (at * 1.03, y + 9.0), 1.1, 0.26);
        }
    }
}

fn quilting(bench: &mut Workbench<'_>, cut: &TopCut) {
    let step = 6.0 + (bench.garment.seed % 5) as f32;
    let mut y = cut.armhole * 0.55;
    while y < cut.length - 2.0 {
        let x = cut.chest.max(cut.hem_width) + 2.0;
        bench.draft.line(Pen::at(-x, y).quad(0.0, y + 1.6, x, y).open(), 0.35, Tone::Seam(0.4));
        bench.draft.crease((-x * 1.3, y + 0.4), (x * 1.3, y + 0.4), 1.9, -0.4);
        y += step;
    }
}

/// Where one sleeve lies.
struct Arm {
    shoulder: (f32, f32),
    elbow: (f32, f32),
    wrist: (f32, f32),
    /// Direction of the forearm.
    down: (f32, f32),
    /// Across the forearm, towards the body.
    across: (f32, f32),
    angle: f32,
    end_angle: f32,
}

fn arm(bench: &Workbench<'_>, cut: &TopCut, index: usize) -> Arm {
    let short = cut.sleeve < 30.0;
    let mut angle = cut.arm_angle + bench.pose.arms[index] * if short { 0.6 } else { 1.0 };
    if bench.pose.hanger {
        angle = if short { angle * 0.75 } else { 0.3 + 0.4 * bench.pose.arms[index].abs() };
    }
    let angle = angle.clamp(if short { 0.45 } else { 0.32 }, 1.45);
    let bend = if short { 0.0 } else { 0.14 + 0.4 * bench.pose.arms[index] };
    let end_angle = (angle - bend).max(-0.3);
    let shoulder = if cut.raglan { (cut.shoulder, cut.slope) } else { (cut.shoulder - 0.4, cut.slope) };
    let half = cut.sleeve * 0.5;
    let elbow = (shoulder.0 + angle.sin() * half, shoulder.1 + angle.cos() * half);
    let wrist = (elbow.0 + end_angle.sin() * half, elbow.1 + end_angle.cos() * half);
    Arm {
        shoulder,
        elbow,
        wrist,
        down: (end_angle.sin(), end_angle.cos()),
        across: (-end_angle.cos(), end_angle.sin()),
        angle,
        end_angle,
    }
}

fn sleeves(bench: &mut Workbench<'_>, cut: &TopCut) {
    if cut.sleeve <= 0.0 {
        return;
    }
    for index in 0..2 {
        let short = upper(cut);
        let cut = if folded(bench, cut, index) { &short } else { cut };
        let arm = arm(bench, cut, index);
        let side = if index == 0 { -1.0 } else { 1.0 };
        let flip = |path: Option<Path>| if index == 0 { mirror(path) } else { path };
        let frame =
            Frame::along(side * arm.shoulder.0, arm.shoulder.1, side * (arm.angle + arm.end_angle) * 0.5);
        let cloth = if cut.contrast_sleeves { bench.plain(bench.second) } else { bench.piece(frame) };
        let cloth = cloth.cast(if cut.raglan { 0.0 } else { 0.3 });
        bench.draft.fill(flip(sleeve(cut, &arm)), cloth);
        if cut.sleeve > 30.0 {
            elbow_creases(bench, cut, &arm, side);
        } else {
            let mid = ((arm.shoulder.0 + arm.wrist.0) * 0.5, (arm.shoulder.1 + arm.wrist.1) * 0.5);
            bench.draft.crease(
                (side * cut.chest, cut.armhole - 1.0),
                (side * mid.0, mid.1),
                1.4,
                -0.18 * side,
            );
        }
        if cut.quilted {
            for k in 1..6 {
                let t = k as f32 / 6.0 * cut.sleeve;
                let base = (arm.shoulder.0 + arm.down.0 * t, arm.shoulder.1 + arm.down.1 * t);
                let end = (base.0 + arm.across.0 * 30.0, base.1 + arm.across.1 * 30.0);
                let from = (base.0 - arm.across.0 * 8.0, base.1 - arm.across.1 * 8.0);
                let line = Pen::at(side * from.0, from.1).to(side * end.0, end.1).open();
                bench.draft.line(line, 0.35, Tone::Seam(0.4));
                bench.draft.crease((side * from.0, from.1), (side * end.0, end.1), 1.7, -0.3 * side);
            }
        }
        cuff(bench, cut, &arm, index);
    }
}

fn sleeve(cut: &TopCut, arm: &Arm) -> Option<Path> {
    let end = (arm.wrist.0 + arm.across.0 * cut.cuff_width, arm.wrist.1 + arm.across.1 * cut.cuff_width);
    let middle = (cut.sleeve_width + cut.cuff_width) * 0.5;
    let inner = (arm.elbow.0 + arm.across.0 * middle, arm.elbow.1 + arm.across.1 * middle);
    let (chest, hole) = (cut.chest, cut.armhole);
    let start = if cut.raglan { (cut.neck_width - 0.2, 0.0) } else { (cut.shoulder - 5.0, cut.slope - 1.0) };
    let top = (arm.shoulder.0, arm.shoulder.1 - cut.puff * 0.4);
    let bulge = (
        arm.elbow.0 - arm.across.0 * cut.puff + arm.down.0 * 0.5,
        arm.elbow.1 - arm.across.1 * cut.puff + arm.down.1 * 0.5,
    );
    let pen = Pen::at(start.0, start.1)
        .to(top.0, top.1)
        .quad(bulge.0, bulge.1, arm.wrist.0, arm.wrist.1)
        .to(end.0, end.1);
    // The underarm seam must not cross the side seam: keep its bend outside the body.
    let inner = (inner.0.max(chest * 0.8), inner.1.max(hole + 1.0));
    let pen = if cut.sleeve > 30.0 {
        pen.quad(inner.0, inner.1, chest - 0.5, hole + 0.5)
    } else {
        pen.to(chest - 0.5, hole + 0.5)
    };
    if cut.raglan {
        pen.quad(cut.shoulder * 0.82, hole * 0.55, start.0, start.1).shut()
    } else {
        pen.to(chest - 6.0, hole - 2.0).shut()
    }
}

fn elbow_creases(bench: &mut Workbench<'_>, cut: &TopCut, arm: &Arm, side: f32) {
    let wide = cut.sleeve_width * 0.85;
    for k in -1..=2_i32 {
        let t = k as f32 * 4.5 + 1.0;
        let from = (
            arm.elbow.0 + arm.across.0 * wide + arm.down.0 * t,
            arm.elbow.1 + arm.across.1 * wide + arm.down.1 * t,
        );
        let to = (
            arm.elbow.0 + arm.across.0 * wide * 0.2 + arm.down.0 * (t * 0.5 + 2.0),
            arm.elbow.1 + arm.across.1 * wide * 0.2 + arm.down.1 * (t * 0.5 + 2.0),
        );
        bench.draft.crease((side * from.0, from.1), (side * to.0, to.1), 1.3, 0.2 * side);
    }
}

fn cuff(bench: &mut Workbench<'_>, cut: &TopCut, arm: &Arm, index: usize) {
    let flip = |path: Option<Path>| if index == 0 { mirror(path) } else { path };
    let side = if index == 0 { -1.0 } else { 1.0 };
    let at = |along: f32, across: f32| {
        (
            arm.wrist.0 + arm.down.0 * along + arm.across.0 * across,
            arm.wrist.1 + arm.down.1 * along + arm.across.1 * across,
        )
    };
    let quad = |a: (f32, f32), b: (f32, f32), c: (f32, f32), d: (f32, f32)| {
        Pen::at(a.0, a.1).to(b.0, b.1).to(c.0, c.1).to(d.0, d.1).shut()
    };
    let wide = cut.cuff_width;
    let trim = if cut.contrast_trim { bench.second } else { shade_of(bench.main, 0.06) };
    match cut.cuff {
        Cuff::Plain => {
            let (a, b) = (at(-2.2, -3.0), at(-2.2, wide + 3.0));
            let line = Pen::at(side * a.0, a.1).to(side * b.0, b.1).open();
            if cut.contrast_trim {
                let (a, b) = (at(-0.9, -3.0), at(-0.9, wide + 3.0));
                bench.draft.line(
                    Pen::at(side * a.0, a.1).to(side * b.0, b.1).open(),
                    2.0,
                    Tone::Paint(bench.second, 1.0),
                );
            }
            bench.draft.seam(line);
        }
        Cuff::Contrast => {
            bench.draft.fill(
                flip(quad(at(-2.4, -0.2), at(0.3, -0.2), at(0.3, wide + 0.2), at(-2.4, wide + 0.2))),
                bench.plain(bench.second),
            );
        }
        Cuff::Ribbed => {
            let path = quad(at(-1.0, 0.2), at(5.0, wide * 0.12), at(5.0, wide * 0.9), at(-1.0, wide - 0.2));
            bench.draft.fill(flip(path), bench.plain(trim).round(1.4, 0.2));
            for k in 1..7 {
                let x = wide * (0.08 + 0.13 * k as f32);
                let (a, b) = (at(-1.0, x), at(5.0, x));
                bench.draft.line(Pen::at(side * a.0, a.1).to(side * b.0, b.1).open(), 0.3, Tone::Seam(0.2));
            }
        }
        Cuff::Buttoned => {
            let path = quad(at(-5.5, -0.3), at(0.5, -0.3), at(0.5, wide + 0.3), at(-5.5, wide + 0.3));
            let frame = Frame::along(side * arm.wrist.0, arm.wrist.1, side * (arm.end_angle + 1.57));
            bench.draft.fill(flip(path), bench.piece(frame).round(1.2, 0.14));
            let (x, y) = at(-2.5, wide * 0.75);
            bench.draft.fill(
                oval(side * x, y, 0.6, 0.6),
                Cloth::new(Ink::Flat(bench.button()), Fabric::Nylon).round(0.3, 0.3),
            );
        }
        Cuff::Frill => {
            let (a, b, c, d) = (at(-2.0, 0.0), at(4.0, -2.2), at(4.0, wide + 2.2), at(-2.0, wide));
            let e = at(5.5, wide * 0.5);
            let path = Pen::at(a.0, a.1).to(b.0, b.1).quad(e.0, e.1, c.0, c.1).to(d.0, d.1).shut();
            let frame = Frame::along(side * arm.wrist.0, arm.wrist.1, side * arm.end_angle);
            bench.draft.fill(flip(path), bench.piece(frame));
            for k in 0..5 {
                let x = wide * (0.1 + 0.2 * k as f32);
                let (a, b) = (at(-2.0, x), at(5.0, x * 1.2 - 1.0));
                bench.draft.crease((side * a.0, a.1), (side * b.0, b.1), 0.8, 0.3);
            }
        }
    }
}

fn hem(bench: &mut Workbench<'_>, cut: &TopCut) {
    let (hem, len) = (cut.hem_width, cut.length);
    match cut.hem {
        _ if cut.legs => leg_openings(bench, cut),
        Hem::Ribbed => {
            let tone = if cut.contrast_trim { bench.second } else { shade_of(bench.main, 0.06) };
            let band = Half::at(0.0, len - 5.0)
                .to(hem + 0.4, len - 5.6)
                .to(hem - 1.6, len)
                .quad(hem * 0.5, len + 1.0, 0.0, len + 1.0)
                .both();
            bench.draft.fill(band, bench.plain(tone).round(1.6, 0.18));
            let mut x = -hem + 1.0;
            while x < hem {
                bench.draft.line(
                    Pen::at(x, len - 6.0).to(x * 0.97, len + 1.0).open(),
                    0.32,
                    Tone::Seam(0.18),
                );
                x += 1.5;
            }
        }
        Hem::Ruffle | Hem::Peplum => {
            let tall = if cut.hem == Hem::Peplum { 10.0 } else { 5.5 };
            let out = if cut.hem == Hem::Peplum { 4.0 } else { 1.8 };
            let mut half = Half::at(0.0, len - tall).to(hem - 0.3, len - tall - 0.6).to(hem + out, len);
            let waves = 5;
            for k in 0..waves {
                let from = (hem + out) * (1.0 - k as f32 / waves as f32);
                let to = (hem + out) * (1.0 - (k + 1) as f32 / waves as f32);
                half = half.quad((from + to) * 0.5, len + 2.6, to.max(0.0), len + 0.3);
            }
            bench.draft.fill(half.both(), bench.cloth().cast(0.2));
            for k in -6..=6_i32 {
                let x = k as f32 / 6.5 * hem;
                bench.draft.crease((x, len - tall - 1.0), (x * 1.08, len + 3.0), 1.2, 0.34);
            }
        }
        Hem::Tail | Hem::Curved | Hem::Straight => {
            let y = len - if cut.hem == Hem::Tail { 9.5 } else { 3.8 };
            let low = if cut.hem == Hem::Tail { len + 6.0 } else { len - 2.0 };
            bench.draft.seam(Pen::at(-hem - 2.0, y).quad(0.0, low, hem + 2.0, y).open());
        }
    }
}

fn leg_openings(bench: &mut Workbench<'_>, cut: &TopCut) {
    let (waist, len) = (cut.waist, cut.length);
    let leg = len * 0.74;
    let trim = if cut.contrast_trim { bench.second } else { shade_of(bench.main, 0.1) };
    for side in [-1.0, 1.0] {
        let edge = Pen::at(side * waist, leg)
            .cubic(side * waist * 0.55, leg + 1.0, side * 6.4, leg + 5.0, side * 6.0, len - 1.0)
            .open();
        bench.draft.fill(strip(edge, 1.6), bench.plain(trim).round(0.8, 0.2));
    }
    let flap = slab(-6.3, len - 3.2, 6.3, len + 0.4, 1.0);
    bench.draft.fill(flap, bench.cloth().round(1.0, 0.14));
    for k in -1..=1 {
        let snap = oval(k as f32 * 3.6, len - 1.5, 0.62, 0.62);
        bench
            .draft
            .fill(snap, Cloth::new(Ink::Flat(mix(METAL, [1.0; 3], 0.4)), Fabric::Nylon).round(0.3, 0.3));
    }
}

fn pockets(bench: &mut Workbench<'_>, cut: &TopCut) {
    let pocket = |x: f32, y: f32, w: f32, h: f32| {
        Pen::at(x, y).to(x + w, y).to(x + w, y + h - 1.8).to(x + w * 0.5, y + h).to(x, y + h - 1.8).shut()
    };
    let cloth = bench.cloth().round(0.8, 0.12).cast(0.22);
    let y = cut.armhole - 3.0;
    let low = if cut.length > 82.0 { cut.length * 0.56 } else { cut.length * 0.68 };
    let out = cut.waist.min(cut.hem_width);
    match cut.pockets {
        Pockets::None => {}
        Pockets::Chest => bench.draft.fill(pocket(cut.chest * 0.28, y, 10.0, 11.5), cloth),
        Pockets::TwoChest => {
            for x in [cut.chest * 0.28, -cut.chest * 0.28 - 10.5] {
                bench.draft.fill(pocket(x, y, 10.5, 12.0), cloth);
                bench.draft.fill(slab(x - 0.3, y - 0.5, x + 10.8, y + 3.8, 0.8), cloth);
                let button = oval(x + 5.2, y + 2.6, 0.55, 0.55);
                bench
                    .draft
                    .fill(button, Cloth::new(Ink::Flat(bench.button()), Fabric::Nylon).round(0.3, 0.3));
            }
        }
        Pockets::Kangaroo => {
            let (top, end) = (cut.length - 26.0, cut.length - 6.5);
            let path = Half::at(0.0, top)
                .to(8.0, top)
                .quad(11.0, top + 6.0, 14.5, top + 10.0)
                .to(14.5, end)
                .to(0.0, end);
            bench.draft.fill(path.both(), cloth.cast(0.35));
        }
        Pockets::Patch => {
            for x in [out * 0.22, -out * 0.22 - 13.0] {
                bench.draft.fill(slab(x, low, x + 13.0, low + 14.0, 2.0), cloth);
            }
        }
        Pockets::Flap => {
            for x in [out * 0.3, -out * 0.3 - 12.0] {
                bench.draft.fill(slab(x, low, x + 12.0, low + 4.6, 1.4), cloth.cast(0.4));
            }
        }
        Pockets::Welt => {
            for side in [-1.0, 1.0] {
                let line = Pen::at(side * out * 0.42, low - 3.0).to(side * out * 0.72, low + 9.0).open();
                bench.draft.fill(strip(line, 1.8), cloth.cast(0.3));
            }
        }
    }
}

fn front(bench: &mut Workbench<'_>, cut: &TopCut) {
    let top = if cut.collar == Collar::Funnel { -5.5 } else { cut.neck_depth - 1.0 };
    let end = cut.length + 1.0;
    let button = Cloth::new(Ink::Flat(bench.button()), Fabric::Nylon).round(0.35, 0.35).cast(0.3);
    let strip_cloth = bench.cloth().round(0.7, 0.1).cast(0.2);
    match cut.front {
        Front::Closed | Front::Open => {}
        Front::Placket => {
            let long = 12.0 + f32::from(cut.buttons) * 1.2;
            bench.draft.fill(slab(-1.7, top, 1.7, top + long, 0.4), strip_cloth);
            for k in 0..cut.buttons {
                let y = top + 2.6 + f32::from(k) * (long - 4.5) / f32::from(cut.buttons.max(2) - 1);
                bench.draft.fill(oval(0.0, y, 0.62, 0.62), button);
            }
        }
        Front::Buttons => {
            bench.draft.line(Pen::at(1.9, top).to(1.9, end).open(), 0.35, Tone::Seam(0.34));
            bench.draft.line(Pen::at(-1.7, top).to(-1.7, end).open(), 0.22, Tone::Seam(0.2));
            let count = f32::from(cut.buttons.max(1));
            let large = if cut.collar == Collar::Lapel { 1.15 } else { 0.68 };
            let span = (cut.length - 12.0 - top).max(6.0);
            for k in 0..cut.buttons {
                let step =
                    if cut.collar == Collar::Lapel { 11.0_f32.min(span / count) } else { span / count };
                bench.draft.fill(oval(0.0, top + 3.0 + f32::from(k) * step, large, large), button);
            }
        }
        Front::Double => {
            bench.draft.line(Pen::at(9.0, top * 0.9).to(9.0, end).open(), 0.45, Tone::Seam(0.4));
            for k in 0..3 {
                for x in [-6.4, 6.4] {
                    bench.draft.fill(oval(x, top + 5.0 + k as f32 * 11.0, 1.2, 1.2), button);
                }
            }
        }
        Front::Zip | Front::HalfZip => {
            let end = if cut.front == Front::HalfZip { top + 22.0 } else { end };
            let tape = shade_of(bench.main, 0.45);
            bench.draft.line(Pen::at(0.0, top).to(0.0, end).open(), 1.9, Tone::Paint(tape, 0.85));
            let teeth = if bench.garment.seed & 2 == 0 { METAL } else { GOLD };
            bench.draft.line(Pen::at(0.0, top).to(0.0, end).open(), 0.6, Tone::Paint(teeth, 0.9));
            let y = top + 2.0;
            bench.draft.fill(
                slab(-0.6, y, 0.6, y + 3.4, 0.4),
                Cloth::new(Ink::Flat(teeth), Fabric::Nylon).round(0.4, 0.3),
            );
        }
        Front::Snaps => {
            bench.draft.fill(slab(-2.6, top, 2.6, end - 0.6, 0.4), strip_cloth);
            for k in 0..cut.buttons {
                let y = top + 4.0 + f32::from(k) * (cut.length - 10.0 - top) / f32::from(cut.buttons.max(1));
                bench.draft.fill(
                    oval(0.0, y, 0.8, 0.8),
                    Cloth::new(Ink::Flat(METAL), Fabric::Nylon).round(0.4, 0.35),
                );
            }
        }
    }
}

fn belt(bench: &mut Workbench<'_>, cut: &TopCut) {
    let y = waist_y(cut);
    let w = cut.waist + 0.6;
    let tone = if cut.contrast_trim { bench.second } else { shade_of(bench.main, 0.16) };
    let cloth = bench.plain(tone).round(0.9, 0.2).cast(0.35);
    let band = Pen::at(-w, y - 1.8)
        .quad(0.0, y - 0.6, w, y - 1.8)
        .to(w, y + 1.8)
        .quad(0.0, y + 3.0, -w, y + 1.8)
        .shut();
    bench.draft.fill(band, cloth);
    if bench.garment.seed & 1 == 0 {
        bench.draft.fill(
            strip(
                Pen::at(-2.4, y - 1.8)
                    .to(2.4, y - 1.8)
                    .to(2.4, y + 3.0)
                    .to(-2.4, y + 3.0)
                    .to(-2.4, y - 1.8)
                    .open(),
                0.8,
            ),
            Cloth::new(Ink::Flat(GOLD), Fabric::Nylon).round(0.4, 0.3),
        );
    } else {
        for side in [-1.0, 1.0] {
            let tail = Pen::at(0.0, y + 0.5)
                .quad(side * 3.0, y + 7.0, side * 4.5, y + 15.0)
                .to(side * 7.5, y + 14.0)
                .quad(side * 5.0, y + 5.0, 0.0, y - 0.5)
                .shut();
            bench.draft.fill(tail, cloth);
        }
        bench.draft.fill(slab(-1.8, y - 1.4, 1.8, y + 2.6, 1.2), cloth);
    }
}

fn hanger(bench: &mut Workbench<'_>, cut: &TopCut) {
    let tones = [[0.62, 0.45, 0.28], [0.12, 0.12, 0.13], [0.9, 0.9, 0.9], METAL];
    let tone = tones[(bench.pose.seed % 4) as usize];
    let cloth = Cloth::new(Ink::Flat(tone), Fabric::Nylon).round(0.6, 0.3);
    let w = cut.shoulder - 1.5;
    let y = cut.slope;
    let hook = Pen::at(0.0, -2.0)
        .to(0.0, -8.5)
        .cubic(4.6, -9.0, 4.6, -15.6, 0.2, -15.4)
        .quad(-2.2, -15.2, -2.8, -13.2)
        .open();
    bench.draft.fill(strip(hook, 0.7), Cloth::new(Ink::Flat(METAL), Fabric::Nylon).round(0.4, 0.3));
    let bar = Pen::at(-w, y + 1.0).quad(-w * 0.4, -1.5, 0.0, -2.2).quad(w * 0.4, -1.5, w, y + 1.0).open();
    bench.draft.fill(strip(bar, 1.7), cloth);
}

//! Sleeves and cuffs.

use tiny_skia::Path;

use super::Workbench;
use crate::cut::{Cuff, TopCut};
use crate::draft::{Frame, Ink, Pen, Textile, Tone, mirror, oval};
use crate::fabric::Fabric;
use crate::palette::shade_of;

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

pub(super) fn sleeves(bench: &mut Workbench<'_>, cut: &TopCut) {
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
                Textile::new(Ink::Flat(bench.button()), Fabric::Nylon).round(0.3, 0.3),
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

/// Whether this long sleeve lies across the body instead of beside it.
pub(super) fn folded(bench: &Workbench<'_>, cut: &TopCut, index: usize) -> bool {
    cut.sleeve > 45.0 && bench.pose.arms[index] < FOLDED && !bench.pose.hanger
}

pub(super) fn forearm(bench: &mut Workbench<'_>, cut: &TopCut, index: usize) {
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

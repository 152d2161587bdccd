//! Trousers, jeans and shorts.

use tiny_skia::Path;

use super::{METAL, Workbench};
use crate::cut::{LegsCut, Waistband};
use crate::draft::{Frame, Half, Ink, Pen, Textile, Tone, mirror, oval, slab, strip};
use crate::fabric::Fabric;
use crate::palette::{luma, mix, shade_of};

pub(super) fn draw(bench: &mut Workbench<'_>, cut: &LegsCut) {
    let inside = Half::at(0.0, 0.6)
        .quad(cut.waist * 0.6, 0.4, cut.waist - 0.4, 0.0)
        .to(cut.waist - 0.3, 4.0)
        .to(0.0, 5.0)
        .both();
    bench.draft.fill(inside, bench.lining());
    for index in 0..2 {
        leg(bench, cut, index);
    }
    seat(bench, cut);
    band(bench, cut);
}

/// How far the hem lies from the middle: the inner and the outer edge.
fn hem_at(bench: &Workbench<'_>, cut: &LegsCut, index: usize) -> (f32, f32) {
    let long = cut.length - cut.rise;
    let swing = cut.spread * bench.pose.spread + 0.06 * bench.pose.arms[index].abs();
    let inner = 1.2 + long * swing;
    (inner, inner + cut.leg)
}

fn leg(bench: &mut Workbench<'_>, cut: &LegsCut, index: usize) {
    let side = if index == 0 { -1.0 } else { 1.0 };
    let flip = |path: Option<Path>| if index == 0 { mirror(path) } else { path };
    let (inner, outer) = hem_at(bench, cut, index);
    let (len, rise, hip) = (cut.length, cut.rise, cut.hip);
    let knee_y = rise + (len - rise) * 0.45;
    let knee_in = 0.8 + (inner - 0.8) * 0.45;
    let knee_out = (knee_in + cut.knee).max((hip + outer) * 0.42);
    let drop = (outer - inner) * 0.02;
    let pen = Pen::at(-1.0, 2.0).to(cut.waist, 2.0).quad(hip, rise * 0.45, cut.thigh, rise);
    let pen = if len - rise < 40.0 {
        pen.quad((cut.thigh + outer) * 0.5 + 0.3, (rise + len) * 0.5, outer, len - drop)
    } else {
        pen.cubic(cut.thigh - 0.4, rise + 10.0, knee_out, knee_y - (len - rise) * 0.12, knee_out, knee_y)
            .quad(outer - 0.2, knee_y + (len - knee_y) * 0.5, outer, len - drop)
    };
    let path = pen
        .quad((inner + outer) * 0.5, len + 0.8, inner, len)
        .quad(knee_in + 0.2, knee_y, 0.2, rise)
        .to(-1.0, rise - 3.0)
        .shut();
    let lean = side * ((inner + outer) * 0.5 - cut.thigh * 0.5).atan2(len - rise) * 0.8;
    bench
        .draft
        .fill(flip(path), bench.piece(Frame::along(side * cut.thigh * 0.5, 0.0, lean)).round(2.6, 0.18));
    details(bench, cut, side, (inner, outer));
    if cut.faded > 0.0 {
        fade(bench, cut, side, (knee_in + knee_out) * 0.5, knee_y);
    }
    end(bench, cut, side, (inner, outer));
}

fn details(bench: &mut Workbench<'_>, cut: &LegsCut, side: f32, (inner, outer): (f32, f32)) {
    let (len, rise) = (cut.length, cut.rise);
    let long = len - rise;
    // Folds that run from the crotch, and those behind the knee.
    for k in 0..3 {
        let y = rise + 1.0 + 2.6 * k as f32;
        bench.draft.crease(
            (side * 0.4, y - 2.0),
            (side * cut.thigh * (0.66 - 0.1 * k as f32), y - 4.0 + 5.0 * k as f32),
            1.3,
            0.2 * side,
        );
    }
    if long > 40.0 {
        let knee = rise + long * 0.45;
        for k in -1..=1_i32 {
            let y = knee + k as f32 * 5.0;
            let x = 1.0 + (inner - 1.0) * 0.45;
            bench.draft.crease((side * x, y), (side * (x + cut.knee * 0.6), y + 2.5 * k as f32), 1.5, 0.15);
        }
        bench.draft.crease((side * outer, len - 9.0), (side * (inner + cut.leg * 0.3), len - 6.0), 1.2, 0.16);
    }
    if cut.pressed {
        let fold = Pen::at(side * cut.hip * 0.52, 10.0).to(side * (inner + outer) * 0.5, len).open();
        bench.draft.line(fold, 0.35, Tone::Seam(0.3));
    }
    if cut.side_stripe {
        let line = Pen::at(side * (cut.waist - 1.2), 2.0)
            .quad(side * (cut.hip - 1.0), rise * 0.45, side * (cut.thigh - 1.6), rise)
            .quad(side * (outer - 1.0 + cut.knee * 0.02), rise + long * 0.5, side * (outer - 1.6), len)
            .open();
        bench.draft.line(line, 2.4, Tone::Paint(bench.second, 1.0));
    }
    if cut.cargo {
        let y = rise + long.min(60.0) * 0.22;
        let x = cut.thigh * 0.55;
        let cloth = bench.cloth().round(0.9, 0.14).cast(0.35);
        let (a, b) = if side > 0.0 { (x, x + 10.0) } else { (-x - 10.0, -x) };
        bench.draft.fill(slab(a, y, b, y + 14.0, 1.0), cloth);
        bench.draft.fill(slab(a - 0.4, y - 0.6, b + 0.4, y + 4.2, 0.8), cloth);
    }
}

/// The pale thighs of worn denim, and holes.
fn fade(bench: &mut Workbench<'_>, cut: &LegsCut, side: f32, x: f32, y: f32) {
    let pale = mix(bench.main, [0.86, 0.9, 0.95], 0.6);
    // Black denim hardly pales.
    let shows = if luma(bench.main) < 0.2 { 0.35 } else { 1.0 };
    for k in 0..9 {
        let (w, a) = (cut.knee * (0.66 - 0.065 * k as f32), (0.02 + 0.03 * cut.faded) * shows);
        let line = Pen::at(side * cut.thigh * 0.5, cut.rise * 0.6)
            .quad(side * cut.thigh * 0.52, cut.rise + 8.0, side * x, y + 12.0)
            .open();
        bench.draft.line(line, w, Tone::Paint(pale, a));
    }
    if cut.ripped {
        for k in 0..3 {
            let at = y + 3.0 * k as f32 - 5.0;
            let half = cut.knee * (0.34 - 0.07 * k as f32);
            let hole = Pen::at(side * x - half, at)
                .quad(side * x, at - 1.2, side * x + half, at)
                .quad(side * x, at + 1.5, side * x - half, at)
                .shut();
            bench.draft.fill(
                hole,
                Textile::new(Ink::Flat(mix(pale, [0.95; 3], 0.5)), Fabric::Linen).round(0.6, 0.1).cast(0.25),
            );
        }
    }
}

fn end(bench: &mut Workbench<'_>, cut: &LegsCut, side: f32, (inner, outer): (f32, f32)) {
    let len = cut.length;
    let (a, b) = (side * (inner - 0.4), side * (outer + 0.4));
    if cut.ribbed_cuff {
        let inset = cut.leg * 0.12;
        let path = Pen::at(a, len - 5.5)
            .to(b, len - 5.5)
            .to(b - side * inset, len + 0.6)
            .to(a + side * inset, len + 0.6)
            .shut();
        bench.draft.fill(path, bench.plain(shade_of(bench.main, 0.08)).round(1.4, 0.2));
        for k in 1..8 {
            let x = a + (b - a) * k as f32 / 8.0;
            bench.draft.line(Pen::at(x, len - 5.5).to(x, len + 1.0).open(), 0.3, Tone::Seam(0.2));
        }
    } else if cut.turn_up {
        let path = Pen::at(a, len - 4.0).to(b, len - 4.3).to(b, len + 0.4).to(a, len + 0.6).shut();
        bench
            .draft
            .fill(path, bench.plain(mix(bench.main, [0.9, 0.9, 0.9], 0.22)).round(1.0, 0.16).cast(0.4));
    } else {
        let line = Pen::at(a, len - 2.0).to(b, len - 2.0).open();
        if bench.garment.fabric == Fabric::Denim {
            bench.draft.stitch(line, Tone::Paint(bench.thread(), 0.85));
        } else {
            bench.draft.seam(line);
        }
    }
}

fn seat(bench: &mut Workbench<'_>, cut: &LegsCut) {
    let stitched = Tone::Paint(bench.thread(), 0.85);
    let denim = bench.garment.fabric == Fabric::Denim;
    // The front piece over both legs hides where they meet.
    let seat = Half::at(0.0, 1.0)
        .to(cut.waist, 1.0)
        .quad(cut.hip * 0.99, cut.rise * 0.4, cut.thigh * 0.5, cut.rise * 0.72)
        .quad(3.0, cut.rise - 2.0, 0.0, cut.rise - 0.5)
        .both();
    let mut cloth = bench.cloth().inner();
    cloth.rim = 0.0;
    bench.draft.fill(seat, cloth);
    let centre = Pen::at(0.0, 3.0).quad(0.3, cut.rise * 0.6, 0.0, cut.rise).open();
    bench.draft.line(centre, 0.35, Tone::Seam(0.4));
    if cut.band == Waistband::Button {
        let fly = || {
            Pen::at(3.2, 3.0).to(3.2, cut.rise * 0.5).quad(3.0, cut.rise * 0.66, 0.2, cut.rise * 0.72).open()
        };
        bench.draft.seam(fly());
        if denim {
            bench.draft.stitch(fly(), stitched);
        }
    }
    if cut.side_pockets {
        for side in [-1.0, 1.0] {
            let edge = || {
                Pen::at(side * cut.waist * 0.52, 3.6)
                    .quad(
                        side * cut.waist * 0.6,
                        if denim { 10.5 } else { 8.0 },
                        side * (cut.waist + (cut.hip - cut.waist) * 0.6),
                        if denim { 10.5 } else { 14.0 },
                    )
                    .open()
            };
            bench.draft.line(edge(), 0.5, Tone::Seam(0.42));
            if denim {
                bench.draft.stitch(
                    edge().and_then(|p| p.transform(tiny_skia::Transform::from_translate(0.0, 0.9))),
                    stitched,
                );
            }
        }
    }
}

fn band(bench: &mut Workbench<'_>, cut: &LegsCut) {
    let w = cut.waist;
    let tall = if matches!(cut.band, Waistband::Button | Waistband::Smooth) { 3.6 } else { 4.6 };
    let path = Half::at(0.0, 0.9)
        .quad(w * 0.6, 0.6, w + 0.1, -0.2)
        .to(w + 0.5, tall - 0.6)
        .quad(w * 0.6, tall + 0.5, 0.0, tall + 0.7)
        .both();
    bench.draft.fill(path, bench.cloth().round(0.9, 0.18).cast(0.34));
    match cut.band {
        Waistband::Button | Waistband::Smooth => {
            let tone = if bench.garment.fabric == Fabric::Denim { METAL } else { bench.button() };
            bench.draft.line(Pen::at(1.6, 0.0).to(1.6, tall + 1.0).open(), 0.3, Tone::Seam(0.4));
            bench.draft.fill(
                oval(0.2, tall * 0.62, 0.95, 0.95),
                Textile::new(Ink::Flat(tone), Fabric::Nylon).round(0.5, 0.4),
            );
        }
        Waistband::Elastic | Waistband::Drawstring => {
            let mut x = -w;
            while x < w {
                bench.draft.crease((x, -0.8), (x * 1.01, tall + 1.6), 0.5, 0.45);
                x += 1.7;
            }
            if cut.band == Waistband::Drawstring {
                let tone = mix(bench.main, [0.95; 3], 0.75);
                for side in [-1.0, 1.0] {
                    let cord = Pen::at(side * 1.4, tall * 0.5)
                        .quad(side * 3.4, tall + 5.0, side * (2.2 + cut.spread * 10.0), tall + 11.0)
                        .open();
                    bench.draft.fill(
                        strip(cord, 0.8),
                        Textile::new(Ink::Flat(tone), Fabric::Cotton).round(0.4, 0.3).cast(0.4),
                    );
                }
            }
        }
    }
    if cut.loops {
        for x in [-w * 0.78, -w * 0.4, w * 0.4, w * 0.78] {
            bench.draft.fill(slab(x - 0.6, 0.0, x + 0.6, tall + 1.2, 0.3), bench.cloth().round(0.4, 0.2));
        }
    }
}

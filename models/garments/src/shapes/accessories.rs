//! Scarves, socks, belts, ties, gloves, sunglasses.

use tiny_skia::{Path, Transform};

use super::{GOLD, METAL, Workbench};
use crate::category::Category;
use crate::cut::OtherCut;
use crate::draft::{Frame, Half, Ink, Pen, Textile, Tone, mirror, oval, shift, slab, strip};
use crate::fabric::Fabric;
use crate::palette::{mix, shade_of};

pub(super) fn draw(bench: &mut Workbench<'_>, cut: &OtherCut) {
    match bench.garment.category {
        Category::Scarf => scarf(bench, cut),
        Category::Socks => socks(bench, cut),
        Category::Belt => belt(bench, cut),
        Category::Tie => tie(bench, cut),
        Category::Gloves => gloves(bench, cut),
        _ => sunglasses(bench, cut),
    }
}

fn fringe(bench: &mut Workbench<'_>, x0: f32, x1: f32, y: f32, tone: [f32; 3]) {
    let cloth = Textile::new(Ink::Flat(tone), Fabric::Cotton).round(0.3, 0.2).cast(0.2);
    let mut x = x0 + 0.4;
    let mut k = 0;
    while x < x1 {
        let sway = if k % 2 == 0 { 0.5 } else { -0.4 };
        bench.draft.fill(
            strip(Pen::at(x, y - 0.5).quad(x + sway, y + 2.5, x - sway * 0.6, y + 5.0).open(), 0.55),
            cloth,
        );
        x += 1.5;
        k += 1;
    }
}

fn scarf(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let w = 8.0 + 3.0 * a;
    let (left, right) = (38.0 + 10.0 * b, 34.0 + 10.0 * c);
    if cut.variant.is_multiple_of(3) {
        // Folded flat in half.
        let wide = w * 1.5;
        bench.draft.fill(
            Pen::at(-wide * 0.4, 0.0)
                .to(wide * 1.1, 1.0)
                .to(wide * 1.15, right + 8.0)
                .to(-wide * 0.35, right + 7.0)
                .shut(),
            bench.piece(Frame::along(2.0, 0.0, -0.02)).round(2.2, 0.22),
        );
        fringe(bench, -wide * 0.35, wide * 1.15, right + 7.4, shade_of(bench.main, 0.08));
        bench.draft.fill(
            Pen::at(-wide, 0.0)
                .quad(-wide * 0.2, -1.6, wide * 0.5, 0.0)
                .to(wide * 0.45, left)
                .to(-wide * 1.02, left - 1.0)
                .shut(),
            bench.piece(Frame::BODY).round(2.2, 0.22).cast(0.4),
        );
        bench.draft.crease((-wide * 0.5, 1.0), (-wide * 0.4, left), 1.6, 0.3);
        fringe(bench, -wide, wide * 0.45, left - 0.6, shade_of(bench.main, 0.08));
        return;
    }
    // As around a neck: a loop and two ends.
    let back = Half::at(0.0, -4.0).cubic(9.0, -4.0, 13.0, 0.0, 12.0, 6.0).to(0.0, 12.0).both();
    bench.draft.fill(back, bench.plain(shade_of(bench.main, 0.3)).round(1.6, 0.1));
    for (side, long) in [(1.0, right), (-1.0, left)] {
        let lean = side * (0.06 + 0.08 * d);
        let frame = Frame::along(side * 5.0, 8.0, lean);
        let x = side * 1.0;
        let end = x + lean * long;
        let path = Pen::at(x - w * 0.4, 8.0)
            .quad(x - w * 0.5 + end * 0.2, long * 0.5, end - w * 0.5, long)
            .to(end + w * 0.5, long + 0.6 * side)
            .quad(x + w * 0.5 + end * 0.2, long * 0.5, x + w * 0.4, 8.0)
            .shut();
        bench.draft.fill(path, bench.piece(frame).round(1.8, 0.26).cast(0.42));
        bench.draft.crease((x, 9.0), (end + 1.0, long), 1.6, 0.34);
        bench.draft.crease((x + side * 2.4, 9.0), (end + side * 3.0, long * 0.9), 1.2, -0.3);
        fringe(bench, end - w * 0.5, end + w * 0.5, long, shade_of(bench.main, 0.08));
    }
    let roll = Half::at(0.0, 4.2)
        .cubic(5.0, 3.4, 8.4, 1.4, 9.6, -1.4)
        .cubic(12.6, 0.4, 13.8, 3.8, 13.0, 6.6)
        .cubic(9.8, 11.6, 4.6, 14.0, 0.0, 14.2)
        .both();
    bench.draft.fill(roll, bench.piece(Frame::along(0.0, 0.0, 1.2)).round(2.4, 0.34).cast(0.45));
    bench.draft.crease((-12.0, 5.0), (3.0, 12.0), 1.5, 0.4);
    bench.draft.crease((11.0, 3.0), (-2.0, 9.0), 1.3, -0.4);
}

fn socks(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let tall = 12.0 + 22.0 * a;
    let w = 8.0 + b;
    let sock: Option<Path> = Pen::at(0.0, 0.0)
        .quad(w * 0.5, 0.8, w, 0.0)
        .cubic(w + 0.2, tall * 0.5, w - 0.8, tall * 0.7, w, tall)
        .cubic(w + 2.0, tall + 3.0, w + 12.0, tall + 3.0, w + 13.5, tall + 6.0)
        .cubic(w + 14.4, tall + 10.0, w + 11.0, tall + 10.6, w + 8.0, tall + 10.4)
        .cubic(w, tall + 10.6, 3.0, tall + 11.0, 0.6, tall + 6.4)
        .cubic(-0.8, tall + 2.0, 0.8, tall * 0.6, 0.0, 0.0)
        .shut();
    let trim = if c > 0.4 { bench.second } else { shade_of(bench.main, 0.12) };
    for (x, y) in [(-6.0 - 2.0 * d, -3.0), (0.0, 0.0)] {
        let place = |path: Option<Path>| shift(path, x, y);
        bench
            .draft
            .fill(place(sock.clone()), bench.piece(Frame::along(x, y, 0.0)).round(1.8, 0.26).cast(0.4));
        let fold = (x + 1.0, y + tall + 3.0);
        bench.draft.crease(fold, (x + w, y + tall + 1.0), 1.2, 0.3);
        bench.draft.crease((x + 0.5, y + tall + 5.0), (x + w + 2.0, y + tall + 2.4), 1.2, 0.24);
        let heel = Pen::at(0.5, tall + 1.6)
            .quad(5.0, tall + 3.4, 5.6, tall + 10.6)
            .quad(2.0, tall + 10.6, 0.6, tall + 6.4)
            .quad(-0.4, tall + 3.4, 0.5, tall + 1.6)
            .shut();
        let toe = Pen::at(w + 8.6, tall + 3.6)
            .quad(w + 7.4, tall + 7.0, w + 8.6, tall + 10.4)
            .cubic(w + 11.0, tall + 10.6, w + 14.4, tall + 10.0, w + 13.5, tall + 6.0)
            .quad(w + 12.4, tall + 4.4, w + 8.6, tall + 3.6)
            .shut();
        let mut patch = bench.plain(trim).round(1.4, 0.2).cast(0.0);
        patch.rim = 0.08;
        bench.draft.fill(place(heel), patch);
        bench.draft.fill(place(toe), patch);
        bench.draft.fill(
            place(
                Pen::at(-0.2, -0.2)
                    .quad(w * 0.5, 0.7, w + 0.2, -0.2)
                    .to(w + 0.1, 4.0)
                    .quad(w * 0.5, 4.8, 0.0, 4.0)
                    .shut(),
            ),
            bench.plain(trim).round(1.0, 0.22).cast(0.2),
        );
        let mut at = 0.8;
        while at < w {
            bench.draft.line(place(Pen::at(at, 0.0).to(at, 5.0).open()), 0.25, Tone::Seam(0.22));
            at += 1.1;
        }
    }
}

fn belt(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, _] = cut.measures;
    let w = 2.4 + 1.6 * a;
    let cloth = bench.cloth().round(0.9, 0.34).cast(0.4);
    let metal =
        Textile::new(Ink::Flat(if c > 0.5 { GOLD } else { METAL }), Fabric::Nylon).round(0.5, 0.4).cast(0.4);
    let rx = 15.0 + 2.0 * b;
    // A coil, the buckle end on top.
    let outer = Pen::at(-2.0, rx * 0.62)
        .cubic(-rx * 1.5, rx * 0.7, -rx * 1.2, -rx * 0.8, 0.0, -rx * 0.72)
        .cubic(rx * 1.3, -rx * 0.66, rx * 1.3, rx * 0.6, 4.0, rx * 0.66)
        .open();
    bench.draft.fill(
        strip(shift(outer.clone(), 0.0, 1.4), w),
        bench.plain(shade_of(bench.main, 0.4)).round(0.8, 0.1),
    );
    bench.draft.fill(strip(outer, w), cloth);
    let tail = Pen::at(3.0, rx * 0.66).to(-17.0, rx * 0.66 + 1.0).open();
    bench.draft.fill(strip(tail, w), cloth);
    for k in 0..5 {
        bench.draft.fill(
            oval(-14.5 + 2.3 * k as f32, rx * 0.66 + 0.9, 0.3, 0.3),
            Textile::new(Ink::Flat(shade_of(bench.main, 0.7)), Fabric::Nylon).inner(),
        );
    }
    let (x, y) = (3.0, rx * 0.66);
    let frame = Pen::at(x - 2.4, y - w * 0.8)
        .to(x + 2.4, y - w * 0.8)
        .to(x + 2.4, y + w * 0.8)
        .to(x - 2.4, y + w * 0.8)
        .to(x - 2.4, y - w * 0.8)
        .open();
    bench.draft.fill(strip(frame, 0.9), metal);
    bench.draft.fill(strip(Pen::at(x - 2.4, y).to(x + 2.2, y - 0.2).open(), 0.6), metal);
    bench.draft.fill(slab(x + 4.2, y - w * 0.62, x + 6.0, y + w * 0.62, 0.3), cloth);
}

fn tie(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, ..] = cut.measures;
    let w = 4.4 + 1.6 * a;
    let long = 46.0 + 8.0 * b;
    let loop_ = Pen::at(-1.6, 1.0)
        .cubic(-8.0, -9.0, -4.0, -14.0, 0.0, -14.0)
        .cubic(4.0, -14.0, 8.0, -9.0, 1.6, 1.0)
        .open();
    bench.draft.fill(strip(loop_, 2.6), bench.plain(shade_of(bench.main, 0.2)).round(0.8, 0.24));
    let back =
        Pen::at(-1.2, 4.0).to(w * 0.5, long - 9.0).to(w * 0.1, long - 5.0).to(-w * 0.9, long - 9.0).shut();
    bench.draft.fill(back, bench.plain(shade_of(bench.main, 0.22)).round(0.8, 0.1));
    let blade = Half::at(0.0, 3.0).to(1.7, 3.4).quad(w * 0.7, long * 0.5, w, long - w).to(0.0, long).both();
    bench.draft.fill(blade, bench.piece(Frame::along(0.0, 0.0, 0.7)).round(1.2, 0.3).cast(0.4));
    let knot = Half::at(0.0, -0.8).to(2.7, -1.2).quad(2.4, 2.0, 1.7, 4.2).quad(0.8, 4.9, 0.0, 4.9).both();
    bench.draft.fill(knot, bench.piece(Frame::along(0.0, 0.0, -0.7)).round(1.0, 0.32).cast(0.45));
    bench.draft.crease((0.4, 4.6), (0.2, 13.0), 0.9, 0.5);
}

fn gloves(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let mitten = cut.variant.is_multiple_of(3);
    let tall = 7.0 + 4.0 * a;
    for side in [-1.0, 1.0] {
        let turn = Transform::from_rotate(side * (5.0 + 8.0 * d)).post_translate(side * 8.4, 0.0);
        let place = |path: Option<Path>| {
            let path = if side < 0.0 { mirror(path) } else { path };
            path.and_then(|p| p.transform(turn))
        };
        let cloth = bench.cloth().round(1.2, 0.34).cast(0.35);
        let thumb = Pen::at(-3.6, 2.0).quad(-6.4, -2.0, -7.4, -6.4).open();
        bench.draft.fill(place(strip(thumb, 2.6)), cloth);
        if mitten {
            let hand = Pen::at(-3.8, 4.0)
                .cubic(-4.8, -4.0, -4.4, -15.0, 0.0, -15.4)
                .cubic(4.8, -15.0, 5.0, -4.0, 3.8, 4.0)
                .shut();
            bench.draft.fill(place(hand), cloth.round(2.0, 0.34));
        } else {
            for (k, long) in [(0, 8.4), (1, 9.8), (2, 9.2), (3, 7.2)] {
                let x = -3.1 + 2.05 * k as f32;
                let finger = Pen::at(x, -3.0).to(x * 1.28, -4.6 - long).open();
                bench.draft.fill(place(strip(finger, 2.25)), cloth);
            }
            let palm = Pen::at(-3.7, 4.0)
                .cubic(-4.6, 0.0, -4.4, -3.0, -4.2, -5.6)
                .quad(0.0, -6.6, 4.2, -5.4)
                .cubic(4.4, -2.0, 4.4, 1.0, 3.7, 4.0)
                .shut();
            bench.draft.fill(place(palm), cloth.round(1.8, 0.28).cast(0.0));
            for k in -1..=1 {
                bench.draft.line(
                    place(Pen::at(k as f32 * 1.7, -4.6).to(k as f32 * 1.3, 1.0).open()),
                    0.25,
                    Tone::Seam(0.3),
                );
            }
        }
        let trim = if c > 0.6 { bench.second } else { shade_of(bench.main, 0.12) };
        let cuff = Pen::at(-3.6, 3.4)
            .quad(0.0, 4.0, 3.6, 3.4)
            .to(4.2 + b, 3.4 + tall)
            .quad(0.0, 4.6 + tall, -4.2 - b, 3.4 + tall)
            .shut();
        bench.draft.fill(place(cuff), bench.plain(trim).round(1.2, 0.28).cast(0.35));
        for k in -4..=4 {
            bench.draft.line(
                place(Pen::at(k as f32 * 0.9, 3.4).to(k as f32 * 1.05, 4.6 + tall).open()),
                0.25,
                Tone::Seam(0.2),
            );
        }
    }
}

fn sunglasses(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let (w, h) = (2.7 + 0.5 * a, 2.0 + 0.8 * b);
    let round = cut.variant.is_multiple_of(3);
    let frame = bench.plain(bench.main).round(0.4, 0.4).cast(0.3);
    let glass = if d > 0.5 { [0.16, 0.16, 0.18] } else { mix([0.3, 0.2, 0.14], bench.second, 0.25) };
    let gap = w + 0.8;
    for side in [-1.0, 1.0] {
        let arm = Pen::at(side * (gap + w), -h * 0.5)
            .quad(side * (gap + w + 0.35), -h * 1.2, side * (gap + w * 0.62), -h * 1.55)
            .open();
        bench.draft.fill(strip(arm, 0.42), frame);
        let lens = if round {
            oval(side * gap, 0.0, w, w * 0.95)
        } else {
            let s = |x: f32| side * (gap + x);
            Pen::at(s(-w), -h * 0.7)
                .quad(s(0.0), -h * 1.1, s(w * 1.06), -h * (0.8 + 0.3 * c))
                .cubic(s(w * 1.05), h * 0.4, s(w * 0.6), h, s(0.1), h)
                .cubic(s(-w * 0.7), h, s(-w), h * 0.3, s(-w), -h * 0.7)
                .shut()
        };
        let cloth = Textile::new(Ink::Flat(glass), Fabric::Leather).round(1.2, 0.3);
        bench.draft.fill(lens.clone(), cloth);
        bench.draft.crease((side * gap - w * 0.6, h), (side * gap + w * 0.6, -h * 1.2), 1.1, 0.6);
        bench.draft.fill(strip(lens, 0.36 + 0.3 * c), frame);
    }
    let bridge = Pen::at(-gap + w * 0.9, -h * 0.5).quad(0.0, -h * 1.0, gap - w * 0.9, -h * 0.5).open();
    bench.draft.fill(strip(bridge, 0.5), frame);
    bench.draft.fill(
        slab(gap + w - 0.5, -h * 0.75, gap + w, -h * 0.55, 0.1),
        Textile::new(Ink::Flat(METAL), Fabric::Nylon).round(0.2, 0.2),
    );
}

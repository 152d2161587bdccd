//! Shoes: a pair from the side or from above.

use tiny_skia::{Path, Transform};

use super::{GOLD, METAL, Workbench};
use crate::cut::{ShoeCut, ShoeKind};
use crate::draft::{Draft, Frame, Half, Ink, Op, Pen, Textile, Tone, band, oval, strip};
use crate::fabric::Fabric;
use crate::palette::{Rgb, luma, mix, shade_of};

pub(super) fn draw(bench: &mut Workbench<'_>, cut: &ShoeCut) {
    let mut one = Draft::default();
    std::mem::swap(&mut one, &mut bench.draft);
    // Sandals are all straps, which only show from above; a tall boot has no top view.
    let flat = matches!(cut.kind, ShoeKind::Slide | ShoeKind::Strappy);
    if (bench.pose.from_above || flat) && cut.kind != ShoeKind::Tall {
        above(bench, cut);
        let shoe = std::mem::take(&mut bench.draft);
        let apart = 6.2 * bench.pose.spread.max(0.85);
        let [left, right] = bench.pose.arms;
        place(
            &mut one,
            &shoe,
            Transform::from_scale(-1.0, 1.0)
                .post_rotate(left * 26.0 - 3.0)
                .post_translate(-apart, left * 5.0),
        );
        place(&mut one, &shoe, Transform::from_rotate(right * 26.0 + 3.0).post_translate(apart, right * 5.0));
    } else {
        side(bench, cut);
        let shoe = std::mem::take(&mut bench.draft);
        let back = 4.5 * bench.pose.spread;
        let turn = bench.pose.arms[0] * 12.0;
        place(&mut one, &shoe, Transform::from_rotate(turn).post_translate(-back * 1.3, -back * 0.75));
        place(
            &mut one,
            &shoe,
            Transform::from_rotate(bench.pose.arms[1] * 8.0).post_translate(back * 0.6, back * 0.35),
        );
    }
    bench.draft = one;
}

/// Copies a shoe to its place in the pair.
fn place(pair: &mut Draft, shoe: &Draft, to: Transform) {
    let point = |(x, y): (f32, f32)| {
        let mut at = tiny_skia::Point::from_xy(x, y);
        to.map_point(&mut at);
        (at.x, at.y)
    };
    for op in &shoe.ops {
        match op {
            Op::Fill { path, cloth } => pair.fill(path.clone().transform(to), *cloth),
            Op::Line { path, width, tone } => pair.line(path.clone().transform(to), *width, *tone),
            Op::Crease { from, to, width, depth } => pair.crease(point(*from), point(*to), *width, *depth),
        }
    }
}

fn sole_tone(bench: &Workbench<'_>, cut: &ShoeCut) -> Rgb {
    match cut.kind {
        ShoeKind::Runner | ShoeKind::LowTop | ShoeKind::HighTop if cut.white_sole => [0.93, 0.92, 0.89],
        ShoeKind::Runner | ShoeKind::LowTop | ShoeKind::HighTop => mix(bench.second, [0.2; 3], 0.2),
        ShoeKind::Slide | ShoeKind::Strappy => [0.62, 0.47, 0.33],
        _ if luma(bench.main) < 0.35 => [0.11, 0.1, 0.1],
        _ => [0.3, 0.2, 0.14],
    }
}

fn sole_cloth(tone: Rgb) -> Textile {
    Textile::new(Ink::Flat(tone), Fabric::Nylon).round(0.7, 0.2).cast(0.35)
}

fn lace_tone(bench: &Workbench<'_>, cut: &ShoeCut) -> Rgb {
    if cut.white_sole || luma(bench.main) < 0.25 { [0.95, 0.94, 0.92] } else { shade_of(bench.main, 0.5) }
}

/// From the side, the toe to the right; the ground is at y = 0.
fn side(bench: &mut Workbench<'_>, cut: &ShoeCut) {
    match cut.kind {
        ShoeKind::Runner | ShoeKind::LowTop | ShoeKind::HighTop => sneaker(bench, cut),
        ShoeKind::Ankle | ShoeKind::Chelsea | ShoeKind::Tall => boot(bench, cut),
        ShoeKind::Pump | ShoeKind::Stiletto => pump(bench, cut),
        ShoeKind::Slide | ShoeKind::Strappy => {}
    }
}

fn sneaker(bench: &mut Workbench<'_>, cut: &ShoeCut) {
    let (l, h, s) = (cut.length, cut.height, cut.sole);
    let runner = cut.kind == ShoeKind::Runner;
    let x = -l * 0.5;
    let toe = s + 3.4 + 1.4 * cut.toe;
    let tongue = Pen::at(x + l * 0.36, -h + 1.0)
        .quad(x + l * 0.44, -h - 2.4, x + l * 0.5, -h - 1.4)
        .to(x + l * 0.62, -toe - 1.5)
        .to(x + l * 0.4, -h * 0.5)
        .shut();
    bench.draft.fill(tongue, bench.plain(shade_of(bench.main, 0.12)).round(1.0, 0.2));
    let inside = Pen::at(x + l * 0.06, -h - 0.4)
        .quad(x + l * 0.22, -h + 2.4, x + l * 0.42, -h + 0.2)
        .to(x + l * 0.3, -h + 4.0)
        .shut();
    bench.draft.fill(inside, bench.lining());
    let upper = Pen::at(x + 0.8, -s)
        .cubic(x - 0.6, -h * 0.5, x + 0.4, -h * 0.8, x + l * 0.05, -h - 0.8)
        .quad(x + l * 0.2, -h + 2.8, x + l * 0.4, -h)
        .cubic(x + l * 0.52, -h * 0.72, x + l * 0.6, -toe - 0.6, x + l * 0.76, -toe)
        .cubic(x + l * 0.95, -toe + 0.3, x + l * 1.0, -s - 1.6, x + l * 0.99, -s)
        .shut();
    bench.draft.fill(upper, bench.cloth().round(2.2, 0.32));
    let trim = if cut.panel { bench.second } else { shade_of(bench.main, 0.14) };
    // Toe cap, heel counter, eyestay.
    let cap = Pen::at(x + l * 0.74, -s)
        .quad(x + l * 0.74, -toe + 0.4, x + l * 0.8, -toe - 0.1)
        .cubic(x + l * 0.95, -toe + 0.6, x + l * 0.995, -s - 1.6, x + l * 0.985, -s)
        .shut();
    if cut.panel || !runner {
        let tone = if !runner && cut.white_sole && cut.kind == ShoeKind::HighTop {
            [0.92, 0.91, 0.88]
        } else {
            trim
        };
        bench.draft.fill(cap, bench.plain(tone).round(1.4, 0.28).cast(0.1));
    }
    let heel = Pen::at(x + 0.9, -s)
        .cubic(x - 0.5, -h * 0.5, x + 0.5, -h * 0.8, x + l * 0.055, -h - 0.5)
        .quad(x + l * 0.15, -h * 0.6, x + l * 0.22, -s)
        .shut();
    bench.draft.fill(heel, bench.plain(trim).round(1.2, 0.26).cast(0.15));
    let stay = Pen::at(x + l * 0.385, -h + 0.2)
        .cubic(x + l * 0.5, -h * 0.74, x + l * 0.56, -toe - 1.0, x + l * 0.68, -toe + 0.1)
        .to(x + l * 0.62, -toe + 1.8)
        .quad(x + l * 0.46, -h * 0.56, x + l * 0.36, -h * 0.66)
        .shut();
    bench.draft.fill(stay, bench.plain(trim).round(0.7, 0.2).cast(0.15));
    for k in 0..cut.stripes {
        let at = x + l * (0.3 + 0.07 * f32::from(k));
        let line = Pen::at(at, -s - 0.4).to(at + l * 0.1, -h * 0.62).open();
        bench.draft.fill(strip(line, 1.1), bench.plain(bench.third).round(0.4, 0.12).cast(0.1));
    }
    let lace = Textile::new(Ink::Flat(lace_tone(bench, cut)), Fabric::Cotton).round(0.35, 0.3).cast(0.4);
    for k in 0..cut.laces {
        let t = (f32::from(k) + 0.5) / f32::from(cut.laces);
        let a = (x + l * (0.4 + 0.25 * t), -h + 0.6 + (h - toe) * t.powf(0.8));
        let line = Pen::at(a.0 - 0.7, a.1 + 2.0).quad(a.0 + 0.4, a.1 + 0.4, a.0 + 1.0, a.1 - 0.7).open();
        bench.draft.fill(strip(line, 0.75), lace);
    }
    let tone = sole_tone(bench, cut);
    let kick = if runner { 1.4 } else { 0.3 };
    let sole = Pen::at(x + 0.2, -s - 0.4)
        .quad(x + l * 0.4, -s + 0.3, x + l * 0.75, -s - 0.2)
        .quad(x + l * 0.96, -s - 0.4, x + l * 1.01, -s - kick)
        .quad(x + l * 1.02, -0.6 - kick * 0.5, x + l * 0.92, 0.0 - kick * 0.2)
        .quad(x + l * 0.6, 0.3, x + l * 0.2, 0.0)
        .quad(x - 1.0 - kick * 0.4, 0.0, x - 0.6 - kick * 0.4, -s * 0.7)
        .shut();
    bench.draft.fill(sole, sole_cloth(tone));
    let line = Pen::at(x - 0.5, -s * 0.5).quad(x + l * 0.5, -s * 0.3, x + l, -s * 0.5 - kick * 0.5).open();
    let mark = if runner && cut.panel { Tone::Paint(bench.third, 0.9) } else { Tone::Seam(0.25) };
    bench.draft.line(line, 0.4, mark);
}

fn boot(bench: &mut Workbench<'_>, cut: &ShoeCut) {
    let (l, h, s) = (cut.length, cut.height, cut.sole * 0.6 + 0.4);
    let x = -l * 0.5;
    let lift = cut.heel;
    let shaft = l * if cut.kind == ShoeKind::Tall { 0.46 } else { 0.43 };
    let inside = Pen::at(x + 0.8, -h)
        .quad(x + shaft * 0.5, -h - 1.4, x + shaft, -h + 0.2)
        .quad(x + shaft * 0.5, -h + 1.6, x + 0.8, -h)
        .shut();
    bench.draft.fill(inside, bench.lining());
    let upper = Pen::at(x + 1.2, -s - lift)
        .cubic(x - 0.6, -9.0, x + 0.9, -h * 0.6, x + 0.6, -h)
        .quad(x + shaft * 0.5, -h + 1.3, x + shaft + 0.2, -h + 0.3)
        .cubic(x + shaft - 0.4, -h * 0.66, x + shaft - 0.6, -11.0, x + shaft + 1.6, -9.2)
        .cubic(x + l * 0.66, -7.4, x + l * 0.98, -8.2 + 2.0 * cut.toe, x + l, -s - 0.2)
        .quad(x + l * 0.6, -s, x + 1.2, -s - lift)
        .shut();
    bench.draft.fill(upper, bench.cloth().round(2.8, 0.36));
    bench.draft.crease((x + shaft * 0.2, -11.0), (x + shaft + 3.0, -9.5), 1.2, 0.3);
    bench.draft.crease((x + l * 0.62, -7.0), (x + l * 0.72, -2.4), 0.9, 0.3);
    match cut.kind {
        ShoeKind::Chelsea => {
            let gore = Pen::at(x + shaft * 0.26, -h + 0.9)
                .to(x + shaft * 0.74, -h + 0.9)
                .quad(x + shaft * 0.6, -8.6, x + shaft * 0.5, -7.6)
                .quad(x + shaft * 0.4, -8.6, x + shaft * 0.26, -h + 0.9)
                .shut();
            bench.draft.fill(
                gore,
                Textile::new(Ink::Flat(shade_of(bench.main, 0.45)), Fabric::Canvas).round(0.6, 0.1).cast(0.1),
            );
            let tab =
                strip(Pen::at(x + 0.8, -h + 1.5).quad(x - 0.4, -h - 2.4, x + 2.2, -h + 1.0).open(), 0.8);
            bench.draft.fill(tab, bench.plain(shade_of(bench.main, 0.2)).round(0.4, 0.2));
        }
        ShoeKind::Ankle => {
            let lace =
                Textile::new(Ink::Flat(shade_of(bench.main, 0.6)), Fabric::Cotton).round(0.3, 0.3).cast(0.4);
            bench.draft.line(
                Pen::at(x + shaft * 0.66, -h + 1.0)
                    .quad(x + shaft * 0.62, -11.0, x + shaft + 3.6, -5.8)
                    .open(),
                0.3,
                Tone::Seam(0.4),
            );
            for k in 0..cut.laces + 1 {
                let t = f32::from(k) / f32::from(cut.laces);
                let y = -h + 1.2 + (h - 9.0) * t.min(1.0);
                let dx = if t > 0.8 { 1.6 } else { 0.0 };
                bench.draft.fill(
                    strip(
                        Pen::at(x + shaft * 0.74 + dx, y + 0.8).to(x + shaft + dx * 0.8, y - 0.4).open(),
                        0.6,
                    ),
                    lace,
                );
                bench.draft.fill(
                    oval(x + shaft * 0.72 + dx, y + 0.9, 0.4, 0.4),
                    Textile::new(Ink::Flat(if cut.panel { GOLD } else { METAL }), Fabric::Nylon)
                        .round(0.2, 0.3),
                );
            }
            bench.draft.line(
                Pen::at(x + l * 0.7, -s).quad(x + l * 0.66, -6.0, x + l * 0.74, -7.8).open(),
                0.28,
                Tone::Seam(0.35),
            );
        }
        _ => {
            bench.draft.line(
                Pen::at(x + shaft * 0.4, -h)
                    .cubic(x + shaft * 0.5, -h * 0.6, x + shaft * 0.3, -10.0, x + shaft * 0.42, -s)
                    .open(),
                0.3,
                Tone::Seam(0.35),
            );
            for k in 0..3 {
                let y = -12.0 - 4.0 * k as f32;
                bench.draft.crease((x, y), (x + shaft, y - 1.5 + k as f32), 1.4, 0.22);
            }
        }
    }
    let sole = Pen::at(x + 0.4, -s - lift)
        .quad(x + l * 0.3, -s - lift * 0.9, x + l * 0.42, -s)
        .to(x + l * 1.01, -s - 0.3)
        .quad(x + l * 1.03, -0.4, x + l * 0.96, 0.0)
        .to(x + l * 0.44, 0.0)
        .to(x + l * 0.32, -s * 0.6 - lift * 0.4)
        .to(x + l * 0.28, 0.0)
        .to(x + 0.6, 0.0)
        .quad(x - 0.2, -s * 0.6, x + 0.4, -s - lift)
        .shut();
    bench.draft.fill(sole, sole_cloth(sole_tone(bench, cut)));
}

fn pump(bench: &mut Workbench<'_>, cut: &ShoeCut) {
    let (l, hl) = (cut.length * 0.86, cut.heel);
    let x = -l * 0.5;
    let thin = if cut.kind == ShoeKind::Stiletto { 0.9 } else { 2.6 };
    let heel = Pen::at(x + 0.2, -hl - 0.6)
        .quad(x + 0.6, -hl * 0.4, x + 1.6, 0.0)
        .to(x + 1.6 + thin, 0.0)
        .quad(x + 2.0 + thin, -hl * 0.5, x + 5.6, -hl * 0.82)
        .shut();
    bench.draft.fill(heel, bench.plain(shade_of(bench.main, 0.12)).round(0.8, 0.3));
    let inside = Pen::at(x + 0.4, -hl - 5.2)
        .quad(x + l * 0.3, -hl - 3.4, x + l * 0.7, -4.4)
        .to(x + l * 0.5, -3.4)
        .to(x + 1.5, -hl - 2.0)
        .shut();
    bench.draft.fill(inside, Textile::new(Ink::Flat([0.78, 0.66, 0.52]), Fabric::Leather).inner());
    let upper = Pen::at(x + 0.2, -hl - 0.4)
        .cubic(x - 0.6, -hl - 2.4, x - 0.2, -hl - 4.4, x + 0.5, -hl - 5.4)
        .cubic(x + l * 0.18, -hl - 1.2, x + l * 0.42, -2.6, x + l * 0.66, -4.9)
        .cubic(
            x + l * 0.84,
            -4.6,
            x + l * (0.98 + 0.04 * cut.toe),
            -2.4,
            x + l * (1.0 + 0.04 * cut.toe),
            -0.5,
        )
        .quad(x + l * 0.8, -0.2, x + l * 0.62, -0.3)
        .cubic(x + l * 0.42, -0.6, x + l * 0.3, -hl * 0.72, x + 0.2, -hl - 0.4)
        .shut();
    bench.draft.fill(upper, bench.cloth().round(1.8, 0.4));
    bench.draft.crease((x + l * 0.7, -4.2), (x + l * 0.98, -1.8), 0.8, -0.4);
    if cut.panel {
        let strap = Pen::at(x + 0.8, -hl - 4.8)
            .quad(x + 2.0, -hl - 7.4, x + l * 0.24, -hl - 6.4)
            .quad(x + l * 0.34, -hl - 5.6, x + l * 0.3, -hl - 3.2)
            .open();
        bench.draft.fill(strip(strap, 0.8), bench.cloth().round(0.4, 0.3));
        bench.draft.fill(
            oval(x + l * 0.31, -hl - 4.6, 0.6, 0.6),
            Textile::new(Ink::Flat(GOLD), Fabric::Nylon).round(0.3, 0.3),
        );
    } else if cut.stripes > 1 {
        bench.draft.fill(
            oval(x + l * 0.7, -4.6, 1.3, 0.8),
            Textile::new(Ink::Flat(GOLD), Fabric::Nylon).round(0.4, 0.3),
        );
    }
    let line = Pen::at(x + 0.3, -hl - 0.2)
        .cubic(x + l * 0.3, -hl * 0.7, x + l * 0.42, -0.4, x + l * 0.62, -0.15)
        .to(x + l, -0.2)
        .open();
    bench.draft.fill(strip(line, 0.5), sole_cloth([0.12, 0.1, 0.1]));
}

/// The right shoe from above, the toe up.
fn above(bench: &mut Workbench<'_>, cut: &ShoeCut) {
    let l = cut.length * 0.5;
    let point = if matches!(cut.kind, ShoeKind::Pump | ShoeKind::Stiletto) { 0.35 } else { 1.0 };
    let foot = |grow: f32| -> Option<Path> {
        let w = 4.7 + grow;
        let end = l + grow;
        Pen::at(-0.9, -end)
            .cubic(w * 0.5 * point + 0.6, -end, w * (0.7 + 0.3 * point), -end * 0.66, w, -l * 0.32)
            .cubic(w * 1.02, 0.0, w * 0.74, l * 0.3, w * 0.72, l * 0.6)
            .cubic(w * 0.74, end, -w * 0.74, end, -w * 0.72, l * 0.6)
            .cubic(-w * 0.72, l * 0.3, -w * 0.84, 0.0, -w * 0.9, -l * 0.34)
            .cubic(-w * 0.9, -end * 0.8, -w * 0.5 * point - 1.0, -end, -0.9, -end)
            .shut()
    };
    let tone = sole_tone(bench, cut);
    match cut.kind {
        ShoeKind::Slide | ShoeKind::Strappy => {
            bench.draft.fill(foot(0.3), sole_cloth(tone));
            bench.draft.fill(
                foot(-0.5),
                Textile::new(Ink::Flat(mix(tone, [0.9, 0.8, 0.66], 0.4)), Fabric::Suede).round(1.0, 0.1),
            );
            let strap = bench.cloth().round(1.0, 0.34).cast(0.45);
            if cut.kind == ShoeKind::Slide {
                let band = Pen::at(-5.2, -l * 0.52)
                    .quad(0.0, -l * 0.78, 5.6, -l * 0.46)
                    .to(5.5, l * 0.02)
                    .quad(0.0, -l * 0.2, -5.0, 0.0)
                    .shut();
                bench.draft.fill(band, strap.round(1.8, 0.34));
            } else {
                for k in 0..=cut.stripes.min(2) {
                    let y = -l * (0.56 - 0.26 * f32::from(k));
                    bench.draft.fill(
                        band(Pen::at(-4.5, y + 1.0).quad(0.3, y - 2.0, 4.9, y + 0.8).open(), 1.4),
                        strap,
                    );
                }
                bench
                    .draft
                    .fill(band(Pen::at(-3.6, l * 0.56).quad(0.0, l * 0.2, 3.6, l * 0.56).open(), 1.1), strap);
            }
        }
        ShoeKind::Pump | ShoeKind::Stiletto => {
            bench.draft.fill(foot(0.0), bench.cloth().round(1.8, 0.36));
            let open = Pen::at(0.0, -l * 0.44)
                .cubic(3.2, -l * 0.42, 3.3, 0.0, 2.8, l * 0.5)
                .cubic(2.6, l * 0.93, -2.6, l * 0.93, -2.8, l * 0.5)
                .cubic(-3.2, 0.0, -3.2, -l * 0.42, 0.0, -l * 0.44)
                .shut();
            bench.draft.fill(open, Textile::new(Ink::Flat([0.8, 0.68, 0.54]), Fabric::Leather).inner());
        }
        _ => {
            bench.draft.fill(foot(0.5), sole_cloth(tone));
            bench.draft.fill(foot(-0.1), bench.cloth().round(2.4, 0.36).frame(Frame::BODY));
            if cut.panel || cut.kind == ShoeKind::HighTop {
                bench.draft.line(
                    Pen::at(-6.0, -l * 0.5).quad(0.0, -l * 0.76, 6.0, -l * 0.5).open(),
                    0.35,
                    Tone::Seam(0.4),
                );
            }
            let open = Half::at(0.0, l * 0.12)
                .cubic(2.2, l * 0.12, 2.9, l * 0.3, 2.7, l * 0.55)
                .cubic(2.5, l * 0.9, 1.0, l * 0.92, 0.0, l * 0.92)
                .both();
            bench.draft.fill(open, bench.lining());
            if cut.kind == ShoeKind::Chelsea {
                return;
            }
            let trim = if cut.panel { bench.second } else { shade_of(bench.main, 0.16) };
            let tongue = Half::at(0.0, -l * 0.42)
                .quad(1.7, -l * 0.36, 1.9, l * 0.1)
                .quad(1.4, l * 0.3, 0.0, l * 0.3)
                .both();
            bench.draft.fill(tongue, bench.plain(trim).round(0.9, 0.2));
            let lace =
                Textile::new(Ink::Flat(lace_tone(bench, cut)), Fabric::Cotton).round(0.35, 0.3).cast(0.45);
            for k in 0..cut.laces {
                let y = -l * 0.38 + f32::from(k) * l * 0.46 / f32::from(cut.laces);
                let bend = if k % 2 == 0 { 0.9 } else { -0.3 };
                bench.draft.fill(strip(Pen::at(-2.2, y + bend).to(2.2, y - bend + 0.6).open(), 0.75), lace);
            }
        }
    }
}

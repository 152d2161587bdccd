//! Handbags, totes and backpacks.

use super::{GOLD, METAL, Workbench};
use crate::category::Category;
use crate::cut::OtherCut;
use crate::draft::{Half, Ink, Pen, Textile, Tone, oval, slab, strip};
use crate::fabric::Fabric;
use crate::palette::shade_of;

pub(super) fn draw(bench: &mut Workbench<'_>, cut: &OtherCut) {
    match (bench.garment.category, cut.variant % 3) {
        (Category::Backpack, _) => backpack(bench, cut),
        (_, 0) => tote(bench, cut),
        (_, 1) => handbag(bench, cut),
        _ => crossbody(bench, cut),
    }
}

fn metal(bench: &Workbench<'_>) -> Textile {
    let tone = if bench.garment.seed & 1 == 0 { GOLD } else { METAL };
    Textile::new(Ink::Flat(tone), Fabric::Nylon).round(0.4, 0.35)
}

fn tote(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let (w, h) = (16.0 + 4.0 * a, 30.0 + 8.0 * b);
    let reach = 14.0 + 10.0 * c;
    let strap = bench.plain(shade_of(bench.main, 0.12)).round(0.6, 0.3);
    let back =
        Pen::at(-w * 0.45, 1.0).cubic(-w * 0.4, -reach * 1.1, w * 0.4, -reach * 1.1, w * 0.45, 1.0).open();
    bench.draft.fill(strip(back, 1.6), strap);
    let body = Half::at(0.0, 0.6)
        .to(w, 0.0)
        .to(w * (0.9 + 0.14 * d), h - 1.5)
        .quad(w * 0.86, h + 0.4, w * 0.8, h + 0.4)
        .to(0.0, h + 0.6)
        .both();
    bench.draft.fill(body, bench.cloth().round(2.0, 0.22));
    bench.draft.seam(Pen::at(-w, 3.0).quad(0.0, 3.8, w, 3.0).open());
    bench.draft.crease((-w * 0.8, 8.0), (-w * 0.2, h * 0.7), 2.2, 0.2);
    bench.draft.crease((w * 0.8, h * 0.3), (w * 0.3, h * 0.8), 2.2, -0.2);
    let front = Pen::at(-w * 0.45, 5.0).cubic(-w * 0.38, -reach, w * 0.38, -reach, w * 0.45, 5.0).open();
    bench.draft.fill(strip(front, 1.7), strap.cast(0.4));
    for side in [-1.0, 1.0] {
        bench.draft.fill(slab(side * w * 0.45 - 1.4, 3.2, side * w * 0.45 + 1.4, 6.6, 0.4), strap);
    }
    if d > 0.5 {
        bench.draft.fill(
            slab(-4.0, h * 0.42, 4.0, h * 0.42 + 4.0, 0.4),
            bench.plain(bench.second).round(0.5, 0.1).cast(0.15),
        );
    }
}

fn handbag(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let (w, h) = (14.0 + 4.0 * a, 18.0 + 6.0 * b);
    let strap = bench.plain(shade_of(bench.main, 0.1)).round(0.7, 0.4);
    let handle = Pen::at(-w * 0.4, 2.0)
        .cubic(-w * 0.42, -13.0 - 5.0 * c, w * 0.42, -13.0 - 5.0 * c, w * 0.4, 2.0)
        .open();
    bench.draft.fill(strip(handle, 1.6), strap);
    let body = Half::at(0.0, 0.0)
        .to(w * 0.78, 0.2)
        .quad(w * 0.9, 1.0, w * 0.94, 4.0)
        .to(w + 0.4, h - 2.0)
        .quad(w, h, w - 2.0, h)
        .to(0.0, h + 0.2)
        .both();
    bench.draft.fill(body, bench.cloth().round(2.6, 0.34));
    if d > 0.4 {
        let flap = Half::at(0.0, -0.6)
            .to(w * 0.82, -0.4)
            .quad(w * 0.98, 2.0, w * 0.97, h * 0.3)
            .cubic(w * 0.9, h * 0.56, w * 0.4, h * 0.6, 0.0, h * 0.6)
            .both();
        bench.draft.fill(flap, bench.cloth().round(1.8, 0.3).cast(0.45));
        bench.draft.fill(slab(-1.6, h * 0.5, 1.6, h * 0.66, 0.6), metal(bench));
    } else {
        bench.draft.line(Pen::at(-w * 0.8, 1.6).to(w * 0.8, 1.6).open(), 0.7, Tone::Paint(GOLD, 0.9));
        bench.draft.seam(Pen::at(-w, h * 0.36).quad(0.0, h * 0.42, w, h * 0.36).open());
    }
    for side in [-1.0, 1.0] {
        bench.draft.fill(oval(side * w * 0.4, 2.2, 1.1, 1.1), metal(bench));
    }
}

fn crossbody(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, _] = cut.measures;
    let (w, h) = (11.0 + 3.0 * a, 14.0 + 4.0 * b);
    let drop = 22.0 + 8.0 * c;
    let line = Pen::at(-w, 2.0).cubic(-w * 1.2, -drop, w * 1.1, -drop * 1.1, w, 2.0).open();
    bench.draft.fill(strip(line, 0.9), bench.plain(shade_of(bench.main, 0.15)).round(0.4, 0.3));
    bench.draft.fill(slab(-w, 0.0, w, h, 2.4), bench.cloth().round(2.0, 0.32));
    let flap = Half::at(0.0, -0.4)
        .to(w - 1.0, -0.4)
        .quad(w + 0.4, 0.6, w + 0.2, h * 0.35)
        .quad(w * 0.9, h * 0.66, 0.0, h * 0.66)
        .both();
    bench.draft.fill(flap, bench.cloth().round(1.4, 0.3).cast(0.45));
    bench.draft.fill(oval(0.0, h * 0.58, 1.1, 1.1), metal(bench));
    for side in [-1.0, 1.0] {
        bench.draft.fill(oval(side * w, 2.0, 0.9, 0.9), metal(bench));
    }
}

fn backpack(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let (w, h) = (14.0 + 2.5 * a, 38.0 + 7.0 * b);
    let strap = bench.plain(shade_of(bench.main, 0.3)).round(1.0, 0.3);
    for side in [-1.0, 1.0] {
        let line = Pen::at(side * w * 0.5, 2.0)
            .cubic(side * (w + 5.0), 4.0, side * (w + 4.0), h * 0.6, side * (w - 1.0), h - 4.0)
            .open();
        bench.draft.fill(strip(line, 3.0), strap);
        bench.draft.fill(
            slab(side * w - 2.6, h * 0.58, side * w + 2.6, h - 2.0, 1.6),
            bench.plain(shade_of(bench.main, 0.18)).round(1.0, 0.24),
        );
    }
    bench.draft.fill(strip(Pen::at(-3.0, 1.0).cubic(-3.0, -5.0, 3.0, -5.0, 3.0, 1.0).open(), 1.4), strap);
    let body = Half::at(0.0, 0.0)
        .cubic(w * 0.8, 0.0, w, 3.0, w, 11.0)
        .to(w + 0.4, h - 4.0)
        .quad(w, h, w - 4.0, h)
        .to(0.0, h + 0.2)
        .both();
    bench.draft.fill(body, bench.cloth().round(3.0, 0.3));
    let zip = Pen::at(-w * 0.84, h * 0.42).cubic(-w * 0.9, 3.0, w * 0.9, 3.0, w * 0.84, h * 0.42).open();
    bench.draft.line(zip, 0.9, Tone::Seam(0.5));
    let tone = if c > 0.6 { bench.plain(bench.second) } else { bench.cloth() };
    let pocket = Half::at(0.0, h * 0.52)
        .to(w * 0.72, h * 0.52)
        .quad(w * 0.82, h * 0.54, w * 0.82, h * 0.6)
        .to(w * 0.82, h - 4.0)
        .quad(w * 0.8, h - 2.0, w * 0.7, h - 2.0)
        .to(0.0, h - 1.8)
        .both();
    bench.draft.fill(pocket, tone.round(1.8, 0.28).cast(0.45));
    bench.draft.line(Pen::at(-w * 0.7, h * 0.58).to(w * 0.7, h * 0.58).open(), 0.8, Tone::Seam(0.5));
    bench.draft.fill(slab(w * 0.5, h * 0.57, w * 0.5 + 1.0, h * 0.57 + 3.0, 0.3), metal(bench));
    if d > 0.5 {
        bench.draft.fill(
            slab(-3.4, h * 0.3, 3.4, h * 0.3 + 3.6, 0.5),
            bench.plain(bench.second).round(0.4, 0.12).cast(0.15),
        );
    } else {
        bench.draft.fill(
            slab(-2.2, h * 0.3, 2.2, h * 0.3 + 4.4, 0.6),
            Textile::new(Ink::Flat([0.52, 0.36, 0.24]), Fabric::Leather).round(0.5, 0.2).cast(0.2),
        );
    }
}

//! Pockets, buttons, zips, belts: what is sewn onto a body.

use super::{GOLD, METAL, Workbench};
use crate::cut::{Collar, Front, Pockets, TopCut};
use crate::draft::{Half, Ink, Pen, Textile, Tone, oval, slab, strip};
use crate::fabric::Fabric;
use crate::palette::shade_of;

pub(super) fn pockets(bench: &mut Workbench<'_>, cut: &TopCut) {
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
                    .fill(button, Textile::new(Ink::Flat(bench.button()), Fabric::Nylon).round(0.3, 0.3));
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

pub(super) fn front(bench: &mut Workbench<'_>, cut: &TopCut) {
    let top = if cut.collar == Collar::Funnel { -5.5 } else { cut.neck_depth - 1.0 };
    let end = cut.length + 1.0;
    let button = Textile::new(Ink::Flat(bench.button()), Fabric::Nylon).round(0.35, 0.35).cast(0.3);
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
                Textile::new(Ink::Flat(teeth), Fabric::Nylon).round(0.4, 0.3),
            );
        }
        Front::Snaps => {
            bench.draft.fill(slab(-2.6, top, 2.6, end - 0.6, 0.4), strip_cloth);
            for k in 0..cut.buttons {
                let y = top + 4.0 + f32::from(k) * (cut.length - 10.0 - top) / f32::from(cut.buttons.max(1));
                bench.draft.fill(
                    oval(0.0, y, 0.8, 0.8),
                    Textile::new(Ink::Flat(METAL), Fabric::Nylon).round(0.4, 0.35),
                );
            }
        }
    }
}

pub(super) fn belt(bench: &mut Workbench<'_>, cut: &TopCut) {
    let y = cut.length * cut.waist_at;
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
            Textile::new(Ink::Flat(GOLD), Fabric::Nylon).round(0.4, 0.3),
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

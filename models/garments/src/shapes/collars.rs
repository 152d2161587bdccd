//! Necklines: ribs, collars, lapels, hoods, bows.

use tiny_skia::Path;

use super::{METAL, Workbench};
use crate::cut::{Collar, Front, Neck, TopCut};
use crate::draft::{Frame, Half, Ink, Pen, Textile, Tone, band, mirror, oval, slab, strip};
use crate::fabric::Fabric;
use crate::palette::{mix, shade_of};

/// What lies behind the front piece: the inside of the back, the back of a collar, a hood.
pub(super) fn behind(bench: &mut Workbench<'_>, cut: &TopCut) {
    let (nw, nd) = (cut.neck_width, cut.neck_depth);
    match cut.collar {
        Collar::Hood => {
            let hood =
                Half::at(0.0, -25.0).cubic(10.0, -25.5, 16.0, -15.0, nw + 5.0, 2.0).to(0.0, 9.0).both();
            bench.draft.fill(hood, bench.cloth().round(3.0, 0.2));
            let inside = Half::at(0.0, -20.0)
                .cubic(8.5, -20.0, 11.5, -8.0, nw - 1.0, nd * 0.5)
                .to(0.0, nd + 3.0)
                .both();
            bench.draft.fill(inside, bench.lining());
            bench.draft.crease((0.0, -20.0), (0.6, 4.0), 1.4, 0.3);
            return;
        }
        Collar::Shirt | Collar::Polo | Collar::Lapel => {
            let tone = collar_tone(bench, cut);
            let back = Half::at(0.0, -4.2)
                .quad(nw * 0.7, -4.2, nw - 0.2, -2.6)
                .to(nw + 0.6, 1.5)
                .to(0.0, 5.0)
                .both();
            bench.draft.fill(back, Textile::new(tone, bench.garment.fabric).round(1.2, 0.12));
        }
        _ => {}
    }
    if matches!(cut.neck, Neck::Straps) {
        // The back is lower: a straight edge between the straps.
        let back =
            Half::at(0.0, nd * 0.8).to(nw + 2.0, nd * 0.72).to(nw + 2.0, nd + 6.0).to(0.0, nd + 6.0).both();
        bench.draft.fill(back, bench.lining());
        return;
    }
    let wide = if cut.neck == Neck::Boat { nw + 3.0 } else { nw };
    let top = if cut.collar == Collar::None { 2.2 } else { 0.4 };
    let inside = Half::at(0.0, top)
        .quad(wide * 0.75, top, wide, 0.0)
        .to(wide + 0.2, nd + 2.0)
        .to(0.0, nd + 4.0)
        .both();
    bench.draft.fill(inside, bench.lining());
    let label = slab(-1.8, top + 0.8, 1.8, top + 2.6, 0.2);
    if nd > 6.5 && !bench.garment.seed.is_multiple_of(3) {
        bench.draft.fill(
            label,
            Textile::new(Ink::Flat([0.9, 0.89, 0.86]), Fabric::Cotton).round(0.3, 0.05).cast(0.0),
        );
    }
}

fn collar_tone(bench: &Workbench<'_>, cut: &TopCut) -> Ink {
    match cut.collar {
        Collar::Polo if cut.contrast_trim => Ink::Flat(bench.second),
        Collar::Polo => Ink::Flat(bench.main),
        Collar::Shirt if cut.contrast_trim => Ink::Flat(mix(bench.main, [1.0; 3], 0.7)),
        _ => Ink::Pattern,
    }
}

/// The edge of the neck from left to right, moved down by `inset`.
fn edge(cut: &TopCut, inset: f32) -> Option<Path> {
    let (nw, nd) = (cut.neck_width + inset * 0.4, cut.neck_depth + inset);
    match cut.neck {
        Neck::Crew | Neck::Scoop => Pen::at(-nw, 0.0)
            .cubic(-nw, nd * 0.5, -nw * 0.62, nd, 0.0, nd)
            .cubic(nw * 0.62, nd, nw, nd * 0.5, nw, 0.0)
            .open(),
        Neck::Vee => {
            Pen::at(-nw, 0.0).quad(-nw * 0.62, nd * 0.38, 0.0, nd).quad(nw * 0.62, nd * 0.38, nw, 0.0).open()
        }
        Neck::Boat => {
            let y = 3.6 + inset;
            Pen::at(-nw - 3.0, 0.8 + inset).quad(0.0, y + 2.4, nw + 3.0, 0.8 + inset).open()
        }
        Neck::Square => Pen::at(-nw, 0.0).to(-nw * 0.96, nd).to(nw * 0.96, nd).to(nw, 0.0).open(),
        Neck::Straps => Pen::at(-nw, nd - 2.4).quad(0.0, nd + 2.0, nw, nd - 2.4).open(),
        Neck::Racer => Pen::at(-nw, 0.0)
            .cubic(-nw * 0.82, nd * 0.5, -nw * 0.8, nd, 0.0, nd)
            .cubic(nw * 0.8, nd, nw * 0.82, nd * 0.5, nw, 0.0)
            .open(),
        Neck::Turtle => None,
    }
}

/// What lies on the front piece.
pub(super) fn before(bench: &mut Workbench<'_>, cut: &TopCut) {
    match cut.collar {
        Collar::None => trim(bench, cut),
        Collar::Polo | Collar::Shirt => leaves(bench, cut),
        Collar::Band => {
            bench.draft.fill(band(edge(cut, -0.6), 2.6), bench.cloth().round(0.9, 0.16));
        }
        Collar::Hood => hood(bench, cut),
        Collar::Lapel => lapels(bench, cut),
        Collar::Funnel => funnel(bench, cut),
        Collar::Bow => bow(bench, cut),
    }
}

fn trim(bench: &mut Workbench<'_>, cut: &TopCut) {
    let tone = if cut.contrast_trim { bench.second } else { shade_of(bench.main, 0.08) };
    if cut.neck == Neck::Turtle {
        let nw = cut.neck_width;
        let tube = Half::at(0.0, -8.5)
            .quad(nw * 0.7, -8.8, nw - 0.8, -7.8)
            .to(nw + 0.8, 0.6)
            .quad(nw * 0.5, 4.0, 0.0, 4.0)
            .both();
        bench.draft.fill(tube, bench.plain(tone).round(1.8, 0.2));
        let mut x = -nw + 1.0;
        while x < nw {
            bench.draft.line(Pen::at(x, -9.0).to(x * 1.05, 4.0).open(), 0.3, Tone::Seam(0.16));
            x += 1.5;
        }
        bench.draft.seam(Pen::at(-nw - 1.0, -1.6).quad(0.0, 1.2, nw + 1.0, -1.6).open());
        return;
    }
    let knitted = matches!(bench.garment.fabric, Fabric::Knit | Fabric::Wool | Fabric::Fleece);
    let width = if knitted { 2.6 } else { 1.7 };
    if cut.front == Front::Buttons {
        return;
    }
    bench.draft.fill(band(edge(cut, 0.3), width), bench.plain(tone).round(0.8, 0.14).cast(0.18));
}

fn leaves(bench: &mut Workbench<'_>, cut: &TopCut) {
    let nw = cut.neck_width;
    let long = if cut.collar == Collar::Polo { 0.86 } else { 1.0 };
    // A polo is open at the neck, a shirt closed.
    let meet = if cut.collar == Collar::Polo { cut.neck_depth - 1.2 } else { cut.neck_depth * 0.72 };
    let tip = (nw * 0.95, (meet + 6.4) * long);
    let tone = collar_tone(bench, cut);
    for side in [1.0, -1.0] {
        let leaf = Pen::at(0.3, meet)
            .to(tip.0, tip.1)
            .quad(nw + 1.6, 5.0, nw + 1.2, 0.8)
            .quad(nw + 0.4, -3.0, nw - 0.8, -3.4)
            .quad(nw * 0.5, meet * 0.2, 0.3, meet)
            .shut();
        let leaf = if side < 0.0 { mirror(leaf) } else { leaf };
        let cloth = Textile::new(tone, bench.garment.fabric)
            .frame(Frame::along(0.0, 0.0, side * 0.7))
            .round(0.9, 0.16)
            .cast(0.4);
        bench.draft.fill(leaf, cloth);
        let stitch = Pen::at(side * 1.2, meet + 0.2)
            .to(side * (tip.0 - 0.4), tip.1 - 1.0)
            .quad(side * (nw + 0.6), 4.4, side * (nw + 0.4), 0.8)
            .open();
        bench.draft.line(stitch, 0.2, Tone::Seam(0.18));
    }
}

fn hood(bench: &mut Workbench<'_>, cut: &TopCut) {
    let (nw, nd) = (cut.neck_width, cut.neck_depth);
    for side in [1.0, -1.0] {
        let rim = Pen::at(side * -0.6, nd + 3.2)
            .quad(side * (nw - 1.0), nd * 0.4, side * (nw + 0.2), -5.0)
            .cubic(side * (nw + 0.2), -14.0, side * 6.0, -21.0, 0.0, -21.2)
            .open();
        bench.draft.fill(strip(rim, 3.0), bench.cloth().round(1.2, 0.2).cast(0.4));
        bench.draft.fill(
            Pen::at(side * -0.6, nd + 3.6)
                .quad(side * (nw - 2.0), nd * 0.6, side * nw, -2.0)
                .quad(side * (nw + 5.5), 0.0, side * (nw + 4.6), 3.0)
                .quad(side * nw * 0.9, nd + 2.0, side * -0.6, nd + 3.6)
                .shut(),
            bench.cloth().round(1.4, 0.16).cast(0.35),
        );
    }
    let tone = if cut.contrast_trim { bench.second } else { mix(bench.main, [0.95, 0.95, 0.93], 0.7) };
    for side in [1.0, -1.0] {
        let sway = if side > 0.0 { 1.4 } else { 0.4 };
        let cord = Pen::at(side * 3.4, nd + 1.5)
            .quad(side * (4.6 + sway), nd + 8.0, side * (3.6 + sway), nd + 15.0 + sway)
            .open();
        bench.draft.fill(
            strip(cord, 0.75),
            Textile::new(Ink::Flat(tone), Fabric::Cotton).round(0.4, 0.25).cast(0.4),
        );
        bench.draft.fill(
            oval(side * 3.4, nd + 1.5, 0.75, 0.75),
            Textile::new(Ink::Flat(METAL), Fabric::Nylon).round(0.3, 0.3),
        );
    }
}

fn lapels(bench: &mut Workbench<'_>, cut: &TopCut) {
    let (nw, nd) = (cut.neck_width, cut.neck_depth);
    let wide = 4.2 + (bench.garment.seed % 4) as f32 * 0.7;
    for side in [-1.0, 1.0] {
        let s = |x: f32| side * x;
        let notch = nd * 0.3;
        let collar = Pen::at(s(nw - 1.0), -3.2)
            .quad(s(nw + 1.2), -2.6, s(nw + 1.8), 0.5)
            .to(s(nw + wide * 0.72), notch * 0.75)
            .to(s(nw + wide * 0.2), notch + 0.6)
            .quad(s(nw - 0.4), notch * 0.5, s(nw - 2.2), 0.5)
            .shut();
        let lapel = Pen::at(s(0.0), nd + 0.6)
            .quad(s(nw * 0.62 - 1.0), nd * 0.4, s(nw - 1.6), notch * 0.25)
            .to(s(nw + wide * 0.25), notch + 0.5)
            .to(s(nw + wide), notch - 0.8)
            .quad(s(nw + wide * 0.5), nd * 0.66, s(0.0), nd + 0.6)
            .shut();
        let cloth = bench.piece(Frame::along(0.0, 0.0, side * 0.5)).round(1.1, 0.18).cast(0.42);
        bench.draft.fill(lapel, cloth);
        bench.draft.fill(collar, cloth);
    }
}

fn funnel(bench: &mut Workbench<'_>, cut: &TopCut) {
    let (nw, nd) = (cut.neck_width, cut.neck_depth);
    let tube = Half::at(0.0, -6.0)
        .quad(nw * 0.7, -6.4, nw - 0.8, -5.4)
        .to(nw + 0.9, 0.8)
        .quad(nw * 0.6, nd, 0.0, nd)
        .both();
    bench.draft.fill(tube, bench.cloth().round(1.4, 0.18));
    if matches!(cut.front, Front::Zip | Front::HalfZip) {
        let teeth = Pen::at(0.0, -6.0).to(0.0, nd + 1.0).open();
        bench.draft.line(teeth, 1.6, Tone::Paint(shade_of(bench.main, 0.45), 0.85));
        let teeth = Pen::at(0.0, -6.0).to(0.0, nd + 1.0).open();
        bench.draft.line(teeth, 0.6, Tone::Paint(METAL, 0.9));
    }
}

fn bow(bench: &mut Workbench<'_>, cut: &TopCut) {
    trim(bench, cut);
    let y = cut.neck_depth + 0.5;
    let cloth = bench.cloth().round(1.2, 0.24).cast(0.35);
    for side in [-1.0, 1.0] {
        let tail = Pen::at(0.0, y)
            .quad(side * 2.0, y + 8.0, side * 3.0, y + 18.0)
            .to(side * 6.5, y + 16.5)
            .quad(side * 4.5, y + 6.0, 0.0, y)
            .shut();
        bench.draft.fill(tail, cloth);
        let ear = Pen::at(0.0, y)
            .cubic(side * 4.0, y - 5.0, side * 9.0, y - 4.0, side * 8.6, y + 0.6)
            .cubic(side * 8.4, y + 4.0, side * 3.0, y + 3.0, 0.0, y)
            .shut();
        bench.draft.fill(ear, cloth);
        bench.draft.crease((0.0, y), (side * 7.0, y + 0.4), 0.8, 0.4);
    }
    bench.draft.fill(slab(-1.3, y - 1.5, 1.3, y + 1.6, 1.0), cloth);
}

//! T-shirts to coats, dresses and bodysuits: a body, two sleeves, and what is sewn on.

use super::{METAL, Workbench, collars, fastenings, print, sleeves};
use crate::cut::{Hem, Neck, TopCut};
use crate::draft::{Half, Ink, Pen, Textile, Tone, oval, slab, strip};
use crate::fabric::Fabric;
use crate::palette::{mix, shade_of};

pub(super) fn draw(bench: &mut Workbench<'_>, cut: &TopCut) {
    if bench.pose.hanger {
        hanger(bench, cut);
    }
    collars::behind(bench, cut);
    if !cut.raglan {
        sleeves::sleeves(bench, cut);
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
        sleeves::sleeves(bench, cut);
    }
    hem(bench, cut);
    fastenings::pockets(bench, cut);
    fastenings::front(bench, cut);
    if cut.belted {
        fastenings::belt(bench, cut);
    }
    collars::before(bench, cut);
    for index in 0..2 {
        if sleeves::folded(bench, cut, index) {
            sleeves::forearm(bench, cut, index);
        }
    }
}

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
            .fill(snap, Textile::new(Ink::Flat(mix(METAL, [1.0; 3], 0.4)), Fabric::Nylon).round(0.3, 0.3));
    }
}

fn hanger(bench: &mut Workbench<'_>, cut: &TopCut) {
    let tones = [[0.62, 0.45, 0.28], [0.12, 0.12, 0.13], [0.9, 0.9, 0.9], METAL];
    let tone = tones[(bench.pose.seed % 4) as usize];
    let cloth = Textile::new(Ink::Flat(tone), Fabric::Nylon).round(0.6, 0.3);
    let w = cut.shoulder - 1.5;
    let y = cut.slope;
    let hook = Pen::at(0.0, -2.0)
        .to(0.0, -8.5)
        .cubic(4.6, -9.0, 4.6, -15.6, 0.2, -15.4)
        .quad(-2.2, -15.2, -2.8, -13.2)
        .open();
    bench.draft.fill(strip(hook, 0.7), Textile::new(Ink::Flat(METAL), Fabric::Nylon).round(0.4, 0.3));
    let bar = Pen::at(-w, y + 1.0).quad(-w * 0.4, -1.5, 0.0, -2.2).quad(w * 0.4, -1.5, w, y + 1.0).open();
    bench.draft.fill(strip(bar, 1.7), cloth);
}

//! Skirts.

use super::{GOLD, Workbench};
use crate::cut::{SkirtCut, SkirtKind, Waistband};
use crate::draft::{Half, Ink, Pen, Textile, Tone, oval, slab, strip};
use crate::fabric::Fabric;
use crate::palette::shade_of;

pub(super) fn draw(bench: &mut Workbench<'_>, cut: &SkirtCut) {
    let (w, hem, len) = (cut.waist, cut.hem, cut.length);
    let inside = Half::at(0.0, 0.4).quad(w * 0.6, 0.2, w - 0.4, -0.3).to(w - 0.3, 3.0).to(0.0, 4.0).both();
    bench.draft.fill(inside, bench.lining());
    if cut.kind == SkirtKind::Tiered {
        tiers(bench, cut);
    } else {
        let hip_y = 18.0_f32.min(len * 0.4);
        let mut half = Half::at(0.0, 1.2).to(w, 0.4).cubic(
            w + 1.2,
            hip_y * 0.4,
            cut.hip * 0.98,
            hip_y * 0.7,
            cut.hip.min(hem * 1.2),
            hip_y,
        );
        half = half.quad(
            cut.hip.min(hem * 1.2) + (hem - cut.hip).max(0.0) * 0.35,
            hip_y + (len - hip_y) * 0.4,
            hem,
            len,
        );
        if matches!(cut.kind, SkirtKind::Pleated | SkirtKind::Ruffled) {
            let waves = i32::from(cut.folds) / 2 + 2;
            for k in 0..waves {
                let from = hem * (1.0 - k as f32 / waves as f32);
                let to = hem * (1.0 - (k + 1) as f32 / waves as f32);
                half = half.quad((from + to) * 0.5, len + 3.2, to.max(0.0), len + 1.0);
            }
        } else {
            half = half.quad(hem * 0.55, len + 2.6, 0.0, len + 2.8);
        }
        bench.draft.fill(half.both(), bench.cloth().round(2.4, 0.18));
        folds(bench, cut);
    }
    if cut.pockets {
        for side in [-1.0, 1.0] {
            let edge =
                Pen::at(side * w * 0.5, 4.0).quad(side * w * 0.62, 10.0, side * (w + 3.0), 11.5).open();
            bench.draft.line(edge, 0.45, Tone::Seam(0.4));
        }
    }
    if bench.garment.fabric == Fabric::Denim {
        let y = len - 1.4;
        bench.draft.stitch(
            Pen::at(-hem, y - 0.8).quad(0.0, y + 4.0, hem, y - 0.8).open(),
            Tone::Paint(bench.thread(), 0.85),
        );
    }
    for k in 0..cut.buttons {
        let y = cut.band_height + 4.0 + f32::from(k) * (len - 10.0) / f32::from(cut.buttons);
        bench.draft.fill(
            oval(0.0, y, 0.8, 0.8),
            Textile::new(Ink::Flat(bench.button()), Fabric::Nylon).round(0.4, 0.35),
        );
    }
    band(bench, cut);
}

fn folds(bench: &mut Workbench<'_>, cut: &SkirtCut) {
    let (w, hem, len) = (cut.waist, cut.hem, cut.length);
    let count = i32::from(cut.folds);
    match cut.kind {
        SkirtKind::Pleated => {
            for k in -count..=count {
                let t = k as f32 / (count as f32 + 0.5);
                let line = Pen::at(t * w, cut.band_height)
                    .quad(t * (w + hem) * 0.48, len * 0.4, t * hem, len + 3.0)
                    .open();
                bench.draft.line(line, 0.35, Tone::Seam(0.36));
                bench.draft.crease((t * w * 1.05, 2.0), (t * hem, len + 12.0), 1.7, 0.5);
            }
        }
        SkirtKind::Wrap => {
            let edge =
                || Pen::at(-w * 0.4, cut.band_height).quad(w * 0.3, len * 0.4, w * 0.35, len + 3.0).open();
            bench.draft.line(edge(), 0.6, Tone::Seam(0.45));
            bench.draft.crease((-w * 0.3, cut.band_height), (w * 0.5, len), 2.0, 0.3);
        }
        SkirtKind::Pencil | SkirtKind::Mini => {
            for side in [-1.0, 1.0] {
                bench.draft.seam(
                    Pen::at(side * w * 0.5, cut.band_height)
                        .to(side * w * 0.56, cut.band_height + 10.0)
                        .open(),
                );
                bench.draft.crease((side * cut.hip, 16.0), (side * 3.0, 21.0), 1.8, 0.14 * side);
            }
        }
        _ => {
            for k in -count / 2..=count / 2 {
                let t = k as f32 / (count as f32 * 0.5 + 0.5);
                bench.draft.crease((t * w, cut.band_height), (t * hem, len + 10.0), 2.2, 0.26);
            }
        }
    }
}

fn tiers(bench: &mut Workbench<'_>, cut: &SkirtCut) {
    let (w, hem, len) = (cut.waist, cut.hem, cut.length);
    let tiers = 3;
    for tier in (0..tiers).rev() {
        let from = tier as f32 / tiers as f32;
        let to = (tier + 1) as f32 / tiers as f32;
        let (y0, y1) = ((from * len - 1.5).max(0.5), to * len);
        let (x0, x1) = (w + (hem - w) * from + if tier > 0 { 0.6 } else { 0.0 }, w + (hem - w) * to + 1.6);
        let mut half = Half::at(0.0, y0).to(x0, y0).quad(x1, y0 + (y1 - y0) * 0.5, x1, y1);
        let waves = 5;
        for k in 0..waves {
            let a = x1 * (1.0 - k as f32 / waves as f32);
            let b = x1 * (1.0 - (k + 1) as f32 / waves as f32);
            half = half.quad((a + b) * 0.5, y1 + 2.8, b.max(0.0), y1 + 0.6);
        }
        bench.draft.fill(half.both(), bench.cloth().round(1.8, 0.2).cast(0.36));
        let count = i32::from(cut.folds);
        for k in -count / 2..=count / 2 {
            let t = k as f32 / (count as f32 * 0.5);
            bench.draft.crease((t * x0, y0), (t * x1, y1 + 4.0), 1.2, 0.3);
        }
    }
}

fn band(bench: &mut Workbench<'_>, cut: &SkirtCut) {
    let (w, tall) = (cut.waist, cut.band_height);
    if cut.band == Waistband::Smooth && !cut.belted {
        bench.draft.seam(Pen::at(-w - 2.0, 2.4).quad(0.0, 3.6, w + 2.0, 2.4).open());
        return;
    }
    let tone = if cut.belted { shade_of(bench.second, 0.1) } else { bench.main };
    let path = Half::at(0.0, 0.8)
        .quad(w * 0.6, 0.5, w + 0.1, -0.4)
        .to(w + 0.5, tall - 0.8)
        .quad(w * 0.6, tall + 0.5, 0.0, tall + 0.7)
        .both();
    let cloth = if cut.belted { bench.plain(tone) } else { bench.cloth() };
    bench.draft.fill(path, cloth.round(0.9, 0.2).cast(0.34));
    if cut.belted {
        let y = tall * 0.5 + 0.4;
        let frame = Pen::at(-2.2, y - 2.0)
            .to(2.2, y - 2.0)
            .to(2.2, y + 2.2)
            .to(-2.2, y + 2.2)
            .to(-2.2, y - 2.0)
            .open();
        bench.draft.fill(strip(frame, 0.7), Textile::new(Ink::Flat(GOLD), Fabric::Nylon).round(0.4, 0.3));
    } else if cut.band == Waistband::Elastic {
        let mut x = -w;
        while x < w {
            bench.draft.crease((x, -0.8), (x * 1.01, tall + 1.6), 0.5, 0.45);
            x += 1.6;
        }
    } else {
        bench.draft.fill(
            oval(0.0, tall * 0.6, 0.8, 0.8),
            Textile::new(Ink::Flat(bench.button()), Fabric::Nylon).round(0.4, 0.35),
        );
        let tab = slab(w * 0.62, 0.2, w * 0.62 + 1.2, tall + 0.8, 0.3);
        bench.draft.fill(tab, bench.cloth().round(0.4, 0.2));
    }
}

//! Printed motifs.

use super::Workbench;
use crate::draft::{Half, Ink, Pen, Textile, oval, shift, slab, strip};
use crate::noise::hash;
use crate::palette::Rgb;
use crate::pattern::{Motif, Pattern};

/// Draws the print, if there is one, with its top at `y` on a piece `half` wide on either side.
pub(super) fn draw(bench: &mut Workbench<'_>, y: f32, half: f32) {
    let Pattern::Print { motif, width, seed } = bench.garment.pattern else { return };
    let width = width.min(half * 1.25);
    let r = width * 0.5;
    let (second, third) = (bench.second, bench.third);
    match motif {
        Motif::Letters => letters(bench, y, width, seed),
        Motif::Star => {
            print(bench, star(0.0, y + r, r, 0.42), second);
            print(bench, star(0.0, y + r, r * 0.5, 0.42), third);
        }
        Motif::Heart => {
            print(bench, heart(y, r), second);
            letters(bench, y + r * 0.75, width * 0.6, seed);
        }
        Motif::Sun => {
            for k in 0..12 {
                let a = k as f32 / 12.0 * std::f32::consts::TAU;
                let (s, c) = a.sin_cos();
                let ray = Pen::at(c * r * 0.66, y + r + s * r * 0.66).to(c * r, y + r + s * r).open();
                print(bench, strip(ray, r * 0.1), third);
            }
            print(bench, oval(0.0, y + r, r * 0.55, r * 0.55), second);
        }
        Motif::Mountains => {
            print(bench, oval(r * 0.35, y + r * 0.35, r * 0.25, r * 0.25), third);
            let peaks = Pen::at(-r, y + r * 1.2)
                .to(-r * 0.3, y + r * 0.2)
                .to(r * 0.1, y + r * 0.8)
                .to(r * 0.4, y + r * 0.45)
                .to(r, y + r * 1.2)
                .shut();
            print(bench, peaks, second);
            letters(bench, y + r * 1.35, width, seed);
        }
        Motif::Badge => {
            print(bench, slab(-r, y, r, y + width * 0.8, r * 0.2), second);
            print(
                bench,
                slab(-r * 0.9, y + r * 0.1, r * 0.9, y + width * 0.8 - r * 0.1, r * 0.15),
                bench.main,
            );
            print(bench, star(0.0, y + r * 0.62, r * 0.42, 0.45), third);
            letters(bench, y + r * 1.12, width * 0.7, seed);
        }
        Motif::Waves => {
            for k in 0..4 {
                let at = y + k as f32 * r * 0.36 + r * 0.3;
                let mut pen = Pen::at(-r, at);
                for i in 0..4 {
                    let x = -r + i as f32 * r * 0.5;
                    pen =
                        pen.cubic(x + r * 0.16, at - r * 0.22, x + r * 0.34, at + r * 0.22, x + r * 0.5, at);
                }
                print(bench, strip(pen.open(), r * 0.12), if k % 2 == 0 { second } else { third });
            }
        }
        Motif::Cat => cat(bench, y + r, r),
    }
}

fn print(bench: &mut Workbench<'_>, path: Option<tiny_skia::Path>, rgb: Rgb) {
    let mut cloth = Textile::new(Ink::Flat(rgb), bench.garment.fabric).inner();
    (cloth.rim, cloth.relief) = (0.0, 0.0);
    bench.draft.fill(path, cloth);
}

pub(super) fn star(x: f32, y: f32, r: f32, inner: f32) -> Option<tiny_skia::Path> {
    let point = |k: usize| {
        let a = k as f32 / 10.0 * std::f32::consts::TAU;
        let r = if k.is_multiple_of(2) { r } else { r * inner };
        (x + a.sin() * r, y - a.cos() * r)
    };
    let mut pen = Pen::at(point(0).0, point(0).1);
    for k in 1..10 {
        pen = pen.to(point(k).0, point(k).1);
    }
    pen.shut()
}

fn heart(y: f32, r: f32) -> Option<tiny_skia::Path> {
    Half::at(0.0, y + r * 0.35)
        .cubic(r * 0.15, y - r * 0.15, r, y - r * 0.1, r, y + r * 0.55)
        .cubic(r, y + r * 1.1, r * 0.3, y + r * 1.4, 0.0, y + r * 1.75)
        .both()
}

/// Rows of strokes that read as lettering from a distance.
fn letters(bench: &mut Workbench<'_>, y: f32, width: f32, seed: u32) {
    let rows = 1 + (hash(1, 1, seed) * 2.5) as i32;
    let count = 4 + (hash(2, 2, seed) * 5.0) as i32;
    let tall = (width / count as f32 * 1.25).min(width * 0.3);
    for row in 0..rows {
        let narrow = if row == 0 { 1.0 } else { 0.7 };
        let step = width * narrow / count as f32;
        let rgb = if row == 0 { bench.second } else { bench.third };
        for k in 0..count {
            if row == 0 && count > 6 && k == count / 2 {
                continue;
            }
            let x = -width * narrow * 0.5 + step * (k as f32 + 0.5);
            let h = tall * narrow;
            let glyph = letter((hash(k, row, seed ^ 9) * 7.0) as u8, step * 0.62, h);
            print(bench, strip(shift(glyph, x, y + row as f32 * tall * 1.5), (step * 0.17).max(0.3)), rgb);
        }
    }
}

fn letter(which: u8, w: f32, h: f32) -> Option<tiny_skia::Path> {
    let l = -w * 0.5;
    match which {
        0 => Pen::at(l, h).to(0.0, 0.0).to(-l, h).and(l * 0.5, h * 0.65).to(-l * 0.5, h * 0.65).open(),
        1 => Pen::at(-l, 0.0).to(l, 0.0).to(l, h).to(-l, h).and(l, h * 0.5).to(-l * 0.6, h * 0.5).open(),
        2 => Pen::at(l, h).to(l, 0.0).to(-l, h).to(-l, 0.0).open(),
        3 => Pen::at(l, 0.0).quad(-l * 2.2, h * 0.5, l, h).to(l, 0.0).open(),
        4 => Pen::at(l, 0.0).to(-l, 0.0).and(0.0, 0.0).to(0.0, h).open(),
        5 => Pen::at(l, h).to(l, 0.0).quad(-l * 2.4, h * 0.25, l, h * 0.5).to(-l, h).open(),
        _ => oval(0.0, h * 0.5, w * 0.5, h * 0.5),
    }
}

fn cat(bench: &mut Workbench<'_>, y: f32, r: f32) {
    let (second, third) = (bench.second, bench.third);
    let head = Half::at(0.0, y - r * 0.45)
        .to(r * 0.35, y - r * 0.45)
        .to(r * 0.72, y - r * 0.95)
        .quad(r * 0.95, y, r * 0.7, y + r * 0.4)
        .quad(r * 0.4, y + r * 0.8, 0.0, y + r * 0.8)
        .both();
    print(bench, head, second);
    for side in [-1.0, 1.0] {
        print(bench, oval(side * r * 0.32, y, r * 0.1, r * 0.14), third);
        for k in 0..2 {
            let at = y + r * (0.3 + 0.14 * k as f32);
            let hair =
                Pen::at(side * r * 0.3, at).to(side * r * 0.98, at + r * 0.1 * (k as f32 - 0.5)).open();
            print(bench, strip(hair, r * 0.04), third);
        }
    }
    print(bench, oval(0.0, y + r * 0.24, r * 0.1, r * 0.07), third);
}

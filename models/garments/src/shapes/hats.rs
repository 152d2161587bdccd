//! Caps, beanies, brimmed hats.

use super::{Workbench, print};
use crate::category::Category;
use crate::cut::OtherCut;
use crate::draft::{Half, Ink, Pen, Textile, Tone, oval, slab};
use crate::fabric::Fabric;
use crate::palette::{mix, shade_of};

pub(super) fn draw(bench: &mut Workbench<'_>, cut: &OtherCut) {
    match bench.garment.category {
        Category::Beanie => beanie(bench, cut),
        Category::Cap if cut.variant.is_multiple_of(3) => cap_side(bench, cut),
        Category::Cap => cap(bench, cut),
        _ if cut.variant.is_multiple_of(3) => bucket(bench, cut),
        _ => brimmed(bench, cut),
    }
}

/// Seen from the front.
fn cap(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let (w, h) = (11.5 + 1.2 * a, 12.5 + 2.5 * b);
    let crown =
        Half::at(0.0, -h).cubic(w * 0.66, -h, w, -h * 0.62, w, 0.6).quad(w * 0.5, 2.4, 0.0, 2.4).both();
    bench.draft.fill(crown, bench.cloth().round(4.0, 0.34));
    for side in [-1.0, 0.0, 1.0] {
        let seam = Pen::at(0.0, -h).quad(side * w * 0.62, -h * 0.7, side * w * 0.6, 2.4).open();
        bench.draft.line(seam, 0.3, Tone::Seam(0.3));
    }
    for side in [-1.0, 1.0] {
        let eyelet = oval(side * w * 0.27, -h * 0.72, 0.45, 0.45);
        bench.draft.fill(eyelet, bench.plain(shade_of(bench.main, 0.4)).round(0.3, 0.2));
    }
    let knob = oval(0.0, -h, 1.1, 0.7);
    bench.draft.fill(knob, bench.plain(shade_of(bench.main, 0.1)).round(0.5, 0.3));
    if d > 0.4 {
        badge(bench, cut, -h * 0.4);
    }
    let tone = if c > 0.75 { bench.second } else { shade_of(bench.main, 0.1) };
    let out = w * (0.9 + 0.08 * a);
    let deep = 5.6 + 2.0 * b;
    let brim = Half::at(0.0, -1.4)
        .cubic(w * 0.5, -1.4, w * 0.8, -0.4, out, 2.2)
        .cubic(out + 1.2, 5.2, out * 0.72, deep, 0.0, deep)
        .both();
    bench.draft.fill(brim, bench.plain(tone).round(2.4, 0.34).cast(0.5));
    for k in 0..4 {
        let t = 1.0 + 1.3 * k as f32;
        let line = Pen::at(-out + t * 0.5, 3.0 - t * 0.3)
            .cubic(-out * 0.66, deep - t * 0.8, out * 0.66, deep - t * 0.8, out - t * 0.5, 3.0 - t * 0.3)
            .open();
        bench.draft.line(line, 0.22, Tone::Seam(0.2));
    }
}

/// Seen from the side, the brim to the right.
fn cap_side(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let (w, h) = (11.5 + a, 11.0 + 2.5 * b);
    let tone = if c > 0.75 { bench.second } else { shade_of(bench.main, 0.08) };
    let brim = Pen::at(w * 0.55, -0.8)
        .quad(w + 4.0, -2.0, w + 9.0 + 2.0 * a, 1.6 + 2.0 * d)
        .quad(w + 4.0, 3.0, w * 0.5, 2.0)
        .shut();
    bench.draft.fill(brim, bench.plain(tone).round(1.4, 0.3));
    let crown = Pen::at(-w, 1.6)
        .cubic(-w - 1.4, -h * 0.72, -w * 0.46, -h, 0.0, -h)
        .cubic(w * 0.7, -h, w + 0.6, -h * 0.5, w + 0.8, 0.4)
        .quad(0.0, 3.4, -w, 1.6)
        .shut();
    bench.draft.fill(crown, bench.cloth().round(4.0, 0.34));
    for x in [-0.45, 0.4] {
        bench.draft.line(
            Pen::at(0.0, -h).quad(w * x * 1.5, -h * 0.6, w * x * 1.2, 2.4).open(),
            0.3,
            Tone::Seam(0.3),
        );
    }
    let strap = Pen::at(-w - 0.2, 0.0).quad(-w * 0.8, -0.6, -w * 0.5, 2.6).open();
    bench.draft.line(strap, 1.4, Tone::Seam(0.22));
    bench.draft.fill(oval(0.0, -h, 1.2, 0.7), bench.plain(shade_of(bench.main, 0.1)).round(0.5, 0.3));
    if d > 0.55 {
        bench.draft.fill(
            slab(w * 0.5, -h * 0.55, w * 0.88, -h * 0.2, 0.6),
            Textile::new(Ink::Flat(bench.second), Fabric::Cotton).round(0.4, 0.1).cast(0.1),
        );
    }
}

fn badge(bench: &mut Workbench<'_>, cut: &OtherCut, y: f32) {
    let cloth = Textile::new(Ink::Flat(bench.second), Fabric::Cotton).round(0.5, 0.12).cast(0.15);
    match cut.variant % 4 {
        0 => bench.draft.fill(oval(0.0, y, 3.0, 3.0), cloth),
        1 => bench.draft.fill(slab(-4.4, y - 1.7, 4.4, y + 1.7, 0.5), cloth),
        2 => {
            let peak =
                Pen::at(-4.0, y + 2.0).to(-1.0, y - 2.4).to(0.6, y).to(1.8, y - 1.4).to(4.0, y + 2.0).shut();
            bench.draft.fill(peak, cloth);
        }
        _ => bench.draft.fill(print::star(0.0, y, 3.4, 0.45), cloth),
    }
}

fn beanie(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let (w, h) = (10.5 + 2.0 * a, 14.0 + 4.0 * b);
    if d > 0.55 {
        let tone = if d > 0.78 { bench.second } else { mix(bench.main, [0.95; 3], 0.15) };
        let r = 3.2 + a;
        for k in 0..10 {
            let t = k as f32 * 0.628;
            bench.draft.fill(
                oval(t.sin() * r * 0.62, -h - r * 0.6 + t.cos() * r * 0.62, r * 0.5, r * 0.5),
                Textile::new(Ink::Flat(tone), Fabric::Wool).round(0.8, 0.2).cast(0.1),
            );
        }
        bench.draft.fill(
            oval(0.0, -h - r * 0.6, r * 0.9, r * 0.9),
            Textile::new(Ink::Flat(tone), Fabric::Wool).round(1.4, 0.25).cast(0.0),
        );
    }
    let crown =
        Half::at(0.0, -h).cubic(w * 0.6, -h, w * 1.02, -h * 0.5, w, 2.0).quad(w * 0.5, 3.2, 0.0, 3.2).both();
    bench.draft.fill(crown, bench.cloth().round(3.6, 0.32));
    for k in -4..=4_i32 {
        let t = k as f32 / 4.6;
        bench.draft.crease((t * w * 0.2, -h + 0.5), (t * w * 1.05, 5.0), 0.8, 0.3);
    }
    let tall = 4.0 + 3.0 * c;
    let tone = if cut.variant.is_multiple_of(4) { bench.second } else { shade_of(bench.main, 0.06) };
    let cuff = Half::at(0.0, 4.4 - tall)
        .quad(w * 0.6, 4.2 - tall, w + 0.5, 3.0 - tall)
        .to(w + 0.4, 2.8)
        .quad(w * 0.6, 4.5, 0.0, 4.6)
        .both();
    bench.draft.fill(cuff, bench.plain(tone).round(1.8, 0.26).cast(0.4));
    let mut x = -w;
    while x < w + 0.5 {
        bench.draft.crease((x, 2.0 - tall), (x, 6.0), 0.5, 0.42);
        x += 1.35;
    }
    if cut.variant % 3 == 1 {
        bench.draft.fill(
            slab(-2.0, 2.6 - tall * 0.5, 2.0, 4.8 - tall * 0.5, 0.3),
            Textile::new(Ink::Flat([0.55, 0.4, 0.26]), Fabric::Leather).round(0.4, 0.2),
        );
    }
}

fn bucket(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, _] = cut.measures;
    let (w, h) = (9.5 + a, 8.5 + 2.0 * b);
    let out = w + 5.0 + 2.5 * c;
    let brim =
        Half::at(0.0, -1.0).to(w, -1.4).quad(out - 2.0, 0.4, out, 4.0).quad(out * 0.5, 7.0, 0.0, 7.2).both();
    bench.draft.fill(brim, bench.cloth().round(2.0, 0.26));
    for k in 0..4 {
        let t = k as f32 * 1.2;
        let line = Pen::at(-out + 1.4 + t * 0.6, 3.2 - t)
            .quad(0.0, 7.6 - t * 1.4, out - 1.4 - t * 0.6, 3.2 - t)
            .open();
        bench.draft.line(line, 0.22, Tone::Seam(0.2));
    }
    let crown = Half::at(0.0, -h)
        .quad(w * 0.6, -h, w * 0.86, -h + 1.4)
        .quad(w * 0.95, -h * 0.4, w + 0.2, 0.2)
        .quad(w * 0.5, 2.2, 0.0, 2.2)
        .both();
    bench.draft.fill(crown, bench.cloth().round(2.4, 0.28).cast(0.45));
    bench.draft.line(Pen::at(-w, -h + 1.6).quad(0.0, -h + 3.6, w, -h + 1.6).open(), 0.3, Tone::Seam(0.34));
}

fn brimmed(bench: &mut Workbench<'_>, cut: &OtherCut) {
    let [a, b, c, d] = cut.measures;
    let (w, h) = (9.5 + a, 9.5 + 3.0 * b);
    let out = w + 7.0 + 6.0 * c;
    let sag = 1.4 + 2.2 * d;
    let under =
        Half::at(0.0, -1.0).quad(out * 0.7, -2.2, out, 0.0).quad(out * 0.6, 4.2 + sag, 0.0, 4.2 + sag).both();
    bench.draft.fill(under, bench.cloth().round(1.8, 0.28));
    bench.draft.line(
        Pen::at(-out + 0.8, 0.4).quad(0.0, 7.2 + sag * 1.6, out - 0.8, 0.4).open(),
        0.3,
        Tone::Seam(0.22),
    );
    let dent = if cut.variant.is_multiple_of(2) { 1.6 } else { 0.0 };
    let crown = Half::at(0.0, -h + dent)
        .quad(w * 0.5, -h - 0.6, w * 0.8, -h + 1.4)
        .cubic(w * 0.94, -h * 0.6, w, -h * 0.2, w + 0.2, 0.2)
        .quad(w * 0.5, 2.6, 0.0, 2.6)
        .both();
    bench.draft.fill(crown, bench.cloth().round(2.6, 0.34).cast(0.45));
    if dent > 0.0 {
        bench.draft.crease((-w * 0.1, -h), (w * 0.16, -h * 0.45), 1.6, 0.4);
    }
    let band = Half::at(0.0, -1.2)
        .quad(w * 0.5, -1.2, w * 0.99, -3.2)
        .to(w + 0.2, 0.2)
        .quad(w * 0.5, 2.7, 0.0, 2.7)
        .both();
    bench.draft.fill(band, Textile::new(Ink::Flat(bench.second), Fabric::Silk).round(0.8, 0.2).cast(0.1));
}

//! On garments that are drawn: their colours and patterns are known.

use std::collections::BTreeMap;

use image::RgbImage;
use knytt_garments::{Category, Garment, View, render};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::look::cloth::Cloth;
use crate::look::foreground::Foreground;
use crate::look::{ColorName, Look, color};

/// A garment, its picture, and whether a shop took it.
pub(crate) struct Drawn {
    pub(crate) garment: Garment,
    pub(crate) picture: RgbImage,
    pub(crate) studio: bool,
}

/// Garments of all categories, every second one in a studio.
pub(crate) fn drawn(count: u64, seed: u64, side: u32) -> Vec<Drawn> {
    let one = |index: u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(index);
        let category = Category::ALL[rng.random_range(0..Category::ALL.len())];
        let garment = Garment::random(category, &mut rng);
        let studio = index.is_multiple_of(2);
        let view = if studio { View::studio_varied(&mut rng) } else { View::wild(&mut rng) };
        let cached = std::env::var("KNYTT_CACHE").ok().map(|dir| format!("{dir}/{seed}-{side}-{index}.raw"));
        let old = cached
            .as_ref()
            .and_then(|path| std::fs::read(path).ok())
            .and_then(|raw| RgbImage::from_raw(side, side, raw));
        let picture = old.unwrap_or_else(|| {
            let picture = render(&garment, &view, side);
            if let Some(path) = &cached {
                std::fs::write(path, picture.as_raw()).unwrap();
            }
            picture
        });
        Drawn { garment, picture, studio }
    };
    (0..count).into_par_iter().map(one).collect()
}

fn wrong(out: &str, one: &Drawn, wanted: &str, got: &str, seen: &[crate::look::SeenColor]) {
    use image::{Rgb, imageops};
    static N: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let f = Foreground::of(&one.picture).unwrap();
    let mask = RgbImage::from_fn(f.picture.width as u32, f.picture.height as u32, |x, y| {
        let w = f.mask[y as usize * f.picture.width + x as usize];
        Rgb([u8::from(w) * 255; 3])
    });
    let mask = imageops::resize(&mask, 224, 224, imageops::FilterType::Nearest);
    let mut all = RgbImage::new(448, 250);
    imageops::replace(&mut all, &one.picture, 0, 0);
    imageops::replace(&mut all, &mask, 224, 0);
    for (i, c) in seen.iter().enumerate() {
        imageops::replace(&mut all, &RgbImage::from_pixel(60, 26, Rgb(c.rgb)), 60 * i as i64, 224);
    }
    imageops::replace(&mut all, &RgbImage::from_pixel(60, 26, Rgb(one.garment.colours[0].rgb)), 388, 224);
    let n = N.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let studio = if one.studio { "s" } else { "w" };
    all.save(format!("{out}/{studio}-{n:03}-{wanted}-{got}.png")).unwrap();
}

#[test]
#[ignore = "a measure: minutes"]
fn colors_of_drawn_garments() {
    let drawn = drawn(2000, 77, 224);
    for studio in [true, false] {
        let some: Vec<_> = drawn.iter().filter(|one| one.studio == studio).collect();
        let seen: Vec<_> = some
            .par_iter()
            .map(|one| {
                Foreground::of(&one.picture)
                    .map(|foreground| {
                        Cloth::of(&one.picture, &foreground)
                            .map(|cloth| color::colors(&cloth))
                            .unwrap_or_default()
                    })
                    .unwrap_or_default()
            })
            .collect();
        let mut right = [0.0_f32; 5];
        let mut confused: BTreeMap<(&str, String), usize> = BTreeMap::new();
        for (one, seen) in some.iter().zip(&seen) {
            let wanted = ColorName::named(one.garment.colours[0].name.name()).expect("ours has it");
            let names: Vec<_> = seen.iter().filter_map(|color| ColorName::named(&color.name)).collect();
            let family = |name: &ColorName| name.family() == wanted.family();
            right[0] += f32::from(u8::from(names.first() == Some(&wanted)));
            right[1] += f32::from(u8::from(names.contains(&wanted)));
            right[2] += f32::from(u8::from(names.first().is_some_and(family)));
            right[3] += f32::from(u8::from(names.iter().any(family)));
            right[4] += names.len() as f32;
            if !names.iter().any(family) {
                let got = names.iter().map(|name| name.name()).collect::<Vec<_>>().join("+");
                if let Ok(out) = std::env::var("KNYTT_WRONG") {
                    wrong(&out, one, wanted.name(), &got, seen);
                }
                *confused.entry((wanted.name(), got)).or_default() += 1;
            }
        }
        let right = right.map(|count| count / some.len() as f32);
        println!(
            "studio {studio}: {} garments, name first {:.3} any {:.3}, family first {:.3} any {:.3}, {:.2} colours",
            some.len(),
            right[0],
            right[1],
            right[2],
            right[3],
            right[4]
        );
        let mut worst: Vec<_> = confused.into_iter().collect();
        worst.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        worst.truncate(25);
        println!("{worst:?}");
        let plain: Vec<_> =
            some.iter().zip(&seen).filter(|(one, _)| one.garment.pattern.name() == "plain").collect();
        let single = plain.iter().filter(|(_, seen)| seen.len() == 1).count();
        println!("plain garments of one colour: {:.3}", single as f32 / plain.len() as f32);
    }
}

#[test]
#[ignore = "a measure: minutes"]
fn write_drawn_garments() {
    let Ok(out) = std::env::var("KNYTT_OUT") else { return };
    for (at, one) in drawn(60, 5, 288).iter().enumerate() {
        let look = Look::of_pixels(&one.picture);
        one.picture.save(format!("{out}/drawn-{at:02}.png")).unwrap();
        let said = serde_json::json!({
            "drawn": [one.garment.colours[0].name.name(), one.garment.pattern.name()], "look": look
        });
        std::fs::write(format!("{out}/drawn-{at:02}.json"), said.to_string()).unwrap();
    }
}

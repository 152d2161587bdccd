//! On garments that are drawn: their colours and patterns are known.

use std::collections::BTreeMap;

use image::RgbImage;
use knytt_garments::{Category, Garment, View, render};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::look::cloth::Cloth;
use crate::look::foreground::Foreground;
use crate::look::{ColorName, Look, color, hash, quality};

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
        let picture = render(&garment, &view, side);
        Drawn { garment, picture, studio }
    };
    (0..count).into_par_iter().map(one).collect()
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
fn time_of_a_look() {
    for side in [128, 288, 480] {
        let pictures: Vec<_> = drawn(24, 3, side).into_iter().map(|one| one.picture).collect();
        let time = |name: &str, stage: &dyn Fn(&RgbImage)| {
            let mut times: Vec<f64> = pictures
                .iter()
                .flat_map(|picture| [picture; 5])
                .map(|picture| {
                    let start = std::time::Instant::now();
                    stage(picture);
                    start.elapsed().as_secs_f64() * 1e3
                })
                .collect();
            times.sort_by(f64::total_cmp);
            println!("{side} px, {name}: median {:.2} ms", times[times.len() / 2]);
        };
        time("all", &|picture| drop(Look::of_pixels(picture)));
        time("foreground", &|picture| drop(Foreground::of(picture)));
        time("flaws", &|picture| drop(quality::flaws(picture)));
        time("hash", &|picture| _ = std::hint::black_box(hash::hash(picture)));
        time("colours, with foreground", &|picture| {
            let foreground = Foreground::of(picture).unwrap();
            drop(Cloth::of(picture, &foreground).map(|cloth| color::colors(&cloth)));
        });
    }
}

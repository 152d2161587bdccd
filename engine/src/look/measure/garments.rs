//! On garments that are drawn: their colours and patterns are known.

use std::collections::BTreeMap;

use image::RgbImage;
use knytt_garments::{Category, Garment, View, render};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

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
        let picture = render(&garment, &view, side);
        Drawn { garment, picture, studio }
    };
    (0..count).into_par_iter().map(one).collect()
}

#[test]
#[ignore = "a measure: minutes"]
fn colors_of_drawn_garments() {
    let drawn = drawn(3000, 77, 224);
    for studio in [true, false] {
        let some: Vec<_> = drawn.iter().filter(|one| one.studio == studio).collect();
        let seen: Vec<_> = some
            .par_iter()
            .map(|one| {
                Foreground::of(&one.picture).map(|foreground| color::colors(&foreground)).unwrap_or_default()
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

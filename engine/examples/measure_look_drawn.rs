//! Measures how often the engine finds the colours of rendered garments: `measure_look_drawn [COUNT]`.
//!
//! Prints, for studio and for home pictures, how often the drawn colour is the first colour found or any of
//! them, by name and by family, and the most frequent confusions. COUNT is 2,000 if it is not given.
#![expect(clippy::unwrap_used, reason = "a failed measurement stops the program")]

mod drawn_garments;

use std::collections::BTreeMap;

use knytt_engine::{ColorName, Look, SeenColor};
use rayon::prelude::*;

use crate::drawn_garments::{DrawnGarment, drawn_garments};

/// How many confusions are printed.
const CONFUSIONS: usize = 25;

fn main() {
    let count = std::env::args().nth(1).map_or(2_000, |count| count.parse().unwrap());
    let garments = drawn_garments(count, 77, 224);
    for studio in [true, false] {
        let some: Vec<_> = garments.iter().filter(|drawn| drawn.studio == studio).collect();
        let found: Vec<_> = some.par_iter().map(|drawn| Look::from_pixels(&drawn.picture).colors).collect();
        print_accuracy(studio, &some, &found);
        print_plain(&some, &found);
    }
}

fn drawn_color(drawn: &DrawnGarment) -> ColorName {
    ColorName::named(drawn.garment.colours[0].name.name()).unwrap()
}

fn print_accuracy(studio: bool, garments: &[&DrawnGarment], found: &[Vec<SeenColor>]) {
    let mut right = [0.0_f32; 5];
    let mut confused: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (drawn, found) in garments.iter().zip(found) {
        let wanted = drawn_color(drawn);
        let names: Vec<_> = found.iter().filter_map(|color| ColorName::named(&color.name)).collect();
        let same_family = |name: &ColorName| name.family() == wanted.family();
        let in_family = names.iter().any(same_family);
        let tests = [
            names.first() == Some(&wanted),
            names.contains(&wanted),
            names.first().is_some_and(same_family),
            in_family,
        ];
        tests.iter().zip(&mut right).for_each(|(test, sum)| *sum += f32::from(u8::from(*test)));
        right[4] += names.len() as f32;
        if !in_family {
            let got = names.iter().map(|name| name.name()).collect::<Vec<_>>().join("+");
            *confused.entry((wanted.name(), got)).or_default() += 1;
        }
    }
    let [name_first, name_any, family_first, family_any, colors] =
        right.map(|count| count / garments.len() as f32);
    println!(
        "studio {studio}: {} garments, name first {name_first:.3} any {name_any:.3}, \
         family first {family_first:.3} any {family_any:.3}, {colors:.2} colours",
        garments.len()
    );
    let mut worst: Vec<_> = confused.into_iter().collect();
    worst.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    worst.truncate(CONFUSIONS);
    println!("{worst:?}");
}

/// Prints how many plain garments have a single colour.
fn print_plain(garments: &[&DrawnGarment], found: &[Vec<SeenColor>]) {
    let pairs = garments.iter().zip(found);
    let plain: Vec<_> = pairs.filter(|(drawn, _)| drawn.garment.pattern.name() == "plain").collect();
    let single = plain.iter().filter(|(_, found)| found.len() == 1).count();
    println!("plain garments of one colour: {:.3}", single as f32 / plain.len() as f32);
}

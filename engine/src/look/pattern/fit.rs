//! Fits the weights on drawn garments, and measures them on others. Ignored, since it takes minutes:
//!
//!     cargo test -p knytt-engine --lib fit_on_rendered -- --ignored --nocapture

use knytt_models::{Bundle, Device, Encoder};
use rayon::prelude::*;

use super::*;
use crate::look::color;
use crate::look::foreground::Foreground;
use crate::look::measure::garments::{Drawn, drawn};

const STEPS: usize = 1200;

/// What the sample's pattern is called here; two colours in two places are no pattern.
fn pattern_of(one: &Drawn) -> Option<Pattern> {
    match one.garment.pattern.name() {
        "camouflage" => Some(Pattern::Printed),
        name => Pattern::ALL.into_iter().find(|pattern| pattern.name() == name),
    }
}

struct Example {
    features: Features,
    pattern: usize,
    studio: bool,
}

fn examples(drawn: &[Drawn]) -> Vec<Example> {
    let example = |one: &Drawn| {
        let cloth = Cloth::of(&one.picture, &Foreground::of(&one.picture)?)?;
        let features = Features::of(&cloth, &color::colors(&cloth))?;
        Some(Example { features, pattern: pattern_of(one)? as usize, studio: one.studio })
    };
    drawn.par_iter().filter_map(example).collect()
}

/// Cross-entropy with a small penalty, by Adam.
fn fit(examples: &[Example]) -> Weights {
    let (mut weights, mut first, mut second) =
        ([[0.0_f32; FEATURES + 1]; 6], [[0.0_f32; FEATURES + 1]; 6], [[0.0_f32; FEATURES + 1]; 6]);
    for step in 1..=STEPS {
        let mut slope = weights.map(|row| row.map(|weight| 1e-4 * weight));
        for Example { features, pattern, .. } in examples {
            let shares = shares_with(&weights, features);
            for (row, share) in shares.into_iter().enumerate() {
                let error = (share - f32::from(u8::from(row == *pattern))) / examples.len() as f32;
                slope[row][0] += error;
                features
                    .scaled()
                    .into_iter()
                    .enumerate()
                    .for_each(|(i, value)| slope[row][i + 1] += error * value);
            }
        }
        let rate = 0.05 * (1.0 - step as f32 / (STEPS + 1) as f32);
        for row in 0..6 {
            for i in 0..=FEATURES {
                let (m, v) = (&mut first[row][i], &mut second[row][i]);
                *m = 0.9 * *m + 0.1 * slope[row][i];
                *v = 0.999 * *v + 0.001 * slope[row][i].powi(2);
                let (m, v) =
                    (*m / (1.0 - 0.9_f32.powi(step as i32)), *v / (1.0 - 0.999_f32.powi(step as i32)));
                weights[row][i] -= rate * m / (v.sqrt() + 1e-8);
            }
        }
    }
    weights
}

/// How sure, and whether that was right, of each example.
type Answers = Vec<(f32, usize, usize)>;

fn report(name: &str, answers: &Answers) {
    let right = answers.iter().filter(|(_, said, is)| said == is).count();
    println!("{name}: {} examples, accuracy {:.3}", answers.len(), right as f32 / answers.len() as f32);
    let mut table = [[0; 6]; 6];
    answers.iter().for_each(|(_, said, is)| table[*is][*said] += 1);
    for (pattern, row) in Pattern::ALL.into_iter().zip(table) {
        println!("  {:8} taken for {row:?}", pattern.name());
    }
    for bin in 0..10 {
        let within: Vec<_> = answers.iter().filter(|(share, ..)| (share * 10.0) as usize == bin).collect();
        let right = within.iter().filter(|(_, said, is)| said == is).count();
        if !within.is_empty() {
            println!("  said {:.1}: {} right of {}", bin as f32 / 10.0, right, within.len());
        }
    }
}

fn best(shares: &[f32]) -> (f32, usize) {
    let best = (0..shares.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap();
    (shares[best], best)
}

#[test]
#[ignore = "a fit: minutes"]
fn fit_on_rendered_garments() {
    let count = std::env::var("KNYTT_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(2000);
    let learnt = examples(&drawn(count, 77, 224));
    let weights = fit(&learnt);
    let others = drawn(count, 78, 224);
    let tested = examples(&others);
    for studio in [true, false] {
        let some = tested.iter().filter(|one| one.studio == studio);
        let answers = some.map(|one| {
            let (share, said) = best(&shares_with(&weights, &one.features));
            (share, said, one.pattern)
        });
        report(&format!("pixels, studio {studio}"), &answers.collect());
    }
    println!("{weights:.3?}");
}

#[test]
#[ignore = "a measure: minutes"]
fn prompts_on_rendered_garments() {
    let encoder = Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap();
    let names = Pattern::ALL.map(Pattern::name);
    let prompts =
        crate::look::Prompts::embed(&encoder, &["a photo of a {} garment", "{}", "{} clothes"], &names)
            .unwrap();
    let others = drawn(400, 78, 224);
    let answer = |one: &Drawn| {
        let embedding = encoder.embed_image(&one.picture).unwrap();
        let (share, said) = best(&prompts.shares(&embedding).unwrap());
        Some((share, said, pattern_of(one)? as usize))
    };
    let answers: Answers = others.iter().filter_map(answer).collect();
    report("prompts", &answers);
}

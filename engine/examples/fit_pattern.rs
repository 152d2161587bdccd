//! Fits the weights of `look/pattern/weights.rs` on rendered garments: `fit_pattern [COUNT]`.
//!
//! Trains on COUNT garments (2,000 if it is not given), tests on as many others, and prints accuracy, a
//! confusion table, how often each share was right, and the weights. `fit_pattern prompts` asks the model by
//! prompts instead, for comparison.
#![expect(clippy::unwrap_used, reason = "a failed measurement stops the program")]

mod drawn_garments;

use knytt_engine::Pattern;
use knytt_engine::offline::{FEATURES, PatternWeights, Prompts, pattern_features, pattern_shares};
use knytt_models::{Bundle, Device, Encoder};
use rayon::prelude::*;

use crate::drawn_garments::{DrawnGarment, drawn_garments};

/// Steps of gradient descent.
const STEPS: usize = 1200;

/// Seeds of the garments for training and of those for testing.
const TRAINING: u64 = 77;
const TESTING: u64 = 78;

/// Garments that the model is asked about.
const PROMPTED: u64 = 400;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("prompts") => test_prompts(),
        count => fit_and_test(count.map_or(2_000, |count| count.parse().unwrap())),
    }
}

fn fit_and_test(count: u64) {
    let weights = fit(&examples(&drawn_garments(count, TRAINING, 224)));
    let tested = examples(&drawn_garments(count, TESTING, 224));
    for studio in [true, false] {
        let some = tested.iter().filter(|example| example.studio == studio);
        let answers = some.map(|example| {
            let (share, answer) = best(&pattern_shares(&weights, &example.features));
            Answer { share, answer, truth: example.pattern }
        });
        report(&format!("pixels, studio {studio}"), &answers.collect::<Vec<_>>());
    }
    println!("{weights:.3?}");
}

fn test_prompts() {
    let encoder = Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap();
    let names = Pattern::ALL.map(Pattern::name);
    let templates = ["a photo of a {} garment", "{}", "{} clothes"];
    let prompts = Prompts::embed(&encoder, &templates, &names).unwrap();
    let answer = |drawn: &DrawnGarment| {
        let embedding = encoder.embed_image(&drawn.picture).unwrap();
        let (share, answer) = best(&prompts.shares(&embedding).unwrap());
        Some(Answer { share, answer, truth: pattern_of(drawn)? as usize })
    };
    let garments = drawn_garments(PROMPTED, TESTING, 224);
    report("prompts", &garments.iter().filter_map(answer).collect::<Vec<_>>());
}

/// The engine's name for a rendered pattern. Two colours in two places are no pattern.
fn pattern_of(drawn: &DrawnGarment) -> Option<Pattern> {
    match drawn.garment.pattern.name() {
        "camouflage" => Some(Pattern::Printed),
        name => Pattern::ALL.into_iter().find(|pattern| pattern.name() == name),
    }
}

struct Example {
    features: [f32; FEATURES],
    /// Position in [`Pattern::ALL`].
    pattern: usize,
    studio: bool,
}

fn examples(garments: &[DrawnGarment]) -> Vec<Example> {
    let example = |drawn: &DrawnGarment| {
        let features = pattern_features(&drawn.picture)?;
        Some(Example { features, pattern: pattern_of(drawn)? as usize, studio: drawn.studio })
    };
    garments.par_iter().filter_map(example).collect()
}

/// Minimises cross-entropy with a small L2 penalty, by Adam.
fn fit(examples: &[Example]) -> PatternWeights {
    let nothing: PatternWeights = [[0.0; FEATURES + 1]; 6];
    let (mut weights, mut first, mut second) = (nothing, nothing, nothing);
    for step in 1..=STEPS {
        let slope = slope(&weights, examples);
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

fn slope(weights: &PatternWeights, examples: &[Example]) -> PatternWeights {
    let mut slope = weights.map(|row| row.map(|weight| 1e-4 * weight));
    for Example { features, pattern, .. } in examples {
        for (row, share) in pattern_shares(weights, features).into_iter().enumerate() {
            let error = (share - f32::from(u8::from(row == *pattern))) / examples.len() as f32;
            slope[row][0] += error;
            slope[row][1..].iter_mut().zip(features).for_each(|(slope, value)| *slope += error * value);
        }
    }
    slope
}

/// A pattern that was answered and the right one, by their positions in [`Pattern::ALL`].
struct Answer {
    share: f32,
    answer: usize,
    truth: usize,
}

impl Answer {
    fn is_right(&self) -> bool {
        self.answer == self.truth
    }
}

fn report(name: &str, answers: &[Answer]) {
    let right = answers.iter().filter(|answer| answer.is_right()).count();
    println!("{name}: {} examples, accuracy {:.3}", answers.len(), right as f32 / answers.len() as f32);
    let mut table = [[0; 6]; 6];
    answers.iter().for_each(|answer| table[answer.truth][answer.answer] += 1);
    for (pattern, row) in Pattern::ALL.into_iter().zip(table) {
        println!("  {:8} taken for {row:?}", pattern.name());
    }
    for bin in 0..10 {
        let within: Vec<_> = answers.iter().filter(|answer| (answer.share * 10.0) as usize == bin).collect();
        let right = within.iter().filter(|answer| answer.is_right()).count();
        if !within.is_empty() {
            println!("  share {:.1}: {right} right of {}", bin as f32 / 10.0, within.len());
        }
    }
}

/// The largest share and its position.
fn best(shares: &[f32]) -> (f32, usize) {
    let best = (0..shares.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap();
    (shares[best], best)
}

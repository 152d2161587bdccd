//! The line between two kinds of measurements.

use crate::calibration::quantile;
use crate::familiar::{FEATURES, Line};

/// The share of the catalogue's own pictures that the line may take for foreign. Photographs of strangers
/// differ more from the catalogue's than its own pictures taken again do, so less than what is promised.
const REFUSED: f64 = 0.02;

/// Steps of gradient descent: with five numbers to find, more change nothing.
const STEPS: usize = 600;

/// How fast it goes.
const RATE: f32 = 0.5;

/// How much large weights are held back.
const DECAY: f32 = 2e-3;

type Features = [f32; FEATURES];

/// Logistic regression, both kinds counting the same however many there are; then moved so that nearly
/// all of `wanted` is above zero.
pub(super) fn line(wanted: &[Features], unwanted: &[Features]) -> Line {
    let (mean, spread) = scales(wanted, unwanted);
    let unit =
        |features: &Features| -> Features { std::array::from_fn(|i| (features[i] - mean[i]) / spread[i]) };
    let side = |of: &[Features], label: f32| -> Vec<(Features, f32, f32)> {
        of.iter().map(|features| (unit(features), label, 0.5 / of.len() as f32)).collect()
    };
    let all = [side(wanted, 1.0), side(unwanted, 0.0)].concat();
    let (mut weights, mut bias) = ([0.0; FEATURES], 0.0);
    for _ in 0..STEPS {
        let (mut slope, mut lift) = (weights.map(|w| DECAY * w), 0.0);
        for (features, label, share) in &all {
            let score = bias + dot(&weights, features);
            let error = share * (1.0 / (1.0 + (-score).exp()) - label);
            (0..FEATURES).for_each(|i| slope[i] += error * features[i]);
            lift += error;
        }
        (0..FEATURES).for_each(|i| weights[i] -= RATE * slope[i]);
        bias -= RATE * lift;
    }
    let weights: Features = std::array::from_fn(|i| weights[i] / spread[i]);
    let mut scores: Vec<f32> = wanted.iter().map(|features| dot(&weights, features)).collect();
    Line { weights, bias: -quantile(&mut scores, REFUSED) }
}

/// Mean and deviation of every feature.
fn scales(wanted: &[Features], unwanted: &[Features]) -> (Features, Features) {
    let all = || wanted.iter().chain(unwanted);
    let count = all().count().max(1) as f32;
    let mean: Features = std::array::from_fn(|i| all().map(|f| f[i]).sum::<f32>() / count);
    let square = |i: usize| all().map(|f| (f[i] - mean[i]).powi(2)).sum::<f32>() / count;
    (mean, std::array::from_fn(|i| square(i).sqrt().max(1e-6)))
}

fn dot(a: &Features, b: &Features) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foreign::Chance;

    #[test]
    fn two_clouds_are_told_apart_and_few_of_the_first_are_lost() {
        let mut chance = Chance::new(7);
        let mut cloud = |at: f32, count: usize| -> Vec<Features> {
            (0..count).map(|_| std::array::from_fn(|i| at * i as f32 + chance.within(-1.0, 1.0))).collect()
        };
        let (wanted, unwanted) = (cloud(0.8, 200), cloud(-0.8, 50));
        let line = line(&wanted, &unwanted);
        let above =
            |of: &[Features]| of.iter().filter(|f| line.score(f) >= 0.0).count() as f64 / of.len() as f64;
        assert!(above(&wanted) >= 0.97 && above(&unwanted) < 0.02, "{} {}", above(&wanted), above(&unwanted));
    }
}

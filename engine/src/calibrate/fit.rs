//! Fits the line that separates pictures inside the domain from those outside.

use crate::calibrate::out_of_domain::{FEATURES, Line};
use crate::calibrate::quantile::quantile;

/// The share of the catalogue's own pictures that the line may classify as outside. It is lower than the share
/// that the documentation promises, since photographs of shoppers differ more from the catalogue's pictures than
/// simulated second photographs do.
const REFUSED: f64 = 0.02;

/// The share of those pictures that the line may classify as outside whose product was put into a scene. It is high,
/// since a drawn scene is harder than a photograph of a product among its like.
const REFUSED_IN_SCENES: f64 = 0.2;

/// Steps of gradient descent. With five parameters, more steps change nothing.
const STEPS: usize = 600;

/// The learning rate.
const RATE: f32 = 0.5;

/// The factor of the L2 penalty.
const DECAY: f32 = 2e-3;

type DomainFeatures = [f32; FEATURES];

/// Fits a logistic regression in which both classes have the same total weight. Then shifts the line so that all
/// of `wanted` but the share [`REFUSED`] is above zero, and all of `in_scenes` but the share [`REFUSED_IN_SCENES`].
pub(super) fn line(
    wanted: &[DomainFeatures],
    in_scenes: &[DomainFeatures],
    unwanted: &[DomainFeatures],
) -> Line {
    let (mean, spread) = scales(wanted, unwanted);
    let unit = |features: &DomainFeatures| -> DomainFeatures {
        std::array::from_fn(|i| (features[i] - mean[i]) / spread[i])
    };
    let side = |of: &[DomainFeatures], label: f32| -> Vec<(DomainFeatures, f32, f32)> {
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
    let weights: DomainFeatures = std::array::from_fn(|i| weights[i] / spread[i]);
    let least = |of: &[DomainFeatures], refused: f64| {
        let mut scores: Vec<f32> = of.iter().map(|features| dot(&weights, features)).collect();
        (!scores.is_empty()).then(|| quantile(&mut scores, refused))
    };
    let least = [least(wanted, REFUSED), least(in_scenes, REFUSED_IN_SCENES)];
    Line { weights, bias: -least.into_iter().flatten().reduce(f32::min).unwrap_or_default() }
}

/// Mean and standard deviation of every feature.
fn scales(wanted: &[DomainFeatures], unwanted: &[DomainFeatures]) -> (DomainFeatures, DomainFeatures) {
    let all = || wanted.iter().chain(unwanted);
    let count = all().count().max(1) as f32;
    let mean: DomainFeatures = std::array::from_fn(|i| all().map(|f| f[i]).sum::<f32>() / count);
    let square = |i: usize| all().map(|f| (f[i] - mean[i]).powi(2)).sum::<f32>() / count;
    (mean, std::array::from_fn(|i| square(i).sqrt().max(1e-6)))
}

fn dot(a: &DomainFeatures, b: &DomainFeatures) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::synthetic_negatives::seeded_rng::SeededRng;

    #[test]
    fn two_clouds_are_told_apart_and_few_of_the_first_are_lost() {
        let mut rng = SeededRng::new(7);
        let mut cloud = |at: f32, count: usize| -> Vec<DomainFeatures> {
            (0..count).map(|_| std::array::from_fn(|i| at * i as f32 + rng.within(-1.0, 1.0))).collect()
        };
        let (wanted, unwanted) = (cloud(0.8, 200), cloud(-0.8, 50));
        let line = line(&wanted, &[], &unwanted);
        let above = |of: &[DomainFeatures]| {
            of.iter().filter(|f| line.score(f) >= 0.0).count() as f64 / of.len() as f64
        };
        assert!(above(&wanted) >= 0.97 && above(&unwanted) < 0.02, "{} {}", above(&wanted), above(&unwanted));
        let scenes = cloud(0.1, 50);
        let further = super::line(&wanted, &scenes, &unwanted);
        let above = scenes.iter().filter(|f| further.score(f) >= 0.0).count();
        assert!(further.bias > line.bias && (38..=42).contains(&above), "{above} of 50");
    }
}

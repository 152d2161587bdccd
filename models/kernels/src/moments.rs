//! Means and deviations of the channels of a map.

use crate::isa::Isa;
use crate::raw::dispatch;
use crate::raw::moments::ColumnMoments;

/// Of each channel of a map, `[positions, channels]`, the mean over all positions and, as a root of the mean square, how
/// far values are from it: `[channels]` each.
///
/// # Panics
/// If `x` is no whole positions, `means` and `deviations` differ in length or are empty, or this processor lacks `isa`.
pub fn column_moments(isa: Isa, x: &[f32], means: &mut [f32], deviations: &mut [f32]) {
    dispatch(isa, ColumnMoments { x, means, deviations });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::probe::numbers;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn moments_are_those_of_the_definition(positions in 1usize..40, channels in 1usize..70, seed in 1u32..1000) {
            let x = numbers(seed, positions * channels);
            for isa in Isa::available() {
                let (mut means, mut deviations) = (vec![f32::NAN; channels], vec![f32::NAN; channels]);
                column_moments(isa, &x, &mut means, &mut deviations);
                for channel in 0..channels {
                    let column = || x.iter().skip(channel).step_by(channels).map(|x| f64::from(*x));
                    let mean = column().sum::<f64>() / positions as f64;
                    let square = column().map(|x| (x - mean).powi(2)).sum::<f64>() / positions as f64;
                    prop_assert!((f64::from(means[channel]) - mean).abs() < 1e-6, "{isa}");
                    prop_assert!((f64::from(deviations[channel]) - square.sqrt()).abs() < 1e-6, "{isa}");
                }
            }
        }
    }
}

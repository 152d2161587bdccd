//! Means and deviations of the channels of a map.

use super::{Operation, Simd};

/// Positions that are summed side by side, so that an addition need not wait for the one before it.
const SIDE_BY_SIDE: usize = 4;

/// Of each channel the mean over all positions, and the root of the mean square of the distances from it.
pub(crate) struct ColumnMoments<'a> {
    /// `[positions, channels]`
    pub x: &'a [f32],
    /// `[channels]` each
    pub means: &'a mut [f32],
    pub deviations: &'a mut [f32],
}

impl Operation for ColumnMoments<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) {
        let Self { x, means, deviations } = self;
        let channels = means.len();
        assert!(channels > 0 && x.len().is_multiple_of(channels) && deviations.len() == channels);
        let share = 1.0 / (x.len() / channels) as f32;
        let whole = channels / S::LANES * S::LANES;
        for channel in (0..whole).step_by(S::LANES) {
            let mean = s.mul(sum(s, x, channels, channel, s.splat(0.0), |x| x), s.splat(share));
            let squares = sum(s, x, channels, channel, mean, |x| s.mul(x, x));
            // SAFETY: a vector of channels is there.
            unsafe {
                s.store(means.as_mut_ptr().add(channel), mean);
                s.store(deviations.as_mut_ptr().add(channel), s.mul(squares, s.splat(share)));
            }
        }
        for channel in whole..channels {
            let values = || x.iter().skip(channel).step_by(channels);
            means[channel] = values().sum::<f32>() * share;
            deviations[channel] = values().map(|x| (x - means[channel]).powi(2)).sum::<f32>() * share;
        }
        deviations.iter_mut().for_each(|square| *square = square.sqrt());
    }
}

/// The sum over all positions of `of` each value's distance from `centre`, for a vector of channels from `channel` on.
#[inline(always)]
fn sum<S: Simd>(
    s: S,
    x: &[f32],
    channels: usize,
    channel: usize,
    centre: S::F,
    of: impl Fn(S::F) -> S::F,
) -> S::F {
    let mut sums = [s.splat(0.0); SIDE_BY_SIDE];
    // SAFETY: a vector of channels is there in each position.
    let at =
        |position: &[f32]| of(s.sub(unsafe { s.load(position[channel..][..S::LANES].as_ptr()) }, centre));
    let groups = x.chunks_exact(SIDE_BY_SIDE * channels);
    let rest = groups.remainder();
    for group in groups {
        for (sum, position) in sums.iter_mut().zip(group.chunks_exact(channels)) {
            *sum = s.add(*sum, at(position));
        }
    }
    for position in rest.chunks_exact(channels) {
        sums[0] = s.add(sums[0], at(position));
    }
    s.add(s.add(sums[0], sums[1]), s.add(sums[2], sums[3]))
}

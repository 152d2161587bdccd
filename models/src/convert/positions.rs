//! Positions of patches for another number of patches, as transformers' `interpolate_pos_encoding` makes them.

/// The coefficient of PyTorch's cubic convolution.
const A: f32 = -0.75;

/// The values of a class position and of `from` × `from` patches, `[1 + from², hidden]`, as those of a class position
/// and of `to` × `to` patches: the class position stays, and the others are interpolated as
/// `torch.nn.functional.interpolate(size, mode="bicubic", align_corners=False)` does it.
pub(super) fn interpolated(positions: &[f32], hidden: usize, from: usize, to: usize) -> Vec<f32> {
    let (class, patches) = positions.split_at(hidden);
    if from == to {
        return positions.to_vec();
    }
    let taps: Vec<[(usize, f32); 4]> = (0..to).map(|at| taps(at, from, to)).collect();
    let mut out = class.to_vec();
    for rows in &taps {
        for columns in &taps {
            let start = out.len();
            out.resize(start + hidden, 0.0);
            for (row, down) in rows {
                for (column, across) in columns {
                    let patch = &patches[(row * from + column) * hidden..][..hidden];
                    let weight = down * across;
                    out[start..].iter_mut().zip(patch).for_each(|(out, value)| *out += weight * value);
                }
            }
        }
    }
    out
}

/// The four places of `from` that the place `at` of `to` is made of, and their weights. Beyond the border the outermost
/// place is repeated.
fn taps(at: usize, from: usize, to: usize) -> [(usize, f32); 4] {
    let source = (at as f32 + 0.5) * (from as f32 / to as f32) - 0.5;
    let first = source.floor();
    let t = source - first;
    let near = |x: f32| ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0;
    let far = |x: f32| ((A * x - 5.0 * A) * x + 8.0 * A) * x - 4.0 * A;
    let weights = [far(t + 1.0), near(t), near(1.0 - t), far(2.0 - t)];
    std::array::from_fn(|n| {
        let place = (first + n as f32 - 1.0).clamp(0.0, (from - 1) as f32);
        (place as usize, weights[n])
    })
}

#[cfg(test)]
mod tests {
    use super::interpolated;

    #[test]
    fn the_same_number_of_patches_changes_nothing() {
        let positions = [9.0, 1.0, 2.0, 3.0, 4.0];
        assert_eq!(interpolated(&positions, 1, 2, 2), positions);
    }

    /// `torch.nn.functional.interpolate(torch.arange(9.).view(1, 1, 3, 3), (2, 2), mode="bicubic")`, and of
    /// `(4, 4)` its first row.
    #[test]
    fn the_values_are_pytorchs() {
        let positions: Vec<f32> = std::iter::once(100.0).chain((0..9).map(|n| n as f32)).collect();
        for (to, expected) in [(2, &SMALLER[..]), (4, &LARGER[..])] {
            let ours = interpolated(&positions, 1, 3, to);
            assert_eq!((ours.len(), ours[0]), (1 + to * to, 100.0));
            for (ours, theirs) in ours[1..].iter().zip(expected) {
                assert!((ours - theirs).abs() < 1e-5, "{ours} is not {theirs}");
            }
        }
    }

    const SMALLER: [f32; 4] = [0.765625, 2.3828125, 5.6171875, 7.234375];
    const LARGER: [f32; 4] = [-0.287_109_4, 0.314_453_1, 1.254_883, 1.856_445];
}

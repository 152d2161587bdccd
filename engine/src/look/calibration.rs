//! Converts the confidence of a method into its measured precision.

/// The precision, in percent, at a confidence. `curve` holds pairs of confidence and measured precision in rising
/// order, and is interpolated linearly.
pub(super) fn precision(curve: &[(f32, f32)], said: f32) -> u8 {
    let after = curve.iter().position(|(at, _)| *at > said).unwrap_or(curve.len());
    let share = match (after.checked_sub(1).map(|before| curve[before]), curve.get(after)) {
        (Some((from, low)), Some((to, high))) => low + (high - low) * (said - from) / (to - from),
        (Some((_, last)), None) => last,
        (None, Some((_, first))) => *first,
        (None, None) => 0.0,
    };
    (100.0 * share).round().clamp(0.0, 100.0) as u8
}

#[cfg(test)]
mod tests {
    use super::precision;

    #[test]
    fn between_two_points_it_is_a_line_and_outside_it_is_flat() {
        let curve = [(0.2, 0.5), (0.6, 0.9)];
        assert_eq!([0.0, 0.2, 0.4, 0.6, 1.0].map(|said| precision(&curve, said)), [50, 50, 70, 90, 90]);
    }
}

//! Whether arms have as many visitors as their shares say. If not, something drops visitors of one arm, and no figure
//! of the experiment can be believed.

use super::gamma;

/// Below this probability the numbers of visitors are no chance any more.
pub const MISMATCH: f64 = 0.001;

/// How probable it is that chance alone spreads visitors at least as unevenly as these (Pearson's χ²). `arms`: visitors
/// and share of each arm. 1 where there is nothing to compare.
pub fn mismatch(arms: &[(u64, f64)]) -> f64 {
    let visitors: u64 = arms.iter().map(|(visitors, _)| visitors).sum();
    let shares: f64 = arms.iter().map(|(_, share)| share).sum();
    if arms.len() < 2 || visitors == 0 || shares <= 0.0 {
        return 1.0;
    }
    let distance: f64 = arms
        .iter()
        .map(|(seen, share)| {
            let expected = visitors as f64 * share / shares;
            (*seen as f64 - expected).powi(2) / expected.max(f64::MIN_POSITIVE)
        })
        .sum();
    gamma::upper((arms.len() - 1) as f64 / 2.0, distance / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_two_to_forty_eight_of_ten_thousand_is_no_chance() {
        let p = mismatch(&[(5_200, 0.5), (4_800, 0.5)]);
        assert!((p - 6.334e-5).abs() < 1e-7, "{p}");
        assert!(p < MISMATCH);
        assert!(mismatch(&[(5_050, 0.5), (4_950, 0.5)]) > MISMATCH);
    }

    #[test]
    fn shares_are_what_counts() {
        assert!(mismatch(&[(9_000, 0.9), (1_000, 0.1)]) > 0.99);
        assert!(mismatch(&[(8_800, 0.9), (1_200, 0.1)]) < MISMATCH);
        assert!(mismatch(&[(3_000, 0.2), (3_010, 0.2), (2_990, 0.2)]) > 0.9);
    }

    #[test]
    fn nothing_is_no_mismatch() {
        for arms in [&[][..], &[(7, 1.0)], &[(0, 0.5), (0, 0.5)]] {
            assert_eq!(mismatch(arms), 1.0);
        }
    }
}

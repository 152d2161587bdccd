//! What events are worth in a ranking.

/// What one event is worth on the day that it happens: the nearer to a purchase, the more. Choosing in a list is left
/// out, since it rewards whoever stands at the top.
const WORTH: [(&str, f64); 4] =
    [("view_item", 1.0), ("add_to_wishlist", 3.0), ("add_to_cart", 5.0), ("purchase", 10.0)];

/// The half-life, in days, of the score that is kept.
pub const HALF_LIFE_DAYS: f64 = 30.0;

/// The day that kept scores are of: 2024-10-04.
const SCORE_DAY: i64 = 20_000;

/// The number of a kind of event that ranks, from 1 on.
pub fn kind(name: &str) -> Option<i64> {
    WORTH.iter().position(|(ranked, _)| *ranked == name).and_then(|at| i64::try_from(at + 1).ok())
}

/// What these counts, in the order of their kinds, are worth on their day.
pub fn worth(counted: &[i64; 4]) -> f64 {
    counted.iter().zip(WORTH).map(|(count, (_, worth))| *count as f64 * worth).sum()
}

/// What something on `day` is worth in a kept score, as a multiple of the same on the day that kept scores are of.
/// A double holds it for 80 years.
pub fn growth(day: i64) -> f64 {
    ((day - SCORE_DAY) as f64 / HALF_LIFE_DAYS).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_score_halves_every_half_life_and_lasts() {
        assert_eq!(growth(SCORE_DAY), 1.0);
        assert_eq!(growth(20_500 + 30) / growth(20_500), 2.0);
        assert!(growth(SCORE_DAY + 80 * 365).is_finite());
        assert_eq!((kind("view_item"), kind("purchase"), kind("select_item")), (Some(1), Some(4), None));
        assert_eq!(worth(&[1, 1, 1, 1]), 19.0);
    }
}

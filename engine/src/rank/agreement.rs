//! How well a product's features agree with those of the query: each agreement is between 0 and 1.

use std::collections::HashMap;

use crate::product::sortable_price;
use crate::store::rank_features::{RankFeatures, Tone};

/// At this distance two colours are half alike. CIELAB's plain distance, with light counting half, since a
/// fold and a lamp change light: CIEDE2000 for five hundred products would take a millisecond.
const HALF_ALIKE: f32 = 16.0;

/// How much of the query's colours a product has.
pub(super) fn colors(query: &[Tone; 3], has: &[Tone; 3]) -> f32 {
    let shown = |tones: &[Tone; 3]| -> f32 { tones.iter().map(|tone| f32::from(tone.percent)).sum() };
    let (all, known) = (shown(query), shown(has));
    if all == 0.0 || known == 0.0 {
        return 0.0;
    }
    let best = |tone: &Tone| {
        let seen = has.iter().filter(|other| other.percent > 0);
        seen.map(|other| alike(*tone, *other)).fold(0.0, f32::max)
    };
    query.iter().map(|tone| f32::from(tone.percent) * best(tone)).sum::<f32>() / all
}

fn alike(a: Tone, b: Tone) -> f32 {
    let ([l, x, y], [m, u, v]) = (a.lab(), b.lab());
    let squared = 0.25 * (l - m).powi(2) + (x - u).powi(2) + (y - v).powi(2);
    1.0 / (1.0 + squared / (HALF_ALIKE * HALF_ALIKE))
}

/// Prices alike: 1 for the same, a half at twice or half of it.
pub(super) fn prices(query: i64, has: i64) -> f32 {
    if query == sortable_price::NONE || has == sortable_price::NONE || query <= 0 || has <= 0 {
        return 0.0;
    }
    let ratio = query.max(has) as f32 / query.min(has) as f32;
    1.0 / (1.0 + (ratio.ln() / std::f32::consts::LN_2).powi(2))
}

/// How many of the nearest products vote on the category of the query.
const VOTERS: usize = 30;

/// How much more a voter counts for each step on the visual scale.
const SHARPNESS: f32 = 4.0;

/// The share of each category among the products that are nearest, the nearer the more.
pub(super) fn categories(nearest: &[(f32, RankFeatures)]) -> HashMap<u32, f32> {
    let mut votes: HashMap<u32, f32> = HashMap::new();
    let best = nearest.first().map_or(0.0, |(visual, _)| *visual);
    for (visual, features) in nearest.iter().take(VOTERS).filter(|(_, features)| features.category != 0) {
        *votes.entry(features.category).or_default() += (SHARPNESS * (visual - best)).exp();
    }
    let all: f32 = votes.values().sum();
    votes.values_mut().for_each(|vote| *vote /= all.max(f32::MIN_POSITIVE));
    votes
}

/// A new product is half as new after this many days.
const HALF_LIFE_DAYS: f32 = 30.0;

/// 1 on the day that it came.
pub(super) fn freshness(since: u32, today: u32) -> f32 {
    if since == 0 {
        return 0.0;
    }
    0.5_f32.powf(today.saturating_sub(since) as f32 / HALF_LIFE_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tones(tones: &[([i8; 3], u8)]) -> [Tone; 3] {
        std::array::from_fn(|n| tones.get(n).map_or(Tone::default(), |&(lab, percent)| Tone { lab, percent }))
    }

    #[test]
    fn the_same_colours_agree_and_others_do_not() {
        let red = tones(&[([45, 60, 40], 90)]);
        let dark_red = tones(&[([30, 45, 25], 80)]);
        let blue = tones(&[([40, 10, -50], 90)]);
        let striped = tones(&[([45, 60, 40], 50), ([95, 0, 0], 50)]);
        assert!((colors(&red, &red) - 1.0).abs() < 1e-6);
        assert!(colors(&red, &dark_red) > 0.3 && colors(&red, &blue) < 0.1);
        assert!(colors(&striped, &red) < colors(&striped, &striped));
        assert_eq!(colors(&tones(&[]), &red) + colors(&red, &tones(&[])), 0.0);
    }

    #[test]
    fn prices_agree_by_their_ratio() {
        assert_eq!(prices(200, 200), 1.0);
        assert!((prices(200, 400) - 0.5).abs() < 1e-6 && (prices(400, 200) - 0.5).abs() < 1e-6);
        assert_eq!(prices(sortable_price::NONE, 200), 0.0);
    }

    #[test]
    fn the_nearest_products_vote_on_the_category() {
        let of = |category| RankFeatures { category, ..RankFeatures::default() };
        let votes = categories(&[(0.9, of(1)), (0.88, of(1)), (0.3, of(2)), (0.2, of(0))]);
        assert!(votes[&1] > 0.9 && votes.len() == 2);
        assert!((votes.values().sum::<f32>() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn what_came_today_is_freshest() {
        assert_eq!(freshness(100, 100), 1.0);
        assert!((freshness(100, 130) - 0.5).abs() < 1e-6);
        assert_eq!((freshness(0, 100), freshness(110, 100)), (0.0, 1.0));
    }
}

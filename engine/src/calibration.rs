//! What scores mean in one catalogue: cosines of one model and one catalogue say little about those of
//! another, so their scale is measured and kept with the catalogue.

use serde::{Deserialize, Serialize};

use crate::{Babble, Familiarity};

/// The scales of a catalogue, measured by [`SearchSession::calibrate`](crate::SearchSession::calibrate).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// For queries by picture or by product.
    pub image: Scale,
    /// For queries by words; `None` if the products have none.
    pub text: Option<Scale>,
    /// How many products there were.
    pub products: u64,
    /// How pictures of the catalogue's kind are told from others; `None` if it has no pictures, or was
    /// measured before this was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub familiarity: Option<Familiarity>,
    /// How words that mean nothing to the model are told; `None` if they cannot be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub babble: Option<Babble>,
    /// From which likeness of [imprints](crate::Imprint) on two pictures show the same product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_from: Option<f32>,
}

/// Points on the scale of a score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// What two things score that have nothing to do with each other: 0 percent.
    pub unrelated: f32,
    /// Below this, the best hit is no good match.
    pub matches_from: f32,
    /// From here on it is as near as another picture of the same product; words never are.
    pub exact_from: Option<f32>,
    /// What the best match scores: 100 percent.
    pub best: f32,
}

/// No cosine reaches it.
const NEVER: f32 = 2.0;

/// How near a hit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchKind {
    /// As near as another picture of the same product.
    Exact,
    /// Like what was asked for.
    Similar,
    /// Not near, or there is no scale to tell.
    #[default]
    Other,
}

impl Scale {
    /// How good a score is, in percent of what the best matches reach.
    pub fn percent(&self, score: f32) -> u8 {
        let span = (self.best - self.unrelated).max(f32::EPSILON);
        (100.0 * (score - self.unrelated) / span).round().clamp(0.0, 100.0) as u8
    }

    /// What a score says of a hit.
    pub fn kind(&self, score: f32) -> MatchKind {
        match self.exact_from {
            Some(exact) if score >= exact => MatchKind::Exact,
            _ if score >= self.matches_from => MatchKind::Similar,
            _ => MatchKind::Other,
        }
    }

    /// The same scale for a picture that shows nothing of the catalogue's kind: no score is a match.
    pub fn of_foreign(self) -> Self {
        Self { matches_from: NEVER, exact_from: None, ..self }
    }

    /// The scale of a score that is a weighted sum of scores on other scales. Only a score of
    /// pictures alone can be exact.
    pub(crate) fn blend(parts: &[(&Self, f32)]) -> Self {
        let sum = |point: fn(&Self) -> f32| parts.iter().map(|(scale, weight)| weight * point(scale)).sum();
        Self {
            unrelated: sum(|s| s.unrelated),
            matches_from: sum(|s| s.matches_from),
            exact_from: match parts {
                [(only, weight)] => only.exact_from.map(|exact| exact * weight),
                _ => None,
            },
            best: sum(|s| s.best),
        }
    }
}

/// The value below which `share` of them lie; 0 if there are none.
pub(crate) fn quantile(values: &mut [f32], share: f64) -> f32 {
    values.sort_by(f32::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURES: Scale = Scale { unrelated: 0.2, matches_from: 0.6, exact_from: Some(0.9), best: 1.0 };
    const WORDS: Scale = Scale { unrelated: 0.0, matches_from: 0.2, exact_from: None, best: 0.4 };

    #[test]
    fn percents_run_from_unrelated_to_best() {
        let shown = [-1.0, 0.2, 0.6, 1.0, 2.0].map(|score| PICTURES.percent(score));
        assert_eq!(shown, [0, 0, 50, 100, 100]);
    }

    #[test]
    fn kinds_follow_the_points() {
        assert_eq!(PICTURES.kind(0.95), MatchKind::Exact);
        assert_eq!(PICTURES.kind(0.7), MatchKind::Similar);
        assert_eq!(PICTURES.kind(0.5), MatchKind::Other);
        assert_eq!(WORDS.kind(0.99), MatchKind::Similar);
    }

    #[test]
    fn a_blend_lies_between_and_is_never_exact() {
        let both = Scale::blend(&[(&PICTURES, 0.5), (&WORDS, 0.5)]);
        assert!((both.matches_from - 0.4).abs() < 1e-6 && both.exact_from.is_none());
        assert_eq!(Scale::blend(&[(&PICTURES, 1.0)]), PICTURES);
    }

    #[test]
    fn quantiles_of_few_values_are_some_of_them() {
        assert_eq!(quantile(&mut [3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(quantile(&mut [], 0.5), 0.0);
    }
}

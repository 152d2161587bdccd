//! The scale of scores in one catalogue. Cosines of one model and catalogue are not comparable with those of
//! another, so the scale is measured and stored with the catalogue.

use serde::{Deserialize, Serialize};

use crate::calibrate::gibberish::GibberishDetector;
use crate::calibrate::out_of_domain::OutOfDomainClassifier;
use crate::calibrate::trades::Trades;

/// The scales of a catalogue, measured by [`SearchSession::calibrate`](crate::SearchSession::calibrate).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// For queries by picture or by product.
    pub image: Scale,
    /// For queries by words; `None` if the products have none.
    pub text: Option<Scale>,
    /// The number of products when the scales were measured.
    pub products: u64,
    /// Tells pictures of the catalogue's domain from others. `None` if the catalogue has no pictures, or was
    /// calibrated by a version without this.
    #[serde(rename = "familiarity", default, skip_serializing_if = "Option::is_none")]
    pub out_of_domain: Option<OutOfDomainClassifier>,
    /// Detects words that mean nothing to the model. `None` if they cannot be told apart.
    #[serde(rename = "babble", default, skip_serializing_if = "Option::is_none")]
    pub gibberish: Option<GibberishDetector>,
    /// What kinds of shops the products' texts speak of. `None` if they do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trades: Option<Trades>,
    /// The likeness of [templates](crate::ImageTemplate) from which on two pictures show the same product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_from: Option<f32>,
}

/// Points on the scale of a score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// The score of two unrelated products: 0 percent.
    pub unrelated: f32,
    /// A best hit with a lower score is no good match.
    pub matches_from: f32,
    /// A hit from this score on is as near as another picture of the same product. `None` for words.
    pub exact_from: Option<f32>,
    /// The score of the best matches: 100 percent.
    pub best: f32,
}

/// Above every cosine.
const NEVER: f32 = 2.0;

/// How well a hit matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchKind {
    /// As near as another picture of the same product.
    Exact,
    /// Similar to the query.
    Similar,
    /// Not similar, or the catalogue has no scale.
    #[default]
    Other,
}

impl Scale {
    /// A score in percent of the score of the best matches.
    pub fn percent(&self, score: f32) -> u8 {
        let span = (self.best - self.unrelated).max(f32::EPSILON);
        (100.0 * (score - self.unrelated) / span).round().clamp(0.0, 100.0) as u8
    }

    /// The kind of match that a score means.
    pub fn kind(&self, score: f32) -> MatchKind {
        match self.exact_from {
            Some(exact) if score >= exact => MatchKind::Exact,
            _ if score >= self.matches_from => MatchKind::Similar,
            _ => MatchKind::Other,
        }
    }

    /// The same scale for a picture outside the catalogue's domain: no score is a match.
    pub fn for_out_of_domain(self) -> Self {
        Self { matches_from: NEVER, exact_from: None, ..self }
    }

    /// The scale of a weighted sum of scores on other scales. Only a score of pictures alone can be exact.
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
}

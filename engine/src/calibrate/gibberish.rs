//! Detects words that mean nothing to a model.
//!
//! A model embeds unknown words too, and some product is always nearest to them. But the embeddings of words
//! without meaning are much alike. Calibration therefore measures how near nonsense lies to other nonsense, and
//! how near the names of products lie to it.

use knytt_models::Embedding;
use serde::{Deserialize, Serialize};

use crate::calibrate::out_of_domain::ReferenceEmbeddings;
use crate::calibrate::quantile::quantile;

/// The share of nonsense that the detector may miss.
const PASSED: f64 = 0.1;

/// The share of product kinds that must lie farther from nonsense than the threshold; otherwise there is no
/// detector. The share is low, since a model may not know many words of a shop. The lexical search answers
/// queries with such words.
const KNOWN: f64 = 0.3;

/// The threshold is at least this cosine: less similar words may mean something to the model.
const ALIKE: f32 = 0.98;

/// Tells words without meaning by the nearness of their embedding to that of nonsense.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GibberishDetector {
    #[serde(rename = "drawn")]
    references: ReferenceEmbeddings,
    /// Words are nonsense from this cosine to the nearest nonsense on.
    from: f32,
}

impl GibberishDetector {
    /// `None` if nonsense and the names of products cannot be told apart.
    pub(crate) fn measure(nonsense: &[Embedding], names: &[Embedding]) -> Option<Self> {
        let references = ReferenceEmbeddings::new(nonsense);
        let nearest = |words: &Embedding, except| references.nearest(words, except).first().copied();
        let mut alike: Vec<f32> =
            nonsense.iter().enumerate().filter_map(|(n, words)| nearest(words, Some(n))).collect();
        let mut sound: Vec<f32> = names.iter().filter_map(|words| nearest(words, None)).collect();
        let from = quantile(&mut alike, PASSED);
        (from > quantile(&mut sound, KNOWN).max(ALIKE)).then_some(Self { references, from })
    }

    /// Whether these words mean nothing to the model that embedded them.
    pub fn is_gibberish(&self, words: &Embedding) -> bool {
        self.references.nearest(words, None).first().is_some_and(|nearest| *nearest >= self.from)
    }
}

#[cfg(test)]
mod tests {
    use knytt_models::Fingerprint;

    use super::*;

    fn embedding(angle: f32) -> Embedding {
        Embedding::new(vec![angle.cos(), angle.sin()], Fingerprint::of(&[b"test"])).unwrap()
    }

    fn around(angle: f32) -> Vec<Embedding> {
        (0..20).map(|n| embedding(angle + 0.01 * n as f32)).collect()
    }

    #[test]
    fn words_as_near_to_nonsense_as_nonsense_itself_are_gibberish() {
        let gibberish = GibberishDetector::measure(&around(0.0), &around(1.5)).unwrap();
        assert!(gibberish.is_gibberish(&embedding(0.1)));
        assert!(!gibberish.is_gibberish(&embedding(0.7)) && !gibberish.is_gibberish(&embedding(1.5)));
    }

    #[test]
    fn there_is_no_detector_where_names_lie_as_near_as_nonsense() {
        assert_eq!(GibberishDetector::measure(&around(0.0), &around(0.005)), None);
        assert_eq!(GibberishDetector::measure(&[], &around(0.0)), None);
    }
}

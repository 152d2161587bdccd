//! Whether words mean anything to a model.
//!
//! What a model does not know it puts somewhere all the same, and some product is always nearest. But words
//! that mean nothing to it come out much alike. So it is measured, when the catalogue is calibrated, how near
//! nonsense comes to other nonsense, and how near what products are called comes to it.

use knytt_models::Embedding;
use serde::{Deserialize, Serialize};

use crate::calibration::quantile;
use crate::familiar::Drawn;

/// The share of nonsense that may pass for words.
const PASSED: f64 = 0.1;

/// So much of what products are called must be told from nonsense, or the model does not tell. It may well not
/// know many words of a shop: who searches for those is answered by the products' texts.
const KNOWN: f64 = 0.3;

/// Nonsense that comes out less alike than this may mean something to the model.
const ALIKE: f32 = 0.98;

/// What nonsense is like to a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Babble {
    drawn: Drawn,
    /// From this cosine to the nearest nonsense on, words are nonsense.
    from: f32,
}

impl Babble {
    /// `None` if nonsense and what products are called cannot be told apart.
    pub(crate) fn measure(nonsense: &[Embedding], called: &[Embedding]) -> Option<Self> {
        let drawn = Drawn::new(nonsense);
        let nearest = |said: &Embedding, except| drawn.nearest(said, except).first().copied();
        let mut alike: Vec<f32> =
            nonsense.iter().enumerate().filter_map(|(n, said)| nearest(said, Some(n))).collect();
        let mut sound: Vec<f32> = called.iter().filter_map(|said| nearest(said, None)).collect();
        let from = quantile(&mut alike, PASSED);
        (from > quantile(&mut sound, KNOWN).max(ALIKE)).then_some(Self { drawn, from })
    }

    /// Whether these words mean nothing to the model that embedded them.
    pub fn is(&self, said: &Embedding) -> bool {
        self.drawn.nearest(said, None).first().is_some_and(|nearest| *nearest >= self.from)
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
    fn what_is_as_near_to_nonsense_as_nonsense_is_means_nothing() {
        let babble = Babble::measure(&around(0.0), &around(1.5)).unwrap();
        assert!(babble.is(&embedding(0.1)));
        assert!(!babble.is(&embedding(0.7)) && !babble.is(&embedding(1.5)));
    }

    #[test]
    fn where_they_cannot_be_told_apart_nothing_is_claimed() {
        assert_eq!(Babble::measure(&around(0.0), &around(0.005)), None);
        assert_eq!(Babble::measure(&[], &around(0.0)), None);
    }
}

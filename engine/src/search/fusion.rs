//! One query vector from a picture, words and a product, minus what was excluded:
//! `Ef = normalise(α·Ei + (1−α)·Et − β·Σ En)`.

use knytt_models::Embedding;

use crate::calibrate::scale::{Calibration, Scale};
use crate::error::Result;
use crate::search::query::ScoreParts;

/// β: the weight of each exclusion, beside 1 for the rest of the query. Half is enough to reorder similar hits, and
/// the positive part still decides.
const AGAINST: f32 = 0.5;

/// The embedded parts of a query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Embedded {
    pub(crate) image: Option<Embedding>,
    pub(crate) text: Option<Embedding>,
    pub(crate) product: Option<Embedding>,
    pub(crate) negative: Vec<Embedding>,
    /// Further ingredients, each with its weight. A negative weight is an exclusion.
    pub(crate) mix: Vec<(Embedding, f32)>,
}

/// The fused query vector, which can split a score into its parts.
pub(crate) struct Fusion<'a> {
    query: &'a Embedded,
    weights: PartWeights,
    fused: Embedding,
}

/// The weight of each part. In a [`Fusion`], they are divided by the length of the weighted sum.
#[derive(Clone, Copy)]
struct PartWeights {
    /// The picture and the product.
    seen: f32,
    said: f32,
    against: f32,
    /// Of the mix, beside the weights that it has.
    mixed: f32,
}

impl<'a> Fusion<'a> {
    /// Fuses what is there. A picture and a product share the weight `alpha`; words have the rest.
    ///
    /// # Errors
    /// If there are no parts, the parts are of different models, or they cancel out.
    pub(crate) fn new(query: &'a Embedded, alpha: f32) -> Result<Self> {
        let Embedded { image, text, product, .. } = query;
        let seen = if image.is_some() && product.is_some() { alpha / 2.0 } else { alpha };
        // One side alone is the query itself, whatever alpha says.
        let (seen, said) = match (image.as_ref().or(product.as_ref()), text) {
            (Some(_), Some(_)) => (seen, 1.0 - alpha),
            (Some(_), None) if image.is_some() && product.is_some() => (0.5, 0.0),
            _ => (1.0, 1.0),
        };
        let weights = PartWeights { seen, said, against: -AGAINST, mixed: 1.0 };
        let weighted = query.weighted(weights);
        let (fused, norm) = (Embedding::fuse(&weighted)?, norm(&weighted));
        let PartWeights { seen, said, against, mixed } = weights;
        Ok(Self {
            query,
            weights: PartWeights {
                seen: seen / norm,
                said: said / norm,
                against: against / norm,
                mixed: mixed / norm,
            },
            fused,
        })
    }

    pub(crate) fn embedding(&self) -> &Embedding {
        &self.fused
    }

    /// The share of the words in the query, 0 to 1; 1 if there is nothing else.
    pub(crate) fn said_share(&self) -> f32 {
        let Embedded { image, text, product, mix, .. } = self.query;
        let PartWeights { seen, said, mixed, .. } = self.weights;
        let said = if text.is_some() { said } else { 0.0 };
        let shown = image.iter().chain(product).count() as f32 * seen;
        let beside: f32 = mix.iter().map(|(_, weight)| (mixed * weight).abs()).sum();
        said / (said + shown + beside).max(f32::MIN_POSITIVE)
    }

    /// The scale of the fused query's scores, blended from the scales of its parts; `None` if a part has no scale.
    pub(crate) fn scale(&self, calibration: &Calibration) -> Option<Scale> {
        let Embedded { image, text, product, negative, mix } = self.query;
        let PartWeights { seen, said, against, .. } = self.weights;
        // No calibration measures mixtures.
        if !mix.is_empty() {
            return None;
        }
        let mut parts = Vec::new();
        parts.extend(image.iter().chain(product).map(|_| (&calibration.image, seen)));
        if text.is_none() && negative.is_empty() {
            return Some(Scale::blend(&parts));
        }
        let words = calibration.text?;
        parts.extend(text.iter().map(|_| (&words, said)));
        // Good hits are unlike the exclusions.
        let unlike = Scale { matches_from: words.unrelated, best: words.unrelated, ..words };
        parts.extend(negative.iter().map(|_| (&unlike, against)));
        Some(Scale::blend(&parts))
    }

    /// What each part adds to the score of a product with this vector.
    pub(crate) fn parts(&self, vector: &[f32]) -> ScoreParts {
        let Embedded { image, text, product, negative, mix } = self.query;
        let dot = |e: &Embedding| e.as_slice().iter().zip(vector).map(|(a, b)| a * b).sum::<f32>();
        let share = |e: &Option<Embedding>, weight: f32| e.as_ref().map(|e| weight * dot(e));
        let against: f32 = negative.iter().map(|e| self.weights.against * dot(e)).sum();
        let mixed: f32 = mix.iter().map(|(e, weight)| self.weights.mixed * weight * dot(e)).sum();
        ScoreParts {
            image: share(image, self.weights.seen),
            text: share(text, self.weights.said),
            product: share(product, self.weights.seen),
            without: (!negative.is_empty()).then_some(against),
            mix: (!mix.is_empty()).then_some(mixed),
        }
    }
}

impl Embedded {
    /// Whether there is no part with a vector.
    pub(crate) fn is_empty(&self) -> bool {
        !self.is_seen() && self.text.is_none() && self.negative.is_empty()
    }

    /// Whether a picture, a product or an ingredient is a part.
    pub(crate) fn is_seen(&self) -> bool {
        self.image.is_some() || self.product.is_some() || !self.mix.is_empty()
    }

    /// The picture, if it is the only part.
    pub(crate) fn only_image(&self) -> Option<&Embedding> {
        let alone =
            self.text.is_none() && self.product.is_none() && self.mix.is_empty() && self.negative.is_empty();
        self.image.as_ref().filter(|_| alone)
    }

    /// The words, if no picture, product or ingredient is a part.
    pub(crate) fn only_text(&self) -> Option<&Embedding> {
        let alone = self.image.is_none() && self.product.is_none() && self.mix.is_empty();
        self.text.as_ref().filter(|_| alone)
    }

    fn weighted(&self, weights: PartWeights) -> Vec<(&Embedding, f32)> {
        let mut parts = Vec::with_capacity(3 + self.negative.len());
        parts.extend(self.image.iter().chain(&self.product).map(|e| (e, weights.seen)));
        parts.extend(self.text.iter().map(|e| (e, weights.said)));
        parts.extend(self.negative.iter().map(|e| (e, weights.against)));
        parts.extend(self.mix.iter().map(|(e, weight)| (e, weights.mixed * weight)));
        parts
    }
}

/// The length of the weighted sum, before it is made 1.
fn norm(parts: &[(&Embedding, f32)]) -> f32 {
    let dimension = parts.first().map_or(0, |(first, _)| first.dimension());
    let component = |i: usize| parts.iter().map(|(e, w)| e.as_slice()[i] * w).sum::<f32>();
    (0..dimension).map(|i| f64::from(component(i)).powi(2)).sum::<f64>().sqrt() as f32
}

#[cfg(test)]
mod tests {
    use knytt_models::Fingerprint;

    use super::*;

    fn embedding(values: &[f32]) -> Embedding {
        Embedding::new(values.to_vec(), Fingerprint::of(&[b"test"])).unwrap()
    }

    #[test]
    fn one_part_alone_is_the_query_itself() {
        let e = embedding(&[0.6, 0.8]);
        for alpha in [0.0, 0.3, 1.0] {
            let picture = Embedded { image: Some(e.clone()), ..Embedded::default() };
            let words = Embedded { text: Some(e.clone()), ..Embedded::default() };
            for query in [picture, words] {
                let fusion = Fusion::new(&query, alpha).unwrap();
                assert!(fusion.embedding().cosine(&e).unwrap() > 0.99999);
            }
        }
    }

    #[test]
    fn alpha_moves_the_query_from_the_words_to_the_picture() {
        let (picture, words) = (embedding(&[1.0, 0.0]), embedding(&[0.0, 1.0]));
        let query =
            Embedded { image: Some(picture.clone()), text: Some(words.clone()), ..Embedded::default() };
        let at = |alpha| Fusion::new(&query, alpha).unwrap().embedding().clone();
        assert_eq!(at(1.0).as_slice(), picture.as_slice());
        assert_eq!(at(0.0).as_slice(), words.as_slice());
        assert!((at(0.5).as_slice()[0] - at(0.5).as_slice()[1]).abs() < 1e-6);
    }

    #[test]
    fn parts_sum_to_the_score() {
        let hit = embedding(&[0.5, 0.5, 0.1]);
        let full = Embedded {
            image: Some(embedding(&[0.9, 0.1, 0.3])),
            text: Some(embedding(&[-0.2, 0.7, 0.1])),
            product: Some(embedding(&[0.3, 0.3, -0.9])),
            negative: vec![embedding(&[0.1, 0.9, 0.3]), embedding(&[0.7, 0.1, 0.1])],
            mix: vec![(embedding(&[0.2, 0.4, -0.3]), -0.4)],
        };
        let without = |mut e: Embedded, strip: fn(&mut Embedded)| {
            strip(&mut e);
            e
        };
        for query in [
            full.clone(),
            without(full.clone(), |e| e.product = None),
            without(full.clone(), |e| e.text = None),
            without(full.clone(), |e| e.negative.clear()),
            without(full.clone(), |e| e.mix.clear()),
        ] {
            let fusion = Fusion::new(&query, 0.3).unwrap();
            let parts = fusion.parts(hit.as_slice());
            let sum: f32 = [parts.image, parts.text, parts.product, parts.without, parts.mix]
                .into_iter()
                .flatten()
                .sum();
            let score = fusion.embedding().cosine(&hit).unwrap();
            assert!((sum - score).abs() < 1e-5, "{parts:?} is not {score}");
            assert_eq!(parts.without.is_some(), !query.negative.is_empty());
        }
    }

    #[test]
    fn the_share_of_words_is_what_alpha_and_the_mix_leave() {
        let e = || embedding(&[0.6, 0.8]);
        let share = |embedded: Embedded, alpha| Fusion::new(&embedded, alpha).unwrap().said_share();
        let words = || Embedded { text: Some(e()), ..Embedded::default() };
        assert_eq!(share(words(), 0.3), 1.0);
        assert!((share(Embedded { image: Some(e()), ..words() }, 0.7) - 0.3).abs() < 1e-6);
        assert!((share(Embedded { mix: vec![(e(), 3.0)], ..words() }, 0.5) - 0.25).abs() < 1e-6);
        assert_eq!(share(Embedded { image: Some(e()), ..Embedded::default() }, 0.5), 0.0);
    }

    #[test]
    fn an_exclusion_ranks_similar_products_lower() {
        let (words, stripes) = (embedding(&[1.0, 0.2, 0.0]), embedding(&[0.0, 0.2, 1.0]));
        let query = Embedded { text: Some(words), negative: vec![stripes], ..Embedded::default() };
        let fusion = Fusion::new(&query, 0.5).unwrap();
        let score = |values: &[f32]| fusion.embedding().cosine(&embedding(values)).unwrap();
        assert!(score(&[1.0, 0.0, 0.0]) > score(&[1.0, 0.0, 0.5]));
    }
}

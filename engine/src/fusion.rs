//! One query vector from a picture, words and a product: `Ef = normalise(α·Ei + (1−α)·Et)`.

use knytt_models::Embedding;

use crate::{Result, ScoreParts};

/// The fused query, and how to take a score apart again.
pub(crate) struct Fusion<'a> {
    fused: Embedding,
    image: Option<Weighted<'a>>,
    text: Option<Weighted<'a>>,
    product: Option<Weighted<'a>>,
}

/// A part and its weight after normalisation.
#[derive(Clone, Copy)]
struct Weighted<'a> {
    embedding: &'a Embedding,
    weight: f32,
}

impl<'a> Fusion<'a> {
    /// Fuses what is there. A picture and a product share the weight `alpha`; words have the rest.
    ///
    /// # Errors
    /// If nothing is there, the parts are of different models, or they cancel out.
    pub(crate) fn new(
        image: Option<&'a Embedding>,
        text: Option<&'a Embedding>,
        product: Option<&'a Embedding>,
        alpha: f32,
    ) -> Result<Self> {
        let seen = if image.is_some() && product.is_some() { alpha / 2.0 } else { alpha };
        // One side alone is the query itself, whatever alpha says.
        let (seen, said) = match (image.or(product), text) {
            (Some(_), Some(_)) => (seen, 1.0 - alpha),
            _ => (1.0, 1.0),
        };
        let part = |embedding, weight| Weighted { embedding, weight };
        let mut fusion_parts =
            [image.map(|e| part(e, seen)), text.map(|e| part(e, said)), product.map(|e| part(e, seen))];
        let weighted: Vec<_> = fusion_parts.iter().flatten().map(|p| (p.embedding, p.weight)).collect();
        let fused = Embedding::fuse(&weighted)?;
        let norm = norm(&weighted);
        fusion_parts.iter_mut().flatten().for_each(|part| part.weight /= norm);
        let [image, text, product] = fusion_parts;
        Ok(Self { fused, image, text, product })
    }

    pub(crate) fn embedding(&self) -> &Embedding {
        &self.fused
    }

    /// What each part adds to the score of a product with this vector.
    pub(crate) fn parts(&self, vector: &[f32]) -> ScoreParts {
        let share = |part: Option<Weighted<'_>>| {
            part.map(|p| {
                let dot: f32 = p.embedding.as_slice().iter().zip(vector).map(|(a, b)| a * b).sum();
                p.weight * dot
            })
        };
        ScoreParts { image: share(self.image), text: share(self.text), product: share(self.product) }
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
        let picture = embedding(&[0.6, 0.8]);
        for alpha in [0.0, 0.3, 1.0] {
            let fusion = Fusion::new(Some(&picture), None, None, alpha).unwrap();
            assert!(fusion.embedding().cosine(&picture).unwrap() > 0.99999);
            let words = Fusion::new(None, Some(&picture), None, alpha).unwrap();
            assert!(words.embedding().cosine(&picture).unwrap() > 0.99999);
        }
    }

    #[test]
    fn alpha_moves_the_query_from_the_words_to_the_picture() {
        let (picture, words) = (embedding(&[1.0, 0.0]), embedding(&[0.0, 1.0]));
        let at = |alpha| Fusion::new(Some(&picture), Some(&words), None, alpha).unwrap().embedding().clone();
        assert_eq!(at(1.0).as_slice(), picture.as_slice());
        assert_eq!(at(0.0).as_slice(), words.as_slice());
        assert!((at(0.5).as_slice()[0] - at(0.5).as_slice()[1]).abs() < 1e-6);
    }

    #[test]
    fn parts_sum_to_the_score() {
        let (picture, words) = (embedding(&[0.9, 0.1, 0.3]), embedding(&[-0.2, 0.7, 0.1]));
        let (like, hit) = (embedding(&[0.3, 0.3, -0.9]), embedding(&[0.5, 0.5, 0.1]));
        for product in [None, Some(&like)] {
            let fusion = Fusion::new(Some(&picture), Some(&words), product, 0.3).unwrap();
            let parts = fusion.parts(hit.as_slice());
            let sum: f32 = [parts.image, parts.text, parts.product].into_iter().flatten().sum();
            let score = fusion.embedding().cosine(&hit).unwrap();
            assert!((sum - score).abs() < 1e-5, "{parts:?} is not {score}");
            assert_eq!(parts.product.is_some(), product.is_some());
        }
    }
}

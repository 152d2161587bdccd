//! Tells whether a picture shows anything of the catalogue's domain.
//!
//! The nearest product of a landscape is often as similar as that of a badly lit dress, so one similarity is not
//! enough. The classifier also compares a picture with reference embeddings: those of
//! [synthetic negatives](crate::calibrate::synthetic_negatives), made during calibration. A logistic regression
//! over four similarities to products and references decides.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use knytt_models::Embedding;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many nearest products, and how many nearest references, count.
pub(crate) const NEAREST: usize = 10;

/// Similarity of the nearest product, mean of the nearest ten; the same two for the references.
pub(crate) const FEATURES: usize = 4;

/// Tells pictures of the catalogue's domain from all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutOfDomainClassifier {
    #[serde(rename = "drawn")]
    references: ReferenceEmbeddings,
    line: Line,
}

impl OutOfDomainClassifier {
    pub(crate) fn new(references: ReferenceEmbeddings, line: Line) -> Self {
        Self { references, line }
    }

    /// The log-odds that a picture belongs to the catalogue's domain. Below zero it shows something else.
    /// `nearest` are the similarities of the nearest products of the whole catalogue, best first, ten or more if
    /// there are as many.
    pub fn log_odds(&self, picture: &Embedding, nearest: &[f32]) -> f32 {
        self.line.score(&Self::features(nearest, &self.references.nearest(picture, None)))
    }

    /// The features of the regression. Similarities are given best first.
    pub(crate) fn features(products: &[f32], references: &[f32]) -> [f32; FEATURES] {
        let first = |scores: &[f32]| scores.first().copied().unwrap_or(0.0);
        let mean = |scores: &[f32]| {
            let scores = &scores[..scores.len().min(NEAREST)];
            scores.iter().sum::<f32>() / scores.len().max(1) as f32
        };
        [first(products), mean(products), first(references), mean(references)]
    }
}

/// The weights of the features, and the bias.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) weights: [f32; FEATURES],
    pub(crate) bias: f32,
}

impl Line {
    pub(crate) fn score(&self, features: &[f32; FEATURES]) -> f32 {
        self.weights.iter().zip(features).map(|(w, f)| w * f).sum::<f32>() + self.bias
    }
}

/// Embeddings of negative examples, one byte per value: `[examples, dimension]`. In JSON they are Base64.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReferenceEmbeddings(Vec<i8>);

impl ReferenceEmbeddings {
    pub(crate) fn new(embeddings: &[Embedding]) -> Self {
        let bytes = |embedding: &Embedding| {
            let largest = embedding.as_slice().iter().fold(f32::EPSILON, |most, v| most.max(v.abs()));
            let byte = move |v: &f32| (v / largest * 127.0).round() as i8;
            embedding.as_slice().iter().map(byte).collect::<Vec<_>>()
        };
        Self(embeddings.iter().flat_map(bytes).collect())
    }

    /// Cosine similarities of the nearest examples, best first, without the example number `except`.
    pub(crate) fn nearest(&self, picture: &Embedding, except: Option<usize>) -> Vec<f32> {
        let rows = self.0.chunks_exact(picture.dimension()).enumerate();
        let mut scores: Vec<f32> = rows
            .filter(|(row, _)| Some(*row) != except)
            .map(|(_, row)| {
                let values = row.iter().map(|v| f32::from(*v));
                let norm = values.clone().map(|v| v * v).sum::<f32>().sqrt();
                values.zip(picture.as_slice()).map(|(a, b)| a * b).sum::<f32>() / norm.max(1.0)
            })
            .collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        scores.truncate(NEAREST);
        scores
    }
}

impl Serialize for ReferenceEmbeddings {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().map(|v| v.cast_unsigned()).collect();
        serializer.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for ReferenceEmbeddings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes.into_iter().map(u8::cast_signed).collect()))
    }
}

#[cfg(test)]
mod tests {
    use knytt_models::Fingerprint;

    use super::*;

    fn embedding(values: &[f32]) -> Embedding {
        Embedding::new(values.to_vec(), Fingerprint::of(&[b"test"])).unwrap()
    }

    fn references() -> ReferenceEmbeddings {
        ReferenceEmbeddings::new(&[embedding(&[1.0, 0.0, 0.0]), embedding(&[0.0, 1.0, 0.2])])
    }

    #[test]
    fn a_picture_nearer_to_references_than_to_products_is_out_of_domain() {
        let line = Line { weights: [1.0, 0.0, -1.0, 0.0], bias: 0.0 };
        let out_of_domain = OutOfDomainClassifier::new(references(), line);
        assert!(out_of_domain.log_odds(&embedding(&[1.0, 0.1, 0.0]), &[0.6, 0.5]) < 0.0);
        assert!(out_of_domain.log_odds(&embedding(&[0.0, 0.1, 1.0]), &[0.6, 0.5]) > 0.0);
    }

    #[test]
    fn bytes_keep_similarities_and_one_can_be_left_out() {
        let near = references().nearest(&embedding(&[0.8, 0.6, 0.0]), None);
        let exact = [0.8, 0.6 / 1.04_f32.sqrt()];
        assert!(near.iter().zip(exact).all(|(a, b)| (a - b).abs() < 0.01), "{near:?}");
        assert_eq!(references().nearest(&embedding(&[0.8, 0.6, 0.0]), Some(0)).len(), 1);
    }

    #[test]
    fn it_survives_json() {
        let line = Line { weights: [0.5, 1.0, -2.0, 0.25], bias: -0.125 };
        let out_of_domain = OutOfDomainClassifier::new(references(), line);
        let json = serde_json::to_string(&out_of_domain).unwrap();
        assert_eq!(serde_json::from_str::<OutOfDomainClassifier>(&json).unwrap(), out_of_domain);
    }
}

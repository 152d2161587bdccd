//! Whether a picture shows anything of the catalogue's kind at all.
//!
//! The nearest product of a landscape is as near, often, as that of a badly lit dress: one similarity does
//! not tell. So a picture is also held against pictures of foreign things, which are drawn
//! ([`crate::foreign`]) and embedded when the catalogue is calibrated; what is nearer to those than to the
//! products is foreign. A line through four similarities, found by logistic regression, says which.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use knytt_models::Embedding;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many neighbours count, of either kind.
pub(crate) const NEAREST: usize = 10;

/// The nearest product, the mean of the nearest ten; the same of the drawn things.
pub(crate) const FEATURES: usize = 4;

/// How a catalogue tells pictures of its own kind from those of anything else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Familiarity {
    drawn: Drawn,
    line: Line,
}

impl Familiarity {
    pub(crate) fn new(drawn: Drawn, line: Line) -> Self {
        Self { drawn, line }
    }

    /// How much a picture is of the catalogue's kind, in log-odds above what is asked of one: below zero
    /// it shows something else. `nearest` are its similarities to the products nearest to it of the whole
    /// catalogue, best first, ten or more if there are as many.
    pub fn of(&self, picture: &Embedding, nearest: &[f32]) -> f32 {
        self.line.score(&Self::features(nearest, &self.drawn.nearest(picture, None)))
    }

    /// What the line is drawn through. Similarities are given best first.
    pub(crate) fn features(products: &[f32], drawn: &[f32]) -> [f32; FEATURES] {
        let first = |scores: &[f32]| scores.first().copied().unwrap_or(0.0);
        let mean = |scores: &[f32]| {
            let scores = &scores[..scores.len().min(NEAREST)];
            scores.iter().sum::<f32>() / scores.len().max(1) as f32
        };
        [first(products), mean(products), first(drawn), mean(drawn)]
    }
}

/// Weights of the features and what is added.
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

/// Embeddings of drawn things, in a byte per value: `[drawn, dimension]`. As JSON, Base64.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawn(Vec<i8>);

impl Drawn {
    pub(crate) fn new(embeddings: &[Embedding]) -> Self {
        let bytes = |embedding: &Embedding| {
            let largest = embedding.as_slice().iter().fold(f32::EPSILON, |most, v| most.max(v.abs()));
            let byte = move |v: &f32| (v / largest * 127.0).round() as i8;
            embedding.as_slice().iter().map(byte).collect::<Vec<_>>()
        };
        Self(embeddings.iter().flat_map(bytes).collect())
    }

    /// Cosine similarities of the nearest, best first; without the drawn thing of the number `except`.
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

impl Serialize for Drawn {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().map(|v| v.cast_unsigned()).collect();
        serializer.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Drawn {
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

    fn drawn() -> Drawn {
        Drawn::new(&[embedding(&[1.0, 0.0, 0.0]), embedding(&[0.0, 1.0, 0.2])])
    }

    #[test]
    fn what_is_nearer_to_drawn_things_than_to_products_is_foreign() {
        let line = Line { weights: [1.0, 0.0, -1.0, 0.0], bias: 0.0 };
        let familiarity = Familiarity::new(drawn(), line);
        assert!(familiarity.of(&embedding(&[1.0, 0.1, 0.0]), &[0.6, 0.5]) < 0.0);
        assert!(familiarity.of(&embedding(&[0.0, 0.1, 1.0]), &[0.6, 0.5]) > 0.0);
    }

    #[test]
    fn bytes_keep_similarities_and_one_can_be_left_out() {
        let near = drawn().nearest(&embedding(&[0.8, 0.6, 0.0]), None);
        let exact = [0.8, 0.6 / 1.04_f32.sqrt()];
        assert!(near.iter().zip(exact).all(|(a, b)| (a - b).abs() < 0.01), "{near:?}");
        assert_eq!(drawn().nearest(&embedding(&[0.8, 0.6, 0.0]), Some(0)).len(), 1);
    }

    #[test]
    fn it_survives_json() {
        let line = Line { weights: [0.5, 1.0, -2.0, 0.25], bias: -0.125 };
        let familiarity = Familiarity::new(drawn(), line);
        let json = serde_json::to_string(&familiarity).unwrap();
        assert_eq!(serde_json::from_str::<Familiarity>(&json).unwrap(), familiarity);
    }
}

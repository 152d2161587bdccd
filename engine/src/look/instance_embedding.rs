//! An embedding that tells one thing from others of its kind.
//!
//! In the ordinary embedding another navy dress is as near as the same dress from another side. A bundle may give
//! a second vector, trained on views of single things, that tells them apart ([`Embedding::instance_embedding`]). A search
//! compares it for its best candidates only, so it needs no index: the product's record holds one byte per value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use knytt_models::Embedding;
use serde::{Deserialize, Serialize};

/// The largest value of the bytes.
const LARGEST: f32 = 127.0;

/// The cosine of two different things of one kind, where the tower knows such things well. A lower one never counts.
const UNRELATED: f32 = 0.6;

/// The share of the compared candidates that may stand out. Where the tower does not know what it compares, all
/// cosines are high, and those of different things are as high as those of one thing.
const STAND_OUT: f32 = 0.02;

/// A direction, quantised to one byte per value. In JSON it is Base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstanceEmbedding(Box<[i8]>);

impl InstanceEmbedding {
    /// Quantises the second vector of an embedding; `None` if the bundle gives none.
    pub fn from_embedding(embedding: &Embedding) -> Option<Self> {
        let values = embedding.instance_embedding()?;
        let largest = values.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        Some(Self(values.iter().map(|value| (value / largest * LARGEST).round() as i8).collect()))
    }

    /// Cosine similarity to an [`Embedding::instance_embedding`]; `None` if that has another length.
    pub fn cosine(&self, instance_embedding: &[f32]) -> Option<f32> {
        let dot: f32 = self.0.iter().zip(instance_embedding).map(|(a, b)| f32::from(*a) * b).sum();
        let squares: i32 = self.0.iter().map(|a| i32::from(*a) * i32::from(*a)).sum();
        (self.0.len() == instance_embedding.len() && squares > 0).then(|| dot / (squares as f32).sqrt())
    }
}

/// Converts cosines of instance embeddings into summands for scores.
pub(crate) struct Evidence {
    /// The cosine from which on one counts.
    unrelated: f32,
}

impl Evidence {
    /// `cosines` are those of all candidates that are compared: nearly all of them show other things than the query.
    pub(crate) fn among(mut cosines: Vec<f32>) -> Self {
        cosines.sort_by(f32::total_cmp);
        let rank = (cosines.len().saturating_sub(1) as f32 * (1.0 - STAND_OUT)) as usize;
        Self { unrelated: cosines.get(rank).copied().unwrap_or(UNRELATED).max(UNRELATED) }
    }

    /// 0 to 1. It is squared, so that things of the same kind gain little.
    pub(crate) fn of(&self, cosine: f32) -> f32 {
        let span = (1.0 - self.unrelated).max(f32::EPSILON);
        ((cosine - self.unrelated) / span).clamp(0.0, 1.0).powi(2)
    }
}

impl TryFrom<String> for InstanceEmbedding {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self(STANDARD.decode(text)?.into_iter().map(u8::cast_signed).collect()))
    }
}

impl From<InstanceEmbedding> for String {
    fn from(instance_embedding: InstanceEmbedding) -> Self {
        STANDARD.encode(instance_embedding.0.iter().map(|value| value.cast_unsigned()).collect::<Vec<u8>>())
    }
}

impl std::fmt::Debug for InstanceEmbedding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstanceEmbedding(…)")
    }
}

#[cfg(test)]
mod tests {
    use knytt_models::Fingerprint;

    use super::*;

    fn embedding(values: &[f32]) -> Embedding {
        Embedding::new(vec![1.0], Fingerprint::of(&[b"test"])).unwrap().with_instance_embedding(values)
    }

    #[test]
    fn a_byte_for_each_value_keeps_cosines() {
        let (a, b) = (embedding(&[0.3, -0.2, 0.9, 0.1]), embedding(&[0.1, 0.2, 0.7, -0.4]));
        let exact: f32 = a
            .instance_embedding()
            .unwrap()
            .iter()
            .zip(b.instance_embedding().unwrap())
            .map(|(a, b)| a * b)
            .sum();
        let kept: InstanceEmbedding =
            String::from(InstanceEmbedding::from_embedding(&a).unwrap()).try_into().unwrap();
        assert!((kept.cosine(b.instance_embedding().unwrap()).unwrap() - exact).abs() < 0.01);
        assert!((kept.cosine(a.instance_embedding().unwrap()).unwrap() - 1.0).abs() < 0.001);
    }

    #[test]
    fn an_embedding_without_identity_gives_none() {
        let plain = Embedding::new(vec![1.0], Fingerprint::of(&[b"test"])).unwrap();
        assert_eq!(InstanceEmbedding::from_embedding(&plain), None);
        assert_eq!(embedding(&[0.0, 0.0]).instance_embedding(), None);
        let one = InstanceEmbedding::from_embedding(&embedding(&[0.0, 1.0])).unwrap();
        assert_eq!(one.cosine(&[1.0]), None);
        assert!(InstanceEmbedding::try_from("?".to_owned()).is_err());
    }

    #[test]
    fn evidence_begins_above_unrelated_things_and_ends_at_one() {
        let known = Evidence::among(vec![0.1, 0.3, 0.2, 0.9]);
        assert_eq!([-1.0, UNRELATED, 1.0].map(|cosine| known.of(cosine)), [0.0, 0.0, 1.0]);
        assert_eq!(Evidence::among(Vec::new()).of(1.0), 1.0);
    }

    #[test]
    fn where_all_are_alike_only_what_stands_out_counts() {
        let mut cosines = vec![0.94; 98];
        cosines.extend([0.95, 0.99]);
        let alike = Evidence::among(cosines);
        assert_eq!(alike.of(0.94), 0.0);
        assert!(alike.of(0.95) < 0.05 && alike.of(0.99) > 0.6, "{} {}", alike.of(0.95), alike.of(0.99));
        assert_eq!(Evidence::among(vec![1.0; 10]).of(1.0), 0.0);
    }
}

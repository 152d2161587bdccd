//! What tells one thing from others of its kind, as it is kept with a product.
//!
//! An embedding says what a thing is like, so that another navy dress is as near as the same one from
//! another side. A bundle may have a second vector, trained on sides of single things, that says which
//! thing it is ([`Embedding::instance_embedding`]). It is asked of the likeliest alone, so it needs no index: a byte
//! for each value, in the product's record.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use knytt_models::Embedding;
use serde::{Deserialize, Serialize};

/// The largest value of the bytes.
const LARGEST: f32 = 127.0;

/// A cosine that two different things of one kind have by chance counts for nothing.
const BY_CHANCE: f32 = 0.6;

/// A direction in steps of the largest value's 127th. As JSON, Base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Identity(Box<[i8]>);

impl Identity {
    /// Of a picture's embedding, if its bundle tells things apart.
    pub fn of(embedding: &Embedding) -> Option<Self> {
        let values = embedding.instance_embedding()?;
        let largest = values.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        Some(Self(values.iter().map(|value| (value / largest * LARGEST).round() as i8).collect()))
    }

    /// Cosine similarity to an [`Embedding::instance_embedding`]; `None` if that is of another length.
    pub fn cosine(&self, identity: &[f32]) -> Option<f32> {
        let dot: f32 = self.0.iter().zip(identity).map(|(a, b)| f32::from(*a) * b).sum();
        let squares: i32 = self.0.iter().map(|a| i32::from(*a) * i32::from(*a)).sum();
        (self.0.len() == identity.len() && squares > 0).then(|| dot / (squares as f32).sqrt())
    }
}

/// What a cosine of identities says beside a score, 0 to 1: the square, so that what is only of its kind
/// is left to nearness.
pub(crate) fn evidence(cosine: f32) -> f32 {
    ((cosine - BY_CHANCE) / (1.0 - BY_CHANCE)).max(0.0).powi(2)
}

impl TryFrom<String> for Identity {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self(STANDARD.decode(text)?.into_iter().map(u8::cast_signed).collect()))
    }
}

impl From<Identity> for String {
    fn from(identity: Identity) -> Self {
        STANDARD.encode(identity.0.iter().map(|value| value.cast_unsigned()).collect::<Vec<u8>>())
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

#[cfg(test)]
mod tests {
    use knytt_models::Fingerprint;

    use super::*;

    fn embedding(identity: &[f32]) -> Embedding {
        Embedding::new(vec![1.0], Fingerprint::of(&[b"test"])).unwrap().with_instance_embedding(identity)
    }

    #[test]
    fn a_byte_for_each_value_keeps_cosines() {
        let (a, b) = (embedding(&[0.3, -0.2, 0.9, 0.1]), embedding(&[0.1, 0.2, 0.7, -0.4]));
        let exact: f32 = a.instance_embedding().unwrap().iter().zip(b.instance_embedding().unwrap()).map(|(a, b)| a * b).sum();
        let kept: Identity = String::from(Identity::of(&a).unwrap()).try_into().unwrap();
        assert!((kept.cosine(b.instance_embedding().unwrap()).unwrap() - exact).abs() < 0.01);
        assert!((kept.cosine(a.instance_embedding().unwrap()).unwrap() - 1.0).abs() < 0.001);
    }

    #[test]
    fn what_is_no_identity_is_none() {
        let plain = Embedding::new(vec![1.0], Fingerprint::of(&[b"test"])).unwrap();
        assert_eq!(Identity::of(&plain), None);
        assert_eq!(embedding(&[0.0, 0.0]).instance_embedding(), None);
        let one = Identity::of(&embedding(&[0.0, 1.0])).unwrap();
        assert_eq!(one.cosine(&[1.0]), None);
        assert!(Identity::try_from("?".to_owned()).is_err());
    }

    #[test]
    fn evidence_begins_above_chance_and_ends_at_one() {
        assert_eq!([-1.0, BY_CHANCE, 1.0].map(evidence), [0.0, 0.0, 1.0]);
    }
}

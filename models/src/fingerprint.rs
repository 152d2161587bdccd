//! The name of an embedding space.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A text that is not the 64 lower-case hexadecimal digits of a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a model fingerprint: {0:?}")]
pub struct InvalidFingerprint(String);

/// Identifies the space that a model's embeddings live in: a hash over its architecture, weights,
/// preprocessing and dimension, as 64 lower-case hexadecimal digits. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(Arc<str>);

impl Fingerprint {
    /// The fingerprint of these parts, in this order. Each part's length goes into the hash, so that
    /// bytes moved from one part to the next give another fingerprint.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().to_hex().as_str().into())
    }

    /// Reads the 64 hexadecimal digits back.
    ///
    /// # Errors
    /// [`InvalidFingerprint`] if `text` is anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidFingerprint> {
        let valid = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if valid { Ok(Self(text.into())) } else { Err(InvalidFingerprint(text.into())) }
    }

    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits, for people.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({})", self.short())
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = InvalidFingerprint;
    fn try_from(text: String) -> Result<Self, InvalidFingerprint> {
        Self::parse(&text)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.0.as_ref().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_between_parts_changes_the_fingerprint() {
        assert_ne!(Fingerprint::of(&[b"ab", b"c"]), Fingerprint::of(&[b"a", b"bc"]));
    }

    #[test]
    fn only_64_lower_case_hex_digits_parse() {
        let good = Fingerprint::of(&[b"x"]);
        assert_eq!(Fingerprint::parse(good.as_str()).unwrap(), good);
        for bad in ["", "12", &good.as_str().to_uppercase(), &format!("{}g", &good.as_str()[1..])] {
            assert!(Fingerprint::parse(bad).is_err(), "{bad}");
        }
    }
}

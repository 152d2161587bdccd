//! The PIN of the staff. The document holds its Argon2id hash, so that whoever reads it does not know the PIN.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use serde::Deserialize;

/// Memory of one hash in KiB, passes over it, lanes: the least that OWASP advises for Argon2id.
const COST: (u32, u32, u32) = (19 * 1_024, 2, 1);

/// Digits of a PIN.
pub const DIGITS: std::ops::RangeInclusive<usize> = 4..=12;

/// A PIN or a hash that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPin {
    /// Other characters, or too few or too many.
    #[error("a PIN has 4 to 12 digits and nothing else")]
    Digits,
    /// Not what `knytt-kiosk pin` writes.
    #[error("this is no Argon2id hash: `knytt-kiosk pin` makes one")]
    Hash,
    /// The system gives no random numbers.
    #[error("the PIN cannot be hashed: {0}")]
    Hashing(String),
}

/// What a PIN is compared with, as `$argon2id$…`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PinHash(String);

impl PinHash {
    /// Hashes a PIN with a salt of its own.
    ///
    /// # Errors
    /// It is no PIN, or there are no random numbers.
    pub fn of(pin: &str) -> Result<Self, InvalidPin> {
        if !DIGITS.contains(&pin.len()) || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidPin::Digits);
        }
        let (memory, passes, lanes) = COST;
        let failed = |error: &dyn std::fmt::Display| InvalidPin::Hashing(error.to_string());
        let params = Params::new(memory, passes, lanes, None).map_err(|error| failed(&error))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = argon.hash_password(pin.as_bytes()).map_err(|error| failed(&error))?;
        Ok(Self(hash.to_string()))
    }

    /// Whether this is the PIN. Takes as long as a hash does, some hundredths of a second.
    pub fn matches(&self, pin: &str) -> bool {
        let Ok(hash) = PasswordHash::new(&self.0) else { return false };
        Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok()
    }

    /// As the document has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PinHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PinHash")
    }
}

impl TryFrom<String> for PinHash {
    type Error = InvalidPin;

    fn try_from(text: String) -> Result<Self, InvalidPin> {
        let known = text.starts_with("$argon2id$") && PasswordHash::new(&text).is_ok();
        if known { Ok(Self(text)) } else { Err(InvalidPin::Hash) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pin_matches_and_each_hash_has_its_own_salt() {
        let (one, other) = (PinHash::of("2580").unwrap(), PinHash::of("2580").unwrap());
        assert_ne!(one, other);
        assert!(one.matches("2580") && other.matches("2580"));
        assert!(!one.matches("2581") && !one.matches("") && !one.matches("25800"));
        assert_eq!(PinHash::try_from(one.as_str().to_owned()), Ok(one));
    }

    #[test]
    fn what_is_no_pin_or_no_hash_is_refused() {
        for wrong in ["", "123", "12a4", "1234567890123", "１２３４"] {
            assert_eq!(PinHash::of(wrong).err(), Some(InvalidPin::Digits), "{wrong}");
        }
        for wrong in ["", "2580", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g", "$argon2id$x"] {
            assert_eq!(PinHash::try_from(wrong.to_owned()).err(), Some(InvalidPin::Hash), "{wrong}");
        }
    }
}

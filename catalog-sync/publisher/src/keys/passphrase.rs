//! Private keys that lie encrypted, so that whoever copies their folder has nothing yet.
//!
//! The PEM holds, after a version byte: the iterations (4 bytes, big-endian), the salt, the nonce, and the
//! PKCS#8 document under AES-256-GCM. The key of that is PBKDF2 with HMAC-SHA-256 of the passphrase.

use std::fmt;
use std::num::NonZeroU32;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{pbkdf2, rand};

use crate::{Error, Result};

/// The label in PEM.
pub(crate) const LABEL: &str = "KNYTT ENCRYPTED PRIVATE KEY";

const VERSION: u8 = 1;

/// What OWASP advises for PBKDF2 with HMAC-SHA-256: about 0.2 s on a laptop.
const ITERATIONS: u32 = 600_000;

/// A file that asks for more is damaged, or wants to keep the machine busy.
const MOST_ITERATIONS: u32 = 10_000_000;

const SALT_BYTES: usize = 16;
const HEAD_BYTES: usize = 1 + 4 + SALT_BYTES + NONCE_LEN;

/// What keys are encrypted with. Nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(String);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

impl Passphrase {
    /// # Errors
    /// [`Error::InvalidKeys`] if it is shorter than 12 characters.
    pub fn new(text: &str) -> Result<Self> {
        if text.chars().count() < 12 {
            return Err(Error::InvalidKeys("the passphrase has fewer than 12 characters".into()));
        }
        Ok(Self(text.into()))
    }

    /// The first line of a file.
    ///
    /// # Errors
    /// It cannot be read, or [`Self::new`] refuses it.
    pub fn read(file: &Path) -> Result<Self> {
        Self::new(fs_err::read_to_string(file)?.lines().next().unwrap_or_default())
    }

    /// What [`Self::decrypt`] takes.
    pub(crate) fn encrypt(&self, document: &[u8]) -> Result<Vec<u8>> {
        let (mut salt, mut nonce) = ([0; SALT_BYTES], [0; NONCE_LEN]);
        rand::fill(&mut salt).and_then(|()| rand::fill(&mut nonce)).map_err(Error::unexpected)?;
        let mut sealed = document.to_vec();
        let nonce_of = Nonce::assume_unique_for_key(nonce);
        let key = self.key(&salt, ITERATIONS).map_err(Error::unexpected)?;
        key.seal_in_place_append_tag(nonce_of, Aad::empty(), &mut sealed).map_err(Error::unexpected)?;
        Ok([&[VERSION][..], &ITERATIONS.to_be_bytes(), &salt, &nonce, &sealed].concat())
    }

    /// The document; the error says what is wrong.
    pub(crate) fn decrypt(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let damaged = || "it is damaged, or of a later version".to_owned();
        let (head, sealed) = bytes.split_at_checked(HEAD_BYTES).ok_or_else(damaged)?;
        let (iterations, rest) = head[1..].split_first_chunk::<4>().ok_or_else(damaged)?;
        let (salt, nonce) = rest.split_at(SALT_BYTES);
        let iterations = u32::from_be_bytes(*iterations);
        if head[0] != VERSION || iterations > MOST_ITERATIONS {
            return Err(damaged());
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut document = sealed.to_vec();
        let key = self.key(salt, iterations)?;
        let opened = key.open_in_place(nonce, Aad::empty(), &mut document);
        let length = opened.map_err(|_| "the passphrase is another one, or the file is damaged")?.len();
        document.truncate(length);
        Ok(document)
    }

    fn key(&self, salt: &[u8], iterations: u32) -> Result<LessSafeKey, String> {
        let iterations = NonZeroU32::new(iterations).ok_or("it names no iterations")?;
        let mut derived = [0; 32];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, salt, self.0.as_bytes(), &mut derived);
        let key = UnboundKey::new(&AES_256_GCM, &derived).map_err(|error| error.to_string())?;
        Ok(LessSafeKey::new(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_passphrase_and_the_same_bytes_open_it() {
        let (right, wrong) =
            (Passphrase::new("correct horse").unwrap(), Passphrase::new("battery staple").unwrap());
        let sealed = right.encrypt(b"a key").unwrap();
        assert!(!sealed.windows(5).any(|window| window == b"a key"));
        assert_eq!(right.decrypt(&sealed).unwrap(), b"a key");
        assert!(wrong.decrypt(&sealed).unwrap_err().contains("another one"));
        for at in [0, 7, HEAD_BYTES, sealed.len() - 1] {
            let mut damaged = sealed.clone();
            damaged[at] ^= 0x40;
            assert!(right.decrypt(&damaged).is_err(), "byte {at}");
        }
        assert!(right.decrypt(&sealed[..20]).is_err());
        let mut endless = sealed;
        endless[1..5].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(right.decrypt(&endless).is_err());
    }

    #[test]
    fn a_passphrase_is_long_and_is_never_printed() {
        assert!(Passphrase::new("short").is_err());
        assert_eq!(format!("{:?}", Passphrase::new("correct horse").unwrap()), "Passphrase");
    }
}

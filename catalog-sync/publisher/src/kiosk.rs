//! The key that orders of kiosks are signed with. It is not one of a catalogue's: who may restart a screen in a store
//! need not be able to sign releases.

use std::path::Path;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use knytt_wire::{KioskOrder, SignedKioskOrder};

use crate::keys::{document, encoded, hex, write_new};
use crate::{Error, Passphrase, Result};

/// A private key. Nothing prints it.
pub struct KioskKey(Ed25519KeyPair);

impl KioskKey {
    /// Makes a key and its file, which was not there.
    ///
    /// # Errors
    /// The file is there, or cannot be written.
    pub fn generate(file: &Path, passphrase: Option<&Passphrase>) -> Result<Self> {
        let pair = Ed25519KeyPair::generate().map_err(Error::unexpected)?;
        let document = pair.to_pkcs8v1().map_err(Error::unexpected)?;
        write_new(file, encoded(document.as_ref(), passphrase)?.as_bytes())?;
        Ok(Self(pair))
    }

    /// Reads the file of a key.
    ///
    /// # Errors
    /// [`Error::BadKey`], [`Error::NoPassphrase`], or it cannot be read.
    pub fn read(file: &Path, passphrase: Option<&Passphrase>) -> Result<Self> {
        let bad = |reason: String| Error::BadKey { path: file.to_owned(), reason };
        let pair = Ed25519KeyPair::from_pkcs8(&document(file, passphrase)?);
        pair.map(Self).map_err(|error| bad(error.to_string()))
    }

    /// The public half, 64 hexadecimal digits: what a kiosk's settings have as `orders`.
    pub fn public(&self) -> String {
        hex(self.0.public_key().as_ref())
    }

    /// Signs an order.
    ///
    /// # Errors
    /// It is not one that a kiosk takes.
    pub fn sign(&self, order: &KioskOrder) -> Result<SignedKioskOrder> {
        let order = serde_json::to_string(order)?;
        let signature = hex(self.0.sign(&SignedKioskOrder::signed_bytes(&order)).as_ref());
        let signed = SignedKioskOrder { order, signature };
        signed.read().map_err(Error::unexpected)?;
        Ok(signed)
    }
}

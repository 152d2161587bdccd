//! Orders from afar: what the shop's key signed, for this kiosk, newer than what it obeyed before.
//!
//! Beside the catalogue lies a folder with the time of the last order, and the settings that came with one.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use knytt_wire::{InvalidKioskOrder, KioskTask, SignedKioskOrder};

use crate::settings::{Document, InvalidSettings, OrderKey, hex_bytes};

const OBEYED: &str = "obeyed";
const SETTINGS: &str = "settings.toml";

/// Why an order is not obeyed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is none.
    #[error(transparent)]
    Invalid(#[from] InvalidKioskOrder),
    /// The key of the settings did not sign it.
    #[error("the shop's key did not sign it")]
    Signature,
    /// It is another kiosk's.
    #[error("it is for the kiosk {0:?}")]
    Name(String),
    /// An order was obeyed that was given later, or this one.
    #[error("it is not newer than the last one")]
    Old,
    /// Its time is over.
    #[error("its time is over")]
    Late,
    /// Its settings cannot be used with this kiosk's document.
    #[error(transparent)]
    Settings(#[from] InvalidSettings),
    /// It cannot be noted: a kiosk that forgets what it obeyed would start again for ever.
    #[error("it cannot be noted: {0}")]
    Disk(#[from] io::Error),
}

/// What orders of this kiosk are compared with.
#[derive(Clone, Debug)]
pub struct Orders {
    key: OrderKey,
    kiosk: String,
    document: PathBuf,
    folder: PathBuf,
}

/// The folder of orders: beside the catalogue's, which a release replaces as a whole.
pub fn orders_beside(catalog: &Path) -> PathBuf {
    let name = catalog.file_name().unwrap_or(catalog.as_os_str()).to_string_lossy();
    catalog.with_file_name(format!("{name}-orders"))
}

/// The settings that came from afar, if any did.
///
/// # Errors
/// They cannot be read.
pub fn settings_from_afar(catalog: &Path) -> io::Result<Option<String>> {
    match fs_err::read_to_string(orders_beside(catalog).join(SETTINGS)) {
        Ok(text) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Orders {
    /// Orders of the kiosk that is called so, if its settings have a key for them.
    pub fn of(settings: &crate::Settings, kiosk: &str) -> Option<Self> {
        let (key, document) = settings.orders.clone()?;
        let folder = orders_beside(&settings.catalog);
        Some(Self { key, kiosk: kiosk.into(), document, folder })
    }

    /// When the order was given that was obeyed last, in milliseconds since 1970.
    pub fn obeyed_ms(&self) -> Option<i64> {
        fs_err::read_to_string(self.folder.join(OBEYED)).ok()?.trim().parse().ok()
    }

    /// Takes an order at this time, in milliseconds since 1970. What it orders is on the disk when this returns; the
    /// kiosk has to start again.
    ///
    /// # Errors
    /// [`Refused`]; nothing is changed.
    pub fn take(&self, signed: &SignedKioskOrder, now_ms: i64) -> Result<(), Refused> {
        let order = signed.read()?;
        let key = UnparsedPublicKey::new(&ED25519, self.key.bytes());
        let signature = hex_bytes(&signed.signature).ok_or(Refused::Signature)?;
        key.verify(&SignedKioskOrder::signed_bytes(&signed.order), &signature)
            .map_err(|_| Refused::Signature)?;
        if order.kiosk != self.kiosk {
            return Err(Refused::Name(order.kiosk));
        }
        if self.obeyed_ms().is_some_and(|obeyed| obeyed >= order.issued_ms) {
            return Err(Refused::Old);
        }
        if order.until_ms <= now_ms {
            return Err(Refused::Late);
        }
        fs_err::create_dir_all(&self.folder)?;
        if let KioskTask::Settings(text) = &order.task {
            Document::read_over(&self.document, text)?;
            self.write(SETTINGS, text)?;
        }
        Ok(self.write(OBEYED, &order.issued_ms.to_string())?)
    }

    /// Writes a file so that it is there whole, or as before.
    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let (file, new) = (self.folder.join(name), self.folder.join(format!("{name}.new")));
        let mut written = fs_err::File::create(&new)?;
        written.write_all(text.as_bytes())?;
        written.sync_all()?;
        fs_err::rename(new, file)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
    use knytt_wire::KioskOrder;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn signed(pair: &Ed25519KeyPair, kiosk: &str, issued_ms: i64, task: KioskTask) -> SignedKioskOrder {
        let order = KioskOrder { kiosk: kiosk.into(), issued_ms, until_ms: issued_ms + 100, task };
        let order = serde_json::to_string(&order).unwrap();
        let signature = hex(pair.sign(&SignedKioskOrder::signed_bytes(&order)).as_ref());
        SignedKioskOrder { order, signature }
    }

    #[test]
    fn only_what_the_shop_signed_for_this_kiosk_and_that_is_new_is_obeyed() {
        let folder = tempfile::tempdir().unwrap();
        let (mine, other) = (Ed25519KeyPair::generate().unwrap(), Ed25519KeyPair::generate().unwrap());
        let document = folder.path().join("kiosk.toml");
        fs_err::write(&document, "name = \"Nordwind\"\nlanguages = [\"de\", \"en\"]\n").unwrap();
        let key = OrderKey::try_from(hex(mine.public_key().as_ref())).unwrap();
        let orders = Orders {
            key,
            kiosk: "door".into(),
            document,
            folder: orders_beside(&folder.path().join("shop")),
        };
        let settings = |text: &str| KioskTask::Settings(text.into());
        let refused = |order: &SignedKioskOrder, now| orders.take(order, now).unwrap_err().to_string();
        let restart = signed(&mine, "door", 1000, KioskTask::Restart);
        assert!(refused(&signed(&other, "door", 1000, KioskTask::Restart), 1001).contains("did not sign"));
        let changed = SignedKioskOrder { order: restart.order.replace("1000", "9000"), ..restart.clone() };
        assert!(refused(&changed, 1001).contains("did not sign"));
        let unsigned = SignedKioskOrder { signature: String::new(), ..restart.clone() };
        assert!(refused(&unsigned, 1001).contains("did not sign"));
        assert!(refused(&signed(&mine, "window", 1000, KioskTask::Restart), 1001).contains("\"window\""));
        assert!(refused(&restart, 1100).contains("over"));
        assert_eq!(orders.obeyed_ms(), None);
        orders.take(&restart, 1001).unwrap();
        assert_eq!(orders.obeyed_ms(), Some(1000));
        assert!(refused(&restart, 1002).contains("not newer"));
        let odd = [
            ("colour = 1", "colour"),
            ("language = \"ar\"", "not one of"),
            ("catalog = \"/elsewhere\"", "own document"),
            ("orders = \"00\"", "own document"),
        ];
        for (text, said) in odd {
            let because = refused(&signed(&mine, "door", 1010, settings(text)), 1011);
            assert!(because.contains(said), "{text}: {because}");
        }
        orders.take(&signed(&mine, "door", 1020, settings("theme = \"dark\"")), 1021).unwrap();
        let afar = settings_from_afar(&folder.path().join("shop")).unwrap();
        assert_eq!(afar.as_deref(), Some("theme = \"dark\""));
        orders.take(&signed(&mine, "door", 1030, settings("")), 1031).unwrap();
        assert_eq!(settings_from_afar(&folder.path().join("shop")).unwrap(), None);
    }
}

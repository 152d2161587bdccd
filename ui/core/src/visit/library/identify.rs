//! Gives what earlier versions kept under a catalogue's id alone to the catalogues that were known by that id.
//! A catalogue that comes later, with the same id and another publisher, gets nothing of it.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use knytt_ui_api::{Consent, Problem, Settings};
use knytt_wire::CatalogIdentity;

use super::{Library, key};

/// A catalogue of this device, for what was kept of it.
pub struct KnownCatalog {
    /// Whose it is, and its id.
    pub identity: CatalogIdentity,
    /// What an earlier consent, which was one for all catalogues, stands for in this one.
    pub feedback: Option<Consent>,
}

impl Library {
    /// Moves favourites and the consent to identities, once for each catalogue that was known before there
    /// were any. `look` reads a folder; one that is not there is looked at again at the next start.
    ///
    /// # Errors
    /// The store cannot be read or written; the next start tries again.
    pub fn identify(
        &self,
        added: Vec<PathBuf>,
        look: impl Fn(&Path) -> Option<KnownCatalog>,
    ) -> Result<(), Problem> {
        let left: Option<Vec<PathBuf>> = self.store.value(key::UNIDENTIFIED)?;
        let first = left.is_none();
        let folders = match left {
            Some(left) if left.is_empty() => return Ok(()),
            Some(left) => left,
            None => {
                let remembered: Vec<PathBuf> = self.store.value(key::CATALOGS)?.unwrap_or_default();
                remembered.into_iter().chain(added).collect()
            }
        };
        let (mut found, mut away) = (Vec::new(), Vec::new());
        for folder in folders {
            match look(&folder) {
                Some(known) => found.push(known),
                None => away.push(folder),
            }
        }
        let of_here = |known: &&KnownCatalog| known.identity.root.is_none();
        let built_here: Vec<String> =
            found.iter().filter(of_here).map(|known| known.identity.catalog.clone()).collect();
        let mut published: Vec<_> = found.iter().filter(|known| !of_here(known)).collect();
        published.dedup_by_key(|known| known.identity.clone());
        let identities: Vec<_> = published.iter().map(|known| known.identity.clone()).collect();
        self.store.identify_favourites(&identities, &built_here)?;
        if first {
            self.identify_consent(published.iter().filter_map(|known| known.feedback.clone()).collect())?;
        }
        self.store.set_value(key::UNIDENTIFIED, &away)
    }

    /// Who agreed before agreed for every catalogue that there was.
    fn identify_consent(&self, known: Vec<Consent>) -> Result<(), Problem> {
        let stored: serde_json::Value = self.store.value(key::SETTINGS)?.unwrap_or_default();
        if stored.get("consent").and_then(serde_json::Value::as_bool) != Some(true) {
            return Ok(());
        }
        let settings = Settings { consents: known, ..self.settings() };
        self.store.set_settings(key::SETTINGS, &settings, !settings.consents.is_empty(), &[])?;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
        Ok(())
    }
}

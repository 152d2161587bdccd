//! Where a catalogue's feedback goes, and what a shopper is asked about it.

use std::path::Path;

use knytt_engine::Catalog;
use knytt_outbox::Destination;
use knytt_ui_api::Consent;
use knytt_wire::{CatalogIdentity, Url, takes_feedback};

use super::Catalogs;
use crate::shop::folder_name;
use crate::visit::library::KnownCatalog;

/// An address for feedback, with whose it is and what the shopper can agree to.
pub struct FeedbackAddress {
    pub identity: CatalogIdentity,
    pub destination: Destination,
    pub consent: Consent,
}

impl Catalogs {
    /// From now on all feedback goes to `url`, whatever releases name. It can be said once.
    pub fn send_feedback_to(&self, url: Url) {
        let _ = self.named.set(url);
    }

    /// What the shopper can agree to in the catalogue in `folder`; none if it names no address, or one that
    /// is not encrypted.
    pub fn feedback_of(&self, folder: &Path) -> Option<Consent> {
        Some(self.feedback_address(folder)?.consent)
    }

    /// Where feedback of the catalogue in `folder` goes.
    pub fn feedback_address(&self, folder: &Path) -> Option<FeedbackAddress> {
        let status = knytt_client::status(folder).ok()?;
        let (identity, title, of_release, ingest_key, seen) = match status {
            Some(status) if status.catalog.is_empty() => return None,
            Some(status) => {
                let identity = CatalogIdentity::published(status.root, status.catalog);
                (identity, status.title, status.events, status.ingest_key, status.log)
            }
            None if self.named.get().is_none() => return None,
            None => (local(folder)?, folder_name(folder), None, None, None),
        };
        let url = self.named.get().cloned().or(of_release).filter(takes_feedback)?;
        let name = if title.is_empty() { identity.catalog.clone() } else { title };
        let consent =
            Consent { shop: identity.to_string(), name, address: url.origin().ascii_serialization() };
        Some(FeedbackAddress { identity, destination: Destination { url, ingest_key, seen }, consent })
    }

    /// What was known of the catalogue in `folder`, for what earlier versions kept of it; none if it is not
    /// there.
    pub fn look(&self, folder: &Path) -> Option<KnownCatalog> {
        let status = knytt_client::status(folder).ok()?.filter(|status| !status.catalog.is_empty());
        let identity = match status {
            Some(status) => CatalogIdentity::published(status.root, status.catalog),
            None => local(folder)?,
        };
        Some(KnownCatalog { identity, feedback: self.feedback_of(folder) })
    }
}

/// A catalogue that was built on this device.
fn local(folder: &Path) -> Option<CatalogIdentity> {
    Some(CatalogIdentity::local(Catalog::open(folder).ok()?.info().ok()?.catalog_id))
}

//! Which shops the shopper agreed to tell something, and at which address.

use std::sync::PoisonError;

use knytt_ui_api::{Consent, Problem, Settings};
use knytt_wire::CatalogIdentity;

use super::{Library, key};

impl Library {
    /// Stores the settings. If a consent is withdrawn, the events that wait for that shop are deleted from
    /// the disk.
    ///
    /// # Errors
    /// They cannot be written; they are then as before.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), Problem> {
        let withdrawn: Vec<CatalogIdentity> = {
            let before = self.settings.read().unwrap_or_else(PoisonError::into_inner);
            let gone = before.consents.iter().filter(|consent| !settings.consents.contains(consent));
            gone.map(|consent| consent.shop.as_str().into()).collect()
        };
        let agreed = !settings.consents.is_empty();
        self.store.set_settings(key::SETTINGS, settings, agreed, &withdrawn)?;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings.clone();
        if !withdrawn.is_empty() {
            self.events.forget();
            self.store.delivery_handle().interrupt();
            // If there is no room to rewrite the files, the bytes of the events stay in free pages until they
            // are overwritten.
            let _ = self.store.erase_deleted();
        }
        Ok(())
    }

    /// A release may have brought another address for feedback: then the shopper is asked anew.
    pub fn set_feedback(&self, feedback: Option<Consent>) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).feedback = feedback;
    }

    /// Whether the shopper agreed that this shop is told, at this address.
    pub fn agreed(&self, feedback: &Consent) -> bool {
        let settings = self.settings.read().unwrap_or_else(PoisonError::into_inner);
        let same = |given: &Consent| given.shop == feedback.shop && given.address == feedback.address;
        settings.consents.iter().any(same)
    }

    /// Whether the shop of the open catalogue may be told anything.
    pub fn may_tell(&self) -> bool {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.feedback.as_ref().is_some_and(|feedback| self.agreed(feedback))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{agree, consent, shop};
    use super::*;

    #[test]
    fn another_address_of_the_same_shop_is_asked_about_anew() {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::open(dir.path()).unwrap();
        agree(&library, vec![consent(&shop("a"))]);
        library.use_catalog(&shop("a"), Some(consent(&shop("a")))).unwrap();
        assert!(library.may_tell());
        let moved = Consent { address: "https://elsewhere.example".into(), ..consent(&shop("a")) };
        library.set_feedback(Some(moved));
        assert!(!library.may_tell());
        library.use_catalog(&shop("b"), Some(consent(&shop("b")))).unwrap();
        assert!(!library.may_tell(), "another shop of the same name");
    }
}

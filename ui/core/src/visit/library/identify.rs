//! Gives what earlier versions kept under a catalogue's id alone to the catalogues that were known by that id.
//! A catalogue that comes later, with the same id and another publisher, gets nothing of it.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use knytt_ui_api::{Consent, Problem, Settings};
use knytt_wire::CatalogIdentity;

use super::store::Store;
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

impl Store {
    /// Moves favourites from the ids alone, under which earlier versions kept them, to the identities of the
    /// catalogues of those ids. Those of the ids in `built_here` also stay where they are.
    fn identify_favourites(
        &self,
        catalogs: &[CatalogIdentity],
        built_here: &[String],
    ) -> Result<(), Problem> {
        self.change(|open, txn| {
            let mut moved = Vec::new();
            for catalog in catalogs {
                let prefix = format!("{}\0", catalog.catalog);
                let entries = open.db.favourites.prefix_iter(txn, &prefix)?;
                let entries = entries.map(|entry| entry.map(|(key, at)| (key.to_owned(), at.to_vec())));
                for (key, at) in entries.collect::<heed::Result<Vec<_>>>()? {
                    let product = &key[prefix.len()..];
                    open.db.favourites.put(txn, &format!("{catalog}\0{product}"), &at)?;
                    if !built_here.contains(&catalog.catalog) {
                        moved.push(key);
                    }
                }
            }
            moved.iter().try_for_each(|key| open.db.favourites.delete(txn, key).map(drop))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{consent, favourites_of, shop};
    use super::*;

    /// As `identify` finds catalogues whose folders are named after their roots; a `-` for none.
    fn look(folder: &Path) -> Option<KnownCatalog> {
        let root = folder.to_str().unwrap();
        let identity = if root == "-" { CatalogIdentity::local("shop") } else { shop(root) };
        (root != "away").then(|| KnownCatalog { feedback: Some(consent(&identity)), identity })
    }

    /// What an earlier version has left: favourites by id alone, and one consent for all.
    fn old_library(folder: &Path, catalogs: &[&str]) {
        let library = Library::open(folder).unwrap();
        library.store.set_favourite("shop", "kept", Some(5), None, None).unwrap();
        let mut settings = serde_json::to_value(library.settings()).unwrap();
        settings.as_object_mut().unwrap().remove("consents");
        settings["consent"] = true.into();
        library.store.set_settings(key::SETTINGS, &settings, true, &[]).unwrap();
        library.store.set_value(key::CATALOGS, &catalogs).unwrap();
    }

    #[test]
    fn what_was_kept_by_name_alone_goes_to_the_shops_that_were_known_and_to_no_later_one() {
        let dir = tempfile::tempdir().unwrap();
        old_library(dir.path(), &["a", "b"]);
        let library = Library::open(dir.path()).unwrap();
        library.identify(Vec::new(), look).unwrap();
        for known in ["a", "b"] {
            assert_eq!(favourites_of(&library, &shop(known)), ["kept"]);
            assert!(library.may_tell(), "the consent was for this one too");
        }
        assert!(favourites_of(&library, &shop("c")).is_empty() && !library.may_tell());
        assert!(favourites_of(&library, &CatalogIdentity::local("shop")).is_empty());
        library.set_favourite("mine", true, None).unwrap();
        drop(library);
        let library = Library::open(dir.path()).unwrap();
        library.identify(vec!["c".into()], look).unwrap();
        assert!(favourites_of(&library, &shop("c")).is_empty(), "it came later");
        assert_eq!(favourites_of(&library, &shop("a")), ["kept"]);
        assert!(library.may_tell());
    }

    #[test]
    fn a_catalogue_that_was_away_is_not_forgotten_and_one_that_was_built_here_keeps_its_own() {
        let dir = tempfile::tempdir().unwrap();
        old_library(dir.path(), &["-", "away"]);
        let library = Library::open(dir.path()).unwrap();
        library.identify(Vec::new(), look).unwrap();
        assert_eq!(favourites_of(&library, &CatalogIdentity::local("shop")), ["kept"]);
        library.identify(Vec::new(), |_| look(Path::new("d"))).unwrap();
        assert_eq!(favourites_of(&library, &shop("d")), ["kept"]);
        assert!(!library.may_tell(), "which shop it was is known only now");
    }
}

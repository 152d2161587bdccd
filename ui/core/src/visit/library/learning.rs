//! How the library learns the shopper's taste, and forgets it.

use std::sync::{Arc, MutexGuard, PoisonError};

use knytt_engine::{Known, Signal, Taste};
use knytt_ui_api::Problem;

use super::history::Record;
use super::taste::{Interaction, RevocableTaste};
use super::{Library, key};

impl Library {
    /// What to rank by; none if the shopper wants none, or nothing is known.
    pub fn taste(&self) -> Option<Arc<Taste>> {
        let taste = self.known_taste.read().unwrap_or_else(PoisonError::into_inner).clone();
        (self.settings().personal && !taste.is_empty()).then_some(taste)
    }

    /// What is known of the shopper's taste, whether it is used or not.
    pub fn known(&self) -> Known {
        self.known_taste.read().unwrap_or_else(PoisonError::into_inner).known()
    }

    /// Learns, if the shopper wants that; soon on the disk, not at once.
    pub fn learn(&self, interaction: Interaction) {
        if self.settings().personal {
            let mut learning = self.learning();
            if learning.learn(interaction) {
                self.publish_taste(&learning);
                self.note(Record::Taste);
            }
        }
    }

    /// Revokes the last such interaction, if the taste learned from it.
    pub fn unlearn(&self, product: &str, signal: Signal) {
        let mut learning = self.learning();
        if learning.unlearn(product, signal) {
            self.publish_taste(&learning);
            self.note(Record::Taste);
        }
    }

    /// Forgets the taste, and takes it off the disk.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn forget_taste(&self) -> Result<(), Problem> {
        let mut learning = self.learning();
        self.store.delete_value(key::TASTE)?;
        *learning = RevocableTaste::default();
        self.publish_taste(&learning);
        // If there is no room to rewrite the files, the bytes of the taste stay in free pages until they are
        // overwritten.
        let _ = self.store.erase_deleted();
        Ok(())
    }

    /// The guard is held while the taste is written, so that an older taste never overwrites a newer one.
    pub(super) fn learning(&self) -> MutexGuard<'_, RevocableTaste> {
        self.learning.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes the taste to searches, which do not wait for the disk.
    pub(super) fn publish_taste(&self, learning: &RevocableTaste) {
        *self.known_taste.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(learning.taste());
    }
}

//! What the shopper likes, learned on this device and kept on it.

use std::collections::VecDeque;
use std::sync::{Arc, MutexGuard, PoisonError};

use knytt_engine::{Known, Product, Signal, Taste};
use knytt_models::Embedding;
use knytt_ui_api::Problem;

use super::history::Noted;
use super::{Library, key};

/// So many lessons can be taken back.
const REVOCABLE: usize = 32;

/// What was done with a product, and when.
#[derive(Clone)]
pub struct Lesson {
    /// The product.
    pub product: Product,
    /// Its embedding.
    pub vector: Embedding,
    /// What was done.
    pub signal: Signal,
    /// Seconds since 1970.
    pub at_secs: f64,
}

/// A taste, and the last lessons beside it: sums that fade cannot be taken apart again, so what may be
/// taken back is kept and learned anew without it.
#[derive(Default)]
pub struct Learning {
    settled: Taste,
    recent: VecDeque<Lesson>,
    taste: Arc<Taste>,
}

impl Learning {
    /// Goes on with what was known at the end of the last visit.
    pub fn resume(mut taste: Taste) -> Self {
        taste.end_visit();
        Self { settled: taste.clone(), recent: VecDeque::new(), taste: Arc::new(taste) }
    }

    /// The taste now.
    pub fn taste(&self) -> &Arc<Taste> {
        &self.taste
    }

    /// False if it teaches nothing: looking at a page again is not liking it more.
    pub fn learn(&mut self, lesson: Lesson) -> bool {
        let again = |known: &Lesson| known.signal == lesson.signal && known.product.id == lesson.product.id;
        if lesson.signal == Signal::Viewed && self.recent.iter().any(again) {
            return false;
        }
        self.recent.push_back(lesson);
        while self.recent.len() > REVOCABLE {
            self.recent.pop_front().inspect(|oldest| oldest.teach(&mut self.settled));
        }
        self.replay();
        true
    }

    /// Takes the last such lesson back; false if there is none any more.
    pub fn unlearn(&mut self, product: &str, signal: Signal) -> bool {
        let of = |lesson: &Lesson| lesson.signal == signal && lesson.product.id == product;
        let Some(at) = self.recent.iter().rposition(of) else { return false };
        self.recent.remove(at);
        self.replay();
        true
    }

    fn replay(&mut self) {
        let mut taste = self.settled.clone();
        self.recent.iter().for_each(|lesson| lesson.teach(&mut taste));
        self.taste = Arc::new(taste);
    }
}

impl Lesson {
    fn teach(&self, taste: &mut Taste) {
        let of = self.vector.fingerprint();
        taste.learn(&self.product, self.vector.as_slice(), of, self.signal, self.at_secs);
    }
}

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
    pub fn learn(&self, lesson: Lesson) {
        if self.settings().personal {
            let mut learning = self.learning();
            if learning.learn(lesson) {
                self.know(&learning);
                self.note(Noted::Taste);
            }
        }
    }

    /// Takes the last such lesson back, if it was learned.
    pub fn unlearn(&self, product: &str, signal: Signal) {
        let mut learning = self.learning();
        if learning.unlearn(product, signal) {
            self.know(&learning);
            self.note(Noted::Taste);
        }
    }

    /// Forgets the taste, and takes it off the disk.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn forget_taste(&self) -> Result<(), Problem> {
        let mut learning = self.learning();
        self.store.delete_value(key::TASTE)?;
        *learning = Learning::default();
        self.know(&learning);
        if self.feedback()?.waiting == 0 {
            // Else its bytes stay in free pages until they are written over: what the shop is to be told
            // cannot be moved.
            let _ = self.store.erase_events();
        }
        Ok(())
    }

    /// Held while the disk is written: an older taste must not come after a newer one, or after none.
    pub(super) fn learning(&self) -> MutexGuard<'_, Learning> {
        self.learning.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For those who rank, who do not wait for the disk.
    pub(super) fn know(&self, learning: &Learning) {
        *self.known_taste.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(learning.taste());
    }
}

#[cfg(test)]
mod tests {
    use knytt_models::Fingerprint;

    use super::*;

    fn lesson(id: &str, signal: Signal) -> Lesson {
        let product = Product { id: id.into(), brand: format!("brand of {id}"), ..Product::default() };
        let vector = Embedding::new(vec![1.0, 0.0], Fingerprint::of(&[b"model"])).unwrap();
        Lesson { product, vector, signal, at_secs: 1e9 }
    }

    #[test]
    fn what_is_taken_back_was_never_learned() {
        let mut learning = Learning::default();
        learning.learn(lesson("a", Signal::Kept));
        let before = learning.taste().clone();
        learning.learn(lesson("b", Signal::Dismissed));
        assert_ne!(*learning.taste(), before);
        assert!(learning.unlearn("b", Signal::Dismissed) && !learning.unlearn("b", Signal::Dismissed));
        assert_eq!(*learning.taste(), before);
    }

    #[test]
    fn a_page_counts_once_however_often_it_is_opened() {
        let mut learning = Learning::default();
        assert!(learning.learn(lesson("a", Signal::Viewed)));
        assert!(!learning.learn(lesson("a", Signal::Viewed)));
        assert!(learning.learn(lesson("a", Signal::Kept)));
    }

    #[test]
    fn what_can_no_longer_be_taken_back_stays_learned() {
        let mut learning = Learning::default();
        for number in 0..REVOCABLE + 8 {
            learning.learn(lesson(&number.to_string(), Signal::Kept));
        }
        assert_eq!(learning.recent.len(), REVOCABLE);
        assert_eq!(learning.taste().known().brands.len(), REVOCABLE + 8);
        assert!(!learning.unlearn("0", Signal::Kept));
    }
}

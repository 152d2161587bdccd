//! The shopper's taste, learned from what they do with products, with the last interactions revocable.

use std::collections::VecDeque;
use std::sync::Arc;

use knytt_engine::{Product, Signal, Taste};
use knytt_models::Embedding;

/// How many of the last interactions can be revoked.
const REVOCABLE: usize = 32;

/// What was done with a product, and when.
#[derive(Clone)]
pub struct Interaction {
    /// The product.
    pub product: Product,
    /// Its embedding.
    pub vector: Embedding,
    /// What was done.
    pub signal: Signal,
    /// Seconds since 1970.
    pub at_secs: f64,
}

/// A taste, and the last interactions that it learned from. The taste holds decaying sums, from which no
/// interaction can be subtracted. To revoke one, the taste is computed again without it.
#[derive(Default)]
pub struct RevocableTaste {
    settled: Taste,
    recent: VecDeque<Interaction>,
    taste: Arc<Taste>,
}

impl RevocableTaste {
    /// Resumes with the taste of the last visit.
    pub fn resume(mut taste: Taste) -> Self {
        taste.end_visit();
        Self { settled: taste.clone(), recent: VecDeque::new(), taste: Arc::new(taste) }
    }

    /// The taste now.
    pub fn taste(&self) -> &Arc<Taste> {
        &self.taste
    }

    /// Learns from an interaction; false if it repeats a view, which teaches nothing.
    pub fn learn(&mut self, interaction: Interaction) -> bool {
        let again = |known: &Interaction| {
            known.signal == interaction.signal && known.product.id == interaction.product.id
        };
        if interaction.signal == Signal::Viewed && self.recent.iter().any(again) {
            return false;
        }
        self.recent.push_back(interaction);
        while self.recent.len() > REVOCABLE {
            self.recent.pop_front().inspect(|oldest| oldest.teach(&mut self.settled));
        }
        self.replay();
        true
    }

    /// Revokes the last such interaction; false if it is no longer kept.
    pub fn unlearn(&mut self, product: &str, signal: Signal) -> bool {
        let of =
            |interaction: &Interaction| interaction.signal == signal && interaction.product.id == product;
        let Some(at) = self.recent.iter().rposition(of) else { return false };
        self.recent.remove(at);
        self.replay();
        true
    }

    fn replay(&mut self) {
        let mut taste = self.settled.clone();
        self.recent.iter().for_each(|interaction| interaction.teach(&mut taste));
        self.taste = Arc::new(taste);
    }
}

impl Interaction {
    fn teach(&self, taste: &mut Taste) {
        let of = self.vector.fingerprint();
        taste.learn(&self.product, self.vector.as_slice(), of, self.signal, self.at_secs);
    }
}

#[cfg(test)]
mod tests {
    use knytt_models::Fingerprint;

    use super::*;

    fn interaction(id: &str, signal: Signal) -> Interaction {
        let product = Product { id: id.into(), brand: format!("brand of {id}"), ..Product::default() };
        let vector = Embedding::new(vec![1.0, 0.0], Fingerprint::of(&[b"model"])).unwrap();
        Interaction { product, vector, signal, at_secs: 1e9 }
    }

    #[test]
    fn what_is_taken_back_was_never_learned() {
        let mut learning = RevocableTaste::default();
        learning.learn(interaction("a", Signal::Kept));
        let before = learning.taste().clone();
        learning.learn(interaction("b", Signal::Dismissed));
        assert_ne!(*learning.taste(), before);
        assert!(learning.unlearn("b", Signal::Dismissed) && !learning.unlearn("b", Signal::Dismissed));
        assert_eq!(*learning.taste(), before);
    }

    #[test]
    fn a_page_counts_once_however_often_it_is_opened() {
        let mut learning = RevocableTaste::default();
        assert!(learning.learn(interaction("a", Signal::Viewed)));
        assert!(!learning.learn(interaction("a", Signal::Viewed)));
        assert!(learning.learn(interaction("a", Signal::Kept)));
    }

    #[test]
    fn what_can_no_longer_be_taken_back_stays_learned() {
        let mut learning = RevocableTaste::default();
        for number in 0..REVOCABLE + 8 {
            learning.learn(interaction(&number.to_string(), Signal::Kept));
        }
        assert_eq!(learning.recent.len(), REVOCABLE);
        assert_eq!(learning.taste().known().brands.len(), REVOCABLE + 8);
        assert!(!learning.unlearn("0", Signal::Kept));
    }
}

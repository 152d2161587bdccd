//! What the app learns of the shopper, on this device, and how they see and revoke it.

use std::time::{SystemTime, UNIX_EPOCH};

use knytt_engine::{Filter, Signal};
use knytt_ui_api::{Learned, Personal, Problem};

use super::library::Interaction;
use super::state::Visit;
use crate::problem::of_engine;
use crate::shop::measure::clipped;

impl Visit {
    /// Adds a favourite or removes it, and learns from that.
    ///
    /// # Errors
    /// It cannot be stored.
    pub fn set_favourite(&self, id: &str, on: bool) -> Result<(), Problem> {
        let signal = if on { Signal::Kept } else { Signal::Dropped };
        // A favourite whose product left the catalogue can still be removed.
        let interaction = self.interaction(id, signal).ok().flatten();
        self.library.set_favourite(id, on, interaction)
    }

    /// The shopper went to the shop's page of a product.
    pub fn note_followed(&self, id: &str) {
        // A failure to learn must not keep the shopper from the page.
        let _ = self.learn(id, Signal::Bought);
    }

    /// Hides a product for the rest of the visit, and learns that the shopper dislikes it; or revokes both.
    ///
    /// # Errors
    /// There is no such product.
    pub fn dismiss(&self, id: &str, on: bool) -> Result<(), Problem> {
        if !on {
            self.dismissed().remove(id);
            self.library.unlearn(id, Signal::Dismissed);
            return Ok(());
        }
        self.product_of(id)?;
        let is_new = self.dismissed().insert(id.into());
        if is_new {
            self.learn(id, Signal::Dismissed)?;
        }
        Ok(())
    }

    /// What is known of the shopper.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn personal(&self) -> Result<Personal, Problem> {
        let waiting = clipped(self.library.feedback()?.waiting);
        let currency = self.shop().ok().and_then(|shop| {
            let bounds = shop.session().catalog().read().ok()?.price_bounds(&Filter::default()).ok()??;
            (bounds.0.currency == bounds.1.currency).then_some(bounds.0.currency)
        });
        Ok(Personal { taste: Learned::from_known(self.library.known(), currency), waiting })
    }

    /// Forgets all that the shopper keeps, and shows again what they dismissed.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn delete_personal(&self) -> Result<(), Problem> {
        self.dismissed().clear();
        self.library.delete_personal()
    }

    pub(super) fn learn(&self, id: &str, signal: Signal) -> Result<(), Problem> {
        if self.library.settings().personal
            && let Some(interaction) = self.interaction(id, signal)?
        {
            self.library.learn(interaction);
        }
        Ok(())
    }

    /// None if there is no such product any more.
    fn interaction(&self, id: &str, signal: Signal) -> Result<Option<Interaction>, Problem> {
        let snapshot = self.shop()?.session().catalog().read().map_err(of_engine)?;
        let product = snapshot.product(id).map_err(of_engine)?;
        let vector = snapshot.vector(id).map_err(of_engine)?;
        let at_secs = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
        Ok(product.zip(vector).map(|(product, vector)| Interaction { product, vector, signal, at_secs }))
    }
}

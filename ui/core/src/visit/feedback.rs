//! Where the outbox sends its events, and when.

use std::sync::Arc;

use knytt_outbox::{Delivery, DeliveryTiming, Destination};
use knytt_ui_api::Problem;
use knytt_wire::CatalogIdentity;
use url::Url;

use super::catalogs::{FeedbackAddress, is_metered};
use super::state::Visit;

impl Visit {
    /// What sends in the background what the shopper agreed to tell: to `named`, else to where each
    /// catalogue's release says. On a metered network it waits.
    ///
    /// # Errors
    /// The HTTP client cannot start.
    pub fn delivery(self: &Arc<Self>, named: Option<Url>) -> Result<Delivery, Problem> {
        if let Some(named) = named {
            self.catalogs.send_feedback_to(named);
            if let Ok(shop) = self.shop() {
                self.set_event_context(&shop);
            }
        }
        let visit = Arc::clone(self);
        let route = move |catalog: &CatalogIdentity| visit.destination(catalog);
        let hold = || is_metered().unwrap_or(false);
        self.library.delivery(Arc::new(route), Arc::new(hold), DeliveryTiming::default())
    }

    /// Where a catalogue's events go, if the shopper agreed to that address. An event of a version that noted
    /// no publisher goes only where its catalogue's id has one meaning on this device.
    fn destination(&self, catalog: &CatalogIdentity) -> Option<Destination> {
        let folders = self.library.catalogs().into_iter().chain(self.catalogs.added());
        let mut known: Vec<FeedbackAddress> =
            folders.filter_map(|folder| self.catalogs.feedback_address(&folder)).collect();
        known.sort_by(|a, b| a.identity.cmp(&b.identity));
        known.dedup_by(|a, b| a.identity == b.identity);
        let found = match known.iter().position(|known| known.identity == *catalog) {
            Some(at) => known.swap_remove(at),
            None => {
                let by_id = |known: &FeedbackAddress| known.identity.catalog == catalog.catalog;
                known.retain(|known| catalog.root.is_none() && by_id(known));
                known.pop().filter(|_| known.is_empty())?
            }
        };
        self.library.agreed(&found.consent).then_some(found.destination)
    }
}

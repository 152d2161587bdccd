//! Where the outbox sends its events, and when.

use std::sync::Arc;

use knytt_outbox::{Delivery, DeliveryTiming};
use knytt_ui_api::Problem;
use url::Url;

use super::catalogs::is_metered;
use super::state::Visit;

impl Visit {
    /// What sends in the background what the shopper agreed to tell: to `named`, else to where each
    /// catalogue's release says. On a metered network it waits.
    ///
    /// # Errors
    /// The HTTP client cannot start.
    pub fn delivery(self: &Arc<Self>, named: Option<Url>) -> Result<Delivery, Problem> {
        let visit = Arc::clone(self);
        let route = move |catalog: &str| named.clone().or_else(|| visit.events_of(catalog));
        let hold = || is_metered().unwrap_or(false);
        self.library.delivery(Arc::new(route), Arc::new(hold), DeliveryTiming::default())
    }

    /// Where the newest release of a catalogue says that its events go.
    fn events_of(&self, catalog: &str) -> Option<Url> {
        let folders = self.library.catalogs().into_iter().chain(self.catalogs.added());
        let mut known = folders.filter_map(|folder| knytt_client::status(&folder).ok().flatten());
        known.find(|status| status.catalog == catalog)?.events
    }
}

//! What alerts are told.

use crate::config::address::Address;

/// How letters are sent, and where webhooks may be.
#[derive(Clone, Debug, Default)]
pub struct AlertSettings {
    /// `smtps://user:password@host` or `smtp://host:587?tls=required`; without it no letters are sent.
    pub smtp: Option<Address>,
    /// Whom letters come from.
    pub from: Option<String>,
    /// Whether webhooks may be on this machine's networks.
    pub local_webhooks: bool,
    /// Where others see this backend, for links.
    pub public_url: Option<String>,
}

//! Where events are sent.

use knytt_wire::LogHead;
use url::Url;

/// Where a shop takes its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The address. Nothing is sent to one that is not encrypted, but on this machine.
    pub url: Url,
    /// What the catalogue's release names for its feedback: the backend counts events without it apart.
    pub ingest_key: Option<String>,
    /// The newest release of the catalogue that this device has seen. It says nothing of the shopper; the backend
    /// compares it with what it published and with what other devices say.
    pub seen: Option<LogHead>,
}

impl From<Url> for Destination {
    fn from(url: Url) -> Self {
        Self { url, ingest_key: None, seen: None }
    }
}

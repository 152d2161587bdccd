//! Which catalogue is meant: its name alone says nothing, because every shop chooses its own.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::Event;

/// A catalogue's publisher and the id that the publisher gave it.
///
/// The first root never changes: later roots are signed by the ones before. So the identity stays the same
/// when keys are rotated, and nobody without the first root's keys can take it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CatalogIdentity {
    /// SHA-256 of the catalogue's `1.root.json`, hexadecimal; `None` for a catalogue that was built on this
    /// device, and for events of versions that did not note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// The catalogue's id.
    pub catalog: String,
}

impl CatalogIdentity {
    /// A synced catalogue.
    pub fn published(root: impl Into<String>, catalog: impl Into<String>) -> Self {
        Self { root: Some(root.into()), catalog: catalog.into() }
    }

    /// A catalogue that was built here.
    pub fn local(catalog: impl Into<String>) -> Self {
        Self { root: None, catalog: catalog.into() }
    }
}

/// The inverse of [`CatalogIdentity`]'s text.
impl From<&str> for CatalogIdentity {
    fn from(key: &str) -> Self {
        let is_root = |root: &str| root.len() == 64 && root.bytes().all(|byte| byte.is_ascii_hexdigit());
        match key.split_once('/') {
            Some((root, catalog)) if is_root(root) => Self::published(root, catalog),
            _ => Self::local(key),
        }
    }
}

/// The key of stores: `<root>/<id>`, or the id alone for a catalogue that was built here.
impl fmt::Display for CatalogIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(root) = &self.root {
            write!(f, "{root}/")?;
        }
        f.write_str(&self.catalog)
    }
}

/// An [`Event`] with the publisher of its catalogue, as devices send it. In JSON, `root` stands beside the
/// event's fields; a backend that does not know it reads the event alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentifiedEvent {
    /// [`CatalogIdentity::root`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// The event.
    #[serde(flatten)]
    pub event: Event,
}

impl IdentifiedEvent {
    /// Whose event it is.
    pub fn identity(&self) -> CatalogIdentity {
        CatalogIdentity { root: self.root.clone(), catalog: self.event.catalog.clone() }
    }
}

/// It reads as the event that it is.
impl std::ops::Deref for IdentifiedEvent {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.event
    }
}

/// An event of a catalogue whose publisher is not known.
impl From<Event> for IdentifiedEvent {
    fn from(event: Event) -> Self {
        Self { root: None, event }
    }
}

/// Whether feedback may be sent to `url`: over `https`, or to this machine itself. Anybody on the way
/// could read it otherwise.
pub fn takes_feedback(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Item, Uuid};

    #[test]
    fn the_root_stands_beside_the_events_fields_and_may_be_missing() {
        let event = Event {
            id: Uuid::now_v7(),
            at_ms: 1_750_000_000_000,
            catalog: "shop".into(),
            release: 3,
            model: "m".into(),
            visit: Uuid::new_v4(),
            search_id: None,
            device: crate::DeviceKind::App,
            experiment: None,
            action: Action::ViewItem(Item { item_id: "a".into(), ..Item::default() }),
        };
        let told = IdentifiedEvent { root: Some("aa".into()), event: event.clone() };
        let json = serde_json::to_string(&told).unwrap();
        assert_eq!(serde_json::from_str::<IdentifiedEvent>(&json).unwrap(), told);
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event, "a backend that knows no root");
        let old = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<IdentifiedEvent>(&old).unwrap(), event.into());
    }

    #[test]
    fn two_publishers_of_one_name_are_two() {
        let (one, two) = (CatalogIdentity::published("aa", "shop"), CatalogIdentity::published("bb", "shop"));
        assert_ne!(one.to_string(), two.to_string());
        assert_eq!(CatalogIdentity::local("shop").to_string(), "shop");
        let root = "0f".repeat(32);
        for identity in [
            CatalogIdentity::published(&root, "shop"),
            CatalogIdentity::published(&root, "a/b"),
            CatalogIdentity::local("a/b"),
            CatalogIdentity::local("shop"),
        ] {
            assert_eq!(CatalogIdentity::from(identity.to_string().as_str()), identity);
        }
    }

    #[test]
    fn feedback_goes_encrypted_or_nowhere() {
        for (url, private) in [
            ("https://shop.example/v1/events", true),
            ("http://shop.example/v1/events", false),
            ("http://127.0.0.1:8080/v1/events", true),
            ("http://[::1]/v1/events", true),
            ("http://localhost/v1/events", true),
            ("http://127.0.0.1.shop.example/", false),
            ("file:///tmp/events", false),
        ] {
            assert_eq!(takes_feedback(&url.parse().unwrap()), private, "{url}");
        }
    }
}
